package org.accrete.kernels.trial;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.accrete.kernels.DelayedSgdState;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.Exp;
import org.accrete.kernels.GradientKind;
import org.accrete.kernels.MatrixKernels;
import org.accrete.kernels.MixtureCells;
import org.accrete.kernels.MixtureSums;
import org.accrete.kernels.OptimizerKernels;
import org.accrete.kernels.SparseKernels;

/**
 * Calls every kernel until a thousand calls of each allocate nothing, and prints how many bytes the last thousand took.
 */
public final class Allocation {

    private static final int ATTEMPTS = 2_000;
    private static final MixtureCells CELLS =
            new MixtureCells(new double[200], new double[200], new double[200], new double[200]);

    private Allocation() {}

    /**
     * Prints {@code <name> <bytes>}.
     *
     * @param args none
     */
    public static void main(String[] args) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        DenseKernels dense = DenseKernels.best();
        double[] x = new double[300];
        double[] y = new double[300];
        double[] state = new double[300];
        double[] rates = new double[300];
        DelayedSgdState delayed = new DelayedSgdState();
        MixtureSums sums = new MixtureSums();
        int[] index = new int[300];
        double[] work = new double[MatrixKernels.workLength(17, 17)];
        for (int i = 0; i < index.length; i++) {
            x[i] = Math.sin(i);
            index[i] = i;
        }
        long bytes = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && bytes > 0; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int call = 0; call < 1_000; call++) {
                all(x, y, state, delayed, sums, rates, index, work, call % 150);
            }
            bytes = threads.getCurrentThreadAllocatedBytes() - before;
        }
        System.out.println(dense.name() + " " + bytes);
    }

    private static void all(
            double[] x,
            double[] y,
            double[] state,
            DelayedSgdState delayed,
            MixtureSums sums,
            double[] rates,
            int[] index,
            double[] work,
            int n) {
        DenseKernels dense = DenseKernels.best();
        OptimizerKernels optimizer = OptimizerKernels.best();
        MatrixKernels matrix = MatrixKernels.best();
        double p = dense.dot(x, 1, y, 2, n)
                + dense.squaredDistance(x, 1, y, 2, n)
                + dense.sum(x, 1, n)
                + dense.sumOfSquares(y, 2, n);
        p += dense.allFinite(y, 0, n) ? 1 : 0;
        dense.axpy(Exp.logistic(p), x, 1, y, 2, n);
        dense.scaleAdd(0.5, y, 2, Exp.log1pExp(-Math.abs(p)), x, 1, n);
        p += dense.scaleAddTo(0.5, y, 2, p, x, 1, y, 2, 0) ? 1 : 0;
        p += dense.scaleAddDot(0.5, y, 2, 0.25, x, 1, x, 3, n);
        dense.scaleAddDots(0.5, y, 3, state, x, 1, x, 3, n / 2);
        dense.scale(0.5, y, 0, n);
        dense.rotate(0.6, 0.8, x, 1, y, 2, n);
        dense.exp(x, 1, y, 2, n);
        dense.logistic(x, 1, y, 2, n);
        GradientKind kind = n % 3 == 0 ? GradientKind.HINGE : GradientKind.LOGISTIC;
        optimizer.delayedSgd(kind, 1, 1, delayed, x, 1, 1 + n % DelayedSgdState.MAX_WIDTH, 5, y, y, y);
        matrix.gemm(17, 17, n % 17, x, 0, 1, 17, x, 0, 17, 1, y, 0, 17, work);
        matrix.syrk(17, n % 17, x, 0, 17, 1, y, 0, 17, work);
        optimizer.adaGradRates(0.1, x, 0, rates, 0, n);
        optimizer.adaGradStep(0.5, 0.1, x, 0, rates, 0, y, 0, n);
        p += optimizer.adaGradStepThenDot(0.5, 0.1, x, 0, rates, 0, y, 0, x, 1, n);
        optimizer.forgettingRates(0.1, 0.01, x, 0, rates, 0, n);
        optimizer.mixtureDecisions(y, y, rates, rates, 0, x, 0, n, sums);
        optimizer.mixtureStepThenDecisions(0.1, 0.2, x, 0, y, y, rates, rates, 0, x, 1, n, sums);
        p += sums.product0 + sums.product1 + sums.squares0 + sums.squares1;
        optimizer.ftrlStep(0.1, 10, 0.1, 0.1, x, 0, y, 0, rates, 0, state, 0, n);
        p += SparseKernels.adaGradRates(0.1, index, x, 0, n, rates, 0)
                + SparseKernels.adaGradStep(0.1, index, x, 0, n, rates, y, 0);
        CELLS.begin(n);
        CELLS.takeBoth();
        CELLS.decisions(0, index, x, 0, n, sums);
        p += CELLS.rates(0.1, 0.1, 0.01, 0, index, x, 0, n)
                + CELLS.step(0.1, 0.2, 0, index, x, 0, n)
                + CELLS.dot(0.2, 0.3, 0, index, x, 0, n);
        CELLS.takeNewer();
        CELLS.snapshotProducts(false, 0, index, x, 0, n, sums);
        CELLS.snapshotProducts(true, 0, index, x, 0, n, sums);
        CELLS.rollBack();
        p += SparseKernels.ftrlStep(0.1, 10, 0.1, 0.1, index, x, 0, n, y, rates, state, 0);
        Arrays.fill(rates, 0.5);
        Arrays.fill(y, 0.5);
        p = SparseKernels.dot(x, 0, index, y, 0, n);
        SparseKernels.axpy(p * 1e-3, index, x, 0, n, y, 0);
        p += SparseKernels.axpyWithUndo(p * 1e-3, index, x, 0, n, y, 0, state, 0);
        SparseKernels.gather(x, 0, index, 0, n, y, 0);
        SparseKernels.scatter(x, 0, index, 0, n, y, 0);
    }
}
