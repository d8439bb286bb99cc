/** The {@code accrete} command. */
module org.accrete.cli {
    requires org.accrete.api;
    requires org.accrete.core;
    requires info.picocli;
    requires tools.jackson.core;
}
