package org.accrete.cli;

import java.util.concurrent.CountDownLatch;

/**
 * Handles Ctrl-C and SIGTERM during a run: the run is stopped, and the JVM waits until {@link #close}, that is until
 * the version is appended and the table is printed.
 */
final class Shutdown {
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook;

    Shutdown(Runnable stop) {
        hook = new Thread(() -> stopAndWait(stop), "accrete-shutdown");
        try {
            Runtime.getRuntime().addShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already.
            stop.run();
        }
    }

    private void stopAndWait(Runnable stop) {
        stop.run();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Lets the JVM end. */
    void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending; the hook is running and no longer waits.
        }
    }
}
