package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.RefusalAssert.assertChunkRefused;
import static org.accrete.testkit.StateAssert.assertSameNumbers;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.TargetStep;
import org.junit.jupiter.api.Test;

/** The laws of a {@link TargetStep}: those of {@link StepContract}, and those on what its rows may know of targets. */
public interface TargetStepContract extends StepContract {
    private Step targetStep() {
        Step step = provider().create(schema(), params());
        assertThat(step).isInstanceOf(TargetStep.class);
        return step;
    }

    private double[] outputsOf(Chunk rows) {
        Step step = targetStep();
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), Math.max(1, rows.rows()));
        step.partialFitTransform(rows, out);
        return ChunkCopy.cells(out.chunk());
    }

    /** Each row is transformed by the step as it was before that row. */
    @Test
    default void rowIsTransformedByTheStateBeforeIt() {
        Chunk rows = trainingRows(this);
        double[] whole = outputsOf(rows);
        int width = whole.length / rows.rows();
        Step step = targetStep();
        for (int row = 0; row < rows.rows(); row++) {
            Chunk one = rows.slice(row, row + 1);
            assertSameNumbers(
                    "output row " + row,
                    Arrays.copyOfRange(whole, row * width, (row + 1) * width),
                    outputs(step.snapshot(), one),
                    0);
            step.partialFit(one);
        }
    }

    /** Another target of a row changes later rows, and neither that row nor earlier ones. */
    @Test
    default void targetDoesNotReachItsOwnRow() {
        Chunk rows = trainingRows(this);
        double[] expected = outputsOf(rows);
        int width = expected.length / rows.rows();
        boolean later = false;
        for (int row = 0; row < rows.rows(); row += 1 + row / 4) {
            double target = rows.target(row);
            double other = schema().target().kind() == Target.Kind.CATEGORICAL ? (target > 0 ? 0 : 1) : target + 100;
            double[] changed = outputsOf(ChunkCopy.edit(rows).target(row, other).chunk());
            int end = (row + 1) * width;
            assertSameNumbers(
                    "output rows up to row " + row + ", whose target was changed",
                    Arrays.copyOf(changed, end),
                    Arrays.copyOf(expected, end),
                    0);
            later |= !Arrays.equals(changed, expected);
        }
        assertThat(later).as("a target changes later rows").isTrue();
    }

    /** Rows to be predicted have no target: they pass, count as seen, and teach nothing. */
    @Test
    default void rowsWithoutTargetsAreHandedOnAndNotLearned() {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        Step step = (Step) trained(this, rows);
        double[] expected = outputs(step.snapshot(), others);
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), others.rows());
        ChunkCopy.Editor missing = ChunkCopy.edit(others);
        for (int row = 0; row < others.rows(); row++) {
            missing.target(row, Double.NaN);
        }
        long seen = step.rowsSeen();
        for (Chunk unlabelled : List.of(ChunkCopy.edit(others).withoutTargets().chunk(), missing.chunk())) {
            step.partialFitTransform(unlabelled, out);
            seen += others.rows();
            assertThat(step.rowsSeen()).as("rows seen").isEqualTo(seen);
            assertSameNumbers("output rows without targets", ChunkCopy.cells(out.chunk()), expected, 0);
            assertSameNumbers("the output after rows without targets", outputs(step.view(), others), expected, 0);
        }
    }

    /** An infinite number, or the index of no class, is refused. */
    @Test
    default void refusesATargetThatIsNone() {
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

    /** A row of weight 0 teaches nothing. */
    @Test
    default void aRowOfWeightZeroTeachesNothing() {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        Learner step = trained(this, rows);
        double[] expected = outputs(step.snapshot(), others);
        ChunkCopy.Editor weightless = ChunkCopy.edit(others);
        for (int row = 0; row < others.rows(); row++) {
            weightless.weight(row, 0);
        }
        step.partialFit(weightless.chunk());
        assertSameNumbers("the output after rows of weight 0", outputs(step.view(), others), expected, 0);
    }
}
