package org.accrete.core.store;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;
import org.accrete.api.store.ModelVersion.Verdict;
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
    private static final String MODEL_KEY = PREFIX + "model";
    private static final String VERSION_KEY = PREFIX + "version";
    private static final String PARENT_KEY = PREFIX + "parent";
    private static final String CREATED_KEY = PREFIX + "created";
    private static final String LEARNER_KEY = PREFIX + "learner";
    private static final String ROWS_KEY = PREFIX + "rows_seen";
    private static final String METRICS_KEY = PREFIX + "metrics";
    private static final String STRETCH_KEY = PREFIX + "stretch";
    private static final String VERDICT_KEY = PREFIX + "verdict";
    private static final String FACTS_KEY = PREFIX + "facts";
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
        texts.put(MODEL_KEY, model);
        texts.put(VERSION_KEY, Long.toString(number));
        note.parent().ifPresent(parent -> texts.put(PARENT_KEY, parent));
        texts.put(CREATED_KEY, created.toString());
        texts.put(LEARNER_KEY, note.learner());
        texts.put(ROWS_KEY, Long.toString(note.rowsSeen()));
        texts.put(METRICS_KEY, numbers(note.metrics()));
        if (!note.stretch().isEmpty()) {
            texts.put(STRETCH_KEY, numbers(note.stretch()));
        }
        if (note.verdict() != Verdict.NONE) {
            texts.put(VERDICT_KEY, note.verdict().name().toLowerCase(Locale.ROOT));
        }
        if (!note.facts().isEmpty()) {
            texts.put(FACTS_KEY, text(json -> new TreeMap<>(note.facts()).forEach(json::writeStringProperty)));
        }
        state.texts().forEach((name, text) -> {
            if (name.startsWith(PREFIX)) {
                throw AccreteException.badArgument(
                        "a text of a state must not be named " + PREFIX + "... but one is '" + name + "'");
            }
            texts.put(name, text);
        });
        return texts;
    }

    private static String numbers(Map<String, Double> numbers) {
        return text(json -> StrictJson.writeNumbers(json, numbers));
    }

    private static String text(StrictJson.Body body) {
        return new String(StrictJson.object(body), StandardCharsets.UTF_8);
    }

    /**
     * {@return what a file says of itself}
     *
     * @param texts the file's
     * @param length bytes of the file
     * @param sha256 its checksum
     * @throws AccreteException corrupt file: it does not say it, or in another form
     */
    static ModelVersion version(Map<String, String> texts, long length, String sha256) {
        try {
            Note note = new Note(
                    Optional.ofNullable(texts.get(PARENT_KEY)),
                    said(texts, LEARNER_KEY),
                    Long.parseLong(said(texts, ROWS_KEY)),
                    numbers(said(texts, METRICS_KEY)),
                    numbers(texts.getOrDefault(STRETCH_KEY, "{}")),
                    Verdict.valueOf(texts.getOrDefault(VERDICT_KEY, "none").toUpperCase(Locale.ROOT)),
                    read(texts.getOrDefault(FACTS_KEY, "{}"), StrictJson::texts));
            return new ModelVersion(
                    said(texts, MODEL_KEY),
                    Long.parseLong(said(texts, VERSION_KEY)),
                    Instant.parse(said(texts, CREATED_KEY)),
                    note,
                    length,
                    sha256);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE, "the file does not say which version it is", e);
        }
    }

    private static String said(Map<String, String> texts, String key) {
        return Optional.ofNullable(texts.get(key))
                .orElseThrow(() -> AccreteException.corruptFile("the file has no text '" + key + "'"));
    }

    private static Map<String, Double> numbers(String json) {
        return read(json, StrictJson::numbers);
    }

    private static <T> T read(String json, StrictJson.Reading<T> reading) {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        return StrictJson.read(bytes, 0, bytes.length, reading);
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
