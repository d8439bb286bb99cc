package org.accrete.api.store;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.accrete.api.AccreteException;

/**
 * Which versions of a model are kept: the newest ones, the young ones, and {@linkplain History#needed() those that are
 * needed}. The others can be pruned.
 *
 * @param newest how many of the newest versions are kept
 * @param young versions that are not older than this are kept, too; empty keeps none for its age
 */
public record Retention(int newest, Optional<Duration> young) {
    // Checks the arguments.
    public Retention {
        if (newest < 0) {
            throw AccreteException.badArgument("the number of versions to keep must be >= 0 but was " + newest);
        }
        if (young.isPresent() && young.get().isNegative()) {
            throw AccreteException.badArgument("the age of versions to keep must be >= 0 but was " + young.get());
        }
    }

    /**
     * {@return the numbers of the versions that are not kept}
     *
     * @param history the model's history
     * @param now the time from which ages count
     */
    public SortedSet<Long> pruned(History history, Instant now) {
        SortedSet<Long> needed = history.needed();
        SortedSet<Long> pruned = new TreeSet<>();
        List<ModelVersion> versions = history.versions();
        for (ModelVersion version : versions.subList(0, Math.max(0, versions.size() - newest))) {
            boolean isYoung = young.filter(age -> !version.created().isBefore(now.minus(age)))
                    .isPresent();
            if (!isYoung && !needed.contains(version.number())) {
                pruned.add(version.number());
            }
        }
        return pruned;
    }
}
