package org.accrete.learners.neighbours;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;
import org.accrete.kernels.Exp;

/**
 * The exponents that make up for columns that repeat each other. Naive Bayes counts each of them, so its scores are too
 * far apart; of d equal columns they would be right to the power of 1 / d. There is an exponent for each class that is
 * predicted, since a class may be predicted too often. The order of the classes stays as it is.
 *
 * <p>For each of some exponents it adds up the log-loss that the rows so far would have had with it, each row by the
 * scores from before it was learned. The exponent in use is their mean by Bayes' rule, where each is as probable as any
 * other before the first row. So there is no rate to choose, and the model does not depend on chunks.
 *
 * <p>O(classes × exponents) per row, of which two powers for each class, and one and a logarithm for each exponent.
 */
final class Calibration {
    private static final String LOSSES = "naive-bayes.exponent_loss";

    /** How many exponents there are to choose from. */
    static final int CHOICES = 21;

    /** 1/1024, √2/1024, 2/1024, √8/1024 … 1: each is twice the last but one. */
    private static final double[] EXPONENTS = new double[CHOICES];

    static {
        EXPONENTS[0] = 1.0 / 1024;
        EXPONENTS[1] = Math.sqrt(2) / 1024;
        for (int k = 2; k < EXPONENTS.length; k++) {
            EXPONENTS[k] = 2 * EXPONENTS[k - 2];
        }
    }

    /** −ln 1e-15: no row counts more, as in reported scores. */
    private static final double LARGEST_LOSS = 34.538776394910684;

    /** Predicted classes × exponents: the sum of weight × log-loss. */
    private double[] losses;

    /** Per predicted class the mean of the exponents. */
    private double[] means = {};

    private double[] even = {};
    private double[] odd = {};

    Calibration(int classes) {
        losses = new double[classes * EXPONENTS.length];
        average();
    }

    /** Continues from a state. */
    Calibration(int classes, State state) {
        losses = state.doubles(LOSSES, classes, EXPONENTS.length);
        for (double loss : losses) {
            if (!(loss >= 0 && loss <= Double.MAX_VALUE)) {
                throw AccreteException.corruptFile("tensor '" + LOSSES + "' must hold finite numbers >= 0");
            }
        }
        average();
    }

    void write(State.Builder state) {
        state.doubles(LOSSES, losses, means.length, EXPONENTS.length);
    }

    Calibration copy() {
        Calibration copy = new Calibration(0);
        copy.losses = losses.clone();
        copy.means = means.clone();
        return copy;
    }

    private void average() {
        means = new double[losses.length / EXPONENTS.length];
        for (int c = 0; c < means.length; c++) {
            average(c);
        }
    }

    private void average(int c) {
        int from = c * EXPONENTS.length;
        double least = losses[from];
        for (int k = 1; k < EXPONENTS.length; k++) {
            least = Math.min(least, losses[from + k]);
        }
        double sum = 0;
        double total = 0;
        for (int k = 0; k < EXPONENTS.length; k++) {
            double power = Exp.exp(least - losses[from + k]);
            total += power;
            sum += power * EXPONENTS[k];
        }
        means[c] = sum / total;
    }

    /** {@return the exponent of rows for which a class is predicted, from 1/1024 to 1} */
    double exponent(int c) {
        return means[c];
    }

    /**
     * Adds the losses of a row.
     *
     * @param scores of each class, finite; replaced
     * @param known how many classes there are, at least 1
     * @param winner the class with the largest score
     * @param target the row's class
     * @param weight of the row, above 0
     */
    void judge(double[] scores, int known, int winner, int target, double weight) {
        if (even.length < known) {
            even = new double[known];
            odd = new double[known];
        }
        double most = scores[winner];
        for (int c = 0; c < known; c++) {
            scores[c] -= most;
            even[c] = Exp.exp(EXPONENTS[0] * scores[c]);
            odd[c] = Exp.exp(EXPONENTS[1] * scores[c]);
        }
        int from = winner * EXPONENTS.length;
        for (int k = 0; k < EXPONENTS.length; k++) {
            double[] powers = k % 2 == 0 ? even : odd;
            double sum = 0;
            for (int c = 0; c < known; c++) {
                sum += powers[c];
                // To the power of an exponent twice as large.
                powers[c] *= powers[c];
            }
            double loss = Exp.log(sum) - EXPONENTS[k] * scores[target];
            losses[from + k] += weight * Math.max(0, Math.min(loss, LARGEST_LOSS));
        }
        average(winner);
    }

    /** Adds classes that were never predicted. */
    void grow(int size) {
        losses = Arrays.copyOf(losses, size * EXPONENTS.length);
        average();
    }

    /**
     * Adds the losses of the rows of another learner.
     *
     * @param place for each class of the other: which class it is here
     * @param size how many classes there are afterwards
     */
    void merge(Calibration other, int[] place, int size) {
        losses = Arrays.copyOf(losses, size * EXPONENTS.length);
        for (int c = 0; c < place.length; c++) {
            for (int k = 0; k < EXPONENTS.length; k++) {
                losses[place[c] * EXPONENTS.length + k] += other.losses[c * EXPONENTS.length + k];
            }
        }
        average();
    }
}
