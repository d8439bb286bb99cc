package org.accrete.learners.sgd.optimizer;

import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.DenseKernels;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.UndoLog;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** One number that an optimizer keeps for each weight and each intercept. */
final class Accumulator implements TrainingState {
    /** What the number is, which says how functions of new classes start and how two learners are merged. */
    enum Kind {
        /** 1 / √(1 + G) for a sum of squares G. */
        RATE,
        /** √G for a sum of squares G. */
        ROOT,
        /** A number that changes sign with its function, like the weight. */
        SIGNED
    }

    /** A rate this small would never recover. */
    static final double SMALLEST_RATE = 1e-150;

    private final String name;
    private final Kind kind;
    private final int width;
    /** Functions × width. */
    private double[] ofWeights;
    /** One per function. */
    private double[] ofIntercepts;

    private final UndoLog log = new UndoLog();
    private double[] beforeIntercepts = {};
    /** The smallest rate that rows of the chunk made, or the sum of all magnitudes. */
    private double seen;

    /**
     * Makes the numbers of weights that have seen nothing.
     *
     * @param name what a state calls it
     */
    Accumulator(String name, Kind kind, TrainableWeights weights) {
        this(
                name,
                kind,
                weights.width(),
                filled(weights.count() * weights.width(), start(kind)),
                filled(weights.count(), start(kind)));
    }

    private Accumulator(String name, Kind kind, int width, double[] ofWeights, double[] ofIntercepts) {
        this.name = name;
        this.kind = kind;
        this.width = width;
        this.ofWeights = ofWeights;
        this.ofIntercepts = ofIntercepts;
    }

    private static double start(Kind kind) {
        return kind == Kind.RATE ? 1 : 0;
    }

    private static double[] filled(int length, double number) {
        double[] filled = new double[length];
        Arrays.fill(filled, number);
        return filled;
    }

    /** {@return the numbers of the weights, functions × width; not a copy} */
    double[] ofWeights() {
        return ofWeights;
    }

    /** Replaces the numbers of the weights: by none while somebody else keeps them. */
    void replaceOfWeights(double[] numbers) {
        ofWeights = numbers;
    }

    /** Becomes copies of other numbers: of the weights, and of the intercepts. */
    void startFrom(double[] numbers, double[] numbersOfIntercepts) {
        ofWeights = numbers.clone();
        ofIntercepts = numbersOfIntercepts.clone();
    }

    /** Becomes other numbers, and keeps their arrays; the arrays so far stay as they were. */
    void goOver(Accumulator next) {
        ofWeights = next.ofWeights;
        ofIntercepts = next.ofIntercepts;
    }

    /** {@return the numbers of the intercepts, one per function; not a copy} */
    double[] ofIntercepts() {
        return ofIntercepts;
    }

    // --- all or nothing

    @Override
    public void begin(Chunk chunk) {
        log.beginRows(ofWeights, width, chunk);
        seen = kind == Kind.RATE ? Double.POSITIVE_INFINITY : 0;
        beforeIntercepts = UndoLog.copy(ofIntercepts, beforeIntercepts);
    }

    /** Saves the numbers of one function where a sparse row is about to change them. */
    void save(int c, SparseChunk chunk, int row) {
        log.save(ofWeights, c, chunk, row, width);
    }

    /**
     * Reports what a row made of the numbers that {@link #save} saved.
     *
     * @param number the smallest rate, or the sum of the magnitudes
     */
    void saw(double number) {
        seen = kind == Kind.RATE ? Math.min(seen, number) : seen + number;
    }

    @Override
    public void rollBack(Chunk chunk) {
        ofWeights = log.rollBack(width, chunk);
        ofIntercepts = beforeIntercepts.clone();
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        boolean known = log.takesRowsOf(ofWeights);
        boolean good = kind == Kind.RATE
                ? known && seen > SMALLEST_RATE || UndoLog.isAbove(SMALLEST_RATE, ofWeights, width, chunk)
                : known && Double.isFinite(seen) || UndoLog.isFinite(ofWeights, width, chunk);
        return good && isGood(ofIntercepts);
    }

    @Override
    public boolean isFinite() {
        return isGood(ofWeights) && isGood(ofIntercepts);
    }

    /** {@return whether no number of a weight that the chunk may have changed is larger than a limit} */
    boolean isWithin(double limit, Chunk chunk) {
        return UndoLog.isWithin(limit, ofWeights, width, chunk);
    }

    /** {@return whether no number of a weight is larger than a limit} */
    boolean isWithin(double limit) {
        return UndoLog.isWithin(limit, ofWeights);
    }

    private boolean isGood(double[] numbers) {
        return UndoLog.isFinite(numbers) && (kind != Kind.RATE || UndoLog.isAbove(SMALLEST_RATE, numbers));
    }

