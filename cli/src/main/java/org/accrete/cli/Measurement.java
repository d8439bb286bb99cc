package org.accrete.cli;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a benchmark found for one learner on rows of one shape.
 *
 * @param work {@code learn} or {@code predict}
 * @param learner name of the learner
 * @param settings its parameters, those with defaults left out
 * @param shape the rows
 * @param nanosPerRow mean time, ns
 * @param errorPerRow half the width of the 99.9 % confidence interval of that mean, ns
 * @param bytesPerRow heap allocated, bytes
 */
record Measurement(
        String work,
        String learner,
        Map<String, String> settings,
        Shape shape,
        double nanosPerRow,
        double errorPerRow,
        double bytesPerRow) {

    /**
     * Rows that are measured.
     *
     * @param width number of columns
     * @param rows rows per chunk
     * @param density share of columns that have an entry in a row; 1 is dense
     */
    record Shape(long width, long rows, double density) {}

    Map<String, Object> toMap() {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("work", work);
        facts.put("learner", learner);
        facts.put("settings", settings);
        facts.put("width", shape.width);
        facts.put("rows", shape.rows);
        facts.put("density", shape.density);
        facts.put("ns_per_row", nanosPerRow);
        facts.put("ns_error", errorPerRow);
        facts.put("bytes_per_row", bytesPerRow);
        return facts;
    }
}
