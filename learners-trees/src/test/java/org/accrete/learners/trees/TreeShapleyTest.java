package org.accrete.learners.trees;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Compares contributions with Shapley values by their definition, over all subsets of the features. */
@ExtendWith(RunSeed.class)
class TreeShapleyTest {
    private static final Schema SCHEMA = new Schema(
            List.of(
                    new Block("a", Block.Kind.NUMERIC, 4),
                    new Block("b", Block.Kind.ONE_HOT, 6),
                    new Block("c", Block.Kind.NUMERIC, 1)),
            Target.numeric("y"));
    private static final int FEATURES = 6;

    private final SeededRandom random = RunSeed.random("trees");
    private final Features features = new Features(SCHEMA);

    private Nodes tree(int splits) {
        Nodes nodes = new Nodes(features);
        for (int i = 0; i < splits; i++) {
            int leaf;
            do {
                // One of the last nodes, so that trees are deep and ask for a feature again.
                leaf = nodes.size - 1 - random.nextInt(Math.min(4, nodes.size));
            } while (nodes.feature[leaf] >= 0);
            int feature = random.nextInt(FEATURES);
            boolean isNumber = feature < features.numbers;
            nodes.split(
                    leaf,
                    feature,
                    isNumber ? random.nextDouble() : 6,
                    isNumber ? new long[0] : new long[] {random.nextInt(64)},
                    random.nextInt(2) == 0);
        }
        return nodes;
    }

    private Rows row() {
        Rows rows = new Rows(features, 1);
        for (int j = 0; j < features.numbers; j++) {
            rows.numbers[j] = random.nextInt(8) == 0 ? Double.NaN : random.nextDouble();
        }
        rows.values[0] = random.nextInt(7) - 1;
        return rows;
    }

    /** The value when some features are known: others follow both children. */
    private static double value(Nodes nodes, double[] weights, double[] values, Rows row, int known, int node) {
        int feature = nodes.feature[node];
        if (feature < 0) {
            return values[node];
        }
        if ((known >> feature & 1) != 0) {
            return value(nodes, weights, values, row, known, nodes.next(node, row.numbers, 0, row.values, 0));
        }
        double left = weights[nodes.left[node]];
        double share = weights[node] > 0 ? left / weights[node] : 0.5;
        return share * value(nodes, weights, values, row, known, nodes.left[node])
                + (1 - share) * value(nodes, weights, values, row, known, nodes.right[node]);
    }

    private static double[] shapley(Nodes nodes, double[] weights, double[] values, Rows row) {
        double[] factorial = {1, 1, 2, 6, 24, 120, 720};
        double[] shapley = new double[FEATURES];
        for (int known = 0; known < 1 << FEATURES; known++) {
            int size = Integer.bitCount(known);
            for (int feature = 0; feature < FEATURES; feature++) {
                if ((known >> feature & 1) == 0) {
                    shapley[feature] += factorial[size]
                            * factorial[FEATURES - size - 1]
                            / factorial[FEATURES]
                            * (value(nodes, weights, values, row, known | 1 << feature, 0)
                                    - value(nodes, weights, values, row, known, 0));
                }
            }
        }
        return shapley;
    }

    @Test
    void contributionsAreShapleyValues() {
        for (int times = 0; times < 200; times++) {
            Nodes nodes = tree(random.nextInt(25));
            double[] leafWeights = new double[nodes.size];
            double[] values = new double[nodes.size];
            for (int node = 0; node < nodes.size; node++) {
                // Some leaves have no rows.
                leafWeights[node] = random.nextInt(4) == 0 ? 0 : random.nextDouble();
                values[node] = random.nextGaussian();
            }
            double[] weights = TreeShapley.sums(nodes, leaf -> leafWeights[leaf]);
            Rows row = row();
            double[] found = new double[FEATURES];
            double base = new TreeShapley(features, row, 0)
                    .add(nodes, leaf -> leafWeights[leaf], leaf -> values[leaf], 2, found);
            double[] expected = shapley(nodes, weights, values, row);
            for (int feature = 0; feature < FEATURES; feature++) {
                assertThat(found[feature])
                        .as("feature %s of tree %s of %s nodes", feature, times, nodes.size)
                        .isCloseTo(2 * expected[feature], offset(1e-10));
            }
            assertThat(base).isCloseTo(2 * value(nodes, weights, values, row, 0, 0), offset(1e-12));
            assertThat(base + Arrays.stream(found).sum())
                    .isCloseTo(2 * values[nodes.find(row.numbers, 0, row.values, 0)], offset(1e-10));
        }
    }

    /** One explainer serves trees of any depth, one after the other. */
    @Test
    void deepAndShallowTreesFollowEachOther() {
        Rows row = row();
        TreeShapley shapley = new TreeShapley(features, row, 0);
        for (int splits : new int[] {1, 40, 2, 60, 0}) {
            Nodes nodes = tree(splits);
            double[] found = new double[FEATURES];
            double base = shapley.add(nodes, leaf -> 1 + leaf, leaf -> leaf, 1, found);
            assertThat(base + Arrays.stream(found).sum())
                    .as("%s splits", splits)
                    .isCloseTo(nodes.find(row.numbers, 0, row.values, 0), offset(1e-8));
        }
    }

    @Test
    void gaussLegendreIsExactForPolynomials() {
        for (int points = 1; points <= 40; points++) {
            double[] t = new double[points];
            double[] weights = new double[points];
            TreeShapley.gaussLegendre(t, weights);
            for (int power = 0; power < 2 * points; power++) {
                double integral = 0;
                for (int q = 0; q < points; q++) {
                    integral += weights[q] * StrictMath.pow(t[q], power);
                }
                assertThat(integral).as("t^%s by %s points", power, points).isCloseTo(1.0 / (power + 1), offset(1e-13));
            }
        }
    }

    @Test
    void gainsAreWhatSplitsTakeFromTheImpurity() {
        Nodes nodes = new Nodes(features);
        int right = nodes.split(0, 1, 0.5, new long[0], true) + 1;
        nodes.split(right, 3, 0.5, new long[0], true);
        // The root, its children, the children of the right one.
        double[] impurity = {10, 1, 4, 2, 1};
        double[] shares = new double[FEATURES];
        assertThat(SplitGains.add(nodes, FEATURES, node -> impurity[node], 0.5, shares))
                .isEqualTo(0.5);
        assertThat(shares).containsExactly(new double[] {0, 0.5 * 5 / 6, 0, 0.5 / 6, 0, 0}, offset(1e-15));
        assertThat(SplitGains.add(new Nodes(features), FEATURES, node -> 1, 1, shares))
                .isZero();
    }
}
