package org.accrete.io;

import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.open;
import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.rest;
import static org.accrete.io.IoFixtures.write;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a file is written, where that can be taken in more than one way: options, and warnings that name them. */
class CsvFormatTest {
    @TempDir
    Path folder;

    private Path csv(String text) {
        return write(folder.resolve("a.csv"), text);
    }

    private static List<String> names(ChunkSource source) {
        return source.plan().orElseThrow().columns().stream().map(Column::name).toList();
    }

    private static List<String> read(SourceRequest request, Map<String, String> params) {
        try (ChunkSource source = open(request, params)) {
            return rest(source, 3);
        }
    }

    private static List<String> warnings(SourceRequest request, Map<String, String> params) {
        try (ChunkSource source = open(request, params)) {
            return source.warnings();
        }
    }

    // Header.

    @Test
    void withoutAHeaderColumnsAreNumberedAndTheFirstLineIsARow() {
        Path file = csv("1.5,a\n2.5,b\n\n3.5,a\n");
        for (int size : new int[] {1, 2, 10}) {
            try (ChunkSource source = open(request(file, "2=key"), Map.of("header", "no"))) {
                assertThat(names(source)).containsExactly("1", "2");
                assertThat(source.warnings()).isEmpty();
                assertThat(rest(source, size)).containsExactly("1.5 a", "2.5 b", "3.5 a");
            }
        }
        ColumnPlan plan = ColumnPlan.parse("2=key\n1=numeric");
        assertThat(read(request(file).withPlan(plan, true), Map.of("header", "no")))
                .containsExactly("1.5 a", "2.5 b", "3.5 a");
        write(folder.resolve("b.csv"), "4.5,c\n");
        assertThat(read(request(folder + "/*.csv", "2=key"), Map.of("header", "no")))
                .containsExactly("1.5 a", "2.5 b", "3.5 a", "4.5 c");
    }

    @Test
    void aHeaderOfNumbersIsWarnedOf() {
        for (String text :
                List.of("1,3.5,-8e2\n2,4,5\n", "5.1,3.5,1.4,setosa\n1,2,3,virginica\n1,2,3,virginica\n", "7\n8\n")) {
            assertThat(warnings(request(csv(text)), Map.of()))
                    .first(as(InstanceOfAssertFactories.STRING))
                    .contains("is numbers: ", "csv:FILE?header=no");
            assertThat(warnings(request(csv(text), "1=numeric"), Map.of("header", "no")))
                    .isEmpty();
        }
        assertThat(warnings(request(csv("a,b,1\n1,2,3\n")), Map.of())).isEmpty();
        assertThatThrownBy(() -> open(request(csv("1,2\n3,4\n")).withTarget("y")))
                .hasMessageContaining("there is no column 'y'; columns: 1, 2; ")
                .hasMessageContaining("header=no");
    }

    @Test
    void doubledNamesAreNumberedWithAWarning() {
        Path file = csv("id,a,id,id.1,id\n1,2,3,4,5\n");
        try (ChunkSource source = open(request(file))) {
            assertThat(names(source)).containsExactly("id", "a", "id.2", "id.1", "id.3");
            assertThat(source.warnings())
                    .singleElement(as(InstanceOfAssertFactories.STRING))
                    .contains("'" + file + "': id;", "header=no");
        }
        Path two = csv("id,a,id\n1,2,3\n");
        assertThat(read(request(two, "id=ignore"), Map.of())).containsExactly("2.0 3.0");
        ColumnPlan plan = ColumnPlan.parse("a=numeric\nid.1=numeric");
        assertThat(read(request(two).withPlan(plan, true), Map.of())).containsExactly("2.0 3.0");
    }

