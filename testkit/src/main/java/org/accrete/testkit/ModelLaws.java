package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.fitInChunks;
import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.untrained;
import static org.accrete.testkit.LearnerFixtures.withExtraColumn;
import static org.accrete.testkit.LearnerFixtures.withRenamedColumn;
import static org.accrete.testkit.StateAssert.assertFinite;
import static org.accrete.testkit.StateAssert.assertSameNumbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ImportanceModel;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.junit.jupiter.api.Test;

/**
 * The laws on the models of a learner, which its {@code view()} and {@code snapshot()} return. A test inherits them
 * from {@link LearnerContract}.
 */
public interface ModelLaws extends LearnerUnderTest {
    /** How far contributions may be from adding up, relative to their size above 1. */
    double EXPLAINED = 1e-9;

    /** There is always a model, also before the first row. */
    @Test
    default void viewAndSnapshotAreNeverNull() {
        Chunk rows = trainingRows(this);
        Learner learner = untrained(this);
        for (int row = 0; row <= 200; row += 100) {
            assertThat(learner.view()).as("view() after %s rows", row).isNotNull();
            assertThat(learner.snapshot()).as("snapshot() after %s rows", row).isNotNull();
            learner.partialFit(rows.slice(row, Math.min(rows.rows(), row + 100)));
        }
    }

    /** A snapshot is a copy. */
    @Test
    default void snapshotIsUnaffectedByLaterFits() {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        Learner learner = untrained(this);
        for (int row = 0; row < 200; row += 40) {
            Model snapshot = learner.snapshot();
            double[] before = outputs(snapshot, others);
            learner.partialFit(rows.slice(row, row + 40));
            learner.snapshot();
            assertSameNumbers("the output of an earlier snapshot", outputs(snapshot, others), before, 0);
        }
    }

    /** A view and a snapshot differ only in cost. */
    @Test
    default void viewAndSnapshotGiveTheSameOutput() {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        Learner learner = untrained(this);
        for (int row = 0; row <= 200; row += 40) {
            assertSameNumbers(
                    "the view's output", outputs(learner.view(), others), outputs(learner.snapshot(), others), 0);
            learner.partialFit(rows.slice(row, Math.min(rows.rows(), row + 40)));
        }
    }

