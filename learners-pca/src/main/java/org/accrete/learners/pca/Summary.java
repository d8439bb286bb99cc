package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.store.State;
import org.accrete.kernels.DenseKernels;

/**
 * What the rows of whole blocks amount to: their weights, mean and variance, and what a sub-class keeps of how columns
 * vary together.
 *
 * <p>Moments of a block are merged by Chan, Golub and LeVeque's formula (The American Statistician 37(3), 1983): with W
 * and w the weights before and of the block, and δ the distance of the means, the mean moves by δ·w/(W + w) and the
 * squared distances grow by those within the block and by δ²·W·w/(W + w). That last part is one row more, of δ·√(W·w/(W
 * + w)), among the block's centred rows.
 */
abstract sealed class Summary permits LowRank, Moments {
    final DenseKernels kernels = DenseKernels.best();
    final Schema schema;
    final int width;
    final Rank rank;
    final double decay;

    /** Rows, those of weight 0 too. */
    long rows;
    /** Sum of the weights, and of their squares, as they count by now. */
    double weight;

    double weightSquared;
    final double[] mean;
    /** Weighted squared distances from the mean. */
    final double[] squares;

    private double[] stack = {};
    private double[] weights = {};
    private final double[] shift;
    private final SparseBlock sparse;

    Summary(Schema schema, Rank rank, double decay) {
        this.schema = schema;
        this.width = schema.width();
        this.rank = rank;
        this.decay = decay;
        this.mean = new double[width];
        this.squares = new double[width];
        this.shift = new double[width];
        this.sparse = new SparseBlock(schema);
    }

    /** {@return how many rows stand for what was learned, in the stack that {@link #absorbStack} is given} */
    abstract int head();

    /** Writes those rows. */
    abstract void putHead(double[] stack, int from);

    /**
     * Takes what varies in another summary, so that it does not matter which of the two takes the other, signs
     * included.
     *
     * @param other of the same kind
     * @param stack room for {@link #head} rows of our own, then those of the other, then that of the distance of the
     *     means
     * @param rows how many rows in all
     */
    abstract void absorbOther(Summary other, double[] stack, int rows);

    /**
     * Takes what varies in a block.
     *
     * @param stack room for {@link #head} rows of our own, then centred rows
     * @param rows how many rows in all
     */
    abstract void absorbStack(double[] stack, int rows);

    /**
     * Takes what varies in a block of few entries.
     *
     * @param block its rows
     * @param stack room for {@link #head} rows of our own, then those that stand for the distance of the means
     * @param rows how many rows the stack has in all
     */
    abstract void absorbSparse(SparseBlock block, double[] stack, int rows);

    /** Multiplies all weights of what was learned so far, but for those in this class. */
    abstract void fade(double factor);

    /** {@return the model of what there is} */
    abstract PcaModel model(PcaLearner learner);

    /** {@return an empty summary of the same kind} */
    abstract Summary fresh();

    /** Takes everything from a summary of the same kind and width. */
    void copyFrom(Summary other) {
        rows = other.rows;
        weight = other.weight;
        weightSquared = other.weightSquared;
        System.arraycopy(other.mean, 0, mean, 0, width);
        System.arraycopy(other.squares, 0, squares, 0, width);
    }

