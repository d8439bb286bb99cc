package org.accrete.kernels.trial;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;
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
 * Runs every kernel on the same inputs for some rounds, from the first cold call until compiled, and prints which
 * kernels they were and one digest of all result bits; fails if a round differs from the first.
 *
 * <p>Arguments: seed, rounds.
 */
public final class Digest {

    private static final double[] SPECIAL = {
        0.0,
        -0.0,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY,
        Double.MIN_VALUE,
        -Double.MIN_VALUE,
        0x1p-1030,
        Double.MAX_VALUE,
        -Double.MAX_VALUE,
        1e300,
        -1e300,
        709.782712893384,
        709.7827128933841,
        -708.5,
        -745.1332191019411,
        -745.1332191019412,
    };

    private final DenseKernels dense = DenseKernels.best();
    private final OptimizerKernels optimizer = OptimizerKernels.best();
    private final MatrixKernels matrix = MatrixKernels.best();
    private final MixtureSums sumsOfMixture = new MixtureSums();
    private final MessageDigest sha;
    private final ByteBuffer eight = ByteBuffer.allocate(Double.BYTES);

    private Digest() throws Exception {
        sha = MessageDigest.getInstance("SHA-256");
    }

    /**
     * Prints {@code <name> <digest>}.
     *
     * @param args seed and rounds
     * @throws Exception if the platform has no SHA-256
     */
    public static void main(String[] args) throws Exception {
        long seed = Long.parseLong(args[0]);
        int rounds = Integer.parseInt(args[1]);
        Digest digest = new Digest();
        String first = digest.round(seed);
        for (int round = 1; round < rounds; round++) {
            String again = digest.round(seed);
            if (!again.equals(first)) {
                throw new AssertionError("round " + round + " differs from the first, seed " + seed);
            }
        }
        System.out.println(digest.dense.name() + " " + first);
    }

    /** Updates the rates, steps three weight vectors, and returns the first. */
    private double[] takeMixture(int n, double[] a, int aFrom, double[] b, int bFrom, double alpha, double[] rates) {
        double[] quick = rates.clone();
        optimizer.forgettingRates(0.05, 0.008, a, aFrom, quick, 0, n);
        optimizer.forgettingRates(5, 0.002, b, bFrom, quick, 0, n);
        take(quick);
        double[] first = new double[n];
        double[] second = new double[n];
        optimizer.mixtureStepThenDecisions(
                alpha, -alpha, a, aFrom, first, second, rates, quick, 0, b, bFrom, n, sumsOfMixture);
        takeSums();
        optimizer.mixtureStepThenDecisions(
                -3 * alpha, alpha, b, bFrom, first, second, rates, quick, 0, a, aFrom, n, sumsOfMixture);
        takeSums();
        optimizer.mixtureDecisions(first, second, rates, quick, 0, b, bFrom, n, sumsOfMixture);
        takeSums();
        take(second);
        take(first);
        return first;
    }

    private void takeSums() {
        take(sumsOfMixture.product0);
        take(sumsOfMixture.product1);
        take(sumsOfMixture.squares0);
        take(sumsOfMixture.squares1);
    }

    private String round(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        for (int n = 0; n <= 70; n++) {
            trial(random, n);
        }
        for (int n = 127; n <= 130; n++) {
            trial(random, n);
        }
        trial(random, 784);
        trial(random, 1000);
        return HexFormat.of().formatHex(sha.digest());
    }

    private void takeScaleAddDots(SplittableRandom random, double[] x, int xFrom, double[] z, int zFrom, int n) {
        int count = random.nextInt(6);
        double[] y = numbers(random, count * n, random.nextInt(4));
        double[] alphas = numbers(random, count * (1 + DenseKernels.SCRATCH_PER_VECTOR), 0);
        dense.scaleAddDots(0.998, y, count, alphas, x, xFrom, z, zFrom, n);
        take(y);
        take(Arrays.copyOf(alphas, count));
    }

