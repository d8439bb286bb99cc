package org.accrete.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;

/** Entry of the {@code accrete} command. */
public final class Main {
    private Main() {}

    /**
     * Runs the command and ends the JVM with its exit status.
     *
     * @param args command line
     */
    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("--version")) {
            System.out.println("accrete " + version());
            return;
        }
        System.err.println("unknown command: expected --version");
        System.exit(2);
    }

    static String version() {
        Properties properties = new Properties();
        try (InputStream in = Main.class.getResourceAsStream("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }
}
