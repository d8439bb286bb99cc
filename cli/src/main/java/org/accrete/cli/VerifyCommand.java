package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code verify}: reads every byte of a store. */
@Command(
        name = "verify",
        description = "Read every byte of a model, or of all models; exit status 1 if something is damaged,"
                + " 2 if something could not be read.")
final class VerifyCommand extends Subcommand {
    @Parameters(
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            arity = "0..1",
            description = "Name of a model (default: all of them).")
    Optional<String> model = Optional.empty();

    @Option(
            names = "--repair",
            description = "Make damaged models usable: set aside what cannot be used, and keep the rest.")
    boolean repair;

    VerifyCommand(Console console) {
        super(console);
    }

    /** What was found in a model. */
    private static final class Found {
        private List<String> damage = List.of();
        private Optional<AccreteException> failure = Optional.empty();
        private List<String> repaired = List.of();

        private boolean isDamaged() {
            return !damage.isEmpty() && repaired.isEmpty();
        }
    }

    @Override
    public Integer call() {
        Map<String, Found> found = new LinkedHashMap<>();
        try (ModelStore store = openStore(plugIns())) {
            List<String> models = store.models();
            if (model.isPresent() && !models.contains(model.get())) {
                existing(store, model.get());
            }
            for (String one : model.map(List::of).orElse(models)) {
                found.put(one, verify(store, one));
            }
        }
        if (console.isJson()) {
            console.json(document(found));
        } else {
            found.forEach(this::print);
            if (found.isEmpty()) {
                console.print("no models in " + store);
            }
        }
        if (found.values().stream().anyMatch(Found::isDamaged)) {
            return Failure.OTHER;
        }
        return found.values().stream().allMatch(one -> one.failure.isEmpty()) ? 0 : Failure.USER_CAN_FIX;
    }

    private static Map<String, ?> document(Map<String, Found> found) {
        List<Map<String, ?>> models = new ArrayList<>();
        found.forEach((name, one) -> {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("model", name);
            facts.put("damage", one.damage);
            one.failure.ifPresent(failure -> facts.put("error", failure.line()));
            if (!one.repaired.isEmpty()) {
                facts.put("repaired", one.repaired);
            }
            models.add(facts);
        });
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("ok", found.values().stream().noneMatch(one -> one.isDamaged() || one.failure.isPresent()));
        document.put("models", models);
        return document;
    }

    private void print(String name, Found found) {
        if (found.damage.isEmpty() && found.failure.isEmpty()) {
            console.print(name + ": ok");
        }
        found.damage.forEach(line -> console.print(name + ": DAMAGED: " + Console.oneLine(line)));
        found.failure.ifPresent(
                failure -> console.print(name + ": could not be read: " + Console.oneLine(failure.line())));
        found.repaired.forEach(line -> console.print(name + ": repaired: " + Console.oneLine(line)));
    }

    /** Verifies one model; a failure is part of the result, so that the other models are verified, too. */
    private Found verify(ModelStore store, String name) {
        Found found = new Found();
        try {
            found.damage = store.verify(name);
        } catch (AccreteException e) {
            if (e.kind() == AccreteException.Kind.BAD_ARGUMENT) {
                throw e;
            }
            if (e.kind() == AccreteException.Kind.CORRUPT_FILE) {
                found.damage = List.of(e.line());
            } else {
                found.failure = Optional.of(e);
            }
        }
        if (repair && !found.damage.isEmpty()) {
            try {
                found.repaired = store.repair(name);
            } catch (AccreteException e) {
                found.failure = Optional.of(e);
            }
        }
        return found;
    }
}
