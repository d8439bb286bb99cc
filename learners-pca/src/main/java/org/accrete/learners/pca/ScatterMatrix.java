package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.data.Schema;
import org.accrete.api.store.State;
import org.accrete.kernels.MatrixKernels;

/**
 * The scatter matrix: the sum of {@code w (x − mean)ᵀ (x − mean)} over all rows x with weights w. It is exact in any
 * chunking and after any merge. Each model decomposes it, in O(width³).
 *
 * <p>A reference keeps the signs of components from one model to the next: the components of the first block, or of the
 * last merge. Each component has the sign of the most similar reference component.
 */
final class ScatterMatrix extends CovarianceEstimate {
    /** Width × width; elements below the diagonal are undefined. */
    private final double[] scatter;

    /** Components of the first block or of the last merge, k × width; zeros before. */
    private double[] reference;

    private boolean hasReference;

    private double[] work = {};
    private final ComponentSigns signs;
    private final SymmetricEigen eigen = new SymmetricEigen();

    ScatterMatrix(Schema schema, Rank rank, double decay) {
        super(schema, rank, decay);
        PcaParams.requireRoom(width, rank, true);
        this.scatter = new double[width * width];
        this.reference = new double[rank.max() * width];
        this.signs = new ComponentSigns(width);
    }

    @Override
    CovarianceEstimate newEmpty() {
        return new ScatterMatrix(schema, rank, decay);
    }

    @Override
    int basisRows() {
        return 0;
    }

    @Override
    void writeBasis(double[] stack, int from) {
        // What was learned is in the scatter matrix.
    }

    @Override
    void updateWithOther(CovarianceEstimate other, double[] stack, int rows) {
        ScatterMatrix that = (ScatterMatrix) other;
        for (int i = 0; i < width; i++) {
            kernels.axpy(1, that.scatter, i * width + i, scatter, i * width + i, width - i);
        }
        updateDense(stack, rows);
        int max = rank.max();
        double[] both = Arrays.copyOf(reference, 2 * max * width);
        System.arraycopy(that.reference, 0, both, max * width, max * width);
        eigen.decompose(scatter, width);
        double[] vectors = Arrays.copyOf(eigen.vectors(), max * width);
        signs.align(vectors, max, both, 2 * max);
        reference = vectors;
    }

    @Override
    void discount(double factor) {
        for (int i = 0; i < width; i++) {
            kernels.scale(factor, scatter, i * width + i, width - i);
        }
    }

    @Override
    void updateDense(double[] stack, int rows) {
        int length = MatrixKernels.workLength(width, rows);
        if (work.length < length) {
            work = new double[length];
        }
        MatrixKernels.best().syrk(width, rows, stack, 0, 1, width, scatter, 0, width, work);
        if (!hasReference && rows > 0) {
            TruncatedSvd svd = new TruncatedSvd();
            setReference(svd, svd.decompose(stack, rows, width, rank.max(), reference, 0));
        }
    }

    @Override
    void updateSparse(CentredSparseRows block, double[] stack, int rows) {
        if (!hasReference) {
            TruncatedSvd svd = new TruncatedSvd();
            setReference(svd, svd.decompose(stack, rows, block, width, rank.max(), 0));
        }
        block.addScatter(scatter);
        for (int row = 0; row < rows; row++) {
            for (int i = 0; i < width; i++) {
                int from = row * width + i;
                kernels.axpy(stack[from], stack, from, scatter, i * width + i, width - i);
            }
        }
    }

    private void setReference(TruncatedSvd svd, int found) {
        System.arraycopy(svd.vectors, 0, reference, 0, found * width);
        for (int i = 0; i < found; i++) {
            signs.makeLargestPositive(reference, i);
        }
        hasReference = true;
    }

    @Override
    PcaModel model(PcaLearner learner) {
        eigen.decompose(scatter, width);
        double[] values = new double[rank.max()];
        double zero = width * 0x1p-52 * eigen.values()[0];
        for (int i = 0; i < values.length; i++) {
            values[i] = eigen.values()[i] > zero ? Math.sqrt(eigen.values()[i]) : 0;
        }
        double[] vectors = Arrays.copyOf(eigen.vectors(), rank.max() * width);
        signs.align(vectors, rank.max(), reference, hasReference ? rank.max() : 0);
        return PcaModel.of(learner, this, values, vectors);
    }

    @Override
    void copyFrom(CovarianceEstimate other) {
        super.copyFrom(other);
        ScatterMatrix that = (ScatterMatrix) other;
        for (int i = 0; i < width; i++) {
            System.arraycopy(that.scatter, i * width + i, scatter, i * width + i, width - i);
        }
        hasReference = that.hasReference;
        System.arraycopy(that.reference, 0, reference, 0, reference.length);
    }

    @Override
    void putInto(State.Builder state) {
        super.putInto(state);
        double[] symmetric = scatter.clone();
        TruncatedSvd.mirror(symmetric, width);
        state.doubles("pca.scatter", symmetric, width, width)
                .whole("pca.has_sign_reference", hasReference ? 1 : 0)
                .doubles("pca.sign_reference", reference, rank.max(), width);
    }

    @Override
    void restore(State state) {
        super.restore(state);
        System.arraycopy(state.doubles("pca.scatter", width, width), 0, scatter, 0, scatter.length);
        hasReference = state.whole("pca.has_sign_reference") == 1;
        reference = state.doubles("pca.sign_reference", rank.max(), width);
        if (!isUsable(scatter) || !isUsable(reference)) {
            throw corrupt("a scatter matrix out of range");
        }
    }
}
