/** A model store answers over HTTP. */
@SuppressWarnings("requires-automatic") // Micrometer and uPlot have no module descriptors.
module org.accrete.serve {
    requires transitive org.accrete.core;
    requires org.accrete.metrics.micrometer;
    requires de.siegmar.fastcsv;
    requires micrometer.core;
    requires micrometer.registry.prometheus;
    requires org.eclipse.jetty.http;
    requires org.eclipse.jetty.io;
    requires org.eclipse.jetty.server;
    requires org.eclipse.jetty.util;
    requires tools.jackson.core;
    requires uplot;

    exports org.accrete.serve;
}