    @Test
    void namesWithPercentSignsAreTakenAsWritten() {
        Path file = csv("%FAT,CO%28GT%29,b\n1,2,3\n");
        SourceRequest request = SourceRequest.of(file.toString())
                .withColumns(List.of(
                        Column.parseAsWritten("%FAT=ignore"),
                        Column.parseAsWritten("CO%28GT%29=ignore"),
                        Column.parseAsWritten("%62=key")));
        assertThatThrownBy(() -> read(request, Map.of())).hasMessageContaining("no column is left to learn from");
        SourceRequest fewer = request.withColumns(List.of(Column.parseAsWritten("%62=key")));
        assertThat(read(fewer, Map.of())).containsExactly("1.0 2.0 3");
    }

    // Lines that are no rows.

    @Test
    void linesBeforeTheHeaderAndCommentsAreSkipped() {
        Path file = csv("Exported by X; \"v1\n\n# a note\na,b\n#1,2\n3,4\n# end\n");
        Map<String, String> params = Map.of("skip-lines", "1", "comment", "#");
        assertThat(read(request(file), params)).containsExactly("3.0 4.0");
        assertThatThrownBy(() -> read(request(csv("x\ny\na,b\n1,2\n3,4,5\n")), Map.of("skip-lines", "2")))
                .satisfies(e -> assertThat(((AccreteException) e).line()).startsWith(folder + "/a.csv line 5: "));
        assertThatThrownBy(() -> open(request(csv("a\n1\n")), Map.of("skip-lines", "9")))
                .hasMessageContaining("it has no rows");
        for (String bad : List.of("", "##", "\"")) {
            assertThatThrownBy(() -> open(request(file), Map.of("comment", bad)))
                    .hasMessage("comment must be one character, or none, but was '" + bad + "'");
        }
        assertThat(read(request(csv("#a,b\n1,2\n")), Map.of())).containsExactly("1.0 2.0");
    }

    @Test
    void blankQuotedCellsLeaveNothingInTheNextRow() {
        Path file = csv("a,b\n1,x\n\"\t\"\n\" \",\" \"\n2,y\n");
        assertThat(read(request(file, "b=key"), Map.of())).containsExactly("1.0 x", "2.0 y");
        Path keys = csv("b,a\nx,1\n\"\t\"\n\" \",\" \"\ny,2\n");
        assertThat(read(request(keys, "b=key"), Map.of())).containsExactly("1.0 x", "2.0 y");
    }

    @Test
    void rowsOfOnlyEmptyCellsAreBlankLines() {
        String text = ",,\na,b,y\n,,\n1,2,0\n , ,\t\n\"\",,\n,,,,,\n,5,1\n,,\n";
        SourceRequest request = request(csv(text), "y=numeric").withTarget("y");
        for (int size : new int[] {1, 2, 10}) {
            try (ChunkSource source = open(request)) {
                assertThat(rest(source, size)).containsExactly("1.0 2.0 =0.0", "NaN 5.0 =1.0");
            }
        }
        assertThat(read(request(csv("a\n1\n\"\"\n2\n")), Map.of())).containsExactly("1.0", "NaN", "2.0");
    }

    @Test
    void anotherNumberOfCellsInEveryRowIsToldByItsLine() {
        for (String text : List.of("a,b,y\n1,2,0,\n2,1,1,\n", "a,b,y\n1,2\n2,1\n")) {
            int cells = text.contains("0,") ? 4 : 2;
            for (SourceRequest request : List.of(
                    request(csv(text)).withTarget("y"), request(csv(text)).withBadRows(BadRows.skip(line -> {})))) {
                assertThatThrownBy(() -> open(request))
                        .satisfies(e -> assertThat(((AccreteException) e).line())
                                .isEqualTo(
                                        folder + "/a.csv line 2: a row must have 3 fields, as the header has, but has "
                                                + cells));
            }
        }
    }

    // Cells.

