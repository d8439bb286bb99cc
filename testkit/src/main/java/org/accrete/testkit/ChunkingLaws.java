package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.TRAINING_ROWS;
import static org.accrete.testkit.LearnerFixtures.assertAnyChunking;
import static org.accrete.testkit.LearnerFixtures.fitInChunks;
import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.untrained;
import static org.accrete.testkit.StateAssert.assertFinite;
import static org.accrete.testkit.StateAssert.assertSameNumbers;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.TargetStep;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Test;

/**
 * The laws on what a learner does with a chunk. The model does not depend on chunk borders, and the chunk is neither
 * changed nor kept. A test inherits them from {@link LearnerContract}.
 */
public interface ChunkingLaws extends LearnerUnderTest {
    /** The model does not depend on where chunk borders fall. */
    @Test
    default void anyChunkingOfDenseRowsGivesTheSameState() {
        assertAnyChunking(this, ChunkCopy.dense(trainingRows(this)).chunk());
    }

    /** The same for sparse chunks, whatever the schema. */
    @Test
    default void anyChunkingOfSparseRowsGivesTheSameState() {
        assertAnyChunking(this, ChunkCopy.sparse(trainingRows(this)).chunk());
    }

    /**
     * Training allocates nothing per row, so that the garbage collector does not limit its speed. A call may allocate a
     * little. Skipped where the JVM does not count allocated bytes.
     */
    @Test
    default void trainingAllocatesNothingPerRow() {
        assumeTrue(Allocations.areCounted(), "this JVM does not count the bytes that a thread allocates");
        Chunk rows = rows(2_000, RunSeed.random("allocation").nextLong());
        Learner learner = untrained(this);
        long most = (long) (rows.rows() * bytesPerRow()) + 4_096;
        assertThat(Allocations.least(most, () -> learner.partialFit(rows)))
                .as("bytes that partialFit allocates for a chunk of %s rows, after warm-up", rows.rows())
                .isLessThanOrEqualTo(most);
    }

    /** A learner accepts dense and sparse chunks and treats equal rows equally. */
    @Test
    default void sparseAndDenseCopiesGiveTheSamePredictions() {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        Learner dense = trained(this, ChunkCopy.dense(rows).chunk());
        Learner sparse = trained(this, ChunkCopy.sparse(rows).chunk());
        double[] expected = outputs(dense.snapshot(), ChunkCopy.dense(others).chunk());
        assertSameNumbers(
                "the model's output for a sparse copy",
                outputs(dense.snapshot(), ChunkCopy.sparse(others).chunk()),
                expected,
                1e-9);
        assertSameNumbers(
                "the output of a model trained on sparse copies",
                outputs(sparse.snapshot(), ChunkCopy.dense(others).chunk()),
                expected,
                formTolerance());
    }

    /** The caller owns the arrays of a chunk. */
    @Test
    default void chunkIsNotWritten() {
        for (ChunkCopy rows : List.of(ChunkCopy.dense(trainingRows(this)), ChunkCopy.sparse(trainingRows(this)))) {
            List<String> before = rows.contents();
            Learner learner = untrained(this);
            learner.partialFit(rows.chunk());
            assertThat(rows.contents()).as("the chunk after partialFit").isEqualTo(before);
            outputs(learner.view(), rows.chunk());
            outputs(learner.snapshot(), rows.chunk());
            assertThat(rows.contents()).as("the chunk after the model's call").isEqualTo(before);
        }
    }

    /** The caller refills the arrays of a chunk after the call. */
    @Test
    default void chunkIsNotKept() {
        Chunk stream = trainingRows(this);
        Learner expected = trained(this, stream);
        Learner learner = untrained(this);
        for (int row = 0; row < stream.rows(); row += 50) {
            ChunkCopy rows = ChunkCopy.of(stream.slice(row, Math.min(stream.rows(), row + 50)));
            learner.partialFit(rows.chunk());
            rows.overwrite();
        }
        assertSameState("a learner whose chunks were overwritten", learner.state(), expected.state(), 0);
        assertSameNumbers(
                "the output of a learner whose chunks were overwritten",
                outputs(learner.view(), otherRows(this)),
                outputs(expected.view(), otherRows(this)),
                0);
    }

