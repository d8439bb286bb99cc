package org.accrete.core.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.learn.Classifier;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.source.Prefetch;

/**
 * Trains a pipeline on a source, once: scores each chunk with the model from before it, learns it, now and then appends
 * a version that holds everything needed to go on after exactly those rows.
 *
 * <ul>
 *   <li>Scores, rows and position move together with the pipeline: a chunk that is refused changes none of them. The
 *       exception then says which rows, nothing more is appended, and earlier versions stay as they are. So it is with
 *       a row that the source cannot use.
 *   <li>A version is appended when the {@linkplain Builder#checkpointEvery interval} has passed and at the end, also
 *       when the source fails by anything but bad data, each time only if rows were learned since the last. When that
 *       happens never changes what is learned.
 *   <li>Source, writer and pipeline belong to the caller, who closes the first two after {@link #run()}.
 * </ul>
 *
 * <p>A version's state is the pipeline's, the column {@code plan} with the classes known, {@code run.position},
 * {@code run.rows}, {@code run.rows_refused}, the {@linkplain Scores#writeTo scores} and the {@linkplain Builder#fact
 * facts}.
 */
public final class TrainingRun {
    private static final double NANOS = 1e9;

    private final Pipeline pipeline;
    private final ChunkSource source;
    private final int chunkRows;
    private final long mostRows;
    private final Optional<ModelWriter> writer;
    private final CheckpointInterval interval;
    private final RunListener listener;
    private final Map<String, String> facts;
    private final Optional<State> resumed;
    private final Optional<LiveModel> live;
    private final LongSupplier nanoTime;
    private final Optional<Prefetch> prefetch;
    private final Optional<Scores> scores;
    private final Optional<Progressive> progressive;
    private final Supplier<ScoreReport> report;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean stop;

    private Optional<String> parent;
    private Optional<ModelVersion> version = Optional.empty();
    private Position position = Position.start();
    private List<String> classes = List.of();
    private long rowsBefore;
    private long refusedBefore;
    private long rows;
    private long refused;
    private long rowsOfVersion;
    private long chunksSinceVersion;
    private long rowsOfPublished = -1;
    private long started;
    private long versionTime;
    private long publishTime;

    private TrainingRun(Builder builder) {
        pipeline = builder.pipeline;
        source = builder.source;
        chunkRows = builder.chunkRows;
        mostRows = builder.mostRows;
        writer = builder.writer;
        parent = builder.parent;
        interval = builder.interval;
        listener = builder.listener;
        // In the order given: a version has the same bytes in every JVM.
        facts = new LinkedHashMap<>(builder.facts);
        resumed = builder.resumed;
        live = builder.live;
        nanoTime = builder.nanoTime;
        prefetch = builder.prefetch ? Optional.of(new Prefetch(source, chunkRows, mostRows, false)) : Optional.empty();
        scores = newScores();
        progressive =
                builder.progressive || resumed.filter(Scores::areProgressive).isPresent()
                        ? Optional.of(Progressive.of(pipeline, source.schema().target(), resumed))
                        : Optional.empty();
        report = () -> scores.map(Scores::report).orElse(ScoreReport.none());
    }

    private Optional<Scores> newScores() {
        pipeline.schema().require(source.schema());
        if (!Scores.canScore(source.schema().target(), pipeline.view())) {
            return Optional.empty();
        }
        return Optional.of(resumed.map(state -> Scores.restore(source.schema().target(), state))
                .orElseGet(() -> Scores.forTarget(source.schema().target())));
    }

    /**
     * {@return what collects the parts of a run}
     *
     * @param pipeline learns; nobody else may use it until the run ends
     * @param source newly opened; closed by the caller after the run
     */
    public static Builder builder(Pipeline pipeline, ChunkSource source) {
        return new Builder(pipeline, source);
    }

