package org.accrete.core.online;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearnLogTest {
    private static final List<String> COLUMNS = List.of("origin", "delay");

    @TempDir
    private Path folder;

    private static LogEntry.Rows rows(String... origins) {
        List<List<String>> records = new ArrayList<>();
        for (String origin : origins) {
            records.add(List.of(origin, "1.5"));
        }
        return new LogEntry.Rows(Optional.of("key-" + origins.length), List.of(), records);
    }

    /** {@return entries of all kinds} */
    private static List<LogEntry> entries() {
        return List.of(
                rows("SEA", "Zürich"),
                new LogEntry.Version(7, 2),
                new LogEntry.Rows(Optional.empty(), List.of("a"), List.of(List.of("", ""))),
                new LogEntry.RolledBack(3, 4, 3),
                rows(),
                new LogEntry.Scored(State.builder()
                        .doubles("run.served.a", new double[] {Double.NaN, -0.0, 3, 4, 5, 6}, 2, 3)
                        .whole("run.served.b", Long.MIN_VALUE)
                        .build()),
                new LogEntry.Remembered("k", 12));
    }

    private LearnLog open() {
        return LearnLog.open(folder, COLUMNS, LearnLog.SEGMENT_BYTES);
    }

    private static List<LogEntry> read(LearnLog log) {
        List<LogEntry> read = new ArrayList<>();
        log.replay((rows, entry) -> read.add(entry));
        return read;
    }

    private Path write() {
        try (LearnLog log = open()) {
            assertThat(read(log)).isEmpty();
            log.roll(0, List.of());
            entries().forEach(log::append);
        }
        return folder.resolve("0.log");
    }

    @Test
    void entriesComeBackAsTheyWere() {
        write();
        try (LearnLog log = open()) {
            List<Long> before = new ArrayList<>();
            assertThat(log.replay((rows, entry) -> before.add(rows))).isEqualTo(3);
            assertThat(before).containsExactly(0L, 2L, 2L, 3L, 3L, 3L, 3L);
            assertThat(read(log)).isEqualTo(entries());
            // It goes on behind them.
            log.append(new LogEntry.Version(8, 3));
            assertThat(read(log)).hasSize(8);
        }
    }

    @Test
    void anAwaitedPredictionComesBackAsItWas() {
        Awaiting asked =
                new Awaiting(List.of("SEA", ""), 2, new double[] {Double.MIN_VALUE, -0.0}, 1, Double.MAX_VALUE);
        try (LearnLog log = open()) {
            log.roll(5, List.of(new LogEntry.Asked("x", asked)));
            LogEntry.Asked read = (LogEntry.Asked) read(log).get(0);
            assertThat(read.id()).isEqualTo("x");
            assertThat(read.asked()).usingRecursiveComparison().isEqualTo(asked);
        }
    }

    /** Whatever a crash cuts off, what lies before it is read, and writing goes on there. */
    @Test
    void anUnfinishedEndIsCutOff() throws IOException {
        Path file = write();
        byte[] whole = Files.readAllBytes(file);
        int most = -1;
        for (int length = whole.length; length >= 0; length--) {
            for (int zeros : new int[] {0, 1, 30}) {
                byte[] cut = java.util.Arrays.copyOf(whole, length);
                Files.write(file, java.util.Arrays.copyOf(cut, length + (length < whole.length ? zeros : 0)));
                try (LearnLog log = open()) {
                    List<LogEntry> read = read(log);
                    assertThat(entries().subList(0, read.size())).isEqualTo(read);
                    most = Math.max(most, read.size());
                    if (!log.isFull()) {
                        log.append(new LogEntry.Version(1, 1));
                        assertThat(read(log)).hasSize(read.size() + 1).contains(new LogEntry.Version(1, 1));
                    }
                }
            }
        }
        assertThat(most).isEqualTo(entries().size());
    }

    @Test
    void anyChangedByteBeforeTheLastEntryIsRefused() throws IOException {
        Path file = write();
        byte[] whole = Files.readAllBytes(file);
        int last = whole.length - 12 - 1 - 4 - 1 - 8;
        for (int i = 0; i < last; i++) {
            byte[] changed = whole.clone();
            changed[i] ^= 0x20;
            Files.write(file, changed);
            try (LearnLog log = open()) {
                assertThatThrownBy(() -> read(log))
                        .as("byte %d", i)
                        .isInstanceOfSatisfying(
                                AccreteException.class,
                                e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE));
            }
        }
    }

    @Test
    void segmentsThatNothingNeedsAreRemovedAndTheMemoryStays() throws IOException {
        try (LearnLog log = LearnLog.open(folder, COLUMNS, 200)) {
            log.roll(0, List.of());
            long rows = 0;
            for (int i = 0; i < 20; i++) {
                log.append(rows("SEA", "PDX"));
                rows += 2;
                if (log.isFull()) {
                    log.roll(rows, List.of(new LogEntry.Remembered("k", rows)));
                }
            }
            int before = (int) Files.list(folder).count();
            assertThat(before).isGreaterThan(3);
            log.cut(21);
            assertThat(log.firstRow().orElseThrow()).isBetween(10L, 21L);
            assertThat((int) Files.list(folder).count()).isLessThan(before);
        }
        try (LearnLog log = open()) {
            assertThat(log.replay((rows, entry) -> {})).isEqualTo(40);
            assertThat(read(log).get(0)).isInstanceOf(LogEntry.Remembered.class);
        }
    }

    @Test
    void anotherModelsLogIsRefused() {
        write();
        try (LearnLog log = LearnLog.open(folder, List.of("x"), 100)) {
            assertThatThrownBy(() -> read(log))
                    .hasMessageContaining("has the columns [origin, delay] but the model has [x]");
        }
    }

    @Test
    void whoeverWaitsIsAnsweredOnceItIsOnTheDisk() throws InterruptedException {
        try (LearnLog log = open()) {
            log.roll(0, List.of());
            ExecutorService threads = Executors.newFixedThreadPool(8);
            List<java.util.concurrent.Future<?>> all = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                all.add(threads.submit(() -> {
                    for (int n = 0; n < 50; n++) {
                        log.awaitForced(log.append(rows("SEA")));
                    }
                }));
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
            assertThat(all).allSatisfy(java.util.concurrent.Future::get);
            assertThat(log.replay((rows, entry) -> {})).isEqualTo(400);
        }
    }
}
