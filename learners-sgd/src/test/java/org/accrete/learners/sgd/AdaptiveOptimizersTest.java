package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.Stream;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.loss.Loss;
import org.accrete.learners.sgd.optimizer.OptimizerName;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The formulas of the optimizers, row by row, are what comes out: whatever the chunks, dense or sparse, stopped and
 * restored or not.
 */
@ExtendWith(RunSeed.class)
class AdaptiveOptimizersTest {
    /** Enough for three snapshots of the model of a mixture. */
    private static final int ROWS = 2200;

    private static final int WIDTH = 9;

    /**
     * One linear function with everything that any optimizer knows of it; the last of each array is the intercept's.
     */
    private static final class Function {
        final double[] w = new double[WIDTH + 1];
        /** Prior weights of the penalties. */
        final double[] from = new double[WIDTH + 1];
        /** Sum of squared gradients. */
        final double[] n = new double[WIDTH + 1];
        /** FTRL's sum. */
        final double[] z = new double[WIDTH + 1];

        Function opposite(double share) {
            Function other = new Function();
            for (int j = 0; j <= WIDTH; j++) {
                other.w[j] = share * w[j];
                other.from[j] = share * from[j];
                other.n[j] = n[j];
                other.z[j] = share * z[j];
            }
            return other;
        }
    }

    /**
     * The formulas of AdaGrad and FTRL-Proximal with nothing clever: real roots and quotients, one function after the
     * other.
     */
    static final class Oracle {
        final List<Function> functions = new ArrayList<>();
        private final Map<String, String> set;
        private final boolean classes;
        private final double[] mass = new double[100];

        Oracle(int functions, boolean classes, Map<String, String> set) {
            this.set = set;
            this.classes = classes;
            for (int c = 0; c < functions; c++) {
                this.functions.add(new Function());
            }
        }

        /** Starts from a function, which is the prior of the penalties. */
        void begin(int c, double[] weights, double intercept) {
            Function function = functions.get(c);
            System.arraycopy(weights, 0, function.w, 0, WIDTH);
            function.w[WIDTH] = input() == 0 ? 0 : intercept / input();
            System.arraycopy(function.w, 0, function.from, 0, WIDTH + 1);
        }

        private boolean is(String key, String value) {
            return value.equals(set.get(key));
        }

        private double real(String key) {
            return Double.parseDouble(set.get(key));
        }

        double[] coef() {
            return functions.stream()
                    .flatMapToDouble(f -> Arrays.stream(f.w, 0, WIDTH))
                    .toArray();
        }

        double[] intercepts() {
            return functions.stream().mapToDouble(f -> f.w[WIDTH] * input()).toArray();
        }

        private double input() {
            return is("fit-intercept", "true") ? Math.sqrt(real("intercept-rate")) : 0;
        }

        void learn(double[] features, double target, double weight) {
            double share = is("multi-class", "softmax") ? 0.5 : 1;
            while (classes && target >= 2 && functions.size() <= target) {
                functions.add(new Function());
                if (functions.size() == 2) {
                    functions.set(1, functions.get(0).opposite(share));
                    functions.set(0, functions.get(0).opposite(-share));
                    if (is("optimizer", "ftrl")) {
                        weigh(functions.get(0));
                        weigh(functions.get(1));
                    }
                }
            }
            if (weight == 0) {
                return;
            }
            double y = target;
            double epsilon = classes ? 0 : real("epsilon");
            double[] x = Arrays.copyOf(features, WIDTH + 1);
            x[WIDTH] = input();
            int count = functions.size();
            double[] p = functions.stream().mapToDouble(f -> dot(f.w, x)).toArray();
            double largest = Arrays.stream(p).max().orElse(0);
            double sum = Arrays.stream(p).map(one -> Math.exp(one - largest)).sum();
            boolean softmax = is("multi-class", "softmax") && count > 1;
            double classWeight = classes ? classWeight((int) target, weight) : 1;
            for (int c = 0; c < count; c++) {
                double part = weight * (count == 1 || c == target || softmax ? classWeight : 1);
                double side = !classes ? y : target == (count == 1 ? 1 : c) ? 1 : -1;
                double bound = epsilon;
                DoubleUnaryOperator descent = u -> clip(-gradient(u, side, bound));
                double f = descent.applyAsDouble(p[c]);
                if (softmax) {
                    f = clip((c == target ? 1 : 0) - Math.exp(p[c] - largest) / sum);
                }
                step(functions.get(c), x, part * f);
            }
        }

