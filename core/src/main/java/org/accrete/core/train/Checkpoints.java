package org.accrete.core.train;

import com.google.common.base.Stopwatch;
import com.google.common.base.Ticker;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;

/** The versions that a run appends: when the next is due, and which was the last. */
final class Checkpoints {
    private final Optional<ModelWriter> writer;
    private final CheckpointInterval interval;
    private final Stopwatch sinceVersion;
    private Optional<String> parent;
    private Optional<ModelVersion> version = Optional.empty();
    private long rowsOfVersion;
    private long chunksSinceVersion;
    private double secondsOfFailed;

    /**
     * Has appended nothing.
     *
     * @param writer where to; without one nothing is appended
     * @param parent the version that the pipeline was restored from
     */
    Checkpoints(Optional<ModelWriter> writer, Optional<String> parent, CheckpointInterval interval, Ticker clock) {
        this.writer = writer;
        this.parent = parent;
        this.interval = interval;
        this.sinceVersion = Stopwatch.createUnstarted(clock);
    }

    /** Counts time from now. */
    void start() {
        sinceVersion.start();
    }

    void chunkLearned() {
        chunksSinceVersion++;
    }

    boolean isDue() {
        return writer.isPresent() && interval.isDue(chunksSinceVersion, seconds());
    }

    boolean isDueByTime() {
        return writer.isPresent() && interval.isDue(0, seconds());
    }

    /** {@return how long until a version is due by time; for ever where none is} */
    long nanosUntilDue(long rows) {
        return areComplete(rows) ? Long.MAX_VALUE : interval.nanosUntilDue(sinceVersion.elapsed(TimeUnit.NANOSECONDS));
    }

    /** {@return whether there is nothing to append: no writer, or no row since the last version} */
    boolean areComplete(long rows) {
        return writer.isEmpty() || rows == rowsOfVersion;
    }

    /**
     * Appends a version.
     *
     * @param state everything needed to continue
     * @param note what is said of it, but for its parent and the seconds since then
     * @param rows rows learned by this run
     */
    ModelVersion append(State state, ModelVersion.Note note, long rows) {
        Map<String, String> facts = new LinkedHashMap<>(note.facts());
        facts.put("seconds", String.format(Locale.ROOT, "%.3f", secondsOfFailed + seconds()));
        ModelVersion appended = writer.orElseThrow()
                .append(
                        state,
                        new ModelVersion.Note(
                                parent,
                                note.learner(),
                                note.rowsSeen(),
                                note.metrics(),
                                note.stretch(),
                                note.verdict(),
                                facts));
        version = Optional.of(appended);
        parent = Optional.of(appended.reference());
        rowsOfVersion = rows;
        secondsOfFailed = 0;
        beginInterval();
        return appended;
    }

    /**
     * Waits for the next interval if a version could not be written, and another try may succeed.
     *
     * @param failure what {@link #append} threw
     * @return whether it may
     */
    boolean waitAfter(AccreteException failure) {
        if (failure.kind() != AccreteException.Kind.IO || !writer.orElseThrow().canTryAgain()) {
            return false;
        }
        secondsOfFailed += seconds();
        beginInterval();
        return true;
    }

    /** {@return when the next version is due after one that failed, in words} */
    String nextInWords() {
        return interval.inWords();
    }

    private double seconds() {
        return sinceVersion.elapsed(TimeUnit.NANOSECONDS) / 1e9;
    }

    private void beginInterval() {
        chunksSinceVersion = 0;
        sinceVersion.reset().start();
    }

    /** The pipeline has become that of an earlier version: the parent of the next one, from now on. */
    void goBackTo(String reference, long rows) {
        parent = Optional.of(reference);
        rowsOfVersion = rows;
        secondsOfFailed = 0;
        beginInterval();
    }

    /** {@return the last version that this run appended} */
    Optional<ModelVersion> version() {
        return version;
    }

    /** {@return the last version and the rows learned since, such as {@code flights@3+5000}} */
    String nameAfter(long rows) {
        long since = rows - rowsOfVersion;
        return parent.orElse("") + (since == 0 ? "" : "+" + since);
    }
}
