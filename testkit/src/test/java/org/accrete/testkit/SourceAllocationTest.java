package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.core.source.Rows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Steps between sources allocate nothing per row: a chunk costs a few positions. */
class SourceAllocationTest {
    private static final int CHUNK_ROWS = 8_192;

    /** Two bytes a row: no object per row is that small. */
    private static final long MOST_BYTES = 2 * CHUNK_ROWS;

    private static final Schema SPARSE = new Schema(
            List.of(new Block("a", Block.Kind.NUMERIC, 2), new Block("word", Block.Kind.ONE_HOT, 50)),
            Target.categorical("y", List.of("p", "q", "r")));

    @TempDir
    private Path directory;

    /** Rows without end: the same ones again and again. */
    private static ChunkSource endless() {
        Chunk rows = RandomChunks.of(SPARSE).withWeights().rows(1_000, 5);
        return new ChunkSource() {
            private long next;

            @Override
            public String name() {
                return "endless";
            }

            @Override
            public Schema schema() {
                return SPARSE;
            }

            @Override
            public void seek(Position position) {
                next = position.rows();
            }

            @Override
            public boolean next(ChunkBuffer buffer) {
                buffer.clear();
                while (buffer.room() > 0) {
                    int from = (int) (next % rows.rows());
                    int to = Math.min(rows.rows(), from + buffer.room());
                    buffer.append(rows, from, to);
                    next += to - from;
                }
                buffer.position(new Position("", next));
                return true;
            }

            @Override
            public void close() {}
        };
    }

    static Stream<Map.Entry<String, Rows>> steps() {
        return Map.of(
                "filter", Rows.of(endless()).filter((rows, row) -> rows.target(row) != 1),
                "take", Rows.of(endless()).take(Long.MAX_VALUE),
                "skip", Rows.of(endless()).skip(1_000),
                "shard", Rows.of(endless()).shard(1, 3),
                "shuffle", Rows.of(endless()).shuffle(20_000, 3),
                "balance", Rows.of(endless()).balance(3),
                "select", Rows.of(endless()).select(List.of("word")),
                "map", Rows.of(endless()).map(SPARSE, SourceAllocationTest::firstColumn),
                "interleave", Rows.interleave(List.of(endless(), endless()), 512),
                "mix", Rows.mix(List.of(endless(), endless()), new double[] {2, 1}, 3))
                .entrySet()
                .stream();
    }

    private static void firstColumn(Chunk rows, int row, ChunkBuffer out) {
        out.put(0, ((SparseChunk) rows).values()[((SparseChunk) rows).start(row)]);
    }

    @ParameterizedTest
    @MethodSource("steps")
    void noStepAllocatesPerRow(Map.Entry<String, Rows> step) {
        assumeTrue(Allocations.areCounted());
        try (ChunkSource source = step.getValue()) {
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), CHUNK_ROWS);
            long bytes = Allocations.least(
                    MOST_BYTES, () -> assertThat(source.next(buffer)).isTrue());
            assertThat(bytes).as("bytes of a chunk of %s", step.getKey()).isLessThanOrEqualTo(MOST_BYTES);
        }
    }

    @Test
    void aCacheIsReadWithoutAllocationPerRow() {
        assumeTrue(Allocations.areCounted());
        Path file = directory.resolve("rows");
        try (ChunkSource first = Rows.of(endless()).take(60L * CHUNK_ROWS).cache(file)) {
            ChunkBuffer buffer = new ChunkBuffer(SPARSE, CHUNK_ROWS);
            while (first.next(buffer)) {
                assertThat(buffer.rows()).isEqualTo(CHUNK_ROWS);
            }
        }
        try (ChunkSource again = Rows.of(endless()).take(60L * CHUNK_ROWS).cache(file)) {
            ChunkBuffer buffer = new ChunkBuffer(SPARSE, CHUNK_ROWS);
            long bytes = Allocations.least(
                    MOST_BYTES, () -> assertThat(again.next(buffer)).isTrue());
            assertThat(bytes).as("bytes of a chunk").isLessThanOrEqualTo(MOST_BYTES);
        }
    }
}
