package org.accrete.core.serve;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A prediction for one record.
 *
 * @param value the label, or the number as text
 * @param probabilities of each label, in class order; empty when the model gives none
 * @param version which version of the model answered
 */
public record Prediction(String value, Map<String, Double> probabilities, String version) {
    // Copies the probabilities, in their order.
    public Prediction {
        probabilities = Collections.unmodifiableMap(new LinkedHashMap<>(probabilities));
    }
}
