package org.accrete.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import picocli.CommandLine.Command;

/** {@code models}: what a store holds. */
@Command(
        name = "models",
        description = "List the models of a store; rows and age are those of the newest version."
                + " Exit status 2 if one is damaged.")
final class ModelsCommand extends Subcommand {
    ModelsCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        Table table = new Table("lrrrr").head("model", "versions", "live", "rows", "age");
        List<Map<String, ?>> models = new ArrayList<>();
        List<String> damage = new ArrayList<>();
        Instant now = Instant.now();
        try (ModelStore store = openStore(plugIns())) {
            for (String name : store.models()) {
                try {
                    // A model that was removed meanwhile has no version.
                    History history = store.history(name);
                    history.latest().ifPresent(latest -> {
                        table.line(
                                name,
                                history.versions().size(),
                                history.live()
                                        .map(live -> Long.toString(live.number()))
                                        .orElse("-"),
                                Console.count(latest.note().rowsSeen()),
                                age(Duration.between(latest.created(), now)));
                        models.add(facts(history, latest));
                    });
                } catch (AccreteException e) {
                    damage.add(name + ": DAMAGED: " + Console.oneLine(e.line()));
                    models.add(Map.of("model", name, "damage", e.line()));
                }
            }
        }
        if (console.isJson()) {
            console.json(Map.of("models", models));
        } else if (models.isEmpty()) {
            console.print("no models in " + store);
        } else {
            if (damage.size() < models.size()) {
                console.print(table);
            }
            damage.forEach(console::print);
        }
        return damage.isEmpty() ? 0 : Failure.USER_CAN_FIX;
    }

    private static Map<String, ?> facts(History history, ModelVersion latest) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("model", history.model());
        facts.put("versions", history.versions().size());
        facts.put("live", history.live().map(ModelVersion::number));
        facts.put("latest", latest.number());
        facts.put("rows_seen", latest.note().rowsSeen());
        facts.put("created", latest.created());
        facts.put("learner", latest.note().learner());
        return facts;
    }

    /** {@return a duration in its largest whole unit} */
    static String age(Duration age) {
        if (age.toDays() > 0) {
            return Console.count(age.toDays(), "day");
        }
        if (age.toHours() > 0) {
            return age.toHours() + " h";
        }
        return age.toMinutes() > 0 ? age.toMinutes() + " min" : Math.max(0, age.toSeconds()) + " s";
    }
}
