package org.accrete.io;

import java.util.HexFormat;
import java.util.List;

/** The hash of rows as it was made from characters, the oracle of {@link RowHash}. */
final class SlowRowHash {
    private static final int MOST_POINTS = 8;

    /** Odd, with bits at random; a product with it carries each bit of a number to higher ones. */
    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private static final HexFormat HEX = HexFormat.of();

    private final char[] points = new char[MOST_POINTS];
    private int count;
    private long distance;
    private long rows;
    private long hash;

    /** Starts before the first row of a file. */
    void begin(List<String> header) {
        count = 0;
        distance = 1;
        rows = 0;
        hash = 0;
        for (String name : header) {
            char[] text = name.toCharArray();
            add(text, text.length);
        }
    }

    /**
     * Adds a row.
     *
     * @param text the characters of its cells
     * @param ends the end of each cell
     * @param cells number of cells
     */
    void add(char[] text, int[] ends, int cells) {
        long borders = cells;
        for (int i = 0; i < cells; i++) {
            borders += ends[i] * (2L * i + 1);
        }
        hash = mix(hash, borders);
        add(text, cells == 0 ? 0 : ends[cells - 1]);
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

    private void add(char[] text, int length) {
        // Four products at a time do not wait for each other.
        long first = mix(hash, length);
        long second = 1;
        long third = 2;
        long fourth = 3;
        int i = 0;
        for (; i + 16 <= length; i += 16) {
            first = mix(first, four(text, i));
            second = mix(second, four(text, i + 4));
            third = mix(third, four(text, i + 8));
            fourth = mix(fourth, four(text, i + 12));
        }
        for (; i + 4 <= length; i += 4) {
            first = mix(first, four(text, i));
        }
        for (; i < length; i++) {
            second = mix(second, text[i]);
        }
        hash = mix(mix(mix(first, second), third), fourth);
    }

    private static long four(char[] text, int at) {
        return text[at] | (long) text[at + 1] << 16 | (long) text[at + 2] << 32 | (long) text[at + 3] << 48;
    }

    /** Reversible in both, so that one changed number always changes the result. */
    private static long mix(long hash, long number) {
        long product = (hash ^ number) * FACTOR;
        return product ^ product >>> 29;
    }

    /** {@return the hash of the rows so far} */
    String toText() {
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
}
