package org.accrete.api.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.accrete.api.param.Domain.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParamsTest {
    private enum Loss {
        HINGE,
        LOG_LOSS,
        SQUARED
    }

    private static final ParamSpec<Double> ALPHA = ParamSpec.real("alpha", 1e-4, Range.above(0), "how much");
    private static final ParamSpec<Double> SHARE =
            ParamSpec.real("l1-ratio", 0.15, Range.between(0, 1), "share of L1").asTunable();
    private static final ParamSpec<Long> SEED = ParamSpec.whole("seed", 0, Range.finite(), "seed");
    private static final ParamSpec<Boolean> AVERAGE = ParamSpec.flag("average", false, "average");
    private static final ParamSpec<Loss> LOSS =
            ParamSpec.choice("loss", Loss.class, List.of(Loss.HINGE, Loss.LOG_LOSS), Loss.LOG_LOSS, "loss");
    private static final ParamSpec<String> TITLE = ParamSpec.text("title", "none", "any text", "title");
    private static final List<ParamSpec<?>> SPECS = List.of(ALPHA, SHARE, SEED, AVERAGE, LOSS, TITLE);

    @Test
    void defaultsAreThereUnlessValuesAreGiven() {
        Params params =
                Params.parse(SPECS, Map.of("Loss", "hinge", "l1_ratio", " 0.5 ", "seed", "1e6", "average", "TRUE"));
        assertThat(params.get(ALPHA)).isEqualTo(1e-4);
        assertThat(params.get(SHARE)).isEqualTo(0.5);
        assertThat(params.get(SEED)).isEqualTo(1_000_000L);
        assertThat(params.get(AVERAGE)).isTrue();
        assertThat(params.get(LOSS)).isEqualTo(Loss.HINGE);
        assertThat(params.get(TITLE)).isEqualTo("none");
        assertThat(params.specs()).isEqualTo(SPECS);
    }

    @Test
    void survivesItsMap() {
        Params params = Params.of(SPECS)
                .with(LOSS, Loss.HINGE)
                .with(ALPHA, Double.MIN_VALUE)
                .with(SEED, Long.MAX_VALUE)
                .with(AVERAGE, true);
        Params again = Params.parse(SPECS, params.toMap());
        assertThat(again).isEqualTo(params).hasSameHashCodeAs(params).hasToString(params.toString());
        assertThat(again.toMap()).containsEntry("loss", "hinge").containsEntry("l1-ratio", "0.15");
        assertThat(again).isNotEqualTo(Params.of(SPECS));
    }

    @Test
    void reportsAllProblemsOnOneLine() {
        assertThatThrownBy(() -> Params.parse(List.of(ALPHA), Map.of("alpha", "-1")))
                .hasMessage("alpha must be a number > 0 but was -1.0");
        assertThatThrownBy(() -> Params.parse(SPECS, Map.of("alpha", "0", "beta", "1")))
                .hasMessageContaining("alpha must be a number > 0")
                .hasMessageContaining("; ")
                .hasMessageContaining(
                        "no parameter named 'beta'; there are: alpha, l1-ratio, seed, average, loss, title");
        assertThatThrownBy(() -> Params.parse(List.of(), Map.of("x", "1")))
                .hasMessage("no parameter named 'x'; there are none");
        assertThatThrownBy(() -> Params.of(List.of(ALPHA, ALPHA))).hasMessageContaining("declared twice");
        assertThatThrownBy(() -> Params.of(List.of(ALPHA)).with(ALPHA, -1.0)).hasMessageContaining("alpha must be");
        assertThatThrownBy(() -> Params.of(List.of(ALPHA)).get(SEED)).hasMessageContaining("'seed'");
    }

    @Test
    void everySpecRefusesWhatLiesJustOutside() {
        for (ParamSpec<?> spec : SPECS) {
            for (String outside : spec.domain().justOutside()) {
                assertThatThrownBy(() -> spec.parse(outside))
                        .as("%s=%s", spec, outside)
                        .hasMessageStartingWith(spec.name());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "alpha;x;alpha must be a number > 0 but was x",
                "alpha;NaN;alpha must be a number > 0 but was NaN",
                "l1-ratio;1.5;l1-ratio must be a number >= 0 and <= 1 but was 1.5",
                "seed;1.5;seed must be a whole number finite but was 1.5",
                "average;maybe;average must be one of true | false but was 'maybe'",
                "loss;squared;loss must be one of hinge | log-loss but was 'squared'"
            })
    void messagesPrintTheDomain(String name, String value, String message) {
        assertThatThrownBy(() -> Params.parse(SPECS, Map.of(name, value))).hasMessage(message);
    }

    @Test
    void specsDescribeThemselves() {
        assertThat(SHARE.isTunable()).isTrue();
        assertThat(ALPHA.isTunable()).isFalse();
        assertThat(ALPHA.withDefault(0.5).defaultValue()).isEqualTo(0.5);
        assertThat(ALPHA.summary()).isEqualTo("how much");
        assertThat(ALPHA.type()).isEqualTo(Double.class);
        assertThat(LOSS).hasToString("loss (hinge | log-loss, default log-loss)");
        assertThat(ParamSpec.choice("loss", Loss.class, Loss.HINGE, "all")
                        .domain()
                        .text())
                .isEqualTo("hinge | log-loss | squared");
        assertThat(TITLE.domain().text()).isEqualTo("any text");
        assertThatThrownBy(() -> ParamSpec.text("Bad_Name", "", "", "")).hasMessageContaining("'Bad_Name'");
        assertThatThrownBy(() -> ALPHA.withDefault(0.0)).hasMessageContaining("alpha must be");
    }

    @Test
    void rangesReadAsAPersonWritesThem() {
        assertThat(Range.above(0).text()).isEqualTo("> 0");
        assertThat(Range.atLeast(0.5).text()).isEqualTo(">= 0.5");
        assertThat(Range.between(1, 10).text()).isEqualTo(">= 1 and <= 10");
        assertThat(new Range(Double.NEGATIVE_INFINITY, true, 3, true).text()).isEqualTo("< 3");
        assertThat(Range.finite().text()).isEqualTo("finite");
        assertThat(Range.between(1, 10).justOutside()).contains("0", "11");
        assertThat(Range.above(0).contains(Double.POSITIVE_INFINITY)).isFalse();
        assertThatThrownBy(() -> Range.between(2, 1)).hasMessageContaining("min <= max");
    }

    @Test
    void blanksAroundAnyTextAreKept() {
        assertThat(TITLE.parse(" ")).isEqualTo(" ");
        Params params = Params.parse(List.of(TITLE), Map.of(TITLE.name(), " a b "));
        assertThat(Params.parse(params.specs(), params.toMap()).get(TITLE)).isEqualTo(" a b ");
    }
}
