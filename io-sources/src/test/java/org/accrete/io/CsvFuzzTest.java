package org.accrete.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.file.Input;
import org.accrete.api.file.RowHash;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random files, read by the source and by the slow reader of characters that it replaced. {@code -Daccrete.fuzz=N}
 * reads N files instead of a few thousand.
 */
class CsvFuzzTest {
    private static final int FILES = Integer.getInteger("accrete.fuzz", 1_000);
    private static final String[] PIECES = {
        "a",
        "b1",
        ",",
        ",",
        ",",
        "\n",
        "\n",
        "\n",
        "\r\n",
        "\r",
        "\"",
        "\"",
        "\"\"",
        "#",
        " ",
        "\t",
        "é",
        "€",
        "\uD83D\uDE00",
        "12.5",
        "-3",
        "1e400",
        "NA",
        "0.1234567890123456789",
        "2001-02-03",
        ";",
        "§",
        "x,y\n",
        "\"q\"",
        "\" \"\n",
        "\",\"",
        "text that is longer"
    };

    @TempDir
    Path folder;

    private static Random random() {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println("CsvFuzzTest: replay with -Daccrete.seed=" + seed);
        return new Random(seed);
    }

    private static byte[] text(Random random) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (random.nextInt(20) == 0) {
            bytes.writeBytes("\uFEFF".getBytes(StandardCharsets.UTF_8));
        }
        if (random.nextBoolean()) {
            bytes.writeBytes("n,c,y\n".getBytes(StandardCharsets.UTF_8));
        }
        int pieces = random.nextInt(40);
        for (int i = 0; i < pieces; i++) {
            bytes.writeBytes(PIECES[random.nextInt(PIECES.length)].getBytes(StandardCharsets.UTF_8));
            if (random.nextInt(400) == 0) {
                bytes.write(random.nextInt(256));
            }
        }
        byte[] all = bytes.toByteArray();
        return random.nextInt(10) == 0 ? java.util.Arrays.copyOf(all, random.nextInt(all.length + 1)) : all;
    }

    private static CsvFormat format(Random random) {
        char delimiter = random.nextInt(8) == 0 ? '§' : random.nextInt(8) == 0 ? ';' : ',';
        return new CsvFormat(
                delimiter,
                random.nextInt(10) == 0 ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8,
                random.nextInt(4) > 0,
                random.nextInt(6) == 0 ? random.nextInt(3) : 0,
                random.nextInt(3) == 0 ? Optional.of(random.nextInt(5) == 0 ? '€' : '#') : Optional.empty());
    }

    private List<Input> write(Random random) {
        int files = 1 + random.nextInt(2);
        for (int i = 0; i < 2; i++) {
            byte[] bytes = i < files ? text(random) : new byte[0];
            IoFixtures.write(folder.resolve(i + ".csv"), bytes);
        }
        return Input.find(folder + "/?.csv", CsvFormat.ENDINGS);
    }

    @Test
    void recordsAreThoseOfTheSlowReaderWhereverBlocksEnd() {
        Random random = random();
        for (int i = 0; i < FILES; i++) {
            CsvFormat format = format(random);
            List<Input> inputs = write(random);
            boolean mayGrow = random.nextBoolean();
            List<String> wanted = slow(inputs, format, mayGrow);
            for (int size : new int[] {1, 2, 1 + random.nextInt(20), TextBlock.SIZE}) {
                List<String> found = fast(inputs, format, mayGrow, size);
                String last = wanted.isEmpty() ? "" : wanted.get(wanted.size() - 1);
                if (last.contains("soon after this line") && format.skippedLines() > 0) {
                    // Skipped lines need not be text any more.
                    continue;
                }
                if (last.contains("soon after this line")) {
                    // The slow reader sees it as soon as it is in a buffer, before the records in front of it.
                    int before = wanted.size() - 1;
                    assertThat(found.subList(0, Math.min(before, found.size() - 1)))
                            .as("file %d, %s, at most %d bytes, may grow: %s", i, format, size, mayGrow)
                            .isEqualTo(wanted.subList(0, before));
                    assertThat(found.get(found.size() - 1)).matches("(?s).*(soon after this line|not CSV).*");
                } else {
                    assertThat(found)
                            .as("file %d, %s, at most %d bytes, may grow: %s", i, format, size, mayGrow)
                            .isEqualTo(wanted);
                }
            }
        }
    }

    private static List<String> slow(List<Input> inputs, CsvFormat format, boolean mayGrow) {
        List<String> found = new ArrayList<>();
        long hash = 0;
        try (SlowCsvRecords records = new SlowCsvRecords(inputs, 0, format, mayGrow)) {
            while (records.next()) {
                SlowCsvRow row = records.row();
                if (records.record() == 1) {
                    hash = 0;
                    for (String name : records.header()) {
                        hash = mix(hash, hash(name.getBytes(StandardCharsets.UTF_8).length, name));
                    }
                }
                hash = mix(hash, hash(row.fields()));
                found.add(records.place(records.file(), row.line()) + " " + records.isUnended()
                        + HexFormat.of().toHexDigits(hash) + records.header() + records.doubled() + row.fields());
            }
        } catch (AccreteException e) {
            found.add(e.line());
        } catch (UncheckedIOException e) {
            // Bytes that are no text among the skipped lines, for which it has no message of its own.
            found.add("soon after this line");
        }
        return found;
    }

    private static long hash(List<String> fields) {
        long borders = fields.size();
        int end = 0;
        for (int i = 0; i < fields.size(); i++) {
            end += fields.get(i).getBytes(StandardCharsets.UTF_8).length;
            borders += end * (2L * i + 1);
        }
        return hash(borders, String.join("", fields));
    }

    /** The definition of the hash of a text, with words and lanes one after the other. */
    private static long hash(long seed, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        long[] lanes = {mix(seed, bytes.length), 1, 2, 3};
        int words = bytes.length / 8;
        for (int i = 0; i < words; i++) {
            long word = 0;
            for (int j = 7; j >= 0; j--) {
                word = word << 8 | bytes[8 * i + j] & 0xFF;
            }
            int lane = i < words / 4 * 4 ? i % 4 : 0;
            lanes[lane] = mix(lanes[lane], word);
        }
        for (int i = 8 * words; i < bytes.length; i++) {
            lanes[1] = mix(lanes[1], bytes[i]);
        }
        return mix(mix(mix(lanes[0], lanes[1]), lanes[2]), lanes[3]);
    }

    private static long mix(long hash, long number) {
        long product = (hash ^ number) * 0x9E3779B97F4A7C15L;
        return product ^ (product >>> 29);
    }

    private static List<String> fast(List<Input> inputs, CsvFormat format, boolean mayGrow, int size) {
        List<String> found = new ArrayList<>();
        RowHash hash = new RowHash();
        try (TextBlocks blocks = new TextBlocks(inputs, 0, format, mayGrow, size)) {
            int file = -1;
            for (Optional<TextBlock> next = blocks.next(); next.isPresent(); next = blocks.next()) {
                TextBlock block = next.get();
                for (int row = 0; row < block.records; row++) {
                    if (block.file != file) {
                        hash.begin(block.header.names());
                        file = block.file;
                    }
                    hash.add(block.hash(row));
                    found.add(blocks.place(block.file, block.line(row)) + " " + block.isUnended(row)
                            + hash.toText().substring(0, 16) + block.header.names() + block.header.doubled()
                            + block.fields(row));
                }
                if (block.failure.isPresent()) {
                    throw blocks.failure(block);
                }
            }
        } catch (AccreteException e) {
            found.add(e.line());
        }
        return found;
    }

    /** Rows and positions do not depend on threads and blocks, and rows are those of one encoder. */
    @Test
    void rowsAreThoseOfOneEncoderHoweverManyThreadsReadThem() {
        Random random = random();
        ColumnPlan plan =
                ColumnPlan.parse("n=numeric\nc=categorical(width=16)\ny=target(kind=categorical,classes=1|2)");
        CsvFormat format = new CsvFormat(',', StandardCharsets.UTF_8, true, 0, Optional.empty());
        for (int i = 0; i < FILES / 40; i++) {
            for (int file = 0; file < 2; file++) {
                StringBuilder text = new StringBuilder(random.nextBoolean() ? "n,c,y\n" : "y,c,n\n");
                int rows = random.nextInt(60);
                for (int row = 0; row < rows; row++) {
                    text.append(random.nextInt(10) == 0 ? "bad" : String.valueOf(random.nextInt(9)))
                            .append(",\u00e9")
                            .append(random.nextInt(5))
                            .append(',')
                            .append(
                                    random.nextInt(12) == 0
                                            ? "new" + random.nextInt(4)
                                            : random.nextInt(15) == 0 ? "1.5" : "" + random.nextInt(4))
                            .append('\n');
                }
                IoFixtures.write(folder.resolve(file + ".csv"), text.toString());
            }
            SourceRequest request = SourceRequest.of(folder + "/?.csv").withPlan(plan, true);
            List<String> wanted = encoded(request, plan, format);
            for (int threads : new int[] {1, 2, 3}) {
                int size = 1 + random.nextInt(100);
                SourceRequest lenient = request.withBadRows(BadRows.skip(1, line -> {}));
                try (ChunkSource source = new TextSource(lenient, format, "", Optional.empty(), threads, size)) {
                    List<String> found = new ArrayList<>();
                    ChunkBuffer buffer = IoFixtures.buffer(source, 1 + random.nextInt(10));
                    String position = "";
                    while (source.next(buffer)) {
                        found.addAll(IoFixtures.rows(buffer));
                        position = buffer.position().toText();
                    }
                    assertThat(found)
                            .as("round %d, %d threads, %d bytes", i, threads, size)
                            .isEqualTo(wanted);
                    assertThat(position.isEmpty()).isEqualTo(wanted.isEmpty());
                }
            }
        }
    }

    private List<String> encoded(SourceRequest request, ColumnPlan plan, CsvFormat format) {
        List<String> rows = new ArrayList<>();
        try (SlowCsvRecords records =
                new SlowCsvRecords(Input.find(request.location(), CsvFormat.ENDINGS), 0, format, false)) {
            List<String> classes = plan.schema().target().classes();
            Optional<RowEncoder> encoder = Optional.empty();
            List<String> header = List.of();
            while (records.next()) {
                if (!records.header().equals(header)) {
                    header = records.header();
                    encoder = Optional.of(new RowEncoder(plan.withClasses(classes), header, true));
                }
                ChunkBuffer buffer = new ChunkBuffer(plan.schema(), 1);
                try {
                    encoder.orElseThrow().encode(records.row().fields(), buffer);
                    rows.addAll(IoFixtures.rows(buffer));
                } catch (AccreteException e) {
                    // A bad row.
                }
                classes = encoder.orElseThrow().classes();
            }
        }
        return rows;
    }

    @Test
    void lastPositionsDoNotDependOnBlocks() {
        StringBuilder text = new StringBuilder("a,b\n");
        IntStream.range(0, 500)
                .forEach(i -> text.append(i % 7 == 3 ? "\"q\n\"" : "é" + i)
                        .append(",")
                        .append(i)
                        .append('\n'));
        SourceRequest request = IoFixtures.request(IoFixtures.write(folder.resolve("p.csv"), text.toString()), "a=key");
        CsvFormat format = new CsvFormat(',', StandardCharsets.UTF_8, true, 0, Optional.empty());
        List<List<String>> all = new ArrayList<>();
        for (int size : new int[] {1, 7, 100, TextBlock.SIZE}) {
            try (ChunkSource source = new TextSource(request, format, "", Optional.empty(), 2, size)) {
                List<String> positions = new ArrayList<>();
                ChunkBuffer buffer = IoFixtures.buffer(source, 9);
                while (source.next(buffer)) {
                    positions.add(buffer.position().toText());
                }
                all.add(positions);
            }
        }
        assertThat(all.get(0)).hasSize(56);
        assertThat(all).allSatisfy(positions -> assertThat(positions).isEqualTo(all.get(0)));
    }
}
