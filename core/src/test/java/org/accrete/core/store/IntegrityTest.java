package org.accrete.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** No bit of a model changes, and no line of its history is lost, without a word; and what is sound can be saved. */
class IntegrityTest {
    @TempDir
    Path folder;

    private DirectoryStore store;
    private Path model;
    private Path history;
    private Path end;
    private byte[] lines;

    @BeforeEach
    void makeModel() throws IOException {
        store = Samples.store(folder);
        try (ModelWriter writer = store.writer("m")) {
            for (int i = 1; i <= 3; i++) {
                writer.append(Samples.state(i), i == 1 ? Samples.note() : Samples.note("m@" + (i - 1)));
            }
        }
        store.tag("m", "best", 2);
        store.tag("m", "live", 1, new History.Reason("bad rows", true));
        model = folder.resolve("m");
        history = model.resolve("history");
        end = model.resolve("history.end");
        lines = Files.readAllBytes(history);
    }

    @Test
    void everyBitOfAVersionCounts() throws IOException {
        ModelVersion version = store.history("m").versions().get(1);
        byte[] bytes = Files.readAllBytes(model.resolve("000002.safetensors"));
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] flipped = flipped(bytes, bit);
            assertCorrupt("bit " + bit, () -> VersionFile.read(version, new ByteArrayInputStream(flipped)));
            if (bit % 8 == 0) {
                assertCorrupt("bit " + bit, () -> VersionFile.check(version, new ByteArrayInputStream(flipped)));
            }
        }
    }

    @Test
    void everyBitOfAHistoryCounts() throws IOException {
        HistoryFile.End least = HistoryEnd.read(new Disk(), model).orElseThrow();
        assertThat(least.lines()).isEqualTo(5);
        for (int bit = 0; bit < lines.length * 8; bit++) {
            byte[] flipped = flipped(lines, bit);
            assertCorrupt("bit " + bit, () -> {
                HistoryFile.Reader reader = HistoryFile.read("m", flipped, least);
                if (reader.lost().isPresent()) {
                    throw reader.lost().get();
                }
            });
        }
    }

    @Test
    void noEndOfAHistoryIsLostWithoutAWord() throws IOException {
        for (int length = 0; length < lines.length; length++) {
            Files.write(history, Arrays.copyOf(lines, length));
            assertCorrupt("cut to " + length, () -> store.history("m"));
            if (length % 50 == 0) {
                assertThat(store.verify("m")).as("cut to " + length).isNotEmpty();
            }
        }
        assertCorrupt("a move on a history that was cut", () -> store.tag("m", "live", 2));
        assertCorrupt("a writer of a history that was cut", () -> store.writer("m"));
        Files.write(history, lines);
        assertThat(store.verify("m")).isEmpty();
    }

    @Test
    void noLineIsLeftOutMovedOrRepeated() throws IOException {
        List<String> all = Files.readAllLines(history);
        for (int i = 0; i < all.size(); i++) {
            List<String> without = new ArrayList<>(all);
            without.remove(i);
            assertLines(without);
            List<String> twice = new ArrayList<>(all);
            twice.add(i, all.get(i));
            assertLines(twice);
            for (int j = 0; j < i; j++) {
                List<String> swapped = new ArrayList<>(all);
                Collections.swap(swapped, i, j);
                assertLines(swapped);
            }
        }
    }

    private void assertLines(List<String> changed) throws IOException {
        Files.writeString(history, String.join("\n", changed) + "\n");
        assertCorrupt(String.join("\n", changed), () -> store.history("m"));
    }

    /** A crash leaves the end as it was before the line, or half written. */
    @Test
    void whatACrashLeavesOfTheEndIsNoDamage() throws IOException {
        byte[] before = Files.readAllBytes(end);
        store.tag("m", "best", 3);
        byte[] after = Files.readAllBytes(end);
        for (int length = 0; length <= after.length; length += length < 80 || length > 1000 ? 1 : 31) {
            byte[] torn = before.clone();
            System.arraycopy(after, 0, torn, 0, length);
            Files.write(end, torn);
            assertThat(store.history("m").aliases()).containsEntry("best", 3L);
            assertThat(store.verify("m")).isEmpty();
        }
        Files.write(end, before);
        store.tag("m", "best", 1);
        assertThat(Files.readAllBytes(end)).isNotEqualTo(before);
        assertThat(store.verify("m")).isEmpty();
    }

    @Test
    void anEndThatIsDamagedOrGoneIsReportedAndMadeAnew() throws IOException {
        byte[] sound = Files.readAllBytes(end);
        for (int bit = 0; bit < sound.length * 8; bit += bit < 700 ? 1 : 97) {
            Files.write(end, flipped(sound, bit));
            assertThat(store.history("m").aliases()).containsEntry("live", 1L);
        }
        for (byte[] bytes : List.of(new byte[0], new byte[1024], "x".getBytes(StandardCharsets.US_ASCII))) {
            Files.write(end, bytes);
            assertThat(store.history("m").aliases()).containsEntry("live", 1L);
            assertThat(store.verify("m")).singleElement().asString().contains("history.end");
        }
        Files.delete(end);
        assertThat(store.verify("m")).singleElement().asString().contains("history.end");
        store.tag("m", "best", 1);
        assertThat(store.verify("m")).isEmpty();
        Files.delete(end);
        assertThat(store.repair("m")).isNotEmpty();
        assertThat(store.verify("m")).isEmpty();
    }

    // ---- repair ----

    @Test
    void aLostHistoryIsMadeAnewFromTheVersions() throws IOException {
        List<ModelVersion> before = store.history("m").versions();
        Files.delete(history);
        assertThat(store.repair("m")).anyMatch(line -> line.contains("version 3 was found again"));
        assertThat(store.verify("m")).isEmpty();
        assertThat(store.history("m").versions()).isEqualTo(before);
        assertThat(store.history("m").aliases()).containsOnly(Map.entry("live", 3L));
    }

    @Test
    void aHistoryThatLostItsEndIsRepaired() throws IOException {
        List<ModelVersion> before = store.history("m").versions();
        Files.write(history, Arrays.copyOf(lines, lines.length / 2));
        List<String> done = store.repair("m");
        assertThat(done).anyMatch(line -> line.contains("has lost its end")).noneMatch(line -> line.contains("\n"));
        assertThat(store.verify("m")).isEmpty();
        assertThat(store.history("m").versions()).isEqualTo(before);
        assertThat(quarantined()).containsExactly("history");
        try (ModelWriter writer = store.writer("m")) {
            assertThat(writer.append(Samples.state(4), Samples.note()).number()).isEqualTo(4);
        }
    }

    @Test
    void whatIsDamagedIsSetAsideAndTheRestStays() throws IOException {
        Files.delete(model.resolve("000001.safetensors"));
        byte[] second = Files.readAllBytes(model.resolve("000002.safetensors"));
        second[30] ^= 1;
        Files.write(model.resolve("000002.safetensors"), second);
        Files.write(model.resolve("999999999999999999.safetensors"), new byte[9]);
        lines[lines.length - 20] ^= 1;
        Files.write(history, lines);
        List<String> done = store.repair("m");
        assertThat(done)
                .anyMatch(line -> line.startsWith("history line 5"))
                .anyMatch(line -> line.startsWith("version 1 was given up"))
                .anyMatch(line -> line.startsWith("version 2 was set aside"))
                .anyMatch(line -> line.startsWith("file 999999999999999999"))
                .anyMatch(line -> line.startsWith("alias 'best' is gone"));
        assertThat(store.verify("m")).isEmpty();
        History after = store.history("m");
        assertThat(after.versions()).extracting(ModelVersion::number).containsExactly(3L);
        assertThat(after.aliases()).containsOnly(Map.entry("live", 3L));
        assertThat(store.load(after.versions().get(0))).isEqualTo(Samples.state(3));
        assertThat(quarantined()).containsExactly("000002.safetensors", "999999999999999999.safetensors", "history");
        try (ModelWriter writer = store.writer("m")) {
            assertThat(writer.append(Samples.state(4), Samples.note()).number()).isEqualTo(4);
        }
        assertThat(store.repair("m")).isEmpty();
    }

    @Test
    void aModelWithoutASoundVersionIsEmptyAndGoesOn() throws IOException {
        for (int i = 1; i <= 3; i++) {
            Files.write(model.resolve(Names.file(i)), new byte[i]);
        }
        assertThat(store.repair("m")).isNotEmpty();
        assertThat(store.verify("m")).isEmpty();
        assertThat(store.history("m").versions()).isEmpty();
        store.writer("m").close();
        try (ModelWriter writer = store.writer("m")) {
            assertThat(writer.append(Samples.state(4), Samples.note()).number()).isEqualTo(4);
        }
        assertThat(store.history("m").live()).isPresent();
    }

    private List<String> quarantined() throws IOException {
        try (Stream<Path> files = Files.walk(model)) {
            return files.filter(file -> Files.isRegularFile(file) && !model.equals(file.getParent()))
                    .map(file -> file.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    // ---- pruning ----

    @Test
    void aCrashWhilePruningLeavesNoDamage() throws IOException {
        byte[] third = Files.readAllBytes(model.resolve("000003.safetensors"));
        byte[] second = Files.readAllBytes(model.resolve("000002.safetensors"));
        store.tag("m", "best", 3);
        store.prune("m", List.of(2L));
        assertThat(model.resolve("000002.safetensors")).doesNotExist();
        // The line was written, but the file was not deleted.
        Files.write(model.resolve("000002.safetensors"), second);
        assertThat(store.verify("m")).isEmpty();
        assertThat(store.history("m").versions()).hasSize(2);
        store.writer("m").close();
        assertThat(model.resolve("000002.safetensors")).doesNotExist();
        Files.write(model.resolve("000002.safetensors"), second);
        store.prune("m", List.of(2L));
        assertThat(model.resolve("000002.safetensors")).doesNotExist();
        assertThat(model.resolve("000003.safetensors")).hasBinaryContent(third);
    }

    // ---- what is no file ----

    /** A reader of a pipe would wait for ever. */
    @Test
    @Timeout(30)
    void aPipeIsNoVersionAndNoHistory() throws Exception {
        List<ModelVersion> versions = store.history("m").versions();
        Path second = model.resolve("000002.safetensors");
        Files.delete(second);
        makePipe(second);
        assertCorrupt("a pipe as a version", () -> store.load(versions.get(1)));
        assertThat(store.verify("m")).singleElement().asString().contains("not a regular file");
        Files.delete(history);
        makePipe(history);
        assertCorrupt("a pipe as a history", () -> store.history("m"));
        assertCorrupt("a pipe as a history", () -> store.writer("m"));
        assertCorrupt("a pipe as a history", () -> store.verify("m"));
        assertThat(store.models()).containsExactly("m");
        assertThat(store.repair("m")).isNotEmpty();
        assertThat(store.verify("m")).isEmpty();
        assertThat(store.history("m").versions())
                .extracting(ModelVersion::number)
                .containsExactly(1L, 3L);
        for (String name : List.of("lock", "history.lock")) {
            Files.delete(model.resolve(name));
            makePipe(model.resolve(name));
            assertThatThrownBy(() -> {
                        try (ModelWriter writer = store.writer("m")) {
                            writer.append(Samples.state(4), Samples.note());
                        }
                    })
                    .isInstanceOf(AccreteException.class)
                    .hasMessageContaining("not a regular file");
            Files.delete(model.resolve(name));
        }
    }

    private static void makePipe(Path file) throws Exception {
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
    }

    @Test
    void aStrayNumberDoesNotStopTheNextVersion() throws IOException {
        Files.write(model.resolve("999999999999999999.safetensors"), new byte[3]);
        Files.write(model.resolve("000005.safetensors"), new byte[3]);
        try (ModelWriter writer = store.writer("m")) {
            assertThat(writer.append(Samples.state(4), Samples.note()).number()).isEqualTo(6);
            assertThat(writer.append(Samples.state(5), Samples.note()).number()).isEqualTo(7);
        }
        assertThat(store.verify("m")).hasSize(2);
    }

    @Test
    void whatMayNotBeReadIsNoDamage() {
        DirectoryStore locked = Samples.store(folder, new Disk() {
            @Override
            void before(String operation, Path path) throws IOException {
                if (operation.contains("read") && path.endsWith("000002.safetensors")) {
                    throw new AccessDeniedException(path.toString());
                }
            }
        });
        for (ThrowingCallable call : List.<ThrowingCallable>of(() -> locked.verify("m"), () -> locked.repair("m"))) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.IO))
                    .hasMessageContaining("permission denied");
        }
        assertThat(store.verify("m")).isEmpty();
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit / 8] ^= (byte) (1 << bit % 8);
        return flipped;
    }

    private static void assertCorrupt(String what, ThrowingCallable call) {
        assertThatThrownBy(call)
                .as(what)
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isIn(Kind.CORRUPT_FILE, Kind.FILE_TOO_NEW, Kind.FILE_TOO_OLD));
    }
}
