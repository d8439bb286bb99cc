package org.accrete.benchmarks;

import java.util.Arrays;
import java.util.concurrent.SynchronousQueue;

/** Times at which a thread saw something, handed to the thread that caused it, and what they come to. */
final class Latencies {
    private Latencies() {}

    /** Hands the present time to whoever waits for it. */
    static void hand(SynchronousQueue<Long> to) {
        try {
            to.put(System.nanoTime());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Prints the median, the 99th percentile and the longest; sorts the times. */
    static void print(String what, double[] millis) {
        Arrays.sort(millis);
        System.out.printf(
                "%-20s median %8.2f ms, 99 %% %8.2f ms, longest %8.2f ms%n",
                what, millis[millis.length / 2], millis[millis.length * 99 / 100], millis[millis.length - 1]);
    }
}
