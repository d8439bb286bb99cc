package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.WrapperProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;
import org.accrete.testkit.RandomChunks;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rows of any finite numbers and weights are learned or refused, and what a learner has of them can be stored and read
 * back: a version that nobody can read is lost. {@code -Daccrete.far} is how many sequences of chunks are tried. A
 * class of its own module, because the rare paths that such rows take change what is compiled for all others.
 */
class FarRowsTest {
    private static final int CHUNKS = 12;

    static Stream<String> learners() {
        return PlugIns.load().learners().all().stream()
                .filter(provider -> !(provider instanceof WrapperProvider))
                .map(Provider::name);
    }

    @ParameterizedTest
    @MethodSource("learners")
    void whatFarRowsLeaveIsReadBack(String name) {
        LearnerProvider provider = PlugIns.load().learners().find(name);
        Params params = Params.of(provider.params());
        for (int sequence = 0; sequence < Integer.getInteger("accrete.far", 30); sequence++) {
            SeededRandom random = new SeededRandom(sequence);
            Learner learner = learner(provider, params);
            for (int i = 0; i < CHUNKS; i++) {
                try {
                    learner.partialFit(far(learner.schema(), sequence % 2 == 0, random));
                } catch (AccreteException e) {
                    assertThat(e.kind())
                            .as("kind of the refusal: %s", e.line())
                            .isEqualTo(AccreteException.Kind.BAD_DATA);
                }
            }
            State state = learner.state();
            try {
                assertThat(provider.restore(learner.schema(), params, state).state())
                        .as("what is read back of sequence %d", sequence)
                        .isEqualTo(state);
            } catch (AccreteException e) {
                throw new AssertionError("sequence " + sequence + " cannot be read back: " + e.line(), e);
            }
        }
    }

    /** {@return a learner of numbers} */
    private static Learner learner(LearnerProvider provider, Params params) {
        Set<Target.Kind> kinds = provider.targets();
        Target target = kinds.contains(Target.Kind.CATEGORICAL)
                ? Target.categorical("y", List.of("a", "b"))
                : kinds.contains(Target.Kind.NUMERIC) ? Target.numeric("y") : Target.none();
        return provider.create(Schema.numeric(4, target), params);
    }

    /** {@return rows whose numbers are multiplied by 1e-75 to 1e75 and whose weights are 1e-15 to 1e15} */
    private static Chunk far(Schema schema, boolean hasGaps, SeededRandom random) {
        RandomChunks of = RandomChunks.of(schema).withClasses(2).withMissing(hasGaps ? 0.2 : 0);
        DenseChunk rows = (DenseChunk) of.rows(1 + random.nextInt(8), random.nextLong());
        ChunkBuffer far = new ChunkBuffer(schema, rows.rows());
        for (int row = 0; row < rows.rows(); row++) {
            far.beginRow();
            for (int j = 0; j < schema.width(); j++) {
                double value = rows.values()[rows.offset(row) + j];
                if (value != 0) {
                    far.put(j, value * power(random, 75));
                }
            }
            if (schema.target().kind() == Target.Kind.NUMERIC) {
                far.target(rows.target(row) * power(random, 75));
            } else if (rows.hasTargets()) {
                far.target(rows.target(row));
            }
            far.weight(power(random, 15));
            far.endRow();
        }
        if (schema.target().kind() == Target.Kind.CATEGORICAL) {
            far.classes(rows.classes());
        }
        return far.chunk();
    }

    /** {@return a power of ten; 1 half of the times} */
    private static double power(SeededRandom random, int most) {
        return random.nextInt(2) == 0 ? 1 : StrictMath.pow(10, random.nextInt(2 * most + 1) - most);
    }
}
