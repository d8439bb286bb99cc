package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each law of sources fails for a source that breaks it. */
class SourceLawsTest {
    private static final Schema SCHEMA = new Schema(
            List.of(
                    new Block("a", Block.Kind.NUMERIC, 2),
                    new Block("hour", Block.Kind.CYCLE, 2),
                    new Block("word", Block.Kind.ONE_HOT, 8)),
            Target.categorical("y", List.of("first")));

    private static final Chunk ROWS = RandomChunks.of(SCHEMA).withClasses(4).rows(60, 7);

    /** Opens the source that the suite tests now. */
    private static Supplier<ChunkSource> subject;

    static class Suite implements SourceContract {
        @Override
        public ChunkSource open() {
            return subject.get();
        }

        @Override
        public Optional<ChunkSource> reopenChanged(List<String> classes) {
            return Optional.of(subject.get());
        }
    }

    /** A correct source. A mutant overrides one method. */
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

    private static Mutant<Supplier<ChunkSource>> breaks(String law, Supplier<ChunkSource> open) {
        return new Mutant<>(law, open);
    }

    /** A source with one cell replaced. */
    private static Mutant<Supplier<ChunkSource>> cell(int column, double value) {
        Chunk rows = ChunkCopy.edit(ROWS).cell(17, column, value).chunk();
        return breaks("rowsMatchTheirBlocks", () -> new Wrapped(rows));
    }

    /** A source that tells a share of the rows it has handed out, of which there are 60. */
    private static Mutant<Supplier<ChunkSource>> shares(IntFunction<OptionalDouble> share) {
        return breaks("shareGoesFromTheBeginningToTheEnd", () -> new Wrapped() {
            @Override
            public OptionalDouble share() {
                return share.apply(handedOut);
            }
        });
    }

    private static int open;

