package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RowFilterTest {
    private static final List<String> HEADER = List.of("distance", "origin", "date", "late", "two words");
    private static final ColumnPlan PLAN = new ColumnPlan(List.of());

    private static boolean passes(String condition, String... cells) {
        return encoder(condition, List.of()).accepts(List.of(cells));
    }

    private static RowEncoder encoder(String condition, List<Column> columns) {
        return new RowEncoder(
                columns.isEmpty() ? PLAN : new ColumnPlan(columns),
                HEADER,
                true,
                Optional.of(RowFilter.parse(condition)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    distance > 500                               | true
                    distance > 500.5                             | false
                    distance>=500.5                              | true
                    500 < distance                               | error
                    distance = 5005e-1                           | true
                    distance != 500.5                            | false
                    distance <= 500.4999                         | false
                    distance in (1, 500.5, 3)                    | true
                    distance not in (1, 2)                       | true
                    origin = "JFK"                               | true
                    origin = 'JFK'                               | true
                    origin = "jfk"                               | false
                    origin < "JFL" and origin > "JF"             | true
                    origin in ("LGA", "JFK")                     | true
                    origin is missing                            | false
                    origin is not missing                        | true
                    date >= "2001-07-01"                         | true
                    date = "2001-07-01T18:00:00Z"                | true
                    date < "2001-07-01 18:00"                    | false
                    late = true                                  | true
                    late = false                                 | false
                    late != true                                 | false
                    not late = true                              | false
                    not (late = true and distance < 9)           | true
                    `two words` = "say ""hi"" now"               | true
                    `two words` = 'say "hi" now'                     | true
                    NOT distance > 600 AND late = TRUE           | true
                    distance > 600 or late = true and origin = "LGA" | false
                    (distance > 600 or late = true) and origin = "JFK" | true
                    """)
    void conditionsReadAsTheyAreWritten(String condition, String expected) {
        String[] row = {" 500.5 ", "JFK", "2001-07-01 18:00", "yes", "say \"hi\" now"};
        if (expected.equals("error")) {
            assertThatThrownBy(() -> passes(condition, row)).isInstanceOf(AccreteException.class);
        } else {
            assertThat(passes(condition, row)).as(condition).isEqualTo(Boolean.parseBoolean(expected));
        }
    }

    /** As in SQL: neither a comparison with a missing cell nor its negation is true. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "distance > 5",
                "not distance > 5",
                "distance != 5",
                "distance not in (5)",
                "distance > 5 or origin = \"x\"",
                "not (distance > 5 and origin = \"x\")",
                "late = false",
                "date < \"2001-01-01\""
            })
    void aMissingCellIsNeverCompared(String condition) {
        assertThat(passes(condition, "NA", "", "null", "", "")).isFalse();
        assertThat(passes("(" + condition + ") or distance is missing", "NA", "", "null", "", ""))
                .isTrue();
    }

    /** Any condition, evaluated with three values by another program on objects, passes the same rows. */
    @Test
    void randomConditionsPassTheRowsOfTheOracle() {
        long seed = Long.getLong("accrete.seed", System.nanoTime() % 1_000_000_007L);
        SeededRandom random = new SeededRandom(seed);
        for (int i = 0; i < 2_000; i++) {
            Oracle oracle = condition(random, 3);
            RowEncoder encoder = encoder(oracle.text, List.of());
            for (int j = 0; j < 5; j++) {
                List<String> row = List.of(
                        random.nextInt(4) == 0 ? "NA" : Integer.toString(random.nextInt(5)),
                        random.nextInt(4) == 0 ? "" : List.of("a", "b", "ä").get(random.nextInt(3)),
                        "",
                        "",
                        "");
                assertThat(encoder.accepts(row))
                        .as("%s of %s; replay: -Daccrete.seed=%s", oracle.text, row, seed)
                        .isEqualTo(oracle.test.apply(row).equals(Optional.of(true)));
            }
        }
    }

    private record Oracle(String text, Function<List<String>, Optional<Boolean>> test) {}

    private static Oracle condition(SeededRandom random, int depth) {
        int kind = random.nextInt(depth > 0 ? 7 : 4);
        boolean isNumber = random.nextInt(2) == 0;
        String name = isNumber ? "distance" : "origin";
        Function<List<String>, Optional<String>> cell =
                row -> Optional.of(row.get(isNumber ? 0 : 1)).filter(text -> !text.isEmpty() && !text.equals("NA"));
        List<String> values = Stream.generate(() -> isNumber
                        ? Integer.toString(random.nextInt(5))
                        : List.of("a", "b", "ä").get(random.nextInt(3)))
                .limit(1 + random.nextInt(3))
                .toList();
        Function<String, String> written = value -> isNumber ? value : "\"" + value + "\"";
        switch (kind) {
            case 0 -> {
                return new Oracle(
                        name + " is missing", row -> Optional.of(cell.apply(row).isEmpty()));
            }
            case 1 -> {
                return new Oracle(
                        name + " in ("
                                + String.join(", ", values.stream().map(written).toList()) + ")",
                        row -> cell.apply(row).map(values::contains));
            }
            case 2, 3 -> {
                String sign = List.of("=", "!=", "<", "<=", ">", ">=").get(random.nextInt(6));
                return new Oracle(
                        name + sign + written.apply(values.get(0)),
                        row -> cell.apply(row).map(text -> {
                            int order = text.compareTo(values.get(0));
                            return switch (sign) {
                                case "=" -> order == 0;
                                case "!=" -> order != 0;
                                case "<" -> order < 0;
                                case "<=" -> order <= 0;
                                case ">" -> order > 0;
                                default -> order >= 0;
                            };
                        }));
            }
            case 4 -> {
                Oracle part = condition(random, depth - 1);
                return new Oracle(
                        "not (" + part.text + ")", row -> part.test.apply(row).map(value -> !value));
            }
            default -> {
                Oracle one = condition(random, depth - 1);
                Oracle other = condition(random, depth - 1);
                boolean decisive = kind == 5;
                return new Oracle("(" + one.text + (decisive ? ") or (" : ") AND (") + other.text + ")", row -> {
                    List<Optional<Boolean>> both = List.of(one.test.apply(row), other.test.apply(row));
                    if (both.contains(Optional.of(decisive))) {
                        return Optional.of(decisive);
                    }
                    return both.contains(Optional.<Boolean>empty()) ? Optional.empty() : Optional.of(!decisive);
                });
            }
        }
    }

    /** The columns of a plan say how numbers and dates are written; typed cells compare as their texts do. */
    @Test
    void cellsAreReadAsTheirColumnsAreWritten() {
        List<Column> columns = List.of(
                Column.parse("distance=numeric(decimal=%2C,missing=-999)"),
                Column.parse("date=datetime(first-day=2001-01-01,format=dd/MM/yyyy)"));
        RowEncoder encoder = encoder("distance >= 1.5 and date > \"2001-07-31\"", columns);
        assertThat(encoder.accepts(List.of("1,5", "", "01/08/2001", "", ""))).isTrue();
        assertThat(encoder.accepts(List.of("1,4", "", "01/08/2001", "", ""))).isFalse();
        assertThat(encoder.accepts(List.of("1,5", "", "31/07/2001", "", ""))).isFalse();
        assertThat(encoder.accepts(List.of("-999", "", "01/08/2001", "", ""))).isFalse();

        ColumnCells[] cells = new ColumnCells[HEADER.size()];
        for (int i = 0; i < cells.length; i++) {
            cells[i] = new ColumnCells(encoder.form(i).orElse(ColumnCells.Form.TEXTS), 4);
        }
        double[] numbers = {1.5, 1.4, 1.5, -999};
        long august = 996_624_000;
        long[] seconds = {august, august, august - 1, august};
        System.arraycopy(numbers, 0, cells[0].numbers(), 0, 4);
        System.arraycopy(seconds, 0, cells[2].seconds(), 0, 4);
        List<Boolean> passed = new ArrayList<>();
        for (int row = 0; row < 4; row++) {
            passed.add(encoder.accepts(cells, row));
        }
        // The 31st of July, a second before midnight, is after its beginning.
        assertThat(passed).containsExactly(true, false, true, false);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    distance >                     | at character 11, but 'distance >' ends
                    distance > > 5                 | at character 12, but 'distance >' is followed by '> 5'
                    distance 5                     | one of = != < <= > >=, 'in' or 'is missing' at character 10
                    distance > 5 5                 | 'and', 'or' or the end at character 14
                    and distance > 5               | but begins with 'and distance > 5'
                    distance > 5 and               | the name of a column
                    (distance > 5                  | ')' at character 14
                    origin = "JFK                  | a text that ends with "
                    origin = JFK                   | a finite number, a "text", true or false at character 10
                    origin is JFK                  | 'missing' or 'not missing'
                    origin in "a"                  | '(' at character 11
                    origin not = 5                 | 'in' at character 12
                    distance = 1e999               | a finite number
                    `` = 5                         | between two backquotes
                    exec("rm") = 5                 | one of =
                    """)
    void aWrongConditionSaysWhere(String condition, String part) {
        assertThatThrownBy(() -> RowFilter.parse(condition))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT))
                .hasMessageContaining(part)
                .message()
                .doesNotContain("\n");
    }

    @Test
    void anEmptyConditionAndADeepOneAreRefused() {
        assertThatThrownBy(() -> RowFilter.parse(" ")).hasMessageContaining("the name of a column");
        assertThatThrownBy(() -> RowFilter.parse("(".repeat(100_000))).hasMessageContaining("100 deep");
    }

    @Test
    void whatAColumnCannotBeIsRefused() {
        List<Column> columns =
                List.of(Column.parse("distance=numeric"), Column.parse("date=datetime(first-day=2001-01-01)"));
        assertThatThrownBy(() -> encoder("distance = \"far\"", columns)).hasMessageContaining("with a number");
        assertThatThrownBy(() -> encoder("date > 2001", columns)).hasMessageContaining("with a date");
        assertThatThrownBy(() -> encoder("Distance > 5", columns))
                .hasMessageContaining("there is no column 'Distance'")
                .hasMessageContaining("did you mean 'distance'?");
    }

    @Test
    void equalConditionsAreEqualHoweverTheyAreWritten() {
        assertThat(RowFilter.parse("distance>5 AND `origin`='x'"))
                .isEqualTo(RowFilter.parse("(distance > 5.0) and origin = \"x\""));
        assertThat(RowFilter.parse("distance>5").columns()).containsExactly("distance");
        assertThat(RowFilter.parse("distance>5").toString()).isEqualTo("distance>5");
    }

    @Test
    void textIsComparedByCodePoint() {
        String astral = new String(Character.toChars(0x1F600));
        assertThat(passes("origin > \"\uFFFD\"", "", astral, "", "", "")).isTrue();
        assertThat(astral.compareTo("\uFFFD")).as("UTF-16 would say").isNegative();
        assertThat(astral.getBytes(StandardCharsets.UTF_8)).hasSize(4);
        assertThat(passes("origin = \"" + "x".repeat(3).toUpperCase(Locale.ROOT) + "\"", "", "XXX", "", "", ""))
                .isTrue();
    }
}
