package org.accrete.core.pipeline;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.RowWiseStep;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;

/**
 * Steps, then a learner; itself a learner. When any of them refuses a chunk, what the steps before it did is undone in
 * reverse: all of them move together or not at all.
 *
 * <p>It is an {@link OnlineLearner} when the learner is one and all steps are {@linkplain RowWiseStep row-wise}.
 *
 * <p>A step that is not ready hands fewer rows on; those that trained steps only are counted as {@link #warmUpRows()}.
 *
 * <p>The state holds all that the parts store and, besides, the texts {@code learner}, {@code steps}, {@code params} (a
 * list of {@code key=value}, every value) and {@code schema} (with the classes known by now), and the whole numbers
 * {@code pipeline.rows_seen} and {@code pipeline.warm_up_rows}.
 */
public sealed class Pipeline implements Learner permits OnlinePipeline {
    /** Stands for no array. */
    static final double[] UNASKED = {};

    private final Blueprint blueprint;
    private final Schema schema;
    private final List<String> names;
    private final Scratch scratch;
    private Step[] steps;
    private Learner learner;
    private List<String> classes;
    private long rowsSeen;
    private long warmUpRows;

    /** For {@link #assemble}. */
    Pipeline(Blueprint blueprint, Schema schema, Step[] steps, Learner learner) {
        this.blueprint = blueprint;
        this.schema = schema;
        this.names = blueprint.stepNames();
        this.steps = steps;
        this.learner = learner;
        this.scratch = new Scratch(steps.length);
        this.classes = schema.target().classes();
    }

    /**
     * {@return a pipeline that has seen nothing}
     *
     * @param plugIns where its parts are found
     * @param schema what the columns are, and the classes known so far
     * @param spec what it is made of
     * @throws AccreteException unknown plug-in; bad argument: settings outside their domains, a learner that does not
     *     learn this kind of target, parts that do not go together
     */
    public static Pipeline create(PlugIns plugIns, Schema schema, PipelineSpec spec) {
        Blueprint blueprint = Blueprint.of(plugIns, spec);
        blueprint.requireTarget(plugIns, schema.target());
        Pipeline pipeline = assemble(blueprint, schema, Optional.empty());
        // Two parts that would store something under one name are refused now, not when the first version is appended.
        pipeline.state();
        return pipeline;
    }

    /**
     * {@return a pipeline that has seen nothing, whose learner begins with weights from elsewhere}
     *
     * @param plugIns where its parts are found
     * @param schema what the columns are, and the classes known so far
     * @param spec what it is made of
     * @param weights tensors under the learner's names
     * @throws AccreteException as {@link #create(PlugIns, Schema, PipelineSpec)} does; bad argument: the learner cannot
     *     begin with weights, or these do not fit it
     */
    public static Pipeline create(PlugIns plugIns, Schema schema, PipelineSpec spec, State weights) {
        Blueprint blueprint = Blueprint.of(plugIns, spec);
        blueprint.requireTarget(plugIns, schema.target());
        WarmStartProvider provider = blueprint.requireWarmStart();
        Pipeline pipeline = assemble(
                blueprint,
                schema,
                Optional.empty(),
                (in, params) -> provider.createWithWeights(in, params, weights, true));
        pipeline.state();
        return pipeline;
    }

    /**
     * {@return a pipeline for another target: its steps go on from a state, and its learner has seen nothing but begins
     * with all weights of that state that do not belong to the target}
     *
     * @param plugIns where its parts are found
     * @param state what {@link #state()} gave; it may hold more
     * @param schema the same columns, with the new target and the classes known so far
     * @param learner name of the learner
     * @param changes parameters that differ from the stored ones, any of the learner's, tunable ones of the steps
     * @throws AccreteException unknown plug-in; bad state: the columns are others; bad argument: the learner cannot
     *     begin with weights, or these do not fit it
     */
    public static Pipeline withNewHead(
            PlugIns plugIns, State state, Schema schema, String learner, Map<String, String> changes) {
        Schema before = Schema.parse(state.text("schema"));
        new Schema(before.blocks(), schema.target()).require(schema);
        Map<String, String> settings = storedSettings(state);
        Blueprint stored =
                Blueprint.of(plugIns, new PipelineSpec(state.text("learner"), state.list("steps"), settings));
        List<String> known = plugIns.learners().find(learner).params().stream()
                .map(ParamSpec::name)
                .toList();
        settings.keySet().removeIf(key -> key.indexOf('.') < 0 && !known.contains(key));
        changes.forEach((key, value) -> settings.put(ParamSpec.word(key), value));
        Blueprint changed = Blueprint.of(plugIns, new PipelineSpec(learner, state.list("steps"), settings));
        changed.requireTarget(plugIns, schema.target());
        changed.requireTunableSteps(stored);
        WarmStartProvider provider = changed.requireWarmStart();
        return assemble(
                changed,
                schema,
                Optional.of(state),
                (in, params) -> provider.createWithWeights(in, params, state, false));
    }

