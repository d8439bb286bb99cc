package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TableTest {
    private static Table figures() {
        return new Table("lrrr")
                .head("", "log-loss", "ROC AUC", "accuracy")
                .line("all rows")
                .line("  model", "0.5", "0.75", "0.9");
    }

    private static Table parameters() {
        return new Table("lll")
                .head("parameter", "values", "summary")
                .line("eta0", "a number greater than 0", "step size before any decay")
                .line("loss", "hinge | squared-hinge | log-loss", "");
    }

    private static Table facts() {
        return new Table("ll").line("model", "late").line("position", "0:late.csv:1500 then one more word");
    }

    @Test
    void stayAsTheyAreWhereTheyFit() {
        assertThat(figures().lines(38))
                .containsExactly(
                        "          log-loss  ROC AUC  accuracy", "all rows", "  model        0.5     0.75       0.9");
        assertThat(figures().lines(Console.NO_TERMINAL)).isEqualTo(figures().lines(38));
    }

    @Test
    void shortCellsAreFoldedBelowEachOther() {
        assertThat(figures().lines(30))
                .containsExactly(
                        "          log-loss  ROC AUC",
                        "all rows",
                        "  model        0.5     0.75",
                        "",
                        "          accuracy",
                        "all rows",
                        "  model        0.9");
    }

    @Test
    void theTextOfTheLastColumnIsWrapped() {
        assertThat(facts().lines(36))
                .containsExactly("model     late", "position  0:late.csv:1500 then one", "          more word");
    }

    @Test
    void longCellsMakeATableVertical() {
        assertThat(parameters().lines(40))
                .containsExactly(
                        "eta0",
                        "  values     a number greater than 0",
                        "  summary    step size before any decay",
                        "loss",
                        "  values     hinge | squared-hinge |",
                        "             log-loss");
    }

    @Test
    void withoutAHeadVerticalLinesHaveNoNames() {
        assertThat(new Table("ll")
                        .line("org.example.Provider", "BROKEN: it threw")
                        .lines(24))
                .containsExactly("org.example.Provider", "  BROKEN: it threw");
    }

    @ParameterizedTest
    @ValueSource(ints = {20, 25, 31, 40, 60, 79, 80})
    void noLineIsLongerThanAsked(int width) {
        for (Table table : List.of(figures(), parameters(), facts())) {
            assertThat(table.lines(width)).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        }
    }

    @Test
    void wordsThatAreTooLongAreBroken() {
        assertThat(Table.wrapped("see abcdefghijklmnopq and", 10))
                .containsExactly("see", "abcdefghij", "klmnopq", "and");
        assertThat(Table.wrapped("", 10)).containsExactly("");
    }
}
