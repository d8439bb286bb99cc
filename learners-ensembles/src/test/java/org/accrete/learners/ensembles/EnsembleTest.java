package org.accrete.learners.ensembles;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.EnsembleLearner;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.WrapperProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.accrete.learners.sgd.SgdClassifierProvider;
import org.accrete.learners.sgd.SgdRegressorProvider;
import org.junit.jupiter.api.Test;

class EnsembleTest {
    private static final Schema NUMBERS = Schema.numeric(2, Target.numeric("y"));
    private static final Schema CLASSES = Schema.numeric(2, Target.categorical("y", List.of("no", "yes")));

    private final long seed = Long.getLong("accrete.seed", System.nanoTime());
    private final Random random = new Random(seed);

    private static Learner make(LearnerProvider provider, Schema schema, String... settings) {
        Map<String, String> given = new HashMap<>();
        for (String setting : settings) {
            given.put(setting.split("=")[0], setting.split("=")[1]);
        }
        return provider.create(schema, Params.parse(provider.params(), given));
    }

    /** Rows of a line through 0, or of two classes on its two sides; from a row on, the other way round. */
    private Chunk rows(Schema schema, int count, int turn) {
        ChunkBuffer buffer = new ChunkBuffer(schema, count);
        for (int row = 0; row < count; row++) {
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            double y = (row < turn ? 1 : -1) * (2 * a - b);
            buffer.beginRow();
            buffer.put(0, a);
            buffer.put(1, b);
            buffer.target(schema.target().kind() == Target.Kind.NUMERIC ? y : y > 0 ? 1 : 0);
            buffer.endRow();
        }
        buffer.classes(schema.target().classes());
        return buffer.chunk();
    }

    /** A member is a learner of the rows with the weights that were drawn for it. */
    @Test
    void membersLearnRowsWithTheirWeights() {
        Learner ensemble =
                make(new BaggingProvider().over(new SgdRegressorProvider()), NUMBERS, "n-estimators=3", "seed=7");
        Chunk rows = rows(NUMBERS, 400, 400);
        ensemble.partialFit(rows);
        for (int m = 0; m < 3; m++) {
            SeededRandom draws = new SeededRandom(new SeededRandom(7, m).nextLong());
            double[] drawn = new double[rows.rows()];
            for (int row = 0; row < drawn.length; row++) {
                drawn[row] = draws.nextPoisson(1);
            }
            DenseChunk dense = (DenseChunk) rows;
            double[] targets = new double[drawn.length];
            for (int row = 0; row < drawn.length; row++) {
                targets[row] = rows.target(row);
            }
            Learner alone = make(new SgdRegressorProvider(), NUMBERS);
            alone.partialFit(new DenseChunk(NUMBERS, Arrays.copyOf(dense.values(), 800), targets, drawn, List.of()));
            assertThat(ensemble.state().part("member." + (m + 1) + "."))
                    .as("member %s, seed %s", m, seed)
                    .isEqualTo(alone.state());
        }
    }

    /** {@link EnsembleLearner}: parts that learned some members each are one ensemble that learned all. */
    @Test
    void membersOfBaggingLearnApart() {
        for (Schema schema : List.of(NUMBERS, CLASSES)) {
            LearnerProvider bagging = new BaggingProvider()
                    .over(schema == NUMBERS ? new SgdRegressorProvider() : new SgdClassifierProvider());
            Chunk rows = rows(schema, 300, 200);
            Learner whole = make(bagging, schema, "n-estimators=4");
            Learner joined = make(bagging, schema, "n-estimators=4");
            Learner other = make(bagging, schema, "n-estimators=4");
            ((EnsembleLearner) joined).learnOnly(0, 3);
            ((EnsembleLearner) other).learnOnly(3, 4);
            for (Learner one : List.of(whole, joined, other)) {
                one.partialFit(rows.slice(0, 170));
                one.partialFit(rows.slice(170, 300));
            }
            assertThat(joined.state()).isNotEqualTo(whole.state());
            ((EnsembleLearner) joined).takeMembers(other, 3, 4);
            assertThat(joined.state()).as("seed %s", seed).isEqualTo(whole.state());
        }
        Learner leveraging = make(new LeveragingBaggingProvider().over(new SgdClassifierProvider()), CLASSES);
        assertThat(((EnsembleLearner) leveraging).members())
                .as("members that are replaced by how the others do")
                .isEqualTo(1);
    }

    /** The mean of the members' probabilities. */
    @Test
    void predictionsAreMeans() {
        Learner ensemble = make(new BaggingProvider().over(new SgdClassifierProvider()), CLASSES, "n-estimators=4");
        ensemble.partialFit(rows(CLASSES, 200, 200));
        Chunk others = rows(CLASSES, 50, 50);
        double[] mean = new double[100];
        for (int m = 1; m <= 4; m++) {
            LearnerProvider sgd = new SgdClassifierProvider();
            Learner member = sgd.restore(
                    CLASSES, Params.of(sgd.params()), ensemble.state().part("member." + m + "."));
            double[] one = new double[100];
            ((ProbabilisticClassifier) member.view()).probabilities(others, one);
            for (int i = 0; i < 100; i++) {
                mean[i] += one[i] / 4;
            }
        }
        double[] found = new double[100];
        ((ProbabilisticClassifier) ensemble.snapshot()).probabilities(others, found);
        assertThat(found).containsExactly(mean, within(1e-12));
    }

