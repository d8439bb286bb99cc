package org.accrete.core.plugin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.regex.Pattern;

/**
 * The files in {@code META-INF/services} for one kind of plug-in. They are read only to explain a failure of
 * {@link java.util.ServiceLoader}, which often names neither the class nor the jar.
 */
final class ServicesFiles {
    private static final String NO_CONSTRUCTOR = "no-arg constructor";

    private final Class<?> type;
    private final ClassLoader loader;

    /** A line of a file: the name of a class, and the path of the jar; empty for a file in a folder. */
    private record Entry(String className, String jar) {}

    ServicesFiles(Class<?> type, ClassLoader loader) {
        this.type = type;
        this.loader = loader;
    }

    /**
     * {@return what is broken after the search failed}
     *
     * @param place what was searched, for the case that no file explains the failure
     * @param failure what the search threw
     */
    BrokenPlugIn broken(String place, Throwable failure) {
        for (Entry entry : entries()) {
            Optional<String> why = reason(entry, failure);
            if (why.isPresent()) {
                return new BrokenPlugIn(
                        entry.className(), why.get() + (entry.jar().isEmpty() ? "" : " (in " + entry.jar() + ")"));
            }
        }
        return new BrokenPlugIn(place, ProviderSearch.reason(failure));
    }

    /** {@return what is wrong with an entry, if it causes the failure} */
    private Optional<String> reason(Entry entry, Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        boolean isNamed = failure instanceof ServiceConfigurationError
                && message.matches(".*[ :]" + Pattern.quote(entry.className()) + "[ :,].*");
        Class<?> loaded;
        try {
            loaded = Class.forName(entry.className(), false, loader);
        } catch (ClassNotFoundException e) {
            return isNamed ? Optional.of(notFound(entry.className())) : Optional.empty();
        } catch (LinkageError e) {
            boolean isSame = e.getClass() == failure.getClass() && message.equals(e.getMessage());
            return isSame ? Optional.of(ProviderSearch.oneLine(e.toString())) : Optional.empty();
        }
        if (!isNamed) {
            return Optional.empty();
        }
        if (!type.isAssignableFrom(loaded)) {
            return Optional.of("it is not a " + type.getSimpleName());
        }
        return Optional.of(
                message.contains(NO_CONSTRUCTOR)
                        ? "it must have a public constructor without arguments"
                        : ProviderSearch.reason(failure));
    }

    /** {@return the reason for a class that is not there, with the right name if that of a nested class was meant} */
    private String notFound(String className) {
        String nested = className;
        for (int dot = nested.lastIndexOf('.'); dot > 0; dot = nested.lastIndexOf('.', dot - 1)) {
            nested = nested.substring(0, dot) + '$' + nested.substring(dot + 1);
            try {
                Class.forName(nested, false, loader);
                return "not found; it is a nested class, which META-INF/services must name '" + nested + "'";
            } catch (ClassNotFoundException | LinkageError e) {
                // Try one level further out.
            }
        }
        return "not found";
    }

    private List<Entry> entries() {
        List<Entry> entries = new ArrayList<>();
        try {
            for (URL file : Collections.list(loader.getResources("META-INF/services/" + type.getName()))) {
                read(file, entries);
            }
        } catch (IOException e) {
            // The failure itself is reported, without the name of the class.
        }
        return entries;
    }

    private static void read(URL file, List<Entry> entries) throws IOException {
        URLConnection connection = file.openConnection();
        connection.setUseCaches(false);
        String jar = connection instanceof JarURLConnection inJar ? PlugInPlace.path(inJar.getJarFileURL()) : "";
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String name = line.replaceFirst("#.*", "").strip();
                if (!name.isEmpty()) {
                    entries.add(new Entry(name, jar));
                }
            }
        }
    }
}
