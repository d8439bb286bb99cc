package org.accrete.store.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.accrete.api.SeededRandom;
import org.accrete.api.param.Params;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes at a time, of which one appends and prunes and the other moves aliases, are killed at any instant; then
 * the store must be whole, with all that they said they had done. Few cycles here, many by
 * {@code -Daccrete.kills=1000}.
 */
class KillStressTest {
    private static final int CYCLES = Integer.getInteger("accrete.kills", 2);
    private static final long SEED = Long.getLong("accrete.seed", System.nanoTime());

    @TempDir
    Path folder;

    @Test
    void sqliteLosesNothing() throws Exception {
        kill("sqlite:" + folder.resolve("models.db"));
    }

    @Test
    void postgresqlLosesNothing() throws Exception {
        kill(PostgresServer.newLocation());
    }

    private void kill(String location) throws IOException, InterruptedException {
        SeededRandom random = new SeededRandom(SEED);
        TreeMap<Long, String> appended = new TreeMap<>();
        List<String> said = new ArrayList<>();
        long lines = 0;
        JdbcStoreProvider provider = new JdbcStoreProvider();
        try (ModelStore store = provider.open(location, Params.of(provider.params()))) {
            for (int cycle = 1; cycle <= CYCLES; cycle++) {
                String where = location.replaceFirst("[?].*", "") + ", cycle " + cycle + ", -Daccrete.seed=" + SEED;
                List<Path> outputs = List.of(folder.resolve("write.txt"), folder.resolve("move.txt"));
                List<Process> processes = List.of(
                        start(location, random.nextLong(), "write", outputs.get(0)),
                        start(location, random.nextLong(), "move", outputs.get(1)));
                for (int i = 0; i < 2; i++) {
                    awaitLines(processes.get(i), outputs.get(i), 1, where);
                }
                // The instants are somewhere within what a process does, on a busy machine, too.
                awaitLines(processes.get(0), outputs.get(0), 2 + random.nextInt(12), where);
                for (Process process : processes) {
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(20));
                    assertThat(process.isAlive()).as(where).isTrue();
                    process.destroyForcibly();
                }
                for (int i = 0; i < 2; i++) {
                    processes.get(i).waitFor();
                    for (String line : whole(Files.readString(outputs.get(i)))) {
                        lines++;
                        String[] words = line.split(" ");
                        if (words[0].equals("appended")) {
                            appended.put(Long.parseLong(words[1]), words[2]);
                        } else {
                            said.add(line);
                        }
                    }
                }
                check(store, appended, said, where);
                said.clear();
            }
        }
        System.out.println("killed " + CYCLES + " times two processes on " + location.replaceFirst("[:].*", "") + ": "
                + appended.size() + " versions, " + lines + " lines acknowledged");
    }

    private static void check(ModelStore store, TreeMap<Long, String> appended, List<String> said, String where) {
        assertThat(store.verify(Hammer.MODEL)).as(where).isEmpty();
        History history = store.history(Hammer.MODEL);
        TreeMap<Long, String> found = new TreeMap<>();
        for (ModelVersion version : history.versions()) {
            found.put(version.number(), version.sha256());
        }
        for (long number : appended.keySet()) {
            assertThat(history.removed().containsKey(number)
                            || appended.get(number).equals(found.get(number)))
                    .as(where + ": version " + number)
                    .isTrue();
        }
        for (String line : said) {
            String[] words = line.split(" ");
            if (words[0].equals("pruned")) {
                assertThat(history.removed()).as(where).containsKey(Long.parseLong(words[1]));
            } else if (words[0].equals("moved")) {
                assertThat(history.moves())
                        .as(where + ": " + line)
                        .anyMatch(move -> move.alias().equals(words[1])
                                && move.number() == Long.parseLong(words[2])
                                && move.reason()
                                        .map(History.Reason::why)
                                        .orElse("")
                                        .equals(words[3]));
            }
        }
        // Numbers go up without gaps but for what was removed: no version was made by halves.
        assertThat(history.versions().size() + history.removed().size())
                .as(where)
                .isEqualTo((int) history.highestNumber());
    }

    /** {@return the lines that were written to their ends} */
    private static List<String> whole(String text) {
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .filter(line -> line.matches("(ready|appended|pruned|moved).*"))
                .toList();
    }

    /** Waits until a process has said that it is ready, and then done some things. */
    private static void awaitLines(Process process, Path output, int lines, String where)
            throws IOException, InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (whole(Files.readString(output)).size() < lines) {
            assertThat(process.isAlive())
                    .as(where + ": " + Files.readString(output))
                    .isTrue();
            assertThat(System.nanoTime()).as(where).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(5);
        }
    }

    private static Process start(String location, long seed, String role, Path output) throws IOException {
        Files.writeString(output, "");
        return new ProcessBuilder(
                        ProcessHandle.current().info().command().orElse("java"),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Hammer.class.getName(),
                        location,
                        Long.toString(seed),
                        role)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
    }
}
