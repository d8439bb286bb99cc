package org.accrete.core.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.core.plugin.PlugIns;

/**
 * What a pipeline is made of, by the names that users know.
 *
 * @param learner name of the learner
 * @param steps names of the steps before it, in order; each at most once
 * @param settings parameters that differ from their defaults: a plain key is the learner's, {@code step.key} that
 *     step's, and {@code target.transform} a {@link TargetTransform}
 */
public record PipelineSpec(String learner, List<String> steps, Map<String, String> settings) {
    // Copies the collections, in their order.
    public PipelineSpec {
        steps = List.copyOf(steps);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /**
     * {@return about how many bytes of heap such a pipeline takes, chunks not counted}
     *
     * @param plugIns where its parts are found
     * @param schema what the columns are
     * @throws AccreteException as {@link Pipeline#create} does
     */
    public long memoryBytes(PlugIns plugIns, Schema schema) {
        ResolvedSpec resolved = ResolvedSpec.of(plugIns, this);
        resolved.requireTarget(plugIns, schema.target());
        return resolved.memoryBytes(schema);
    }
}
