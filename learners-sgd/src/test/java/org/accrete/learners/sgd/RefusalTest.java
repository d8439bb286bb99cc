package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A refused chunk changes nothing, to the bit, and says why. */
@ExtendWith(RunSeed.class)
class RefusalTest {
    private static final int ROWS = 120;
    private static final int BAD_FROM = 60;
    private static final int BAD_TO = 100;
    /** Wider than a chunk has entries, so that sparse chunks are taken back by their own columns. */
    private static final int WIDE = 1500;

    private static final int NARROW = 6;

    /** One way to spoil the rows from BAD_FROM on, for some learner. */
    record Spoiler(
            String name,
            int classes,
            int width,
            List<String> pairs,
            Consumer<Table> spoil,
            int badRow,
            String message) {
        @Override
        public String toString() {
            return name + " " + classes + " classes, width " + width + " " + pairs;
        }
    }

    static Stream<Spoiler> spoilers() {
        List<Spoiler> all = new ArrayList<>();
        for (int classes : new int[] {0, 2, 4}) {
            for (int width : new int[] {NARROW, WIDE}) {
                // the scale is folded never, every few rows, and once, after the third class came up
                for (List<String> pairs : List.of(
                        List.of("eta0=0.05"),
                        List.of("eta0=0.05", "penalty=elasticnet", "average=20", "alpha=0.1"),
                        List.of("eta0=0.5", "penalty=l1", "average=70", "compat=sklearn"),
                        List.of("eta0=0.5", "alpha=1.9"),
                        List.of("optimizer=adagrad-mixture"),
                        List.of("optimizer=adagrad", "penalty=l2", "alpha=5"),
                        List.of("optimizer=adagrad", "eta0=0.5"),
                        List.of("optimizer=ftrl", "penalty=elasticnet", "alpha=0.5"),
                        List.of("learning-rate=constant", "eta0=0.5", "alpha=0.4"),
                        // many steps are 0
                        List.of(classes > 0 ? "loss=perceptron" : "loss=epsilon-insensitive", "eta0=0.05"))) {
                    String missing = "'amounts[3]' is missing; put a step before the learner that fills it, such as"
                            + " standard-scaler";
                    add(all, "missing feature", classes, width, pairs, t -> t.x()[95][3] = Double.NaN, 35, missing);
                    add(
                            all,
                            "infinite feature",
                            classes,
                            width,
                            pairs,
                            t -> t.x()[95][3] = Double.NEGATIVE_INFINITY,
                            35,
                            "'amounts[3]' must be finite but was -Infinity");
                    add(
                            all,
                            "missing target",
                            classes,
                            width,
                            pairs,
                            t -> t.y()[95] = Double.NaN,
                            35,
                            "the target is missing");
                    add(
                            all,
                            "negative weight",
                            classes,
                            width,
                            pairs,
                            t -> t.weights()[95] = -1,
                            35,
                            "the weight must be finite and >= 0 but was -1.0");
                    add(
                            all,
                            "no weight",
                            classes,
                            width,
                            pairs,
                            t -> t.weights()[95] = Double.NaN,
                            35,
                            "the weight must be finite and >= 0 but was NaN");
                    add(
                            all,
                            "infinite weight",
                            classes,
                            width,
                            pairs,
                            t -> t.weights()[95] = Double.POSITIVE_INFINITY,
                            35,
                            "the weight must be finite and >= 0 but was Infinity");
                    add(
                            all,
                            "overflow",
                            classes,
                            width,
                            pairs,
                            t -> {
                                for (int i = 70; i < 95; i++) {
                                    t.weights()[i] = 1e300;
                                    t.x()[i][2] = 1e300;
                                }
                            },
                            -1,
                            "the steps are too long for these rows, the model would overflow; scale the features"
                                    + " (step standard-scaler) or lower eta0");
                }
            }
        }
        add(
                all,
                "infinite target",
                0,
                NARROW,
                List.of(),
                t -> t.y()[95] = Double.POSITIVE_INFINITY,
                35,
                "the target must be finite but was Infinity");
        add(
                all,
                "class index",
                2,
                NARROW,
                List.of(),
                t -> t.y()[95] = 2,
                35,
                "a class index must be >= 0 and < 2 but was 2.0");
        return all.stream();
    }

    private static void add(
            List<Spoiler> all,
            String name,
            int classes,
            int width,
            List<String> pairs,
            Consumer<Table> spoil,
            int badRow,
            String message) {
        all.add(new Spoiler(name, classes, width, pairs, spoil, badRow, message));
    }

