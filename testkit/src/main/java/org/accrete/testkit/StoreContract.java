package org.accrete.testkit;

import static org.accrete.testkit.RefusalAssert.assertRefused;
import static org.accrete.testkit.StateAssert.assertSameState;
import static org.accrete.testkit.StoreFixtures.appendVersions;
import static org.accrete.testkit.StoreFixtures.liveNumber;
import static org.accrete.testkit.StoreFixtures.note;
import static org.accrete.testkit.StoreFixtures.testState;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.store.VersionFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The laws of a {@link ModelStore}. A test class implements this interface, opens the store and inherits all laws:
 *
 * <pre>{@code
 * class FileStoreTest implements StoreContract {
 *     @TempDir
 *     Path folder;
 *
 *     @Override
 *     public ModelStore open() {
 *         return new FileStore(folder);
 *     }
 * }
 * }</pre>
 *
 * <p>Within one test every {@link #open()} opens the same store, which is empty at first; each test has its own. The
 * test of a plug-in also implements {@link ProviderContract}. Failures of one kind of store, such as torn files or a
 * full disk, belong in its own tests.
 */
@ExtendWith(RunSeed.class)
public interface StoreContract {
    /** {@return the store under test, open; the caller closes it} */
    ModelStore open();

    /**
     * {@return a value that changes when anything at the location of the store changes, such as a list of its files}
     */
    default Object footprint() {
        try (ModelStore store = open()) {
            return store.models();
        }
    }

    /**
     * Damages a stored version without going through the store, if the test can do that.
     *
     * @param version a version in the store
     * @return whether the version was damaged
     */
    default boolean damage(ModelVersion version) {
        return false;
    }

    // ---- round trips ----

    /** A new store and an unknown model are empty without an error. */
    @Test
    default void newStoreIsEmpty() {
        try (ModelStore store = open()) {
            assertThat(store.name()).isNotBlank();
            assertThat(store.models()).isEmpty();
            History history = store.history("nobody");
            assertThat(history.model()).isEqualTo("nobody");
            assertThat(history.versions()).isEmpty();
            assertThat(history.aliases()).isEmpty();
            assertThat(history.moves()).isEmpty();
        }
    }

    /** All types of tensors keep each bit: NaN payloads, signed zeros, subnormals, extremes. */
    @Test
    default void tensorsRoundTripBitForBit() {
        double[] doubles = {
            0.0,
            -0.0,
            Double.MIN_VALUE,
            -Double.MAX_VALUE,
            Double.NEGATIVE_INFINITY,
            Math.PI,
            Double.longBitsToDouble(0x7ff8_0000_dead_beefL),
            Double.longBitsToDouble(0xfff8_1234_5678_9abcL)
        };
        float[] floats = {
            0f, -0f, Float.MIN_VALUE, Float.MAX_VALUE, Float.POSITIVE_INFINITY, Float.intBitsToFloat(0x7fc0_beef)
        };
        long[] longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0x0102_0304_0506_0708L, 1L << 53};
        assertRoundTrip(State.builder()
                .doubles("coef", doubles, 2, 4)
                .tensor("small", Tensor.of(floats, 1, 3, 2))
                .longs("counts", longs, 6, 1)
                .number("one", 0.1)
                .whole("whole", 7)
                .build());
    }

    /** Tensors without elements keep their shapes. */
    @Test
    default void emptyTensorsRoundTrip() {
        assertRoundTrip(State.builder()
                .doubles("none", new double[0])
                .doubles("no-rows", new double[0], 0, 5)
                .longs("no-columns", new long[0], 3, 0)
                .tensor("small", Tensor.of(new float[0], 2, 0, 2))
                .number("after", 1.5)
                .build());
        assertRoundTrip(State.builder().text("only", "a text").build());
        assertRoundTrip(State.builder().number("only", 1).build());
        assertRoundTrip(State.builder().build());
    }

    /** Texts may have any characters and any length, names may have dots, hyphens and non-ASCII letters. */
    @Test
    default void textsRoundTrip() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x180; c++) {
            all.append(c);
        }
        assertRoundTrip(State.builder()
                .text("empty", "")
                .text("lines", "one\ntwo\r\nthree\\n\"quoted\"\t{}[]:,")
                .text("characters", all.toString())
                .text("beyond", "žluťoučký kůň 統計 \uD83D\uDC0E \u2028\uFEFF")
                .text("long", "0123456789".repeat(20_000))
                .list("labels", List.of("a", "", "b\nc", "\\"))
                .text("größe.in-cm", "180")
                .number("standard-scaler.größe", 1.8)
                .build());
    }

    /** A tensor may be larger than an I/O buffer. */
    @Test
    default void largeTensorsRoundTrip() {
        double[] numbers = new double[100_003];
        long[] wholes = new long[33_333];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i * 0.1;
            wholes[i % wholes.length] += i;
        }
        assertRoundTrip(State.builder()
                .doubles("a", numbers)
                .longs("b", wholes)
                .doubles("c", numbers)
                .build());
    }

    private void assertRoundTrip(State state) {
        ModelVersion version;
        try (ModelStore store = open()) {
            try (ModelWriter writer = store.writer("m")) {
                version = writer.append(state, note(Optional.empty(), 1));
                assertSameState("a version just appended", store.load(version), state, 0);
            }
            assertSameState("a version read later", store.load(version), state, 0);
            assertThat(store.verify("m")).as("damage").isEmpty();
        }
        try (ModelStore again = open()) {
            assertSameState("a version read by another store", again.load(version), state, 0);
        }
    }

    /** A version keeps what its writer noted and what the store added. */
    @Test
    default void versionMetadataRoundTrips() {
        Map<String, Double> metrics = new LinkedHashMap<>();
        metrics.put("log_loss", 0.1 + 0.2);
        metrics.put("tiny", Double.MIN_VALUE);
        metrics.put("negative_zero", -0.0);
        metrics.put("large", 1e300);
        ModelVersion.Note note = new ModelVersion.Note(Optional.empty(), "sgd-classifier", 1L << 40, metrics);
        // Some stores keep no more than milliseconds.
        Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        try (ModelStore store = open();
                ModelWriter writer = store.writer("facts")) {
            ModelVersion version = writer.append(testState(1), note);
            assertThat(version.model()).isEqualTo("facts");
            assertThat(version.number()).isEqualTo(1);
            assertThat(version.note()).isEqualTo(note);
            assertThat(version.created()).isBetween(before, Instant.now());
            assertThat(version.length()).isPositive();
            assertThat(version.sha256()).matches("[0-9a-f]{64}");
            ModelVersion next = writer.append(testState(2), note(Optional.of(version.reference()), 2));
            assertThat(store.history("facts").versions()).containsExactly(version, next);
        }
        try (ModelStore again = open()) {
            assertThat(again.history("facts").versions().get(0).note()).isEqualTo(note);
        }
    }

    /** A store that is opened again has the same contents. */
    @Test
    default void reopenedStoreIsUnchanged() {
        History history;
        try (ModelStore store = open()) {
            appendVersions(store, "m", 1, 2, 3);
            store.tag("m", "best", 2);
            history = store.history("m");
        }
        try (ModelStore again = open()) {
            assertThat(again.history("m")).isEqualTo(history);
            assertThat(again.models()).containsExactly("m");
            for (ModelVersion version : history.versions()) {
                assertSameState(version.reference(), again.load(version), testState((int) version.number()), 0);
            }
        }
    }

    /** An appended version never changes. */
    @Test
    default void laterVersionsDoNotChangeEarlierOnes() {
        try (ModelStore store = open()) {
            ModelVersion first = appendVersions(store, "m", 1);
            History before = store.history("m");
            appendVersions(store, "m", 2, 3);
            store.tag("m", "best", 3);
            assertThat(before.versions())
                    .as("versions of a history read before")
                    .containsExactly(first);
            assertThat(store.history("m").versions().get(0)).isEqualTo(first);
            assertSameState("version 1", store.load(first), testState(1), 0);
        }
    }

    /** Each model has its own versions, and the list of models is sorted. */
    @Test
    default void modelsAreIndependent() {
        try (ModelStore store = open()) {
            appendVersions(store, "b", 1);
            appendVersions(store, "a.2", 2, 3);
            appendVersions(store, "a", 4);
            assertThat(store.models()).containsExactly("a", "a.2", "b");
            assertThat(store.history("a.2").versions()).hasSize(2);
            assertSameState("a", store.load(store.history("a").versions().get(0)), testState(4), 0);
            assertSameState("b", store.load(store.history("b").versions().get(0)), testState(1), 0);
        }
    }

    // ---- numbers, parents and aliases ----

    /** Versions are numbered from 1 without gaps, whoever writes and wherever aliases point. */
    @Test
    default void numbersAreNeverReused() {
        for (int expected = 1; expected <= 3; expected++) {
            try (ModelStore store = open()) {
                ModelVersion version = appendVersions(store, "m", expected);
                assertThat(version.number()).as("number of a further version").isEqualTo(expected);
                store.tag("m", History.LIVE, 1);
            }
        }
        try (ModelStore store = open()) {
            assertThat(store.history("m").versions())
                    .extracting(ModelVersion::number)
                    .containsExactly(1L, 2L, 3L);
        }
    }

    /** A child of the live version becomes live. */
    @Test
    default void liveFollowsItsChildren() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            String parent = "";
            for (int i = 1; i <= 3; i++) {
                ModelVersion version =
                        writer.append(testState(i), note(Optional.of(parent).filter(word -> !word.isEmpty()), i));
                assertThat(store.history("m").live())
                        .as("live after version %s", i)
                        .hasValue(version);
                assertThat(store.history("m").latest()).hasValue(version);
                parent = version.reference();
            }
        }
    }

    /** A trainer that is still running does not undo a rollback. */
    @Test
    default void staleParentDoesNotMoveLive() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            writer.append(testState(1), note(Optional.empty(), 1));
            writer.append(testState(2), note(Optional.of("m@1"), 2));
            store.tag("m", History.LIVE, 1);
            writer.append(testState(3), note(Optional.of("m@2"), 3));
            assertThat(liveNumber(store))
                    .as("live after a child of what was rolled back")
                    .isEqualTo(1);
            writer.append(testState(4), note(Optional.of("m@3"), 4));
            assertThat(liveNumber(store)).as("live after a grandchild").isEqualTo(1);
            writer.append(testState(5), note(Optional.of("m@1"), 5));
            assertThat(liveNumber(store)).as("live after a child of it").isEqualTo(5);
        }
    }

    /** A version that is appended without a parent becomes a child of the newest version. */
    @Test
    default void versionWithoutParentFollowsTheNewest() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            ModelVersion first = writer.append(testState(1), note(Optional.empty(), 1));
            assertThat(first.note().parent()).as("parent of the first version").isEmpty();
            ModelVersion second = writer.append(testState(2), note(Optional.empty(), 2));
            assertThat(second.note().parent())
                    .as("parent of the second version")
                    .hasValue("m@1");
            assertThat(liveNumber(store)).as("live after the second version").isEqualTo(2);
            store.tag("m", History.LIVE, 1);
            ModelVersion third = writer.append(testState(3), note(Optional.empty(), 3));
            assertThat(third.note().parent()).as("parent after a rollback").hasValue("m@2");
            assertThat(liveNumber(store)).as("live after a rollback").isEqualTo(1);
            assertThat(store.history("m").versions()).containsExactly(first, second, third);
        }
    }

    /** Except for the first version, a child of another model does not become live. */
    @Test
    default void childOfAnotherModelDoesNotMoveLive() {
        try (ModelStore store = open()) {
            appendVersions(store, "other", 1);
            try (ModelWriter writer = store.writer("m")) {
                writer.append(testState(1), note(Optional.of("other@1"), 1));
                assertThat(liveNumber(store)).as("live after the first version").isEqualTo(1);
                writer.append(testState(2), note(Optional.of("other@1"), 2));
                assertThat(liveNumber(store))
                        .as("live after the second version")
                        .isEqualTo(1);
            }
        }
    }

    /** An unknown parent is refused, and the writer stays usable. */
    @Test
    default void unknownParentIsRefused() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            assertRefused(
                    "a parent before the first version",
                    AccreteException.Kind.BAD_ARGUMENT,
                    () -> writer.append(testState(1), note(Optional.of("m@1"), 1)));
            assertThat(store.history("m").versions())
                    .as("versions after a refusal")
                    .isEmpty();
            writer.append(testState(1), note(Optional.empty(), 1));
            History before = store.history("m");
            assertRefused(
                    "an unknown parent",
                    AccreteException.Kind.BAD_ARGUMENT,
                    () -> writer.append(testState(2), note(Optional.of("m@7"), 2)));
            assertThat(store.history("m")).as("the history after a refusal").isEqualTo(before);
            ModelVersion next = writer.append(testState(3), note(Optional.of("m@1"), 3));
            assertThat(liveNumber(store)).isEqualTo(next.number());
        }
    }

    /** Aliases move to any version, and the history keeps each move in order. */
    @Test
    default void aliasesMove() {
        try (ModelStore store = open()) {
            appendVersions(store, "m", 1, 2, 3);
            int before = store.history("m").moves().size();
            store.tag("m", "best", 3);
            store.tag("m", "best", 1);
            store.tag("m", "a-b-2", 2);
            store.tag("m", History.LIVE, 2);
            History history = store.history("m");
            assertThat(history.resolve("best").number()).isEqualTo(1);
            assertThat(history.resolve("a-b-2").number()).isEqualTo(2);
            assertThat(history.resolve("").number()).isEqualTo(2);
            assertThat(history.resolve(History.LATEST).number()).isEqualTo(3);
            assertThat(history.moves().subList(before, history.moves().size()))
                    .extracting(move -> move.alias() + " " + move.number())
                    .containsExactly("best 3", "best 1", "a-b-2 2", "live 2");
        }
    }

    /** What is said of a move and of a version is kept, and each of them changes the revision. */
    @Test
    default void whatIsSaidIsKept() {
        ModelVersion.Note note = new ModelVersion.Note(
                Optional.empty(),
                "test-learner",
                7,
                Map.of("log_loss", 0.5),
                Map.of("log_loss", 0.25),
                ModelVersion.Verdict.PASSED,
                Map.of("source", "a \"b\"\n", "rows_from", "1"));
        History.Reason reason = new History.Reason("labels of Tuesday were flipped", true);
        List<Long> revisions = new ArrayList<>();
        try (ModelStore store = open()) {
            revisions.add(store.revision("m"));
            try (ModelWriter writer = store.writer("m")) {
                writer.append(testState(1), note);
            }
            revisions.add(store.revision("m"));
            store.tag("m", "best", 1);
            revisions.add(store.revision("m"));
            store.tag("m", History.LIVE, 1, reason);
            revisions.add(store.revision("m"));
            assertThat(store.revision("m")).isEqualTo(revisions.get(3));
        }
        assertThat(revisions).as("revisions").doesNotHaveDuplicates().startsWith(0L);
        try (ModelStore store = open()) {
            History history = store.history("m");
            assertThat(history.versions().get(0).note()).isEqualTo(note);
            assertThat(history.moves())
                    .extracting(History.Move::reason)
                    .containsExactly(Optional.empty(), Optional.of(History.Reason.NONE), Optional.of(reason));
            assertThat(history.moves()).extracting(History.Move::newest).containsOnly(1L);
            assertThat(history.rollback()).map(History.Move::number).contains(1L);
        }
    }

    /** A version that a gate refused does not become live; the next one that passes does. */
    @Test
    default void refusedVersionIsNotLive() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            ModelVersion.Verdict[] verdicts = {
                ModelVersion.Verdict.PASSED,
                ModelVersion.Verdict.REFUSED,
                ModelVersion.Verdict.REFUSED,
                ModelVersion.Verdict.PASSED
            };
            List<Long> live = new ArrayList<>();
            for (ModelVersion.Verdict verdict : verdicts) {
                writer.append(
                        testState(1),
                        new ModelVersion.Note(Optional.empty(), "l", 1, Map.of(), Map.of(), verdict, Map.of()));
                live.add(liveNumber(store));
            }
            assertThat(live).as("live after passed, refused, refused, passed").containsExactly(1L, 1L, 1L, 4L);
            // Whoever goes back by hand is not overruled by a trainer that does not know it yet.
            store.tag("m", History.LIVE, 1);
            writer.append(
                    testState(1),
                    new ModelVersion.Note(
                            Optional.empty(), "l", 1, Map.of(), Map.of(), ModelVersion.Verdict.PASSED, Map.of()));
            assertThat(liveNumber(store)).isEqualTo(1);
        }
    }

    /** {@code latest}, numbers, invalid names and unknown versions are refused. */
    @Test
    default void invalidAliasIsRefused() {
        try (ModelStore store = open()) {
            appendVersions(store, "m", 1);
            History before = store.history("m");
            for (String alias : List.of(History.LATEST, "1", "007", "", "Best", "a b", "a/b", "../x", "ä", "a\nb")) {
                assertRefused(
                        "alias '" + alias + "'", AccreteException.Kind.BAD_ARGUMENT, () -> store.tag("m", alias, 1));
            }
            for (long number : new long[] {0, 2, -1, Long.MAX_VALUE}) {
                assertRefused(
                        "an alias of version " + number,
                        AccreteException.Kind.BAD_ARGUMENT,
                        () -> store.tag("m", "best", number));
            }
            assertRefused(
                    "an alias of an unknown model",
                    AccreteException.Kind.BAD_ARGUMENT,
                    () -> store.tag("nobody", "best", 1));
            assertThat(store.history("m")).as("the history after refusals").isEqualTo(before);
            assertThat(store.models()).containsExactly("m");
        }
    }

    // ---- writers and readers ----

    /** A model has one writer at a time, also across open stores. Closing it frees the model. */
    @Test
    default void secondWriterIsRefused() {
        try (ModelStore store = open();
                ModelStore other = open()) {
            ModelWriter writer = store.writer("m");
            assertRefused("a second writer", AccreteException.Kind.BAD_STATE, () -> store.writer("m"));
            assertRefused(
                    "a second writer of another open store", AccreteException.Kind.BAD_STATE, () -> other.writer("m"));
            other.writer("n").close();
            writer.append(testState(1), note(Optional.empty(), 1));
            assertRefused("a second writer after an append", AccreteException.Kind.BAD_STATE, () -> other.writer("m"));
            writer.close();
            ModelWriter next = other.writer("m");
            // A second close must not release the lock of the next writer.
            writer.close();
            assertRefused(
                    "a writer while the next one is open", AccreteException.Kind.BAD_STATE, () -> store.writer("m"));
            assertThat(next.append(testState(2), note(Optional.of("m@1"), 2)).number())
                    .isEqualTo(2);
            next.close();
        }
    }

    /** A closed writer could otherwise write at the same time as the next one. */
    @Test
    default void closedWriterRefusesToAppend() {
        try (ModelStore store = open()) {
            ModelWriter writer = store.writer("m");
            writer.append(testState(1), note(Optional.empty(), 1));
            writer.close();
            AccreteException refusal = catchThrowableOfType(
                    AccreteException.class, () -> writer.append(testState(2), note(Optional.of("m@1"), 2)));
            assertThat(refusal).as("a closed writer must be refused").isNotNull();
            assertThat(store.history("m").versions()).hasSize(1);
        }
    }

    /** A writer that appended nothing leaves the store unchanged. */
    @Test
    default void unusedWriterLeavesNoTrace() {
        try (ModelStore store = open()) {
            ModelWriter writer = store.writer("m");
            assertThat(store.models()).as("models while a writer is open").isEmpty();
            assertThat(store.history("m").versions()).isEmpty();
            writer.close();
            assertThat(store.models()).as("models after it was closed").isEmpty();
            assertThat(store.history("m").versions()).isEmpty();
            assertThat(store.verify("m")).isEmpty();
        }
    }

    /** A removed model is gone with all of its versions; others stay; its name can be used again from version 1. */
    @Test
    default void removedModelIsGone() {
        try (ModelStore store = open();
                ModelStore other = open()) {
            appendVersions(store, "m", 1, 2);
            ModelVersion kept = appendVersions(store, "n", 3);
            store.tag("m", "best", 1);
            store.remove("m");
            for (ModelStore one : List.of(store, other)) {
                assertThat(one.models()).as("models after a removal").containsExactly("n");
                assertThat(one.history("m").versions()).isEmpty();
                assertThat(one.history("m").aliases()).isEmpty();
            }
            assertSameState("a model beside a removed one", store.load(kept), testState(3), 0);
            assertRefused("the removal of no model", AccreteException.Kind.BAD_ARGUMENT, () -> store.remove("m"));
            assertThat(appendVersions(store, "m", 4).number())
                    .as("the first number after a removal")
                    .isEqualTo(1);
            assertThat(store.history("m").aliases()).containsOnlyKeys("live");
        }
    }

    /** A model that somebody writes cannot be removed, and loses nothing by the attempt. */
    @Test
    default void modelBeingWrittenIsNotRemoved() {
        try (ModelStore store = open();
                ModelStore other = open()) {
            ModelWriter writer = store.writer("m");
            ModelVersion version = writer.append(testState(1), note(Optional.empty(), 1));
            assertRefused(
                    "the removal of a model being written", AccreteException.Kind.BAD_STATE, () -> other.remove("m"));
            assertSameState("a model whose removal was refused", store.load(version), testState(1), 0);
            writer.close();
            other.remove("m");
            assertThat(store.models()).isEmpty();
        }
    }

    /** Readers and alias moves do not wait for the writer. */
    @Test
    default void readersSeeEachVersionWhileTheWriterIsOpen() {
        try (ModelStore store = open();
                ModelStore reader = open();
                ModelWriter writer = store.writer("m")) {
            Optional<String> parent = Optional.empty();
            for (int i = 1; i <= 3; i++) {
                ModelVersion version = writer.append(testState(i), note(parent, i));
                parent = Optional.of(version.reference());
                assertThat(reader.models()).containsExactly("m");
                assertThat(reader.history("m").latest()).hasValue(version);
                assertSameState("a version read while its writer is open", reader.load(version), testState(i), 0);
                reader.tag("m", "seen", i);
                assertThat(store.history("m").resolve("seen")).isEqualTo(version);
            }
        }
    }

    /** A history read during an append is consistent, and its versions are complete. */
    @Test
    default void readersNeverSeeAPartialVersion() throws InterruptedException {
        int versions = 20;
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicInteger progress = new AtomicInteger();
        Thread thread = new Thread(() -> {
            try (ModelStore reader = open()) {
                int seen = 0;
                while (seen < versions
                        && failure.get() == null
                        && !Thread.currentThread().isInterrupted()) {
                    History history = reader.history("m");
                    assertThat(history.versions().size())
                            .as("versions, never fewer")
                            .isGreaterThanOrEqualTo(seen);
                    seen = history.versions().size();
                    for (int i = 0; i < seen; i++) {
                        assertThat(history.versions().get(i).number()).isEqualTo(i + 1);
                    }
                    if (seen > 0) {
                        ModelVersion last = history.versions().get(seen - 1);
                        assertSameState(last.reference(), reader.load(last), testState(seen), 0);
                        assertThat(history.live()).as("live").hasValue(last);
                    }
                    progress.set(seen);
                }
            } catch (Throwable e) {
                failure.set(e);
            } finally {
                progress.set(versions);
            }
        });
        thread.setDaemon(true);
        thread.start();
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            for (int i = 1; i <= versions; i++) {
                Optional<String> parent = i == 1 ? Optional.empty() : Optional.of("m@" + (i - 1));
                writer.append(testState(i), note(parent, i));
                // Keeps the writer at most one version ahead of the reader.
                while (progress.get() < i - 1) {
                    Thread.onSpinWait();
                }
            }
        }
        thread.join(TimeUnit.SECONDS.toMillis(20));
        boolean hung = thread.isAlive();
        thread.interrupt();
        if (failure.get() != null) {
            throw new AssertionError("a reader during a write: " + failure.get(), failure.get());
        }
        assertThat(hung).as("the reader still waits for the last version").isFalse();
    }

    /** An invalid name, or one that leads out of the store, is refused before anything is written. */
    @Test
    default void invalidNameIsRefused() {
        Object before = footprint();
        try (ModelStore store = open()) {
            for (String name : StoreFixtures.INVALID_NAMES) {
                String what = "a model named '" + name + "'";
                assertRefused(what, AccreteException.Kind.BAD_ARGUMENT, () -> store.writer(name));
                assertRefused(what, AccreteException.Kind.BAD_ARGUMENT, () -> store.history(name));
                assertRefused(what, AccreteException.Kind.BAD_ARGUMENT, () -> store.tag(name, "best", 1));
                assertRefused(what, AccreteException.Kind.BAD_ARGUMENT, () -> store.verify(name));
            }
        }
        assertThat(footprint()).as("the location of the store after refusals").isEqualTo(before);
    }

    /** The longest and the most unusual valid names are accepted. */
    @Test
    default void everyValidNameIsAccepted() {
        List<String> names = new ArrayList<>(List.of("0", "A", "a.b", "a-b_c.d", "v1.2.3-rc_1", "n".repeat(100)));
        try (ModelStore store = open()) {
            for (String name : names) {
                assertThatCode(() -> appendVersions(store, name, 1)).as(name).doesNotThrowAnyException();
            }
            names.sort(null);
            assertThat(store.models()).isEqualTo(names);
        }
    }

    // ---- removing, copying and repairing ----

    /** A pruned version is gone for readers, its number stays used, and all else stays as it was. */
    @Test
    default void prunedVersionsAreGone() {
        History before;
        try (ModelStore store = open();
                ModelStore other = open();
                ModelWriter writer = store.writer("m")) {
            for (int i = 1; i <= 6; i++) {
                writer.append(testState(i), note(Optional.empty(), i));
            }
            store.tag("m", "best", 2);
            before = store.history("m");
            long revision = store.revision("m");
            List<ModelVersion> gone = List.of(
                    before.versions().get(0),
                    before.versions().get(2),
                    before.versions().get(3));
            // Works while somebody writes; what is gone already counts as done.
            assertThat(other.prune("m", List.of(3L))).containsExactly(gone.get(1));
            assertThat(other.prune("m", List.of(4L, 1L, 3L))).containsExactly(gone.get(0), gone.get(2));
            assertThat(store.prune("m", List.of(1L, 3L, 4L))).isEmpty();
            assertThat(store.prune("m", List.of())).isEmpty();
            assertThat(store.revision("m")).as("revision after pruning").isNotEqualTo(revision);
            assertThat(store.verify("m")).as("damage").isEmpty();
            for (ModelVersion version : gone) {
                assertRefused("a pruned version", AccreteException.Kind.BAD_ARGUMENT, () -> store.load(version));
                assertRefused(
                        "the bytes of a pruned version", AccreteException.Kind.BAD_ARGUMENT, () -> store.open(version));
                assertRefused(
                        "an alias of a pruned version",
                        AccreteException.Kind.BAD_ARGUMENT,
                        () -> store.tag("m", "old", version.number()));
            }
            // A trainer that goes on from a version does not lose its work when that is pruned.
            assertThat(writer.append(testState(7), note(Optional.of("m@3"), 7)).number())
                    .isEqualTo(7);
        }
        try (ModelStore again = open()) {
            History history = again.history("m");
            assertThat(history.versions().subList(0, 3))
                    .containsExactly(
                            before.versions().get(1),
                            before.versions().get(4),
                            before.versions().get(5));
            assertThat(history.removed().keySet()).containsExactly(1L, 3L, 4L);
            assertThat(history.removed()).containsValue(History.Removal.PRUNED);
            assertThat(history.aliases()).isEqualTo(before.aliases());
            assertThat(history.moves()).isEqualTo(before.moves());
            for (ModelVersion version : history.versions()) {
                assertSameState(version.reference(), again.load(version), testState((int) version.number()), 0);
            }
            assertThat(appendVersions(again, "m", 8).number()).isEqualTo(8);
        }
    }

    /** A version that is needed, or was never there, is not pruned, and neither are the others that were asked for. */
    @Test
    default void neededVersionsAreNotPruned() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            for (int i = 1; i <= 6; i++) {
                ModelVersion.Verdict verdict = i > 3 ? ModelVersion.Verdict.REFUSED : ModelVersion.Verdict.PASSED;
                writer.append(
                        testState(i),
                        new ModelVersion.Note(Optional.empty(), "l", i, Map.of(), Map.of(), verdict, Map.of()));
            }
            store.tag("m", "best", 1);
            History before = store.history("m");
            for (long number : new long[] {1, 3, 4, 5, 6, 7, 0, -1}) {
                assertRefused(
                        "the removal of version " + number,
                        AccreteException.Kind.BAD_ARGUMENT,
                        () -> store.prune("m", List.of(2L, number)));
            }
            assertRefused(
                    "a version of an unknown model",
                    AccreteException.Kind.BAD_ARGUMENT,
                    () -> store.prune("nobody", List.of(1L)));
            assertThat(store.history("m")).as("the history after refusals").isEqualTo(before);
            assertThat(store.models()).containsExactly("m");
            store.prune("m", List.of(2L));
            writer.append(
                    testState(7),
                    new ModelVersion.Note(
                            Optional.empty(), "l", 7, Map.of(), Map.of(), ModelVersion.Verdict.PASSED, Map.of()));
            assertThat(liveNumber(store)).as("live after a version that passed").isEqualTo(7);
        }
    }

    /** A version that is copied to a model of another store is the same version, byte for byte. */
    @Test
    default void copiedVersionIsTheSame() throws IOException {
        ModelVersion.Note note = new ModelVersion.Note(
                Optional.of("m@2"),
                "test-learner",
                7,
                Map.of("log_loss", 0.5),
                Map.of("log_loss", 0.25),
                ModelVersion.Verdict.PASSED,
                Map.of("source", "a \"b\"\n"));
        Instant created = Instant.parse("2026-11-20T12:00:00.125Z");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ModelVersion third = VersionFile.write(testState(3), "m", 3, created, note, Channels.newChannel(bytes));
        ModelVersion last;
        try (ModelStore store = open()) {
            try (ModelWriter writer = store.writer("m")) {
                writer.copy(third, true, new ByteArrayInputStream(bytes.toByteArray()));
                assertThat(store.history("m").versions()).containsExactly(third);
                assertThat(liveNumber(store)).isEqualTo(3);
                last = writer.append(testState(4), note(Optional.empty(), 4));
                assertThat(last.number()).as("number after a copy").isEqualTo(4);
            }
            ByteArrayOutputStream fifth = new ByteArrayOutputStream();
            ModelVersion copied = VersionFile.write(testState(5), "m", 5, created, note, Channels.newChannel(fifth));
            try (ModelWriter writer = store.writer("m")) {
                writer.copy(copied, false, new ByteArrayInputStream(fifth.toByteArray()));
            }
            assertThat(liveNumber(store))
                    .as("live after a copy that does not move it")
                    .isEqualTo(4);
        }
        try (ModelStore again = open()) {
            assertThat(again.history("m").versions()).hasSize(3).startsWith(third, last);
            assertSameState("a copy", again.load(third), testState(3), 0);
            try (InputStream in = again.open(third)) {
                assertThat(in.readAllBytes()).as("bytes of a copy").isEqualTo(bytes.toByteArray());
            }
            try (InputStream in = again.open(last)) {
                VersionFile.check(last, in);
            }
            assertThat(again.verify("m")).isEmpty();
        }
    }

    /** What is not what it is said to be is not copied, nor what would not fit. */
    @Test
    default void unfitCopyIsRefused() throws IOException {
        Instant created = Instant.parse("2026-11-20T12:00:00Z");
        ModelVersion.Note note = note(Optional.empty(), 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ModelVersion second = VersionFile.write(testState(2), "m", 2, created, note, Channels.newChannel(out));
        byte[] bytes = out.toByteArray();
        byte[] changed = bytes.clone();
        changed[bytes.length - 3] ^= 4;
        try (ModelStore store = open()) {
            appendVersions(store, "m", 1);
            History before = store.history("m");
            try (ModelWriter writer = store.writer("m")) {
                for (byte[] unfit : List.of(
                        changed,
                        Arrays.copyOf(bytes, bytes.length - 1),
                        Arrays.copyOf(bytes, bytes.length + 1),
                        new byte[0])) {
                    assertRefused(
                            "damaged bytes",
                            AccreteException.Kind.CORRUPT_FILE,
                            () -> writer.copy(second, true, new ByteArrayInputStream(unfit)));
                }
                ModelVersion first = VersionFile.write(
                        testState(2), "m", 1, created, note, Channels.newChannel(OutputStream.nullOutputStream()));
                ModelVersion another = VersionFile.write(
                        testState(2), "n", 2, created, note, Channels.newChannel(OutputStream.nullOutputStream()));
                for (ModelVersion unfit : List.of(first, another)) {
                    assertRefused(
                            unfit.reference(),
                            AccreteException.Kind.BAD_ARGUMENT,
                            () -> writer.copy(unfit, true, new ByteArrayInputStream(bytes)));
                }
                assertThat(store.history("m")).as("the history after refusals").isEqualTo(before);
                writer.copy(second, true, new ByteArrayInputStream(bytes));
            }
            assertThat(store.history("m").versions()).hasSize(2);
            assertThat(store.verify("m")).isEmpty();
        }
    }

    /** A repair sets aside what is damaged, keeps the rest, and leaves no damage. */
    @Test
    default void repairKeepsWhatIsSound() {
        try (ModelStore store = open()) {
            appendVersions(store, "m", 1, 2, 3);
            store.tag("m", "best", 3);
            store.tag("m", "best", 2);
            store.tag("m", "second", 2);
            History before = store.history("m");
            assertThat(store.repair("m")).as("what is done to a sound model").isEmpty();
            assertThat(store.history("m")).isEqualTo(before);
            assertRefused("the repair of no model", AccreteException.Kind.BAD_ARGUMENT, () -> store.repair("nobody"));
            ModelVersion second = before.versions().get(1);
            assumeTrue(damage(second), "the test cannot damage this store");
            ModelWriter writer = store.writer("m");
            assertRefused(
                    "the repair of a model being written", AccreteException.Kind.BAD_STATE, () -> store.repair("m"));
            writer.close();
            assertThat(store.repair("m"))
                    .as("what is done")
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).doesNotContain("\n"));
            assertThat(store.verify("m")).as("damage after a repair").isEmpty();
            History after = store.history("m");
            assertThat(after.versions())
                    .containsExactly(before.versions().get(0), before.versions().get(2));
            assertThat(after.removed()).containsOnly(Map.entry(2L, History.Removal.QUARANTINED));
            assertThat(after.aliases()).containsOnly(Map.entry("live", 3L), Map.entry("best", 3L));
            assertRefused("a version set aside", AccreteException.Kind.BAD_ARGUMENT, () -> store.load(second));
            assertThat(store.repair("m")).as("what is done by a second repair").isEmpty();

            assumeTrue(damage(before.versions().get(2)));
            store.repair("m");
            assertThat(liveNumber(store))
                    .as("live after its version was set aside")
                    .isEqualTo(1);
            assertThat(appendVersions(store, "m", 4).number()).isEqualTo(4);
            assertThat(store.verify("m")).isEmpty();
        }
    }

    // ---- damage ----

    /** An intact store has no damage to report, also while a writer is open. */
    @Test
    default void verifyFindsNoDamageInAnIntactStore() {
        try (ModelStore store = open()) {
            appendVersions(store, "m", 1, 2, 3);
            store.tag("m", "best", 2);
            assertThat(store.verify("m")).as("damage").isEmpty();
            try (ModelWriter writer = store.writer("m")) {
                assertThat(store.verify("m"))
                        .as("damage while a writer is open")
                        .isEmpty();
                writer.append(testState(4), note(Optional.of("m@3"), 4));
                assertThat(store.verify("m"))
                        .as("damage while a writer is open")
                        .isEmpty();
            }
        }
    }

    /** A damaged version is reported and not loaded; the other versions still are. */
    @Test
    default void damageIsFound() {
        try (ModelStore store = open()) {
            appendVersions(store, "m", 1, 2, 3);
            ModelVersion second = store.history("m").versions().get(1);
            assumeTrue(damage(second), "the test cannot damage this store");
            assertRefused("a damaged version", AccreteException.Kind.CORRUPT_FILE, () -> store.load(second));
            assertThat(store.verify("m"))
                    .as("damage")
                    .hasSize(1)
                    .allSatisfy(line -> assertThat(line).doesNotContain("\n"));
            for (int i : new int[] {0, 2}) {
                ModelVersion version = store.history("m").versions().get(i);
                assertSameState(version.reference(), store.load(version), testState(i + 1), 0);
            }
            assertThat(appendVersions(store, "m", 4).number()).isEqualTo(4);
        }
    }
}
