package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.SlowEncoder.Spec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings of columns, against an oracle that reads the documentation by the letter. */
class ColumnSettingsTest {
    private static final int TRIALS = 300;
    private static final int ROWS = 20;

    private final long seed = Long.getLong("accrete.seed", System.nanoTime());
    private final SeededRandom random = new SeededRandom(seed);

    private String pick(String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    private Spec column(String name) {
        Map<String, String> settings = new HashMap<>();
        String kind = pick("numeric", "boolean", "categorical", "datetime", "text", "ignore");
        if (kind.equals("ignore")) {
            return new Spec(name, kind, settings);
        }
        switch (kind) {
            case "numeric" -> {
                settings.put("thousands", pick("comma", "point", "space", "apostrophe"));
                if (settings.get("thousands").equals("point") || random.nextInt(3) == 0) {
                    settings.put("decimal", "comma");
                }
                if (random.nextInt(2) == 0 || settings.equals(Map.of("thousands", "comma", "decimal", "comma"))) {
                    settings.remove("thousands");
                }
                if (random.nextInt(2) == 0) {
                    settings.put("unit", pick("%", "$|€|EUR"));
                }
            }
            case "categorical" -> {
                if (random.nextInt(2) == 0) {
                    settings.put("width", pick("3", "64", "1024"));
                } else {
                    settings.put("values", pick("a", "a|b", "ä%20ö|1.0|b|NA!", "not%20known|x"));
                }
            }
            case "datetime" -> {
                settings.put("first-day", "2020-02-29");
                settings.put("format", pick("dd/MM/yyyy", "MM-dd-yyyy", "yyyy.MM.dd", "dd.MM.yyyy"));
            }
            case "text" -> {
                settings.put("width", pick("7", "1024", "262144"));
                settings.put(pick("ngrams", "chars"), pick("1", "1-2", "2-3", "3", "1-10"));
                if (random.nextInt(3) == 0) {
                    settings.put("case", "keep");
                }
            }
            default -> {}
        }
        String fill = switch (kind) {
            case "numeric" -> "-7";
            case "boolean" -> "yes";
            case "categorical", "text" -> "not known";
            default -> "2024-02-29 12:30";
        };
        String policy = pick("", "", "mean", "reject", "skip", fill, fill, fill);
        if (!policy.isEmpty()) {
            settings.put("if-missing", policy);
        }
        if (random.nextInt(3) == 0) {
            settings.put("indicator", pick("yes", "yes", "no"));
        }
        return new Spec(name, kind, settings);
    }

    /** {@return a number as a column of these settings may have it} */
    private String number(Spec column) {
        String separator = Map.of("", "", "comma", ",", "point", ".", "space", "\u00A0", "apostrophe", "'")
                .get(random.nextInt(3) == 0 ? "" : column.setting("thousands"));
        String whole = Integer.toString(random.nextInt(random.nextInt(2) == 0 ? 1_000 : 2_000_000_000));
        String grouped = whole.replaceAll("(?<=\\d)(?=(\\d{3})+$)", separator);
        String decimal = column.setting("decimal").equals("comma") ? "," : ".";
        String fraction = pick("", "", decimal + "5", decimal + random.nextInt(1_000_000_000) + pick("", "e-3"));
        String number = grouped + fraction;
        String sign = pick("", "-");
        return switch (column.setting("unit")) {
            case "%" -> sign + number + pick("", "%", " %");
            case "$|€|EUR" ->
                pick(sign + number, sign + "$" + number, sign + number + "\u00A0€", "EUR " + sign + number);
            default -> sign + number;
        };
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "thousands=comma;1,23",
                "thousands=comma;1,2345",
                "thousands=comma;,123",
                "thousands=comma;1234,567",
                "thousands=comma;1,,234",
                "thousands=comma;1,234,",
                "thousands=comma;1.5,000",
                "thousands=comma;-,123",
                "thousands=point,decimal=comma;1.2",
                "thousands=space;1  234",
                "unit=%25;%",
                "unit=%25;5%%",
                "unit=%25;%5%",
                "unit=$;$$5",
                "unit=$;$-",
                "unit=$;-$-5",
                "unit=$;5 EUR",
                "unit=$;5  $",
                "unit=EUR;EURO5"
            })
    void numbersWithMarksInOtherPlacesAreRefused(String settings, String cell) {
        ColumnPlan plan = new ColumnPlan(List.of(Column.parse("x=numeric(" + settings + ")")));
        RowEncoder rows = new RowEncoder(plan, List.of("x"), true);
        ChunkBuffer buffer = new ChunkBuffer(plan.schema(), 1);
        assertThat(refused(() -> rows.encode(List.of(cell), buffer))).contains(AccreteException.Kind.BAD_DATA);
    }

