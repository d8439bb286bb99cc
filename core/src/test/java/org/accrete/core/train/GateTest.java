package org.accrete.core.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the grammar of gates. */
class GateTest {
    @ParameterizedTest
    @CsvSource({
        "log_loss <= live + 0.01, 0.51, 0.5, 0.6, true",
        "log_loss <= live + 0.01, 0.511, 0.5, 0.6, false",
        "log_loss<live, 0.5, 0.5, 0.6, false",
        "accuracy >= live - 1%, 0.79, 0.8, 0.6, true",
        "accuracy > baseline, 0.61, 0.9, 0.6, true",
        "rmse <= live * 1.02 + 1e-3, 2.041, 2, 0, true",
        "rmse <= live * (1 + 2e-2), 2.041, 2, 0, false",
        "changed <= 10%, 0.1, 0.5, 0.5, true",
        "accuracy >= baseline + (live - baseline) / 2, 0.7, 0.8, 0.6, true",
        "mae <= .5, 0.5, 0, 0, true",
        "log_loss <= live, NaN, 0.5, 0.5, false",
        "log_loss <= live, 0.5, NaN, 0.5, false"
    })
    void holdsAsItsArithmeticSays(String text, double value, double live, double baseline, boolean holds) {
        Gate gate = Gate.parse(text);
        assertThat(gate.holds(value, gate.bound(live, baseline))).isEqualTo(holds);
        assertThat(gate).hasToString(text);
    }

    @Test
    void aColumnIsNamedPlainlyOrBetweenBackquotes() {
        assertThat(Gate.parse("log_loss <= live + 0.05 by origin").column()).contains("origin");
        assertThat(Gate.parse("changed <= 5% by `home town`").column()).contains("home town");
        assertThat(Gate.parse("changed <= 5%").column()).isEmpty();
        assertThat(Gate.parse("changed <= 5%").needsLive()).isTrue();
        assertThat(Gate.parse("accuracy >= baseline").needsLive()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "loss <= live | character 1, expected one of log_loss",
                "log_loss = live | character 10, expected <=, <, >= or >",
                "log_loss <= lives | character 13, expected a number, 'live', 'baseline' or '('",
                "log_loss <= live + | character 19, expected a number",
                "log_loss <= live 0.1 | character 18, expected +, -, *, /, 'by' or the end",
                "log_loss <= (live + 0.1 | character 24, expected ')'",
                "log_loss <= 1.2.3 | character 13, expected a number",
                "log_loss <= live by | expected the name of a column",
                "log_loss <= live by `origin | expected a name between two backquotes",
                "log_loss <= live by origin and | expected the end",
                "roc_auc >= live by origin | a gate by a column can be of log_loss, accuracy",
                "accuracy >= baseline by origin | has no baseline"
            })
    void whatIsNoGateIsRefusedWithItsPlace(String text, String message) {
        assertThatThrownBy(() -> Gate.parse(text.strip()))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining(message.strip());
    }

    @Test
    void deepNestingIsRefused() {
        assertThatThrownBy(() -> Gate.parse("mae <= " + "(".repeat(5_000) + "1"))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("deep");
    }

    @Test
    void aMeasureOfAnotherTargetIsRefused() {
        Target classes = Target.categorical("t", List.of("a", "b"));
        Gate.parse("accuracy >= live").requireTarget(classes);
        assertThatThrownBy(() -> Gate.parse("rmse <= live").requireTarget(classes))
                .hasMessageContaining("a categorical target has not; it has log_loss");
        assertThatThrownBy(() -> Gate.parse("rmse <= live").requireTarget(Target.none()))
                .hasMessageContaining("needs a target");
    }
}
