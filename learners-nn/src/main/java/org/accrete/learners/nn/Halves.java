package org.accrete.learners.nn;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.accrete.kernels.FloatKernels;

/**
 * Does work in two halves, the second on another thread where there is one and it is free.
 *
 * <p>Halves write to different numbers and each number is worked out as if there were one thread, so threads never
 * show. A half belongs to whoever claims it first: a helper that the system has put aside holds nobody up, unless in
 * the midst of one.
 *
 * <p>The helper is a daemon. It waits for more in a loop for some microseconds, then parks, and after {@link #IDLE}
 * ends; the next work begins another. For one owner's thread; nothing is allocated but when a helper begins.
 */
final class Halves {
    /** Products of fewer steps are done sooner than handed over. */
    private static final long LEAST_PRODUCT = 1 << 21;

    private static final int SPINS = 10_000;
    private static final long IDLE = 1_000_000_000;

    private final boolean two;
    private final Product product = new Product();

    /**
     * Number of the last work, of the last whose second half is claimed, of the last whose second half the helper has
     * done.
     */
    private volatile int asked;

    private final AtomicInteger claimed = new AtomicInteger();
    private volatile int done;

    // Written before asked, read after a claim.
    private Work work = product;
    // Written before done.
    private Throwable failure;
    private Thread helper;
    private volatile boolean parked;

    /**
     * Makes what works alone or in two; a thread begins with the first work.
     *
     * @param threads 1 or 2
     */
    Halves(int threads) {
        two = threads > 1;
    }

    /** Something in two halves. */
    interface Work {
        /**
         * Does a half.
         *
         * @param second which
         */
        void half(boolean second);
    }

    /** {@return whether there are two threads} */
    boolean areTwo() {
        return two;
    }

    /** Does both halves of some work. */
    void both(Work both) {
        failure = null;
        work = both;
        int number = asked + 1;
        asked = number;
        try {
            wake();
            both.half(false);
        } finally {
            if (claimed.compareAndSet(number - 1, number)) {
                both.half(true);
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

    private void wake() {
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
        int seen = asked - 1;
        while (awaits(seen)) {
            seen = asked;
            if (claimed.compareAndSet(seen - 1, seen)) {
                try {
                    work.half(true);
                } catch (Throwable e) {
                    failure = e;
                }
                done = seen;
            }
        }
        // Work that is asked for from here on is done by the one who asks.
    }

    /** {@return whether more was asked for, in time} */
    private boolean awaits(int seen) {
        for (int i = 0; i < SPINS; i++) {
            if (asked != seen) {
                return true;
            }
            Thread.onSpinWait();
        }
        long until = System.nanoTime() + IDLE;
        parked = true;
        while (asked == seen && until - System.nanoTime() > 0) {
            LockSupport.parkNanos(this, until - System.nanoTime());
        }
        parked = false;
        return asked != seen;
    }

    /** As {@link FloatKernels#product}, in halves of rows if that is worth it. */
    void product(
            int m,
            int n,
            int k,
            float[] a,
            int aFrom,
            int aRow,
            int aColumn,
            float[] b,
            int bFrom,
            int bRow,
            float[] s,
            int sFrom,
            int sRow,
            float[] c,
            int cFrom,
            int cRow) {
        if (!two || m < 8 || (long) m * n * k < LEAST_PRODUCT) {
            FloatKernels.best()
                    .product(m, n, k, a, aFrom, aRow, aColumn, b, bFrom, bRow, s, sFrom, sRow, c, cFrom, cRow);
            return;
        }
        product.m = m;
        product.n = n;
        product.k = k;
        product.a = a;
        product.aFrom = aFrom;
        product.aRow = aRow;
        product.aColumn = aColumn;
        product.b = b;
        product.bFrom = bFrom;
        product.bRow = bRow;
        product.s = s;
        product.sFrom = sFrom;
        product.sRow = sRow;
        product.c = c;
        product.cFrom = cFrom;
        product.cRow = cRow;
        both(product);
    }

    /** A matrix product. */
    private static final class Product implements Work {
        private int m;
        private int n;
        private int k;
        private float[] a;
        private int aFrom;
        private int aRow;
        private int aColumn;
        private float[] b;
        private int bFrom;
        private int bRow;
        private float[] s;
        private int sFrom;
        private int sRow;
        private float[] c;
        private int cFrom;
        private int cRow;

        @Override
        public void half(boolean second) {
            // In whole blocks of four rows.
            int half = m / 2 & -4;
            int from = second ? half : 0;
            FloatKernels.best()
                    .product(
                            second ? m - half : half,
                            n,
                            k,
                            a,
                            aFrom + from * aRow,
                            aRow,
                            aColumn,
                            b,
                            bFrom,
                            bRow,
                            s,
                            sFrom + from * sRow,
                            sRow,
                            c,
                            cFrom + from * cRow,
                            cRow);
        }
    }
}
