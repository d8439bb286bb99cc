package org.accrete.testkit;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Provides {@link Centroids}. */
public class CentroidsProvider implements LearnerProvider {
    /** Called by a test. */
    public CentroidsProvider() {}

    @Override
    public String name() {
        return "centroids";
    }

    @Override
    public String summary() {
        return "scores a row by the mean row of each class";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of(ClassList.NEW_CLASSES, ClassList.MAX_CLASSES);
    }

    @Override
    public Set<Target.Kind> targets() {
        return EnumSet.of(Target.Kind.CATEGORICAL);
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        return 16L
                        * (schema.width() + 1)
                        * Math.max(2, schema.target().classes().size())
                + 200;
    }

    /** Creates the learner; a mutant overrides this. */
    Centroids make(Schema schema, Params params) {
        return new Centroids(schema, params);
    }

    @Override
    public final Learner create(Schema schema, Params params) {
        return finished(make(schema, params));
    }

    /** Wraps the finished learner; a test may override this. */
    Learner finished(Centroids learner) {
        return learner;
    }

    @Override
    public final Learner restore(Schema schema, Params params, State state) {
        Centroids learner = make(schema, params);
        learner.load(state, params);
        return finished(learner);
    }
}
