package org.accrete.kernels;

import java.util.Arrays;

/**
 * Shares a change of a softmax probability, or of its logarithm, among the changes of the logits. Where the logits of
 * all classes move from one point to another, a probability changes by the integral of its gradient along the straight
 * line between them. So each logit has a factor, the mean of the gradient along that line, and the probability changes
 * by the sum of factor times change: the Aumann–Shapley value of the logits. Terms that are added to a logit share by
 * the same factor.
 *
 * <p>The line is halved until no probability moves by more than {@link #STEP} between two points, and integrated by
 * Simpson's rule; what it misses, below 1e-4, is shared so that the sum is exact. O(classes² + classes / STEP).
 *
 * <p>Source: Aumann and Shapley, "Values of Non-Atomic Games", 1974; for models, Sundararajan, Taly and Yan, "Axiomatic
 * Attribution for Deep Networks", ICML 2017.
 */
public final class SoftmaxPath {
    private static final double STEP = 0.1;
    private static final int MOST_HALVINGS = 40;
    /** Larger changes are followed as if they were no larger, so that differences between logits keep their digits. */
    private static final double MOST_CHANGE = 1e9;

    private static final int PIECES = 4;

    private final double[] from;
    private final double[] change;
    private final double[] factors;
    private final int classes;
    private final int c;
    private final boolean ofLogarithm;

    private SoftmaxPath(double[] from, double[] to, int classes, int c, boolean ofLogarithm, double[] factors) {
        this.from = from;
        this.classes = classes;
        this.c = c;
        this.ofLogarithm = ofLogarithm;
        this.factors = factors;
        this.change = new double[classes];
        for (int k = 0; k < classes; k++) {
            change[k] = isPossible(k) ? to[k] - from[k] : 0;
        }
    }

    /**
     * Writes the factor of each logit.
     *
     * @param from logits of all classes at first, best less that of class {@code c}; −∞ for classes that are
     *     impossible, which stay so
     * @param to logits at last; finite for all others
     * @param classes how many there are
     * @param c whose probability changes; possible
     * @param factors receives numbers whose sum is 0, so that a constant added to all logits changes nothing
     */
    public static void factors(double[] from, double[] to, int classes, int c, double[] factors) {
        SoftmaxPath path = new SoftmaxPath(from, to, classes, c, false, factors);
        path.correct(path.integrate());
    }

    /**
     * Writes the factor of each logit in the change of the logarithm of the probability.
     *
     * @return the logarithm of the probability at first
     */
    public static double logFactors(double[] from, double[] to, int classes, int c, double[] factors) {
        SoftmaxPath path = new SoftmaxPath(from, to, classes, c, true, factors);
        path.integrate();
        double first = from[c] - path.logSum(0);
        path.correct(to[c] - path.logSum(1) - first);
        return first;
    }

    private double logSum(int place) {
        double most = Double.NEGATIVE_INFINITY;
        for (int k = 0; k < classes; k++) {
            most = Math.max(most, from[k] + place * change[k]);
        }
        double sum = 0;
        for (int k = 0; k < classes; k++) {
            sum += Exp.exp(from[k] + place * change[k] - most);
        }
        return most + Exp.log(sum);
    }

    /** {@return by how much the probability changes} */
    private double integrate() {
        Arrays.fill(factors, 0, classes, 0);
        double[] first = at(0);
        double[] left = first;
        for (int i = 1; i <= PIECES; i++) {
            double begin = (i - 1.0) / PIECES;
            double end = (double) i / PIECES;
            double[] right = at(end);
            add(begin, left, end, right, MOST_HALVINGS);
            left = right;
        }
        return left[c] - first[c];
    }

    private boolean isPossible(int k) {
        return from[k] > Double.NEGATIVE_INFINITY;
    }

    /** {@return the probabilities at a place of the line, from 0 to 1} */
    private double[] at(double place) {
        double[] p = new double[classes];
        for (int k = 0; k < classes; k++) {
            double moved = place * Math.max(-MOST_CHANGE, Math.min(MOST_CHANGE, change[k]));
            p[k] = isPossible(k) ? from[k] + moved : Double.NEGATIVE_INFINITY;
        }
        Exp.softmax(p, 0, classes, p, 0);
        return p;
    }

    private void add(double begin, double[] left, double end, double[] right, int halvings) {
        double middle = 0.5 * (begin + end);
        double[] p = at(middle);
        boolean smooth = true;
        for (int k = 0; k < classes; k++) {
            smooth &= !(Math.abs(right[k] - left[k]) > STEP) && !(Math.abs(p[k] - left[k]) > STEP);
        }
        if (!smooth && halvings > 0) {
            add(begin, left, middle, p, halvings - 1);
            add(middle, p, end, right, halvings - 1);
            return;
        }
        add((end - begin) / 6, left);
        add(4 * (end - begin) / 6, p);
        add((end - begin) / 6, right);
    }

    /** Adds the gradient of the probability. */
    private void add(double weight, double[] p) {
        for (int k = 0; k < classes; k++) {
            factors[k] += weight * (ofLogarithm ? 1 : p[c]) * ((k == c ? 1 : 0) - p[k]);
        }
    }

    /** Moves the factors the least that makes the sum what it must be; their own sum stays 0. */
    private void correct(double whole) {
        double sum = 0;
        double mean = 0;
        int possible = 0;
        for (int k = 0; k < classes; k++) {
            if (isPossible(k)) {
                sum += factors[k] * change[k];
                mean += change[k];
                possible++;
            }
        }
        mean /= possible;
        double squares = 0;
        for (int k = 0; k < classes; k++) {
            squares += isPossible(k) ? (change[k] - mean) * (change[k] - mean) : 0;
        }
        double factor = squares > 0 ? (whole - sum) / squares : 0;
        for (int k = 0; k < classes; k++) {
            factors[k] += isPossible(k) ? factor * (change[k] - mean) : 0;
        }
    }
}
