package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.data.Schema;
import org.accrete.api.store.State;

/**
 * The leading singular values and components, updated by each block.
 *
 * <p>With S the singular values and V the components of the centred rows so far, those of all rows are the singular
 * values and right singular vectors of
 *
 * <pre>
 *     [ diag(S) V                          ]
 *     [ rows of the block − their mean     ]
 *     [ weighted difference of the means   ]
 * </pre>
 *
 * of which the k largest are kept (Ross, Lim, Lin and Yang, Int. J. of Computer Vision 77, 2008). scikit-learn's
 * {@code IncrementalPCA} does the same with the same blocks. The result is exact if nothing is dropped, which is so if
 * k is the number of columns. What is dropped is lost to the components but not to the variance of the columns, which
 * is exact. The noise variance is computed from that variance: the mean of the dropped values would be too low, because
 * it lacks what earlier blocks dropped.
 */
final class IncrementalSvd extends CovarianceEstimate {
    /** Number of components so far. */
    private int found;

    private final double[] values;
    private double[] components;

    private final TruncatedSvd svd = new TruncatedSvd();
    private final ComponentSigns signs;

    IncrementalSvd(Schema schema, Rank rank, double decay) {
        super(schema, rank, decay);
        PcaParams.requireRoom(width, rank, false);
        this.values = new double[rank.max()];
        this.components = new double[rank.max() * width];
        this.signs = new ComponentSigns(width);
    }

    @Override
    CovarianceEstimate newEmpty() {
        return new IncrementalSvd(schema, rank, decay);
    }

    @Override
    int basisRows() {
        return found;
    }

    @Override
    void writeBasis(double[] stack, int from) {
        for (int i = 0; i < found; i++) {
            int row = from + i * width;
            System.arraycopy(components, i * width, stack, row, width);
            kernels.scale(values[i], stack, row, width);
        }
    }

    @Override
    void discount(double factor) {
        kernels.scale(Math.sqrt(factor), values, 0, found);
    }

    @Override
    void updateDense(double[] stack, int rows) {
        writeBasis(stack, 0);
        replace(svd.decompose(stack, rows, width, rank.max(), components, found), components, found);
    }

    @Override
    void updateSparse(CentredSparseRows block, double[] stack, int rows) {
        writeBasis(stack, 0);
        replace(svd.decompose(stack, rows, block, width, rank.max(), found), components, found);
    }

    @Override
    void updateWithOther(CovarianceEstimate other, double[] stack, int rows) {
        IncrementalSvd that = (IncrementalSvd) other;
        writeBasis(stack, 0);
        int both = found + that.found;
        double[] old = Arrays.copyOf(components, both * width);
        System.arraycopy(that.components, 0, old, found * width, that.found * width);
        replace(svd.decompose(stack, rows, width, rank.max(), components, found), old, both);
    }

    /** Replaces the components by those of the decomposition, with the signs of the most similar old components. */
    private void replace(int count, double[] old, int oldCount) {
        signs.align(svd.vectors, count, old, oldCount);
        System.arraycopy(svd.values, 0, values, 0, count);
        System.arraycopy(svd.vectors, 0, components, 0, count * width);
        Arrays.fill(values, count, rank.max(), 0);
        Arrays.fill(components, count * width, rank.max() * width, 0);
        found = count;
    }

    @Override
    PcaModel model(PcaLearner learner) {
        return PcaModel.of(learner, this, values, components);
    }

    @Override
    void copyFrom(CovarianceEstimate other) {
        super.copyFrom(other);
        IncrementalSvd that = (IncrementalSvd) other;
        found = that.found;
        System.arraycopy(that.values, 0, values, 0, values.length);
        System.arraycopy(that.components, 0, components, 0, components.length);
    }

    @Override
    void putInto(State.Builder state) {
        super.putInto(state);
        state.whole("pca.rank", found)
                .doubles("pca.singular_values", values)
                .doubles("pca.components", components, rank.max(), width);
    }

    @Override
    void restore(State state) {
        super.restore(state);
        long stored = state.whole("pca.rank");
        System.arraycopy(state.doubles("pca.singular_values", rank.max()), 0, values, 0, rank.max());
        components = state.doubles("pca.components", rank.max(), width);
        if (stored < 0 || stored > rank.max() || !isUsable(values) || !isUsable(components)) {
            throw corrupt("components out of range");
        }
        found = (int) stored;
    }
}
