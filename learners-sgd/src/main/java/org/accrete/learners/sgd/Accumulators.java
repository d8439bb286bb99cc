package org.accrete.learners.sgd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.Kernels;

/**
 * What an optimizer remembers of each weight and each intercept, in arrays of the same shape as theirs; and the moments
 * of the target where steps are taken in its standard deviations.
 */
final class Accumulators {
    /** A rate this small would never recover. */
    private static final double SMALLEST_RATE = 1e-150;

    private static final double LARGEST_WEIGHT = 1e150;

    private static final String TARGET = "sgd.target";
    private static final String LENGTHS = "sgd.lengths";
    private static final String ROWS = "sgd.rows_learned";

    /**
     * One number of each weight.
     *
     * @param name what a state calls it
     * @param odd whether the opposite function has the opposite number, as the weight itself; else it has the same
     * @param start the number of a weight that has seen nothing
     */
    record Part(String name, boolean odd, double start) {}

    private final int width;
    private final List<Part> parts;
    private final boolean scalesTarget;
    private final boolean centresTarget;
    private final List<UndoLog> journals = new ArrayList<>();
    /** For each part, the least rate that rows of the chunk made, or the sum of all amounts. */
    private final double[] seen;
    /** One array per part, vectors one after the other. */
    final double[][] ofWeights;
    /** One array per part, one number per function. */
    final double[][] ofIntercepts;

    private final double[][] beforeIntercepts;

    /** For each function, the factor of its steps and the largest pull at it so far. */
    double[] lengths;

    private double[] beforeLengths = {};

    /** How many rows of a weight above 0 there were. */
    private long rows;

    private long beforeRows;

    /**
     * Weight, mean and sum of squared deviations of the targets so far; deviations from 0, and 0 for the mean, without
     * a constant.
     */
    private double[] moments = new double[3];

    private double[] beforeMoments = moments.clone();

    /**
     * Makes what is known before the first row.
     *
     * @param parts what there is to remember, nothing for plain descent
     * @param scalesTarget whether the target's moments are needed
     * @param centresTarget whether the mean is among them; else deviations are from 0
     */
    Accumulators(int width, int count, List<Part> parts, boolean scalesTarget, boolean centresTarget) {
        this.width = width;
        this.parts = parts;
        this.scalesTarget = scalesTarget;
        this.centresTarget = centresTarget;
        this.seen = new double[parts.size()];
        this.ofWeights = new double[parts.size()][count * width];
        this.ofIntercepts = new double[parts.size()][count];
        this.lengths = lengths(new double[0], count);
        this.beforeIntercepts = new double[parts.size()][0];
        for (int i = 0; i < parts.size(); i++) {
            Arrays.fill(ofWeights[i], parts.get(i).start());
            Arrays.fill(ofIntercepts[i], parts.get(i).start());
            journals.add(new UndoLog());
        }
    }

    /** {@return how many rows were learned before this one} */
    long takeRow() {
        return rows++;
    }

    // --- the target

    /** {@return whether weights are in standard deviations of the target} */
    boolean scalesTarget() {
        return scalesTarget;
    }

    /** Takes a target into the moments. */
    void takeTarget(double y, double weight) {
        moments[0] += weight;
        double delta = y - moments[1];
        moments[1] += centresTarget ? delta * (weight / moments[0]) : 0;
        moments[2] += weight * (delta * (y - moments[1]));
    }

    /** {@return the mean of the target so far, or 0 if it is left as it is or there is to be no constant} */
    double targetMean() {
        return moments[1];
    }

    /**
     * {@return the standard deviation of the target so far, or its root mean square without a constant; 1 as long as
     * that is 0}
     */
    double targetScale() {
        return moments[2] > 0 ? Math.sqrt(moments[2] / moments[0]) : 1;
    }

    // --- state, and all or nothing

    /** Goes on from a state. */
    void restore(State state) {
        for (int i = 0; i < parts.size(); i++) {
            ofWeights[i] = state.doubles(name(i), ofIntercepts[i].length, width);
            ofIntercepts[i] = state.doubles(interceptName(i), ofIntercepts[i].length);
        }
        if (!parts.isEmpty()) {
            rows = state.whole(ROWS);
            lengths = state.doubles(LENGTHS, lengths.length / 2, 2);
        }
        if (scalesTarget) {
            moments = state.doubles(TARGET, moments.length);
            if (!(moments[0] >= 0 && moments[2] >= 0)) {
                throw new AccreteException(
                        Kind.CORRUPT_FILE, "tensor '" + TARGET + "' must begin and end with a number >= 0");
            }
        }
    }

    void putInto(State.Builder state) {
        for (int i = 0; i < parts.size(); i++) {
            state.doubles(name(i), ofWeights[i], ofIntercepts[i].length, width)
                    .doubles(interceptName(i), ofIntercepts[i]);
        }
        if (!parts.isEmpty()) {
            state.whole(ROWS, rows).doubles(LENGTHS, lengths, lengths.length / 2, 2);
        }
        if (scalesTarget) {
            state.doubles(TARGET, moments);
        }
    }

