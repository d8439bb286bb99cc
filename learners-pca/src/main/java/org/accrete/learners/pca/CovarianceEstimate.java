package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.store.State;
import org.accrete.kernels.DenseKernels;

/**
 * Mean and variance of the rows learned so far, and what a subclass keeps of their covariance.
 *
 * <p>The moments of a block are merged by the formula of Chan, Golub and LeVeque (The American Statistician 37(3),
 * 1983). With W and w the sums of the weights before and in the block, and δ the difference of the means, the mean
 * moves by δ·w/(W + w), and the squared deviations grow by those within the block and by δ²·W·w/(W + w). The last term
 * equals one more row, δ·√(W·w/(W + w)), among the block's centred rows.
 */
abstract sealed class CovarianceEstimate permits IncrementalSvd, ScatterMatrix {
    final DenseKernels kernels = DenseKernels.best();
    final Schema schema;
    final int width;
    final Rank rank;
    final double decay;

    /** Number of rows, including rows of weight 0. */
    long rows;

    /** Sum of the weights, with decay. */
    double weight;

    /** Sum of the squared weights, with decay. */
    double squaredWeights;

    final double[] mean;

    /** Weighted sum of the squared deviations from the mean, per column. */
    final double[] squares;

    private double[] stack = {};
    private double[] weights = {};
    private final double[] blockMean;
    private final CentredSparseRows sparse;

    CovarianceEstimate(Schema schema, Rank rank, double decay) {
        this.schema = schema;
        this.width = schema.width();
        this.rank = rank;
        this.decay = decay;
        this.mean = new double[width];
        this.squares = new double[width];
        this.blockMean = new double[width];
        this.sparse = new CentredSparseRows(schema);
    }

    /** {@return the number of rows that represent what was learned, at the top of the stack of {@link #updateDense}} */
    abstract int basisRows();

    /** Writes the rows that represent what was learned. */
    abstract void writeBasis(double[] stack, int from);

    /**
     * Adds the covariance of another estimate. The result, including signs, is the same whichever of the two is
     * updated.
     *
     * @param other of the same class
     * @param stack room for the {@link #basisRows} rows of this estimate, then those of the other, then the row of the
     *     difference of the means
     * @param rows number of rows in the stack
     */
    abstract void updateWithOther(CovarianceEstimate other, double[] stack, int rows);

    /**
     * Adds the covariance of a block of dense rows.
     *
     * @param stack room for {@link #basisRows} rows, then the centred rows
     * @param rows number of rows in the stack
     */
    abstract void updateDense(double[] stack, int rows);

    /**
     * Adds the covariance of a block of sparse rows.
     *
     * @param block its rows
     * @param stack room for {@link #basisRows} rows, then the row of the difference of the means, if there is one
     * @param rows number of rows in the stack
     */
    abstract void updateSparse(CentredSparseRows block, double[] stack, int rows);

    /** Multiplies the weights of what the subclass keeps. */
    abstract void discount(double factor);

    /** Makes empty estimates. */
    interface Factory {
        /**
         * {@return an empty estimate}
         *
         * @param schema of the rows
         * @param rank number of components to keep
         * @param decay factor of a row's weight with each later row
         */
        CovarianceEstimate create(Schema schema, Rank rank, double decay);
    }

    /** {@return a model of the rows so far} */
    abstract PcaModel model(PcaLearner learner);

    /** {@return an empty estimate of the same class and parameters} */
    abstract CovarianceEstimate newEmpty();

    /** Replaces everything by a copy of an estimate of the same class and width. */
    void copyFrom(CovarianceEstimate other) {
        rows = other.rows;
        weight = other.weight;
        squaredWeights = other.squaredWeights;
        System.arraycopy(other.mean, 0, mean, 0, width);
        System.arraycopy(other.squares, 0, squares, 0, width);
    }

