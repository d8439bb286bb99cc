package org.accrete.api.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.accrete.api.AccreteException;

/**
 * All versions of a model and the names that point at some of them, as they were when it was read. Immutable.
 *
 * @param model name of the model
 * @param versions in ascending order of number
 * @param aliases alias to number; {@code live} is one, {@code latest} is not
 * @param moves every move of an alias, oldest first
 * @param removed numbers that were versions once, and what took them away; they are never used again
 */
public record History(
        String model,
        List<ModelVersion> versions,
        SortedMap<String, Long> aliases,
        List<Move> moves,
        SortedMap<Long, Removal> removed) {
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

    /** What took a version away. */
    public enum Removal {
        /** {@link ModelStore#prune}. */
        PRUNED,
        /** {@link ModelStore#repair}: it was damaged beyond use. */
        QUARANTINED
    }

    // Copies the collections.
    public History {
        versions = List.copyOf(versions);
        aliases = new TreeMap<>(aliases);
        moves = List.copyOf(moves);
        removed = new TreeMap<>(removed);
    }

    /**
     * Makes a history from which nothing was removed.
     *
     * @param model as above
     * @param versions as above
     * @param aliases as above
     * @param moves as above
     */
    public History(String model, List<ModelVersion> versions, SortedMap<String, Long> aliases, List<Move> moves) {
        this(model, versions, aliases, moves, new TreeMap<>());
    }

    /**
     * {@return the history of a model that does not exist}
     *
     * @param model name of the model
     */
    public static History empty(String model) {
        return new History(model, List.of(), new TreeMap<>(), List.of());
    }

    /** {@return the version with the highest number, if there is any} */
    public Optional<ModelVersion> latest() {
        return versions.isEmpty() ? Optional.empty() : Optional.of(versions.get(versions.size() - 1));
    }

    /** {@return the highest number that was ever used; 0 when there is none} The next version gets a higher one. */
    public long highestNumber() {
        long newest = latest().map(ModelVersion::number).orElse(0L);
        return removed.isEmpty() ? newest : Math.max(newest, removed.lastKey());
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
        Optional<Long> number = number(wanted);
        if (number.flatMap(this::find).isPresent()) {
            return number.flatMap(this::find).get();
        }
        if (number.isPresent() && removed.containsKey(number.get())) {
            throw gone(number.get());
        }
        throw AccreteException.badArgument("model '" + model + "' has no version '" + wanted + "'; " + choice());
    }

    /** {@return the number that a word is, as it would be printed} */
    private static Optional<Long> number(String word) {
        try {
            long number = Long.parseLong(word);
            return Long.toString(number).equals(word) ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private String choice() {
        return latest().map(last -> "versions: " + versions.get(0).number() + " to " + last.number() + ", aliases: "
                        + String.join(", ", aliases.keySet()) + ", latest")
                .orElse("it has no versions yet");
    }

    /**
     * {@return an exception for whoever asks for a version that was removed}
     *
     * @param number one of {@link #removed}
     */
    public AccreteException gone(long number) {
        return AccreteException.badArgument(
                "version " + number + " of model '" + model + "' is not there any more: it was "
                        + String.valueOf(removed.get(number)).toLowerCase(Locale.ROOT) + "; " + choice());
    }

    /**
     * {@return the numbers of versions that must not be pruned} Those are the versions that an alias points at, the
     * newest version, and those between the live version and the newest one through which {@link #movesLive} passes.
     */
    public SortedSet<Long> needed() {
        SortedSet<Long> needed = new TreeSet<>(aliases.values());
        Optional<ModelVersion> next = latest();
        while (next.isPresent() && needed.add(next.get().number())) {
            next = next.get().note().verdict() == ModelVersion.Verdict.REFUSED
                    ? next.get().note().parent().flatMap(this::find)
                    : Optional.empty();
        }
        return needed;
    }

    /**
     * {@return the versions among some that can be pruned: all but those that were removed already}
     *
     * @param numbers which
     * @throws AccreteException bad argument: one is {@link #needed}, or was never there
     */
    public List<ModelVersion> prunable(Collection<Long> numbers) {
        SortedSet<Long> needed = needed();
        List<ModelVersion> prunable = new ArrayList<>();
        for (long number : new TreeSet<>(numbers)) {
            if (needed.contains(number)) {
                throw AccreteException.badArgument("version " + number + " of model '" + model + "' must be kept: "
                        + (aliases.containsValue(number)
                                ? "alias '" + aliasOf(number) + "' points at it"
                                : "the live version is moved on by what it says"));
            }
            if (!removed.containsKey(number)) {
                prunable.add(resolve(Long.toString(number)));
            }
        }
        return prunable;
    }

    private String aliasOf(long number) {
        return aliases.entrySet().stream()
                .filter(alias -> alias.getValue() == number)
                .map(alias -> alias.getKey())
                .findFirst()
                .orElse("");
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
        return reference.startsWith(model + "@")
                ? number(reference.substring(model.length() + 1)).flatMap(this::find)
                : Optional.empty();
    }

    private Optional<ModelVersion> find(long number) {
        int low = 0;
        int high = versions.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long found = versions.get(middle).number();
            if (found == number) {
                return Optional.of(versions.get(middle));
            }
            if (found < number) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return Optional.empty();
    }

    private ModelVersion version(long number) {
        return find(number)
                .orElseThrow(() -> AccreteException.corruptFile("the history of model '" + model
                        + "' has an alias of version " + number + ", which it does not have"));
    }
}
