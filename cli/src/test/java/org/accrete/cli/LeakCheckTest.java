package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToDoubleFunction;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Target;
import org.junit.jupiter.api.Test;

final class LeakCheckTest {
    private static final int ROWS = 1_000;

    private final SeededRandom random = new SeededRandom(17);
    private final double[] targets = new double[ROWS];

    private List<String> warnings(Column column, int classes, IntToDoubleFunction value) {
        List<String> labels = List.of("0", "1", "2").subList(0, classes);
        ColumnPlan plan = new ColumnPlan(List.of(column, new Column.Label("late", Target.categorical("late", labels))));
        ChunkBuffer buffer = new ChunkBuffer(plan.schema(), ROWS);
        for (int row = 0; row < ROWS; row++) {
            buffer.beginRow();
            double number = value.applyAsDouble(row);
            if (column instanceof Column.Categorical) {
                buffer.put((int) number, 1);
            } else {
                buffer.put(0, number);
            }
            buffer.target(targets[row]);
            buffer.endRow();
        }
        Chunk sample = buffer.chunk();
        return LeakCheck.warnings(sample, plan);
    }

    private void classes(int count) {
        for (int row = 0; row < ROWS; row++) {
            targets[row] = random.nextInt(count);
        }
    }

    @Test
    void aNumberThatDecidesTheClassIsTold() {
        classes(2);
        assertThat(warnings(new Column.Numeric("delay"), 2, row -> targets[row] * 30 + random.nextDouble()))
                .singleElement()
                .asString()
                .contains("'delay'", "'late'", "1.0000", "--column delay=ignore");
    }

    @Test
    void soIsOneThatDecidesItTheOtherWayRound() {
        classes(2);
        assertThat(warnings(new Column.Numeric("spare"), 2, row -> -targets[row] * 30 + random.nextDouble()))
                .hasSize(1);
    }

    @Test
    void aGoodButHonestColumnIsNot() {
        classes(2);
        assertThat(warnings(new Column.Numeric("load"), 2, row -> targets[row] + random.nextGaussian()))
                .isEmpty();
    }

    @Test
    void aUniqueIdIsNot() {
        classes(2);
        assertThat(warnings(new Column.Numeric("id"), 2, row -> row)).isEmpty();
        assertThat(warnings(new Column.Categorical("id", 1 << 18), 2, row -> row))
                .isEmpty();
    }

    @Test
    void aValueThatDecidesTheClassIsTold() {
        classes(2);
        assertThat(warnings(new Column.Categorical("status", 1024), 2, row -> 7 + 5 * targets[row]))
                .singleElement()
                .asString()
                .contains("--column status=ignore");
    }

    @Test
    void aCopyOfThreeClassesIsTold() {
        classes(3);
        assertThat(warnings(new Column.Numeric("code"), 3, row -> targets[row])).hasSize(1);
        assertThat(warnings(new Column.Categorical("copy", 1024), 3, row -> targets[row]))
                .hasSize(1);
        assertThat(warnings(new Column.Categorical("half", 1024), 3, row -> targets[row] > 0 ? 1 : 0))
                .isEmpty();
    }

    @Test
    void aDateIsToldByItsNameInTheHeader() {
        classes(2);
        Column date = new Column.DateTime("paid on", Optional.of(LocalDate.EPOCH));
        assertThat(warnings(date, 2, row -> targets[row] == 1 ? 5 : Double.NaN))
                .singleElement()
                .asString()
                .contains("'paid on'")
                .contains("=ignore");
    }

    @Test
    void oneClassInEitherHalfSaysNothing() {
        assertThat(warnings(new Column.Numeric("delay"), 2, row -> row)).isEmpty();
        for (int row = 0; row < ROWS; row++) {
            targets[row] = row < ROWS / 2 ? 0 : 1;
        }
        assertThat(warnings(new Column.Numeric("delay"), 2, row -> targets[row]))
                .isEmpty();
    }
}
