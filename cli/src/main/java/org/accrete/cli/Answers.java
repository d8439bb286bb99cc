package org.accrete.cli;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.ModelVersion;

/** What a model says of the rows of one chunk after the other. */
final class Answers {
    private final Model model;
    private final ModelVersion by;
    private final List<String> labels;
    private double[] numbers = {};
    private double[] probabilities = {};

    private Answers(Model model, ModelVersion by) {
        this.model = model;
        this.by = by;
        this.labels = model instanceof Classifier classifier ? classifier.classes() : List.of();
    }

    /**
     * {@return answers of a model}
     *
     * @param model a classifier or a regressor
     * @param by which version it is
     * @throws AccreteException bad argument: it is neither
     */
    static Answers of(Model model, ModelVersion by) {
        if (model instanceof Classifier || model instanceof Regressor) {
            return new Answers(model, by);
        }
        throw AccreteException.badArgument(
                "model " + by.reference() + " of learner '" + by.note().learner() + "' does not predict anything");
    }

    /** {@return {@code model@number}} */
    String version() {
        return by.reference();
    }

    /** {@return labels that have a probability; none when the model gives none} */
    List<String> classes() {
        return model instanceof ProbabilisticClassifier ? labels : List.of();
    }

    boolean isNumeric() {
        return model instanceof Regressor;
    }

    /** Asks the model about the rows of a chunk. */
    void answer(Chunk chunk) {
        int perRow = model instanceof Classifier classifier ? classifier.decisions() : 1;
        if (numbers.length < chunk.rows() * perRow) {
            numbers = new double[chunk.rows() * perRow];
        }
        if (model instanceof Regressor regressor) {
            regressor.predict(chunk, numbers);
        } else if (model instanceof Classifier classifier) {
            classifier.decide(chunk, numbers);
        }
        if (model instanceof ProbabilisticClassifier classifier) {
            if (probabilities.length < chunk.rows() * labels.size()) {
                probabilities = new double[chunk.rows() * labels.size()];
            }
            classifier.probabilities(chunk, probabilities);
        }
    }

    /** {@return the label, or the number as text; empty when no class is known yet} */
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

    double probability(int row, int label) {
        return probabilities[row * labels.size() + label];
    }
}