    private String date(Spec column) {
        LocalDate day = LocalDate.ofEpochDay(random.nextInt(40_000) - 5_000);
        String format = column.setting("format").replace("yyyy", "uuuu");
        return day.format(DateTimeFormatter.ofPattern(
                        random.nextInt(2) == 0
                                ? format
                                : format.replace("dd", "d").replace("MM", "M")))
                + pick("", " 07:15", "T23:59:59");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "dd/MM/yyyy;31/04/2024",
                "dd/MM/yyyy;29/02/2023",
                "dd/MM/yyyy;01/13/2024",
                "dd/MM/yyyy;1/2/24",
                "dd/MM/yyyy;01-02-2024",
                "dd/MM/yyyy;01/02/2024 7:00",
                "dd/MM/yyyy;001/02/2024",
                "dd/MM/yyyy;01/02/2024x",
                "dd/MM/yyyy;/02/2024",
                "dd/MM/yyyy;01/02",
                "yyyy.MM.dd;2024.00.01",
                "MM-dd-yyyy;2024-13-01",
                "MM-dd-yyyy;02-30-2024",
                "dd.MM.yyyy;01.02.02024"
            })
    void datesOfAnotherFormatAreRefused(String format, String cell) {
        ColumnPlan plan =
                new ColumnPlan(List.of(Column.parse("x=datetime(first-day=2000-01-01,format=" + format + ")")));
        RowEncoder rows = new RowEncoder(plan, List.of("x"), true);
        ChunkBuffer buffer = new ChunkBuffer(plan.schema(), 1);
        assertThatThrownBy(() -> rows.encode(List.of(cell), buffer))
                .hasMessageStartingWith("column 'x' must be a date " + format + " or yyyy-MM-dd, with or without");
    }

    private String sentence() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i <= random.nextInt(random.nextInt(30) == 0 ? 100 : 12); i++) {
            text.append(pick("the", "The", "Straße", "É", "ΣΟΦΟΣ", "a", "I", "x2", "_y", "🙂", "🙂🙂", "№", "don't"))
                    .append(pick(" ", " ", "  ", "\t", ", ", "-", ". ", "—", "«"));
        }
        return text.toString();
    }

    /** Adds up to two crosses of the columns that can be crossed. */
    private void addCrosses(List<Spec> specs) {
        List<String> names = new ArrayList<>(specs.stream()
                .filter(spec -> List.of("boolean", "categorical", "ignore").contains(spec.kind()))
                .map(Spec::name)
                .toList());
        for (int i = 0; names.size() >= 2 && i < 2; i++) {
            specs.add(new Spec(
                    String.join("*", names),
                    "cross",
                    Map.of("columns", String.join("|", names), "width", pick("5", "1024", "4096"))));
            names.remove(random.nextInt(names.size()));
        }
    }

    private String cell(Spec column) {
        if (random.nextInt(6) == 0) {
            return pick("", "NA", " ", "null", "NaN");
        }
        return pick("", " ")
                + switch (column.kind()) {
                    case "numeric" -> number(column);
                    case "boolean" -> pick("true", "No", "YES", "false");
                    case "categorical", "ignore" -> pick("a", "b", "ä ö", "NA!", "1.0", "a,b");
                    case "text" -> sentence();
                    default ->
                        pick("2020-02-29", "2019-12-31 23:59", "2024-07-01T00:00:30", date(column), date(column));
                };
    }

    /** {@return the numbers of a row that are not 0, by block and index within it} */
    private static Map<String, Double> numbers(ChunkBuffer buffer, int row) {
        Map<String, Double> numbers = new TreeMap<>();
        if (buffer.chunk() instanceof DenseChunk dense) {
            for (int column = 0; column < dense.width(); column++) {
                put(numbers, buffer.schema(), column, dense.values()[dense.offset(row) + column]);
            }
        } else if (buffer.chunk() instanceof SparseChunk sparse) {
            int last = -1;
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                assertThat(sparse.indices()[k]).as("indices ascend").isGreaterThan(last);
                last = sparse.indices()[k];
                put(numbers, buffer.schema(), last, sparse.values()[k]);
            }
        }
        return numbers;
    }

    private static void put(Map<String, Double> numbers, Schema schema, int column, double value) {
        int from = 0;
        for (Block block : schema.blocks()) {
            if (column >= from && column < from + block.width() && value != 0) {
                numbers.put(block.name() + " " + (column - from), value);
            }
            from += block.width();
        }
    }

    private static Optional<AccreteException.Kind> refused(Runnable call) {
        try {
            call.run();
            return Optional.empty();
        } catch (AccreteException e) {
            return Optional.of(e.kind());
        }
    }

    @Test
    void bothEncodersDoWhatTheSettingsSay() {
        System.out.println("replay with -Daccrete.seed=" + seed);
        int refusals = 0;
        for (int trial = 0; trial < TRIALS; trial++) {
            List<Spec> specs = new ArrayList<>();
            for (int i = 0; i <= random.nextInt(6); i++) {
                specs.add(column("c" + i));
            }
            List<String> header = specs.stream().map(Spec::name).toList();
            addCrosses(specs);
            ColumnPlan plan = new ColumnPlan(specs.stream().map(Spec::column).toList());
            assertThat(ColumnPlan.parse(plan.toText())).isEqualTo(plan);
            assertThat(plan.rawNames()).isEqualTo(header);
            boolean training = random.nextInt(2) == 0;
            RowEncoder rows = new RowEncoder(plan, header, training);
            RecordEncoder records = new RecordEncoder(plan, training);
            ChunkBuffer one = new ChunkBuffer(plan.schema(), 2 * ROWS);
            for (int i = 0; i < ROWS; i++) {
                Map<String, String> row = new HashMap<>();
                specs.subList(0, header.size()).forEach(spec -> row.put(spec.name(), cell(spec)));
                List<String> cells = header.stream().map(row::get).toList();
                int before = one.rows();
                try {
                    Map<String, Double> expected = SlowEncoder.encode(specs, row);
                    rows.encode(cells, one);
                    records.encode(row, one);
                    assertThat(numbers(one, before)).as("%s of %s", row, specs).isEqualTo(expected);
                    assertThat(numbers(one, before + 1))
                            .as("record %s of %s", row, specs)
                            .isEqualTo(expected);
                } catch (SlowEncoder.NoRow why) {
                    Set<AccreteException.Kind> kinds = EnumSet.noneOf(AccreteException.Kind.class);
                    for (String policy : why.getMessage().split(" ")) {
                        boolean isLeftOut = policy.equals("skip") && training;
                        kinds.add(isLeftOut ? AccreteException.Kind.LEFT_OUT : AccreteException.Kind.BAD_DATA);
                    }
                    assertThat(refused(() -> rows.encode(cells, one))).get().isIn(kinds);
                    assertThat(refused(() -> records.encode(row, one))).get().isIn(kinds);
                    assertThat(one.rows()).as("a refused row leaves no trace").isEqualTo(before);
                    refusals++;
                }
            }
        }
        assertThat(refusals).isBetween(TRIALS, TRIALS * ROWS / 2);
    }

    @Test
    void aRowWithoutANeededValueIsRefusedOrLeftOut() {
        ColumnPlan plan = new ColumnPlan(List.of(
                Column.parse("a=numeric(missing=-999,if-missing=reject)"),
                Column.parse("b=categorical(width=8,if-missing=skip)")));
        RowEncoder rows = new RowEncoder(plan, List.of("a", "b"), true);
        ChunkBuffer buffer = new ChunkBuffer(plan.schema(), 1);
        assertThatThrownBy(() -> rows.encode(List.of("-999.0", "x"), buffer))
                .hasMessage("column 'a' must not be missing, as if-missing=reject says");
        assertThatThrownBy(() -> rows.encode(List.of("1", ""), buffer))
                .isInstanceOfSatisfying(AccreteException.class, e -> {
                    assertThat(e.kind()).isEqualTo(AccreteException.Kind.LEFT_OUT);
                    List<AccreteException> told = new ArrayList<>();
                    BadRows.stop().refused(e, buffer, () -> {
                        throw e;
                    });
                    assertThat(told).isEmpty();
                });
        assertThat(buffer.dropped()).isEqualTo(new DroppedRows(0, 1, 0));
        RowEncoder predicting = new RowEncoder(plan, List.of("a", "b"), false);
        assertThatThrownBy(() -> predicting.encode(List.of("1", ""), buffer))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA));
    }

    @Test
    void whatSaysNothingNewIsStoredAsBefore() {
        assertThat(Column.parse("x=numeric(if-missing=mean,indicator=no)")).isEqualTo(new Column.Numeric("x"));
        assertThat(Column.parse("x=numeric(if-missing=mean)").toText()).isEqualTo("x=numeric");
        assertThat(Column.parse("x=boolean(if-missing=no,indicator=yes)").toText())
                .isEqualTo("x=boolean(if-missing=no,indicator=yes)");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "x=numeric(if-missing=none);if-missing of column 'x' must be reject, skip, mean or a cell that can be read as numeric, but was 'none'",
                "x=numeric(if-missing=NaN);but was 'NaN'",
                "x=numeric(if-missing=1e999);but was '1e999'",
                "x=boolean(if-missing=2);read as boolean, but was '2'",
                "x=datetime(if-missing=1.2.2003);read as datetime, but was '1.2.2003'",
                "x=categorical(if-missing=NA);but was 'NA'",
                "x=categorical(if-missing=);if-missing of column 'x' must be reject, skip, mean or a value, but was ''",
                "x=numeric(indicator=true);indicator of column 'x' must be yes or no but was 'true'",
                "x=weight(if-missing=1);column 'x' has no setting 'if-missing'",
                "x=categorical(min-count=0);min-count of column 'x' must be a whole number >= 1 but was '0'",
                "x=categorical(min-count=2,width=9);width of 'x' follows from its values; leave it out",
                "x=categorical(values=);values of column 'x' must be texts joined by |, but was ''",
                "x=categorical(values=a|b|a);values of 'x' must differ but were [a, b, a]",
                "x=text(ngrams=0-2);n-grams of 'x' must be of 1 to 10 words or characters but were of 0 to 2",
                "x=text(chars=3-2);but were of 3 to 2",
                "x=text(chars=3-11);but were of 3 to 11",
                "x=text(ngrams=a);ngrams of column 'x' must be a number or a range such as 1-2, but was 'a'",
                "x=text(ngrams=1,chars=3);ngrams and chars of column 'x' exclude each other; choose one",
                "x=text(case=lower);case of column 'x' must be keep, or left out, but was 'lower'",
                "x=numeric(thousands=dot);thousands must be comma, point, space or apostrophe but was 'dot'",
                "x=numeric(unit=5);unit must be texts without digits, signs, points and commas but was '5'",
                "x=boolean(unit=$);column 'x' has no setting 'unit'",
                "x=datetime(format=dd/MM/yy);format of column 'x' must be dd, MM and yyyy, the year first or last",
                "x=datetime(format=MM/yyyy/dd);but was 'MM/yyyy/dd'",
                "x=datetime(format=dd/MM.yyyy);but was 'dd/MM.yyyy'",
                "x=numeric(format=dd/MM/yyyy);column 'x' has no setting 'format'",
                "x=numeric(min-count=2);column 'x' has no setting 'min-count'",
                "x=key(indicator=yes);column 'x' has no setting 'indicator'"
            })
    void refusesSettings(String text, String message) {
        assertThatThrownBy(() -> Column.parse(text))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aTargetThatIsMissingIsUnlabelledOnly() {
        PlanInference inference = new PlanInference(
                List.of("x", "y"), Optional.of("y"), List.of(Column.parse("y=numeric(if-missing=0)")));
        inference.add(List.of("1", "2"));
        assertThatThrownBy(inference::plan)
                .hasMessageStartingWith("column 'y' is the target, for which if-missing and indicator mean nothing");
    }

    @Test
    void aStoredColumnSaysWhatTheUserSaid() {
        Column stored = Column.parse("x=categorical(width=1024,missing=?,if-missing=none)");
        for (String given : List.of("x=categorical", "x=categorical(if-missing=none)", "x=categorical(missing=?)")) {
            assertThat(stored.says(Column.parse(given))).as(given).isTrue();
        }
        for (String given : List.of("x=numeric", "x=categorical(if-missing=skip)", "x=categorical(width=2048)")) {
            assertThat(stored.says(Column.parse(given))).as(given).isFalse();
        }
    }

    @Test
    void rareCategoriesShareAPlace() {
        PlanInference inference = new PlanInference(
                List.of("x", "z"),
                Optional.empty(),
                List.of(Column.parse("x=categorical(min-count=3)"), Column.parse("z=categorical(min-count=9)")));
        for (String x : "a a a b b c c c c NA NA NA NA d".split(" ")) {
            inference.add(List.of(x, x));
        }
        ColumnPlan plan = inference.plan();
        assertThat(plan.toText())
                .isEqualTo("x=categorical(min-count=3,values=a|c)\nz=categorical(min-count=9,values=)");
        assertThat(ColumnPlan.parse(plan.toText())).isEqualTo(plan);
        assertThat(plan.schema().width()).isEqualTo(3 + 1);
        assertThat(plan.columns().get(0).says(Column.parse("x=categorical(min-count=3)")))
                .isTrue();
        RowEncoder rows = new RowEncoder(plan, List.of("x", "z"), true);
        ChunkBuffer buffer = new ChunkBuffer(plan.schema(), 5);
        for (String x : List.of("a", "b", "c", "NA", "never seen")) {
            rows.encode(List.of(x, x), buffer);
        }
        List<Map<String, Double>> found = new ArrayList<>();
        for (int row = 0; row < buffer.rows(); row++) {
            found.add(numbers(buffer, row));
        }
        assertThat(found)
                .containsExactly(
                        Map.of("x 0", 1.0, "z 0", 1.0),
                        Map.of("x 2", 1.0, "z 0", 1.0),
                        Map.of("x 1", 1.0, "z 0", 1.0),
                        Map.of(),
                        Map.of("x 2", 1.0, "z 0", 1.0));
    }

    private static ColumnPlan inferred(List<Column> given, String... rows) {
        PlanInference inference = new PlanInference(List.of("a", "b", "n"), Optional.empty(), given);
        for (String row : rows) {
            inference.add(List.of(row.split(" ")));
        }
        return inference.plan();
    }

    @Test
    void theWidthOfACrossFollowsFromTheProductOfItsTexts() {
        String[] rows = new String[400];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = "a" + i % 10 + " b" + i % 20 + " " + i % 7;
        }
        ColumnPlan plan = inferred(List.of(Column.Cross.of(List.of("a", "b"))), rows);
        assertThat(plan.toText().lines()).contains("a*b=cross(columns=a|b,width=16384)");
        List<Block> blocks = plan.schema().blocks();
        assertThat(blocks.get(blocks.size() - 1)).isEqualTo(new Block("a*b", Block.Kind.ONE_HOT, 16_384));
        assertThat(plan.columns().get(3).says(Column.Cross.of(List.of("a", "b"))))
                .isTrue();
        assertThat(inferred(
                                List.of(
                                        Column.Cross.of(List.of("a", "b")),
                                        Column.parse("n=categorical"),
                                        Column.Cross.of(List.of("a", "b", "n"))),
                                rows)
                        .toText()
                        .lines())
                .contains("a*b*n=cross(columns=a|b|n,width=131072)");
    }

    @Test
    void refusesCrossesThatMeanNothing() {
        assertThatThrownBy(() -> inferred(List.of(Column.Cross.of(List.of("a", "n"))), "x y 1", "x z 2"))
                .hasMessage("cross 'a*n' must be of texts but column 'n' is numeric; --column n=categorical reads it as"
                        + " text");
        assertThatThrownBy(() -> inferred(List.of(Column.Cross.of(List.of("a", "c"))), "x y 1"))
                .hasMessage("there is no column 'c'; columns: a, b, n");
        for (List<String> names : List.of(List.of("a"), List.of("a", "a"))) {
            assertThatThrownBy(() -> Column.Cross.of(names))
                    .hasMessage("a cross must be of at least two columns, all different, but was of " + names);
        }
        assertThatThrownBy(() -> Column.parse("a*b=cross"))
                .hasMessageStartingWith("a cross must be of at least two columns");
    }

    @Test
    void wordsAreCounted() {
        ColumnPlan plan = new ColumnPlan(List.of(Column.parse("t=text")));
        assertThat(plan.toText()).isEqualTo("t=text(ngrams=1-1,width=262144)");
        assertThat(plan.schema().blocks()).containsExactly(new Block("t", Block.Kind.SPARSE, 1 << 18));
        ChunkBuffer buffer = new ChunkBuffer(plan.schema(), 1);
        new RowEncoder(plan, List.of("t"), true).encode(List.of("Test, test: hello a TEST"), buffer);
        assertThat(numbers(buffer, 0))
                .isEqualTo(Map.of("t " + (0xba6bd213 & 0x3FFFF), 3.0, "t " + (0x248bfa47 & 0x3FFFF), 1.0));
    }

    @Test
    void aSeparatorOfThousandsIsNoDecimalSeparator() {
        assertThatThrownBy(() -> new ColumnPlan(List.of(Column.parse("x=numeric(thousands=point)"))))
                .hasMessage("thousands of column 'x' must differ from decimal, which is '.'; add decimal=comma or"
                        + " decimal=point");
        Column both = Column.parse("x=numeric(thousands=point,decimal=comma,unit=%E2%82%AC|$)");
        assertThat(both.toText()).isEqualTo("x=numeric(decimal=%2C,thousands=point,unit=%E2%82%AC|%24)");
        assertThat(Column.parse(both.toText())).isEqualTo(both);
    }
}
