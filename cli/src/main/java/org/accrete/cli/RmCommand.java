package org.accrete.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code rm}: removes a model with all of its versions. */
@Command(
        name = "rm",
        description = "Remove a model with all of its versions, also a damaged one; refused while it is being trained.")
final class RmCommand extends Subcommand {
    /** Set by the launcher when standard input and standard error are terminals, so that a question can be answered. */
    static final String ANSWERS = "accrete.terminal.answers";

    @Parameters(
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            description = "Name of the model.")
    String model = "";

    @Option(names = "--yes", description = "Do not ask.")
    boolean yes;

    RmCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() throws IOException {
        try (ModelStore store = openStore(plugIns())) {
            if (!store.models().contains(model)) {
                existing(store, model);
            }
            String what = "model '" + model + "' with " + versions(store) + " in " + store.name();
            if (!yes && !isConfirmed(what)) {
                console.note("nothing was removed");
                return Failure.USER_CAN_FIX;
            }
            store.remove(model);
            if (console.isJson()) {
                console.json(Map.of("removed", List.of(model)));
            } else {
                console.print("removed " + what);
            }
        }
        return 0;
    }

    private String versions(ModelStore store) {
        try {
            return Console.count(store.history(model).versions().size(), "version");
        } catch (AccreteException e) {
            return "a damaged history";
        }
    }

    private boolean isConfirmed(String what) throws IOException {
        if (!Boolean.getBoolean(ANSWERS)) {
            throw AccreteException.badArgument("rm removes " + what + " for good; add --yes to do so");
        }
        console.ask("remove " + what + " for good? [y/N] ");
        String answer = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset())).readLine();
        return answer != null && List.of("y", "yes").contains(answer.strip().toLowerCase(Locale.ROOT));
    }
}
