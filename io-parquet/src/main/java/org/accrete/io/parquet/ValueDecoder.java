package org.accrete.io.parquet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import org.accrete.api.file.ShortFloat;
import org.accrete.io.parquet.FileColumn.Meaning;
import org.accrete.io.parquet.FileColumn.Physical;

/** Reads the values of one page that are there, in order. The bytes must be followed by eight others. */
abstract class ValueDecoder {
    private static final int PLAIN = 0;
    private static final int RLE = 3;
    private static final int DELTA = 5;
    private static final int DELTA_LENGTH = 6;
    private static final int DELTA_TEXT = 7;
    private static final int SPLIT = 9;

    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Days from the beginning of Julian days to 1970. */
    private static final long JULIAN_1970 = 2_440_588;

    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private ValueDecoder() {}

    /**
     * Reads values.
     *
     * @param count how many
     * @param out where to put them
     */
    abstract void read(int count, RawValues out);

    /**
     * {@return a decoder of a page}
     *
     * @param column the column of the page
     * @param encoding the code of the encoding, not that of a dictionary
     * @param page has the values
     * @param from first byte
     * @param end after the last byte
     */
    static ValueDecoder of(FileColumn column, int encoding, byte[] page, int from, int end) {
        Physical physical = column.physical();
        boolean isText = physical == Physical.BYTE_ARRAY;
        boolean isBytes = isText || physical == Physical.FIXED_LEN_BYTE_ARRAY;
        boolean isWhole = physical == Physical.INT32 || physical == Physical.INT64;
        if (encoding == PLAIN) {
            return isText
                    ? new PlainTexts(page, from, end)
                    : physical == Physical.BOOLEAN ? new Bits(page, from, end) : new Plain(column, page, from, end);
        }
        if (encoding == RLE && physical == Physical.BOOLEAN) {
            return new Runs(page, from, end);
        }
        if (encoding == DELTA && isWhole) {
            return new Deltas(column, page, from, end);
        }
        if (encoding == DELTA_LENGTH && isText) {
            return new DeltaLengths(page, from, end);
        }
        if (encoding == DELTA_TEXT && isBytes) {
            return new DeltaTexts(page, from, end);
        }
        if (encoding == SPLIT && physical != Physical.BOOLEAN && physical != Physical.INT96 && !isText) {
            return new Split(column, page, from, end);
        }
        throw new Damage("a page has encoding " + encoding + ", which is not read");
    }

    private static void require(long bytes, int from, int end) {
        if (bytes > end - from) {
            throw new Damage("a page ends before its values do");
        }
    }

    /** Bits, the lowest first. */
    private static final class Bits extends ValueDecoder {
        private final byte[] page;
        private final long end;
        private long bit;

        Bits(byte[] page, int from, int end) {
            this.page = page;
            this.bit = 8L * from;
            this.end = 8L * end;
        }

        @Override
        void read(int count, RawValues out) {
            if (count > end - bit) {
                throw new Damage("a page ends before its values do");
            }
            long[] values = out.longs(count);
            for (int i = 0; i < count; i++, bit++) {
                values[i] = page[(int) (bit >>> 3)] >>> (bit & 7) & 1;
            }
        }
    }

    /** Bits in runs. */
    private static final class Runs extends ValueDecoder {
        private final HybridDecoder runs;
        private int[] some = {};

        Runs(byte[] page, int from, int end) {
            require(4, from, end);
            int length = (int) INTS.get(page, from);
            if (length < 0 || length > end - from - 4) {
                throw new Damage("a page ends before its values do");
            }
            runs = new HybridDecoder(page, from + 4, from + 4 + length, 1);
        }

        @Override
        void read(int count, RawValues out) {
            if (some.length < count) {
                some = new int[count];
            }
            runs.read(some, 0, count);
            long[] values = out.longs(count);
            for (int i = 0; i < count; i++) {
                values[i] = some[i];
            }
        }
    }

    /** Values of a fixed size, one after the other. */
    private static final class Plain extends ValueDecoder {
        private final FileColumn column;
        private final byte[] page;
        private final int end;
        private final int size;
        private int at;

        Plain(FileColumn column, byte[] page, int from, int end) {
            this.column = column;
            this.page = page;
            this.at = from;
            this.end = end;
            this.size = column.leastBytes();
        }

        @Override
        void read(int count, RawValues out) {
            require((long) count * size, at, end);
            int first = at;
            at += count * size;
            switch (column.physical()) {
                case INT32 -> {
                    long mask = column.meaning() == Meaning.UNSIGNED ? 0xFFFF_FFFFL : -1L;
                    long[] values = out.longs(count);
                    for (int i = 0; i < count; i++) {
                        values[i] = (int) INTS.get(page, first + 4 * i) & mask;
                    }
                }
                case INT64 -> {
                    long[] values = out.longs(count);
                    for (int i = 0; i < count; i++) {
                        values[i] = (long) LONGS.get(page, first + 8 * i);
                    }
                }
                case INT96 -> {
                    long[] values = out.longs(count);
                    for (int i = 0; i < count; i++) {
                        long nanos = (long) LONGS.get(page, first + 12 * i);
                        long day = (int) INTS.get(page, first + 12 * i + 8) - JULIAN_1970;
                        values[i] = day * MICROS_PER_DAY + Math.floorDiv(nanos, 1_000L);
                    }
                }
                case FLOAT -> {
                    double[] values = out.doubles(count);
                    for (int i = 0; i < count; i++) {
                        values[i] = ShortFloat.toDouble(Float.intBitsToFloat((int) INTS.get(page, first + 4 * i)));
                    }
                }
                case DOUBLE -> {
                    double[] values = out.doubles(count);
                    for (int i = 0; i < count; i++) {
                        values[i] = Double.longBitsToDouble((long) LONGS.get(page, first + 8 * i));
                    }
                }
                default -> {
                    out.places(count);
                    out.bytes = page;
                    for (int i = 0; i < count; i++) {
                        out.begins[i] = first + size * i;
                        out.ends[i] = first + size * (i + 1);
                    }
                }
            }
        }
    }

