package org.accrete.testkit;

import static org.accrete.testkit.SourceFixtures.allRows;
import static org.accrete.testkit.SourceFixtures.allRowsByLabel;
import static org.accrete.testkit.SourceFixtures.appendRows;
import static org.accrete.testkit.SourceFixtures.assertValidRow;
import static org.accrete.testkit.SourceFixtures.newBuffer;
import static org.accrete.testkit.SourceFixtures.readRows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.core.source.Rows;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The laws of a {@link ChunkSource}. A test class implements this interface, opens the source and inherits all laws:
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
 * <p>The source should have 20 to 1,000 rows, with several classes if its target is categorical. If it has more rows or
 * is endless, only the first {@link #rows()} are read. The test of a plug-in also implements {@link ProviderContract}.
 */
@ExtendWith(RunSeed.class)
public interface SourceContract {
    /** {@return the source under test at its start; each call gives the same rows; the caller closes it} */
    ChunkSource open();

    /**
     * {@return the same source, opened again to continue where a run stopped}
     *
     * @param classes the classes known there, for a source that gets them from a stored plan
     */
    default ChunkSource reopen(List<String> classes) {
        return open();
    }

    /**
     * {@return the source, opened again after one of its first two rows was changed; empty if that cannot happen} Give
     * one for a source of files or of anything else that a user may edit between two runs.
     *
     * @param classes as for {@link #reopen}
     */
    default Optional<ChunkSource> reopenChanged(List<String> classes) {
        return Optional.empty();
    }

    /** {@return the largest number of rows to read} */
    default int rows() {
        return 1_000;
    }

    /** The reader chooses the size of its buffer. */
    @Test
    default void rowsDoNotDependOnTheBufferSize() {
        List<String> expected = allRows(this);
        assertThat(expected).as("rows of the source").hasSizeGreaterThan(2);
        for (int size : new int[] {1, 7, 100}) {
            try (ChunkSource source = open()) {
                assertThat(readRows(source, size, rows(), true))
                        .as("rows in chunks of %s", size)
                        .isEqualTo(expected);
            }
        }
        SeededRandom random = RunSeed.random("limits");
        try (ChunkSource source = open()) {
            ChunkBuffer buffer = newBuffer(source, 40);
            List<String> lines = new ArrayList<>();
            boolean more = true;
            while (more && lines.size() < expected.size()) {
                buffer.limit(Math.min(expected.size() - lines.size(), 1 + random.nextInt(40)));
                more = source.next(buffer);
                appendRows(buffer, lines, true);
            }
            assertThat(lines).as("rows with changing limits").isEqualTo(expected);
        }
    }

    /**
     * {@return after how many rows a pass ends, for a source that reads its rows several times; else more than it has}
     */
    default int rowsOfPass() {
        return Integer.MAX_VALUE;
    }

    /** Borders of files, blocks or pages do not shorten a chunk; only the end of a pass over the rows does. */
    @Test
    default void everyChunkButTheLastIsFull() {
        for (int size : new int[] {1, 3, 16}) {
            try (ChunkSource source = open()) {
                ChunkBuffer buffer = newBuffer(source, size);
                int rows = 0;
                boolean full = true;
                while (rows < rows() && source.next(buffer)) {
                    assertThat(full || rows % rowsOfPass() == 0)
                            .as("the chunk before row %s is full", rows)
                            .isTrue();
                    assertThat(buffer.rows())
                            .as("rows of a chunk that was announced")
                            .isPositive();
                    full = buffer.rows() == size;
                    rows += buffer.rows();
                }
            }
        }
    }

    /** A run must not continue behind rows that are not the ones it learned. */
    @Test
    default void changedEarlierRowsAreRefused() {
        int stop = allRows(this).size() * 2 / 3;
        SourceFixtures.ResumePoint stopped = stopAt(stop, 7);
        Optional<ChunkSource> changed = reopenChanged(stopped.classes());
        assumeTrue(changed.isPresent(), "reopenChanged() gives no source with a changed row");
        try (ChunkSource source = changed.get()) {
            assertThatThrownBy(() -> source.seek(stopped.position()))
                    .as("a seek to row %s after an earlier row was changed", stop)
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind())
                                    .as("kind of the refusal: %s", e.line())
                                    .isEqualTo(AccreteException.Kind.BAD_STATE));
        }
    }

    /** Where a row stands does not depend on who reads it, and the source understands its own places. */
    @Test
    default void placesDoNotDependOnTheBufferSize() {
        int rows = allRows(this).size();
        List<Long> expected;
        try (ChunkSource source = open()) {
            expected = places(source, 1, rows);
            for (long place : expected) {
                // That of a row of several sources may tell its source alone.
                boolean tellsSource = source.sources().size() > 1
                        && source.sourceOf(place) < source.sources().size();
                assertThat(place == 0 || tellsSource || source.place(place).isPresent())
                        .as("place %s is none, or one that the source understands", place)
                        .isTrue();
            }
        }
        for (int size : new int[] {7, 100}) {
            try (ChunkSource source = open()) {
                assertThat(places(source, size, rows))
                        .as("places of rows in chunks of %s", size)
                        .isEqualTo(expected);
            }
        }
        SourceFixtures.ResumePoint stopped = stopAt(rows / 2, 7);
        try (ChunkSource source = reopen(stopped.classes())) {
            source.seek(stopped.position());
            assertThat(places(source, 7, rows - rows / 2))
                    .as("places of rows after a seek")
                    .isEqualTo(expected.subList(rows / 2, rows));
        }
    }

    private static List<Long> places(ChunkSource source, int size, int rows) {
        List<Long> places = new ArrayList<>();
        ChunkBuffer buffer = newBuffer(source, size);
        buffer.limit(Math.min(size, rows));
        while (places.size() < rows && source.next(buffer)) {
            for (int row = 0; row < buffer.rows(); row++) {
                places.add(buffer.place(row));
            }
            buffer.limit(Math.min(size, rows - places.size()));
        }
        return places;
    }

    /** {@code next} replaces the contents of the buffer. */
    @Test
    default void bufferIsClearedFirst() {
        List<String> expected = allRows(this);
        try (ChunkSource source = open()) {
            ChunkBuffer buffer = newBuffer(source, 50);
            buffer.limit(2);
            source.next(buffer);
            int more = Math.min(20, expected.size() - 2);
            List<String> lines = new ArrayList<>();
            buffer.limit(more);
            source.next(buffer);
            appendRows(buffer, lines, true);
            assertThat(lines).as("rows in a buffer that held others").isEqualTo(expected.subList(2, 2 + more));
        }
    }

    /** A run may stop after any row, and the next run continues with the next row. */
    @Test
    default void readingResumesAfterAnyRow() {
        List<String> expected = allRows(this);
        for (int stop : stops(expected.size())) {
            for (int size : new int[] {1, 7, 64}) {
                SourceFixtures.ResumePoint stopped = stopAt(stop, size);
                try (ChunkSource source = reopen(stopped.classes())) {
                    source.seek(Position.parse(stopped.position().toText()));
                    assertThat(readRows(source, 11, expected.size() - stop, false))
                            .as("rows after a stop at row %s in chunks of %s and a seek to %s", stop, size, stopped)
                            .isEqualTo(allRowsByLabel(this).subList(stop, expected.size()));
                }
            }
        }
    }

    /**
     * Sources are filtered, shuffled, mixed and so on, and these go on after any row, too. With
     * {@code -Daccrete.compositions=N} the law tries more of them.
     */
    @Test
    default void compositionsResumeAfterAnyRow() {
        int rows = Math.min(60, allRows(this).size());
        SeededRandom random = RunSeed.random("compositions");
        Compositions.Opening leaf = (classes, epoch) ->
                Rows.of(classes.isEmpty() ? open() : reopen(classes)).take(rows);
        try (Compositions compositions = new Compositions(random, leaf, false)) {
            for (int i = 0; i < Math.max(12, Integer.getInteger("accrete.compositions", 0) / 100); i++) {
                compositions.check(1 + random.nextInt(3));
            }
        }
    }

    /** A resumed run can be stopped and resumed again. */
    @Test
    default void positionsAfterASeekAreValid() {
        List<String> expected = allRowsByLabel(this);
        for (int stop : stops(expected.size() - 2)) {
            SourceFixtures.ResumePoint first = stopAt(stop, 7);
            SourceFixtures.ResumePoint second;
            try (ChunkSource source = reopen(first.classes())) {
                source.seek(first.position());
                second = stop(source, 1 + (expected.size() - stop) / 3, 5);
            }
            int at = stop + 1 + (expected.size() - stop) / 3;
            try (ChunkSource source = reopen(second.classes())) {
                source.seek(second.position());
                assertThat(readRows(source, 13, expected.size() - at, false))
                        .as("rows after stops at rows %s and %s and a seek to %s", stop, at, second)
                        .isEqualTo(expected.subList(at, expected.size()));
            }
        }
    }

    /** The start of a source plus any number of rows is a valid position. */
    @Test
    default void startIsAValidPosition() {
        List<String> expected = allRowsByLabel(this);
        for (int more : new int[] {0, 1, expected.size() / 2}) {
            try (ChunkSource source = open()) {
                source.seek(Position.start().plus(more));
                assertThat(readRows(source, 10, expected.size() - more, false))
                        .as("rows after the start and %s more", more)
                        .isEqualTo(expected.subList(more, expected.size()));
            }
        }
    }

    /** A position of another source is refused. */
    @Test
    default void markOfAnotherSourceIsRefused() {
        try (ChunkSource source = open()) {
            assertThatThrownBy(() -> source.seek(new Position("a mark of no source|", 3)))
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
        }
    }

    /** After its last row a source stays at its end, and a seek to the end gives no rows. */
    @Test
    default void noRowsComeAfterTheEnd() {
        Position end = Position.start();
        List<String> classes;
        try (ChunkSource source = open()) {
            ChunkBuffer buffer = newBuffer(source, 100);
            int rows = 0;
            while (source.next(buffer)) {
                rows += buffer.rows();
                assumeTrue(rows < rows(), "the source has more rows than the test reads");
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
            assertThat(source.next(newBuffer(source, 10)))
                    .as("next after a seek to the end, %s", end)
                    .isFalse();
        }
    }

    /** A share that is known stays known, never falls, and is 1 after the end, whatever the chunks. */
    @Test
    default void shareGoesFromTheBeginningToTheEnd() {
        for (int size : new int[] {1, 7, 100}) {
            ChunkSource opened = open();
            OptionalDouble before;
            try (ChunkSource source = opened) {
                before = source.share();
                ChunkBuffer buffer = newBuffer(source, size);
                boolean more = true;
                for (int rows = 0; rows < rows() && more; rows += buffer.rows()) {
                    more = source.next(buffer);
                    OptionalDouble now = source.share();
                    String as = "the share after " + (rows + buffer.rows()) + " rows, before " + before;
                    assertThat(now.isPresent()).as(as).isEqualTo(before.isPresent());
                    assertThat(now.orElse(0)).as(as).isBetween(before.orElse(0), 1.0);
                    before = now;
                }
                if (!more && before.isPresent()) {
                    assertThat(before.getAsDouble()).as("the share at the end").isEqualTo(1);
                }
            }
            assertThat(opened.share()).as("the share after closing").isEqualTo(before);
        }
    }

    /** The schema is known before the first row and never changes. */
    @Test
    default void schemaDoesNotChange() {
        try (ChunkSource source = open()) {
            Schema schema = source.schema();
            ChunkBuffer buffer = newBuffer(source, 100);
            for (int rows = 0; rows < rows() && source.next(buffer); rows += buffer.rows()) {
                assertThat(source.schema()).as("the schema after %s rows", rows).isEqualTo(schema);
                assertThat(schema.matches(buffer.chunk().schema()))
                        .as("the chunk is of the source's schema")
                        .isTrue();
            }
            assertThat(source.schema()).as("the schema after the end").isEqualTo(schema);
        }
    }

    /** A label keeps its index. */
    @Test
    default void classesOnlyGrow() {
        try (ChunkSource source = open()) {
            Target target = source.schema().target();
            assumeTrue(target.kind() == Target.Kind.CATEGORICAL, "the target has no classes");
            ChunkBuffer buffer = newBuffer(source, 5);
            List<String> list = target.classes();
            List<String> known = List.copyOf(list);
            for (int rows = 0; rows < rows() && source.next(buffer); rows += buffer.rows()) {
                assertThat(list).as("a list of classes returned earlier").isEqualTo(known);
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

    /**
     * A one-hot block has at most one 1, a cycle is within −1 to 1, numbers are finite or NaN, weights are at least 0.
     */
    @Test
    default void rowsMatchTheirBlocks() {
        try (ChunkSource source = open()) {
            ChunkBuffer buffer = newBuffer(source, 50);
            for (int rows = 0; rows < rows() && source.next(buffer); rows += buffer.rows()) {
                for (int row = 0; row < buffer.rows(); row++) {
                    assertValidRow(buffer.chunk(), row, "row " + (rows + row));
                }
            }
        }
    }

    /** Two open sources share nothing. */
    @Test
    default void twoReadersAreIndependent() {
        List<String> expected = allRows(this);
        try (ChunkSource one = open();
                ChunkSource other = open()) {
            ChunkBuffer buffer = newBuffer(one, 4);
            ChunkBuffer otherBuffer = newBuffer(other, 9);
            List<String> lines = new ArrayList<>();
            List<String> otherLines = new ArrayList<>();
            boolean more = true;
            while (more && lines.size() < expected.size()) {
                more = one.next(buffer);
                appendRows(buffer, lines, true);
                other.next(otherBuffer);
                appendRows(otherBuffer, otherLines, true);
            }
            assertThat(lines).as("rows of the one").startsWith(expected.toArray(String[]::new));
            assertThat(otherLines).as("rows of the other").startsWith(expected.toArray(String[]::new));
        }
    }

    /** A source may be closed twice: before the first row, in the middle and at the end. */
    @Test
    default void closingTwiceIsAllowed() {
        for (int chunks : new int[] {0, 1, rows()}) {
            ChunkSource source = open();
            ChunkBuffer buffer = newBuffer(source, 10);
            for (int i = 0; i < chunks && i * 10 < rows() && source.next(buffer); i++) {
                assertThat(buffer.rows()).isPositive();
            }
            source.close();
            assertThatCode(source::close)
                    .as("a second close after %s chunks", chunks)
                    .doesNotThrowAnyException();
        }
    }

    /** The name and the warnings are shown to users. */
    @Test
    default void nameAndWarningsAreOneLineEach() {
        try (ChunkSource source = open()) {
            assertThat(source.name()).isNotBlank().doesNotContain("\n");
            assertThat(source.warnings())
                    .allSatisfy(line -> assertThat(line).isNotBlank().doesNotContain("\n"));
        }
    }

    /** {@return the place after a row, reached by reading chunks of a size} */
    private SourceFixtures.ResumePoint stopAt(int row, int size) {
        try (ChunkSource source = open()) {
            return stop(source, row, size);
        }
    }

    private static SourceFixtures.ResumePoint stop(ChunkSource source, int row, int size) {
        ChunkBuffer buffer = newBuffer(source, size);
        Position position = Position.start();
        List<String> classes = source.schema().target().classes();
        int rows = 0;
        while (rows + size <= row && source.next(buffer)) {
            rows += buffer.rows();
            position = buffer.position();
            classes = buffer.chunk().classes();
        }
        if (rows < row && rows == 0) {
            // After a seek, only a chunk gives the position of the source.
            buffer.limit(Math.min(size, row));
            source.next(buffer);
            return new SourceFixtures.ResumePoint(
                    buffer.position().plus(row - buffer.rows()), buffer.chunk().classes());
        }
        return new SourceFixtures.ResumePoint(position.plus(row - rows), classes);
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
