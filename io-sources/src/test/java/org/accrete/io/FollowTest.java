package org.accrete.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that are written, rotated and joined by others while they are read. */
@ExtendWith(RunSeed.class)
class FollowTest {
    private static final ColumnPlan PLAN = ColumnPlan.parse("i=numeric\nt=categorical(width=1024)");
    private static final Duration SOON = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    /** How rows are written. */
    enum Format {
        CSV("csv", "i,t\n", new CsvSourceProvider()) {
            @Override
            String row(int i) {
                return i % 5 == 0 ? i + ",\"a\nb\"\n" : i + ",t" + i % 7 + "\n";
            }
        },
        JSON("jsonl", "", new JsonLinesSourceProvider()) {
            @Override
            String row(int i) {
                return "{\"i\":" + i + ",\"t\":\"" + (i % 5 == 0 ? "a\\nb" : "t" + i % 7) + "\"}\n";
            }
        };

        final String ending;
        final String header;
        final ChunkSourceProvider provider;

        Format(String ending, String header, ChunkSourceProvider provider) {
            this.ending = ending;
            this.header = header;
            this.provider = provider;
        }

        abstract String row(int i);

        String rows(int from, int to) {
            StringBuilder text = new StringBuilder(header);
            IntStream.range(from, to).forEach(i -> text.append(row(i)));
            return text.toString();
        }
    }

    private static SourceRequest following(Path location) {
        return SourceRequest.of(location.toString())
                .withPlan(PLAN, false)
                .withFollow(true)
                .withMaxWait(Optional.of(Duration.ZERO));
    }

    private static ChunkSource open(Format format, Path location) {
        return IoFixtures.open(format.provider, following(location), Map.of());
    }

    private static ChunkSource open(Path location, Position position) {
        ChunkSource source = open(Format.CSV, location);
        source.seek(Position.parse(position.toText()));
        return source;
    }

    private static void append(Path file, String text) {
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void rename(Path from, Path to) throws IOException {
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Reads so many rows, whose first cells are numbers from one on; returns the position after them. */
    private static Position expect(ChunkSource source, int from, int to) {
        ChunkBuffer buffer = IoFixtures.buffer(source, 7);
        int next = from;
        while (next < to) {
            buffer.limit(Math.min(7, to - next));
            assertThat(source.next(buffer)).isTrue();
            for (String row : IoFixtures.rows(buffer)) {
                assertThat(row).startsWith(next == 0 ? "" : "0:" + (double) next + " ");
                next++;
            }
        }
        return buffer.position();
    }

    private static void expectNothing(ChunkSource source) {
        assertThat(source.awaitRows(SOON)).isFalse();
    }

    /** The oracle: all rows in one file, read at once. */
    @ParameterizedTest
    @EnumSource(Format.class)
    void randomWritesRotationsAndKillsLoseNothingAndReadNothingTwice(Format format) throws IOException {
        SeededRandom random = RunSeed.random("follow " + format);
        for (int round = 0; round < 3; round++) {
            boolean isDirectory = round % 3 > 0;
            boolean isRotated = round % 3 < 2;
            Path in = Files.createDirectory(folder.resolve("round-" + round));
            Path whole = folder.resolve(round + "." + format.ending);
            append(whole, format.header);
            int file = 10;
            Path log = in.resolve("app-" + file + "." + format.ending);
            String pending = format.header;
            int written = 0;
            append(log, pending + format.row(written));
            append(whole, format.row(written++));
            pending = "";
            Path location = isDirectory ? in : log;
            ChunkSource source = open(format, location);
            ChunkBuffer buffer = IoFixtures.buffer(source, 13);
            List<String> rows = new ArrayList<>();
            // From its beginning, a source would begin with the file that has the name then.
            source.next(buffer);
            rows.addAll(IoFixtures.rows(buffer));
            Position position = buffer.position();
            for (int step = 0; step < 200; step++) {
                switch (random.nextInt(12)) {
                    case 0 -> {
                        append(log, pending);
                        pending = format.header;
                        if (!isRotated) {
                            log = in.resolve("app-" + ++file + "." + format.ending);
                        } else {
                            for (int i = 60; i > 0; i--) {
                                Path older = Path.of(log + "." + i);
                                if (Files.exists(older)) {
                                    rename(older, Path.of(log + "." + (i + 1)));
                                }
                            }
                            rename(log, Path.of(log + ".1"));
                        }
                        if (random.nextInt(2) == 0) {
                            append(log, "");
                        }
                    }
                    case 1 -> {
                        if (Files.exists(log)) {
                            // Killed: what was read after the position is read again.
                            source.close();
                            source = open(format, location);
                            source.seek(Position.parse(position.toText()));
                        }
                    }
                    case 2, 3, 4, 5 -> {
                        buffer.limit(1 + random.nextInt(13));
                        if (source.awaitRows(Duration.ZERO) && rows.size() < written - 40) {
                            source.next(buffer);
                            rows.addAll(IoFixtures.rows(buffer));
                            position = buffer.position();
                        }
                    }
                    default -> {
                        StringBuilder text = new StringBuilder(pending);
                        for (int i = random.nextInt(20); i > 0; i--) {
                            text.append(format.row(written));
                            append(whole, format.row(written++));
                        }
                        int to = random.nextInt(text.length() + 1);
                        append(log, text.substring(0, to));
                        pending = text.substring(to);
                    }
                }
            }
            append(log, pending);
            while (rows.size() < written) {
                assertThat(source.awaitRows(Duration.ofMinutes(1))).isTrue();
                source.next(buffer);
                rows.addAll(IoFixtures.rows(buffer));
            }
            expectNothing(source);
            source.close();
            assertThat(rows)
                    .isEqualTo(IoFixtures.all(
                            format.provider, SourceRequest.of(whole.toString()).withPlan(PLAN, false), Map.of()));
        }
    }

    @Test
    void aTornLastLineIsARowWhenItHasItsEnd() {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 3) + "3,t");
        try (ChunkSource source = open(Format.CSV, log)) {
            expect(source, 0, 3);
            expectNothing(source);
            append(log, "3\n");
            expect(source, 3, 4);
        }
    }

