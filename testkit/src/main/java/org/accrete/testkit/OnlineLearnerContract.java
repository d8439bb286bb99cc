package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.TRAINING_ROWS;
import static org.accrete.testkit.LearnerFixtures.chunkings;
import static org.accrete.testkit.LearnerFixtures.fitInChunks;
import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.untrained;
import static org.accrete.testkit.RefusalAssert.assertRefused;
import static org.accrete.testkit.StateAssert.assertSameNumbers;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Test;

/**
 * The laws of an {@link OnlineLearner}: those of {@link LearnerContract} with a tolerance of 0, those on single rows,
 * and those on the decision values from before each update. Used like {@link LearnerContract}, in addition to
 * {@link ClassifierContract} if the model is a classifier.
 */
public interface OnlineLearnerContract extends LearnerContract {
    private OnlineLearner online(Chunk rows) {
        OnlineLearner learner = (OnlineLearner) untrained(this);
        learner.classes(rows.classes());
        return learner;
    }

    private List<Chunk> forms() {
        Chunk rows = trainingRows(this);
        return List.of(ChunkCopy.dense(rows).chunk(), ChunkCopy.sparse(rows).chunk());
    }

    /** Learns one row in the form of its chunk. */
    private static double[] learnOne(OnlineLearner learner, Chunk rows, int row) {
        double target = rows.hasTargets() ? rows.target(row) : Double.NaN;
        if (rows instanceof SparseChunk sparse) {
            int[] indices = Arrays.copyOfRange(sparse.indices(), sparse.start(row), sparse.end(row));
            double[] values = Arrays.copyOfRange(sparse.values(), sparse.start(row), sparse.end(row));
            return learner.learnOne(indices, values, indices.length, target, rows.weight(row));
        }
        return learner.learnOne(ChunkCopy.cells(rows, row), target, rows.weight(row));
    }

    private static double[] decisionValues(Model model, Chunk rows) {
        if (model instanceof Classifier classifier) {
            double[] decisions = new double[rows.rows() * classifier.decisions()];
            classifier.decide(rows, decisions);
            return decisions;
        }
        double[] predictions = new double[model instanceof Regressor ? rows.rows() : 0];
        if (model instanceof Regressor regressor) {
            regressor.predict(rows, predictions);
        }
        return predictions;
    }

    /** {@return an array for the decision values of some rows with one extra element, filled with a marker value} */
    private static double[] decisionBuffer(Chunk rows) {
        double[] buffer = new double[rows.rows() * Math.max(1, rows.classes().size()) + 1];
        Arrays.fill(buffer, -7.25);
        return buffer;
    }

    /** {@code learnOne} learns what {@code partialFit} of a chunk of one row does. */
    @Test
    default void oneRowAtATimeGivesTheSameBits() {
        for (Chunk rows : forms()) {
            OnlineLearner expected = online(rows);
            OnlineLearner learner = online(rows);
            for (int row = 0; row < rows.rows(); row++) {
                expected.partialFit(rows.slice(row, row + 1));
                learnOne(learner, rows, row);
                assertThat(learner.rowsSeen()).as("rows seen").isEqualTo(row + 1);
            }
            assertSameState("a learner of single rows", learner.state(), expected.state(), 0);
        }
    }

    /**
     * The decision values of a row are those of the model from before its update. They are equal up to rounding,
     * because a learner may apply the previous update and compute the decision values in one pass.
     */
    @Test
    default void decisionValuesComeFromBeforeTheUpdate() {
        for (Chunk rows : forms()) {
            OnlineLearner learner = online(rows);
            for (int row = 0; row < rows.rows(); row++) {
                double[] before = decisionValues(learner.view(), rows.slice(row, row + 1));
                assertSameNumbers("decision values of row " + row, learnOne(learner, rows, row), before, 1e-12);
            }
        }
    }

    /**
     * A chunk gives the decision values of its single rows, wherever its borders are, and writes nothing after them.
     */
    @Test
    default void decisionValuesDoNotDependOnChunking() {
        for (Chunk rows : forms()) {
            OnlineLearner single = online(rows);
            List<Double> expected = new ArrayList<>();
            int[] ends = new int[rows.rows() + 1];
            for (int row = 0; row < rows.rows(); row++) {
                Arrays.stream(learnOne(single, rows, row)).forEach(expected::add);
                ends[row + 1] = expected.size();
            }
            double[] all = expected.stream().mapToDouble(one -> one).toArray();
            chunkings(rows.rows()).forEach((name, lengths) -> {
                OnlineLearner learner = online(rows);
                int from = 0;
                for (int length : lengths) {
                    Chunk chunk = rows.slice(from, from + length);
                    double[] out = decisionBuffer(chunk);
                    learner.partialFit(chunk, out);
                    double[] wanted = decisionBuffer(chunk);
                    System.arraycopy(all, ends[from], wanted, 0, ends[from + length] - ends[from]);
                    assertSameNumbers("decision values of the rows from " + from + " in " + name, out, wanted, 0);
                    from += length;
                }
            });
        }
    }

