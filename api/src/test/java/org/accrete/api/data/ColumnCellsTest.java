package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;

/** Rows whose cells come column by column are the rows that their texts give, and are refused for the same reasons. */
class ColumnCellsTest {
    private static final List<String> HEADER = List.of("n", "d", "b", "c", "s", "w", "k", "y", "z");
    private static final String PLAN = "n=numeric(missing=7)\nd=datetime(first-day=2001-01-01)\nb=boolean\n"
            + "c=categorical(width=64,missing=%3F)\ns=sparse(width=5)\nw=weight\nk=key\n";
    private static final int BATCH = 50;

    private final Random random = Seeds.random(ColumnCellsTest.class);

    private String number() {
        return switch (random.nextInt(12)) {
            case 0 -> "";
            case 1 -> "7.0";
            case 2 -> random.nextInt(20) == 0 ? "-Infinity" : "-0.0";
            default -> Double.toString(random.nextGaussian() * Math.pow(10, random.nextInt(40) - 20));
        };
    }

    private String[] row() {
        LocalDateTime time =
                LocalDateTime.ofEpochSecond(random.nextInt(2_000_000) * 31_536L - 30_000_000_000L, 0, ZoneOffset.UTC);
        return new String[] {
            number(),
            random.nextInt(9) == 0 ? "" : time.toString(),
            List.of("true", "no", "", " YES ", random.nextInt(9) == 0 ? "x" : "NA")
                    .get(random.nextInt(5)),
            List.of("Zürich", " Bern ", "?", "", "null", "c" + random.nextInt(200))
                    .get(random.nextInt(6)),
            List.of("1:2 3:0.5", "", random.nextInt(9) == 0 ? "9:1" : "5:1").get(random.nextInt(3)),
            List.of("0.5", "1", "", random.nextInt(9) == 0 ? "-1.0" : "3").get(random.nextInt(4)),
            " key " + random.nextInt(9),
            List.of("1.0", "1", "0", "", "NA", "l" + random.nextInt(30)).get(random.nextInt(6)),
            "ignored"
        };
    }

    /** Cells of rows, each in the form that the encoder wants or, at random, as texts. */
    private ColumnCells[] columns(RowEncoder encoder, boolean asTexts) {
        ColumnCells[] columns = new ColumnCells[HEADER.size()];
        for (int j = 0; j < columns.length; j++) {
            columns[j] = new ColumnCells(
                    asTexts ? ColumnCells.Form.TEXTS : encoder.form(j).orElse(ColumnCells.Form.TEXTS), BATCH);
        }
        return columns;
    }

    private void fill(ColumnCells[] columns, List<String[]> rows) {
        for (int j = 0; j < columns.length; j++) {
            boolean isKept = random.nextBoolean();
            List<String> known = new ArrayList<>();
            CellTexts texts = columns[j].texts();
            if (isKept) {
                for (int id = 0; id < texts.count(); id++) {
                    known.add(new String(
                            texts.bytes(),
                            texts.begin(id),
                            texts.begin(id + 1) - texts.begin(id),
                            StandardCharsets.UTF_8));
                }
            } else {
                texts.clear();
            }
            for (int i = 0; i < rows.size(); i++) {
                String cell = rows.get(i)[j];
                switch (columns[j].form()) {
                    case NUMBERS -> columns[j].numbers()[i] = cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
                    case SECONDS ->
                        columns[j].seconds()[i] = cell.isEmpty()
                                ? ColumnCells.MISSING
                                : LocalDateTime.parse(cell).toEpochSecond(ZoneOffset.UTC);
                    case TEXTS -> {
                        int id = known.indexOf(cell);
                        if (id < 0) {
                            byte[] text = ("<" + cell + ">").getBytes(StandardCharsets.UTF_8);
                            id = texts.add(text, 1, text.length - 1);
                            known.add(cell);
                        }
                        columns[j].ids()[i] = cell.isEmpty() && random.nextBoolean() ? -1 : id;
                    }
                }
            }
        }
    }