    @Test
    void theOldFileIsReadToItsEndAlsoWhatIsWrittenAfterItsRotation() throws IOException {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 3));
        Path old = folder.resolve("app.csv.1");
        try (ChunkSource source = open(Format.CSV, log)) {
            expect(source, 0, 3);
            rename(log, old);
            append(log, "");
            expectNothing(source);
            append(old, Format.CSV.row(3));
            expect(source, 3, 4);
            append(old, Format.CSV.row(4));
            append(log, Format.CSV.rows(5, 6));
            expect(source, 4, 6);
        }
    }

    @Test
    void aRunContinuesInTheRotatedFileAndThoseAfterIt() throws IOException {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 8));
        Position position;
        try (ChunkSource source = open(Format.CSV, log)) {
            position = expect(source, 0, 5);
        }
        rename(log, folder.resolve("app.csv.2"));
        IoFixtures.write(folder.resolve("app.csv.1"), Format.CSV.rows(8, 11));
        // A backup of other rows is none of them.
        IoFixtures.write(folder.resolve("app.csv.bak"), Format.CSV.rows(100, 200));
        Files.setLastModifiedTime(
                folder.resolve("app.csv.bak"), Files.getLastModifiedTime(Files.write(log, new byte[0])));
        Files.delete(folder.resolve("app.csv.bak"));
        append(log, Format.CSV.rows(11, 12));
        try (ChunkSource source = open(log, position)) {
            expect(source, 5, 12);
            expectNothing(source);
        }
        // Without waiting, too.
        SourceRequest once = SourceRequest.of(log.toString()).withPlan(PLAN, false);
        assertThat(IoFixtures.from(once, position, 3)).hasSize(7);
    }

    @Test
    void aRunContinuesInARotatedFileThatWasPacked() throws IOException {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 8));
        Position position;
        try (ChunkSource source = open(Format.CSV, log)) {
            position = expect(source, 0, 5);
        }
        Files.delete(log);
        IoFixtures.write(folder.resolve("app.csv.1.gz"), IoFixtures.gzip(Format.CSV.rows(0, 8)));
        append(log, Format.CSV.rows(8, 9));
        try (ChunkSource source = open(log, position)) {
            expect(source, 5, 9);
        }
    }

    @Test
    void aPositionWhoseFileIsGoneIsRefused() throws IOException {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 8));
        Position position;
        try (ChunkSource source = open(Format.CSV, log)) {
            position = expect(source, 0, 5);
        }
        Files.delete(log);
        append(log, Format.CSV.rows(8, 90));
        assertThatThrownBy(() -> open(log, position))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE))
                .hasMessageContaining("after record 5 of")
                .hasMessageContaining("no file of that name");
    }

    @Test
    void aPositionInOneOfTwoCopiesIsRefused() throws IOException {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 8));
        Position position;
        try (ChunkSource source = open(Format.CSV, log)) {
            position = expect(source, 0, 5);
        }
        Files.copy(log, folder.resolve("app.csv.1"));
        Files.copy(log, folder.resolve("app.csv.2"));
        Files.delete(log);
        append(log, Format.CSV.rows(8, 9));
        assertThatThrownBy(() -> open(log, position)).hasMessageContaining("may be in any of");
    }

    @Test
    void aFileThatBecomesShorterIsRefused() throws IOException {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 8));
        Position position;
        try (ChunkSource source = open(Format.CSV, log)) {
            position = expect(source, 0, 8);
            // copytruncate
            Files.copy(log, folder.resolve("app.csv.1"));
            Files.write(log, new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
            ChunkBuffer buffer = IoFixtures.buffer(source, 7);
            assertThatThrownBy(() -> source.next(buffer)).hasMessageContaining("became shorter");
        }
        append(folder.resolve("app.csv.1"), Format.CSV.row(8));
        append(log, Format.CSV.rows(9, 10));
        try (ChunkSource source = open(log, position)) {
            expect(source, 8, 10);
        }
    }

    @Test
    void filesOfADirectoryAreReadInTheOrderOfTheirNames() {
        IoFixtures.write(folder.resolve("b.csv"), Format.CSV.rows(0, 3) + "3,t3");
        Position position;
        try (ChunkSource source = open(Format.CSV, folder)) {
            expect(source, 0, 3);
            expectNothing(source);
            // Too late: a warning says so.
            IoFixtures.write(folder.resolve("a.csv"), Format.CSV.rows(50, 60));
            append(folder.resolve("c.csv"), "");
            expectNothing(source);
            append(folder.resolve("d.csv"), Format.CSV.rows(4, 6));
            position = expect(source, 3, 6);
            IoFixtures.write(folder.resolve("e.csv.gz"), IoFixtures.gzip(Format.CSV.rows(6, 9)));
            expect(source, 6, 9);
            append(folder.resolve("f.csv"), Format.CSV.rows(9, 12));
            expect(source, 9, 12);
        }
        // Those before are not looked at.
        assertThat(folder.resolve("b.csv").toFile().delete()).isTrue();
        try (ChunkSource source = open(folder, position)) {
            expect(source, 6, 12);
        }
    }

    /** A position of files that were not followed. */
    @Test
    void followingContinuesAPlainRun() {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 8));
        ChunkBuffer buffer;
        try (ChunkSource source =
                IoFixtures.open(SourceRequest.of(log.toString()).withPlan(PLAN, false))) {
            buffer = IoFixtures.buffer(source, 6);
            source.next(buffer);
        }
        try (ChunkSource source = open(log, buffer.position().plus(1))) {
            expect(source, 7, 8);
            append(log, Format.CSV.row(8));
            expect(source, 8, 9);
        }
    }

    @Test
    void aChunkIsHandedOnWithTheRowsThatAreThere() {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 3));
        try (ChunkSource source = open(Format.CSV, log)) {
            ChunkBuffer buffer = IoFixtures.buffer(source, 1_000);
            assertThat(source.next(buffer)).isTrue();
            assertThat(buffer.rows()).isEqualTo(3);
            assertThat(source.maxWait()).contains(Duration.ZERO);
        }
    }

    @Test
    void theColumnsAreInferredWhenThereAreAThousandRows() {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 1_000));
        SourceRequest request = SourceRequest.of(log.toString()).withFollow(true);
        try (ChunkSource source = IoFixtures.open(request)) {
            assertThat(source.plan())
                    .isEqualTo(IoFixtures.open(SourceRequest.of(log.toString())).plan());
            assertThat(source.next(IoFixtures.buffer(source, 1_000))).isTrue();
        }
    }

    @Test
    void closingEndsAWait() throws InterruptedException {
        Path log = IoFixtures.write(folder.resolve("app.csv"), Format.CSV.rows(0, 3));
        ChunkSource source = open(Format.CSV, log);
        expect(source, 0, 3);
        List<Boolean> more = new ArrayList<>();
        Thread reader = new Thread(() -> more.add(source.next(IoFixtures.buffer(source, 7))));
        reader.start();
        // A source that is closed before it is read need not hand out anything.
        while (reader.getState() != Thread.State.WAITING && reader.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        source.close();
        reader.join(60_000);
        assertThat(more).containsExactly(false);
    }

    @Test
    void rowsThatComeThroughAPipeAreHandedOn() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        assertThatThrownBy(() -> open(Format.CSV, pipe)).hasMessageContaining("leave out --follow");
        List<ChunkSource> opened = new ArrayList<>();
        SourceRequest request = following(pipe).withFollow(false);
        Thread opener = new Thread(() -> {
            ChunkSource source = IoFixtures.open(request);
            synchronized (opened) {
                opened.add(source);
            }
        });
        opener.start();
        try (var out = Files.newOutputStream(pipe, StandardOpenOption.WRITE)) {
            out.write((Format.CSV.rows(0, 2) + "2,").getBytes(StandardCharsets.UTF_8));
            opener.join(60_000);
            try (ChunkSource source = opened.get(0)) {
                expect(source, 0, 2);
                expectNothing(source);
                out.write("t2\n".getBytes(StandardCharsets.UTF_8));
                expect(source, 2, 3);
            }
        }
    }
}
