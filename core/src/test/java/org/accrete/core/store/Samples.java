package org.accrete.core.store;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/** States, notes and stores for the tests beside it. */
final class Samples {
    static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private Samples() {}

    /** {@return a store whose clock stands still} */
    static DirectoryStore store(Path root) {
        return store(root, new Disk());
    }

    static DirectoryStore store(Path root, Disk disk) {
        return new DirectoryStore(root, disk, Clock.fixed(NOON, ZoneOffset.UTC));
    }

    static Note note() {
        return new Note(Optional.empty(), "mean", 10, Map.of("mae", 0.5));
    }

    static Note note(String parent) {
        return new Note(Optional.of(parent), "mean", 20, Map.of("mae", 0.25, "r2", -0.0));
    }

    /** {@return a small state that differs with the number} */
    static State state(int number) {
        return State.builder()
                .doubles("coef", new double[] {number, -0.0, Double.MIN_VALUE}, 1, 3)
                .whole("run.rows", number)
                .text("learner", "mean")
                .build();
    }

    /** {@return a state of every type, with odd sizes and special values} */
    static State special() {
        return State.builder()
                .tensor("float", Tensor.of(new float[] {1.5f, Float.intBitsToFloat(0x7fc0_1234), -0.0f}, 3))
                .tensor("empty", Tensor.of(new double[0], 0, 7))
                .doubles(
                        "double",
                        new double[] {
                            Double.longBitsToDouble(0x7ff8_0000_dead_beefL),
                            Double.longBitsToDouble(0xfff0_0000_0000_0001L),
                            Double.NEGATIVE_INFINITY,
                            Double.MIN_VALUE
                        },
                        2,
                        2)
                .longs("whole", new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE})
                .tensor("empty float", Tensor.of(new float[0], 0))
                .text("", "")
                .text("text", "tab\t quote\" back\\slash\r\n null\0 umlaut \u00e4 rocket \ud83d\ude80 end\u2028")
                .text("__metadata__", "a text can be called so")
                .list("classes", List.of("a", "b\nc"))
                .build();
    }
}