    @Override
    public void grow(int functions, double share) {
        ofWeights = grown(ofWeights, width, functions, share);
        ofIntercepts = grown(ofIntercepts, 1, functions, share);
    }

    private double[] grown(double[] array, int length, int functions, double share) {
        if (kind == Kind.SIGNED) {
            return UndoLog.grow(array, length, functions, share);
        }
        double[] more = Arrays.copyOf(array, functions * length);
        int known = array.length;
        if (known == length) {
            System.arraycopy(array, 0, more, length, length);
            known += length;
        }
        Arrays.fill(more, known, more.length, start(kind));
        return more;
    }

    // --- state and merging

    @Override
    public void read(State state, boolean starts) {
        ofWeights = state.doubles("sgd." + name, ofIntercepts.length, width);
        ofIntercepts = state.doubles("sgd.intercept_" + name, ofIntercepts.length);
    }

    @Override
    public void write(State.Builder state) {
        state.doubles("sgd." + name, ofWeights, ofIntercepts.length, width)
                .doubles("sgd.intercept_" + name, ofIntercepts);
    }

    /** {@return the same for columns that were shifted and scaled: see {@link TrainableWeights#rescaled}} */
    Accumulator rescaled(double[] centre, double[] scales) {
        if (kind == Kind.SIGNED) {
            return new Accumulator(
                    name,
                    kind,
                    width,
                    TrainableWeights.multiplied(ofWeights, scales),
                    TrainableWeights.shifted(ofWeights, ofIntercepts, centre));
        }
        double[] rescaled = ofWeights.clone();
        for (int i = 0; i < rescaled.length; i++) {
            double scale = scales[i % width];
            rescaled[i] = ofSumOfSquares(sumOfSquares(rescaled[i]) / (scale * scale));
        }
        return new Accumulator(name, kind, width, rescaled, ofIntercepts.clone());
    }

    @Override
    public void keepPart(int part, int parts) {
        if (kind != Kind.SIGNED && parts > 1) {
            divide(ofWeights, parts);
            divide(ofIntercepts, parts);
        }
    }

    private void divide(double[] numbers, int parts) {
        for (int j = 0; j < numbers.length; j++) {
            numbers[j] = ofSumOfSquares(sumOfSquares(numbers[j]) / parts);
        }
    }

    /** {@return these numbers and others, merged; neither is changed} */
    Accumulator merged(Accumulator other, WeightedMerge merge) {
        return new Accumulator(
                name,
                kind,
                width,
                merged(ofWeights, other.ofWeights, merge, width),
                merged(ofIntercepts, other.ofIntercepts, merge, 1));
    }

    /** Sums of squares add up; signed numbers are averaged as the weights are. */
    private double[] merged(double[] my, double[] their, WeightedMerge merge, int length) {
        if (kind == Kind.SIGNED) {
            return merge.odd(my, their, length);
        }
        double[] merged = merge.sum(sumsOfSquares(my, 1), sumsOfSquares(their, 1), length);
        for (int j = 0; j < merged.length; j++) {
            merged[j] = ofSumOfSquares(merged[j]);
        }
        return merged;
    }

    /**
     * {@return the same for a target in other units; a copy}
     *
     * @param factor new units per unit
     * @param shift added to signed numbers of the intercepts, in new units
     */
    Accumulator inUnits(double factor, double shift) {
        if (kind == Kind.SIGNED) {
            double[] shifted = times(ofIntercepts, factor);
            for (int c = 0; c < shifted.length; c++) {
                shifted[c] += shift;
            }
            return new Accumulator(name, kind, width, times(ofWeights, factor), shifted);
        }
        double[] weights = sumsOfSquares(ofWeights, factor * factor);
        double[] intercepts = sumsOfSquares(ofIntercepts, factor * factor);
        Arrays.setAll(weights, j -> ofSumOfSquares(weights[j]));
        Arrays.setAll(intercepts, c -> ofSumOfSquares(intercepts[c]));
        return new Accumulator(name, kind, width, weights, intercepts);
    }

    private double[] sumsOfSquares(double[] numbers, double factor) {
        double[] sums = new double[numbers.length];
        for (int j = 0; j < sums.length; j++) {
            sums[j] = factor * sumOfSquares(numbers[j]);
        }
        return sums;
    }

    /** {@return the sum of squares G that a rate or root is made of} */
    private double sumOfSquares(double number) {
        return kind == Kind.RATE ? Math.max(0, 1 / (number * number) - 1) : number * number;
    }

    private double ofSumOfSquares(double sum) {
        return kind == Kind.RATE ? 1 / Math.sqrt(1 + sum) : Math.sqrt(sum);
    }

    private static double[] times(double[] numbers, double factor) {
        double[] times = numbers.clone();
        DenseKernels.best().scale(factor, times, 0, times.length);
        return times;
    }
}
