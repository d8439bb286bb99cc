package org.accrete.testkit;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkSource;
import org.accrete.core.source.Sources;
import org.junit.jupiter.api.Nested;

/** Tests the source combinators of core, which cannot depend on the test kit. */
class CoreSourcesContractTest {
    private static final Chunk ROWS = RandomChunks.of(CorrectPartsTest.SPARSE)
            .withClasses(5)
            .rows(131, RunSeed.random("core sources").nextLong());

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
            return Sources.repeat(() -> new MemorySource(ROWS), 3);
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
            return Sources.prefetch(Sources.peek(Sources.repeat(() -> new MemorySource(ROWS), 2), 20), 10);
        }
    }
}
