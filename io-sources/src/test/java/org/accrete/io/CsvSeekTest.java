package org.accrete.io;

import static org.accrete.io.IoFixtures.from;
import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.open;
import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.rest;
import static org.accrete.io.IoFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvSeekTest {
    @TempDir
    Path folder;

    private SourceRequest request;
    private List<String> whole;

    /**
     * Four files, one compressed, one empty, with two orders of columns, labels that appear late, and some bad rows.
     */
    @BeforeEach
    void writeFiles() {
        int row = 0;
        for (int file = 0; file < 4; file++) {
            StringBuilder text = new StringBuilder(file == 2 ? "y,c,n\n" : "n,c,y\n");
            for (int i = 0; i < (file == 1 ? 0 : 20); i++, row++) {
                String label = "l" + row / 7;
                String color = "c" + row % 3;
                String number = row % 9 == 8 ? "bad" : "" + row;
                text.append(file == 2 ? label + "," + color + "," + number : number + "," + color + "," + label)
                        .append('\n');
            }
            Path path = folder.resolve("part-" + file + ".csv");
            write(path, file == 3 ? gzip(text.toString()) : text.toString().getBytes());
        }
        request = request(
                        folder + "/part-*.csv",
                        "n=numeric",
                        "c=categorical",
                        "y=target(kind=categorical,classes=l0|l1)")
                .withBadRows(BadRows.skip(line -> {}));
        try (ChunkSource source = open(request)) {
            whole = rest(source, 1_000);
        }
        assertThat(whole).hasSize(54);
    }

    @Test
    void rowsDoNotDependOnChunkSize() {
        for (int size : new int[] {1, 2, 7, 20, 21, 53, 54, 55}) {
            try (ChunkSource source = open(request)) {
                assertThat(rest(source, size)).as("chunks of %d", size).isEqualTo(whole);
                assertThat(source.next(IoFixtures.buffer(source, size))).isFalse();
            }
        }
    }

    @Test
    void continuesAfterEveryRowForAnyChunkSize() {
        for (int size : new int[] {1, 4, 20, 54}) {
            List<Position> positions = positions(request, size);
            for (int at = 0; at <= whole.size(); at++) {
                assertThat(from(request, positions.get(at), 5))
                        .as(
                                "row %d of chunks of %d, %s",
                                at, size, positions.get(at).toText())
                        .isEqualTo(whole.subList(at, whole.size()));
            }
        }
    }

    @Test
    void continuesWithAStoredPlanThatKnowsTheLabels() {
        List<Position> positions = positions(request, 4);
        for (int at = 0; at <= whole.size(); at++) {
            ColumnPlan plan;
            try (ChunkSource source = open(request)) {
                ChunkBuffer buffer = IoFixtures.buffer(source, 100);
                buffer.limit(at);
                source.next(buffer);
                plan = source.plan().orElseThrow().withClasses(buffer.chunk().classes());
            }
            assertThat(from(request.withPlan(plan, true), positions.get(at), 5))
                    .as("row %d", at)
                    .isEqualTo(whole.subList(at, whole.size()));
        }
    }

    /** {@return the position before each row and after the last, as chunk positions plus a number of rows} */
    private static List<Position> positions(SourceRequest request, int size) {
        List<Position> positions = new ArrayList<>(List.of(Position.start()));
        Position last = Position.start();
        try (ChunkSource source = open(request)) {
            ChunkBuffer buffer = IoFixtures.buffer(source, size);
            while (source.next(buffer)) {
                for (int i = 1; i < buffer.rows(); i++) {
                    positions.add(last.plus(i));
                }
                last = buffer.position();
                positions.add(last);
            }
        }
        return positions;
    }

    private Position after(int rows) {
        return positions(request, 1).get(rows);
    }

    private void append(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text, StandardOpenOption.APPEND);
    }

    private void assertRefused(Position position, String message) {
        assertThatThrownBy(() -> from(request, position, 5))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE))
                .hasMessageContaining(message);
    }

    @Test
    void rowsAddedAtTheEndAreReadNext() throws IOException {
        Position end = after(whole.size());
        Files.write(folder.resolve("part-3.csv"), gzip("100,c0,l0\n"), StandardOpenOption.APPEND);
        write(folder.resolve("part-4.csv"), "c,n,y\nc0,101,l99\n");
        List<String> more = from(request, end, 5);
        assertThat(more).hasSize(2);
        assertThat(more.get(0)).startsWith("0:100.0 ").endsWith("=0l0");
        assertThat(more.get(1)).startsWith("0:101.0 ").endsWith("=9l99");
    }

    @Test
    void aSmallFileMayGrowBeyondTheHashedPart() throws IOException {
        Path file = folder.resolve("small.csv");
        write(file, "n\n1\n2\n");
        SourceRequest one = request(file, "n=numeric");
        Position end = positions(one, 2).get(2);
        Files.writeString(file, "3\n".repeat(50_000), StandardOpenOption.APPEND);
        assertThat(from(one, end, 1_000)).hasSize(50_000).startsWith("3.0");
    }

    @Test
    void theEndHasNoRows() {
        assertThat(from(request, after(whole.size()), 5)).isEmpty();
    }

    @Test
    void aChangedBeginningIsRefused() throws IOException {
        Position position = after(30);
        String text = Files.readString(folder.resolve("part-2.csv"));
        write(folder.resolve("part-2.csv"), text.replace("c1", "c2"));
        assertRefused(position, "part-2.csv' does not begin as it did when it was last read: it differs between");
    }

    @Test
    void anyChangedByteBeforeThePositionIsRefusedAndNoneAfterIt() throws IOException {
        // Beyond any buffer, so that the file is read in many parts; one compressed, too.
        StringBuilder text = new StringBuilder("n,c\n");
        for (int row = 0; row < 30_000; row++) {
            text.append(row % 1_000).append(",text").append(row % 7).append('\n');
        }
        for (boolean isPacked : new boolean[] {false, true}) {
            Path file = folder.resolve(isPacked ? "long.csv.gz" : "long.csv");
            writeText(file, text.toString(), isPacked);
            SourceRequest one = request(file, "n=numeric", "c=ignore");
            Position position = positions(one, 1_000).get(20_000);
            int end = lineStart(text, 20_001);
            Random random = new Random(7);
            for (int i = 0; i < 40; i++) {
                boolean isBefore = i % 2 == 0;
                int at = isBefore ? random.nextInt(4, end) : random.nextInt(end, text.length());
                if (!Character.isDigit(text.charAt(at))) {
                    continue;
                }
                StringBuilder changed = new StringBuilder(text);
                changed.setCharAt(at, (char) (text.charAt(at) ^ 1));
                writeText(file, changed.toString(), isPacked);
                if (isBefore) {
                    int row = (int) text.substring(0, at).lines().count() - 1;
                    assertThatThrownBy(() -> from(one, position, 1_000))
                            .hasMessageContaining("does not begin as it did")
                            .satisfies(e -> assertThat(rows(e))
                                    .as("row %d", row)
                                    .satisfies(found -> {
                                        assertThat(row).isBetween(found[0], found[1]);
                                        assertThat(found[1] - found[0]).isLessThan(5_000);
                                    }));
                } else {
                    assertThat(from(one, position, 1_000)).hasSize(10_000);
                }
            }
        }
    }

    private static void writeText(Path file, String text, boolean isPacked) throws IOException {
        write(file, isPacked ? gzip(text) : text.getBytes());
    }

    private static int lineStart(CharSequence text, int line) {
        int at = 0;
        for (int i = 0; i < line; at++) {
            i += text.charAt(at) == '\n' ? 1 : 0;
        }
        return at;
    }

    /** {@return the first and the last row between which a message says a file differs} */
    private static int[] rows(Throwable refusal) {
        Matcher matcher = Pattern.compile("(?:between its rows|in its row) (\\d+)(?: and (\\d+))?")
                .matcher(refusal.getMessage());
        assertThat(matcher.find()).as(refusal.getMessage()).isTrue();
        int first = Integer.parseInt(matcher.group(1));
        return new int[] {
            first, Optional.ofNullable(matcher.group(2)).map(Integer::valueOf).orElse(first)
        };
    }

    @Test
    void aRowAfterThePositionMayBeCorrected() throws IOException {
        Path file = folder.resolve("bad.csv");
        write(file, "n\n1\n2\nthree\n");
        SourceRequest one = request(file, "n=numeric");
        Position position;
        try (ChunkSource source = open(one)) {
            ChunkBuffer buffer = IoFixtures.buffer(source, 2);
            source.next(buffer);
            position = buffer.position();
        }
        write(file, "n\n1\n2\n3\n");
        assertThat(from(one, position, 5)).containsExactly("3.0");
    }

    @Test
    void aFileThatEndsBeforeThePositionIsRefused() throws IOException {
        Position position = after(30);
        String text = Files.readString(folder.resolve("part-2.csv"));
        write(folder.resolve("part-2.csv"), text.substring(0, text.length() / 2 - 9));
        assertRefused(position, "ends before the stored position");
    }

    @Test
    void anyChangeOfAFileBeforeIsRefused() throws IOException {
        Position position = after(30);
        String text = Files.readString(folder.resolve("part-0.csv"));
        write(folder.resolve("part-0.csv"), text.substring(0, text.length() - 2) + "1\n");
        assertRefused(position, "one of the 2 files before '");
    }

    @Test
    void aChangeBeforeTheFileOfThePositionIsRefused() throws IOException {
        Position position = after(30);
        append("part-0.csv", "7,c0,l0\n");
        assertRefused(position, "one of the 2 files before '");
    }

    @Test
    void aNewFileBeforeThePositionIsRefused() {
        Position position = after(30);
        write(folder.resolve("part-00.csv"), "n,c,y\n7,c0,l0\n");
        assertRefused(position, "file number 3, 'part-2.csv', but that is now 'part-1.csv'; new files must sort after");
    }

    @Test
    void missingFilesAreRefused() throws IOException {
        Position position = after(30);
        Files.delete(folder.resolve("part-1.csv"));
        Files.delete(folder.resolve("part-3.csv"));
        assertRefused(position, "file number 3, 'part-2.csv', but now there are only 2 files");
    }

    @Test
    void positionsOfOtherSourcesAreRefused() {
        for (String mark : List.of("x", "0:part-0.csv:1:2", "a:b:c:d:e:f:g", "sea seed=7")) {
            assertRefused(new Position(mark, 0), "'" + mark + "' is not one in files");
        }
        assertRefused(after(30).plus(100), "ends before the stored position");
    }

    @Test
    void aFileMayBeMovedAndHaveAnyName() throws IOException {
        Path odd = folder.resolve("a:b +ü.csv");
        write(odd, "n\n1\n2\n3\n");
        SourceRequest one = request(odd, "n=numeric");
        Position position = positions(one, 1).get(2);
        assertThat(from(one, position, 1)).containsExactly("3.0");
        Path moved = folder.resolve("moved.csv");
        Files.move(odd, moved);
        assertThat(from(request(moved, "n=numeric"), position, 1)).containsExactly("3.0");
    }

    @Test
    void positionsArePrintableAndShort() {
        assertThat(after(50).toText()).matches("\\p{Graph}{20,100}");
    }
}
