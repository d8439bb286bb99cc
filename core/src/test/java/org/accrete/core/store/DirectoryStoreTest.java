package org.accrete.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.param.Params;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DirectoryStoreTest {
    @TempDir
    Path folder;

    private Path root;
    private DirectoryStore store;

    @BeforeEach
    void open() {
        root = folder.resolve("models");
        store = Samples.store(root);
    }

    @Test
    void whatIsAppendedIsLoadedBitForBit() {
        ModelVersion version = append(Samples.special(), Samples.note());
        assertThat(version.reference()).isEqualTo("m@1");
        assertThat(version.created()).isEqualTo(Samples.NOON);
        ModelStore reopened = DirectoryStore.open(root);
        assertThat(reopened.history("m").versions()).containsExactly(version);
        State state = reopened.load(version);
        assertThat(state).isEqualTo(Samples.special());
        assertThat(List.copyOf(state.texts().keySet()))
                .isEqualTo(List.copyOf(Samples.special().texts().keySet()));
        assertThat(reopened.verify("m")).isEmpty();
    }

    @Test
    void theFileTellsWhereItComesFrom() throws IOException {
        append(Samples.state(1), Samples.note());
        append(Samples.state(2), Samples.note("m@1"));
        String head = new String(Files.readAllBytes(file(2)), StandardCharsets.ISO_8859_1);
        assertThat(head.substring(8))
                .startsWith("{\"__metadata__\":{\"accrete.format\":\"2\",\"accrete.library\":\"")
                .contains("\"accrete.model\":\"m\",\"accrete.version\":\"2\",\"accrete.parent\":\"m@1\","
                        + "\"accrete.created\":\"2026-11-20T12:00:00Z\",\"accrete.learner\":\"mean\","
                        + "\"accrete.rows_seen\":\"20\",\"accrete.metrics\":\"{\\\"mae\\\":0.25,\\\"r2\\\":-0.0}\","
                        + "\"learner\":\"mean\"}")
                .doesNotContain("${");
    }

    @Test
    void liveFollowsItsOwnChildrenOnly() {
        append(Samples.state(1), Samples.note());
        append(Samples.state(2), Samples.note("m@1"));
        assertThat(live()).isEqualTo(2);
        append(Samples.state(3), Samples.note("m@1"));
        assertThat(live()).isEqualTo(2);
        append(Samples.state(4), Samples.note());
        append(Samples.state(5), Samples.note("other@2"));
        assertThat(live()).isEqualTo(2);
        append(Samples.state(6), Samples.note("m@2"));
        assertThat(live()).isEqualTo(6);
        assertThat(store.history("m").latest().orElseThrow().number()).isEqualTo(6);
    }

    @Test
    void aRollbackIsNotUndoneByATrainerThatStillRuns() {
        try (ModelWriter writer = store.writer("m")) {
            writer.append(Samples.state(1), Samples.note());
            writer.append(Samples.state(2), Samples.note("m@1"));
            store.tag("m", History.LIVE, 1);
            writer.append(Samples.state(3), Samples.note("m@2"));
        }
        assertThat(live()).isEqualTo(1);
        assertThat(store.history("m").moves()).extracting(History.Move::number).containsExactly(1L, 2L, 1L);
    }

    @Test
    void anAliasMovesAndIsKept() {
        append(Samples.state(1), Samples.note());
        append(Samples.state(2), Samples.note());
        store.tag("m", "before-summer-2", 2);
        store.tag("m", "before-summer-2", 1);
        store.tag("m", "before-summer-2", 1);
        assertThat(DirectoryStore.open(root).history("m").aliases())
                .containsExactly(Map.entry("before-summer-2", 1L), Map.entry("live", 2L));
        assertThat(store.history("m").moves()).hasSize(4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"latest", "1", "", "Live", "a b", "a_b", "-a", "a-", "a--b", "../x", "a\n"})
    void whatCannotBeAnAliasIsRefused(String alias) {
        append(Samples.state(1), Samples.note());
        assertRefused(Kind.BAD_ARGUMENT, () -> store.tag("m", alias, 1));
    }

    @Test
    void aTagOfNothingCreatesNothing() {
        assertRefused(Kind.BAD_ARGUMENT, () -> store.tag("m", "good", 1));
        assertThat(root).doesNotExist();
        append(Samples.state(1), Samples.note());
        assertRefused(Kind.BAD_ARGUMENT, () -> store.tag("m", "good", 2));
        assertThat(store.history("m").aliases()).containsOnlyKeys("live");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "../x", "a/b", "/a", "a\\b", "-a", ".a", "a b", "\u00e4", "a\0", "a\n"})
    void aNameThatCouldLeaveTheStoreIsRefusedBeforeAnythingIsTouched(String name) {
        assertBadName(name);
    }

    @Test
    void aNameThatIsTooLongIsRefused() {
        assertBadName("a".repeat(101));
        store.writer("a".repeat(100)).close();
    }

    private void assertBadName(String name) {
        ModelVersion version = new ModelVersion(name, 1, Samples.NOON, Samples.note(), 1, "0".repeat(64));
        assertRefused(Kind.BAD_ARGUMENT, () -> store.writer(name));
        assertRefused(Kind.BAD_ARGUMENT, () -> store.history(name));
        assertRefused(Kind.BAD_ARGUMENT, () -> store.load(version));
        assertRefused(Kind.BAD_ARGUMENT, () -> store.tag(name, "good", 1));
        assertRefused(Kind.BAD_ARGUMENT, () -> store.verify(name));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void readingCreatesNothing() {
        assertThat(store.models()).isEmpty();
        assertThat(store.history("m").versions()).isEmpty();
        assertThat(store.verify("m")).isEmpty();
        store.close();
        assertThat(root).doesNotExist();
    }

    @Test
    void aWriterThatAppendsNothingLeavesNothing() {
        store = Samples.store(root.resolve("a").resolve("b"));
        store.writer("m").close();
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aWriterThatAppendsNothingLeavesADirectoryThatWasThere() throws IOException {
        Files.createDirectories(root.resolve("m"));
        Files.writeString(root.resolve("m").resolve("notes.txt"), "mine");
        store.writer("m").close();
        assertThat(names()).containsExactly("notes.txt");
    }

    @Test
    void aWriterThatAppendsNothingLeavesAModelAsItWas() throws IOException {
        append(Samples.state(1), Samples.note());
        byte[] before = Files.readAllBytes(history());
        store.writer("m").close();
        assertThat(history()).hasBinaryContent(before);
        assertThat(names()).containsExactly("000001.safetensors", "history", "history.end", "history.lock", "lock");
    }

    @Test
    void modelsAreTheDirectoriesWithAHistory() throws IOException {
        append(Samples.state(1), Samples.note());
        Files.createDirectories(root.resolve("no-history"));
        Files.createDirectories(root.resolve("torn"));
        Files.writeString(root.resolve("torn").resolve("history"), "{\"format\":1");
        Files.createDirectories(root.resolve(".hidden"));
        Files.writeString(root.resolve(".hidden").resolve("history"), "x\n");
        Files.writeString(root.resolve("file"), "x");
        Files.createDirectories(root.resolve("damaged"));
        Files.writeString(root.resolve("damaged").resolve("history"), "x\n");
        ModelWriter writer = store.writer("new");
        assertThat(store.models()).containsExactly("damaged", "m");
        writer.close();
    }

    @Test
    void aSecondWriterInTheSameProcessIsRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Files.createDirectories(root));
        try (ModelWriter writer = store.writer("m")) {
            for (Path path : List.of(root, link)) {
                assertThatThrownBy(() -> DirectoryStore.open(path).writer("m"))
                        .isInstanceOfSatisfying(
                                AccreteException.class,
                                e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                        .hasMessageContaining(
                                Long.toString(ProcessHandle.current().pid()));
            }
            store.writer("other").close();
            writer.append(Samples.state(1), Samples.note());
        }
        append(Samples.state(2), Samples.note("m@1"));
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void aClosedWriterRefuses() {
        ModelWriter writer = store.writer("m");
        writer.close();
        writer.close();
        assertRefused(Kind.BAD_STATE, () -> writer.append(Samples.state(1), Samples.note()));
        assertThat(root).doesNotExist();
    }

    @Test
    void aSecondThreadIsRefusedWithASentence() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        Disk slow = new Disk() {
            @Override
            void before(String operation, Path path) {
                if (operation.equals("link")) {
                    inside.countDown();
                    await(refused);
                }
            }
        };
        ExecutorService other = Executors.newSingleThreadExecutor();
        try (ModelWriter writer = Samples.store(root, slow).writer("m")) {
            Future<ModelVersion> appended = other.submit(() -> writer.append(Samples.state(1), Samples.note()));
            await(inside);
            assertThatThrownBy(() -> writer.append(Samples.state(2), Samples.note()))
                    .isInstanceOfSatisfying(
                            AccreteException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_STATE))
                    .hasMessageContaining("one thread at a time");
            refused.countDown();
            assertThat(appended.get().number()).isEqualTo(1);
            assertThat(writer.append(Samples.state(2), Samples.note()).number()).isEqualTo(2);
        } finally {
            other.shutdownNow();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatCannotBeStoredIsRefusedAndTheWriterGoesOn() {
        Note unknownParent = Samples.note("m@7");
        try (ModelWriter writer = store.writer("m")) {
            assertRefused(Kind.BAD_ARGUMENT, () -> writer.append(Samples.state(1), unknownParent));
            assertRefused(Kind.BAD_ARGUMENT, () -> writer.append(Samples.state(1), Samples.note("m")));
            assertRefused(Kind.BAD_ARGUMENT, () -> writer.append(Samples.state(1), Samples.note("m@live")));
            assertRefused(Kind.BAD_ARGUMENT, () -> writer.append(Samples.state(1), Samples.note("../m@1")));
            assertRefused(
                    Kind.BAD_ARGUMENT,
                    () -> writer.append(
                            State.builder().text("accrete.format", "2").build(), Samples.note()));
            assertRefused(
                    Kind.BAD_ARGUMENT,
                    () -> writer.append(State.builder().text("x", "\udc00").build(), Samples.note()));
            assertRefused(
                    Kind.BAD_ARGUMENT,
                    () -> writer.append(
                            Samples.state(1), new Note(Optional.empty(), "l", 1, Map.of("mae", Double.NaN))));
            assertRefused(
                    Kind.BAD_ARGUMENT,
                    () -> writer.append(Samples.state(1), new Note(Optional.empty(), "l", -1, Map.of())));
            assertThat(names()).containsExactly("lock");
            assertThat(writer.append(Samples.state(1), Samples.note()).number()).isEqualTo(1);
        }
    }

    @Test
    void aStoreThatCannotBeWrittenIsOneLine() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "x");
        DirectoryStore below = DirectoryStore.open(file.resolve("models"));
        assertThatThrownBy(() -> below.writer("m")).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.IO);
            assertThat(e.line()).contains("file").contains("cannot be written").doesNotContain("\n");
        });
        assertRefused(Kind.BAD_ARGUMENT, () -> DirectoryStore.open(file));
    }

    @Test
    void anInterruptedThreadStillAppendsAndStaysInterrupted() {
        try (ModelWriter writer = store.writer("m")) {
            Thread.currentThread().interrupt();
            writer.append(Samples.state(1), Samples.note());
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(live()).isEqualTo(1);
    }

    @Test
    void whatACrashLeftIsRemovedByTheNextWriter() throws IOException {
        append(Samples.state(1), Samples.note());
        // Between the link and the line, with a torn line.
        Path temporary = Files.write(root.resolve("m").resolve("000002-0a.tmp"), new byte[9]);
        Files.createLink(file(2), temporary);
        // In the middle of a file, and after the line.
        Files.write(root.resolve("m").resolve("000003-0b.tmp"), new byte[3]);
        Files.createLink(root.resolve("m").resolve("000001-0c.tmp"), file(1));
        Files.write(history(), concat(Files.readAllBytes(history()), "{\"format\":1,\"ki".getBytes()));
        assertThat(store.verify("m")).isEmpty();
        assertThat(store.history("m").versions()).hasSize(1);

        assertThat(append(Samples.state(2), Samples.note("m@1")).number()).isEqualTo(2);
        assertThat(names())
                .containsExactly(
                        "000001.safetensors", "000002.safetensors", "history", "history.end", "history.lock", "lock");
        assertThat(store.verify("m")).isEmpty();
        assertThat(live()).isEqualTo(2);
    }

    @Test
    void aNumberedFileThatNothingExplainsIsKeptAndSkipped() throws IOException {
        append(Samples.state(1), Samples.note());
        append(Samples.state(2), Samples.note());
        byte[] lines = Files.readAllBytes(history());
        Files.write(history(), Arrays.copyOf(lines, lines.length - 1));
        // As in a store of a release that did not keep the end of the history.
        Files.delete(root.resolve("m").resolve("history.end"));
        byte[] orphan = Files.readAllBytes(file(2));

        assertThat(append(Samples.state(3), Samples.note("m@1")).number()).isEqualTo(3);
        assertThat(file(2)).hasBinaryContent(orphan);
        assertThat(store.verify("m")).singleElement().asString().contains("000002.safetensors: not in the history");
    }

    @Test
    void aWriterRefusesADamagedHistoryAndLeavesItAsItIs() throws IOException {
        append(Samples.state(1), Samples.note());
        byte[] lines = Files.readAllBytes(history());
        lines[10] ^= 1;
        Files.write(history(), lines);
        assertThatThrownBy(() -> store.writer("m")).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(Kind.CORRUPT_FILE);
            assertThat(e.where().orElse("")).endsWith("history line 1");
        });
        assertRefused(Kind.CORRUPT_FILE, () -> store.tag("m", "good", 1));
        assertThat(history()).hasBinaryContent(lines);
        assertThat(file(1)).exists();
        // The lock was released.
        assertRefused(Kind.CORRUPT_FILE, () -> store.writer("m"));
    }

    @Test
    void damageOfAnyByteOfAFileIsNoticed() throws IOException {
        ModelVersion version = append(Samples.state(1), Samples.note());
        byte[] bytes = Files.readAllBytes(file(1));
        for (int i = 0; i < bytes.length; i++) {
            byte[] damaged = bytes.clone();
            damaged[i] ^= (byte) (1 << (i % 8));
            Files.write(file(1), damaged);
            assertRefused(Kind.CORRUPT_FILE, () -> store.load(version));
            assertThat(store.verify("m")).hasSize(1);
        }
    }

    @Test
    void aWrongLengthOrAMissingFileIsNamed() throws IOException {
        ModelVersion version = append(Samples.state(1), Samples.note());
        byte[] bytes = Files.readAllBytes(file(1));
        for (int length : new int[] {0, 7, bytes.length - 1, bytes.length + 1}) {
            Files.write(file(1), Arrays.copyOf(bytes, length));
            assertThatThrownBy(() -> store.load(version))
                    .hasMessageContaining("expected " + bytes.length + " bytes but found " + length);
            assertThat(store.verify("m")).hasSize(1);
        }
        Files.delete(file(1));
        assertRefused(Kind.CORRUPT_FILE, () -> store.load(version));
        assertThat(store.verify("m"))
                .singleElement()
                .asString()
                .contains("000001.safetensors")
                .contains("missing");
    }

    /** A way to lose the history of a model whose version files are there, and a word of the message about it. */
    private enum Loss {
        MISSING("missing") {
            @Override
            void of(Path history) throws IOException {
                Files.delete(history);
            }
        },
        EMPTY("empty") {
            @Override
            void of(Path history) throws IOException {
                Files.write(history, new byte[0]);
            }
        },
        ZEROS("only zeros") {
            @Override
            void of(Path history) throws IOException {
                Files.write(history, new byte[(int) Files.size(history)]);
            }
        },
        TORN("ends within its first line") {
            @Override
            void of(Path history) throws IOException {
                Files.write(history, Arrays.copyOf(Files.readAllBytes(history), 40));
            }
        },
        ONE_BIT("line feed") {
            @Override
            void of(Path history) throws IOException {
                String first = Files.readAllLines(history).get(0);
                Files.writeString(history, first + (char) ('\n' ^ 1));
            }
        },
        TEXT("ends within its first line") {
            @Override
            void of(Path history) throws IOException {
                Files.writeString(history, "not a history");
            }
        },
        LINES("checksum mismatch") {
            @Override
            void of(Path history) throws IOException {
                Files.writeString(history, "not\na history\n");
            }
        },
        DIRECTORY("is a directory") {
            @Override
            void of(Path history) throws IOException {
                Files.delete(history);
                Files.createDirectory(history);
            }
        },
        UNREADABLE("could not be read") {
            @Override
            void of(Path history) throws IOException {
                Files.delete(history);
                Files.createSymbolicLink(history, history);
            }
        };

        private final String words;

        Loss(String words) {
            this.words = words;
        }

        abstract void of(Path history) throws IOException;
    }

    @ParameterizedTest
    @EnumSource(Loss.class)
    void aLostHistoryIsDamageAndNothingIsCreated(Loss loss) throws IOException {
        append(Samples.state(1), Samples.note());
        append(Samples.state(2), Samples.note("m@1"));
        Files.delete(root.resolve("m").resolve("lock"));
        Files.delete(root.resolve("m").resolve("history.lock"));
        loss.of(history());
        List<String> before = names();

        assertThat(store.models()).containsExactly("m");
        for (ThrowingCallable call : List.<ThrowingCallable>of(
                () -> store.history("m"), () -> store.writer("m"), () -> store.tag("m", "live", 1))) {
            assertThatThrownBy(call)
                    .isInstanceOfSatisfying(
                            AccreteException.class,
                            e -> assertThat(e.line()).contains("history").doesNotContain("\n"));
        }
        assertThat(damage()).contains(loss.words);
        assertThat(names()).isEqualTo(before);

        store.remove("m");
        assertThat(root).isEmptyDirectory();
    }

    /** {@return what verify says, or why it cannot say more} */
    private String damage() {
        try {
            return String.join("; ", store.verify("m"));
        } catch (AccreteException e) {
            return e.line();
        }
    }

    @Test
    void aHistoryWithoutItsFilesIsDamage() throws IOException {
        append(Samples.state(1), Samples.note());
        append(Samples.state(2), Samples.note());
        Files.delete(file(2));
        assertRefused(Kind.CORRUPT_FILE, () -> store.tag("m", "live", 2));
        store.tag("m", "live", 1);
        Files.delete(file(1));
        assertRefused(Kind.CORRUPT_FILE, () -> store.history("m"));
        assertRefused(Kind.CORRUPT_FILE, () -> store.writer("m"));
        assertRefused(Kind.CORRUPT_FILE, () -> store.tag("m", "live", 1));
        assertThat(store.verify("m")).hasSize(2);
        assertThat(store.models()).containsExactly("m");
    }

    @Test
    void theHistoryOfAnotherModelIsDamage() throws IOException {
        append(Samples.state(1), Samples.note());
        try (ModelWriter writer = store.writer("other")) {
            writer.append(Samples.special(), Samples.note());
        }
        Files.copy(root.resolve("other").resolve("history"), history(), StandardCopyOption.REPLACE_EXISTING);
        assertRefused(Kind.CORRUPT_FILE, () -> store.history("m"));
        assertRefused(Kind.CORRUPT_FILE, () -> store.writer("m"));
        assertThat(store.verify("m"))
                .hasSize(2)
                .anyMatch(line -> line.contains("is another one"))
                .anyMatch(line -> line.contains("wrong length"));
    }

    @Test
    void aHistoryCutInTheMiddleIsDamage() throws IOException {
        for (int i = 1; i <= 3; i++) {
            append(Samples.state(i), Samples.note());
        }
        byte[] lines = Files.readAllBytes(history());
        Files.write(history(), Arrays.copyOf(lines, lines.length / 2));
        assertThat(store.verify("m"))
                .hasSize(3)
                .anyMatch(line -> line.contains("it has 1 of 3 lines"))
                .anyMatch(line -> line.contains("000002.safetensors: not in the history"))
                .anyMatch(line -> line.contains("000003.safetensors: not in the history"));
    }

    @Test
    void theFirstAppendNeverLooksLikeDamage() throws InterruptedException {
        AtomicReference<Throwable> failed = new AtomicReference<>();
        AtomicBoolean isOver = new AtomicBoolean();
        Thread reader = new Thread(() -> {
            try {
                while (!isOver.get()) {
                    for (String model : store.models()) {
                        assertThat(store.history(model).versions()).hasSize(1);
                        assertThat(store.verify(model)).isEmpty();
                    }
                }
            } catch (AccreteException | AssertionError e) {
                failed.set(e);
            }
        });
        reader.start();
        for (int i = 0; i < 50 && failed.get() == null; i++) {
            try (ModelWriter writer = store.writer("m" + i)) {
                writer.append(Samples.state(1), Samples.note());
            }
        }
        isOver.set(true);
        reader.join();
        assertThat(failed.get()).isNull();
    }

    @Test
    void verifyNamesEachDamageOnce() throws IOException {
        for (int i = 1; i <= 5; i++) {
            append(Samples.state(i), Samples.note());
        }
        Files.delete(file(1));
        Files.write(file(2), new byte[3]);
        byte[] bytes = Files.readAllBytes(file(3));
        bytes[bytes.length - 1] ^= 1;
        Files.write(file(3), bytes);
        List<String> lines = Files.readAllLines(history());
        lines.set(4, lines.get(4).replace("\"rows_seen\":10", "\"rows_seen\":99"));
        Files.write(history(), lines);
        List<String> found = store.verify("m");
        assertThat(found).hasSize(4);
        assertThat(found.get(0)).contains("history line 5: checksum mismatch");
        assertThat(found.get(1)).contains("000001.safetensors").contains("missing");
        assertThat(found.get(2)).contains("000002.safetensors").contains("wrong length");
        assertThat(found.get(3)).contains("000003.safetensors").contains("checksum mismatch");
    }

    @Test
    void aFileOfAnotherFormatIsToldApartFromDamage() throws IOException {
        assertFormat("3", Kind.FILE_TOO_NEW);
        assertFormat("1", Kind.FILE_TOO_OLD);
        assertFormat("one", Kind.CORRUPT_FILE);
    }

    /** Changes the format in a file and the history accordingly, as another release would have written both. */
    private void assertFormat(String format, Kind kind) throws IOException {
        String model = "format-" + format;
        try (ModelWriter writer = store.writer(model)) {
            writer.append(Samples.state(1), Samples.note());
        }
        ModelVersion version = store.history(model).latest().orElseThrow();
        Path file = root.resolve(model).resolve("000001.safetensors");
        byte[] bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1)
                .replace("\"accrete.format\":\"2\"", "\"accrete.format\":\"" + format + "\"")
                .getBytes(StandardCharsets.ISO_8859_1);
        if (format.length() == 3) {
            bytes = new String(bytes, StandardCharsets.ISO_8859_1)
                    .replaceFirst("  ([^ ])", "$1")
                    .getBytes(StandardCharsets.ISO_8859_1);
        }
        Files.write(file, bytes);
        String sha256 = Hashing.sha256().hashBytes(bytes).toString();
        ModelVersion changed = new ModelVersion(model, 1, version.created(), version.note(), bytes.length, sha256);
        Files.write(
                root.resolve(model).resolve("history"), HistoryFile.encode(new HistoryLine.Appended(changed, true), 0));
        Files.delete(root.resolve(model).resolve("history.end"));
        assertRefused(kind, () -> store.load(changed));
        assertThat(store.verify(model)).hasSize(2);
    }

    @Test
    void theProviderIsFoundByName() {
        ModelStoreProvider provider = ServiceLoader.load(ModelStoreProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(found -> found.name().equals("directory"))
                .findFirst()
                .orElseThrow();
        assertThat(provider.summary()).isNotBlank();
        ModelStore opened = provider.open(root.toString(), Params.of(provider.params()));
        assertThat(opened.name()).isEqualTo(root.toString());
        assertRefused(Kind.BAD_ARGUMENT, () -> provider.open(" ", Params.of(provider.params())));
        assertRefused(Kind.BAD_ARGUMENT, () -> provider.open("\0", Params.of(provider.params())));
    }

    private ModelVersion append(State state, Note note) {
        try (ModelWriter writer = store.writer("m")) {
            return writer.append(state, note);
        }
    }

    private long live() {
        return store.history("m").live().orElseThrow().number();
    }

    private Path file(int number) {
        return root.resolve("m").resolve(Names.file(number));
    }

    private Path history() {
        return root.resolve("m").resolve("history");
    }

    private List<String> names() {
        try (Stream<Path> paths = Files.list(root.resolve("m"))) {
            return paths.map(path -> path.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void assertRefused(Kind kind, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).as(e.line()).isEqualTo(kind);
            assertThat(e.line()).doesNotContain("\n\n");
        });
    }
}
