/** The {@code accrete} command. */
@SuppressWarnings("requires-automatic") // uPlot is scripts in a jar, without a module descriptor.
module org.accrete.cli {
    requires org.accrete.api;
    requires org.accrete.core;
    requires org.accrete.export.onnx;
    requires org.accrete.io.sources;
    requires org.accrete.kernels;
    requires org.accrete.serve;
    requires info.picocli;
    requires tools.jackson.core;
    requires de.siegmar.fastcsv;
    requires java.desktop;
    requires java.logging;
    requires uplot;

    // Options are fields that picocli writes.
    opens org.accrete.cli to
            info.picocli;

    // Log settings are made by the JDK.
    exports org.accrete.cli to
            java.logging;
}
