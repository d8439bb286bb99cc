package org.accrete.core.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Step;
import org.accrete.api.param.Params;
import org.accrete.core.Toys;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.junit.jupiter.api.Test;

class TargetEncoderTest {
    private static final TargetEncoderProvider PROVIDER = new TargetEncoderProvider();
    private static final List<Block> BLOCKS = List.of(
            new Block("age", Block.Kind.NUMERIC, 1),
            new Block("town", Block.Kind.ONE_HOT, 8),
            new Block("shop", Block.Kind.ONE_HOT, 4));

    private final long seed = Long.getLong("accrete.seed", System.nanoTime());
    private final Random random = new Random(seed);

    /** A row: columns of its categories or −1, target and weight. */
    private record Row(int town, int shop, double target, double weight) {}

    private static Step encoder(Target target, String... settings) {
        Map<String, String> given = new HashMap<>();
        for (String setting : settings) {
            given.put(setting.split("=")[0], setting.split("=")[1]);
        }
        return PROVIDER.create(new Schema(BLOCKS, target), Params.parse(PROVIDER.params(), given));
    }

    private static Chunk chunk(Target target, List<String> classes, List<Row> rows) {
        ChunkBuffer buffer = new ChunkBuffer(new Schema(BLOCKS, target), rows.size());
        for (Row row : rows) {
            buffer.beginRow();
            buffer.put(0, 7);
            if (row.town() >= 0) {
                buffer.put(1 + row.town(), 1);
            }
            if (row.shop() >= 0) {
                buffer.put(9 + row.shop(), 1);
            }
            buffer.target(row.target());
            buffer.weight(row.weight());
            buffer.endRow();
        }
        buffer.classes(classes);
        return buffer.chunk();
    }

