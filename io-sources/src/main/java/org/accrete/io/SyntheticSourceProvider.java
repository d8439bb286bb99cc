package org.accrete.io;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;

/**
 * Opens streams made by formula, for trying out and measuring. The location says which:
 *
 * <ul>
 *   <li>{@code classification}: features uniform in −1 … 1; the class is the one with the largest of as many random
 *       linear functions of them.
 *   <li>{@code regression}: the same features; the target is a random linear function of them plus normal noise.
 *   <li>{@code sea}: the three features uniform in 0 … 10 of Street and Kim ("A streaming ensemble algorithm (SEA) for
 *       large-scale classification", KDD 2001); class 1 where x0 + x1 is at most a threshold, which is 8, 9, 7, 9.5 in
 *       turn.
 * </ul>
 *
 * <p>The columns are {@code x0}, {@code x1}, …; the target is {@code y}. The same parameters give the same rows; a row
 * costs the same wherever it is.
 */
public final class SyntheticSourceProvider implements ChunkSourceProvider {
    /** How many rows there are. */
    public static final ParamSpec<Long> ROWS =
            ParamSpec.whole("rows", 100_000, Domain.Range.atLeast(0), "how many rows; 0 for no end");

    /** How many features a row has. */
    public static final ParamSpec<Long> FEATURES = ParamSpec.whole(
            "features",
            10,
            Domain.Range.between(1, 1_000_000),
            "how many features, of classification and regression; sea has 3");

    /** How many classes there are. */
    public static final ParamSpec<Long> CLASSES = ParamSpec.whole(
            "classes", 2, Domain.Range.between(2, 1_000), "how many classes, of classification; sea has 2");

    /** How much of the target is chance. */
    public static final ParamSpec<Double> NOISE = ParamSpec.real(
            "noise",
            0.1,
            Domain.Range.between(0, 1),
            "share of rows with a class that is not theirs; of regression, standard deviation of the noise");

    /** Which random numbers. */
    public static final ParamSpec<Long> SEED =
            ParamSpec.whole("seed", 0, Domain.Range.finite(), "another seed gives other rows and functions");

    /** How often the threshold of SEA moves. */
    public static final ParamSpec<Long> DRIFT_EVERY = ParamSpec.whole(
            "drift-every",
            25_000,
            Domain.Range.atLeast(0),
            "rows until the threshold of sea moves on; 0 for never; the others do not drift");

    private static final List<ParamSpec<?>> PARAMS = List.of(ROWS, FEATURES, CLASSES, NOISE, SEED, DRIFT_EVERY);

    /** Makes the provider; {@link java.util.ServiceLoader} calls it. */
    public SyntheticSourceProvider() {}

    @Override
    public String name() {
        return "synthetic";
    }

    @Override
    public String summary() {
        return "rows made by formula: classification, regression, or sea (whose classes drift)";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return PARAMS;
    }

    @Override
    public ChunkSource open(SourceRequest request, Params params) {
        SyntheticSource.Kind kind = SyntheticSource.Kind.of(request.location());
        if (kind == SyntheticSource.Kind.SEA) {
            requireDefault(FEATURES, 3L, params, request);
        }
        if (kind != SyntheticSource.Kind.CLASSIFICATION) {
            requireDefault(CLASSES, 2L, params, request);
        }
        if (kind != SyntheticSource.Kind.SEA) {
            requireDefault(DRIFT_EVERY, 0L, params, request);
        }
        if (!request.columns().isEmpty()) {
            throw AccreteException.badArgument("columns of a synthetic source are what they are: "
                    + request.columns().get(0).toText() + " cannot be given");
        }
        return new SyntheticSource(kind, request, params);
    }

    /** Refuses a parameter that would have no effect, which nobody means. */
    private static void requireDefault(ParamSpec<Long> spec, long alike, Params params, SourceRequest request) {
        long value = params.get(spec);
        if (value != spec.defaultValue() && value != alike) {
            throw AccreteException.badArgument(spec.name() + " of '" + request.location() + "' must be " + alike
                    + " or left out but was " + value);
        }
    }
}