    private static String last(ChunkBuffer buffer) {
        int row = buffer.rows() - 1;
        SparseChunk chunk = (SparseChunk) buffer.chunk();
        long[] bits = Arrays.stream(chunk.values(), chunk.start(row), chunk.end(row))
                .mapToLong(Double::doubleToRawLongBits)
                .toArray();
        return Arrays.toString(Arrays.copyOfRange(chunk.indices(), chunk.start(row), chunk.end(row)))
                + Arrays.toString(bits) + buffer.key(row, 0) + " "
                + (chunk.hasWeights() ? chunk.weight(row) : 1.0) + " "
                + Double.doubleToRawLongBits(chunk.target(row)) + chunk.classes();
    }

    private void assertSame(String target, boolean asTexts) {
        ColumnPlan plan = ColumnPlan.parse(PLAN + target);
        RowEncoder byText = new RowEncoder(plan, HEADER, true);
        RowEncoder byColumn = new RowEncoder(plan, HEADER, true);
        ColumnCells[] columns = columns(byColumn, asTexts);
        int refused = 0;
        for (int batch = 0; batch < 40; batch++) {
            List<String[]> rows = new ArrayList<>();
            for (int i = 0; i < BATCH; i++) {
                rows.add(row());
            }
            fill(columns, rows);
            ChunkBuffer wanted = new ChunkBuffer(plan.schema(), BATCH, 1);
            ChunkBuffer got = new ChunkBuffer(plan.schema(), BATCH, 1);
            for (int i = 0; i < BATCH; i++) {
                String text = "";
                String column = "";
                try {
                    byText.encode(List.of(rows.get(i)), wanted);
                } catch (AccreteException e) {
                    text = e.line();
                    refused++;
                }
                try {
                    byColumn.encode(columns, i, got);
                } catch (AccreteException e) {
                    column = e.line();
                }
                assertThat(column).isEqualTo(text);
                if (text.isEmpty()) {
                    assertThat(last(got)).isEqualTo(last(wanted));
                }
            }
        }
        assertThat(refused).isPositive();
    }

    @Test
    void rowsAreThoseOfTheirTexts() {
        for (boolean asTexts : new boolean[] {false, true}) {
            assertSame("y=target(kind=categorical,classes=0|1)", asTexts);
            assertSame("y=target(kind=categorical,labels=as-written)", asTexts);
            assertSame("y=target(kind=categorical,missing=l1|0)", asTexts);
        }
    }

    @Test
    void aTargetOfNumbersIsThatOfItsTexts() {
        ColumnPlan plan = ColumnPlan.parse("x=numeric\ny=target(kind=numeric,missing=5)");
        List<String> header = List.of("y", "x");
        for (boolean isNeeded : new boolean[] {true, false}) {
            for (double value : new double[] {-0.0, 5, 1e300, Double.NaN, Double.POSITIVE_INFINITY}) {
                RowEncoder encoder = new RowEncoder(plan, header, isNeeded);
                assertThat(encoder.form(0)).contains(ColumnCells.Form.NUMBERS);
                ColumnCells target = new ColumnCells(ColumnCells.Form.NUMBERS, 1);
                target.numbers()[0] = value;
                ColumnCells[] columns = {target, new ColumnCells(ColumnCells.Form.NUMBERS, 1)};
                assertThat(outcome(plan, out -> encoder.encode(columns, 0, out)))
                        .isEqualTo(outcome(plan, out -> encoder.encode(List.of(Double.toString(value), "0"), out)));
            }
        }
    }

    private static String outcome(ColumnPlan plan, Consumer<ChunkBuffer> encode) {
        ChunkBuffer out = new ChunkBuffer(plan.schema(), 1);
        try {
            encode.accept(out);
            return Double.toString(out.chunk().target(0));
        } catch (AccreteException e) {
            return e.line();
        }
    }

    @Test
    void formsAreThoseOfThePlan() {
        RowEncoder encoder = new RowEncoder(
                ColumnPlan.parse("n=numeric\nd=datetime(first-day=2001-01-01,missing=2001-02-03)\nw=weight"
                        + "\nk=key\nz=ignore\ny=target(kind=numeric)"),
                HEADER,
                true);
        assertThat(HEADER.stream().map(name -> encoder.form(HEADER.indexOf(name))))
                .containsExactly(
                        Optional.of(ColumnCells.Form.NUMBERS),
                        // Missing texts are compared with text.
                        Optional.of(ColumnCells.Form.TEXTS),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(ColumnCells.Form.NUMBERS),
                        Optional.of(ColumnCells.Form.TEXTS),
                        Optional.of(ColumnCells.Form.NUMBERS),
                        Optional.empty());
    }
}
