package org.accrete.core.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.EnsembleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.Toys;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.preprocess.StandardScalerProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of a pipeline that each train some members of its learner. */
class PipelineMembersTest {
    private static final Schema SCHEMA = Schema.numeric(2, Target.numeric("y"));
    private static final PlugIns PLUG_INS = PlugIns.of(Toys.SUM, new SumsProvider(), new StandardScalerProvider());

    /** Five members; member m sums the cells of the first column to the power m + 1. */
    private record Sums(Schema schema, double[] sums, int[] range, long[] rows) implements EnsembleLearner, Regressor {
        @Override
        public void partialFit(Chunk chunk) {
            for (int row = 0; row < chunk.rows(); row++) {
                for (int m = range[0]; m < range[1]; m++) {
                    sums[m] += Math.pow(Toys.cell(chunk, row, 0), m + 1);
                }
            }
            rows[0] += chunk.rows();
        }

        @Override
        public int members() {
            return sums.length;
        }

        @Override
        public void learnOnly(int from, int to) {
            range[0] = from;
            range[1] = to;
        }

        @Override
        public void takeMembers(Learner other, int from, int to) {
            System.arraycopy(((Sums) other).sums, from, sums, from, to - from);
        }

        @Override
        public long rowsSeen() {
            return rows[0];
        }

        @Override
        public Sums view() {
            return this;
        }

        @Override
        public Sums snapshot() {
            return new Sums(schema, sums.clone(), range.clone(), rows.clone());
        }

        @Override
        public void predict(Chunk chunk, double[] out) {
            Arrays.fill(out, 0, chunk.rows(), Arrays.stream(sums).sum());
        }

        @Override
        public State state() {
            return State.builder().doubles("sums", sums).longs("rows", rows).build();
        }
    }

    private record SumsProvider() implements LearnerProvider {
        @Override
        public String name() {
            return "sums";
        }

        @Override
        public String summary() {
            return "sums of powers";
        }

        @Override
        public List<ParamSpec<?>> params() {
            return List.of();
        }

        @Override
        public Set<Target.Kind> targets() {
            return Set.of(Target.Kind.NUMERIC);
        }

        @Override
        public long memoryBytes(Schema schema, Params params) {
            return 40;
        }

        @Override
        public Learner create(Schema schema, Params params) {
            return new Sums(schema, new double[5], new int[] {0, 5}, new long[1]);
        }

        @Override
        public Learner restore(Schema schema, Params params, State state) {
            return new Sums(schema, state.doubles("sums", 5), new int[] {0, 5}, state.longs("rows", 1));
        }
    }

    private static Pipeline pipeline(String learner) {
        Pipeline pipeline =
                Pipeline.create(PLUG_INS, SCHEMA, new PipelineSpec(learner, List.of("standard-scaler"), Map.of()));
        pipeline.partialFit(Toys.chunk(SCHEMA, 1, 2, 5, 8, -2, 0));
        return pipeline;
    }

    private static Pipeline more(Pipeline pipeline) {
        pipeline.partialFit(Toys.chunk(SCHEMA, 3, 1, 9, 9));
        pipeline.partialFit(Toys.chunk(SCHEMA, -4, 1));
        return pipeline;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5})
    void togetherTheyAreThePipelineThatLearnedAll(int count) {
        Pipeline joined = pipeline("sums");
        assertThat(joined.members()).isEqualTo(5);
        List<Pipeline> parts = new ArrayList<>();
        for (int part = 0; part < count; part++) {
            parts.add(more(joined.membersOf(part, count)));
        }
        State before = joined.state();
        assertThat(pipeline("sums").state()).as("parts share nothing").isEqualTo(before);
        joined.joinMembers(parts);
        assertThat(joined.state()).isEqualTo(more(pipeline("sums")).state());
        assertThat(joined.rowsSeen()).isEqualTo(6);

        // It learns on with all members.
        assertThat(more(joined).state()).isEqualTo(more(more(pipeline("sums"))).state());
    }

    @Test
    void aLearnerThatIsNoEnsembleIsOneMember() {
        assertThat(pipeline("sum").members()).isEqualTo(1);
    }
}
