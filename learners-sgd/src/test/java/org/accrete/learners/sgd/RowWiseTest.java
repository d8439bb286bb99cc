package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.store.State;
import org.accrete.learners.sgd.loss.Loss;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The plain formula, row by row, is what comes out: whatever the chunks, dense or sparse, stopped and restored or not.
 */
@ExtendWith(RunSeed.class)
class RowWiseTest {
    private static final int ROWS = 257;
    private static final int WIDTH = 21;

    /** The formulas of {@link Descent} with nothing clever: one array per class, no scale, no kernels, no undo. */
    static final class Oracle {
        final List<double[]> w = new ArrayList<>();
        final List<Double> b = new ArrayList<>();
        /** Prior weights of the penalties. */
        private final List<double[]> from = new ArrayList<>();
        /** All that a function is: its weights, its intercept, and the received and the total L1 penalty. */
        private final List<double[]> received = new ArrayList<>();

        private final List<Double> total = new ArrayList<>();
        final List<double[]> meanW = new ArrayList<>();
        final List<Double> meanB = new ArrayList<>();
        private int meanRows;
        private final Map<Integer, Double> mass = new HashMap<>();
        private double windowLoss;
        private double windowWeight;
        private double best = Double.POSITIVE_INFINITY;
        private double stuck;
        private double factor = 1;
        private final Map<String, String> set;
        private int t = 1;

        Oracle(int width, int functions, Map<String, String> set) {
            this.set = set;
            for (int c = 0; c < functions; c++) {
                add(width);
            }
        }

        /** Starts from a function, which is the prior of the penalties. */
        void begin(int c, double[] weights, double intercept) {
            w.set(c, weights.clone());
            from.set(c, weights);
            b.set(c, set.get("fit-intercept").equals("true") ? intercept : 0);
        }

        private void add(int width) {
            for (List<double[]> vectors : List.of(w, from, received, meanW)) {
                vectors.add(new double[width]);
            }
            for (List<Double> numbers : List.of(b, total, meanB)) {
                numbers.add(0.0);
            }
        }

        private void split() {
            for (List<double[]> vectors : List.of(w, from, received, meanW)) {
                double[] one = vectors.get(0);
                vectors.set(1, Arrays.stream(one).map(v -> half() * v).toArray());
                vectors.set(0, Arrays.stream(one).map(v -> -half() * v).toArray());
            }
            for (List<Double> numbers : List.of(b, meanB)) {
                numbers.set(1, half() * numbers.get(0));
                numbers.set(0, -numbers.get(1));
            }
            total.set(0, half() * total.get(0));
            total.set(1, total.get(0));
        }

        private double half() {
            return softmax() ? 0.5 : 1;
        }

        private boolean softmax() {
            return set.getOrDefault("multi-class", "").equals("softmax");
        }

        double real(String key) {
            return Double.parseDouble(set.get(key));
        }

