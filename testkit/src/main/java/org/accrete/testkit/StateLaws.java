package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.reloaded;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.untrained;
import static org.accrete.testkit.LearnerFixtures.withLongerTensor;
import static org.accrete.testkit.LearnerFixtures.withoutTensor;
import static org.accrete.testkit.StateAssert.assertSameNumbers;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Learner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.Test;

/**
 * The laws on the state of a learner. A learner can be stopped after any row, saved, restored and continued without a
 * difference. A test inherits them from {@link LearnerContract}.
 */
public interface StateLaws extends LearnerUnderTest {
    /** A learner that is stopped after any row and restored ends with the same state as one that never stopped. */
    @Test
    default void restoredLearnerContinuesToTheSameBits() {
        assertContinues(false);
    }

    /** Tensors and texts are all that a restore needs. The state may hold entries of other components. */
    @Test
    default void restoreNeedsOnlyTheState() {
        assertContinues(true);
    }

    private void assertContinues(boolean reload) {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        SeededRandom random = RunSeed.random("stops");
        for (int stop : new int[] {0, 1, 1 + random.nextInt(228), 230}) {
            Learner straight = untrained(this);
            straight.partialFit(rows.slice(0, stop));
            State saved = straight.state();
            Params stored = Params.parse(provider().params(), params().toMap());
            Learner restored = provider().restore(schema(), stored, reload ? reloaded(saved) : saved);
            String what = "a learner restored after " + stop + " rows";
            assertSameState(what, restored.state(), saved, 0);
            assertSameNumbers(
                    "the output of " + what,
                    outputs(restored.snapshot(), others),
                    outputs(straight.snapshot(), others),
                    0);
            straight.partialFit(rows.slice(stop, 230));
            restored.partialFit(rows.slice(stop, 230));
            assertSameState(what + " that continued", restored.state(), straight.state(), 0);
            assertSameNumbers(
                    "the output of " + what + " that continued",
                    outputs(restored.snapshot(), others),
                    outputs(straight.snapshot(), others),
                    0);
            assertThat(restored.rowsSeen()).as("rows seen by %s", what).isEqualTo(230);
        }
    }

    /** A missing tensor or a wrong shape is refused, unless the learner does not need the tensor. */
    @Test
    default void damagedStateIsRefusedAsCorrupt() {
        State state = trained(this, trainingRows(this)).state();
        for (String name : state.tensors().keySet()) {
            for (State damaged : List.of(withoutTensor(state, name), withLongerTensor(state, name))) {
                try {
                    Learner restored = provider().restore(schema(), params(), damaged);
                    assertSameState("a learner restored with a damaged '" + name + "'", restored.state(), state, 0);
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

    /** Calls of {@code view()}, {@code snapshot()}, {@code state()} and of the models change nothing. */
    @Test
    default void readingChangesNothing() {
        Chunk rows = trainingRows(this);
        Chunk others = otherRows(this);
        Learner expected = trained(this, rows);
        Learner learner = untrained(this);
        for (int row = 0; row < rows.rows(); row += 50) {
            State before = learner.state();
            for (int times = 0; times < 3; times++) {
                learner.snapshot();
                outputs(learner.snapshot(), others);
                learner.view();
                outputs(learner.view(), others);
                assertSameState("a learner that was read", learner.state(), before, 0);
            }
            learner.partialFit(rows.slice(row, Math.min(rows.rows(), row + 50)));
        }
        assertSameState("a learner that was read between its chunks", learner.state(), expected.state(), 0);
        assertThat(learner.rowsSeen()).isEqualTo(rows.rows());
    }

    /** The memory estimate is at least the size of the stored tensors. */
    @Test
    default void memoryEstimateCoversTheState() {
        long stored = 0;
        for (Tensor tensor : untrained(this).state().tensors().values()) {
            stored += (long) tensor.size() * tensor.type().bytes();
        }
        assertThat(provider().memoryBytes(schema(), params()))
                .as("bytes of memory")
                .isPositive()
                .isGreaterThanOrEqualTo(stored);
    }
}
