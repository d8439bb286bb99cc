package org.accrete.core.pipeline;

import java.util.Arrays;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.RowWiseStep;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/** Makes the parts of a pipeline, each for the columns that the part before it hands on. */
final class PipelineAssembly {
    private PipelineAssembly() {}

    /**
     * Makes a part for some columns.
     *
     * @param <P> its provider
     * @param <L> what is made
     */
    interface Maker<P extends LearnerProvider, L extends Learner> {
        L make(P provider, Schema columns, Params params);
    }

    /** {@return a pipeline that has seen nothing} */
    static Pipeline create(ResolvedSpec spec, Schema schema) {
        return create(spec, schema, StepProvider::create, LearnerProvider::create);
    }

    /** {@return a pipeline of new parts} */
    static Pipeline create(
            ResolvedSpec spec, Schema schema, Maker<StepProvider, Step> step, Maker<LearnerProvider, Learner> learner) {
        Pipeline pipeline = assemble("create", spec, schema, step, learner);
        // Two parts that would store something under one name are refused now, not when the first version is appended.
        pipeline.state();
        return pipeline;
    }

    /** {@return a pipeline whose parts continue from a state; its own counts are 0} */
    static Pipeline restore(ResolvedSpec spec, Schema schema, State state) {
        return restore(spec, schema, state, (provider, in, params) -> provider.restore(in, params, state));
    }

    /** {@return a pipeline whose steps continue from a state; its own counts are 0} */
    static Pipeline restore(ResolvedSpec spec, Schema schema, State state, Maker<LearnerProvider, Learner> learner) {
        return assemble(
                "restore", spec, schema, (provider, in, params) -> provider.restore(in, params, state), learner);
    }

    private static Pipeline assemble(
            String method,
            ResolvedSpec spec,
            Schema schema,
            Maker<StepProvider, Step> step,
            Maker<LearnerProvider, Learner> last) {
        Step[] steps = new Step[spec.steps().size()];
        Schema columns = schema;
        for (int i = 0; i < steps.length; i++) {
            Part<StepProvider> part = spec.steps().get(i);
            steps[i] = make(method, part, columns, step);
            columns = part.named("outputSchema", steps[i]::outputSchema);
        }
        Learner learner = make(method, spec.learner(), columns, last);
        return learner instanceof OnlineLearner online && Arrays.stream(steps).allMatch(RowWiseStep.class::isInstance)
                ? new OnlinePipeline(spec, schema, steps, online)
                : new Pipeline(spec, schema, steps, learner);
    }

    private static <P extends LearnerProvider, L extends Learner> L make(
            String method, Part<P> part, Schema columns, Maker<P, L> maker) {
        return part.named(method, () -> maker.make(part.provider(), columns, part.params()));
    }
}
