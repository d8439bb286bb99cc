package org.accrete.learners.neighbours;

import java.util.List;
import java.util.Set;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Makes half-space trees: how unusual a row is among the rows before it. */
public final class HalfSpaceTreesProvider implements LearnerProvider {
    /** Where the ranges of columns come from. */
    enum Ranges {
        /** The values in the first window, and a margin. */
        FIRST_WINDOW,
        /** Columns are scaled to 0 … 1. */
        UNIT
    }

    static final ParamSpec<Long> TREES =
            ParamSpec.whole("trees", 25, Domain.Range.between(1, 10_000), "number of trees");

    static final ParamSpec<Long> HEIGHT =
            ParamSpec.whole("height", 8, Domain.Range.between(1, 20), "splits from the root of a tree to each leaf");

    static final ParamSpec<Long> WINDOW_SIZE = ParamSpec.whole(
            "window-size",
            250,
            Domain.Range.between(2, 1_000_000),
            "rows of a window; rows are compared with the last whole one, and the first gives the columns' ranges");

    static final ParamSpec<Double> SIZE_LIMIT = ParamSpec.real(
            "size-limit",
            0.1,
            Domain.Range.between(0, 1),
            "share of a window's rows below which a node is not divided further to score a row");

    static final ParamSpec<Double> MARGIN = ParamSpec.real(
            "margin",
            0.15,
            Domain.Range.between(0, 10),
            "how far the range of a column goes beyond the values in the first window, as a share of their range");

    static final ParamSpec<Ranges> RANGES = ParamSpec.choice(
            "ranges",
            Ranges.class,
            Ranges.FIRST_WINDOW,
            "where the ranges of the columns come from: the first window and a margin, or 0 to 1 for scaled columns");

    static final ParamSpec<Long> SEED =
            ParamSpec.whole("seed", 0, Domain.Range.finite(), "where the random splits start");

    private static final List<ParamSpec<?>> PARAMS =
            List.of(TREES, HEIGHT, WINDOW_SIZE, SIZE_LIMIT, RANGES, MARGIN, SEED);

    private static final long FIXED_BYTES = 4096;

    /** Makes the provider. */
    public HalfSpaceTreesProvider() {}

    @Override
    public String name() {
        return "half-space-trees";
    }

    @Override
    public String summary() {
        return "half-space trees: an anomaly score from 0 to 1 for each row, against the rows of the last window";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return PARAMS;
    }

    /** {@inheritDoc} Classes are not read; the scores can be compared with them. */
    @Override
    public Set<Target.Kind> targets() {
        return Set.of(Target.Kind.NONE, Target.Kind.CATEGORICAL);
    }

    /** {@inheritDoc} The trees and the first window, a snapshot, a state and the file's copy of it. */
    @Override
    public long memoryBytes(Schema schema, Params params) {
        long columns = 0;
        for (Block block : schema.blocks()) {
            columns += block.kind().isSparse() ? 0 : block.width();
        }
        long nodes = params.get(TREES) * (2L << params.get(HEIGHT));
        return Double.BYTES * (12 * nodes + 4 * params.get(WINDOW_SIZE) * (columns + 1)) + FIXED_BYTES;
    }

    @Override
    public Learner create(Schema schema, Params params) {
        return new HalfSpaceTreesLearner(schema, params);
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        return new HalfSpaceTreesLearner(schema, params, state);
    }
}
