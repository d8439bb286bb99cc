package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
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
