package org.accrete.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/**
 * What is logged: warnings, each on one line; with {@code --debug}, all that Accrete logs. The JDK makes an instance at
 * the first log call, so a command that logs nothing does not pay for it.
 */
public final class LogSettings {
    private static final String CLASS_PROPERTY = "java.util.logging.config.class";
    private static final String FILE_PROPERTY = "java.util.logging.config.file";

    private static final String SLF4J_PROPERTY = "slf4j.internal.verbosity";

    private static volatile boolean detailed;
    private static volatile boolean withAccess;

    /**
     * Applies the settings; called by the JDK.
     *
     * @throws IOException never
     */
    public LogSettings() throws IOException {
        String settings = """
                handlers=java.util.logging.ConsoleHandler
                .level=WARNING
                org.accrete.level=%s
                java.util.logging.ConsoleHandler.level=ALL
                java.util.logging.SimpleFormatter.format=%%4$s %%3$s: %%5$s%%6$s%%n
                """.formatted(detailed ? "ALL" : "WARNING");
        if (withAccess) {
            settings += """
                    org.accrete.serve.access.level=INFO
                    org.accrete.serve.access.handlers=org.accrete.cli.AccessLines
                    org.accrete.serve.access.useParentHandlers=false
                    """;
        }
        LogManager.getLogManager()
                .readConfiguration(new ByteArrayInputStream(settings.getBytes(StandardCharsets.UTF_8)));
    }

    /**
     * Makes the JDK use these settings, unless the user has chosen others.
     *
     * @param all whether everything is logged
     * @param access whether the requests that a server answers are logged
     */
    static void use(boolean all, boolean access) {
        if (System.getProperty(CLASS_PROPERTY) == null && System.getProperty(FILE_PROPERTY) == null) {
            detailed = all;
            withAccess = access;
            System.setProperty(CLASS_PROPERTY, LogSettings.class.getName());
        }
        // Libraries that log by SLF4J, Kafka's client, are silent, and so is SLF4J about that.
        if (System.getProperty(SLF4J_PROPERTY) == null) {
            System.setProperty(SLF4J_PROPERTY, "ERROR");
        }
    }
}
