package org.accrete.cli;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code versions}: the history of a model. */
@Command(
        name = "versions",
        description =
                "List the versions of a model, the scores of the rows that each learned, and the aliases that point"
                        + " at them.")
final class VersionsCommand extends Subcommand {
    private static final String DRIFT = "drift";
    private static final String CHAMPION = "champion";

    private static final int MOST_BARS = 60;

    /** So many lines are read at a glance. */
    private static final int MOST_LINES = 50;

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    @Parameters(
            paramLabel = "MODEL",
            completionCandidates = CompletionCommand.Models.class,
            description = "Name of the model.")
    String model = "";

    @Option(
            names = "--last",
            paramLabel = "N",
            description =
                    "Show the N newest versions and those that an alias points at; 50 by default, all with --json.")
    Optional<Integer> last = Optional.empty();

    @Option(names = "--all", description = "Show all versions.")
    boolean all;

    VersionsCommand(Console console) {
        super(console);
    }

    @Override
    public Integer call() {
        if (last.filter(count -> count < 1).isPresent()) {
            throw AccreteException.badArgument("--last must be >= 1 but was " + last.get());
        }
        if (all && last.isPresent()) {
            throw AccreteException.badArgument("--all shows all versions; leave --last out");
        }
        try (ModelStore store = openStore(plugIns())) {
            History history = existing(store, model);
            if (console.isJson()) {
                console.json(document(history, shown(history, all ? NO_LIMIT : last.orElse(NO_LIMIT))));
            } else {
                List<ModelVersion> shown = shown(history, all ? NO_LIMIT : last.orElse(MOST_LINES));
                sparkline(history.versions()).ifPresent(console::print);
                console.print(table(history, shown));
                int hidden = history.versions().size() - shown.size();
                if (hidden > 0) {
                    console.print(Console.count(hidden, "older version") + " not shown: --all");
                }
            }
        }
        return 0;
    }

    /** {@return the newest versions, and older ones that an alias points at} */
    private static List<ModelVersion> shown(History history, int newest) {
        List<ModelVersion> versions = history.versions();
        List<ModelVersion> last = newest(versions, newest);
        if (last.size() == versions.size()) {
            return versions;
        }
        List<ModelVersion> shown = new ArrayList<>();
        for (long number : new TreeSet<>(history.aliases().values())) {
            if (last.isEmpty() || number < last.get(0).number()) {
                shown.add(history.resolve(Long.toString(number)));
            }
        }
        shown.addAll(last);
        return shown;
    }

    private static List<ModelVersion> newest(List<ModelVersion> versions, int count) {
        return versions.subList(Math.max(0, versions.size() - count), versions.size());
    }

    private static Table table(History history, List<ModelVersion> versions) {
        Instant now = Instant.now();
        List<String> metrics = stretchMetrics(versions);
        boolean judged = versions.stream().anyMatch(one -> one.note().verdict() != ModelVersion.Verdict.NONE);
        boolean drifts = versions.stream().anyMatch(one -> one.note().facts().containsKey(DRIFT));
        Map<Long, String> reasons = reasons(history);
        List<String> head = new ArrayList<>(List.of("version", "age", "rows", "parent"));
        metrics.forEach(metric -> head.add(Figures.label(metric)));
        StringBuilder alignment = new StringBuilder("rrrl" + "r".repeat(metrics.size()));
        Map<String, Function<ModelVersion, String>> more = new LinkedHashMap<>();
        if (judged) {
            more.put("gate", version -> ParamSpec.word(version.note().verdict()).replace("none", "-"));
        }
        if (drifts) {
            more.put("drift", version -> version.note().facts().getOrDefault(DRIFT, ""));
        }
        if (versions.stream().anyMatch(one -> one.note().facts().containsKey(CHAMPION))) {
            more.put(CHAMPION, version -> version.note().facts().getOrDefault(CHAMPION, ""));
        }
        more.put("aliases", version -> String.join(", ", DescribeCommand.aliases(history, version.number())));
        if (!reasons.isEmpty()) {
            more.put("why", version -> reasons.getOrDefault(version.number(), ""));
        }
        head.addAll(more.keySet());
        Table table = new Table(alignment.append("l".repeat(more.size())).toString()).head(head.toArray());
        for (ModelVersion version : versions) {
            List<String> line = new ArrayList<>(List.of(
                    Long.toString(version.number()),
                    ModelsCommand.age(Duration.between(version.created(), now)),
                    Console.count(version.note().rowsSeen()),
                    version.note().parent().orElse("-")));
            metrics.forEach(
                    metric -> line.add(Figures.text(version.note().stretch().getOrDefault(metric, Double.NaN))));
            more.values().forEach(cell -> line.add(cell.apply(version)));
            table.line(line.toArray());
        }
        return table;
    }

