package org.accrete.api.data;

/**
 * Parses decimal numbers, bit-equal to {@link Double#parseDouble}.
 *
 * <p>A decimal whose digits, read as a whole number, are at most 2^53 and whose power of ten is within ±22 is one exact
 * {@code double} multiplied or divided by another, hence rounded once and correctly (Clinger, "How to Read Floating
 * Point Numbers Accurately", PLDI 1990). Nearly all cells have this form; the JDK parses the others.
 */
final class Numbers {
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22
    };
    private static final long EXACT = 1L << 53;
    private static final int DIGITS_OF_LONG = 18;
    private static final int EXPONENT_LIMIT = 100_000;

    private Numbers() {}

    /**
     * {@return the number; infinite when it overflows or is written so, NaN when the text is not a number}
     *
     * <p>A number is an optional sign, digits with at most one point, and an optional exponent: no hexadecimal, no
     * suffix, no digits outside ASCII.
     *
     * @param text characters
     * @param from first, not a blank
     * @param to after the last
     */
    static double parse(char[] text, int from, int to) {
        return parse(text, from, to, '.');
    }

    /**
     * {@return as {@link #parse(char[], int, int)}, with another decimal separator than a point}
     *
     * @param text characters
     * @param from first, not a blank
     * @param to after the last
     * @param decimal the character before the fraction
     */
    static double parse(char[] text, int from, int to, char decimal) {
        int at = from;
        boolean negative = at < to && text[at] == '-';
        if (negative || (at < to && text[at] == '+')) {
            at++;
        }
        int start = at;
        long mantissa = 0;
        int significant = 0;
        int point = -1;
        for (; at < to; at++) {
            int digit = text[at] - '0';
            if (digit >= 0 && digit <= 9) {
                if (significant < DIGITS_OF_LONG) {
                    mantissa = mantissa * 10 + digit;
                }
                if (mantissa != 0) {
                    significant++;
                }
            } else if (text[at] == decimal && point < 0) {
                point = at;
            } else {
                break;
            }
        }
        int digits = at - start - (point < 0 ? 0 : 1);
        if (digits == 0) {
            return point < 0 && isInfinity(text, at, to)
                    ? negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY
                    : Double.NaN;
        }
        int power = point < 0 ? 0 : point + 1 - at;
        if (at < to) {
            if ((text[at] | 0x20) != 'e' || ++at == to) {
                return Double.NaN;
            }
            boolean down = text[at] == '-';
            if (down || text[at] == '+') {
                at++;
            }
            if (at == to) {
                return Double.NaN;
            }
            int exponent = 0;
            for (; at < to; at++) {
                int digit = text[at] - '0';
                if (digit < 0 || digit > 9) {
                    return Double.NaN;
                }
                exponent = Math.min(exponent * 10 + digit, EXPONENT_LIMIT);
            }
            power += down ? -exponent : exponent;
        }
        if (mantissa > EXACT || power < -22 || power > 22) {
            return Double.parseDouble(new String(text, from, to - from).replace(decimal, '.'));
        }
        double value = power < 0 ? mantissa / POWERS[-power] : mantissa * POWERS[power];
        return negative ? -value : value;
    }

    private static boolean isInfinity(char[] text, int from, int to) {
        return Cells.isWord(text, from, to, "inf") || Cells.isWord(text, from, to, "infinity");
    }
}
