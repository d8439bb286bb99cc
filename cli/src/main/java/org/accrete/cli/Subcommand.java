package org.accrete.cli;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugInCalls;
import org.accrete.core.plugin.PlugIns;
import picocli.CommandLine.Option;

/** What all commands share: options, plug-ins, the store. */
abstract class Subcommand implements Callable<Integer> {
    /** The environment variable with more folders of plug-ins. */
    private static final String PLUG_INS_VARIABLE = "ACCRETE_PLUGINS";

    @Option(
            names = "--store",
            paramLabel = "DIR",
            defaultValue = "./models",
            description = "Where models are: a directory, or name:... with the name of a store plug-in"
                    + " (default: ${DEFAULT-VALUE}).")
    String store = "./models";

    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            description = "Also look for plug-ins in the jars of this directory and of each of its sub-directories."
                    + " The variable " + PLUG_INS_VARIABLE + " names more directories, as a class path does.")
    Optional<Path> plugInFolder = Optional.empty();

    @Option(names = "--json", description = "Print one JSON document on standard output, also for a failure.")
    boolean json;

    @Option(names = "--debug", description = "Show the log, and the stack trace of a failure.")
    boolean debug;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    final Console console;
    private volatile boolean underway;

    Subcommand(Console console) {
        this.console = console;
    }

    /** {@return the exit status} Failures are thrown. */
    @Override
    public abstract Integer call() throws Exception;

    /** Called after the result or the failure was printed. */
    void ended() {}

    /** {@return whether some rows were processed, so that an I/O error now is a failure midway} */
    final boolean isUnderway() {
        return underway;
    }

    /** Marks that some rows were processed. */
    final void markUnderway() {
        underway = true;
    }

    final PlugIns plugIns() {
        return PlugIns.load(plugInFolders());
    }

    /** {@return the folder of {@code --plugins}, then those of {@link #PLUG_INS_VARIABLE}} */
    final Path[] plugInFolders() {
        String more = Objects.requireNonNullElse(System.getenv(PLUG_INS_VARIABLE), "");
        return Stream.concat(plugInFolder.stream(), Arrays.stream(PlugIns.folders(more)))
                .toArray(Path[]::new);
    }

    /** {@return the store; the caller closes it} */
    final ModelStore openStore(PlugIns plugIns) {
        return openStore(plugIns, store);
    }

    /** {@return a store; the caller closes it} */
    static ModelStore openStore(PlugIns plugIns, String location) {
        Address address = Address.parse(
                location, Address.parametersBesideUrls(plugIns.stores().all(), ModelStoreProvider::takesUrls));
        ModelStoreProvider provider = plugIns.stores().find(address.plugIn().orElse("directory"));
        return PlugInCalls.open(provider, address.location(), Params.parse(provider.params(), address.settings()));
    }

    /**
     * {@return the history of a model that has versions}
     *
     * @throws AccreteException bad argument: there is no such model; the message lists what there is
     */
    static History existing(ModelStore store, String model) {
        History history = store.history(model);
        if (history.versions().isEmpty()) {
            List<String> models = store.models();
            throw AccreteException.badArgument("no model named '" + model + "' in " + store.name() + "; "
                    + (models.isEmpty() ? "there are none" : "there are: " + String.join(", ", models))
                    + "; --store names another place");
        }
        return history;
    }

    static ModelVersion resolve(ModelStore store, String reference) {
        ModelReference parsed = ModelReference.parse(reference);
        return existing(store, parsed.model()).resolve(parsed.version());
    }

    /**
     * {@return the state of a version}
     *
     * @throws AccreteException bad argument: it does not fit the heap
     */
    static State load(ModelStore store, ModelVersion version) {
        // Twice: the stored numbers, and the model made from them.
        Memory.require(2 * version.length(), "model " + version.reference());
        return store.load(version);
    }

    /**
     * {@return parameter values by name}
     *
     * @param pairs what was given to {@code --set}
     * @throws AccreteException bad argument: not key=value, or a key twice
     */
    static Map<String, String> settings(List<String> pairs) {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw AccreteException.badArgument("--set must be key=value but was '" + pair + "'");
            }
            String key = ParamSpec.word(pair.substring(0, equals));
            if (settings.put(key, pair.substring(equals + 1)) != null) {
                throw AccreteException.badArgument("--set gives '" + key + "' twice");
            }
        }
        return settings;
    }
}
