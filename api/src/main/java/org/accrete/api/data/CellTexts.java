package org.accrete.api.data;

import java.util.Arrays;

/**
 * Texts that cells of a column refer to by number, such as the dictionary of a column. Texts are only added, until all
 * are removed, so that whatever was computed from a text holds until then. Not thread-safe.
 */
public final class CellTexts {
    private byte[] text = new byte[256];
    private int[] borders = new int[17];
    private int count;
    private long generation;

    /** Makes an empty list. */
    public CellTexts() {}

    /** Removes all texts. */
    public void clear() {
        count = 0;
        generation++;
    }

    /**
     * {@return the number of a text that is added; as many as there were before}
     *
     * @param from has the text, UTF-8; copied
     * @param begin its first byte
     * @param end after its last byte
     */
    public int add(byte[] from, int begin, int end) {
        int at = borders[count];
        int next = Math.addExact(at, end - begin);
        if (next > text.length) {
            text = Arrays.copyOf(text, (int) Math.min(Integer.MAX_VALUE - 8L, Math.max(next, 2L * text.length)));
        }
        if (count + 2 > borders.length) {
            borders = Arrays.copyOf(borders, 2 * borders.length);
        }
        System.arraycopy(from, begin, text, at, end - begin);
        borders[count + 1] = next;
        return count++;
    }

    /** {@return how many texts there are} */
    public int count() {
        return count;
    }

    /** {@return the bytes of all texts, UTF-8; another array after texts were added} */
    public byte[] bytes() {
        return text;
    }

    /**
     * {@return the first byte of a text in {@link #bytes}}
     *
     * @param number from 0 to {@link #count}; the last is where all texts end
     */
    public int begin(int number) {
        return borders[number];
    }

    /** {@return how often all texts were removed} */
    long generation() {
        return generation;
    }
}
