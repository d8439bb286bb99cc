package org.accrete.io.parquet;

import static org.accrete.io.parquet.ParquetFixtures.PARQUET;
import static org.accrete.io.parquet.ParquetFixtures.all;
import static org.accrete.io.parquet.ParquetFixtures.buffer;
import static org.accrete.io.parquet.ParquetFixtures.open;
import static org.accrete.io.parquet.ParquetFixtures.request;
import static org.accrete.io.parquet.ParquetFixtures.resource;
import static org.accrete.io.parquet.ParquetFixtures.row;
import static org.accrete.io.parquet.ParquetFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong is told with its place. */
class ParquetErrorsTest {
    private static final String SCHEMA = "required double x; required binary y (STRING);";

    @TempDir
    Path folder;

    private static String refusal(SourceRequest request) {
        AccreteException e = catchThrowableOfType(AccreteException.class, () -> all(PARQUET, request));
        assertThat(e).as("a refusal of %s", request.location()).isNotNull();
        assertThat(e.line()).doesNotContain("\n");
        return e.kind() + " " + e.line();
    }

    private Path table(int rows) {
        List<Object[]> table = new ArrayList<>();
        for (int i = 0; i < rows; i++) {
            table.add(row(i / 3.0, i % 2 == 0 ? "a" : "b"));
        }
        return write(
                folder.resolve("t.parquet"),
                SCHEMA,
                table,
                options -> options.withRowGroupRowCountLimit(1_000)
                        .withDictionaryEncoding(false)
                        .withPageWriteChecksumEnabled(false));
    }

    @Test
    void filesThatAreNotParquet() {
        assertThat(refusal(request(write(folder.resolve("a.parquet"), "x,y\n1,2\n"))))
                .startsWith("BAD_DATA")
                .contains("a.parquet", "not a Parquet file");
        assertThat(refusal(request(write(folder.resolve("b.parquet"), "")))).contains("b.parquet", "empty");
        assertThat(refusal(request(write(folder.resolve("c.parquet"), "PARE1234567890PARE"))))
                .contains("c.parquet", "encrypted");
        assertThat(refusal(request(write(folder.resolve("d.parquet"), "PAR1PAR1"))))
                .contains("cut off");
        assertThat(refusal(request(folder.resolve("no.parquet")))).startsWith("BAD_ARGUMENT");
        assertThat(refusal(SourceRequest.of("-"))).contains("stream");
    }

    @Test
    void aFileThatIsCutOff() throws IOException {
        byte[] bytes = Files.readAllBytes(table(100));
        write(folder.resolve("t.parquet"), Arrays.copyOf(bytes, bytes.length / 2));
        assertThat(refusal(request(folder.resolve("t.parquet")))).contains("t.parquet", "cut off");
    }

    /** Only what the plan needs was read, typed; it is kept as a CSV file would have it. */
    @Test
    void aBadRowIsKeptWithItsPlaceAndItsCells() {
        Path file = write(
                folder.resolve("t.parquet"),
                "required double x; required int64 d (TIMESTAMP(MICROS,false)); required int64 n;"
                        + " required binary u (STRING); required binary y (STRING);",
                row(1.5, 0L, 1L, "?", "a"),
                row(Double.POSITIVE_INFINITY, 86_461_000_000L, 7L, "?", "b"));
        List<BadRow> kept = new ArrayList<>();
        SourceRequest request = request(file, "x=numeric", "d=datetime", "n=numeric", "u=ignore")
                .withTarget("y")
                .withBadRows(BadRows.skip(1, line -> {}).keeping(kept::add));
        try (ChunkSource source = open(PARQUET, request)) {
            ChunkBuffer buffer = buffer(source, 10);
            assertThat(source.next(buffer)).isTrue();
            assertThat(buffer.rows()).isOne();
            assertThat(source.place(buffer.place(0))).contains(new RowPlace(file.toString(), RowPlace.Unit.ROW, 1));
        }
        assertThat(kept)
                .containsExactly(new BadRow(
                        new RowPlace(file.toString(), RowPlace.Unit.ROW, 2),
                        Optional.of("x"),
                        "column 'x' must be a finite number or missing but was 'Infinity'",
                        List.of("x", "d", "n", "y"),
                        List.of("Infinity", "1970-01-02 00:01:01", "7", "b")));
    }