    /**
     * Refuses a pipeline of which there are no {@linkplain Builder#progressive progressive} scores;
     * {@link Builder#build} does so too, this can be asked earlier.
     *
     * @param pipeline newly made or restored
     * @throws AccreteException bad argument: it is not row-wise, or has no target that is scored
     */
    public static void requireProgressive(Pipeline pipeline) {
        Progressive.of(pipeline, pipeline.schema().target(), Optional.empty());
    }

    /**
     * Trains until the rows end, enough were learned, or {@link #stop()} was called. The model is whole after every
     * return, also one by an exception.
     *
     * @return what was done
     * @throws AccreteException bad state: it ran already, or what is resumed does not fit the source; bad data: a row
     *     that cannot be used, with its place; I/O: a version could not be written
     */
    public RunReport run() {
        if (begun.getAndSet(true)) {
            throw AccreteException.badState("a training run runs once; build another");
        }
        resumed.ifPresent(this::goOn);
        started = nanoTime.getAsLong();
        versionTime = started;
        try {
            return train();
        } finally {
            prefetch.ifPresent(Prefetch::close);
        }
    }

    private void goOn(State state) {
        position = Position.parse(state.text("run.position"));
        rowsBefore = state.whole("run.rows");
        refusedBefore = state.whole("run.rows_refused");
        reader().seek(position);
    }

    private ChunkSource reader() {
        return prefetch.isPresent() ? prefetch.get() : source;
    }

