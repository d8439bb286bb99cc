package org.accrete.api.store;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

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
     * What a writer records about a version.
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
    public record Note(
            Optional<String> parent,
            String learner,
            long rowsSeen,
            Map<String, Double> metrics,
            Map<String, Double> stretch,
            Verdict verdict,
            Map<String, String> facts) {
        // Copies the collections.
        public Note {
            metrics = Map.copyOf(metrics);
            stretch = Map.copyOf(stretch);
            facts = Map.copyOf(facts);
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

        /**
         * {@return the same note with another parent}
         *
         * @param reference {@code model@number}, or empty
         */
        public Note withParent(Optional<String> reference) {
            return new Note(reference, learner, rowsSeen, metrics, stretch, verdict, facts);
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
