package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "flights.csv.gz",
                "./a:b.csv",
                "/data/x?.csv",
                "-",
                "C:\\data.csv",
                "100%.csv",
                "*.csv",
                "data/a:b"
            })
    void aPlainPathIsTakenAsItIs(String path) {
        assertThat(Address.parse(path)).isEqualTo(new Address(Optional.empty(), path, Map.of()));
    }

    @Test
    void aNamedOneIsTakenApart() {
        assertThat(Address.parse("synthetic:sea?rows=100000&seed=7"))
                .isEqualTo(new Address(Optional.of("synthetic"), "sea", Map.of("rows", "100000", "seed", "7")));
        assertThat(Address.parse("csv:-")).isEqualTo(new Address(Optional.of("csv"), "-", Map.of()));
        assertThat(Address.parse("csv:")).isEqualTo(new Address(Optional.of("csv"), "", Map.of()));
    }

    @Test
    void percentSignsStandForBytes() {
        assertThat(Address.parse("csv:a%3Fb%20caf%C3%A9.csv?delimiter=%3B&drift_every=%26"))
                .isEqualTo(new Address(
                        Optional.of("csv"), "a?b caf\u00e9.csv", Map.of("delimiter", ";", "drift-every", "&")));
        assertThat(Address.parse("csv:\ud83d\ude00%41").location()).isEqualTo("\ud83d\ude00A");
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv:a%", "csv:a%4", "csv:a%zz", "csv:a?b", "csv:a?=b", "csv:a?b=1&&c=2", "csv:a?b=1&b=2"})
    void whatIsMalformedIsRefused(String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining(text);
    }
}
