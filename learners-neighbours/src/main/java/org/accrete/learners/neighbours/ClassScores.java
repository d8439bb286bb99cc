package org.accrete.learners.neighbours;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.kernels.Exp;
import org.accrete.kernels.SoftmaxPath;

/**
 * Scores rows by {@link ClassStatistics}: ln P(class) + Σ ln P(feature | class), the naive Bayes rule.
 *
 * <ul>
 *   <li>A measured feature is normal, with the class's mean and variance. To each variance is added
 *       {@code var-smoothing} times the largest variance that a measured feature has over all rows of all classes so
 *       far. It follows from the classes' moments, so it does not depend on chunks, and merges. scikit-learn takes the
 *       largest variance within the rows of the last call instead; for all rows in one call the two are the same.
 *   <li>The P of a counted feature is (its sum + {@code alpha}) / (sum of its block + {@code alpha} × number of the
 *       block's features), raised to the feature's value. As in scikit-learn, except that only features that occurred
 *       are counted: columns that no row has hashed into say nothing, and neither does one first met in prediction.
 *   <li>A missing value is left out. A class without a value in some column takes the moments of all classes there.
 *   <li>A class without rows is never predicted while another one has rows.
 * </ul>
 *
 * <p>The whole may be taken to a power that makes up for columns that repeat each other: see {@link Calibration}. It
 * changes no order of the classes.
 *
 * <p>{@link #prepare} derives tables from the statistics, O(classes × (measured features + counted blocks)). The
 * logarithms of a class's variances are taken together, of their product, whose exponent is kept apart.
 */
final class ClassScores {
    /** The score of a class without rows; a score of others is not below {@link #LEAST}. */
    private static final double IMPOSSIBLE = -1e307;

    private static final double LEAST = -1e306;

    /** No variance is smaller, so that squares divided by it are finite. */
    private static final double LEAST_VARIANCE = 1e-150;

    private static final double INVERSE_TWO_PI = 0.15915494309189535;
    private static final double LN_2 = 0.6931471805599453;

    private final ClassStatistics statistics;
    private final double alpha;
    private final double smoothing;
    private final Optional<Calibration> calibration;
    private int classes;

    /** Per class: ln P(class) and the logarithms before the squares. */
    private double[] base = {};

    private double[] mean = {};

    /** Classes × measured features: 1 / variance; 0 where a feature has no value in any class. */
    private double[] precision = {};

    /** Classes × counted blocks: ln of the denominator. */
    private double[] logBlock = {};

    /** What was added to each variance. */
    private double added;

    ClassScores(ClassStatistics statistics, double alpha, double smoothing, Optional<Calibration> calibration) {
        this.calibration = calibration;
        this.statistics = statistics;
        this.alpha = alpha;
        this.smoothing = smoothing;
    }

    /** {@return what was added to each variance at the last {@link #prepare}} */
    double added() {
        return added;
    }

    /** {@return the variances at the last {@link #prepare}: classes × measured features; 0 where nothing is known} */
    double[] variances() {
        double[] variances = new double[precision.length];
        Arrays.setAll(variances, i -> precision[i] > 0 ? 1 / precision[i] : 0);
        return variances;
    }

    /** {@return what P(class) Π P(feature | class) is taken to the power of where a class has the largest} */
    double exponent(int winner) {
        return calibration.isPresent() ? calibration.get().exponent(winner) : 1;
    }

    /** {@return the first class with the largest score} */
    static int winner(double[] scores, int from, int known) {
        int winner = 0;
        for (int c = 1; c < known; c++) {
            winner = scores[from + c] > scores[from + winner] ? c : winner;
        }
        return winner;
    }

