package org.accrete.kernels;

/**
 * The exponential function and functions on it, for single numbers: the only definition in the project.
 * {@link DenseKernels} has them for vectors; its SIMD twin does the same operations on the same constants.
 *
 * <p>Cody and Waite's reduction [1]: {@code x = k ln 2 + r} with {@code k} whole and {@code |r| <= ln(2) / 2}. ln 2 is
 * split into {@code LN2_HIGH}, whose 40 bits make {@code k * LN2_HIGH} and its difference to {@code x} exact, and
 * {@code LN2_LOW}. The rounding error of {@code r} is computed and added with the small terms. Then
 *
 * <pre>{@code
 * e^r = 1 + r + r^2 (1/2 + r P(r))        P of degree 9
 * e^x = e^r * 2^k = e^r * 2^(k1) * 2^(k - k1)          k1 about k / 2
 * }</pre>
 *
 * <p>The coefficients of P are minimax for the relative error of e^r (Remez exchange in 60 digits, then rounded to
 * double: 7e-19, which is 0.006 units in the last place); the rest of the error is rounding. The total is below 0.9
 * units in the last place where the result is normal (the tests measure it). Near both ends of the range the scaling
 * takes two multiplications, so that subnormal results are rounded once and overflow gives infinity; elsewhere one
 * multiplication gives the same. {@code k} comes from adding 1.5 * 2^52, because many vector units cannot convert
 * 64-bit floating point to integers. P is evaluated as a tree (Estrin), which shortens the chain of dependent
 * operations.
 *
 * <p>The logistic function {@code e^x / (e^x + 1)} needs a division anyway. So {@code e^r} is a quotient of shorter
 * polynomials there, and both divisions become one:
 *
 * <pre>{@code
 * e^r = (Q(r^2) + r R(r^2)) / (Q(r^2) - r R(r^2))      Q, R of degree 2
 * }</pre>
 *
 * <p>With {@code s = 2^k} that division is {@code (Q s + R (r s)) / (Q (s + 1) + R (r (s - 1)))}: more operations than
 * computing e^x first, but a shorter chain of dependent ones.
 *
 * <p>These coefficients are minimax, too (8e-19 before, 1e-17 after rounding to double). The length of the chain
 * matters because with log-loss each row waits for this value of the row before.
 *
 * <p>[1] W. J. Cody, W. Waite: Software Manual for the Elementary Functions, 1980, chapter 6.
 */
public final class Exp {

    /** Above this value the result is infinite. */
    static final double HIGHEST = 710;

    /** Below this value the result is 0. */
    static final double LOWEST = -746;

    /**
     * Where {@code |x|} is at most this value, e^x is a normal number and one exact multiplication scales it. Beyond it
     * the logistic function equals 1 or e^x to the last bit.
     */
    static final double NORMAL_LIMIT = 708;

    static final double LOG2_E = 0x1.71547652b82fep0;
    private static final double LN_2 = 0.6931471805599453;
    static final double LN2_HIGH = 0x1.62e42fefa2p-1;
    static final double LN2_LOW = 0x1.9ef35793c7673p-41;

    /** 1.5 * 2^52: adding it rounds to a whole number, which is then in the low bits. */
    static final double TO_WHOLE = 0x1.8p52;

    /** The exponent bits of 1.0. */
    static final long ONE_BITS = 0x3ffL << 52;

    static final double P0 = 0x1.555555555555dp-3;
    static final double P1 = 0x1.555555555556fp-5;
    static final double P2 = 0x1.111111110e33fp-7;
    static final double P3 = 0x1.6c16c16c07eebp-10;
    static final double P4 = 0x1.a01a01b6f1285p-13;
    static final double P5 = 0x1.a01a01fc7262dp-16;
    static final double P6 = 0x1.71dde7ba56a48p-19;
    static final double P7 = 0x1.27e40c0c7ac3cp-22;
    static final double P8 = 0x1.af7a28d6b8c00p-26;
    static final double P9 = 0x1.20d14a0850d07p-29;

    static final double Q1 = 0x1.c718f893b3647p-4;
    static final double Q2 = 0x1.03fa06f2b6473p-10;
    static final double R0 = 0.5;
    static final double R1 = 0x1.c70e8cf9788cbp-7;
    static final double R2 = 0x1.152b71142dab7p-15;

    private Exp() {}

    /**
     * The exponential function.
     *
     * @param x the exponent
     * @return e<sup>x</sup>; 1 at ±0, +∞ above 709.78, +0 below −745.13, NaN at NaN
     */
    public static double exp(double x) {
        if (x > HIGHEST) {
            return Double.POSITIVE_INFINITY;
        }
        if (x < LOWEST) {
            return 0;
        }
        double shifted = x * LOG2_E + TO_WHOLE;
        double k = shifted - TO_WHOLE;
        double high = x - k * LN2_HIGH;
        double low = k * LN2_LOW;
        double r = high - low;
        double error = (high - r) - low;
        double r2 = r * r;
        double r4 = r2 * r2;
        double p03 = (P0 + P1 * r) + (P2 + P3 * r) * r2;
        double p47 = (P4 + P5 * r) + (P6 + P7 * r) * r2;
        double p = (p03 + p47 * r4) + (P8 + P9 * r) * (r4 * r4);
        double power = 1 + (r + (r2 * (0.5 + r * p) + error));
        if (Math.abs(x) <= NORMAL_LIMIT) {
            return power * twoTo(shifted);
        }
        double half = k * 0.5 + TO_WHOLE;
        double otherHalf = (k - (half - TO_WHOLE)) + TO_WHOLE;
        return power * twoTo(half) * twoTo(otherHalf);
    }

