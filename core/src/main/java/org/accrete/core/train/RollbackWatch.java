package org.accrete.core.train;

import com.google.common.base.Ticker;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;

/** Notices that somebody moves {@code live} while a run is under way. It asks at most ten times a second. */
final class RollbackWatch {
    private static final System.Logger LOG = System.getLogger(RollbackWatch.class.getName());
    private static final long NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PlugIns plugIns;
    private final ModelStore store;
    private final String model;
    private final RowsAgain rowsAgain;
    private final Ticker clock;
    private Optional<History.Move> known;
    private long revision = Long.MIN_VALUE;
    private long asked;
    private Optional<Found> pending = Optional.empty();
    private boolean isUnread;

    /** A move, and what it moves to. */
    record Found(ModelVersion version, boolean fromHere) {}

    /**
     * Begins to watch.
     *
     * @param asOf the history that the run was begun with
     */
    RollbackWatch(PlugIns plugIns, ModelStore store, History asOf, RowsAgain rowsAgain, Ticker clock) {
        this.plugIns = plugIns;
        this.store = store;
        this.model = asOf.model();
        this.rowsAgain = rowsAgain;
        this.clock = clock;
        known = lastByHand(asOf);
        asked = clock.read() - NANOS;
    }

    PlugIns plugIns() {
        return plugIns;
    }

    RowsAgain rowsAgain() {
        return rowsAgain;
    }

    State load(ModelVersion version) {
        return store.load(version);
    }

    /**
     * {@return a move of {@code live} that was made since the last call}
     *
     * @param atOnce whether to ask even if it was asked a moment ago
     */
    Optional<Found> poll(boolean atOnce) {
        isPending(atOnce);
        Optional<Found> found = pending;
        pending = Optional.empty();
        return found;
    }

    /**
     * {@return whether {@link #poll} would find something}
     *
     * @param atOnce as there
     */
    boolean isPending(boolean atOnce) {
        // Two moves, one after the other: the last one counts.
        Optional<Found> found = look(atOnce);
        pending = found.isPresent() ? found : pending;
        return pending.isPresent();
    }

    private Optional<Found> look(boolean atOnce) {
        long now = clock.read();
        if (!atOnce && now - asked < NANOS) {
            return Optional.empty();
        }
        asked = now;
        History history;
        try {
            long present = store.revision(model);
            if (present == revision) {
                return Optional.empty();
            }
            history = store.history(model);
            revision = present;
        } catch (AccreteException e) {
            if (e.kind() != AccreteException.Kind.IO) {
                throw e;
            }
            // A store that cannot be read for a while is no reason to lose what was learned.
            if (!isUnread) {
                LOG.log(System.Logger.Level.WARNING, "rollbacks are looked for later: " + e.line());
                isUnread = true;
            }
            return Optional.empty();
        }
        isUnread = false;
        Optional<History.Move> last = lastByHand(history);
        if (last.equals(known)) {
            return Optional.empty();
        }
        known = last;
        return last.map(move -> new Found(
                history.resolve(Long.toString(move.number())),
                move.reason().orElse(History.Reason.NONE).fromHere()));
    }

    private static Optional<History.Move> lastByHand(History history) {
        List<History.Move> moves = history.moves();
        for (int i = moves.size() - 1; i >= 0; i--) {
            if (moves.get(i).alias().equals(History.LIVE)
                    && moves.get(i).reason().isPresent()) {
                return Optional.of(moves.get(i));
            }
        }
        return Optional.empty();
    }
}
