package org.accrete.core.plugin;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStoreProvider;

/**
 * The learners, sources and stores that are there. Immutable.
 *
 * <p>A plug-in that cannot be used (its class is missing, its constructor throws, its name is not one) is listed with
 * the reason in {@link Registry#broken()} and does not hide the others.
 */
public final class PlugIns {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");
    private static final Pattern FAILURE = Pattern.compile("[\\w.$]+: (?:Provider )?(?<type>\\S+) (?<why>.*)");

    /** More failures of one look-up than any real class path has: then the look-up itself does not move on. */
    private static final int MOST_FAILURES = 1_000;

    private final Registry<LearnerProvider> learners;
    private final Registry<ChunkSourceProvider> sources;
    private final Registry<ModelStoreProvider> stores;

    private PlugIns(
            Registry<LearnerProvider> learners,
            Registry<ChunkSourceProvider> sources,
            Registry<ModelStoreProvider> stores) {
        this.learners = learners;
        this.sources = sources;
        this.stores = stores;
    }

    /** {@return the plug-ins beside this class: on its class path or module path} */
    public static PlugIns load() {
        return load(List.of(), List.of());
    }

    /**
     * {@return the plug-ins beside this class and those in a folder} The jars in the folder share one class loader, and
     * the jars in each of its sub-folders another, so that two plug-ins can bring different releases of one library.
     * What is beside this class is taken first. The class loaders stay open as long as a plug-in is used.
     *
     * @param folder a directory with jars, or with one directory of jars for each plug-in
     * @throws AccreteException bad argument: not a directory; I/O: it cannot be read
     */
    public static PlugIns load(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw AccreteException.badArgument("the folder of plug-ins must be a directory but was '" + folder + "'");
        }
        List<ClassLoader> loaders = new ArrayList<>();
        List<BrokenPlugIn> damaged = new ArrayList<>();
        try {
            loader(folder, damaged).ifPresent(loaders::add);
            for (Path sub : list(folder)) {
                if (Files.isDirectory(sub)) {
                    loader(sub, damaged).ifPresent(loaders::add);
                }
            }
        } catch (IOException e) {
            throw new AccreteException(
                    AccreteException.Kind.IO, "the folder of plug-ins '" + folder + "' cannot be read: " + e, e);
        }
        return load(loaders, damaged);
    }

    /**
     * {@return exactly the given plug-ins, for a program that does not want to search}
     *
     * @param providers learners, sources and stores
     */
    public static PlugIns of(Provider... providers) {
        return new PlugIns(
                given(LearnerProvider.class, "learner", providers),
                given(ChunkSourceProvider.class, "source", providers),
                given(ModelStoreProvider.class, "store", providers));
    }

    /** {@return the learners, steps among them} */
    public Registry<LearnerProvider> learners() {
        return learners;
    }

    /** {@return the chunk sources} */
    public Registry<ChunkSourceProvider> sources() {
        return sources;
    }

    /** {@return the model stores} */
    public Registry<ModelStoreProvider> stores() {
        return stores;
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    private static PlugIns load(List<ClassLoader> loaders, List<BrokenPlugIn> damaged) {
        return new PlugIns(
                search(LearnerProvider.class, "learner", loaders, damaged),
                search(ChunkSourceProvider.class, "source", loaders, damaged),
                search(ModelStoreProvider.class, "store", loaders, damaged));
    }

    private static <P extends Provider> Registry<P> given(Class<P> type, String noun, Provider... providers) {
        List<P> sound = new ArrayList<>();
        Set<BrokenPlugIn> broken = new LinkedHashSet<>();
        for (Provider provider : providers) {
            if (type.isInstance(provider)) {
                judge(type.cast(provider), sound, broken);
            }
        }
        return new Registry<>(noun, sound, List.copyOf(broken));
    }

    private static <P extends Provider> Registry<P> search(
            Class<P> type, String noun, List<ClassLoader> loaders, List<BrokenPlugIn> damaged) {
        List<P> sound = new ArrayList<>();
        // A set: each folder's loader meets what is broken beside this class once more.
        Set<BrokenPlugIn> broken = new LinkedHashSet<>(damaged);
        search(type, Optional.empty(), sound, broken);
        for (ClassLoader loader : loaders) {
            search(type, Optional.of(loader), sound, broken);
        }
        return new Registry<>(noun, sound, List.copyOf(broken));
    }

    /** Finds what a folder's loader defines itself, or without one everything beside this class. */
    private static <P extends Provider> void search(
            Class<P> type, Optional<ClassLoader> folder, List<P> sound, Set<BrokenPlugIn> broken) {
        ClassLoader loader = folder.orElseGet(PlugIns.class::getClassLoader);
        Iterator<ServiceLoader.Provider<P>> found =
                ServiceLoader.load(type, loader).stream().iterator();
        for (int failures = 0; failures < MOST_FAILURES; ) {
            String suspect = folder.map(ClassLoader::getName).orElse("class path");
            try {
                if (!found.hasNext()) {
                    return;
                }
                ServiceLoader.Provider<P> entry = found.next();
                suspect = entry.type().getName();
                if (folder.isEmpty() || entry.type().getClassLoader() == loader) {
                    judge(entry.get(), sound, broken);
                }
            } catch (ServiceConfigurationError | LinkageError | RuntimeException e) {
                failures++;
                broken.add(broken(suspect, e));
            }
        }
    }

    private static <P extends Provider> void judge(P provider, List<P> sound, Set<BrokenPlugIn> broken) {
        String suspect = provider.getClass().getName();
        try {
            String name = provider.name();
            if (!isName(name)) {
                throw AccreteException.badArgument("its name must match " + NAME + " but was '" + name + "'");
            }
            suspect = name;
            Params.of(provider.params());
            if (provider.summary().isBlank()) {
                throw AccreteException.badArgument("its summary must not be blank");
            }
            if (provider instanceof LearnerProvider learner) {
                if (learner.targets().isEmpty()) {
                    throw AccreteException.badArgument("it must learn at least one kind of target");
                }
                List.copyOf(learner.likedSteps());
            }
            if (provider instanceof ChunkSourceProvider source) {
                Set.copyOf(source.endings());
            }
            sound.add(provider);
        } catch (LinkageError | RuntimeException e) {
            broken.add(broken(suspect, e));
        }
    }

    private static BrokenPlugIn broken(String suspect, Throwable failure) {
        String message = Optional.ofNullable(failure.getMessage()).orElse("");
        Matcher matcher = FAILURE.matcher(message);
        if (failure instanceof ServiceConfigurationError && matcher.matches()) {
            String cause = Optional.ofNullable(failure.getCause())
                    .filter(thrown -> !(thrown instanceof ClassNotFoundException))
                    .map(thrown -> ": " + thrown)
                    .orElse("");
            return new BrokenPlugIn(String.valueOf(matcher.group("type")), oneLine(matcher.group("why") + cause));
        }
        return new BrokenPlugIn(suspect, oneLine(failure instanceof AccreteException ? message : failure.toString()));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }

    private static Optional<ClassLoader> loader(Path folder, List<BrokenPlugIn> damaged) throws IOException {
        List<URL> jars = new ArrayList<>();
        for (Path file : list(folder)) {
            if (file.toString().toLowerCase(Locale.ROOT).endsWith(".jar") && Files.isRegularFile(file)) {
                // A class loader passes over a damaged jar in silence.
                try {
                    new JarFile(file.toFile()).close();
                    jars.add(file.toUri().toURL());
                } catch (IOException e) {
                    damaged.add(new BrokenPlugIn(file.toString(), oneLine("not a readable jar: " + e.getMessage())));
                }
            }
        }
        return jars.isEmpty()
                ? Optional.empty()
                : Optional.of(new URLClassLoader(
                        folder.toString(), jars.toArray(URL[]::new), PlugIns.class.getClassLoader()));
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }
}
