package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/**
 * Kills a run at random times and resumes it until it has ended: it must end with the tensors of a run that was never
 * stopped. A build kills each run a few times, {@code -Daccrete.kills=N} kills each N times.
 */
final class KillAndResume {
    /** Rows of files that are made for a test. */
    static final int ROWS = 25_000;

    /** Versions of a run over so many rows. */
    static final int VERSIONS = 20;

    /** Stands for the store in an argument. */
    static final String STORE = "{store}";

    private static final int SIGKILL = 128 + 9;
    /** Of many kills, so many are before a first version is certain. */
    private static final int EARLY_KILLS = 3;

    private static Map<String, Tensor> ofCsv = Map.of();

    private final Path directory;
    private final int most;
    private Runnable beforeResume = () -> {};

    /**
     * Prepares runs.
     *
     * @param directory gets the stores: {@code whole} of the run that is not stopped, {@code killed-0} and so on
     * @param kills how often a run is killed unless the property says otherwise
     */
    KillAndResume(Path directory, int kills) {
        this.directory = directory;
        this.most = kills;
    }

    /** Runs something before each start of a run. */
    KillAndResume beforeResume(Runnable action) {
        beforeResume = action;
        return this;
    }

    /** {@return what the uninterrupted run ended with} */
    State run(String source, int versions, String... more) throws Exception {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println("replay with -Daccrete.seed=" + seed);
        SeededRandom random = new SeededRandom(seed);
        List<String> train = new ArrayList<>(
                List.of("train", source, "--chunk-rows", "250", "--checkpoint-every", "5", "--model", "flights"));
        train.addAll(List.of(more));
        train.add("--store");
        Path whole = directory.resolve("whole");
        Command command = Command.brief(directory);
        command.run(with(train, whole.toString())).done();
        State expected = Command.latest(whole, "flights");
        assertThat(Command.history(whole, "flights").versions()).hasSize(versions);

        int all = Integer.getInteger("accrete.kills", most);
        int early = Math.min(EARLY_KILLS, all / 3);
        int kills = 0;
        int killsAfterVersion = 0;
        int resumesAboveZero = 0;
        // A run that ends between two kills is checked, and then another one starts.
        for (int attempt = 0; kills < all; attempt++) {
            Path killed = directory.resolve("killed-" + attempt);
            Path history = killed.resolve("flights/history");
            String[] resume = with(train, killed.toString(), "--resume");
            boolean ended = false;
            while (!ended) {
                beforeResume.run();
                long before = lines(history);
                Command.Running running = command.start(resume);
                if (kills < all) {
                    if (kills < early) {
                        TimeUnit.MILLISECONDS.sleep(random.nextInt(900));
                    } else {
                        // Kills at a random time within the next few versions, possibly during a write.
                        long until = before + 1 + random.nextInt(Math.max(2, versions / most));
                        while (running.process().isAlive() && lines(history) < until) {
                            TimeUnit.MILLISECONDS.sleep(1);
                        }
                        TimeUnit.MICROSECONDS.sleep(random.nextInt(10_000));
                    }
                    running.process().destroyForcibly();
                }
                Command.Result result = running.await();
                if (result.err().contains("going on with flights@")) {
                    resumesAboveZero++;
                }
                ended = result.status() == 0;
                if (!ended) {
                    assertThat(result.status()).as(result.err()).isEqualTo(SIGKILL);
                    kills++;
                    if (lines(history) > 0) {
                        killsAfterVersion++;
                    }
                }
            }
            try (ModelStore models = Command.open(killed)) {
                assertThat(models.verify("flights")).isEmpty();
            }
            assertThat(Command.latest(killed, "flights").tensors()).isEqualTo(expected.tensors());
            assertThat(command.run(resume).done().out()).contains("nothing new");
        }
        System.out.println(kills + " kills, " + killsAfterVersion + " after the first version, " + resumesAboveZero
                + " resumed runs");
        assertThat(killsAfterVersion).isGreaterThanOrEqualTo(all - early);
        assertThat(resumesAboveZero).isPositive();
        return expected;
    }

    private static long lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readString(file).lines().count() : 0;
    }

    /** Adds arguments, of which the first is the store. */
    private static String[] with(List<String> args, String... more) {
        List<String> all = new ArrayList<>(args);
        all.addAll(List.of(more));
        all.replaceAll(arg -> arg.replace(STORE, more[0]));
        return all.toArray(String[]::new);
    }

    /** Makes a line of a file of a row of the flights. */
    interface Line {
        String of(int number, String[] cells) throws IOException;
    }

    /** Writes the first {@link #ROWS} flights to a file, each as a line. */
    static void convert(Path file, String header, Line line) throws IOException {
        try (BufferedReader in = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(Files.newInputStream(Command.FLIGHTS))));
                BufferedWriter out = Files.newBufferedWriter(file)) {
            out.write(header);
            in.readLine();
            for (int i = 0; i < ROWS; i++) {
                out.write(line.of(i, in.readLine().split(",", -1)));
            }
        }
    }

    /** {@return what the same rows give when they are read from CSV} */
    static synchronized Map<String, Tensor> tensorsOfCsv(Path directory) {
        if (ofCsv.isEmpty()) {
            Path store = directory.resolve("csv");
            Command.brief(directory)
                    .run(with(
                            List.of("train", Command.FLIGHTS.toString()),
                            "--target=delayed",
                            "--column=delay=ignore",
                            "--rows=" + ROWS,
                            "--chunk-rows=250",
                            "--model=flights",
                            "--store=" + store))
                    .done();
            ofCsv = Command.latest(store, "flights").tensors();
        }
        return ofCsv;
    }
}