    private void trial(SplittableRandom random, int n) {
        int aFrom = random.nextInt(4);
        int bFrom = random.nextInt(4);
        double[] a = numbers(random, aFrom + n + random.nextInt(3), random.nextInt(4));
        double[] b = numbers(random, bFrom + n + random.nextInt(3), random.nextInt(4));
        take(dense.dot(a, aFrom, b, bFrom, n));
        take(dense.squaredDistance(a, aFrom, b, bFrom, n));
        take(dense.sum(a, aFrom, n));
        take(dense.sumOfSquares(b, bFrom, n));
        take(dense.allFinite(a, aFrom, n) ? 1 : 0);
        double alpha = random.nextDouble() - 0.5;
        double[] out = b.clone();
        dense.axpy(alpha, a, aFrom, out, bFrom, n);
        take(out);
        dense.scaleAdd(0.999, out, bFrom, alpha, a, aFrom, n);
        take(out);
        take(dense.scaleAddTo(0.998, b, bFrom, alpha, a, aFrom, out, bFrom, n) ? 1 : 0);
        take(out);
        take(dense.scaleAddDot(0.998, out, bFrom, alpha, a, aFrom, b, bFrom, n));
        take(out);
        takeScaleAddDots(random, a, aFrom, b, bFrom, n);
        dense.scale(alpha, out, bFrom, n);
        take(out);
        double[] other = a.clone();
        dense.rotate(0.6, alpha, other, aFrom, out, bFrom, n);
        take(other);
        take(out);
        dense.exp(a, aFrom, out, bFrom, n);
        take(out);
        dense.logistic(a, aFrom, out, bFrom, n);
        take(out);
        double[] rates = new double[n];
        double[] roots = new double[n];
        Arrays.setAll(rates, i -> 1 / (1 + random.nextDouble()));
        Arrays.setAll(roots, i -> random.nextInt(2) * random.nextDouble());
        double gradient = random.nextInt(2) == 0 ? 0.05 : 5;
        optimizer.adaGradRates(gradient, a, aFrom, rates, 0, n);
        take(rates);
        optimizer.adaGradStep(0.999, alpha, a, aFrom, rates, 0, out, bFrom, n);
        take(out);
        take(optimizer.adaGradStepThenDot(1, alpha, b, bFrom, rates, 0, out, bFrom, a, aFrom, n));
        take(out);
        double[] traces = takeMixture(n, a, aFrom, b, bFrom, alpha, rates);
        optimizer.ftrlStep(gradient, 10, 0.5 * gradient, 0.1, a, aFrom, traces, 0, roots, 0, out, bFrom, n);
        optimizer.ftrlStep(-gradient, 10, 0, 0.1, b, bFrom, traces, 0, roots, 0, out, bFrom, n);
        take(traces);
        take(roots);
        take(out);
        int[] index = new int[n];
        for (int k = 0; k < n; k++) {
            index[k] = n - 1 - k;
        }
        take(SparseKernels.dot(a, aFrom, index, b, 0, n));
        SparseKernels.adaGradRates(gradient, index, b, 0, n, rates, 0);
        take(rates);
        MixtureCells cells = new MixtureCells(traces, roots, rates, rates);
        take(cells.rates(gradient, -gradient, 0.01, 0, index, b, 0, n));
        take(cells.step(alpha, -alpha, 0, index, b, 0, n));
        take(cells.dot(0.3, alpha, 0, index, b, 0, n));
        cells.decisions(0, index, b, 0, n, sumsOfMixture);
        takeSums();
        take(cells.column(MixtureCells.WEIGHT + 1));
        take(cells.column(MixtureCells.RATE + 1));
        SparseKernels.adaGradStep(alpha, index, b, 0, n, rates, roots, 0);
        take(roots);
        SparseKernels.ftrlStep(gradient, 10, 0.1, 0.1, index, b, 0, n, traces, rates, roots, 0);
        take(traces);
        take(rates);
        take(roots);
        SparseKernels.axpy(alpha, index, b, 0, n, out, bFrom);
        take(out);
        double[] before = new double[n];
        take(SparseKernels.axpyWithUndo(alpha, index, b, 0, n, out, bFrom, before, 0));
        take(out);
        take(before);
        SparseKernels.gather(a, aFrom, index, 0, n, out, bFrom);
        SparseKernels.scatter(out, bFrom, index, n / 2, n, a, aFrom);
        take(out);
        take(a);
        if (n > 0 && n <= DelayedSgdState.MAX_WIDTH) {
            takeDelayedSgd(random, n);
        }
        if (n % 10 == 0) {
            takeProducts(random, n, a, b);
        }
        for (int i = 0; i < 8; i++) {
            double x = a.length == 0 ? i : a[i % a.length];
            take(Exp.exp(x));
            take(Exp.logistic(x));
            take(Exp.log1pExp(x));
        }
    }

