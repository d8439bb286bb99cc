package org.accrete.core.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;

/** The jars of a folder of plug-ins, and of its sub-folders: one class loader for each. */
final class PlugInFolder {
    private final List<ClassLoader> loaders = new ArrayList<>();
    private final List<BrokenPlugIn> damaged = new ArrayList<>();

    /**
     * Opens the jars of a folder.
     *
     * @throws AccreteException bad argument: not a directory; I/O: it cannot be read
     */
    PlugInFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw AccreteException.badArgument("the folder of plug-ins must be a directory but was '" + folder + "'");
        }
        try {
            open(folder);
            for (Path sub : list(folder)) {
                if (Files.isDirectory(sub)) {
                    open(sub);
                }
            }
        } catch (IOException e) {
            throw new AccreteException(
                    AccreteException.Kind.IO, "the folder of plug-ins '" + folder + "' cannot be read: " + e, e);
        }
    }

    List<ClassLoader> loaders() {
        return loaders;
    }

    /** {@return jars that cannot be read} */
    List<BrokenPlugIn> damaged() {
        return damaged;
    }

    private void open(Path folder) throws IOException {
        List<URL> jars = new ArrayList<>();
        for (Path file : list(folder)) {
            if (file.toString().toLowerCase(Locale.ROOT).endsWith(".jar") && Files.isRegularFile(file)) {
                // A class loader ignores a damaged jar silently.
                try {
                    new JarFile(file.toFile()).close();
                    jars.add(file.toUri().toURL());
                } catch (IOException e) {
                    damaged.add(new BrokenPlugIn(
                            file.toString(), ProviderSearch.oneLine("not a readable jar: " + e.getMessage())));
                }
            }
        }
        if (!jars.isEmpty()) {
            loaders.add(
                    new URLClassLoader(folder.toString(), jars.toArray(URL[]::new), PlugIns.class.getClassLoader()));
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }
}
