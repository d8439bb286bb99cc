package org.accrete.benchmarks;

import java.io.IOException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Transformer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Prediction: the time that a snapshot takes for one chunk of {@code rows} rows. A classifier writes decision values
 * and, where it has them, probabilities; a regressor writes numbers, a scorer of anomalies scores, clusters write
 * distances; a transformer writes rows.
 */
public class PredictBenchmark extends LearnerBenchmark {
    /** Rows per chunk. */
    @Param("1000")
    public int rows;

    private Model model;
    private double[] numbers;
    private double[] probabilities;
    private ChunkBuffer transformed;

    /**
     * Trains the model on each chunk once.
     *
     * @throws IOException if the folder of rows cannot be read
     */
    @Setup
    public void prepare() throws IOException {
        prepare(rows);
        for (Chunk chunk : chunks()) {
            fitted().partialFit(chunk);
        }
        model = fitted().snapshot();
        if (model instanceof Classifier classifier) {
            numbers = new double[rows * classifier.decisions()];
            probabilities = new double[rows * classifier.classes().size()];
        } else if (model instanceof Clusterer clusterer) {
            numbers = new double[rows * clusterer.clusters()];
        } else if (model instanceof Regressor || model instanceof AnomalyScorer) {
            numbers = new double[rows];
        } else if (model instanceof Transformer transformer) {
            transformed = new ChunkBuffer(transformer.outputSchema(), rows);
        } else {
            throw new Refused(learner + " neither predicts nor transforms rows");
        }
    }

    /** {@return what was written for one chunk} */
    @Benchmark
    public Object predict() {
        Chunk chunk = nextChunk();
        if (model instanceof Regressor regressor) {
            regressor.predict(chunk, numbers);
            return numbers;
        }
        if (model instanceof AnomalyScorer scorer) {
            scorer.score(chunk, numbers);
            return numbers;
        }
        if (model instanceof Clusterer clusterer) {
            clusterer.distances(chunk, numbers);
            return numbers;
        }
        if (model instanceof Transformer transformer) {
            transformer.transform(chunk, transformed);
            return transformed;
        }
        Classifier classifier = (Classifier) model;
        classifier.decide(chunk, numbers);
        if (classifier instanceof ProbabilisticClassifier probabilistic) {
            probabilistic.probabilities(numbers, rows, classifier.classes().size(), probabilities);
        }
        return numbers;
    }
}
