package org.accrete.core.train;

import com.google.common.base.Stopwatch;
import com.google.common.base.Ticker;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.accrete.api.data.ColumnPlan;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.serve.LiveModel;

/** Publishes snapshots of a run's pipeline: with every version, and else at most once in a given time. */
final class SnapshotPublisher {
    private final LiveModel live;
    private final long nanos;
    private final Optional<ColumnPlan> plan;
    private final Stopwatch sincePublished;
    private boolean renamed = true;
    private long rowsOfPublished;

    SnapshotPublisher(LiveModel live, Duration every, Optional<ColumnPlan> plan, Ticker clock) {
        this.live = live;
        this.nanos = every.toNanos();
        this.plan = plan;
        this.sincePublished = Stopwatch.createUnstarted(clock);
    }

    /** The next snapshot has a new version's name, so it is published even if the model is the same. */
    void versionAppended() {
        renamed = true;
    }

    boolean isDue() {
        return renamed || sincePublished.elapsed(TimeUnit.NANOSECONDS) >= nanos;
    }

    /** {@return how long until a snapshot is due; for ever where nothing was learned since the last one} */
    long nanosUntilDue(long rows) {
        return isPublished(rows)
                ? Long.MAX_VALUE
                : renamed ? 0 : Math.max(0, nanos - sincePublished.elapsed(TimeUnit.NANOSECONDS));
    }

    private boolean isPublished(long rows) {
        return rows == 0 || (rows == rowsOfPublished && !renamed);
    }

    /**
     * Publishes a snapshot, unless that model has been published under that name already.
     *
     * @param rows rows learned by this run; before the first there is nothing to publish
     */
    void publish(Pipeline pipeline, String name, long rows) {
        if (isPublished(rows)) {
            return;
        }
        live.publish(pipeline.snapshot(), name, plan);
        renamed = false;
        rowsOfPublished = rows;
        sincePublished.reset().start();
    }
}
