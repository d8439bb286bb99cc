package org.accrete.core.plugin;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.UsesLibraries;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;

/**
 * Collects the plug-ins of one kind and checks each; one that is broken is noted and does not hide the others.
 *
 * @param <P> the kind
 */
final class ProviderSearch<P extends Provider> {
    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]*");

    /** No real class path has as many failures: after so many the search itself repeats the same one. */
    private static final int MAX_FAILURES = 1_000;

    private final Class<P> type;
    private final List<ClassLoader> folders;
    private final List<P> sound = new ArrayList<>();

    /** A set, because the class loader of each folder meets what is broken beside this class once more. */
    private final Set<BrokenPlugIn> broken = new LinkedHashSet<>();

    /**
     * Makes a search that has found nothing.
     *
     * @param folders where plug-ins may find libraries
     */
    ProviderSearch(Class<P> type, List<ClassLoader> folders) {
        this.type = type;
        this.folders = folders;
    }

    static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** {@return what was found} */
    Registry<P> registry(String noun) {
        return new Registry<>(noun, sound, List.copyOf(broken));
    }

    void addBroken(List<BrokenPlugIn> more) {
        broken.addAll(more);
    }

    /** Finds everything beside this class. */
    void searchClassPath() {
        search(PlugIns.class.getClassLoader(), "class path", true);
    }

    /** Finds what the class loader of each folder defines itself. */
    void searchFolders() {
        for (ClassLoader folder : folders) {
            search(folder, String.valueOf(folder.getName()), false);
        }
    }

    private void search(ClassLoader loader, String place, boolean withParents) {
        Iterator<ServiceLoader.Provider<P>> found =
                ServiceLoader.load(type, loader).stream().iterator();
        for (int failures = 0; failures < MAX_FAILURES; ) {
            Optional<Class<?>> suspect = Optional.empty();
            try {
                if (!found.hasNext()) {
                    return;
                }
                ServiceLoader.Provider<P> entry = found.next();
                suspect = Optional.of(entry.type());
                if (withParents || entry.type().getClassLoader() == loader) {
                    add(entry.get());
                }
            } catch (Throwable e) {
                // Static initializers and constructors may throw anything.
                failures++;
                broken.add(suspect.map(at -> broken(at.getName(), at, e))
                        .orElseGet(() -> new ServicesFiles(type, loader).broken(place, e)));
            }
        }
    }

    /** Takes a plug-in if it is of this kind. */
    void addIfOfKind(Provider provider) {
        if (type.isInstance(provider)) {
            add(type.cast(provider));
        }
    }

    private void add(P found) {
        String suspect = found.getClass().getName();
        try {
            P provider = found instanceof UsesLibraries user ? type.cast(user.withLibraries(folders)) : found;
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
            if (provider instanceof DriftDetectorProvider detector && detector.input() == null) {
                throw AccreteException.badArgument("it must say which numbers its detectors are made for");
            }
            sound.add(provider);
        } catch (Throwable e) {
            broken.add(broken(suspect, found.getClass(), e));
        }
    }

    private static BrokenPlugIn broken(String name, Class<?> type, Throwable failure) {
        return new BrokenPlugIn(name, reason(failure) + PlugInPlace.inJar(type));
    }

    /** {@return why a plug-in cannot be used, on one line} */
    static String reason(Throwable failure) {
        if (failure instanceof AccreteException known) {
            return oneLine(String.valueOf(known.getMessage()));
        }
        if (failure instanceof ExceptionInInitializerError && failure.getCause() != null) {
            return oneLine("its static initializer threw " + failure.getCause());
        }
        if (failure instanceof InstantiationException) {
            return "it is abstract or an interface";
        }
        if (failure instanceof ServiceConfigurationError && failure.getCause() != null) {
            return reason(failure.getCause());
        }
        return oneLine(failure.toString());
    }

    static String oneLine(String text) {
        return text.replaceAll("\\s+", " ").strip();
    }
}
