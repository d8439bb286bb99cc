package org.accrete.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AccreteExceptionTest {
    @Test
    void placeStandsBeforeTheMessageOfTheLineOnly() {
        AccreteException plain = AccreteException.badRow(3, "x must be > 0 but was -1");
        AccreteException placed = plain.at("a.csv line 4");
        assertThat(plain.line()).isEqualTo("x must be > 0 but was -1");
        assertThat(plain.where()).isEmpty();
        assertThat(placed.line()).isEqualTo("a.csv line 4: x must be > 0 but was -1");
        assertThat(placed).hasMessage("x must be > 0 but was -1").hasCause(plain);
        assertThat(placed.where()).contains("a.csv line 4");
        assertThat(placed.chunkRow()).hasValue(3);
        assertThat(placed.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
    }

    @Test
    void kindsTellApartWhoCanMendIt() {
        assertThat(AccreteException.badArgument("m").kind().text()).isEqualTo("bad-argument");
        assertThat(AccreteException.badState("m").kind().text()).isEqualTo("bad-state");
        assertThat(AccreteException.badData("m").chunkRow()).isEmpty();
        Exception cause = new Exception("disk");
        assertThat(new AccreteException(AccreteException.Kind.IO, "m", cause)).hasCause(cause);
    }
}
