package org.accrete.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.Transformer;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.Toys;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class PipelineTest {
    private static final PlugIns PLUG_INS = Toys.plugIns();
    private static final Schema NUMERIC = Schema.numeric(2, Target.numeric("delay"));
    private static final Schema CLASSES = Schema.numeric(1, Target.categorical("late", List.of("no", "yes")));

    private static PipelineSpec spec(String learner, String... steps) {
        return new PipelineSpec(learner, List.of(steps), Map.of());
    }

    private static PipelineSpec with(PipelineSpec spec, Map<String, String> settings) {
        return new PipelineSpec(spec.learner(), spec.steps(), settings);
    }

    private static Pipeline pipeline(PipelineSpec spec) {
        return Pipeline.create(PLUG_INS, NUMERIC, spec);
    }

    private static AccreteException refusal(Kind kind, ThrowingCallable call) {
        AccreteException[] refusal = new AccreteException[1];
        assertThatThrownBy(call).isInstanceOfSatisfying(AccreteException.class, e -> refusal[0] = e);
        assertThat(refusal[0].kind()).isEqualTo(kind);
        assertThat(refusal[0].line()).doesNotContain("\n");
        return refusal[0];
    }

    private static Chunk rows(long seed, int rows) {
        double[] values = new double[rows * NUMERIC.width()];
        Random random = new Random(seed);
        Arrays.setAll(values, i -> random.nextGaussian());
        return Toys.chunk(NUMERIC, values);
    }

    @Test
    void theLearnerLearnsWhatTheStepsHandOn() {
        Pipeline pipeline = pipeline(spec("sum", "standard-scaler"));
        pipeline.partialFit(Toys.chunk(NUMERIC, 1, 10, 3, 10, 5, 40));

        // Scaled: 0 0, 1 0, sqrt(1.5) sqrt(2).
        assertThat(pipeline.state().number("sum")).isCloseTo(1 + Math.sqrt(1.5) + Math.sqrt(2), within(1e-12));
        assertThat(pipeline.rowsSeen()).isEqualTo(3);
        assertThat(pipeline.warmUpRows()).isZero();
    }

    @Test
    void anyChunkingGivesTheSameState() {
        Chunk all = rows(1, 90);
        Pipeline whole = pipeline(spec("sum", "wait", "standard-scaler"));
        whole.partialFit(all);
        Pipeline cut = pipeline(spec("sum", "wait", "standard-scaler"));
        for (int from = 0, size = 1; from < 90; from += size, size++) {
            cut.partialFit(all.slice(from, Math.min(90, from + size)));
        }

        assertThat(cut.state()).isEqualTo(whole.state());
    }

    @Test
    void everyStepIsUndoneWhenTheLearnerRefuses() {
        Pipeline pipeline = pipeline(with(
                spec("sum", "wait", "standard-scaler"), Map.of("most", "1.2", "standard-scaler.with-mean", "false")));
        pipeline.partialFit(Toys.chunk(NUMERIC, 9, 9, 9, 9));
        State before = pipeline.state();

        AccreteException refusal =
                refusal(Kind.BAD_DATA, () -> pipeline.partialFit(Toys.chunk(NUMERIC, 9, 9, 1, 1, 500, 500)));

        assertThat(refusal).hasMessageStartingWith("sum: cell");
        assertThat(refusal.chunkRow())
                .as("row of the chunk, not of what was handed on")
                .hasValue(2);
        assertThat(pipeline.state()).isEqualTo(before);
        assertThat(pipeline.rowsSeen()).isEqualTo(2);
        assertThat(pipeline.warmUpRows()).isEqualTo(2);
    }

    @Test
    void aRefusedChunkIsAsIfItHadNeverCome() {
        Pipeline spared = pipeline(with(spec("sum", "standard-scaler"), Map.of("most", "5")));
        Pipeline tried = pipeline(with(spec("sum", "standard-scaler"), Map.of("most", "5")));
        spared.partialFit(rows(1, 200));
        tried.partialFit(rows(1, 200));
        refusal(Kind.BAD_DATA, () -> tried.partialFit(Toys.chunk(NUMERIC, 1, 2, 1e6, 2)));
        spared.partialFit(rows(2, 20));
        tried.partialFit(rows(2, 20));

        assertThat(tried.state()).isEqualTo(spared.state());
    }

    @Test
    void stepsBeforeAStepThatRefusesAreUndone() {
        Pipeline pipeline = pipeline(spec("sum", "wait", "standard-scaler"));
        pipeline.partialFit(rows(1, 2));
        State before = pipeline.state();

        AccreteException refusal = refusal(
                Kind.BAD_DATA, () -> pipeline.partialFit(Toys.chunk(NUMERIC, 1, 1, 1, 1, 1, Double.POSITIVE_INFINITY)));

        assertThat(refusal).hasMessageStartingWith("standard-scaler: column 'x1'");
        assertThat(refusal.chunkRow()).hasValue(2);
        assertThat(pipeline.state()).isEqualTo(before);
    }

    @Test
    void stepsAreUndoneWhenALearnerFailsUnexpectedly() {
        Pipeline pipeline = Pipeline.create(
                PlugIns.of(new FailingProvider(), new StandardScalerProvider()),
                NUMERIC,
                spec("failing", "standard-scaler"));
        State before = pipeline.state();

        assertThatThrownBy(() -> pipeline.partialFit(rows(1, 3))).isInstanceOf(IllegalStateException.class);

        assertThat(pipeline.state()).isEqualTo(before);
    }

    @Test
    void rowsThatOnlyTrainStepsAreCountedAsWarmUp() {
        Pipeline pipeline = pipeline(with(spec("sum", "wait"), Map.of("wait.rows", "5")));
        pipeline.partialFit(rows(1, 2));
        assertThat(pipeline.warmUpRows()).isEqualTo(2);
        pipeline.partialFit(rows(2, 8));

        assertThat(pipeline.warmUpRows()).isEqualTo(5);
        assertThat(pipeline.rowsSeen()).isEqualTo(10);
        assertThat(pipeline.state().whole("sum.rows_seen")).isEqualTo(5);
    }

    @Test
    void anEmptyChunkChangesNothing() {
        Pipeline pipeline = pipeline(spec("sum", "standard-scaler"));
        State before = pipeline.state();
        pipeline.partialFit(new ChunkBuffer(NUMERIC, 1).chunk());

        assertThat(pipeline.state()).isEqualTo(before);
        assertThat(predict(pipeline.snapshot(), new ChunkBuffer(NUMERIC, 1).chunk()))
                .isEmpty();
    }

    @Test
    void aChunkOfAnotherSchemaIsRefused() {
        Schema other = Schema.numeric(3, Target.numeric("delay"));
        Pipeline pipeline = pipeline(spec("sum", "standard-scaler"));

        refusal(Kind.BAD_STATE, () -> pipeline.partialFit(Toys.chunk(other, 1, 2, 3)));
        refusal(Kind.BAD_STATE, () -> predict(pipeline.view(), Toys.chunk(other, 1, 2, 3)));
    }

    @Test
    void aRestoredPipelineGoesOnToTheSameBits() {
        PipelineSpec spec = with(spec("sum", "wait", "standard-scaler"), Map.of("wait.rows", "7", "rate", "0.5"));
        Pipeline straight = pipeline(spec);
        straight.partialFit(rows(1, 10));
        Pipeline restored = Pipeline.restore(PLUG_INS, straight.state());
        assertThat(restored.state()).isEqualTo(straight.state());
        straight.partialFit(rows(2, 10));
        restored.partialFit(rows(2, 10));

        assertThat(restored.state()).isEqualTo(straight.state());
        assertThat(restored.learner()).isEqualTo("sum");
        assertThat(restored.steps()).containsExactly("wait", "standard-scaler");
        assertThat(restored.settings()).isEqualTo(straight.settings());
        assertThat(restored.warmUpRows()).isEqualTo(7);
    }

    @Test
    void settingsAreStoredWithTheirDefaults() {
        Pipeline pipeline = pipeline(
                with(spec("sum", "standard-scaler"), Map.of("RATE", "2", "standard_scaler.with_std", "false")));

        assertThat(pipeline.settings())
                .containsExactly(
                        Map.entry("rate", "2.0"),
                        Map.entry("most", "1000.0"),
                        Map.entry("standard-scaler.with-mean", "true"),
                        Map.entry("standard-scaler.with-std", "false"),
                        Map.entry("standard-scaler.clip", "10.0"),
                        Map.entry("standard-scaler.half-life", "0.0"),
                        Map.entry("target.transform", "none"));
        assertThat(pipeline.state().list("params"))
                .containsExactly(
                        "rate=2.0",
                        "most=1000.0",
                        "standard-scaler.with-mean=true",
                        "standard-scaler.with-std=false",
                        "standard-scaler.clip=10.0",
                        "standard-scaler.half-life=0.0");
    }

    @Test
    void onlyTunableParametersMayChangeWhenTrainingBegins() {
        Pipeline pipeline = pipeline(spec("sum", "standard-scaler"));
        pipeline.partialFit(rows(1, 10));
        State state = pipeline.state();

        Pipeline tuned = WarmStart.fromState(PLUG_INS, state, Map.of("rate", "3", "most", "1e3"));
        assertThat(tuned.settings()).containsEntry("rate", "3.0");
        assertThat(refusal(
                        Kind.BAD_ARGUMENT,
                        () -> WarmStart.fromState(
                                PLUG_INS, state, Map.of("most", "7", "standard-scaler.with-mean", "false"))))
                .hasMessage("most was 1000.0 and cannot become 7.0 when training goes on; standard-scaler.with-mean was"
                        + " true and cannot become false when training goes on; can be changed: rate,"
                        + " standard-scaler.clip, standard-scaler.half-life");
        assertThat(refusal(Kind.BAD_ARGUMENT, () -> WarmStart.fromState(PLUG_INS, state, Map.of("rate", "-1"))))
                .hasMessage("sum: rate must be a number > 0 but was -1.0");
    }

    @Test
    void badSettingsAreReportedTogetherWithTheirParts() {
        AccreteException refusal = refusal(
                Kind.BAD_ARGUMENT,
                () -> pipeline(with(
                        spec("sum", "standard-scaler"),
                        Map.of(
                                "rate",
                                "0",
                                "standard-scaler.with-mean",
                                "maybe",
                                "standard-scalar.with-std",
                                "true"))));

        assertThat(refusal)
                .hasMessageContaining("sum: rate must be a number > 0 but was 0.0")
                .hasMessageContaining("standard-scaler: with-mean must be one of true | false but was 'maybe'")
                .hasMessageContaining(
                        "'standard-scalar.with-std' is for a step 'standard-scalar' that is not in the pipeline"
                                + " (did you mean 'standard-scaler'?); steps: standard-scaler");
    }

    @Test
    void aLearnerOfAnotherTargetIsRefusedAndTheRightOneNamed() {
        assertThat(refusal(Kind.BAD_ARGUMENT, () -> pipeline(spec("shares"))))
                .hasMessage("shares learns a categorical target but 'delay' is numeric; use sum, or, if it is a class,"
                        + " say --column delay=categorical");
        assertThat(refusal(Kind.BAD_ARGUMENT, () -> Pipeline.create(PLUG_INS, CLASSES, spec("sum"))))
                .hasMessage("sum learns a numeric target but 'late' is categorical; use shares, or, if it is a number,"
                        + " say --column late=numeric");
        assertThat(refusal(
                        Kind.BAD_ARGUMENT,
                        () -> Pipeline.create(PLUG_INS, Schema.numeric(1, Target.none()), spec("sum"))))
                .hasMessage("sum learns a numeric target but the data has none; name the column to be predicted");
    }

    @Test
    void stepsMustBeStepsAndDiffer() {
        assertThat(refusal(Kind.BAD_ARGUMENT, () -> pipeline(spec("sum", "shares"))))
                .hasMessage("'shares' is a learner and cannot be a step; steps: standard-scaler, wait");
        refusal(Kind.BAD_ARGUMENT, () -> pipeline(spec("sum", "wait", "wait")));
        refusal(Kind.BAD_ARGUMENT, () -> pipeline(spec("wait", "wait")));
        assertThat(refusal(Kind.UNKNOWN_PLUG_IN, () -> pipeline(spec("sum", "wiat"))))
                .hasMessageContaining("Did you mean 'wait'?");
    }

    @Test
    void partsThatWouldStoreUnderOneNameAreRefusedAtOnce() {
        LearnerProvider twin = new TwinProvider();

        assertThat(refusal(
                        Kind.BAD_STATE,
                        () -> Pipeline.create(
                                PlugIns.of(twin, Toys.WAIT, new StandardScalerProvider()),
                                NUMERIC,
                                spec("twin", "standard-scaler"))))
                .hasMessageContaining("standard-scaler.count");
    }

    @Test
    void aStepCanBeTheLearner() {
        Pipeline pipeline = pipeline(spec("standard-scaler", "wait"));
        pipeline.partialFit(Toys.chunk(NUMERIC, 1, 1, 1, 1, 1, 1, 1, 1, 3, 3));
        Transformer model = (Transformer) pipeline.snapshot();
        ChunkBuffer out = new ChunkBuffer(model.outputSchema(), 1);
        model.transform(Toys.chunk(NUMERIC, 4, 2), out);

        assertThat(Toys.cell(out.chunk(), 0, 0)).isEqualTo(2);
        assertThat(Toys.cell(out.chunk(), 0, 1)).isZero();
        assertThat(model.schema()).isEqualTo(NUMERIC);
    }

    @Test
    void modelsCanDoWhatTheLearnersModelCan() {
        Pipeline pipeline = Pipeline.create(PLUG_INS, CLASSES, spec("shares", "standard-scaler"));
        pipeline.partialFit(classes(List.of("no", "yes", "maybe"), 0, 1, 1, 2));
        for (Model model : List.of(pipeline.view(), pipeline.snapshot())) {
            ProbabilisticClassifier classifier = (ProbabilisticClassifier) model;
            double[] probabilities = new double[3];
            classifier.probabilities(classes(List.of(), Double.NaN), probabilities);
            double[] decisions = new double[classifier.decisions()];
            classifier.decide(classes(List.of(), Double.NaN), decisions);

            assertThat(classifier.schema()).isEqualTo(CLASSES);
            assertThat(classifier.classes()).containsExactly("no", "yes", "maybe");
            assertThat(probabilities).containsExactly(0.25, 0.5, 0.25);
            assertThat(classifier.winner(decisions, 0)).isEqualTo(1);
        }
    }

    @Test
    void snapshotsDoNotMoveAndThreadsShareThem() {
        Pipeline pipeline = pipeline(spec("sum", "standard-scaler"));
        pipeline.partialFit(rows(1, 100));
        Model snapshot = pipeline.snapshot();
        Chunk asked = rows(2, 50);
        double[] expected = predict(pipeline.view(), asked);
        pipeline.partialFit(rows(3, 100));

        assertThat(predict(pipeline.view(), asked)).isNotEqualTo(expected);
        assertThat(IntStream.range(0, 2_000).parallel().boxed())
                .allSatisfy(i -> assertThat(predict(snapshot, asked)).isEqualTo(expected));
    }

    @Test
    void largerChunksThanBeforeAreTaken() {
        Pipeline pipeline = pipeline(spec("sum", "standard-scaler"));
        Pipeline other = pipeline(spec("sum", "standard-scaler"));
        Chunk all = rows(1, 1_003);
        pipeline.partialFit(all.slice(0, 3));
        predict(pipeline.view(), all);
        pipeline.partialFit(all.slice(3, 1_003));
        other.partialFit(all);

        assertThat(pipeline.state()).isEqualTo(other.state());
    }

    @Test
    void classesOfWarmUpRowsAreKnownToTheStoredSchema() {
        Pipeline pipeline = Pipeline.create(PLUG_INS, CLASSES, spec("shares", "wait"));
        pipeline.partialFit(classes(List.of("no", "yes", "maybe", "never seen"), 0, 2));

        assertThat(Schema.parse(pipeline.state().text("schema")).target().classes())
                .containsExactly("no", "yes", "maybe");
        Pipeline restored = Pipeline.restore(PLUG_INS, pipeline.state());
        assertThat(restored.schema().target().classes()).containsExactly("no", "yes", "maybe");
        restored.partialFit(classes(List.of("no", "yes", "maybe", "later"), 3, 3));
        pipeline.partialFit(classes(List.of("no", "yes", "maybe", "later"), 3, 3));
        assertThat(restored.state()).isEqualTo(pipeline.state());
    }

    @Test
    void memoryIsThatOfAllPartsAndDoesNotOverflow() {
        assertThat(spec("sum", "wait", "standard-scaler").memoryBytes(PLUG_INS, NUMERIC))
                .isEqualTo(1_000 + 10 + 16 * 8 * 2);
        assertThat(spec("shares", "wait").memoryBytes(PLUG_INS, CLASSES)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void aStateThatIsNotAPipelinesIsRefused() {
        State state = pipeline(spec("sum")).state();
        State.Builder other = State.builder();
        state.tensors().forEach((name, tensor) -> {
            if (!name.equals("pipeline.warm_up_rows")) {
                other.tensor(name, tensor);
            }
        });
        state.texts().forEach(other::text);

        refusal(
                Kind.CORRUPT_FILE,
                () -> Pipeline.restore(PLUG_INS, State.builder().build()));
        refusal(Kind.CORRUPT_FILE, () -> Pipeline.restore(PLUG_INS, other.build()));
        refusal(
                Kind.CORRUPT_FILE,
                () -> Pipeline.restore(
                        PLUG_INS, other.whole("pipeline.warm_up_rows", 1).build()));
        refusal(Kind.UNKNOWN_PLUG_IN, () -> Pipeline.restore(PlugIns.of(), state));
    }

    private static DenseChunk classes(List<String> labels, double... targets) {
        return new DenseChunk(CLASSES, new double[targets.length], targets, new double[0], labels);
    }

    private static double[] predict(Model model, Chunk chunk) {
        double[] numbers = new double[chunk.rows()];
        ((Regressor) model).predict(chunk, numbers);
        return numbers;
    }

    /** A step under another name that stores what {@code standard-scaler} stores. */
    private static final class TwinProvider implements StepProvider {
        private final StepProvider scaler = new StandardScalerProvider();

        @Override
        public String name() {
            return "twin";
        }

        @Override
        public String summary() {
            return scaler.summary();
        }

        @Override
        public List<ParamSpec<?>> params() {
            return scaler.params();
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            return scaler.memoryBytes(schema, params);
        }

        @Override
        public Step create(Schema schema, Params params) {
            return scaler.create(schema, params);
        }

        @Override
        public Step restore(Schema schema, Params params, State state) {
            return scaler.restore(schema, params, state);
        }
    }

    /** Makes a learner with a bug. */
    private static final class FailingProvider implements LearnerProvider {
        @Override
        public String name() {
            return "failing";
        }

        @Override
        public String summary() {
            return "fails";
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
            return 0;
        }

        @Override
        public Learner create(Schema schema, Params params) {
            return new Learner() {
                @Override
                public Schema schema() {
                    return schema;
                }

                @Override
                public void partialFit(Chunk chunk) {
                    throw new IllegalStateException("a bug");
                }

                @Override
                public long rowsSeen() {
                    return 0;
                }

                @Override
                public Model view() {
                    return () -> schema;
                }

                @Override
                public Model snapshot() {
                    return view();
                }

                @Override
                public State state() {
                    return State.builder().build();
                }
            };
        }

        @Override
        public Learner restore(Schema schema, Params params, State state) {
            return create(schema, params);
        }
    }
}