    /** Rows before the damage are kept, as those before a bad row. */
    @Test
    void aDamagedPage() throws IOException {
        Path file = table(3_000);
        ColumnPlan plan;
        try (ChunkSource source = open(PARQUET, request(file).withTarget("y"))) {
            plan = source.plan().orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(file);
        // Of the third row group the second column, whose texts have a length of 1: that of one becomes large.
        int at = bytes.length * 95 / 100;
        while (bytes[at] != 1 || bytes[at + 4] != 'a' || bytes[at + 5] != 1) {
            at--;
        }
        bytes[at + 3] = 77;
        write(file, bytes);
        try (ChunkSource source = open(PARQUET, request(file).withPlan(plan, true))) {
            ChunkBuffer buffer = buffer(source, 5_000);
            AccreteException e = catchThrowableOfType(AccreteException.class, () -> source.next(buffer));
            assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
            assertThat(e.line()).contains("t.parquet, row group 3, column 'y'", "bytes, more than its page");
            assertThat(buffer.rows()).isEqualTo(2_000);
        }
    }

    @Test
    void aPageOfAWrongChecksum() throws IOException {
        byte[] bytes = Files.readAllBytes(resource("checksums.parquet"));
        for (int i = 2_000; i < 2_010; i++) {
            bytes[i] ^= 1;
        }
        Path file = write(folder.resolve("t.parquet"), bytes);
        assertThat(refusal(request(file).withTarget("y"))).contains("t.parquet, row group 1, column", "checksum");
    }

    @Test
    void columnsThatAreMissing() {
        Path first = table(10);
        assertThat(refusal(request(first).withTarget("z")))
                .startsWith("BAD_ARGUMENT")
                .contains("'z'", "columns: x, y");
        ColumnPlan plan;
        try (ChunkSource source = open(PARQUET, request(first).withTarget("y"))) {
            plan = source.plan().orElseThrow();
        }
        write(folder.resolve("u.parquet"), "required binary y (STRING);", row("a"));
        assertThat(refusal(request(folder.resolve("u.parquet")).withPlan(plan, true)))
                .startsWith("BAD_DATA")
                .contains("u.parquet", "no column 'x'");
        assertThat(refusal(request(folder).withTarget("y"))).contains("u.parquet", "no column 'x'");
    }

    @Test
    void cellsThatDoNotFit() {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            rows.add(row(i == 2_500 ? Double.NEGATIVE_INFINITY : i, i == 2_700 ? "abc" : "1.5"));
        }
        write(
                folder.resolve("t.parquet"),
                "required double x; required binary s (STRING);",
                rows,
                options -> options.withRowGroupRowCountLimit(700));
        assertThat(refusal(request(folder.resolve("t.parquet"))))
                .startsWith("BAD_DATA")
                .contains("t.parquet row 2501", "'x' must be a finite number", "-Infinity");
        List<String> told = new ArrayList<>();
        SourceRequest skipping = request(folder.resolve("t.parquet")).withBadRows(BadRows.skip(told::add));
        assertThat(all(PARQUET, skipping)).hasSize(2_999);
        assertThat(told).hasSize(2);
        assertThat(told.get(1)).contains("t.parquet row 2701", "'s'", "'abc'");
    }

    @Test
    void columnsThatAreNotRead() {
        Path file = resource("refused/nested.parquet");
        try (ChunkSource source = open(PARQUET, request(file, "struct=ignore").withTarget("y"))) {
            assertThat(source.warnings())
                    .anySatisfy(line -> assertThat(line).contains("'list' is ignored: it is a list"))
                    .anySatisfy(line -> assertThat(line).contains("'map' is ignored: it is a map"))
                    .anySatisfy(line -> assertThat(line).contains("'bytes' is ignored: its values are bytes"))
                    .noneSatisfy(line -> assertThat(line).contains("'struct'"));
            assertThat(source.plan().orElseThrow().columns().stream().map(column -> column.name()))
                    .containsExactly("i32", "text", "y", "last");
            ChunkBuffer buffer = buffer(source, 100);
            source.next(buffer);
            assertThat(buffer.rows()).isEqualTo(50);
        }
        assertThat(refusal(request(file).withTarget("list"))).contains("'list' cannot be read: it is a list");
        assertThat(refusal(request(file, "map=key"))).contains("'map' cannot be read");
        assertThat(refusal(request(file, "list=ignore", "x=cross(columns=text|list)")))
                .contains("'list' cannot be read: it is a list");
    }

    @Test
    void codecsThatAreNotRead() {
        assertThat(refusal(request(resource("refused/brotli.parquet")).withTarget("y")))
                .startsWith("BAD_DATA")
                .contains("brotli.parquet, row group 1, column 'i32'", "Brotli", "zstd");
    }

    @Test
    void filesWithoutRows() {
        write(folder.resolve("t.parquet"), SCHEMA, List.of(), options -> options);
        assertThat(refusal(request(folder.resolve("t.parquet")).withTarget("y")))
                .contains("no rows to learn from");
    }
}
