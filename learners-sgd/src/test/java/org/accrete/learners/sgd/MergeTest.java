package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.RescalableLearner;
import org.accrete.api.learn.Scaling;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.accrete.learners.sgd.penalty.CumulativeL1;
import org.accrete.learners.sgd.weights.AveragedSgd;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of two learners' weights, and of what they remember besides. */
@ExtendWith(RunSeed.class)
class MergeTest {
    private static final PlugIns PLUG_INS =
            PlugIns.of(new SgdClassifierProvider(), new SgdRegressorProvider(), new StandardScalerProvider());
    private static final int NUMERIC = 5;
    private static final int WIDTH = NUMERIC + 8;

    private final Random random = new Random(RunSeed.random("merge").nextLong());

    /** Numeric columns, of which one never varies, and hashed text. */
    private static Schema mixed(Target target) {
        return new Schema(
                List.of(
                        new Block("amounts", Block.Kind.NUMERIC, NUMERIC),
                        new Block("word", Block.Kind.ONE_HOT, WIDTH - NUMERIC)),
                target);
    }

    private static Pipeline pipeline(Schema schema, String... pairs) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : pairs) {
            settings.put(pair.split("=")[0], pair.split("=")[1]);
        }
        String learner = schema.target().kind() == Target.Kind.CATEGORICAL ? "sgd-classifier" : "sgd-regressor";
        return Pipeline.create(PLUG_INS, schema, new PipelineSpec(learner, List.of("standard-scaler"), settings));
    }

    /** Rows around a place, of a few labels that come up in any order. */
    private Chunk rows(Schema schema, int rows, double place, List<String> labels) {
        ChunkBuffer buffer = new ChunkBuffer(schema, rows);
        List<String> seen = new ArrayList<>();
        for (int row = 0; row < rows; row++) {
            buffer.beginRow();
            double sum = random.nextGaussian();
            for (int j = 0; j < NUMERIC - 1; j++) {
                double z = random.nextGaussian();
                sum += z * (j - 1);
                // The last of these is missing in every row of some place.
                double x = place * (j + 1) + z * (1 + Math.abs(place) + j);
                buffer.put(j, j == NUMERIC - 2 && place > 5 ? Double.NaN : x);
            }
            buffer.put(NUMERIC - 1, 3 + place);
            buffer.put(NUMERIC + random.nextInt(WIDTH - NUMERIC), 1);
            if (labels.isEmpty()) {
                buffer.target(sum);
            } else {
                int which = sum > 1 ? 0 : random.nextInt(labels.size());
                if (!seen.contains(labels.get(which))) {
                    seen.add(labels.get(which));
                }
                buffer.target(seen.indexOf(labels.get(which)));
            }
            buffer.endRow();
        }
        buffer.classes(seen);
        return buffer.chunk();
    }

    /**
     * By label, the weights of the columns as they are and, last, the constant; written anew from what is stored. Of
     * two classes the second has the one function, the first its opposite.
     */
    private static Map<String, double[]> inputSpace(State state) {
        double[] count = state.doubles("standard-scaler.count", NUMERIC);
        double[] mean = state.doubles("standard-scaler.mean", NUMERIC);
        double[] m2 = state.doubles("standard-scaler.m2", NUMERIC);
        List<String> labels = state.texts().containsKey("classes") ? state.list("classes") : List.of("");
        int functions = labels.size() <= 2 ? 1 : labels.size();
        double[] coef = state.doubles("coef", functions, WIDTH);
        double[] intercept = state.doubles("intercept", functions);
        Map<String, double[]> byLabel = new LinkedHashMap<>();
        for (int k = 0; k < labels.size(); k++) {
            int f = functions == 1 ? 0 : k;
            double sign = functions == 1 && k == 0 && !labels.get(0).isEmpty() ? -1 : 1;
            double[] line = new double[WIDTH + 1];
            line[WIDTH] = sign * intercept[f];
            for (int j = 0; j < WIDTH; j++) {
                double deviation = j < NUMERIC && m2[j] > 1e-9 * count[j] ? Math.sqrt(m2[j] / count[j]) : 1;
                double centre = j < NUMERIC ? mean[j] : 0;
                line[j] = sign * coef[f * WIDTH + j] / deviation;
                line[WIDTH] -= line[j] * centre;
            }
            byLabel.put(labels.get(k), line);
        }
        return byLabel;
    }

    private static Map<String, double[]> average(
            Map<String, double[]> a, double rowsOfA, Map<String, double[]> b, double rowsOfB, double half) {
        Set<String> labels = new LinkedHashSet<>(a.keySet());
        labels.addAll(b.keySet());
        Map<String, double[]> all = new LinkedHashMap<>();
        for (String label : labels) {
            double[] mine = a.getOrDefault(label, new double[0]);
            double[] theirs = b.getOrDefault(label, new double[0]);
            double myFactor = labels.size() > 2 && a.size() <= 2 ? half : 1;
            double theirFactor = labels.size() > 2 && b.size() <= 2 ? half : 1;
            double share = mine.length == 0 ? 0 : theirs.length == 0 ? 1 : rowsOfA / (rowsOfA + rowsOfB);
            double[] line = new double[WIDTH + 1];
            for (int j = 0; j <= WIDTH; j++) {
                line[j] = (share == 0 ? 0 : share * myFactor * mine[j])
                        + (share == 1 ? 0 : (1 - share) * theirFactor * theirs[j]);
            }
            all.put(label, line);
        }
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "ab, ab, loss=hinge, 1",
        "ab, ba, loss=log-loss, 1",
        "abc, cdba, loss=log-loss, 1",
        "ab, bc, loss=log-loss, 1",
        "ab, cbae, multi-class=softmax, 0.5",
        "abcd, a, multi-class=softmax, 0.5",
        "abc, bcd, loss=squared-hinge, 1",
        "ab, dcba, average=1, 1",
        "'', '', loss=squared-error, 1",
        "'', '', loss=huber, 1",
        "'', '', average=40, 1"
    })
    void mergedWeightsAreTheMeanByRowsInInputSpace(String mine, String theirs, String setting, double half) {
        List<String> myLabels = List.of(mine.split("(?!^)")).stream()
                .filter(label -> !label.isEmpty())
                .toList();
        List<String> theirLabels = List.of(theirs.split("(?!^)")).stream()
                .filter(label -> !label.isEmpty())
                .toList();
        Schema schema = mixed(myLabels.isEmpty() ? Target.numeric("y") : Target.categorical("y", List.of()));
        for (double place : new double[] {-2, 0, 9}) {
            Pipeline a = pipeline(schema, setting, "eta0=0.02", "learning-rate=constant");
            Pipeline b = pipeline(schema, setting, "eta0=0.02", "learning-rate=constant");
            int rows = 100 + random.nextInt(300);
            a.partialFit(rows(schema, 150, 1, myLabels));
            b.partialFit(rows(schema, rows, place, theirLabels));
            // Means over rows are of as many rows as count in them.
            double myRows = setting.equals("average=40") ? 111 : 150;
            double theirRows = setting.equals("average=40") ? rows - 39 : rows;
            Map<String, double[]> expected =
                    average(inputSpace(a.state()), myRows, inputSpace(b.state()), theirRows, half);
            a.merge(b);
            Map<String, double[]> merged = inputSpace(a.state());
            assertThat(merged.keySet()).containsExactlyElementsOf(expected.keySet());
            expected.forEach((label, line) -> {
                for (int j = 0; j <= WIDTH; j++) {
                    assertThat(merged.get(label)[j])
                            .as("column %s of '%s' merged from %s and %s at %s", j, label, mine, theirs, place)
                            .isCloseTo(line[j], within(1e-12 * Math.max(1, Math.abs(line[j]))));
                }
            });
            assertThat(a.rowsSeen()).isEqualTo(150 + rows);
            assertThat(a.state().number("sgd.t")).isEqualTo(151 + rows);
        }
    }

    /** One class each: both have seen the function that tells the two apart, from its two ends. */
    @Test
    void learnersOfOneClassEachShareTheFunctionOfBoth() {
        Schema schema = mixed(Target.categorical("y", List.of()));
        Pipeline a = pipeline(schema, "optimizer=adagrad");
        Pipeline b = pipeline(schema, "optimizer=adagrad");
        a.partialFit(rows(schema, 300, -2, List.of("a")));
        b.partialFit(rows(schema, 100, 2, List.of("b")));
        double[] forA = inputSpace(a.state()).get("a");
        double[] forB = inputSpace(b.state()).get("b");
        a.merge(b);
        assertThat(a.state().list("classes")).containsExactly("a", "b");
        assertThat(a.state().tensor("coef").shape()).containsExactly(1, WIDTH);
        double[] merged = inputSpace(a.state()).get("b");
        for (int j = 0; j <= WIDTH; j++) {
            assertThat(merged[j]).isCloseTo(0.25 * forB[j] - 0.75 * forA[j], within(1e-12));
        }
    }

    @Test
    void membersOfAMixtureAreMergedOneByOne() {
        Table table = Table.random(3_600, 5, 3, false);
        MergeableLearner a = (MergeableLearner) SgdLearners.learner(table.schema(), "optimizer=adagrad-mixture");
        Learner b = SgdLearners.learner(table.schema(), "optimizer=adagrad-mixture");
        table.teach(a, false, 0, 1_200, 100);
        table.teach(b, true, 1_200, 3_600, 100);
        State mine = a.state();
        State theirs = b.state();
        a.merge(b);
        State both = a.state();
        for (String name : List.of("weights", "weights_2", "intercept", "intercept_weights_2")) {
            double[] expected = mine.tensor("sgd." + name).doubles();
            double[] other = theirs.tensor("sgd." + name).doubles();
            Arrays.setAll(expected, i -> expected[i] / 3 + 2 * other[i] / 3);
            assertThat(both.tensor("sgd." + name).doubles()).as(name).containsExactly(expected, within(1e-12));
        }
        double[] mixture = mine.doubles("sgd.mixture", 2);
        double[] other = theirs.doubles("sgd.mixture", 2);
        Arrays.setAll(mixture, m -> Math.exp(Math.log(mixture[m]) / 3 + 2 * Math.log(other[m]) / 3));
        double total = Arrays.stream(mixture).sum();
        Arrays.setAll(mixture, m -> mixture[m] / total);
        assertThat(both.doubles("sgd.mixture", 2)).containsExactly(mixture, within(1e-12));
        double[] scale = mine.doubles("sgd.mixture_scale", 2);
        double[] otherScale = theirs.doubles("sgd.mixture_scale", 2);
        assertThat(both.doubles("sgd.mixture_scale", 2))
                .containsExactly(
                        new double[] {scale[0] / 3 + 2 * otherScale[0] / 3, scale[1] + otherScale[1]}, within(1e-9));
        assertThat(both.whole("sgd.rows_learned")).isEqualTo(3_600);
    }

    /** Twice the same goes on as once would have, where steps do not get shorter by the rows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "penalty=l1 alpha=0.02",
                "penalty=elasticnet alpha=0.05 multi-class=softmax",
                "class-weight=class-1:3",
                "loss=hinge penalty=l1 alpha=0.01 learning-rate=constant eta0=0.005 compat=sklearn"
            })
    void learnerThatTookInItsCopyGoesOnAsBefore(String settings) {
        Table table = Table.random(400, 6, 4, false);
        String[] pairs = settings.replace("class-1", "class 1").split(" (?=[a-z0-9-]+=)");
        for (boolean sparse : new boolean[] {false, true}) {
            MergeableLearner merged = (MergeableLearner) SgdLearners.learner(table.schema(0), pairs);
            table.teach(merged, sparse, 0, 200, 50);
            Learner expected = SgdLearners.restored(table.schema(0), merged.state(), pairs);
            merged.merge(SgdLearners.restored(table.schema(0), merged.state(), pairs));
            assertThat(merged.rowsSeen()).isEqualTo(400);
            table.teach(merged, sparse, 200, 400, 50);
            table.teach(expected, sparse, 200, 400, 50);
            for (String tensor : List.of("coef", "intercept")) {
                double[] actual = merged.state().tensor(tensor).doubles();
                double[] plain = expected.state().tensor(tensor).doubles();
                for (int i = 0; i < plain.length; i++) {
                    assertThat(actual[i])
                            .as("%s[%s] with %s", tensor, i, settings)
                            .isCloseTo(plain[i], within(1e-12));
                }
            }
        }
    }

    @Test
    void thePenaltyStillToBeReceivedIsScaledWithTheWeight() {
        int width = 40;
        double[] w = new double[width];
        double[] scales = new double[width];
        Arrays.setAll(w, j -> j % 5 == 0 ? 0 : random.nextGaussian());
        Arrays.setAll(scales, j -> Math.min(10, Math.exp(random.nextGaussian())));
        double[] received = new double[width];
        // Weights that move have received most of the total penalty.
        double total = 0.4;
        Arrays.setAll(received, j -> -Math.signum(w[j]) * total * (0.9 + 0.1 * random.nextDouble()));
        State state = State.builder()
                .doubles("sgd.l1_received", received, 1, width)
                .doubles("sgd.l1_total", new double[] {total})
                .build();
        TrainableWeights before = weights(w);
        CumulativeL1 l1 = new CumulativeL1(before, unused(before), false);
        l1.read(state, false);
        TrainableWeights after = before.rescaled(new double[width], scales);
        CumulativeL1 scaled = l1.rescaled(after, unused(after), scales);
        double[] ones = new double[width];
        Arrays.fill(ones, 1);
        Chunk row = new DenseChunk(
                Schema.numeric(width, Target.numeric("y")), ones, new double[1], new double[0], List.of());
        State.Builder builder = State.builder();
        scaled.write(builder);
        for (double one : builder.build().doubles("sgd.l1_received", 1, width)) {
            assertThat(Math.abs(one)).isLessThanOrEqualTo(total);
        }
        l1.apply(0, row, 0, 0);
        scaled.apply(0, row, 0, 0);
        assertThat(before.vectors()).isNotEqualTo(w);
        for (int j = 0; j < width; j++) {
            assertThat(after.vectors()[j]).isCloseTo(before.vectors()[j] * scales[j], within(1e-12));
        }
    }

    private static TrainableWeights weights(double[] w) {
        TrainableWeights weights = new TrainableWeights(w.length, 1, false, false);
        System.arraycopy(w, 0, weights.vectors(), 0, w.length);
        return weights;
    }

    private static AveragedSgd unused(TrainableWeights weights) {
        return new AveragedSgd(weights, Long.MAX_VALUE, false);
    }

    @Test
    void countsOfClassesAddUpByLabel() {
        Schema schema = Schema.numeric(1, Target.categorical("y", List.of()));
        MergeableLearner a = (MergeableLearner) SgdLearners.learner(schema, "class-weight=balanced");
        Learner b = SgdLearners.learner(schema, "class-weight=balanced");
        a.partialFit(new DenseChunk(
                schema, new double[] {1, 2, 3}, new double[] {0, 1, 1}, new double[] {1, 2, 4}, List.of("x", "y")));
        b.partialFit(new DenseChunk(
                schema,
                new double[] {1, 2, 3},
                new double[] {0, 1, 2},
                new double[] {8, 16, 32},
                List.of("y", "z", "x")));
        a.merge(b);
        assertThat(a.state().list("classes")).containsExactly("x", "y", "z");
        assertThat(a.state().tensor("sgd.class_mass").doubles()).containsExactly(33, 14, 16);
        assertThat(b.state().tensor("sgd.class_mass").doubles()).containsExactly(8, 16, 32);
    }

    @Test
    void shorterStepsAndTheLowestLossAreKept() {
        Schema schema = Schema.numeric(2, Target.numeric("y"));
        String[] pairs = {"learning-rate=adaptive", "adaptive-window=10"};
        MergeableLearner a = withPlateau(schema, pairs, 0.2, 3, 4, 5, 0.5, 2);
        MergeableLearner b = withPlateau(schema, pairs, 1, 0.25, 0.5, 6, 0.25, 1);
        State before = a.state();
        a.merge(b);
        assertThat(a.state().tensor("sgd.plateau").doubles()).containsExactly(0.2, 3.25, 4.5, 11, 0.25, 1);
        MergeableLearner again = (MergeableLearner) SgdLearners.restored(schema, before, pairs);
        b.merge(again);
        assertThat(b.state().tensor("sgd.plateau").doubles()).containsExactly(0.2, 3.25, 4.5, 11, 0.25, 1);
    }

    /**
     * A row's first prediction is 0 and its gradient −y, so a weight has seen the square (x y)²: 36 here and 4 there,
     * over 9 in thirds.
     */
    @ParameterizedTest
    @CsvSource({"adagrad, adagrad_rate, 1", "ftrl, ftrl_root_n, 0"})
    void squaresOfGradientsAddUp(String optimizer, String part, double start) {
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        String[] pairs = {"optimizer=" + optimizer, "loss=squared-error", "fit-intercept=false"};
        for (double scale : new double[] {1, 3}) {
            MergeableLearner a = (MergeableLearner) SgdLearners.learner(schema, pairs);
            Learner b = SgdLearners.learner(schema, pairs);
            a.partialFit(new DenseChunk(schema, new double[] {2}, new double[] {3}, new double[0], List.of()));
            b.partialFit(new DenseChunk(schema, new double[] {1}, new double[] {-2}, new double[0], List.of()));
            ((RescalableLearner) b).rescale(Scaling.of(new double[] {5}, new double[] {scale}));
            a.merge(b);
            double merged = a.state().tensor("sgd." + part).doubles()[0];
            assertThat(start > 0 ? 1 / (merged * merged) - start : merged * merged)
                    .isCloseTo(36 + 4 / (scale * scale), within(1e-8));
        }
    }

    private static MergeableLearner withPlateau(Schema schema, String[] pairs, double... adaptive) {
        Learner learner = SgdLearners.learner(schema, pairs);
        learner.partialFit(new DenseChunk(schema, new double[] {1, 2}, new double[] {1}, new double[0], List.of()));
        State.Builder state = State.builder();
        learner.state().tensors().forEach((name, tensor) -> {
            if (!name.equals("sgd.plateau")) {
                state.tensor(name, tensor);
            }
        });
        return (MergeableLearner) SgdLearners.restored(
                schema, state.doubles("sgd.plateau", adaptive).build(), pairs);
    }

    /** Parts of a stream, learned apart and merged, are nearly as good as one learner of all. */
    @ParameterizedTest
    @CsvSource({"2, loss=log-loss", "5, loss=log-loss", "5, multi-class=softmax"})
    void mergedShardsPredictNearlyAsWellAsOneLearner(int classes, String setting) {
        Table table = Table.random(8_000, 12, classes, false);
        Schema schema = table.schema(0);
        Chunk test = table.chunk(false, 6_000, 8_000);
        Pipeline whole = pipeline(schema, setting);
        table.teach(whole, false, 0, 6_000, 500);
        List<Pipeline> shards = new ArrayList<>();
        for (int k = 0; k < 4; k++) {
            shards.add(pipeline(schema, setting));
            table.teach(shards.get(k), false, 1_500 * k, 1_500 * (k + 1), 500);
        }
        Collections.shuffle(shards, random);
        Pipeline merged = shards.get(0);
        double worst = accuracy(merged, test);
        for (Pipeline shard : shards.subList(1, 4)) {
            worst = Math.min(worst, accuracy(shard, test));
            merged.merge(shard);
        }
        assertThat(merged.rowsSeen()).isEqualTo(6_000);
        assertThat(accuracy(merged, test))
                .as("accuracy of four merged shards beside %s of one learner", accuracy(whole, test))
                .isGreaterThan(accuracy(whole, test) - 0.02)
                .isGreaterThan(worst - 0.005);
    }

    private static double accuracy(Pipeline pipeline, Chunk rows) {
        ProbabilisticClassifier model = (ProbabilisticClassifier) pipeline.view();
        double[] decisions = new double[rows.rows() * model.decisions()];
        model.decide(rows, decisions);
        double right = 0;
        for (int row = 0; row < rows.rows(); row++) {
            String label = rows.classes().get((int) rows.target(row));
            right += model.classes().get(model.winner(decisions, row)).equals(label) ? 1 : 0;
        }
        return right / rows.rows();
    }

    @Test
    void tooManyClassesTogetherAreRefused() {
        Schema schema = mixed(Target.categorical("y", List.of()));
        Pipeline a = pipeline(schema, "max-classes=3");
        Pipeline b = pipeline(schema, "max-classes=3");
        a.partialFit(rows(schema, 60, 0, List.of("a", "b")));
        b.partialFit(rows(schema, 60, 0, List.of("c", "d")));
        State before = a.state();
        assertThatThrownBy(() -> a.merge(b))
                .hasMessage("sgd-classifier: the two learners know 4 classes together but max-classes is 3");
        assertThat(a.state()).isEqualTo(before);
    }

    @Test
    void scaleThatWouldOverflowIsRefusedAndChangesNothing() {
        Schema schema = Schema.numeric(1, Target.numeric("y"));
        RescalableLearner learner = (RescalableLearner) SgdLearners.learner(schema, "eta0=0.1");
        learner.partialFit(new DenseChunk(schema, new double[] {1e9}, new double[] {3}, new double[0], List.of()));
        State before = learner.state();
        assertThatThrownBy(() -> learner.rescale(Scaling.of(new double[1], new double[] {1e307})))
                .hasMessageContaining("would overflow");
        assertThatThrownBy(() -> learner.rescale(Scaling.identity(2)))
                .hasMessage("a scaling must have 1 columns but has 2");
        assertThat(learner.state()).isEqualTo(before);
    }
}