    /** Derives the tables from the statistics as they are now. */
    void prepare() {
        FeatureKinds kinds = statistics.kinds;
        int measured = kinds.measuredCount();
        int blocks = kinds.blocks;
        classes = statistics.classes;
        if (base.length != classes) {
            base = new double[classes];
            mean = new double[classes * measured];
            precision = new double[classes * measured];
            logBlock = new double[classes * blocks];
        }
        // First the moments of all classes, kept in the tables of class 0 … until a class's own replace them.
        double largest = 0;
        for (int m = 0; m < measured; m++) {
            largest = Math.max(largest, pool(m));
        }
        added = smoothing * largest;
        double logTotal = Exp.log(statistics.totalWeight());
        for (int c = 0; c < classes; c++) {
            double weight = statistics.classWeight[c];
            base[c] = weight > 0 ? Exp.log(weight) - logTotal + logDensities(c) : IMPOSSIBLE;
            for (int b = 0; b < blocks; b++) {
                logBlock[c * blocks + b] =
                        Exp.log(statistics.blockCount[c * blocks + b] + alpha * Math.max(1, statistics.seenOfBlock[b]));
            }
        }
        if (logTotal == Double.NEGATIVE_INFINITY) {
            Arrays.fill(base, 0);
        }
    }

    /** Writes mean and variance of each class, or of all classes where it has none; returns that of all classes. */
    private double pool(int m) {
        int measured = statistics.kinds.measuredCount();
        double weight = 0;
        double sum = 0;
        for (int c = 0; c < classes; c++) {
            weight += statistics.weight[c * measured + m];
        }
        if (!(weight > 0)) {
            for (int c = 0; c < classes; c++) {
                mean[c * measured + m] = 0;
                precision[c * measured + m] = Double.NaN;
            }
            return 0;
        }
        for (int c = 0; c < classes; c++) {
            sum += statistics.mean[c * measured + m] * (statistics.weight[c * measured + m] / weight);
        }
        double deviation = 0;
        for (int c = 0; c < classes; c++) {
            double distance = statistics.mean[c * measured + m] - sum;
            deviation += statistics.deviation[c * measured + m]
                    + (statistics.weight[c * measured + m] * distance) * distance;
        }
        double variance = deviation / weight;
        for (int c = 0; c < classes; c++) {
            int at = c * measured + m;
            boolean own = statistics.weight[at] > 0;
            mean[at] = own ? statistics.mean[at] : sum;
            precision[at] = own ? statistics.deviation[at] / statistics.weight[at] : variance;
        }
        return variance;
    }

    /** Turns variances of a class into their reciprocals; returns Σ −½ ln(2π variance). */
    private double logDensities(int c) {
        int measured = statistics.kinds.measuredCount();
        double product = 1;
        long exponent = 0;
        for (int at = c * measured; at < (c + 1) * measured; at++) {
            double variance = precision[at] + added;
            if (variance == variance) {
                precision[at] = 1 / Math.max(variance, LEAST_VARIANCE);
                product *= precision[at] * INVERSE_TWO_PI;
                if (!(product > 1e-100 && product < 1e100)) {
                    int e = Math.getExponent(product);
                    product = Math.scalb(product, -e);
                    exponent += e;
                }
            } else {
                precision[at] = 0;
            }
        }
        return 0.5 * (Exp.log(product) + exponent * LN_2);
    }

    /**
     * Writes decision values as {@link org.accrete.api.learn.Classifier#decide} does: ln P(second) − ln P(first) of up
     * to two classes, else ln P of each class, both given the row.
     *
     * @param known how many classes, from the first, are told apart
     * @param at index of the first value in {@code out}
     */
    void decide(Chunk chunk, int row, int known, double[] out, int at) {
        if (known <= 2) {
            out[at] = known < 2 ? 0 : ofTwo(score(chunk, row, 0), score(chunk, row, 1));
            return;
        }
        for (int c = 0; c < known; c++) {
            out[at + c] = score(chunk, row, c);
        }
        ofMany(out, at, known);
    }

    /** Writes the same decision values. */
    void decide(double[] scores, int known, double[] out, int at) {
        if (known <= 2) {
            out[at] = known < 2 ? 0 : ofTwo(scores[0], scores[1]);
            return;
        }
        System.arraycopy(scores, 0, out, at, known);
        ofMany(out, at, known);
    }

    private double ofTwo(double first, double second) {
        return exponent(second > first ? 1 : 0) * (second - first);
    }