        private double l1() {
            double alpha = is("penalty", "none") ? 0 : real("alpha");
            return is("penalty", "l1") ? alpha : is("penalty", "elasticnet") ? alpha * real("l1-ratio") : 0;
        }

        private double l2() {
            return (is("penalty", "none") ? 0 : real("alpha")) - l1();
        }

        /** With FTRL, the weights are what z and n make of them, also in functions that were one. */
        private void weigh(Function of) {
            for (int j = 0; j <= WIDTH; j++) {
                weigh(of, j);
            }
        }

        private void weigh(Function of, int j) {
            boolean weight = j < WIDTH;
            double left = Math.max(0, Math.abs(of.z[j]) - (weight ? l1() : 0));
            double length = (1 + Math.sqrt(of.n[j])) / real("eta0") + (weight ? l2() : 0);
            of.w[j] = of.from[j] - Math.signum(of.z[j]) * left / length;
        }

        private void step(Function of, double[] x, double g) {
            double l2 = l2();
            double eta = real("eta0");
            if (is("optimizer", "ftrl")) {
                for (int j = 0; j <= WIDTH; j++) {
                    double before = Math.sqrt(of.n[j]);
                    of.n[j] += g * x[j] * g * x[j];
                    of.z[j] += -g * x[j] - (Math.sqrt(of.n[j]) - before) / eta * (of.w[j] - of.from[j]);
                    weigh(of, j);
                }
                return;
            }
            for (int j = 0; j < WIDTH; j++) {
                of.w[j] = of.from[j] + (1 - eta * l2) * (of.w[j] - of.from[j]);
            }
            for (int j = 0; j <= WIDTH; j++) {
                of.n[j] += g * x[j] * g * x[j];
                of.w[j] += eta / Math.sqrt(1 + of.n[j]) * g * x[j];
            }
        }

        private double classWeight(int own, double weight) {
            String given = set.getOrDefault("class-weight", "none");
            if (given.equals("balanced")) {
                mass[own] += weight;
                double seen = Arrays.stream(mass).filter(one -> one > 0).count();
                return Arrays.stream(mass).sum() / (seen * mass[own]);
            }
            return given.startsWith("class 1:") && own == 1 ? Double.parseDouble(given.substring(8)) : 1;
        }

        private double clip(double descent) {
            return Math.max(-real("clip-gradient"), Math.min(real("clip-gradient"), descent));
        }

        private double gradient(double p, double y, double epsilon) {
            double z = p * y;
            double r = y - p;
            return switch (set.get("loss")) {
                case "hinge" -> z <= 1 ? -y : 0;
                case "squared-hinge" -> -2 * y * Math.max(0, 1 - z);
                case "perceptron" -> z <= 0 ? -y : 0;
                case "log-loss" -> -y / (Math.exp(z) + 1);
                case "modified-huber" -> z < -1 ? -4 * y : -2 * y * Math.max(0, 1 - z);
                case "squared-error" -> -r;
                case "huber" -> -Math.max(-epsilon, Math.min(epsilon, r));
                case "epsilon-insensitive" -> Math.abs(r) <= epsilon ? 0 : -Math.signum(r);
                case "squared-epsilon-insensitive" -> -2 * Math.signum(r) * Math.max(0, Math.abs(r) - epsilon);
                case "quantile" -> r == 0 ? 0 : r > 0 ? -real("quantile") : 1 - real("quantile");
                case "poisson" -> Math.exp(p) - y;
                default -> throw new IllegalArgumentException(set.get("loss"));
            };
        }

        private static double dot(double[] w, double[] x) {
            double sum = 0;
            for (int j = 0; j < w.length; j++) {
                sum += w[j] * x[j];
            }
            return sum;
        }
    }

    /** How to learn what; known classes are those of the schema, the others come up. */
    record Setting(int classes, int known, boolean weighted, List<String> pairs) {
        String[] set() {
            return pairs.toArray(new String[0]);
        }

