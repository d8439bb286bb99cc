package org.accrete.io;

import java.util.HexFormat;
import java.util.List;

/**
 * A hash of the rows of a file that were read so far, so that a changed row before a position is noticed when reading
 * continues there. Rows after the position do not count: they may be corrected.
 *
 * <p>It also remembers its value after some rows, at equal distances that double when there are too many. They tell
 * roughly where a change is. O(1) memory; one multiplication for four characters.
 *
 * <p>As text: {@code hash.distance.points}, in hexadecimal digits: sixteen, any, and four for each point.
 */
final class RowHash {
    private static final int MOST_POINTS = 8;

    /** Odd, with bits at random; a product with it carries each bit of a number to higher ones. */
    private static final long FACTOR = 0x9E3779B97F4A7C15L;

    private static final HexFormat HEX = HexFormat.of();

    private final char[] points = new char[MOST_POINTS];
    private int count;
    private long distance;
    private long rows;
    private long hash;
    private char[] decoded = {};

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
     * Adds a record.
     *
     * @param block a block
     * @param record one of its records
     */
    void add(CsvBlock block, int record) {
        int first = block.firsts[record];
        int cells = block.firsts[record + 1] - first;
        int begin = block.borders[first];
        int length = block.borders[first + cells] - begin;
        if (block.isAscii || Words.isAscii(block.text, begin, begin + length)) {
            long sum = cells;
            for (int i = 1; i <= cells; i++) {
                sum += (block.borders[first + i] - begin) * (2L * i - 1);
            }
            hash = mix(hash, sum);
            add(block.text, begin, length);
        } else {
            addDecoded(block, first, cells);
        }
        endRow();
    }

    /**
     * Adds numbers of a row, which {@link #endRow} ends.
     *
     * @param numbers has the numbers
     * @param from the first
     * @param to after the last
     */
    void add(double[] numbers, int from, int to) {
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

    /** Adds whole numbers of a row. */
    void add(int[] numbers, int from, int to) {
        for (int i = from; i < to; i++) {
            hash = mix(hash, numbers[i]);
        }
    }

    /** Ends a row. */
    void endRow() {
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

    private void addDecoded(CsvBlock block, int first, int cells) {
        int length = block.borders[first + cells] - block.borders[first];
        if (decoded.length < length) {
            decoded = new char[2 * length];
        }
        long sum = cells;
        int end = 0;
        for (int i = 0; i < cells; i++) {
            end = decode(block.text, block.borders[first + i], block.borders[first + i + 1], end);
            sum += end * (2L * i + 1);
        }
        hash = mix(hash, sum);
        add(decoded, end);
    }

    /** Decodes UTF-8 that is known to be valid; returns the end of its characters. */
    private int decode(byte[] text, int from, int to, int begin) {
        int end = begin;
        int at = from;
        while (at < to) {
            int first = text[at++];
            if (first >= 0) {
                decoded[end++] = (char) first;
            } else if (first < (byte) 0xE0) {
                decoded[end++] = (char) ((first & 0x1F) << 6 | (text[at++] & 0x3F));
            } else if (first < (byte) 0xF0) {
                decoded[end++] = (char) ((first & 0x0F) << 12 | (text[at++] & 0x3F) << 6 | (text[at++] & 0x3F));
            } else {
                int point = (first & 0x07) << 18
                        | (text[at++] & 0x3F) << 12
                        | (text[at++] & 0x3F) << 6
                        | (text[at++] & 0x3F);
                decoded[end++] = Character.highSurrogate(point);
                decoded[end++] = Character.lowSurrogate(point);
            }
        }
        return end;
    }

    /** As {@link #add(char[], int)}, of ASCII. */
    private void add(byte[] text, int from, int length) {
        int end = from + length;
        long first = mix(hash, length);
        long second = 1;
        long third = 2;
        long fourth = 3;
        int i = from;
        for (; i + 16 <= end; i += 16) {
            first = mix(first, Words.fourCharacters(text, i));
            second = mix(second, Words.fourCharacters(text, i + 4));
            third = mix(third, Words.fourCharacters(text, i + 8));
            fourth = mix(fourth, Words.fourCharacters(text, i + 12));
        }
        for (; i + 4 <= end; i += 4) {
            first = mix(first, Words.fourCharacters(text, i));
        }
        for (; i < end; i++) {
            second = mix(second, text[i]);
        }
        hash = mix(mix(mix(first, second), third), fourth);
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

    /**
     * {@return where these rows differ from as many others, such as {@code between its rows 9 and 16}}
     *
     * @param other the text of the others' hash, which differs
     */
    String difference(String other) {
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