        void learn(double[] x, double target, double weight, boolean classes) {
            while (classes && target >= 2 && w.size() <= target) {
                add(x.length);
                if (w.size() == 2) {
                    split();
                }
            }
            boolean passive = set.get("learning-rate").startsWith("pa");
            double square = Arrays.stream(x).map(v -> v * v).sum();
            if (set.get("learning-rate").equals("pa1") && square == 0) {
                t++;
                return;
            }
            double eta = eta();
            double classWeight = classes ? classWeight((int) target, weight) : 1;
            double lost = 0;
            double[] decisions = new double[w.size()];
            for (int c = 0; c < w.size(); c++) {
                decisions[c] = b.get(c);
                for (int j = 0; j < x.length; j++) {
                    decisions[c] += w.get(c)[j] * x[j];
                }
                double y = !classes ? target : target == (w.size() == 1 ? 1 : c) ? 1 : -1;
                lost += loss(decisions[c], y);
            }
            double sum = Arrays.stream(decisions).map(Math::exp).sum();
            boolean softmax = softmax() && w.size() > 1;
            adapt(softmax ? -Math.log(Math.exp(decisions[(int) target]) / sum) : lost, weight);
            double l1 = switch (set.get("penalty")) {
                case "l1" -> 1;
                case "elasticnet" -> real("l1-ratio");
                default -> 0;
            };
            double decay = set.get("penalty").equals("none") ? 1 : Math.max(0, 1 - eta * real("alpha") * (1 - l1));
            for (int c = 0; c < w.size(); c++) {
                double[] own = w.get(c);
                double y = !classes ? target : target == (w.size() == 1 ? 1 : c) ? 1 : -1;
                double p = decisions[c];
                double clip = real("clip-gradient");
                double step = -eta * Math.max(-clip, Math.min(clip, gradient(p, y)));
                if (softmax) {
                    double gradient = Math.exp(p) / sum - (c == target ? 1 : 0);
                    step = -eta * Math.max(-clip, Math.min(clip, gradient));
                }
                if (passive) {
                    double far = set.get("learning-rate").equals("pa1")
                            ? Math.min(eta, loss(p, y) / square)
                            : loss(p, y) / (square + 0.5 / eta);
                    step = far * (classes ? y : Math.signum(y - p));
                }
                step *= weight * (w.size() == 1 || softmax || c == target ? classWeight : 1);
                for (int j = 0; j < x.length; j++) {
                    own[j] = from.get(c)[j] + (own[j] - from.get(c)[j]) * decay + step * x[j];
                }
                b.set(c, b.get(c) + (set.get("fit-intercept").equals("true") ? step * real("intercept-rate") : 0));
            }
            if (real("average") > 0 && t >= real("average")) {
                meanRows++;
                for (int c = 0; c < w.size(); c++) {
                    for (int j = 0; j < x.length; j++) {
                        meanW.get(c)[j] += (w.get(c)[j] - meanW.get(c)[j]) / meanRows;
                    }
                    meanB.set(c, meanB.get(c) + (b.get(c) - meanB.get(c)) / meanRows);
                }
            }
            for (int c = 0; l1 > 0 && c < w.size(); c++) {
                total.set(c, total.get(c) + eta * real("alpha") * l1);
                for (int j = 0; j < x.length; j++) {
                    if (x[j] != 0) {
                        double before = w.get(c)[j] - from.get(c)[j];
                        double due = total.get(c) + Math.signum(before) * received.get(c)[j];
                        double left = Math.signum(before) * Math.max(0, Math.abs(before) - due);
                        w.get(c)[j] = from.get(c)[j] + left;
                        received.get(c)[j] += left - before;
                    }
                }
            }
            t++;
        }

        List<double[]> coef() {
            return meanRows > 0 ? meanW : w;
        }

        List<Double> intercept() {
            return meanRows > 0 ? meanB : b;
        }

        private double eta() {
            double alpha = real("alpha");
            return switch (set.get("learning-rate")) {
                case "constant", "pa1", "pa2" -> real("eta0");
                case "adaptive" -> real("eta0") * factor;
                case "invscaling" -> real("eta0") / Math.pow(t, real("power-t"));
                default -> 1 / (alpha * (Math.pow(alpha, -0.75) + t - 1));
            };
        }

        private double classWeight(int own, double weight) {
            String given = set.getOrDefault("class-weight", "none");
            if (!given.equals("balanced")) {
                for (String pair : given.split(",")) {
                    if (pair.startsWith("class " + own + ":")) {
                        return Double.parseDouble(pair.substring(pair.indexOf(':') + 1));
                    }
                }
                return 1;
            }
            mass.merge(own, weight, Double::sum);
            double seen = mass.values().stream().filter(one -> one > 0).count();
            double all = mass.values().stream().mapToDouble(one -> one).sum();
            return mass.get(own) > 0 ? all / (seen * mass.get(own)) : 1;
        }

        private void adapt(double lost, double weight) {
            windowLoss += lost * weight;
            windowWeight += weight;
            if (set.get("learning-rate").equals("adaptive") && t % real("adaptive-window") == 0) {
                double mean = windowLoss / windowWeight;
                stuck = mean > best - real("adaptive-tolerance") ? stuck + 1 : 0;
                best = Math.min(best, mean);
                if (stuck == real("adaptive-patience")) {
                    factor /= real("eta0") * factor > 1e-6 ? 5 : 1;
                    stuck = 0;
                }
                windowLoss = 0;
                windowWeight = 0;
            }
        }

