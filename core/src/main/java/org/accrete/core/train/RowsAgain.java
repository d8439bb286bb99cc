package org.accrete.core.train;

import java.util.Optional;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;

/** Opens the source of a run once more, so that a rollback can go back to where a version ended in it. */
@FunctionalInterface
public interface RowsAgain {
    /** A source that cannot be read again. */
    RowsAgain NEVER = (version, state) -> Optional.empty();

    /**
     * {@return the same rows, newly opened at their beginning, with the classes that the version knows; the run closes
     * it; empty where they cannot be read again, such as those of standard input}
     *
     * @param version to go back to
     * @param state what it holds
     */
    Optional<ChunkSource> open(ModelVersion version, State state);
}
