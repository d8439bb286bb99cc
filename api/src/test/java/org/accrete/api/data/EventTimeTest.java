package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventTimeTest {
    private static final ColumnPlan PLAN = new ColumnPlan(
            List.of(Column.parse("at=key"), Column.parse("x=numeric"), Column.parse("y=target(kind=numeric)")));

    private static long millis(String text) {
        ChunkBuffer rows = new ChunkBuffer(PLAN.schema(), 1, 1);
        new RowEncoder(PLAN, List.of("at", "x", "y"), true).encode(List.of(text, "1", "2"), rows);
        return new EventTime(PLAN, "at").millis(rows, 0);
    }

    @ParameterizedTest
    @CsvSource({
        "2001-07-01 18:00, 2001-07-01T18:00:00Z",
        "2001-07-01T18:00:07, 2001-07-01T18:00:07Z",
        "' 1969-12-31 ', 1969-12-31T00:00:00Z",
        "0, 1970-01-01T00:00:00Z",
        "-1.5, 1969-12-31T23:59:58.500Z",
        "993999600.25, 2001-07-01T15:00:00.250Z"
    })
    void isADateOrSeconds(String text, Instant expected) {
        assertThat(millis(text)).isEqualTo(expected.toEpochMilli());
    }

    @ParameterizedTest
    @CsvSource({"noon", "''", "1e300", "NaN", "2001-13-01"})
    void refusesWhatIsNoTime(String text) {
        assertThatThrownBy(() -> millis(text))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining("column 'at', must be a date such as 2001-07-01 18:00 or a number of seconds")
                .hasMessageContaining("but was '" + text + "'");
    }

    @Test
    void refusesAColumnThatIsNoKey() {
        assertThatThrownBy(() -> new EventTime(PLAN, "x"))
                .hasMessage("the time of rows is read from a key but column 'x' is none; keys: at");
    }
}
