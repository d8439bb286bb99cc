package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.train.TrainingRun;

/**
 * What {@code train} is about to do, with everything checked that can be before the first chunk: the source is open and
 * the pipeline made, nothing is written. One of three: a new model, one that is resumed, one that begins from a
 * version.
 */
final class Training implements AutoCloseable {
    private final TrainOptions options;
    private final History history;
    private final Optional<StoredModel> origin;
    private final TrainingStart start;
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
        this.history = history;
        this.origin = origin;
        SourceAddress address = SourceAddress.resolve(plugIns, options.source);
        Optional<StoredModel> resumed = origin.filter(stored -> options.resume);
        // One for all epochs: a resumed run counts on from all rows before.
        BadRows badRows = options.badRows(tell)
                .after(
                        rowsBefore(),
                        resumed.map(stored -> stored.state().whole("run.rows_refused"))
                                .orElse(0L));
        int epochs = options.epochs(
                resumed.map(stored -> stored.wholeFact("run.epochs", 1)).orElse(1));
        this.chunkRows =
                options.chunkRows(resumed.map(stored -> stored.wholeFact("run.chunk_rows", StoredModel.CHUNK_ROWS))
                        .orElse(StoredModel.CHUNK_ROWS));
        options.rows();
        this.start = origin.isPresent()
                ? new StoredStart(options, plugIns, address, badRows, epochs, origin.get())
                : new NewModelStart(options, plugIns, address, badRows, epochs);
        this.source = start.open();
        boolean whole = false;
        try {
            this.pipeline = start.pipeline(source);
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
                .fact("source_plug_in", start.address.provider().name())
                .fact("epochs", Integer.toString(start.epochs))
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
                .map(StoredModel::rowsLearned)
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
        List<String> all = new ArrayList<>(start.notes());
        start.warnings().forEach(warning -> all.add("warning: " + warning));
        return all;
    }

    List<String> warnings() {
        return start.warnings();
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
}