    private void ofMany(double[] out, int at, int known) {
        int winner = winner(out, at, known);
        double exponent = exponent(winner);
        double largest = exponent * out[at + winner];
        double sum = 0;
        for (int c = 0; c < known; c++) {
            out[at + c] *= isPossible(c) ? exponent : 1;
        }
        for (int c = 0; c < known; c++) {
            sum += Exp.exp(out[at + c] - largest);
        }
        double logSum = largest + Exp.log(sum);
        for (int c = 0; c < known; c++) {
            out[at + c] -= logSum;
        }
    }

    /** {@return whether a class has rows, or none has} */
    boolean isPossible(int c) {
        return base[c] > IMPOSSIBLE;
    }

    /** {@return ln P(class) + Σ ln P(feature | class); not divided by the sum over the classes} */
    double score(Chunk chunk, int row, int c) {
        if (base[c] <= IMPOSSIBLE) {
            return IMPOSSIBLE;
        }
        double score = 0;
        if (chunk instanceof DenseChunk dense) {
            score = base[c] + (measured(dense, row, c) + counted(dense, row, c));
        } else if (chunk instanceof SparseChunk sparse) {
            score = base[c] + (measured(sparse, row, c) + counted(sparse, row, c));
        }
        // Also where a feature is too large for its square.
        return score > LEAST ? score : LEAST;
    }

    /** {@return decision values of the rows of a graph} */
    Value export(ModelGraph graph, List<Value> rows, int known) {
        FeatureKinds kinds = statistics.kinds;
        Schema schema = kinds.schema;
        int width = schema.width();
        int measured = kinds.measuredCount();
        double[] shares = new double[known * width];
        double[] floor = new double[known];
        double[] factors = new double[known * measured];
        double[] left = new double[known * measured];
        for (int c = 0; c < known; c++) {
            floor[c] = base[c] <= IMPOSSIBLE ? IMPOSSIBLE : LEAST;
            if (base[c] <= IMPOSSIBLE) {
                continue;
            }
            for (int d = 0; d < kinds.countedCount(); d++) {
                shares[c * width + kinds.countedColumns[d]] = statistics.seen[d] ? logShare(c, d) : 0;
            }
            for (int at = c * measured; at < (c + 1) * measured; at++) {
                factors[at] = -0.5 * precision[at];
                left[at] = -logDensity(at);
            }
        }
        List<Value> present = new ArrayList<>(rows);
        if (ModelGraph.numbers(schema) > 0) {
            Value numbers = rows.get(0);
            present.set(0, graph.apply("Where", graph.apply("IsNaN", numbers), graph.constant(0), numbers));
        }
        Value scores = graph.linear(schema, present, shares, Arrays.copyOf(base, known));
        if (measured > 0) {
            // Rows × classes × measured features, added up over these.
            Value x = graph.apply(
                    "Unsqueeze",
                    graph.columns(rows.get(0), NumericFeatures.places(schema)),
                    graph.constant(new long[] {1}, 1));
            Value distance =
                    graph.apply("Sub", x, graph.constant(Arrays.copyOf(mean, factors.length), 1, known, measured));
            Value terms = graph.apply(
                    "Mul", graph.apply("Mul", distance, distance), graph.constant(factors, 1, known, measured));
            terms = graph.apply("Where", graph.apply("IsNaN", x), graph.constant(left, 1, known, measured), terms);
            scores = graph.apply(
                    "Add",
                    scores,
                    graph.apply("ReduceSum", Map.of("keepdims", 0L), terms, graph.constant(new long[] {2}, 1)));
        }
        scores = graph.apply("Max", scores, graph.constant(floor, 1, known));
        if (known < 2) {
            return graph.apply("Sub", scores, scores);
        }
        if (known == 2) {
            Value difference = graph.apply("Sub", graph.columns(scores, 1), graph.columns(scores, 0));
            Value isSecond = graph.apply("Greater", difference, graph.constant(0));
            return graph.apply(
                    "Mul",
                    difference,
                    graph.apply("Where", isSecond, graph.constant(exponent(1)), graph.constant(exponent(0))));
        }
        double[] exponents = new double[known * known];
        for (int winner = 0; winner < known; winner++) {
            for (int c = 0; c < known; c++) {
                exponents[winner * known + c] = isPossible(c) ? exponent(winner) : 1;
            }
        }
        Value winners = graph.apply("ArgMax", Map.of("axis", 1L, "keepdims", 0L), scores);
        Value powers = graph.apply("Gather", graph.constant(exponents, known, known), winners);
        return graph.apply("LogSoftmax", Map.of("axis", 1L), graph.apply("Mul", scores, powers));
    }

