package org.accrete.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.Retention;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code prune}: removes old versions. */
@Command(
        name = "prune",
        description = "Remove old versions for good, even while the model is being trained."
                + " Versions with an alias stay, and so does the newest one.")
final class PruneCommand extends Subcommand {
    private static final int ATTEMPTS = 5;

    @Parameters(
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            description = "Name of the model.")
    String model = "";

    @Option(names = "--keep", paramLabel = "N", description = "Keep the N newest versions.")
    Optional<Integer> keep = Optional.empty();

    @Option(names = "--keep-days", paramLabel = "D", description = "Keep versions that are at most D days old.")
    Optional<Integer> keepDays = Optional.empty();

    @Option(names = "--dry-run", description = "Only say what would be removed.")
    boolean dryRun;

    PruneCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        if (keep.isEmpty() && keepDays.isEmpty()) {
            throw AccreteException.badArgument("prune needs --keep N, --keep-days D or both, which say what is kept");
        }
        Retention retention = new Retention(keep.orElse(0), keepDays.map(Duration::ofDays));
        try (ModelStore store = openStore(plugIns())) {
            List<ModelVersion> pruned = prune(store, retention);
            long bytes = pruned.stream().mapToLong(ModelVersion::length).sum();
            int left = store.history(model).versions().size() - (dryRun ? pruned.size() : 0);
            if (console.isJson()) {
                Map<String, Object> document = new LinkedHashMap<>();
                document.put("model", model);
                document.put("pruned", pruned.stream().map(ModelVersion::number).toList());
                document.put("bytes", bytes);
                document.put("left", left);
                document.put("dry_run", dryRun);
                console.json(document);
            } else if (pruned.isEmpty()) {
                console.print("nothing to prune; " + model + " has " + Console.count(left, "version"));
            } else {
                console.print((dryRun ? "would prune " : "pruned ") + Console.count(pruned.size(), "version") + " of "
                        + model + " (" + Console.bytes(bytes) + "): " + ranges(pruned) + "; "
                        + Console.count(left, "version") + (dryRun ? " would stay" : " left"));
            }
        }
        return 0;
    }

    private List<ModelVersion> prune(ModelStore store, Retention retention) {
        for (int attempt = 1; ; attempt++) {
            History history = existing(store, model);
            SortedSet<Long> numbers = retention.pruned(history, Instant.now());
            if (dryRun) {
                return history.prunable(numbers);
            }
            try {
                return store.prune(model, numbers);
            } catch (AccreteException e) {
                // An alias may have been moved to one of them meanwhile.
                if (attempt == ATTEMPTS || e.kind() != AccreteException.Kind.BAD_ARGUMENT) {
                    throw e;
                }
            }
        }
    }

    /** {@return numbers as {@code 1-5, 7}} */
    private static String ranges(List<ModelVersion> versions) {
        StringBuilder text = new StringBuilder();
        for (int from = 0; from < versions.size(); ) {
            int to = from;
            while (to + 1 < versions.size()
                    && versions.get(to + 1).number() == versions.get(to).number() + 1) {
                to++;
            }
            text.append(text.isEmpty() ? "" : ", ").append(versions.get(from).number());
            if (to > from) {
                text.append('-').append(versions.get(to).number());
            }
            from = to + 1;
        }
        return text.toString();
    }
}
