package org.accrete.core.pipeline;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;

/**
 * Pipelines that begin a new training with something that was trained before. To go on with the same training, use
 * {@link Pipeline#restore}.
 */
public final class WarmStart {
    private WarmStart() {}

    /**
     * {@return a pipeline whose learner begins with the given weights and which has seen no row}
     *
     * <p>Steps begin with what is named after them, as in the state of a pipeline or as scikit-learn's pipelines name
     * them: {@code standardscaler__mean_}. {@code feature_names_in_} must be the names of the columns.
     *
     * @param plugIns where its parts are found
     * @param schema what the columns are, and the classes known so far
     * @param spec what it is made of
     * @param weights tensors under the names of the learner, or of a tool that it knows, as read from a file
     * @throws AccreteException as {@link Pipeline#create} does; bad argument: the learner cannot begin with weights, or
     *     these do not fit it, its columns or its steps
     */
    public static Pipeline fromWeights(PlugIns plugIns, Schema schema, PipelineSpec spec, State weights) {
        ResolvedSpec resolved = ResolvedSpec.of(plugIns, spec);
        resolved.requireTarget(plugIns, schema.target());
        WarmStartProvider learner = resolved.requireWarmStart();
        StepWeights ofSteps = new StepWeights(weights, resolved.stepNames());
        Pipeline pipeline = PipelineAssembly.create(resolved, schema, ofSteps::step, (provider, columns, params) -> {
            StepWeights.requireColumns(weights, columns);
            return learner.createWithWeights(columns, params, weights, true);
        });
        pipeline.beganWithWeights();
        return pipeline;
    }

    /**
     * {@return a pipeline that begins with a stored one, for other rows and, if wanted, with other values of tunable
     * parameters}
     *
     * @param plugIns where its parts are found
     * @param state what {@link Pipeline#state()} gave; it may hold more
     * @param changes keys as in {@link PipelineSpec#settings}
     * @throws AccreteException unknown plug-in; bad argument: a parameter that is not tunable, the message names those
     *     that are; corrupt file: something is missing or has another shape
     */
    public static Pipeline fromState(PlugIns plugIns, State state, Map<String, String> changes) {
        Schema schema = Schema.parse(state.text("schema"));
        ResolvedSpec stored = ResolvedSpec.stored(plugIns, state);
        ResolvedSpec changed =
                changed(plugIns, stored.learner().name(), stored.stepNames(), stored.settings(), changes);
        changed.requireTunable(stored);
        Pipeline pipeline = PipelineAssembly.restore(
                changed, schema, state, (provider, columns, params) -> provider.beginFrom(columns, params, state));
        pipeline.readCounts(state);
        return pipeline;
    }

    /**
     * {@return a pipeline for another target: its steps go on from a state; its learner has seen no row but begins with
     * all weights of that state that do not belong to the target}
     *
     * @param plugIns where its parts are found
     * @param state what {@link Pipeline#state()} gave; it may hold more
     * @param schema the same columns, with the new target and the classes known so far
     * @param learner name of the learner
     * @param changes parameters that differ from the stored ones, any of the learner's, tunable ones of the steps; also
     *     {@code target.transform}, which is not taken over, since it belongs to the target
     * @throws AccreteException unknown plug-in; bad state: the columns are others; bad argument: the learner cannot
     *     begin with weights, or these do not fit it
     */
    public static Pipeline withNewHead(
            PlugIns plugIns, State state, Schema schema, String learner, Map<String, String> changes) {
        Schema before = Schema.parse(state.text("schema"));
        new Schema(before.blocks(), schema.target()).require(schema);
        ResolvedSpec stored = ResolvedSpec.stored(plugIns, state);
        List<String> known = plugIns.learners().find(learner).params().stream()
                .map(ParamSpec::name)
                .toList();
        Map<String, String> settings = stored.settings();
        settings.keySet().removeIf(key -> key.indexOf('.') < 0 && !known.contains(key));
        settings.remove(TargetTransform.KEY);
        ResolvedSpec changed = changed(plugIns, learner, stored.stepNames(), settings, changes);
        changed.requireTarget(plugIns, schema.target());
        changed.requireTunableSteps(stored);
        WarmStartProvider warm = changed.requireWarmStart();
        return PipelineAssembly.restore(
                changed,
                schema,
                state,
                (provider, columns, params) -> warm.createWithWeights(columns, params, state, false));
    }

    private static ResolvedSpec changed(
            PlugIns plugIns,
            String learner,
            List<String> steps,
            Map<String, String> settings,
            Map<String, String> changes) {
        Map<String, String> changed = new LinkedHashMap<>(settings);
        changes.forEach((key, value) -> changed.put(ParamSpec.word(key), value));
        return ResolvedSpec.of(plugIns, new PipelineSpec(learner, steps, changed));
    }
}
