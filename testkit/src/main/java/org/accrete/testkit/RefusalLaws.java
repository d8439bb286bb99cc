package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.firstNumericColumn;
import static org.accrete.testkit.LearnerFixtures.isNumeric;
import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.withExtraColumn;
import static org.accrete.testkit.LearnerFixtures.withRenamedColumn;
import static org.accrete.testkit.RefusalAssert.assertChunkRefused;
import static org.accrete.testkit.StateAssert.assertFinite;
import static org.accrete.testkit.StateAssert.assertSameNumbers;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.OptionalInt;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Test;

/**
 * The laws on bad chunks. A bad chunk is refused with an exception that names the row and the column, and it changes
 * nothing. A test inherits them from {@link LearnerContract}.
 */
public interface RefusalLaws extends LearnerUnderTest {
    /**
     * Infinity is refused. The exception gives the number of the row within the chunk and the name of the column. A
     * step may ignore columns that are not numeric, because the learner behind it checks them.
     */
    @Test
    default void refusesInfinity() {
        refusesCells(Double.POSITIVE_INFINITY);
        refusesCells(Double.NEGATIVE_INFINITY);
    }

    /** NaN is a missing value. A learner that does not accept missing values refuses it. */
    @Test
    default void refusesNaN() {
        assumeTrue(!takesMissing(), "the learner takes missing values");
        refusesCells(Double.NaN);
    }

    private void refusesCells(double value) {
        Schema schema = schema();
        Chunk others = otherRows(this);
        int last = others.rows() - 1;
        int from = 0;
        for (Block block : schema.blocks()) {
            int column = from + block.width() - 1;
            from += block.width();
            if (provider() instanceof StepProvider && block.kind() != Block.Kind.NUMERIC) {
                continue;
            }
            for (int row : new int[] {0, last}) {
                Chunk bad = ChunkCopy.edit(others).cell(row, column, value).chunk();
                for (Chunk form : List.of(
                        ChunkCopy.dense(bad).chunk(), ChunkCopy.sparse(bad).chunk())) {
                    assertChunkRefused(
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

    /** The number of a bad row counts from the first row of the slice. */
    @Test
    default void badRowOfASliceIsCountedFromItsStart() {
        int column = firstNumericColumn(schema());
        Chunk bad = ChunkCopy.edit(otherRows(this))
                .cell(15, column, Double.POSITIVE_INFINITY)
                .chunk();
        assertChunkRefused(
                this,
                "infinity in row 5 of a slice",
                AccreteException.Kind.BAD_DATA,
                OptionalInt.of(5),
                schema().columnName(column),
                bad.slice(10, 20));
    }

    /** Another number of columns, another column name or another target is refused. */
    @Test
    default void refusesAnotherSchema() {
        Chunk others = otherRows(this);
        for (Schema wrong : List.of(withExtraColumn(schema()), withRenamedColumn(schema()))) {
            Chunk bad = ChunkCopy.edit(others).schema(wrong).chunk();
            assertChunkRefused(this, "another schema", AccreteException.Kind.BAD_STATE, OptionalInt.empty(), "", bad);
        }
        Target target = schema().target().kind() == Target.Kind.NUMERIC
                ? Target.categorical("z", List.of())
                : Target.numeric("z");
        Schema wrong = new Schema(schema().blocks(), target);
        Chunk bad = RandomChunks.of(wrong).rows(5, 1);
        assertChunkRefused(this, "another target", AccreteException.Kind.BAD_STATE, OptionalInt.empty(), "", bad);
    }

    /** A row whose target is missing is refused. */
    @Test
    default void refusesAMissingTarget() {
        assumeTrue(readsTarget(), "targets are not read");
        Chunk others = otherRows(this);
        for (int row : new int[] {0, others.rows() - 1}) {
            assertChunkRefused(
                    this,
                    "a missing target in row " + row,
                    AccreteException.Kind.BAD_DATA,
                    OptionalInt.of(row),
                    "",
                    ChunkCopy.edit(others).target(row, Double.NaN).chunk());
        }
    }

    /** A chunk without targets, as used for prediction, is refused. */
    @Test
    default void refusesRowsWithoutTargets() {
        assumeTrue(readsTarget(), "targets are not read");
        assertChunkRefused(
                this,
                "rows without targets",
                AccreteException.Kind.BAD_DATA,
                OptionalInt.empty(),
                "",
                ChunkCopy.edit(otherRows(this)).withoutTargets().chunk());
    }

    /** An infinite number or class index is refused. */
    @Test
    default void refusesAnInfiniteTarget() {
        assumeTrue(readsTarget(), "targets are not read");
        Chunk others = otherRows(this);
        int last = others.rows() - 1;
        for (double value : new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
            assertChunkRefused(
                    this,
                    "target " + value,
                    AccreteException.Kind.BAD_DATA,
                    OptionalInt.of(last),
                    "",
                    ChunkCopy.edit(others).target(last, value).chunk());
        }
    }

    /** A weight must be finite and at least 0. */
    @Test
    default void refusesInvalidWeights() {
        assumeTrue(takesWeights(), "weights are not read");
        Chunk others = otherRows(this);
        int last = others.rows() - 1;
        for (double weight : new double[] {-1.0, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertChunkRefused(
                    this,
                    "weight " + weight,
                    AccreteException.Kind.BAD_DATA,
                    OptionalInt.of(last),
                    "weight",
                    ChunkCopy.edit(others).weight(last, weight).chunk());
        }
    }

    /** Huge finite values are either refused or learned without an overflow in the output. */
    @Test
    default void hugeValuesAreRefusedOrKeepTheOutputFinite() {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        for (double huge : new double[] {1e200, Double.MAX_VALUE}) {
            Learner learner = trained(this, rows);
            double[] before = outputs(learner.snapshot(), others);
            State state = learner.state();
            ChunkCopy.Editor editor = ChunkCopy.edit(others);
            for (int row = 1; row < others.rows(); row++) {
                for (int column = 0; column < schema().width(); column++) {
                    if (isNumeric(schema(), column)) {
                        editor.cell(row, column, row % 3 == 0 ? -huge : huge);
                    }
                }
                if (readsTarget() && schema().target().kind() == Target.Kind.NUMERIC) {
                    editor.target(row, row % 2 == 0 ? -huge : huge);
                }
            }
            Chunk chunk = editor.chunk();
            try {
                learner.partialFit(chunk);
                assertFinite("the output after values of " + huge, outputs(learner.snapshot(), others));
            } catch (AccreteException e) {
                assertThat(e.kind()).as(e.line()).isEqualTo(AccreteException.Kind.BAD_DATA);
                assertSameState("a learner that refused values of " + huge, learner.state(), state, 0);
                assertSameNumbers(
                        "the output of a learner that refused values of " + huge,
                        outputs(learner.view(), others),
                        before,
                        0);
            }
        }
    }
}
