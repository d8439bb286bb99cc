package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.pipeline.WarmStart;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.source.Peeked;
import org.accrete.core.source.Sources;
import org.accrete.core.train.TrainingRun;

/**
 * What {@code train} is about to do, with everything checked that can be before the first chunk: the source is open and
 * the pipeline made, nothing is written. One of three: a new model, one that is resumed, one that begins from a
 * version.
 */
final class Training implements AutoCloseable {
    /** Rows on which the plan was inferred and leaks are looked for. */
    private static final int SAMPLE_ROWS = 1_000;

    private final TrainOptions options;
    private final PlugIns plugIns;
    private final History history;
    private final Optional<StoredModel> origin;
    private final SourceAddress address;
    private final BadRows badRows;
    private final List<String> notes = new ArrayList<>();
    private final List<String> warnings = new ArrayList<>();
    private final int epochs;
    private final int chunkRows;
    private final ChunkSource source;
    private final Pipeline pipeline;
    private volatile boolean ending;

    private Training(
            TrainOptions options,
            PlugIns plugIns,
            History history,
            Optional<StoredModel> origin,
            Consumer<String> tell) {
        this.options = options;
        this.plugIns = plugIns;
        this.history = history;
        this.origin = origin;
        this.address = SourceAddress.resolve(plugIns, options.source);
        Optional<StoredModel> resumed = origin.filter(stored -> options.resume);
        // One for all epochs: a resumed run counts on from all rows before.
        this.badRows = options.badRows(tell)
                .after(
                        rowsBefore(),
                        resumed.map(stored -> stored.state().whole("run.rows_refused"))
                                .orElse(0L));
        this.epochs = options.epochs(stored(resumed, "run.epochs", 1));
        this.chunkRows = options.chunkRows(stored(resumed, "run.chunk_rows", StoredModel.CHUNK_ROWS));
        options.rows();
        if (epochs > 1 && address.isStandardInput()) {
            throw AccreteException.badArgument("--epochs needs a source that can be read again, which '"
                    + options.source + "' cannot; write it to a file first");
        }
        this.source = origin.map(this::openAgain).orElseGet(() -> Sources.peek(openNew(), SAMPLE_ROWS));
        boolean whole = false;
        try {
            this.pipeline = origin.map(this::restore).orElseGet(this::create);
            if (options.progressive) {
                TrainingRun.requireProgressive(pipeline);
            }
            warnings.addAll(source.warnings());
            if (origin.isEmpty()) {
                warnings.addAll(leaks());
            }
            origin().ifPresent(version -> notes.add(
                    options.resume
                            ? "going on with " + version.reference() + " after " + Console.count(rowsBefore(), "row")
                            : "beginning from " + version.reference()));
            whole = true;
        } finally {
            if (!whole) {
                source.close();
            }
        }
    }

    /**
     * {@return what the command is about to do}
     *
     * @param options what was asked for, checked
     * @param plugIns the plug-ins
     * @param store where versions are kept
     * @param tell is given a line about each of the first rows that are dropped, while the run goes
     * @throws AccreteException whatever is wrong with it; nothing was written then
     */
    static Training prepare(TrainOptions options, PlugIns plugIns, ModelStore store, Consumer<String> tell) {
        History history = store.history(options.model);
        Optional<ModelVersion> origin = Optional.empty();
        if (options.from.isPresent()) {
            String reference = options.from.get();
            origin = Optional.of(Subcommand.resolve(store, reference));
            boolean another = options.newHead || !origin.get().model().equals(options.model);
            if (!history.versions().isEmpty() && another) {
                throw taken(store, history);
            }
        } else if (options.resume) {
            origin = history.live();
        } else if (!history.versions().isEmpty()) {
            throw taken(store, history);
        }
        return new Training(options, plugIns, history, origin.map(version -> StoredModel.load(store, version)), tell);
    }