    @ParameterizedTest
    @MethodSource("spoilers")
    void refusedChunkChangesNothing(Spoiler spoiler) {
        String[] pairs = spoiler.pairs().toArray(new String[0]);
        for (boolean sparse : new boolean[] {false, true}) {
            Table good = table(spoiler);
            Table bad = table(spoiler);
            spoiler.spoil().accept(bad);
            int known = Math.min(1, spoiler.classes());
            Learner learner = SgdLearners.learner(good.schema(known), pairs);
            Learner spared = SgdLearners.learner(good.schema(known), pairs);
            for (int from : new int[] {0, BAD_FROM}) {
                good.teach(learner, sparse, 0, from, 20);
                good.teach(spared, sparse, 0, from, 20);
                State before = learner.state();
                AccreteException refusal = catchThrowableOfType(
                        AccreteException.class, () -> learner.partialFit(bad.chunk(sparse, BAD_FROM, BAD_TO)));
                assertThat(refusal).hasMessage(spoiler.message());
                assertThat(refusal.kind()).isEqualTo(Kind.BAD_DATA);
                assertThat(refusal.chunkRow().orElse(-1)).isEqualTo(spoiler.badRow());
                assertThat(learner.state()).isEqualTo(before);
                assertThat(learner.rowsSeen()).isEqualTo(spared.rowsSeen());
            }
            good.teach(learner, sparse, BAD_FROM, ROWS, 30);
            good.teach(spared, sparse, BAD_FROM, ROWS, 30);
            assertThat(learner.state()).isEqualTo(spared.state());
        }
    }

    /**
     * Few entries per row, in some none; classes come up one after the other, the third one within the rows that are
     * spoiled.
     */
    private static Table table(Spoiler spoiler) {
        Table table = Table.random(ROWS, spoiler.width(), spoiler.classes(), true);
        for (int i = 0; i < ROWS; i++) {
            for (int j = 4; j < spoiler.width() && spoiler.width() == WIDE; j++) {
                table.x()[i][j] = (j + i) % 97 == 0 ? table.x()[i][j] : 0;
            }
            if (i % 9 == 4) {
                Arrays.fill(table.x()[i], 0);
            }
            if (spoiler.classes() > 2) {
                table.y()[i] = i < 80 ? Math.min(table.y()[i], 1) : table.y()[i];
            }
        }
        return table;
    }

    @Test
    void whatIsRememberedBesidesWeightsIsTakenBackToo() {
        for (int classes : new int[] {2, 4}) {
            Table good = Table.random(ROWS, NARROW, classes, true);
            Table bad = new Table(
                    Arrays.stream(good.x()).map(double[]::clone).toArray(double[][]::new),
                    good.y(),
                    good.weights(),
                    good.classes());
            bad.x()[95][3] = Double.NaN;
            for (boolean sparse : new boolean[] {false, true}) {
                Learner learner = SgdLearners.learner(
                        good.schema(1),
                        "class-weight=balanced",
                        "learning-rate=adaptive",
                        "adaptive-window=7",
                        "adaptive-patience=1");
                for (int from : new int[] {0, BAD_FROM}) {
                    good.teach(learner, sparse, 0, from, 20);
                    State before = learner.state();
                    assertThatThrownBy(() -> learner.partialFit(bad.chunk(sparse, BAD_FROM, BAD_TO)))
                            .hasMessageStartingWith("'amounts[3]' is missing");
                    assertThat(learner.state()).isEqualTo(before);
                }
            }
        }
    }

    @Test
    void theWeightOfAClassOfARefusedChunkIsForgotten() {
        Schema schema = Schema.numeric(1, Target.categorical("y", List.of()));
        for (String setting : List.of("optimizer=sgd", "optimizer=adagrad-mixture")) {
            Learner learner = SgdLearners.learner(schema, setting, "class-weight=b:10,c:0.1");
            Learner spared = SgdLearners.learner(schema, setting, "class-weight=b:10,c:0.1");
            double[] targets = {0, 1, 1};
            DenseChunk bad =
                    new DenseChunk(schema, new double[] {1, 2, Double.NaN}, targets, new double[0], List.of("a", "b"));
            assertThatThrownBy(() -> learner.partialFit(bad)).hasMessageContaining("is missing");
            DenseChunk good = new DenseChunk(schema, new double[] {1, 2, 3}, targets, new double[0], List.of("a", "c"));
            learner.partialFit(good);
            spared.partialFit(good);
            assertThat(learner.state()).isEqualTo(spared.state());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4})
    void tooLittleRoomForDecisionValuesChangesNothing(int classes) {
        Table table = Table.random(ROWS, NARROW, classes, false);
        int most = classes > 2 ? classes : 1;
        for (boolean sparse : new boolean[] {false, true}) {
            OnlineLearner learner = (OnlineLearner) SgdLearners.learner(table.schema());
            Learner spared = SgdLearners.learner(table.schema());
            for (int from = 0; from < ROWS; from += 10) {
                for (int rows : new int[] {1, 5}) {
                    Chunk chunk = table.chunk(sparse, from, from + rows);
                    int room = rows * most - 1;
                    assertThatThrownBy(() -> learner.partialFit(chunk, new double[room]))
                            .isInstanceOfSatisfying(
                                    AccreteException.class,
                                    e -> assertThat(e.kind()).isEqualTo(Kind.BAD_ARGUMENT))
                            .hasMessage(
                                    "decisions must have room for " + (room + 1) + " values but has room for " + room);
                }
                table.teach(learner, sparse, from, from + 10, 10);
                table.teach(spared, sparse, from, from + 10, 10);
            }
            assertThat(learner.state()).isEqualTo(spared.state());
        }
    }