    /**
     * {@return a pipeline that goes on from a state}
     *
     * @param plugIns where its parts are found
     * @param state what {@link #state()} gave; it may hold more
     * @throws AccreteException unknown plug-in; corrupt file: something is missing or has another shape
     */
    public static Pipeline restore(PlugIns plugIns, State state) {
        return restore(plugIns, state, Map.of(), false);
    }

    /**
     * {@return a pipeline that goes on from a state as the beginning of another training, with other rows and, if
     * wanted, other values of tunable parameters}
     *
     * @param plugIns where its parts are found
     * @param state what {@link #state()} gave; it may hold more
     * @param changes keys as in {@link PipelineSpec#settings}
     * @throws AccreteException unknown plug-in; bad argument: a parameter that is not tunable, the message names those
     *     that are; corrupt file: something is missing or has another shape
     */
    public static Pipeline beginFrom(PlugIns plugIns, State state, Map<String, String> changes) {
        return restore(plugIns, state, changes, true);
    }

    private static Pipeline restore(PlugIns plugIns, State state, Map<String, String> changes, boolean begins) {
        Schema schema = Schema.parse(state.text("schema"));
        Map<String, String> settings = storedSettings(state);
        PipelineSpec spec = new PipelineSpec(state.text("learner"), state.list("steps"), settings);
        Blueprint stored = Blueprint.of(plugIns, spec);
        changes.forEach((key, value) -> settings.put(ParamSpec.word(key), value));
        Blueprint changed = Blueprint.of(plugIns, new PipelineSpec(spec.learner(), spec.steps(), settings));
        changed.requireTunable(stored);
        LearnerProvider provider = changed.learner().provider();
        Pipeline pipeline = assemble(
                changed,
                schema,
                Optional.of(state),
                (in, params) -> begins ? provider.beginFrom(in, params, state) : provider.restore(in, params, state));
        pipeline.rowsSeen = state.whole("pipeline.rows_seen");
        pipeline.warmUpRows = state.whole("pipeline.warm_up_rows");
        if (pipeline.warmUpRows < 0 || pipeline.rowsSeen < pipeline.warmUpRows) {
            throw corrupt("rows seen must be >= warm-up rows >= 0 but were " + pipeline.rowsSeen + " and "
                    + pipeline.warmUpRows);
        }
        return pipeline;
    }