    /** {@return at most two scores of stretches, of which the first one is drawn} */
    private static List<String> stretchMetrics(List<ModelVersion> versions) {
        Map<String, Double> any = new HashMap<>();
        versions.forEach(version -> any.putAll(version.note().stretch()));
        return Figures.inOrder(any).keySet().stream().limit(2).toList();
    }

    /** {@return the score of each stretch as a line of bars, oldest first, with the range that they show} */
    private static Optional<String> sparkline(List<ModelVersion> versions) {
        List<ModelVersion> last = newest(versions, MOST_BARS);
        return stretchMetrics(last).stream().findFirst().map(metric -> {
            double[] values = last.stream()
                    .mapToDouble(version -> version.note().stretch().getOrDefault(metric, Double.NaN))
                    .toArray();
            double least = Arrays.stream(values).filter(Double::isFinite).min().orElse(0);
            double most = Arrays.stream(values).filter(Double::isFinite).max().orElse(0);
            StringBuilder bars = new StringBuilder();
            for (double value : values) {
                double height = most > least ? (value - least) / (most - least) : 0;
                bars.append(
                        Double.isNaN(value)
                                ? ' '
                                : Histogram.LEVELS.charAt((int) Math.round(height * (Histogram.LEVELS.length() - 1))));
            }
            return Figures.label(metric) + " of the rows that each version learned, " + Figures.text(least) + " to "
                    + Figures.text(most) + ": " + bars;
        });
    }

    /** {@return what was said of the last move to a version that said something} */
    private static Map<Long, String> reasons(History history) {
        Map<Long, String> reasons = new HashMap<>();
        for (History.Move move : history.moves()) {
            move.reason().ifPresent(reason -> {
                String text = (reason.why() + (reason.fromHere() ? " (from here)" : "")).strip();
                if (!text.isEmpty()) {
                    reasons.put(move.number(), move.alias() + ": " + text);
                }
            });
        }
        return reasons;
    }

    /** {@return the history as JSON, with some of its versions} */
    static Map<String, Object> document(History history, List<ModelVersion> shown) {
        List<Map<String, ?>> versions = new ArrayList<>();
        for (ModelVersion version : shown) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("version", version.number());
            facts.put("created", version.created());
            facts.put("rows_seen", version.note().rowsSeen());
            facts.put("parent", version.note().parent());
            facts.put("aliases", DescribeCommand.aliases(history, version.number()));
            facts.put("learner", version.note().learner());
            facts.put("metrics", Figures.inOrder(version.note().metrics()));
            facts.put("stretch", Figures.inOrder(version.note().stretch()));
            facts.put("verdict", ParamSpec.word(version.note().verdict()));
            facts.put("facts", new TreeMap<>(version.note().facts()));
            facts.put("bytes", version.length());
            facts.put("sha256", version.sha256());
            versions.add(facts);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("model", history.model());
        document.put("versions", versions);
        document.put("aliases", history.aliases());
        document.put(
                "moves", history.moves().stream().map(VersionsCommand::document).toList());
        return document;
    }

    private static Map<String, ?> document(History.Move move) {
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("alias", move.alias());
        facts.put("version", move.number());
        facts.put("at", move.at());
        facts.put("newest", move.newest());
        facts.put("by_hand", move.reason().isPresent());
        facts.put("why", move.reason().map(History.Reason::why));
        facts.put("from_here", move.reason().map(History.Reason::fromHere));
        return facts;
    }
}