    /** Returning decision values does not change what is learned. */
    @Test
    default void requestingDecisionValuesChangesNothing() {
        for (Chunk rows : forms()) {
            OnlineLearner asked = online(rows);
            for (int row = 0; row < rows.rows(); row += 50) {
                Chunk chunk = rows.slice(row, Math.min(rows.rows(), row + 50));
                asked.partialFit(chunk, decisionBuffer(chunk));
            }
            assertSameState(
                    "a learner that returned decision values",
                    asked.state(),
                    trained(this, rows).state(),
                    0);
        }
    }

    /** The caller owns the arrays and reuses them. */
    @Test
    default void arraysOfARowAreNeitherWrittenNorKept() {
        Chunk rows = ChunkCopy.dense(trainingRows(this)).chunk();
        OnlineLearner dense = online(rows);
        OnlineLearner sparse = online(rows);
        double[] x = new double[rows.width()];
        int[] indices = new int[rows.width() + 3];
        double[] values = new double[rows.width() + 3];
        for (int row = 0; row < rows.rows(); row++) {
            double[] cells = ChunkCopy.cells(rows, row);
            double target = rows.hasTargets() ? rows.target(row) : Double.NaN;
            System.arraycopy(cells, 0, x, 0, x.length);
            int count = 0;
            Arrays.fill(indices, -1);
            for (int j = 0; j < cells.length; j++) {
                if (cells[j] != 0) {
                    indices[count] = j;
                    values[count++] = cells[j];
                }
            }
            int[] indicesBefore = indices.clone();
            double[] valuesBefore = values.clone();
            dense.learnOne(x, target, rows.weight(row));
            sparse.learnOne(indices, values, count, target, rows.weight(row));
            assertThat(x).as("the features after learnOne").isEqualTo(cells);
            assertThat(indices).as("the column numbers after learnOne").isEqualTo(indicesBefore);
            assertThat(values).as("the values after learnOne").isEqualTo(valuesBefore);
            Arrays.fill(x, -1e9);
            Arrays.fill(values, -1e9);
        }
        assertSameState(
                "a learner of a dense row that was overwritten",
                dense.state(),
                trained(this, rows).state(),
                0);
        assertSameState(
                "a learner of a sparse row that was overwritten",
                sparse.state(),
                trained(this, ChunkCopy.sparse(rows).chunk()).state(),
                0);
    }

    /** A bad row is refused as row 0 and changes nothing. */
    @Test
    default void refusedRowChangesNothing() {
        Chunk rows = ChunkCopy.dense(trainingRows(this)).chunk();
        OnlineLearner expected = online(rows);
        OnlineLearner learner = online(rows);
        int width = rows.width();
        for (int row = 0; row < rows.rows(); row += 23) {
            double[] x = ChunkCopy.cells(rows, row);
            double y = rows.hasTargets() ? rows.target(row) : Double.NaN;
            int[] one = {width - 1};
            double[] value = {1};
            assertRefused(
                    "too few features",
                    learner,
                    Kind.BAD_ARGUMENT,
                    () -> learner.learnOne(new double[width - 1], y, 1));
            assertRefused(
                    "too many features",
                    learner,
                    Kind.BAD_ARGUMENT,
                    () -> learner.learnOne(new double[width + 1], y, 1));
            assertRefused(
                    "a count above the number of entries",
                    learner,
                    Kind.BAD_ARGUMENT,
                    () -> learner.learnOne(one, value, 2, y, 1));
            assertRefused("a negative count", learner, Kind.BAD_ARGUMENT, () -> learner.learnOne(one, value, -1, y, 1));
            refusedAsRowZero(
                    "a repeated column",
                    learner,
                    () -> learner.learnOne(new int[] {width - 1, width - 1}, new double[] {1, 2}, 2, y, 1));
            refusedAsRowZero(
                    "a column beyond the width", learner, () -> learner.learnOne(new int[] {width}, value, 1, y, 1));
            if (readsTarget()) {
                refusedAsRowZero("a missing target", learner, () -> learner.learnOne(x, Double.NaN, 1));
                refusedAsRowZero("a missing target", learner, () -> learner.learnOne(one, value, 1, Double.NaN, 1));
                ChunkCopy.Editor bad = ChunkCopy.edit(rows.slice(0, 9)).target(8, Double.NaN);
                assertRefused(
                        "a chunk with a missing target",
                        learner,
                        Kind.BAD_DATA,
                        () -> learner.partialFit(bad.chunk(), decisionBuffer(bad.chunk())));
            }
            if (takesWeights()) {
                refusedAsRowZero("a negative weight", learner, () -> learner.learnOne(x, y, -1));
            }
            learner.learnOne(x, y, rows.weight(row));
            expected.learnOne(x, y, rows.weight(row));
        }
        assertSameState("a learner that had refused rows", learner.state(), expected.state(), 0);
    }