    /** Texts, each behind its length. */
    private static final class PlainTexts extends ValueDecoder {
        private final byte[] page;
        private final int end;
        private int at;

        PlainTexts(byte[] page, int from, int end) {
            this.page = page;
            this.at = from;
            this.end = end;
        }

        @Override
        void read(int count, RawValues out) {
            out.places(count);
            out.bytes = page;
            for (int i = 0; i < count; i++) {
                require(4, at, end);
                int length = (int) INTS.get(page, at);
                at += 4;
                if (length < 0 || length > end - at) {
                    throw new Damage("a text has " + length + " bytes, more than its page");
                }
                out.begins[i] = at;
                at += length;
                out.ends[i] = at;
            }
        }
    }

    /** Whole numbers as differences. */
    private static final class Deltas extends ValueDecoder {
        private final DeltaDecoder deltas;
        private final FileColumn column;

        Deltas(FileColumn column, byte[] page, int from, int end) {
            this.column = column;
            this.deltas = new DeltaDecoder(page, from, end);
        }

        @Override
        void read(int count, RawValues out) {
            long[] values = out.longs(count);
            deltas.read(values, 0, count);
            if (column.physical() == Physical.INT32) {
                long mask = column.meaning() == Meaning.UNSIGNED ? 0xFFFF_FFFFL : -1L;
                for (int i = 0; i < count; i++) {
                    values[i] = (int) values[i] & mask;
                }
            }
        }
    }

    /** Texts behind all of their lengths. */
    private static final class DeltaLengths extends ValueDecoder {
        private final DeltaDecoder lengths;
        private final byte[] page;
        private final int end;
        private int at;
        private long[] some = {};

        DeltaLengths(byte[] page, int from, int end) {
            this.page = page;
            this.end = end;
            this.lengths = new DeltaDecoder(page, from, end);
            this.at = new DeltaDecoder(page, from, end).skip();
        }

        @Override
        void read(int count, RawValues out) {
            if (some.length < count) {
                some = new long[count];
            }
            lengths.read(some, 0, count);
            out.places(count);
            out.bytes = page;
            for (int i = 0; i < count; i++) {
                if (some[i] < 0 || some[i] > end - at) {
                    throw new Damage("a text has " + some[i] + " bytes, more than its page");
                }
                out.begins[i] = at;
                at += (int) some[i];
                out.ends[i] = at;
            }
        }
    }

    /** Texts of which only what follows the beginning of the text before is stored. */
    private static final class DeltaTexts extends ValueDecoder {
        private final DeltaDecoder prefixes;
        private final DeltaLengths rests;
        private final RawValues suffixes = new RawValues();
        private long[] some = {};
        private byte[] last = {};
        private int lastLength;

        DeltaTexts(byte[] page, int from, int end) {
            prefixes = new DeltaDecoder(page, from, end);
            rests = new DeltaLengths(page, new DeltaDecoder(page, from, end).skip(), end);
        }

        @Override
        void read(int count, RawValues out) {
            if (some.length < count) {
                some = new long[count];
            }
            prefixes.read(some, 0, count);
            rests.read(count, suffixes);
            out.places(count);
            byte[] own = out.own(1);
            int size = 0;
            for (int i = 0; i < count; i++) {
                int rest = suffixes.ends[i] - suffixes.begins[i];
                if (some[i] < 0 || some[i] > lastLength) {
                    throw new Damage("a text begins with " + some[i] + " bytes of one of " + lastLength);
                }
                int prefix = (int) some[i];
                int length = Math.addExact(prefix, rest);
                own = out.own(Math.addExact(size, length));
                if (i == 0) {
                    System.arraycopy(last, 0, own, 0, prefix);
                } else {
                    System.arraycopy(own, out.begins[i - 1], own, size, prefix);
                }
                System.arraycopy(suffixes.bytes, suffixes.begins[i], own, size + prefix, rest);
                out.begins[i] = size;
                size += length;
                out.ends[i] = size;
                lastLength = length;
            }
            out.bytes = own;
            if (count > 0) {
                if (last.length < lastLength) {
                    last = new byte[Math.max(64, 2 * lastLength)];
                }
                System.arraycopy(own, size - lastLength, last, 0, lastLength);
            }
        }
    }

    /** The first bytes of all values, then the second bytes, and so on. */
    private static final class Split extends ValueDecoder {
        private final byte[] page;
        private final int from;
        private final int size;
        private final int stride;
        private final FileColumn column;
        private byte[] some = {};
        private int next;

        Split(FileColumn column, byte[] page, int from, int end) {
            this.column = column;
            this.page = page;
            this.from = from;
            this.size = column.leastBytes();
            this.stride = (end - from) / size;
        }

        @Override
        void read(int count, RawValues out) {
            if (count > stride - next) {
                throw new Damage("a page ends before its values do");
            }
            if (some.length < count * size + 8) {
                some = new byte[count * size + 8];
            }
            for (int j = 0; j < size; j++) {
                for (int i = 0; i < count; i++) {
                    some[i * size + j] = page[from + j * stride + next + i];
                }
            }
            next += count;
            new Plain(column, some, 0, count * size).read(count, out);
        }
    }
}
