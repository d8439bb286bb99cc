package org.accrete.api.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

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
    private static final int ASCII = 0x80;
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;
    private static final long ZEROS = '0' * ONES;
    /** Carries a byte above 9 to its top bit. */
    private static final long NOT_DIGITS = 0x76 * ONES;

    private static final int EXPONENT_LIMIT = 100_000;

    private Numbers() {}

    /**
     * {@return the number; infinite when it overflows or is written so, NaN when the text is not a number}
     *
     * <p>A number is an optional sign, digits with at most one point, and an optional exponent: no hexadecimal, no
     * suffix, no digits outside ASCII.
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last
     */
    static double parse(byte[] text, int from, int to) {
        return parse(text, from, to, '.');
    }

    /**
     * {@return as {@link #parse(byte[], int, int)}, with another decimal separator than a point}
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last
     * @param decimal the character before the fraction
     */
    static double parse(byte[] text, int from, int to, char decimal) {
        if (decimal >= ASCII) {
            return parseWithPoint(text, from, to, decimal);
        }
        double plain = parsePlain(text, from, to, decimal);
        return Double.isNaN(plain) ? parseAny(text, from, to, decimal) : plain;
    }

    /**
     * {@return the number, if it is at most 16 digits with at most one point and a minus sign; NaN otherwise} Digits
     * are taken eight at a time, because a branch for each byte is mispredicted too often.
     */
    private static double parsePlain(byte[] text, int from, int to, char decimal) {
        if (from == to || from + 9 > text.length) {
            return Double.NaN;
        }
        int sign = text[from] == '-' ? 1 : 0;
        int begin = from + sign;
        int length = to - begin;
        if (length < 1 || length > 16) {
            return Double.NaN;
        }
        int lengthOfFirst = length > 8 ? length - 8 : length;
        long word = (long) LONGS.get(text, begin);
        long point = find(word, decimal, lengthOfFirst);
        long mantissa = digits(word, point, lengthOfFirst);
        int fraction = fraction(point, lengthOfFirst);
        if (length > 8) {
            long rest = (long) LONGS.get(text, to - 8);
            long restPoint = find(rest, decimal, 8);
            long restDigits = digits(rest, restPoint, 8);
            if (mantissa < 0 || restDigits < 0 || (point != 0 && restPoint != 0)) {
                return Double.NaN;
            }
            fraction = point == 0 ? fraction(restPoint, 8) : fraction + 8;
            mantissa = mantissa * (restPoint == 0 ? 100_000_000 : 10_000_000) + restDigits;
        }
        if (mantissa < 0 || mantissa > EXACT) {
            return Double.NaN;
        }
        double value = mantissa / POWERS[fraction];
        return Double.longBitsToDouble(Double.doubleToRawLongBits(value) ^ (long) sign << 63);
    }

    /** {@return the top bit of the first byte that is the separator, among the first bytes of a word; 0 if none is} */
    private static long find(long word, char decimal, int length) {
        long zero = (word ^ ONES * decimal) | ~(-1L >>> (64 - 8 * length));
        long found = (zero - ONES) & ~zero & TOPS;
        return found & -found;
    }

    /** {@return how many of the first bytes of a word are behind the separator} */
    private static int fraction(long point, int length) {
        return Math.max(0, length - 1 - (Long.numberOfTrailingZeros(point) >>> 3));
    }

    /** {@return the number that the first bytes of a word are, without the separator; negative if they are none} */
    private static long digits(long word, long point, int length) {
        int count = point == 0 ? length : length - 1;
        if (count == 0) {
            return -1;
        }
        // All bytes before the separator; all bytes where there is none.
        long before = (point >>> 7) - 1;
        int shift = 64 - 8 * count;
        long digits = (((word & before) | ((word >>> 8) & ~before)) << shift) ^ (ZEROS << shift);
        if ((((digits + NOT_DIGITS) | digits) & TOPS) != 0) {
            return -1;
        }
        // Neighbours are added up to numbers of two, four and eight digits; the first has the lowest bits.
        digits = ((digits * ((10 << 8) | 1)) >>> 8) & 0x00FF00FF00FF00FFL;
        digits = ((digits * ((100 << 16) | 1)) >>> 16) & 0x0000FFFF0000FFFFL;
        return (digits * ((10_000L << 32) | 1)) >>> 32;
    }

    private static double parseAny(byte[] text, int from, int to, char decimal) {
        int at = from;
        boolean negative = at < to && text[at] == '-';
        if (negative || (at < to && text[at] == '+')) {
            at++;
        }
        int start = at;
        long mantissa = 0;
        int digit = at < to ? text[at] - '0' : -1;
        while (digit >= 0 && digit <= 9) {
            mantissa = mantissa * 10 + digit;
            digit = ++at < to ? text[at] - '0' : -1;
        }
        int digits = at - start;
        int power = 0;
        boolean hasPoint = at < to && text[at] == decimal;
        if (hasPoint) {
            int point = at;
            digit = ++at < to ? text[at] - '0' : -1;
            while (digit >= 0 && digit <= 9) {
                mantissa = mantissa * 10 + digit;
                digit = ++at < to ? text[at] - '0' : -1;
            }
            power = point + 1 - at;
            digits -= power;
        }
        if (digits == 0) {
            return !hasPoint && isInfinity(text, at, to)
                    ? negative ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY
                    : Double.NaN;
        }
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
                digit = text[at] - '0';
                if (digit < 0 || digit > 9) {
                    return Double.NaN;
                }
                exponent = Math.min(exponent * 10 + digit, EXPONENT_LIMIT);
            }
            power += down ? -exponent : exponent;
        }
        if (digits > DIGITS_OF_LONG || mantissa > EXACT || power < -22 || power > 22) {
            String number = new String(text, from, to - from, StandardCharsets.ISO_8859_1);
            return Double.parseDouble(number.replace(decimal, '.'));
        }
        double value = power < 0 ? mantissa / POWERS[-power] : mantissa * POWERS[power];
        return negative ? -value : value;
    }

    /** A separator that is more than one byte: the text is written anew with a point. */
    private static double parseWithPoint(byte[] text, int from, int to, char decimal) {
        String number = new String(text, from, to - from, StandardCharsets.UTF_8);
        if (number.indexOf('.') >= 0) {
            return Double.NaN;
        }
        byte[] pointed = number.replace(decimal, '.').getBytes(StandardCharsets.UTF_8);
        return parse(pointed, 0, pointed.length, '.');
    }

    private static boolean isInfinity(byte[] text, int from, int to) {
        return Cells.isWord(text, from, to, "inf") || Cells.isWord(text, from, to, "infinity");
    }
}
