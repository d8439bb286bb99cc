package org.accrete.learners.trees;

/**
 * A linear function of the numbers of a row, for squared errors:
 *
 * <pre>{@code
 * f(x) = intercept + sum of coef[j] (x[j] - center[j])
 * }</pre>
 *
 * <p>Up to {@link #MOST_SOLVED} numbers it is fitted by least squares on decaying means, variances and covariances:
 * each row moves the coefficients by one sweep of Gauss and Seidel's method, so that there is neither a learning rate
 * nor a matrix to invert, and scales do not matter. What it misses on average of late, the bias, is added.
 *
 * <p>More numbers are fitted by stochastic gradient descent on standardized numbers. Coefficients are in the units of
 * the numbers: when a center moves, the intercept moves with it, so that the function stays the same. Steps are
 * implicit, that is, taken against the gradient at their end. Such a step never goes beyond the row's target, so that
 * no learning rate makes it diverge (Toulis and Airoldi, "Asymptotic and finite-sample properties of estimators based
 * on stochastic gradients", Annals of Statistics 45, 2017).
 *
 * <p>A missing number counts as its mean. Inputs and targets up to 1e100 keep all numbers finite. O(min(numbers,
 * {@link #MOST_SOLVED}) × numbers) per row.
 */
final class LinearModel {
    /** The most numbers that are fitted by least squares. */
    static final int MOST_SOLVED = 64;

    static final String COEF = "tree.coef";
    static final String CENTER = "tree.center";
    static final String INTERCEPT = "tree.intercept";
    static final String COVARIANCE = "trees.covariance";
    static final String RATES = "trees.leaf_rates";

    /** Rows after which as much is forgotten as learned: so many, and so many more for each number. */
    private static final double MEMORY = 100;

    private static final double MEMORY_PER_NUMBER = 5;
    /** The same, and the least learning rate, for more numbers than are solved for. */
    private static final double LONG_MEMORY = 1_000;

    private static final double LEAST_RATE = 0.03;
    /** L2 penalty, in rows of average numbers. */
    private static final double RIDGE = 0.1;
    /** Rows that a new leaf takes what its parent learned for. */
    private static final double INHERITED = 30;
    /** Bound of predictions and coefficients, so that nothing overflows. */
    private static final double LARGEST = 1e100;
    /** Variances below this, and below this share of the squared mean, count as 0. */
    private static final double LEAST_VARIANCE = 1e-90;

    private static final double LEAST_SHARE = 1e-20;

    private final int numbers;
    private final double biasRate;
    private final double[] coef;
    private final double[] center;
    private double intercept;
    /** Covariances of numbers j ≥ k at j (j + 1) / 2 + k, then those of each with the target; else the variances. */
    private final double[] covariance;
    /** Mean of targets, and of what they are above the function. */
    private double mean;

    private double bias;
    /** Rows that means and variances rest on, later ones counting most, and their weight. */
    private double rows;

    private double weight;
    /** Steps of gradient descent, those of rows of average weight counting 1. */
    private double steps;
    /** Distances of a row from the centers; shared by copies, of which one learns at a time. */
    private final double[] distances;

    /**
     * Makes one that predicts 0.
     *
     * @param biasRate what a row's error counts in the bias
     */
    LinearModel(int numbers, double biasRate) {
        this.numbers = numbers;
        this.biasRate = biasRate;
        coef = new double[numbers];
        center = new double[numbers];
        covariance = new double[isSolved() ? triangle(numbers) + numbers : numbers];
        distances = new double[numbers];
    }

    private LinearModel(LinearModel other) {
        numbers = other.numbers;
        biasRate = other.biasRate;
        coef = other.coef.clone();
        center = other.center.clone();
        intercept = other.intercept;
        covariance = other.covariance.clone();
        mean = other.mean;
        bias = other.bias;
        rows = other.rows;
        weight = other.weight;
        steps = other.steps;
        distances = other.distances;
    }

    private boolean isSolved() {
        return numbers <= MOST_SOLVED;
    }

    private static int triangle(int j) {
        return j * (j + 1) / 2;
    }

    LinearModel copy() {
        return new LinearModel(this);
    }

    /** {@return the same function for a part of the rows, of which it soon learns more} */
    LinearModel child() {
        LinearModel child = copy();
        if (rows > INHERITED) {
            child.weight *= INHERITED / rows;
            child.rows = INHERITED;
        }
        child.steps = Math.min(steps, INHERITED);
        return child;
    }

    long bytes() {
        return 8L * (3 * numbers + covariance.length) + 200;
    }

    double predict(double[] x, int at) {
        double sum = intercept;
        for (int j = 0; j < numbers; j++) {
            double distance = x[at + j] - center[j];
            // NaN is a missing number.
            sum += distance == distance ? coef[j] * distance : 0;
        }
        return Math.max(-LARGEST, Math.min(LARGEST, sum));
    }

