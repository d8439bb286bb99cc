package org.accrete.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.State;

/**
 * Steps, then a learner; itself a learner. When any of them refuses a chunk, what the steps before it did is undone in
 * reverse: all of them move together or not at all.
 *
 * <p>A step that is not ready hands fewer rows on; those that trained steps only are counted as {@link #warmUpRows()}.
 *
 * <p>The state holds all that the parts store and, besides, the texts {@code learner}, {@code steps}, {@code params} (a
 * list of {@code key=value}, every value) and {@code schema} (with the classes known by now), and the whole numbers {@code
 * pipeline.rows_seen} and {@code pipeline.warm_up_rows}.
 */
public final class Pipeline implements Learner {
    private final Blueprint blueprint;
    private final Schema schema;
    private final List<String> names;
    private final Step[] steps;
    private final Learner learner;
    private final Scratch scratch;
    private List<String> classes;
    private long rowsSeen;
    private long warmUpRows;

    private Pipeline(Blueprint blueprint, Schema schema, Step[] steps, Learner learner) {
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
     * @throws AccreteException unknown plug-in; bad argument: settings outside their domains, a learner that does not learn
     *     this kind of target, parts that do not go together
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
     * {@return a pipeline that goes on from a state}
     *
     * @param plugIns where its parts are found
     * @param state what {@link #state()} gave; it may hold more
     * @throws AccreteException unknown plug-in; corrupt file: something is missing or has another shape
     */
    public static Pipeline restore(PlugIns plugIns, State state) {
        return restore(plugIns, state, Map.of());
    }

    /**
     * {@return a pipeline that goes on from a state with other values of tunable parameters}
     *
     * @param plugIns where its parts are found
     * @param state what {@link #state()} gave; it may hold more
     * @param changes keys as in {@link PipelineSpec#settings}
     * @throws AccreteException unknown plug-in; bad argument: a parameter that is not tunable, the message names those that
     *     are; corrupt file: something is missing or has another shape
     */
    public static Pipeline restore(PlugIns plugIns, State state, Map<String, String> changes) {
        Schema schema = Schema.parse(state.text("schema"));
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : state.list("params")) {
            int equals = pair.indexOf('=');
            if (equals < 0) {
                throw corrupt("a stored parameter must be key=value but was '" + pair + "'");
            }
            settings.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        PipelineSpec spec = new PipelineSpec(state.text("learner"), state.list("steps"), settings);
        Blueprint stored = Blueprint.of(plugIns, spec);
        changes.forEach((key, value) -> settings.put(ParamSpec.word(key), value));
        Blueprint changed = Blueprint.of(plugIns, new PipelineSpec(spec.learner(), spec.steps(), settings));
        changed.requireTunable(stored);
        Pipeline pipeline = assemble(changed, schema, Optional.of(state));
        pipeline.rowsSeen = state.whole("pipeline.rows_seen");
        pipeline.warmUpRows = state.whole("pipeline.warm_up_rows");
        if (pipeline.warmUpRows < 0 || pipeline.rowsSeen < pipeline.warmUpRows) {
            throw corrupt("rows seen must be >= warm-up rows >= 0 but were " + pipeline.rowsSeen + " and "
                    + pipeline.warmUpRows);
        }
        return pipeline;
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
        Learner learner = part.named(() -> state.isPresent()
                ? part.provider().restore(in, part.params(), state.get())
                : part.provider().create(in, part.params()));
        return new Pipeline(blueprint, schema, steps, learner);
    }

    /** {@return name of the learner} */
    public String learner() {
        return blueprint.learner().name();
    }

    /** {@return names of the steps before it, in order} */
    public List<String> steps() {
        return names;
    }

    /** {@return the value of every parameter, defaults included; keys as in {@link PipelineSpec#settings}} */
    public Map<String, String> settings() {
        return blueprint.settings();
    }

    /** {@return how many of the rows seen trained only steps, because one of them was not ready} */
    public long warmUpRows() {
        return warmUpRows;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public void partialFit(Chunk chunk) {
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
                learner.partialFit(current);
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

    private void undo(int fitted) {
        for (int i = fitted - 1; i >= 0; i--) {
            steps[i].undo();
        }
    }

    /** Takes the labels that accepted rows have brought, in warm-up too, so that a resumed source gives them the same index. */
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
                classes = List.copyOf(theirs.subList(0, size));
            }
        }
    }

    @Override
    public long rowsSeen() {
        return rowsSeen;
    }

    /** {@inheritDoc} It shares this pipeline's scratch memory; it can do what the learner's model can. */
    @Override
    public Model view() {
        Transformer[] models = new Transformer[steps.length];
        for (int i = 0; i < steps.length; i++) {
            models[i] = steps[i].view();
        }
        return PipelineModel.of(schema, names, models, learner.view(), () -> scratch);
    }

    /** {@inheritDoc} It can do what the learner's model can. */
    @Override
    public Model snapshot() {
        Transformer[] models = new Transformer[steps.length];
        for (int i = 0; i < steps.length; i++) {
            models[i] = steps[i].snapshot();
        }
        return PipelineModel.of(schema, names, models, learner.snapshot(), () -> new Scratch(models.length));
    }

    @Override
    public State state() {
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