    @Test
    void missingTextsAndTheDecimalCommaAreOptionsAndStayInThePlan() {
        Path file = csv("n;c;y\n0,5;?;1,5\n-;x;2,5\n-999;x;?\n");
        Map<String, String> params = Map.of("delimiter", ";", "missing", "?|-|-999", "decimal", ",");
        SourceRequest request = request(file, "c=categorical(width=4)").withTarget("y");
        ColumnPlan plan;
        try (ChunkSource source = open(request.withBadRows(BadRows.skip(line -> {})), params)) {
            plan = source.plan().orElseThrow();
            assertThat(source.warnings()).isEmpty();
            // The last row has no target: it is handed on, and not learned from.
            assertThat(rest(source, 5)).containsExactly("0:0.5 =1.5", "0:NaN 4:1.0 =2.5", "0:NaN 4:1.0 =NaN");
        }
        assertThat(plan.toText().lines())
                .containsExactly(
                        "n=numeric(missing=%3F|-|-999,decimal=%2C)",
                        "c=categorical(width=4,missing=%3F|-|-999,decimal=%2C)",
                        "y=target(kind=numeric,missing=%3F|-|-999,decimal=%2C)");
        // By the stored plan, without the options.
        SourceRequest stored = request(file).withPlan(plan, false);
        assertThat(read(stored, Map.of("delimiter", ";")))
                .hasSize(3)
                .first(as(InstanceOfAssertFactories.STRING))
                .isEqualTo("0:0.5 =1.5");
        // Rows to predict may be written in another way.
        Path points = csv("n,c\n0.5,!\n");
        assertThat(read(request(points).withPlan(plan, false), Map.of("decimal", ".", "missing", "!")))
                .containsExactly("0:0.5 =NaN");
        assertThatThrownBy(() -> open(request(file), Map.of("decimal", "5")))
                .hasMessageStartingWith("decimal must be one character");
    }

    @ParameterizedTest
    @ValueSource(strings = {"?", "-", "\\N", "#N/A", "n/a", "None", "%", "N A", "|"})
    void aTextThatIsMissingInAFewRowsIsNotABadRow(String missing) {
        StringBuilder text = new StringBuilder("x,y\n");
        for (int row = 0; row < 2_000; row++) {
            text.append(row % 50 == 0 ? missing : "" + row)
                    .append(',')
                    .append(row % 2)
                    .append('\n');
        }
        SourceRequest request = request(csv(text.toString()));
        assertThat(warnings(request, Map.of()))
                .singleElement(as(InstanceOfAssertFactories.STRING))
                .contains("column 'x' is read as numbers", "'" + missing + "'");
        String option = missing.equals("|") ? "%7C" : missing;
        assertThat(read(request, Map.of("missing", option)))
                .hasSize(2_000)
                .first()
                .isEqualTo("NaN 0.0");
    }

    // A last line without its end.

    private static final String GROWING =
            "k,n\r\n\"a,\r\nb\",1\r\n\u00e4,22\n\n\"q\"\"q\",333\n\u20ac\uD83D\uDE00,4.5e1\r\nz,5\n";

    /** Cut at every byte and completed later: each row is read once, and never a torn one. */
    @Test
    void aLineIsReadOnceItHasItsEndHoweverTheFileGrows() {
        byte[] bytes = GROWING.getBytes(StandardCharsets.UTF_8);
        SourceRequest request = request(folder.resolve("a.csv"))
                .withPlan(ColumnPlan.parse("k=key\nn=numeric"), true)
                .withMayGrow(true);
        List<String> whole = read(request(csv(GROWING), "k=key"), Map.of());
        assertThat(whole).hasSize(5);
        for (int cut = GROWING.indexOf('\n'); cut <= bytes.length; cut++) {
            Path file = write(folder.resolve("a.csv"), Arrays.copyOf(bytes, cut));
            int inside = cut - GROWING.indexOf("b\",1");
            if (inside == 0 || inside == -1) {
                // It ends with a line end, so nothing but an open quotation mark says that a row is not complete.
                assertThatThrownBy(() -> read(request, Map.of())).hasMessageContaining("Unclosed quoted field");
                continue;
            }
            for (int size : new int[] {1, 100}) {
                write(file, Arrays.copyOf(bytes, cut));
                List<String> rows = new ArrayList<>();
                Position position = Position.start();
                try (ChunkSource source = open(request)) {
                    ChunkBuffer buffer = IoFixtures.buffer(source, size);
                    while (source.next(buffer)) {
                        rows.addAll(IoFixtures.rows(buffer));
                        position = buffer.position();
                    }
                }
                assertThat(rows).as("cut at %d", cut).isEqualTo(whole.subList(0, rows.size()));
                csv(GROWING);
                rows.addAll(IoFixtures.from(request, position, size));
                assertThat(rows).as("cut at %d", cut).isEqualTo(whole);
            }
        }
    }