    /** Learners that keep a digest of their weighted rows; one of their calls is refused on purpose, if armed. */
    private static final class SaboteurProvider implements LearnerProvider {
        private int callsLeft;

        /** One call, after some others, will be refused; none later. */
        void arm(int calls) {
            callsLeft = calls;
        }

        @Override
        public String name() {
            return "saboteur";
        }

        @Override
        public String summary() {
            return "refuses on purpose";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of();
        }

        @Override
        public Set<Target.Kind> targets() {
            return Set.of(Target.Kind.NUMERIC);
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            return 100;
        }

        @Override
        public Learner create(Schema schema, Params params) {
            return new Saboteur(Optional.empty());
        }

        @Override
        public Learner restore(Schema schema, Params params, State state) {
            return new Saboteur(Optional.of(state));
        }

        private final class Saboteur implements Learner {
            private double digest;
            private long rows;

            Saboteur(Optional<State> state) {
                state.ifPresent(stored -> {
                    digest = stored.number("digest");
                    rows = stored.whole("rows");
                });
            }

            @Override
            public Schema schema() {
                return NUMBERS;
            }

            @Override
            public void partialFit(Chunk chunk) {
                if (callsLeft > 0 && --callsLeft == 0) {
                    throw AccreteException.badRow(chunk.rows() - 1, "sabotage");
                }
                for (int row = 0; row < chunk.rows(); row++) {
                    digest = digest * 0.9 + chunk.weight(row) * chunk.target(row);
                }
                rows += chunk.rows();
            }

            @Override
            public long rowsSeen() {
                return rows;
            }

            @Override
            public Model view() {
                double constant = digest;
                return new Regressor() {
                    @Override
                    public Schema schema() {
                        return NUMBERS;
                    }

                    @Override
                    public void predict(Chunk chunk, double[] out) {
                        Arrays.fill(out, 0, chunk.rows(), constant);
                    }
                };
            }

            @Override
            public Model snapshot() {
                return view();
            }

            @Override
            public State state() {
                return State.builder()
                        .number("digest", digest)
                        .whole("rows", rows)
                        .build();
            }
        }
    }

    /** When a member refuses what others have taken, all are as before, and go on as if it had never been. */
    @Test
    void allMembersGoBackWhenOneRefuses() {
        for (boolean adapts : new boolean[] {false, true}) {
            SaboteurProvider saboteur = new SaboteurProvider();
            WrapperProvider form = adapts ? new LeveragingBaggingProvider() : new BaggingProvider();
            Learner ensemble = make(form.over(saboteur), NUMBERS, "n-estimators=8");
            Learner expected = make(form.over(new SaboteurProvider()), NUMBERS, "n-estimators=8");
            int refusals = 0;
            for (int i = 0; i < 60; i++) {
                // Long ones too, after which nothing is kept for learning again.
                Chunk rows = rows(NUMBERS, adapts ? 10 : i % 30 == 7 ? 9_000 : 1 + random.nextInt(300), 1_000);
                State before = ensemble.state();
                for (int trial = random.nextInt(3); trial > 0; trial--) {
                    // In bagging a member is called once a chunk, in the other once a row.
                    saboteur.arm(1 + random.nextInt(adapts ? 80 : 8));
                    assertThatThrownBy(() -> ensemble.partialFit(rows))
                            .as("seed %s", seed)
                            .hasMessage("sabotage");
                    refusals++;
                    assertThat(ensemble.state()).as("seed %s", seed).isEqualTo(before);
                }
                ensemble.partialFit(rows);
                expected.partialFit(rows);
                assertThat(ensemble.state()).as("seed %s", seed).isEqualTo(expected.state());
            }
            assertThat(refusals).isGreaterThan(10);
        }
    }

    /** The other way round from the middle on: the members from before are replaced. */
    @Test
    void theWorstMemberBeginsAnewWhenErrorsRise() {
        LearnerProvider provider = new LeveragingBaggingProvider().over(new SgdClassifierProvider());
        OnlineLearner ensemble = (OnlineLearner)
                make(provider, CLASSES, "n-estimators=5", "base.optimizer=sgd", "base.learning-rate=invscaling");
        Learner plain = make(
                new BaggingProvider().over(new SgdClassifierProvider()),
                CLASSES,
                "n-estimators=5",
                "base.optimizer=sgd",
                "base.learning-rate=invscaling");
        Chunk rows = rows(CLASSES, 4_000, 2_000);
        ensemble.partialFit(rows);
        plain.partialFit(rows);
        long resets = 0;
        for (long count : ensemble.state().tensor("ensemble.resets").longs()) {
            resets += count;
        }
        assertThat(resets).as("members that began anew, seed %s", seed).isGreaterThanOrEqualTo(1);
        assertThat(ensemble.snapshot().describe())
                .hasSize(5)
                .anyMatch(line ->
                        line.matches("member \\d \\(sgd-classifier\\): error 0\\.\\d{4} in the last 1,000 rows or"
                                + " so, before it learned them, began anew (once|\\d+ times)"));
        Chunk others = rows(CLASSES, 500, 0);
        assertThat(accuracy(ensemble, others)).as("seed %s", seed).isGreaterThan(0.95);
        assertThat(accuracy(plain, others)).as("seed %s", seed).isLessThan(accuracy(ensemble, others));
    }

