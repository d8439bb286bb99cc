/** The {@code accrete} command. */
module org.accrete.cli {
    requires org.accrete.api;
    requires org.accrete.core;
    requires org.accrete.io.sources;
    requires org.accrete.kernels;
    requires info.picocli;
    requires tools.jackson.core;
    requires de.siegmar.fastcsv;
    requires java.logging;

    // Options are fields that picocli writes.
    opens org.accrete.cli to
            info.picocli;

    // Log settings are made by the JDK.
    exports org.accrete.cli to
            java.logging;
}