    /** An empty chunk is accepted before and after other chunks, with and without targets. */
    @Test
    default void emptyChunkChangesNothing() {
        Chunk rows = trainingRows(this);
        Learner expected = trained(this, rows);
        Learner learner = untrained(this);
        learner.partialFit(rows.slice(0, 0));
        fitInChunks(learner, rows, 0, 100);
        State before = learner.state();
        learner.partialFit(rows.slice(40, 40));
        learner.partialFit(ChunkCopy.of(rows.slice(0, 0)).chunk());
        learner.partialFit(new ChunkBuffer(schema(), 1).chunk());
        assertSameState("a learner after empty chunks", learner.state(), before, 0);
        assertThat(learner.rowsSeen()).isEqualTo(100);
        fitInChunks(learner, rows, 100, rows.rows());
        assertSameState("a learner that was also given empty chunks", learner.state(), expected.state(), 0);
    }

    /** The count of rows is exact and survives a restore. */
    @Test
    default void rowsSeenIsExact() {
        Chunk rows = trainingRows(this);
        Learner learner = untrained(this);
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

    /** Two learners with the same seed and rows have equal states. */
    @Test
    default void sameRowsGiveTheSameBits() {
        Chunk rows = trainingRows(this);
        assertSameState(
                "a second learner",
                trained(this, rows).state(),
                trained(this, ChunkCopy.of(rows).chunk()).state(),
                0);
    }

    /** A learner that accepts missing values learns from the rest of the row. */
    @Test
    default void missingValuesKeepTheOutputFinite() {
        assumeTrue(takesMissing(), "the learner takes no missing values");
        Chunk rows = RandomChunks.of(schema())
                .withMissing(0.2)
                .rows(TRAINING_ROWS, RunSeed.random("missing").nextLong());
        assertAnyChunking(this, ChunkCopy.dense(rows).chunk());
        assertAnyChunking(this, ChunkCopy.sparse(rows).chunk());
        Model model = trained(this, rows).snapshot();
        assertFinite("the output after missing values", outputs(model, otherRows(this)));
        if (passesMissing()) {
            assertThat(outputs(model, rows))
                    .as("the output for missing values")
                    .contains(Double.NaN)
                    .doesNotContain(Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY);
        } else {
            assertFinite("the output for missing values", outputs(model, rows));
        }
    }

    /** A learner that does not read targets accepts rows without them. */
    @Test
    default void unusedTargetsMayBeMissing() {
        assumeTrue(!readsTarget() && !(untrained(this) instanceof TargetStep), "targets are read");
        Chunk rows = trainingRows(this);
        Learner learner = untrained(this);
        assertThatCode(() -> fitInChunks(
                        learner, ChunkCopy.edit(rows).withoutTargets().chunk(), 0, rows.rows()))
                .as("rows without targets")
                .doesNotThrowAnyException();
        assertSameState(
                "a learner without targets",
                learner.state(),
                trained(this, rows).state(),
                0);
    }

    /** A row without a weight has weight 1. */
    @Test
    default void weightsOfOneEqualNoWeights() {
        Chunk rows = trainingRows(this);
        ChunkCopy.Editor editor = ChunkCopy.edit(rows).withoutWeights();
        Learner without = trained(this, editor.chunk());
        Learner with = trained(this, editor.weight(0, 1.0).chunk());
        assertSameState("a learner of rows that weigh 1", with.state(), without.state(), 0);
    }

    /** Weights change the state if the learner promises that, in any chunking. Rows of weight 0 are counted. */
    @Test
    default void weightsMatter() {
        assumeTrue(takesWeights(), "weights are not read");
        Chunk rows = RandomChunks.of(schema())
                .withWeights()
                .rows(TRAINING_ROWS, RunSeed.random("weights").nextLong());
        Learner with = trained(this, rows);
        assertThat(with.rowsSeen()).as("rows seen, those of weight 0 too").isEqualTo(rows.rows());
        assertThat(with.state())
                .as("the state of a learner of weighted rows")
                .isNotEqualTo(
                        trained(this, ChunkCopy.edit(rows).withoutWeights().chunk())
                                .state());
        assertAnyChunking(this, ChunkCopy.dense(rows).chunk());
        assertAnyChunking(this, ChunkCopy.sparse(rows).chunk());
    }
}
