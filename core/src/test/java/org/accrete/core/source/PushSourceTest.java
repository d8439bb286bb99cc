package org.accrete.core.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PushSourceTest {
    private static final ColumnPlan PLAN = ColumnPlan.parse("a=numeric\nb=numeric\ny=target(kind=categorical)");
    private static final Duration SOON = Duration.ofMillis(20);

    private static PushSource source(int capacity) {
        return new PushSource(PLAN, capacity, Duration.ZERO);
    }

    private static List<String> next(ChunkSource source, int most) {
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), most);
        List<String> rows = new ArrayList<>();
        if (source.next(buffer)) {
            DenseChunk chunk = (DenseChunk) buffer.chunk();
            for (int row = 0; row < chunk.rows(); row++) {
                rows.add(chunk.values()[chunk.offset(row)] + " "
                        + (Double.isNaN(chunk.target(row))
                                ? "-"
                                : chunk.classes().get((int) chunk.target(row))));
            }
        }
        return rows;
    }

    private static double[] row(double first) {
        return new double[] {first, 0};
    }

    @Test
    void rowsComeInTheOrderInWhichTheyWerePushed() throws InterruptedException {
        PushSource source = source(10);
        source.put(row(1), "b");
        source.put(Map.of("y", "1.0", "b", "7", "a", "2", "more", "x"));
        source.put(row(3), "b");
        assertThat(source.offer(row(4), Double.NaN)).isTrue();
        assertThat(source.offer(Map.of())).isTrue();
        assertThat(source.offer(row(6), " 1 ", SOON)).isTrue();
        assertThat(next(source, 4)).containsExactly("1.0 b", "2.0 1", "3.0 b", "4.0 -");
        assertThat(next(source, 4)).containsExactly("NaN -", "6.0 1");
        assertThat(source.rowsTaken()).isEqualTo(6);
    }

    @Test
    void aFullQueueRefusesRowsUntilSomeAreTaken() throws InterruptedException {
        PushSource source = source(3);
        for (int i = 0; i < 3; i++) {
            assertThat(source.offer(row(i), "x")).isTrue();
        }
        assertThat(source.offer(row(3), "x")).isFalse();
        assertThat(source.offer(Map.of("a", "3"))).isFalse();
        assertThat(source.offer(row(3), "x", SOON)).isFalse();
        assertThat(next(source, 1)).containsExactly("0.0 x");
        assertThat(source.offer(row(3), "x")).isTrue();
        assertThat(source.offer(row(4), "x")).isFalse();
        assertThat(next(source, 9)).containsExactly("1.0 x", "2.0 x", "3.0 x");
    }

    @Test
    void putWaitsForRoom() throws InterruptedException {
        PushSource source = source(2);
        int count = 1_000;
        Thread producer = new Thread(() -> {
            try {
                for (int i = 0; i < count; i++) {
                    source.put(row(i), "x");
                }
                source.end();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        producer.start();
        List<String> rows = new ArrayList<>();
        for (List<String> some = next(source, 7); !some.isEmpty(); some = next(source, 7)) {
            assertThat(some).hasSizeLessThanOrEqualTo(7);
            rows.addAll(some);
        }
        producer.join();
        assertThat(rows).hasSize(count).startsWith("0.0 x", "1.0 x").endsWith("999.0 x");
    }

    @Test
    void badRowsAreRefusedAtOnceAndChangeNothing() {
        PushSource source = source(10);
        assertThat(source.offer(row(1), "x")).isTrue();
        assertThatThrownBy(() -> source.offer(new double[3], "x"))
                .hasMessageContaining("must have 2 features but has 3");
        assertThatThrownBy(() -> source.offer(row(Double.NEGATIVE_INFINITY), "new"))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_DATA))
                .hasMessageContaining("feature 0 must be finite or NaN but was -Infinity");
        assertThatThrownBy(() -> source.offer(row(2), 1.0)).hasMessageContaining("a label");
        assertThatThrownBy(() -> source.offer(row(2), " ")).hasMessageContaining("blank");
        assertThatThrownBy(() -> source.offer(Map.of("a", "oops", "y", "new"))).hasMessageContaining("'oops'");
        assertThat(source.offer(row(3), "y")).isTrue();
        ChunkBuffer buffer = new ChunkBuffer(source.schema(), 5);
        assertThat(source.next(buffer)).isTrue();
        assertThat(buffer.rows()).isEqualTo(2);
        assertThat(buffer.chunk().classes()).containsExactly("x", "y");
        PushSource numbers = new PushSource(ColumnPlan.parse("a=numeric\ny=target(kind=numeric)"), 3);
        assertThatThrownBy(() -> numbers.offer(new double[1], "x")).hasMessageContaining("must be a number");
        PushSource words = new PushSource(ColumnPlan.parse("a=categorical(width=64)"), 3);
        assertThatThrownBy(() -> words.offer(new double[64], Double.NaN)).hasMessageContaining("push records by name");
    }

    @Test
    void afterTheEndRowsAreRefusedAndThoseBeforeAreHandedOn() {
        PushSource source = source(10);
        source.offer(row(1), "x");
        source.end();
        assertThatThrownBy(() -> source.offer(row(2), "x"))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE));
        assertThat(next(source, 5)).containsExactly("1.0 x");
        assertThat(next(source, 5)).isEmpty();
    }

    @Test
    void closingRefusesThoseWhoWait() throws InterruptedException {
        PushSource source = source(1);
        source.offer(row(1), "x");
        List<Throwable> refused = new ArrayList<>();
        CountDownLatch done = new CountDownLatch(1);
        Thread producer = new Thread(() -> {
            try {
                source.put(row(2), "x");
            } catch (AccreteException | InterruptedException e) {
                refused.add(e);
            }
            done.countDown();
        });
        producer.start();
        source.close();
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(refused).hasSize(1).first().isInstanceOf(AccreteException.class);
        assertThat(next(source, 5)).isEmpty();
    }

    /** The longest wait would outlast the test. */
    @Test
    void aFullChunkDoesNotWait() {
        PushSource source = new PushSource(PLAN, 10, Duration.ofHours(1));
        source.offer(row(1), "x");
        source.offer(row(2), "x");
        source.offer(row(3), "x");
        assertThat(next(source, 2)).hasSize(2);
        source.end();
        assertThat(next(source, 2)).hasSize(1);
    }

    @Test
    void aResumedSourceSaysHowManyRowsItHasHad() {
        PushSource first = source(10);
        first.offer(row(1), "x");
        first.offer(row(2), "x");
        ChunkBuffer buffer = new ChunkBuffer(first.schema(), 5);
        first.next(buffer);
        PushSource second = source(10);
        second.seek(Position.parse(buffer.position().toText()));
        assertThat(second.rowsTaken()).isEqualTo(2);
        second.offer(row(3), "x");
        second.seek(buffer.position());
        assertThat(second.rowsAccepted()).isEqualTo(3);
        assertThatThrownBy(() -> second.seek(new Position("", 1))).hasMessageContaining("only once");
        second.next(buffer);
        assertThat(buffer.position()).isEqualTo(new Position("", 3));
        assertThat(buffer.place(0)).isEqualTo(3);
    }

    /** What may be pushed. */
    public record Point(double a, int b, String y) {}

    @Test
    void severalRecordsAreAcceptedTogetherOrNotAtAll() throws InterruptedException {
        PushSource source = source(3);
        source.put(new Point(1, 0, "x"));
        assertThatThrownBy(() -> source.offerAll(
                        List.of(new Point(2, 0, "new"), Map.of("a", "oops", "b", 0, "y", "x")), (good, rows) -> {}))
                .hasMessageContaining("'oops'")
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.where()).contains("record 1"));
        assertThatThrownBy(() -> source.offerAll(List.of(new Point(2, 0, "new")), (good, rows) -> {
                    throw AccreteException.badState("no");
                }))
                .hasMessage("no");
        Point second = new Point(2, 0, "late");
        Map<String, Object> third = Map.of("a", 3, "b", 1, "y", "x");
        assertThat(source.offerAll(List.of(second, third, third), (good, rows) -> {}))
                .isEqualTo(-1);
        assertThat(source.offerAll(List.of(second, third), (good, rows) -> {
                    assertThat(good).isEqualTo(List.of(second, third));
                    assertThat(rows.rows()).isEqualTo(2);
                    assertThat(source.rowsAccepted()).isEqualTo(1);
                }))
                .isEqualTo(2);
        assertThat(source.offer(new Point(4, 0, "x"))).isFalse();
        assertThat(source.rowsAccepted()).isEqualTo(3);
        ChunkBuffer buffer = new ChunkBuffer(PLAN.schema(), 5);
        source.next(buffer);
        // A label of refused records is not known.
        assertThat(buffer.chunk().classes()).containsExactly("x", "late");
        assertThatThrownBy(() -> source.offerAll(List.of(1, 2, 3, 4), (good, rows) -> {}))
                .hasMessage("at most 3 records are taken at once but there are 4");
        source.end();
        assertThatThrownBy(() -> source.offerAll(List.of(second), (good, rows) -> {}))
                .hasMessageContaining("ended");
    }
}
