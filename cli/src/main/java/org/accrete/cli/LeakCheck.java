package org.accrete.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;

/**
 * Looks for target leakage: columns that alone predict the target, such as the minutes of a delay for "was delayed".
 *
 * <p>A rule is learned from one column on the first half of a sample. For a column of numbers, it is the direction that
 * goes with the class; for a block of one-hot columns, it is the share of the class per value. The area under the ROC
 * curve on the second half judges the rule. A unique id gives no warning: its values do not return, and its order does
 * not predict. With three or more classes, each is compared with the rest by the share per value, and all must be
 * predicted well.
 */
final class LeakCheck {
    /** Area under the ROC curve from which a column is reported. */
    static final double SUSPICIOUS = 0.995;

    /** With fewer rows, or fewer rows of a class, a column separates the classes by chance too often. */
    private static final int FEWEST_ROWS = 40;

    private static final int FEWEST_OF_CLASS = 3;

    private final Chunk sample;
    private final int half;

    private LeakCheck(Chunk sample) {
        this.sample = sample;
        this.half = sample.rows() / 2;
    }

    /**
     * {@return one warning for each suspicious column}
     *
     * @param sample the first rows of a stream
     * @param plan how raw columns were encoded, or a plan without columns
     */
    static List<String> warnings(Chunk sample, ColumnPlan plan) {
        if (sample.schema().target().kind() != Target.Kind.CATEGORICAL || sample.rows() / 2 < FEWEST_ROWS) {
            return List.of();
        }
        LeakCheck check = new LeakCheck(sample);
        Map<String, Double> suspicious = new LinkedHashMap<>();
        int from = 0;
        for (Block block : sample.schema().blocks()) {
            if (block.kind() == Block.Kind.SPARSE) {
                // Many columns that cannot be named by a user: no option drops one of them.
                from += block.width();
                continue;
            }
            double area = block.kind() == Block.Kind.ONE_HOT
                    ? check.worst(check.values(from, block.width()))
                    : check.best(from, block.width());
            if (area >= SUSPICIOUS) {
                suspicious.merge(rawColumn(block, plan), area, Math::max);
            }
            from += block.width();
        }
        List<String> warnings = new ArrayList<>();
        suspicious.forEach((column, area) -> warnings.add("column '" + column + "' alone predicts '"
                + sample.schema().target().name() + "' (ROC AUC " + Figures.text(area)
                + " on the first rows); if its value is not known at prediction time, drop it"
                + (isRaw(column, plan) ? " with --column " + new Column.Ignore(column).toPlainText() : "")));
        return warnings;
    }

    /** {@return the name in the header; the days of a date are a block with a name of its own} */
    private static String rawColumn(Block block, ColumnPlan plan) {
        for (Column column : plan.columns()) {
            boolean isDays = column instanceof Column.DateTime && block.name().equals(column.name() + ".days");
            if (isDays || (column.cells().hasIndicator() && block.name().equals(column.name() + ColumnPlan.MISSING))) {
                return column.name();
            }
        }
        return block.name();
    }

    private static boolean isRaw(String name, ColumnPlan plan) {
        return plan.rawNames().contains(name);
    }

    private double best(int from, int width) {
        double best = Double.NaN;
        for (int column = from; column < from + width; column++) {
            double[] numbers = numbers(column);
            best = larger(best, sample.classes().size() == 2 ? byDirection(numbers) : worst(numbers));
            if (Arrays.stream(numbers).anyMatch(Double::isNaN)) {
                best = larger(best, worst(missing(numbers)));
            }
        }
        return best;
    }

    private static double larger(double best, double area) {
        return Double.isNaN(best) || area > best ? area : best;
    }

    /** {@return 1 for each missing number, else 0; whether a value is missing can leak the target, too} */
    private static double[] missing(double[] numbers) {
        return Arrays.stream(numbers)
                .map(number -> Double.isNaN(number) ? 1 : 0)
                .toArray();
    }