    private RunReport train() {
        ChunkSource reader = reader();
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), chunkRows);
        long refusedAtEnd = 0;
        boolean more = true;
        while (more && !stop && rows < mostRows) {
            buffer.limit((int) Math.min(chunkRows, mostRows - rows));
            more = read(reader, buffer);
            if (more) {
                learn(buffer);
                afterChunk();
            } else {
                // Behind the position: a resumed run meets them again.
                refusedAtEnd = buffer.refusedRows();
            }
        }
        boolean stopped = stop;
        append();
        publish();
        return new RunReport(
                rows,
                refused + refusedAtEnd,
                pipeline.warmUpRows(),
                pipeline.rowsWaiting(),
                seconds(started),
                chunkRows,
                scores.map(Scores::report),
                progressive.map(Progressive::report),
                version,
                stopped);
    }

    private boolean read(ChunkSource reader, ChunkBuffer buffer) {
        try {
            return reader.next(buffer);
        } catch (AccreteException e) {
            AccreteException placed = e.where().isPresent() ? e : e.at(source.name());
            // Bad data is mended and read again from its beginning: a version would only be in the way.
            throw e.kind() == AccreteException.Kind.BAD_DATA ? placed : keepingWhatWasLearned(placed);
        } catch (RuntimeException e) {
            throw keepingWhatWasLearned(e);
        }
    }

    private <E extends RuntimeException> E keepingWhatWasLearned(E failure) {
        try {
            append();
            publish();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
        return failure;
    }

    private void learn(ChunkBuffer buffer) {
        Chunk chunk = buffer.chunk();
        try {
            scores.ifPresent(some -> some.predict(pipeline.view(), chunk));
            if (progressive.isPresent()) {
                progressive.get().fit(chunk);
            } else {
                pipeline.partialFit(chunk);
            }
        } catch (AccreteException e) {
            throw e.at(place(e, chunk));
        }
        scores.ifPresent(some -> some.fold(chunk));
        rows += chunk.rows();
        refused += buffer.refusedRows();
        position = buffer.position();
        classes = chunk.classes();
        chunksSinceVersion++;
    }

    /** Which rows are to blame, counted from 1 over all rows that this run and those it goes on from accepted. */
    private String place(AccreteException e, Chunk chunk) {
        long before = rowsBefore + rows;
        String which = e.chunkRow().isPresent()
                ? "row " + (before + e.chunkRow().getAsInt() + 1)
                : "rows " + (before + 1) + " to " + (before + chunk.rows());
        return which + " of " + source.name()
                + e.where().map(part -> ", " + part).orElse("");
    }

    private void afterChunk() {
        listener.chunk(new Progress(rows, refused, seconds(started), report));
        if (writer.isPresent() && interval.isDue(chunksSinceVersion, seconds(versionTime))) {
            append();
        }
        if (live.isPresent() && (rowsOfPublished < 0 || seconds(publishTime) >= 1)) {
            publish();
        }
    }

    private void append() {
        if (writer.isEmpty() || rows == rowsOfVersion) {
            return;
        }
        ModelVersion appended = writer.get().append(state(), note());
        version = Optional.of(appended);
        parent = Optional.of(appended.reference());
        rowsOfVersion = rows;
        chunksSinceVersion = 0;
        versionTime = nanoTime.getAsLong();
        rowsOfPublished = -1;
        publish();
        listener.version(appended);
    }

    private State state() {
        State.Builder state = State.builder().all(pipeline.state());
        source.plan()
                .ifPresent(plan ->
                        state.text("plan", plan.withClasses(knownClasses()).toText()));
        state.text("run.position", position.toText())
                .whole("run.rows", rowsBefore + rows)
                .whole("run.rows_refused", refusedBefore + refused);
        scores.ifPresent(some -> some.writeTo(state));
        progressive.ifPresent(some -> some.writeTo(state));
        facts.forEach((name, text) -> state.text("run." + name, text));
        return state.build();
    }

    /** The source's labels, because a source that goes on from here must number the next new one as this one would. */
    private List<String> knownClasses() {
        List<String> learned = pipeline.view() instanceof Classifier classifier ? classifier.classes() : List.of();
        return learned.size() > classes.size() ? learned : classes;
    }

    private ModelVersion.Note note() {
        Map<String, Double> finite = new LinkedHashMap<>(report.get().metrics());
        finite.values().removeIf(value -> !Double.isFinite(value));
        return new ModelVersion.Note(parent, pipeline.learner(), pipeline.rowsSeen(), finite);
    }

    private void publish() {
        if (live.isEmpty() || rows == rowsOfPublished || rows == 0) {
            return;
        }
        long ahead = rows - rowsOfVersion;
        live.get().publish(pipeline.snapshot(), parent.orElse("") + (ahead == 0 ? "" : "+" + ahead), source.plan());
        rowsOfPublished = rows;
        publishTime = nanoTime.getAsLong();
    }

    private double seconds(long since) {
        return (nanoTime.getAsLong() - since) / NANOS;
    }

    /**
     * Asks the run to end: it finishes the chunk it is at, appends a version and returns from {@link #run()}. Any
     * thread, any number of times; returns at once. A run that reads ahead does not wait for a source that has nothing
     * to give. A shutdown hook calls this and then waits until the thread that called {@link #run()} has its report.
     */
    public void stop() {
        stop = true;
        prefetch.ifPresent(Prefetch::abandon);
    }

    /** Collects the parts of a run. Each may be set once or left at its default. */
    public static final class Builder {
        private static final List<String> OWN_FACTS = List.of("position");

        private final Pipeline pipeline;
        private final ChunkSource source;
        private final Map<String, String> facts = new LinkedHashMap<>();
        private int chunkRows = 1_000;
        private long mostRows = Long.MAX_VALUE;
        private Optional<ModelWriter> writer = Optional.empty();
        private Optional<String> parent = Optional.empty();
        private CheckpointInterval interval = new CheckpointInterval(0, 300);
        private RunListener listener = new RunListener() {};
        private Optional<State> resumed = Optional.empty();
        private Optional<LiveModel> live = Optional.empty();
        private boolean prefetch = true;
        private boolean progressive;
        private LongSupplier nanoTime = System::nanoTime;

        private Builder(Pipeline pipeline, ChunkSource source) {
            this.pipeline = pipeline;
            this.source = source;
        }

        /**
         * Sets the rows of a chunk: how often the model is scored anew. 1,000 by default.
         *
         * @param count at least 1
         * @return this
         */
        public Builder chunkRows(int count) {
            if (count < 1) {
                throw AccreteException.badArgument("chunk-rows must be >= 1 but was " + count);
            }
            chunkRows = count;
            return this;
        }

        /**
         * Ends the run after some rows; the source is read no further. All by default.
         *
         * @param most the most rows that this run learns, without those before a resume; at least 0
         * @return this
         */
        public Builder rows(long most) {
            if (most < 0) {
                throw AccreteException.badArgument("rows must be >= 0 but was " + most);
            }
            mostRows = most;
            return this;
        }

        /**
         * Appends versions; without it the run keeps nothing.
         *
         * @param to where to; closed by the caller
         * @return this
         */
        public Builder writer(ModelWriter to) {
            writer = Optional.of(to);
            return this;
        }

        /**
         * Names the version that the pipeline was restored from: the parent of the first version appended.
         *
         * @param reference {@code model@number}
         * @return this
         */
        public Builder parent(String reference) {
            parent = Optional.of(reference);
            return this;
        }

        /**
         * Sets how often a version is appended. Every 300 seconds by default.
         *
         * @param every how often
         * @return this
         */
        public Builder checkpointEvery(CheckpointInterval every) {
            interval = every;
            return this;
        }

        /**
         * Sets who is told.
         *
         * @param told called on the training thread
         * @return this
         */
        public Builder listener(RunListener told) {
            listener = told;
            return this;
        }

        /**
         * Stores a text with every version, as {@code run.<name>}.
         *
         * @param name lower-case words joined by underscores, such as {@code source}
         * @param text the text
         * @return this
         * @throws AccreteException bad argument: not such a name, one that is taken
         */
        public Builder fact(String name, String text) {
            if (!name.matches("[a-z][a-z0-9_]*") || OWN_FACTS.contains(name) || facts.containsKey(name)) {
                throw AccreteException.badArgument(
                        "a fact's name must be lower-case words joined by underscores, not used" + " before, but was '"
                                + name + "'");
            }
            facts.put(name, text);
            return this;
        }

        /**
         * Goes on where a stored version ended: seeks the source, and scores and rows count on. The pipeline must have
         * been restored from the same state. A run that only begins with a stored pipeline does not set this.
         *
         * @param state what the version holds
         * @return this
         */
        public Builder resume(State state) {
            resumed = Optional.of(state);
            return this;
        }

        /**
         * Publishes snapshots with every version and else at most once a second. One that is not a version is named by
         * the version before it and the rows since: {@code flights@3+5000}.
         *
         * @param model who gets them
         * @return this
         * @throws AccreteException bad state: it is read from a store
         */
        public Builder publishTo(LiveModel model) {
            model.requireUnopened();
            live = Optional.of(model);
            return this;
        }

        /**
         * Sets whether the source is read ahead on a thread of its own. It is by default; it never changes results.
         *
         * @param ahead whether to
         * @return this
         */
        public Builder prefetch(boolean ahead) {
            prefetch = ahead;
            return this;
        }

        /**
         * Sets whether the run also scores what the learner says of each row just before it learns that row: figures of
         * their own, beside those of whole chunks and never mixed with them, which do not depend on chunk borders. Off
         * by default, but a run that {@linkplain #resume goes on} from one that did so does. It never changes what is
         * learned.
         *
         * @param each whether to; {@link #build} refuses a pipeline that is no
         *     {@link org.accrete.api.learn.OnlineLearner}
         * @return this
         */
        public Builder progressive(boolean each) {
            progressive = each;
            return this;
        }

        /** Sets the clock, for tests. */
        Builder clock(LongSupplier nanos) {
            nanoTime = nanos;
            return this;
        }

        /**
         * {@return the run}
         *
         * @throws AccreteException bad state: the source has other columns than the pipeline, or the state to resume
         *     has no scores of this target; bad argument: progressive scores of a pipeline that is not row-wise or has
         *     no target
         */
        public TrainingRun build() {
            return new TrainingRun(this);
        }
    }
}