    /**
     * Learns a block.
     *
     * @param block rows and weights, not modified
     */
    final void absorb(Block block) {
        int count = block.rows();
        if (weights.length < count) {
            weights = new double[count];
        }
        double factor = 1;
        double blockWeight = 0;
        int kept = 0;
        double blockSquares = 0;
        for (int i = count - 1; i >= 0; i--) {
            weights[i] = block.weight(i) * factor;
            blockWeight += weights[i];
            blockSquares += weights[i] * weights[i];
            kept += weights[i] > 0 ? 1 : 0;
            factor *= decay;
        }
        rows += count;
        if (factor != 1) {
            weight *= factor;
            weightSquared *= factor * factor;
            kernels.scale(factor, squares, 0, width);
            fade(factor);
        }
        if (!(blockWeight > 0)) {
            return;
        }
        Arrays.fill(shift, 0);
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                block.addTo(shift, i, weights[i]);
            }
        }
        for (int j = 0; j < width; j++) {
            shift[j] /= blockWeight;
        }
        int at = head();
        if (block.isSparse()) {
            reserve(at + 1);
            sparse.take(block.entries(), weights, count, shift, blockWeight, squares);
            absorbSparse(sparse, stack, shift(shift, blockWeight, blockSquares, at));
            return;
        }
        reserve(at + kept + 1);
        for (int i = 0; i < count; i++) {
            if (weights[i] > 0) {
                block.centre(i, shift, Math.sqrt(weights[i]), stack, at * width);
                addSquares(stack, at * width);
                at++;
            }
        }
        absorbStack(stack, shift(shift, blockWeight, blockSquares, at));
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
     * Merges with a summary of the same kind and width: the lighter one is taken into the heavier, so that it does not
     * matter to the last bit which one is merged into which. Equal variances have no directions of their own, and any
     * other bit would turn them.
     *
     * @param other not modified
     */
    final void merge(Summary other) {
        long together = rows + other.rows;
        if (weight == 0) {
            copyFrom(other);
        } else if (other.isHeavierThan(this)) {
            Summary both = fresh();
            both.copyFrom(other);
            both.take(this);
            copyFrom(both);
        } else if (other.weight > 0) {
            take(other);
        }
        rows = together;
    }

    /** {@return whether it weighs more; of the same weight, some order} */
    private boolean isHeavierThan(Summary other) {
        if (weight != other.weight) {
            return weight > other.weight;
        }
        int order = Arrays.compare(mean, other.mean);
        return order != 0 ? order > 0 : Arrays.compare(squares, other.squares) > 0;
    }

    private void take(Summary other) {
        int head = head();
        int theirs = other.head();
        reserve(head + theirs + 1);
        other.putHead(stack, head * width);
        kernels.axpy(1, other.squares, 0, squares, 0, width);
        absorbOther(other, stack, shift(other.mean, other.weight, other.weightSquared, head + theirs));
    }

    /**
     * Moves the mean to that of both, and writes the row that stands for the distance of the two means.
     *
     * @param at where in {@link #stack}
     * @return the row after it
     */
    private int shift(double[] otherMean, double otherWeight, double otherSquared, int at) {
        double total = weight + otherWeight;
        double share = otherWeight / total;
        boolean first = weight == 0;
        if (first) {
            System.arraycopy(otherMean, 0, mean, 0, width);
        } else {
            double root = Math.sqrt(weight * share);
            for (int j = 0; j < width; j++) {
                double distance = otherMean[j] - mean[j];
                stack[at * width + j] = root * distance;
                mean[j] += distance * share;
            }
            addSquares(stack, at * width);
        }
        weight = total;
        weightSquared += otherSquared;
        return first ? at : at + 1;
    }

    private void addSquares(double[] row, int from) {
        double[] squares = this.squares;
        for (int j = 0; j < squares.length; j++) {
            squares[j] += row[from + j] * row[from + j];
        }
    }

    /**
     * {@return what squared distances are divided by for the variance without bias: rows − 1 where every row weighs 1}
     */
    final double divisor() {
        double divisor = weight - weightSquared / weight;
        return divisor > 1e-9 * weight ? divisor : 0;
    }

    /** Puts what is needed to go on. */
    void putInto(State.Builder state) {
        state.doubles("pca.weight", new double[] {weight, weightSquared})
                .whole("pca.rows", rows)
                .doubles("pca.mean", mean)
                .doubles("pca.squares", squares);
    }

    /** Takes what {@link #putInto} put. */
    void restore(State state) {
        double[] sums = state.doubles("pca.weight", 2);
        weight = sums[0];
        weightSquared = sums[1];
        rows = state.whole("pca.rows");
        System.arraycopy(state.doubles("pca.mean", width), 0, mean, 0, width);
        System.arraycopy(state.doubles("pca.squares", width), 0, squares, 0, width);
        if (!(weight >= 0) || !(weightSquared >= 0) || rows < 0 || !isFinite(mean) || !isFinite(squares)) {
            throw corrupt("moments out of range");
        }
    }

    static boolean isFinite(double[] array) {
        return DenseKernels.best().allFinite(array, 0, array.length);
    }

    static AccreteException corrupt(String what) {
        return new AccreteException(AccreteException.Kind.CORRUPT_FILE, "a stored pca model has " + what);
    }
}
