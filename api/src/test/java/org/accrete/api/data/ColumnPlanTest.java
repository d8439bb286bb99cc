package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;

class ColumnPlanTest {
    private static ColumnPlan plan(String... columns) {
        return new ColumnPlan(Stream.of(columns).map(Column::parse).toList());
    }

    @Test
    void schemaHasNumericBlocksThenCyclesThenOneHot() {
        ColumnPlan plan = plan(
                "c=categorical(width=64)",
                "d=datetime(first-day=2001-01-01)",
                "n=numeric",
                "k=key",
                "b=boolean",
                "w=weight",
                "i=ignore",
                "y=target(kind=numeric)");
        assertThat(plan.schema())
                .isEqualTo(new Schema(
                        List.of(
                                new Block("d.days", Block.Kind.NUMERIC, 1),
                                new Block("n", Block.Kind.NUMERIC, 1),
                                new Block("b", Block.Kind.NUMERIC, 1),
                                new Block("d", Block.Kind.CYCLE, 6),
                                new Block("c", Block.Kind.ONE_HOT, 64)),
                        Target.numeric("y")));
        assertThat(plan.keys()).containsExactly("k");
        assertThat(plan("n=numeric").schema().target()).isEqualTo(Target.none());
    }

    @Test
    void survivesItsText() {
        ColumnPlan plan = plan(
                        "c=categorical(width=64)", "d=datetime(first-day=2001-01-01)", "y=target(kind=categorical)")
                .withClasses(List.of("a b", "c\nd"));
        assertThat(ColumnPlan.parse(plan.toText())).isEqualTo(plan);
        assertThatThrownBy(() -> ColumnPlan.parse("x=nonsense"))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE));
    }

    @Test
    void valuesSeenSurviveTheTextAndMakeNoPlanDiffer() {
        ColumnPlan plan = new ColumnPlan(
                plan("seen x=categorical(width=64)", "y=target(kind=numeric)").columns(),
                Map.of("seen x", List.of("", "a|b", "c=d", "e f", "g\nh", "é")));
        ColumnPlan parsed = ColumnPlan.parse(plan.toText());
        assertThat(parsed).isEqualTo(plan);
        assertThat(parsed.seen()).isEqualTo(plan.seen());
        assertThat(parsed.withClasses(List.of("k")).seen()).isEqualTo(plan.seen());
        assertThat(parsed.withCells(cells -> cells).seen()).isEqualTo(plan.seen());
        assertThat(plan).isEqualTo(new ColumnPlan(plan.columns())).hasSameHashCodeAs(new ColumnPlan(plan.columns()));
        assertThatThrownBy(() -> ColumnPlan.parse("x=numeric\nseen x=%4"))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE));
    }

    @Test
    void aKeyPassesTheTextOfAnEncodedColumnThrough() {
        ColumnPlan plan = plan("c=categorical(width=64)", "n=numeric", "c=key", "n=key");
        assertThat(plan.rawNames()).containsExactly("c", "n");
        assertThat(plan.schema())
                .isEqualTo(plan("c=categorical(width=64)", "n=numeric").schema());
        ChunkBuffer buffer = new ChunkBuffer(plan.schema(), 1, 2);
        new RowEncoder(plan, List.of("n", "c"), false).encode(List.of("1.50", "x y"), buffer);
        assertThat(List.of(buffer.key(0, 0), buffer.key(0, 1))).containsExactly("x y", "1.50");
        assertThat(((SparseChunk) buffer.chunk()).end(0)).isEqualTo(2);
        assertThatThrownBy(() -> plan("c=key", "c=key")).hasMessage("column 'c' occurs twice");
        assertThatThrownBy(() -> plan("c=numeric", "c=boolean")).hasMessage("column 'c' occurs twice");
    }

    @Test
    void otherClassesChangeACategoricalTargetOnly() {
        ColumnPlan plan = plan("n=numeric", "y=target(kind=categorical,classes=a)");
        assertThat(plan.withClasses(List.of("a", "b")).schema())
                .isEqualTo(plan.schema().withClasses(List.of("a", "b")));
        ColumnPlan numeric = plan("n=numeric", "y=target(kind=numeric)");
        assertThat(numeric.withClasses(List.of())).isEqualTo(numeric);
    }

    @Test
    void refusesWhatIsAmbiguousOrIncomplete() {
        assertThatThrownBy(() -> plan("n=numeric", "n=ignore")).hasMessage("column 'n' occurs twice");
        assertThatThrownBy(() -> plan("a=weight", "b=weight"))
                .hasMessage("at most one column can be the weight but there are [a, b]");
        assertThatThrownBy(() -> plan("a=target", "b=target")).hasMessageContaining("the target");
        assertThatThrownBy(() -> plan("c=categorical"))
                .hasMessage("a plan must be complete but 'c=categorical' is not");
        assertThatThrownBy(() -> plan("d=datetime")).hasMessageContaining("complete");
    }
}
