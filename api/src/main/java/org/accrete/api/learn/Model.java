package org.accrete.api.learn;

import java.util.List;
import org.accrete.api.data.Schema;

/**
 * What a learner knows at one moment. Its type says what it can do: {@link Classifier}, {@link Regressor},
 * {@link Transformer}, {@link Clusterer}, {@link AnomalyScorer}.
 *
 * <ul>
 *   <li>Made by {@link Learner#snapshot()} it is immutable and thread-safe.
 *   <li>Made by {@link Learner#view()} it reads the learner's own arrays: only on the training thread, only until the
 *       learner's next {@code partialFit}.
 *   <li>Calls take a whole chunk and write into the caller's array; targets of the chunk are not read.
 *   <li>A chunk of another schema is refused (bad state).
 * </ul>
 */
public interface Model {
    /** {@return what the columns of a chunk must be} */
    Schema schema();

    /** {@return a description for users, one line each; empty by default} */
    default List<String> describe() {
        return List.of();
    }
}