    private String name(int i) {
        return "sgd." + parts.get(i).name();
    }

    private String interceptName(int i) {
        return "sgd.intercept_" + parts.get(i).name();
    }

    void begin(Chunk chunk) {
        for (int i = 0; i < parts.size(); i++) {
            journals.get(i).beginRows(ofWeights[i], width, chunk);
            seen[i] = isRate(i) ? Double.POSITIVE_INFINITY : 0;
            beforeIntercepts[i] = UndoLog.copy(ofIntercepts[i], beforeIntercepts[i]);
        }
        beforeRows = rows;
        beforeLengths = UndoLog.copy(lengths, beforeLengths);
        System.arraycopy(moments, 0, beforeMoments, 0, moments.length);
    }

    /** Remembers one vector of a part where a sparse row is about to change it. */
    void remember(Kernels kernels, int part, int c, SparseChunk chunk, int row) {
        journals.get(part).remember(kernels, ofWeights[part], c, chunk, row, width);
    }

    /**
     * Takes what such a row made of a part.
     *
     * @param number the least of the rates, or the sum of the amounts of what is none
     */
    void took(int part, double number) {
        seen[part] = isRate(part) ? Math.min(seen[part], number) : seen[part] + number;
    }

    void rollBack(Chunk chunk) {
        for (int i = 0; i < parts.size(); i++) {
            ofWeights[i] = journals.get(i).rollBack(width, chunk);
            ofIntercepts[i] = beforeIntercepts[i].clone();
        }
        rows = beforeRows;
        lengths = beforeLengths.clone();
        System.arraycopy(beforeMoments, 0, moments, 0, moments.length);
    }

    /**
     * {@return whether every number that the chunk may have changed can be gone on from, those of v among them}
     *
     * @param moved the sum of the amounts of all that rows made of v; NaN if it is not known
     */
    boolean isFinite(double[] v, double moved, Chunk chunk) {
        for (int i = 0; i < parts.size(); i++) {
            boolean looked = journals.get(i).takesRowsOf(ofWeights[i]);
            boolean good = isRate(i)
                    ? looked && seen[i] > SMALLEST_RATE || UndoLog.isAbove(SMALLEST_RATE, ofWeights[i], width, chunk)
                    : looked && Double.isFinite(seen[i]) || UndoLog.isFinite(ofWeights[i], width, chunk);
            if (!good || !interceptsAreFinite(i)) {
                return false;
            }
        }
        return UndoLog.isFinite(moments)
                && UndoLog.isFinite(lengths)
                && (!scalesTarget || moved <= LARGEST_WEIGHT || UndoLog.isWithin(LARGEST_WEIGHT, v, width, chunk));
    }

    /** {@return whether every number can be gone on from} */
    boolean isFinite(double[] v) {
        for (int i = 0; i < parts.size(); i++) {
            boolean good =
                    UndoLog.isFinite(ofWeights[i]) && (!isRate(i) || UndoLog.isAbove(SMALLEST_RATE, ofWeights[i]));
            if (!good || !interceptsAreFinite(i)) {
                return false;
            }
        }
        return UndoLog.isFinite(moments)
                && UndoLog.isFinite(lengths)
                && (!scalesTarget || UndoLog.isWithin(LARGEST_WEIGHT, v));
    }

    private boolean isRate(int i) {
        return parts.get(i).start() > 0;
    }

    private boolean interceptsAreFinite(int i) {
        return UndoLog.isFinite(ofIntercepts[i]) && (!isRate(i) || UndoLog.isAbove(SMALLEST_RATE, ofIntercepts[i]));
    }

    /** Makes room for more functions, as {@link TrainableWeights#grow} does. */
    void grow(int count, double share) {
        lengths = lengths(lengths, count);
        for (int i = 0; i < parts.size(); i++) {
            ofWeights[i] = grow(parts.get(i), ofWeights[i], width, count, share);
            ofIntercepts[i] = grow(parts.get(i), ofIntercepts[i], 1, count, share);
        }
    }

    /** {@return the lengths of more functions: of one that told two classes apart twice, of a new one 1} */
    private static double[] lengths(double[] known, int count) {
        double[] more = Arrays.copyOf(known, 2 * count);
        if (known.length == 2) {
            System.arraycopy(known, 0, more, 2, 2);
        }
        for (int i = known.length == 2 ? 4 : known.length; i < more.length; i += 2) {
            more[i] = 1;
        }
        return more;
    }

    private static double[] grow(Part part, double[] array, int width, int count, double share) {
        if (part.odd()) {
            return UndoLog.grow(array, width, count, share);
        }
        double[] more = Arrays.copyOf(array, count * width);
        int known = array.length;
        if (known == width) {
            System.arraycopy(array, 0, more, width, width);
            known += width;
        }
        Arrays.fill(more, known, more.length, part.start());
        return more;
    }

