package org.accrete.testkit;

import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** Counts the bytes that this thread allocates, where the JVM counts them. */
final class Allocations {
    /** Calls that are made in any case, if none allocates little enough. */
    private static final int CALLS = 40;

    /**
     * How long the compiler may take. Vectors are objects until it has compiled the loops that use them. Tests of code
     * that always allocates wait less.
     */
    static long warmUpNanos = TimeUnit.SECONDS.toNanos(20);

    private Allocations() {}

    static boolean areCounted() {
        return ManagementFactory.getThreadMXBean() instanceof com.sun.management.ThreadMXBean threads
                && threads.isThreadAllocatedMemorySupported()
                && threads.isThreadAllocatedMemoryEnabled();
    }

    /**
     * {@return the fewest bytes that one of several equal calls allocates} The first calls may create buffers and run
     * before the compiler removes short-lived objects.
     *
     * @param enough stops at a call that allocates no more than this
     */
    static long least(long enough, Runnable call) {
        return least(enough, warmUpNanos, call);
    }

    /**
     * {@return the same, for code without vectors}
     *
     * @param nanos how long the compiler may take
     */
    static long least(long enough, long nanos, Runnable call) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long start = System.nanoTime();
        for (int i = 0; least > enough && (i < CALLS || System.nanoTime() - start < nanos); i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            call.run();
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        return least;
    }
}