    private double measured(DenseChunk chunk, int row, int c) {
        double[] values = chunk.values();
        int[] columns = statistics.kinds.measured;
        int offset = chunk.offset(row);
        int at = c * columns.length;
        double squares = 0;
        double left = 0;
        for (int m = 0; m < columns.length; m++) {
            double value = values[offset + columns[m]];
            double distance = value - mean[at + m];
            if (value == value) {
                squares += distance * distance * precision[at + m];
            } else {
                left += logDensity(at + m);
            }
        }
        return -0.5 * squares - left;
    }

    private double measured(SparseChunk chunk, int row, int c) {
        int[] indices = chunk.indices();
        double[] values = chunk.values();
        int[] columns = statistics.kinds.measured;
        int k = chunk.start(row);
        int end = chunk.end(row);
        int at = c * columns.length;
        double squares = 0;
        double left = 0;
        for (int m = 0; m < columns.length; m++) {
            while (k < end && indices[k] < columns[m]) {
                k++;
            }
            double value = k < end && indices[k] == columns[m] ? values[k] : 0;
            double distance = value - mean[at + m];
            if (value == value) {
                squares += distance * distance * precision[at + m];
            } else {
                left += logDensity(at + m);
            }
        }
        return -0.5 * squares - left;
    }

    private double logDensity(int at) {
        return precision[at] > 0 ? 0.5 * Exp.log(precision[at] * INVERSE_TWO_PI) : 0;
    }

    private double counted(DenseChunk chunk, int row, int c) {
        int[] columns = statistics.kinds.countedColumns;
        int offset = chunk.offset(row);
        double sum = 0;
        for (int d = 0; d < columns.length; d++) {
            double value = chunk.values()[offset + columns[d]];
            if (value != 0 && statistics.seen[d]) {
                sum += value * logShare(c, d);
            }
        }
        return sum;
    }

    private double counted(SparseChunk chunk, int row, int c) {
        int[] indices = chunk.indices();
        int[] counted = statistics.kinds.counted;
        if (statistics.kinds.blocks == 0) {
            return 0;
        }
        double sum = 0;
        int end = chunk.end(row);
        for (int k = chunk.start(row); k < end; k++) {
            int d = counted[indices[k]];
            if (d >= 0 && chunk.values()[k] != 0 && statistics.seen[d]) {
                sum += chunk.values()[k] * logShare(c, d);
            }
        }
        return sum;
    }

    private double logShare(int c, int d) {
        FeatureKinds kinds = statistics.kinds;
        return Exp.log(statistics.count[c * kinds.countedCount() + d] + alpha)
                - logBlock[c * kinds.blocks + kinds.block[d]];
    }

