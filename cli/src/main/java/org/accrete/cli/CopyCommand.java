package org.accrete.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.store.Copying;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code copy}: brings a model to another store. */
@Command(
        name = "copy",
        description = "Copy a model with its versions, aliases and checksums to another store."
                + " Copied again, it gets what is new.")
final class CopyCommand extends Subcommand {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            description = "Name of the model.")
    String model = "";

    @Parameters(index = "1", paramLabel = "TO-STORE", description = "The other store, as --store would name it.")
    String target = "";

    CopyCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        PlugIns plugIns = plugIns();
        try (ModelStore from = openStore(plugIns);
                ModelStore to = openStore(plugIns, target)) {
            existing(from, model);
            if (from.name().equals(to.name())) {
                throw AccreteException.badArgument("TO-STORE must be another store but both are " + to.name());
            }
            List<ModelVersion> copied = Copying.copy(from, to, model);
            long bytes = copied.stream().mapToLong(ModelVersion::length).sum();
            if (console.isJson()) {
                Map<String, Object> document = new LinkedHashMap<>();
                document.put("model", model);
                document.put("to", to.name());
                document.put("copied", copied.stream().map(ModelVersion::number).toList());
                document.put("bytes", bytes);
                console.json(document);
            } else {
                console.print("copied " + Console.count(copied.size(), "version") + " of " + model + " ("
                        + Console.bytes(bytes) + ") to " + to.name());
            }
        }
        return 0;
    }
}
