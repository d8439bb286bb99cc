package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** For every law of sources a source that breaks it, and is caught. */
class SourceLawsTest {
    private static final Schema SCHEMA = new Schema(
            List.of(
                    new Block("a", Block.Kind.NUMERIC, 2),
                    new Block("hour", Block.Kind.CYCLE, 2),
                    new Block("word", Block.Kind.ONE_HOT, 8)),
            Target.categorical("y", List.of("first")));

    private static final Chunk ROWS = RandomChunks.of(SCHEMA).withClasses(4).rows(60, 7);

    /** The part under test at this moment. */
    private static Supplier<ChunkSource> subject;

    static class Suite implements SourceContract {
        @Override
        public ChunkSource open() {
            return subject.get();
        }
    }

    /** A correct source, to be broken in one place. */
    private static class Wrapped implements ChunkSource {
        final ChunkSource source;
        int handedOut;

        Wrapped() {
            this(ROWS);
        }

        Wrapped(Chunk rows) {
            source = new MemorySource(rows);
        }

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
            boolean more = source.next(buffer);
            handedOut += buffer.rows();
            return more;
        }

        @Override
        public void close() {
            source.close();
        }
    }

    private static Sabotage<Supplier<ChunkSource>> breaks(String law, Supplier<ChunkSource> open) {
        return new Sabotage<>(law, open);
    }

    /** Rows of which one cell is something else. */
    private static Sabotage<Supplier<ChunkSource>> cell(int column, double value) {
        Chunk rows = Rows.draft(ROWS).cell(17, column, value).chunk();
        return breaks("rowsKeepWhatTheBlocksPromise", () -> new Wrapped(rows));
    }

    private static int open;

    static List<Sabotage<Supplier<ChunkSource>>> sources() {
        List<Sabotage<Supplier<ChunkSource>>> all = new ArrayList<>();
        all.add(breaks("rowsDoNotDependOnTheSizeOfTheBuffer", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                // Loses a row at a border in the middle of a block.
                if (more && handedOut == 7) {
                    buffer.limit(1);
                    source.next(new ChunkBuffer(SCHEMA, 1));
                }
                return more;
            }
        }));
        all.add(breaks("rowsDoNotDependOnTheSizeOfTheBuffer", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                Chunk copy = Rows.of(buffer.chunk()).chunk();
                Position position = buffer.position();
                buffer.clear();
                for (int row = 0; row < copy.rows(); row++) {
                    buffer.beginRow(copy, row);
                    // Numbers the rows of each chunk.
                    buffer.put(0, row);
                    buffer.endRow();
                }
                buffer.position(position);
                return more;
            }
        }));
        all.add(breaks("everyChunkIsFullButTheLast", () -> new CrankySource(new Wrapped(), 1)));
        all.add(breaks("everyChunkIsFullButTheLast", () -> new Wrapped() {
            private boolean ended;

            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                // Announces the end one call late.
                boolean said = more || !ended;
                ended = !more;
                return said;
            }
        }));
        all.add(breaks("bufferIsClearedFirst", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                Chunk before = Rows.of(buffer.chunk()).chunk();
                boolean more = super.next(buffer);
                if (buffer.capacity() == 50 && before.rows() > 0 && buffer.rows() + before.rows() <= 50) {
                    buffer.append(before, 0, before.rows());
                }
                return more;
            }
        }));
        for (String law :
                List.of("stoppedAnywhereAndSoughtItGoesOn", "positionsOfASoughtSourceAreGoodToo", "startIsAPosition")) {
            all.add(breaks(law, () -> new Wrapped() {
                @Override
                public void seek(Position position) {
                    super.seek(new Position(position.mark(), position.rows() / 2 * 2));
                }
            }));
        }
        all.add(breaks("positionsOfASoughtSourceAreGoodToo", () -> new Wrapped() {
            private long from;

            @Override
            public void seek(Position position) {
                super.seek(position);
                from = position.rows();
            }

            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                // Counts from where it was sought to.
                buffer.position(new Position("", buffer.position().rows() - from));
                return more;
            }
        }));
        all.add(breaks("stoppedAnywhereAndSoughtItGoesOn", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                // The position of the block, not of the row.
                buffer.position(new Position("", handedOut / 5 * 5));
                return more;
            }
        }));
        all.add(breaks("markOfAnotherSourceIsRefused", () -> new Wrapped() {
            @Override
            public void seek(Position position) {
                super.seek(new Position("", position.rows()));
            }
        }));
        all.add(breaks("afterTheEndThereIsNoRow", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                if (!more) {
                    source.seek(Position.start());
                }
                return more;
            }
        }));
        all.add(breaks("afterTheEndThereIsNoRow", () -> new Wrapped() {
            @Override
            public void seek(Position position) {
                super.seek(new Position("", Math.min(position.rows(), 59)));
            }
        }));
        all.add(breaks("schemaDoesNotChange", () -> new Wrapped() {
            @Override
            public Schema schema() {
                return handedOut == 0 ? SCHEMA : SCHEMA.withClasses(ROWS.classes());
            }
        }));
        all.add(breaks("classesOnlyGrow", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                buffer.classes(buffer.chunk().classes().stream().sorted().toList());
                return more;
            }
        }));
        all.add(breaks("classesOnlyGrow", () -> new Wrapped() {
            private final List<String> labels = new ArrayList<>();

            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                labels.clear();
                labels.addAll(buffer.chunk().classes());
                buffer.classes(labels);
                return more;
            }
        }));
        all.add(breaks("classesOnlyGrow", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                buffer.classes(List.of("first"));
                return more;
            }
        }));
        all.add(cell(0, Double.POSITIVE_INFINITY));
        all.add(cell(2, 1.5));
        all.add(cell(3, Double.NaN));
        all.add(cell(5, 2.0));
        Rows.Draft draft = Rows.draft(ROWS);
        for (int column = 4; column < 12; column++) {
            draft.cell(3, column, 1);
        }
        Chunk twoWords = draft.chunk();
        all.add(breaks("rowsKeepWhatTheBlocksPromise", () -> new Wrapped(twoWords)));
        Chunk negative = Rows.draft(ROWS).weight(5, -1).chunk();
        all.add(breaks("rowsKeepWhatTheBlocksPromise", () -> new Wrapped(negative)));
        Chunk missing = Rows.draft(ROWS).target(5, Double.NaN).chunk();
        all.add(breaks("rowsKeepWhatTheBlocksPromise", () -> new Wrapped(missing)));
        all.add(breaks("twoReadersDoNotDisturbEachOther", () -> new Wrapped() {
            private final int number = ++open;

            @Override
            public boolean next(ChunkBuffer buffer) {
                // Another one was opened in the meantime, and took the file.
                return number == open && super.next(buffer);
            }
        }));
        all.add(breaks("closingTwiceDoesNoHarm", () -> new Wrapped() {
            private boolean closed;

            @Override
            public void close() {
                if (closed) {
                    throw new IllegalStateException("closed already");
                }
                closed = true;
            }
        }));
        all.add(breaks("nameAndWarningsAreOneLineEach", () -> new Wrapped() {
            @Override
            public String name() {
                return " ";
            }
        }));
        all.add(breaks("nameAndWarningsAreOneLineEach", () -> new Wrapped() {
            @Override
            public List<String> warnings() {
                return List.of("two\nlines");
            }
        }));
        return all;
    }

    @ParameterizedTest
    @MethodSource("sources")
    void sourceThatBreaksALawIsCaught(Sabotage<Supplier<ChunkSource>> sabotage) {
        subject = sabotage.part();
        sabotage.isCaughtBy(Suite.class);
    }

    @Test
    void everyLawIsBrokenBySomebody() {
        Set<String> broken = new TreeSet<>();
        sources().forEach(sabotage -> broken.add(sabotage.law()));
        assertThat(broken).isEqualTo(Sabotage.laws(SourceContract.class));
    }
}
