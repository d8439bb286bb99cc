package org.accrete.testkit;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkSource;
import org.accrete.core.source.Examples;
import org.accrete.core.source.Sources;
import org.junit.jupiter.api.Nested;

/** Tests the sources of core, which cannot depend on the test kit. */
class CoreSourcesContractTest {
    private static final Chunk ROWS = RandomChunks.of(CorrectPartsTest.SPARSE)
            .withClasses(5)
            .rows(131, RunSeed.random("core sources").nextLong());

    private static final double[][] X = new double[97][4];
    private static final String[] LABELS = new String[X.length];
    private static final double[] Y = new double[X.length];
    private static final double[] WEIGHTS = new double[X.length];

    static {
        SeededRandom random = RunSeed.random("arrays");
        for (int row = 0; row < X.length; row++) {
            Arrays.setAll(X[row], column -> random.nextGaussian());
            LABELS[row] = "label " + random.nextInt(5);
            Y[row] = random.nextGaussian();
            WEIGHTS[row] = random.nextDouble();
        }
    }

    @Nested
    class OfLabelledArrays implements SourceContract {
        @Override
        public ChunkSource open() {
            return Sources.of(X, LABELS);
        }
    }

    @Nested
    class OfWeightedArraysWithTargets implements SourceContract {
        @Override
        public ChunkSource open() {
            return Sources.of(Examples.of(X).targets(Y).weights(WEIGHTS));
        }
    }

    @Nested
    class OfArraysWithoutTargets implements SourceContract {
        @Override
        public ChunkSource open() {
            return Sources.of(Examples.of(X));
        }
    }

    @Nested
    class Prefetched implements SourceContract {
        @Override
        public ChunkSource open() {
            return Sources.prefetch(new MemorySource(ROWS), 7);
        }
    }

    @Nested
    class Repeated implements SourceContract {
        @Override
        public ChunkSource open() {
            return Sources.repeat(epoch -> new MemorySource(ROWS), 3);
        }

        @Override
        public int rowsOfPass() {
            return ROWS.rows();
        }
    }

    @Nested
    class Peeked implements SourceContract {
        @Override
        public ChunkSource open() {
            return Sources.peek(new MemorySource(ROWS), 20);
        }
    }

    @Nested
    class PrefetchedRepeatedAndPeeked implements SourceContract {
        @Override
        public ChunkSource open() {
            return Sources.prefetch(Sources.peek(Sources.repeat(epoch -> new MemorySource(ROWS), 2), 20), 10);
        }

        @Override
        public int rowsOfPass() {
            return ROWS.rows();
        }
    }
}
