package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.RecordReader;
import org.accrete.api.data.RecordSource;
import org.accrete.api.data.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The source of records of api, which cannot depend on the test kit: more records than are sampled, bad ones among
 * them, cells that are absent and labels that appear late.
 */
class RecordSourceContractTest implements SourceContract {
    private static final int RECORDS = 1_234;
    private static final SourceRequest REQUEST = SourceRequest.of("records").withTarget("label");

    private final List<Map<String, String>> records = new ArrayList<>();

    RecordSourceContractTest() {
        for (int i = 0; i < RECORDS; i++) {
            Map<String, String> record = new HashMap<>();
            if (i % 5 != 4) {
                record.put("size", i % 77 == 30 ? "huge" : Double.toString(i / 4.0));
            }
            record.put("city", i % 7 == 0 ? null : "city" + i % 3);
            record.put("label", "label" + i / 300);
            records.add(record);
        }
    }

    /** Reads maps; an empty one is a record that cannot be read. */
    private static final class MapReader implements RecordReader {
        private final List<Map<String, String>> records;
        int read;
        int closed;

        MapReader(List<Map<String, String>> records) {
            this.records = records;
        }

        @Override
        public Optional<Map<String, String>> next() {
            if (read == records.size()) {
                return Optional.empty();
            }
            Map<String, String> record = records.get(read++);
            if (record.isEmpty()) {
                throw AccreteException.badData("no record");
            }
            return Optional.of(record);
        }

        @Override
        public String place() {
            return "record " + read;
        }

        @Override
        public void close() {
            closed++;
        }
    }

    private static ChunkSource open(SourceRequest request, List<Map<String, String>> records) {
        return new RecordSource(request.withBadRows(BadRows.skip(line -> {})), new MapReader(records));
    }

    @Override
    public ChunkSource open() {
        return open(REQUEST, records);
    }

    @Override
    public ChunkSource reopen(List<String> classes) {
        return reopen(classes, records);
    }

    private ChunkSource reopen(List<String> classes, List<Map<String, String>> now) {
        try (ChunkSource first = open()) {
            return open(REQUEST.withPlan(first.plan().orElseThrow().withClasses(classes), true), now);
        }
    }

    @Override
    public Optional<ChunkSource> reopenChanged(List<String> classes) {
        List<Map<String, String>> changed = new ArrayList<>(records);
        changed.set(1, Map.of("size", "0.26", "city", "city1", "label", "label0"));
        return Optional.of(reopen(classes, changed));
    }

    @Test
    void recordsAddedLaterAreReadAfterASeek() {
        ChunkBuffer buffer;
        Position end;
        List<Map<String, String>> few = records.subList(0, 40);
        try (ChunkSource source = open(REQUEST, few)) {
            buffer = new ChunkBuffer(source.schema(), 100);
            source.next(buffer);
            end = buffer.position();
            List<Map<String, String>> more = new ArrayList<>(few);
            more.add(Map.of("size", "3", "label", "label0", "later", "x", "city", ""));
            try (ChunkSource longer = open(REQUEST.withPlan(source.plan().orElseThrow(), true), more)) {
                longer.seek(end);
                assertThat(longer.next(buffer)).isTrue();
                assertThat(buffer.rows()).isEqualTo(1);
                assertThat(longer.next(buffer)).isFalse();
            }
            try (ChunkSource shorter = open(REQUEST.withPlan(source.plan().orElseThrow(), true), few.subList(0, 39))) {
                assertThatThrownBy(() -> shorter.seek(end)).hasMessageContaining("ends before the stored position");
            }
        }
    }

    @Test
    void lastRecordWithoutItsEndIsLeftForLaterWhereRowsMayGoOn(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("a.txt");
        SourceRequest request = SourceRequest.of(file.toString());
        for (String text : List.of("1\n2\n3", "1\n2\n3\n", "1\r\n2\r3\r", "1\n2\n\n3 ", "1\n2\n3\n \n")) {
            Files.writeString(file, text);
            boolean ended = text.endsWith("\n") || text.endsWith("\r");
            assertThat(rows(request)).isEqualTo(3);
            assertThat(rows(request.withMayGrow(true))).as(text).isEqualTo(ended ? 3 : 2);
        }
    }

    private static long rows(SourceRequest request) {
        RecordReader reader = RecordReader.lines(request.location(), line -> Map.of("x", line));
        try (ChunkSource source = new RecordSource(request, reader)) {
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 2);
            long rows = 0;
            while (source.next(buffer)) {
                rows += buffer.rows();
            }
            return rows;
        }
    }

    @Test
    void badRecordIsRefusedWithItsPlace() {
        List<Map<String, String>> bad = new ArrayList<>(records.subList(0, 30));
        bad.set(17, Map.of());
        try (ChunkSource source = new RecordSource(REQUEST, new MapReader(bad))) {
            assertThatThrownBy(() -> source.next(new ChunkBuffer(source.schema(), 100)))
                    .isInstanceOfSatisfying(AccreteException.class, e -> {
                        assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
                        assertThat(e.line()).isEqualTo("records record 18: no record");
                    });
        }
        List<String> dropped = new ArrayList<>();
        MapReader reader = new MapReader(records);
        try (ChunkSource source = new RecordSource(REQUEST.withBadRows(BadRows.skip(dropped::add)), reader)) {
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 100);
            source.next(buffer);
            assertThat(buffer.refusedRows()).isEqualTo(1);
            assertThat(dropped).singleElement().asString().contains("records record 31: ", "'size'", "'huge'");
        }
        assertThat(reader.closed).isEqualTo(1);
    }

    @Test
    void failureToOpenClosesTheReader() {
        MapReader none = new MapReader(List.of());
        assertThatThrownBy(() -> new RecordSource(REQUEST, none))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line()).isEqualTo("records: it has no records to learn from"));
        MapReader unreadable = new MapReader(List.of(Map.of()));
        assertThatThrownBy(() -> new RecordSource(REQUEST, unreadable))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.line()).isEqualTo("records record 1: no record"));
        assertThat(none.closed + unreadable.closed).isEqualTo(2);
    }

    @Test
    void failureToReadIsOfKindIo() {
        RecordReader torn = new RecordReader() {
            @Override
            public Optional<Map<String, String>> next() throws IOException {
                throw new IOException("unplugged");
            }

            @Override
            public String place() {
                return "";
            }

            @Override
            public void close() throws IOException {
                throw new IOException("gone");
            }
        };
        assertThatThrownBy(() -> new RecordSource(REQUEST, torn)).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(AccreteException.Kind.IO);
            assertThat(e).hasMessage("'records' cannot be read: unplugged");
        });
    }

    @Test
    void planThatNeedsAnotherColumnIsRefused() {
        try (ChunkSource source = open()) {
            assertThatThrownBy(() ->
                            open(REQUEST.withPlan(source.plan().orElseThrow(), true), List.of(Map.of("size", "1"))))
                    .hasMessageContaining("'city'");
        }
    }
}