    private static Map<String, String> storedSettings(State state) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : state.list("params")) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw corrupt("a stored parameter must be key=value but was '" + pair + "'");
            }
            settings.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return settings;
    }

    /**
     * {@return about how many bytes of heap a pipeline takes, chunks not counted}
     *
     * @param plugIns where its parts are found
     * @param schema what the columns are
     * @param spec what it is made of
     * @throws AccreteException as {@link #create} does
     */
    public static long memoryBytes(PlugIns plugIns, Schema schema, PipelineSpec spec) {
        Blueprint blueprint = Blueprint.of(plugIns, spec);
        blueprint.requireTarget(plugIns, schema.target());
        return blueprint.memoryBytes(schema);
    }

    private static Pipeline assemble(Blueprint blueprint, Schema schema, Optional<State> state) {
        LearnerProvider provider = blueprint.learner().provider();
        return assemble(
                blueprint,
                schema,
                state,
                (in, params) ->
                        state.isPresent() ? provider.restore(in, params, state.get()) : provider.create(in, params));
    }

    private static Pipeline assemble(
            Blueprint blueprint, Schema schema, Optional<State> state, BiFunction<Schema, Params, Learner> last) {
        Step[] steps = new Step[blueprint.steps().size()];
        Schema columns = schema;
        for (int i = 0; i < steps.length; i++) {
            Part<StepProvider> part = blueprint.steps().get(i);
            Schema in = columns;
            steps[i] = part.named(() -> state.isPresent()
                    ? part.provider().restore(in, part.params(), state.get())
                    : part.provider().create(in, part.params()));
            columns = steps[i].outputSchema();
        }
        Part<LearnerProvider> part = blueprint.learner();
        Schema in = columns;
        Learner learner = part.named(() -> last.apply(in, part.params()));
        return learner instanceof OnlineLearner online && Arrays.stream(steps).allMatch(RowWiseStep.class::isInstance)
                ? new OnlinePipeline(blueprint, schema, steps, online)
                : new Pipeline(blueprint, schema, steps, learner);
    }

    /** {@return name of the learner} */
    public final String learner() {
        return blueprint.learner().name();
    }

    /** {@return names of the steps before it, in order} */
    public final List<String> steps() {
        return names;
    }

    /** {@return the value of every parameter, defaults included; keys as in {@link PipelineSpec#settings}} */
    public final Map<String, String> settings() {
        return blueprint.settings();
    }

    /** {@return how many of the rows seen trained only steps, because one of them was not ready} */
    public final long warmUpRows() {
        return warmUpRows;
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final void partialFit(Chunk chunk) {
        fit(chunk, UNASKED);
    }

    /** Learns the rows; decision values go to the array, unless it is {@link #UNASKED}. */
    final void fit(Chunk chunk, double[] decisions) {
        schema.require(chunk.schema());
        int rows = chunk.rows();
        if (rows == 0) {
            return;
        }
        Chunk current = chunk;
        int fitted = 0;
        try {
            while (fitted < steps.length && current.rows() > 0) {
                ChunkBuffer out = scratch.get(fitted, steps[fitted].outputSchema(), current.rows());
                steps[fitted].partialFitTransform(current, out);
                fitted++;
                current = out.chunk();
            }
            if (current.rows() > 0) {
                learn(learner, current, decisions);
            }
        } catch (AccreteException e) {
            undo(fitted);
            // The rows that a step does not hand on are the first ones.
            throw Part.named(e, fitted < steps.length ? names.get(fitted) : learner(), rows - current.rows());
        } catch (RuntimeException | Error e) {
            undo(fitted);
            throw e;
        }
        rowsSeen += rows;
        warmUpRows += rows - current.rows();
        learnClasses(chunk);
    }

    /**
     * Takes in what another pipeline learned from other rows, as {@link MergeableLearner} promises: part by part, what
     * a part learned behind steps that scale columns told in the columns that the merged steps make. A {@link #view()}
     * from before is no longer to be used, and a source that goes on must number labels as the merged pipeline does:
     * open it anew. O(state) in time and memory.
     *
     * <pre>{@code
     * List<Pipeline> shards = ...; // each trained on its part of the rows
     * Pipeline merged = shards.get(0);
     * for (Pipeline shard : shards.subList(1, shards.size())) {
     *     merged.merge(shard);
     * }
     * }</pre>
     *
     * @param other of the same parts, parameters and columns, not changed; stored versions are merged by
     *     {@link Versions#merge}
     * @throws AccreteException bad state: it is made of other parts or has other columns, a part cannot be merged, a
     *     step's rows changed in another way than by a scale; nothing is changed
     */
    public void merge(Pipeline other) {
        requireMergeable(other);
        if (other.rowsSeen == 0) {
            return;
        }
        Pipeline theirs = other.copy(blueprint);
        if (rowsSeen == 0) {
            become(theirs, theirs.classes);
            return;
        }
        Pipeline mine = copy(blueprint);
        PipelineMerge.merge(names, mine.steps, theirs.steps, learner(), mine.learner, theirs.learner);
        mine.rowsSeen += theirs.rowsSeen;
        mine.warmUpRows += theirs.warmUpRows;
        // Labels of rows that only warmed a step up follow those that the learner knows.
        Set<String> joined = new LinkedHashSet<>();
        if (mine.learner.view() instanceof Classifier classifier) {
            joined.addAll(classifier.classes());
        }
        joined.addAll(classes);
        joined.addAll(theirs.classes);
        become(mine, List.copyOf(joined));
    }

    private void requireMergeable(Pipeline other) {
        schema.require(other.schema);
        if (!learner().equals(other.learner()) || !names.equals(other.names)) {
            throw AccreteException.badState("both pipelines must be made of the same parts but one is " + describe()
                    + " and the other " + other.describe());
        }
        blueprint.requireSame(other.blueprint);
        for (int i = 0; i <= steps.length; i++) {
            if (!((i < steps.length ? steps[i] : learner) instanceof MergeableLearner)) {
                throw AccreteException.badState((i < steps.length ? names.get(i) : learner()) + " cannot be merged");
            }
        }
    }

    private String describe() {
        return String.join(", ", names) + (names.isEmpty() ? "" : ", ") + learner();
    }

    /** {@return a pipeline of its own that knows the same} */
    private Pipeline copy(Blueprint parts) {
        Pipeline copy = assemble(parts, schema, Optional.of(state()));
        copy.classes = classes;
        copy.rowsSeen = rowsSeen;
        copy.warmUpRows = warmUpRows;
        return copy;
    }

    private void become(Pipeline merged, List<String> labels) {
        steps = merged.steps;
        learner = merged.learner;
        rowsSeen = merged.rowsSeen;
        warmUpRows = merged.warmUpRows;
        classes = labels;
    }

    /** Gives the learner the rows that the steps handed on. */
    void learn(Learner last, Chunk rows, double[] decisions) {
        last.partialFit(rows);
    }

    /** {@return the labels of accepted rows, in class order} */
    public final List<String> known() {
        return classes;
    }

    /** {@return name of the first part that is not row-wise; only for a pipeline that is no {@link OnlineLearner}} */
    public final String blockPart() {
        for (int i = 0; i < steps.length; i++) {
            if (!(steps[i] instanceof RowWiseStep)) {
                return names.get(i);
            }
        }
        return learner();
    }

    private void undo(int fitted) {
        for (int i = fitted - 1; i >= 0; i--) {
            steps[i].undo();
        }
    }

    /**
     * Takes the labels that accepted rows have brought, in warm-up too, so that a resumed source gives them the same
     * index.
     */
    private void learnClasses(Chunk chunk) {
        List<String> theirs = chunk.classes();
        int size = classes.size();
        if (theirs.size() > size && chunk.hasTargets()) {
            for (int row = 0; row < chunk.rows(); row++) {
                double target = chunk.target(row);
                if (target >= size && target < theirs.size()) {
                    size = (int) target + 1;
                }
            }
            if (size > classes.size()) {
                // The very list, where it is the chunk's: the learner's next check then needs no look at the labels.
                classes = List.copyOf(size == theirs.size() ? theirs : theirs.subList(0, size));
            }
        }
    }

    @Override
    public final long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public long rowsWaiting() {
        return learner.rowsWaiting();
    }

    /** {@inheritDoc} It shares this pipeline's scratch memory; it can do what the learner's model can. */
    @Override
    public final Model view() {
        Transformer[] models = new Transformer[steps.length];
        for (int i = 0; i < steps.length; i++) {
            models[i] = steps[i].view();
        }
        return PipelineModel.of(schema, names, models, learner.view(), () -> scratch);
    }

    /** {@inheritDoc} It can do what the learner's model can. */
    @Override
    public final Model snapshot() {
        Transformer[] models = new Transformer[steps.length];
        for (int i = 0; i < steps.length; i++) {
            models[i] = steps[i].snapshot();
        }
        return PipelineModel.of(schema, names, models, learner.snapshot(), () -> new Scratch(models.length));
    }

    @Override
    public final State state() {
        State.Builder state = State.builder();
        for (Step step : steps) {
            state.all(step.state());
        }
        state.all(learner.state());
        List<String> params = new ArrayList<>();
        settings().forEach((key, value) -> params.add(key + "=" + value));
        return state.text("learner", learner())
                .list("steps", names)
                .list("params", params)
                .text("schema", schema.withClasses(classes).toText())
                .whole("pipeline.rows_seen", rowsSeen)
                .whole("pipeline.warm_up_rows", warmUpRows)
                .build();
    }

    private static AccreteException corrupt(String message) {
        return new AccreteException(AccreteException.Kind.CORRUPT_FILE, message);
    }
}
