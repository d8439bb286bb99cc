package org.accrete.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.pipeline.WarmStart;
import org.accrete.core.plugin.PlugIns;

/**
 * Collects the parts of a {@link Trainer}. One of four calls ends it: {@link #build()} keeps nothing, {@link #into}
 * makes a new model in a store, {@link #resume} goes on with a stored one, and {@link #from} before any of the first
 * two begins with what a version knows.
 *
 * @param <T> the kind of trainer
 */
public final class TrainerBuilder<T extends Trainer<?>> {
    private final String learner;
    private final Target.Kind kind;
    private final Function<TrainerBuilder<?>, T> make;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Column> columns = new ArrayList<>();
    private Optional<List<String>> steps = Optional.empty();
    private List<String> features = List.of();
    private List<String> classes = List.of();
    private Optional<String> target = Optional.empty();
    private Optional<PlugIns> plugIns = Optional.empty();
    private boolean scored;

    private Optional<ModelWriter> writer = Optional.empty();
    private Optional<StoredIn> storedIn = Optional.empty();
    private Optional<State> state = Optional.empty();
    private Optional<String> parent = Optional.empty();
    private boolean resumes;

    /** A model in a store. */
    record StoredIn(ModelStore store, String model) {}

    TrainerBuilder(String learner, Target.Kind kind, Function<TrainerBuilder<?>, T> make) {
        this.learner = learner;
        this.kind = kind;
        this.make = make;
    }

    /**
     * Sets a parameter, as {@code train --set} does.
     *
     * @param name the learner's parameter, {@code step.parameter}, or {@code target.transform}; kebab-case, underscores
     *     are accepted
     * @param value its value; anything whose text is one
     * @return this
     */
    public TrainerBuilder<T> set(String name, Object value) {
        settings.put(ParamSpec.word(name), String.valueOf(value));
        return this;
    }

    /**
     * Sets the steps before the learner. Left out, they are those that the learner's provider says it is best used
     * behind; without a name there are none.
     *
     * @param names plug-in names, in order
     * @return this
     */
    public TrainerBuilder<T> steps(String... names) {
        steps = Optional.of(List.of(names));
        return this;
    }

    /**
     * Names the columns of arrays, in order; {@code x0}, {@code x1}, … by default.
     *
     * @param names one per feature
     * @return this
     */
    public TrainerBuilder<T> features(String... names) {
        features = List.of(names);
        return this;
    }

    /**
     * Declares the classes and their order. Left out, the labels of the first call are sorted, and later ones are
     * appended as they come up.
     *
     * @param labels in class order
     * @return this
     */
    public TrainerBuilder<T> classes(String... labels) {
        classes = List.of(labels);
        return this;
    }

    /**
     * Names the column of records that is to be predicted; of arrays, {@code y} by default.
     *
     * @param name name of the column
     * @return this
     */
    public TrainerBuilder<T> target(String name) {
        target = Optional.of(name);
        return this;
    }

    /**
     * Declares columns of records, as {@code train --column} does; the others are inferred from the first records.
     *
     * @param declared each {@code NAME=KIND} or {@code NAME=KIND(key=value,…)}, see {@link Column}
     * @return this
     * @throws AccreteException bad argument: not such a text
     */
    public TrainerBuilder<T> columns(String... declared) {
        for (String text : declared) {
            columns.add(Column.parse(text));
        }
        return this;
    }

    /**
     * Scores every chunk by the model from before it, before it is learned: see {@link Trainer#scores}. It about
     * doubles the cost of a linear learner.
     *
     * @return this
     */
    public TrainerBuilder<T> scored() {
        scored = true;
        return this;
    }

    /**
     * Sets where plug-ins are found; beside this class by default.
     *
     * @param found the plug-ins
     * @return this
     */
    public TrainerBuilder<T> plugIns(PlugIns found) {
        plugIns = Optional.of(found);
        return this;
    }

    /**
     * Begins with what a version knows: its weights, steps, column plan and classes. Parameters set here must be
     * tunable ones; scores begin anew.
     *
     * @param store where the version is read from; not closed
     * @param reference {@code flights}, {@code flights@3} or {@code flights@live}; without a version {@code live}
     * @return this
     * @throws AccreteException bad argument: no such model or version
     */
    public TrainerBuilder<T> from(ModelStore store, String reference) {
        ModelVersion version = ModelReference.parse(reference).resolve(store);
        state = Optional.of(store.load(version));
        parent = Optional.of(version.reference());
        return this;
    }

    /**
     * {@return a trainer that keeps nothing; {@link Trainer#save} is refused}
     *
     * @throws AccreteException unknown plug-in; bad argument: settings outside their domains, a learner that does not
     *     learn this kind of target, parts that do not go together
     */
    public T build() {
        return make.apply(this);
    }

