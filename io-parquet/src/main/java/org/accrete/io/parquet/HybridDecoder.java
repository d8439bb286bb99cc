package org.accrete.io.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Reads small whole numbers: runs of one number, and groups of eight in as few bits as they need. The bytes must be
 * followed by eight others.
 */
final class HybridDecoder {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private final int width;
    private final int mask;
    private int at;
    private long left;
    private boolean isPacked;
    private int value;
    private long bit;

    /**
     * Starts at the first run.
     *
     * @param bytes has the runs
     * @param from first byte
     * @param end after the last byte
     * @param width bits of a number, from 0 to 32
     */
    HybridDecoder(byte[] bytes, int from, int end, int width) {
        if (width < 0 || width > 32) {
            throw new Damage("a page has numbers of " + width + " bits");
        }
        this.bytes = bytes;
        this.at = from;
        this.end = end;
        this.width = width;
        this.mask = (int) ((1L << width) - 1);
    }

    /** Reads the next numbers. */
    void read(int[] out, int from, int count) {
        int next = from;
        int last = from + count;
        while (next < last) {
            if (left == 0) {
                nextRun();
            }
            int some = (int) Math.min(left, last - next);
            if (isPacked) {
                for (int i = 0; i < some; i++) {
                    long word = (long) LONGS.get(bytes, (int) (bit >>> 3));
                    out[next + i] = (int) (word >>> (bit & 7)) & mask;
                    bit += width;
                }
            } else {
                Arrays.fill(out, next, next + some, value);
            }
            next += some;
            left -= some;
        }
    }

    private void nextRun() {
        long header = 0;
        for (int shift = 0; ; shift += 7) {
            if (at >= end || shift > 28) {
                throw new Damage("a page ends before its values do");
            }
            int some = bytes[at++];
            header |= (long) (some & 0x7F) << shift;
            if (some >= 0) {
                break;
            }
        }
        isPacked = (header & 1) == 1;
        left = header >>> 1;
        if (isPacked) {
            bit = 8L * at;
            long size = left * width;
            left *= 8;
            if (size > end - at) {
                // The last group may be cut off behind the last number.
                left = width == 0 ? left : 8L * (end - at) / width;
                size = end - at;
            }
            at += (int) size;
        } else {
            value = 0;
            for (int shift = 0; shift < width; shift += 8) {
                if (at >= end) {
                    throw new Damage("a page ends before its values do");
                }
                value |= (bytes[at++] & 0xFF) << shift;
            }
        }
    }
}
