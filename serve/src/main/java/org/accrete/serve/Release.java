package org.accrete.serve;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Properties;

/** What is packed with the server. */
final class Release {
    private Release() {}

    /** {@return the version of this release} */
    static String version() {
        Properties properties = new Properties();
        try (InputStream in = open("version.properties")) {
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "unknown");
    }

    /** {@return the text of a file} */
    static String text(String name) {
        try (InputStream in = open(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return the text of a file of uPlot, from its WebJar} */
    static String library(String name) {
        String path = "META-INF/resources/webjars/uplot/1.6.30/dist/" + name;
        try (InputStream in = Release.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                throw new IOException("the server was packed without " + path);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream in = Release.class.getResourceAsStream(name);
        if (in == null) {
            throw new IOException("the server was packed without " + name);
        }
        return in;
    }
}