    @Test
    void aLastLineWithoutItsEndIsToldAndReadUnlessTheFileMayGrow() {
        SourceRequest plain = request(csv("x,y\n1,10\n2,20\n3,3"));
        assertThat(warnings(plain, Map.of()))
                .singleElement(as(InstanceOfAssertFactories.STRING))
                .contains("a.csv' has no line end", "it is read as it is", "--resume");
        assertThat(read(plain, Map.of())).containsExactly("1.0 10.0", "2.0 20.0", "3.0 3.0");
        assertThat(warnings(plain.withMayGrow(true), Map.of()))
                .singleElement(as(InstanceOfAssertFactories.STRING))
                .contains("a.csv' has no line end", "it is left for the next --resume");
        assertThat(read(plain.withMayGrow(true), Map.of())).containsExactly("1.0 10.0", "2.0 20.0");
        for (String ended : List.of("x,y\n1,2\n", "x,y\r\n1,2\r\n", "x,y\r1,2\r")) {
            assertThat(warnings(request(csv(ended)), Map.of())).isEmpty();
        }
        for (Charset charset : List.of(StandardCharsets.UTF_16BE, StandardCharsets.UTF_16LE)) {
            Path file = write(folder.resolve("u.csv"), "\uFEFFx,y\n1,2\n".getBytes(charset));
            assertThat(warnings(request(file), Map.of())).isEmpty();
            assertThat(read(request(file).withMayGrow(true), Map.of())).containsExactly("1.0 2.0");
        }
    }

    @Test
    void theEndOfAPackedFileAndOfAnEarlierFileIsNoTornLine() {
        Path packed = write(folder.resolve("p.csv.gz"), gzip("x,y\n1,10\n2,20"));
        assertThat(warnings(request(packed), Map.of())).isEmpty();
        assertThat(read(request(packed).withMayGrow(true), Map.of())).containsExactly("1.0 10.0", "2.0 20.0");
        write(folder.resolve("g-1.csv"), "x,y\n1,10");
        write(folder.resolve("g-2.csv"), "x,y\n2,20\n3,3");
        assertThat(read(request(folder + "/g-*.csv").withMayGrow(true), Map.of()))
                .containsExactly("1.0 10.0", "2.0 20.0");
    }

    @Test
    void aLineThatWasReadWithoutItsEndMayGetTheEndButNotChange() {
        SourceRequest request = request(csv("x,y\n1,10\n2,2"));
        Position position;
        try (ChunkSource source = open(request)) {
            ChunkBuffer buffer = IoFixtures.buffer(source, 10);
            source.next(buffer);
            position = buffer.position();
        }
        csv("x,y\n1,10\n2,2\n3,30\n");
        assertThat(IoFixtures.from(request, position, 10)).containsExactly("3.0 30.0");
        csv("x,y\n1,10\n2,20\n3,30\n");
        assertThatThrownBy(() -> IoFixtures.from(request, position, 10))
                .hasMessageContaining("a.csv' does not begin as it did when it was last read");
    }

    @Test
    void aBadLastLineWithoutItsEndSaysThatItMayBeIncomplete() {
        SourceRequest request = request(csv("x,y\n1,10\n2"));
        assertThatThrownBy(() -> read(request, Map.of()))
                .hasMessageStartingWith(
                        "a row must have 2 fields, as the header has, but has 1; this last line has no line" + " end")
                .hasMessageContaining("--resume");
    }
}
