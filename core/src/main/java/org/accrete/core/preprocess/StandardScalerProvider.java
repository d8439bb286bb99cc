package org.accrete.core.preprocess;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** The plug-in {@code standard-scaler}: numeric columns to mean 0 and variance 1, by the rows seen so far. */
public final class StandardScalerProvider implements StepProvider, WarmStartProvider {
    static final ParamSpec<Boolean> WITH_MEAN = ParamSpec.flag("with-mean", true, "whether the mean is subtracted");

    static final ParamSpec<Boolean> WITH_STD =
            ParamSpec.flag("with-std", true, "whether the result is divided by the standard deviation");

    static final ParamSpec<Double> CLIP = ParamSpec.real(
                    "clip",
                    10,
                    Range.atLeast(0),
                    "standard deviations from the mean at which a value is cut off; a row beyond it moves the moments"
                            + " no further than one at it; 0 for never")
            .asTunable();

    static final ParamSpec<Double> HALF_LIFE = ParamSpec.real(
                    "half-life",
                    0,
                    Range.atLeast(0),
                    "rows after which a row counts half in the moments; 0 if rows are never forgotten")
            .asTunable();

    /** Makes the provider. */
    public StandardScalerProvider() {}

    @Override
    public String name() {
        return "standard-scaler";
    }

    @Override
    public String summary() {
        return "scales numeric columns to mean 0 and variance 1 by the rows seen so far; a missing value becomes the mean";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(WITH_MEAN, WITH_STD, CLIP, HALF_LIFE);
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        // Moments, their copies for undo, two rows of scratch; a snapshot; a state and the file's copy of it.
        return 16L * Double.BYTES * new NumericColumns(schema).count();
    }

    @Override
    public Step create(Schema schema, Params params) {
        return new StandardScaler(schema, params);
    }

    @Override
    public Step restore(Schema schema, Params params, State state) {
        StandardScaler scaler = new StandardScaler(schema, params);
        scaler.restore(state);
        return scaler;
    }

    /** {@inheritDoc} It takes the attributes of a scikit-learn {@code StandardScaler}. */
    @Override
    public Step createWithWeights(Schema schema, Params params, State weights, boolean head) {
        StandardScaler scaler = new StandardScaler(schema, params);
        scaler.begin(weights);
        return scaler;
    }
}
