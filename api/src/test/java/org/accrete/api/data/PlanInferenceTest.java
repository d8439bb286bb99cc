package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;

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
        assertThatThrownBy(inference::plan).hasMessage("no column is left to learn from; columns: y, e");
    }

    @Test
    void theSamePlanFollowsHoweverOftenItIsAskedFor() {
        PlanInference inference = of(Stream.of("", ""));
        assertThat(inference.plan()).isEqualTo(inference.plan());
        assertThat(inference.warnings()).hasSize(1);
    }
}
