package org.accrete.core.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/**
 * A state as the texts of a model file: the state's own, and those with the prefix {@code accrete.} that the store
 * adds.
 */
final class ModelFile {
    /** The format this release writes, and the newest it reads. */
    static final int FORMAT = 2;

    static final String PREFIX = "accrete.";

    private static final String FORMAT_KEY = PREFIX + "format";
    private static final String LIBRARY_KEY = PREFIX + "library";
    private static final String LIBRARY = libraryVersion();

    private ModelFile() {}

    private static String libraryVersion() {
        Properties properties = new Properties();
        try (InputStream in = ModelFile.class.getResourceAsStream("version.properties")) {
            properties.load(Objects.requireNonNull(in, "version.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }

    /**
     * {@return all texts of a version's file}
     *
     * @throws AccreteException bad argument: a text of the state has the store's prefix
     */
    static Map<String, String> texts(State state, String model, long number, Instant created, Note note) {
        Map<String, String> texts = new LinkedHashMap<>();
        texts.put(FORMAT_KEY, Integer.toString(FORMAT));
        texts.put(LIBRARY_KEY, LIBRARY);
        texts.put(PREFIX + "model", model);
        texts.put(PREFIX + "version", Long.toString(number));
        note.parent().ifPresent(parent -> texts.put(PREFIX + "parent", parent));
        texts.put(PREFIX + "created", created.toString());
        texts.put(PREFIX + "learner", note.learner());
        texts.put(PREFIX + "rows_seen", Long.toString(note.rowsSeen()));
        texts.put(
                PREFIX + "metrics",
                new String(
                        StrictJson.object(json -> StrictJson.writeNumbers(json, note.metrics())),
                        StandardCharsets.UTF_8));
        state.texts().forEach((name, text) -> {
            if (name.startsWith(PREFIX)) {
                throw AccreteException.badArgument(
                        "a text of a state must not be named " + PREFIX + "... but one is '" + name + "'");
            }
            texts.put(name, text);
        });
        return texts;
    }

    /** {@return the state that was appended} */
    static State state(Map<String, String> texts, Map<String, Tensor> tensors) {
        State.Builder state = State.builder();
        tensors.forEach(state::tensor);
        texts.forEach((name, text) -> {
            if (!name.startsWith(PREFIX)) {
                state.text(name, text);
            }
        });
        return state.build();
    }

    /**
     * Refuses a file that this release cannot read.
     *
     * @throws AccreteException too new, too old; corrupt file: it has no format
     */
    static void checkFormat(Map<String, String> texts) {
        String text = texts.getOrDefault(FORMAT_KEY, "");
        if (!text.matches("[0-9]{1,9}")) {
            throw AccreteException.corruptFile(
                    "not a model file: its text '" + FORMAT_KEY + "' must be a whole number but was '" + text + "'");
        }
        int format = Integer.parseInt(text);
        if (format != FORMAT) {
            throw new AccreteException(
                    format > FORMAT ? AccreteException.Kind.FILE_TOO_NEW : AccreteException.Kind.FILE_TOO_OLD,
                    "the file has format " + format + " but this release (" + LIBRARY + ") reads format " + FORMAT
                            + "; use release " + texts.getOrDefault(LIBRARY_KEY, "unknown") + ", which wrote it");
        }
    }
}
