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
     */
    public record Move(String alias, long number, Instant at) {}

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
