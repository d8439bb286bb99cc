package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;

class SchemaTest {
    private static final Schema MIXED = new Schema(
            List.of(
                    new Block("age", Block.Kind.NUMERIC, 1),
                    new Block("day of week", Block.Kind.CYCLE, 2),
                    new Block("städte, %", Block.Kind.ONE_HOT, 1024)),
            Target.categorical("y", List.of("a b", "c,d", "")));

    @Test
    void countsAndNamesItsColumns() {
        assertThat(MIXED.width()).isEqualTo(1027);
        assertThat(MIXED.isSparse()).isTrue();
        assertThat(MIXED.columnName(0)).isEqualTo("age");
        assertThat(MIXED.columnName(2)).isEqualTo("day of week[1]");
        assertThat(MIXED.columnName(1026)).isEqualTo("städte, %[1023]");
        assertThatThrownBy(() -> MIXED.columnName(1027)).hasMessage("column must be < 1027 but was 1027");
        Schema numeric = Schema.numeric(3, Target.none());
        assertThat(numeric.width()).isEqualTo(3);
        assertThat(numeric.isSparse()).isFalse();
        assertThat(numeric.columnName(2)).isEqualTo("x2");
    }

    @Test
    void survivesItsText() {
        assertThat(Schema.parse(MIXED.toText())).isEqualTo(MIXED);
        for (Target target : List.of(Target.none(), Target.numeric("the target"), Target.categorical("y", List.of()))) {
            Schema schema = Schema.numeric(2, target);
            assertThat(Schema.parse(schema.toText())).isEqualTo(schema);
        }
        for (String text :
                List.of("", "x", "x numeric\ntarget y none", "x numeric 0\ntarget  none", "x odd 1\ntarget  none")) {
            assertThatThrownBy(() -> Schema.parse(text)).isInstanceOf(AccreteException.class);
        }
    }

    @Test
    void fingerprintCoversAllButTheClasses() {
        Schema other = MIXED.withClasses(List.of("x"));
        assertThat(other.fingerprint()).isEqualTo(MIXED.fingerprint()).matches("[0-9a-f]{16}");
        assertThat(other.matches(MIXED)).isTrue();
        MIXED.require(other);
        assertThat(Schema.numeric(3, Target.none()).fingerprint())
                .isNotEqualTo(Schema.numeric(4, Target.none()).fingerprint());
        assertThat(Schema.numeric(3, Target.numeric("y")).fingerprint())
                .isNotEqualTo(Schema.numeric(3, Target.numeric("z")).fingerprint());
    }

    @Test
    void namesTheFirstDifference() {
        Schema three = Schema.numeric(3, Target.numeric("y"));
        assertThatThrownBy(() -> three.require(Schema.numeric(2, Target.numeric("y"))))
                .hasMessage("data has 2 features but the model was trained on 3 (first difference: "
                        + "expected 'x2' (numeric, width 1) but found no more columns)");
        assertThatThrownBy(() -> three.require(MIXED))
                .hasMessageContaining("expected 'x0' (numeric, width 1) but found 'age' (numeric, width 1)");
        assertThatThrownBy(() -> three.require(Schema.numeric(3, Target.none())))
                .hasMessageEndingWith("expected target 'y' (numeric) but found target none)");
    }

    @Test
    void aTargetOfAnotherKindIsNamed() {
        Schema numeric = Schema.numeric(1, Target.numeric("y"));
        numeric.requireTarget(Target.Kind.NUMERIC, "sum");
        assertThatThrownBy(() -> numeric.requireTarget(Target.Kind.CATEGORICAL, "sum"))
                .hasMessage("sum needs a categorical target but 'y' is numeric");
        assertThatThrownBy(() -> Schema.numeric(1, Target.none()).requireTarget(Target.Kind.NUMERIC, "sum"))
                .hasMessage("sum needs a numeric target but there is none");
    }

    @Test
    void refusesBlocksAndTargetsThatCannotBe() {
        assertThatThrownBy(() -> new Block("", Block.Kind.NUMERIC, 1)).hasMessageContaining("must not be empty");
        assertThatThrownBy(() -> new Block("b", Block.Kind.NUMERIC, 0))
                .hasMessage("width of block 'b' must be >= 1 but was 0");
        Block wide = new Block("w", Block.Kind.NUMERIC, Integer.MAX_VALUE / 2 + 1);
        assertThatThrownBy(() -> new Schema(List.of(wide, wide), Target.none()))
                .hasMessageContaining("width must be <");
        assertThatThrownBy(() -> new Target("y", Target.Kind.NUMERIC, List.of("a")))
                .hasMessageContaining("categorical");
        assertThatThrownBy(() -> Target.categorical("y", List.of("a", "a")))
                .hasMessage("classes of target 'y' must differ but were [a, a]");
    }
}
