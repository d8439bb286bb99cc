package org.accrete.api.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.accrete.api.AccreteException;

/**
 * All versions of a model and the names that point at some of them, as they were when it was read. Immutable.
 *
 * @param model name of the model
 * @param versions in ascending order of number
 * @param aliases alias to number; {@code live} is one, {@code latest} is not
 * @param moves every move of an alias, oldest first
 */
public record History(String model, List<ModelVersion> versions, SortedMap<String, Long> aliases, List<Move> moves) {
    /** The alias that is used wherever no version is named. */
    public static final String LIVE = "live";

    /** The name of the highest number; it cannot be moved. */
    public static final String LATEST = "latest";

    /**
     * A move of an alias.
     *
     * @param alias which
     * @param number where to
     * @param at when
     * @param newest the highest number that there was, or came to be with this move
     * @param reason who moved it and why; empty for a move of {@code live} by the append of a version
     */
    public record Move(String alias, long number, Instant at, long newest, Optional<Reason> reason) {}

    /**
     * What is said of a move that somebody made.
     *
     * @param why a text for people; empty when none was given
     * @param fromHere whether a trainer goes on from the version's state but from where the newest version ended in the
     *     source, so that the rows in between are not learned again; counts for {@code live} only
     */
    public record Reason(String why, boolean fromHere) {
        /** Nothing is said. */
        public static final Reason NONE = new Reason("", false);
    }

    // Copies the collections.
    public History {
        versions = List.copyOf(versions);
        aliases = new TreeMap<>(aliases);
        moves = List.copyOf(moves);
    }

    /** {@return the version with the highest number, if there is any} */
    public Optional<ModelVersion> latest() {
        return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
    }

    /** {@return the version that {@code live} points at, if there is any} */
    public Optional<ModelVersion> live() {
        return Optional.ofNullable(aliases.get(LIVE)).map(this::version);
    }

    /**
     * {@return the version that a word names}
     *
     * @param word a number, an alias, {@code latest}; empty means {@code live}
     * @throws AccreteException bad argument: there is none; the message lists what there is
     */
    public ModelVersion resolve(String word) {
        String wanted = word.isEmpty() ? LIVE : word;
        if (wanted.equals(LATEST) && latest().isPresent()) {
            return latest().get();
        }
        if (aliases.containsKey(wanted)) {
            return version(aliases.get(wanted));
        }
        for (ModelVersion version : versions) {
            if (Long.toString(version.number()).equals(wanted)) {
                return version;
            }
        }
        throw AccreteException.badArgument("model '" + model + "' has no version '" + wanted + "'; "
                + latest().map(last -> "versions: " + versions.get(0).number() + " to " + last.number() + ", aliases: "
                                + String.join(", ", aliases.keySet()) + ", latest")
                        .orElse("it has no versions yet"));
    }

    /** {@return the last move of {@code live} if somebody made it after the newest version was appended} */
    public Optional<Move> rollback() {
        return lastMove(LIVE)
                .filter(move -> move.reason().isPresent())
                .filter(move -> latest().isPresent() && latest().get().number() <= move.newest());
    }

    private Optional<Move> lastMove(String alias) {
        for (int i = moves.size() - 1; i >= 0; i--) {
            if (moves.get(i).alias().equals(alias)) {
                return Optional.of(moves.get(i));
            }
        }
        return Optional.empty();
    }

    /**
     * {@return whether {@code live} moves to a version that is appended next} It does when its parent is live and no
     * gate refused it; and when a gate passed it and every version between it and the live one was refused, unless
     * somebody moved {@code live} in between. The first version becomes live unless it is refused.
     *
     * @param note what is said of the version, its parent included
     */
    public boolean movesLive(ModelVersion.Note note) {
        if (note.verdict() == ModelVersion.Verdict.REFUSED) {
            return false;
        }
        Optional<ModelVersion> live = live();
        if (live.isEmpty()) {
            return versions.isEmpty() || note.verdict() == ModelVersion.Verdict.PASSED;
        }
        long movedAt = lastMove(LIVE)
                .filter(move -> move.reason().isPresent())
                .map(Move::newest)
                .orElse(0L);
        Optional<String> parent = note.parent();
        while (parent.isPresent() && !parent.get().equals(live.get().reference())) {
            Optional<ModelVersion> between = find(parent.get());
            if (note.verdict() != ModelVersion.Verdict.PASSED
                    || between.isEmpty()
                    || between.get().note().verdict() != ModelVersion.Verdict.REFUSED
                    || between.get().number() <= movedAt) {
                return false;
            }
            parent = between.get().note().parent();
        }
        return parent.isPresent();
    }

    private Optional<ModelVersion> find(String reference) {
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).reference().equals(reference)) {
                return Optional.of(versions.get(i));
            }
        }
        return Optional.empty();
    }

    private ModelVersion version(long number) {
        for (ModelVersion version : versions) {
            if (version.number() == number) {
                return version;
            }
        }
        throw AccreteException.corruptFile(
                "the history of model '" + model + "' has an alias of version " + number + ", which it does not have");
    }
}
