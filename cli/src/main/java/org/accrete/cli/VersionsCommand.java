package org.accrete.cli;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code versions}: the history of a model. */
@Command(name = "versions", description = "List the versions of a model and the aliases that point at them.")
final class VersionsCommand extends Subcommand {
    @Parameters(paramLabel = "MODEL", description = "Name of the model.")
    String model = "";

    VersionsCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        try (ModelStore store = openStore(plugIns())) {
            History history = existing(store, model);
            if (console.isJson()) {
                console.json(document(history));
            } else {
                console.print(table(history));
            }
        }
        return 0;
    }

    private static Table table(History history) {
        Set<String> metrics = new LinkedHashSet<>();
        for (ModelVersion version : history.versions()) {
            metrics.addAll(Figures.inOrder(version.note().metrics()).keySet());
        }
        Table table = new Table("rlrll" + "r".repeat(metrics.size()));
        List<String> head = new ArrayList<>(List.of("version", "created", "rows", "parent", "aliases"));
        metrics.forEach(metric -> head.add(Figures.label(metric)));
        table.head(head.toArray());
        for (ModelVersion version : history.versions()) {
            List<String> line = new ArrayList<>(List.of(
                    Long.toString(version.number()),
                    version.created().truncatedTo(ChronoUnit.SECONDS).toString(),
                    Console.count(version.note().rowsSeen()),
                    version.note().parent().orElse("-"),
                    String.join(", ", DescribeCommand.aliases(history, version.number()))));
            metrics.forEach(
                    metric -> line.add(Figures.text(version.note().metrics().getOrDefault(metric, Double.NaN))));
            table.line(line.toArray());
        }
        return table;
    }

    private static Map<String, ?> document(History history) {
        List<Map<String, ?>> versions = new ArrayList<>();
        for (ModelVersion version : history.versions()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("version", version.number());
            facts.put("created", version.created());
            facts.put("rows_seen", version.note().rowsSeen());
            facts.put("parent", version.note().parent());
            facts.put("aliases", DescribeCommand.aliases(history, version.number()));
            facts.put("learner", version.note().learner());
            facts.put("metrics", Figures.inOrder(version.note().metrics()));
            facts.put("bytes", version.length());
            facts.put("sha256", version.sha256());
            versions.add(facts);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", history.model());
        document.put("versions", versions);
        document.put("aliases", history.aliases());
        return document;
    }
}
