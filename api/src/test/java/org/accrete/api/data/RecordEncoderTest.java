package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;

class RecordEncoderTest {
    private static final ColumnPlan PLAN = new ColumnPlan(List.of(
            Column.parse("id=key"),
            Column.parse("amount=numeric(missing=?|-3,decimal=%2C)"),
            Column.parse("ok=boolean(missing=?)"),
            Column.parse("day=datetime(first-day=2001-01-01,missing=?)"),
            Column.parse("city=categorical(width=1024,missing=?|SEA1)"),
            Column.parse("size=categorical(width=64)"),
            Column.parse("at=datetime(first-day=2000-01-01)"),
            Column.parse("words=sparse(width=9,first=0)"),
            Column.parse("w=weight(missing=?|2)"),
            Column.parse("skip=ignore"),
            Column.parse("y=target(kind=categorical,classes=no|yes)")));
    private static final List<String> HEADER =
            List.of("id", "amount", "ok", "day", "city", "size", "at", "words", "w", "skip", "y");

    private static Object random(SplittableRandom random, String column) {
        if (!column.equals("y") && random.nextInt(6) == 0) {
            boolean hasMore = !List.of("size", "at", "words").contains(column);
            return random.nextBoolean() ? "NA" : random.nextBoolean() && hasMore ? " ? " : " ";
        }
        return switch (column) {
            case "id" -> random.nextInt(1000);
            case "amount" ->
                random.nextBoolean() ? random.nextInt(-5, 5) : random.nextInt(99) + "," + random.nextInt(99);
            case "ok" -> random.nextBoolean() ? random.nextBoolean() : random.nextBoolean() ? "yes" : "No";
            case "day" -> LocalDate.ofEpochDay(random.nextInt(10_000, 13_000));
            case "at" ->
                random.nextBoolean()
                        ? LocalDateTime.ofEpochSecond(random.nextInt(), 0, ZoneOffset.UTC)
                        : LocalDate.ofEpochDay(random.nextInt(9_000, 12_000)) + " 07:15";
            case "city" -> random.nextBoolean() ? "J\u00fcrgenstadt" : "SEA" + random.nextInt(9);
            case "size" -> random.nextInt(100);
            case "words" ->
                random.nextInt(3) + ":" + random.nextInt(2) + "  " + (3 + random.nextInt(6)) + ":-"
                        + random.nextDouble();
            case "w" -> random.nextInt(4);
            case "y" -> new String[] {"no", " yes", "maybe", "1.0"}[random.nextInt(4)];
            default -> "x";
        };
    }

