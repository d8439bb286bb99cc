package org.accrete.serve;

import io.micrometer.core.instrument.MeterRegistry;

/**
 * Counts requests that were not answered, by model and status: those of models that are served by their names, all
 * others together, so that a caller cannot make up series. Thread-safe.
 */
final class Refused {
    private final MeterRegistry registry;
    private final Models models;

    Refused(MeterRegistry registry, Models models) {
        this.registry = registry;
        this.models = models;
    }

    /**
     * Counts a request.
     *
     * @param model the name that it had; empty for none
     * @param status from 400
     */
    void count(String model, int status) {
        registry.counter(
                        "accrete.requests.refused",
                        "model",
                        models.serves(model) ? model : "",
                        "status",
                        Integer.toString(status))
                .increment();
    }
}