    private static double accuracy(Learner learner, Chunk rows) {
        String[] labels = ((ProbabilisticClassifier) learner.view()).predict(rows);
        double right = 0;
        for (int row = 0; row < labels.length; row++) {
            right += labels[row].equals(rows.classes().get((int) rows.target(row))) ? 1.0 / labels.length : 0;
        }
        return right;
    }

    @Test
    void aPipelineFindsTheBaseByName() {
        PlugIns plugIns = PlugIns.of(
                new BaggingProvider(),
                new LeveragingBaggingProvider(),
                new SgdClassifierProvider(),
                new SgdRegressorProvider(),
                new StandardScalerProvider());
        Map<String, String> settings = Map.of("base", "sgd-regressor", "n-estimators", "2", "base.eta0", "0.5");
        Pipeline pipeline =
                Pipeline.create(plugIns, NUMBERS, new PipelineSpec("bagging", List.of("standard-scaler"), settings));
        assertThat(pipeline.settings())
                .containsEntry("base.eta0", "0.5")
                .containsEntry("base", "sgd-regressor")
                .containsEntry("standard-scaler.clip", "10.0");
        Chunk rows = rows(NUMBERS, 300, 300);
        pipeline.partialFit(rows);
        Pipeline restored = Pipeline.restore(plugIns, pipeline.state());
        restored.partialFit(rows);
        pipeline.partialFit(rows);
        assertThat(restored.state()).isEqualTo(pipeline.state());

        Pipeline nested = Pipeline.create(
                plugIns,
                NUMBERS,
                new PipelineSpec(
                        "leveraging-bagging",
                        List.of(),
                        Map.of(
                                "base",
                                "bagging",
                                "n-estimators",
                                "2",
                                "base.base",
                                "sgd-regressor",
                                "base.base.eta0",
                                "0.5")));
        nested.partialFit(rows);
        assertThat(nested.state().tensors()).containsKey("member.2.member.10.coef");
    }

    @Test
    void aWrongBaseIsRefusedWithASentence() {
        PlugIns plugIns = PlugIns.of(new BaggingProvider(), new SgdClassifierProvider(), new StandardScalerProvider());
        assertRefused(plugIns, Map.of("base", "sgd-clasifier"), "No learner named 'sgd-clasifier'. Did you mean");
        assertRefused(
                plugIns,
                Map.of("base", "standard-scaler"),
                "base must be a learner that predicts but 'standard-scaler' does not");
        assertRefused(
                plugIns, Map.of("base.eta1", "3"), "no parameter named 'base.eta1'; there are: base, n-estimators");
        assertRefused(plugIns, Map.of("base.eta0", "-3"), "base.eta0 must be a number > 0 but was -3");
        assertThatThrownBy(() -> new BaggingProvider().create(CLASSES, Params.of(new BaggingProvider().params())))
                .hasMessage("bagging must be told its base learner by over()");
    }

    private static void assertRefused(PlugIns plugIns, Map<String, String> settings, String message) {
        assertThatThrownBy(() -> Pipeline.create(plugIns, CLASSES, new PipelineSpec("bagging", List.of(), settings)))
                .isInstanceOf(AccreteException.class)
                .hasMessageContaining(message);
    }

    @Test
    void membersWithoutOperationsAreNamedInOneLine() {
        Regressor stranger = new Regressor() {
            @Override
            public Schema schema() {
                return Schema.numeric(1, Target.numeric("y"));
            }

            @Override
            public void predict(Chunk chunk, double[] out) {
                out[0] = 1;
            }
        };
        EnsembleModel.Fares fares = new EnsembleModel.Fares("mine", new double[1], new long[1], new long[1]);
        ExportableModel ensemble = EnsembleModel.of(new Model[] {stranger}, fares);
        ModelGraph graph = (ModelGraph) Proxy.newProxyInstance(
                ModelGraph.class.getClassLoader(), new Class<?>[] {ModelGraph.class}, (proxy, method, arguments) -> {
                    throw new AssertionError(method);
                });
        assertThatThrownBy(() -> ensemble.export(graph, List.of()))
                .isInstanceOf(AccreteException.class)
                .hasMessage("the model cannot be exported: its members, 'mine', do not say what they compute in"
                        + " standard operations; serve it with accrete serve instead");
    }
}
