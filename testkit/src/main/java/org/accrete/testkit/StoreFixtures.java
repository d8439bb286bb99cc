package org.accrete.testkit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;

/** States, notes and names for the tests of stores. */
final class StoreFixtures {
    /** Names that no model may have. */
    static final List<String> INVALID_NAMES = List.of(
            "",
            ".",
            "..",
            "../x",
            "a/b",
            "/x",
            "a\\b",
            "C:x",
            ".hidden",
            "-x",
            "_x",
            "a b",
            "a\nb",
            "a\0b",
            "ä",
            "a@1",
            "a.",
            "CON",
            "nul.txt",
            "Lpt1",
            "n".repeat(101),
            "n".repeat(5_000));

    private StoreFixtures() {}

    /** {@return a state; each number gives another one} */
    static State testState(int number) {
        double[] numbers = new double[50];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = number + i * 0.01;
        }
        return State.builder()
                .doubles("coef", numbers, 5, 10)
                .whole("test.number", number)
                .text("learner", "of version " + number)
                .build();
    }

    static ModelVersion.Note note(Optional<String> parent, long rows) {
        return new ModelVersion.Note(parent, "test-learner", rows, Map.of("log_loss", 1.0 / rows));
    }

    /** Appends {@link #testState} of each number, each version the child of the one before; returns the last. */
    static ModelVersion appendVersions(ModelStore store, String model, int... numbers) {
        try (ModelWriter writer = store.writer(model)) {
            Optional<ModelVersion> last = store.history(model).latest();
            for (int number : numbers) {
                last = Optional.of(writer.append(testState(number), note(last.map(ModelVersion::reference), number)));
            }
            return last.orElseThrow();
        }
    }

    /** {@return the number of the live version of model {@code m}} */
    static long liveNumber(ModelStore store) {
        return store.history("m").live().orElseThrow().number();
    }
}
