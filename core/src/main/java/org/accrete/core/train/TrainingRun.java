package org.accrete.core.train;

import com.google.common.base.Stopwatch;
import com.google.common.base.Ticker;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.score.ProgressiveScores;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.source.Prefetch;
import org.accrete.core.source.Sources;

/**
 * Trains a pipeline on a source, once: scores each chunk with the model from before it, learns it, and now and then
 * appends a version that holds everything needed to continue after exactly those rows.
 *
 * <ul>
 *   <li>Scores, rows and position move together with the pipeline: a chunk that is refused changes none of them. The
 *       exception then says which rows, nothing more is appended, and earlier versions stay as they are. The same holds
 *       for a row that the source cannot use.
 *   <li>A version is appended when the {@linkplain Builder#checkpointEvery interval} has passed and at the end, also
 *       when the source fails for another reason than bad data; each time only if rows were learned since the last one.
 *       The interval never changes what is learned.
 *   <li>Source, writer and pipeline belong to the caller, who closes the first two after {@link #run()}.
 * </ul>
 *
 * <p>A version's state is the pipeline's, the column {@code plan} with the classes known, {@code run.position},
 * {@code run.rows}, {@code run.rows_refused}, the {@linkplain Scores#writeTo scores} and the {@linkplain Builder#fact
 * facts}.
 */
public final class TrainingRun {
    private final Pipeline pipeline;
    private final ChunkSource source;
    private final int chunkRows;
    private final long mostRows;
    private final RunListener listener;
    private final Map<String, String> facts;
    private final Optional<State> resumed;
    private final Optional<Prefetch> prefetch;
    private final RunScores scores;
    private final Checkpoints checkpoints;
    private final Optional<SnapshotPublisher> publisher;
    private final SourceProgress progress = new SourceProgress();
    private final Stopwatch sinceStart;
    private final AtomicBoolean begun = new AtomicBoolean();
    private volatile boolean stop;

    private TrainingRun(Builder builder) {
        pipeline = builder.pipeline;
        source = builder.source;
        pipeline.schema().require(source.schema());
        chunkRows = builder.chunkRows;
        mostRows = builder.mostRows;
        listener = builder.listener;
        // In the order given: a version has the same bytes in every JVM.
        facts = new LinkedHashMap<>(builder.facts);
        resumed = builder.resumed;
        prefetch = builder.prefetch ? Optional.of(Sources.prefetch(source, chunkRows, mostRows)) : Optional.empty();
        scores = new RunScores(pipeline, source.schema().target(), resumed, builder.progressive);
        checkpoints = new Checkpoints(builder.writer, builder.parent, builder.interval, builder.clock);
        publisher = builder.live.map(live -> new SnapshotPublisher(live, source.plan(), builder.clock));
        sinceStart = Stopwatch.createUnstarted(builder.clock);
    }

    /**
     * {@return a builder of a run}
     *
     * @param pipeline learns; nobody else may use it until the run ends
     * @param source newly opened; closed by the caller after the run
     */
    public static Builder builder(Pipeline pipeline, ChunkSource source) {
        return new Builder(pipeline, source);
    }

    /**
     * Refuses a pipeline that has no {@linkplain Builder#progressive progressive} scores. {@link Builder#build} does
     * the same, but only once there is a source.
     *
     * @param pipeline newly made or restored
     * @throws AccreteException bad argument: it is not row-wise, or has no target that is scored
     */
    public static void requireProgressive(Pipeline pipeline) {
        ProgressiveScores.of(pipeline, pipeline.schema().target(), Optional.empty());
    }

    /**
     * Trains until the rows end, enough were learned, or {@link #stop()} was called. The model is consistent
     * afterwards, also after an exception.
     *
     * @return what the run did
     * @throws AccreteException bad state: it ran already, or what is resumed does not fit the source; bad data: a row
     *     that cannot be used, with its place; I/O: a version could not be written
     */
    public RunReport run() {
        if (begun.getAndSet(true)) {
            throw AccreteException.badState("a training run runs once; build another");
        }
        ChunkSource reader = prefetch.isPresent() ? prefetch.get() : source;
        resumed.ifPresent(state -> {
            progress.resume(state);
            reader.seek(progress.position());
        });
        sinceStart.start();
        checkpoints.start();
        try {
            return train(reader);
        } finally {
            prefetch.ifPresent(Prefetch::release);
        }
    }

