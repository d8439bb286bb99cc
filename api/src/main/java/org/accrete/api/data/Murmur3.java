package org.accrete.api.data;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The hash murmur3_x86_32 with seed 0 of a text's UTF-8 bytes. Source: Austin Appleby's description of MurmurHash3, in
 * the public domain.
 */
final class Murmur3 {
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private Murmur3() {}

    /**
     * {@return the hash}
     *
     * @param text UTF-8
     * @param from first byte
     * @param to after the last byte
     */
    static int hash(byte[] text, int from, int to) {
        int hash = 0;
        int at = from;
        for (; at + 4 <= to; at += 4) {
            int block = (int) INTS.get(text, at);
            hash = Integer.rotateLeft(hash ^ scramble(block), 13) * 5 + 0xE6546B64;
        }
        int rest = 0;
        for (int shift = 0; at < to; at++, shift += 8) {
            rest |= (text[at] & 0xFF) << shift;
        }
        hash ^= scramble(rest) ^ (to - from);
        hash = (hash ^ hash >>> 16) * 0x85EBCA6B;
        hash = (hash ^ hash >>> 13) * 0xC2B2AE35;
        return hash ^ hash >>> 16;
    }

    private static int scramble(int block) {
        return Integer.rotateLeft(block * 0xCC9E2D51, 15) * 0x1B873593;
    }
}
