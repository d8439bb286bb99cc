package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
                    case NUMBERS -> columns[j].numbers()[i] = number(cell);
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

    /** The number that a cell is, without the separators and units that a plan may let it have. */
    private static double number(String cell) {
        String plain = cell.replaceAll("[,%]", "");
        return plain.isEmpty() ? Double.NaN : Double.parseDouble(plain);
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
        assertThat(kinds(ColumnPlan.parse(PLAN + target), asTexts, true, 40, this::row))
                .contains(AccreteException.Kind.BAD_DATA);
    }

    /** Encodes the same rows both ways; returns for what kinds of reasons rows were refused. */
    private Set<AccreteException.Kind> kinds(
            ColumnPlan plan, boolean asTexts, boolean targetNeeded, int batches, Supplier<String[]> row) {
        RowEncoder byText = new RowEncoder(plan, HEADER, targetNeeded);
        RowEncoder byColumn = new RowEncoder(plan, HEADER, targetNeeded);
        ColumnCells[] columns = columns(byColumn, asTexts);
        Set<AccreteException.Kind> kinds = EnumSet.noneOf(AccreteException.Kind.class);
        for (int batch = 0; batch < batches; batch++) {
            List<String[]> rows = Stream.generate(row).limit(BATCH).toList();
            fill(columns, rows);
            ChunkBuffer wanted = new ChunkBuffer(plan.schema(), BATCH, 1);
            ChunkBuffer got = new ChunkBuffer(plan.schema(), BATCH, 1);
            for (int i = 0; i < BATCH; i++) {
                String text = "";
                String column = "";
                try {
                    byText.encode(List.of(rows.get(i)), wanted);
                } catch (AccreteException e) {
                    text = e.kind() + e.line();
                    kinds.add(e.kind());
                }
                try {
                    byColumn.encode(columns, i, got);
                } catch (AccreteException e) {
                    column = e.kind() + e.line();
                }
                assertThat(column).as(plan.toText()).isEqualTo(text);
                assertThat(got.rows()).isEqualTo(wanted.rows());
                if (text.isEmpty()) {
                    assertThat(last(got)).as(plan.toText()).isEqualTo(last(wanted));
                }
            }
        }
        return kinds;
    }

    /** A plan whose columns have settings by chance. */
    private ColumnPlan anyPlan() {
        return ColumnPlan.parse("n=numeric"
                + settings(
                        any("", "missing=7", "thousands=comma,unit=%25"),
                        any("", "if-missing=2.5", "if-missing=reject", "if-missing=skip", "if-missing=mean"))
                + "\nd=datetime"
                + settings(
                        "first-day=2001-01-01",
                        any("", "format=dd.MM.yyyy"),
                        any("", "missing=2001-02-03"),
                        any("", "if-missing=2001-02-04", "if-missing=reject", "if-missing=skip"))
                + "\nb=boolean" + settings(any("", "if-missing=yes", "if-missing=skip"))
                + "\nc=categorical"
                + settings(
                        any("width=64", "values=Z%C3%BCrich|c1|c2", "min-count=2,values=Bern"),
                        any("", "missing=%3F"),
                        any("", "if-missing=Bern", "if-missing=elsewhere", "if-missing=reject", "if-missing=skip"))
                + "\ns=text"
                + settings(
                        "width=16",
                        any("", "ngrams=1-2", "chars=2-3"),
                        any("", "case=keep"),
                        any("", "if-missing=not%20there", "if-missing=skip"))
                + "\nw=weight\nk=key\nz=ignore\ny=target(kind=categorical)"
                + any("", "\nc*b=cross(columns=c|b,width=32)")
                + any("", "\nx=cross(columns=z|k|c,width=32)\nb*z=cross(columns=b|z,width=8)"));
    }

    private String any(String... some) {
        return some[random.nextInt(some.length)];
    }

    private String settings(String... some) {
        return Stream.concat(Stream.of(some), Stream.of(any("", "indicator=yes")))
                .filter(setting -> !setting.isEmpty())
                .collect(Collectors.joining(",", "(", ")"))
                .replace("()", "");
    }

    /** A row of words, with an ignored cell, and numbers in another notation where the plan has it. */
    private String[] rowOf(ColumnPlan plan) {
        String[] row = row();
        if (plan.column("n").kind().contains("thousands") && random.nextInt(3) == 0) {
            row[0] = any("1,234.5", "12%", "-1,000,000", "7");
        }
        row[4] = any("", "Good wine", "good  WINE, Ärger", "NA", "not good wine at all");
        row[8] = any("", "u", "v", " u ");
        return row;
    }

    @Test
    void rowsAreThoseOfTheirTextsWhateverTheirColumnsAreToldToBe() {
        Set<AccreteException.Kind> kinds = EnumSet.noneOf(AccreteException.Kind.class);
        for (int i = 0; i < 60; i++) {
            ColumnPlan plan = anyPlan();
            kinds.addAll(kinds(plan, i % 3 == 0, i % 5 != 0, 5, () -> rowOf(plan)));
        }
        assertThat(kinds).containsExactlyInAnyOrder(AccreteException.Kind.BAD_DATA, AccreteException.Kind.LEFT_OUT);
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