    private RunReport train(ChunkSource reader) {
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), chunkRows);
        long refusedAtEnd = 0;
        boolean more = true;
        while (more && !stop && progress.rows() < mostRows) {
            buffer.limit((int) Math.min(chunkRows, mostRows - progress.rows()));
            more = read(reader, buffer);
            if (more) {
                learn(buffer);
                afterChunk();
            } else {
                // After the position: a resumed run reads them again.
                refusedAtEnd = buffer.refusedRows();
            }
        }
        boolean stopped = stop;
        append();
        publish();
        return new RunReport(
                progress.rows(),
                progress.refused() + refusedAtEnd,
                pipeline.warmUpRows(),
                pipeline.rowsWaiting(),
                seconds(),
                chunkRows,
                scores.report(),
                scores.progressiveReport(),
                checkpoints.version(),
                stopped);
    }

    private boolean read(ChunkSource reader, ChunkBuffer buffer) {
        try {
            return reader.next(buffer);
        } catch (AccreteException e) {
            AccreteException placed = e.where().isPresent() ? e : e.at(source.name());
            // Bad data is corrected and read again from its beginning, so a version would only be in the way.
            throw e.kind() == AccreteException.Kind.BAD_DATA ? placed : afterAppending(placed);
        } catch (RuntimeException e) {
            throw afterAppending(e);
        }
    }

    /** {@return the failure, after what was learned before it has been appended and published} */
    private <E extends RuntimeException> E afterAppending(E failure) {
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
            scores.learn(chunk);
        } catch (AccreteException e) {
            throw e.at(progress.place(e, chunk) + " of " + source.name()
                    + e.where().map(part -> ", " + part).orElse(""));
        }
        progress.accept(buffer);
        checkpoints.chunkLearned();
    }

    private void afterChunk() {
        listener.chunk(new Progress(progress.rows(), progress.refused(), seconds(), this::report));
        if (checkpoints.isDue()) {
            append();
        }
        if (publisher.isPresent() && publisher.get().isDue()) {
            publish();
        }
    }

    private ScoreReport report() {
        return scores.report().orElseGet(ScoreReport::none);
    }

    private double seconds() {
        return sinceStart.elapsed(TimeUnit.NANOSECONDS) / 1e9;
    }

    private void append() {
        if (checkpoints.areComplete(progress.rows())) {
            return;
        }
        ModelVersion appended = checkpoints.append(pipeline, state(), report(), progress.rows());
        publisher.ifPresent(SnapshotPublisher::versionAppended);
        publish();
        listener.version(appended);
    }

    private void publish() {
        long rows = progress.rows();
        publisher.ifPresent(some -> some.publish(pipeline, checkpoints.nameAfter(rows), rows));
    }

    private State state() {
        State.Builder state = State.builder().all(pipeline.state());
        source.plan()
                .ifPresent(plan ->
                        state.text("plan", plan.withClasses(knownClasses()).toText()));
        progress.writeTo(state);
        scores.writeTo(state);
        facts.forEach((name, text) -> state.text("run." + name, text));
        return state.build();
    }

    /**
     * The source's labels, because a source that continues from here must number the next new one as this one would.
     */
    private List<String> knownClasses() {
        List<String> learned = pipeline.classes();
        return learned.size() > progress.classes().size() ? learned : progress.classes();
    }

    /**
     * Asks the run to end: it finishes the current chunk, appends a version and returns from {@link #run()}. Any
     * thread, any number of times; returns at once. A run that reads ahead does not wait for a source that has no rows
     * at the moment. A shutdown hook calls this and then waits until the thread that called {@link #run()} has its
     * report.
     */
    public void stop() {
        stop = true;
        prefetch.ifPresent(Prefetch::stop);
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
        private Ticker clock = Ticker.systemTicker();

        private Builder(Pipeline pipeline, ChunkSource source) {
            this.pipeline = pipeline;
            this.source = source;
        }

        /**
         * Sets the rows of a chunk, for each of which the model is scored anew. 1,000 by default.
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
         * Sets where versions are appended; without it the run stores nothing.
         *
         * @param to the writer; closed by the caller
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
         * Sets the listener.
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
         * Continues where a stored version ended: seeks the source, and continues scores and counts. The pipeline must
         * have been restored from the same state. A run that only begins with a stored pipeline does not set this.
         *
         * @param state what the version holds, see {@link Pipeline#restore}
         * @return this
         */
        public Builder resume(State state) {
            resumed = Optional.of(state);
            return this;
        }

        /**
         * Publishes snapshots with every version and otherwise at most once a second. A snapshot between versions is
         * named by the version before it and the rows since: {@code flights@3+5000}. With a writer, publish to
         * {@link LiveModel#following}: then a rollback in the store reaches those who predict.
         *
         * @param model what gets them
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
         * Sets whether the run also scores each row by the model from just before that row. These figures do not depend
         * on chunk borders and are reported beside those of whole chunks. Off by default, but always on for a run that
         * {@linkplain #resume continues} one with such scores. It never changes what is learned.
         *
         * @param each whether to; {@link #build} refuses a pipeline that is not an
         *     {@link org.accrete.api.learn.OnlineLearner}
         * @return this
         */
        public Builder progressive(boolean each) {
            progressive = each;
            return this;
        }

        /** Sets the clock, for tests. */
        Builder clock(Ticker ticker) {
            clock = ticker;
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
