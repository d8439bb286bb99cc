package org.accrete.core.online;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.train.DriftMark;

/** What the thread that trains tells the others, who may wait for it. Thread-safe. */
final class TrainerReport {
    private static final int MOST_TOLD = 20;

    private final String model;
    private long learned;
    private long refused;
    private final Deque<String> lastRefused = new ArrayDeque<>();
    private final Deque<DriftMark> lastDrifts = new ArrayDeque<>();
    private Optional<ScoreReport> scores = Optional.empty();
    private Optional<Throwable> failure = Optional.empty();
    private boolean ended;

    /**
     * Makes the report of a trainer that has not begun.
     *
     * @param model name of the model
     * @param row the last row that it has learned before
     */
    TrainerReport(String model, long row) {
        this.model = model;
        this.learned = row;
    }

    // --- by the trainer

    /** Rows were learned up to one, with these scores if they are told now. */
    synchronized void learnedUpTo(long row, Optional<ScoreReport> report) {
        learned = row;
        scores = report.isPresent() ? report : scores;
        notifyAll();
    }

    /** A row was refused; {@return whether it is one of the first, which are logged} */
    synchronized boolean refused(String line) {
        add(lastRefused, line);
        return ++refused <= MOST_TOLD;
    }

    synchronized void drift(DriftMark mark) {
        add(lastDrifts, mark);
    }

    private static <T> void add(Deque<T> last, T one) {
        last.addLast(one);
        if (last.size() > MOST_TOLD) {
            last.removeFirst();
        }
    }

    /** Training has ended, by a failure or not. */
    synchronized void ended(Optional<Throwable> problem) {
        failure = problem;
        ended = true;
        notifyAll();
    }

    // --- by the others

    synchronized long learned() {
        return learned;
    }

    synchronized long refused() {
        return refused;
    }

    /** {@return why the last rows were refused, at most 20, the newest last} */
    synchronized List<String> lastRefused() {
        return List.copyOf(lastRefused);
    }

    /** {@return the last marks of drift, at most 20, the newest last} */
    synchronized List<DriftMark> lastDrifts() {
        return List.copyOf(lastDrifts);
    }

    synchronized Optional<ScoreReport> scores() {
        return scores;
    }

    synchronized Optional<Throwable> failure() {
        return failure;
    }

    void requireNoFailure() {
        failure().ifPresent(problem -> {
            throw AccreteException.badState("model '" + model + "' no longer learns: " + problem.getMessage());
        });
    }

    /** Waits a moment for the trainer to go on; callers look again. */
    @SuppressWarnings("WaitNotInLoop")
    synchronized void awaitChange() {
        try {
            wait(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** {@return whether a row was learned in time} */
    synchronized boolean awaitLearned(long row, Duration atMost) throws InterruptedException {
        long until = System.nanoTime() + atMost.toNanos();
        while (learned < row && !ended) {
            long left = until - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(Math.max(1, TimeUnit.NANOSECONDS.toMillis(left)));
        }
        if (learned < row) {
            throw AccreteException.badState("model '" + model + "' ended before it learned that"
                    + failure.map(problem -> ": " + problem.getMessage()).orElse(""));
        }
        return true;
    }
}
