package org.accrete.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.param.Params;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;
import picocli.CommandLine.Option;

/** What every command has: the options they share, the plug-ins, the store. */
abstract class Subcommand implements Callable<Integer> {
    @Option(
            names = "--store",
            paramLabel = "DIR",
            defaultValue = "./models",
            description = "Where models are kept: a directory, or name:... with a store plug-in's name"
                    + " (default: ${DEFAULT-VALUE}).")
    String store = "./models";

    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            description = "Also look for plug-ins in the jars of this directory and of each of its sub-directories.")
    Optional<Path> plugInFolder = Optional.empty();

    @Option(names = "--json", description = "Print one JSON document on standard output; a failure is one, too.")
    boolean json;

    @Option(names = "--debug", description = "Show what is logged, and where in the code a failure came from.")
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

    /** Called once its result, or why it failed, was told. */
    void ended() {}

    /** {@return whether rows have been worked on, so that what cannot be read or written now failed midway} */
    final boolean isUnderway() {
        return underway;
    }

    /** Tells that rows have been worked on. */
    final void begun() {
        underway = true;
    }

    final PlugIns plugIns() {
        return plugInFolder.map(PlugIns::load).orElseGet(PlugIns::load);
    }

    /** {@return the store; the caller closes it} */
    final ModelStore openStore(PlugIns plugIns) {
        Address address = Address.parse(store);
        ModelStoreProvider provider = plugIns.stores().find(address.plugIn().orElse("directory"));
        return provider.open(address.location(), Params.parse(provider.params(), address.settings()));
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

    /** {@return what a version holds, unless it cannot fit the heap} */
    static State load(ModelStore store, ModelVersion version) {
        // The stored numbers and the model made of them.
        Memory.require(2 * version.length(), "model " + version.reference());
        return store.load(version);
    }

    /**
     * {@return parameters by name}
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
