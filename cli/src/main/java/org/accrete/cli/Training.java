package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.PlanInference;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.train.LabelDelay;
import org.accrete.core.train.RunListener;
import org.accrete.core.train.TrainingRun;
import org.accrete.core.train.Versions;
import org.accrete.kernels.DenseKernels;

/**
 * A training that is ready to run: all that can be checked before the first chunk is checked, the source is open and
 * the pipeline is made. Nothing is written yet.
 */
final class Training implements AutoCloseable {
    private static final String HOLDOUT = "run.holdout";

    private final TrainOptions options;
    private final PlugIns plugIns;
    private final ModelStore store;
    private final History history;
    private final Optional<StoredModel> origin;
    private final TrainingStart start;
    private final Map<String, String> chosenTexts;
    private final Map<String, String> gates;
    private final BadRows badRows;
    private final int chunkRows;
    private final Optional<Double> holdout;
    private final DriftOptions.Chosen drift;
    private final Optional<LabelDelay> delay;
    private final Map<String, String> challengerFacts;
    private final List<Pipeline> challengers;
    private Optional<LiveModel> live = Optional.empty();
    private Optional<RunListener> watcher = Optional.empty();
    private final ChunkSource source;
    private final Pipeline pipeline;
    private Optional<TrainingRun> run = Optional.empty();
    private volatile boolean ending;

    private Training(
            TrainOptions options,
            PlugIns plugIns,
            ModelStore store,
            History history,
            Optional<StoredModel> origin,
            Consumer<String> tell) {
        this.options = options;
        this.plugIns = plugIns;
        this.store = store;
        this.history = history;
        this.origin = origin;
        Optional<StoredModel> resumed = origin.filter(stored -> options.resume);
        this.chosenTexts = resumed.map(this::resumedRows).orElseGet(options.chosen::texts);
        ChosenRows chosen = ChosenRows.parse(chosenTexts);
        this.gates = options.gates.facts(resumed);
        SourceAddress address =
                SourceAddress.resolve(plugIns, options.source, options.threads).where(chosen.where());
        // Counts over all epochs and, when resumed, over all rows before.
        long droppedBefore =
                resumed.map(stored -> stored.count("run.rows_dropped")).orElse(0L);
        this.badRows = options.badRows
                .dropping(address, options.resume, tell)
                .after(
                        rowsBefore() - droppedBefore,
                        resumed.map(stored -> stored.count("run.rows_refused")).orElse(0L));
        int epochs = options.epochs(
                resumed.map(stored -> stored.wholeFact("run.epochs", 1)).orElse(1));
        this.chunkRows =
                options.chunkRows(resumed.map(stored -> stored.wholeFact("run.chunk_rows", StoredModel.CHUNK_ROWS))
                        .orElse(StoredModel.CHUNK_ROWS));
        options.rows();
        this.holdout = resumed.isPresent() ? resumedHoldout(resumed.get()) : options.holdout();
        this.drift = options.drift.chosen(plugIns, resumed, epochs);
        this.delay = options.delay.chosen(resumed);
        this.challengerFacts = options.challengers.facts(plugIns, resumed);
        ChallengerOptions.check(
                challengerFacts, options.progressive, !drift.watches().isEmpty(), delay.isPresent());
        requireUsefulStop(epochs);
        this.start = origin.isPresent()
                ? new StoredStart(options, plugIns, address, chosen, badRows, epochs, origin.get())
                : new NewModelStart(options, plugIns, address, chosen, badRows, epochs);
        if (options.follow && origin.isEmpty() && options.plan.file.isEmpty()) {
            tell.accept("the columns are inferred from the first " + Console.count(PlanInference.ROWS)
                    + " rows, and learning begins when these are there; with --plan FILE it begins at once");
        }
        this.source = start.open();
        boolean whole = false;
        try {
            this.pipeline = start.pipeline(source);
            DriftOptions.requireMemory(drift, source.schema());
            delay.ifPresent(some -> DelayOptions.requireMemory(some, source.schema()));
            this.challengers = ChallengerOptions.pipelines(plugIns, source.schema(), challengerFacts, resumed);
            TrainingRun.requireComparable(pipeline, challengers);
            if (options.progressive) {
                TrainingRun.requireProgressive(pipeline);
            }
            whole = true;
        } finally {
            if (!whole) {
                source.close();
            }
        }
    }

