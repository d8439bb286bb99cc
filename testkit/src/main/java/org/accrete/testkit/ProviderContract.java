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
 * The laws of every plug-in, on its name, summary and parameters. {@link LearnerContract} includes them. The test of a
 * source or a store implements this interface in addition to {@link SourceContract} or {@link StoreContract}.
 */
@ExtendWith(RunSeed.class)
public interface ProviderContract {
    /** {@return the plug-in under test} */
    Provider provider();

    /** The name is stored in models and typed by users. */
    @Test
    default void nameMatchesThePattern() {
        assertThat(provider().name()).matches("[a-z][a-z0-9-]*");
    }

    /** Lists print the summary next to the name. */
    @Test
    default void summaryIsOneLine() {
        assertThat(provider().summary()).isNotBlank().doesNotContain("\n");
    }

    /** {@link java.util.ServiceLoader} needs such a constructor. */
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

    /** Parameters have distinct names, and each has a summary. */
    @Test
    default void parametersHaveDistinctNamesAndSummaries() {
        assertThat(provider().params()).extracting(ParamSpec::name).doesNotHaveDuplicates();
        assertThat(provider().params())
                .allSatisfy(spec -> assertThat(spec.summary()).as(spec.name()).isNotBlank());
    }

    /** The text form stored with a model gives the same values, and names may have underscores instead of hyphens. */
    @Test
    default void resolvedParametersRoundTrip() {
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

    /** A value outside the domain is refused, and the message names the parameter. */
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
