package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Training on files that are written and rotated meanwhile. */
class FollowIT {
    private static final int ROWS = 20_000;
    private static final int KILLS = 4;
    private static final int SIGKILL = 128 + 9;
    private static final long MOST_MILLIS = TimeUnit.MINUTES.toMillis(2);

    @TempDir
    private Path directory;

    /** Writes the rows, some bytes at a time, and now and then begins a new file. */
    private final class Writer extends Thread {
        private final Path folder;
        private final boolean renames;
        private final String header;
        private final List<String> rows;
        private final SeededRandom random;
        private int file = 10_000;
        private Path log;
        /** What it may write so far. */
        private volatile int quota;
        /** Whether it may begin new files. */
        private volatile boolean rotates;

        private volatile RuntimeException failure;

        Writer(Path folder, boolean renames, List<String> lines, long seed) {
            super("writer");
            setDaemon(true);
            this.folder = folder;
            this.renames = renames;
            this.header = lines.get(0) + "\n";
            this.rows = lines.subList(1, lines.size());
            this.random = new SeededRandom(seed);
            this.log = folder.resolve("app-" + file + ".csv");
        }

        @Override
        public void run() {
            try {
                write();
            } catch (IOException e) {
                failure = new UncheckedIOException(e);
            } catch (InterruptedException e) {
                failure = new IllegalStateException(e);
            }
        }

        private void write() throws IOException, InterruptedException {
            append(header);
            int row = 0;
            while (row < rows.size()) {
                int to = Math.min(quota, row + 1 + random.nextInt(20));
                StringBuilder text = new StringBuilder();
                for (; row < to; row++) {
                    text.append(rows.get(row)).append('\n');
                }
                int cut = random.nextInt(text.length() + 1);
                append(text.substring(0, cut));
                TimeUnit.MILLISECONDS.sleep(random.nextInt(12));
                append(text.substring(cut));
                // A writer that waits for its quota begins no files, or there are thousands on a slow machine.
                if (rotates && text.length() > 0 && random.nextInt(40) == 0) {
                    rotate();
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
                    append(header);
                }
            }
        }

        private void append(String text) throws IOException {
            Files.writeString(log, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }

        private void rotate() throws IOException {
            if (!renames) {
                log = folder.resolve("app-" + ++file + ".csv");
                return;
            }
            for (int i = 400; i > 0; i--) {
                Path older = Path.of(log + "." + i);
                if (Files.exists(older)) {
                    Files.move(older, Path.of(log + "." + (i + 1)), StandardCopyOption.ATOMIC_MOVE);
                }
            }
            Files.move(log, Path.of(log + ".1"), StandardCopyOption.ATOMIC_MOVE);
            // The trainer may be started while no file has the name, which it refuses.
            Files.createFile(log);
        }
    }

