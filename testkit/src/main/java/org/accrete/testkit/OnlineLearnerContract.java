package org.accrete.testkit;

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
 * The laws of an {@link OnlineLearner}: those of {@link LearnerContract} with a tolerance of 0, rows by themselves, and
 * what was said of each row before it was learned. Used like it, beside {@link ClassifierContract} where the model is a
 * classifier.
 */
public interface OnlineLearnerContract extends LearnerContract {
    private OnlineLearner online(Chunk rows) {
        OnlineLearner learner = (OnlineLearner) Trial.fresh(this);
        learner.classes(rows.classes());
        return learner;
    }

    private List<Chunk> forms() {
        Chunk rows = Trial.stream(this);
        return List.of(Rows.dense(rows).chunk(), Rows.sparse(rows).chunk());
    }

    /** Learns one row in the form of its chunk. */
    private static double[] learnOne(OnlineLearner learner, Chunk rows, int row) {
        double target = rows.hasTargets() ? rows.target(row) : Double.NaN;
        if (rows instanceof SparseChunk sparse) {
            int[] indices = Arrays.copyOfRange(sparse.indices(), sparse.start(row), sparse.end(row));
            double[] values = Arrays.copyOfRange(sparse.values(), sparse.start(row), sparse.end(row));
            return learner.learnOne(indices, values, indices.length, target, rows.weight(row));
        }
        return learner.learnOne(Rows.cells(rows, row), target, rows.weight(row));
    }

