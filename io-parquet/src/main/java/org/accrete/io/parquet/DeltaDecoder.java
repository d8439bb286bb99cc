package org.accrete.io.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads whole numbers that are stored as differences, in blocks of as few bits as they need (DELTA_BINARY_PACKED). The
 * bytes must be followed by eight others.
 */
final class DeltaDecoder {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private final byte[] bytes;
    private final int end;
    private final int blocks;
    private final int blockSize;
    private final long total;
    private int at;
    private long value;
    private long least;
    private long read;
    private int widths;
    private int block;
    private int leftInBlock;
    private int width;
    private long bit;

    /**
     * Starts at the header.
     *
     * @param bytes has the blocks
     * @param from first byte
     * @param end after the last byte that may belong to them
     */
    DeltaDecoder(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
        long size = varint();
        long count = varint();
        total = varint();
        value = zigzag();
        if (size < 1 || size > 1 << 20 || count < 1 || size % count != 0 || size / count % 8 != 0 || total < 0) {
            throw new Damage("a page has blocks of " + size + " differences in " + count + " parts");
        }
        blocks = (int) count;
        blockSize = (int) (size / count);
        block = blocks;
    }

    /** {@return how many numbers there are} */
    long total() {
        return total;
    }

    /** {@return the byte after the last block; the numbers are not read} */
    int skip() {
        for (long left = total - 1; left > 0; left -= blockSize) {
            nextBlock();
        }
        return at;
    }

    /** Reads the next numbers. */
    void read(long[] out, int from, int count) {
        if (count > total - read) {
            throw new Damage("a page ends before its values do");
        }
        int next = from;
        int last = from + count;
        if (read == 0 && count > 0) {
            out[next++] = value;
        }
        read += count;
        while (next < last) {
            if (leftInBlock == 0) {
                nextBlock();
            }
            int some = Math.min(leftInBlock, last - next);
            for (int i = 0; i < some; i++) {
                value += least + bits();
                out[next + i] = value;
            }
            next += some;
            leftInBlock -= some;
        }
    }

    private long bits() {
        if (width == 0) {
            return 0;
        }
        int shift = (int) (bit & 7);
        int first = (int) (bit >>> 3);
        long word = (long) LONGS.get(bytes, first) >>> shift;
        if (shift + width > 64) {
            word |= (bytes[first + 8] & 0xFFL) << (64 - shift);
        }
        bit += width;
        return word & -1L >>> (64 - width);
    }

    private void nextBlock() {
        if (block == blocks) {
            least = zigzag();
            widths = at;
            block = 0;
            at += blocks;
        }
        if (at > end) {
            throw new Damage("a page ends before its values do");
        }
        width = bytes[widths + block] & 0xFF;
        long size = (long) width * blockSize / 8;
        if (width > 64 || size > end - at) {
            throw new Damage("a page ends before its values do");
        }
        bit = 8L * at;
        at += (int) size;
        leftInBlock = blockSize;
        block++;
    }

    private long zigzag() {
        long number = varint();
        return number >>> 1 ^ -(number & 1);
    }

    private long varint() {
        long number = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            if (at >= end) {
                throw new Damage("a page ends before its values do");
            }
            int some = bytes[at++];
            number |= (long) (some & 0x7F) << shift;
            if (some >= 0) {
                return number;
            }
        }
        throw new Damage("a number is too long");
    }
}