    /**
     * Says what columns contribute to a decision value of {@link #decide}: the logarithms of P(feature | class). Of up
     * to two classes it is their difference. Of more, the columns share what ln P(class) changes by, given the row
     * instead of nothing, by {@link SoftmaxPath}.
     *
     * @param decision which decision value
     * @param out cleared, then filled
     */
    void explain(Chunk chunk, int row, int known, int decision, Contributions out) {
        double[] prior = new double[known];
        double[] given = new double[known];
        boolean all = true;
        for (int c = 0; c < known; c++) {
            all &= isPossible(c);
            prior[c] = isPossible(c) ? prior(c) : Double.NEGATIVE_INFINITY;
            given[c] = isPossible(c) ? score(chunk, row, c) : Double.NEGATIVE_INFINITY;
        }
        double[] factors = new double[known];
        if (known < 2 || !(known == 2 ? all : isPossible(decision))) {
            double[] values = new double[Math.max(1, known)];
            decide(chunk, row, known, values, 0);
            out.clear(values[decision]);
            return;
        }
        // Factors add up to 0, and each class is compared with this one, so that large logarithms keep their digits.
        int other = known == 2 ? 0 : decision;
        double exponent = exponent(winner(given, 0, known));
        double base = ofNothing(prior, decision);
        if (known == 2) {
            // The mean exponent on the way from nothing to the row, where another class may come to be predicted.
            double change = (given[1] - given[0]) - (prior[1] - prior[0]);
            out.clear(base);
            factors[1] = change == 0 ? exponent : (ofTwo(given[0], given[1]) - base) / change;
        } else {
            double[] from = new double[known];
            double[] to = new double[known];
            for (int c = 0; c < known; c++) {
                from[c] = exponent * (prior[c] - prior[other]);
                to[c] = exponent * (given[c] - given[other]);
            }
            out.clear(SoftmaxPath.logFactors(from, to, known, decision, factors));
            for (int c = 0; c < known; c++) {
                factors[c] *= exponent;
            }
        }
        int[] measured = statistics.kinds.measured;
        for (int m = 0; m < measured.length; m++) {
            double value = value(chunk, row, measured[m]);
            double amount = 0;
            for (int c = 0; c < known && value == value; c++) {
                if (c != other && factors[c] != 0) {
                    amount += factors[c]
                            * (logOf(value, c * measured.length + m) - logOf(value, other * measured.length + m));
                }
            }
            out.add(measured[m], amount);
        }
        if (chunk instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                addCounted(sparse.indices()[k], sparse.values()[k], other, factors, out);
            }
        } else if (chunk instanceof DenseChunk dense) {
            for (int column : statistics.kinds.countedColumns) {
                addCounted(column, dense.values()[dense.offset(row) + column], other, factors, out);
            }
        }
        moveBase(base, out);
    }

    /** {@return the decision value of a row of which nothing is known} */
    private double ofNothing(double[] prior, int decision) {
        double[] values = new double[prior.length];
        for (int c = 0; c < prior.length; c++) {
            values[c] = isPossible(c) ? prior[c] : IMPOSSIBLE;
        }
        decide(values.clone(), prior.length, values, 0);
        return values[decision];
    }

    /**
     * Shares the difference to another base among the columns, in proportion to what they contribute. The exponent of a
     * row of which nothing is known is that of the commonest class, which may not be the row's.
     */
    private static void moveBase(double base, Contributions out) {
        double rest = out.base() - base;
        double all = 0;
        for (int i = 0; i < out.size(); i++) {
            all += Math.abs(out.amount(i));
        }
        if (rest == 0 || !(all > 0)) {
            return;
        }
        int[] columns = new int[out.size()];
        double[] amounts = new double[out.size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = out.column(i);
            amounts[i] = out.amount(i) + rest * (Math.abs(out.amount(i)) / all);
        }
        out.clear(base);
        for (int i = 0; i < columns.length; i++) {
            out.add(columns[i], amounts[i]);
        }
    }

    /** {@return ln P(value | class) of a measured feature} */
    private double logOf(double value, int at) {
        double distance = value - mean[at];
        return logDensity(at) - 0.5 * (distance * distance * precision[at]);
    }

    private static double value(Chunk chunk, int row, int column) {
        if (chunk instanceof DenseChunk dense) {
            return dense.values()[dense.offset(row) + column];
        }
        SparseChunk sparse = (SparseChunk) chunk;
        int at = Arrays.binarySearch(sparse.indices(), sparse.start(row), sparse.end(row), column);
        return at < 0 ? 0 : sparse.values()[at];
    }

    private void addCounted(int column, double value, int other, double[] factors, Contributions out) {
        int d = statistics.kinds.counted[column];
        if (d < 0 || value == 0 || !statistics.seen[d]) {
            return;
        }
        double amount = 0;
        for (int c = 0; c < factors.length; c++) {
            if (c != other && factors[c] != 0) {
                amount += factors[c] * value * (logShare(c, d) - logShare(other, d));
            }
        }
        out.add(column, amount);
    }

    /** {@return ln P(class), 0 before the first row} */
    private double prior(int c) {
        double total = statistics.totalWeight();
        return total > 0 ? Exp.log(statistics.classWeight[c]) - Exp.log(total) : 0;
    }
}
