package org.accrete.api.store;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The facts about one stored version of a model, as its history records them. Immutable.
 *
 * @param model name of the model
 * @param number from 1, never reused
 * @param created when it was appended
 * @param note what the writer recorded about it
 * @param length bytes of the stored file
 * @param sha256 64 hexadecimal digits, of the stored file
 */
public record ModelVersion(String model, long number, Instant created, Note note, long length, String sha256) {
    /**
     * What a writer records about a version. Immutable. A store may decode it only when it is first asked for
     * something: then each method throws {@link org.accrete.api.AccreteException} (corrupt file) if it cannot be
     * decoded.
     */
    public static final class Note {
        private volatile Optional<Content> content;
        private Supplier<Note> later = Note::least;

        private record Content(
                Optional<String> parent,
                String learner,
                long rowsSeen,
                Map<String, Double> metrics,
                Map<String, Double> stretch,
                Verdict verdict,
                Map<String, String> facts) {}

        /**
         * Says everything.
         *
         * @param parent the version it was trained from, {@code model@number}; empty for a first one, and for one that
         *     follows the newest version of the model, which the writer then names
         * @param learner name of the learner
         * @param rowsSeen rows learned in all
         * @param metrics scores of all rows by snake-case name; only finite ones
         * @param stretch the same scores of the rows since the parent only; only finite ones
         * @param verdict what the gates said
         * @param facts texts by snake-case name, such as {@code source}, {@code rows_from}, {@code seconds}; short ones
         */
        public Note(
                Optional<String> parent,
                String learner,
                long rowsSeen,
                Map<String, Double> metrics,
                Map<String, Double> stretch,
                Verdict verdict,
                Map<String, String> facts) {
            content = Optional.of(new Content(
                    Objects.requireNonNull(parent),
                    Objects.requireNonNull(learner),
                    rowsSeen,
                    Map.copyOf(metrics),
                    Map.copyOf(stretch),
                    Objects.requireNonNull(verdict),
                    Map.copyOf(facts)));
        }

        /**
         * Says the least.
         *
         * @param parent as above
         * @param learner as above
         * @param rowsSeen as above
         * @param metrics as above
         */
        public Note(Optional<String> parent, String learner, long rowsSeen, Map<String, Double> metrics) {
            this(parent, learner, rowsSeen, metrics, Map.of(), Verdict.NONE, Map.of());
        }

        private Note(Supplier<Note> later) {
            content = Optional.empty();
            this.later = later;
        }

        /**
         * {@return a note that is decoded when it is first asked for something}
         *
         * @param decoding decodes it; called again if it throws, and by one thread at a time
         */
        public static Note decodedBy(Supplier<Note> decoding) {
            return new Note(decoding);
        }

        private static Note least() {
            return new Note(Optional.empty(), "", 0, Map.of());
        }

        private Content content() {
            Optional<Content> known = content;
            return known.isPresent() ? known.get() : decoded();
        }

        private synchronized Content decoded() {
            if (content.isEmpty()) {
                content = Optional.of(later.get().content());
                later = Note::least; // Lets go of the bytes.
            }
            return content.get();
        }

        /** {@return the version it was trained from, {@code model@number}; empty for a first one} */
        public Optional<String> parent() {
            return content().parent;
        }

        /** {@return name of the learner} */
        public String learner() {
            return content().learner;
        }

        /** {@return rows learned in all} */
        public long rowsSeen() {
            return content().rowsSeen;
        }

        /** {@return scores of all rows by snake-case name; only finite ones} */
        public Map<String, Double> metrics() {
            return content().metrics;
        }

        /** {@return the same scores of the rows since the parent only; only finite ones} */
        public Map<String, Double> stretch() {
            return content().stretch;
        }

        /** {@return what the gates said} */
        public Verdict verdict() {
            return content().verdict;
        }

        /**
         * {@return texts by snake-case name, such as {@code source}, {@code rows_from}, {@code seconds}; short ones}
         */
        public Map<String, String> facts() {
            return content().facts;
        }

        /**
         * {@return the same note with another parent}
         *
         * @param reference {@code model@number}, or empty
         */
        public Note withParent(Optional<String> reference) {
            Content own = content();
            return new Note(reference, own.learner, own.rowsSeen, own.metrics, own.stretch, own.verdict, own.facts);
        }

        @Override
        public boolean equals(Object other) {
            return this == other || (other instanceof Note note && content().equals(note.content()));
        }

        @Override
        public int hashCode() {
            return content().hashCode();
        }

        @Override
        public String toString() {
            return content().toString().replaceFirst("Content", "Note");
        }
    }

    /** What the gates of a run said of a version. */
    public enum Verdict {
        /** There was no gate, or none could judge yet. */
        NONE,
        /** All gates held. */
        PASSED,
        /** A gate did not hold. */
        REFUSED
    }

    /** {@return {@code model@number}} */
    public String reference() {
        return model + "@" + number;
    }
}
