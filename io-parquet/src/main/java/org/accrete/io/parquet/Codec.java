package org.accrete.io.parquet;

import io.airlift.compress.Decompressor;
import io.airlift.compress.MalformedInputException;
import io.airlift.compress.lz4.Lz4Decompressor;
import io.airlift.compress.snappy.SnappyDecompressor;
import io.airlift.compress.zstd.ZstdDecompressor;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks pages. */
interface Codec {
    /**
     * Unpacks a page.
     *
     * @param in has the packed page
     * @param from first byte
     * @param length bytes of it
     * @param out has the page from 0 on afterwards
     * @param size bytes that the page has
     * @return bytes that it turned out to have, at most those
     */
    int unpack(byte[] in, int from, int length, byte[] out, int size);

    /** {@return how often a page may be larger than when it is packed} */
    long ratio();

    /**
     * {@return the codec of a code; none for plain pages}
     *
     * @param code the code
     */
    static Codec of(int code) {
        return switch (code) {
            case 1 -> new Airlift(new SnappyDecompressor(), 64);
            case 2 -> new Gzip();
            case 6 -> new Airlift(new ZstdDecompressor(), 1 << 17);
            case 7 -> new Airlift(new Lz4Decompressor(), 256);
            default -> {
                String name = switch (code) {
                    case 3 -> "LZO";
                    case 4 -> "Brotli";
                    case 5 -> "LZ4 with the frames of Hadoop";
                    default -> "codec " + code;
                };
                throw new Damage("its pages are packed by " + name
                        + ", which is not read; write the file with Snappy, gzip, zstd, LZ4_RAW or none");
            }
        };
    }

    /** What the library unpacks. */
    final class Airlift implements Codec {
        private final Decompressor library;
        private final long ratio;

        private Airlift(Decompressor library, long ratio) {
            this.library = library;
            this.ratio = ratio;
        }

        @Override
        public long ratio() {
            return ratio;
        }

        @Override
        public int unpack(byte[] in, int from, int length, byte[] out, int size) {
            try {
                return library.decompress(in, from, length, out, 0, size);
            } catch (MalformedInputException | IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new Damage("a page cannot be unpacked: " + e.getMessage());
            }
        }
    }

    /** One or several members of gzip. */
    final class Gzip implements Codec {
        private static final int HEADER = 10;
        private static final int TRAILER = 8;

        private Gzip() {}

        @Override
        public long ratio() {
            return 1_100;
        }

        @Override
        public int unpack(byte[] in, int from, int length, byte[] out, int size) {
            int at = from;
            int end = from + length;
            int made = 0;
            Inflater inflater = new Inflater(true);
            try {
                while (at < end && made <= size) {
                    at = header(in, at, end);
                    inflater.reset();
                    inflater.setInput(in, at, end - at);
                    int begin = made;
                    while (!inflater.finished()) {
                        int some = inflater.inflate(out, made, size - made);
                        made += some;
                        if (some == 0 && !inflater.finished()) {
                            throw new Damage("a page cannot be unpacked: it ends early or is larger than it says");
                        }
                    }
                    at = end - inflater.getRemaining();
                    CRC32 checksum = new CRC32();
                    checksum.update(out, begin, made - begin);
                    if (end - at < TRAILER || (int) checksum.getValue() != number(in, at)) {
                        throw new Damage("a page cannot be unpacked: its checksum is wrong");
                    }
                    at += TRAILER;
                }
                return made;
            } catch (DataFormatException e) {
                throw new Damage("a page cannot be unpacked: " + e.getMessage());
            } finally {
                inflater.end();
            }
        }

        private static int number(byte[] in, int at) {
            return in[at] & 0xFF | (in[at + 1] & 0xFF) << 8 | (in[at + 2] & 0xFF) << 16 | in[at + 3] << 24;
        }

        private static int header(byte[] in, int from, int end) {
            if (end - from < HEADER || in[from] != 0x1F || in[from + 1] != (byte) 0x8B || in[from + 2] != 8) {
                throw new Damage("a page cannot be unpacked: it is not gzip");
            }
            int flags = in[from + 3];
            int at = from + HEADER;
            if ((flags & 4) != 0) {
                require(at + 2, end);
                at += 2 + (in[at] & 0xFF | (in[at + 1] & 0xFF) << 8);
            }
            // A name, then a comment, each ended by 0.
            for (int flag = 8; flag <= 16; flag *= 2) {
                if ((flags & flag) != 0) {
                    do {
                        require(at + 1, end);
                    } while (in[at++] != 0);
                }
            }
            at += (flags & 2) != 0 ? 2 : 0;
            require(at, end);
            return at;
        }

        private static void require(int at, int end) {
            if (at > end) {
                throw new Damage("a page cannot be unpacked: it ends early");
            }
        }
    }
}
