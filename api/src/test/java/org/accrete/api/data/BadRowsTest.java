package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.AccreteException;
import org.junit.jupiter.api.Test;

class BadRowsTest {
    private final ChunkBuffer buffer = new ChunkBuffer(Schema.numeric(1, Target.none()), 1);
    private final List<String> told = new ArrayList<>();

    private static AccreteException bad(int row) {
        return AccreteException.badData("row is bad").at("f line " + row);
    }

    @Test
    void stoppingNamesThePlaceAndTheWayOn() {
        BadRows policy = BadRows.stop("drop it");
        policy.accepted();
        assertThatThrownBy(() -> policy.refused(bad(2), buffer))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.line()).isEqualTo("f line 2: row is bad; drop it"));
        assertThat(buffer.refusedRows()).isZero();
        AccreteException why = bad(3);
        assertThatThrownBy(() -> BadRows.stop().refused(why, buffer)).isSameAs(why);
    }

    @Test
    void skippingCountsAllAndTellsTen() {
        BadRows policy = BadRows.skip(told::add);
        for (int i = 0; i < 15; i++) {
            policy.refused(bad(i), buffer);
        }
        assertThat(buffer.refusedRows()).isEqualTo(15);
        assertThat(told).hasSize(10).startsWith("dropped a bad row: f line 0: row is bad");
    }

    @Test
    void moreThanOnePercentAfterTenThousandRowsIsTooMany() {
        BadRows policy = BadRows.skip(told::add);
        for (int i = 0; i < 9_899; i++) {
            policy.accepted();
        }
        for (int i = 0; i < 100; i++) {
            policy.refused(bad(i), buffer);
        }
        policy.accepted();
        assertThatThrownBy(() -> policy.refused(bad(7), buffer))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line())
                                .isEqualTo("f line 7: 101 of 10001 rows are bad, more than 1 %; the last: row is bad"));
    }

    @Test
    void rowsFromBeforeASourceGoesOnCountToo() {
        BadRows policy = BadRows.skip(told::add).after(9_899, 100);
        policy.accepted();
        assertThatThrownBy(() -> policy.refused(bad(7), buffer))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.line()).contains("101 of 10001 rows are bad"));
        assertThat(told).hasSize(1);
        assertThatThrownBy(() -> BadRows.stop("drop it").after(9_899, 0).refused(bad(8), buffer))
                .hasMessage("row is bad; drop it");
    }

    @Test
    void whatIsNotBadDataIsNeverDropped() {
        AccreteException full = AccreteException.badState("disk is full");
        assertThatThrownBy(() -> BadRows.skip(told::add).refused(full, buffer)).isSameAs(full);
    }
}