    /** {@return that a model is there already, and the ways on} */
    private static AccreteException taken(ModelStore store, History history) {
        String versions = Console.count(history.versions().size(), "version");
        return AccreteException.badState(
                "model '" + history.model() + "' exists with " + versions + " in " + store.name()
                        + "; add --resume to go on with it, --from " + history.model()
                        + "@live to train it on from there with fresh scores, or choose another --model");
    }

    /** Refuses to go on when somebody else appended a version since the model was looked at. */
    void requireUnchanged(ModelStore store) {
        if (!store.history(options.model).versions().equals(history.versions())) {
            throw AccreteException.badState("model '" + options.model + "' got another version just now; run it again");
        }
    }

    /** {@return the run, which appends versions to the writer} */
    TrainingRun run(ModelWriter writer, TrainProgress progress) {
        TrainingRun.Builder run = TrainingRun.builder(pipeline, source)
                .chunkRows(chunkRows)
                .writer(writer)
                .listener(progress)
                .progressive(options.progressive)
                .fact("source", options.source)
                .fact("source_plug_in", address.provider().name())
                .fact("epochs", Integer.toString(epochs))
                .fact("chunk_rows", Integer.toString(chunkRows));
        origin.ifPresent(stored -> {
            run.parent(stored.version().reference());
            if (options.resume) {
                run.resume(stored.state());
            }
        });
        options.rows().ifPresent(most -> run.rows(Math.max(0, most - rowsBefore())));
        options.checkpoints().ifPresent(run::checkpointEvery);
        return run.build();
    }

    /** {@return how many rows of this source were learned before} */
    long rowsBefore() {
        return origin.filter(stored -> options.resume)
                .map(stored -> stored.state().whole("run.rows"))
                .orElse(0L);
    }

    /** {@return the version that this begins from} */
    Optional<ModelVersion> origin() {
        return origin.map(StoredModel::version);
    }

    Pipeline pipeline() {
        return pipeline;
    }

    /** {@return what a person should be told once nothing speaks against the run: choices made, warnings} */
    List<String> notes() {
        List<String> all = new ArrayList<>(notes);
        warnings.forEach(warning -> all.add("warning: " + warning));
        return all;
    }

    List<String> warnings() {
        return warnings;
    }

    /** Tells that the JVM is ending. */
    void ending() {
        ending = true;
    }

    /** When the JVM is ending, its reader may wait for rows that never come, and closing would wait for the reader. */
    @Override
    public void close() {
        if (!ending) {
            source.close();
        }
    }

    // ---- a new model

    private ChunkSource openNew() {
        // A learner or a step that is not there is told before any data is looked at.
        options.learner.ifPresent(plugIns.learners()::find);
        options.steps().ifPresent(names -> names.forEach(plugIns.learners()::find));
        SourceRequest request = new SourceRequest(
                address.location(), options.target, options.columns(), Optional.empty(), true, badRows);
        ChunkSource first = address.open(request);
        Optional<ColumnPlan> plan = first.plan();
        return repeated(
                first,
                () -> address.open(
                        plan.map(known -> request.withPlan(known, true)).orElse(request)));
    }

    private ChunkSource repeated(ChunkSource first, Supplier<ChunkSource> again) {
        if (epochs == 1) {
            return first;
        }
        List<ChunkSource> opened = new ArrayList<>(List.of(first));
        return Sources.repeat(() -> opened.isEmpty() ? again.get() : opened.remove(0), epochs);
    }

    private Pipeline create() {
        Schema schema = source.schema();
        LearnerProvider learner = plugIns.learners().find(options.learner.orElseGet(() -> byTarget(schema.target())));
        List<String> steps = options.steps().orElse(learner.likedSteps());
        PipelineSpec spec = new PipelineSpec(learner.name(), steps, options.settings());
        if (options.learner.isEmpty()) {
            notes.add("target '" + schema.target().name() + "' is " + words(schema.target()) + ": learning with "
                    + learner.name() + (steps.isEmpty() ? "" : " behind " + String.join(", ", steps))
                    + "; --learner chooses another");
        }
        Memory.require(spec.memoryBytes(plugIns, schema), "the model");
        Pipeline made = options.begin()
                .map(weights -> WarmStart.fromWeights(plugIns, schema, spec, weights))
                .orElseGet(() -> Pipeline.create(plugIns, schema, spec));
        requireUse(made, schema.target());
        return made;
    }

