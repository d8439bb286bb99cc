package org.accrete.core.preprocess;

import java.util.List;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Domain.Range;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** The plug-in {@code polynomial-features}: products of columns as further columns. */
public final class PolynomialFeaturesProvider implements StepProvider {
    static final ParamSpec<Long> DEGREE = ParamSpec.whole(
            "degree", 2, Range.between(2, 3), "how many columns are multiplied at most; a column may be repeated");

    static final ParamSpec<Boolean> INTERACTION_ONLY =
            ParamSpec.flag("interaction-only", false, "whether no column is multiplied by itself");

    static final ParamSpec<Boolean> INCLUDE_BIAS =
            ParamSpec.flag("include-bias", false, "whether a column '1' of ones comes first");

    static final ParamSpec<Long> MAX_COLUMNS = ParamSpec.whole(
            "max-columns", 10_000, Range.between(1, 10_000_000), "products above which the step is refused");

    /** Makes the provider. */
    public PolynomialFeaturesProvider() {}

    @Override
    public String name() {
        return "polynomial-features";
    }

    @Override
    public String summary() {
        return "adds products of numeric columns and cycles, such as a*b and a^2; a product of a missing value is missing";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(DEGREE, INTERACTION_ONLY, INCLUDE_BIAS, MAX_COLUMNS);
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        // Numbers of the factors, a name each, a row.
        return 128 * (1 + PolynomialTerms.requireFew(schema, params)) + 8L * schema.width();
    }

    @Override
    public Step create(Schema schema, Params params) {
        return new PolynomialFeatures(schema, params);
    }

    @Override
    public Step restore(Schema schema, Params params, State state) {
        PolynomialFeatures features = new PolynomialFeatures(schema, params);
        features.restore(state);
        return features;
    }
}
