package org.accrete.core.preprocess;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** The plug-in {@code min-max-scaler}: numeric columns to a range, by the least and greatest value so far. */
public final class MinMaxScalerProvider implements StepProvider {
    static final ParamSpec<String> FEATURE_RANGE = ParamSpec.text(
            "feature-range",
            "0,1",
            "two numbers, the lesser first, such as -1,1",
            "what the least and the greatest value of a column become");

    static final ParamSpec<Boolean> CLIP = ParamSpec.flag(
                    "clip", false, "whether a value beyond the least or the greatest one so far is cut off")
            .asTunable();

    /** Makes the provider. */
    public MinMaxScalerProvider() {}

    @Override
    public String name() {
        return "min-max-scaler";
    }

    @Override
    public String summary() {
        return "scales numeric columns to a range by their least and greatest value so far; a missing value becomes the"
                + " mean";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(FEATURE_RANGE, CLIP);
    }

    /** {@return the two ends of the range} */
    static double[] range(Params params) {
        String text = params.get(FEATURE_RANGE);
        String[] parts = text.split(",", -1);
        try {
            double lower = Double.parseDouble(parts[0].strip());
            double upper = Double.parseDouble(parts[parts.length - 1].strip());
            if (parts.length == 2 && lower < upper && upper - lower <= Double.MAX_VALUE) {
                return new double[] {lower, upper};
            }
        } catch (NumberFormatException e) {
            // Refused below.
        }
        throw AccreteException.badArgument("feature-range must be two finite numbers with a comma between them, the"
                + " lesser first, such as 0,1 but was '" + text + "'");
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        // Moments and their copies for undo, a row; a snapshot; a state and the file's copy of it.
        return 26L * Double.BYTES * new NumericColumns(schema).count();
    }

    @Override
    public Step create(Schema schema, Params params) {
        return new MinMaxScaler(schema, params);
    }

    @Override
    public Step restore(Schema schema, Params params, State state) {
        MinMaxScaler scaler = new MinMaxScaler(schema, params);
        scaler.restore(state);
        return scaler;
    }
}
