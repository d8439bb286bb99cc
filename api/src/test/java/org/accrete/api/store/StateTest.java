package org.accrete.api.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;

class StateTest {
    private static State.Builder some() {
        return State.builder()
                .doubles("coef", new double[] {1, 2, 3, 4}, 2, 2)
                .number("scale", Double.NaN)
                .longs("counts", new long[] {5, 6})
                .whole("rows", 7)
                .text("learner", "sgd-classifier")
                .list("classes", List.of("a", "", "b\nc", "d\\n"));
    }

    @Test
    void givesBackWhatWasPut() {
        State state = some().build();
        assertThat(state.doubles("coef", 2, 2)).containsExactly(1, 2, 3, 4);
        assertThat(state.number("scale")).isNaN();
        assertThat(state.longs("counts", 2)).containsExactly(5, 6);
        assertThat(state.whole("rows")).isEqualTo(7);
        assertThat(state.text("learner")).isEqualTo("sgd-classifier");
        assertThat(state.list("classes")).containsExactly("a", "", "b\nc", "d\\n");
        assertThat(state.tensors().keySet()).containsExactly("coef", "scale", "counts", "rows");
        assertThat(state.texts().keySet()).containsExactly("learner", "classes");
    }

    @Test
    void isEqualWhenAllItsPartsAre() {
        assertThat(some().build()).isEqualTo(some().build()).hasSameHashCodeAs(some().build());
        assertThat(some().build()).hasToString(some().build().toString());
        assertThat(some().text("more", "").build()).isNotEqualTo(some().build());
        assertThat(State.builder().all(some().build()).build()).isEqualTo(some().build());
        assertThat(State.builder().list("none", List.of()).build().list("none")).isEmpty();
    }

    @Test
    void refusesANamePutTwice() {
        assertThatThrownBy(() -> some().number("coef", 1)).hasMessageContaining("both have a tensor 'coef'");
        assertThatThrownBy(() -> some().text("learner", "x")).hasMessageContaining("both have a text 'learner'");
    }

    @Test
    void saysWhatIsMissingOrOfAnotherShape() {
        State state = some().build();
        assertThatThrownBy(() -> state.tensor("nope"))
                .hasMessage("a stored state has no tensor 'nope'")
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE));
        assertThatThrownBy(() -> state.text("nope")).hasMessage("a stored state has no text 'nope'");
        assertThatThrownBy(() -> state.doubles("coef", 4)).hasMessageContaining("'coef'");
        assertThatThrownBy(() -> state.longs("coef", 2, 2)).isInstanceOf(AccreteException.class);
    }
}
