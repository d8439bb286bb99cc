package org.accrete.core.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Step;
import org.accrete.api.param.Params;
import org.accrete.core.Toys;
import org.junit.jupiter.api.Test;

class PolynomialFeaturesTest {
    private static final PolynomialFeaturesProvider PROVIDER = new PolynomialFeaturesProvider();

    private static Step step(Schema schema, Map<String, String> settings) {
        return PROVIDER.create(schema, Params.parse(PROVIDER.params(), settings));
    }

    /** Products come behind the columns they are of and before one-hot columns, which stay as they are. */
    @Test
    void productsStandBeforeOneHotBlocks() {
        Schema schema = new Schema(
                List.of(
                        new Block("age", Block.Kind.NUMERIC, 1),
                        new Block("hour", Block.Kind.CYCLE, 2),
                        new Block("town", Block.Kind.ONE_HOT, 8)),
                Target.none());
        Step step = step(schema, Map.of("interaction-only", "true", "include-bias", "true"));
        assertThat(step.outputSchema().blocks())
                .extracting(Block::name)
                .containsExactly("1", "age", "hour", "age*hour[0]", "age*hour[1]", "hour[0]*hour[1]", "town");
        ChunkBuffer rows = new ChunkBuffer(schema, 1);
        rows.beginRow();
        rows.put(0, 5);
        rows.put(2, -0.5);
        rows.put(9, 1);
        rows.endRow();
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), 1);
        step.partialFitTransform(rows.chunk(), out);
        double[] cells = new double[step.outputSchema().width()];
        for (int j = 0; j < cells.length; j++) {
            cells[j] = Toys.cell(out.chunk(), 0, j);
        }
        assertThat(cells).containsExactly(1, 5, 0, -0.5, 0, -2.5, 0, 0, 0, 0, 0, 0, 0, 1, 0);
    }

    @Test
    void aProductOfAMissingValueIsMissing() {
        Schema schema = Schema.numeric(2, Target.none());
        Step step = step(schema, Map.of());
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), 1);
        step.partialFitTransform(Toys.chunk(schema, Double.NaN, 3), out);
        assertThat(Toys.cell(out.chunk(), 0, 2)).as("x0^2").isNaN();
        assertThat(Toys.cell(out.chunk(), 0, 3)).as("x0*x1").isNaN();
        assertThat(Toys.cell(out.chunk(), 0, 4)).as("x1^2").isEqualTo(9);
    }

    @Test
    void aProductThatOverflowsIsRefusedByRowAndName() {
        Schema schema = Schema.numeric(2, Target.none());
        Step step = step(schema, Map.of("degree", "3"));
        Chunk rows = Toys.chunk(schema, 1, 2, 1e200, 3);
        assertThatThrownBy(() -> step.partialFit(rows))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.chunkRow()).hasValue(1))
                .hasMessage("column 'x0^2' is too large, as column 'x0' is 1.0E200; scale columns before this step");
        assertThat(step.rowsSeen()).isZero();
    }

    /** Two thousand columns of degree 3 would be a thousand million products. */
    @Test
    void tooManyProductsAreRefusedBeforeMemoryIsTaken() {
        Schema schema = Schema.numeric(2_000, Target.none());
        Params params = Params.parse(PROVIDER.params(), Map.of("degree", "3"));
        for (Runnable call :
                List.<Runnable>of(() -> PROVIDER.create(schema, params), () -> PROVIDER.memoryBytes(schema, params))) {
            assertThatThrownBy(call::run)
                    .isInstanceOf(AccreteException.class)
                    .hasMessage("degree=3 makes 1337335000 products of 2000 columns, 1337337000 columns in all, but"
                            + " max-columns is 10000; leave out columns, say interaction-only=true or a lower degree, or"
                            + " allow more");
        }
    }
}