    /** {@return how well larger numbers, or else smaller ones, predict the second of two classes} */
    private double byDirection(double[] numbers) {
        double[] sums = new double[2];
        int[] counts = new int[2];
        for (int row = 0; row < half; row++) {
            double target = sample.target(row);
            if (!Double.isNaN(numbers[row]) && (target == 0 || target == 1)) {
                sums[(int) target] += numbers[row];
                counts[(int) target]++;
            }
        }
        double sign = sums[1] / counts[1] >= sums[0] / counts[0] ? 1 : -1;
        if (counts[0] == 0 || counts[1] == 0) {
            return Double.NaN;
        }
        double[] scores = new double[sample.rows()];
        for (int row = half; row < scores.length; row++) {
            scores[row] = Double.isNaN(numbers[row]) ? Double.NEGATIVE_INFINITY : sign * numbers[row];
        }
        return area(scores, 1);
    }

    /** {@return how well the share per value predicts the class that it predicts worst} */
    private double worst(double[] values) {
        double worst = Double.NaN;
        int classes = sample.classes().size();
        for (int label = classes == 2 ? 1 : 0; label < classes; label++) {
            double area = byShare(values, label);
            worst = Double.isNaN(worst) ? area : Math.min(worst, area);
        }
        return worst;
    }

    private double byShare(double[] values, int label) {
        Map<Double, int[]> counts = new HashMap<>();
        int all = 0;
        for (int row = 0; row < half; row++) {
            int[] count = counts.computeIfAbsent(values[row], value -> new int[2]);
            int of = sample.target(row) == label ? 1 : 0;
            count[of]++;
            all += of;
        }
        double prior = (double) all / half;
        double[] scores = new double[sample.rows()];
        for (int row = half; row < scores.length; row++) {
            int[] count = counts.getOrDefault(values[row], new int[2]);
            // Smoothed by one row of the overall share, which a new value gets.
            scores[row] = (count[1] + prior) / (count[0] + count[1] + 1);
        }
        return area(scores, label);
    }

    /**
     * {@return the area under the ROC curve on the second half; NaN if it has too few rows of the class or of the rest}
     */
    private double area(double[] scores, int label) {
        double[] ofClass = new double[sample.rows() - half];
        double[] others = new double[ofClass.length];
        int of = 0;
        int rest = 0;
        for (int row = half; row < sample.rows(); row++) {
            if (sample.target(row) == label) {
                ofClass[of++] = scores[row];
            } else {
                others[rest++] = scores[row];
            }
        }
        Arrays.sort(ofClass, 0, of);
        Arrays.sort(others, 0, rest);
        double won = 0;
        int below = 0;
        int notAbove = 0;
        for (int i = 0; i < of; i++) {
            while (below < rest && others[below] < ofClass[i]) {
                below++;
            }
            while (notAbove < rest && others[notAbove] <= ofClass[i]) {
                notAbove++;
            }
            won += (below + notAbove) / 2.0;
        }
        return Math.min(of, rest) < FEWEST_OF_CLASS ? Double.NaN : won / (of * (double) rest);
    }

    /** {@return one column, for all rows} */
    private double[] numbers(int column) {
        double[] numbers = new double[sample.rows()];
        for (int row = 0; row < numbers.length; row++) {
            if (sample instanceof DenseChunk dense) {
                numbers[row] = dense.values()[dense.offset(row) + column];
            } else if (sample instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    if (sparse.indices()[k] == column) {
                        numbers[row] = sparse.values()[k];
                    }
                }
            }
        }
        return numbers;
    }

    /** {@return for each row, the column of a one-hot block that is set; −1 if none is} */
    private double[] values(int from, int width) {
        double[] values = new double[sample.rows()];
        for (int row = 0; row < values.length; row++) {
            values[row] = -1;
            if (sample instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    if (sparse.indices()[k] >= from && sparse.indices()[k] < from + width) {
                        values[row] = sparse.indices()[k] - from;
                    }
                }
            }
        }
        return values;
    }
}
