package org.accrete.api.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelReferenceTest {
    @Test
    void namesTheLiveVersionWithoutAnAt() {
        assertThat(ModelReference.parse("flights")).isEqualTo(new ModelReference("flights", ""));
    }

    @Test
    void namesAVersionAfterTheAt() {
        assertThat(ModelReference.parse("flights@3")).isEqualTo(new ModelReference("flights", "3"));
        assertThat(ModelReference.parse("flights@before-summer"))
                .isEqualTo(new ModelReference("flights", "before-summer"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"@3", "flights@", "@"})
    void refusesAnEmptyNameOrVersion(String text) {
        assertThatThrownBy(() -> ModelReference.parse(text))
                .isInstanceOf(AccreteException.class)
                .hasMessage("a model must be given as MODEL or MODEL@V but was '" + text + "'");
    }
}
