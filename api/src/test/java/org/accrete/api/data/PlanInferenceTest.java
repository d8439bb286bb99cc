package org.accrete.api.data;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PlanInferenceTest {
    /** Infers one column {@code c} beside a number. */
    private static PlanInference of(Stream<String> cells, String... given) {
        PlanInference inference = new PlanInference(
                List.of("n", "c"),
                Optional.empty(),
                Stream.of(given).map(Column::parse).toList());
        cells.forEach(cell -> inference.add(List.of("1.5", cell)));
        return inference;
    }

    private static String kind(PlanInference inference) {
        return inference.plan().columns().get(1).kind();
    }

    private static Stream<String> cells(int count, IntFunction<String> cell) {
        return IntStream.range(0, count).mapToObj(cell);
    }

    private static Target target(Stream<String> cells, String... given) {
        PlanInference inference = new PlanInference(
                List.of("n", "y"),
                Optional.of("y"),
                Stream.of(given).map(Column::parse).toList());
        cells.forEach(cell -> inference.add(List.of("1.5", cell)));
        return inference.plan().schema().target();
    }

    @Test
    void kindsFollowFromTheCells() {
        assertThat(kind(of(Stream.of("1", "-2.5e3", "", "NA")))).isEqualTo("numeric");
        assertThat(kind(of(Stream.of("true", "No", "", "YES")))).isEqualTo("boolean");
        assertThat(kind(of(Stream.of("", "2001-05-06 07:08", "2000-01-01"))))
                .isEqualTo("datetime(first-day=2001-05-06)");
        assertThat(kind(of(Stream.of("a", "b", "a", "b")))).isEqualTo("categorical(width=1024)");
        assertThat(kind(of(Stream.of("yes", "maybe", "yes", "maybe")))).isEqualTo("categorical(width=1024)");
        assertThat(kind(of(Stream.of("1", "x", "1", "x")))).isEqualTo("categorical(width=1024)");
    }

    @Test
    void widthsArePowersOfTwoOfAtLeast64TimesTheValuesWithinBounds() {
        assertThat(kind(of(cells(1_000, i -> "v" + i % 16)))).isEqualTo("categorical(width=1024)");
        assertThat(kind(of(cells(1_000, i -> "v" + i % 17)))).isEqualTo("categorical(width=2048)");
        assertThat(kind(of(cells(1_000, i -> "v" + i % 64)))).isEqualTo("categorical(width=4096)");
        assertThat(kind(of(cells(1_000, i -> "v" + i % 500)))).isEqualTo("categorical(width=32768)");
        assertThat(kind(of(cells(9_000, i -> "v" + i % 4_500)))).isEqualTo("categorical(width=262144)");
    }

    @Test
    void aFewOddCellsAmongNumbersOrDatesAreWarnedOf() {
        PlanInference numbers = of(cells(100, i -> i == 50 ? "oops" : "" + i));
        assertThat(kind(numbers)).isEqualTo("numeric");
        assertThat(numbers.warnings())
                .containsExactly(
                        "column 'c' is read as numbers although 1 of the first 100 rows have something else there, "
                                + "such as 'oops'; --column c=categorical reads it as text");
        PlanInference dates = of(cells(100, i -> i == 50 ? "never" : "2001-01-01"));
        assertThat(kind(dates)).isEqualTo("datetime(first-day=2001-01-01)");
        assertThat(dates.warnings()).hasSize(1);
        assertThat(kind(of(cells(100, i -> i % 10 == 0 ? "oops" : "" + i % 7)))).isEqualTo("categorical(width=1024)");
    }

    @Test
    void infiniteNumbersDoNotTurnAColumnIntoText() {
        assertThat(kind(of(Stream.of("1", "inf", "1e999")))).isEqualTo("numeric");
    }

    /** Numbers and dates that are not read as such: the warning names the column and what to do. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "%d,5;decimal=%%2C",
                "1,%03d;remove the separators",
                "1.234.%03d;remove the separators",
                "1'%03d;remove the separators",
                "%d%%;remove the percent sign",
                "%d,5 %%;remove the percent sign",
                "$%d.50;remove the currency",
                "-$%d;remove the currency",
                "%d €;remove the currency",
                "EUR %d;remove the currency",
                "($%d);remove the currency",
                "(%d);write -5 for (5)",
                "\u2212%d;write a '-' (U+002D)",
                "%d-;write a '-' (U+002D)",
                "%d\u00A0;no-break spaces",
                "\u202F%d.5;no-break spaces",
                "\u0661%d;digits 0 to 9",
                "0x1F%d;as decimal numbers",
                "01/02/2%03d;they can be dd/MM/yyyy or MM/dd/yyyy; say which, as in --column 'c=datetime(format=dd/MM/yyyy)'",
                "01.01.2%03d;they can be dd.MM.yyyy or MM.dd.yyyy; say which",
                "1-1-2%03d;they can be dd-MM-yyyy or MM-dd-yyyy; say which",
                "13 Jan 2%03d;yyyy-MM-dd",
                "January 13, 2%03d;yyyy-MM-dd",
                "13-JAN-24 10:%02d;yyyy-MM-dd",
                "2024-01-13T10:%02d:00+01:00;yyyy-MM-dd",
                "10:%02d;yyyy-MM-dd"
            })
    void textThatLooksLikeNumbersOrDatesIsWarnedOf(String format, String advice) {
        for (int distinct : new int[] {5, 28}) {
            PlanInference inference = of(cells(30, i -> String.format(format, 1 + i % distinct)));
            assertThat(kind(inference)).isEqualTo(distinct == 5 ? "categorical(width=1024)" : "ignore");
            assertThat(inference.warnings())
                    .singleElement(as(InstanceOfAssertFactories.STRING))
                    .startsWith("column 'c' is ")
                    .contains(", although most of its cells look like ")
                    .contains(advice.replace("%%", "%"))
                    .endsWith("; --column c=categorical reads it as text, --column c=ignore leaves it out");
            PlanInference asked =
                    of(cells(30, i -> String.format(format, 1 + i % distinct)), "c=categorical(width=1024)");
            asked.plan();
            assertThat(asked.warnings()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a%d",
                "v1.%d.0",
                "10.0.0.%d",
                "R-%d",
                "%d a",
                "room %d",
                "%d-%1$d",
                "#%d",
                "k%%",
                "x,%d",
                "()",
                "€",
                "%%",
                "0x",
                "Q%d 2024",
                "may",
                "5 or %d"
            })
    void otherTextIsNotWarnedOf(String format) {
        PlanInference inference = of(cells(30, i -> String.format(format, i % 5)));
        assertThat(kind(inference)).isEqualTo("categorical(width=1024)");
        assertThat(inference.warnings()).isEmpty();
    }

    /** More than one cell in twenty is no number: the column is text, and the warning says what is in the way. */
    @ParameterizedTest
    @ValueSource(strings = {"?", "-", "\\N", "#N/A", "n/a", "None", "unknown", "oops", "."})
    void numbersWithManyOddCellsAreWarnedOf(String odd) {
        for (int every : new int[] {15, 4, 2}) {
            PlanInference inference = of(cells(90, i -> i % every == 0 ? odd : "" + i % 7));
            assertThat(kind(inference)).isEqualTo("categorical(width=1024)");
            if (every > 2) {
                assertThat(inference.warnings())
                        .singleElement(as(InstanceOfAssertFactories.STRING))
                        .startsWith(
                                "column 'c' is read as text, although most of its cells are numbers; others are not, "
                                        + "such as '" + odd + "': if '" + odd
                                        + "' stands for a missing value, add missing=")
                        .contains("csv:FILE?missing=", "--column 'c=numeric(missing=" + odd + ")'");
            }
            assertThat(kind(of(cells(90, i -> i % every == 0 ? odd : "" + i % 7), "c=numeric(missing=" + odd + ")")))
                    .startsWith("numeric(missing=");
        }
    }

    @Test
    void cellsOfTheSourcesFormatAreInferredByIt() {
        CellFormat format = CellFormat.parse("?|-1", ",");
        PlanInference inference = new PlanInference(
                List.of("n", "c", "d", "y"), SourceRequest.of("f").withTarget("y"), format);
        cells(40, i -> i + ",5").forEach(cell -> inference.add(List.of(cell, "?", "2001-02-03", "-1")));
        cells(40, i -> i + ",5").forEach(cell -> inference.add(List.of("?", "x", "?", cell)));
        assertThat(inference.plan().toText().lines())
                .containsExactly(
                        "n=numeric(missing=%3F|-1,decimal=%2C)",
                        "c=categorical(width=1024,missing=%3F|-1,decimal=%2C)",
                        "d=datetime(first-day=2001-02-03,missing=%3F|-1,decimal=%2C)",
                        "y=target(kind=numeric,missing=%3F|-1,decimal=%2C)",
                        "seen c=x");
        assertThat(inference.warnings()).isEmpty();
    }

    @Test
    void hashedTextsOfTheFirstRowsAreKeptByName() {
        PlanInference inference = new PlanInference(
                List.of("from", "code", "n", "y"),
                SourceRequest.of("f")
                        .withTarget("y")
                        .withColumns(List.of(Column.parse("code=categorical(min-count=2)"))),
                CellFormat.standard());
        for (int i = 0; i < 30; i++) {
            inference.add(List.of(i % 3 == 0 ? "a|b" : i % 3 == 1 ? "" : "Zü rich", "k" + i % 2, "" + i, "c" + i % 2));
        }
        ColumnPlan plan = inference.plan();
        assertThat(plan.seen()).isEqualTo(Map.of("from", List.of("Zü rich", "a|b")));
        assertThat(ColumnPlan.parse(plan.toText()).seen()).isEqualTo(plan.seen());
    }

    @Test
    void aTargetOfNumbersThatAreNotReadIsRefused() {
        assertThatThrownBy(() -> target(cells(100, i -> i + ",5")))
                .hasMessageStartingWith(
                        "column 'y', the target, is neither numbers nor classes: most of its cells look "
                                + "like numbers with a decimal comma, such as '0,5': add decimal=%2C to the source")
                .hasMessageEndingWith("; --column y=categorical makes each text a class");
        assertThatThrownBy(() -> target(cells(100, i -> i % 10 == 0 ? "?" : "" + i)))
                .hasMessageContaining("--column 'y=numeric(missing=?)'");
        assertThat(target(cells(100, i -> i % 10 == 0 ? "?" : "" + i), "y=numeric(missing=?)")
                        .kind())
                .isEqualTo(Target.Kind.NUMERIC);
        assertThat(target(cells(100, i -> i + ",5"), "y=categorical").classes()).hasSize(100);
    }

    @Test
    void aMissingValueAmongClassesIsWarnedOf() {
        for (Stream<String> cells : List.of(
                cells(30, i -> i % 3 == 0 ? "?" : "" + i % 3), cells(30, i -> i % 3 == 0 ? "?" : "c" + i % 3))) {
            PlanInference inference = new PlanInference(List.of("n", "y"), Optional.of("y"), List.of());
            cells.forEach(cell -> inference.add(List.of("1.5", cell)));
            assertThat(inference.plan().schema().target().classes()).hasSize(3);
            assertThat(inference.warnings())
                    .singleElement(as(InstanceOfAssertFactories.STRING))
                    .startsWith("column 'y', the target, ")
                    .contains("if '?' stands for a missing value, add missing=%3F to the source");
        }
    }

    @Test
    void wholeNumbersAreTheKindOfTargetThatTheLearnerNeeds() {
        for (Target.Kind kind : List.of(Target.Kind.NUMERIC, Target.Kind.CATEGORICAL)) {
            for (int distinct : new int[] {2, 50}) {
                PlanInference inference = new PlanInference(
                        List.of("n", "y"),
                        SourceRequest.of("f").withTarget("y").withTargetKind(Optional.of(kind)),
                        CellFormat.standard());
                cells(100, i -> "" + i % distinct).forEach(cell -> inference.add(List.of("1", cell)));
                assertThat(inference.plan().schema().target().kind()).isEqualTo(kind);
            }
        }
    }

    @Test
    void anExplicitlyCategoricalTargetKeepsItsTextAsWritten() {
        assertThat(target(Stream.of("7", "007", "7.0"), "y=categorical").classes())
                .containsExactly("007", "7", "7.0");
        assertThat(target(Stream.of("7", "007", "7.0")).classes()).containsExactly("7");
    }

    @Test
    void anotherNumberOfCellsInAllRowsIsToldAsSuch() {
        PlanInference inference = new PlanInference(List.of("a", "y"), Optional.of("y"), List.of());
        inference.add(List.of("1", "2", ""));
        inference.add(List.of("1", "2", ""));
        assertThatThrownBy(inference::plan).hasMessage("a row must have 2 fields, as the header has, but has 3");
    }

    @Test
    void emptyColumnsAndMostlyUniqueTextAreIgnoredWithAWarning() {
        PlanInference empty = of(Stream.of("", "NA", "null"));
        assertThat(kind(empty)).isEqualTo("ignore");
        assertThat(empty.warnings())
                .containsExactly(
                        "column 'c' is ignored: it is empty in the first 3 rows; --column c=KIND reads it all the same");
        PlanInference unique = of(cells(100, i -> i < 51 ? "id" + i : "same"));
        assertThat(kind(unique)).isEqualTo("ignore");
        assertThat(unique.warnings())
                .containsExactly("column 'c' is ignored: it is text that is unique in over half of the first 100 rows; "
                        + "--column c=categorical reads it all the same");
        PlanInference half = of(cells(100, i -> i < 50 ? "id" + i : "same"));
        assertThat(kind(half)).isEqualTo("categorical(width=4096)");
        assertThat(half.warnings()).isEmpty();
    }

    @Test
    void whatIsGivenIsNotInferred() {
        assertThat(kind(of(Stream.of("1", "2"), "c=categorical"))).isEqualTo("categorical(width=1024)");
        assertThat(kind(of(Stream.of("1", "2"), "c=categorical(width=8)"))).isEqualTo("categorical(width=8)");
        assertThat(kind(of(Stream.of("", "2003-04-05"), "c=datetime"))).isEqualTo("datetime(first-day=2003-04-05)");
        assertThat(kind(of(Stream.of("", ""), "c=datetime"))).isEqualTo("datetime(first-day=1970-01-01)");
        for (String kind : List.of("numeric", "boolean", "weight", "key", "ignore")) {
            assertThat(kind(of(cells(10, i -> "x" + i), "c=" + kind))).isEqualTo(kind);
        }
    }

    @Test
    void refusesColumnsThatAreNotThereOrGivenTwice() {
        List<String> header = List.of("a", "b");
        assertThatThrownBy(() -> new PlanInference(header, Optional.of("y"), List.of()))
                .hasMessage("there is no column 'y'; columns: a, b")
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT));
        assertThatThrownBy(() -> of(Stream.of(), "z=numeric")).hasMessage("there is no column 'z'; columns: n, c");
        assertThatThrownBy(() -> of(Stream.of(), "c=numeric", "c=ignore")).hasMessage("column 'c' is given twice");
        List<String> many = cells(60, i -> "c" + i).toList();
        assertThatThrownBy(() -> new PlanInference(many, Optional.of("y"), List.of()))
                .hasMessageEndingWith("c49 and 10 more");
        assertThatThrownBy(() -> new PlanInference(List.of("a", "a"), Optional.empty(), List.of()))
                .hasMessage("column 'a' occurs twice in the header");
    }

    @Test
    void targetsAreCategoricalWhenTextBooleanOrFewWholeNumbers() {
        assertThat(target(Stream.of("b", "a", "b"))).isEqualTo(Target.categorical("y", List.of("a", "b")));
        assertThat(target(Stream.of("yes", "no"))).isEqualTo(Target.categorical("y", List.of("no", "yes")));
        assertThat(target(cells(100, i -> "" + i % 20)).kind()).isEqualTo(Target.Kind.CATEGORICAL);
        assertThat(target(cells(100, i -> "" + i % 21)).kind()).isEqualTo(Target.Kind.NUMERIC);
        assertThat(target(Stream.of("1", "2.5"))).isEqualTo(Target.numeric("y"));
        assertThat(target(Stream.of("1", "1.0", "01", "2"))).isEqualTo(Target.categorical("y", List.of("1", "2")));
    }

    @Test
    void theKindOfATargetCanBeGiven() {
        assertThat(target(Stream.of("1", "0"), "y=numeric")).isEqualTo(Target.numeric("y"));
        assertThat(target(Stream.of("1.5", "0.5"), "y=categorical"))
                .isEqualTo(Target.categorical("y", List.of("0.5", "1.5")));
        assertThat(target(Stream.of("no", "yes"), "y=boolean").kind()).isEqualTo(Target.Kind.CATEGORICAL);
        assertThat(target(Stream.of("x"), "y=target(kind=categorical,classes=z|x|10|9)"))
                .isEqualTo(Target.categorical("y", List.of("9", "10", "x", "z")));
        assertThat(target(Stream.of("b", "a"), "y=target(kind=categorical)").classes())
                .containsExactly("a", "b");
        assertThat(target(Stream.of("1"), "y=target(kind=numeric)")).isEqualTo(Target.numeric("y"));
        assertThat(target(Stream.of(""), "y=categorical").classes()).isEmpty();
        assertThatThrownBy(() -> target(Stream.of("1"), "y=weight"))
                .hasMessage("column 'y' is the target, whose kind must be numeric or categorical but was weight");
        assertThatThrownBy(() -> target(Stream.of("", "NA")))
                .hasMessageStartingWith("column 'y', the target, is empty");
    }

    @Test
    void aTargetCanBeGivenAsAColumnOnly() {
        assertThat(of(Stream.of("1", "0"), "c=target").plan().label()).isPresent();
    }

    @Test
    void classesAreSortedByValueThenByCodePoint() {
        List<String> sorted = List.of("-3", "0.5", "2", "10", "B", "a", "ab", "\uFF5E", "\uD83D\uDE00");
        List<String> shuffled = new ArrayList<>(sorted);
        Collections.shuffle(shuffled, new Random(1));
        assertThat(target(shuffled.stream(), "y=categorical").classes()).isEqualTo(sorted);
    }

    @Test
    void rowsOfAnotherLengthAreNotLookedAt() {
        PlanInference inference = of(Stream.of("1"));
        inference.add(List.of("x"));
        inference.add(List.of("x", "y", "z"));
        assertThat(kind(inference)).isEqualTo("numeric");
    }

    @Test
    void refusesAPlanWithNothingToLearnFrom() {
        PlanInference inference = new PlanInference(List.of("y", "e"), Optional.of("y"), List.of());
        inference.add(List.of("1", ""));
        assertThatThrownBy(inference::plan)
                .hasMessage("no column is left to learn from; columns: y, e; column 'e' is ignored: it is empty in the"
                        + " first 1 rows; --column e=KIND reads it all the same");
    }

    @Test
    void theSamePlanFollowsHoweverOftenItIsAskedFor() {
        PlanInference inference = of(Stream.of("", ""));
        assertThat(inference.plan()).isEqualTo(inference.plan());
        assertThat(inference.warnings()).hasSize(1);
    }

    /**
     * The day of the first date, where one order is left; the cells of a format in which both are possible change
     * nothing.
     */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "dd/MM/yyyy;13/01/2024;01/02/2024;2024-01-13",
                "MM/dd/yyyy;01/13/2024;1/2/2024;2024-01-13",
                "yyyy/MM/dd;2024/01/13;2024/1/2;2024-01-13",
                "dd.MM.yyyy;31.12.1999;01.02.2024 10:30;1999-12-31",
                "MM.dd.yyyy;12.31.1999;01.02.2024;1999-12-31",
                "yyyy.MM.dd;2024.01.13;2024.01.02;2024-01-13",
                "dd-MM-yyyy;13-01-2024;01-02-2024T00:00:01;2024-01-13",
                "MM-dd-yyyy;01-13-2024;1-02-2024;2024-01-13"
            })
    void theOrderOfDatesIsFoundWhereOneIsLeft(String format, String clear, String other, String firstDay) {
        PlanInference inference = of(cells(100, i -> i == 50 ? "" : i % 30 == 0 ? clear : other));
        assertThat(kind(inference)).isEqualTo("datetime(first-day=" + firstDay + ",format=" + format + ")");
        assertThat(inference.warnings()).isEmpty();
    }

    @Test
    void datesInTwoOrdersAreText() {
        PlanInference inference = of(cells(100, i -> i % 2 == 0 ? "13/01/2024" : "01/13/2024"));
        assertThat(kind(inference)).startsWith("categorical");
        assertThat(inference.warnings())
                .singleElement(as(InstanceOfAssertFactories.STRING))
                .contains("look like dates");
    }

    @Test
    void aGivenFormatDecidesWhatCouldBeEither() {
        PlanInference inference = new PlanInference(
                List.of("c"), Optional.empty(), List.of(Column.parse("c=datetime(format=MM/dd/yyyy)")));
        inference.add(List.of("02/01/2024"));
        assertThat(inference.plan().toText()).isEqualTo("c=datetime(first-day=2024-02-01,format=MM/dd/yyyy)");
    }
}
