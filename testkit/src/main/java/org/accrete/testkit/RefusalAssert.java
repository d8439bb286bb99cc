package org.accrete.testkit;

import static org.accrete.testkit.LearnerFixtures.otherRows;
import static org.accrete.testkit.LearnerFixtures.trained;
import static org.accrete.testkit.LearnerFixtures.trainingRows;
import static org.accrete.testkit.LearnerFixtures.untrained;
import static org.accrete.testkit.StateAssert.assertSameNumbers;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.OptionalInt;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Learner;
import org.accrete.api.store.State;

/** Assertions on calls that must fail and change nothing. */
final class RefusalAssert {
    private RefusalAssert() {}

    /**
     * {@return the exception, after checking its kind and that it has a message}
     *
     * @param what names the call in the failure
     */
    static AccreteException assertRefused(String what, AccreteException.Kind kind, Runnable call) {
        AccreteException thrown = catchThrowableOfType(AccreteException.class, call::run);
        assertThat(thrown).as("%s must be refused", what).isNotNull();
        assertThat(thrown.kind())
                .as("kind of the refusal of %s: %s", what, thrown.line())
                .isEqualTo(kind);
        assertThat(thrown.getMessage()).as("the refusal of %s", what).isNotBlank();
        return thrown;
    }

    /** {@return the exception, after checking that the call was refused and did not change the learner} */
    static AccreteException assertRefused(String what, Learner learner, AccreteException.Kind kind, Runnable call) {
        State before = learner.state();
        long seen = learner.rowsSeen();
        AccreteException thrown = assertRefused(what, kind, call);
        assertThat(learner.rowsSeen())
                .as("rows seen after %s was refused", what)
                .isEqualTo(seen);
        assertSameState("a learner that refused " + what, learner.state(), before, 0);
        return thrown;
    }

    /**
     * Gives a bad chunk to an untrained learner and then between good chunks. Each time it must be refused and change
     * nothing. At the end the learner must equal one that never saw the bad chunk.
     *
     * @param row the row that the exception must name; empty if no single row is bad
     * @param name a text that the message must contain
     */
    static void assertChunkRefused(
            LearnerUnderTest test, String what, AccreteException.Kind kind, OptionalInt row, String name, Chunk bad) {
        Chunk rows = trainingRows(test);
        Learner expected = trained(test, rows);
        Learner learner = untrained(test);
        for (int from = 0; from < rows.rows(); from += 50) {
            AccreteException refusal = assertRefused(what, learner, kind, () -> learner.partialFit(bad));
            assertThat(refusal)
                    .as("refusal of %s", what)
                    .hasMessageContaining(name)
                    .hasMessageNotContaining("\n");
            if (row.isPresent()) {
                assertThat(refusal.chunkRow())
                        .as("row named by the refusal of %s: %s", what, refusal.line())
                        .isEqualTo(row);
            }
            learner.partialFit(rows.slice(from, Math.min(rows.rows(), from + 50)));
        }
        assertSameState("a learner that had refused " + what, learner.state(), expected.state(), 0);
        assertSameNumbers(
                "the output of a learner that had refused " + what,
                test.outputs(learner.view(), otherRows(test)),
                test.outputs(expected.view(), otherRows(test)),
                0);
    }
}
