package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The laws of a {@link ChunkSource}. A test class implements this, opens the source, and inherits them all:
 *
 * <pre>{@code
 * class WavesTest implements SourceContract {
 *     @Override
 *     public ChunkSource open() {
 *         return new Waves(100);
 *     }
 * }
 * }</pre>
 *
 * <p>The source should have some 20 to 1,000 rows, of several classes if its target has classes; of one with more rows,
 * or without end, only the first {@link #rows()} are read. A plug-in's test implements {@link ProviderContract} too.
 */
@ExtendWith(RunSeed.class)
public interface SourceContract {
    /** {@return the source under test at its beginning; the same rows every time; the law closes it} */
    ChunkSource open();

    /**
     * {@return the same source, opened anew to go on where a run stopped}
     *
     * @param classes the classes known by then, for a source that is told of them through a stored plan
     */
    default ChunkSource reopen(List<String> classes) {
        return open();
    }

    /** {@return the most rows that are read} */
    default int rows() {
        return 1_000;
    }

    /** The size of a buffer is the reader's business. */
    @Test
    default void rowsDoNotDependOnTheSizeOfTheBuffer() {
        List<String> expected = Reading.all(this);
        assertThat(expected).as("rows of the source").hasSizeGreaterThan(2);
        for (int size : new int[] {1, 7, 100}) {
            try (ChunkSource source = open()) {
                assertThat(Reading.rest(source, size, rows(), true))
                        .as("rows in chunks of %s", size)
                        .isEqualTo(expected);
            }
        }
        SeededRandom random = RunSeed.random("limits");
        try (ChunkSource source = open()) {
            ChunkBuffer buffer = Reading.buffer(source, 40);
            List<String> lines = new ArrayList<>();
            boolean more = true;
            while (more && lines.size() < expected.size()) {
                buffer.limit(Math.min(expected.size() - lines.size(), 1 + random.nextInt(40)));
                more = source.next(buffer);
                Reading.add(buffer, lines, true);
            }
            assertThat(lines).as("rows with changing limits").isEqualTo(expected);
        }
    }

    /** Borders of files, blocks or pages do not show. */
    @Test
    default void everyChunkIsFullButTheLast() {
        for (int size : new int[] {1, 3, 16}) {
            try (ChunkSource source = open()) {
                ChunkBuffer buffer = Reading.buffer(source, size);
                int rows = 0;
                boolean full = true;
                while (rows < rows() && source.next(buffer)) {
                    assertThat(full).as("the chunk before row %s is full", rows).isTrue();
                    assertThat(buffer.rows())
                            .as("rows of a chunk that was announced")
                            .isPositive();
                    full = buffer.rows() == size;
                    rows += buffer.rows();
                }
            }
        }
    }

    /** What was in the buffer is gone. */
    @Test
    default void bufferIsClearedFirst() {
        List<String> expected = Reading.all(this);
        try (ChunkSource source = open()) {
            ChunkBuffer buffer = Reading.buffer(source, 50);
            buffer.limit(2);
            source.next(buffer);
            int more = Math.min(20, expected.size() - 2);
            List<String> lines = new ArrayList<>();
            buffer.limit(more);
            source.next(buffer);
            Reading.add(buffer, lines, true);
            assertThat(lines).as("rows in a buffer that held others").isEqualTo(expected.subList(2, 2 + more));
        }
    }

    /** Promise two: any row may be the last of a run, and the next run begins with the next row. */
    @Test
    default void stoppedAnywhereAndSoughtItGoesOn() {
        List<String> expected = Reading.all(this);
        for (int stop : stops(expected.size())) {
            for (int size : new int[] {1, 7, 64}) {
                Reading.Stopped stopped = stopAt(stop, size);
                try (ChunkSource source = reopen(stopped.classes())) {
                    source.seek(Position.parse(stopped.position().toText()));
                    assertThat(Reading.rest(source, 11, expected.size() - stop, false))
                            .as("rows after a stop at row %s in chunks of %s, sought by %s", stop, size, stopped)
                            .isEqualTo(Reading.byLabel(this).subList(stop, expected.size()));
                }
            }
        }
    }

    /** A run that was resumed can be resumed. */
    @Test
    default void positionsOfASoughtSourceAreGoodToo() {
        List<String> expected = Reading.byLabel(this);
        for (int stop : stops(expected.size() - 2)) {
            Reading.Stopped first = stopAt(stop, 7);
            Reading.Stopped second;
            try (ChunkSource source = reopen(first.classes())) {
                source.seek(first.position());
                second = stop(source, 1 + (expected.size() - stop) / 3, 5);
            }
            int at = stop + 1 + (expected.size() - stop) / 3;
            try (ChunkSource source = reopen(second.classes())) {
                source.seek(second.position());
                assertThat(Reading.rest(source, 13, expected.size() - at, false))
                        .as("rows after stops at row %s and %s, sought by %s", stop, at, second)
                        .isEqualTo(expected.subList(at, expected.size()));
            }
        }
    }

    /** The start of any source is a position, and so is any number of rows after it. */
    @Test
    default void startIsAPosition() {
        List<String> expected = Reading.byLabel(this);
        for (int more : new int[] {0, 1, expected.size() / 2}) {
            try (ChunkSource source = open()) {
                source.seek(Position.start().plus(more));
                assertThat(Reading.rest(source, 10, expected.size() - more, false))
                        .as("rows after the start and %s more", more)
                        .isEqualTo(expected.subList(more, expected.size()));
            }
        }
    }

    /** Else another file would go on in the middle. */
    @Test
    default void markOfAnotherSourceIsRefused() {
        try (ChunkSource source = open()) {
            assertThatThrownBy(() -> source.seek(new Position("a mark of no source|", 3)))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
        }
    }

    /** A source without rows left stays so, and one that was sought to its end has none. */
    @Test
    default void afterTheEndThereIsNoRow() {
        Position end = Position.start();
        List<String> classes;
        try (ChunkSource source = open()) {
            ChunkBuffer buffer = Reading.buffer(source, 100);
            int rows = 0;
            while (source.next(buffer)) {
                rows += buffer.rows();
                assumeTrue(rows < rows(), "the source goes on after the rows that are read");
                end = buffer.position();
            }
            classes = buffer.chunk().classes();
            for (int times = 0; times < 3; times++) {
                assertThat(source.next(buffer)).as("next after the end").isFalse();
                assertThat(buffer.rows()).as("rows after the end").isZero();
            }
        }
        try (ChunkSource source = reopen(classes)) {
            source.seek(end);
            assertThat(source.next(Reading.buffer(source, 10)))
                    .as("next after a seek to the end, %s", end)
                    .isFalse();
        }
    }

    /** Known before the first row, and the same ever after. */
    @Test
    default void schemaDoesNotChange() {
        try (ChunkSource source = open()) {
            Schema schema = source.schema();
            ChunkBuffer buffer = Reading.buffer(source, 100);
            for (int rows = 0; rows < rows() && source.next(buffer); rows += buffer.rows()) {
                assertThat(source.schema()).as("the schema after %s rows", rows).isEqualTo(schema);
                assertThat(schema.matches(buffer.chunk().schema()))
                        .as("the chunk is of the source's schema")
                        .isTrue();
            }
            assertThat(source.schema()).as("the schema after the end").isEqualTo(schema);
        }
    }

    /** Labels that were given an index keep it. */
    @Test
    default void classesOnlyGrow() {
        try (ChunkSource source = open()) {
            Target target = source.schema().target();
            assumeTrue(target.kind() == Target.Kind.CATEGORICAL, "the target has no classes");
            ChunkBuffer buffer = Reading.buffer(source, 5);
            List<String> list = target.classes();
            List<String> known = List.copyOf(list);
            for (int rows = 0; rows < rows() && source.next(buffer); rows += buffer.rows()) {
                assertThat(list)
                        .as("a list of classes that was handed out before")
                        .isEqualTo(known);
                list = buffer.chunk().classes();
                assertThat(list)
                        .as("classes after %s rows and a chunk", rows)
                        .startsWith(known.toArray(String[]::new))
                        .doesNotHaveDuplicates();
                known = List.copyOf(list);
                for (int row = 0; row < buffer.rows(); row++) {
                    double code = buffer.chunk().target(row);
                    assertThat(code >= 0 && code < known.size() && code == Math.rint(code))
                            .as("target %s is one of %s", code, known)
                            .isTrue();
                }
            }
        }
    }

    /** One entry of 1 in a one-hot block, −1 to 1 in a cycle, nothing infinite, weights of at least 0. */
    @Test
    default void rowsKeepWhatTheBlocksPromise() {
        try (ChunkSource source = open()) {
            ChunkBuffer buffer = Reading.buffer(source, 50);
            for (int rows = 0; rows < rows() && source.next(buffer); rows += buffer.rows()) {
                for (int row = 0; row < buffer.rows(); row++) {
                    Reading.check(buffer.chunk(), row, "row " + (rows + row));
                }
            }
        }
    }

    /** Nothing is shared between two that are open at once. */
    @Test
    default void twoReadersDoNotDisturbEachOther() {
        List<String> expected = Reading.all(this);
        try (ChunkSource one = open();
                ChunkSource other = open()) {
            ChunkBuffer buffer = Reading.buffer(one, 4);
            ChunkBuffer otherBuffer = Reading.buffer(other, 9);
            List<String> lines = new ArrayList<>();
            List<String> otherLines = new ArrayList<>();
            for (int turn = 0; turn < expected.size(); turn += 4) {
                one.next(buffer);
                Reading.add(buffer, lines, true);
                other.next(otherBuffer);
                Reading.add(otherBuffer, otherLines, true);
            }
            assertThat(lines).as("rows of the one").startsWith(expected.toArray(String[]::new));
            assertThat(otherLines).as("rows of the other").startsWith(expected.toArray(String[]::new));
        }
    }

    /** Before the first row, in the middle, at the end. */
    @Test
    default void closingTwiceDoesNoHarm() {
        for (int chunks : new int[] {0, 1, rows()}) {
            ChunkSource source = open();
            ChunkBuffer buffer = Reading.buffer(source, 10);
            for (int i = 0; i < chunks && i * 10 < rows() && source.next(buffer); i++) {
                assertThat(buffer.rows()).isPositive();
            }
            source.close();
            assertThatCode(source::close)
                    .as("a second close after %s chunks", chunks)
                    .doesNotThrowAnyException();
        }
    }

    /** People read them. */
    @Test
    default void nameAndWarningsAreOneLineEach() {
        try (ChunkSource source = open()) {
            assertThat(source.name()).isNotBlank().doesNotContain("\n");
            assertThat(source.warnings())
                    .allSatisfy(line -> assertThat(line).isNotBlank().doesNotContain("\n"));
        }
    }

    /** A place to go on from, and the classes known there. */
    private Reading.Stopped stopAt(int row, int size) {
        try (ChunkSource source = open()) {
            return stop(source, row, size);
        }
    }

    private static Reading.Stopped stop(ChunkSource source, int row, int size) {
        ChunkBuffer buffer = Reading.buffer(source, size);
        Position position = Position.start();
        List<String> classes = source.schema().target().classes();
        int rows = 0;
        while (rows + size <= row && source.next(buffer)) {
            rows += buffer.rows();
            position = buffer.position();
            classes = buffer.chunk().classes();
        }
        if (rows < row && rows == 0) {
            // The source may have been sought: only a chunk tells where it is.
            buffer.limit(Math.min(size, row));
            source.next(buffer);
            return new Reading.Stopped(
                    buffer.position().plus(row - buffer.rows()), buffer.chunk().classes());
        }
        return new Reading.Stopped(position.plus(row - rows), classes);
    }

    private static TreeSet<Integer> stops(int rows) {
        TreeSet<Integer> stops = new TreeSet<>(List.of(0, 1, 2, Math.max(0, rows - 1), Math.max(0, rows)));
        SeededRandom random = RunSeed.random("stops");
        for (int i = 0; i < 12; i++) {
            stops.add(random.nextInt(Math.max(1, rows)));
        }
        return stops;
    }
}
