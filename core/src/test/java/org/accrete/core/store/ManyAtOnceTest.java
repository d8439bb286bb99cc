package org.accrete.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Threads and processes on one store. */
@Timeout(60)
class ManyAtOnceTest {
    @TempDir
    Path folder;

    /** The main method of another process. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            DirectoryStore store = DirectoryStore.open(Path.of(args[1]));
            if (args[0].equals("hold")) {
                ModelWriter writer = store.writer("m");
                writer.append(Samples.state(1), Samples.note());
                System.out.println("held");
                System.in.read();
                writer.close();
            } else if (args[0].equals("hold-new")) {
                ModelWriter writer = store.writer("m");
                System.out.println("held");
                System.in.read();
                writer.close();
            } else {
                for (int i = 0; i < 50; i++) {
                    store.tag("m", "child", 1 + i % 2);
                }
                System.out.println("done");
            }
        }
    }

    @Test
    void aWriterInAnotherProcessIsNamedAndItsDeathFreesTheModel() throws Exception {
        Process child = start("hold");
        assertLine(child, "held");
        DirectoryStore store = DirectoryStore.open(folder);
        assertThatThrownBy(() -> store.writer("m"))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_STATE))
                .hasMessageContaining("process " + child.pid());
        // Reading the lock file for the first refusal must not release it for the second.
        assertThatThrownBy(() -> store.writer("m")).isInstanceOf(AccreteException.class);
        store.tag("m", "good", 1);
        child.destroyForcibly().waitFor();
        try (ModelWriter writer = store.writer("m")) {
            writer.append(Samples.state(2), Samples.note("m@1"));
        }
        assertThat(store.history("m").aliases()).containsEntry("live", 2L).containsEntry("good", 1L);
        assertThat(store.verify("m")).isEmpty();
    }

    @Test
    void aWriterHereIsRespectedElsewhereWhileReadersAndTagsComeAndGo() throws Exception {
        DirectoryStore store = DirectoryStore.open(folder);
        try (ModelWriter writer = store.writer("m")) {
            writer.append(Samples.state(1), Samples.note());
            store.tag("m", "good", 1);
            assertThat(store.verify("m")).isEmpty();
            assertThatThrownBy(() -> store.writer("m")).isInstanceOf(AccreteException.class);
            Process child = start("hold");
            assertThat(child.waitFor()).isNotZero();
            String error = new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(error).contains("process " + ProcessHandle.current().pid());
        }
        assertThat(store.history("m").versions()).hasSize(1);
    }

    @Test
    void aNewModelIsTakenToo() throws Exception {
        Process child = start("hold-new");
        assertLine(child, "held");
        assertThatThrownBy(() -> DirectoryStore.open(folder).writer("m"))
                .hasMessageContaining("process " + child.pid());
        assertThat(DirectoryStore.open(folder).models()).isEmpty();
        child.getOutputStream().close();
        assertThat(child.waitFor()).isZero();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void tagsOfAnotherProcessAndVersionsOfThisOneAreAllKept() throws Exception {
        DirectoryStore store = DirectoryStore.open(folder);
        try (ModelWriter writer = store.writer("m")) {
            writer.append(Samples.state(1), Samples.note());
            writer.append(Samples.state(2), Samples.note());
            Process child = start("tag");
            for (int i = 3; i <= 40; i++) {
                writer.append(Samples.state(i), Samples.note("m@" + (i - 1)));
            }
            assertLine(child, "done");
            assertThat(child.waitFor()).isZero();
        }
        History history = store.history("m");
        assertThat(history.versions()).hasSize(40);
        assertThat(history.moves().stream().filter(move -> move.alias().equals("child")))
                .hasSize(50);
        assertThat(store.verify("m")).isEmpty();
    }

    @Test
    void threadsThatRaceForAWriterLeaveOneAtATimeAndNothingBehind() throws Exception {
        AtomicInteger inside = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        inParallel(8, thread -> {
            DirectoryStore store = DirectoryStore.open(folder.resolve("new"));
            for (int i = 0; i < 100; i++) {
                try {
                    ModelWriter writer = store.writer("m");
                    assertThat(inside.incrementAndGet()).isOne();
                    taken.incrementAndGet();
                    inside.decrementAndGet();
                    writer.close();
                } catch (AccreteException e) {
                    assertThat(e.kind()).as(e.line()).isEqualTo(AccreteException.Kind.BAD_STATE);
                }
            }
        });
        assertThat(taken).hasPositiveValue();
        try (Stream<Path> left = Files.walk(folder)) {
            // A directory may stay when another thread was about to use it.
            assertThat(left).allMatch(Files::isDirectory);
        }
    }

    @Test
    void readersSeeWholeVersionsOnlyWhileOthersWrite() throws Exception {
        DirectoryStore store = DirectoryStore.open(folder);
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicInteger loaded = new AtomicInteger();
        inParallel(4, thread -> {
            if (thread == 0) {
                try (ModelWriter writer = store.writer("m")) {
                    for (int i = 1; i <= 150; i++) {
                        writer.append(Samples.state(i), i == 1 ? Samples.note() : Samples.note("m@" + (i - 1)));
                    }
                } finally {
                    isOver.set(true);
                }
            } else if (thread == 1) {
                while (!isOver.get()) {
                    store.history("m").latest().ifPresent(latest -> store.tag("m", "seen", latest.number()));
                }
            } else {
                long last = 0;
                while (!isOver.get()) {
                    History history = store.history("m");
                    long latest = history.latest().map(ModelVersion::number).orElse(0L);
                    assertThat(latest).isGreaterThanOrEqualTo(last);
                    last = latest;
                    if (latest > 0) {
                        assertThat(store.load(history.latest().orElseThrow())).isEqualTo(Samples.state((int) latest));
                        assertThat(history.live()).isPresent();
                        loaded.incrementAndGet();
                    }
                    if (thread == 3) {
                        assertThat(store.verify("m")).isEmpty();
                    }
                }
            }
        });
        assertThat(loaded).hasPositiveValue();
        assertThat(store.history("m").live().orElseThrow().number()).isEqualTo(150);
    }

    /** One thread's part. */
    private interface Part {
        void run(int thread) throws Exception;
    }

    private static void inParallel(int threads, Part part) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> parts = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                parts.add(pool.submit(() -> {
                    part.run(thread);
                    return thread;
                }));
            }
            for (Future<?> one : parts) {
                one.get();
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private Process start(String work) {
        try {
            return new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-Xshare:auto",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            work,
                            folder.toString())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void assertLine(Process child, String expected) throws IOException {
        BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
        String line = lines.readLine();
        if (line == null) {
            throw new AssertionError(new String(child.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
        }
        assertThat(line).isEqualTo(expected);
    }
}
