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
     * @param metrics scores by snake-case name; only finite ones
     */
    public record Note(Optional<String> parent, String learner, long rowsSeen, Map<String, Double> metrics) {
        // Copies the metrics.
        public Note {
            metrics = Map.copyOf(metrics);
        }

        /**
         * {@return the same note with another parent}
         *
         * @param reference {@code model@number}, or empty
         */
        public Note withParent(Optional<String> reference) {
            return new Note(reference, learner, rowsSeen, metrics);
        }
    }

    /** {@return {@code model@number}} */
    public String reference() {
        return model + "@" + number;
    }
}
