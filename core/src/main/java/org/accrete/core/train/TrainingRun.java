package org.accrete.core.train;

import com.google.common.base.Stopwatch;
import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntToLongFunction;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Model;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
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
 *   <li>Scores, rows and position move together with the pipeline. A row that the source or a part of the pipeline
 *       refuses changes none of them: it is found and dropped alone, or it ends the run, after the rows before it were
 *       learned: see {@link Builder#badRows}.
 *   <li>A row without a target trains the steps, is not learned and not scored, and is counted apart.
 *   <li>Rows are scored the first time that they are read, by a model that has learned something; rows of the later
 *       passes of {@link Sources#repeat} are learned only.
 *   <li>A version is appended when the {@linkplain Builder#checkpointEvery interval} has passed, also while the source
 *       {@linkplain ChunkSource#awaitRows waits} for rows, at the end, and when a bad row or the source ends the run;
 *       each time only if rows were learned since the last one. The interval never changes what is learned. Nothing
 *       more is appended when too many rows are bad.
 *   <li>A version that is due but cannot be written, as when the disk is full, is told to the listener; the run goes on
 *       and tries again when the next one is due. The last one ends the run if it cannot be written, and so does the
 *       one of the best pass.
 *   <li>Source, writer and pipeline belong to the caller, who closes the first two after {@link #run()}.
 * </ul>
 *
 * <p>A version's state is the pipeline's, the column {@code plan} with the classes known, {@code run.position},
 * {@code run.rows}, {@code run.rows_unlabelled}, {@code run.rows_held_out}, {@code run.rows_dropped},
 * {@code run.rows_refused}, {@code run.rows_left_out} and {@code run.rows_filtered} unless they are 0,
 * {@code run.sources.rows} of several sources, the {@linkplain Scores#writeTo scores}, all of each challenger as
 * {@code challenger.N.*} and the {@linkplain Builder#fact facts}.
 */
public final class TrainingRun {
    /** What comes after the last pass. */
    private static final int ROWS_END = Integer.MAX_VALUE;

    /** A source that is not read ahead does not know that the run is to stop. */
    private static final long MOST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final int chunkRows;
    private final BadRows badRows;
    private final RunListener listener;
    private final Map<String, String> facts;
    private final Map<String, String> lineage;
    private final Optional<State> resumed;
    private final boolean progressive;
    private final Optional<RollbackWatch> rollbacks;
    private final Optional<Gates> gates;
    private final Checkpoints checkpoints;
    private final Optional<SnapshotPublisher> publisher;
    private final Optional<Holdout> holdout;
    private final Optional<DriftRun> drift;
    private final Optional<WaitingRows> waiting;
    private final Optional<Challengers> challengers;
    private final SourceProgress progress;
    private final Stopwatch sinceStart;
    private final AtomicBoolean begun = new AtomicBoolean();
    private Pipeline pipeline;
    private ChunkSource source;
    private RunScores scores;
    private Optional<ChunkSource> reopened = Optional.empty();
    private long mostRows;
    private long rowsOfVersion;
    private boolean tagsVersion;
    private volatile Optional<Prefetch> prefetch;
    private volatile boolean stop;

    private TrainingRun(Builder builder) {
        pipeline = builder.pipeline;
        source = builder.source;
        pipeline.schema().require(source.schema());
        progress = new SourceProgress(source);
        chunkRows = builder.chunkRows;
        mostRows = builder.mostRows;
        badRows = builder.badRows;
        listener = builder.listener;
        // In the order given: a version has the same bytes in every JVM.
        facts = new LinkedHashMap<>(builder.facts);
        lineage = new LinkedHashMap<>(builder.lineage);
        resumed = builder.resumed;
        prefetch = builder.prefetch ? Optional.of(Sources.prefetch(source, chunkRows, mostRows)) : Optional.empty();
        drift = builder.watches.isEmpty()
                ? Optional.empty()
                : Optional.of(new DriftRun(pipeline, source.schema(), builder.watches, builder.onDrift, listener));
        if (drift.isEmpty() && resumed.filter(DriftRun::isIn).isPresent()) {
            throw AccreteException.badState("the stored run watches for drift by "
                    + String.join(", ", DriftWatch.stored(resumed.orElseThrow()))
                    + ", so a run that resumes it must too");
        }
        waiting = builder.labelDelay.map(delay -> new WaitingRows(delay, source));
        if (waiting.isEmpty() && resumed.filter(WaitingRows::isIn).isPresent()) {
            throw AccreteException.badState(
                    "the stored run has labels that come late, so a run that resumes it must too");
        }
        if (waiting.isPresent() && builder.progressive) {
            throw AccreteException.badArgument("with a label delay each row is scored by the model from when it came;"
                    + " leave out progressive scores");
        }
        progressive = builder.progressive;
        challengers = builder.challengers(source.schema());
        scores = new RunScores(pipeline, source.schema().target(), resumed, progressive, drift, challengers);
        rollbacks = builder.rollbacks.map(store ->
                new RollbackWatch(store.plugIns(), store.store(), store.asOf(), store.rowsAgain(), builder.clock));
        checkpoints = new Checkpoints(
                builder.writer,
                builder.parent,
                builder.interval.orElse(new CheckpointInterval(0, builder.gates.isPresent() ? Long.MAX_VALUE : 300)),
                builder.clock);
        publisher = builder.live.map(live -> new SnapshotPublisher(live, builder.publishEvery, plan(), builder.clock));
        holdout = builder.holdout > 0
                ? Optional.of(new Holdout(builder.holdout, builder.patience, source.schema(), chunkRows))
                : Optional.empty();
        if (holdout.isPresent() && !Scores.canScore(source.schema().target(), pipeline.view())) {
            throw AccreteException.badArgument("rows can be held out only where a target is predicted");
        }
        if (builder.patience > 0 && holdout.isEmpty()) {
            throw AccreteException.badArgument("early stopping needs rows that are held out; hold some out");
        }
        gates = builder.gates.map(rules ->
                new Gates(rules, builder.trusted, pipeline, source.plan(), builder.judgedBeside, builder.interval));
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
     * Refuses challengers that cannot be compared. {@link Builder#build} does the same, but only once there is a
     * source.
     *
     * @param champion newly made or restored
     * @param challengers of the same columns; any number
     * @throws AccreteException bad argument: one predicts no target, or is like another one
     */
    public static void requireComparable(Pipeline champion, List<Pipeline> challengers) {
        if (!challengers.isEmpty()) {
            new Challengers(champion, challengers, champion.schema());
        }
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
        ChunkSource reader = reader();
        resumed.ifPresent(state -> {
            progress.resume(state);
            rowsOfVersion = progress.next() - 1;
            holdout.ifPresent(some -> some.resume(state));
            waiting.ifPresent(some -> some.resume(state));
            gates.ifPresent(some -> some.resume(state, progress.next() - 1));
            reader.seek(progress.position());
        });
        drift.ifPresent(some -> some.begin(progress.next() - 1, resumed));
        challengers.ifPresent(some -> some.begin(progress.next() - 1, resumed));
        sinceStart.start();
        checkpoints.start();
        try {
            return train(reader);
        } finally {
            prefetch.ifPresent(Prefetch::release);
            reopened.ifPresent(ChunkSource::close);
        }
    }

    private ChunkBuffer buffer() {
        return new ChunkBuffer(
                source.schema(), chunkRows, waiting.map(WaitingRows::keyCount).orElse(0));
    }

    private ChunkSource reader() {
        return prefetch.isPresent() ? prefetch.get() : Sources.keepingRowsBeforeBadOnes(source);
    }

    private RunReport train(ChunkSource first) {
        ChunkSource reader = first;
        ChunkBuffer buffer = buffer();
        DroppedRows atEnd = DroppedRows.NONE;
        boolean more = true;
        boolean stoppedEarly = false;
        while (!stop && !stoppedEarly) {
            // Also once the rows have ended: it may be that they go on from an earlier one.
            more = more && progress.rows() < mostRows;
            if (more) {
                storeWhileWaiting(reader);
            }
            if (stop) {
                break;
            }
            if (takesRollback(!more)) {
                reader = reader();
                buffer = buffer();
                more = true;
                continue;
            }
            if (!more) {
                rowsEnd(atEnd);
                // Somebody may have moved live while the last version was written.
                if (rollbacks.isPresent() && rollbacks.get().isPending(true)) {
                    continue;
                }
                break;
            }
            buffer.limit((int) Math.min(mostRows - progress.rows(), rowsAtATime()));
            more = read(reader, buffer);
            // After the position: a resumed run reads them again.
            atEnd = more ? DroppedRows.NONE : buffer.dropped();
            stoppedEarly = !stop && endsPass(more ? Sources.pass(buffer.position()) : ROWS_END);
            if (more && !stoppedEarly) {
                learn(buffer);
                afterChunk();
            }
        }
        boolean stopped = stop;
        if (stopped) {
            append();
            publish();
        } else if (stoppedEarly) {
            rowsEnd(atEnd);
        }
        return new RunReport(
                learned(),
                waiting.map(some -> Arrays.stream(some.labelled()).sum()).orElse(0L),
                waiting.map(some -> Arrays.stream(some.labelledBefore()).sum()).orElse(0L),
                progress.unlabelled(),
                progress.heldOut(),
                progress.refused() + atEnd.refused(),
                progress.leftOut() + atEnd.leftOut(),
                progress.filtered() + atEnd.filtered(),
                progress.rolledBack(),
                Sources.pass(progress.position()),
                pipeline.warmUpRows(),
                pipeline.rowsWaiting(),
                seconds(),
                chunkRows,
                scores.report(),
                scores.progressiveReport(),
                holdout.map(Holdout::report),
                drift.map(DriftRun::report),
                challengers.map(Challengers::report),
                checkpoints.version(),
                stopped,
                stoppedEarly,
                progress.sources(atEnd, waiting));
    }

    private void rowsEnd(DroppedRows atEnd) {
        badRows.requireShare(
                progress.allRead() + atEnd.refused() + atEnd.filtered(), progress.allRefused() + atEnd.refused(), true);
        // Otherwise the last version is the best pass.
        if (!keepsBest() || checkpoints.version().isEmpty()) {
            append();
            publish();
        }
    }

    /**
     * Goes on from another version if somebody has moved {@code live} in the store.
     *
     * @param atOnce whether to look even if it was done a moment ago
     * @return whether it does, so that the rows come from another reader
     */
    private boolean takesRollback(boolean atOnce) {
        Optional<RollbackWatch.Found> found = rollbacks.flatMap(watch -> watch.poll(atOnce));
        found.ifPresent(this::goBackTo);
        return found.isPresent();
    }

    /** {@return the most rows of the next chunk} */
    private long rowsAtATime() {
        return gates.map(some -> Math.min(chunkRows, some.rowsLeft(progress.next() - 1)))
                .orElse((long) chunkRows);
    }

    private void goBackTo(RollbackWatch.Found found) {
        RollbackWatch watch = rollbacks.orElseThrow();
        ModelVersion version = found.version();
        State state = watch.load(version);
        boolean ofThisSource =
                SourceProgress.isIn(state) && Objects.equals(state.texts().get("run.source"), facts.get("source"));
        Optional<ChunkSource> again = found.fromHere() || !ofThisSource
                ? Optional.empty()
                : watch.rowsAgain().open(version, state);
        if (challengers.isPresent()) {
            useChampion(Pipeline.restore(watch.plugIns(), state));
        } else {
            pipeline.goBackTo(watch.plugIns(), state);
        }
        scores = new RunScores(
                pipeline,
                source.schema().target(),
                ofThisSource ? Optional.of(state) : Optional.empty(),
                progressive,
                drift,
                challengers);
        if (again.isPresent()) {
            readAgain(again.get(), state);
        } else {
            progress.rollBack(state);
        }
        drift.ifPresent(some -> some.goBackTo(progress.next() - 1, state));
        challengers.ifPresent(some ->
                some.goBackTo(progress.next() - 1, pipeline, Challengers.stored(watch.plugIns(), state), state));
        checkpoints.goBackTo(version.reference(), progress.rows());
        tagsVersion = false;
        rowsOfVersion = progress.next() - 1;
        publisher.ifPresent(SnapshotPublisher::versionAppended);
        long then = SourceProgress.isIn(state) ? new SourceProgress(state).next() - 1 : rowsOfVersion;
        gates.ifPresent(some -> some.goBackTo(then, rowsOfVersion));
        listener.rolledBack(new Rollback(version, found.fromHere(), again.isEmpty()));
    }

    private void readAgain(ChunkSource again, State state) {
        prefetch.ifPresent(Prefetch::release);
        reopened.ifPresent(ChunkSource::close);
        reopened = Optional.of(again);
        source = again;
        long before = progress.next();
        progress.goBackTo(state, source);
        holdout.ifPresent(some -> some.resume(state));
        waiting.ifPresent(some -> some.goBackTo(state));
        // The rows end where they would have ended.
        mostRows = mostRows == Long.MAX_VALUE ? mostRows : mostRows + before - progress.next();
        prefetch = prefetch.map(some -> Sources.prefetch(source, chunkRows, mostRows - progress.rows()));
        if (stop) {
            prefetch.ifPresent(Prefetch::stop);
        }
        reader().seek(progress.position());
    }

    private boolean keepsBest() {
        return holdout.isPresent() && holdout.get().stopsEarly();
    }

    /**
     * Ends the pass being scored if the next rows are of a later one. A pass that is the best so far makes a version if
     * the run is to stop early.
     *
     * @param next the pass of the next rows
     * @return whether to stop, because passes no longer improve
     */
    private boolean endsPass(int next) {
        int now = Sources.pass(progress.position());
        if (holdout.isEmpty() || next <= now || holdout.get().pass() > now) {
            return false;
        }
        if (next == ROWS_END && !keepsBest()) {
            // A version holds the same whether it was appended before the end was seen or after it.
            return false;
        }
        boolean better = holdout.get().passEnds();
        if (better && keepsBest()) {
            append();
        }
        return holdout.get().isStale();
    }

    private boolean read(ChunkSource reader, ChunkBuffer buffer) {
        try {
            return reader.next(buffer);
        } catch (AccreteException e) {
            AccreteException placed = e.where().isPresent() ? e : e.at(source.name());
            // If bad rows are dropped, too many of them are bad, and what was learned is not to be trusted.
            boolean tooMany = badRows.isSkip() && e.kind() == AccreteException.Kind.BAD_DATA;
            throw tooMany ? placed : afterAppending(placed);
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
        if (holdout.isPresent()) {
            chunk = holdout.get().keep(chunk);
            progress.heldOutUpTo(buffer, placeOf(0));
            actOnRows();
        }
        gates.ifPresent(some -> some.chunkBegins(progress.next() - 1));
        boolean firstPass = Sources.pass(buffer.position()) == 1;
        boolean untrained = scores.isUntrained();
        int from = 0;
        if (waiting.isPresent()) {
            from = chunk.rows();
            learnLate(chunk, buffer);
        }
        while (from < chunk.rows()) {
            int to = scores.partEnd(from, chunk.rows(), untrained);
            if (challengers.isPresent() || drift.filter(DriftRun::cutsRows).isPresent()) {
                learnInLooks(chunk, from, to, firstPass, buffer);
            } else {
                learn(chunk, from, to, firstPass, buffer);
            }
            from = to;
        }
        if (holdout.isPresent()) {
            holdout.get().chunkEnds(pipeline.view(), pipeline.isUntrained(), buffer.rows());
        }
        progress.chunkEnds(buffer);
        checkpoints.chunkLearned();
        badRows.requireShare(progress.allRead(), progress.allRefused(), false);
    }

    /**
     * Learns rows in parts that end with the looks for drift or at challengers; all are scored by the model from before
     * the first, or by that of a new champion.
     */
    private void learnInLooks(Chunk chunk, int first, int end, boolean firstPass, ChunkBuffer read) {
        scores.predictAhead(chunk.slice(first, end), first, firstPass);
        int from = first;
        while (from < end) {
            long before = progress.next() - 1;
            long left =
                    drift.map(some -> some.rowsUntilLook(before)).orElseGet(() -> Challengers.rowsUntilLook(before));
            int to = from;
            while (to < end && placeOf(to) - placeOf(from) < left) {
                to++;
            }
            Pipeline champion = pipeline;
            learn(chunk, from, to, firstPass, read);
            from = to;
            if (pipeline != champion && from < end) {
                scores.predictAhead(chunk.slice(from, end), from, firstPass);
            }
        }
        scores.endAhead();
    }

    /** Lets what is done about drift and challengers happen after the rows so far. */
    private void actOnRows() {
        drift.ifPresent(some -> some.rowsEnd(progress.next() - 1));
        challengers.flatMap(some -> some.rowsEnd(progress.next() - 1)).ifPresent(change -> {
            useChampion(challengers.orElseThrow().champion());
            listener.championChanged(change);
        });
    }

    private void useChampion(Pipeline champion) {
        pipeline = champion;
        scores.champion(champion);
        gates.ifPresent(some -> some.champion(champion));
    }

    /** Lets rows come whose labels come later, and learns those whose labels have come by then. */
    private void learnLate(Chunk chunk, ChunkBuffer read) {
        WaitingRows rows = waiting.orElseThrow();
        for (int row = 0; row < chunk.rows(); row++) {
            int place = placeOf(row);
            long number = progress.next();
            try {
                rows.comes(read, place, number);
            } catch (AccreteException e) {
                drop(e, read, row);
                continue;
            }
            while (rows.isDue()) {
                learnFirst(rows);
            }
            scores.predictLate(rows, chunk, row, number, progress.sourceOf(read, place));
            progress.waits(chunk, row, read, place, placeOf(row + 1));
            actOnRows();
        }
    }

    /** Learns the waiting row that is due first. */
    private void learnFirst(WaitingRows rows) {
        Chunk row = rows.first();
        long number = rows.number();
        try {
            gates.ifPresent(some -> some.predict(row));
            scores.learnLate(rows, row);
        } catch (AccreteException e) {
            if (e.kind() != AccreteException.Kind.BAD_DATA) {
                throw e.at("row " + number + " of " + source.name());
            }
            try {
                badRows.drop(
                        e.at("row " + number + " of " + source.name()
                                + e.where().map(part -> ", " + part).orElse("")),
                        () -> badRow(e, 0, number));
            } catch (AccreteException tooMany) {
                throw afterAppending(tooMany);
            }
            progress.droppedLate(row, rows.source());
            rows.removeFirst();
            return;
        }
        gates.ifPresent(some -> some.count(row));
        drift.ifPresent(some -> some.watch(row, first -> number));
        rows.removeFirst();
    }

    /** {@return rows learned by this run; those that wait or that a model was held for were not} */
    private long learned() {
        return progress.learned()
                - waiting.map(WaitingRows::ofThisRun).orElse(0L)
                - drift.map(DriftRun::ownRowsHeld).orElse(0L);
    }

    /** {@return the place in the source's chunk of a row of those that are learned} */
    private int placeOf(int row) {
        return holdout.isPresent() ? holdout.get().placeOf(row) : row;
    }

    /**
     * Learns rows of a chunk. When some are refused, the rows before the bad one are learned first; if the exception
     * names no row, it is found by halving.
     *
     * @param read the rows as they were read, which has their places
     */
    private void learn(Chunk chunk, int first, int end, boolean firstPass, ChunkBuffer read) {
        int from = first;
        int to = end;
        while (from < end) {
            Chunk rows = from == 0 && to == chunk.rows() ? chunk : chunk.slice(from, to);
            boolean judged = gates.isPresent() && firstPass;
            try {
                if (judged) {
                    gates.get().predict(rows);
                }
                scores.learn(rows, from, firstPass);
            } catch (AccreteException e) {
                int before = e.chunkRow().orElse(rows.rows() / 2);
                if (e.kind() != AccreteException.Kind.BAD_DATA) {
                    throw place(e, rows.rows());
                } else if (before > 0) {
                    to = from + Math.min(before, rows.rows() - 1);
                } else {
                    drop(e, read, from);
                    from++;
                    to = end;
                }
                continue;
            }
            if (judged) {
                gates.get().count(rows);
            }
            int part = from;
            long next = progress.next();
            IntToLongFunction numberOf = row -> next + placeOf(part + row) - placeOf(part);
            drift.ifPresent(some -> some.watch(rows, numberOf));
            challengers.ifPresent(some -> some.compare(rows, numberOf));
            progress.learned(rows, read, placeOf(to), row -> placeOf(part + row));
            actOnRows();
            from = to;
            to = end;
        }
    }

    private AccreteException place(AccreteException e, int rows) {
        return e.at(progress.place(rows) + " of " + source.name()
                + e.where().map(part -> ", " + part).orElse(""));
    }

    private void drop(AccreteException refusal, ChunkBuffer read, int row) {
        try {
            badRows.drop(place(refusal, 1), () -> badRow(refusal, read.place(placeOf(row)), progress.next()));
        } catch (AccreteException e) {
            throw afterAppending(e);
        }
        progress.dropped(read, placeOf(row), placeOf(row + 1));
        actOnRows();
    }

    private BadRow badRow(AccreteException refusal, long place, long number) {
        RowPlace unplaced = new RowPlace(source.name(), RowPlace.Unit.ROW, number);
        return new BadRow(
                place == 0 ? unplaced : source.place(place).orElse(unplaced),
                refusal.column(),
                refusal.line(),
                List.of(),
                List.of());
    }

    /** Appends and publishes what is due before the source has something more. */
    private void storeWhileWaiting(ChunkSource reader) {
        while (!stop && !reader.awaitRows(untilDue()) && !isRolledBack()) {
            storeWhatIsDue();
        }
    }

    private boolean isRolledBack() {
        return rollbacks.isPresent() && rollbacks.get().isPending(false);
    }

    /** {@return the time until a version or a snapshot is due} No longer than a moment, after which to look again. */
    private Duration untilDue() {
        long rows = progress.rows();
        long nanos = keepsBest()
                ? Long.MAX_VALUE
                : Math.min(
                        checkpoints.nanosUntilDue(rows),
                        publisher.map(some -> some.nanosUntilDue(rows)).orElse(Long.MAX_VALUE));
        return Duration.ofNanos(Math.min(nanos, MOST_WAIT_NANOS));
    }

    private void afterChunk() {
        listener.chunk(new Progress(learned(), progress.refused(), seconds(), share(), this::report));
        if (drift.filter(DriftRun::takesVersion).isPresent() && !keepsBest()) {
            tagsVersion = true;
            appendIfPossible();
            tagVersion();
        }
        if (gates.isEmpty()) {
            storeWhatIsDue();
        } else if (gates.get().isVersionDue(progress.next() - 1, chunkRows, checkpoints) && !keepsBest()) {
            appendIfPossible();
        }
    }

    private OptionalDouble share() {
        OptionalDouble ofSource = prefetch.isPresent() ? prefetch.get().share() : source.share();
        if (mostRows == Long.MAX_VALUE) {
            return ofSource;
        }
        double ofRows = Math.min(1, (double) progress.rows() / Math.max(1, mostRows));
        return OptionalDouble.of(Math.max(ofRows, ofSource.orElse(0)));
    }

    private void storeWhatIsDue() {
        if ((gates.isPresent() ? checkpoints.isDueByTime() : checkpoints.isDue()) && !keepsBest()) {
            appendIfPossible();
        }
        if (publisher.isPresent() && publisher.get().isDue() && !keepsBest()) {
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
        append(false);
    }

    /** Appends a version unless the disk is full or the like; then the run goes on, and tries again later. */
    private void appendIfPossible() {
        append(true);
    }

    private void append(boolean isTriedAgain) {
        if (checkpoints.areComplete(progress.rows())) {
            return;
        }
        if (rollbacks.isPresent() && rollbacks.get().isPending(true)) {
            // Taken at the next chunk, which takes back what would be appended.
            return;
        }
        badRows.force();
        Optional<Gates.Standing> standing = gates.map(Gates::standing);
        GateSums.Judgement said =
                gates.map(some -> some.judge(progress.next() - 1)).orElse(GateSums.Judgement.NONE);
        ModelVersion appended;
        try {
            appended = checkpoints.append(state(), note(said), progress.rows());
        } catch (AccreteException e) {
            if (!isTriedAgain || !checkpoints.waitAfter(e)) {
                throw e;
            }
            standing.ifPresent(before -> gates.orElseThrow().goBackTo(before));
            listener.versionFailed(e, gates.isPresent() ? "at the end of a window" : checkpoints.nextInWords());
            return;
        }
        drift.ifPresent(DriftRun::versionAppended);
        challengers.ifPresent(Challengers::versionAppended);
        scores.beginStretch();
        rowsOfVersion = progress.next() - 1;
        publisher.ifPresent(SnapshotPublisher::versionAppended);
        if (said.verdict() != ModelVersion.Verdict.REFUSED) {
            publishNow();
        }
        listener.version(appended);
        tagVersion();
    }

    /** Says which version was appended because of a drift; later than that if it could not be written at once. */
    private void tagVersion() {
        if (tagsVersion && checkpoints.areComplete(progress.rows())) {
            tagsVersion = false;
            checkpoints.version().ifPresent(listener::driftVersion);
        }
    }

    private ModelVersion.Note note(GateSums.Judgement judgement) {
        Map<String, String> said = new LinkedHashMap<>(lineage);
        Optional.ofNullable(facts.get("source")).ifPresent(text -> said.putIfAbsent("source", text));
        said.put("rows_from", Long.toString(rowsOfVersion + 1));
        said.put("rows_to", Long.toString(progress.next() - 1));
        if (!judgement.figures().isEmpty()) {
            said.put("gate", judgement.figures());
        }
        drift.flatMap(DriftRun::marksOfVersion).ifPresent(marks -> said.put("drift", marks));
        challengers.ifPresent(some -> some.say(said));
        return new ModelVersion.Note(
                Optional.empty(),
                pipeline.learner(),
                pipeline.rowsSeen(),
                finite(report().metrics()),
                finite(scores.stretch()),
                judgement.verdict(),
                said);
    }

    private static Map<String, Double> finite(Map<String, Double> figures) {
        Map<String, Double> finite = new LinkedHashMap<>(figures);
        finite.values().removeIf(value -> !Double.isFinite(value));
        return finite;
    }

    /** Publishes what was learned since the last version, unless a gate must pass it first. */
    private void publish() {
        if (gates.isEmpty()) {
            publishNow();
        }
    }

    private void publishNow() {
        long rows = progress.rows();
        publisher.ifPresent(some -> some.publish(pipeline, checkpoints.nameAfter(rows), rows));
    }

    private State state() {
        State.Builder state = State.builder().all(pipeline.state());
        plan().ifPresent(plan ->
                state.text("plan", plan.withClasses(knownClasses()).toText()));
        progress.writeTo(state);
        scores.writeTo(state);
        holdout.ifPresent(some -> some.writeTo(state, progress.inChunk()));
        gates.ifPresent(some -> some.writeTo(state, progress.next() - 1));
        drift.ifPresent(some -> some.writeTo(state));
        waiting.ifPresent(some -> some.writeTo(state));
        challengers.ifPresent(some -> some.writeTo(state));
        facts.forEach((name, text) -> state.text("run." + name, text));
        return state.build();
    }

    /** {@return how rows are encoded where they are predicted, which need not say when they happened} */
    private Optional<ColumnPlan> plan() {
        return source.plan()
                .map(plan -> waiting.map(some -> some.withoutTimes(plan)).orElse(plan));
    }

    /**
     * The source's labels, because a source that continues from here must number the next new one as this one would.
     */
    private List<String> knownClasses() {
        List<String> learned = pipeline.classes();
        return learned.size() > progress.classes().size() ? learned : progress.classes();
    }

    /**
     * {@return the pipeline that answers: the one that the run was built with, or a challenger that took its place} To
     * be called when {@link #run()} has ended.
     */
    public Pipeline champion() {
        return pipeline;
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

    private record RollbackSource(PlugIns plugIns, ModelStore store, History asOf, RowsAgain rowsAgain) {}

    /** Collects the parts of a run. Each may be set once or left at its default. */
    public static final class Builder {
        private static final List<String> OWN_FACTS = List.of("position");

        private final Pipeline pipeline;
        private final ChunkSource source;
        private final Map<String, String> facts = new LinkedHashMap<>();
        private final Map<String, String> lineage = new LinkedHashMap<>();
        private int chunkRows = 1_000;
        private long mostRows = Long.MAX_VALUE;
        private Optional<ModelWriter> writer = Optional.empty();
        private Optional<String> parent = Optional.empty();
        private Optional<CheckpointInterval> interval = Optional.empty();
        private Optional<GateRules> gates = Optional.empty();
        private Optional<TrustedRows> trusted = Optional.empty();
        private Optional<Gates.Live> judgedBeside = Optional.empty();
        private BadRows badRows = BadRows.stop();
        private RunListener listener = new RunListener() {};
        private Optional<State> resumed = Optional.empty();
        private Optional<LiveModel> live = Optional.empty();
        private Duration publishEvery = Duration.ofSeconds(1);
        private boolean prefetch = true;
        private boolean progressive;
        private double holdout;
        private int patience;
        private Optional<RollbackSource> rollbacks = Optional.empty();
        private List<DriftWatch> watches = List.of();
        private DriftAction onDrift = DriftAction.TELL;
        private Optional<LabelDelay> labelDelay = Optional.empty();
        private List<Pipeline> challengers = List.of();
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
         * @param most the most rows that the source hands to this run, without those before a resume; at least 0
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
         * Sets how often a version is appended. Every 300 seconds by default; with gates at the end of every window,
         * and if an interval is set, at the end of the window in which it has passed.
         *
         * @param every how often
         * @return this
         */
        public Builder checkpointEvery(CheckpointInterval every) {
            interval = Optional.of(every);
            return this;
        }

        /**
         * Sets what is done with a row that a part of the pipeline refuses, and how many rows may be bad in all.
         *
         * @param policy that of the source; by default such a row ends the run
         * @return this
         */
        public Builder badRows(BadRows policy) {
            badRows = policy;
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
         * Says a text of every version in the history, beside {@code source}, {@code rows_from}, {@code rows_to} and
         * {@code seconds}. Unlike a {@link #fact} it is not stored in the version itself.
         *
         * @param name lower-case words joined by underscores, such as {@code kernel}
         * @param text the text; a {@code source} here takes the place of the fact
         * @return this
         */
        public Builder lineage(String name, String text) {
            lineage.put(name, text);
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
         * Publishes snapshots with every version and otherwise {@linkplain #publishEvery at times}. A snapshot between
         * versions is named by the version before it and the rows since: {@code flights@3+5000}. With a writer, publish
         * to {@link LiveModel#following}: then a rollback in the store reaches those who predict.
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
         * Sets how often snapshots are published between versions: after each chunk, but not sooner than so long after
         * the one before. A second by default.
         *
         * @param least from 0 to one day; a snapshot copies what changed, so often is dear for a large model
         * @return this
         */
        public Builder publishEvery(Duration least) {
            if (least.isNegative() || least.compareTo(Duration.ofDays(1)) > 0) {
                throw AccreteException.badArgument("publish-every must be from 0 s to 1 day but was " + least);
            }
            publishEvery = least;
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

        /**
         * Holds out a part of the rows, chosen by their number in the source: they are never learned, and scored by the
         * model from the end of their chunk. None by default. A run that {@linkplain #resume continues} another one
         * must hold out the same.
         *
         * @param share of the rows, above 0 and below 1
         * @return this
         */
        public Builder holdout(double share) {
            if (!(share > 0 && share < 1)) {
                throw AccreteException.badArgument("the share of rows held out must be > 0 and < 1 but was " + share);
            }
            holdout = share;
            return this;
        }

        /**
         * Ends the run when some passes over the source in a row have no better scores of the rows held out than the
         * best pass before them. A version is then appended after each pass that is the best so far and at no other
         * time, except when the run is stopped.
         *
         * @param passes how many, at least 1
         * @return this
         */
        public Builder earlyStopping(int passes) {
            if (passes < 1) {
                throw AccreteException.badArgument("early-stopping must be >= 1 but was " + passes);
            }
            patience = passes;
            return this;
        }

        /**
         * Judges each version before it may become {@code live}; what was learned is published only with a version that
         * is not refused. Chunks end where windows do.
         *
         * @param rules the gates; the trusted rows are read during the call
         * @return this
         */
        public Builder gates(GateRules rules) {
            rules.requireFor(pipeline.schema());
            gates = Optional.of(rules);
            trusted = rules.trusted().map(TrustedRows::new);
            return this;
        }

        /**
         * Names the live version that versions are judged beside by a store, see {@link Versions#judgedBeside}; after
         * {@link #resume} and {@link #parent}.
         *
         * @param plugIns where the parts of the version are found
         * @param store where it is
         * @param history of the model
         * @return this
         */
        public Builder judgedBeside(PlugIns plugIns, ModelStore store, History history) {
            Optional<ModelVersion> from = history.versions().stream()
                    .filter(version -> Optional.of(version.reference()).equals(parent))
                    .findFirst();
            Versions.judgedBeside(history, from, resumed)
                    .ifPresent(version -> judgedBeside(
                            Pipeline.restore(plugIns, store.load(version)).snapshot(),
                            Versions.rowsTo(version).orElse(0L)));
            return this;
        }

        /** {@return the rows that are learned} */
        public ChunkSource source() {
            return source;
        }

        /**
         * Names the live version that versions are judged beside, until one of them becomes it.
         *
         * @param model that version's; see {@link Versions#judgedBeside}
         * @param row where that version ended in its source, as {@code rows_to} in its history
         * @return this
         */
        public Builder judgedBeside(Model model, long row) {
            judgedBeside = Optional.of(new Gates.Live(model, row));
            return this;
        }

        /**
         * Takes rollbacks while the run is under way: when somebody moves {@code live} in the store by hand, the run
         * goes on from that version at its next chunk, from that version's position or, if the rollback says so, from
         * where the run is. It does not take rollbacks by default.
         *
         * @param plugIns where the parts of the version are found
         * @param store where the versions are; not closed
         * @param asOf the history that the run was begun with
         * @param rowsAgain opens the rows again
         * @return this
         */
        public Builder takeRollbacks(PlugIns plugIns, ModelStore store, History asOf, RowsAgain rowsAgain) {
            rollbacks = Optional.of(new RollbackSource(plugIns, store, asOf, rowsAgain));
            return this;
        }

        /**
         * Watches for drift: of the loss of each row before it is learned, or of columns. Marks and the detectors are
         * kept in each version. None by default; a run that {@linkplain #resume continues} another one must watch and
         * do the same.
         *
         * @param detectors what is watched; none for no watch
         * @param action what is done when the loss has drifted
         * @return this
         */
        public Builder drift(List<DriftWatch> detectors, DriftAction action) {
            watches = List.copyOf(detectors);
            onDrift = action;
            return this;
        }

        /**
         * Lets the label of each row come some time after the row, as it does where models are used: the row is
         * predicted when it comes and learned and scored, by that prediction, when its label does. Rows that wait stay
         * in each version, with what was predicted; they also wait on where the rows end. Labels come at once by
         * default; a run that {@linkplain #resume continues} another one must wait as long.
         *
         * @param delay how long
         * @return this
         */
        public Builder labelDelay(LabelDelay delay) {
            labelDelay = Optional.of(delay);
            return this;
        }

        /**
         * Trains further pipelines on the same rows, as challengers of the run's own pipeline, the champion. Each row
         * is compared by what each of them was at the last multiple of 1,000 rows; when a paired test over the last
         * rows says that a challenger is better, both change places: the champion is what answers, what a version is,
         * and {@link TrainingRun#champion()}. A row that one of them refuses is learned by none. None by default; a run
         * that {@linkplain #resume continues} another one must have {@link Versions#challengers} of its version.
         *
         * <pre>{@code
         * List<Pipeline> challengers = Stream.of("sgd-classifier?eta0=0.5", "mlp-classifier?hidden=64")
         *         .map(text -> Pipeline.create(plugIns, source.schema(), ChallengerText.parse(plugIns, text)))
         *         .toList();
         * TrainingRun run = TrainingRun.builder(pipeline, source).challengers(challengers).build();
         * RunReport report = run.run();
         * Model model = run.champion().snapshot();
         * }</pre>
         *
         * @param pipelines newly made, of the same columns; nobody else may use them until the run ends
         * @return this
         */
        public Builder challengers(List<Pipeline> pipelines) {
            challengers = List.copyOf(pipelines);
            return this;
        }

        private Optional<Challengers> challengers(Schema schema) {
            int stored = resumed.map(Challengers::count).orElse(challengers.size());
            if (stored != challengers.size()) {
                throw AccreteException.badState("the stored run has "
                        + (stored == 1 ? "1 challenger" : stored + " challengers") + " but this one "
                        + challengers.size() + "; go on with those of the version");
            }
            if (challengers.isEmpty()) {
                return Optional.empty();
            }
            if (progressive || !watches.isEmpty() || labelDelay.isPresent()) {
                throw AccreteException.badArgument(
                        (progressive ? "progressive scores are" : watches.isEmpty() ? "a label delay is" : "drift is")
                                + " of one learner, and challengers change it; leave one of both out");
            }
            return Optional.of(new Challengers(pipeline, challengers, schema));
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
         *     no target, rows held out without a target, early stopping without rows held out, drift that cannot be
         *     watched, challengers that cannot be compared
         */
        public TrainingRun build() {
            return new TrainingRun(this);
        }
    }
}
