package org.accrete.core.score;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * How well a model predicts, compared with baselines that need no model. Figures have snake-case names, in display
 * order; one that is undefined on these rows is NaN. Immutable.
 *
 * <p>Of a categorical target: {@code log_loss}, {@code roc_auc}, {@code accuracy}, {@code kappa}, {@code kappa_t}; of a
 * numeric one: {@code mae}, {@code rmse}, {@code r2}. A baseline has those of them that are defined for it.
 *
 * @param rows how many rows were scored
 * @param passed how many rows before them were not, because the model had learned nothing yet
 * @param metrics figures of the model on all rows scored so far
 * @param recent the same on the last complete block of 10,000 rows, which ends at a multiple of 10,000 of the rows
 *     scored and passed; empty before there is one
 * @param baselines figures of {@code no_change}, {@code majority} or {@code mean}, and {@code class_shares} on the same
 *     rows as {@code metrics}
 * @param recentBaselines the same on the same rows as {@code recent}; empty before there is a block
 */
public record ScoreReport(
        long rows,
        long passed,
        Map<String, Double> metrics,
        Map<String, Double> recent,
        Map<String, Map<String, Double>> baselines,
        Map<String, Map<String, Double>> recentBaselines) {
    private static final Set<String> LOWER_IS_BETTER = Set.of("log_loss", "mae", "rmse", "inertia");
    private static final ScoreReport NOTHING = new ScoreReport(0, 0, Map.of(), Map.of(), Map.of(), Map.of());

    // Copies the maps, keeping their order.
    public ScoreReport {
        metrics = ordered(metrics);
        recent = ordered(recent);
        baselines = nested(baselines);
        recentBaselines = nested(recentBaselines);
    }

    /** {@return a report without figures, for what has no target} */
    public static ScoreReport none() {
        return NOTHING;
    }

    /**
     * {@return whether a lower figure is a better one, as of losses}
     *
     * @param metric its name
     */
    public static boolean isLowerBetter(String metric) {
        return LOWER_IS_BETTER.contains(metric);
    }

    private static <V> Map<String, V> ordered(Map<String, V> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }

    private static Map<String, Map<String, Double>> nested(Map<String, Map<String, Double>> map) {
        Map<String, Map<String, Double>> copy = new LinkedHashMap<>();
        map.forEach((name, figures) -> copy.put(name, ordered(figures)));
        return Collections.unmodifiableMap(copy);
    }
}
