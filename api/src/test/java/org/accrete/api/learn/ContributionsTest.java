package org.accrete.api.learn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ContributionsTest {
    @Test
    void baseAndAmountsAddUp() {
        Contributions row = new Contributions();
        row.clear(2);
        IntStream.range(0, 40).forEach(column -> row.add(column, column));
        row.addToBase(-1);
        assertThat(row.base()).isEqualTo(1);
        assertThat(row.sum()).isEqualTo(1 + 39 * 40 / 2);
        // The amount 0 of column 0 is left out.
        assertThat(row.size()).isEqualTo(39);
        assertThat(row.column(38)).isEqualTo(39);
        assertThat(row.amount(38)).isEqualTo(39);
    }

    @Test
    void nothingOfTheLastRowStays() {
        Contributions row = new Contributions();
        assertThat(row.sum()).isZero();
        row.add(3, 5);
        row.clear(.5);
        assertThat(row.size()).isZero();
        assertThat(row.sum()).isEqualTo(.5);
    }

    @Test
    void aColumnThatIsMadeOfItselfKeepsItsAmounts() {
        Contributions outputs = new Contributions();
        outputs.clear(7);
        outputs.add(2, 1.5);
        outputs.add(2, -.25);
        Contributions inputs = new Contributions();
        inputs.add(1, 9);
        ExplainableTransformer.sameColumns(outputs, inputs);
        assertThat(inputs.base()).isEqualTo(7);
        assertThat(inputs.size()).isEqualTo(2);
        assertThat(inputs.column(1)).isEqualTo(2);
        assertThat(inputs.amount(1)).isEqualTo(-.25);
        assertThat(inputs.sum()).isEqualTo(outputs.sum());
    }
}
