package org.accrete.learners.nn;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Runs a task in two halves: the first on the caller's thread, the second on a helper thread if there is one and it is
 * free.
 *
 * <p>The halves write to different numbers, and each number is computed as with one thread, so the number of threads
 * never changes a result. The thread that claims the second half first runs it. So a helper that the operating system
 * has suspended delays nobody, unless it was suspended within its half.
 *
 * <p>The helper is a daemon thread. After a task it spins for some microseconds, then parks, and ends after
 * {@link #IDLE_NANOS} without work; the next task starts a new one. One owner thread at a time may call
 * {@link #run(Task)}. Only the start of a helper allocates.
 */
final class TwoThreads {
    private static final int SPINS = 10_000;
    private static final long IDLE_NANOS = 1_000_000_000;

    private final boolean hasHelper;

    /** Number of the last task that was submitted. */
    private volatile int submitted;

    /** Number of the last task whose second half was claimed. */
    private final AtomicInteger claimed = new AtomicInteger();

    /** Number of the last task whose second half the helper has finished. */
    private volatile int done;

    /** Written before {@link #submitted}, read after a claim. */
    private Task task = second -> {};

    /** Written before {@link #done}. */
    private Throwable failure;

    private Thread helper;
    private volatile boolean parked;

    /**
     * Starts no thread yet.
     *
     * @param threads 1 or 2
     */
    TwoThreads(int threads) {
        hasHelper = threads > 1;
    }

    /** A task in two halves that do not depend on each other. */
    interface Task {
        /**
         * Runs one half.
         *
         * @param second whether it is the second half
         */
        void runHalf(boolean second);
    }

    /** {@return whether a task may run on two threads} */
    boolean areTwo() {
        return hasHelper;
    }

    /** Runs both halves of a task and returns when both are done. */
    void run(Task both) {
        failure = null;
        task = both;
        int number = submitted + 1;
        submitted = number;
        try {
            wakeHelper();
            both.runHalf(false);
        } finally {
            if (claimed.compareAndSet(number - 1, number)) {
                both.runHalf(true);
            } else {
                while (done != number) {
                    Thread.onSpinWait();
                }
            }
        }
        if (failure != null) {
            throw new IllegalStateException("the second half failed", failure);
        }
    }

    private void wakeHelper() {
        Thread running = helper;
        if (running == null || !running.isAlive()) {
            Thread next = new Thread(this::help, "accrete-mlp-helper");
            next.setDaemon(true);
            next.start();
            helper = next;
        } else if (parked) {
            LockSupport.unpark(running);
        }
    }

    private void help() {
        int seen = submitted - 1;
        while (awaitTask(seen)) {
            seen = submitted;
            if (claimed.compareAndSet(seen - 1, seen)) {
                try {
                    task.runHalf(true);
                } catch (Throwable e) {
                    failure = e;
                }
                done = seen;
            }
        }
        // A task that is submitted from here on is run by its submitter alone.
    }

    /** {@return whether a task later than {@code seen} was submitted before the idle time was over} */
    private boolean awaitTask(int seen) {
        for (int i = 0; i < SPINS; i++) {
            if (submitted != seen) {
                return true;
            }
            Thread.onSpinWait();
        }
        long deadline = System.nanoTime() + IDLE_NANOS;
        parked = true;
        while (submitted == seen && deadline - System.nanoTime() > 0) {
            LockSupport.parkNanos(this, deadline - System.nanoTime());
        }
        parked = false;
        return submitted != seen;
    }
}