    /** Values and the same values as text give the same rows: the encoder of files is the oracle. */
    @Test
    void valuesAreEncodedAsTheirTextIs() {
        long seed = Long.getLong("test.seed", System.nanoTime());
        System.out.println("RecordEncoderTest replays with -Dtest.seed=" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        RecordEncoder byValue = new RecordEncoder(PLAN, true);
        RowEncoder byText = new RowEncoder(PLAN, HEADER, true);
        ChunkBuffer actual = new ChunkBuffer(PLAN.schema(), 500, 1);
        ChunkBuffer expected = new ChunkBuffer(PLAN.schema(), 500, 1);
        for (int row = 0; row < 500; row++) {
            Map<String, Object> record = new HashMap<>();
            List<String> cells = new ArrayList<>();
            for (String column : HEADER) {
                Object value = random(random, column);
                record.put(column, value);
                cells.add(RecordEncoder.text(value));
            }
            byValue.encode(record, actual);
            byText.encode(cells, expected);
        }
        SparseChunk a = (SparseChunk) actual.chunk();
        SparseChunk e = (SparseChunk) expected.chunk();
        assertThat(a.classes()).isEqualTo(e.classes());
        for (int row = 0; row < 500; row++) {
            assertThat(a.target(row)).isEqualTo(e.target(row));
            assertThat(a.weight(row)).isEqualTo(e.weight(row));
            assertThat(actual.key(row, 0)).isEqualTo(expected.key(row, 0));
            assertThat(a.end(row) - a.start(row)).as("entries of row %d", row).isEqualTo(e.end(row) - e.start(row));
            for (int k = 0; k < e.end(row) - e.start(row); k++) {
                assertThat(a.indices()[a.start(row) + k]).isEqualTo(e.indices()[e.start(row) + k]);
                assertThat(a.values()[a.start(row) + k]).isEqualTo(Double.valueOf(e.values()[e.start(row) + k]));
            }
        }
    }

    @Test
    void labelsAreReadAsFilesAreRead() {
        ColumnPlan whole = new ColumnPlan(
                List.of(Column.parse("n=numeric"), Column.parse("y=target(kind=categorical,classes=0|1)")));
        RecordEncoder canonical = new RecordEncoder(whole, true);
        ChunkBuffer rows = new ChunkBuffer(whole.schema(), 4);
        canonical.encode(Map.of("n", 0, "y", 1.0), rows);
        assertThat(rows.chunk().target(0)).isEqualTo(1);
        assertThatThrownBy(() -> canonical.encode(Map.of("n", 0, "y", 0.25), rows))
                .hasMessageContaining("--column y=numeric");
        canonical.encode(Map.of("n", 0, "y", "other"), rows);
        canonical.encode(Map.of("n", 0, "y", 0.25), rows);
        assertThat(rows.chunk().classes()).containsExactly("0", "1", "other", "0.25");
        ColumnPlan written = new ColumnPlan(
                List.of(Column.parse("n=numeric"), Column.parse("y=target(kind=categorical,labels=as-written)")));
        RecordEncoder asWritten = new RecordEncoder(written, true);
        ChunkBuffer texts = new ChunkBuffer(written.schema(), 2);
        asWritten.encode(Map.of("n", 0, "y", "007"), texts);
        asWritten.encode(Map.of("n", 0, "y", " 7 "), texts);
        assertThat(texts.chunk().classes()).containsExactly("007", "7");
    }

    @Test
    void anInstantIsReadInUtc() {
        ColumnPlan plan = new ColumnPlan(List.of(Column.parse("at=datetime(first-day=1970-01-01)")));
        ChunkBuffer rows = new ChunkBuffer(plan.schema(), 2);
        RecordEncoder encoder = new RecordEncoder(plan, false);
        encoder.encode(Map.of("at", Instant.parse("1970-01-02T12:00:00Z")), rows);
        encoder.encode(Map.of("at", Instant.parse("1970-01-02T12:00:00Z").atOffset(ZoneOffset.ofHours(3))), rows);
        DenseChunk chunk = (DenseChunk) rows.chunk();
        assertThat(chunk.values()[chunk.offset(0)]).isEqualTo(1.5);
        assertThat(chunk.values()[chunk.offset(1)]).isEqualTo(1.5);
    }

    @Test
    void aRecordWhoseTargetIsMissingIsUnlabelled() {
        RecordEncoder encoder = new RecordEncoder(PLAN, true);
        ChunkBuffer rows = new ChunkBuffer(PLAN.schema(), 4, 1);
        Map<String, Object> record = new HashMap<>();
        HEADER.forEach(column -> record.put(column, null));
        for (String missing : new String[] {null, "", "NA"}) {
            record.put("y", missing);
            encoder.encode(record, rows);
            assertThat(rows.chunk().target(rows.rows() - 1)).isNaN();
        }
        assertThat(rows.chunk().classes()).isEqualTo(PLAN.schema().target().classes());
    }

    @Test
    void aRefusedRecordLeavesNoTrace() {
        RecordEncoder encoder = new RecordEncoder(PLAN, true);
        ChunkBuffer rows = new ChunkBuffer(PLAN.schema(), 4, 1);
        Map<String, Object> good = new HashMap<>();
        HEADER.forEach(column -> good.put(column, null));
        good.put("y", "yes");
        encoder.encode(good, rows);
        for (Map.Entry<String, Object> wrong : Map.<String, Object>of(
                        "amount", "far", "ok", 3, "day", "13/01/2001", "w", -1)
                .entrySet()) {
            Map<String, Object> bad = new HashMap<>(good);
            bad.put("y", "new label");
            bad.put(wrong.getKey(), wrong.getValue());
            assertThatThrownBy(() -> encoder.encode(bad, rows))
                    .isInstanceOf(AccreteException.class)
                    .hasMessageContaining("'" + wrong.getKey() + "'");
        }
        assertThatThrownBy(() -> encoder.encode(Map.of("y", "yes"), rows)).hasMessageContaining("has no 'amount'");
        assertThatThrownBy(() -> encoder.encode(3, rows)).hasMessageContaining("java.lang.Integer");
        assertThat(rows.rows()).isEqualTo(1);
        assertThat(rows.chunk().classes()).containsExactly("no", "yes");
    }
}
