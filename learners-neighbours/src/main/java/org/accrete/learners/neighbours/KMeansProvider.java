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

/** Makes k-means clusterings that learn row by row, and may forget. */
public final class KMeansProvider implements LearnerProvider {
    static final ParamSpec<Long> CLUSTERS =
            ParamSpec.whole("clusters", 8, Domain.Range.between(1, 10_000), "number of clusters");

    static final ParamSpec<Long> SEED_ROWS = ParamSpec.whole(
            "seed-rows",
            0,
            Domain.Range.between(0, 1_000_000),
            "rows from which the first centres are found; 0: 50 per cluster, at least 200");

    static final ParamSpec<Double> HALF_LIFE = ParamSpec.real(
                    "half-life",
                    0,
                    Domain.Range.atLeast(0),
                    "number of rows after which the weight of a row is halved, for streams that drift; 0: never")
            .asTunable();

    static final ParamSpec<Long> SEED =
            ParamSpec.whole("seed", 0, Domain.Range.finite(), "where the random choice of first centres starts");

    private static final List<ParamSpec<?>> PARAMS = List.of(CLUSTERS, SEED_ROWS, HALF_LIFE, SEED);

    private static final int SEED_ROWS_PER_CLUSTER = 50;
    private static final int LEAST_SEED_ROWS = 200;
    private static final long FIXED_BYTES = 4096;

    /** Makes the provider. */
    public KMeansProvider() {}

    /** {@return the number of rows that wait for the first centres} */
    static int seedRows(Params params) {
        long rows = params.get(SEED_ROWS);
        long clusters = params.get(CLUSTERS);
        return Math.toIntExact(rows > 0 ? rows : Math.max(LEAST_SEED_ROWS, SEED_ROWS_PER_CLUSTER * clusters));
    }

    @Override
    public String name() {
        return "k-means";
    }

    @Override
    public String summary() {
        return "k-means clusters, updated by each row; may forget old rows; merges";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return PARAMS;
    }

    @Override
    public Set<Target.Kind> targets() {
        return Set.of(Target.Kind.NONE);
    }

    @Override
    public List<String> likedSteps() {
        return List.of("standard-scaler");
    }

    /** {@inheritDoc} Centres and waiting rows, of the learner, a snapshot, a state and the file's copy of it. */
    @Override
    public long memoryBytes(Schema schema, Params params) {
        long columns = 1;
        for (Block block : schema.blocks()) {
            columns += block.kind().isSparse() ? 0 : block.width();
        }
        return Double.BYTES * columns * (6L * params.get(CLUSTERS) + 6L * seedRows(params)) + FIXED_BYTES;
    }

    @Override
    public Learner create(Schema schema, Params params) {
        return new KMeansLearner(checked(schema), params);
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        return new KMeansLearner(checked(schema), params, state);
    }

    private Schema checked(Schema schema) {
        schema.requireTarget(Target.Kind.NONE, name());
        return schema;
    }
}
