package org.accrete.learners.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Networks that are wide enough for a second thread. */
@ExtendWith(RunSeed.class)
class TwoThreadsTest {
    private static final int WIDTH = 301;
    private static final Schema COLUMNS =
            Schema.numeric(WIDTH, Target.categorical("y", List.of("a", "b", "c", "d", "e")));

    @ParameterizedTest
    @CsvSource({"adam, '131', 0", "adamw, '64,130', 0.3", "sgd, '140,70', 0", "rmsprop, '128', 0.5"})
    void giveTheSameModel(String optimizer, String hidden, String dropout) {
        SeededRandom random = RunSeed.random("rows");
        Map<String, String> settings = Map.of(
                "optimizer", optimizer, "hidden", hidden, "dropout", dropout, "batch-size", "70", "alpha", "0.01");
        Learner one = learner(settings, 1);
        Learner two = learner(settings, 2);
        for (int times = 0; times < 40; times++) {
            Chunk rows = rows(random, 1 + random.nextInt(300), false);
            one.partialFit(rows);
            two.partialFit(rows);
        }
        assertThat(two.state()).isEqualTo(one.state());
    }

    @Test
    void refuseWithNothingChanged() {
        SeededRandom random = RunSeed.random("rows");
        Map<String, String> settings = Map.of("hidden", "128", "activation", "identity", "batch-size", "64");
        Learner one = learner(settings, 1);
        Learner two = learner(settings, 2);
        for (int times = 0; times < 5; times++) {
            Chunk good = rows(random, 200, false);
            one.partialFit(good);
            two.partialFit(good);
            State before = two.state();
            Chunk bad = rows(random, 200, true);
            assertThatThrownBy(() -> two.partialFit(bad)).isInstanceOf(AccreteException.class);
            assertThat(two.state()).isEqualTo(before);
        }
        assertThat(two.state()).isEqualTo(one.state());
    }

    @Test
    void areOneAgainAfterAWhileWithoutWork() throws InterruptedException {
        SeededRandom random = RunSeed.random("rows");
        Map<String, String> settings = Map.of("hidden", "128", "batch-size", "64");
        Learner one = learner(settings, 1);
        Learner two = learner(settings, 2);
        for (int times = 0; times < 2; times++) {
            Chunk rows = rows(random, 256, false);
            one.partialFit(rows);
            two.partialFit(rows);
            List<Thread> helpers = helpers();
            assertThat(helpers).isNotEmpty().allMatch(Thread::isDaemon);
            for (Thread helper : helpers) {
                helper.join(30_000);
                assertThat(helper.isAlive()).isFalse();
            }
        }
        assertThat(two.state()).isEqualTo(one.state());
    }

    private static List<Thread> helpers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("accrete-mlp-helper"))
                .toList();
    }

    private static Learner learner(Map<String, String> settings, int threads) {
        Map<String, String> own = new HashMap<>(settings);
        own.put("threads", Integer.toString(threads));
        LearnerProvider provider = new MlpClassifierProvider();
        return provider.create(COLUMNS, Params.parse(provider.params(), own));
    }

    /** Random rows; if bad, two rows of the last full batch have a gradient that is too large. */
    private static Chunk rows(SeededRandom random, int count, boolean bad) {
        double[] values = new double[count * WIDTH];
        double[] targets = new double[count];
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextGaussian();
        }
        for (int row = 0; row < count; row++) {
            targets[row] = random.nextInt(5);
        }
        if (bad) {
            // Two equal rows of two classes: the network is wrong about one of them, so its gradient overflows.
            for (int row = count - 64; row < count - 62; row++) {
                Arrays.fill(values, row * WIDTH, (row + 1) * WIDTH, 3e37);
                targets[row] = row % 2;
            }
        }
        return new DenseChunk(
                COLUMNS, values, targets, new double[0], COLUMNS.target().classes());
    }
}