        Table table() {
            Table table = Table.random(ROWS, WIDTH, classes, weighted);
            for (int i = 0; i < ROWS; i += 50) {
                Arrays.fill(table.x()[i], 0);
            }
            if (pairs.contains("loss=poisson")) {
                Arrays.setAll(table.y(), i -> Math.rint(Math.abs(3 * table.y()[i])));
            } else if (classes == 0) {
                Arrays.setAll(table.y(), i -> 5 + 3 * table.y()[i]);
            }
            return table;
        }
    }

    static Stream<Setting> settings() {
        List<Setting> all = new ArrayList<>();
        for (OptimizerName optimizer : OptimizerName.values()) {
            if (optimizer == OptimizerName.SGD) {
                continue;
            }
            String with = "optimizer=" + SgdLearners.word(optimizer);
            for (Loss loss : Loss.OF_CLASSES) {
                for (int classes : new int[] {2, 5}) {
                    all.add(setting(classes, 1, classes == 5, with + " loss=" + SgdLearners.word(loss)));
                }
            }
            for (Loss loss : Loss.OF_NUMBERS) {
                all.add(setting(0, 0, loss.ordinal() % 2 == 0, with + " loss=" + SgdLearners.word(loss)));
            }
            for (String more : List.of(
                    "class-weight=balanced clip-gradient=0.3",
                    "class-weight=CLASS intercept-rate=4",
                    "multi-class=softmax",
                    "multi-class=ovr",
                    "penalty=l2 alpha=0.01 fit-intercept=false eta0=0.5",
                    "penalty=l2 alpha=3")) {
                if (optimizer == OptimizerName.ADAGRAD_MIXTURE && more.startsWith("penalty")) {
                    continue;
                }
                all.add(setting(2, 2, true, with + " " + more));
                all.add(setting(4, 1, false, with + " " + more));
            }
            if (optimizer != OptimizerName.ADAGRAD_MIXTURE) {
                all.add(setting(0, 0, true, with + " penalty=l2 alpha=0.01 eta0=0.3"));
            }
            all.add(setting(0, 0, true, with + " fit-intercept=false"));
            all.add(setting(0, 0, false, with + " fit-intercept=false loss=huber"));
            all.add(setting(0, 0, true, with + " loss=quantile quantile=0.9 clip-gradient=0.2"));
        }
        for (String more : List.of("penalty=l1 alpha=3", "penalty=elasticnet alpha=5 l1-ratio=0.4 eta0=0.3")) {
            all.add(setting(2, 1, true, "optimizer=ftrl " + more));
            all.add(setting(5, 1, false, "optimizer=ftrl " + more));
            all.add(setting(4, 1, false, "optimizer=ftrl multi-class=softmax " + more));
            all.add(setting(0, 0, true, "optimizer=ftrl " + more));
        }
        return all.stream();
    }