    /** {@return the part of the rows that the stored model holds out, which a run that continues it must too} */
    private Optional<Double> resumedHoldout(StoredModel stored) {
        Optional<Double> before =
                Optional.ofNullable(stored.state().texts().get(HOLDOUT)).map(Double::valueOf);
        if (options.holdout.isPresent() && !options.holdout().equals(before)) {
            throw AccreteException.badArgument("--holdout " + options.holdout.get() + " does not fit model "
                    + stored.version().reference() + ": "
                    + before.map(share -> "it holds out " + share + " of the rows")
                            .orElse("it holds out no rows")
                    + "; leave it out");
        }
        return before;
    }

    /** {@return which rows the stored model learns, which a run that continues it must too} */
    private Map<String, String> resumedRows(StoredModel stored) {
        Map<String, String> before = new LinkedHashMap<>();
        for (String name : ChosenRows.NAMES) {
            Optional.ofNullable(stored.state().texts().get("run." + name)).ifPresent(text -> before.put(name, text));
        }
        options.chosen.texts().forEach((name, text) -> {
            Map<String, String> with = new LinkedHashMap<>(before);
            with.put(name, text);
            if (!ChosenRows.parse(with).equals(ChosenRows.parse(before))) {
                throw AccreteException.badArgument("--" + name + " does not fit model "
                        + stored.version().reference() + ": it was trained "
                        + (before.containsKey(name)
                                ? "with --" + name + " " + before.get(name).replace("\n", " --" + name + " ")
                                : "without --" + name)
                        + "; leave it out");
            }
        });
        return before;
    }

    private void requireUsefulStop(int epochs) {
        if (epochs > 1 && GateOptions.judgesByWindow(gates)) {
            throw AccreteException.badArgument("the rows of later epochs were learned before, so they cannot judge a"
                    + " version; add --gate-source with rows that are not learned");
        }
        if (options.earlyStopping.isPresent() && (holdout.isEmpty() || epochs == 1)) {
            throw AccreteException.badArgument(
                    "--early-stopping compares epochs by rows held out; add --holdout 10% and --epochs N");
        }
    }

    /**
     * {@return the training}
     *
     * @param options what was asked for, checked
     * @param plugIns the plug-ins
     * @param store where versions are kept
     * @param tell receives a line for each of the first rows that are dropped during the run
     * @throws AccreteException whatever is wrong; nothing was written
     */
    static Training prepare(TrainOptions options, PlugIns plugIns, ModelStore store, Consumer<String> tell) {
        History history = options.replace
                ? new History(options.model, List.of(), new TreeMap<>(), List.of())
                : store.history(options.model);
        Optional<ModelVersion> origin = Optional.empty();
        if (options.from.isPresent()) {
            String reference = options.from.get();
            origin = Optional.of(Subcommand.resolve(store, reference));
            boolean another = options.newHead || !origin.get().model().equals(options.model);
            if (!history.versions().isEmpty() && another) {
                throw modelExists(store, history);
            }
        } else if (options.resume) {
            // From where somebody has gone back to, else from the newest one, whether it is live or was refused.
            origin = history.rollback().isPresent() ? history.live() : history.latest();
        } else if (!history.versions().isEmpty()) {
            throw modelExists(store, history);
        }
        return new Training(
                options, plugIns, store, history, origin.map(version -> load(options, store, history, version)), tell);
    }

    /** {@return a version; after a rollback that goes on from here, with the position of the newest one} */
    private static StoredModel load(TrainOptions options, ModelStore store, History history, ModelVersion version) {
        StoredModel stored = StoredModel.load(store, version);
        boolean fromHere = options.resume
                && history.rollback()
                        .flatMap(History.Move::reason)
                        .map(History.Reason::fromHere)
                        .orElse(false);
        ModelVersion newest = history.latest().orElse(version);
        if (!fromHere || newest.equals(version)) {
            return stored;
        }
        return StoredModel.of(version, Versions.fromHere(stored.state(), Subcommand.load(store, newest)));
    }

    /** {@return the failure that the model exists; the message lists what the user can do} */
    private static AccreteException modelExists(ModelStore store, History history) {
        String versions = Console.count(history.versions().size(), "version");
        return AccreteException.badState(
                "model '" + history.model() + "' exists with " + versions + " in " + store.name()
                        + "; add --resume to go on with it, --from " + history.model()
                        + "@live to train it on from there with fresh scores, --replace to remove it and train a new one,"
                        + " or choose another --model");
    }

