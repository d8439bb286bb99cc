package org.accrete.serve;

import java.util.function.LongSupplier;
import org.accrete.metrics.micrometer.ModelMetrics;

/**
 * What all endpoints need.
 *
 * @param models the models that answer
 * @param json reads and writes JSON
 * @param metrics counts predictions
 * @param pulse counts them for those who look at the page
 * @param limits how much a request may ask
 */
record Context(Models models, Json json, ModelMetrics metrics, Pulse pulse, Limits limits) {
    /** What predicts, and tells how many rows were predicted. */
    @FunctionalInterface
    interface Prediction {
        /**
         * {@return the answer}
         *
         * @param predictor predicts
         */
        Answer by(Predictor predictor);
    }

    /**
     * {@return the answer that a version gives, which is counted}
     *
     * @param call the request
     * @param open the version
     * @param predictor predicts
     * @param rows tells how many rows there were, called after the work
     * @param work makes the answer
     */
    Answer timed(Call call, OpenVersion open, Predictor predictor, LongSupplier rows, Prediction work) {
        call.answeredBy(open.name());
        long start = System.nanoTime();
        try {
            Answer answer = work.by(predictor);
            if (call.isCounted()) {
                long nanos = System.nanoTime() - start;
                metrics.predicted(open.name(), rows.getAsLong(), nanos);
                pulse.predicted(model(open), rows.getAsLong(), nanos);
            }
            return answer;
        } catch (RuntimeException e) {
            metrics.refused(open.name(), 1);
            throw e;
        }
    }

    private static String model(OpenVersion open) {
        String name = open.name();
        return name.substring(0, Math.max(0, name.lastIndexOf('@')));
    }
}