    /** {@return what it predicts where all numbers are missing, or their means} */
    double ofNothing() {
        return Math.max(-LARGEST, Math.min(LARGEST, intercept));
    }

    /** Writes its numbers behind those of others of as many; {@return the intercept} */
    double export(double[] coefficients, double[] centers, int at) {
        System.arraycopy(coef, 0, coefficients, at * numbers, numbers);
        System.arraycopy(center, 0, centers, at * numbers, numbers);
        return intercept;
    }

    /** Writes what each number adds to the intercept. */
    void terms(double[] x, int at, double[] out) {
        for (int j = 0; j < numbers; j++) {
            double distance = x[at + j] - center[j];
            out[j] = distance == distance ? coef[j] * distance : 0;
        }
    }

    /** Learns a row. */
    void learn(double[] x, int at, double target, double w) {
        double error = target - predict(x, at);
        double most = isSolved() ? MEMORY + MEMORY_PER_NUMBER * numbers : LONG_MEMORY;
        rows += 1 - rows / most;
        weight += w - weight / most;
        double rate = Math.min(1, w / weight);
        // Weights count relative to each other, so that their unit does not matter.
        double relative = rate * rows;
        for (int j = 0; j < numbers; j++) {
            double distance = x[at + j] - center[j];
            distances[j] = distance == distance ? distance : 0;
        }
        if (isSolved()) {
            solve(target, rate);
            bias += biasRate * relative / (1 + biasRate * relative) * error;
            intercept = mean + bias;
        } else {
            step(target, relative, rate);
        }
    }

    private void solve(double target, double rate) {
        double[] c = covariance;
        double[] d = distances;
        int withTarget = triangle(numbers);
        double kept = 1 - rate;
        double above = target - mean;
        mean += rate * above;
        int next = 0;
        for (int j = 0; j < numbers; j++) {
            double dj = rate * d[j];
            center[j] += dj;
            for (int k = 0; k <= j; k++) {
                c[next] = kept * (c[next] + dj * d[k]);
                next++;
            }
            c[withTarget + j] = kept * (c[withTarget + j] + dj * above);
        }
        double ridge = 1 + RIDGE / rows;
        int row = 0;
        for (int j = 0; j < numbers; j++) {
            double variance = c[row + j];
            double sum = c[withTarget + j];
            for (int k = 0; k < j; k++) {
                sum -= c[row + k] * coef[k];
            }
            row += j + 1;
            int column = row + j;
            for (int k = j + 1; k < numbers; k++) {
                sum -= c[column] * coef[k];
                column += k + 1;
            }
            coef[j] = isSpread(variance, j) ? bounded(sum / (variance * ridge)) : 0;
        }
    }

    private void step(double target, double relative, double rate) {
        double[] d = distances;
        double predicted = intercept;
        double norm = 1;
        for (int j = 0; j < numbers; j++) {
            double moved = rate * d[j];
            center[j] += moved;
            intercept += coef[j] * moved;
            predicted += coef[j] * d[j];
            covariance[j] = (1 - rate) * (covariance[j] + moved * d[j]);
            d[j] -= moved;
            norm += isSpread(covariance[j], j) ? d[j] * d[j] / covariance[j] : 0;
        }
        steps += relative;
        double eta = relative * Math.max(LEAST_RATE, 1 / (1 + steps));
        double error = target - Math.max(-LARGEST, Math.min(LARGEST, predicted));
        double step = eta / (1 + eta * norm) * error;
        intercept += step;
        for (int j = 0; j < numbers; j++) {
            if (isSpread(covariance[j], j)) {
                coef[j] = bounded(coef[j] + step * (d[j] / covariance[j]));
            }
        }
    }

    private boolean isSpread(double variance, int j) {
        return variance > LEAST_VARIANCE && variance > LEAST_SHARE * center[j] * center[j];
    }

    private static double bounded(double value) {
        return Math.abs(value) <= LARGEST ? value : 0;
    }

    void write(TreeWriter out) {
        out.numbers(COEF, coef);
        out.numbers(CENTER, center);
        out.number(INTERCEPT, intercept);
        out.numbers(COVARIANCE, covariance);
        out.number(RATES, mean);
        out.number(RATES, bias);
        out.number(RATES, rows);
        out.number(RATES, weight);
        out.number(RATES, steps);
    }

    LinearModel(int numbers, double biasRate, TreeReader in) {
        this(numbers, biasRate);
        System.arraycopy(in.numbers(COEF, numbers), 0, coef, 0, numbers);
        System.arraycopy(in.numbers(CENTER, numbers), 0, center, 0, numbers);
        intercept = in.number(INTERCEPT);
        System.arraycopy(in.numbers(COVARIANCE, covariance.length), 0, covariance, 0, covariance.length);
        double[] rates = in.numbers(RATES, 5);
        mean = rates[0];
        bias = rates[1];
        rows = rates[2];
        weight = rates[3];
        steps = rates[4];
        TreeReader.require(rows >= 0 && weight >= 0 && steps >= 0, "weights of linear functions");
    }
}
