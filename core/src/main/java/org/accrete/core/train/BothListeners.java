package org.accrete.core.train;

import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelVersion;

/**
 * Tells two listeners, one after the other.
 *
 * @param first is told first
 * @param second is told unless the first throws
 */
record BothListeners(RunListener first, RunListener second) implements RunListener {
    @Override
    public void chunk(Progress progress) {
        first.chunk(progress);
        second.chunk(progress);
    }

    @Override
    public void version(ModelVersion version) {
        first.version(version);
        second.version(version);
    }

    @Override
    public void versionFailed(AccreteException failure, String next) {
        first.versionFailed(failure, next);
        second.versionFailed(failure, next);
    }

    @Override
    public void rolledBack(Rollback rollback) {
        first.rolledBack(rollback);
        second.rolledBack(rollback);
    }

    @Override
    public void drift(DriftMark mark) {
        first.drift(mark);
        second.drift(mark);
    }

    @Override
    public void driftWarning(DriftMark mark) {
        first.driftWarning(mark);
        second.driftWarning(mark);
    }

    @Override
    public void driftAction(long row, String what) {
        first.driftAction(row, what);
        second.driftAction(row, what);
    }

    @Override
    public void driftVersion(ModelVersion version) {
        first.driftVersion(version);
        second.driftVersion(version);
    }

    @Override
    public void championChanged(ChampionChange change) {
        first.championChanged(change);
        second.championChanged(change);
    }
}