    private static List<String> flights() throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Command.FLIGHTS)), StandardCharsets.UTF_8))) {
            return in.lines().limit(ROWS + 1).toList();
        }
    }

    private static String[] train(String source, Path store, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "train",
                source,
                "--target=delayed",
                "--column=delay=ignore",
                "--chunk-rows=250",
                "--model=flights",
                "--store=" + store,
                "--rows=" + ROWS));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    /** Scores depend on where chunks were cut; nothing else does. */
    private static Map<String, Tensor> learned(State state) {
        Map<String, Tensor> tensors = new TreeMap<>(state.tensors());
        tensors.keySet().removeIf(name -> name.startsWith("run.") && !name.equals("run.rows"));
        return tensors;
    }

    private static int versions(Path store) {
        Path history = store.resolve("flights/history");
        try {
            return Files.exists(history)
                    ? (int) Files.readString(history).lines().count()
                    : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitVersions(Command.Running running, Path store, int count) throws InterruptedException {
        long until = System.currentTimeMillis() + MOST_MILLIS;
        while (running.process().isAlive() && versions(store) < count && System.currentTimeMillis() < until) {
            TimeUnit.MILLISECONDS.sleep(2);
        }
    }

    @Test
    void killedWhileAFileIsWrittenAndRotated() throws Exception {
        killAndResume(true);
    }

    @Test
    void killedWhileFilesAreAddedToADirectory() throws Exception {
        killAndResume(false);
    }

    private void killAndResume(boolean renames) throws Exception {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println("replay with -Daccrete.seed=" + seed);
        SeededRandom random = new SeededRandom(seed);
        Command command = Command.brief(directory);
        List<String> lines = flights();
        Path whole = Files.write(directory.resolve("whole.csv"), lines);
        command.run(train(whole.toString(), directory.resolve("whole"))).done();

        Path folder = Files.createDirectory(directory.resolve("logs"));
        Writer writer = new Writer(folder, renames, lines, random.nextLong());
        writer.quota = 1_000;
        Path store = directory.resolve("killed");
        // The name of a single file is followed, or all of the directory.
        String source = renames ? writer.log.toString() : folder.toString();
        String[] resume = train(source, store, "--resume", "--follow", "--max-wait=20ms", "--checkpoint-every=1s");
        writer.start();
        long until = System.currentTimeMillis() + MOST_MILLIS;
        while (!Files.exists(writer.log) && System.currentTimeMillis() < until) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
        int all = Integer.getInteger("accrete.kills", KILLS);
        int goingOn = 0;
        for (int kill = 0; kill < all; kill++) {
            int before = versions(store);
            Command.Running running = command.start(resume);
            writer.quota = 1_000 + (int) ((long) (ROWS - 2_000) * (kill + 1) / all);
            if (kill == 0) {
                TimeUnit.MILLISECONDS.sleep(random.nextInt(900));
            } else {
                awaitVersions(running, store, before + 1);
                // Before a first version a run would begin with the file that has the name then.
                writer.rotates = true;
                TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
            }
            running.process().destroyForcibly();
            Command.Result result = running.await();
            assertThat(result.status()).as(result.err()).isEqualTo(SIGKILL);
            goingOn += result.err().contains("going on with flights@") ? 1 : 0;
        }
        writer.quota = ROWS;
        Command.Result last = command.run(resume).done();
        assertThat(last.err()).contains("going on with flights@");
        assertThat(writer.failure).isNull();
        writer.join(MOST_MILLIS);
        System.out.println(all + " kills, " + goingOn + " of resumed runs, "
                + folder.toFile().list().length + " files, " + versions(store) + " versions");
        assertThat(learned(Command.latest(store, "flights")))
                .isEqualTo(learned(Command.latest(directory.resolve("whole"), "flights")));
        assertThat(goingOn).isGreaterThanOrEqualTo(all - 3);
        assertThat(folder.toFile().list()).hasSizeGreaterThan(3);
        command.run("verify", "flights", "--store", store.toString()).done();
    }

    /** No further row comes. */
    @Test
    void rowsThatWereLearnedAreInAVersionSoonAlsoOnAQuietStream() throws Exception {
        Path log = Files.write(directory.resolve("app.csv"), flights().subList(0, 1_501));
        Path store = directory.resolve("models");
        Command.Running running = Command.brief(directory)
                .start(train(log.toString(), store, "--follow", "--max-wait=20ms", "--checkpoint-every=1s"));
        long until = System.currentTimeMillis() + MOST_MILLIS;
        while (running.process().isAlive() && rows(store) < 1_500 && System.currentTimeMillis() < until) {
            TimeUnit.MILLISECONDS.sleep(20);
        }
        int versions = versions(store);
        // A version without new rows would come now.
        TimeUnit.MILLISECONDS.sleep(1_500);
        new ProcessBuilder("kill", "-TERM", Long.toString(running.process().pid()))
                .start()
                .waitFor();
        Command.Result result = running.await();
        assertThat(result.out()).contains("1,500 rows learned", "stopped before the rows ended");
        assertThat(rows(store)).isEqualTo(1_500);
        assertThat(versions(store)).isEqualTo(versions);
    }

    private static long rows(Path store) {
        return versions(store) == 0 ? 0 : Command.latest(store, "flights").whole("run.rows");
    }
}
