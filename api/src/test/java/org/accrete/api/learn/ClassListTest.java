package org.accrete.api.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;

class ClassListTest {
    private static final List<ParamSpec<?>> SPECS = List.of(ClassList.NEW_CLASSES, ClassList.MAX_CLASSES);

    private static ClassList list(List<String> labels, Map<String, String> params) {
        return new ClassList(labels, Params.parse(SPECS, params));
    }

    private static DenseChunk chunk(List<String> classes, double... targets) {
        Schema schema = Schema.numeric(1, Target.categorical("y", List.of()));
        return new DenseChunk(schema, new double[targets.length], targets, new double[0], classes);
    }

    @Test
    void growsToTheLargestIndexSeenAndNoFurther() {
        ClassList list = list(List.of("a"), Map.of());
        DenseChunk chunk = chunk(List.of("a", "b", "c", "d"), 0, 2, 1);
        assertThat(list.check(chunk)).isEqualTo(3);
        assertThat(list.labels()).containsExactly("a");
        list.grow(chunk, 3);
        assertThat(list.labels()).containsExactly("a", "b", "c");
        assertThat(list.size()).isEqualTo(3);
        DenseChunk known = chunk(list.labels(), 0);
        list.grow(known, list.check(known));
        assertThat(list.size()).isEqualTo(3);
    }

    @Test
    void refusesNewLabelsWhereTheyMayNotCome() {
        DenseChunk chunk = chunk(List.of("a", "b"), 0, 1);
        assertThatThrownBy(() ->
                        list(List.of("a"), Map.of("new-classes", "reject")).check(chunk))
                .hasMessage("class 'b' is not one of [a]; set new-classes=grow to learn new ones")
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.chunkRow()).hasValue(1));
        assertThatThrownBy(() -> list(List.of("a"), Map.of("max-classes", "1")).check(chunk))
                .hasMessage("class 'b' would be number 2 but max-classes is 1");
        assertThatThrownBy(() -> list(List.of("a", "b"), Map.of("max-classes", "1")))
                .hasMessage("max-classes must be >= 2, the number of classes in the data, but was 1");
    }

    @Test
    void manyWholeNumbersAsClassesSuggestANumericTarget() {
        assertThatThrownBy(() -> list(List.of("0"), Map.of("max-classes", "1")).check(chunk(List.of("0", "-7"), 0, 1)))
                .hasMessage("class '-7' would be number 2 but max-classes is 1; if the target is a number, say "
                        + "--column y=numeric");
        assertThatThrownBy(() -> list(List.of("0", "1"), Map.of("max-classes", "1")))
                .hasMessageEndingWith("; if the target is a number, say --column TARGET=numeric");
    }

    @Test
    void refusesTargetsThatAreNoClass() {
        ClassList list = list(List.of("a"), Map.of());
        assertThatThrownBy(() -> list.check(chunk(List.of("a"), Double.NaN))).hasMessage("the target is missing");
        assertThatThrownBy(() -> list.check(chunk(List.of("a"), 1)))
                .hasMessage("a class index must be >= 0 and < 1 but was 1.0");
        assertThatThrownBy(() -> list.check(chunk(List.of("a"), 0.5))).hasMessageContaining("0.5");
        assertThatThrownBy(() -> list.check(chunk(List.of("b"), 0))).hasMessageContaining("must begin with");
        DenseChunk numeric = new DenseChunk(
                Schema.numeric(1, Target.numeric("y")), new double[1], new double[1], new double[0], List.of());
        assertThatThrownBy(() -> list.check(numeric)).hasMessage("a classifier needs a categorical target");
    }

    @Test
    void joinsTheLabelsOfTwoLists() {
        ClassList list = list(List.of("b", "a"), Map.of("max-classes", "4"));
        assertThat(list.joined(List.of("c", "a", "d"))).containsExactly("b", "a", "c", "d");
        assertThat(list.labels()).containsExactly("b", "a");
        list.become(List.of("x"));
        assertThat(list.labels()).containsExactly("x");
        assertThatThrownBy(() -> list.joined(List.of("c", "d", "e", "f")))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE))
                .hasMessage("the two learners know 5 classes together but max-classes is 4");
        ClassList closed = list(List.of("b", "a"), Map.of("new-classes", "reject"));
        assertThat(closed.joined(List.of("a", "b"))).containsExactly("b", "a");
        assertThatThrownBy(() -> closed.joined(List.of("a", "c")))
                .hasMessage(
                        "the other learner's class 'c' is not one of [b, a]; set new-classes=grow to merge new ones");
    }
}