    /** Removes the model that this one replaces, if there is one; to be called when all else was checked. */
    void removeReplaced(ModelStore store) {
        if (options.replace && store.models().contains(options.model)) {
            store.remove(options.model);
        }
    }

    /**
     * Refuses to go on if somebody else has appended a version since {@link #prepare}.
     *
     * @throws AccreteException bad state: there is another version
     */
    void requireUnchanged(ModelStore store) {
        History now = store.history(options.model);
        if (now.highestNumber() != history.highestNumber() || !now.latest().equals(history.latest())) {
            throw AccreteException.badState(
                    "model '" + options.model + "' got another version meanwhile; run the command again");
        }
    }

    /**
     * Shows the run to somebody else, too.
     *
     * @param model gets what it learns
     * @param listener hears of it
     */
    void show(LiveModel model, RunListener listener) {
        live = Optional.of(model);
        watcher = Optional.of(listener);
    }

    /** {@return a run that appends versions to the writer} */
    TrainingRun run(ModelWriter writer, TrainProgress progress) {
        TrainingRun made = built(writer, progress);
        run = Optional.of(made);
        return made;
    }

    private TrainingRun built(ModelWriter writer, TrainProgress progress) {
        TrainingRun.Builder run = TrainingRun.builder(pipeline, source)
                .chunkRows(chunkRows)
                .writer(writer)
                .badRows(badRows)
                .listener(watcher.map(progress::and).orElse(progress))
                .progressive(options.progressive)
                .drift(drift.watches(), drift.action())
                .challengers(challengers)
                .fact("source", options.source)
                .lineage("source", Address.shown(options.source))
                .lineage("kernel", DenseKernels.choice())
                .fact("source_plug_in", start.address.provider().name())
                .fact("epochs", Integer.toString(start.epochs))
                .fact("chunk_rows", Integer.toString(chunkRows));
        run.takeRollbacks(plugIns, store, history, this::again);
        origin.ifPresent(stored -> {
            run.parent(stored.version().reference());
            if (options.resume) {
                run.resume(stored.state());
            }
        });
        live.ifPresent(run::publishTo);
        chosenTexts.forEach(run::fact);
        challengerFacts.forEach(run::fact);
        holdout.ifPresent(share -> run.holdout(share).fact("holdout", Double.toString(share)));
        delay.ifPresent(some -> DelayOptions.set(run, some));
        options.earlyStopping().ifPresent(run::earlyStopping);
        options.rows().ifPresent(most -> run.rows(Math.max(0, most - rowsBefore())));
        options.checkpoints().ifPresent(run::checkpointEvery);
        GateOptions.set(gates, run, plugIns, options.threads, store, history);
        return run.build();
    }

    private Optional<ChunkSource> again(ModelVersion version, State state) {
        return start.canBeReadAgain()
                ? Optional.of(new StoredStart(
                                options,
                                plugIns,
                                start.address,
                                start.chosen,
                                badRows,
                                start.epochs,
                                StoredModel.of(version, state))
                        .opened(true))
                : Optional.empty();
    }

    /** {@return rows that a rollback took back before this run, which goes on after them} */
    long rowsRolledBack() {
        return origin.filter(stored -> options.resume)
                .map(stored -> stored.count("run.rows_rolled_back"))
                .orElse(0L);
    }

    /** {@return how many rows of this source were used before; 0 unless it is resumed} */
    long rowsBefore() {
        return origin.filter(stored -> options.resume)
                .map(StoredModel::rowsLearned)
                .orElse(0L);
    }

    /** {@return the version that this starts from} */
    Optional<ModelVersion> origin() {
        return origin.map(StoredModel::version);
    }

    /** {@return whether labels come later than their rows} */
    boolean isDelayed() {
        return delay.isPresent();
    }

    /** {@return the pipeline that answers, which the run may have changed} */
    Pipeline pipeline() {
        return run.map(TrainingRun::champion).orElse(pipeline);
    }

    /** {@return lines for the user, to be shown when the run starts: choices and warnings} */
    List<String> notes() {
        List<String> all = new ArrayList<>(start.notes());
        start.warnings().forEach(warning -> all.add("warning: " + warning));
        return all;
    }

    List<String> warnings() {
        return start.warnings();
    }

    /** To be called when the JVM is ending. */
    void ending() {
        ending = true;
    }

    /** Closes the source, unless the JVM is ending: its reader may wait for rows forever, and closing waits for it. */
    @Override
    public void close() {
        if (!ending) {
            source.close();
        }
    }
}
