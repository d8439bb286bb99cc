package org.accrete.testkit;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongPredicate;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * A provider of learners that refuse some calls, to test the steps before them in a pipeline. The state of such a
 * learner is a digest of the rows it accepted, so equal states mean equal rows. It accepts any target. Its name is
 * {@code refusing}.
 */
public final class RefusingLearnerProvider implements LearnerProvider {
    private final LongPredicate refuses;

    private RefusingLearnerProvider(LongPredicate refuses) {
        this.refuses = refuses;
    }

    /** {@return a provider of learners that refuse their first call, their third, and so on} */
    public static RefusingLearnerProvider everyOtherCall() {
        return new RefusingLearnerProvider(call -> call % 2 == 1);
    }

    /**
     * {@return a provider of learners that refuse one call}
     *
     * @param call the number of the call, from 1
     */
    public static RefusingLearnerProvider call(long call) {
        return new RefusingLearnerProvider(number -> number == call);
    }

    /** {@return a provider of learners that refuse no call, for comparison} */
    public static RefusingLearnerProvider never() {
        return new RefusingLearnerProvider(call -> false);
    }

    @Override
    public String name() {
        return "refusing";
    }

    @Override
    public String summary() {
        return "refuses some chunks on purpose";
    }

    @Override
    public List<ParamSpec<?>> params() {
        return List.of();
    }

    @Override
    public Set<Target.Kind> targets() {
        return EnumSet.allOf(Target.Kind.class);
    }

    @Override
    public long memoryBytes(Schema schema, Params params) {
        return 100;
    }

    @Override
    public Learner create(Schema schema, Params params) {
        return new RefusingLearner(schema, refuses);
    }

    @Override
    public Learner restore(Schema schema, Params params, State state) {
        RefusingLearner learner = new RefusingLearner(schema, refuses);
        learner.digest = state.whole("refusing.digest");
        learner.rows = state.whole("refusing.rows_seen");
        return learner;
    }

    private static final class RefusingLearner implements Learner {
        private final Schema schema;
        private final LongPredicate refuses;
        private long calls;
        private long digest;
        private long rows;

        RefusingLearner(Schema schema, LongPredicate refuses) {
            this.schema = schema;
            this.refuses = refuses;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public void partialFit(Chunk chunk) {
            schema.require(chunk.schema());
            calls++;
            if (refuses.test(calls)) {
                throw AccreteException.badData("call " + calls + " is refused on purpose");
            }
            digest = ChunkDigest.of(chunk, digest);
            rows += chunk.rows();
        }

        @Override
        public long rowsSeen() {
            return rows;
        }

        @Override
        public Model view() {
            return new Zero(schema);
        }

        @Override
        public Model snapshot() {
            return new Zero(schema);
        }

        @Override
        public State state() {
            return State.builder()
                    .whole("refusing.digest", digest)
                    .whole("refusing.rows_seen", rows)
                    .build();
        }
    }

    private record Zero(Schema schema) implements Regressor {
        @Override
        public void predict(Chunk chunk, double[] out) {
            schema.require(chunk.schema());
            Arrays.fill(out, 0, chunk.rows(), 0.0);
        }
    }
}
