package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        String kind = pick("numeric", "boolean", "categorical", "datetime");
        switch (kind) {
            case "categorical" -> {
                if (random.nextInt(2) == 0) {
                    settings.put("width", pick("3", "64", "1024"));
                } else {
                    settings.put("values", pick("a", "a|b", "ä%20ö|1.0|b|NA!", "not%20known|x"));
                }
            }
            case "datetime" -> settings.put("first-day", "2020-02-29");
            default -> {}
        }
        String fill = switch (kind) {
            case "numeric" -> "-7.25";
            case "boolean" -> "yes";
            case "categorical" -> "not known";
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

    private String cell(Spec column) {
        if (random.nextInt(6) == 0) {
            return pick("", "NA", " ", "null", "NaN");
        }
        return pick("", " ")
                + switch (column.kind()) {
                    case "numeric" -> pick("0", "1", "-2.5", "17e-1", "123456789", "0.1");
                    case "boolean" -> pick("true", "No", "YES", "false");
                    case "categorical" -> pick("a", "b", "ä ö", "NA!", "1.0", "a,b");
                    default -> pick("2020-02-29", "2019-12-31 23:59", "2024-07-01T00:00:30", "1970-01-01");
                };
    }

    /** {@return the numbers of a row that are not 0, by block and index within it} */
    private static Map<String, Double> numbers(ChunkBuffer buffer, int row) {
        Map<String, Double> numbers = new TreeMap<>();
        int from = 0;
        for (Block block : buffer.schema().blocks()) {
            for (int i = 0; i < block.width(); i++) {
                double value = value(buffer.chunk(), row, from + i);
                if (value != 0) {
                    numbers.put(block.name() + " " + i, value);
                }
            }
            from += block.width();
        }
        return numbers;
    }

    private static double value(Chunk chunk, int row, int column) {
        if (chunk instanceof DenseChunk dense) {
            return dense.values()[dense.offset(row) + column];
        }
        SparseChunk sparse = (SparseChunk) chunk;
        double found = 0;
        int last = -1;
        for (int k = sparse.start(row); k < sparse.end(row); k++) {
            assertThat(sparse.indices()[k]).as("indices ascend").isGreaterThan(last);
            last = sparse.indices()[k];
            found = last == column ? sparse.values()[k] : found;
        }
        return found;
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
            ColumnPlan plan = new ColumnPlan(specs.stream().map(Spec::column).toList());
            assertThat(ColumnPlan.parse(plan.toText())).isEqualTo(plan);
            List<String> header = specs.stream().map(Spec::name).toList();
            boolean training = random.nextInt(2) == 0;
            RowEncoder rows = new RowEncoder(plan, header, training);
            RecordEncoder records = new RecordEncoder(plan, training);
            ChunkBuffer one = new ChunkBuffer(plan.schema(), 2 * ROWS);
            for (int i = 0; i < ROWS; i++) {
                Map<String, String> row = new HashMap<>();
                specs.forEach(spec -> row.put(spec.name(), cell(spec)));
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
        assertThat(buffer.dropped()).isEqualTo(new DroppedRows(0, 1));
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
}
