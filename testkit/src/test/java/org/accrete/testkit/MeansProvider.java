package org.accrete.testkit;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Provides {@link Means}. */
public class MeansProvider implements LearnerProvider {
    static final ParamSpec<Double> ALPHA =
            ParamSpec.real("unused-alpha", 0.1, Domain.Range.above(0), "an unused number");
    static final ParamSpec<Boolean> LOUD = ParamSpec.flag("loud", false, "an unused flag");

    /** Called by a test. */
    public MeansProvider() {}

    @Override
    public String name() {
        return "means";
    }

    @Override
    public String summary() {
        return "means of the target and of the columns";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(ALPHA, LOUD);
    }

    @Override
    public Set<Target.Kind> targets() {
        return EnumSet.of(Target.Kind.NUMERIC, Target.Kind.NONE);
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        return 16L * schema.width() + 200;
    }

    /** Creates the learner; a mutant overrides this. */
    Means make(Schema schema, Params params) {
        return new Means(schema);
    }

    @Override
    public final Learner create(Schema schema, Params params) {
        return make(schema, params);
    }

    @Override
    public final Learner restore(Schema schema, Params params, State state) {
        Means learner = make(schema, params);
        learner.load(state);
        return learner;
    }
}
