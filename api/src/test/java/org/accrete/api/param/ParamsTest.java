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
        assertThat(Range.between(0, 1L << 53).text()).isEqualTo(">= 0 and <= 9007199254740992");
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

    @Test
    void namesEachValueThatDiffers() {
        Params params = Params.of(SPECS);
        params.requireSame(Params.of(SPECS));
        assertThatThrownBy(() -> params.requireSame(params.with(SEED, 3L).with(LOSS, Loss.HINGE)))
                .hasMessage(
                        "parameters must be the same in both learners but seed is 0 here but 3 there, loss is log-loss"
                                + " here but hinge there");
    }

    private static final ParamSpec<Double> LENGTH = ParamSpec.real("length", 0.1, Range.above(0), "length")
            .withDefaultWhere(1.35, "loss", "log-loss")
            .withDefaultWhereGiven(0.7, "seed");
    private static final ParamSpec<Double> AREA = ParamSpec.real("area", 1, Range.above(0), "area")
            .withDefaultWhere(2.0, "length", "0.7")
            .withDefaultWhere(3.0, "length", "1.35");

    @Test
    void defaultsFollowOtherParameters() {
        List<ParamSpec<?>> specs = List.of(AREA, LENGTH, LOSS, SEED);
        Params bare = Params.of(specs);
        assertThat(bare.get(LENGTH)).isEqualTo(1.35);
        assertThat(bare.get(AREA)).isEqualTo(3.0);
        Params other = Params.parse(specs, Map.of("loss", "hinge"));
        assertThat(other.get(LENGTH)).isEqualTo(0.1);
        assertThat(other.get(AREA)).isEqualTo(1.0);
        Params given = Params.parse(specs, Map.of("loss", "hinge", "seed", "0"));
        assertThat(given.get(LENGTH)).isEqualTo(0.7);
        assertThat(given.get(AREA)).isEqualTo(2.0);
        assertThat(Params.parse(specs, Map.of("length", "5")).get(AREA)).isEqualTo(1.0);
        assertThat(bare.with(LOSS, Loss.HINGE)).isEqualTo(other);
        assertThat(other.with(SEED, 0L)).isEqualTo(given);
        for (Params params : List.of(bare, other, given)) {
            assertThat(Params.parse(specs, params.toMap())).isEqualTo(params);
        }
    }

    @Test
    void defaultsThatFollowOthersAreTold() {
        assertThat(LENGTH.defaultText()).isEqualTo("0.1; 1.35 with loss=log-loss; 0.7 with seed given");
        assertThat(LENGTH.asTunable().defaultText()).isEqualTo(LENGTH.defaultText());
        assertThat(LENGTH.withDefault(0.2).defaultText()).isEqualTo("0.2");
    }

    @Test
    void defaultsThatCannotBeAreRefused() {
        assertThatThrownBy(() -> LENGTH.withDefaultWhere(0.0, "loss", "hinge")).hasMessageContaining("length must be");
        assertThatThrownBy(() -> Params.of(List.of(LENGTH, SEED))).hasMessageContaining("no parameter named 'loss'");
        ParamSpec<Long> one = SEED.withDefaultWhere(1L, "length", "0.1");
        ParamSpec<Double> two = LENGTH.withDefault(0.1).withDefaultWhere(0.2, "seed", "1");
        assertThatThrownBy(() -> Params.of(List.of(one, two))).hasMessageContaining("depends on itself");
    }

    /** A plug-in that hands values on declares the other's parameters under a prefix. */
    @Test
    void aParameterUnderAPrefixDependsOnOthersUnderIt() {
        ParamSpec<Double> rate = ParamSpec.real("rate", 1, Domain.Range.above(0), "of learning");
        ParamSpec<Double> decay = ParamSpec.real("decay", 0, Domain.Range.atLeast(0), "of the rate")
                .withDefaultWhereGiven(0.5, "rate")
                .asTunable();
        List<ParamSpec<?>> specs = List.of(rate.under("base."), decay.under("base."));
        assertThat(Params.of(specs).toMap()).containsEntry("base.decay", "0.0");
        assertThat(Params.parse(specs, Map.of("base.rate", "2")).toMap()).containsEntry("base.decay", "0.5");
        assertThat(specs.get(1).isTunable()).isTrue();
    }
}