    // --- merging

    /** {@return the same of columns that were shifted and scaled: see {@link TrainableWeights#rescaled}} */
    Accumulators rescaled(double[] centre, double[] scales) {
        Accumulators rescaled = new Accumulators(width, lengths.length / 2, parts, scalesTarget, centresTarget);
        rescaled.take(this);
        for (int i = 0; i < parts.size(); i++) {
            double[] numbers = ofWeights[i].clone();
            if (parts.get(i).odd()) {
                rescaled.ofIntercepts[i] = TrainableWeights.shifted(numbers, ofIntercepts[i], centre);
                TrainableWeights.multiply(numbers, scales);
            } else {
                for (int j = 0; j < numbers.length; j++) {
                    double scale = scales[j % width];
                    double sum = sum(i, numbers[j]) / (scale * scale);
                    numbers[j] = ofSum(i, sum);
                }
            }
            rescaled.ofWeights[i] = numbers;
        }
        return rescaled;
    }

    private void take(Accumulators other) {
        System.arraycopy(other.lengths, 0, lengths, 0, lengths.length);
        System.arraycopy(other.moments, 0, moments, 0, moments.length);
        rows = other.rows;
        for (int i = 0; i < parts.size(); i++) {
            ofIntercepts[i] = other.ofIntercepts[i].clone();
        }
    }

    /**
     * {@return these and others, blended; neither is changed} Sums of squares add; what goes with a weight is a mean,
     * as the weight; so is the factor of the steps, by the rows learned.
     */
    Accumulators blended(Accumulators other, WeightedMerge blend) {
        Accumulators both = new Accumulators(width, blend.count(), parts, scalesTarget, centresTarget);
        both.rows = rows + other.rows;
        both.moments = moments(moments, other.moments);
        double mine = scalesTarget ? targetScale() / both.targetScale() : 1;
        double theirs = scalesTarget ? other.targetScale() / both.targetScale() : 1;
        for (int i = 0; i < parts.size(); i++) {
            both.ofWeights[i] = blended(i, ofWeights[i], mine, other.ofWeights[i], theirs, blend, width);
            both.ofIntercepts[i] = blended(i, ofIntercepts[i], mine, other.ofIntercepts[i], theirs, blend, 1);
        }
        both.lengths = blend.sum(times(lengths, rows), times(other.lengths, other.rows), 2);
        double[] counts =
                blend.sum(times(ones(lengths.length), rows), times(ones(other.lengths.length), other.rows), 2);
        for (int i = 0; i < counts.length; i++) {
            both.lengths[i] = counts[i] > 0 ? both.lengths[i] / counts[i] : (i + 1) % 2;
        }
        return both;
    }

    private double[] blended(
            int i, double[] my, double mine, double[] their, double theirs, WeightedMerge blend, int length) {
        if (parts.get(i).odd()) {
            return blend.odd(times(my, mine), times(their, theirs), length);
        }
        double[] merged = blend.sum(sums(i, my, mine * mine), sums(i, their, theirs * theirs), length);
        for (int j = 0; j < merged.length; j++) {
            merged[j] = ofSum(i, merged[j]);
        }
        return merged;
    }

    private double[] sums(int i, double[] numbers, double factor) {
        double[] sums = new double[numbers.length];
        for (int j = 0; j < sums.length; j++) {
            sums[j] = factor * sum(i, numbers[j]);
        }
        return sums;
    }

    /** {@return the sum of squares that a rate, or a root, stands for} */
    private double sum(int i, double number) {
        return isRate(i) ? Math.max(0, 1 / (number * number) - 1) : number * number;
    }

    private double ofSum(int i, double sum) {
        return isRate(i) ? 1 / Math.sqrt(1 + sum) : Math.sqrt(sum);
    }

    private static double[] times(double[] numbers, double factor) {
        double[] times = numbers.clone();
        Kernels.best().scale(factor, times, 0, times.length);
        return times;
    }

    private static double[] ones(int length) {
        double[] ones = new double[length];
        Arrays.fill(ones, 1);
        return ones;
    }

    /** {@return the moments of two sets of targets, from those of the one that weighs more: T. Chan et al. (1979)} */
    private static double[] moments(double[] one, double[] other) {
        boolean swap = other[0] > one[0] || (other[0] == one[0] && other[1] > one[1]);
        double[] more = swap ? other : one;
        double[] less = swap ? one : other;
        double weight = more[0] + less[0];
        if (less[0] == 0) {
            return more.clone();
        }
        double distance = less[1] - more[1];
        double share = less[0] / weight;
        return new double[] {
            weight, more[1] + distance * share, more[2] + less[2] + distance * distance * (more[0] * share)
        };
    }
}
