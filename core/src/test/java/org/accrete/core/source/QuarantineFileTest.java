package org.accrete.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.RowPlace;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuarantineFileTest {
    @TempDir
    private Path folder;

    private Path file = Path.of("");

    @BeforeEach
    void nameIt() {
        file = folder.resolve("bad.jsonl");
    }

    private static BadRow row(long line) {
        return new BadRow(
                new RowPlace("in.csv", RowPlace.Unit.LINE, line),
                Optional.of("x"),
                "x is bad",
                List.of("x", "ü"),
                List.of("\"oops\"\n", "ß"));
    }

    private static String line(long line) {
        return "{\"source\":\"in.csv\",\"line\":" + line + ",\"column\":\"x\",\"reason\":\"x is bad\","
                + "\"row\":{\"x\":\"\\\"oops\\\"\\n\",\"ü\":\"ß\"}}";
    }

    private void write(boolean continues, long... lines) {
        try (QuarantineFile opened = QuarantineFile.open(file, continues)) {
            for (long one : lines) {
                opened.keep(row(one));
            }
            opened.force();
        }
    }

    @Test
    void aRowIsALineOfJson() throws IOException {
        write(false, 3, 5);
        assertThat(Files.readAllLines(file)).containsExactly(line(3), line(5));
    }

    @Test
    void whatIsNotKnownIsLeftOut() throws IOException {
        RowPlace place = new RowPlace("a.npy", RowPlace.Unit.ROW, 7);
        try (QuarantineFile opened = QuarantineFile.open(file, false)) {
            opened.keep(new BadRow(place, Optional.empty(), "overflow", List.of(), List.of()));
            opened.keep(new BadRow(place, Optional.empty(), "no JSON", List.of(), List.of("{oops")));
            opened.keep(new BadRow(place, Optional.empty(), "2 fields", List.of("x"), List.of("1", "2")));
            opened.keep(
                    new BadRow(new RowPlace("b", RowPlace.Unit.ROW, 0), Optional.empty(), "bad", List.of(), List.of()));
        }
        assertThat(Files.readAllLines(file))
                .containsExactly(
                        "{\"source\":\"a.npy\",\"row_number\":7,\"reason\":\"overflow\"}",
                        "{\"source\":\"a.npy\",\"row_number\":7,\"reason\":\"no JSON\",\"row\":\"{oops\"}",
                        "{\"source\":\"a.npy\",\"row_number\":7,\"reason\":\"2 fields\",\"row\":[\"1\",\"2\"]}",
                        "{\"source\":\"b\",\"reason\":\"bad\"}");
    }

    @Test
    void anotherRunAppends() throws IOException {
        write(false, 3);
        write(false, 3, 4);
        assertThat(Files.readAllLines(file)).containsExactly(line(3), line(3), line(4));
    }

    @Test
    void aRunThatContinuesWritesNoRowTwice() throws IOException {
        long[] many = new long[500];
        for (int i = 0; i < many.length; i++) {
            many[i] = i + 1;
        }
        write(false, many);
        write(true, 499, 500, 501, 501, 502);
        assertThat(Files.readAllLines(file)).hasSize(502).endsWith(line(500), line(501), line(502));
    }

    @Test
    void aTornLastLineIsWrittenAnew() throws IOException {
        write(false, 3, 4);
        byte[] whole = Files.readAllBytes(file);
        for (int length : new int[] {whole.length - 1, whole.length / 2 + 1, whole.length / 2, 20, 5, 1, 0}) {
            Files.write(file, java.util.Arrays.copyOf(whole, length));
            write(true, 3, 4);
            assertThat(Files.readAllBytes(file))
                    .as("after a cut to %s bytes", length)
                    .isEqualTo(whole);
        }
    }

    @Test
    void aFileOfSomethingElseIsLeftAsItIs() throws IOException {
        for (String text : List.of("x,y\n1,2\n", "{\"x\":1}\n", "x")) {
            Files.writeString(file, text);
            assertThatThrownBy(() -> write(true, 3))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.line())
                                    .isEqualTo("bad rows cannot be kept in '" + file
                                            + "': it exists and does not hold bad rows; name another file for"
                                            + " quarantine=FILE"));
            assertThat(Files.readString(file)).isEqualTo(text);
        }
    }

    @Test
    void whatCannotBeWrittenIsTold() {
        for (Path bad : List.of(folder, folder.resolve("no/bad.jsonl"))) {
            assertThatThrownBy(() -> QuarantineFile.open(bad, false))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT))
                    .hasMessageStartingWith("bad rows cannot be kept in '" + bad + "': ");
        }
    }

    @Test
    void oneRunWritesAtATime() {
        try (QuarantineFile opened = QuarantineFile.open(file, false)) {
            assertThat(opened.file()).isEqualTo(file);
            assertThatThrownBy(() -> QuarantineFile.open(file, false))
                    .hasMessageStartingWith("another run writes bad rows to '" + file + "'");
            opened.keep(row(3));
        }
        assertThat(file).exists();
    }

    @Test
    void noFileIsLeftWhereNoRowIsBad() throws IOException {
        write(false);
        assertThat(file).doesNotExist();
        Files.createFile(file);
        write(false);
        assertThat(file).exists();
    }
}
