package org.accrete.kernels.trial;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.accrete.kernels.Kernels;

/**
 * Runs every kernel on the same inputs for some rounds, from the first cold call until compiled, and prints which kernels
 * they were and one digest of all result bits; fails if a round differs from the first.
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

    private final Kernels kernels = Kernels.best();
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
        System.out.println(digest.kernels.name() + " " + first);
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

    private void trial(SplittableRandom random, int n) {
        int aFrom = random.nextInt(4);
        int bFrom = random.nextInt(4);
        double[] a = numbers(random, aFrom + n + random.nextInt(3), random.nextInt(4));
        double[] b = numbers(random, bFrom + n + random.nextInt(3), random.nextInt(4));
        take(kernels.dot(a, aFrom, b, bFrom, n));
        take(kernels.sum(a, aFrom, n));
        take(kernels.sumOfSquares(b, bFrom, n));
        take(kernels.allFinite(a, aFrom, n) ? 1 : 0);
        double alpha = random.nextDouble() - 0.5;
        double[] out = b.clone();
        kernels.axpy(alpha, a, aFrom, out, bFrom, n);
        take(out);
        kernels.scaleAdd(0.999, out, bFrom, alpha, a, aFrom, n);
        take(out);
        take(kernels.scaleAddDot(0.998, out, bFrom, alpha, a, aFrom, b, bFrom, n));
        take(out);
        kernels.scale(alpha, out, bFrom, n);
        take(out);
        kernels.exp(a, aFrom, out, bFrom, n);
        take(out);
        kernels.logistic(a, aFrom, out, bFrom, n);
        take(out);
        int[] index = new int[n];
        for (int k = 0; k < n; k++) {
            index[k] = n - 1 - k;
        }
        take(kernels.sparseDot(a, aFrom, index, b, 0, n));
        kernels.sparseAxpy(alpha, index, b, 0, n, out, bFrom);
        take(out);
        kernels.gather(a, aFrom, index, 0, n, out, bFrom);
        kernels.scatter(out, bFrom, index, n / 2, n, a, aFrom);
        take(out);
        take(a);
        for (int i = 0; i < 8; i++) {
            double x = a.length == 0 ? i : a[i % a.length];
            take(Kernels.exp(x));
            take(Kernels.logistic(x));
            take(Kernels.log1pExp(x));
        }
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

    /** All NaN are one: their bits are not defined. */
    private void take(double value) {
        sha.update(eight.putLong(0, Double.doubleToLongBits(value)).array());
    }
}