    private static Setting setting(int classes, int known, boolean weighted, String pairs) {
        List<String> list = Stream.of(pairs.split(" "))
                .map(pair -> pair.replace("CLASS", "class 1:2.5"))
                .toList();
        return new Setting(classes, known, weighted, list);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void numbersAreThoseOfTheFormulas(Setting setting) {
        Table table = setting.table();
        Map<String, String> set =
                SgdLearners.params(table.schema(setting.known()), setting.set()).toMap();
        double[] expected;
        double[] intercepts;
        double[] mixture = {};
        if ("adagrad-mixture".equals(set.get("optimizer"))) {
            MixtureOracle oracle = new MixtureOracle(WIDTH, 1, setting.classes() > 0, set);
            for (int i = 0; i < ROWS; i++) {
                oracle.learn(table.x()[i], table.y()[i], setting.weighted() ? table.weights()[i] : 1);
            }
            expected = oracle.coef();
            intercepts = oracle.intercepts();
            mixture = oracle.mixture();
        } else {
            Oracle oracle = new Oracle(1, setting.classes() > 0, set);
            for (int i = 0; i < ROWS; i++) {
                oracle.learn(table.x()[i], table.y()[i], setting.weighted() ? table.weights()[i] : 1);
            }
            expected = oracle.coef();
            intercepts = oracle.intercepts();
        }
        double largest =
                Math.max(1, Arrays.stream(expected).map(Math::abs).max().orElse(0));
        // The implicit step of poisson is found by Newton's method, which stops short of the last digits.
        double tolerance = "poisson".equals(set.get("loss")) ? 1e-6 : 1e-8;
        for (boolean sparse : new boolean[] {false, true}) {
            Learner learner = SgdLearners.learner(table.schema(setting.known()), setting.set());
            table.teach(learner, sparse, 0, ROWS, 100);
            State state = learner.state();
            assertThat(state.tensor("coef").doubles()).containsExactly(expected, within(tolerance * largest));
            assertThat(state.tensor("intercept").doubles()).containsExactly(intercepts, within(tolerance * largest));
            for (int m = 0; m < mixture.length; m++) {
                double found = m < 2
                        ? state.tensor("sgd.mixture").doubles()[m]
                        : state.tensor("sgd.mixture_scale").doubles()[0];
                assertThat(found).isCloseTo(mixture[m], within(tolerance));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void chunkBordersDoNotMatter(Setting setting) {
        Table table = setting.table();
        for (boolean sparse : new boolean[] {false, true}) {
            Learner whole = SgdLearners.learner(table.schema(setting.known()), setting.set());
            whole.partialFit(table.all(sparse));
            for (int rows : new int[] {1, 7, 100}) {
                Learner cut = SgdLearners.learner(table.schema(setting.known()), setting.set());
                table.teach(cut, sparse, 0, ROWS, rows);
                assertThat(cut.state()).as("%s rows", rows).isEqualTo(whole.state());
            }
        }
    }

    /**
     * Its squares overflow, but nothing is to be learned from it: neither as the only row of a chunk nor among others.
     */
    @Test
    void aHugeRowThatIsRightAlreadyIsTakenWhereverItStands() {
        int rows = 100;
        double[][] x = new double[rows][1];
        double[] y = new double[rows];
        for (int i = 0; i < rows; i++) {
            y[i] = i % 2;
            x[i][0] = (2 * y[i] - 1) * (i < 70 ? 1 : 1e200);
        }
        Table table = new Table(x, y, new double[0], List.of("no", "yes"));
        Learner whole = SgdLearners.learner(table.schema(), "loss=hinge", "optimizer=adagrad-mixture");
        whole.partialFit(table.all(false));
        Learner cut = SgdLearners.learner(table.schema(), "loss=hinge", "optimizer=adagrad-mixture");
        table.teach(cut, false, 0, rows, 1);
        assertThat(cut.state()).isEqualTo(whole.state());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void restoredLearnersGoOnToTheSameBits(Setting setting) {
        Table table = setting.table();
        for (boolean sparse : new boolean[] {false, true}) {
            Learner straight = SgdLearners.learner(table.schema(setting.known()), setting.set());
            Learner stopped = SgdLearners.learner(table.schema(setting.known()), setting.set());
            for (int row = 0; row < ROWS; row += 250) {
                int to = Math.min(ROWS, row + 250);
                table.teach(straight, sparse, row, to, 60);
                table.teach(stopped, sparse, row, to, 60);
                stopped = SgdLearners.restored(table.schema(setting.known()), stopped.state(), setting.set());
                assertThat(stopped.state()).isEqualTo(straight.state());
            }
        }
    }

    /** A stream whose rows take turns must not have its rates sampled at one turn only. */
    @ParameterizedTest
    @ValueSource(ints = {2, 4, 8, 16})
    void everyTurnOfAPeriodGoesIntoTheRates(int period) {
        int rows = 100 * period;
        double[][] x = new double[rows][period];
        double[] y = new double[rows];
        Random random = new Random(RunSeed.random("turns").nextLong());
        for (int i = 0; i < rows; i++) {
            x[i][i % period] = 1;
            y[i] = random.nextInt(2);
        }
        Table table = new Table(x, y, new double[0], List.of("no", "yes"));
        Learner learner = SgdLearners.learner(table.schema(), "optimizer=adagrad-mixture");
        table.teach(learner, true, 0, 64, 8);
        double[] before = learner.state().tensor("sgd.adagrad_rate").doubles();
        table.teach(learner, true, 64, rows, 50);
        double[] after = learner.state().tensor("sgd.adagrad_rate").doubles();
        for (int j = 0; j < period; j++) {
            assertThat(after[j]).as("column %s of %s", j, period).isLessThan(before[j]);
        }
    }

    @ParameterizedTest
    @EnumSource(OptimizerName.class)
    void withoutAConstantAnEmptyRowSays0(OptimizerName optimizer) {
        Table table = Table.random(ROWS, WIDTH, 0, true);
        Arrays.setAll(table.y(), i -> 5 + table.y()[i]);
        for (boolean sparse : new boolean[] {false, true}) {
            MergeableLearner learner = (MergeableLearner) SgdLearners.learner(
                    table.schema(), "optimizer=" + SgdLearners.word(optimizer), "fit-intercept=false");
            table.teach(learner, sparse, 0, 1000, 100);
            State part = learner.state();
            table.teach(learner, sparse, 1000, ROWS, 100);
            learner.merge(SgdLearners.restored(
                    table.schema(), part, "optimizer=" + SgdLearners.word(optimizer), "fit-intercept=false"));
            assertThat(learner.state().number("intercept")).isZero();
            assertThat(learner.state().tensor("coef").doubles()).doesNotContain(0);
        }
    }

    private static double[] predictions(Table table, double scale, double shift, String... pairs) {
        double[] y = Arrays.stream(table.y()).map(one -> scale * one + shift).toArray();
        Table other = new Table(table.x(), y, table.weights(), table.classes());
        Learner learner = SgdLearners.learner(other.schema(), pairs);
        other.teach(learner, false, 0, ROWS, 100);
        double[] out = new double[ROWS];
        ((Regressor) learner.view()).predict(other.all(false), out);
        return out;
    }

    @Test
    void theUnitOfTheTargetDoesNotMatterByDefault() {
        Table table = Table.random(ROWS, WIDTH, 0, true);
        double[] plain = predictions(table, 1, 0, "optimizer=adagrad-mixture");
        for (double scale : new double[] {1e-6, 1e6}) {
            double[] scaled = predictions(table, scale, 7 * scale, "optimizer=adagrad-mixture");
            double[] expected =
                    Arrays.stream(plain).map(one -> scale * one + 7 * scale).toArray();
            assertThat(scaled).containsExactly(expected, within(1e-9 * scale));
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = OptimizerName.class,
            names = {"ADAGRAD_MIXTURE", "ADAGRAD", "FTRL"})
    void largeCountsAreLearned(OptimizerName optimizer) {
        Table table = Table.random(ROWS, WIDTH, 0, false);
        double[] mean = new double[ROWS];
        Random random = new Random(RunSeed.random("counts").nextLong());
        for (int i = 0; i < ROWS; i++) {
            double count = 200 * Math.exp(0.3 * table.x()[i][0] - 0.2 * table.x()[i][1]);
            mean[i] = count;
            table.y()[i] = Math.rint(Math.max(0, count + Math.sqrt(count) * random.nextGaussian()));
        }
        double[] found = predictions(table, 1, 0, "loss=poisson", "optimizer=" + SgdLearners.word(optimizer));
        double off = 0;
        for (int i = ROWS - 500; i < ROWS; i++) {
            off += Math.abs(Math.log(found[i] / mean[i])) / 500;
        }
        assertThat(off).isLessThan(0.2);
    }

    @ParameterizedTest
    @EnumSource(
            value = Loss.class,
            names = {"PERCEPTRON"},
            mode = EnumSource.Mode.EXCLUDE)
    void anImplicitStepNeverGoesBeyondTheRowsOwnMinimum(Loss loss) {
        Random random = new Random(RunSeed.random("steps").nextLong());
        boolean classes = Loss.OF_CLASSES.contains(loss);
        double shape = loss.shape(0.4, 0.3);
        for (int i = 0; i < 20_000; i++) {
            double p = 10 * random.nextGaussian();
            double y = classes ? (random.nextBoolean() ? 1 : -1) : Math.rint(Math.abs(20 * random.nextGaussian()));
            double q = Math.exp(8 * random.nextGaussian());
            double gradient = loss.step(p, y, 1, shape);
            double d = loss.implicitNegativeGradient(p, y, q, shape, loss.step(p, y, 1, shape));
            assertThat(d * gradient).as("p %s y %s q %s", p, y, q).isNotNegative();
            assertThat(Math.abs(d)).isLessThanOrEqualTo(Math.abs(gradient) * (1 + 1e-12));
            double there = loss.step(p + q * d * (1 - 1e-12), y, 1, shape);
            assertThat(there * gradient)
                    .as("p %s y %s q %s", p, y, q)
                    .isGreaterThanOrEqualTo(-1e-9 * gradient * gradient);
        }
    }
}
