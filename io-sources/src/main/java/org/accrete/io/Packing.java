package org.accrete.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** How a file is packed, by its first bytes. */
final class Packing {
    private static final int ZSTD_MAGIC = 0xFD2FB528;
    /** The low four bits are any. */
    private static final int ZSTD_SKIPPABLE = 0x184D2A50;

    private Packing() {}

    /** {@return endings of files, plain and packed} */
    static Set<String> endings(String... plain) {
        Set<String> endings = new HashSet<>();
        for (String ending : plain) {
            endings.addAll(Set.of(ending, ending + ".gz", ending + ".zst"));
        }
        return Set.copyOf(endings);
    }

    /**
     * {@return what a packed stream holds; the stream itself where it is not packed}
     *
     * @param in a stream at its beginning
     */
    static BufferedInputStream unpack(BufferedInputStream in) throws IOException {
        int first = first(in);
        if (Gunzip.isMagic(first)) {
            return new BufferedInputStream(new Gunzip(in), 1 << 16);
        }
        return isZstd(first) ? new BufferedInputStream(new Unzstd(in), 1 << 16) : in;
    }

    /** {@return whether a file is packed, by its first four bytes} */
    static boolean isPacked(int first) {
        return Gunzip.isMagic(first) || isZstd(first);
    }

    private static boolean isZstd(int first) {
        return first == ZSTD_MAGIC || (first & ~0xF) == ZSTD_SKIPPABLE;
    }

    /** {@return the next four bytes of a stream, the first in the lowest bits; it is not advanced} */
    private static int first(BufferedInputStream in) throws IOException {
        in.mark(4);
        byte[] bytes = in.readNBytes(4);
        in.reset();
        int first = 0;
        for (int i = 0; i < bytes.length; i++) {
            first |= (bytes[i] & 0xFF) << 8 * i;
        }
        return first;
    }
}
