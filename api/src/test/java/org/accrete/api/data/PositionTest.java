package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;

class PositionTest {
    @Test
    void survivesItsText() {
        for (Position position :
                List.of(Position.start(), new Position("a+b+1", 7), new Position("", Long.MAX_VALUE))) {
            assertThat(Position.parse(position.toText())).isEqualTo(position);
        }
    }

    @Test
    void movesByRows() {
        assertThat(new Position("m", 3).plus(4)).isEqualTo(new Position("m", 7));
        assertThatThrownBy(() -> Position.start().plus(-1)).hasMessage("rows of a position must be >= 0 but was -1");
    }

    @Test
    void refusesWhatIsNoPosition() {
        for (String text : List.of("", "7", "m+", "m+x", "m+-1")) {
            assertThatThrownBy(() -> Position.parse(text)).isInstanceOf(AccreteException.class);
        }
        assertThatThrownBy(() -> new Position("a\nb", 0)).hasMessageContaining("printable");
    }
}