    /** Tells that a step in the place of the learner predicts nothing; refuses it where it has no other use either. */
    private void requireUse(Pipeline made, Target target) {
        if (target.kind() == Target.Kind.NONE || !(made.view() instanceof Transformer transformer)) {
            return;
        }
        List<String> steps = new ArrayList<>(made.steps());
        steps.add(made.learner());
        String useless = made.learner() + " transforms rows and does not predict '" + target.name()
                + "'; to predict it behind this step, leave out --learner and give --steps " + String.join(",", steps);
        if (!Answers.canWrite(transformer)) {
            throw AccreteException.badArgument(useless);
        }
        warnings.add(useless);
    }

    private String byTarget(Target target) {
        return switch (target.kind()) {
            case CATEGORICAL -> "sgd-classifier";
            case NUMERIC -> "sgd-regressor";
            case NONE ->
                throw AccreteException.badArgument(
                        "no target: name the column to be predicted with --target COL; columns: " + columnNames());
        };
    }

    /** {@return names of the raw columns, for messages} */
    private String columnNames() {
        return source.plan().map(ColumnPlan::columns).orElse(List.of()).stream()
                .map(Column::name)
                .reduce((one, other) -> one + ", " + other)
                .orElse("none");
    }

    private static String words(Target target) {
        if (target.kind() == Target.Kind.NUMERIC) {
            return "a number";
        }
        List<String> classes = target.classes();
        return (classes.size() == 1 ? "of one class so far (" : "one of " + classes.size() + " classes (")
                + String.join(", ", classes.subList(0, Math.min(5, classes.size())))
                + (classes.size() > 5 ? ", ..." : "") + ")";
    }

    private List<String> leaks() {
        return source instanceof Peeked peeked && source.schema().target().kind() == Target.Kind.CATEGORICAL
                ? LeakCheck.warnings(peeked.sample(), source.plan().orElse(new ColumnPlan(List.of())))
                : List.of();
    }

    // ---- a model that goes on

    private ChunkSource openAgain(StoredModel stored) {
        if (options.newHead) {
            return openForNewHead(stored);
        }
        stored.plan().ifPresent(this::requireSameColumns);
        options.target.ifPresent(name -> {
            if (!name.equals(stored.schema().target().name())) {
                throw different(
                        "--target " + name,
                        stored,
                        "its target is '" + stored.schema().target().name() + "'");
            }
        });
        if (options.resume) {
            requireSameSource(stored);
        }
        Supplier<ChunkSource> open = () -> stored.open(address, true, badRows);
        return repeated(open.get(), open);
    }

    /** The stored columns, but for the target, which is looked at anew: it may be another, or have other classes. */
    private ChunkSource openForNewHead(StoredModel stored) {
        String name = options.target.orElse(stored.schema().target().name());
        List<Column> features = stored.plan().map(ColumnPlan::columns).orElse(List.of()).stream()
                .filter(column ->
                        !(column instanceof Column.Label) && !column.name().equals(name))
                .toList();
        List<Column> given = new ArrayList<>(features);
        options.columns().stream().filter(column -> column.name().equals(name)).forEach(given::add);
        SourceRequest request =
                new SourceRequest(address.location(), Optional.of(name), given, Optional.empty(), true, badRows);
        ChunkSource first = address.open(request);
        Optional<ColumnPlan> inferred = first.plan();
        if (stored.plan().isEmpty() || inferred.isEmpty()) {
            return repeated(first, () -> address.open(request));
        }
        first.close();
        List<Column> columns = new ArrayList<>(features);
        inferred.get().label().ifPresent(columns::add);
        SourceRequest again = request.withPlan(new ColumnPlan(columns), true);
        Supplier<ChunkSource> open = () -> address.open(again);
        return repeated(open.get(), open);
    }

