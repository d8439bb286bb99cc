package org.accrete.core.compare;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;

/**
 * What one model says of the rows of a chunk, in arrays that the next chunk overwrites. One thread at a time; no
 * allocation in steady state.
 */
final class Predictor {
    /** Most decision values of one slice of a chunk, so that the arrays stay small with many classes. */
    private static final int SLICE = 1 << 16;

    private final Model model;

    /** The common number of each of the model's classes. */
    private final int[] numbers;

    private double[] decisions = {};
    private double[] probabilities = {};

    /** The number predicted for each row. */
    double[] values = {};

    /** The class predicted for each row, −1 for none. */
    int[] winners = {};

    /** The probability of the class predicted, NaN without probabilities. */
    double[] ofWinner = {};

    /** The probability of the row's own class; NaN without probabilities or targets, −1 for a class not known. */
    double[] ofTarget = {};

    /** With two classes, the decision value and probability of the second of all labels. */
    double[] margins = {};

    double[] ofSecond = {};

    Predictor(Model model, Labels labels) {
        if (!(model instanceof Classifier || model instanceof Regressor)) {
            throw AccreteException.badArgument("both models must predict a target, but one only transforms rows");
        }
        this.model = model;
        this.numbers = model instanceof Classifier classifier ? labels.numbers(classifier.classes()) : new int[0];
    }

    boolean givesProbabilities() {
        return model instanceof ProbabilisticClassifier && numbers.length > 0;
    }

    void predict(Chunk chunk, Labels labels) {
        int rows = chunk.rows();
        if (values.length < rows) {
            values = new double[rows];
            winners = new int[rows];
            ofWinner = new double[rows];
            ofTarget = new double[rows];
            margins = new double[rows];
            ofSecond = new double[rows];
        }
        if (model instanceof Regressor regressor) {
            regressor.predict(chunk, values);
            return;
        }
        Classifier classifier = (Classifier) model;
        int most = Math.max(1, SLICE / Math.max(1, numbers.length));
        for (int from = 0; from < rows; from += most) {
            int to = Math.min(rows, from + most);
            decide(classifier, from == 0 && to == rows ? chunk : chunk.slice(from, to), from, labels);
        }
    }

    private void decide(Classifier classifier, Chunk slice, int first, Labels labels) {
        int rows = slice.rows();
        int known = numbers.length;
        int width = classifier.decisions();
        decisions = withLength(decisions, rows * width);
        classifier.decide(slice, decisions);
        boolean isFlipped = known == 2 && numbers[1] == 0;
        for (int row = 0; row < rows; row++) {
            int winner = classifier.winner(decisions, row);
            winners[first + row] = winner < 0 ? -1 : numbers[winner];
            margins[first + row] = isFlipped ? -decisions[row * width] : decisions[row * width];
        }
        if (classifier instanceof ProbabilisticClassifier probabilistic && known > 0) {
            probabilities = withLength(probabilities, rows * known);
            probabilistic.probabilities(decisions, rows, known, probabilities);
            for (int row = 0; row < rows; row++) {
                keep(slice, row, first, classifier.winner(decisions, row), labels);
            }
        } else {
            Arrays.fill(ofWinner, first, first + rows, Double.NaN);
            Arrays.fill(ofTarget, first, first + rows, Double.NaN);
            Arrays.fill(ofSecond, first, first + rows, Double.NaN);
        }
    }

    private void keep(Chunk slice, int row, int first, int winner, Labels labels) {
        int known = numbers.length;
        ofWinner[first + row] = probabilities[row * known + winner];
        double target = slice.hasTargets() ? slice.target(row) : Double.NaN;
        int own = Double.isNaN(target) ? -1 : labels.ofRow((int) target);
        double ofOwn = -1;
        double second = 0;
        for (int c = 0; c < known; c++) {
            if (numbers[c] == own) {
                ofOwn = probabilities[row * known + c];
            }
            if (numbers[c] == 1) {
                second = probabilities[row * known + c];
            }
        }
        ofTarget[first + row] = Double.isNaN(target) ? Double.NaN : ofOwn;
        ofSecond[first + row] = second;
    }

    private static double[] withLength(double[] array, int length) {
        return array.length >= length ? array : new double[length];
    }
}