        private double loss(double p, double y) {
            double z = p * y;
            double r = y - p;
            double off = Math.max(0, Math.abs(r) - epsilon());
            return switch (set.get("loss")) {
                case "hinge" -> Math.max(0, 1 - z);
                case "squared-hinge" -> Math.pow(Math.max(0, 1 - z), 2);
                case "perceptron" -> Math.max(0, -z);
                case "log-loss" -> Math.log(1 + Math.exp(-z));
                case "modified-huber" -> z < -1 ? -4 * z : Math.pow(Math.max(0, 1 - z), 2);
                case "squared-error" -> r * r / 2;
                case "huber" -> off == 0 ? r * r / 2 : epsilon() * (Math.abs(r) - epsilon() / 2);
                case "epsilon-insensitive" -> off;
                case "squared-epsilon-insensitive" -> off * off;
                case "quantile" -> Math.max(real("quantile") * r, (real("quantile") - 1) * r);
                case "poisson" -> Math.exp(p) - y * p;
                default -> throw new IllegalArgumentException(set.get("loss"));
            };
        }

        private double epsilon() {
            return set.containsKey("epsilon") ? real("epsilon") : 0;
        }

        private double gradient(double p, double y) {
            double z = p * y;
            double r = y - p;
            double epsilon = epsilon();
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
    }

    /** How to learn what; known classes are those of the schema, the others come up. */
    record Setting(int classes, int known, boolean weighted, List<String> pairs) {
        String[] set() {
            return pairs.toArray(new String[0]);
        }

        Table table() {
            Table table = Table.random(ROWS, WIDTH, classes, weighted);
            for (double[] row : table.x()) {
                // squared error diverges, and then rounding errors grow without bound, where a step times |x|² is above
                // 2
                Arrays.setAll(row, j -> classes == 0 ? 0.15 * row[j] : row[j]);
            }
            for (int i = 0; i < ROWS; i += 50) {
                Arrays.fill(table.x()[i], 0);
            }
            if (pairs.contains("loss=poisson")) {
                Arrays.setAll(table.y(), i -> Math.rint(Math.abs(table.y()[i])));
            }
            return table;
        }
    }

    static Stream<Setting> settings() {
        List<Setting> all = new ArrayList<>();
        for (String schedule : List.of(
                "learning-rate=constant eta0=0.05 alpha=0.01",
                "learning-rate=constant eta0=0.05 alpha=0",
                "learning-rate=constant eta0=0.5 alpha=1.5",
                "learning-rate=constant eta0=0.5 alpha=3",
                "learning-rate=invscaling eta0=0.1 power-t=0.25",
                "learning-rate=invscaling eta0=0.1 power-t=0.5 penalty=none",
                "learning-rate=invscaling eta0=0.1 power-t=0.7 fit-intercept=false",
                "learning-rate=optimal alpha=0.5")) {
            boolean weighted = all.size() % 2 == 0;
            for (String loss : List.of("loss=hinge", "loss=log-loss")) {
                List<String> pairs = List.of((loss + " " + schedule).split(" "));
                for (int known : new int[] {2, 1, 0}) {
                    all.add(new Setting(2, known, weighted, pairs));
                }
                all.add(new Setting(3, 1, weighted, pairs));
                all.add(new Setting(5, 5, weighted, pairs));
                all.add(new Setting(11, 2, weighted, pairs));
            }
            for (String loss : List.of("loss=squared-error", "loss=huber epsilon=0.3")) {
                all.add(new Setting(0, 0, weighted, List.of((loss + " " + schedule).split(" "))));
            }
        }
        for (String schedule :
                List.of("learning-rate=constant eta0=0.02 alpha=0.01", "learning-rate=optimal alpha=1")) {
            for (String loss : List.of("squared-hinge", "perceptron", "modified-huber")) {
                for (int classes : new int[] {2, 5}) {
                    all.add(new Setting(classes, 2, true, List.of(("loss=" + loss + " " + schedule).split(" "))));
                }
            }
            for (String loss : List.of(
                    "huber",
                    "epsilon-insensitive",
                    "epsilon-insensitive epsilon=0",
                    "squared-epsilon-insensitive epsilon=0.2",
                    "quantile quantile=0.9",
                    "poisson")) {
                all.add(new Setting(0, 0, true, List.of(("loss=" + loss + " " + schedule).split(" "))));
            }
        }
        addPenaltiesAndMeans(all);
        addTheRest(all);
        return all.stream();
    }

