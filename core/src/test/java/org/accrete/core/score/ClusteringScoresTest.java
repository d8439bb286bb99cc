package org.accrete.core.score;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Test;

/** The mean squared distance of rows to the centres of their clusters. */
class ClusteringScoresTest {
    private static final Schema SCHEMA = Schema.numeric(1, Target.none());
    private static final double[] NONE = {};

    /** Clusters around some numbers. */
    private record Numbers(double... centres) implements Clusterer {
        @Override
        public Schema schema() {
            return SCHEMA;
        }

        @Override
        public int clusters() {
            return centres.length;
        }

        @Override
        public void distances(Chunk chunk, double[] out) {
            DenseChunk dense = (DenseChunk) chunk;
            for (int row = 0; row < chunk.rows(); row++) {
                for (int c = 0; c < centres.length; c++) {
                    out[row * centres.length + c] = Math.abs(dense.values()[dense.offset(row)] - centres[c]);
                }
            }
        }
    }

    private static Chunk chunk(double... x) {
        return new DenseChunk(SCHEMA, x, NONE, NONE, List.of());
    }

    private static double inertia(Scores scores) {
        return scores.report().metrics().getOrDefault("inertia", -1.0);
    }

    @Test
    void inertiaIsTheMeanSquaredDistanceToTheNearestCentre() {
        Scores scores = Scores.forTarget(Target.none());
        assertThat(inertia(scores)).isNaN();
        scores.update(new Numbers(0, 10), chunk(1, -2, 13));
        assertThat(inertia(scores)).isCloseTo((1 + 4 + 9) / 3.0, within(1e-12));
        scores.update(new Numbers(0), chunk(5));
        assertThat(inertia(scores)).isCloseTo((1 + 4 + 9 + 25) / 4.0, within(1e-12));
        assertThat(scores.report().rows()).isEqualTo(4);
    }

    @Test
    void rowsWithoutAClusterArePassed() {
        Scores scores = Scores.forTarget(Target.none());
        scores.update(new Numbers(), chunk(1, 2));
        scores.update(new Numbers(0), chunk(3));
        assertThat(inertia(scores)).isEqualTo(9);
        assertThat(scores.report().passed()).isEqualTo(2);
    }

    @Test
    void restoredScoresContinue() {
        Scores straight = Scores.forTarget(Target.none());
        double[] x = new double[7_000];
        Arrays.setAll(x, i -> 0.001 * i);
        straight.update(new Numbers(0, 3), chunk(x));
        State.Builder saved = State.builder();
        straight.writeTo(saved);
        Scores restored = Scores.restore(Target.none(), saved.build());
        straight.update(new Numbers(0, 3), chunk(x));
        restored.update(new Numbers(0, 3), chunk(x));
        State.Builder one = State.builder();
        State.Builder other = State.builder();
        straight.writeTo(one);
        restored.writeTo(other);
        assertThat(other.build()).isEqualTo(one.build());
        assertThat(restored.report().recent()).containsKey("inertia");
        assertThat(restored.stretch().get("inertia")).isCloseTo(inertia(straight), within(1e-9));
    }
}