    /**
     * A few rows of random numbers, some not finite, or of −0 only, in an array with or without room after the last
     * row.
     */
    private void takeDelayedSgd(SplittableRandom random, int n) {
        int rows = 1 + random.nextInt(6);
        double[] x = numbers(random, 1 + rows * n + random.nextInt(2) * 40, random.nextInt(8) == 0 ? 3 : 0);
        double[] y = numbers(random, rows, 0);
        double[] stepSize = numbers(random, rows, 0);
        boolean zeros = n % 8 == 0 && random.nextBoolean();
        if (zeros) {
            Arrays.fill(x, -0.0);
            Arrays.fill(stepSize, 0);
        }
        double[] decay = random.doubles(Math.max(rows, n)).toArray();
        for (GradientKind kind : GradientKind.values()) {
            DelayedSgdState state = new DelayedSgdState();
            state.start(zeros ? decay : numbers(random, n, 0), n, zeros ? -0.0 : 0.1);
            state.step = zeros ? -0.0 : 0;
            double[] decided = y.clone();
            take(optimizer.delayedSgd(kind, 0.5, 0.9, state, x, 1, n, rows, decided, stepSize, decay));
            take(decided);
            take(state.weights);
            take(state.row);
            take(new double[] {state.decay, state.step, state.intercept});
        }
    }

    /** Matrices of sizes around those of tiles and panels, filled with repetitions of the arrays. */
    private void takeProducts(SplittableRandom random, int n, double[] a, double[] b) {
        int m = 1 + random.nextInt(9);
        int columns = 1 + random.nextInt(70);
        int k = n == 1000 ? 300 : random.nextInt(20);
        double[] left = repeated(a, m * k);
        double[] right = repeated(b, k * columns);
        double[] c = new double[Math.max(m * columns, columns * columns)];
        double[] work = new double[MatrixKernels.workLength(Math.max(m, columns), k)];
        matrix.gemm(m, columns, k, left, 0, k, 1, right, 0, 1, k, c, 0, columns, work);
        take(c);
        matrix.gemm(m, columns, k, left, 0, 1, m, right, 0, columns, 1, c, 0, columns, work);
        take(c);
        matrix.syrk(columns, k, right, 0, 1, columns, c, 0, columns, work);
        for (int i = 0; i < columns; i++) {
            for (int j = i; j < columns; j++) {
                take(c[i * columns + j]);
            }
        }
    }

    private static double[] repeated(double[] from, int length) {
        double[] numbers = new double[length];
        for (int i = 0; i < length && from.length > 0; i++) {
            numbers[i] = from[i % from.length];
        }
        return numbers;
    }

    /** Of four kinds: around 1, exponents as exp likes them, all magnitudes, and with special values among them. */
    private static double[] numbers(SplittableRandom random, int n, int kind) {
        double[] numbers = new double[n];
        for (int i = 0; i < n; i++) {
            double unit = random.nextDouble() * 2 - 1;
            numbers[i] = switch (kind) {
                case 0 -> unit;
                case 1 -> unit * 750;
                case 2 -> Math.scalb(unit, random.nextInt(-1074, 1023));
                default -> random.nextInt(8) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : unit;
            };
        }
        return numbers;
    }

    private void take(double[] values) {
        for (double value : values) {
            take(value);
        }
    }

    /** All NaN count as equal: their bits are not defined. */
    private void take(double value) {
        sha.update(eight.putLong(0, Double.doubleToLongBits(value)).array());
    }
}
