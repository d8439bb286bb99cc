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
 * Opens sources of generated rows for trials and benchmarks. The location is the formula:
 *
 * <ul>
 *   <li>{@code classification}: features are uniform in −1 to 1; each class has a random linear function of them, and
 *       the target is the class whose function is largest.
 *   <li>{@code regression}: the same features; the target is a random linear function of them plus normal noise.
 *   <li>{@code sea}: the SEA concepts of Street and Kim ("A streaming ensemble algorithm (SEA) for large-scale
 *       classification", KDD 2001): three features are uniform in 0 to 10, and the target is 1 where x0 + x1 is at most
 *       a threshold, which is 8, 9, 7 and 9.5 in turn.
 *   <li>{@code abrupt}, {@code gradual}, {@code recurring}: as {@code classification}, but with a new concept, that is
 *       other random functions, every {@code drift-every} rows. {@code abrupt} changes from one row to the next. With
 *       {@code gradual} the share of rows that follow the next concept grows from 0 to 1 over these rows. With
 *       {@code recurring} two concepts take turns. The terms are those of Gama et al., "A survey on concept drift
 *       adaptation", ACM Computing Surveys 46(4), 2014.
 * </ul>
 *
 * <p>The columns are {@code x0}, {@code x1}, …; the target is {@code y}. Equal parameters give equal rows. A seek to
 * any row takes constant time.
 */
public final class SyntheticSourceProvider implements ChunkSourceProvider {
    /** Number of rows. */
    public static final ParamSpec<Long> ROWS =
            ParamSpec.whole("rows", 100_000, Domain.Range.atLeast(0), "number of rows; 0 for an endless source");

    /** Number of features. */
    public static final ParamSpec<Long> FEATURES =
            ParamSpec.whole("features", 10, Domain.Range.between(1, 1_000_000), "number of features; sea has 3");

    /** Number of classes. */
    public static final ParamSpec<Long> CLASSES =
            ParamSpec.whole("classes", 2, Domain.Range.between(2, 1_000), "number of classes; sea has 2");

    /** Noise of the target. */
    public static final ParamSpec<Double> NOISE = ParamSpec.real(
            "noise",
            0.1,
            Domain.Range.between(0, 1),
            "share of rows with a wrong class; for regression, standard deviation of the noise");

    /** Random seed. */
    public static final ParamSpec<Long> SEED =
            ParamSpec.whole("seed", 0, Domain.Range.finite(), "random seed of the rows and the functions");

    /** Rows between two changes of what is to be learned. */
    public static final ParamSpec<Long> DRIFT_EVERY = ParamSpec.whole(
            "drift-every",
            25_000,
            Domain.Range.atLeast(0),
            "rows until the concept changes; 0 for never; classification and regression do not drift");

    private static final List<ParamSpec<?>> PARAMS = List.of(ROWS, FEATURES, CLASSES, NOISE, SEED, DRIFT_EVERY);

    /** Creates the provider; called by {@link java.util.ServiceLoader}. */
    public SyntheticSourceProvider() {}

    @Override
    public String name() {
        return "synthetic";
    }

    @Override
    public String summary() {
        return "generated rows: classification, regression, or with concept drift: sea, abrupt, gradual, recurring";
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
        if (kind == SyntheticSource.Kind.SEA || kind == SyntheticSource.Kind.REGRESSION) {
            requireDefault(CLASSES, 2L, params, request);
        }
        if (!kind.drifts()) {
            requireDefault(DRIFT_EVERY, 0L, params, request);
        }
        if (!request.columns().isEmpty()) {
            throw AccreteException.badArgument("columns of a synthetic source are what they are: "
                    + request.columns().get(0).toText() + " cannot be given");
        }
        return new SyntheticSource(kind, request, params);
    }

    /** Throws if a parameter that has no effect for this formula was changed. */
    private static void requireDefault(ParamSpec<Long> spec, long fixed, Params params, SourceRequest request) {
        long value = params.get(spec);
        if (value != spec.defaultValue() && value != fixed) {
            throw AccreteException.badArgument(spec.name() + " of '" + request.location() + "' must be " + fixed
                    + " or left out but was " + value);
        }
    }
}
