package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The laws of a {@link ModelStore}. A test class implements this, opens the store, and inherits them all:
 *
 * <pre>{@code
 * class ShelfTest implements StoreContract {
 *     @TempDir
 *     Path folder;
 *
 *     @Override
 *     public ModelStore open() {
 *         return new Shelf(folder);
 *     }
 * }
 * }</pre>
 *
 * <p>Within one test every {@link #open()} is the same store, empty at first; each test has its own. A plug-in's test
 * implements {@link ProviderContract} too. What only a store of one kind can suffer (torn files, a full disk) is for
 * its own tests.
 */
@ExtendWith(RunSeed.class)
public interface StoreContract {
    /** {@return the store under test, opened; the law closes it} */
    ModelStore open();

    /** {@return something that differs once the store's place was touched: the files there and around, say} */
    default Object footprint() {
        try (ModelStore store = open()) {
            return store.models();
        }
    }

    /**
     * Damages a stored version behind the store's back, where that can be done.
     *
     * @param version one that the store holds
     * @return whether it was done
     */
    default boolean damage(ModelVersion version) {
        return false;
    }

    // ---- what comes back ----

    /** Nothing there, and no error either. */
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

    /** All types of tensor, each bit: NaN payloads, zeros of both signs, subnormals, extremes. */
    @Test
    default void everyBitOfATensorComesBack() {
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
        comesBack(State.builder()
                .doubles("coef", doubles, 2, 4)
                .tensor("small", Tensor.of(floats, 1, 3, 2))
                .longs("counts", longs, 6, 1)
                .number("one", 0.1)
                .whole("whole", 7)
                .build());
    }

    /** No numbers, in any shape that has none. */
    @Test
    default void emptyTensorsComeBack() {
        comesBack(State.builder()
                .doubles("none", new double[0])
                .doubles("no-rows", new double[0], 0, 5)
                .longs("no-columns", new long[0], 3, 0)
                .tensor("small", Tensor.of(new float[0], 2, 0, 2))
                .number("after", 1.5)
                .build());
        comesBack(State.builder().text("only", "a text").build());
        comesBack(State.builder().number("only", 1).build());
        comesBack(State.builder().build());
    }

    /** Texts of any characters and any length, names with dots, hyphens and beyond ASCII. */
    @Test
    default void everyCharacterOfATextComesBack() {
        StringBuilder all = new StringBuilder();
        for (char c = 0; c < 0x180; c++) {
            all.append(c);
        }
        comesBack(State.builder()
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

    /** More numbers than any buffer holds. */
    @Test
    default void largeTensorsComeBack() {
        double[] numbers = new double[100_003];
        long[] wholes = new long[33_333];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i * 0.1;
            wholes[i % wholes.length] += i;
        }
        comesBack(State.builder()
                .doubles("a", numbers)
                .longs("b", wholes)
                .doubles("c", numbers)
                .build());
    }

    private void comesBack(State state) {
        ModelVersion version;
        try (ModelStore store = open()) {
            try (ModelWriter writer = store.writer("m")) {
                version = writer.append(state, Shelf.note(Optional.empty(), 1));
                Same.state("a version just appended", store.load(version), state, 0);
            }
            Same.state("a version read later", store.load(version), state, 0);
            assertThat(store.verify("m")).as("damage").isEmpty();
        }
        try (ModelStore again = open()) {
            Same.state("a version read by another", again.load(version), state, 0);
        }
    }

    /** What the writer said, and what the store found out. */
    @Test
    default void factsOfAVersionComeBack() {
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
            ModelVersion version = writer.append(Shelf.state(1), note);
            assertThat(version.model()).isEqualTo("facts");
            assertThat(version.number()).isEqualTo(1);
            assertThat(version.note()).isEqualTo(note);
            assertThat(version.created()).isBetween(before, Instant.now());
            assertThat(version.length()).isPositive();
            assertThat(version.sha256()).matches("[0-9a-f]{64}");
            ModelVersion next = writer.append(Shelf.state(2), Shelf.note(Optional.of(version.reference()), 2));
            assertThat(store.history("facts").versions()).containsExactly(version, next);
        }
        try (ModelStore again = open()) {
            assertThat(again.history("facts").versions().get(0).note()).isEqualTo(note);
        }
    }

    /** Opened anew, the store is what it was. */
    @Test
    default void reopenedStoreSeesTheSame() {
        History history;
        try (ModelStore store = open()) {
            Shelf.append(store, "m", 1, 2, 3);
            store.tag("m", "best", 2);
            history = store.history("m");
        }
        try (ModelStore again = open()) {
            assertThat(again.history("m")).isEqualTo(history);
            assertThat(again.models()).containsExactly("m");
            for (ModelVersion version : history.versions()) {
                Same.state(version.reference(), again.load(version), Shelf.state((int) version.number()), 0);
            }
        }
    }

    /** A version, once appended, never changes. */
    @Test
    default void laterVersionsLeaveEarlierOnesAlone() {
        try (ModelStore store = open()) {
            ModelVersion first = Shelf.append(store, "m", 1);
            History before = store.history("m");
            Shelf.append(store, "m", 2, 3);
            store.tag("m", "best", 3);
            assertThat(before.versions())
                    .as("versions of a history read before")
                    .containsExactly(first);
            assertThat(store.history("m").versions().get(0)).isEqualTo(first);
            Same.state("version 1", store.load(first), Shelf.state(1), 0);
        }
    }

    /** Each model has its own, and lists are sorted. */
    @Test
    default void modelsAreApart() {
        try (ModelStore store = open()) {
            Shelf.append(store, "b", 1);
            Shelf.append(store, "a.2", 2, 3);
            Shelf.append(store, "a", 4);
            assertThat(store.models()).containsExactly("a", "a.2", "b");
            assertThat(store.history("a.2").versions()).hasSize(2);
            Same.state("a", store.load(store.history("a").versions().get(0)), Shelf.state(4), 0);
            Same.state("b", store.load(store.history("b").versions().get(0)), Shelf.state(1), 0);
        }
    }

    // ---- numbers, parents and aliases ----

    /** From 1, one after the other, whoever writes and wherever aliases point. */
    @Test
    default void numbersAreNeverReused() {
        for (int expected = 1; expected <= 3; expected++) {
            try (ModelStore store = open()) {
                ModelVersion version = Shelf.append(store, "m", expected);
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

    /** A child of the live version takes its place. */
    @Test
    default void liveFollowsItsChildren() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            String parent = "";
            for (int i = 1; i <= 3; i++) {
                ModelVersion version = writer.append(
                        Shelf.state(i), Shelf.note(Optional.of(parent).filter(word -> !word.isEmpty()), i));
                assertThat(store.history("m").live())
                        .as("live after version %s", i)
                        .hasValue(version);
                assertThat(store.history("m").latest()).hasValue(version);
                parent = version.reference();
            }
        }
    }

    /** A rollback is not undone by a trainer that still runs. */
    @Test
    default void staleParentDoesNotMoveLive() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            writer.append(Shelf.state(1), Shelf.note(Optional.empty(), 1));
            writer.append(Shelf.state(2), Shelf.note(Optional.of("m@1"), 2));
            store.tag("m", History.LIVE, 1);
            writer.append(Shelf.state(3), Shelf.note(Optional.of("m@2"), 3));
            assertThat(Shelf.live(store))
                    .as("live after a child of what was rolled back")
                    .isEqualTo(1);
            writer.append(Shelf.state(4), Shelf.note(Optional.of("m@3"), 4));
            assertThat(Shelf.live(store)).as("live after a grandchild").isEqualTo(1);
            writer.append(Shelf.state(5), Shelf.note(Optional.of("m@1"), 5));
            assertThat(Shelf.live(store)).as("live after a child of it").isEqualTo(5);
        }
    }

    /** Only the first version becomes live without a parent that is. */
    @Test
    default void versionWithoutParentDoesNotMoveLive() {
        try (ModelStore store = open()) {
            Shelf.append(store, "other", 1);
            try (ModelWriter writer = store.writer("m")) {
                writer.append(Shelf.state(1), Shelf.note(Optional.of("other@1"), 1));
                assertThat(Shelf.live(store))
                        .as("live after the first, a child of another model")
                        .isEqualTo(1);
                writer.append(Shelf.state(2), Shelf.note(Optional.empty(), 2));
                writer.append(Shelf.state(3), Shelf.note(Optional.of("other@1"), 3));
                assertThat(Shelf.live(store))
                        .as("live after versions from elsewhere")
                        .isEqualTo(1);
            }
        }
    }

    /** Nothing is appended, and the writer goes on. */
    @Test
    default void unknownParentIsRefused() {
        try (ModelStore store = open();
                ModelWriter writer = store.writer("m")) {
            Shelf.refused(
                    "a parent before the first version",
                    AccreteException.Kind.BAD_ARGUMENT,
                    () -> writer.append(Shelf.state(1), Shelf.note(Optional.of("m@1"), 1)));
            assertThat(store.history("m").versions())
                    .as("versions after a refusal")
                    .isEmpty();
            writer.append(Shelf.state(1), Shelf.note(Optional.empty(), 1));
            History before = store.history("m");
            Shelf.refused(
                    "a parent that is not there",
                    AccreteException.Kind.BAD_ARGUMENT,
                    () -> writer.append(Shelf.state(2), Shelf.note(Optional.of("m@7"), 2)));
            assertThat(store.history("m")).as("the history after a refusal").isEqualTo(before);
            ModelVersion next = writer.append(Shelf.state(3), Shelf.note(Optional.of("m@1"), 3));
            assertThat(Shelf.live(store)).isEqualTo(next.number());
        }
    }

    /** They move where they are told, and each move is remembered in order. */
    @Test
    default void aliasesMove() {
        try (ModelStore store = open()) {
            Shelf.append(store, "m", 1, 2, 3);
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

    /** Neither {@code latest}, nor a number, nor what is no name, nor where there is no version. */
    @Test
    default void aliasThatIsNoneIsRefused() {
        try (ModelStore store = open()) {
            Shelf.append(store, "m", 1);
            History before = store.history("m");
            for (String alias : List.of(History.LATEST, "1", "007", "", "Best", "a b", "a/b", "../x", "ä", "a\nb")) {
                Shelf.refused(
                        "alias '" + alias + "'", AccreteException.Kind.BAD_ARGUMENT, () -> store.tag("m", alias, 1));
            }
            for (long number : new long[] {0, 2, -1, Long.MAX_VALUE}) {
                Shelf.refused(
                        "an alias of version " + number,
                        AccreteException.Kind.BAD_ARGUMENT,
                        () -> store.tag("m", "best", number));
            }
            Shelf.refused(
                    "an alias in no model", AccreteException.Kind.BAD_ARGUMENT, () -> store.tag("nobody", "best", 1));
            assertThat(store.history("m")).as("the history after refusals").isEqualTo(before);
            assertThat(store.models()).containsExactly("m");
        }
    }

    // ---- writers and readers ----

    /** Another opening of the store is refused as well; another model is free, and so is this one after the close. */
    @Test
    default void secondWriterIsRefused() {
        try (ModelStore store = open();
                ModelStore other = open()) {
            ModelWriter writer = store.writer("m");
            Shelf.refused("a second writer", AccreteException.Kind.BAD_STATE, () -> store.writer("m"));
            Shelf.refused("a second writer elsewhere", AccreteException.Kind.BAD_STATE, () -> other.writer("m"));
            other.writer("n").close();
            writer.append(Shelf.state(1), Shelf.note(Optional.empty(), 1));
            Shelf.refused("a second writer after an append", AccreteException.Kind.BAD_STATE, () -> other.writer("m"));
            writer.close();
            ModelWriter next = other.writer("m");
            // Closing twice must not let go of what belongs to the next one.
            writer.close();
            Shelf.refused("a writer beside the next one", AccreteException.Kind.BAD_STATE, () -> store.writer("m"));
            assertThat(next.append(Shelf.state(2), Shelf.note(Optional.of("m@1"), 2))
                            .number())
                    .isEqualTo(2);
            next.close();
        }
    }

    /** It might write beside the next one. */
    @Test
    default void closedWriterWritesNoMore() {
        try (ModelStore store = open()) {
            ModelWriter writer = store.writer("m");
            writer.append(Shelf.state(1), Shelf.note(Optional.empty(), 1));
            writer.close();
            AccreteException refusal = catchThrowableOfType(
                    AccreteException.class, () -> writer.append(Shelf.state(2), Shelf.note(Optional.of("m@1"), 2)));
            assertThat(refusal).as("a closed writer must be refused").isNotNull();
            assertThat(store.history("m").versions()).hasSize(1);
        }
    }

    /** A run that is refused before its first version leaves nothing to see. */
    @Test
    default void writerThatAppendsNothingLeavesNothing() {
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

    /** Readers and those who move aliases need not wait for the writer. */
    @Test
    default void readersSeeEachVersionWhileTheWriterIsOpen() {
        try (ModelStore store = open();
                ModelStore reader = open();
                ModelWriter writer = store.writer("m")) {
            Optional<String> parent = Optional.empty();
            for (int i = 1; i <= 3; i++) {
                ModelVersion version = writer.append(Shelf.state(i), Shelf.note(parent, i));
                parent = Optional.of(version.reference());
                assertThat(reader.models()).containsExactly("m");
                assertThat(reader.history("m").latest()).hasValue(version);
                Same.state("a version read beside its writer", reader.load(version), Shelf.state(i), 0);
                reader.tag("m", "seen", i);
                assertThat(store.history("m").resolve("seen")).isEqualTo(version);
            }
        }
    }

    /** Every history read while another appends is one that was true at some moment, and its versions are whole. */
    @Test
    default void readersNeverSeeHalfAVersion() throws InterruptedException {
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
                        Same.state(last.reference(), reader.load(last), Shelf.state(seen), 0);
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
                writer.append(Shelf.state(i), Shelf.note(parent, i));
                // So that the two are never far apart.
                while (progress.get() < i - 1) {
                    Thread.onSpinWait();
                }
            }
        }
        thread.join(TimeUnit.SECONDS.toMillis(20));
        boolean hung = thread.isAlive();
        thread.interrupt();
        if (failure.get() != null) {
            throw new AssertionError("a reader beside a writer: " + failure.get(), failure.get());
        }
        assertThat(hung).as("the reader still waits for the last version").isFalse();
    }

    /** A name that would leave the store, or is none, is refused before anything is touched. */
    @Test
    default void nameThatIsNoneIsRefused() {
        Object before = footprint();
        try (ModelStore store = open()) {
            for (String name : Shelf.NO_NAMES) {
                String what = "a model named '" + name + "'";
                Shelf.refused(what, AccreteException.Kind.BAD_ARGUMENT, () -> store.writer(name));
                Shelf.refused(what, AccreteException.Kind.BAD_ARGUMENT, () -> store.history(name));
                Shelf.refused(what, AccreteException.Kind.BAD_ARGUMENT, () -> store.tag(name, "best", 1));
                Shelf.refused(what, AccreteException.Kind.BAD_ARGUMENT, () -> store.verify(name));
            }
        }
        assertThat(footprint()).as("the store's place after refusals").isEqualTo(before);
    }

    /** The longest and the oddest ones that are. */
    @Test
    default void everyNameThatIsOneIsTaken() {
        List<String> names = new ArrayList<>(List.of("0", "A", "a.b", "a-b_c.d", "v1.2.3-rc_1", "n".repeat(100)));
        try (ModelStore store = open()) {
            for (String name : names) {
                assertThatCode(() -> Shelf.append(store, name, 1)).as(name).doesNotThrowAnyException();
            }
            names.sort(null);
            assertThat(store.models()).isEqualTo(names);
        }
    }

    // ---- damage ----

    /** What was never damaged is not reported. */
    @Test
    default void verifyFindsNothingWhenAllIsWell() {
        try (ModelStore store = open()) {
            Shelf.append(store, "m", 1, 2, 3);
            store.tag("m", "best", 2);
            assertThat(store.verify("m")).as("damage").isEmpty();
            try (ModelWriter writer = store.writer("m")) {
                assertThat(store.verify("m"))
                        .as("damage while a writer is open")
                        .isEmpty();
                writer.append(Shelf.state(4), Shelf.note(Optional.of("m@3"), 4));
                assertThat(store.verify("m"))
                        .as("damage while a writer is open")
                        .isEmpty();
            }
        }
    }

    /** A damaged version is named and not loaded; the others are not concerned. */
    @Test
    default void damageIsFound() {
        try (ModelStore store = open()) {
            Shelf.append(store, "m", 1, 2, 3);
            ModelVersion second = store.history("m").versions().get(1);
            assumeTrue(damage(second), "the test cannot damage this store");
            Shelf.refused("a damaged version", AccreteException.Kind.CORRUPT_FILE, () -> store.load(second));
            assertThat(store.verify("m"))
                    .as("damage")
                    .hasSize(1)
                    .allSatisfy(line -> assertThat(line).doesNotContain("\n"));
            for (int i : new int[] {0, 2}) {
                ModelVersion version = store.history("m").versions().get(i);
                Same.state(version.reference(), store.load(version), Shelf.state(i + 1), 0);
            }
            assertThat(Shelf.append(store, "m", 4).number()).isEqualTo(4);
        }
    }
}
