package org.accrete.api.file;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * A hash of the rows of a file that were read so far, so that a changed row before a position is noticed when reading
 * continues there. Rows after the position do not count: they may be corrected.
 *
 * <p>It also remembers its value after some rows, at equal distances that double when there are too many. They tell
 * roughly where a change is. O(1) memory; one multiplication for eight bytes. Each row of text has a hash of its own,
 * so that several threads can make them.
 *
 * <p>As text: {@code hash.distance.points}, in hexadecimal digits: sixteen, any, and four for each point.
 */
public final class RowHash {
    private static final int MOST_POINTS = 8;

    /** Odd, with bits at random; a product with it carries each bit of a number to higher ones. */
    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final HexFormat HEX = HexFormat.of();

    private final char[] points = new char[MOST_POINTS];
    private int count;
    private long distance;
    private long rows;
    private long hash;

    /** Makes a hash of no rows; {@link #begin} comes first. */
    public RowHash() {}

    /**
     * Starts before the first row of a file.
     *
     * @param header names of its columns
     */
    public void begin(List<String> header) {
        count = 0;
        distance = 1;
        rows = 0;
        hash = 0;
        for (String name : header) {
            byte[] text = name.getBytes(StandardCharsets.UTF_8);
            hash = mix(hash, of(text.length, text, 0, text.length));
        }
    }

    /**
     * {@return the hash of a text alone}
     *
     * @param seed a number to be hashed with it
     * @param text has the text, UTF-8
     * @param from its first byte
     * @param to after its last byte
     */
    public static long of(long seed, byte[] text, int from, int to) {
        // Four products at a time do not wait for each other.
        long first = mix(seed, to - from);
        long second = 1;
        long third = 2;
        long fourth = 3;
        int i = from;
        for (; i + 32 <= to; i += 32) {
            first = mix(first, word(text, i));
            second = mix(second, word(text, i + 8));
            third = mix(third, word(text, i + 16));
            fourth = mix(fourth, word(text, i + 24));
        }
        for (; i + 8 <= to; i += 8) {
            first = mix(first, word(text, i));
        }
        for (; i < to; i++) {
            second = mix(second, text[i]);
        }
        return mix(mix(mix(first, second), third), fourth);
    }

    /**
     * Adds a row.
     *
     * @param row the hash of the row alone
     */
    public void add(long row) {
        hash = mix(hash, row);
        endRow();
    }

    /**
     * Adds numbers of a row, which {@link #endRow} ends.
     *
     * @param numbers has the numbers
     * @param from the first
     * @param to after the last
     */
    public void add(double[] numbers, int from, int to) {
        long first = mix(hash, to - from);
        long second = 1;
        long third = 2;
        long fourth = 3;
        int i = from;
        for (; i + 4 <= to; i += 4) {
            first = mix(first, Double.doubleToRawLongBits(numbers[i]));
            second = mix(second, Double.doubleToRawLongBits(numbers[i + 1]));
            third = mix(third, Double.doubleToRawLongBits(numbers[i + 2]));
            fourth = mix(fourth, Double.doubleToRawLongBits(numbers[i + 3]));
        }
        for (; i < to; i++) {
            first = mix(first, Double.doubleToRawLongBits(numbers[i]));
        }
        hash = mix(mix(mix(first, second), third), fourth);
    }

    /**
     * Adds whole numbers of a row, which {@link #endRow} ends.
     *
     * @param numbers has the numbers
     * @param from the first
     * @param to after the last
     */
    public void add(int[] numbers, int from, int to) {
        for (int i = from; i < to; i++) {
            hash = mix(hash, numbers[i]);
        }
    }

    /** Ends a row. */
    public void endRow() {
        rows++;
        if (rows == (count + 1) * distance) {
            points[count++] = (char) (hash >>> 48);
            if (count == MOST_POINTS) {
                for (int i = 1; i < MOST_POINTS; i += 2) {
                    points[i / 2] = points[i];
                }
                count = MOST_POINTS / 2;
                distance *= 2;
            }
        }
    }

    /**
     * {@return a hash and a number as one hash} Reversible in both, so that one changed number always changes the
     * result.
     *
     * @param hash a hash
     * @param number a number, or another hash
     */
    public static long mix(long hash, long number) {
        long product = (hash ^ number) * FACTOR;
        return product ^ product >>> 29;
    }

    private static long word(byte[] text, int at) {
        return (long) LONGS.get(text, at);
    }

    /** {@return the hash of the rows so far} */
    public String toText() {
        StringBuilder text = new StringBuilder()
                .append(HEX.toHexDigits(hash))
                .append('.')
                .append(Long.toHexString(distance))
                .append('.');
        for (int i = 0; i < count; i++) {
            text.append(HEX.toHexDigits(points[i]));
        }
        return text.toString();
    }

    /**
     * {@return where these rows differ from as many others, such as {@code between its rows 9 and 16}}
     *
     * @param other the text of the others' hash, which differs
     */
    public String difference(String other) {
        String mine = toText();
        int digits = mine.lastIndexOf('.') + 1;
        int point = 0;
        while (point < count && mine.regionMatches(digits + 4 * point, other, digits + 4 * point, 4)) {
            point++;
        }
        long first = point * distance + 1;
        long last = Math.min(rows, (point + 1) * distance);
        return first == last ? "in its row " + first : "between its rows " + first + " and " + last;
    }
}
