package org.accrete.io.parquet;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.zip.CRC32;
import org.accrete.io.parquet.Footer.Part;

/**
 * The pages of one column in a row group, one at a time. Holds the page; the bytes that it was unpacked from lie in an
 * array that all columns share, since they read one after the other.
 *
 * <p>A page is a header, then, each if there, how many levels of repetition and of definition, then values:
 *
 * <pre>
 * version 1: header, packed(length, definition levels, values)
 * version 2: header, definition levels, packed(values)
 * </pre>
 */
final class Pages {
    private static final int DATA = 0;
    private static final int DICTIONARY = 2;
    private static final int DATA_2 = 3;
    private static final int WINDOW = 1 << 16;
    private static final int LARGEST_HEADER = 1 << 23;
    private static final int MOST_AT_ONCE = 1 << 17;
    /** What decoders may read behind the last byte. */
    private static final int SLACK = 9;

    private static final byte[] NONE = new byte[SLACK];

    /** An array that belongs to whoever reads a packed page. */
    static final class Spare {
        private byte[] bytes = NONE;
    }

    private final FileChannel file;
    private final Spare spare;
    private Optional<Codec> codec = Optional.empty();
    private int codecCode;

    private byte[] window = NONE;
    private int at;
    private int filled;
    private long next;
    private long end;
    private byte[] unpacked = new byte[SLACK];

    /** The page's bytes. */
    byte[] page = {};
    /** First byte of the definition levels and after the last; of values from there on, after the last. */
    int levels;

    int levelsEnd;
    int values;
    int valuesEnd;

    int count;
    int encoding;
    boolean isDictionary;

    private int type;
    private int size;
    private int packedSize;
    private boolean hasChecksum;
    private int checksum;
    private int levelsLength;
    private boolean isPacked;
    private int levelsEncoding;

    Pages(FileChannel file, Spare spare) {
        this.file = file;
        this.spare = spare;
    }

    /** Goes to the first page of a part. */
    void begin(Part part, long fileLength) throws IOException {
        if (!part.isReadable()) {
            throw new Damage("it is encrypted, or in another file, which is not read");
        }
        if (part.from() < 0 || part.length() < 0 || part.length() > fileLength - part.from()) {
            throw new Damage("its " + part.length() + " bytes from " + part.from() + " on are not in the file of "
                    + fileLength + " bytes");
        }
        if (part.codec() != codecCode) {
            codec = part.codec() == 0 ? Optional.empty() : Optional.of(Codec.of(part.codec()));
            codecCode = part.codec();
        }
        at = 0;
        filled = 0;
        next = part.from();
        end = part.from() + part.length();
    }

    /** Reads the next page of a dictionary or of values; damage if there is none. */
    void next(boolean isOptional) throws IOException {
        while (true) {
            header();
            if (size < 0 || packedSize < 0 || packedSize > end - next + filled - at) {
                throw new Damage("a page has " + packedSize + " bytes, more than are left");
            }
            if (type == DATA || type == DATA_2 || type == DICTIONARY) {
                load();
                place(isOptional);
                return;
            }
            skip(packedSize);
        }
    }

    private void header() throws IOException {
        for (int wanted = 1 << 9; ; wanted *= 8) {
            boolean isAll = !need(wanted);
            try {
                CompactReader in = new CompactReader(window, at, filled);
                read(in);
                at = in.at();
                return;
            } catch (Damage e) {
                if (isAll || wanted > LARGEST_HEADER) {
                    throw filled == at ? new Damage("its pages end before its values do") : e;
                }
            }
        }
    }

    private void read(CompactReader in) {
        type = -1;
        size = -1;
        packedSize = -1;
        count = -1;
        hasChecksum = false;
        isPacked = true;
        levelsLength = 0;
        levelsEncoding = 3;
        in.begin();
        while (in.nextField()) {
            switch (in.field()) {
                case 1 -> type = in.integer();
                case 2 -> size = in.integer();
                case 3 -> packedSize = in.integer();
                case 4 -> {
                    checksum = in.integer();
                    hasChecksum = true;
                }
                case 5, 7, 8 -> content(in, in.field());
                default -> in.skip();
            }
        }
    }

    private void content(CompactReader in, int kind) {
        int outer = in.struct();
        while (in.nextField()) {
            int field = in.field();
            if (field == 1) {
                count = in.integer();
            } else if (field == (kind == 8 ? 4 : 2)) {
                encoding = in.integer();
            } else if (kind == 5 && field == 3) {
                levelsEncoding = in.integer();
            } else if (kind == 8 && field == 5) {
                levelsLength = in.integer();
            } else if (kind == 8 && field == 6) {
                if (in.integer() != 0) {
                    throw new Damage("a page of single values has lists");
                }
            } else if (kind == 8 && field == 7) {
                isPacked = in.isTrue();
            } else {
                in.skip();
            }
        }
        in.end(outer);
    }