    /** A snapshot can be read by several threads while the learner continues. */
    @Test
    default void snapshotIsThreadSafe() throws Exception {
        Chunk rows = trainingRows(this);
        Learner learner = trained(this, rows.slice(0, 100));
        Model snapshot = learner.snapshot();
        List<ChunkCopy> questions = new ArrayList<>();
        List<double[]> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            questions.add(ChunkCopy.of(rows.slice(i * 70, i * 70 + 70)));
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
                        assertSameNumbers("the output on one of many threads", outputs(snapshot, question), answer, 0);
                    }
                    return start.getParties();
                }));
            }
            fitInChunks(learner, rows, 100, rows.rows());
            for (Future<?> reader : readers) {
                reader.get();
            }
        } catch (ExecutionException e) {
            throw new AssertionError("a snapshot read by many threads: " + e.getCause(), e.getCause());
        } finally {
            threads.shutdownNow();
        }
    }

    /** The output for a row depends only on its columns, not on its neighbours or its target. */
    @Test
    default void predictionsDependOnTheRowAlone() {
        Model model = trained(this, trainingRows(this)).snapshot();
        Chunk others = otherRows(this);
        int count = others.rows();
        for (Chunk rows : List.of(
                ChunkCopy.dense(others).chunk(), ChunkCopy.sparse(others).chunk())) {
            double[] whole = outputs(model, rows);
            int width = whole.length / count;
            assertSameNumbers(
                    "the output for rows without targets",
                    outputs(model, ChunkCopy.edit(rows).withoutTargets().chunk()),
                    whole,
                    0);
            for (int row = 0; row < count; row++) {
                assertSameNumbers(
                        "the output for row " + row + " alone",
                        outputs(model, ChunkCopy.of(rows.slice(row, row + 1)).chunk()),
                        Arrays.copyOfRange(whole, row * width, (row + 1) * width),
                        tolerance());
                assertSameNumbers(
                        "the output for a slice from row " + row,
                        outputs(model, rows.slice(row, count)),
                        Arrays.copyOfRange(whole, row * width, count * width),
                        tolerance());
            }
        }
    }

    /** An untrained learner has a usable model. */
    @Test
    default void untrainedModelIsFinite() {
        Learner learner = untrained(this);
        Chunk rows = otherRows(this);
        assertFinite("the output of an untrained view", outputs(learner.view(), rows));
        assertFinite("the output of an untrained snapshot", outputs(learner.snapshot(), rows));
    }

    /** A trained learner has a usable model. */
    @Test
    default void trainedModelIsFinite() {
        Learner learner = trained(this, trainingRows(this));
        assertFinite("the output of a trained model", outputs(learner.snapshot(), otherRows(this)));
    }

    /** The learner and its models report the schema that the learner was created with. */
    @Test
    default void schemaMatchesTheOneGiven() {
        Learner learner = untrained(this);
        for (int times = 0; times < 2; times++) {
            for (Schema found : List.of(
                    learner.schema(),
                    learner.view().schema(),
                    learner.snapshot().schema())) {
                assertThat(found.matches(schema())).as("%s matches", found).isTrue();
            }
            learner.partialFit(trainingRows(this));
        }
    }

    /** A model checks the schema as its learner does. */
    @Test
    default void modelRefusesAnotherSchema() {
        Chunk others = otherRows(this);
        Learner learner = trained(this, trainingRows(this));
        Chunk wider = ChunkCopy.edit(others).schema(withExtraColumn(schema())).chunk();
        Chunk renamed =
                ChunkCopy.edit(others).schema(withRenamedColumn(schema())).chunk();
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

    /** What columns contributed to a prediction is all of it, and the base value is the same for all rows. */
    @Test
    default void explanationsAddUp() {
        Learner learner = untrained(this);
        assumeTrue(learner.snapshot() instanceof ExplainableModel, "the model explains nothing");
        Chunk rows = trainingRows(this);
        Chunk others = explained();
        for (int row = 0; row <= rows.rows(); row += rows.rows() / 2) {
            for (Model model : List.of(learner.view(), learner.snapshot())) {
                assertThat(model).as("a model of the same learner").isInstanceOf(ExplainableModel.class);
                for (Chunk form : List.of(
                        ChunkCopy.dense(others).chunk(),
                        ChunkCopy.sparse(others).chunk())) {
                    assertAddUp((ExplainableModel) model, form);
                }
            }
            if (row < rows.rows()) {
                learner.partialFit(rows.slice(row, row + rows.rows() / 2));
            }
        }
    }

    private Chunk explained() {
        return !takesMissing()
                ? otherRows(this)
                : RandomChunks.of(schema())
                        .withMissing(0.2)
                        .rows(40, RunSeed.random("explained").nextLong());
    }

    private static void assertAddUp(ExplainableModel model, Chunk rows) {
        int count = model instanceof Classifier classifier ? classifier.decisions() : 1;
        double[] values = new double[rows.rows() * count];
        if (model instanceof Classifier classifier) {
            classifier.decide(rows, values);
        } else {
            ((Regressor) model).predict(rows, values);
        }
        Contributions out = new Contributions();
        double[] bases = new double[count];
        for (int i = 0; i < values.length; i++) {
            int row = i / count;
            model.explain(rows, row, i % count, out);
            double size = Math.max(1, Math.abs(out.base()));
            for (int k = 0; k < out.size(); k++) {
                assertThat(out.column(k)).as("a column that contributed").isBetween(0, rows.width() - 1);
                size += Math.abs(out.amount(k));
            }
            assertThat(out.sum())
                    .as("base value and contributions to decision value %s of row %s, added up", i % count, row)
                    .isCloseTo(values[i], offset(EXPLAINED * size));
            bases[i % count] = row == 0 ? out.base() : bases[i % count];
            assertThat(out.base())
                    .as("base value of row %s, and of row 0", row)
                    .isCloseTo(bases[i % count], offset(EXPLAINED * size));
        }
    }

    /** Importances are shares of the columns. */
    @Test
    default void importancesAreShares() {
        Learner learner = untrained(this);
        assumeTrue(learner.snapshot() instanceof ImportanceModel, "the model tells no importances");
        Chunk rows = trainingRows(this);
        for (int row = 0; row <= rows.rows(); row += rows.rows() / 2) {
            for (Model model : List.of(learner.view(), learner.snapshot())) {
                double[] shares = ((ImportanceModel) model).importances();
                assertThat(shares).as("importances, one for each column").hasSize(schema().width());
                for (double share : shares) {
                    assertThat(share).as("an importance").isBetween(0.0, 1 + EXPLAINED);
                }
                double sum = Arrays.stream(shares).sum();
                assertThat(sum == 0 || Math.abs(sum - 1) <= EXPLAINED)
                        .as("importances add up to 0 or 1, and not to %s", sum)
                        .isTrue();
            }
            if (row < rows.rows()) {
                learner.partialFit(rows.slice(row, row + rows.rows() / 2));
            }
        }
    }
}