    @Test
    void chunkWithoutRowsChangesNothing() {
        Table table = Table.random(10, NARROW, 2, false);
        for (boolean sparse : new boolean[] {false, true}) {
            Learner learner = SgdLearners.learner(table.schema());
            learner.partialFit(table.all(true));
            State before = learner.state();
            learner.partialFit(table.chunk(sparse, 5, 5));
            assertThat(learner.state()).isEqualTo(before);
            assertThat(learner.rowsSeen()).isEqualTo(10);
        }
    }

    @Test
    void otherColumnsAreRefusedByLearnerAndModel() {
        Table table = Table.random(10, NARROW, 2, false);
        Table wider = Table.random(10, NARROW + 1, 2, false);
        Learner learner = SgdLearners.learner(table.schema());
        Classifier model = (Classifier) learner.snapshot();
        assertThatThrownBy(() -> learner.partialFit(wider.all(false)))
                .hasMessageContaining("data has 7 features but the model was trained on 6");
        assertThatThrownBy(() -> model.decide(wider.all(false), new double[10]))
                .hasMessageContaining("data has 7 features but the model was trained on 6");
        assertThat(learner.rowsSeen()).isZero();
    }

    @Test
    void chunkWithoutTargetsIsRefused() {
        Schema schema = Schema.numeric(2, Target.numeric("y"));
        Learner learner = SgdLearners.learner(schema);
        DenseChunk chunk = new DenseChunk(schema, new double[4], new double[0], new double[0], List.of());
        assertThatThrownBy(() -> learner.partialFit(chunk)).hasMessage("the target is missing");
    }

    @Test
    void countsBelowZeroAreRefused() {
        Table table = Table.random(10, NARROW, 0, false);
        Arrays.setAll(table.y(), i -> i == 7 ? -1 : i);
        Learner learner = SgdLearners.learner(table.schema(), "loss=poisson");
        assertThatThrownBy(() -> learner.partialFit(table.all(false)))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.chunkRow()).hasValue(7))
                .hasMessage("the target must be >= 0 with loss=poisson but was -1.0");
        learner.partialFit(table.chunk(false, 0, 7));
        double[] predictions = new double[7];
        ((Regressor) learner.view()).predict(table.chunk(false, 0, 7), predictions);
        double[] coef = learner.state().tensor("coef").doubles();
        for (int i = 0; i < 7; i++) {
            double decision = learner.state().number("intercept");
            for (int j = 0; j < NARROW; j++) {
                decision += coef[j] * table.x()[i][j];
            }
            assertThat(predictions[i]).isCloseTo(Math.exp(decision), withinPercentage(1e-10));
        }
    }

    @Test
    void modelRefusesARowThatIsNotFinite() {
        Table table = Table.random(10, NARROW, 0, false);
        Regressor model = (Regressor) SgdLearners.learner(table.schema()).snapshot();
        table.x()[4][1] = Double.NaN;
        for (boolean sparse : new boolean[] {false, true}) {
            AccreteException refusal = catchThrowableOfType(
                    AccreteException.class, () -> model.predict(table.all(sparse), new double[10]));
            assertThat(refusal).hasMessageStartingWith("'amounts[1]' is missing");
            assertThat(refusal.chunkRow()).hasValue(4);
        }
    }

    @Test
    void hugeFeaturesThatMoveNothingAreNoReasonToRefuse() {
        Schema schema = Schema.numeric(2, Target.categorical("y", List.of("a", "b")));
        Learner learner = SgdLearners.learner(schema, "loss=hinge", "alpha=0", "fit-intercept=false");
        double[] values = {1, 1, 1e308, 1e308};
        learner.partialFit(new DenseChunk(schema, values, new double[] {1, 1}, new double[0], List.of("a", "b")));
        assertThat(learner.rowsSeen()).isEqualTo(2);
    }
}
