package org.accrete.core.preprocess;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** The plug-in {@code quantile-scaler}: numeric columns to their quantiles so far. */
public final class QuantileScalerProvider implements StepProvider {
    /** What a column's distribution becomes. */
    enum Distribution {
        UNIFORM,
        NORMAL
    }

    static final ParamSpec<Long> N_QUANTILES = ParamSpec.whole(
            "n-quantiles",
            256,
            Range.between(8, 65_536),
            "values in each of the buffers of a column; the share of values below one has a standard error of at most"
                    + " 0.71 / n-quantiles");

    static final ParamSpec<Distribution> OUTPUT_DISTRIBUTION = ParamSpec.choice(
            "output-distribution",
            Distribution.class,
            Distribution.UNIFORM,
            "uniform: the share of the values so far that are smaller, from 0 to 1; normal: mean 0 and variance 1, at"
                    + " most 5.2 from 0");

    /** Makes the provider. */
    public QuantileScalerProvider() {}

    @Override
    public String name() {
        return "quantile-scaler";
    }

    @Override
    public String summary() {
        return "replaces numeric values by their quantiles among the values so far; a missing value becomes the median";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(N_QUANTILES, OUTPUT_DISTRIBUTION);
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        // Sketches with their copies for undo and their grids; a snapshot, a state and the file's copy of it.
        return (new NumericColumns(schema).count() + 1)
                * (2_000 + 2 * QuantileSketch.memoryBytes(Math.toIntExact(params.get(N_QUANTILES))));
    }

    @Override
    public Step create(Schema schema, Params params) {
        return new QuantileScaler(schema, params);
    }

    @Override
    public Step restore(Schema schema, Params params, State state) {
        QuantileScaler scaler = new QuantileScaler(schema, params);
        scaler.restore(state);
        return scaler;
    }
}
