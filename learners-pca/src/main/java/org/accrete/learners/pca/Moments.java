package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.data.Schema;
import org.accrete.api.store.State;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.MatrixKernels;

/**
 * The sums of products of all columns with each other, about the mean: exact in any chunking and after any merge. They
 * are decomposed when a model is asked for, in O(width³).
 *
 * <p>So that components keep their signs from one model to the next, those of the first block, or of a merge, are kept,
 * and each component is given the sign that makes it more like the one of these that it is most like.
 */
final class Moments extends Summary {
    /** Width × width; what is below the diagonal is undefined. */
    private final double[] products;

    /** Components of the first block or of the last merge, k × width; zeros before. */
    private double[] anchor;

    private boolean anchored;

    private double[] work = {};
    private final Signs signs;
    private final SymmetricEigen eigen = new SymmetricEigen();

    Moments(Schema schema, Rank rank, double decay) {
        super(schema, rank, decay);
        PcaParams.requireRoom(width, rank, true);
        this.products = new double[width * width];
        this.anchor = new double[rank.most() * width];
        this.signs = new Signs(width);
    }

    @Override
    Summary fresh() {
        return new Moments(schema, rank, decay);
    }

    @Override
    int head() {
        return 0;
    }

    @Override
    void putHead(double[] stack, int from) {
        // What was learned is in the products.
    }

    @Override
    void absorbOther(Summary other, double[] stack, int rows) {
        Moments same = (Moments) other;
        for (int i = 0; i < width; i++) {
            DenseKernels.best().axpy(1, same.products, i * width + i, products, i * width + i, width - i);
        }
        absorbStack(stack, rows);
        int most = rank.most();
        double[] both = Arrays.copyOf(anchor, 2 * most * width);
        System.arraycopy(same.anchor, 0, both, most * width, most * width);
        eigen.decompose(products, width);
        double[] vectors = Arrays.copyOf(eigen.vectors(), most * width);
        signs.align(vectors, most, both, 2 * most);
        anchor = vectors;
    }

    @Override
    void fade(double factor) {
        for (int i = 0; i < width; i++) {
            DenseKernels.best().scale(factor, products, i * width + i, width - i);
        }
    }

    @Override
    void absorbStack(double[] stack, int rows) {
        int length = MatrixKernels.workLength(width, rows);
        if (work.length < length) {
            work = new double[length];
        }
        MatrixKernels.best().syrk(width, rows, stack, 0, 1, width, products, 0, width, work);
        if (!anchored && rows > 0) {
            Decomposition first = new Decomposition();
            anchor(first, first.decompose(stack, rows, width, rank.most(), anchor, 0));
        }
    }

    @Override
    void absorbSparse(SparseBlock block, double[] stack, int rows) {
        if (!anchored) {
            Decomposition first = new Decomposition();
            anchor(first, first.decompose(stack, rows, block, width, rank.most(), 0));
        }
        block.addProducts(products);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                int from = row * width + i;
                DenseKernels.best().axpy(stack[from], stack, from, products, i * width + i, width - i);
            }
        }
    }

    private void anchor(Decomposition first, int found) {
        System.arraycopy(first.vectors, 0, anchor, 0, found * width);
        for (int i = 0; i < found; i++) {
            signs.makeLargestPositive(anchor, i);
        }
        anchored = true;
    }

    @Override
    PcaModel model(PcaLearner learner) {
        eigen.decompose(products, width);
        double[] values = new double[rank.most()];
        double nothing = width * 0x1p-52 * eigen.values()[0];
        for (int i = 0; i < values.length; i++) {
            values[i] = eigen.values()[i] > nothing ? Math.sqrt(eigen.values()[i]) : 0;
        }
        double[] vectors = Arrays.copyOf(eigen.vectors(), rank.most() * width);
        signs.align(vectors, rank.most(), anchor, anchored ? rank.most() : 0);
        return PcaModel.of(learner, this, values, vectors);
    }

    @Override
    void copyFrom(Summary other) {
        super.copyFrom(other);
        Moments same = (Moments) other;
        for (int i = 0; i < width; i++) {
            System.arraycopy(same.products, i * width + i, products, i * width + i, width - i);
        }
        anchored = same.anchored;
        System.arraycopy(same.anchor, 0, anchor, 0, anchor.length);
    }

    @Override
    void putInto(State.Builder state) {
        super.putInto(state);
        double[] symmetric = products.clone();
        Decomposition.mirror(symmetric, width);
        state.doubles("pca.products", symmetric, width, width)
                .whole("pca.anchored", anchored ? 1 : 0)
                .doubles("pca.anchor", anchor, rank.most(), width);
    }

    @Override
    void restore(State state) {
        super.restore(state);
        System.arraycopy(state.doubles("pca.products", width, width), 0, products, 0, products.length);
        anchored = state.whole("pca.anchored") == 1;
        anchor = state.doubles("pca.anchor", rank.most(), width);
        if (!isFinite(products) || !isFinite(anchor)) {
            throw corrupt("products out of range");
        }
    }
}
