package org.accrete.io.parquet;

import java.util.Arrays;

/**
 * Values as a page stores them: whole numbers, floating ones or bytes. Arrays grow to the most values asked for and are
 * then reused.
 */
final class RawValues {
    /** More bytes than this many values should ever have. */
    private static final int MOST_BYTES = 1 << 27;

    /** Whole numbers; truth values as 0 and 1. */
    long[] longs = {};

    double[] doubles = {};

    /** What has the bytes of the values: the page, or {@link #own}. */
    byte[] bytes = {};

    int[] begins = {};
    int[] ends = {};

    private byte[] own = {};

    /** Forgets all values, and gives back their memory. */
    void clear() {
        longs = new long[0];
        doubles = new double[0];
        begins = new int[0];
        ends = new int[0];
    }

    /** Makes room for whole numbers. */
    long[] longs(int count) {
        if (longs.length < count) {
            longs = new long[count];
        }
        return longs;
    }

    /** Makes room for floating numbers. */
    double[] doubles(int count) {
        if (doubles.length < count) {
            doubles = new double[count];
        }
        return doubles;
    }

    /** Makes room for the places of bytes. */
    void places(int count) {
        if (begins.length < count) {
            begins = new int[count];
            ends = new int[count];
        }
    }

    /** {@return an array of at least so many bytes, with what it had} */
    byte[] own(int size) {
        if (size > own.length) {
            if (size > MOST_BYTES) {
                throw new Damage("some texts have " + size + " bytes together");
            }
            own = Arrays.copyOf(own, Math.max(size, 2 * own.length));
        }
        return own;
    }
}
