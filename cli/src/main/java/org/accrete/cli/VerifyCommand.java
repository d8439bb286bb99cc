package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.store.ModelStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code verify}: reads every byte of a store. */
@Command(
        name = "verify",
        description = "Read every byte of a model, or of all models; exit status 1 if something is damaged.")
final class VerifyCommand extends Subcommand {
    @Parameters(paramLabel = "MODEL", arity = "0..1", description = "Name of a model (default: all of them).")
    Optional<String> model = Optional.empty();

    VerifyCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        Map<String, List<String>> damage = new LinkedHashMap<>();
        try (ModelStore store = openStore(plugIns())) {
            List<String> models = store.models();
            model.ifPresent(one -> {
                if (!models.contains(one)) {
                    existing(store, one);
                }
            });
            for (String one : model.map(List::of).orElse(models)) {
                damage.put(one, verify(store, one));
            }
        }
        boolean sound = damage.values().stream().allMatch(List::isEmpty);
        if (console.isJson()) {
            List<Map<String, ?>> models = new ArrayList<>();
            damage.forEach((name, lines) -> {
                Map<String, Object> facts = new LinkedHashMap<>();
                facts.put("model", name);
                facts.put("damage", lines);
                models.add(facts);
            });
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("ok", sound);
            document.put("models", models);
            console.json(document);
        } else {
            damage.forEach((name, lines) -> {
                if (lines.isEmpty()) {
                    console.print(name + ": ok");
                }
                lines.forEach(line -> console.print(name + ": DAMAGED: " + Console.oneLine(line)));
            });
            if (damage.isEmpty()) {
                console.print("no models in " + store);
            }
        }
        return sound ? 0 : Failure.OTHER;
    }

    /** Verifies one model; a failure is part of the result, so that the other models are verified, too. */
    private static List<String> verify(ModelStore store, String name) {
        try {
            return store.verify(name);
        } catch (AccreteException e) {
            if (e.kind() == AccreteException.Kind.BAD_ARGUMENT) {
                throw e;
            }
            return List.of(e.line());
        }
    }
}
