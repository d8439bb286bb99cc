package org.accrete.learners.trees;

import java.util.List;
import java.util.Set;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** What the makers of trees and forests have in common. */
abstract sealed class TreeProvider implements LearnerProvider
        permits AdaptiveRandomForestClassifierProvider,
                AdaptiveRandomForestRegressorProvider,
                GradientBoostedTreesClassifierProvider,
                GradientBoostedTreesRegressorProvider,
                HoeffdingAdaptiveTreeClassifierProvider,
                HoeffdingTreeClassifierProvider,
                HoeffdingTreeRegressorProvider {
    private final String name;
    private final String summary;
    private final Target.Kind target;
    private final List<ParamSpec<?>> params;

    TreeProvider(String name, String summary, Target.Kind target, List<ParamSpec<?>> params) {
        this.name = name;
        this.summary = summary;
        this.target = target;
        this.params = params;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final String summary() {
        return summary;
    }

    @Override
    public final List<ParamSpec<?>> params() {
        return params;
    }

    @Override
    public final Set<Target.Kind> targets() {
        return Set.of(target);
    }

    /** {@inheritDoc} The trees, a state and the file's copy of it. */
    @Override
    public final long memoryBytes(Schema schema, Params values) {
        return Features.bytes(schema) + 3 * TreeParams.maxBytes(values) + fixedBytes(schema, values);
    }

    /** {@return the bytes that a learner takes before its first row} */
    long fixedBytes(Schema schema, Params values) {
        return 0;
    }

    @Override
    public final Learner create(Schema schema, Params values) {
        schema.requireTarget(target, name);
        return create(new Features(schema), schema.target().classes(), values);
    }

    @Override
    public final Learner restore(Schema schema, Params values, State state) {
        schema.requireTarget(target, name);
        return restore(new Features(schema, state), values, state);
    }

    abstract Learner create(Features features, List<String> labels, Params values);

    abstract Learner restore(Features features, Params values, State state);
}
