package org.accrete.core.preprocess;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;

/** Weights and sums of the targets of each category and of all rows, and the means that follow from them. */
final class TargetMeans {
    private static final String NAME = "target-encoder.";
    private static final String COUNT = NAME + "count";
    private static final String SUM = NAME + "sum";
    private static final String TOTAL_COUNT = NAME + "total_count";
    private static final String TOTAL = NAME + "total";

    final double smoothing;
    final int outputs;
    final double unknown;
    final double[] count;
    final double[] sum;
    final double[] total;
    double totalCount;

    /**
     * Makes means of nothing.
     *
     * @param unknown the mean before the first row
     */
    TargetMeans(int categories, int outputs, double smoothing, double unknown) {
        this(new double[categories], new double[categories * outputs], new double[outputs], smoothing, unknown);
    }

    private TargetMeans(double[] count, double[] sum, double[] total, double smoothing, double unknown) {
        this.smoothing = smoothing;
        this.outputs = total.length;
        this.unknown = unknown;
        this.count = count;
        this.sum = sum;
        this.total = total;
    }

    TargetMeans copy() {
        TargetMeans copy = new TargetMeans(count.clone(), sum.clone(), total.clone(), smoothing, unknown);
        copy.totalCount = totalCount;
        return copy;
    }

    /** {@return how many columns the stored blocks have} */
    static int outputs(State state) {
        return state.tensor(TOTAL).size();
    }

    void restore(State state) {
        int categories = count.length;
        System.arraycopy(state.doubles(COUNT, categories), 0, count, 0, categories);
        System.arraycopy(state.doubles(SUM, categories, outputs), 0, sum, 0, sum.length);
        System.arraycopy(state.doubles(TOTAL, outputs), 0, total, 0, outputs);
        totalCount = state.number(TOTAL_COUNT);
        boolean good = totalCount >= 0 && Arrays.stream(count).allMatch(n -> n >= 0 && n <= Double.MAX_VALUE);
        for (double[] numbers : new double[][] {sum, total, {totalCount}}) {
            good &= Arrays.stream(numbers).allMatch(n -> Math.abs(n) <= Double.MAX_VALUE);
        }
        if (!good) {
            throw AccreteException.corruptFile("stored target means must be finite, and their weights >= 0");
        }
    }

    void writeTo(State.Builder state) {
        state.doubles(COUNT, count)
                .doubles(SUM, sum, count.length, outputs)
                .doubles(TOTAL, total)
                .number(TOTAL_COUNT, totalCount);
    }

    /**
     * {@return the smoothed mean of a category}
     *
     * @param category −1 for none
     * @param k column of the encoded block
     */
    double mean(int category, int k) {
        double prior = totalCount > 0 ? total[k] / totalCount : unknown;
        if (category < 0) {
            return prior;
        }
        double weight = count[category] + smoothing;
        return weight > 0 ? (sum[category * outputs + k] + smoothing * prior) / weight : prior;
    }
}
