package org.accrete.core.train;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How a champion and its challengers compare.
 *
 * @param learners the champion, then its challengers
 * @param changes of the champion, of this run and those before it that it resumed; at most the last 1,000
 */
public record ChallengerReport(List<Learner> learners, List<ChampionChange> changes) {
    // Copies the lists.
    public ChallengerReport {
        learners = List.copyOf(learners);
        changes = List.copyOf(changes);
    }

    /**
     * One of them.
     *
     * @param name its learner, and the parameters that tell it from the others
     * @param rows on which all of them were compared
     * @param metrics its figures on these rows, each row by the model from the start of its block
     */
    public record Learner(String name, long rows, Map<String, Double> metrics) {
        // Copies the map, in its order.
        public Learner {
            metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
        }
    }
}
