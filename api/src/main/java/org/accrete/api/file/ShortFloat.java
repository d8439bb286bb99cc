package org.accrete.api.file;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * The number that the shortest decimal of a {@code float} is, as programs write it to text: 0.1f is 0.1, not
 * 0.10000000149011612. The JDK's own text of a {@code float} is not always the shortest before version 19.
 */
public final class ShortFloat {
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    /** Any decimal of so many digits is found again from the float that is nearest to it. */
    private static final int SURE_DIGITS = 6;

    private static final int MOST_DIGITS = 9;
    private static final double WHOLE = 0x1p24;

    private ShortFloat() {}

    /**
     * {@return the double that is nearest to the decimal of fewest digits whose nearest float is the given one; of
     * several the one nearest to the float}
     *
     * @param value any float; NaN and infinities stay
     */
    public static double toDouble(float value) {
        double exact = value;
        double size = Math.abs(exact);
        if (size < WHOLE && exact == Math.rint(exact)) {
            return exact;
        }
        // Up to the limits all powers of ten below are exact.
        if (!(size >= 1e-12 && size < 1e22)) {
            return rare(value);
        }
        int exponent = exponent(size);
        for (int digits = SURE_DIGITS; digits <= MOST_DIGITS; digits++) {
            int scale = digits - 1 - exponent;
            double shortest = scale >= 0
                    ? Math.rint(exact * POWERS[scale]) / POWERS[scale]
                    : Math.rint(exact / POWERS[-scale]) * POWERS[-scale];
            if ((float) shortest == value) {
                return shortest;
            }
        }
        return exact;
    }

    /** {@return the power of ten of the first digit} */
    private static int exponent(double size) {
        int guess = (int) Math.floor(Math.getExponent(size) * 0.30102999566398120);
        return isAtLeast(size, guess + 1) ? guess + 1 : guess;
    }

    private static boolean isAtLeast(double size, int power) {
        return power >= 0 ? size >= POWERS[power] : size * POWERS[-power] >= 1;
    }

    private static double rare(float value) {
        if (value == 0 || Float.isNaN(value) || Float.isInfinite(value)) {
            return value;
        }
        BigDecimal exact = new BigDecimal(value);
        for (int digits = 1; digits < MOST_DIGITS; digits++) {
            BigDecimal some = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
            if (some.floatValue() == value) {
                return some.doubleValue();
            }
        }
        return exact.round(new MathContext(MOST_DIGITS, RoundingMode.HALF_EVEN)).doubleValue();
    }
}
