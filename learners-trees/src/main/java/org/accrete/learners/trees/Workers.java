package org.accrete.learners.trees;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** Threads that share the members of an ensemble among them. They end when there was nothing to do for a while. */
final class Workers {
    private static final long IDLE_SECONDS = 2;

    private final int threads;
    private final ThreadPoolExecutor pool;

    /**
     * Makes them; no thread is started yet.
     *
     * @param threads how many, with the caller's
     */
    Workers(int threads) {
        this.threads = threads;
        pool = new ThreadPoolExecutor(
                Math.max(1, threads - 1),
                Math.max(1, threads - 1),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> {
                    Thread thread = new Thread(task, "accrete-trees");
                    thread.setDaemon(true);
                    return thread;
                });
        pool.allowCoreThreadTimeOut(true);
    }

    /** {@return how many threads there are, with the caller's} */
    int threads() {
        return threads;
    }

    /** Does something for each member, in any order, and returns when all is done. */
    void run(int members, IntConsumer each) {
        AtomicInteger next = new AtomicInteger();
        Runnable share = () -> {
            for (int t = next.getAndIncrement(); t < members; t = next.getAndIncrement()) {
                each.accept(t);
            }
        };
        List<Future<?>> others = new ArrayList<>();
        for (int i = 1; i < threads; i++) {
            others.add(pool.submit(share));
        }
        share.run();
        for (Future<?> other : others) {
            await(other);
        }
    }

    private static void await(Future<?> other) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    other.get();
                    return;
                } catch (InterruptedException e) {
                    // The rows are learned whole; whoever asked to stop is heard afterwards.
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw new IllegalStateException("a tree could not learn checked rows", e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
