package org.accrete.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight bytes at a time as one number, the first in its lowest bits. */
final class Words {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long TOPS = 0x8080808080808080L;

    private Words() {}

    /** {@return the eight bytes at an offset} */
    static long get(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
    }

    /** Puts eight bytes at an offset. */
    static void put(byte[] bytes, int at, long word) {
        LONGS.set(bytes, at, word);
    }

    /** {@return eight times the same byte} */
    static long repeat(byte value) {
        return (value & 0xFF) * ONES;
    }

    /**
     * {@return a number whose lowest set bit is the top bit of the first byte that equals a pattern's, or 0 when there
     * is none} Higher bits say nothing.
     *
     * @param word eight bytes
     * @param pattern eight times the byte to find
     */
    static long find(long word, long pattern) {
        long zero = word ^ pattern;
        return (zero - ONES) & ~zero & TOPS;
    }

    /** {@return as {@link #find}, for the first byte below a limit of at most 128} */
    static long findBelow(long word, int limit) {
        return (word - limit * ONES) & ~word & TOPS;
    }

    /** {@return the offset in its word of the byte that {@link #find} found} */
    static int offset(long found) {
        return Long.numberOfTrailingZeros(found) >>> 3;
    }

    /** {@return whether no byte is above 127} */
    static boolean isAscii(byte[] bytes, int from, int to) {
        long all = 0;
        int at = from;
        for (; at + 8 <= to; at += 8) {
            all |= get(bytes, at);
        }
        for (; at < to; at++) {
            all |= bytes[at];
        }
        return (all & TOPS) == 0;
    }

    /** {@return whether a byte occurs} */
    static boolean contains(byte[] bytes, int from, int to, byte value) {
        long pattern = repeat(value);
        int at = from;
        for (; at + 8 <= to; at += 8) {
            if (find(get(bytes, at), pattern) != 0) {
                return true;
            }
        }
        for (; at < to; at++) {
            if (bytes[at] == value) {
                return true;
            }
        }
        return false;
    }
}
