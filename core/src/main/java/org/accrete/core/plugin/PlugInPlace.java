package org.accrete.core.plugin;

import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Optional;

/** Says where the class of a plug-in comes from, for messages. */
final class PlugInPlace {
    private PlugInPlace() {}

    /** {@return the name of a class, and the jar or folder that it is in} */
    static String of(Class<?> type) {
        return Optional.ofNullable(type.getProtectionDomain().getCodeSource())
                .map(CodeSource::getLocation)
                .map(location -> type.getName() + " in " + path(location))
                .orElse(type.getName());
    }

    /** {@return {@code " (in JAR)"} for a class in a jar, else nothing} */
    static String inJar(Class<?> type) {
        return Optional.ofNullable(type.getProtectionDomain().getCodeSource())
                .map(CodeSource::getLocation)
                .map(PlugInPlace::path)
                .filter(path -> path.endsWith(".jar"))
                .map(jar -> " (in " + jar + ")")
                .orElse("");
    }

    /** {@return the path of a jar or a folder} */
    static String path(URL location) {
        try {
            return Path.of(location.toURI()).toString();
        } catch (URISyntaxException | IllegalArgumentException e) {
            // Not a file.
            return location.getPath();
        }
    }
}
