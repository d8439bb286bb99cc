package org.accrete.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;
import org.apache.commons.math3.random.RandomDataGenerator;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The numeric kernels: the time of one call, scalar and SIMD. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class KernelBenchmark {
    /** {@code scalar}, or {@code best} for the implementation that this machine chooses. */
    @Param({"scalar", "best"})
    public String kernels;

    /** Numbers per call; entries per row for the sparse ones. */
    @Param({"8", "20", "40", "100", "784", "4096"})
    public int size;

    private static final int HASHED = 1 << 18;

    private DenseKernels loops;
    private double[] x;
    private double[] y;
    private double[] weights;
    private int[] indices;

    /** Fills the arrays. */
    @Setup
    public void prepare() {
        loops = kernels.equals("scalar") ? DenseKernels.scalar() : DenseKernels.best();
        RandomGenerator random = new Well19937c(7);
        x = uniform(random, size);
        y = uniform(random, size);
        weights = uniform(random, HASHED);
        indices = new RandomDataGenerator(random).nextPermutation(HASHED, size);
        Arrays.sort(indices);
    }

    private static double[] uniform(RandomGenerator random, int size) {
        double[] values = new double[size];
        Arrays.setAll(values, i -> random.nextDouble());
        return values;
    }

    /** {@return the scalar product} */
    @Benchmark
    public double dot() {
        return loops.dot(x, 0, y, 0, size);
    }

    /** Adds a multiple of a vector. */
    @Benchmark
    public void axpy() {
        loops.axpy(1e-9, x, 0, y, 0, size);
    }

    /** Scales a vector and adds a multiple of another in one pass. */
    @Benchmark
    public void scaleAdd() {
        loops.scaleAdd(0.999999, y, 0, 1e-6, x, 0, size);
    }

    /** {@return the scalar product of the result with another vector, in the same pass} */
    @Benchmark
    public double scaleAddDot() {
        return loops.scaleAddDot(0.999999, y, 0, 1e-6, x, 0, x, 0, size);
    }

    /** {@return the scalar product with a sparse row} */
    @Benchmark
    public double sparseDot() {
        return SparseKernels.dot(weights, 0, indices, x, 0, size);
    }

    /** Adds a multiple of a sparse row. */
    @Benchmark
    public void sparseAxpy() {
        SparseKernels.axpy(1e-9, indices, x, 0, size, weights, 0);
    }

    /** {@return the sum} */
    @Benchmark
    public double sum() {
        return loops.sum(x, 0, size);
    }

    /** Computes the exponential of each. */
    @Benchmark
    public void exp() {
        loops.exp(x, 0, y, 0, size);
    }

    /** Computes the logistic function of each. */
    @Benchmark
    public void logistic() {
        loops.logistic(x, 0, y, 0, size);
    }
}
