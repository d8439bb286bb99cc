package org.accrete.io;

import static org.accrete.io.IoFixtures.open;
import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives beyond 4 GB, whose lengths and places are in ZIP64 fields. They are sparse files: most bytes are a hole. */
class LargeArchiveTest {
    private static final int IS_ELSEWHERE = 0xFFFF_FFFF;
    private static final long LARGE_ROWS = 300_000_000;

    @TempDir
    Path folder;

    /** An array; {@code bytes} counts those behind the ones given, too. */
    private record Entry(String name, byte[] first, long bytes) {
        static Entry of(String name, String shape, long rows, int columns, double... first) {
            ByteBuffer all = ByteBuffer.allocate(128 + 8 * first.length).order(ByteOrder.LITTLE_ENDIAN);
            all.put(NumpyHeader.write("<f8", shape));
            for (double number : first) {
                all.putDouble(number);
            }
            return new Entry(name + ".npy", all.array(), 128 + 8 * rows * columns);
        }

        private int checksum() {
            CRC32 sum = new CRC32();
            sum.update(first);
            return (int) sum.getValue();
        }
    }

    /**
     * Writes an archive of arrays that are not packed.
     *
     * @param always whether small lengths and places are in ZIP64 fields, too, as some programs write them
     */
    private Path archive(boolean always, Entry... entries) throws IOException {
        Path file = folder.resolve("large.npz");
        List<ByteBuffer> directory = new ArrayList<>();
        try (FileChannel out = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            for (Entry entry : entries) {
                long place = out.position();
                ByteBuffer fields = zip64(always, entry.bytes(), entry.bytes());
                write(out, local(entry, fields), ByteBuffer.wrap(entry.first()));
                out.position(out.position() + entry.bytes() - entry.first().length);
                directory.add(central(entry, place, zip64(always, entry.bytes(), entry.bytes(), place), always));
            }
            long begin = out.position();
            write(out, directory.toArray(ByteBuffer[]::new));
            write(out, end(entries.length, begin, out.position()));
        }
        return file;
    }

    private static void write(FileChannel out, ByteBuffer... all) throws IOException {
        for (ByteBuffer some : all) {
            out.write(some);
        }
    }

    private static ByteBuffer record(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static boolean isLarge(boolean always, long number) {
        return always || number >= 0xFFFF_FFFFL;
    }

    private static int small(boolean always, long number) {
        return isLarge(always, number) ? IS_ELSEWHERE : (int) number;
    }

    /** {@return the extra field that has the large numbers of some} */
    private static ByteBuffer zip64(boolean always, long... numbers) {
        ByteBuffer all = record(4 + 8 * numbers.length).putShort((short) 1).putShort((short) 0);
        for (long number : numbers) {
            if (isLarge(always, number)) {
                all.putLong(number);
            }
        }
        all.putShort(2, (short) (all.position() - 4));
        return all.position() == 4 ? all.limit(0) : all.flip();
    }

    private static ByteBuffer local(Entry entry, ByteBuffer fields) {
        byte[] name = entry.name().getBytes(StandardCharsets.US_ASCII);
        boolean isLarge = fields.hasRemaining();
        ByteBuffer all = record(30 + name.length + fields.remaining());
        all.putInt(0x0403_4B50).putShort((short) 45).putShort((short) 0).putShort((short) 0);
        all.putInt(0).putInt(entry.checksum());
        all.putInt(isLarge ? IS_ELSEWHERE : (int) entry.bytes()).putInt(isLarge ? IS_ELSEWHERE : (int) entry.bytes());
        all.putShort((short) name.length).putShort((short) fields.remaining());
        return all.put(name).put(fields).flip();
    }

    private static ByteBuffer central(Entry entry, long place, ByteBuffer fields, boolean always) {
        byte[] name = entry.name().getBytes(StandardCharsets.US_ASCII);
        ByteBuffer all = record(46 + name.length + fields.remaining());
        all.putInt(0x0201_4B50)
                .putShort((short) 45)
                .putShort((short) 45)
                .putShort((short) 0)
                .putShort((short) 0);
        all.putInt(0).putInt(entry.checksum());
        all.putInt(small(always, entry.bytes())).putInt(small(always, entry.bytes()));
        all.putShort((short) name.length).putShort((short) fields.remaining());
        all.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
        all.putInt(small(always, place));
        return all.put(name).put(fields).flip();
    }

    private static ByteBuffer end(int entries, long begin, long end) {
        ByteBuffer all = record(56 + 20 + 22);
        all.putInt(0x0606_4B50)
                .putLong(44)
                .putShort((short) 45)
                .putShort((short) 45)
                .putInt(0)
                .putInt(0);
        all.putLong(entries).putLong(entries).putLong(end - begin).putLong(begin);
        all.putInt(0x0706_4B50).putInt(0).putLong(end).putInt(1);
        all.putInt(0x0605_4B50).putShort((short) 0).putShort((short) 0);
        all.putShort((short) entries).putShort((short) entries);
        all.putInt((int) (end - begin)).putInt(IS_ELSEWHERE).putShort((short) 0);
        return all.flip();
    }

    private static List<String> firstRows(Path file, Map<String, String> params, int count) {
        try (ChunkSource source = open(new NumpySourceProvider(), request(file), params)) {
            ChunkBuffer buffer = IoFixtures.buffer(source, count);
            source.next(buffer);
            return rows(buffer);
        }
    }

    private static Entry large(long rows) {
        return Entry.of("large", rows + ", 2", LARGE_ROWS, 2, 1, 2, 3, 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void arraysOfMoreAndBehindMoreAreRead(boolean always) throws IOException {
        Path file = archive(
                always,
                Entry.of("first", "2, 1", 2, 1, 5, 6),
                large(LARGE_ROWS),
                Entry.of("behind", "2, 2", 2, 2, 7, 8, 9, 10),
                Entry.of("y", "2,", 2, 1, 0.5, 1.5));
        assertThat(firstRows(file, Map.of("features", "behind", "target", "y"), 10))
                .containsExactly("7.0 8.0 =0.5", "9.0 10.0 =1.5");
        assertThat(firstRows(file, Map.of("features", "first", "target", "y"), 10))
                .containsExactly("5.0 =0.5", "6.0 =1.5");
        Path alone = archive(always, large(LARGE_ROWS));
        assertThat(firstRows(alone, Map.of(), 3)).containsExactly("1.0 2.0", "3.0 4.0", "0.0 0.0");
    }

    @Test
    void anArrayOfAnotherLengthThanItsHeaderSaysIsRefused() throws IOException {
        // The same in the lower 32 bits.
        Path file = archive(false, large(LARGE_ROWS + (1L << 28)));
        assertThatThrownBy(() -> firstRows(file, Map.of(), 1))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line())
                                .contains("array 'large' must have 9094967424 bytes, as its header says, but has"
                                        + " 4800000128"));
    }
}