    private void requireSameColumns(ColumnPlan plan) {
        for (Column given : options.columns()) {
            boolean same = plan.columns().stream()
                    .anyMatch(column -> column.name().equals(given.name())
                            && (column.kind().equals(given.kind())
                                    || column.kind().startsWith(given.kind() + "(")
                                    || isTarget(column, given)));
            if (!same) {
                throw different(
                        "--column " + given.toText(),
                        origin.orElseThrow(),
                        "its columns are "
                                + String.join(
                                        ", ",
                                        plan.columns().stream()
                                                .map(Column::toText)
                                                .toList()));
            }
        }
    }

    private static boolean isTarget(Column column, Column given) {
        return column instanceof Column.Label label
                && given.kind().equals(Descriptions.word(label.target().kind()));
    }

    /** Places may have moved: that the rows before the position are the same is for the source to see. */
    private void requireSameSource(StoredModel stored) {
        String name = address.provider().name();
        String before = stored.state().texts().getOrDefault("run.source_plug_in", name);
        if (!before.equals(name)) {
            throw different(
                    "SOURCE " + options.source,
                    stored,
                    "its source is read by '" + before + "', not by '" + name + "'");
        }
        // Positions of one epoch and of several are not alike.
        int epochsBefore = stored(Optional.of(stored), "run.epochs", 1);
        if ((epochs > 1) != (epochsBefore > 1)) {
            throw different("--epochs " + epochs, stored, "it was trained with --epochs " + epochsBefore);
        }
    }

    private Pipeline restore(StoredModel stored) {
        Map<String, String> settings = options.settings();
        if (options.newHead) {
            String learner = options.learner
                    .map(name -> plugIns.learners().find(name).name())
                    .orElse(stored.state().text("learner"));
            return WarmStart.withNewHead(plugIns, stored.state(), source.schema(), learner, settings);
        }
        Pipeline restored = Pipeline.restore(plugIns, stored.state());
        options.learner.ifPresent(name -> {
            if (!plugIns.learners().find(name).name().equals(restored.learner())) {
                throw different("--learner " + name, stored, "its learner is " + restored.learner());
            }
        });
        options.steps().ifPresent(steps -> {
            if (!steps.equals(restored.steps())) {
                String theirs = restored.steps().isEmpty() ? "none" : String.join(",", restored.steps());
                throw different("--steps " + options.steps.orElse(""), stored, "its steps are " + theirs);
            }
        });
        if (options.resume && settings.isEmpty()) {
            return restored;
        }
        Pipeline changed = WarmStart.fromState(plugIns, stored.state(), settings);
        if (!options.resume) {
            return changed;
        }
        if (!changed.settings().equals(restored.settings())) {
            List<String> differences = new ArrayList<>();
            changed.settings().forEach((key, value) -> {
                String theirs = restored.settings().getOrDefault(key, "");
                if (!value.equals(theirs)) {
                    differences.add(key + "=" + theirs);
                }
            });
            throw different("--set", stored, "it has " + String.join(", ", differences));
        }
        return restored;
    }

    private AccreteException different(String given, StoredModel stored, String fact) {
        String reference = stored.version().reference();
        return AccreteException.badArgument(given + " does not fit model " + reference + ": " + fact + "; "
                + (options.resume
                        ? "--resume goes on with the same source and parameters, so leave it out, or begin from "
                                + reference + " with --from"
                        : "--from can change tunable parameters only, so leave it out, or train a new model"));
    }

    private static int stored(Optional<StoredModel> stored, String fact, int otherwise) {
        try {
            return stored.map(one -> one.state().texts().get(fact))
                    .map(Integer::valueOf)
                    .orElse(otherwise);
        } catch (NumberFormatException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE, "a stored '" + fact + "' must be a whole number", e);
        }
    }
}
