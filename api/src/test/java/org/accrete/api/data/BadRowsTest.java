package org.accrete.api.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
    void whatToDoAboutRowsIsToldOnce() {
        BadRows policy = BadRows.skip(told::add);
        policy.drop(AccreteException.badData("a ? is bad").withAdvice("say so").at("line 1"));
        policy.drop(AccreteException.badData("a ? is bad").withAdvice("say so").at("line 2"));
        policy.drop(AccreteException.badData("a - is bad").withAdvice("or so").at("line 3"));
        assertThat(told)
                .containsExactly(
                        "dropped a bad row: line 1: a ? is bad; say so",
                        "dropped a bad row: line 2: a ? is bad",
                        "dropped a bad row: line 3: a - is bad; or so");
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
                                .isEqualTo("101 of 10001 rows are bad, more than 1 %; if they may be dropped, allow"
                                        + " more of them: --bad-rows skip=2%; the last: f line 7: row is bad"));
    }

    @Test
    void theShareHoldsAtTheEndOfFewRowsToo() {
        BadRows policy = BadRows.skip(told::add);
        policy.requireShare(20, 1, false);
        assertThatThrownBy(() -> policy.requireShare(20, 1, true))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA))
                .hasMessageContaining("1 of 20 rows are bad, more than 1 %")
                .hasMessageContaining("skip=5%");
        policy.requireShare(100, 1, true);
        policy.requireShare(0, 0, true);
        assertThatThrownBy(() -> policy.requireShare(10_000, 101, false)).hasMessageContaining("more than 1 %");
        BadRows.stop().requireShare(1, 1, true);
    }

    @Test
    void anotherShareIsAllowed() {
        BadRows half = BadRows.skip(0.5, told::add);
        half.requireShare(20, 10, true);
        assertThatThrownBy(() -> half.requireShare(20, 11, true))
                .hasMessageContaining("more than 50 %")
                .hasMessageContaining("skip=100%");
        BadRows.skip(1, told::add).requireShare(3, 3, true);
        assertThatThrownBy(() -> BadRows.skip(0, told::add).requireShare(30_000, 1, true))
                .hasMessageContaining("more than 0 %");
        for (double bad : new double[] {-0.1, 1.1, Double.NaN}) {
            assertThatThrownBy(() -> BadRows.skip(bad, told::add)).hasMessageContaining("must be >= 0 and <= 1");
        }
    }

    @Test
    void aRowThatALearnerRefusesIsToldAndCountedByTheCaller() {
        BadRows policy = BadRows.skip(told::add);
        policy.drop(bad(4));
        assertThat(told).containsExactly("dropped a bad row: f line 4: row is bad");
        assertThatThrownBy(() -> BadRows.stop("drop it").drop(bad(4))).hasMessage("row is bad; drop it");
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

    @Test
    void whatIsDroppedIsKeptWhereAsked() {
        List<BadRow> kept = new ArrayList<>();
        BadRows policy = BadRows.skip(1, told::add).keeping(kept::add).after(5, 1);
        BadRow row = new BadRow(
                new RowPlace("f", RowPlace.Unit.LINE, 3), Optional.of("x"), "bad", List.of("x"), List.of("oops"));
        policy.refused(bad(3), buffer, () -> row);
        policy.refused(
                AccreteException.badCell("x", "x is bad").withAdvice("mend it").at("g line 4"), buffer);
        policy.drop(bad(5), () -> row);
        assertThat(kept)
                .containsExactly(
                        row,
                        new BadRow(
                                new RowPlace("g line 4", RowPlace.Unit.ROW, 0),
                                Optional.of("x"),
                                "x is bad; mend it",
                                List.of(),
                                List.of()),
                        row);
        assertThat(told).first().isEqualTo("quarantined a bad row: f line 3: row is bad");
        assertThatThrownBy(() -> BadRows.stop().keeping(kept::add).refused(bad(3), buffer, () -> row))
                .hasMessage("row is bad");
        assertThat(kept).hasSize(3);
    }

    @Test
    void tooManyRowsThatAreKeptAreTooManyAllTheSame() {
        BadRows policy = BadRows.skip(told::add).keeping(row -> {});
        assertThatThrownBy(() -> policy.requireShare(20, 1, true))
                .hasMessageContaining("1 of 20 rows are bad, more than 1 %")
                .hasMessageContaining("--bad-rows skip=5%,quarantine=FILE");
    }
}
