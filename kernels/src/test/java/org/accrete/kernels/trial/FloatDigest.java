package org.accrete.kernels.trial;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.SplittableRandom;
import org.accrete.kernels.FloatKernels;

/** Runs every loop over floats on random inputs, so often that it gets compiled, and prints a digest of all results. */
public final class FloatDigest {
    private static final float[] SPECIAL = {
        0f,
        -0f,
        Float.NaN,
        Float.POSITIVE_INFINITY,
        Float.NEGATIVE_INFINITY,
        Float.MIN_VALUE,
        Float.MAX_VALUE,
        -Float.MAX_VALUE
    };

    private final FloatKernels kernels = FloatKernels.best();
    private final MessageDigest sha;
    private final ByteBuffer four = ByteBuffer.allocate(Float.BYTES);

    private FloatDigest() throws Exception {
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
        FloatDigest digest = new FloatDigest();
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
        for (int m = 0; m <= 9; m++) {
            product(random, m, 16 * random.nextInt(4), random.nextInt(7));
        }
        product(random, 5, 48, 128);
        product(random, 4, 32, 129);
        product(random, 3, 16, 300);
        for (int n = 0; n <= 40; n++) {
            floats(random, n);
        }
        return HexFormat.of().formatHex(sha.digest());
    }

    private void product(SplittableRandom random, int m, int n, int k) {
        boolean turned = random.nextBoolean();
        int aFrom = random.nextInt(3);
        int bRow = n + random.nextInt(3);
        int sRow = random.nextInt(2) * (n + 1);
        int cRow = n + random.nextInt(2);
        int kind = random.nextInt(3);
        float[] a = numbers(random, aFrom + m * k + 1, kind);
        float[] b = numbers(random, 2 + k * bRow, kind);
        float[] s = numbers(random, 1 + m * sRow + n, kind);
        float[] c = numbers(random, 1 + m * cRow, 0);
        kernels.product(m, n, k, a, aFrom, turned ? 1 : k, turned ? m : 1, b, 2, bRow, s, 1, sRow, c, 1, cRow);
        take(c);
        // S and C are the same matrix
        kernels.product(m, n, k, a, aFrom, turned ? 1 : k, turned ? m : 1, b, 2, bRow, c, 1, cRow, c, 1, cRow);
        take(c);
    }

    private void floats(SplittableRandom random, int n) {
        int xFrom = random.nextInt(3);
        int yFrom = random.nextInt(3);
        float[] x = numbers(random, xFrom + n + 1, random.nextInt(3));
        float[] y = numbers(random, yFrom + n + 1, random.nextInt(3));
        double[] wide = new double[y.length];
        for (int i = 0; i < wide.length; i++) {
            wide[i] = y[i];
        }
        take(new float[] {
            kernels.within(x, xFrom, n, 0.99f) ? 1 : 0,
            kernels.within(y, yFrom, n, Float.MAX_VALUE) ? 1 : 0,
            kernels.within(wide, yFrom, n, 0.97) ? 1 : 0,
            kernels.within(wide, yFrom, n, Double.MAX_VALUE) ? 1 : 0
        });
        kernels.reluGradient(x, xFrom, y, yFrom, n);
        take(y);
    }

    /** Of three kinds: around 1, all magnitudes, and with special values among them. */
    private static float[] numbers(SplittableRandom random, int n, int kind) {
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            float unit = (float) (random.nextDouble() * 2 - 1);
            numbers[i] = switch (kind) {
                case 0 -> unit;
                case 1 -> Math.scalb(unit, random.nextInt(-149, 127));
                default -> random.nextInt(40) == 0 ? SPECIAL[random.nextInt(SPECIAL.length)] : unit;
            };
        }
        return numbers;
    }

    /** All NaN count as equal: their bits are not defined. */
    private void take(float[] values) {
        for (float value : values) {
            sha.update(four.putInt(0, Float.floatToIntBits(value)).array());
        }
    }
}
