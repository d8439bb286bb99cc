package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;

/** What the laws put into a store. */
final class Shelf {
    static final List<String> NO_NAMES = List.of(
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
            "n".repeat(101),
            "n".repeat(5_000));

    private Shelf() {}

    /** {@return a state that differs by number} */
    static State state(int number) {
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

    /** Appends versions, each the child of the one before, and says which was the last. */
    static ModelVersion append(ModelStore store, String model, int... numbers) {
        try (ModelWriter writer = store.writer(model)) {
            Optional<ModelVersion> last = store.history(model).latest();
            for (int number : numbers) {
                last = Optional.of(writer.append(state(number), note(last.map(ModelVersion::reference), number)));
            }
            return last.orElseThrow();
        }
    }

    static long live(ModelStore store) {
        return store.history("m").live().orElseThrow().number();
    }

    static void refused(String what, AccreteException.Kind kind, Runnable call) {
        AccreteException thrown = catchThrowableOfType(AccreteException.class, call::run);
        assertThat(thrown).as("%s must be refused", what).isNotNull();
        assertThat(thrown.kind())
                .as("kind of the refusal of %s: %s", what, thrown.line())
                .isEqualTo(kind);
        assertThat(thrown.getMessage()).as("the refusal of %s", what).isNotBlank();
    }
}
