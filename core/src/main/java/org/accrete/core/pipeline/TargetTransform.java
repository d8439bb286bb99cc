package org.accrete.core.pipeline;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.ParamSpec;

/**
 * What a numeric target is turned into before the learner sees it; predictions are turned back, so that they, and all
 * scores, are in the target's own unit. A setting of the whole pipeline, {@code target.transform}, stored with the
 * model.
 *
 * <p>A learner that minimizes squared error predicts the mean of the logarithms, and turned back that is the median of
 * a target whose logarithms are symmetric about their mean: less than its mean.
 */
public enum TargetTransform {
    /** The target as it is. */
    NONE(Double.NEGATIVE_INFINITY),
    /** The natural logarithm, of targets above 0. */
    LOG(0),
    /** The natural logarithm of 1 + target, of targets above −1. */
    LOG1P(-1);

    /** What its settings begin with, as a step's do with the step's name. */
    static final String OWNER = "target";

    /** The parameter; its default is {@link #NONE}. */
    public static final ParamSpec<TargetTransform> PARAM = ParamSpec.choice(
            "transform",
            TargetTransform.class,
            NONE,
            "what the learner learns in place of a target that is a number; predictions and scores are in the target's"
                    + " own unit");

    /** The key of {@link #PARAM} in {@link PipelineSpec#settings}. */
    public static final String KEY = OWNER + "." + PARAM.name();

    private final double bound;

    TargetTransform(double bound) {
        this.bound = bound;
    }

    /**
     * {@return whether a pipeline that ends in a learner has this setting: it must predict numbers}
     *
     * @param learner name and parameters of the learner
     */
    public static boolean fits(LearnerProvider learner) {
        return learner.targets().contains(Target.Kind.NUMERIC) && !(learner instanceof StepProvider);
    }

    /**
     * {@return what the learner sees}
     *
     * @param target above the bound; NaN stays NaN
     */
    double forward(double target) {
        return switch (this) {
            case NONE -> target;
            case LOG -> StrictMath.log(target);
            case LOG1P -> StrictMath.log1p(target);
        };
    }

    /**
     * {@return a prediction in the target's own unit; infinite where it overflows}
     *
     * @param predicted what the learner predicts
     */
    double inverse(double predicted) {
        return switch (this) {
            case NONE -> predicted;
            case LOG -> StrictMath.exp(predicted);
            case LOG1P -> StrictMath.expm1(predicted);
        };
    }

    /**
     * Turns predictions back, in place.
     *
     * @param predicted what the learner predicts
     * @param count how many, from the first
     */
    void inverse(double[] predicted, int count) {
        if (this != NONE) {
            for (int i = 0; i < count; i++) {
                predicted[i] = inverse(predicted[i]);
            }
        }
    }

    /** {@return predictions in the target's own unit, as a value of a graph} */
    ModelGraph.Value inverse(ModelGraph graph, ModelGraph.Value predicted) {
        return switch (this) {
            case NONE -> predicted;
            case LOG -> graph.apply("Exp", predicted);
            case LOG1P -> graph.apply("Sub", graph.apply("Exp", predicted), graph.constant(1));
        };
    }

    /**
     * Refuses a target that has no transform. A missing one is none.
     *
     * @throws AccreteException bad data: with the row's number
     */
    void requireInDomain(Chunk chunk) {
        if (this == NONE || !chunk.hasTargets()) {
            return;
        }
        for (int row = 0; row < chunk.rows(); row++) {
            double target = chunk.target(row);
            if (target <= bound) {
                throw AccreteException.badRow(
                        row,
                        "the target must be > " + (int) bound + " with " + KEY + "=" + ParamSpec.word(this)
                                + " but was " + target);
            }
        }
    }

    /** {@return how a model says what its learner predicts} */
    String describe() {
        return switch (this) {
            case NONE -> "the target as it is";
            case LOG -> "log of the target, exp of it is the prediction";
            case LOG1P -> "log1p of the target, expm1 of it is the prediction";
        };
    }
}
