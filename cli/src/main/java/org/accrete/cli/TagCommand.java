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

/** {@code tag}: points an alias at a version. */
@Command(name = "tag", description = "Point an alias at a version; an existing alias moves.")
final class TagCommand extends Subcommand {
    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            description = "Name of the model.")
    String model = "";

    @Parameters(index = "1", paramLabel = "V", description = "Number or alias of the version.")
    String version = "";

    @Parameters(index = "2", paramLabel = "ALIAS", description = "Lower-case words with hyphens.")
    String alias = "";

    @Option(names = "--why", paramLabel = "TEXT", description = "Why; 'versions' shows it.")
    String why = "";

    TagCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        try (ModelStore store = openStore(plugIns())) {
            History history = existing(store, model);
            ModelVersion to = history.resolve(version);
            Optional<Long> from = Optional.ofNullable(history.aliases().get(alias));
            store.tag(model, alias, to.number(), new History.Reason(why, false));
            if (console.isJson()) {
                Map<String, Object> document = new LinkedHashMap<>();
                document.put("model", model);
                document.put("alias", alias);
                document.put("version", to.number());
                document.put("was", from);
                document.put("why", why);
                console.json(document);
            } else {
                console.print(model + "@" + alias + " is now " + to.number()
                        + from.map(number -> ", was " + number).orElse(""));
            }
        }
        return 0;
    }
}
