/** Meters of runs, live models and predictions. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"}) // Micrometer has no module descriptor.
module org.accrete.metrics.micrometer {
    requires transitive org.accrete.core;
    requires transitive micrometer.core;

    exports org.accrete.metrics.micrometer;
}