    /**
     * The logistic function, accurate at both ends.
     *
     * @param x a decision value
     * @return 1 / (1 + e<sup>−x</sup>), between 0 and 1; NaN at NaN
     */
    public static double logistic(double x) {
        if (Math.abs(x) > NORMAL_LIMIT) {
            return x > 0 ? 1 : exp(x);
        }
        double shifted = x * LOG2_E + TO_WHOLE;
        double k = shifted - TO_WHOLE;
        double r = (x - k * LN2_HIGH) - k * LN2_LOW;
        double r2 = r * r;
        double r4 = r2 * r2;
        double even = (1 + Q1 * r2) + Q2 * r4;
        double odd = (R0 + R1 * r2) + R2 * r4;
        double scale = twoTo(shifted);
        double quotient = (even * scale + odd * (r * scale)) / (even * (scale + 1) + odd * (r * (scale - 1)));
        // near x = 37 numerator and denominator differ by less than their rounding errors
        return quotient > 1 ? 1 : quotient;
    }

    /**
     * The softplus function, which is the logistic loss of margin {@code -x}, without overflow or cancellation.
     *
     * @param x a decision value
     * @return ln(1 + e<sup>x</sup>), natural log; NaN at NaN
     */
    public static double log1pExp(double x) {
        return Math.max(x, 0) + log1p(exp(-Math.abs(x)));
    }

    /**
     * The softmax: the numbers e<sup>x</sup> divided by their sum, whatever the size of x. NaN if an x is NaN or +∞, or
     * all are −∞.
     *
     * @param x logarithms up to a common summand, such as the decision values of classes
     * @param from index of the first
     * @param count how many, at least 1
     * @param out receives probabilities, which sum to 1; may be {@code x} if both indices are the same
     * @param outFrom index of the first of them
     */
    public static void softmax(double[] x, int from, int count, double[] out, int outFrom) {
        double most = x[from];
        for (int i = 1; i < count; i++) {
            most = Math.max(most, x[from + i]);
        }
        double sum = 0;
        for (int i = 0; i < count; i++) {
            double power = exp(x[from + i] - most);
            out[outFrom + i] = power;
            sum += power;
        }
        for (int i = 0; i < count; i++) {
            out[outFrom + i] /= sum;
        }
    }

    /**
     * The natural logarithm: the exponent of {@code x} times ln 2, and the series of {@link #log1pExp} for the rest,
     * which is between 2/3 and 4/3. {@link StrictMath#log} is a native call on JDK 17.
     *
     * @param x any number
     * @return ln x; −∞ at ±0, NaN below 0 and at NaN
     */
    public static double log(double x) {
        if (!(x > 0 && x < Double.POSITIVE_INFINITY)) {
            return x == 0 ? Double.NEGATIVE_INFINITY : x > 0 ? x : Double.NaN;
        }
        double k = 0;
        double normal = x;
        if (x < Double.MIN_NORMAL) {
            normal = x * 0x1p54;
            k = -54;
        }
        long bits = Double.doubleToRawLongBits(normal);
        k += (bits >> 52) - 1023;
        double mantissa = Double.longBitsToDouble((bits & 0xfffffffffffffL) | ONE_BITS);
        if (mantissa > 4.0 / 3) {
            mantissa *= 0.5;
            k++;
        }
        return k * LN2_HIGH + (log1pSeries(mantissa - 1) + k * LN2_LOW);
    }

    /**
     * ln(1 + u) for u in [0, 1], by the series of {@code 2 artanh(s)} with {@code s = u / (2 + u)}, because that of
     * {@link StrictMath} is a native call on JDK 17. Its first term is {@code 2 s = u - s u}, which loses less by
     * rounding. Beyond 1/2 it is ln 2 plus the ln of half of 1 + u. Twelve terms of {@code z = s²}, which is at most
     * 1/25, leave an error below 1e-17.
     */
    private static double log1p(double u) {
        return u > 0.5 ? LN_2 + log1pSeries((u - 1) / 2) : log1pSeries(u);
    }

    private static double log1pSeries(double u) {
        double s = u / (2 + u);
        double z = s * s;
        double z2 = z * z;
        double z4 = z2 * z2;
        double a = (2.0 / 3 + z * (2.0 / 5)) + (2.0 / 7 + z * (2.0 / 9)) * z2;
        double b = (2.0 / 11 + z * (2.0 / 13)) + (2.0 / 15 + z * (2.0 / 17)) * z2;
        double c = (2.0 / 19 + z * (2.0 / 21)) + (2.0 / 23 + z * (2.0 / 25)) * z2;
        double rest = z * ((a + b * z4) + c * (z4 * z4));
        return u - s * (u - rest);
    }

    /** 2^k for a whole k that is in the low bits of {@code TO_WHOLE + k}. */
    private static double twoTo(double shifted) {
        return Double.longBitsToDouble((Double.doubleToRawLongBits(shifted) << 52) + ONE_BITS);
    }
}