    private static void addPenaltiesAndMeans(List<Setting> all) {
        int which = 0;
        for (String penalty : List.of("l2", "l1", "elasticnet l1-ratio=0.3", "none")) {
            for (String average : List.of("0", "1", "140", "1000")) {
                for (String rate : List.of("constant eta0=0.05", "invscaling eta0=0.3", "optimal")) {
                    String alpha = rate.equals("optimal") ? "0.5" : which++ % 2 == 0 ? "0.2" : "0.01";
                    String more = " alpha=" + alpha + " learning-rate=" + rate + " penalty=" + penalty + " average="
                            + average;
                    all.add(setting(0, 0, true, "loss=squared-error" + more));
                    all.add(setting(2, 2, true, "loss=hinge" + more));
                    all.add(setting(4, 1, false, "loss=log-loss" + more));
                }
            }
        }
        // the scale gets small and is folded into what the mean is kept in
        all.add(setting(3, 1, true, "loss=log-loss eta0=0.5 alpha=0.4 average=5"));
        all.add(setting(3, 1, true, "loss=log-loss eta0=0.5 alpha=1.9 average=5 penalty=elasticnet"));
    }

    private static void addTheRest(List<Setting> all) {
        for (String more : List.of(
                "class-weight=balanced",
                "class-weight=balanced penalty=elasticnet average=3",
                "class-weight=CLASS penalty=l1 alpha=0.01",
                "clip-gradient=0.3 intercept-rate=0.1",
                "learning-rate=adaptive adaptive-window=10 adaptive-patience=2 adaptive-tolerance=0.01")) {
            for (Loss loss : Loss.OF_CLASSES) {
                for (int classes : new int[] {2, 5}) {
                    all.add(setting(classes, 1, classes == 2, "eta0=0.02 loss=" + SgdLearners.word(loss) + " " + more));
                }
            }
            for (Loss loss : Loss.OF_NUMBERS) {
                if (!more.contains("class")) {
                    all.add(setting(0, 0, true, "eta0=0.02 loss=" + SgdLearners.word(loss) + " " + more));
                }
            }
        }
        for (String more : List.of(
                "eta0=0.1",
                "eta0=0.1 penalty=elasticnet alpha=0.1 average=9",
                "class-weight=balanced clip-gradient=0.5 eta0=0.1",
                "learning-rate=adaptive adaptive-window=10 adaptive-patience=2")) {
            all.add(setting(2, 1, true, "multi-class=softmax " + more));
            all.add(setting(3, 1, true, "multi-class=softmax " + more));
            all.add(setting(11, 5, false, "multi-class=softmax " + more));
        }
        for (String rate : List.of("pa1", "pa2")) {
            for (String more : List.of("", " penalty=none", " penalty=elasticnet average=7 alpha=0.1")) {
                for (int classes : new int[] {2, 4}) {
                    all.add(setting(classes, 2, true, "loss=hinge eta0=0.1 learning-rate=" + rate + more));
                }
                all.add(setting(0, 0, true, "loss=epsilon-insensitive eta0=0.1 learning-rate=" + rate + more));
            }
        }
    }