    private static double[] says(Model model, Chunk rows) {
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

    /** {@return an array with room for the decision values of some rows, and for one more, filled with a mark} */
    private static double[] room(Chunk rows) {
        double[] room = new double[rows.rows() * Math.max(1, rows.classes().size()) + 1];
        Arrays.fill(room, -7.25);
        return room;
    }

    /** A row by itself is a chunk of that row. */
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
            Same.state("a learner of single rows", learner.state(), expected.state(), 0);
        }
    }

    /**
     * What is handed out is what the model would have said, but for rounding: a learner may take the row before
     * together with it.
     */
    @Test
    default void decisionValuesAreThoseOfTheModelFromBeforeTheRow() {
        for (Chunk rows : forms()) {
            OnlineLearner learner = online(rows);
            for (int row = 0; row < rows.rows(); row++) {
                double[] before = says(learner.view(), rows.slice(row, row + 1));
                Same.numbers("what was said of row " + row, learnOne(learner, rows, row), before, 1e-12);
            }
        }
    }

    /** A chunk hands out what its rows by themselves do, wherever its borders are, and writes no further. */
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
            Trial.cuts(rows.rows()).forEach((name, cuts) -> {
                OnlineLearner learner = online(rows);
                int from = 0;
                for (int length : cuts) {
                    Chunk chunk = rows.slice(from, from + length);
                    double[] out = room(chunk);
                    learner.partialFit(chunk, out);
                    double[] wanted = room(chunk);
                    System.arraycopy(all, ends[from], wanted, 0, ends[from + length] - ends[from]);
                    Same.numbers("what was said of the rows from " + from + " in " + name, out, wanted, 0);
                    from += length;
                }
            });
        }
    }

    /** Whoever asks gets the same learner. */
    @Test
    default void askingForDecisionValuesChangesNothing() {
        for (Chunk rows : forms()) {
            OnlineLearner asked = online(rows);
            for (int row = 0; row < rows.rows(); row += 50) {
                Chunk chunk = rows.slice(row, Math.min(rows.rows(), row + 50));
                asked.partialFit(chunk, room(chunk));
            }
            Same.state(
                    "a learner that was asked what it says",
                    asked.state(),
                    Trial.trained(this, rows).state(),
                    0);
        }
    }

    /** They belong to somebody else, who uses them again. */
    @Test
    default void arraysOfARowAreNeitherWrittenNorKept() {
        Chunk rows = Rows.dense(Trial.stream(this)).chunk();
        OnlineLearner dense = online(rows);
        OnlineLearner sparse = online(rows);
        double[] x = new double[rows.width()];
        int[] indices = new int[rows.width() + 3];
        double[] values = new double[rows.width() + 3];
        for (int row = 0; row < rows.rows(); row++) {
            double[] cells = Rows.cells(rows, row);
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
        Same.state(
                "a learner of a dense row that was overwritten",
                dense.state(),
                Trial.trained(this, rows).state(),
                0);
        Same.state(
                "a learner of a sparse row that was overwritten",
                sparse.state(),
                Trial.trained(this, Rows.sparse(rows).chunk()).state(),
                0);
    }

    /** Taken or refused as one, and told as row 0. */
    @Test
    default void refusedRowChangesNothing() {
        Chunk rows = Rows.dense(Trial.stream(this)).chunk();
        OnlineLearner expected = online(rows);
        OnlineLearner learner = online(rows);
        int width = rows.width();
        for (int row = 0; row < rows.rows(); row += 23) {
            double[] x = Rows.cells(rows, row);
            double y = rows.hasTargets() ? rows.target(row) : Double.NaN;
            int[] one = {width - 1};
            double[] value = {1};
            Trial.refused(
                    "too few features",
                    learner,
                    Kind.BAD_ARGUMENT,
                    () -> learner.learnOne(new double[width - 1], y, 1));
            Trial.refused(
                    "too many features",
                    learner,
                    Kind.BAD_ARGUMENT,
                    () -> learner.learnOne(new double[width + 1], y, 1));
            Trial.refused(
                    "more entries than there are",
                    learner,
                    Kind.BAD_ARGUMENT,
                    () -> learner.learnOne(one, value, 2, y, 1));
            Trial.refused(
                    "fewer entries than none",
                    learner,
                    Kind.BAD_ARGUMENT,
                    () -> learner.learnOne(one, value, -1, y, 1));
            refusedAsRowZero(
                    "a column twice",
                    learner,
                    () -> learner.learnOne(new int[] {width - 1, width - 1}, new double[] {1, 2}, 2, y, 1));
            refusedAsRowZero(
                    "a column too far right", learner, () -> learner.learnOne(new int[] {width}, value, 1, y, 1));
            if (readsTarget()) {
                refusedAsRowZero("a missing target", learner, () -> learner.learnOne(x, Double.NaN, 1));
                refusedAsRowZero("a missing target", learner, () -> learner.learnOne(one, value, 1, Double.NaN, 1));
                Rows.Draft bad = Rows.draft(rows.slice(0, 9)).target(8, Double.NaN);
                Trial.refused(
                        "a chunk with a missing target",
                        learner,
                        Kind.BAD_DATA,
                        () -> learner.partialFit(bad.chunk(), room(bad.chunk())));
            }
            if (takesWeights()) {
                refusedAsRowZero("a negative weight", learner, () -> learner.learnOne(x, y, -1));
            }
            learner.learnOne(x, y, rows.weight(row));
            expected.learnOne(x, y, rows.weight(row));
        }
        Same.state("a learner that had refused rows", learner.state(), expected.state(), 0);
    }

    private static void refusedAsRowZero(String what, OnlineLearner learner, Runnable call) {
        AccreteException refusal = Trial.refused(what, learner, Kind.BAD_DATA, call);
        assertThat(refusal.chunkRow()).as("row told by the refusal of %s", what).isEqualTo(OptionalInt.of(0));
    }

    /** Nothing is said of no rows. */
    @Test
    default void chunkWithoutRowsHasNoDecisionValues() {
        Chunk rows = Trial.stream(this);
        OnlineLearner learner = online(rows);
        for (int row : new int[] {0, 60}) {
            Trial.fit(learner, rows, (int) learner.rowsSeen(), row);
            State before = learner.state();
            double[] out = room(rows.slice(0, 0));
            learner.partialFit(rows.slice(row, row), out);
            Same.numbers("what was said of no rows", out, room(rows.slice(0, 0)), 0);
            Same.state("a learner after an empty chunk", learner.state(), before, 0);
            assertThat(learner.rowsSeen()).as("rows seen").isEqualTo(row);
        }
    }

    /** Both forms of a row mean the same. */
    @Test
    default void sparseAndDenseRowsGiveTheSamePredictions() {
        List<Chunk> forms = forms();
        OnlineLearner dense = online(forms.get(0));
        OnlineLearner sparse = online(forms.get(1));
        for (int row = 0; row < Trial.ROWS; row++) {
            Same.numbers(
                    "what was said of a sparse row",
                    learnOne(sparse, forms.get(1), row),
                    learnOne(dense, forms.get(0), row),
                    formTolerance());
        }
        Chunk others = Rows.dense(Trial.others(this)).chunk();
        Same.numbers(
                "the output of a model trained on sparse rows",
                outputs(sparse.snapshot(), others),
                outputs(dense.snapshot(), others),
                formTolerance());
    }

    /** Stopped between two rows and restored, it goes on as if it had never stopped. */
    @Test
    default void restoredLearnerGoesOnRowByRow() {
        for (Chunk rows : forms()) {
            OnlineLearner straight = online(rows);
            for (int row = 0; row < 90; row++) {
                learnOne(straight, rows, row);
            }
            OnlineLearner restored = (OnlineLearner) provider().restore(schema(), params(), straight.state());
            restored.classes(rows.classes());
            for (int row = 90; row < rows.rows(); row++) {
                Same.numbers(
                        "what a restored learner said of row " + row,
                        learnOne(restored, rows, row),
                        learnOne(straight, rows, row),
                        0);
            }
            Same.state("a restored learner of single rows", restored.state(), straight.state(), 0);
        }
    }

    /** Labels are offered first, and known from the first row that has one. */
    @Test
    default void offeredClassIsKnownByItsFirstRow() {
        assumeTrue(schema().target().kind() == Target.Kind.CATEGORICAL, "there are no classes");
        List<String> labels = new ArrayList<>(schema().target().classes());
        OnlineLearner learner = (OnlineLearner) Trial.fresh(this);
        double[] x = Rows.cells(Trial.stream(this), 0);
        for (int more = 0; more < 4; more++) {
            int next = labels.size();
            refusedAsRowZero("a class that was not offered", learner, () -> learner.learnOne(x, next, 1));
            labels.add("class " + next);
            learner.classes(labels);
            State before = learner.state();
            Same.state("a learner that was offered a class", learner.state(), before, 0);
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
