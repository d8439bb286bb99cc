package org.accrete.core.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a pipeline is to be made of, in the words of a user.
 *
 * @param learner name of the learner
 * @param steps names of the steps before it, in order; each at most once
 * @param settings parameters that differ from their defaults: a plain key is the learner's, {@code step.key} that
 *     step's
 */
public record PipelineSpec(String learner, List<String> steps, Map<String, String> settings) {
    // Copies the collections, in their order.
    public PipelineSpec {
        steps = List.copyOf(steps);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
