package org.accrete.learners.neighbours;

import java.util.List;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Makes classifiers and regressors that answer by the nearest of the last rows. */
public final class NearestNeighboursProvider implements LearnerProvider {
    /** How much each neighbour counts. */
    enum Weights {
        /** All the same. */
        UNIFORM,
        /** By 1 / distance; if some are at distance 0, only those. */
        DISTANCE
    }

    static final ParamSpec<Long> NEIGHBOURS =
            ParamSpec.whole("neighbours", 5, Domain.Range.between(1, 10_000), "number of rows that are asked");

    static final ParamSpec<Long> WINDOW_SIZE = ParamSpec.whole(
            "window-size",
            1_000,
            Domain.Range.between(1, 10_000_000),
            "number of last rows that are kept, also in each version");

    static final ParamSpec<Weights> WEIGHTS = ParamSpec.choice(
            "weights", Weights.class, Weights.UNIFORM, "whether near rows count more than those further off");

    private static final List<ParamSpec<?>> PARAMS =
            List.of(NEIGHBOURS, WINDOW_SIZE, WEIGHTS, ClassList.NEW_CLASSES, ClassList.MAX_CLASSES);

    private static final long FIXED_BYTES = 4096;

    /** Makes the provider. */
    public NearestNeighboursProvider() {}

    @Override
    public String name() {
        return "k-nearest-neighbours";
    }

    @Override
    public String summary() {
        return "answers by the nearest of the last rows, which are kept in the model; classes or numbers";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return PARAMS;
    }

    @Override
    public Set<Target.Kind> targets() {
        return Set.of(Target.Kind.CATEGORICAL, Target.Kind.NUMERIC);
    }

    @Override
    public List<String> likedSteps() {
        return List.of("standard-scaler");
    }

    /** {@inheritDoc} The window, a snapshot, a state and the file's copy of it. */
    @Override
    public long memoryBytes(Schema schema, Params params) {
        long columns = 2;
        for (Block block : schema.blocks()) {
            columns += block.kind().isSparse() ? 0 : block.width();
        }
        return Double.BYTES * 5 * columns * params.get(WINDOW_SIZE) + FIXED_BYTES;
    }

    @Override
    public Learner create(Schema schema, Params params) {
        return new NearestNeighboursLearner(checked(schema), params);
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        return new NearestNeighboursLearner(checked(schema), params, state);
    }

    private Schema checked(Schema schema) {
        if (schema.target().kind() == Target.Kind.NONE) {
            throw AccreteException.badArgument(name() + " needs a target but there is none");
        }
        return schema;
    }
}
