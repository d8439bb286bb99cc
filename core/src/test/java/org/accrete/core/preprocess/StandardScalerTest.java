package org.accrete.core.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.math.BigDecimal;
import java.math.MathContext;
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
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.Toys;
import org.apache.commons.math3.stat.descriptive.moment.Variance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandardScalerTest {
    private static final StandardScalerProvider PROVIDER = new StandardScalerProvider();
    private static final Schema ONE = Schema.numeric(1, Target.none());

    /** Numeric columns in two runs with a cycle between them and a one-hot block after them: sparse. */
    private static final Schema MIXED = new Schema(
            List.of(
                    new Block("a", Block.Kind.NUMERIC, 2),
                    new Block("round", Block.Kind.CYCLE, 2),
                    new Block("b", Block.Kind.NUMERIC, 1),
                    new Block("hot", Block.Kind.ONE_HOT, 8)),
            Target.none());

    private final long seed = Long.getLong("accrete.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private static Step scaler(Schema schema, String... settings) {
        Map<String, String> given = new HashMap<>();
        for (String setting : settings) {
            given.put(setting.split("=")[0], setting.split("=")[1]);
        }
        return PROVIDER.create(schema, Params.parse(PROVIDER.params(), given));
    }

    private static Chunk fit(Step scaler, Chunk chunk) {
        ChunkBuffer out = new ChunkBuffer(scaler.outputSchema(), Math.max(1, chunk.rows()));
        scaler.partialFitTransform(chunk, out);
        return out.chunk();
    }

    private static DenseChunk weighted(Schema schema, double[] values, double... weights) {
        return new DenseChunk(schema, values, new double[0], weights, List.of());
    }

    private double[] numbers(int count, double centre, double spread) {
        double[] numbers = new double[count];
        Arrays.setAll(numbers, i -> centre + spread * random.nextGaussian());
        return numbers;
    }

    @Test
    void momentsEqualTwoExactPasses() {
        double[] values = numbers(5_000, 1e9, 0.5);
        Step scaler = scaler(ONE);
        scaler.partialFit(Toys.chunk(ONE, values));

        BigDecimal count = BigDecimal.valueOf(values.length);
        BigDecimal mean = Arrays.stream(values)
                .mapToObj(BigDecimal::new)
                .reduce(BigDecimal.ZERO, BigDecimal::add)
                .divide(count, MathContext.DECIMAL128);
        BigDecimal squares = Arrays.stream(values)
                .mapToObj(value -> new BigDecimal(value).subtract(mean).pow(2))
                .reduce(BigDecimal.ZERO, BigDecimal::add);
        State state = scaler.state();
        assertThat(state.number("standard-scaler.count")).isEqualTo(5_000);
        // Each of the n updates rounds the mean by up to half an ulp u, uniformly, and later rows shrink that error by
        // i / n. Its standard deviation is u * sqrt(n / 36), 1.4e-6 here; the tolerance is seven of them.
        assertThat(state.number("standard-scaler.mean"))
                .as("seed %d", seed)
                .isCloseTo(mean.doubleValue(), within(7 * Math.ulp(1e9) * Math.sqrt(5_000 / 36.0)));
        assertThat(state.number("standard-scaler.m2") / squares.doubleValue())
                .as("seed %d", seed)
                .isCloseTo(1, within(1e-6));
    }

    @Test
    void eachRowIsScaledByMomentsThatIncludeIt() {
        double[] values = numbers(50, -3, 2);
        Chunk out = fit(scaler(ONE), Toys.chunk(ONE, values));

        assertThat(Toys.cell(out, 0, 0)).isZero();
        for (int row = 1; row < values.length; row++) {
            double[] soFar = Arrays.copyOf(values, row + 1);
            double mean = Arrays.stream(soFar).average().orElseThrow();
            double deviation = Math.sqrt(new Variance(false).evaluate(soFar));
            assertThat(Toys.cell(out, row, 0))
                    .as("row %d of seed %d", row, seed)
                    .isCloseTo((values[row] - mean) / deviation, within(1e-9));
        }
    }

    @Test
    void weightsWeighTheMoments() {
        double[] values = numbers(20, 4, 3);
        double[] weights = new double[20];
        Arrays.setAll(weights, i -> i % 5 == 0 ? 0 : random.nextInt(5) + 0.5);
        Step scaler = scaler(ONE);
        scaler.partialFit(weighted(ONE, values, weights));

        double total = Arrays.stream(weights).sum();
        double mean = 0;
        for (int i = 0; i < 20; i++) {
            mean += values[i] * weights[i] / total;
        }
        double m2 = 0;
        for (int i = 0; i < 20; i++) {
            m2 += weights[i] * (values[i] - mean) * (values[i] - mean);
        }
        assertThat(scaler.state().number("standard-scaler.count")).isEqualTo(total);
        assertThat(scaler.state().number("standard-scaler.mean")).isCloseTo(mean, within(1e-12));
        assertThat(scaler.state().number("standard-scaler.m2"))
                .as("seed %d", seed)
                .isCloseTo(m2, within(1e-10));
    }

    @Test
    void aRowOfWeightZeroIsScaledButNotCounted() {
        Step scaler = scaler(ONE);
        Chunk out = fit(scaler, weighted(ONE, new double[] {1, 10, 3}, 1, 0, 1));

        assertThat(Toys.cell(out, 1, 0)).isEqualTo(9);
        assertThat(Toys.cell(out, 2, 0)).isEqualTo(1);
        assertThat(scaler.state().number("standard-scaler.count")).isEqualTo(2);
        assertThat(scaler.rowsSeen()).isEqualTo(3);
    }

    @Test
    void aMissingValueBecomesZeroWhichIsTheMeanAndIsNotCounted() {
        Step scaler = scaler(Schema.numeric(2, Target.none()));
        Chunk out = fit(scaler, Toys.chunk(scaler.schema(), 1, 10, Double.NaN, 20, 3, Double.NaN, Double.NaN, 10));

        assertThat(scaler.state().doubles("standard-scaler.count", 2)).containsExactly(2, 3);
        assertThat(scaler.state().doubles("standard-scaler.mean", 2)[0]).isEqualTo(2);
        assertThat(Toys.cell(out, 1, 0)).isZero();
        assertThat(Toys.cell(out, 1, 1)).isEqualTo(1);
        assertThat(Toys.cell(out, 2, 0)).isEqualTo(1);
        assertThat(Toys.cell(out, 2, 1)).isZero();
    }

    @Test
    void aMissingValueIsTheMeanOfTheRowsBeforeWhereTheMeanIsNotSubtracted() {
        double[] values = {Double.NaN, 4, 8, Double.NaN, 6, Double.NaN};
        Step filling = scaler(ONE, "with-mean=false", "with-std=false");
        Step dividing = scaler(ONE, "with-mean=false");
        Chunk filled = fit(filling, Toys.chunk(ONE, values));
        Chunk divided = fit(dividing, Toys.chunk(ONE, values));

        double[] expected = {0, 4, 8, 6, 6, 6};
        for (int row = 0; row < expected.length; row++) {
            assertThat(Toys.cell(filled, row, 0)).as("row %d", row).isEqualTo(expected[row]);
        }
        assertThat(Toys.cell(divided, 3, 0)).isEqualTo(6 / Math.sqrt(4));
        assertThat(Toys.cell(divided, 5, 0)).isEqualTo(6 / Math.sqrt(8 / 3.0));
        // A stored one fills by the mean that it holds.
        fit(filling, Toys.chunk(ONE, 22));
        for (Transformer model : List.of(filling.view(), filling.snapshot())) {
            assertThat(transformed(model, Toys.chunk(ONE, Double.NaN, 1)))
                    .containsExactly(Double.doubleToRawLongBits(10), Double.doubleToRawLongBits(1));
        }
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 7, 0.1, 1e15, -1e-300})
    void aConstantColumnIsDividedByOne(double value) {
        double[] values = new double[1_000];
        Arrays.fill(values, value);
        Step scaler = scaler(ONE, "with-mean=false");
        Chunk out = fit(scaler, Toys.chunk(ONE, values));

        assertThat(Toys.cell(out, 999, 0)).isEqualTo(value);
    }

    @Test
    void roundingErrorsAreNotTakenForVariance() {
        // 0.1 + 0.2 and 0.3 differ in the last bit; by scikit-learn's test that is a constant.
        Step scaler = scaler(ONE);
        Chunk out = fit(scaler, Toys.chunk(ONE, 0.3, 0.1 + 0.2, 0.3, 0.1 + 0.2));

        assertThat(Math.abs(Toys.cell(out, 3, 0))).isLessThan(1e-15);
    }

    @Test
    void meanOrDeviationCanBeLeftOut() {
        double[] values = {1, 5, 3, 7};
        Chunk both = fit(scaler(ONE), Toys.chunk(ONE, values));
        Chunk centred = fit(scaler(ONE, "with_std=false"), Toys.chunk(ONE, values));
        Chunk divided = fit(scaler(ONE, "with_mean=false"), Toys.chunk(ONE, values));

        assertThat(Toys.cell(centred, 3, 0)).isEqualTo(3);
        assertThat(Toys.cell(divided, 3, 0)).isEqualTo(7 / Math.sqrt(5));
        assertThat(Toys.cell(both, 3, 0)).isEqualTo(3 / Math.sqrt(5));
    }

    /** Rows of {@link #MIXED}, some with a missing or absent value, or all complete. */
    private ChunkBuffer mixed(int rows, boolean complete, boolean weighted) {
        ChunkBuffer buffer = new ChunkBuffer(MIXED, rows);
        for (int row = 0; row < rows; row++) {
            buffer.beginRow();
            for (int column : new int[] {0, 1, 2, 3, 4}) {
                boolean numeric = column < 2 || column == 4;
                if (numeric && !complete && random.nextInt(6) == 0) {
                    buffer.put(column, Double.NaN);
                } else if (random.nextInt(6) > 0) {
                    buffer.put(column, column + random.nextGaussian());
                }
            }
            buffer.put(5 + random.nextInt(8), 1);
            if (weighted && random.nextInt(3) == 0) {
                buffer.weight(random.nextInt(3));
            }
            buffer.endRow();
        }
        return buffer;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64, 299})
    void anyChunkingGivesTheSameBits(int chunkRows) {
        for (int way = 0; way < 4; way++) {
            boolean weighted = way % 2 == 1;
            // Clips a twentieth of the values, in the second case.
            String[] settings = way < 2 ? new String[0] : new String[] {"clip=2", "half-life=150"};
            // A complete stretch between two others, so that both code paths of a row occur.
            ChunkBuffer rows = new ChunkBuffer(MIXED, 900);
            for (boolean complete : new boolean[] {true, false, true}) {
                rows.append(mixed(300, complete, weighted).chunk(), 0, 300);
            }
            Step whole = scaler(MIXED, settings);
            List<Long> expected = Toys.bits(fit(whole, rows.chunk()));
            Step cut = scaler(MIXED, settings);
            List<Long> found = new ArrayList<>();
            for (int from = 0; from < 900; from += chunkRows) {
                found.addAll(Toys.bits(fit(cut, rows.chunk().slice(from, Math.min(900, from + chunkRows)))));
            }

            assertThat(found).as("seed %d", seed).isEqualTo(expected);
            assertThat(cut.state()).isEqualTo(whole.state());
        }
    }

    @Test
    void fittingAloneGivesTheSameMomentsAsFittingAndTransforming() {
        Chunk rows = mixed(100, false, true).chunk();
        Step fitted = scaler(MIXED);
        fitted.partialFit(rows);
        Step both = scaler(MIXED);
        fit(both, rows);

        assertThat(fitted.state()).isEqualTo(both.state());
    }

    @Test
    void denseAndSparseRowsGiveTheSameBits() {
        SparseChunk sparse = (SparseChunk) mixed(200, false, false).chunk();
        double[] values = new double[200 * MIXED.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Toys.cell(sparse, i / MIXED.width(), i % MIXED.width());
        }
        DenseChunk dense = new DenseChunk(MIXED, values, new double[0], new double[0], List.of());
        Step one = scaler(MIXED);
        Step other = scaler(MIXED);

        assertThat(Toys.bits(fit(one, dense))).as("seed %d", seed).isEqualTo(Toys.bits(fit(other, sparse)));
        assertThat(one.state()).isEqualTo(other.state());
    }

    @Test
    void sparseRowsOfADenseSchemaAreTaken() {
        Schema schema = Schema.numeric(3, Target.none());
        SparseChunk sparse = new SparseChunk(
                schema,
                new int[] {0, 1, 3},
                new int[] {1, 0, 2},
                new double[] {4, 5, 6},
                new double[0],
                new double[0],
                List.of());
        DenseChunk dense = Toys.chunk(schema, 0, 4, 0, 5, 0, 6);

        assertThat(Toys.bits(fit(scaler(schema), sparse))).isEqualTo(Toys.bits(fit(scaler(schema), dense)));
    }

    @Test
    void oneWrongValueDoesNotFlattenAColumn() {
        double[] values = numbers(2_000, 5, 1);
        values[1_000] = 1e20;
        values[1_500] = -Double.MAX_VALUE;
        for (double unit : new double[] {1, 1e-6, 1e6}) {
            double[] inUnits = Arrays.stream(values).map(v -> v * unit).toArray();
            inUnits[1_500] = values[1_500];
            Step scaler = scaler(ONE);
            Chunk out = fit(scaler, Toys.chunk(ONE, inUnits));

            assertThat(Toys.cell(out, 1_000, 0)).isEqualTo(10);
            assertThat(Toys.cell(out, 1_500, 0)).isEqualTo(-10);
            for (int row = 100; row < 2_000; row++) {
                if (row != 1_000 && row != 1_500) {
                    assertThat(Toys.cell(out, row, 0))
                            .as("row %d of seed %d", row, seed)
                            .isCloseTo(values[row] - 5, within(1.5));
                }
            }
            assertThat(Double.longBitsToDouble(
                            transformed(scaler.view(), Toys.chunk(ONE, 1e20)).get(0)))
                    .isEqualTo(10);
        }
    }

    @Test
    void aValueBeyondMovesTheMomentsByTheClippedOne() {
        double[] values = numbers(200, 5, 2);
        Step scaler = scaler(ONE, "clip=4");
        scaler.partialFit(Toys.chunk(ONE, values));
        double mean = Arrays.stream(values).average().orElseThrow();
        double deviation = Math.sqrt(new Variance(false).evaluate(values));
        double[] more = Arrays.copyOf(values, 201);
        more[200] = mean - 4 * deviation;
        Step expected = scaler(ONE, "clip=0");
        expected.partialFit(Toys.chunk(ONE, more));
        scaler.partialFit(Toys.chunk(ONE, -1e9));

        for (String tensor : List.of("count", "mean", "m2")) {
            assertThat(scaler.state().number("standard-scaler." + tensor))
                    .isCloseTo(expected.state().number("standard-scaler." + tensor), within(1e-9));
        }
    }

    @Test
    void momentsAreNotClippedByFewRowsNorByAConstant() {
        double[] values = numbers(90, 0, 1);
        values[89] = 1e6;
        double[] constant = new double[300];
        Arrays.fill(constant, 0.1);
        constant[299] = 1e6;
        for (double[] rows : List.of(values, constant)) {
            Step scaler = scaler(ONE);
            Step never = scaler(ONE, "clip=0");
            scaler.partialFit(Toys.chunk(ONE, rows));
            never.partialFit(Toys.chunk(ONE, rows));

            assertThat(scaler.state()).isEqualTo(never.state());
        }
    }

    @Test
    void clippingMeansTheSameDistanceWithoutMeanOrDeviation() {
        double[] values = numbers(500, 100, 2);
        values[499] = 1e9;
        Chunk both = fit(scaler(ONE), Toys.chunk(ONE, values));
        Chunk centred = fit(scaler(ONE, "with-std=false"), Toys.chunk(ONE, values));
        Step dividing = scaler(ONE, "with-mean=false");
        Chunk divided = fit(dividing, Toys.chunk(ONE, values));
        State state = dividing.state();
        double mean = state.number("standard-scaler.mean");
        double deviation = Math.sqrt(state.number("standard-scaler.m2") / 500);

        assertThat(Toys.cell(both, 499, 0)).isEqualTo(10);
        assertThat(Toys.cell(centred, 499, 0)).isCloseTo(10 * deviation, within(1e-9));
        assertThat(Toys.cell(divided, 499, 0)).isCloseTo(mean / deviation + 10, within(1e-9));
        assertThat(Toys.cell(divided, 400, 0)).as("not beyond").isGreaterThan(10);
    }

    @Test
    void rowsAreForgottenByHalfLives() {
        double[] values = numbers(400, 3, 2);
        Step scaler = scaler(ONE, "half-life=50", "clip=0");
        scaler.partialFit(Toys.chunk(ONE, values));
        double[] weights = new double[400];
        Arrays.setAll(weights, i -> Math.pow(0.5, (399 - i) / 50.0));
        Step weighted = scaler(ONE, "clip=0");
        weighted.partialFit(weighted(ONE, values, weights));

        for (String tensor : List.of("count", "mean", "m2")) {
            double expected = weighted.state().number("standard-scaler." + tensor);
            assertThat(scaler.state().number("standard-scaler." + tensor))
                    .as("seed %d", seed)
                    .isCloseTo(expected, within(1e-10 * Math.abs(expected)));
        }
    }

    @Test
    void aChangedColumnIsScaledAnewWithinHalfLives() {
        double[] before = numbers(20_000, 0, 1);
        double[] after = numbers(5_000, 1_000, 10);
        Step scaler = scaler(ONE, "half-life=500");
        scaler.partialFit(Toys.chunk(ONE, before));
        scaler.partialFit(Toys.chunk(ONE, after));
        State state = scaler.state();

        assertThat(state.number("standard-scaler.mean")).isCloseTo(1_000, within(5.0));
        assertThat(Math.sqrt(state.number("standard-scaler.m2") / state.number("standard-scaler.count")))
                .isBetween(5.0, 40.0);
    }

    @Test
    void everythingButNumericColumnsPassesThrough() {
        Chunk in = mixed(30, false, true).chunk();
        ChunkBuffer buffer = new ChunkBuffer(MIXED, 30);
        scaler(MIXED).partialFitTransform(in, buffer);
        SparseChunk out = (SparseChunk) buffer.chunk();

        for (int row = 0; row < 30; row++) {
            assertThat(out.weight(row)).isEqualTo(in.weight(row));
            for (int column : new int[] {2, 3, 5, 6, 7, 8, 9, 10, 11, 12}) {
                assertThat(Toys.cell(out, row, column)).isEqualTo(Toys.cell(in, row, column));
            }
            assertThat(Arrays.copyOfRange(out.indices(), out.start(row), out.end(row)))
                    .as("numeric columns are all written")
                    .contains(0, 1, 4)
                    .isSorted();
        }
    }

    @Test
    void targetsAndClassesPassThrough() {
        Schema schema = Schema.numeric(1, Target.categorical("y", List.of("no")));
        Chunk out = fit(
                scaler(schema),
                new DenseChunk(schema, new double[] {1, 2}, new double[] {1, 0}, new double[0], List.of("no", "yes")));

        assertThat(out.target(0)).isEqualTo(1);
        assertThat(out.classes()).containsExactly("no", "yes");
    }

    @Test
    void theChunkIsNotWritten() {
        double[] values = {1, Double.NaN, 3};
        fit(scaler(ONE), Toys.chunk(ONE, values));

        assertThat(values).containsExactly(1, Double.NaN, 3);
    }

    @Test
    void undoTakesBackTheLastCallToTheBit() {
        Step scaler = scaler(MIXED);
        fit(scaler, mixed(20, false, true).chunk());
        State before = scaler.state();
        fit(scaler, mixed(20, true, true).chunk());
        scaler.undo();

        assertThat(scaler.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void anInfiniteValueIsRefusedByNameAndChangesNothing(double value) {
        Schema schema = Schema.numeric(2, Target.none());
        Step scaler = scaler(schema);
        fit(scaler, Toys.chunk(schema, 1, 2));
        State before = scaler.state();

        assertThatThrownBy(() -> fit(scaler, Toys.chunk(schema, 1, 2, 3, value)))
                .isInstanceOfSatisfying(AccreteException.class, e -> {
                    assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA);
                    assertThat(e.chunkRow()).hasValue(1);
                    assertThat(e).hasMessageContaining("'x1'").hasMessageContaining("" + value);
                });
        assertThat(scaler.state()).isEqualTo(before);
        assertThatThrownBy(() -> scaler.view().transform(Toys.chunk(schema, 3, value), new ChunkBuffer(schema, 1)))
                .hasMessageContaining("'x1'");
    }

    @Test
    void anInfiniteValueInASparseRowIsRefusedByName() {
        ChunkBuffer rows = new ChunkBuffer(MIXED, 2);
        rows.beginRow();
        rows.endRow();
        rows.beginRow();
        rows.put(4, Double.NEGATIVE_INFINITY);
        rows.endRow();

        assertThatThrownBy(() -> fit(scaler(MIXED), rows.chunk())).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.chunkRow()).hasValue(1);
            assertThat(e).hasMessageContaining("'b'");
        });
    }

    @Test
    void valuesThatWouldOverflowTheVarianceAreRefusedAndChangeNothing() {
        Schema schema = Schema.numeric(2, Target.none());
        Step scaler = scaler(schema);
        fit(scaler, Toys.chunk(schema, 1, 2, 3, 4));
        State before = scaler.state();

        assertThatThrownBy(() -> fit(scaler, Toys.chunk(schema, 5, 6, 7, 1e200)))
                .hasMessageContaining("'x1'")
                .hasMessageContaining("too large");
        assertThat(scaler.state()).isEqualTo(before);
        assertThatThrownBy(() -> scaler.partialFit(Toys.chunk(schema, -1e308, 6, 1.7e308, 6)))
                .hasMessageContaining("'x0'");
        assertThat(scaler.state()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(doubles = {-1, Double.NaN, Double.POSITIVE_INFINITY})
    void aWeightThatIsNoneIsRefused(double weight) {
        Step scaler = scaler(ONE);

        assertThatThrownBy(() -> fit(scaler, weighted(ONE, new double[] {1, 2}, 1, weight)))
                .hasMessageContaining("weight must be finite and >= 0");
        assertThat(scaler.rowsSeen()).isZero();
    }

    @Test
    void aBufferThatIsTooSmallIsRefusedAndChangesNothing() {
        Step scaler = scaler(ONE);

        assertThatThrownBy(() -> scaler.partialFitTransform(Toys.chunk(ONE, 1, 2, 3), new ChunkBuffer(ONE, 2)))
                .hasMessageContaining("capacity must be >= 3");
        assertThat(scaler.state()).isEqualTo(scaler(ONE).state());
    }

    @Test
    void anotherSchemaIsRefused() {
        Chunk other = Toys.chunk(Schema.numeric(2, Target.none()), 1, 2);
        Step scaler = scaler(ONE);

        assertThatThrownBy(() -> scaler.partialFit(other)).hasMessageContaining("2 features");
        assertThatThrownBy(() -> scaler.snapshot().transform(other, new ChunkBuffer(ONE, 1)))
                .hasMessageContaining("2 features");
    }

    @Test
    void viewAndSnapshotScaleByTheMomentsSoFar() {
        Step scaler = scaler(MIXED);
        fit(scaler, mixed(50, false, false).chunk());
        Chunk rows = mixed(20, false, false).chunk();
        Transformer snapshot = scaler.snapshot();

        List<Long> viewed = transformed(scaler.view(), rows);
        assertThat(transformed(snapshot, rows)).isEqualTo(viewed);
        assertThat(snapshot.outputSchema()).isEqualTo(MIXED);
        fit(scaler, mixed(50, true, false).chunk());
        assertThat(transformed(snapshot, rows)).as("a snapshot does not move").isEqualTo(viewed);
        assertThat(transformed(scaler.view(), rows)).as("a view does").isNotEqualTo(viewed);
    }

    @Test
    void anUntrainedScalerChangesNothingButMissingValues() {
        Transformer untrained = scaler(ONE).snapshot();

        assertThat(transformed(untrained, Toys.chunk(ONE, 5, Double.NaN)))
                .containsExactly(Double.doubleToRawLongBits(5), 0L);
    }

    private static List<Long> transformed(Transformer model, Chunk chunk) {
        ChunkBuffer out = new ChunkBuffer(model.outputSchema(), chunk.rows());
        model.transform(chunk, out);
        return Toys.bits(out.chunk());
    }

    @Test
    void aRestoredScalerGoesOnToTheSameBits() {
        Step straight = scaler(MIXED);
        fit(straight, mixed(50, false, true).chunk());
        Step restored = PROVIDER.restore(MIXED, Params.of(PROVIDER.params()), straight.state());
        Chunk more = mixed(50, true, true).chunk();

        assertThat(Toys.bits(fit(restored, more))).isEqualTo(Toys.bits(fit(straight, more)));
        assertThat(restored.state()).isEqualTo(straight.state());
    }

    @Test
    void damagedMomentsAreNotRestored() {
        State damaged = State.builder()
                .number("standard-scaler.count", 3)
                .number("standard-scaler.mean", Double.NaN)
                .number("standard-scaler.m2", 1)
                .whole("standard-scaler.rows_seen", 3)
                .build();

        assertThatThrownBy(() -> PROVIDER.restore(ONE, Params.of(PROVIDER.params()), damaged))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE))
                .hasMessageContaining("'x0'");
    }

    @Test
    void aSchemaWithoutNumericColumnsIsFine() {
        Schema hot = new Schema(List.of(new Block("hot", Block.Kind.ONE_HOT, 4)), Target.none());
        ChunkBuffer rows = new ChunkBuffer(hot, 1);
        rows.beginRow();
        rows.put(2, 1);
        rows.endRow();

        assertThat(Toys.bits(fit(scaler(hot), rows.chunk()))).isEqualTo(Toys.bits(rows.chunk()));
        assertThat(PROVIDER.memoryBytes(hot, Params.of(PROVIDER.params()))).isZero();
    }

    @Test
    void momentsOfWeightsThatDwarfThoseBeforeCanBeRestored() {
        Schema two = Schema.numeric(2, Target.none());
        for (double missing : new double[] {1, Double.NaN}) {
            Step scaler = scaler(two);
            scaler.partialFit(weighted(two, new double[] {84.7, missing, 31.3, 1}, 1e-17, 1));
            assertThat(scaler.state().doubles("standard-scaler.m2", 2)[0]).isZero();
            Step restored = PROVIDER.restore(two, Params.of(PROVIDER.params()), scaler.state());
            assertThat(restored.state()).isEqualTo(scaler.state());
        }
    }

    @Test
    void mergedPartsHaveTheMomentsOfAllRows() {
        for (double offset : new double[] {0, 1e9}) {
            int rows = 400;
            double[] values = new double[rows * MIXED.width()];
            double[] weights = new double[rows];
            for (int i = 0; i < rows; i++) {
                // The second column never varies; the third is missing in the first half of the rows.
                values[i * MIXED.width()] = offset + random.nextGaussian() * (1 + i % 3);
                values[i * MIXED.width() + 1] = 7;
                values[i * MIXED.width() + 4] = i < rows / 2 ? Double.NaN : 3 * random.nextGaussian() - 1;
                weights[i] = random.nextInt(4) == 0 ? 0 : random.nextDouble() * 3;
            }
            // Not clipped: what is far away depends on the rows before, which parts have fewer of.
            Chunk all = weighted(MIXED, values, weights);
            Step whole = scaler(MIXED, "clip=0");
            whole.partialFit(all);
            StandardScaler merged = (StandardScaler) scaler(MIXED, "clip=0");
            for (int from = 0; from < rows; ) {
                int to = Math.min(rows, from + 1 + random.nextInt(150));
                Step part = scaler(MIXED, "clip=0");
                part.partialFit(all.slice(from, to));
                merged.merge(part);
                from = to;
            }
            double[] scale = merged.snapshot().scaling().scale();
            double[] expected = ((StandardScaler) whole).snapshot().scaling().scale();
            double[] centre = merged.snapshot().scaling().centre();
            double[] mean = ((StandardScaler) whole).snapshot().scaling().centre();
            assertThat(scale[1]).isEqualTo(1);
            assertThat(scale).hasSize(MIXED.width());
            for (int j = 0; j < scale.length; j++) {
                assertThat(scale[j])
                        .as("scale of column %s, seed %s", j, seed)
                        .isCloseTo(expected[j], within(1e-12 * expected[j] + 1e-15 * offset));
                assertThat(centre[j])
                        .as("centre of column %s, seed %s", j, seed)
                        .isCloseTo(mean[j], within(1e-12 * Math.max(1, Math.abs(mean[j]))));
            }
            assertThat(merged.rowsSeen()).isEqualTo(rows);
        }
    }

    @Test
    void whoTakesInWhomMakesNoDifferenceToTheBits() {
        for (int times = 0; times < 50; times++) {
            StandardScaler a = (StandardScaler) scaler(ONE);
            StandardScaler b = (StandardScaler) scaler(ONE);
            int rows = 1 + random.nextInt(5);
            for (int i = 0; i < rows; i++) {
                a.partialFit(weighted(ONE, new double[] {random.nextGaussian() + 1e6}, random.nextDouble()));
                b.partialFit(
                        weighted(ONE, new double[] {random.nextGaussian()}, times % 2 == 0 ? 1 : random.nextDouble()));
            }
            State before = b.state();
            StandardScaler again = (StandardScaler) PROVIDER.restore(ONE, Params.of(PROVIDER.params()), a.state());
            a.merge(b);
            assertThat(b.state()).isEqualTo(before);
            b.merge(again);
            assertThat(a.state()).as("seed %s", seed).isEqualTo(b.state());
        }
    }

    @Test
    void momentsThatWouldOverflowAreNotMerged() {
        StandardScaler a = (StandardScaler) scaler(ONE);
        StandardScaler b = (StandardScaler) scaler(ONE);
        a.partialFit(Toys.chunk(ONE, 1e200));
        b.partialFit(Toys.chunk(ONE, -1e200));
        State before = a.state();
        assertThatThrownBy(() -> a.merge(b))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE))
                .hasMessageContaining("column 'x0'");
        assertThat(a.state()).isEqualTo(before);
        assertThat(a.rowsSeen()).isEqualTo(1);
    }

    @Test
    void columnThatOnlyOneHasSeenIsTheOthers() {
        Schema two = Schema.numeric(2, Target.none());
        StandardScaler a = (StandardScaler) scaler(two);
        StandardScaler b = (StandardScaler) scaler(two);
        a.partialFit(Toys.chunk(two, 1, Double.NaN, 3, Double.NaN));
        b.partialFit(Toys.chunk(two, Double.NaN, 10, Double.NaN, 14));
        a.merge(b);
        assertThat(a.snapshot().scaling().centre()).containsExactly(2, 12);
        assertThat(a.snapshot().scaling().scale()).containsExactly(1, 2);
    }

    // --- attributes of scikit-learn

    private static Step begun(Schema schema, State attributes) {
        return PROVIDER.createWithWeights(schema, Params.parse(PROVIDER.params(), Map.of()), attributes, true);
    }

    /** The first column lacks a value, so counts differ; columns that are not numeric have no part in it. */
    @Test
    void attributesOfScikitLearnAreTheMoments() {
        State attributes = State.builder()
                .doubles("mean_", new double[] {2, 12, 0.5, 0.5, -1})
                .doubles("var_", new double[] {4, 0, 0.1, 0.1, 2.25})
                .longs("n_samples_seen_", new long[] {7, 8, 8, 8, 8})
                .build();
        Schema schema = new Schema(MIXED.blocks().subList(0, 3), Target.none());
        StandardScaler scaler = (StandardScaler) begun(schema, attributes);
        assertThat(scaler.snapshot().scaling().centre()).containsExactly(2, 12, 0, 0, -1);
        assertThat(scaler.snapshot().scaling().scale()).containsExactly(2, 1, 1, 1, 1.5);
        assertThat(scaler.state().doubles("standard-scaler.count", 3)).containsExactly(7, 8, 8);
        assertThat(scaler.state().doubles("standard-scaler.m2", 3)).containsExactly(28, 0, 18);
        assertThat(begun(schema, scaler.state()).state()).isEqualTo(scaler.state());
    }

    @Test
    void attributesThatDoNotFitAreRefused() {
        State one = State.builder()
                .doubles("mean_", new double[] {2})
                .doubles("var_", new double[] {4})
                .whole("n_samples_seen_", 7)
                .build();
        Schema two = Schema.numeric(2, Target.none());
        State wrong = State.builder()
                .doubles("mean_", new double[] {1, 2, 3})
                .all(State.builder()
                        .number("var_", 1)
                        .whole("n_samples_seen_", 7)
                        .build())
                .build();
        State uncentred = State.builder().all(one).whole("with_mean", 0).build();
        State negative = State.builder()
                .doubles("mean_", new double[] {2})
                .doubles("var_", new double[] {-4})
                .whole("n_samples_seen_", 7)
                .build();
        Map<String, Runnable> refusals = Map.of(
                "'mean_' must have 2 numbers, one for each column, but is F64[3]", () -> begun(two, wrong),
                "but there is none",
                        () -> begun(ONE, State.builder().number("mean_", 1).build()),
                "with-mean must be false with these weights but was true", () -> begun(ONE, uncentred),
                "column 'x0' must be finite and not negative", () -> begun(ONE, negative));
        refusals.forEach((message, call) -> assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT))
                .hasMessageContaining(message));
    }
}
