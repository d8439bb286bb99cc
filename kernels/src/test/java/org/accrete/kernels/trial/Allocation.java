package org.accrete.kernels.trial;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.accrete.kernels.Kernels;

/**
 * Calls every kernel until a thousand calls of each allocate nothing, and prints how many bytes the last thousand took.
 */
public final class Allocation {

    private static final int ATTEMPTS = 2_000;

    private Allocation() {}

    /**
     * Prints {@code <name> <bytes>}.
     *
     * @param args none
     */
    public static void main(String[] args) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Kernels kernels = Kernels.best();
        double[] x = new double[300];
        double[] y = new double[300];
        double[] state = new double[300];
        double[] rates = new double[300];
        int[] index = new int[300];
        double[] work = new double[Kernels.workLength(17, 17)];
        for (int i = 0; i < index.length; i++) {
            x[i] = Math.sin(i);
            index[i] = i;
        }
        long bytes = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && bytes > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < 1_000; call++) {
                all(kernels, x, y, state, rates, index, work, call % 150);
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }
        System.out.println(kernels.name() + " " + bytes);
    }

    private static void all(
            Kernels kernels,
            double[] x,
            double[] y,
            double[] state,
            double[] rates,
            int[] index,
            double[] work,
            int n) {
        double p = kernels.dot(x, 1, y, 2, n) + kernels.sum(x, 1, n) + kernels.sumOfSquares(y, 2, n);
        p += kernels.allFinite(y, 0, n) ? 1 : 0;
        kernels.axpy(Kernels.logistic(p), x, 1, y, 2, n);
        kernels.scaleAdd(0.5, y, 2, Kernels.log1pExp(-Math.abs(p)), x, 1, n);
        p += kernels.scaleAddTo(0.5, y, 2, p, x, 1, y, 2, 0) ? 1 : 0;
        p += kernels.scaleAddDot(0.5, y, 2, 0.25, x, 1, x, 3, n);
        kernels.scaleAddDots(0.5, y, 3, state, x, 1, x, 3, n / 2);
        kernels.scale(0.5, y, 0, n);
        kernels.rot(0.6, 0.8, x, 1, y, 2, n);
        kernels.exp(x, 1, y, 2, n);
        kernels.logistic(x, 1, y, 2, n);
        Kernels.Slope slope = n % 3 == 0 ? Kernels.Slope.HINGE : Kernels.Slope.LOGISTIC;
        kernels.descend(slope, 1, 1, state, x, 1, 1 + n % Kernels.NARROW, 5, y, y, y);
        kernels.gemm(17, 17, n % 17, x, 0, 1, 17, x, 0, 17, 1, y, 0, 17, work);
        kernels.syrk(17, n % 17, x, 0, 17, 1, y, 0, 17, work);
        kernels.slow(0.1, x, 0, rates, 0, n);
        kernels.step(0.5, 0.1, x, 0, rates, 0, y, 0, n);
        p += kernels.weightedSquares(rates, 0, x, 1, n)
                + kernels.stepDots(0.5, 0.1, x, 0, rates, 0, y, 0, x, 1, n, work);
        kernels.trace(0.1, 0.1, x, 0, rates, 0, y, 0, n);
        kernels.ftrl(0.1, 10, 0.1, 0.1, x, 0, y, 0, rates, 0, state, 0, n);
        p += kernels.sparseDots(y, rates, 0, index, x, 0, n, work);
        p += kernels.sparseSlow(0.1, index, x, 0, n, rates, 0) + kernels.sparseStep(0.1, index, x, 0, n, rates, y, 0);
        p += kernels.sparseTrace(0.1, 0.1, index, x, 0, n, rates, y, 0);
        p += kernels.sparseFtrl(0.1, 10, 0.1, 0.1, index, x, 0, n, y, rates, state, 0);
        Arrays.fill(rates, 0.5);
        Arrays.fill(y, 0.5);
        p = kernels.sparseDot(x, 0, index, y, 0, n);
        kernels.sparseAxpy(p * 1e-3, index, x, 0, n, y, 0);
        p += kernels.sparseAxpy(p * 1e-3, index, x, 0, n, y, 0, state, 0);
        kernels.gather(x, 0, index, 0, n, y, 0);
        kernels.scatter(x, 0, index, 0, n, y, 0);
    }
}
