package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The laws of a {@link Learner}. A test class implements this, names the provider, and inherits them all:
 *
 * <pre>{@code
 * class LeastSquaresTest implements LearnerContract {
 *     @Override
 *     public LearnerProvider provider() {
 *         return new LeastSquaresProvider();
 *     }
 * }
 * }</pre>
 *
 * <p>One class tests one setting: for others, implement it again (as {@code @Nested} classes, say) with other
 * {@link #settings()} and another {@link #schema()}. A learner whose model is a classifier implements
 * {@link ClassifierContract}, a step {@link StepContract}; each has these laws too. What a learner does not promise
 * (exact chunking, weights) it says by overriding {@link #tolerance()} and the other small methods here.
 */
@ExtendWith(RunSeed.class)
public interface LearnerContract extends ProviderContract {
    /** {@return the plug-in under test} */
    @Override
    LearnerProvider provider();

    /**
     * {@return what the columns are} At first: four numeric columns, two of a cycle, and the first kind of target that
     * the learner takes, of the order categorical (no class known), numeric, none. Keep one-hot blocks narrow: some
     * laws try dense copies of the rows.
     */
    default Schema schema() {
        List<Block> blocks = new ArrayList<>();
        for (String name : List.of("a", "b", "c", "d")) {
            blocks.add(new Block(name, Block.Kind.NUMERIC, 1));
        }
        blocks.add(new Block("hour", Block.Kind.CYCLE, 2));
        Target target = provider().targets().contains(Target.Kind.CATEGORICAL)
                ? Target.categorical("y", List.of())
                : provider().targets().contains(Target.Kind.NUMERIC) ? Target.numeric("y") : Target.none();
        return new Schema(blocks, target);
    }

    /** {@return parameters to set, as in {@code --set}; the others have their defaults} */
    default Map<String, String> settings() {
        return Map.of();
    }

    /** {@return all parameters, resolved} */
    default Params params() {
        return Params.parse(provider().params(), settings());
    }

    /**
     * {@return rows that the learner can learn from, always the same for a seed}
     *
     * @param count how many
     * @param seed any value
     */
    default Chunk rows(int count, long seed) {
        return RandomChunks.of(schema()).rows(count, seed);
    }

    /**
     * {@return how far numbers may be apart, relative above 1, when the rows are cut in another way; 0, which asks for
     * equal bits, is right for a learner that takes row after row}
     */
    default double tolerance() {
        return 0;
    }

    /**
     * {@return the same between sparse and dense copies of the same rows; infinite when they are to be treated
     * differently}
     */
    default double formTolerance() {
        return 1e-9;
    }

    /** {@return whether targets are learned from, so that a row without one is refused} */
    default boolean readsTarget() {
        return !(provider() instanceof StepProvider) && schema().target().kind() != Target.Kind.NONE;
    }

    /** {@return whether a NaN in a numeric column is taken as a missing value} */
    default boolean takesMissing() {
        return false;
    }

    /** {@return whether row weights make a difference} */
    default boolean takesWeights() {
        return false;
    }

    /**
     * {@return all that a model says about some rows, row-major: as many numbers for each row; override it for a new
     * kind of model}
     *
     * @param model a view or a snapshot of the learner
     * @param rows the rows
     */
    default double[] outputs(Model model, Chunk rows) {
        return Trial.outputs(model, rows);
    }

    // ---- chunks ----

    /** Promise one: the model does not depend on where chunk borders fall. */
    @Test
    default void anyChunkingOfDenseRowsGivesTheSameState() {
        anyChunking(Rows.dense(Trial.stream(this)).chunk());
    }

    /** The same for sparse chunks, whatever the schema. */
    @Test
    default void anyChunkingOfSparseRowsGivesTheSameState() {
        anyChunking(Rows.sparse(Trial.stream(this)).chunk());
    }

    private void anyChunking(Chunk rows) {
        Learner whole = Trial.fresh(this);
        whole.partialFit(rows);
        Trial.cuts(rows.rows()).forEach((name, cuts) -> {
            Learner learner = Trial.fresh(this);
            int from = 0;
            for (int length : cuts) {
                learner.partialFit(rows.slice(from, from + length));
                from += length;
            }
            Same.state("the learner after " + name, learner.state(), whole.state(), tolerance());
            assertThat(learner.rowsSeen()).as("rows seen after %s", name).isEqualTo(whole.rowsSeen());
        });
    }

    /** A learner takes both forms of a chunk, and they mean the same. */
    @Test
    default void sparseAndDenseCopiesGiveTheSamePredictions() {
        Chunk rows = Trial.stream(this);
        Chunk others = Trial.others(this);
        Learner dense = Trial.trained(this, Rows.dense(rows).chunk());
        Learner sparse = Trial.trained(this, Rows.sparse(rows).chunk());
        double[] expected = outputs(dense.snapshot(), Rows.dense(others).chunk());
        Same.numbers(
                "the model's output for a sparse copy",
                outputs(dense.snapshot(), Rows.sparse(others).chunk()),
                expected,
                1e-9);
        Same.numbers(
                "the output of a model trained on sparse copies",
                outputs(sparse.snapshot(), Rows.dense(others).chunk()),
                expected,
                formTolerance());
    }

    /** The arrays belong to somebody else. */
    @Test
    default void chunkIsNotWritten() {
        for (Rows rows : List.of(Rows.dense(Trial.stream(this)), Rows.sparse(Trial.stream(this)))) {
            List<String> before = rows.bits();
            Learner learner = Trial.fresh(this);
            learner.partialFit(rows.chunk());
            assertThat(rows.bits()).as("the chunk after partialFit").isEqualTo(before);
            outputs(learner.view(), rows.chunk());
            outputs(learner.snapshot(), rows.chunk());
            assertThat(rows.bits()).as("the chunk after the model's call").isEqualTo(before);
        }
    }

    /** The arrays are refilled after the call. */
    @Test
    default void chunkIsNotKept() {
        Chunk stream = Trial.stream(this);
        Learner expected = Trial.trained(this, stream);
        Learner learner = Trial.fresh(this);
        for (int row = 0; row < stream.rows(); row += 50) {
            Rows rows = Rows.of(stream.slice(row, Math.min(stream.rows(), row + 50)));
            learner.partialFit(rows.chunk());
            rows.spoil();
        }
        Same.state("a learner whose chunks were overwritten", learner.state(), expected.state(), 0);
        Same.numbers(
                "the output of a learner whose chunks were overwritten",
                outputs(learner.view(), Trial.others(this)),
                outputs(expected.view(), Trial.others(this)),
                0);
    }

    /** With and without targets in the empty chunk, before and after others. */
    @Test
    default void chunkWithoutRowsChangesNothing() {
        Chunk rows = Trial.stream(this);
        Learner expected = Trial.trained(this, rows);
        Learner learner = Trial.fresh(this);
        learner.partialFit(rows.slice(0, 0));
        Trial.fit(learner, rows, 0, 100);
        State before = learner.state();
        learner.partialFit(rows.slice(40, 40));
        learner.partialFit(Rows.of(rows.slice(0, 0)).chunk());
        learner.partialFit(new ChunkBuffer(schema(), 1).chunk());
        Same.state("a learner after empty chunks", learner.state(), before, 0);
        assertThat(learner.rowsSeen()).isEqualTo(100);
        Trial.fit(learner, rows, 100, rows.rows());
        Same.state("a learner that was also given empty chunks", learner.state(), expected.state(), 0);
    }

    /** It is exact, over restores too. */
    @Test
    default void rowsSeenIsExact() {
        Chunk rows = Trial.stream(this);
        Learner learner = Trial.fresh(this);
        assertThat(learner.rowsSeen()).as("rows seen at the start").isZero();
        int from = 0;
        for (int to : new int[] {1, 8, 108, 200}) {
            learner.partialFit(rows.slice(from, to));
            assertThat(learner.rowsSeen()).as("rows seen").isEqualTo(to);
            from = to;
        }
        Learner restored = provider().restore(schema(), params(), learner.state());
        assertThat(restored.rowsSeen()).as("rows seen after a restore").isEqualTo(200);
        restored.partialFit(rows.slice(200, 230));
        assertThat(restored.rowsSeen())
                .as("rows seen after a restore and more rows")
                .isEqualTo(230);
    }

    /** Two learners of one seed: whatever is random comes from it. */
    @Test
    default void sameRowsGiveTheSameBits() {
        Chunk rows = Trial.stream(this);
        Same.state(
                "a second learner",
                Trial.trained(this, rows).state(),
                Trial.trained(this, Rows.of(rows).chunk()).state(),
                0);
    }

    // ---- state and models ----

    /** Promise two: stopped anywhere and restored, it goes on as if it had never stopped. */
    @Test
    default void restoredLearnerGoesOnToTheSameBits() {
        goesOn(false);
    }

    /** Nothing is handed over beside tensors and texts, and others may stand beside them. */
    @Test
    default void restoreNeedsNothingButTheBytesOfTheState() {
        goesOn(true);
    }

    private void goesOn(boolean bytes) {
        Chunk rows = Trial.stream(this);
        Chunk others = Trial.others(this);
        SeededRandom random = RunSeed.random("stops");
        for (int stop : new int[] {0, 1, 1 + random.nextInt(228), 230}) {
            Learner straight = Trial.fresh(this);
            straight.partialFit(rows.slice(0, stop));
            State saved = straight.state();
            Params stored = Params.parse(provider().params(), params().toMap());
            Learner restored = provider().restore(schema(), stored, bytes ? Trial.fromBytes(saved) : saved);
            String what = "a learner restored after " + stop + " rows";
            Same.state(what, restored.state(), saved, 0);
            Same.numbers(
                    "the output of " + what,
                    outputs(restored.snapshot(), others),
                    outputs(straight.snapshot(), others),
                    0);
            straight.partialFit(rows.slice(stop, 230));
            restored.partialFit(rows.slice(stop, 230));
            Same.state(what + " that went on", restored.state(), straight.state(), 0);
            Same.numbers(
                    "the output of " + what + " that went on",
                    outputs(restored.snapshot(), others),
                    outputs(straight.snapshot(), others),
                    0);
            assertThat(restored.rowsSeen()).as("rows seen by %s", what).isEqualTo(230);
        }
    }

    /** A tensor that is missing or has another shape is either told of or was never needed. */
    @Test
    default void damagedStateIsRefusedAsCorrupt() {
        State state = Trial.trained(this, Trial.stream(this)).state();
        for (String name : state.tensors().keySet()) {
            for (State damaged : List.of(Trial.without(state, name), Trial.stretched(state, name))) {
                try {
                    Learner restored = provider().restore(schema(), params(), damaged);
                    Same.state("a learner restored with a damaged '" + name + "'", restored.state(), state, 0);
                } catch (AccreteException e) {
                    assertThat(e.kind())
                            .as("kind of the refusal of a damaged '%s': %s", name, e.line())
                            .isEqualTo(AccreteException.Kind.CORRUPT_FILE);
                } catch (IndexOutOfBoundsException | ClassCastException | NullPointerException e) {
                    throw new AssertionError("a damaged '" + name + "' must be refused as corrupt", e);
                }
            }
        }
    }

    /** {@code view()}, {@code snapshot()}, {@code state()} and the models' calls change nothing, however often. */
    @Test
    default void lookingChangesNothing() {
        Chunk rows = Trial.stream(this);
        Chunk others = Trial.others(this);
        Learner expected = Trial.trained(this, rows);
        Learner learner = Trial.fresh(this);
        for (int row = 0; row < rows.rows(); row += 50) {
            State before = learner.state();
            for (int times = 0; times < 3; times++) {
                learner.snapshot();
                outputs(learner.snapshot(), others);
                learner.view();
                outputs(learner.view(), others);
                Same.state("a learner that was looked at", learner.state(), before, 0);
            }
            learner.partialFit(rows.slice(row, Math.min(rows.rows(), row + 50)));
        }
        Same.state("a learner that was looked at between its chunks", learner.state(), expected.state(), 0);
        assertThat(learner.rowsSeen()).isEqualTo(rows.rows());
    }

    /** A snapshot is a copy. */
    @Test
    default void snapshotIsUnaffectedByLaterFits() {
        Chunk rows = Trial.stream(this);
        Chunk others = Trial.others(this);
        Learner learner = Trial.fresh(this);
        for (int row = 0; row < 200; row += 40) {
            Model snapshot = learner.snapshot();
            double[] before = outputs(snapshot, others);
            learner.partialFit(rows.slice(row, row + 40));
            learner.snapshot();
            Same.numbers("the output of an earlier snapshot", outputs(snapshot, others), before, 0);
        }
    }

    /** They differ in what they cost, not in what they say. */
    @Test
    default void viewSaysWhatTheSnapshotSays() {
        Chunk rows = Trial.stream(this);
        Chunk others = Trial.others(this);
        Learner learner = Trial.fresh(this);
        for (int row = 0; row <= 200; row += 40) {
            Same.numbers("the view's output", outputs(learner.view(), others), outputs(learner.snapshot(), others), 0);
            learner.partialFit(rows.slice(row, Math.min(rows.rows(), row + 40)));
        }
    }

    /** A snapshot is immutable and thread-safe, also while the learner goes on. */
    @Test
    default void snapshotIsReadByManyThreads() throws Exception {
        Chunk rows = Trial.stream(this);
        Learner learner = Trial.trained(this, rows.slice(0, 100));
        Model snapshot = learner.snapshot();
        List<Rows> questions = new ArrayList<>();
        List<double[]> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            questions.add(Rows.of(rows.slice(i * 70, i * 70 + 70)));
            answers.add(outputs(snapshot, questions.get(i).chunk()));
        }
        CyclicBarrier start = new CyclicBarrier(questions.size());
        ExecutorService threads = Executors.newFixedThreadPool(questions.size());
        try {
            List<Future<?>> readers = new ArrayList<>();
            for (int i = 0; i < questions.size(); i++) {
                Chunk question = questions.get(i).chunk();
                double[] answer = answers.get(i);
                readers.add(threads.submit((Callable<Integer>) () -> {
                    start.await();
                    for (int times = 0; times < 200; times++) {
                        Same.numbers("the output on one of many threads", outputs(snapshot, question), answer, 0);
                    }
                    return start.getParties();
                }));
            }
            Trial.fit(learner, rows, 100, rows.rows());
            for (Future<?> reader : readers) {
                reader.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a snapshot read by many threads: " + e.getCause(), e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    /** What a model says of a row depends on that row's columns alone: not on its neighbours, not on its target. */
    @Test
    default void predictionsDependOnTheRowAlone() {
        Model model = Trial.trained(this, Trial.stream(this)).snapshot();
        Chunk others = Trial.others(this);
        int count = others.rows();
        for (Chunk rows :
                List.of(Rows.dense(others).chunk(), Rows.sparse(others).chunk())) {
            double[] whole = outputs(model, rows);
            int width = whole.length / count;
            Same.numbers(
                    "the output for rows without targets",
                    outputs(model, Rows.draft(rows).withoutTargets().chunk()),
                    whole,
                    0);
            for (int row = 0; row < count; row++) {
                Same.numbers(
                        "the output for row " + row + " alone",
                        outputs(model, Rows.of(rows.slice(row, row + 1)).chunk()),
                        Arrays.copyOfRange(whole, row * width, (row + 1) * width),
                        tolerance());
                Same.numbers(
                        "the output for a slice from row " + row,
                        outputs(model, rows.slice(row, count)),
                        Arrays.copyOfRange(whole, row * width, count * width),
                        tolerance());
            }
        }
    }

    /** An untrained learner gives a model too. */
    @Test
    default void untrainedLearnerGivesAFiniteModel() {
        Learner learner = Trial.fresh(this);
        Chunk rows = Trial.others(this);
        Same.finite("the output of an untrained view", outputs(learner.view(), rows));
        Same.finite("the output of an untrained snapshot", outputs(learner.snapshot(), rows));
    }

    /** A trained one as well. */
    @Test
    default void trainedLearnerGivesAFiniteModel() {
        Learner learner = Trial.trained(this, Trial.stream(this));
        Same.finite("the output of a trained model", outputs(learner.snapshot(), Trial.others(this)));
    }

    /** The learner and its models say which columns they are for. */
    @Test
    default void schemaIsTheOneItWasMadeFor() {
        Learner learner = Trial.fresh(this);
        for (int times = 0; times < 2; times++) {
            for (Schema found : List.of(
                    learner.schema(),
                    learner.view().schema(),
                    learner.snapshot().schema())) {
                assertThat(found.matches(schema())).as("%s matches", found).isTrue();
            }
            learner.partialFit(Trial.stream(this));
        }
    }

    /** Capability is a type, and each type has laws of its own. */
    @Test
    default void everyLawOfItsKindIsAsked() {
        if (Trial.fresh(this).snapshot() instanceof Classifier) {
            assertThat(this).as("the model is a classifier").isInstanceOf(ClassifierContract.class);
        }
        if (provider() instanceof StepProvider) {
            assertThat(this).as("the plug-in is a step").isInstanceOf(StepContract.class);
        }
        if (Trial.fresh(this) instanceof MergeableLearner) {
            assertThat(this).as("the learner can be merged").isInstanceOf(MergeContract.class);
        }
    }

    // ---- refusals: promise three, a bad chunk changes nothing ----

    private void refusesCells(double value) {
        Schema schema = schema();
        Chunk others = Trial.others(this);
        int last = others.rows() - 1;
        int from = 0;
        for (Block block : schema.blocks()) {
            int column = from + block.width() - 1;
            from += block.width();
            if (provider() instanceof StepProvider && block.kind() != Block.Kind.NUMERIC) {
                continue;
            }
            for (int row : new int[] {0, last}) {
                Chunk bad = Rows.draft(others).cell(row, column, value).chunk();
                for (Chunk form :
                        List.of(Rows.dense(bad).chunk(), Rows.sparse(bad).chunk())) {
                    Trial.refuses(
                            this,
                            value + " in column " + schema.columnName(column) + " of row " + row,
                            AccreteException.Kind.BAD_DATA,
                            OptionalInt.of(row),
                            schema.columnName(column),
                            form);
                }
            }
        }
    }

    /**
     * Rows are told by their number in the chunk that was passed, columns by name. A step may pass on what is not
     * numeric unread: what stands behind it refuses.
     */
    @Test
    default void refusesInfinity() {
        refusesCells(Double.POSITIVE_INFINITY);
        refusesCells(Double.NEGATIVE_INFINITY);
    }

    /** NaN is a missing value, which a step before the learner fills. */
    @Test
    default void refusesNaN() {
        assumeTrue(!takesMissing(), "the learner takes missing values");
        refusesCells(Double.NaN);
    }

    /** The learner that takes missing values learns from the rest of the row. */
    @Test
    default void missingValuesDoNoHarm() {
        assumeTrue(takesMissing(), "the learner takes no missing values");
        Chunk rows = RandomChunks.of(schema())
                .withMissing(0.2)
                .rows(Trial.ROWS, RunSeed.random("missing").nextLong());
        anyChunking(Rows.dense(rows).chunk());
        anyChunking(Rows.sparse(rows).chunk());
        Model model = Trial.trained(this, rows).snapshot();
        Same.finite("the output after missing values", outputs(model, Trial.others(this)));
        Same.finite("the output for missing values", outputs(model, rows));
    }

    /** A row's number counts from the slice's first row. */
    @Test
    default void badRowOfASliceIsCountedFromItsStart() {
        int column = Trial.numericColumn(schema());
        Chunk bad = Rows.draft(Trial.others(this))
                .cell(15, column, Double.POSITIVE_INFINITY)
                .chunk();
        Trial.refuses(
                this,
                "infinity in row 5 of a slice",
                AccreteException.Kind.BAD_DATA,
                OptionalInt.of(5),
                schema().columnName(column),
                bad.slice(10, 20));
    }

    /** Another number of columns, another name, another target. */
    @Test
    default void refusesAnotherSchema() {
        Chunk others = Trial.others(this);
        for (Schema wrong : List.of(Trial.wider(schema()), Trial.renamed(schema()))) {
            Chunk bad = Rows.draft(others).schema(wrong).chunk();
            Trial.refuses(this, "another schema", AccreteException.Kind.BAD_STATE, OptionalInt.empty(), "", bad);
        }
        Target target = schema().target().kind() == Target.Kind.NUMERIC
                ? Target.categorical("z", List.of())
                : Target.numeric("z");
        Schema wrong = new Schema(schema().blocks(), target);
        Chunk bad = RandomChunks.of(wrong).rows(5, 1);
        Trial.refuses(this, "another target", AccreteException.Kind.BAD_STATE, OptionalInt.empty(), "", bad);
    }

    /** A model is as strict as its learner, and the refused call costs it nothing. */
    @Test
    default void modelRefusesAnotherSchema() {
        Chunk others = Trial.others(this);
        Learner learner = Trial.trained(this, Trial.stream(this));
        Chunk wider = Rows.draft(others).schema(Trial.wider(schema())).chunk();
        Chunk renamed = Rows.draft(others).schema(Trial.renamed(schema())).chunk();
        for (Chunk bad : List.of(wider, renamed)) {
            for (Model model : List.of(learner.view(), learner.snapshot())) {
                assertThatThrownBy(() -> outputs(model, bad))
                        .as("a model that is asked about other columns")
                        .isInstanceOfSatisfying(
                                AccreteException.class,
                                e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
            }
        }
    }

    /** A row whose target is missing, after good ones. */
    @Test
    default void refusesAMissingTarget() {
        assumeTrue(readsTarget(), "targets are not read");
        Chunk others = Trial.others(this);
        for (int row : new int[] {0, others.rows() - 1}) {
            Trial.refuses(
                    this,
                    "a missing target in row " + row,
                    AccreteException.Kind.BAD_DATA,
                    OptionalInt.of(row),
                    "",
                    Rows.draft(others).target(row, Double.NaN).chunk());
        }
    }

    /** A chunk for prediction is not for learning. */
    @Test
    default void refusesRowsWithoutTargets() {
        assumeTrue(readsTarget(), "targets are not read");
        Trial.refuses(
                this,
                "rows without targets",
                AccreteException.Kind.BAD_DATA,
                OptionalInt.empty(),
                "",
                Rows.draft(Trial.others(this)).withoutTargets().chunk());
    }

    /** Neither a number nor a class can be infinite. */
    @Test
    default void refusesAnInfiniteTarget() {
        assumeTrue(readsTarget(), "targets are not read");
        Chunk others = Trial.others(this);
        int last = others.rows() - 1;
        for (double value : new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            Trial.refuses(
                    this,
                    "target " + value,
                    AccreteException.Kind.BAD_DATA,
                    OptionalInt.of(last),
                    "",
                    Rows.draft(others).target(last, value).chunk());
        }
    }

    /** A learner that does not read targets does not miss them. */
    @Test
    default void targetsThatAreNotReadMayBeMissing() {
        assumeTrue(!readsTarget(), "targets are read");
        Chunk rows = Trial.stream(this);
        Learner learner = Trial.fresh(this);
        assertThatCode(() ->
                        Trial.fit(learner, Rows.draft(rows).withoutTargets().chunk(), 0, rows.rows()))
                .as("rows without targets")
                .doesNotThrowAnyException();
        Same.state(
                "a learner without targets",
                learner.state(),
                Trial.trained(this, rows).state(),
                0);
    }

    /** Huge numbers are finite: they are refused, or they are learned without harm. */
    @Test
    default void hugeValuesAreRefusedOrDoNoHarm() {
        Chunk rows = Trial.stream(this);
        Chunk others = Trial.others(this);
        for (double huge : new double[] {1e200, Double.MAX_VALUE}) {
            Learner learner = Trial.trained(this, rows);
            double[] before = outputs(learner.snapshot(), others);
            State state = learner.state();
            Rows.Draft draft = Rows.draft(others);
            for (int row = 1; row < others.rows(); row++) {
                for (int column = 0; column < schema().width(); column++) {
                    if (Trial.isNumeric(schema(), column)) {
                        draft.cell(row, column, row % 3 == 0 ? -huge : huge);
                    }
                }
                if (readsTarget() && schema().target().kind() == Target.Kind.NUMERIC) {
                    draft.target(row, row % 2 == 0 ? -huge : huge);
                }
            }
            Chunk chunk = draft.chunk();
            try {
                learner.partialFit(chunk);
                Same.finite("the output after values of " + huge, outputs(learner.snapshot(), others));
            } catch (AccreteException e) {
                assertThat(e.kind()).as(e.line()).isEqualTo(AccreteException.Kind.BAD_DATA);
                Same.state("a learner that refused values of " + huge, learner.state(), state, 0);
                Same.numbers(
                        "the output of a learner that refused values of " + huge,
                        outputs(learner.view(), others),
                        before,
                        0);
            }
        }
    }

    // ---- weights ----

    /** Rows without weights weigh 1. */
    @Test
    default void weightsOfOneAreNoWeights() {
        Chunk rows = Trial.stream(this);
        Rows.Draft draft = Rows.draft(rows).withoutWeights();
        Learner without = Trial.trained(this, draft.chunk());
        Learner with = Trial.trained(this, draft.weight(0, 1.0).chunk());
        Same.state("a learner of rows that weigh 1", with.state(), without.state(), 0);
    }

    /** Weights that are promised to matter do, in any chunking; rows of weight 0 are seen as well. */
    @Test
    default void weightsMatter() {
        assumeTrue(takesWeights(), "weights are not read");
        Chunk rows = RandomChunks.of(schema())
                .withWeights()
                .rows(Trial.ROWS, RunSeed.random("weights").nextLong());
        Learner with = Trial.trained(this, rows);
        assertThat(with.rowsSeen()).as("rows seen, those of weight 0 too").isEqualTo(rows.rows());
        assertThat(with.state())
                .as("the state of a learner of weighted rows")
                .isNotEqualTo(
                        Trial.trained(this, Rows.draft(rows).withoutWeights().chunk())
                                .state());
        anyChunking(Rows.dense(rows).chunk());
        anyChunking(Rows.sparse(rows).chunk());
    }

    /** Weights are finite and at least 0. */
    @Test
    default void refusesAWeightThatIsNone() {
        assumeTrue(takesWeights(), "weights are not read");
        Chunk others = Trial.others(this);
        int last = others.rows() - 1;
        for (double weight : new double[] {-1.0, Double.NaN, Double.POSITIVE_INFINITY}) {
            Trial.refuses(
                    this,
                    "weight " + weight,
                    AccreteException.Kind.BAD_DATA,
                    OptionalInt.of(last),
                    "weight",
                    Rows.draft(others).weight(last, weight).chunk());
        }
    }

    // ---- provider ----

    /** The estimate that refuses a model before its first row covers at least what is stored. */
    @Test
    default void memoryEstimateCoversTheState() {
        long stored = 0;
        for (Tensor tensor : Trial.fresh(this).state().tensors().values()) {
            stored += (long) tensor.size() * tensor.type().bytes();
        }
        assertThat(provider().memoryBytes(schema(), params()))
                .as("bytes of memory")
                .isPositive()
                .isGreaterThanOrEqualTo(stored);
    }

    /** There is something to learn, and liked steps are names. */
    @Test
    default void targetsAndLikedStepsAreNamed() {
        assertThat(provider().targets()).isNotEmpty().contains(schema().target().kind());
        assertThat(provider().likedSteps())
                .allSatisfy(step -> assertThat(step).matches("[a-z][a-z0-9-]*"))
                .doesNotHaveDuplicates()
                .doesNotContain(provider().name());
    }

    /** A domain lists only what works: each word learns, or is refused at once beside the other parameters. */
    @Test
    default void everyWordOfAChoiceWorks() {
        Chunk rows = Trial.stream(this);
        for (ParamSpec<?> spec : provider().params()) {
            if (!(spec.domain() instanceof Domain.Choice choice)) {
                continue;
            }
            for (String word : choice.words()) {
                Params params = Params.parse(provider().params(), with(spec.name(), word));
                Learner learner;
                try {
                    learner = provider().create(schema(), params);
                } catch (AccreteException e) {
                    assertThat(e.kind())
                            .as("kind of the refusal of %s=%s: %s", spec.name(), word, e.line())
                            .isEqualTo(AccreteException.Kind.BAD_ARGUMENT);
                    assertThat(e).as("refusal of %s=%s", spec.name(), word).hasMessageContaining(spec.name());
                    continue;
                } catch (RuntimeException e) {
                    throw new AssertionError(spec.name() + "=" + word + " cannot be used: " + e, e);
                }
                learner.snapshot();
                learner.state();
                try {
                    learner.partialFit(rows);
                } catch (AccreteException e) {
                    // A word may make the learner stricter, as new-classes=reject does.
                    assertThat(e.kind())
                            .as("kind of the refusal of rows with %s=%s: %s", spec.name(), word, e.line())
                            .isEqualTo(AccreteException.Kind.BAD_DATA);
                } catch (RuntimeException e) {
                    throw new AssertionError(spec.name() + "=" + word + " cannot learn: " + e, e);
                }
            }
        }
    }

    private Map<String, String> with(String name, String word) {
        Map<String, String> changed = new HashMap<>(params().toMap());
        changed.put(name, word);
        return Collections.unmodifiableMap(changed);
    }
}
