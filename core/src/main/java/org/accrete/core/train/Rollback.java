package org.accrete.core.train;

import org.accrete.api.store.ModelVersion;

/**
 * A rollback that a running trainer has taken.
 *
 * @param version the version whose state is in place now
 * @param asked whether the rollback asked to go on from where the trainer was in the source
 * @param fromHere whether the trainer does; also where it was not asked for, but the source cannot be read again
 */
public record Rollback(ModelVersion version, boolean asked, boolean fromHere) {}