    private static void refusedAsRowZero(String what, OnlineLearner learner, Runnable call) {
        AccreteException refusal = assertRefused(what, learner, Kind.BAD_DATA, call);
        assertThat(refusal.chunkRow())
                .as("row named by the refusal of %s", what)
                .isEqualTo(OptionalInt.of(0));
    }

    /** An empty chunk writes no decision values. */
    @Test
    default void emptyChunkHasNoDecisionValues() {
        Chunk rows = trainingRows(this);
        OnlineLearner learner = online(rows);
        for (int row : new int[] {0, 60}) {
            fitInChunks(learner, rows, (int) learner.rowsSeen(), row);
            State before = learner.state();
            double[] out = decisionBuffer(rows.slice(0, 0));
            learner.partialFit(rows.slice(row, row), out);
            assertSameNumbers("decision values of an empty chunk", out, decisionBuffer(rows.slice(0, 0)), 0);
            assertSameState("a learner after an empty chunk", learner.state(), before, 0);
            assertThat(learner.rowsSeen()).as("rows seen").isEqualTo(row);
        }
    }

    /** Sparse and dense forms of a row give the same predictions. */
    @Test
    default void sparseAndDenseRowsGiveTheSamePredictions() {
        List<Chunk> forms = forms();
        OnlineLearner dense = online(forms.get(0));
        OnlineLearner sparse = online(forms.get(1));
        for (int row = 0; row < TRAINING_ROWS; row++) {
            assertSameNumbers(
                    "decision values of a sparse row",
                    learnOne(sparse, forms.get(1), row),
                    learnOne(dense, forms.get(0), row),
                    formTolerance());
        }
        Chunk others = ChunkCopy.dense(otherRows(this)).chunk();
        assertSameNumbers(
                "the output of a model trained on sparse rows",
                outputs(sparse.snapshot(), others),
                outputs(dense.snapshot(), others),
                formTolerance());
    }

    /** A learner restored between two rows continues as if it had never stopped. */
    @Test
    default void restoredLearnerContinuesRowByRow() {
        for (Chunk rows : forms()) {
            OnlineLearner straight = online(rows);
            for (int row = 0; row < 90; row++) {
                learnOne(straight, rows, row);
            }
            OnlineLearner restored = (OnlineLearner) provider().restore(schema(), params(), straight.state());
            restored.classes(rows.classes());
            for (int row = 90; row < rows.rows(); row++) {
                assertSameNumbers(
                        "decision values of a restored learner for row " + row,
                        learnOne(restored, rows, row),
                        learnOne(straight, rows, row),
                        0);
            }
            assertSameState("a restored learner of single rows", restored.state(), straight.state(), 0);
        }
    }

    /** The caller announces a label; the learner adds the class with the first row that has it. */
    @Test
    default void offeredClassIsKnownFromItsFirstRow() {
        assumeTrue(schema().target().kind() == Target.Kind.CATEGORICAL, "there are no classes");
        List<String> labels = new ArrayList<>(schema().target().classes());
        OnlineLearner learner = (OnlineLearner) untrained(this);
        double[] x = ChunkCopy.cells(trainingRows(this), 0);
        for (int more = 0; more < 4; more++) {
            int next = labels.size();
            refusedAsRowZero("a class that was not announced", learner, () -> learner.learnOne(x, next, 1));
            labels.add("class " + next);
            learner.classes(labels);
            State before = learner.state();
            assertSameState("a learner after a class was announced", learner.state(), before, 0);
            assertThat(((Classifier) learner.view()).classes())
                    .as("classes before the first row of the next")
                    .isEqualTo(labels.subList(0, next));
            learner.learnOne(x, next, 1);
            assertThat(((Classifier) learner.view()).classes())
                    .as("classes after its first row")
                    .isEqualTo(labels);
            learner.learnOne(x, 0, 1);
        }
    }
}
