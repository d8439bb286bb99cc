package org.accrete.learners.trees;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * What boosted trees are grown by.
 *
 * @param trees how many there are
 * @param learningRate share of a tree's values that is added to the score
 * @param maxDepth the most splits from the root to a leaf
 * @param gracePeriod weight between two attempts to split a leaf
 * @param delta probability that a try splits where there is nothing to be told
 * @param l2 curvature that is added to a leaf's
 * @param subsample share of the rows that a tree learns
 * @param shortMemory rows that the last tree remembers
 * @param longMemory rows that the first tree remembers
 * @param startsLinear whether the trees learn the errors of a linear model
 * @param featuresPerLeaf features that a leaf looks at
 * @param seed of all that is drawn
 * @param maxBytes the most memory of all trees
 */
record BoostingParams(
        int trees,
        double learningRate,
        int maxDepth,
        double gracePeriod,
        double delta,
        double l2,
        double subsample,
        double shortMemory,
        double longMemory,
        boolean startsLinear,
        int featuresPerLeaf,
        long seed,
        long maxBytes) {
    /** What the trees begin with. */
    enum Init {
        /** A linear model. */
        LINEAR,
        /** The score 0. */
        ZERO
    }

    static final ParamSpec<Long> N_ESTIMATORS = ForestParams.N_ESTIMATORS.withDefault(50L);
    static final ParamSpec<Double> LEARNING_RATE =
            ParamSpec.real("learning-rate", 0.2, new Range(0, true, 1, false), "share of a tree's values that counts");
    static final ParamSpec<Double> GRACE_PERIOD = TreeParams.GRACE_PERIOD.withDefault(60.0);
    static final ParamSpec<Double> DELTA = ParamSpec.real(
            "delta",
            0.05,
            new Range(0, true, 1, true),
            "probability, about, that a try splits a leaf in which nothing can be told apart");
    static final ParamSpec<Double> L2 =
            ParamSpec.real("l2-regularization", 3, Range.above(0), "by how much the values of leaves are drawn to 0");
    static final ParamSpec<Double> SUBSAMPLE =
            ParamSpec.real("subsample", 0.5, new Range(0, true, 1, false), "share of the rows that each tree learns");
    static final ParamSpec<Double> SHORT_MEMORY =
            ParamSpec.real("short-memory", 50, Range.atLeast(1), "rows of a leaf that count, about, in the last tree");
    static final ParamSpec<Double> LONG_MEMORY = ParamSpec.real(
            "long-memory",
            1_000_000,
            Range.atLeast(1),
            "rows of a leaf that count, about, in the first tree; those between have steps of one ratio");
    static final ParamSpec<Init> INIT = ParamSpec.choice(
            "init", Init.class, Init.LINEAR, "what the trees begin with: the linear model of sgd, or the score 0");

    /** The parameters of boosted trees for any target. */
    static final List<ParamSpec<?>> ALL = List.of(
            N_ESTIMATORS,
            LEARNING_RATE,
            INIT,
            TreeParams.MAX_DEPTH,
            GRACE_PERIOD,
            DELTA,
            L2,
            SUBSAMPLE,
            SHORT_MEMORY,
            LONG_MEMORY,
            ForestParams.SEED,
            TreeParams.MAX_BYTES);

    /** Features up to which a leaf looks at all. */
    private static final int ALL_FEATURES = 16;

    static BoostingParams of(Params values, Features features) {
        double shortest = values.get(SHORT_MEMORY);
        double longest = values.get(LONG_MEMORY);
        if (longest < shortest) {
            throw AccreteException.badArgument(LONG_MEMORY.name() + " must be >= " + SHORT_MEMORY.name() + ", "
                    + shortest + ", but was " + longest);
        }
        int size = features.size();
        return new BoostingParams(
                values.get(N_ESTIMATORS).intValue(),
                values.get(LEARNING_RATE),
                values.get(TreeParams.MAX_DEPTH).intValue(),
                values.get(GRACE_PERIOD),
                values.get(DELTA),
                values.get(L2),
                values.get(SUBSAMPLE),
                shortest,
                longest,
                values.get(INIT) == Init.LINEAR,
                size <= ALL_FEATURES ? size : ALL_FEATURES + (int) Math.sqrt(size - ALL_FEATURES),
                values.get(ForestParams.SEED),
                TreeParams.maxBytes(values));
    }

    /** {@return about how many rows of a leaf count in a tree} */
    double memory(int tree) {
        double along = trees == 1 ? 0 : (double) tree / (trees - 1);
        return longMemory * StrictMath.pow(shortMemory / longMemory, along);
    }
}
