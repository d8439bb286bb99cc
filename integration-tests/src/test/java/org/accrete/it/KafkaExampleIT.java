package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of the example {@code kafka-to-model}: the trainer is killed and started again while clicks arrive. */
class KafkaExampleIT {
    private static final int CLICKS = 15_000;
    private static final Path EXAMPLE = Command.ROOT.resolve("examples/kafka-to-model");

    @TempDir
    private Path directory;

    @Test
    void everyClickIsLearnedOnce() throws Exception {
        List<String> commands = Files.readAllLines(EXAMPLE.resolve("README.md")).stream()
                .dropWhile(line -> !line.equals("```"))
                .skip(1)
                .takeWhile(line -> !line.equals("```"))
                .toList();
        assertThat(commands).hasSize(2);
        try (KafkaBroker broker = new KafkaBroker(Files.createDirectory(directory.resolve("broker")))) {
            broker.create("clicks", 3);
            List<String> produce = words(commands.get(0), broker);
            assertThat(produce.get(0)).isEqualTo("java");
            produce.set(
                    0, Path.of(System.getProperty("java.home"), "bin", "java").toString());
            produce.add(Integer.toString(CLICKS));
            Process producer = new ProcessBuilder(produce)
                    .directory(Command.ROOT.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("producer.txt").toFile())
                    .start();
            List<String> train = words(commands.get(1), broker);
            assertThat(train.remove(0)).isEqualTo("./accrete");
            int kills = 0;
            Path history = directory.resolve("models/clicks/history");
            while (producer.isAlive()) {
                Command.Running running = Command.in(directory).start(train.toArray(String[]::new));
                long before = versions(history);
                while (running.process().isAlive() && producer.isAlive() && versions(history) < before + 1) {
                    TimeUnit.MILLISECONDS.sleep(20);
                }
                assertThat(running.process().isAlive())
                        .as(Files.readString(running.err()))
                        .isTrue();
                running.process().destroyForcibly();
                running.await();
                kills++;
            }
            assertThat(producer.exitValue())
                    .as(Files.readString(directory.resolve("producer.txt")))
                    .isZero();
            assertThat(kills).isGreaterThan(1);
            // What is left, up to where the topic ends.
            assertThat(train.remove("--follow")).isTrue();
            Command.in(directory).run(train.toArray(String[]::new)).done();
            State last = Command.latest(directory.resolve("models"), "clicks");
            assertThat(last.whole("run.rows")).isEqualTo(CLICKS);
        }
    }

    private static List<String> words(String command, KafkaBroker broker) {
        return new ArrayList<>(Arrays.stream(command.split(" "))
                .map(word -> word.replace("'", "").replace("localhost:9092", broker.address()))
                .toList());
    }

    private static long versions(Path history) throws java.io.IOException {
        return Files.exists(history) ? Files.readString(history).lines().count() : 0;
    }
}