    private static Setting setting(int classes, int known, boolean weighted, String pairs) {
        List<String> list = Stream.of(pairs.split(" "))
                .map(pair -> pair.replace("CLASS", "class 0:0.5,class 1:2,class 3:3,another:4"))
                .toList();
        return new Setting(classes, known, weighted, list);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void numbersAreThoseOfThePlainFormula(Setting setting) {
        Table table = setting.table();
        Oracle oracle = new Oracle(
                WIDTH,
                LinearWeights.functions(setting.known()),
                SgdLearners.params(table.schema(setting.known()), setting.set()).toMap());
        for (int i = 0; i < ROWS; i++) {
            oracle.learn(
                    table.x()[i], table.y()[i], setting.weighted() ? table.weights()[i] : 1, setting.classes() > 0);
        }
        for (boolean sparse : new boolean[] {false, true}) {
            Learner learner = SgdLearners.learner(table.schema(setting.known()), setting.set());
            table.teach(learner, sparse, 0, ROWS, 100);
            State state = learner.state();
            double[] expected =
                    oracle.coef().stream().flatMapToDouble(Arrays::stream).toArray();
            double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
            assertThat(state.tensor("coef").shape()).containsExactly(oracle.w.size(), WIDTH);
            assertThat(state.tensor("coef").doubles()).containsExactly(expected, within(1e-10 * largest));
            assertThat(state.tensor("intercept").doubles())
                    .containsExactly(
                            oracle.intercept().stream().mapToDouble(b -> b).toArray(),
                            within(1e-10 * Math.max(largest, 1)));
            assertThat(learner.rowsSeen()).isEqualTo(ROWS);
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

    @ParameterizedTest
    @MethodSource("settings")
    void restoredLearnersGoOnToTheSameBits(Setting setting) {
        Table table = setting.table();
        for (boolean sparse : new boolean[] {false, true}) {
            Learner straight = SgdLearners.learner(table.schema(setting.known()), setting.set());
            Learner stopped = SgdLearners.learner(table.schema(setting.known()), setting.set());
            for (int row = 0; row < ROWS; row += 50) {
                int to = Math.min(ROWS, row + 50);
                table.teach(straight, sparse, row, to, 10);
                table.teach(stopped, sparse, row, to, 10);
                stopped = SgdLearners.restored(table.schema(setting.known()), stopped.state(), setting.set());
                assertThat(stopped.state()).isEqualTo(straight.state());
                assertThat(stopped.rowsSeen()).isEqualTo(to);
            }
        }
    }

    @Test
    void gradientsAreClipped() {
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        for (double sign : new double[] {-1, 1}) {
            Learner learner = SgdLearners.learner(schema, "eta0=1", "alpha=0");
            double[] target = {sign * 1e15};
            learner.partialFit(new DenseChunk(schema, new double[] {2}, target, new double[0], List.of()));
            assertThat(learner.state().tensor("coef").doubles()).containsExactly(sign * 2e12);
            assertThat(learner.state().tensor("intercept").doubles()).containsExactly(sign * 1e12);
        }
    }

    @Test
    void denseRowsAfterSparseOnesGoOnFromTheSameWeights() {
        Table table = Table.random(ROWS, WIDTH, 5, false);
        Learner dense = SgdLearners.learner(table.schema());
        Learner mixed = SgdLearners.learner(table.schema());
        for (int row = 0; row < ROWS; row += 10) {
            int to = Math.min(ROWS, row + 10);
            dense.partialFit(table.chunk(false, row, to));
            mixed.partialFit(table.chunk(row % 20 == 0, row, to));
        }
        double[] expected = dense.state().tensor("coef").doubles();
        assertThat(mixed.state().tensor("coef").doubles()).containsExactly(expected, within(1e-12));
    }

    @Test
    void rowsOfASliceAreItsOwn() {
        Table table = Table.random(ROWS, WIDTH, 3, true);
        for (boolean sparse : new boolean[] {false, true}) {
            Learner whole = SgdLearners.learner(table.schema(1));
            Learner sliced = SgdLearners.learner(table.schema(1));
            whole.partialFit(table.all(sparse));
            sliced.partialFit(table.all(sparse).slice(0, 90));
            sliced.partialFit(table.all(sparse).slice(90, 91));
            sliced.partialFit(table.all(sparse).slice(91, ROWS));
            assertThat(sliced.state()).isEqualTo(whole.state());
        }
    }
}
