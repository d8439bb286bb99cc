package org.accrete.benchmarks;

import java.io.IOException;
import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.core.Accrete;
import org.accrete.core.ClassifierTrainer;
import org.accrete.core.TrainerBuilder;
import org.accrete.core.source.Examples;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What the front door costs: the same rows learned by a pipeline from chunks, and by a trainer from arrays. The time is
 * that of one call of {@code rows} rows. Needs a dense classifier and {@code -p steps=standard-scaler}, or other steps.
 */
public class TrainerBenchmark extends LearnerBenchmark {
    /** Rows per call. */
    @Param("1000")
    public int rows;

    private ClassifierTrainer trainer;
    private double[][] flat;
    private double[][][] x;
    private int[][] y;
    private String[][] labels;
    private int next;

    /**
     * Makes the pipeline, the trainer and the rows.
     *
     * @throws IOException if the folder of rows cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        prepare(rows);
        TrainerBuilder<ClassifierTrainer> parts = Accrete.classifier(learner)
                .steps(steps.isBlank() ? new String[0] : steps.split(";"))
                .classes(classLabels());
        settings().forEach(parts::set);
        trainer = parts.build();
        Chunk[] chunks = chunks();
        flat = new double[chunks.length][];
        x = new double[chunks.length][][];
        y = new int[chunks.length][rows];
        labels = new String[chunks.length][rows];
        for (int c = 0; c < chunks.length; c++) {
            if (!(chunks[c] instanceof DenseChunk dense)) {
                throw new Refused("the front door takes arrays, so rows must be dense; leave density out");
            }
            flat[c] = Arrays.copyOfRange(dense.values(), dense.offset(0), dense.offset(0) + rows * width);
            x[c] = new double[rows][];
            for (int row = 0; row < rows; row++) {
                x[c][row] = Arrays.copyOfRange(flat[c], row * width, (row + 1) * width);
                y[c][row] = (int) dense.target(row);
                labels[c][row] = Integer.toString(y[c][row]);
            }
        }
    }

    private String[] classLabels() {
        String[] all = new String[classes];
        Arrays.setAll(all, Integer::toString);
        return all;
    }

    private int nextCall() {
        next = next + 1 == x.length ? 0 : next + 1;
        return next;
    }

    /** Learns a chunk by the pipeline: what the others are compared with. */
    @Benchmark
    public void pipelineOfChunks() {
        fitted().partialFit(chunks()[nextCall()]);
    }

    /** Learns flat arrays, which are read where they are. */
    @Benchmark
    public void trainerOfFlatArrays() {
        int call = nextCall();
        trainer.partialFit(Examples.flat(flat[call], width).labels(y[call]));
    }

    /** Learns an array per row, which is copied once. */
    @Benchmark
    public void trainerOfArraysOfArrays() {
        int call = nextCall();
        trainer.partialFit(x[call], y[call]);
    }

    /** Learns flat arrays and labels as text, each a string of its own, as a reader makes them. */
    @Benchmark
    public void trainerOfTextLabels() {
        int call = nextCall();
        trainer.partialFit(Examples.flat(flat[call], width).labels(labels[call]));
    }

    /** Learns one row. */
    @Benchmark
    public void trainerLearnOne() {
        int call = nextCall();
        trainer.learnOne(x[call][0], y[call][0]);
    }
}