    private void load() throws IOException {
        need(packedSize);
        int from = at;
        at += packedSize;
        if (hasChecksum) {
            CRC32 sum = new CRC32();
            sum.update(window, from, packedSize);
            if ((int) sum.getValue() != checksum) {
                throw new Damage("the checksum of a page is wrong");
            }
        }
        int plain = type == DATA_2 ? levelsLength : 0;
        if (plain < 0 || plain > packedSize || plain > size) {
            throw new Damage("a page has " + plain + " bytes of levels, more than it has");
        }
        if (codec.isEmpty() || (type == DATA_2 && !isPacked)) {
            page = window;
            levels = from;
            valuesEnd = from + packedSize;
        } else {
            unpack(from, plain);
        }
        levelsEnd = levels + plain;
        values = levelsEnd;
    }

    private void unpack(int from, int plain) {
        int packed = packedSize - plain;
        int wanted = size - plain;
        if (wanted > packed * codec.orElseThrow().ratio() + (1 << 10)) {
            throw new Damage("a page of " + packed + " bytes cannot have " + wanted + " when it is unpacked");
        }
        if (unpacked.length < size + SLACK) {
            unpacked = bytes(size);
        }
        int made = packed == 0 ? 0 : codec.orElseThrow().unpack(window, from + plain, packed, unpacked, wanted);
        if (made != wanted) {
            throw new Damage("a page has " + made + " bytes instead of " + wanted + " when it is unpacked");
        }
        page = unpacked;
        if (plain > 0) {
            System.arraycopy(unpacked, 0, unpacked, plain, wanted);
            System.arraycopy(window, from, unpacked, 0, plain);
        }
        levels = 0;
        valuesEnd = size;
        lendWindow();
    }

    /** Gives the window to other columns, without what it has of the next page. */
    private void lendWindow() {
        next -= filled - at;
        at = 0;
        filled = 0;
        if (window.length > spare.bytes.length) {
            spare.bytes = window;
        }
        window = NONE;
    }

    /** Finds the levels within the page. */
    private void place(boolean isOptional) {
        isDictionary = type == DICTIONARY;
        if (count < 0) {
            throw new Damage("a page does not say how many values it has");
        }
        if (type != DATA || !isOptional) {
            return;
        }
        if (levelsEncoding != 3) {
            throw new Damage("a page has levels of encoding " + levelsEncoding + ", which is not read");
        }
        if (valuesEnd - levels < 4) {
            throw new Damage("a page ends before its values do");
        }
        int length = page[levels] & 0xFF
                | (page[levels + 1] & 0xFF) << 8
                | (page[levels + 2] & 0xFF) << 16
                | page[levels + 3] << 24;
        levels += 4;
        if (length < 0 || length > valuesEnd - levels) {
            throw new Damage("a page has " + length + " bytes of levels, more than it has");
        }
        levelsEnd = levels + length;
        values = levelsEnd;
    }

    /** Makes sure that so many bytes of the file were read; false if there are fewer. */
    private boolean need(int wanted) throws IOException {
        if (filled - at >= wanted) {
            return true;
        }
        if (window == NONE) {
            window = spare.bytes;
            spare.bytes = NONE;
        }
        if (at > 0) {
            System.arraycopy(window, at, window, 0, filled - at);
            filled -= at;
            at = 0;
        }
        if (window.length - SLACK < wanted) {
            long most = end - next + filled;
            int length = (int) Math.min(most, Math.max(wanted, WINDOW));
            if (length > window.length - SLACK) {
                byte[] larger = bytes(length);
                System.arraycopy(window, 0, larger, 0, filled);
                window = larger;
            }
        }
        int goal = Math.min(window.length - SLACK, Math.max(wanted, WINDOW));
        int room = (int) Math.min(goal - filled, end - next);
        while (room > 0) {
            int count = file.read(ByteBuffer.wrap(window, filled, Math.min(room, MOST_AT_ONCE)), next);
            if (count < 0) {
                throw new Damage("the file was cut off while it was read");
            }
            filled += count;
            next += count;
            room -= count;
        }
        return filled >= wanted;
    }

    private void skip(int length) {
        int here = Math.min(length, filled - at);
        at += here;
        next += length - here;
    }

    private static byte[] bytes(int size) {
        try {
            return new byte[Math.addExact(size, SLACK)];
        } catch (OutOfMemoryError e) {
            throw new Damage("a page of " + size + " bytes does not fit into the heap; raise it by -Xmx");
        }
    }
}
