package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A source of records over lines such as {@code a=1 b=x}. */
class RecordSourceTest {
    @TempDir
    Path directory;

    private static Map<String, String> parse(String line) {
        Map<String, String> cells = new LinkedHashMap<>();
        for (String cell : line.split(" ")) {
            String[] parts = cell.split("=", -1);
            if (parts.length != 2) {
                throw AccreteException.badData("a cell must be name=value but was '" + cell + "'");
            }
            cells.put(parts[0], parts[1]);
        }
        return cells;
    }

    private String file(String... lines) throws IOException {
        return Files.write(directory.resolve("rows.txt"), List.of(lines)).toString();
    }

    private static RecordSource open(SourceRequest request) {
        return new RecordSource(request, RecordReader.lines(request.location(), RecordSourceTest::parse));
    }

    private static SourceRequest request(String location) {
        return SourceRequest.of(location).withTarget("y");
    }

    private static List<Double> firstColumn(ChunkSource source, int chunk) {
        List<Double> values = new ArrayList<>();
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), chunk);
        while (source.next(buffer)) {
            for (int i = 0; i < buffer.rows(); i++) {
                DenseChunk rows = (DenseChunk) buffer.chunk();
                values.add(rows.values()[rows.offset(i)]);
            }
        }
        return values;
    }

    @Test
    void readsRecordsInWhateverOrderTheirCellsAre() throws IOException {
        String file = file("x=1 y=2", "", "y=4 x=3", "y=6", "x=7 y=8 late=1");
        try (RecordSource source = open(request(file))) {
            assertThat(source.plan().orElseThrow().rawNames()).contains("x", "y", "late");
            assertThat(firstColumn(source, 2)).containsExactly(1.0, 3.0, Double.NaN, 7.0);
            assertThat(source.isFiltered()).isTrue();
            assertThat(source.place(3).orElseThrow().toString()).contains(file).contains("3");
        }
    }

    @Test
    void namesThePlaceOfABadRecord() throws IOException {
        String file = file("x=1 y=2", "nonsense", "x=3 y=4");
        try (RecordSource source = open(request(file))) {
            assertThatThrownBy(() -> firstColumn(source, 10))
                    .hasMessage("a cell must be name=value but was 'nonsense'")
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.where()).contains(file + " line 2"));
        }
        List<String> reports = new ArrayList<>();
        try (RecordSource source = open(request(file).withBadRows(BadRows.skip(reports::add)))) {
            assertThat(firstColumn(source, 10)).containsExactly(1.0, 3.0);
        }
        assertThat(reports).singleElement().asString().contains("line 2");
    }

    @Test
    void goesOnFromAPositionInTheSameRecords() throws IOException {
        String file = file("x=1 y=a", "x=2 y=b", "x=3 y=a", "x=4 y=c");
        ColumnPlan plan;
        Position after;
        try (RecordSource source = open(request(file))) {
            plan = source.plan().orElseThrow();
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 2);
            source.next(buffer);
            after = buffer.position();
        }
        SourceRequest again = SourceRequest.of(file).withPlan(plan, true);
        try (RecordSource source = open(again)) {
            source.seek(after);
            assertThat(firstColumn(source, 5)).containsExactly(3.0, 4.0);
        }
        file("x=1 y=a", "x=9 y=b", "x=3 y=a", "x=4 y=c");
        try (RecordSource source = open(again)) {
            assertThatThrownBy(() -> source.seek(after))
                    .hasMessageContaining("the first 2 records of '" + file + "' are not those that were read before");
        }
        file("x=1 y=a");
        try (RecordSource source = open(again)) {
            assertThatThrownBy(() -> source.seek(after)).hasMessageContaining("ends before the stored position");
        }
        try (RecordSource source = open(again)) {
            assertThatThrownBy(() -> source.seek(new Position("soon", 0)))
                    .hasMessage("the stored position 'soon' is not one in records");
        }
    }

    @Test
    void refusesWhatHasNoRecords() throws IOException {
        String empty = file();
        assertThatThrownBy(() -> open(request(empty))).hasMessageContaining("it has no records to learn from");
        assertThatThrownBy(() -> open(request(directory.resolve("none").toString())))
                .hasMessageContaining("there is no file");
    }

    /** A last line without its end is read now, or left for later where rows may come. */
    @Test
    void leavesAnUnendedLineWhereRowsMayCome() throws IOException {
        Path file = Files.writeString(directory.resolve("growing"), "x=1 y=2\nx=3 y=");
        try (RecordSource source = open(request(file.toString()).withMayGrow(true))) {
            assertThat(firstColumn(source, 10)).containsExactly(1.0);
        }
        Files.writeString(file, "x=1 y=2\nx=3 y=4");
        try (RecordSource source = open(request(file.toString()))) {
            assertThat(firstColumn(source, 10)).containsExactly(1.0, 3.0);
        }
    }
}