    private static Chunk fit(Step step, Chunk chunk) {
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), chunk.rows());
        step.partialFitTransform(chunk, out);
        return out.chunk();
    }

    private List<Row> rows(int count, boolean classes) {
        List<Row> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            double target = classes ? random.nextInt(1 + Math.min(3, i / 20)) : 5 + random.nextGaussian();
            rows.add(new Row(
                    random.nextInt(9) - 1,
                    random.nextInt(5) - 1,
                    random.nextInt(10) == 0 ? Double.NaN : target,
                    random.nextInt(4)));
        }
        return rows;
    }

    /** The definition, over all rows before. */
    private static double expected(List<Row> rows, int row, boolean town, double smoothing, int which) {
        double weight = 0;
        double sum = 0;
        double allWeight = 0;
        double all = 0;
        int category = town ? rows.get(row).town() : rows.get(row).shop();
        for (Row earlier : rows.subList(0, row)) {
            if (!Double.isNaN(earlier.target())) {
                double value = which < 0 ? earlier.target() : earlier.target() == which ? 1 : 0;
                allWeight += earlier.weight();
                all += earlier.weight() * value;
                if (category >= 0 && (town ? earlier.town() : earlier.shop()) == category) {
                    weight += earlier.weight();
                    sum += earlier.weight() * value;
                }
            }
        }
        double prior = allWeight > 0 ? all / allWeight : Double.NaN;
        return weight + smoothing > 0 && category >= 0 ? (sum + smoothing * prior) / (weight + smoothing) : prior;
    }

    private void assertEncoded(Chunk found, List<Row> rows, double smoothing, int columns, int first) {
        for (int row = 0; row < rows.size(); row++) {
            assertThat(Toys.cell(found, row, 0)).isEqualTo(7);
            for (int k = 0; k < 2 * columns; k++) {
                double expected = expected(rows, row, k < columns, smoothing, first < 0 ? -1 : first + k % columns);
                if (!Double.isNaN(expected)) {
                    assertThat(Toys.cell(found, row, 1 + k))
                            .as("row %s, column %s, seed %s", row, k, seed)
                            .isCloseTo(expected, within(1e-12));
                }
            }
        }
    }

    @Test
    void numbersAreMeansOfTheRowsBefore() {
        Target target = Target.numeric("y");
        for (double smoothing : new double[] {0, 2.5}) {
            Step step = encoder(target, "smoothing=" + smoothing);
            assertThat(step.outputSchema().blocks())
                    .extracting(Block::toString)
                    .containsExactly(
                            BLOCKS.get(0).toString(),
                            new Block("town", Block.Kind.NUMERIC, 1).toString(),
                            new Block("shop", Block.Kind.NUMERIC, 1).toString());
            List<Row> rows = rows(300, false);
            assertEncoded(fit(step, chunk(target, List.of(), rows)), rows, smoothing, 1, -1);
        }
    }

    /** The third and fourth class come in the middle; they count as not the second. */
    @Test
    void twoClassesAreTheShareOfTheSecond() {
        Target target = Target.categorical("y", List.of("a", "b"));
        Step step = encoder(target, "smoothing=3");
        List<Row> rows = rows(300, true);
        assertEncoded(fit(step, chunk(target, List.of("a", "b", "c", "d"), rows)), rows, 3, 1, 1);
    }

    @Test
    void severalClassesHaveAColumnEach() {
        Target known = Target.categorical("y", List.of("a", "b", "c"));
        Step step = encoder(known, "smoothing=3");
        List<Row> rows = rows(300, true);
        assertEncoded(fit(step, chunk(known, List.of("a", "b", "c", "d"), rows)), rows, 3, 3, 0);
        Target unknown = Target.categorical("y", List.of());
        Step asked = encoder(unknown, "smoothing=3", "class-columns=4");
        assertEncoded(fit(asked, chunk(unknown, List.of("a", "b", "c", "d"), rows)), rows, 3, 4, 0);
    }

    /** The stored schema knows more classes than the one at the start, but there are no more columns. */
    @Test
    void aRestoredEncoderHasTheSameColumns() {
        Target start = Target.categorical("y", List.of("a"));
        Step step = encoder(start);
        List<String> labels = List.of("a", "b", "c", "d");
        fit(step, chunk(start, labels, rows(200, true)));
        Schema later = step.schema().withClasses(labels);
        Step restored = PROVIDER.restore(later, Params.of(PROVIDER.params()), step.state());
        assertThat(restored.outputSchema().blocks())
                .isEqualTo(step.outputSchema().blocks());
        assertThatThrownBy(() -> PROVIDER.restore(
                        new Schema(BLOCKS, Target.numeric("z")), Params.of(PROVIDER.params()), step.state()))
                .hasMessage("target-encoder has learned 'y' but the target is 'z'; train a new model");
    }

    @Test
    void chosenColumnsAreEncodedAndOthersStay() {
        Target target = Target.numeric("y");
        Step step = encoder(target, "columns=shop");
        Chunk found = fit(step, chunk(target, List.of(), List.of(new Row(2, 1, 10, 1), new Row(2, 1, 4, 1))));
        double[] cells = new double[10];
        Arrays.setAll(cells, j -> Toys.cell(found, 1, j));
        assertThat(cells).containsExactly(7, 0, 0, 1, 0, 0, 0, 0, 0, 10);
        assertThatThrownBy(() -> encoder(target, "columns=shop,age"))
                .isInstanceOf(AccreteException.class)
                .hasMessage("columns must be names of one-hot columns or all but 'age' is none; there are: town, shop");
        assertThat(PROVIDER.targets()).doesNotContain(Target.Kind.NONE);
        assertThatThrownBy(() -> encoder(Target.none()))
                .hasMessage("target-encoder needs a target but there is none; name one, or leave out the step");
    }

    /** By then it knows more classes, so the step makes more columns. */
    @Test
    void aPipelineCanBeginAnew() {
        Target target = Target.categorical("y", List.of("a"));
        Pipeline pipeline = Pipeline.create(
                PlugIns.of(PROVIDER, Toys.SHARES),
                new Schema(BLOCKS, target),
                new PipelineSpec("shares", List.of("target-encoder"), Map.of()));
        Chunk rows = chunk(target, List.of("a", "b", "c", "d"), rows(200, true));
        pipeline.partialFit(rows);
        pipeline.beginAnew();
        pipeline.partialFit(rows);
        assertThat(pipeline.state().tensor("target-encoder.total").size())
                .isEqualTo(pipeline.classes().size())
                .isGreaterThan(2);
        assertThat(pipeline.rowsSeen()).isEqualTo(200);
    }

    @Test
    void targetsThatOverflowAreRefusedByRow() {
        Target target = Target.numeric("y");
        Step step = encoder(target);
        Chunk rows = chunk(target, List.of(), List.of(new Row(1, 1, 1e308, 1), new Row(1, 1, 1e308, 1)));
        assertThatThrownBy(() -> step.partialFit(rows))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.chunkRow()).hasValue(1))
                .hasMessage("targets and weights are too large to be added; divide them");
        assertThat(step.state()).isEqualTo(encoder(target).state());
    }
}
