package org.accrete.io.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.math.RoundingMode;

/** Numbers of values that are stored as something else, rounded once, as when their decimal text is read. */
final class Decimals {
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    private static final int DIGITS_OF_HALF = 5;
    private static final long EXACT = 1L << 53;

    private Decimals() {}

    /** {@return a whole number divided by a power of ten} */
    static double scaled(long unscaled, int scale) {
        return scale < POWERS.length && -EXACT <= unscaled && unscaled <= EXACT
                ? unscaled / POWERS[scale]
                : BigDecimal.valueOf(unscaled, scale).doubleValue();
    }

    /** {@return a whole number of any size, the highest byte first, divided by a power of ten} */
    static double scaled(byte[] bytes, int begin, int end, int scale) {
        if (end - begin > 8) {
            return new BigDecimal(new BigInteger(bytes, begin, end - begin), scale).doubleValue();
        }
        long unscaled = begin == end ? 0 : bytes[begin];
        for (int i = begin + 1; i < end; i++) {
            unscaled = unscaled << 8 | bytes[i] & 0xFF;
        }
        return scaled(unscaled, scale);
    }

    /** {@return the number that 64 bits without a sign are} */
    static double unsigned(long bits) {
        // The lowest bit is kept in the next one, so that halving does not change what is rounded.
        return bits >= 0 ? bits : (bits >>> 1 | bits & 1) * 2.0;
    }

    /** {@return the shortest decimal that is 16 bits: sign, exponent of 5 bits, fraction of 10} */
    static double half(RawValues values, int i) {
        int bits = values.bytes[values.begins[i]] & 0xFF | values.bytes[values.begins[i] + 1] << 8;
        int exponent = bits >>> 10 & 0x1F;
        int fraction = bits & 0x3FF;
        double size;
        if (exponent == 0x1F) {
            size = fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
        } else {
            double unit = Math.scalb(1.0, Math.max(exponent, 1) - 25);
            size = shortest((exponent == 0 ? fraction : fraction | 0x400) * unit, unit);
        }
        return (bits & 0x8000) == 0 ? size : -size;
    }

    private static double shortest(double size, double unit) {
        BigDecimal exact = new BigDecimal(size);
        for (int digits = 1; digits < DIGITS_OF_HALF; digits++) {
            double some =
                    exact.round(new MathContext(digits, RoundingMode.HALF_EVEN)).doubleValue();
            if (2 * Math.abs(some - size) < unit) {
                return some;
            }
        }
        return exact.round(new MathContext(DIGITS_OF_HALF, RoundingMode.HALF_EVEN))
                .doubleValue();
    }
}
