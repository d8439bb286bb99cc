package org.accrete.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.core.ListSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SourcesTest {
    /** What a source told with one chunk, or at the end without one. */
    private record Told(List<String> rows, Position position, List<String> classes, long refused) {}

    private static Told told(ChunkBuffer buffer) {
        return new Told(rows(buffer.chunk()), buffer.position(), buffer.chunk().classes(), buffer.refusedRows());
    }

    private static List<String> rows(Chunk chunk) {
        DenseChunk dense = (DenseChunk) chunk;
        List<String> rows = new ArrayList<>();
        for (int row = 0; row < chunk.rows(); row++) {
            StringBuilder line = new StringBuilder();
            for (int j = 0; j < chunk.width(); j++) {
                line.append(dense.values()[dense.offset(row) + j]).append(' ');
            }
            rows.add(line.append(chunk.target(row)).toString());
        }
        return rows;
    }

    private static List<Told> readAll(ChunkSource source, int chunkRows) {
        List<Told> all = new ArrayList<>();
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), chunkRows);
        while (source.next(buffer)) {
            all.add(told(buffer));
        }
        all.add(new Told(List.of(), Position.start(), List.of(), buffer.refusedRows()));
        assertThat(source.next(buffer)).as("stays at the end").isFalse();
        return all;
    }

    private static List<String> rows(List<Told> told) {
        return told.stream().flatMap(chunk -> chunk.rows().stream()).toList();
    }

    private static ListSource source(int rows) {
        ListSource source = ListSource.labels(rows);
        source.newClassEvery = 37;
        source.refusedEvery = 11;
        source.refusedAtEnd = 3;
        return source;
    }

    private static long readers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("accrete-prefetch"))
                .count();
    }

    @Test
    void readingAheadChangesNothing() {
        for (int chunkRows : new int[] {1, 7, 40, 1_000}) {
            try (ChunkSource ahead = Sources.prefetch(source(205), chunkRows)) {
                assertThat(readAll(ahead, chunkRows)).isEqualTo(readAll(source(205), chunkRows));
            }
        }
        assertThat(readers()).isZero();
    }

    @Test
    void readingAheadServesBuffersOfAnotherSize() {
        for (int asked : new int[] {1, 9, 100, 1_000}) {
            try (ChunkSource ahead = Sources.prefetch(source(205), 40)) {
                List<Told> got = readAll(ahead, asked);
                assertThat(rows(got)).isEqualTo(rows(readAll(source(205), 40)));
                assertThat(got.stream().mapToLong(Told::refused).sum()).isEqualTo(205 / 11 + 3);
                for (Told chunk : got.subList(0, got.size() - 1)) {
                    goesOnAfter(chunk, got, () -> source(205));
                }
            }
        }
    }

    /** Seeks a new source to where a chunk ended and compares what follows. */
    private static void goesOnAfter(Told chunk, List<Told> all, Supplier<ChunkSource> open) {
        try (ChunkSource again = open.get()) {
            again.seek(chunk.position());
            List<Told> later = all.subList(all.indexOf(chunk) + 1, all.size());
            assertThat(rows(readAll(again, 64))).isEqualTo(rows(later));
        }
    }

    @Test
    void readingAheadGoesOnFromAPosition() {
        for (long from : new long[] {0, 1, 40, 204, 205}) {
            ListSource plain = source(205);
            plain.seek(Position.start().plus(from));
            try (ChunkSource ahead = Sources.prefetch(source(205), 40)) {
                ahead.seek(Position.start().plus(from));
                assertThat(readAll(ahead, 40)).isEqualTo(readAll(plain, 40));
            }
        }
    }

    @Test
    void anErrorSurfacesAfterTheChunksBeforeIt() {
        ListSource failing = source(205);
        failing.failsAt = 130;
        try (ChunkSource ahead = Sources.prefetch(failing, 40)) {
            ChunkBuffer buffer = new ChunkBuffer(ahead.schema(), 40);
            for (int i = 0; i < 3; i++) {
                assertThat(ahead.next(buffer)).isTrue();
                assertThat(buffer.rows()).isEqualTo(40);
            }
            assertThat(ahead.next(buffer)).isTrue();
            assertThat(buffer.rows()).as("rows before the bad one").isEqualTo(10);
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> ahead.next(buffer))
                        .isInstanceOf(AccreteException.class)
                        .hasMessage("not a number");
            }
        }
        assertThat(readers()).isZero();
    }

    @Test
    void theRowsBeforeABadOneAreHandedOnAndGoOnFromThere() {
        for (UnaryOperator<ChunkSource> wrapped : List.<UnaryOperator<ChunkSource>>of(
                Sources::keepingRowsBeforeBadOnes,
                source -> Sources.prefetch(source, 40),
                source -> Sources.keepingRowsBeforeBadOnes(looked(source, 20)),
                source -> Sources.keepingRowsBeforeBadOnes(looked(source, 200)))) {
            ListSource failing = source(205);
            failing.failsAt = 130;
            try (ChunkSource source = wrapped.apply(failing)) {
                ChunkBuffer buffer = new ChunkBuffer(source.schema(), 40);
                int rows = 0;
                Position position = Position.start();
                while (rows < 130) {
                    assertThat(source.next(buffer)).isTrue();
                    rows += buffer.rows();
                    position = buffer.position();
                }
                assertThatThrownBy(() -> source.next(buffer)).hasMessage("not a number");
                ListSource corrected = source(205);
                corrected.seek(position);
                assertThat(rows(readAll(corrected, 40)))
                        .isEqualTo(rows(readAll(source(205), 40)).subList(130, 205));
            }
        }
    }

    private static Peeked looked(ChunkSource source, int rows) {
        Peeked peeked = Sources.peek(source, rows);
        peeked.sample();
        return peeked;
    }

    @Test
    void atMostTwoChunksAreReadAhead() throws InterruptedException {
        ListSource source = source(1_000_000);
        try (ChunkSource ahead = Sources.prefetch(source, 10)) {
            ahead.next(new ChunkBuffer(ahead.schema(), 10));
            TimeUnit.MILLISECONDS.sleep(100);
            synchronized (ahead) {
                assertThat(source.read).isEqualTo(30);
            }
        }
        assertThat(readers()).isZero();
        assertThat(source.closed).isOne();
    }

    @Test
    void noRowBeyondTheMostIsTouched() {
        ListSource source = source(205);
        source.failsAt = 55;
        Prefetch ahead = Sources.prefetch(source, 40, 55);
        assertThat(rows(readAll(ahead, 40))).hasSize(55);
        ahead.release();
        assertThat(source.read).isEqualTo(55);
        assertThat(source.closed).isZero();
        ahead.close();
        assertThat(source.closed).isOne();
    }

    @Test
    void stopEndsTheWaitForAStuckSource() throws InterruptedException {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        ChunkSource source = new Stuck(stuck, never);
        Prefetch ahead = Sources.prefetch(source, 10);
        AtomicInteger answer = new AtomicInteger(-1);
        Thread waiting = new Thread(() -> answer.set(ahead.next(new ChunkBuffer(source.schema(), 10)) ? 1 : 0));
        waiting.start();
        stuck.await();
        ahead.stop();
        waiting.join();
        assertThat(answer).hasValue(0);
        ahead.close();
        assertThat(readers()).isZero();
    }

    private record Stuck(CountDownLatch stuck, CountDownLatch never) implements ChunkSource {
        @Override
        public String name() {
            return "stuck";
        }

        @Override
        public Schema schema() {
            return Schema.numeric(1, Target.none());
        }

        @Override
        public void seek(Position position) {}

        @Override
        public boolean next(ChunkBuffer buffer) {
            stuck.countDown();
            try {
                never.await();
            } catch (InterruptedException e) {
                throw new AccreteException(AccreteException.Kind.IO, "interrupted", e);
            }
            return false;
        }

        @Override
        public void close() {}
    }

    @Test
    void lookingChangesNothing() {
        for (int looked : new int[] {1, 40, 100, 205, 300}) {
            for (int chunkRows : new int[] {1, 7, 40, 1_000}) {
                try (Peeked peeked = Sources.peek(source(205), looked)) {
                    Chunk sample = peeked.sample();
                    assertThat(rows(sample))
                            .isEqualTo(rows(readAll(source(205), 40)).subList(0, Math.min(looked, 205)));
                    assertThat(peeked.sample()).isSameAs(sample);
                    assertThat(readAll(peeked, chunkRows)).isEqualTo(readAll(source(205), chunkRows));
                }
            }
        }
    }

    @Test
    void whoNeverLooksReadsTheSourceAsItIs() {
        ListSource plain = source(205);
        plain.seek(Position.start().plus(30));
        try (Peeked peeked = Sources.peek(source(205), 50)) {
            peeked.seek(Position.start().plus(30));
            assertThat(readAll(peeked, 40)).isEqualTo(readAll(plain, 40));
            assertThatThrownBy(peeked::sample).hasMessageContaining("before it is sought or read");
        }
    }

    @Test
    void afterLookingOnlyTheBeginningCanBeSought() {
        try (Peeked peeked = Sources.peek(source(205), 50)) {
            peeked.sample();
            assertThatThrownBy(() -> peeked.seek(Position.start().plus(3))).hasMessageContaining("from its beginning");
            peeked.seek(Position.start());
            assertThat(rows(readAll(peeked, 40))).hasSize(205);
        }
    }

    @Test
    void aPeekedSourceCanBeReadAhead() {
        try (Peeked peeked = Sources.peek(source(205), 50)) {
            peeked.sample();
            assertThat(readAll(Sources.prefetch(peeked, 40), 40)).isEqualTo(readAll(source(205), 40));
        }
    }

    @Test
    void epochsFollowOneAnother() {
        List<ListSource> opened = new ArrayList<>();
        try (ChunkSource repeated = Sources.repeat(epoch -> note(source(50), opened), 3)) {
            List<Told> got = readAll(repeated, 20);
            List<String> once = rows(readAll(source(50), 20));
            List<String> thrice = new ArrayList<>(once);
            thrice.addAll(once);
            thrice.addAll(once);
            assertThat(rows(got)).isEqualTo(thrice);
            assertThat(got.stream().limit(9).map(chunk -> chunk.rows().size()))
                    .as("a chunk ends with its epoch")
                    .containsExactly(20, 20, 10, 20, 20, 10, 20, 20, 10);
            assertThat(got.stream().limit(9).map(chunk -> Sources.pass(chunk.position())))
                    .containsExactly(1, 1, 1, 2, 2, 2, 3, 3, 3);
            assertThat(got.stream().mapToLong(Told::refused).sum()).isEqualTo(3 * (50 / 11 + 3));
            assertThat(got.subList(2, 8)).allMatch(chunk -> chunk.classes().equals(List.of("a", "b", "c2")));
        }
        assertThat(opened).hasSize(3).allMatch(source -> source.closed == 1);
    }

    private static ListSource note(ListSource source, List<ListSource> opened) {
        opened.add(source);
        return source;
    }

    @Test
    void epochsGoOnFromAnyPosition() {
        Supplier<ChunkSource> open = () -> Sources.repeat(epoch -> source(50), 3);
        for (int chunkRows : new int[] {1, 8, 20, 50, 120}) {
            List<Told> all = readAll(open.get(), chunkRows);
            for (Told chunk : all.subList(0, all.size() - 1)) {
                goesOnAfter(chunk, all, open);
            }
        }
        List<String> all = rows(readAll(open.get(), 20));
        for (int rows : new int[] {0, 3, 49, 50, 51, 149, 150}) {
            try (ChunkSource again = open.get()) {
                again.seek(new Position("e1|", rows));
                assertThat(rows(readAll(again, 20))).isEqualTo(all.subList(rows, 150));
            }
        }
    }

    @Test
    void aPositionBehindTheLastEpochHasNoRows() {
        try (ChunkSource repeated = Sources.repeat(epoch -> source(50), 2)) {
            repeated.seek(new Position("e3|list7", 2));
            assertThat(rows(readAll(repeated, 20))).isEmpty();
        }
    }

    @Test
    void epochsWithoutRowsEnd() {
        try (ChunkSource repeated = Sources.repeat(epoch -> ListSource.numbers(0), 3)) {
            assertThat(rows(readAll(repeated, 20))).isEmpty();
        }
    }

    @Test
    void anotherSourcesPositionIsRefused() {
        for (String mark : List.of("list7", "e|", "e0|list7", "7|list7", "ex|")) {
            try (ChunkSource repeated = Sources.repeat(epoch -> source(50), 2)) {
                assertThatThrownBy(() -> repeated.seek(new Position(mark, 0)))
                        .hasMessageContaining("'" + mark + "'")
                        .isInstanceOfSatisfying(
                                AccreteException.class,
                                e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
            }
        }
    }

    @Test
    void aSourceThatChangesBetweenEpochsIsRefused() {
        AtomicInteger opens = new AtomicInteger();
        try (ChunkSource repeated = Sources.repeat(
                epoch -> opens.getAndIncrement() == 0 ? ListSource.numbers(30) : ListSource.labels(30), 2)) {
            assertThatThrownBy(() -> readAll(repeated, 20)).hasMessageContaining("other columns in epoch 2");
        }
    }

    @Test
    void argumentsOutsideTheirDomainAreRefused() {
        assertThatThrownBy(() -> Sources.repeat(epoch -> source(1), 0)).hasMessage("epochs must be >= 1 but was 0");
        assertThatThrownBy(() -> Sources.prefetch(source(1), 0)).hasMessage("chunk-rows must be >= 1 but was 0");
        assertThatThrownBy(() -> Sources.peek(source(1), 0)).hasMessageContaining(">= 1 but was 0");
    }

    @Test
    void failuresOfTheSourceAfterStopAreIgnored() throws InterruptedException {
        ListSource rows = ListSource.labels(20);
        Prefetch[] ahead = new Prefetch[1];
        // As when Ctrl-C ends both ends of a pipe: the last row is torn.
        ahead[0] = Sources.prefetch(new FailingAfter(rows, () -> ahead[0].stop()), 10);
        ChunkBuffer buffer = new ChunkBuffer(rows.schema(), 10);
        assertThat(ahead[0].next(buffer)).isTrue();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().equals("accrete-prefetch")) {
                thread.join();
            }
        }
        assertThat(ahead[0].next(buffer)).isTrue();
        assertThat(ahead[0].next(buffer)).isFalse();
        ahead[0].close();
    }

    /** Does something, then fails, once its rows are out. */
    private record FailingAfter(ListSource rows, Runnable before) implements ChunkSource {
        @Override
        public String name() {
            return "pipe";
        }

        @Override
        public Schema schema() {
            return rows.schema();
        }

        @Override
        public void seek(Position position) {
            rows.seek(position);
        }

        @Override
        public boolean next(ChunkBuffer buffer) {
            if (rows.next(buffer)) {
                return true;
            }
            before.run();
            throw AccreteException.badData("the last row is torn");
        }

        @Override
        public void close() {}
    }
}
