package org.accrete.api.data;

/**
 * The hash murmur3_x86_32 with seed 0 of a text's UTF-8 bytes, computed from its characters. Source: Austin Appleby's
 * description of MurmurHash3, in the public domain.
 */
final class Murmur3 {
    private Murmur3() {}

    /**
     * {@return the hash; half of a surrogate pair counts as a question mark, as in {@link String#getBytes}}
     *
     * @param text characters
     * @param from first
     * @param to after the last
     */
    static int hash(char[] text, int from, int to) {
        int hash = 0;
        int length = 0;
        // Bytes not mixed yet, the first in the lowest eight bits; between characters there are fewer than 32 bits.
        long pending = 0;
        int bits = 0;
        for (int i = from; i < to; i++) {
            char c = text[i];
            if (c < 0x80) {
                pending |= (long) c << bits;
                bits += 8;
            } else if (c < 0x800) {
                pending |= (0x80C0L | c >> 6 | (c & 0x3F) << 8) << bits;
                bits += 16;
            } else if (!Character.isSurrogate(c)) {
                pending |= (0x8080E0L | c >> 12 | (c >> 6 & 0x3F) << 8 | (c & 0x3F) << 16) << bits;
                bits += 24;
            } else if (i + 1 < to && Character.isSurrogatePair(c, text[i + 1])) {
                int point = Character.toCodePoint(c, text[++i]);
                pending |= (0x808080F0L
                                | point >> 18
                                | (point >> 12 & 0x3F) << 8
                                | (point >> 6 & 0x3F) << 16
                                | (long) (point & 0x3F) << 24)
                        << bits;
                bits += 32;
            } else {
                pending |= (long) '?' << bits;
                bits += 8;
            }
            if (bits >= 32) {
                hash = Integer.rotateLeft(hash ^ scramble((int) pending), 13) * 5 + 0xE6546B64;
                length += 4;
                pending >>>= 32;
                bits -= 32;
            }
        }
        hash ^= scramble((int) pending) ^ (length + bits / 8);
        hash = (hash ^ hash >>> 16) * 0x85EBCA6B;
        hash = (hash ^ hash >>> 13) * 0xC2B2AE35;
        return hash ^ hash >>> 16;
    }

    private static int scramble(int block) {
        return Integer.rotateLeft(block * 0xCC9E2D51, 15) * 0x1B873593;
    }
}
