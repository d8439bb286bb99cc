package org.accrete.core.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.param.Params;
import org.accrete.core.Toys;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class QuantileScalerTest {
    private static final QuantileScalerProvider PROVIDER = new QuantileScalerProvider();
    private static final Schema ONE = Schema.numeric(1, Target.none());

    private final long seed = Long.getLong("accrete.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private static QuantileScaler scaler(String... settings) {
        Map<String, String> given = new HashMap<>();
        for (String setting : settings) {
            given.put(setting.split("=")[0], setting.split("=")[1]);
        }
        return (QuantileScaler) PROVIDER.create(ONE, Params.parse(PROVIDER.params(), given));
    }

    private static Chunk fit(QuantileScaler scaler, Chunk chunk) {
        ChunkBuffer out = new ChunkBuffer(ONE, chunk.rows());
        scaler.partialFitTransform(chunk, out);
        return out.chunk();
    }

    private static double[] transformed(QuantileScaler scaler, double... values) {
        ChunkBuffer out = new ChunkBuffer(ONE, values.length);
        scaler.snapshot().transform(Toys.chunk(ONE, values), out);
        double[] found = new double[values.length];
        Arrays.setAll(found, row -> Toys.cell(out.chunk(), row, 0));
        return found;
    }

    /** In which order values of some distribution come. */
    enum Order {
        RANDOM,
        ASCENDING,
        DESCENDING,
        INWARDS,
        OUTWARDS,
        SORTED_BLOCKS,
        DRIFTING,
        HEAVY_TAILS,
        MANY_TIES,
        EIGHT_VALUES;

        double[] values(int count, Random random) {
            IntToDoubleFunction value = switch (this) {
                case RANDOM -> i -> random.nextGaussian();
                case ASCENDING -> i -> i;
                case DESCENDING -> i -> -i;
                case INWARDS -> i -> i % 2 == 0 ? i : 2 * count - i;
                case OUTWARDS -> i -> i % 2 == 0 ? i : -i;
                case SORTED_BLOCKS -> i -> i % 1_000 + 1e-6 * i;
                case DRIFTING -> i -> random.nextGaussian() + 1e-4 * i;
                case HEAVY_TAILS -> i -> Math.tan(Math.PI * (random.nextDouble() - 0.5));
                case MANY_TIES -> i -> Math.rint(random.nextGaussian() * 500);
                case EIGHT_VALUES -> i -> random.nextInt(8);
            };
            double[] values = new double[count];
            Arrays.setAll(values, value);
            return values;
        }
    }

    /** How far the share of a value is from the exact ones of smaller values and of values up to it. */
    private static double error(double share, double x, double[] sorted, double[] cumulated) {
        int below = Arrays.binarySearch(sorted, x);
        below = below < 0 ? -below - 1 : below;
        while (below > 0 && sorted[below - 1] == x) {
            below--;
        }
        int upTo = below;
        while (upTo < sorted.length && sorted[upTo] == x) {
            upTo++;
        }
        double total = cumulated[sorted.length];
        return Math.max(0, Math.max(cumulated[below] / total - share, share - cumulated[upTo] / total));
    }

    private double worst(QuantileScaler scaler, double[] values, double[] weights) {
        Integer[] order = new Integer[values.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(values[a], values[b]));
        double[] sorted = new double[values.length];
        double[] cumulated = new double[values.length + 1];
        for (int i = 0; i < sorted.length; i++) {
            sorted[i] = values[order[i]];
            cumulated[i + 1] = cumulated[i] + weights[order[i]];
        }
        double[] asked = new double[2_000];
        Arrays.setAll(
                asked,
                i -> i % 2 == 0
                        ? values[random.nextInt(values.length)]
                        : (values[random.nextInt(values.length)] + values[random.nextInt(values.length)]) / 2);
        double[] shares = transformed(scaler, asked);
        double worst = 0;
        for (int i = 0; i < asked.length; i++) {
            worst = Math.max(worst, error(shares[i], asked[i], sorted, cumulated));
        }
        return worst;
    }

    @ParameterizedTest
    @EnumSource
    void sharesAreAsGoodAsPromised(Order order) {
        int rows = Integer.getInteger("accrete.rows", 12_000);
        for (int most : new int[] {50, 256}) {
            for (boolean weighted : new boolean[] {false, true}) {
                double[] values = order.values(rows, random);
                double[] weights = new double[rows];
                Arrays.setAll(weights, i -> weighted ? 3 * random.nextDouble() + 0.01 : 1);
                QuantileScaler scaler = scaler("n-quantiles=" + most);
                scaler.partialFit(new DenseChunk(ONE, values, new double[0], weights, List.of()));
                // Shares are not of the last rows yet.
                double late = 1.0 / 64;
                String what = order + " " + most + " " + weighted + ", seed " + seed;
                double worst = worst(scaler, values, weights);
                if (Boolean.getBoolean("accrete.print")) {
                    System.out.println(what + ": worst " + worst * most + " / n");
                }
                // Six standard errors, of the largest of many shares.
                assertThat(worst).as(what).isLessThanOrEqualTo(6 * 0.71 / most + late);
            }
        }
    }

    @Test
    void aColumnOfFewValuesIsExact() {
        QuantileScaler scaler = scaler("n-quantiles=10");
        double[] values = Order.EIGHT_VALUES.values(10_000, random);
        scaler.partialFit(Toys.chunk(ONE, Arrays.copyOf(values, 9_000)));
        double[] weights = new double[9_000];
        Arrays.fill(weights, 1);
        assertThat(worst(scaler, Arrays.copyOf(values, 9_000), weights))
                .as("seed %s", seed)
                .isLessThan(0.1);
    }

    @Test
    void theFirstRowsAreExact() {
        QuantileScaler scaler = scaler();
        double[] values = Order.RANDOM.values(128, random);
        Chunk out = fit(scaler, Toys.chunk(ONE, values));
        for (int row = 0; row < values.length; row++) {
            double x = values[row];
            double smaller = Arrays.stream(values, 0, row).filter(y -> y < x).count();
            assertThat(Toys.cell(out, row, 0))
                    .as("row %s, seed %s", row, seed)
                    .isCloseTo((smaller + 0.5) / (row + 1), within(1e-12));
        }
    }

    @Test
    void valuesBetweenAreOnAStraightLineAndThoseBeyondAtTheEnds() {
        QuantileScaler scaler = scaler();
        scaler.partialFit(Toys.chunk(ONE, 1, 1, 1, 3, 5, 5));
        assertThat(transformed(scaler, 0, 1, 2, 3, 4, 5, 6, Double.NaN))
                .containsExactly(1.5 / 6, 1.5 / 6, 2.5 / 6, 3.5 / 6, 4.25 / 6, 5.0 / 6, 5.0 / 6, 0.5);
    }

    @Test
    void weightsCountAsRows() {
        QuantileScaler weighted = scaler();
        weighted.partialFit(
                new DenseChunk(ONE, new double[] {1, 9, 2, 3}, new double[0], new double[] {3, 0, 2, 1}, List.of()));
        QuantileScaler repeated = scaler();
        repeated.partialFit(Toys.chunk(ONE, 1, 1, 1, 2, 2, 3));
        double[] asked = {0, 1, 1.5, 2, 2.5, 3, 9};
        assertThat(transformed(weighted, asked)).containsExactly(transformed(repeated, asked));
    }

    @Test
    void anyColumnBecomesNormal() {
        QuantileScaler scaler = scaler("output-distribution=normal");
        double[] values = Order.HEAVY_TAILS.values(20_000, random);
        Chunk out = fit(scaler, Toys.chunk(ONE, values));
        double sum = 0;
        double squares = 0;
        for (int row = 10_000; row < 20_000; row++) {
            sum += Toys.cell(out, row, 0);
            squares += Toys.cell(out, row, 0) * Toys.cell(out, row, 0);
        }
        // Six standard errors.
        assertThat(sum / 10_000).as("seed %s", seed).isCloseTo(0, within(0.06));
        assertThat(squares / 10_000).as("seed %s", seed).isCloseTo(1, within(0.1));
        // The ends are those of half a row among the rows so far.
        assertThat(transformed(scaler, -1e300, 1e300, Double.NaN))
                .containsExactly(new double[] {-4.05, 4.05, 0}, within(0.01));
    }

    @Test
    void normalQuantilesAreThoseOfAnotherLibrary() {
        NormalDistribution normal = new NormalDistribution();
        for (double p = 1e-7; p < 1; p += 1e-3) {
            assertThat(NormalQuantile.of(p))
                    .as("p %s", p)
                    .isCloseTo(normal.inverseCumulativeProbability(p), within(1e-9));
            assertThat(normal.cumulativeProbability(NormalQuantile.of(p))).isCloseTo(p, within(1e-13));
        }
        for (double p : new double[] {1e-300, 1e-20, 1e-12, 1e-7}) {
            assertThat(normal.cumulativeProbability(NormalQuantile.of(p)) / p)
                    .as("p %s", p)
                    .isCloseTo(1, within(1e-9));
        }
    }
}
