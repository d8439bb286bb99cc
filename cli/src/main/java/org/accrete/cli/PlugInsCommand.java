package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.Provider;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.core.plugin.BrokenPlugIn;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.plugin.Registry;
import picocli.CommandLine.Command;

/** {@code learners}, {@code sources}, {@code stores} and {@code detectors}: the plug-ins of one kind. */
@Command(description = "List the plug-ins of one kind, broken ones too; 'describe NAME' shows one.")
final class PlugInsCommand extends Subcommand {
    /** What is listed. */
    enum Kind {
        /** Learners and steps. */
        LEARNERS,
        /** Sources of rows. */
        SOURCES,
        /** Stores of models. */
        STORES,
        /** Detectors of drift. */
        DETECTORS
    }

    private final Kind kind;

    PlugInsCommand(Console console, Kind kind) {
        super(console);
        this.kind = kind;
    }

    @Override
    public Integer call() {
        Registry<? extends Provider> registry = registry(plugIns());
        if (console.isJson()) {
            List<Map<String, ?>> found = new ArrayList<>();
            for (Provider provider : registry.all()) {
                found.add(facts(provider));
            }
            List<Map<String, ?>> broken = new ArrayList<>();
            for (BrokenPlugIn one : registry.broken()) {
                broken.add(Map.of("plug_in", one.plugIn(), "why", one.why()));
            }
            Map<String, Object> document = new LinkedHashMap<>();
            document.put(ParamSpec.word(kind), found);
            document.put("broken", broken);
            console.json(document);
            return 0;
        }
        Table table = new Table("ll");
        for (Provider provider : registry.all()) {
            String step = provider instanceof StepProvider ? " (step)" : "";
            table.line(provider.name() + step, provider.summary());
        }
        for (BrokenPlugIn one : registry.broken()) {
            table.line(one.plugIn(), "BROKEN: " + one.why());
        }
        console.print(table);
        return 0;
    }

    private Registry<? extends Provider> registry(PlugIns plugIns) {
        return switch (kind) {
            case LEARNERS -> plugIns.learners();
            case SOURCES -> plugIns.sources();
            case STORES -> plugIns.stores();
            case DETECTORS -> plugIns.detectors();
        };
    }

    private static Map<String, ?> facts(Provider provider) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("name", provider.name());
        facts.put("kind", Descriptions.kind(provider));
        facts.put("summary", provider.summary());
        return facts;
    }
}
