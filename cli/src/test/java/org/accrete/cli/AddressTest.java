package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
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

    private static Address parseUrl(String text) {
        return Address.parse(
                text, name -> name.equals("jdbc") ? Optional.of(Set.of("key", "fetch-rows")) : Optional.empty());
    }

    @Test
    void parametersOfAUrlStayInIt() {
        assertThat(parseUrl("jdbc:pg://host/d%62?ssl&key=a%2Cb&x=%26&Fetch_Rows=3&y"))
                .isEqualTo(new Address(
                        Optional.of("jdbc"), "pg://host/db?ssl&x=%26&y", Map.of("key", "a,b", "fetch-rows", "3")));
        assertThat(parseUrl("jdbc:h2:./db;MODE=x?key=id"))
                .isEqualTo(new Address(Optional.of("jdbc"), "h2:./db;MODE=x", Map.of("key", "id")));
        // A parameter of the URL that has the name of one of the plug-in.
        assertThat(parseUrl("jdbc:pg://host/db%3Fkey=1%26z=2?key=id&x=3"))
                .isEqualTo(new Address(Optional.of("jdbc"), "pg://host/db?key=1&z=2&x=3", Map.of("key", "id")));
        assertThatThrownBy(() -> parseUrl("csv:a?ssl")).isInstanceOf(AccreteException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:pg://me:s3cret@host/db?key=1&key=2",
                "jdbc:pg://me:s3?c=r&e/t@host/db&key=1&key=2",
                "jdbc:pg://host/db?key=1&key=2&password=s3cret",
                "jdbc:pg://host/db?key=%&sslPassword=s3cret&a=b",
                "jdbc:oracle:thin:me/s3cret@host?key=1&key=2",
                "jdbc:pg://me:s3cret@host/db%"
            })
    void aRefusalDoesNotRepeatAPassword(String text) {
        assertThatThrownBy(() -> parseUrl(text))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("jdbc:")
                .hasMessageNotContainingAny("s3c", "s3?", "e/t");
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv:a%", "csv:a%4", "csv:a%zz", "csv:a?b", "csv:a?=b", "csv:a?b=1&&c=2", "csv:a?b=1&b=2"})
    void whatIsMalformedIsRefused(String text) {
        assertThatThrownBy(() -> Address.parse(text))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining(text);
    }
}
