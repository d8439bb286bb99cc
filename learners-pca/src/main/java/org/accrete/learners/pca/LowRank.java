package org.accrete.learners.pca;

import java.util.Arrays;
import org.accrete.api.data.Schema;
import org.accrete.api.store.State;

/**
 * The leading components alone, brought up to date with each block.
 *
 * <p>With S the singular values and V the components of the centred rows so far, those of all rows are those of
 *
 * <pre>
 *     [ diag(S) V           ]
 *     [ block − its mean    ]
 *     [ distance of the means, weighed ]
 * </pre>
 *
 * of which the k largest are kept (Ross, Lim, Lin and Yang, Int. J. of Computer Vision 77, 2008; scikit-learn's
 * {@code IncrementalPCA} does the same with the same blocks). Exact when nothing is dropped, which is so if k is the
 * number of columns. What is dropped is lost to the components but not to the variance of the columns, which is exact,
 * and from which the noise variance is told: the mean of the dropped values would be too low by what blocks before have
 * dropped.
 */
final class LowRank extends Summary {
    /** How many components there are by now. */
    private int found;

    private final double[] values;
    private double[] components;

    private final Decomposition decomposition = new Decomposition();
    private final Signs signs;

    LowRank(Schema schema, Rank rank, double decay) {
        super(schema, rank, decay);
        PcaParams.requireRoom(width, rank, false);
        this.values = new double[rank.most()];
        this.components = new double[rank.most() * width];
        this.signs = new Signs(width);
    }

    @Override
    Summary fresh() {
        return new LowRank(schema, rank, decay);
    }

    @Override
    int head() {
        return found;
    }

    @Override
    void putHead(double[] stack, int from) {
        for (int i = 0; i < found; i++) {
            int row = from + i * width;
            System.arraycopy(components, i * width, stack, row, width);
            kernels.scale(values[i], stack, row, width);
        }
    }

    @Override
    void fade(double factor) {
        kernels.scale(Math.sqrt(factor), values, 0, found);
    }

    @Override
    void absorbStack(double[] stack, int rows) {
        putHead(stack, 0);
        learned(decomposition.decompose(stack, rows, width, rank.most(), components, found), components, found);
    }

    @Override
    void absorbSparse(SparseBlock block, double[] stack, int rows) {
        putHead(stack, 0);
        learned(decomposition.decompose(stack, rows, block, width, rank.most(), found), components, found);
    }

    @Override
    void absorbOther(Summary other, double[] stack, int rows) {
        LowRank same = (LowRank) other;
        putHead(stack, 0);
        int both = found + same.found;
        double[] old = Arrays.copyOf(components, both * width);
        System.arraycopy(same.components, 0, old, found * width, same.found * width);
        learned(decomposition.decompose(stack, rows, width, rank.most(), components, found), old, both);
    }

    /** Takes what the decomposition has found, with signs after those of some components from before. */
    private void learned(int now, double[] old, int before) {
        signs.align(decomposition.vectors, now, old, before);
        System.arraycopy(decomposition.values, 0, values, 0, now);
        System.arraycopy(decomposition.vectors, 0, components, 0, now * width);
        Arrays.fill(values, now, rank.most(), 0);
        Arrays.fill(components, now * width, rank.most() * width, 0);
        found = now;
    }

    @Override
    PcaModel model(PcaLearner learner) {
        return PcaModel.of(learner, this, values, components);
    }

    @Override
    void copyFrom(Summary other) {
        super.copyFrom(other);
        LowRank same = (LowRank) other;
        found = same.found;
        System.arraycopy(same.values, 0, values, 0, values.length);
        System.arraycopy(same.components, 0, components, 0, components.length);
    }

    @Override
    void putInto(State.Builder state) {
        super.putInto(state);
        state.whole("pca.found", found)
                .doubles("pca.singular_values", values)
                .doubles("pca.components", components, rank.most(), width);
    }

    @Override
    void restore(State state) {
        super.restore(state);
        long stored = state.whole("pca.found");
        System.arraycopy(state.doubles("pca.singular_values", rank.most()), 0, values, 0, rank.most());
        components = state.doubles("pca.components", rank.most(), width);
        if (stored < 0 || stored > rank.most() || !isFinite(values) || !isFinite(components)) {
            throw corrupt("components out of range");
        }
        found = (int) stored;
    }
}