    static List<Mutant<Supplier<ChunkSource>>> sources() {
        List<Mutant<Supplier<ChunkSource>>> all = new ArrayList<>();
        all.add(breaks("rowsDoNotDependOnTheBufferSize", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                // Loses a row when a chunk ends at row 7.
                if (more && handedOut == 7) {
                    buffer.limit(1);
                    source.next(new ChunkBuffer(SCHEMA, 1));
                }
                return more;
            }
        }));
        all.add(breaks("rowsDoNotDependOnTheBufferSize", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                Chunk copy = ChunkCopy.of(buffer.chunk()).chunk();
                Position position = buffer.position();
                buffer.clear();
                for (int row = 0; row < copy.rows(); row++) {
                    buffer.beginRow(copy, row);
                    // Writes the number of the row within its chunk.
                    buffer.put(0, row);
                    buffer.endRow();
                }
                buffer.position(position);
                return more;
            }
        }));
        all.add(breaks("everyChunkButTheLastIsFull", () -> new CrankySource(new Wrapped(), 1)));
        all.add(breaks("everyChunkButTheLastIsFull", () -> new Wrapped() {
            private boolean ended;

            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                // Reports the end one call late.
                boolean reported = more || !ended;
                ended = !more;
                return reported;
            }
        }));
        all.add(breaks("bufferIsClearedFirst", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                Chunk before = ChunkCopy.of(buffer.chunk()).chunk();
                boolean more = super.next(buffer);
                if (buffer.capacity() == 50 && before.rows() > 0 && buffer.rows() + before.rows() <= 50) {
                    buffer.append(before, 0, before.rows());
                }
                return more;
            }
        }));
        for (String law :
                List.of("readingResumesAfterAnyRow", "positionsAfterASeekAreValid", "startIsAValidPosition")) {
            all.add(breaks(law, () -> new Wrapped() {
                @Override
                public void seek(Position position) {
                    super.seek(new Position(position.mark(), position.rows() / 2 * 2));
                }
            }));
        }
        all.add(breaks("positionsAfterASeekAreValid", () -> new Wrapped() {
            private long from;

            @Override
            public void seek(Position position) {
                super.seek(position);
                from = position.rows();
            }

            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                // Counts rows from the last seek.
                buffer.position(new Position("", buffer.position().rows() - from));
                return more;
            }
        }));
        all.add(breaks("readingResumesAfterAnyRow", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                // Rounds the position to blocks of 5 rows.
                buffer.position(new Position("", handedOut / 5 * 5));
                return more;
            }
        }));
        all.add(breaks("compositionsResumeAfterAnyRow", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                buffer.clear();
                int asked = buffer.room();
                boolean more = super.next(buffer);
                // Forgets a row where fewer rows are asked for than fit the buffer.
                if (more && asked < buffer.capacity()) {
                    buffer.position(new Position("", handedOut - 1));
                }
                return more;
            }
        }));
        for (boolean understood : new boolean[] {true, false}) {
            all.add(breaks("placesDoNotDependOnTheBufferSize", () -> new Wrapped() {
                @Override
                public boolean next(ChunkBuffer buffer) {
                    boolean more = super.next(buffer);
                    for (int row = 0; row < buffer.rows(); row++) {
                        // Either counts within the chunk, or does not understand its own places.
                        buffer.place(row, understood ? row + 1 : handedOut - buffer.rows() + row + 1);
                    }
                    return more;
                }

                @Override
                public Optional<RowPlace> place(long place) {
                    return understood
                            ? Optional.of(new RowPlace("memory", RowPlace.Unit.ROW, place))
                            : Optional.empty();
                }
            }));
        }
        all.add(breaks("markOfAnotherSourceIsRefused", () -> new Wrapped() {
            @Override
            public void seek(Position position) {
                super.seek(new Position("", position.rows()));
            }
        }));
        // Its suite opens it with the same rows; no source can tell them from changed ones.
        all.add(breaks("changedEarlierRowsAreRefused", Wrapped::new));
        all.add(breaks("noRowsComeAfterTheEnd", () -> new Wrapped() {
            @Override
            public boolean next(ChunkBuffer buffer) {
                boolean more = super.next(buffer);
                if (!more) {
                    source.seek(Position.start());
                }
                return more;
            }
        }));
        all.add(breaks("noRowsComeAfterTheEnd", () -> new Wrapped() {
            @Override
            public void seek(Position position) {
                super.seek(new Position("", Math.min(position.rows(), 59)));
            }
        }));
        all.add(shares(rows -> OptionalDouble.of(rows / 61.0)));
        all.add(shares(rows -> OptionalDouble.of(Math.min(1, rows / 50.0 - rows / 55))));
        all.add(shares(rows -> rows == 0 ? OptionalDouble.empty() : OptionalDouble.of(rows / 60.0)));
        all.add(breaks("shareGoesFromTheBeginningToTheEnd", () -> new Wrapped() {
            @Override
            public OptionalDouble share() {
                return OptionalDouble.of(handedOut / 60.0);
            }

            @Override
            public void close() {
                handedOut = 0;
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
        ChunkCopy.Editor editor = ChunkCopy.edit(ROWS);
        for (int column = 4; column < 12; column++) {
            editor.cell(3, column, 1);
        }
        Chunk twoWords = editor.chunk();
        all.add(breaks("rowsMatchTheirBlocks", () -> new Wrapped(twoWords)));
        Chunk negative = ChunkCopy.edit(ROWS).weight(5, -1).chunk();
        all.add(breaks("rowsMatchTheirBlocks", () -> new Wrapped(negative)));
        Chunk missing = ChunkCopy.edit(ROWS).target(5, Double.NaN).chunk();
        all.add(breaks("rowsMatchTheirBlocks", () -> new Wrapped(missing)));
        all.add(breaks("twoReadersAreIndependent", () -> new Wrapped() {
            private final int number = ++open;

            @Override
            public boolean next(ChunkBuffer buffer) {
                // A source that is opened later stops this one.
                return number == open && super.next(buffer);
            }
        }));
        all.add(breaks("closingTwiceIsAllowed", () -> new Wrapped() {
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
    void sourceThatBreaksALawIsCaught(Mutant<Supplier<ChunkSource>> mutant) {
        subject = mutant.part();
        mutant.assertKilledBy(Suite.class);
    }

    @Test
    void everyLawIsBrokenByAMutant() {
        Set<String> broken = new TreeSet<>();
        sources().forEach(mutant -> broken.add(mutant.law()));
        assertThat(broken).isEqualTo(Mutant.laws(SourceContract.class));
    }
}
