package org.accrete.core.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Step;
import org.accrete.api.param.Params;
import org.accrete.core.Toys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MinMaxScalerTest {
    private static final MinMaxScalerProvider PROVIDER = new MinMaxScalerProvider();
    private static final Schema ONE = Schema.numeric(1, Target.none());

    private static Step scaler(Map<String, String> settings) {
        return PROVIDER.create(ONE, Params.parse(PROVIDER.params(), settings));
    }

    private static double[] cells(Chunk chunk) {
        double[] cells = new double[chunk.rows()];
        for (int row = 0; row < cells.length; row++) {
            cells[row] = Toys.cell(chunk, row, 0);
        }
        return cells;
    }

    private static double[] fit(Step scaler, Chunk chunk) {
        ChunkBuffer out = new ChunkBuffer(ONE, chunk.rows());
        scaler.partialFitTransform(chunk, out);
        return cells(out.chunk());
    }

    private static double[] transform(Step scaler, double... values) {
        ChunkBuffer out = new ChunkBuffer(ONE, values.length);
        scaler.snapshot().transform(Toys.chunk(ONE, values), out);
        return cells(out.chunk());
    }

    @Test
    void eachRowIsScaledByARangeThatIncludesIt() {
        assertThat(fit(scaler(Map.of()), Toys.chunk(ONE, 4, 6, 5, 2, 3))).containsExactly(0, 1, 0.5, 0, 0.25);
    }

    @Test
    void aMissingValueIsTheMean() {
        Step scaler = scaler(Map.of("feature-range", "-1,1"));
        assertThat(fit(scaler, Toys.chunk(ONE, Double.NaN, 4, 8, Double.NaN, 5, Double.NaN)))
                .containsExactly(new double[] {-1, -1, 1, 0, -0.5, -1 + 2 * (5.0 + 2.0 / 3 - 4) / 4}, within(1e-15));
    }

    @Test
    void aValueBeyondTheRangeIsCutOffIfAsked() {
        Step free = scaler(Map.of());
        Step clipped = scaler(Map.of("clip", "true"));
        for (Step scaler : List.of(free, clipped)) {
            scaler.partialFit(Toys.chunk(ONE, 0, 4));
        }
        assertThat(transform(free, -4, 8)).containsExactly(-1, 2);
        assertThat(transform(clipped, -4, 8)).containsExactly(0, 1);
    }

    @Test
    void aRowOfWeightZeroIsNotCounted() {
        Step scaler = scaler(Map.of());
        assertThat(fit(
                        scaler,
                        new DenseChunk(ONE, new double[] {0, 9, 3}, new double[0], new double[] {1, 0, 1}, List.of())))
                .containsExactly(0, 9, 1);
    }

    /** 0.1 + 0.2 and 0.3 differ in the last bit. */
    @Test
    void roundingErrorsAreNotTakenForARange() {
        Step scaler = scaler(Map.of("feature-range", "2,3"));
        scaler.partialFit(Toys.chunk(ONE, 0.3, 0.1 + 0.2));
        assertThat(transform(scaler, 0.3, 0.1 + 0.2)[1]).isCloseTo(2, within(1e-15));
        Step tiny = scaler(Map.of());
        tiny.partialFit(Toys.chunk(ONE, 1e-20, 3e-20));
        assertThat(transform(tiny, 2e-20)[0]).isCloseTo(0.5, within(1e-12));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1,1", "2,1", "0,1,2", "a,b", "0,Infinity", "NaN,1", "0 1"})
    void aRangeIsTwoNumbers(String range) {
        assertThatThrownBy(() -> scaler(Map.of("feature-range", range)))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT))
                .hasMessageContaining("feature-range must be two finite numbers")
                .hasMessageEndingWith("'" + range + "'");
    }
}