    /**
     * {@return a trainer whose versions are appended to a new model} It holds the model's lock until it is closed.
     *
     * @param store where to; not closed
     * @param model name of the model
     * @throws AccreteException as {@link #build}; bad state: the model exists, or somebody else trains it
     */
    public T into(ModelStore store, String model) {
        if (!store.history(model).versions().isEmpty() && state.isEmpty()) {
            throw AccreteException.badState("model '" + model + "' exists already in " + store.name()
                    + "; go on with it by resume(store, \"" + model + "\"), begin with what it knows by from(store, \""
                    + model + "\"), or choose another name");
        }
        return open(store, model);
    }

    /**
     * {@return a trainer that goes on with a model, or makes a new one when there is none yet} It continues the version
     * that {@code live} points at, with its parameters; those set here must be equal to them.
     *
     * @param store where to; not closed
     * @param model name of the model
     * @throws AccreteException as {@link #build}; bad state: somebody else trains it; bad argument: another learner,
     *     other steps or other parameters than the stored ones
     */
    public T resume(ModelStore store, String model) {
        Optional<ModelVersion> version = store.history(model).live();
        if (version.isPresent()) {
            state = version.map(store::load);
            parent = version.map(ModelVersion::reference);
            resumes = true;
        }
        return open(store, model);
    }

    private T open(ModelStore store, String model) {
        ModelWriter opened = store.writer(model);
        writer = Optional.of(opened);
        storedIn = Optional.of(new StoredIn(store, model));
        boolean made = false;
        try {
            T trainer = make.apply(this);
            made = true;
            return trainer;
        } finally {
            if (!made) {
                opened.close();
            }
        }
    }

    /** {@return the pipeline to go on with, if there is one; else the spec is checked as far as it can be} */
    Optional<Pipeline> begun() {
        if (state.isEmpty()) {
            // What is wrong with the parts is told now, not by the first chunk; how much memory they take is not asked.
            spec().memoryBytes(plugIns(), Schema.numeric(1, target()));
            return Optional.empty();
        }
        State stored = state.get();
        requireSame("learner", stored.text("learner"), learner);
        steps.ifPresent(given -> requireSame("steps", stored.list("steps").toString(), given.toString()));
        if (!resumes) {
            return Optional.of(WarmStart.fromState(plugIns(), stored, settings));
        }
        Pipeline pipeline = Pipeline.restore(plugIns(), stored);
        Map<String, String> asked = Pipeline.create(
                        plugIns(), pipeline.schema(), new PipelineSpec(learner, stored.list("steps"), settings))
                .settings();
        for (String name : settings.keySet()) {
            String value = pipeline.settings().getOrDefault(name, "");
            if (!value.equals(asked.get(name))) {
                throw AccreteException.badArgument("the stored version has " + name + "=" + value + " but "
                        + asked.get(name) + " is set; to change it begin with from(...) instead of resume(...)");
            }
        }
        return Optional.of(pipeline);
    }

    private static void requireSame(String what, String stored, String asked) {
        if (!stored.equals(asked)) {
            throw AccreteException.badArgument(
                    "the stored version has " + what + " " + stored + " but " + asked + " was asked for");
        }
    }

    PipelineSpec spec() {
        List<String> chosen =
                steps.orElseGet(() -> plugIns().learner(learner, settings).likedSteps());
        return new PipelineSpec(learner, chosen, settings);
    }

    /** {@return what is predicted, with the declared classes} */
    Target target() {
        return switch (kind) {
            case NONE -> Target.none();
            case NUMERIC -> Target.numeric(target.orElse("y"));
            case CATEGORICAL -> Target.categorical(target.orElse("y"), classes);
        };
    }

    PlugIns plugIns() {
        if (plugIns.isEmpty()) {
            plugIns = Optional.of(PlugIns.load());
        }
        return plugIns.get();
    }

    List<Column> columns() {
        return columns;
    }

    List<String> features() {
        return features;
    }

    Optional<String> targetColumn() {
        return target;
    }

    Target.Kind kind() {
        return kind;
    }

    boolean isScored() {
        return scored;
    }

    /** {@return where versions are appended, if anywhere} */
    Optional<StoredIn> storedIn() {
        return storedIn;
    }

    Optional<ModelWriter> writer() {
        return writer;
    }

    /** {@return the state of the version to go on with; empty for a new model} */
    Optional<State> state() {
        return state;
    }

    boolean resumes() {
        return resumes;
    }

    Optional<String> parent() {
        return parent;
    }
}
