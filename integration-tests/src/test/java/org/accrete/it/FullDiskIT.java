package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.accrete.api.store.ModelStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk that is full while a model is trained. It is a small file system in memory, which only root can mount; where
 * that is not possible the test is skipped and says so.
 */
@Timeout(180)
class FullDiskIT {
    private static final String[] TRAIN = {
        "train", "-", "--target", "y", "--chunk-rows", "200", "--checkpoint-every", "1", "--model", "m", "--store"
    };

    @TempDir
    private Path directory;

    private Path disk;

    @BeforeEach
    void mount() throws Exception {
        disk = Files.createDirectory(directory.resolve("disk"));
        int status = -1;
        try {
            status = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=8m", "accrete-test", disk.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            // There is no such program.
        }
        Assumptions.assumeTrue(status == 0, "a full disk is not tested: mounting one needs root");
    }

    @AfterEach
    void unmount() throws Exception {
        new ProcessBuilder("umount", disk.toString()).start().waitFor();
    }

    /** {@return lines of CSV: the head, then rows} */
    private static List<String> rows(int count) {
        return Stream.concat(
                        Stream.of("a,b,y"),
                        Stream.iterate(1, i -> i + 1)
                                .limit(count)
                                .map(i -> i % 17 + "," + i * 7 % 23 + "," + (i % 17 > i * 7 % 23 ? "yes" : "no")))
                .toList();
    }

    private static void feed(Command.Running training, List<String> lines) throws IOException {
        OutputStream in = training.process().getOutputStream();
        in.write(lines.stream().collect(Collectors.joining("\n", "", "\n")).getBytes(StandardCharsets.UTF_8));
        in.flush();
    }

    private static void await(String what, Command.Running training, Callable<Boolean> reached) throws Exception {
        while (!reached.call()) {
            assertThat(training.process().isAlive())
                    .as("%s; training says: %s", what, Files.readString(training.err()))
                    .isTrue();
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static void fill(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] some = new byte[1 << 12];
            while (true) {
                out.write(some);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space");
        }
    }

    @Test
    void trainingGoesOnWhenSpaceReturns() throws Exception {
        List<String> rows = rows(3_000);
        Command command = Command.brief(directory);
        Path undisturbed = directory.resolve("undisturbed");
        Command.Running other = command.startFed(Stream.concat(Stream.of(TRAIN), Stream.of(undisturbed.toString()))
                .toArray(String[]::new));
        feed(other, rows);
        other.process().getOutputStream().close();
        other.await().done();

        Path store = disk.resolve("store");
        Command.Running training = command.startFed(
                Stream.concat(Stream.of(TRAIN), Stream.of(store.toString())).toArray(String[]::new));
        // The plan is inferred from the first 1,000 rows.
        feed(training, rows.subList(0, 1_401));
        await("a first version", training, () -> Files.exists(store.resolve("m/000005.safetensors")));
        fill(disk.resolve("filler"));
        feed(training, rows.subList(1_401, 2_201));
        await("a warning", training, () -> Files.readString(training.err()).contains("could not append"));
        long before;
        try (ModelStore models = Command.open(store);
                Stream<Path> files = Files.list(store.resolve("m"))) {
            assertThat(models.verify("m")).isEmpty();
            before = models.history("m").versions().size();
            assertThat(models.history("m").live().orElseThrow().number()).isEqualTo(before);
            assertThat(files.filter(file -> file.toString().endsWith(".safetensors")))
                    .hasSizeLessThanOrEqualTo((int) before + 1);
        }
        Files.delete(disk.resolve("filler"));
        feed(training, rows.subList(2_201, rows.size()));
        training.process().getOutputStream().close();
        Command.Result result = training.await().done();
        assertThat(result.err().replaceAll("\\s+", " "))
                .containsPattern(
                        "warning: could not append a version: .*: no new version could be written, the old ones"
                                + " are as they were: No space left on device; training goes on, the next try is after the"
                                + " next chunk")
                .containsPattern("m@[0-9]+ was appended and holds all that was learned so far");
        try (ModelStore models = Command.open(store);
                Stream<Path> files = Files.list(store.resolve("m"))) {
            assertThat(models.verify("m")).isEmpty();
            assertThat(models.history("m").versions()).hasSizeGreaterThan((int) before);
            assertThat(files).noneMatch(file -> file.toString().endsWith(".tmp"));
        }
        assertThat(Command.latest(store, "m").tensors())
                .isEqualTo(Command.latest(undisturbed, "m").tensors());
    }

    /** The last version must be written, or all that was learned since the one before it is lost. */
    @Test
    void trainingFailsIfTheDiskIsFullAtItsEnd() throws Exception {
        Path store = disk.resolve("store");
        Command command = Command.brief(directory);
        Command.Running training = command.startFed(
                Stream.concat(Stream.of(TRAIN), Stream.of(store.toString())).toArray(String[]::new));
        List<String> rows = rows(1_500);
        feed(training, rows.subList(0, 1_401));
        await("a first version", training, () -> Files.exists(store.resolve("m/000005.safetensors")));
        fill(disk.resolve("filler"));
        feed(training, rows.subList(1_401, rows.size()));
        training.process().getOutputStream().close();
        Command.Result result = training.await();
        assertThat(result.status()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).contains("No space left on device");
        try (ModelStore models = Command.open(store)) {
            assertThat(models.verify("m")).isEmpty();
            assertThat(models.history("m").live()).isPresent();
        }
    }
}