    /**
     * Learns a block.
     *
     * @param block rows and weights, not modified
     */
    final void update(RowBlock block) {
        int count = block.rows();
        if (weights.length < count) {
            weights = new double[count];
        }
        double factor = 1;
        double blockWeight = 0;
        int positive = 0;
        double blockSquares = 0;
        for (int i = count - 1; i >= 0; i--) {
            weights[i] = block.weight(i) * factor;
            blockWeight += weights[i];
            blockSquares += weights[i] * weights[i];
            positive += weights[i] > 0 ? 1 : 0;
            factor *= decay;
        }
        rows += count;
        if (factor != 1) {
            weight *= factor;
            squaredWeights *= factor * factor;
            kernels.scale(factor, squares, 0, width);
            discount(factor);
        }
        if (!(blockWeight > 0)) {
            return;
        }
        Arrays.fill(blockMean, 0);
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                block.addTo(blockMean, i, weights[i]);
            }
        }
        for (int j = 0; j < width; j++) {
            blockMean[j] /= blockWeight;
        }
        int at = basisRows();
        if (block.isSparse()) {
            reserve(at + 1);
            sparse.set(block.entries(), weights, count, blockMean, blockWeight, squares);
            updateSparse(sparse, stack, moveMean(blockMean, blockWeight, blockSquares, at));
            return;
        }
        reserve(at + positive + 1);
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                block.centre(i, blockMean, Math.sqrt(weights[i]), stack, at * width);
                addSquares(stack, at * width);
                at++;
            }
        }
        updateDense(stack, moveMean(blockMean, blockWeight, blockSquares, at));
    }

    private void reserve(int rows) {
        if ((long) rows * width > Integer.MAX_VALUE - 64) {
            throw AccreteException.badData("a block of " + rows + " rows × " + width
                    + " columns does not fit one array; lower batch-size or n-components");
        }
        if (stack.length < rows * width) {
            stack = new double[rows * width];
        }
    }

    /**
     * Merges with an estimate of the same class and width. The one with less weight is added to the other, so the
     * result is the same to the bit whichever is merged into which. This matters for equal variances: their directions
     * are not determined, and any rounding error rotates them.
     *
     * @param other not modified
     */
    final void merge(CovarianceEstimate other) {
        long total = rows + other.rows;
        if (weight == 0) {
            copyFrom(other);
        } else if (other.isHeavierThan(this)) {
            CovarianceEstimate both = newEmpty();
            both.copyFrom(other);
            both.add(this);
            copyFrom(both);
        } else if (other.weight > 0) {
            add(other);
        }
        rows = total;
    }

    /** {@return whether it has more weight; estimates of the same weight have some fixed order} */
    private boolean isHeavierThan(CovarianceEstimate other) {
        if (weight != other.weight) {
            return weight > other.weight;
        }
        int order = Arrays.compare(mean, other.mean);
        return order != 0 ? order > 0 : Arrays.compare(squares, other.squares) > 0;
    }

    private void add(CovarianceEstimate other) {
        int ownRows = basisRows();
        int otherRows = other.basisRows();
        reserve(ownRows + otherRows + 1);
        other.writeBasis(stack, ownRows * width);
        kernels.axpy(1, other.squares, 0, squares, 0, width);
        updateWithOther(other, stack, moveMean(other.mean, other.weight, other.squaredWeights, ownRows + otherRows));
    }

    /**
     * Moves the mean to that of all rows, and writes the row of the difference of the means.
     *
     * @param at index of the row in {@link #stack}
     * @return number of rows in the stack; no row is written if nothing was learned before
     */
    private int moveMean(double[] otherMean, double otherWeight, double otherSquares, int at) {
        double total = weight + otherWeight;
        double fraction = otherWeight / total;
        boolean first = weight == 0;
        if (first) {
            System.arraycopy(otherMean, 0, mean, 0, width);
        } else {
            double root = Math.sqrt(weight * fraction);
            for (int j = 0; j < width; j++) {
                double difference = otherMean[j] - mean[j];
                stack[at * width + j] = root * difference;
                mean[j] += difference * fraction;
            }
            addSquares(stack, at * width);
        }
        weight = total;
        squaredWeights += otherSquares;
        return first ? at : at + 1;
    }

    private void addSquares(double[] row, int from) {
        double[] squares = this.squares;
        for (int j = 0; j < squares.length; j++) {
            squares[j] += row[from + j] * row[from + j];
        }
    }

    /** {@return the divisor of the squared deviations for the unbiased variance: rows − 1 if every row has weight 1} */
    final double divisor() {
        double divisor = weight - squaredWeights / weight;
        return divisor > 1e-9 * weight ? divisor : 0;
    }

    /** Writes the state to continue from. */
    void putInto(State.Builder state) {
        state.doubles("pca.weight_sums", new double[] {weight, squaredWeights})
                .whole("pca.rows", rows)
                .doubles("pca.mean", mean)
                .doubles("pca.squared_deviations", squares);
    }

    /** Reads what {@link #putInto} wrote. */
    void restore(State state) {
        double[] sums = state.doubles("pca.weight_sums", 2);
        weight = sums[0];
        squaredWeights = sums[1];
        rows = state.whole("pca.rows");
        System.arraycopy(state.doubles("pca.mean", width), 0, mean, 0, width);
        System.arraycopy(state.doubles("pca.squared_deviations", width), 0, squares, 0, width);
        if (!(weight >= 0 && weight <= MOST)
                || !(squaredWeights >= 0 && squaredWeights <= MOST)
                || rows < 0
                || !isUsable(mean)
                || !isUsable(squares)) {
            throw corrupt("moments out of range");
        }
    }

    /** {@return whether all numbers are finite, and so are their squares} */
    static boolean isUsable(double[] array) {
        for (double number : array) {
            if (!(Math.abs(number) <= MOST)) {
                return false;
            }
        }
        return true;
    }

    /** A decomposition squares what it gets. */
    private static final double MOST = 1e150;

    static AccreteException corrupt(String what) {
        return new AccreteException(AccreteException.Kind.CORRUPT_FILE, "a stored pca model has " + what);
    }
}
