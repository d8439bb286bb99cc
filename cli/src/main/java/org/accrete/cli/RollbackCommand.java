package org.accrete.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rollback}: makes another version the live one. */
@Command(
        name = "rollback",
        description = "Make another version the live one, even while the model is being trained.",
        footer = {
            "",
            "A trainer that is running goes on from that version at its next chunk, and 'train --resume' does later: from",
            "where the version ended in its source or, with --from-here, from where training is now."
        })
final class RollbackCommand extends Subcommand {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            description = "Name of the model.")
    String model = "";

    @Parameters(index = "1", paramLabel = "V", description = "Number or alias of the version.")
    String version = "";

    @Option(names = "--why", paramLabel = "TEXT", description = "Why; 'versions' shows it.")
    String why = "";

    @Option(
            names = "--from-here",
            description = "Take back only what was learned: training does not go back in the source, so the rows since"
                    + " that version are not learned again.")
    boolean fromHere;

    RollbackCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        try (ModelStore store = openStore(plugIns())) {
            History history = existing(store, model);
            ModelVersion to = history.resolve(version);
            Optional<Long> from = history.live().map(ModelVersion::number);
            store.tag(model, History.LIVE, to.number(), new History.Reason(why, fromHere));
            if (console.isJson()) {
                Map<String, Object> document = new LinkedHashMap<>();
                document.put("model", model);
                document.put("live", to.number());
                document.put("was", from);
                document.put("why", why);
                document.put("from_here", fromHere);
                console.json(document);
            } else {
                console.print(model + "@live is now " + to.number()
                        + from.map(number -> ", was " + number).orElse(""));
            }
        }
        return 0;
    }
}
