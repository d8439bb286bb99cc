package org.accrete.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.Retention;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two processes append, tag, roll back and prune until both are killed; then nothing that they had been told was done
 * is missing. {@code -Daccrete.kills=1000} makes a long test of it.
 */
class KillTest {
    private static final int SIGKILL = 128 + 9;
    private static final int CYCLES = Integer.getInteger("accrete.kills", 6);

    @TempDir
    Path folder;

    /** The main method of a process; it says what it is about to do, and what it has done. */
    static final class Child {
        private Child() {}

        public static void main(String[] args) throws IOException {
            DirectoryStore store = DirectoryStore.open(Path.of(args[0]));
            String alias = args[1];
            Random random = new Random(Long.parseLong(args[2]));
            say("ready");
            System.in.read();
            while (true) {
                try {
                    if (random.nextInt(3) > 0) {
                        append(store, random);
                    } else {
                        change(store, alias, random);
                    }
                } catch (AccreteException e) {
                    // The other process writes, or has pruned or needs what was to be changed.
                    if (e.kind() != AccreteException.Kind.BAD_STATE && e.kind() != AccreteException.Kind.BAD_ARGUMENT) {
                        say("failed " + e.line());
                    }
                }
            }
        }

        private static void append(DirectoryStore store, Random random) {
            try (ModelWriter writer = store.writer("m")) {
                for (int i = random.nextInt(5); i >= 0; i--) {
                    say("version "
                            + writer.append(Samples.state(i), Samples.note()).number());
                }
            }
        }

        private static void change(DirectoryStore store, String alias, Random random) {
            History history = store.history("m");
            List<ModelVersion> versions = history.versions();
            if (versions.isEmpty()) {
                return;
            }
            long number = versions.get(random.nextInt(versions.size())).number();
            switch (random.nextInt(3)) {
                case 0 -> {
                    say("tagging " + number);
                    store.tag("m", alias, number);
                    say("tagged " + number);
                }
                case 1 -> store.tag("m", History.LIVE, number, new History.Reason("back", random.nextBoolean()));
                default -> store.prune("m", new Retention(5, Optional.empty()).pruned(history, Samples.NOON));
            }
        }

        private static void say(String line) {
            System.out.println(line);
        }
    }

    @Test
    void nothingAcknowledgedIsLost() throws Exception {
        long seed = Long.getLong("accrete.seed", System.nanoTime());
        System.out.println("-Dtest=KillTest -Daccrete.seed=" + seed + " -Daccrete.kills=" + CYCLES);
        Random random = new Random(seed);
        DirectoryStore store = DirectoryStore.open(folder);
        Map<String, List<String>> said = new HashMap<>();
        List<Process> next = start(random);
        long versions = 0;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            List<Process> now = next;
            List<BufferedReader> lines = new ArrayList<>();
            for (Process process : now) {
                BufferedReader reader =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                assertThat(reader.readLine()).as(() -> error(process)).isEqualTo("ready");
                lines.add(reader);
            }
            for (Process process : now) {
                process.getOutputStream().write('\n');
                process.getOutputStream().flush();
            }
            for (int i = 0; i < 2; i++) {
                // It has loaded its classes by then.
                Process process = now.get(i);
                String line = lines.get(i).readLine();
                assertThat(line).as(() -> error(process)).isNotNull();
                said.computeIfAbsent("alias-" + i, alias -> new ArrayList<>()).add(line);
            }
            TimeUnit.MILLISECONDS.sleep(random.nextInt(150));
            // Killed one after the other, so that one of them goes on without the other for a while.
            for (Process process : now) {
                process.toHandle().destroyForcibly(); // Keeps what it said.
                TimeUnit.MICROSECONDS.sleep(random.nextInt(3_000));
            }
            for (Process process : now) {
                assertThat(process.waitFor()).as(() -> error(process)).isEqualTo(SIGKILL);
            }
            next = cycle + 1 < CYCLES ? start(random) : List.of();
            String context = "cycle " + cycle;
            List<String> damage = store.verify("m");
            assertThat(damage).as(context).isEmpty();
            History history = store.history("m");
            for (int i = 0; i < 2; i++) {
                List<String> all = said.computeIfAbsent("alias-" + i, alias -> new ArrayList<>());
                lines.get(i).lines().forEach(all::add);
                versions += check(all, "alias-" + i, history, context);
            }
            for (ModelVersion version : history.versions()) {
                assertThat(store.load(version).tensors()).as(context).hasSize(2);
            }
        }
        System.out.println(versions + " versions, " + CYCLES + " cycles");
        try (ModelWriter writer = store.writer("m")) {
            writer.append(Samples.state(1), Samples.note());
        }
        assertThat(folder.resolve("m").toFile().list()).noneMatch(name -> name.endsWith(".tmp"));
    }

    /** Returns how many versions were appended; forgets all but the last move of the alias. */
    private static long check(List<String> said, String alias, History history, String context) {
        long versions = 0;
        List<String> moves = new ArrayList<>();
        for (String line : said) {
            assertThat(line).as(context).doesNotStartWith("failed");
            String[] words = line.split(" ");
            if (line.startsWith("version") && words.length == 2) {
                versions++;
                long number = Long.parseLong(words[1]);
                boolean isThere = history.removed().containsKey(number)
                        || history.versions().stream().anyMatch(version -> version.number() == number);
                assertThat(isThere).as("%s: version %d", context, number).isTrue();
            } else if (line.startsWith("tagg")) {
                if (line.startsWith("tagged")) {
                    moves.clear();
                }
                moves.add(words[1]);
            }
        }
        // The last move that was done, or one that was begun after it.
        if (!moves.isEmpty() && said.stream().anyMatch(line -> line.startsWith("tagged"))) {
            assertThat(String.valueOf(history.aliases().get(alias))).as(context).isIn(moves);
        }
        said.removeIf(line -> !line.startsWith("tagg"));
        return versions;
    }

    private List<Process> start(Random random) throws IOException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            processes.add(new ProcessBuilder(
                            ProcessHandle.current().info().command().orElse("java"),
                            "-Xshare:auto",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            folder.toString(),
                            "alias-" + i,
                            Long.toString(random.nextLong()))
                    .start());
        }
        return processes;
    }

    private static String error(Process process) {
        try {
            return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }
}
