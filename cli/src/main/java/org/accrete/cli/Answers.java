package org.accrete.cli;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Transformer;
import org.accrete.api.store.ModelVersion;

/** The predictions of a model for one chunk at a time. */
final class Answers {
    private static final String CLUSTER = "cluster";
    private static final String DISTANCE = "distance";

    private final Model model;
    private final ModelVersion by;
    private final List<String> labels;
    private final List<String> columns;
    private double[] numbers = {};
    private double[] probabilities = {};
    private Optional<ChunkBuffer> transformed = Optional.empty();

    private Answers(Model model, ModelVersion by) {
        this.model = model;
        this.by = by;
        this.labels = model instanceof Classifier classifier ? classifier.classes() : List.of();
        this.columns = model instanceof Transformer transformer
                ? columns(transformer.outputSchema())
                : model instanceof Clusterer ? List.of(CLUSTER, DISTANCE) : List.of();
    }

    /**
     * {@return the predictions of a model}
     *
     * @param model a classifier, a regressor, clusters, a scorer of anomalies or a transformer of few columns
     * @param by the version it came from
     * @throws AccreteException bad argument: it is none of these
     */
    static Answers of(Model model, ModelVersion by) {
        if (model instanceof Classifier
                || model instanceof Regressor
                || model instanceof Clusterer
                || model instanceof AnomalyScorer
                || model instanceof Transformer transformer && canWrite(transformer)) {
            return new Answers(model, by);
        }
        throw AccreteException.badArgument("model " + by.reference() + " of learner '"
                + by.note().learner() + "' does not predict anything"
                + (model instanceof Transformer
                        ? ", and rows with hashed columns of text, which it makes, cannot be written"
                        : ""));
    }

    /**
     * {@return whether the rows that a transformer makes can be written; rows with thousands of hashed columns cannot}
     */
    static boolean canWrite(Transformer transformer) {
        return !transformer.outputSchema().isSparse();
    }

    private static List<String> columns(Schema schema) {
        return IntStream.range(0, schema.width()).mapToObj(schema::columnName).toList();
    }

    /** {@return {@code model@number}} */
    String version() {
        return by.reference();
    }

    /** {@return the labels that have a probability; empty if the model gives no probabilities} */
    List<String> classes() {
        return model instanceof ProbabilisticClassifier ? labels : List.of();
    }

    /** {@return names of the columns that a transformer makes, or that tell a cluster; empty for other models} */
    List<String> columns() {
        return columns;
    }

    boolean isNumeric() {
        return model instanceof Regressor || model instanceof AnomalyScorer;
    }

    /** Predicts the rows of a chunk; the other methods tell the result. */
    void answer(Chunk chunk) {
        int perRow = model instanceof Classifier classifier ? classifier.decisions() : Math.max(1, columns.size());
        if (numbers.length < chunk.rows() * perRow) {
            numbers = new double[chunk.rows() * perRow];
        }
        if (model instanceof Regressor regressor) {
            regressor.predict(chunk, numbers);
        } else if (model instanceof Clusterer clusterer) {
            divide(clusterer, chunk);
        } else if (model instanceof AnomalyScorer scorer) {
            scorer.score(chunk, numbers);
        } else if (model instanceof Classifier classifier) {
            classifier.decide(chunk, numbers);
        } else if (model instanceof Transformer transformer) {
            transform(transformer, chunk);
        }
        if (model instanceof ProbabilisticClassifier classifier) {
            if (probabilities.length < chunk.rows() * labels.size()) {
                probabilities = new double[chunk.rows() * labels.size()];
            }
            classifier.probabilities(numbers, chunk.rows(), labels.size(), probabilities);
        }
    }

    /** Writes the number of each row's cluster, −1 for none, and the distance to its centre. */
    private void divide(Clusterer clusterer, Chunk chunk) {
        int count = clusterer.clusters();
        if (probabilities.length < chunk.rows() * count) {
            probabilities = new double[chunk.rows() * count];
        }
        clusterer.distances(chunk, probabilities);
        for (int row = 0; row < chunk.rows(); row++) {
            int nearest = Clusterer.nearest(probabilities, row, count);
            numbers[2 * row] = nearest;
            numbers[2 * row + 1] = nearest < 0 ? Double.NaN : probabilities[row * count + nearest];
        }
    }

    private void transform(Transformer transformer, Chunk chunk) {
        if (transformed.isEmpty() || transformed.get().capacity() < chunk.rows()) {
            transformed = Optional.of(new ChunkBuffer(transformer.outputSchema(), Math.max(1, chunk.rows())));
        }
        transformer.transform(chunk, transformed.get());
        if (transformed.get().chunk() instanceof DenseChunk dense) {
            System.arraycopy(dense.values(), 0, numbers, 0, chunk.rows() * columns.size());
        }
    }

    /** {@return the label, or the number as text; empty if no class is known yet} */
    String prediction(int row) {
        if (model instanceof Classifier classifier) {
            int winner = classifier.winner(numbers, row);
            return winner < 0 ? "" : labels.get(winner);
        }
        return Double.toString(numbers[row]);
    }

    double number(int row) {
        return numbers[row];
    }

    double value(int row, int column) {
        return numbers[row * columns.size() + column];
    }

    /** {@return whether the values of a column are whole numbers, to be written as such} */
    boolean isWhole(int column) {
        return column == 0 && model instanceof Clusterer;
    }

    double probability(int row, int label) {
        return probabilities[row * labels.size() + label];
    }
}
