package org.accrete.core.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Fails the first operation on the disk, then the second, and so on, until none is left. */
class FaultTest {
    @TempDir
    Path folder;

    /** What is done with a disk that fails. */
    private interface Work {
        void on(DirectoryStore store);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noFaultOfAFirstAppendHurts(boolean isDeadAfterwards) {
        int operations = failEach(isDeadAfterwards, 0, store -> {
            try (ModelWriter writer = store.writer("m")) {
                writer.append(Samples.state(1), Samples.note());
            }
        });
        assertThat(operations).isGreaterThan(20);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noFaultOfALaterAppendHurts(boolean isDeadAfterwards) {
        int operations = failEach(isDeadAfterwards, 2, store -> {
            try (ModelWriter writer = store.writer("m")) {
                writer.append(Samples.state(3), Samples.note("m@2"));
            }
        });
        assertThat(operations).isGreaterThan(15);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noFaultOfATagHurts(boolean isDeadAfterwards) {
        int operations = failEach(isDeadAfterwards, 2, store -> store.tag("m", "live", 1));
        assertThat(operations).isGreaterThan(5);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aFaultOfARemovalLeavesAllOfTheModelOrNone(boolean isDeadAfterwards) {
        int operations = 0;
        for (boolean isOver = false; !isOver; ) {
            operations++;
            Path root = folder.resolve("store-" + operations);
            List<ModelVersion> before = prepare(root, 2);
            FaultyDisk disk = new FaultyDisk(operations, isDeadAfterwards);
            try {
                Samples.store(root, disk).remove("m");
            } catch (AccreteException e) {
                assertThat(e.line()).contains("injected fault").doesNotContain("\n");
            }
            isOver = disk.failed().isEmpty();
            DirectoryStore store = Samples.store(root);
            String context = "operation " + operations + ": " + disk.failed();
            List<ModelVersion> found = store.history("m").versions();
            assertThat(found).as(context).isIn(before, List.of());
            assertThat(store.models()).as(context).hasSize(found.isEmpty() ? 0 : 1);
            assertThat(store.verify("m")).as(context).isEmpty();
            store.writer("m").close();
        }
        assertThat(operations).isGreaterThan(8);
    }

    private int failEach(boolean isDeadAfterwards, int versions, Work work) {
        for (int n = 1; ; n++) {
            Path root = folder.resolve("store-" + n);
            List<ModelVersion> before = prepare(root, versions);
            FaultyDisk disk = new FaultyDisk(n, isDeadAfterwards);
            boolean isDone = false;
            try {
                work.on(Samples.store(root, disk));
                isDone = true;
            } catch (AccreteException e) {
                assertThat(e.kind()).isEqualTo(AccreteException.Kind.IO);
                assertThat(e.line()).contains("injected fault").doesNotContain("\n");
            }
            String context = "operation " + n + ": " + disk.failed();
            History history = Samples.store(root).history("m");
            if (isDone) {
                assertThat(Samples.store(root).verify("m")).as(context).isEmpty();
            } else if (!isDeadAfterwards) {
                assertThat(history.versions()).as(context).isEqualTo(before);
                assertThat(history.aliases().getOrDefault("live", (long) versions))
                        .as(context)
                        .isEqualTo(versions);
            }
            assertWorks(root, before, context);
            if (disk.failed().isEmpty()) {
                return n - 1;
            }
        }
    }

    private static List<ModelVersion> prepare(Path root, int versions) {
        if (versions > 0) {
            try (ModelWriter writer = Samples.store(root).writer("m")) {
                for (int i = 1; i <= versions; i++) {
                    writer.append(Samples.state(i), i == 1 ? Samples.note() : Samples.note("m@" + (i - 1)));
                }
            }
        }
        return Samples.store(root).history("m").versions();
    }

    /** The store opens, has the old versions, accepts a new one, and then verifies without damage. */
    private static void assertWorks(Path root, List<ModelVersion> before, String context) {
        DirectoryStore store = Samples.store(root);
        assertThat(store.verify("m")).as(context).isEmpty();
        List<ModelVersion> found = new ArrayList<>(store.history("m").versions());
        assertThat(found.subList(0, before.size())).as(context).isEqualTo(before);
        try (ModelWriter writer = store.writer("m")) {
            found.add(writer.append(Samples.state(99), Samples.note()));
        }
        store.tag("m", "good", found.get(0).number());
        assertThat(store.history("m").versions()).as(context).isEqualTo(found);
        for (int i = 0; i < before.size(); i++) {
            assertThat(store.load(found.get(i))).as(context).isEqualTo(Samples.state(i + 1));
        }
        assertThat(store.load(found.get(found.size() - 1))).as(context).isEqualTo(Samples.state(99));
        assertThat(store.verify("m")).as(context).isEmpty();
        assertThat(root.resolve("m").toFile().list())
                .as(context)
                .allMatch(name -> !name.endsWith(".tmp"))
                .hasSize(found.size() + 4);
    }

    @Test
    void aWriterStaysUsableAfterAnyFault() {
        Set<Long> numbers = new HashSet<>();
        for (int n = 1; ; n++) {
            Path root = folder.resolve("usable-" + n);
            prepare(root, 2);
            FaultyDisk disk = new FaultyDisk(n, false);
            DirectoryStore store = Samples.store(root, disk);
            try (ModelWriter writer = store.writer("m")) {
                try {
                    writer.append(Samples.state(3), Samples.note("m@2"));
                } catch (AccreteException e) {
                    assertThat(e.line()).contains("injected fault");
                    assertThat(store.history("m").versions()).hasSize(2);
                    assertThat(root.resolve("m").toFile().list())
                            .as(disk.failed())
                            .noneMatch(name -> name.endsWith(".tmp") || name.startsWith("000003"));
                    numbers.add(
                            writer.append(Samples.state(3), Samples.note("m@2")).number());
                }
            } catch (AccreteException e) {
                continue; // The writer could not be opened.
            }
            assertThat(Samples.store(root).history("m").versions())
                    .as(disk.failed())
                    .hasSize(3);
            assertThat(Samples.store(root).history("m").live().orElseThrow().number())
                    .isGreaterThan(2);
            assertThat(Samples.store(root).verify("m")).isEmpty();
            if (disk.failed().isEmpty()) {
                break;
            }
        }
        // A number is used again only if no reader can have seen it.
        assertThat(numbers).containsExactlyInAnyOrder(3L, 4L);
    }

    @Test
    void aLineThatCannotBeTakenBackLeavesItsFile() {
        // The disk is dead from the force of the history on: it may or may not have the line, and here it has.
        for (int n = 1; ; n++) {
            Path root = folder.resolve("unknown-" + n);
            prepare(root, 1);
            FaultyDisk disk = new FaultyDisk(n, true);
            try (ModelWriter writer = Samples.store(root, disk).writer("m")) {
                writer.append(Samples.state(2), Samples.note("m@1"));
            } catch (AccreteException e) {
                if (disk.failed().equals("force history")) {
                    assertThat(e.line()).contains("not known");
                    DirectoryStore store = Samples.store(root);
                    assertThat(store.history("m").versions()).hasSize(2);
                    assertThat(store.load(store.history("m").latest().orElseThrow()))
                            .isEqualTo(Samples.state(2));
                    return;
                }
            }
            assertThat(disk.failed()).as("the history was never forced").isNotEmpty();
        }
    }
}
