package org.accrete.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Position;
import org.accrete.api.data.RowPlace;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.core.ListSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each step does, compared with lists. That any composition goes on after any row is a law of the test kit. */
class RowsTest {
    @TempDir
    private Path directory;

    /** Rows 0 to count − 1. */
    private static ListSource numbered(int count) {
        return ListSource.numbers(count);
    }

    private static List<Integer> range(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    /** {@return the numbers of the rows, and closes the source} */
    private static List<Integer> numbers(ChunkSource source) {
        return numbers(source, 7);
    }

    private static List<Integer> numbers(ChunkSource source, int size) {
        try (source) {
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), size);
            List<Integer> all = new ArrayList<>();
            while (source.next(buffer)) {
                DenseChunk chunk = (DenseChunk) buffer.chunk();
                for (int row = 0; row < chunk.rows(); row++) {
                    all.add((int) chunk.values()[chunk.offset(row)]);
                }
            }
            return all;
        }
    }

    private static DroppedRows dropped(ChunkSource source) {
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), 9);
        DroppedRows all = DroppedRows.NONE;
        while (source.next(buffer)) {
            all = all.plus(buffer.dropped());
        }
        return all.plus(buffer.dropped());
    }

    private static int number(Chunk rows, int row) {
        DenseChunk dense = (DenseChunk) rows;
        return (int) dense.values()[dense.offset(row)];
    }

    @Test
    void stepsOfOneSourceChooseRows() {
        assertThat(numbers(Rows.of(numbered(50)).take(13))).isEqualTo(range(0, 13));
        assertThat(numbers(Rows.of(numbered(50)).take(80))).isEqualTo(range(0, 50));
        assertThat(numbers(Rows.of(numbered(50)).take(0))).isEmpty();
        assertThat(numbers(Rows.of(numbered(50)).skip(13))).isEqualTo(range(13, 50));
        assertThat(numbers(Rows.of(numbered(50)).skip(50))).isEmpty();
        assertThat(numbers(Rows.of(numbered(3_000)).skip(2_990))).isEqualTo(range(2_990, 3_000));
        assertThat(numbers(Rows.of(numbered(50)).filter((rows, row) -> number(rows, row) % 5 == 2)))
                .isEqualTo(range(0, 50).stream().filter(i -> i % 5 == 2).toList());
        for (int shard = 0; shard < 4; shard++) {
            int index = shard;
            assertThat(numbers(Rows.of(numbered(50)).shard(index, 4)))
                    .isEqualTo(range(0, 50).stream().filter(i -> i % 4 == index).toList());
        }
    }

    @Test
    void takeReadsNoFurther() {
        ListSource source = numbered(1_000);
        source.failsAt = 20;
        assertThat(numbers(Rows.of(source).take(20), 64)).isEqualTo(range(0, 20));
        assertThat(source.read).isEqualTo(20);
    }

    @Test
    void rowsThatAreNotHandedOnAreCounted() {
        assertThat(dropped(Rows.of(numbered(50)).skip(13))).isEqualTo(new DroppedRows(0, 0, 13));
        assertThat(dropped(Rows.of(numbered(50)).shard(1, 4))).isEqualTo(new DroppedRows(0, 0, 37));
        ListSource source = numbered(50);
        source.refusedEvery = 10;
        source.refusedAtEnd = 2;
        assertThat(dropped(Rows.of(source).filter((rows, row) -> false))).isEqualTo(new DroppedRows(7, 0, 50));
    }

    @Test
    void concatReadsOneAfterTheOther() {
        List<Integer> expected = new ArrayList<>(range(0, 20));
        expected.addAll(range(0, 9));
        assertThat(numbers(Rows.concat(List.of(numbered(20), numbered(0), numbered(9)))))
                .isEqualTo(expected);
    }

    @Test
    void interleaveTakesTurns() {
        assertThat(numbers(Rows.interleave(List.of(numbered(5), numbered(2), numbered(7)), 2)))
                .containsExactly(0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 4, 4, 5, 6);
    }

    @Test
    void mixDrawsByWeightAndKeepsTheOrderOfEachSource() {
        int rows = 20_000;
        try (ChunkSource mixed = Rows.mix(List.of(numbered(rows), numbered(rows)), new double[] {3, 1}, 5)) {
            ChunkBuffer buffer = new ChunkBuffer(mixed.schema(), 100);
            int[] next = new int[2];
            for (int i = 0; i < 100; i++) {
                mixed.next(buffer);
                for (int row = 0; row < buffer.rows(); row++) {
                    int number = number(buffer.chunk(), row);
                    int source = number == next[0] && number != next[1] ? 0 : number == next[1] ? 1 : -1;
                    source = number == next[0] && number == next[1] ? 0 : source;
                    assertThat(source).as("the source of row %s", number).isNotNegative();
                    next[source]++;
                }
            }
            // Four standard deviations of 10,000 draws.
            assertThat(next[0]).isBetween(7_500 - 174, 7_500 + 174);
        }
        List<Integer> all =
                new ArrayList<>(numbers(Rows.mix(List.of(numbered(30), numbered(60)), new double[] {9, 1}, 2)));
        Collections.sort(all);
        List<Integer> both = new ArrayList<>(range(0, 30));
        both.addAll(range(0, 60));
        Collections.sort(both);
        assertThat(all).as("all rows, though the commoner source ends first").isEqualTo(both);
    }

    @Test
    void shuffleKeepsAllRowsAndMovesNoneTooFar() {
        for (int bufferRows : new int[] {1, 7, 8, 40, 100, 199, 200, 1_000}) {
            List<Integer> shuffled = numbers(Rows.of(numbered(200)).shuffle(bufferRows, 3));
            List<Integer> sorted = new ArrayList<>(shuffled);
            Collections.sort(sorted);
            assertThat(sorted).as("rows of a buffer of %s", bufferRows).isEqualTo(range(0, 200));
            assertThat(shuffled).isNotEqualTo(sorted);
            int held = (bufferRows / 8 + 1) * 8;
            for (int at = 0; at < 200; at++) {
                assertThat(Math.abs(shuffled.get(at) - at)).isLessThan(held);
            }
        }
    }

    @Test
    void seedsGiveDifferentOrders() {
        List<Integer> one = numbers(Rows.of(numbered(200)).shuffle(64, 3));
        assertThat(numbers(Rows.of(numbered(200)).shuffle(64, 3), 100)).isEqualTo(one);
        assertThat(numbers(Rows.of(numbered(200)).shuffle(64, 4))).isNotEqualTo(one);
    }

    /** Over many seeds, each row is at each place equally often: also when the buffer has exactly as many rows. */
    @Test
    void aBufferAsLargeAsTheDataGivesAnyOrder() {
        int rows = 12;
        int seeds = 6_000;
        for (int bufferRows : new int[] {rows, 1_000}) {
            int[][] counts = new int[rows][rows];
            int[] followers = new int[rows];
            for (int seed = 0; seed < seeds; seed++) {
                List<Integer> order = numbers(Rows.of(numbered(rows)).shuffle(bufferRows, seed), 20);
                for (int at = 0; at < rows; at++) {
                    counts[order.get(at)][at]++;
                }
                followers[(order.get(1) - order.get(0) + rows) % rows]++;
            }
            double chiSquare = 0;
            double expected = (double) seeds / rows;
            for (int[] of : counts) {
                for (int count : of) {
                    chiSquare += (count - expected) * (count - expected) / expected;
                }
            }
            // 121 degrees of freedom; the 99.9 % quantile.
            assertThat(chiSquare).as("places in a buffer of %s", bufferRows).isLessThan(175);
            double pairs = 0;
            double each = (double) seeds / (rows - 1);
            for (int distance = 1; distance < rows; distance++) {
                pairs += (followers[distance] - each) * (followers[distance] - each) / each;
            }
            // 10 degrees of freedom; the 99.9 % quantile.
            assertThat(pairs).as("what follows the first row").isLessThan(29.6);
        }
    }

    @Test
    void aLongStreamIsMixedOverAboutTheBuffer() {
        int bufferRows = 800;
        List<Integer> shuffled = numbers(Rows.of(numbered(20_000)).shuffle(bufferRows, 1), 500);
        double moved = 0;
        for (int at = 5_000; at < 15_000; at++) {
            moved += Math.abs(shuffled.get(at) - at);
        }
        // Uniform over eight blocks, and within a round: a quarter to a third of the buffer.
        assertThat(moved / 10_000).isBetween(bufferRows / 5.0, bufferRows / 2.5);
    }

    @Test
    void balanceKeepsAboutAsManyRowsOfEachClass() {
        int rows = 30_000;
        double[][] x = new double[rows][1];
        String[] labels = new String[rows];
        for (int i = 0; i < rows; i++) {
            x[i][0] = i;
            labels[i] = ListSource.noise(i, 1) < -0.8 ? "rare" : ListSource.noise(i, 2) < 0 ? "a" : "b";
        }
        int[] counts = new int[3];
        try (ChunkSource balanced = Rows.of(Sources.of(x, labels)).balance(3)) {
            ChunkBuffer buffer = new ChunkBuffer(balanced.schema(), 100);
            while (balanced.next(buffer)) {
                for (int row = 0; row < buffer.rows(); row++) {
                    counts[(int) buffer.chunk().target(row)]++;
                }
            }
        }
        long rare = Arrays.stream(labels).filter("rare"::equals).count();
        assertThat(counts[2]).as("the rarest class is kept whole").isBetween((int) rare - 5, (int) rare);
        assertThat(counts[0]).isBetween(counts[2] - 250, counts[2] + 250);
        assertThat(counts[1]).isBetween(counts[2] - 250, counts[2] + 250);
    }

    @Test
    void balanceNeedsClasses() {
        ListSource source = numbered(3);
        assertThatThrownBy(() -> Rows.of(source).balance(1)).hasMessageContaining("categorical target");
        assertThat(source.closed).isOne();
    }

    @Test
    void mapMakesRowsOfOtherColumns() {
        Schema schema = Schema.numeric(1, Target.numeric("double"));
        try (ChunkSource mapped = Rows.of(numbered(10)).map(schema, (rows, row, out) -> {
            out.put(0, number(rows, row) + 0.5);
            out.target(2.0 * number(rows, row));
        })) {
            assertThat(mapped.schema()).isEqualTo(schema);
            ChunkBuffer buffer = new ChunkBuffer(schema, 20);
            assertThat(mapped.next(buffer)).isTrue();
            assertThat(buffer.rows()).isEqualTo(10);
            assertThat(((DenseChunk) buffer.chunk()).values()[3]).isEqualTo(3.5);
            assertThat(buffer.chunk().target(3)).isEqualTo(6);
        }
    }

    @Test
    void selectKeepsColumnsAndTheirPlan() {
        ChunkSource source = Sources.of(new double[][] {{1, 2, 3}, {4, 5, 6}}, new double[] {7, 8});
        try (ChunkSource selected = Rows.of(source).select(List.of("x2", "x0"))) {
            assertThat(selected.schema().blocks().stream().map(Block::name)).containsExactly("x0", "x2");
            assertThat(selected.plan().map(ColumnPlan::schema)).contains(selected.schema());
            assertThat(selected.plan().orElseThrow().columns()).contains(new Column.Ignore("x1"));
            ChunkBuffer buffer = new ChunkBuffer(selected.schema(), 5);
            selected.next(buffer);
            assertThat(Arrays.copyOf(((DenseChunk) buffer.chunk()).values(), 4)).containsExactly(1, 3, 4, 6);
            assertThat(buffer.chunk().target(1)).isEqualTo(8);
        }
        assertThatThrownBy(() -> Rows.of(numbered(2)).select(List.of("x1", "nose")))
                .hasMessage("no column is named 'nose' in list; it has [x0, x1, x2]");
    }

    /** Two sources that number the same labels differently. */
    @Test
    void labelsOfSeveralSourcesAreNumberedTogether() {
        ChunkSource one = Sources.of(new double[][] {{0}, {1}}, new String[] {"b", "c"});
        ChunkSource other = Sources.of(new double[][] {{2}, {3}}, new String[] {"a", "c"});
        try (ChunkSource both = Rows.concat(List.of(one, other))) {
            assertThat(both.schema().target().classes()).containsExactly("b", "c", "a");
            assertThat(both.plan().orElseThrow().schema()).isEqualTo(both.schema());
            ChunkBuffer buffer = new ChunkBuffer(both.schema(), 5);
            both.next(buffer);
            assertThat(IntStream.range(0, 4)
                            .mapToObj(row -> buffer.chunk().classes().get((int)
                                    buffer.chunk().target(row))))
                    .containsExactly("b", "c", "a", "c");
        }
    }

    @Test
    void sourcesOfOtherColumnsAreRefusedAndClosed() {
        ListSource one = numbered(3);
        ListSource other = ListSource.labels(3);
        assertThatThrownBy(() -> Rows.concat(List.of(one, other))).hasMessageContaining("must have the same columns");
        assertThat(one.closed).isOne();
        assertThat(other.closed).isOne();
    }

    @Test
    void whenASourceCannotBeOpenedThoseBeforeItAreClosed() {
        ListSource one = numbered(3);
        assertThatThrownBy(() -> Sources.openAll(List.of(() -> one, () -> {
                    throw AccreteException.badArgument("no such file");
                })))
                .hasMessage("no such file");
        assertThat(one.closed).isOne();
    }

    @Test
    void everySourceIsClosedOnce() {
        for (Function<List<ListSource>, ChunkSource> made : List.<Function<List<ListSource>, ChunkSource>>of(
                Rows::concat,
                sources -> Rows.interleave(sources, 2),
                sources -> Rows.mix(sources, new double[] {1, 1}, 1),
                sources -> Rows.of(Rows.concat(sources)).shuffle(10, 1).take(5),
                sources -> Rows.of(Rows.concat(sources)).cache(directory.resolve("closed")))) {
            List<ListSource> sources = List.of(numbered(4), numbered(20));
            ChunkSource source = made.apply(sources);
            numbers(source);
            source.close();
            assertThat(sources).allMatch(one -> one.closed == 1);
        }
    }

    @Test
    void placesOfSeveralSourcesDiffer() {
        List<Long> places = new ArrayList<>();
        List<RowPlace> found = new ArrayList<>();
        try (ChunkSource three = Rows.concat(List.of(
                new Placed("a"), Rows.interleave(List.of(new Placed("b"), new Placed("c")), 1), new Placed("d")))) {
            ChunkBuffer buffer = new ChunkBuffer(three.schema(), 50);
            three.next(buffer);
            for (int row = 0; row < buffer.rows(); row++) {
                places.add(buffer.place(row));
                found.add(three.place(buffer.place(row)).orElseThrow());
            }
        }
        assertThat(places).doesNotHaveDuplicates();
        assertThat(found.stream().map(place -> place.source() + place.number()))
                .containsExactly("a1", "a2", "b1", "c1", "b2", "c2", "d1", "d2");
    }

    /** Two rows of the second input. */
    private static final class Placed implements ChunkSource {
        private final String name;
        private int next;

        Placed(String name) {
            this.name = name;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Schema schema() {
            return Schema.numeric(1, Target.none());
        }

        @Override
        public void seek(Position position) {}

        @Override
        public boolean next(ChunkBuffer buffer) {
            buffer.clear();
            while (next < 2 && buffer.room() > 0) {
                buffer.beginRow();
                buffer.endRow();
                buffer.place(buffer.rows() - 1, (1L << 40) + next++);
            }
            buffer.position(new Position("", next));
            return buffer.rows() > 0;
        }

        @Override
        public Optional<RowPlace> place(long place) {
            return Optional.of(new RowPlace(name, RowPlace.Unit.ROW, place - (1L << 40) + 1));
        }

        @Override
        public void close() {}
    }

    @Test
    void aBadRowIsRefusedAfterTheRowsBeforeIt() {
        for (Function<ChunkSource, ChunkSource> made : List.<Function<ChunkSource, ChunkSource>>of(
                source -> Rows.of(source).filter((rows, row) -> true),
                source -> Rows.of(source).map(source.schema(), (rows, row, out) -> out.put(0, number(rows, row))),
                source -> Rows.concat(List.of(source)),
                source -> Rows.of(source).cache(directory.resolve("bad")))) {
            ListSource failing = numbered(100);
            failing.failsAt = 33;
            try (ChunkSource source = Sources.keepingRowsBeforeBadOnes(made.apply(failing))) {
                ChunkBuffer buffer = new ChunkBuffer(source.schema(), 10);
                int rows = 0;
                while (rows < 33) {
                    assertThat(source.next(buffer)).isTrue();
                    rows += buffer.rows();
                }
                assertThat(rows).isEqualTo(33);
                assertThatThrownBy(() -> source.next(buffer))
                        .isInstanceOfSatisfying(
                                AccreteException.class,
                                e -> assertThat(e.line()).isEqualTo("list line: not a number"));
            }
        }
    }

    @Test
    void aPositionOfAnotherCompositionIsRefused() {
        Position position;
        try (ChunkSource source = Rows.of(numbered(100)).shuffle(20, 1)) {
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 10);
            source.next(buffer);
            position = buffer.position();
        }
        assertRefused(
                Rows.of(numbered(100)).shuffle(21, 1),
                position,
                "must be one of shuffle(21/1) but is one of" + " shuffle(20/1)");
        assertRefused(Rows.of(numbered(100)).skip(1), position, "must be one of skip(1) but is one of shuffle(20/1)");
        assertRefused(
                Rows.of(numbered(100)).shuffle(20, 1),
                new Position("list7", 0),
                "must be one of shuffle(20/1) but is one of 'list7'");
        assertRefused(Rows.of(numbered(100)).shuffle(20, 1), new Position("shuffle(20/1;x)|+0", 0), "cannot be read");
        assertRefused(
                Rows.interleave(List.of(numbered(5)), 2),
                new Position("interleave(1/2;0,1)|9:+0", 0),
                "cannot be read");
    }

    private static void assertRefused(ChunkSource source, Position position, String why) {
        try (source) {
            assertThatThrownBy(() -> source.seek(position))
                    .hasMessageContaining(why)
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
        }
    }

    /** Its order depends on where the rows end, which is known only when they were shuffled. */
    @Test
    void aShuffledSourceThatGrewBehindItsEndIsRefused() {
        Position position = Position.start();
        try (ChunkSource source = Rows.of(numbered(30)).shuffle(50, 1)) {
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 10);
            while (source.next(buffer)) {
                position = buffer.position();
            }
        }
        try (ChunkSource source = Rows.of(numbered(31)).shuffle(50, 1)) {
            source.seek(position);
            assertThatThrownBy(() -> source.next(new ChunkBuffer(source.schema(), 10)))
                    .hasMessageContaining("must end after 30 rows");
        }
    }

    @Test
    void passesAreKnownBehindStepsThatKeepTheOrder() {
        try (ChunkSource source = Rows.of(Sources.repeat(epoch -> numbered(20), 3))
                .filter((rows, row) -> number(rows, row) % 2 == 0)
                .take(25)) {
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 7);
            List<String> chunks = new ArrayList<>();
            while (source.next(buffer)) {
                chunks.add(Sources.pass(buffer.position()) + ":" + buffer.rows());
            }
            assertThat(chunks).containsExactly("1:7", "1:3", "2:7", "2:3", "3:5");
        }
    }

    @Test
    void aCacheIsWrittenByTheFirstWholePassAndReadByTheNext() throws IOException {
        Path file = directory.resolve("rows.cache");
        try (ChunkSource first = Rows.of(source(500)).cache(file)) {
            first.next(new ChunkBuffer(first.schema(), 400));
            assertThat(file).doesNotExist();
        }
        assertThat(list()).as("an unfinished file is removed").isEmpty();
        List<Integer> expected = numbers(source(500));
        assertThat(numbers(Rows.of(source(500)).cache(file))).isEqualTo(expected);
        assertThat(list()).containsExactly(file);
        ListSource again = source(500);
        assertThat(numbers(Rows.of(again).cache(file), 333)).isEqualTo(expected);
        assertThat(again.read).as("rows read from the source").isZero();
    }

    private static ListSource source(int rows) {
        ListSource source = ListSource.labels(rows);
        source.newClassEvery = 37;
        return source;
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    @Test
    void aCacheOfOtherRowsIsRefused() throws IOException {
        Path file = directory.resolve("rows.cache");
        numbers(Rows.of(source(50)).cache(file));
        ListSource other = numbered(50);
        assertThatThrownBy(() -> Rows.of(other).cache(file))
                .hasMessageContaining("the cache is of other rows: expected 'schema ")
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
        assertThat(other.closed).isOne();
        Files.writeString(file, "id,x,y\n1,2,3\n4,5,6\n");
        assertThatThrownBy(() -> Rows.of(source(50)).cache(file)).hasMessageContaining("it is no cache of rows");
    }

    /** One changed byte anywhere is found, and a file cut anywhere. */
    @Test
    void aDamagedCacheIsRefused() throws IOException {
        Path file = directory.resolve("rows.cache");
        numbers(Rows.of(source(100)).cache(file));
        byte[] good = Files.readAllBytes(file);
        for (int at = 0; at < good.length; at += 1 + good.length / 300) {
            byte[] bad = good.clone();
            bad[at] ^= 0x10;
            Files.write(file, bad);
            assertThatThrownBy(() -> numbers(Rows.of(source(100)).cache(file)))
                    .as("byte %s changed", at)
                    .isInstanceOf(AccreteException.class);
            Files.write(file, Arrays.copyOf(good, at));
            assertThatThrownBy(() -> numbers(Rows.of(source(100)).cache(file)))
                    .as("cut after %s bytes", at)
                    .isInstanceOf(AccreteException.class);
        }
    }

    @Test
    void argumentsOutsideTheirDomainAreRefused() {
        assertThatThrownBy(() -> Rows.of(numbered(1)).take(-1)).hasMessage("rows to take must be >= 0 but was -1");
        assertThatThrownBy(() -> Rows.of(numbered(1)).skip(-1)).hasMessage("rows to skip must be >= 0 but was -1");
        assertThatThrownBy(() -> Rows.of(numbered(1)).shard(2, 2)).hasMessageContaining(">= 0 and < 2 but was 2");
        assertThatThrownBy(() -> Rows.of(numbered(1)).shard(0, 0)).hasMessageContaining("shards must be >= 1");
        assertThatThrownBy(() -> Rows.of(numbered(1)).shuffle(0, 1)).hasMessageContaining(">= 1");
        assertThatThrownBy(() -> Rows.concat(List.of())).hasMessageContaining("at least one");
        assertThatThrownBy(() -> Rows.interleave(List.of(numbered(1)), 0)).hasMessageContaining(">= 1 but was 0");
        assertThatThrownBy(() -> Rows.mix(List.of(numbered(1)), new double[] {1, 2}, 1))
                .hasMessageContaining("as many as sources, 1, but are 2");
        assertThatThrownBy(() -> Rows.mix(List.of(numbered(1)), new double[] {0}, 1))
                .hasMessageContaining("> 0");
    }
}
