package org.accrete.core.plugin;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;
import org.accrete.api.Provider;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.drift.DriftDetectorProvider;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.WrapperProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.ModelStoreProvider;

/**
 * The learners, sources, stores and drift detectors that can be used, found by name. Immutable.
 *
 * <p>A plug-in that cannot be used (its class is missing, its constructor throws, its name is not allowed) is listed
 * with the reason in {@link Registry#broken()} and does not hide the others.
 */
public final class PlugIns {
    private final Registry<LearnerProvider> learners;
    private final Registry<ChunkSourceProvider> sources;
    private final Registry<ModelStoreProvider> stores;
    private final Registry<DriftDetectorProvider> detectors;

    private PlugIns(
            Registry<LearnerProvider> learners,
            Registry<ChunkSourceProvider> sources,
            Registry<ModelStoreProvider> stores,
            Registry<DriftDetectorProvider> detectors) {
        this.learners = learners;
        this.sources = sources;
        this.stores = stores;
        this.detectors = detectors;
    }

    /**
     * {@return the plug-ins beside this class, on its class path or module path, and those in some folders} The jars in
     * a folder share one class loader, and the jars in each of its sub-folders another, so that two plug-ins can bring
     * different releases of one library. Plug-ins beside this class come first. The class loaders stay open as long as
     * a plug-in is used.
     *
     * @param folders directories with jars, or with one directory of jars for each plug-in; one that is given twice is
     *     read once
     * @throws AccreteException bad argument: not a directory; I/O: it cannot be read
     */
    public static PlugIns load(Path... folders) {
        Set<Path> distinct = new LinkedHashSet<>();
        List<ClassLoader> loaders = new ArrayList<>();
        List<BrokenPlugIn> damaged = new ArrayList<>();
        for (Path folder : folders) {
            if (distinct.add(folder.toAbsolutePath().normalize())) {
                PlugInFolder opened = new PlugInFolder(folder);
                loaders.addAll(opened.loaders());
                damaged.addAll(opened.damaged());
            }
        }
        return load(loaders, damaged);
    }

    /**
     * {@return the folders of a path list} A list has the form of a class path, such as {@code /a:/b}.
     *
     * @param paths paths with the separator of the platform between them; empty for none
     */
    public static Path[] folders(String paths) {
        return Arrays.stream(paths.split(Pattern.quote(File.pathSeparator)))
                .filter(path -> !path.isBlank())
                .map(Path::of)
                .toArray(Path[]::new);
    }

    /**
     * {@return exactly the given plug-ins, for a program that does not want to search}
     *
     * @param providers learners, sources, stores and detectors
     */
    public static PlugIns of(Provider... providers) {
        return new PlugIns(
                given(LearnerProvider.class, "learner", providers),
                given(ChunkSourceProvider.class, "source", providers),
                given(ModelStoreProvider.class, "store", providers),
                given(DriftDetectorProvider.class, "detector", providers));
    }

    /** {@return the learners, steps among them} */
    public Registry<LearnerProvider> learners() {
        return learners;
    }

    /**
     * {@return the learner of a name; one that is made of others, over the one that its settings name}
     *
     * @param name name of the plug-in
     * @param settings values of parameters as text; others are ignored
     * @throws AccreteException unknown plug-in
     */
    public LearnerProvider learner(String name, Map<String, String> settings) {
        LearnerProvider found = learners.find(name);
        if (!(found instanceof WrapperProvider wrapper)) {
            return found;
        }
        String base = wrapper.base().defaultValue();
        Map<String, String> inner = new LinkedHashMap<>();
        for (Map.Entry<String, String> setting : settings.entrySet()) {
            String key = ParamSpec.word(setting.getKey());
            if (key.equals(wrapper.base().name())) {
                base = setting.getValue();
            } else if (key.startsWith(WrapperProvider.PREFIX)) {
                inner.put(key.substring(WrapperProvider.PREFIX.length()), setting.getValue());
            }
        }
        return wrapper.over(learner(base, inner));
    }

    /** {@return the chunk sources} */
    public Registry<ChunkSourceProvider> sources() {
        return sources;
    }

    /** {@return the model stores} */
    public Registry<ModelStoreProvider> stores() {
        return stores;
    }

    /** {@return the detectors of drift} */
    public Registry<DriftDetectorProvider> detectors() {
        return detectors;
    }

    private static PlugIns load(List<ClassLoader> folders, List<BrokenPlugIn> damaged) {
        return new PlugIns(
                search(LearnerProvider.class, "learner", folders, damaged),
                search(ChunkSourceProvider.class, "source", folders, damaged),
                search(ModelStoreProvider.class, "store", folders, damaged),
                search(DriftDetectorProvider.class, "detector", folders, damaged));
    }

    private static <P extends Provider> Registry<P> search(
            Class<P> type, String noun, List<ClassLoader> folders, List<BrokenPlugIn> damaged) {
        ProviderSearch<P> search = new ProviderSearch<>(type, folders);
        search.addBroken(damaged);
        search.searchClassPath();
        search.searchFolders();
        return search.registry(noun);
    }

    private static <P extends Provider> Registry<P> given(Class<P> type, String noun, Provider... providers) {
        ProviderSearch<P> search = new ProviderSearch<>(type, List.of());
        for (Provider provider : providers) {
            search.addIfOfKind(provider);
        }
        return search.registry(noun);
    }
}
