package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.core.source.Examples;
import org.accrete.core.source.PushSource;
import org.accrete.core.source.Rows;
import org.accrete.core.source.Sources;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    private static ChunkSource sparse() {
        return new MemorySource(ROWS);
    }

    private static ChunkSource dense() {
        return Sources.of(X, LABELS);
    }

    private static ChunkSource weighted() {
        return Sources.of(Examples.of(X).targets(Y).weights(WEIGHTS));
    }

    @Nested
    class Filtered implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.of(sparse()).filter((rows, row) -> rows.target(row) != 1);
        }
    }

    @Nested
    class FilteredRepeated implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.of(Sources.repeat(epoch -> weighted(), 3)).filter((rows, row) -> rows.weight(row) < 0.5);
        }

        @Override
        public int rowsOfPass() {
            return (int) Arrays.stream(WEIGHTS).filter(weight -> weight < 0.5).count();
        }
    }

    @Nested
    class Selected implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.of(dense()).select(List.of("x3", "x1"));
        }
    }

    @Nested
    class SelectedSparse implements SourceContract {
        @Override
        public ChunkSource open() {
            List<Block> blocks = CorrectPartsTest.SPARSE.blocks();
            return Rows.of(sparse())
                    .select(List.of(blocks.get(blocks.size() - 1).name()));
        }
    }

    @Nested
    class Doubled implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.of(weighted()).map(Schema.numeric(1, Target.numeric("z")), (rows, row, out) -> {
                out.put(0, 2 * ((DenseChunk) rows).values()[((DenseChunk) rows).offset(row)]);
                out.target(-rows.target(row));
            });
        }
    }

    @Nested
    class Part implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.of(dense()).skip(11).take(70);
        }
    }

    @Nested
    class Sharded implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.of(sparse()).shard(2, 3);
        }
    }

    @Nested
    class Concatenated implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.concat(
                    List.of(dense(), Rows.of(dense()).take(0), Rows.of(dense()).skip(50)));
        }
    }

    @Nested
    class Interleaved implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.interleave(List.of(sparse(), Rows.of(sparse()).skip(90)), 5);
        }
    }

    @Nested
    class Mixed implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.mix(
                    List.of(weighted(), Rows.of(weighted()).take(20), weighted()), new double[] {1, 3, 0.5}, 11);
        }
    }

    @Nested
    class MixedWithNewLabels implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.mix(List.of(Rows.of(sparse()).skip(80), sparse()), new double[] {1, 3}, 5);
        }
    }

    @Nested
    class Shuffled implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.of(sparse()).shuffle(40, 3);
        }
    }

    @Nested
    class ShuffledAsAWhole implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.of(weighted()).shuffle(X.length, 3);
        }
    }

    @Nested
    class ShuffledInEachEpoch implements SourceContract {
        @Override
        public ChunkSource open() {
            return Sources.repeat(epoch -> Rows.of(sparse()).shuffle(50, 7 + epoch), 3);
        }

        @Override
        public int rowsOfPass() {
            return ROWS.rows();
        }
    }

    @Nested
    class Balanced implements SourceContract {
        @Override
        public ChunkSource open() {
            return Rows.of(dense()).balance(1);
        }
    }

    @Nested
    class Cached implements SourceContract {
        @TempDir
        private Path directory;

        @Override
        public ChunkSource open() {
            return Rows.of(sparse()).cache(directory.resolve("rows"));
        }
    }

    /** The rows that an application pushes, from the one on that the source has not had yet. */
    private static final class Feeding implements ChunkSource {
        private final PushSource source = new PushSource(
                ColumnPlan.parse(
                        "a=numeric\nb=numeric\nc=numeric\nd=numeric\ny=target(kind=categorical,classes=label 3)"),
                X.length,
                Duration.ZERO);
        private boolean isFed;

        @Override
        public String name() {
            return source.name();
        }

        @Override
        public Schema schema() {
            return source.schema();
        }

        @Override
        public void seek(Position position) {
            source.seek(position);
        }

        @Override
        public boolean next(ChunkBuffer buffer) {
            if (!isFed) {
                isFed = true;
                for (int row = (int) source.rowsTaken(); row < X.length; row++) {
                    source.offer(X[row], LABELS[row]);
                }
                source.end();
            }
            return source.next(buffer);
        }

        @Override
        public Optional<RowPlace> place(long place) {
            return source.place(place);
        }

        @Override
        public void close() {
            source.close();
        }
    }

    @Nested
    class Pushed implements SourceContract {
        @Override
        public ChunkSource open() {
            return new Feeding();
        }
    }

    @Test
    void pushedRowsOfNumbersAllocateNothing() {
        assumeTrue(Allocations.areCounted());
        PushSource source = new PushSource(
                ColumnPlan.parse("a=numeric\nb=numeric\nc=numeric\nd=numeric\ny=target(kind=categorical)"),
                1_000,
                Duration.ZERO);
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), 1_000);
        long bytes = Allocations.least(1_000, () -> {
            for (int i = 0; i < 1_000; i++) {
                source.offer(X[i % X.length], LABELS[i % X.length]);
            }
            source.next(buffer);
        });
        assertThat(bytes).as("bytes for 1,000 rows, a few for each chunk").isLessThanOrEqualTo(1_000);
        assertThat(buffer.rows()).isEqualTo(1_000);
    }
}
