package org.accrete.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.tribuo.MutableDataset;
import org.tribuo.classification.Label;
import org.tribuo.classification.LabelFactory;
import org.tribuo.classification.sgd.linear.LinearSGDModel;
import org.tribuo.classification.sgd.linear.LinearSGDTrainer;
import org.tribuo.classification.sgd.objectives.Hinge;
import org.tribuo.classification.sgd.objectives.LogMulticlass;
import org.tribuo.impl.ArrayExample;
import org.tribuo.math.optimisers.SGD;
import org.tribuo.provenance.SimpleDataSourceProvenance;

/**
 * Tribuo's linear SGD on the same rows: one epoch in order, one row per step, a constant learning rate and no penalty,
 * as it has none.
 *
 * <p>Tribuo trains on a whole data set at once, and turns its examples into vectors in each training, so that is
 * counted. Making the examples is not. It keeps weights for each of two classes, too.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TribuoBenchmark {
    /** {@code log-loss} or {@code hinge}. */
    @Param("log-loss")
    public String loss;

    /** Number of columns. */
    @Param({"20", "100", "784"})
    public int width;

    /** Entries of a row; fewer than columns make it sparse. */
    @Param("20")
    public int entries;

    /** Number of classes. */
    @Param("2")
    public int classes;

    /** Folder of rows that {@code peers/compare.py} wrote; random ones if empty. */
    @Param("")
    public String data;

    private LinearSGDTrainer trainer;
    private MutableDataset<Label> examples;

    /**
     * Makes the examples.
     *
     * @throws IOException if the folder cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        Target target = LearnerBenchmark.classes(classes);
        Chunk[] chunks = data.isEmpty()
                ? RandomChunks.several(width, Math.min(width, entries), target, 1_000)
                : StoredChunks.read(Path.of(data), width, target, 1_000);
        String[] names = new String[width];
        for (int j = 0; j < width; j++) {
            names[j] = String.format("x%07d", j);
        }
        LabelFactory labels = new LabelFactory();
        examples = new MutableDataset<>(new SimpleDataSourceProvenance("rows", labels), labels);
        for (Chunk chunk : chunks) {
            for (int row = 0; row < chunk.rows(); row++) {
                ArrayExample<Label> example = new ArrayExample<>(new Label("c" + (int) chunk.target(row)));
                if (chunk instanceof SparseChunk sparse) {
                    for (int k = sparse.start(row); k < sparse.end(row); k++) {
                        example.add(names[sparse.indices()[k]], sparse.values()[k]);
                    }
                } else if (chunk instanceof DenseChunk dense) {
                    for (int j = 0; j < width; j++) {
                        example.add(names[j], dense.values()[dense.offset(row) + j]);
                    }
                }
                examples.add(example);
            }
        }
        trainer = new LinearSGDTrainer(
                loss.equals("hinge") ? new Hinge() : new LogMulticlass(), SGD.getSimpleSGD(0.005), 1, -1, 1, 7);
        trainer.setShuffle(false);
    }

    /** {@return a model trained on all rows} */
    @Benchmark
    public LinearSGDModel train() {
        return trainer.train(examples);
    }
}
