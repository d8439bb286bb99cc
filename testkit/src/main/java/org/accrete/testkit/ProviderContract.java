package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.reflect.Modifier;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The laws of every plug-in: its name, its summary, its parameters. {@link LearnerContract} has them already; the test
 * of a source or a store implements this beside {@link SourceContract} or {@link StoreContract}.
 */
@ExtendWith(RunSeed.class)
public interface ProviderContract {
    /** {@return the plug-in under test} */
    Provider provider();

    /** The name is written into models and typed by users. */
    @Test
    default void nameMatchesThePattern() {
        assertThat(provider().name()).matches("[a-z][a-z0-9-]*");
    }

    /** Lists print it beside the name. */
    @Test
    default void summaryIsOneLine() {
        assertThat(provider().summary()).isNotBlank().doesNotContain("\n");
    }

    /** Else {@link java.util.ServiceLoader} cannot make it. */
    @Test
    default void isMadeByAPublicConstructorWithoutArguments() {
        Class<? extends Provider> type = provider().getClass();
        assertThat(Modifier.isPublic(type.getModifiers()))
                .as("%s is public", type.getName())
                .isTrue();
        assertThat(catchThrowable(type::getConstructor))
                .as("%s has a public constructor without arguments", type.getName())
                .isNull();
    }

    /** Names are distinct, and each parameter says what it is for. */
    @Test
    default void parametersHaveDistinctNamesAndSummaries() {
        assertThat(provider().params()).extracting(ParamSpec::name).doesNotHaveDuplicates();
        assertThat(provider().params())
                .allSatisfy(spec -> assertThat(spec.summary()).as(spec.name()).isNotBlank());
    }

    /** What is stored with a model gives the same values again, and underscores are as good as hyphens. */
    @Test
    default void resolvedParametersAreReadBack() {
        Params defaults = Params.of(provider().params());
        assertThat(Params.of(provider().params())).isEqualTo(defaults);
        assertThat(Params.parse(provider().params(), defaults.toMap())).isEqualTo(defaults);
        defaults.toMap()
                .forEach((name, text) -> assertThat(
                                Params.parse(provider().params(), Map.of(name.replace('-', '_'), text))
                                        .toMap())
                        .as(name)
                        .containsEntry(name, text));
    }

    /** The message names the parameter. */
    @Test
    default void everyParameterRefusesJustOutsideItsDomain() {
        for (ParamSpec<?> spec : provider().params()) {
            for (String value : spec.domain().justOutside()) {
                assertThatThrownBy(() -> Params.parse(provider().params(), Map.of(spec.name(), value)))
                        .as("%s=%s", spec.name(), value)
                        .isInstanceOfSatisfying(
                                AccreteException.class,
                                e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT))
                        .hasMessageContaining(spec.name());
            }
        }
    }
}
