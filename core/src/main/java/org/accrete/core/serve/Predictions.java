package org.accrete.core.serve;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;

/**
 * What one version says of all rows of a chunk, then of the next: for many records in one call. Its memory grows to the
 * largest chunk and is then reused. Not thread-safe.
 */
public final class Predictions {
    /** What is predicted of a row. */
    public enum Kind {
        /** A class, with probabilities where the model gives them. */
        CLASS,
        /** A number, in the unit of the target. */
        NUMBER,
        /** The cluster with the nearest centre, and the distance to it. */
        CLUSTER,
        /** How unusual the row is, from 0 to 1. */
        SCORE
    }

    private final Model model;
    private final String version;
    private final Kind kind;
    private final List<String> labels;
    private final int perRow;

    private double[] numbers = {0};
    private double[] probabilities = {};
    private int rows;

    /**
     * Makes room for the predictions of a version.
     *
     * @param by the version
     * @throws AccreteException bad state: it predicts nothing, as a transformer does
     */
    public Predictions(ServedModel by) {
        model = by.model();
        version = by.version();
        if (model instanceof Classifier classifier) {
            kind = Kind.CLASS;
            labels = classifier.classes();
            perRow = classifier.decisions();
        } else if (model instanceof Clusterer clusterer) {
            kind = Kind.CLUSTER;
            labels = List.of();
            perRow = clusterer.clusters();
        } else if (model instanceof Regressor || model instanceof AnomalyScorer) {
            kind = model instanceof Regressor ? Kind.NUMBER : Kind.SCORE;
            labels = List.of();
            perRow = 1;
        } else {
            throw AccreteException.badState(
                    "model " + version + " predicts neither a class nor a number nor a cluster");
        }
    }

    /**
     * Predicts rows; what was said of others before is forgotten.
     *
     * @param chunk rows of the model's schema, not kept
     * @throws AccreteException bad state: the version knows no class or cluster yet
     */
    public void predict(Chunk chunk) {
        if (kind == Kind.CLASS && labels.isEmpty()) {
            throw AccreteException.badState("model " + version + " knows no class yet");
        }
        if (kind == Kind.CLUSTER && perRow == 0) {
            throw AccreteException.badState("model " + version + " knows no cluster yet");
        }
        int count = chunk.rows();
        if (numbers.length < count * perRow) {
            numbers = new double[count * perRow];
        }
        if (model instanceof Classifier classifier) {
            classifier.decide(chunk, numbers);
            if (classifier instanceof ProbabilisticClassifier probabilistic) {
                if (probabilities.length < count * labels.size()) {
                    probabilities = new double[count * labels.size()];
                }
                probabilistic.probabilities(numbers, count, labels.size(), probabilities);
            }
        } else if (model instanceof Regressor regressor) {
            regressor.predict(chunk, numbers);
        } else if (model instanceof Clusterer clusterer) {
            clusterer.distances(chunk, numbers);
        } else if (model instanceof AnomalyScorer scorer) {
            scorer.score(chunk, numbers);
        }
        rows = count;
    }

    /** {@return how many rows were predicted} */
    public int rows() {
        return rows;
    }

    /** {@return what is predicted} */
    public Kind kind() {
        return kind;
    }

    /** {@return the version that answers, such as {@code flights@3}} */
    public String version() {
        return version;
    }

    /** {@return the labels of classes, in class order; empty for other models} */
    public List<String> labels() {
        return labels;
    }

    /** {@return whether each class has a probability} */
    public boolean hasProbabilities() {
        return model instanceof ProbabilisticClassifier;
    }

    /**
     * {@return the index of the predicted class among {@link #labels}, or the number of the cluster, from 0}
     *
     * @param row from 0
     */
    public int winner(int row) {
        return model instanceof Classifier classifier
                ? classifier.winner(numbers, row)
                : Clusterer.nearest(numbers, row, perRow);
    }

    /**
     * {@return the probability of a class, from 0 to 1}
     *
     * @param row from 0
     * @param label index among {@link #labels}
     */
    public double probability(int row, int label) {
        return probabilities[row * labels.size() + label];
    }

    /**
     * {@return the predicted number, the score, or the distance to the centre of the cluster}
     *
     * @param row from 0
     */
    public double number(int row) {
        return kind == Kind.CLUSTER ? numbers[row * perRow + winner(row)] : numbers[row];
    }

    /**
     * {@return the prediction for a row, a new object that does not change}
     *
     * @param row from 0
     */
    public Prediction get(int row) {
        return switch (kind) {
            case CLASS -> {
                int count = hasProbabilities() ? labels.size() : 0;
                double[] own = Arrays.copyOfRange(probabilities, row * count, (row + 1) * count);
                yield new ClassPrediction(labels, winner(row), own, version);
            }
            case CLUSTER -> new ClusterPrediction(winner(row), number(row), version);
            case NUMBER, SCORE -> new NumberPrediction(number(row), version);
        };
    }
}
