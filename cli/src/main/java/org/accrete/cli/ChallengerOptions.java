package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.train.ChallengerReport;
import org.accrete.core.train.ChallengerText;
import org.accrete.core.train.ChampionChange;
import org.accrete.core.train.Versions;
import picocli.CommandLine.Option;

/** Learners that {@code train} trains beside the model, of which the best one becomes the model. */
final class ChallengerOptions {
    private static final String FACT = "challengers";

    @Option(
            names = "--challenger",
            paramLabel = "NAME[?K=V&...]",
            description =
                    "Train this learner, too, on the same rows; it becomes the model once a paired test says that it"
                            + " predicts better. Parameters of the learner, step.key=value, and steps=a,b or none; may be"
                            + " repeated.")
    List<String> challengers = new ArrayList<>();

    /**
     * {@return the challengers as a fact of the run, those of the run that is resumed included; empty if there are
     * none}
     *
     * @throws AccreteException bad argument: not such a text, or not those of the stored run
     */
    Map<String, String> facts(PlugIns plugIns, Optional<StoredModel> resumed) {
        List<PipelineSpec> given = specs(plugIns, challengers);
        Optional<String> stored = resumed.map(model -> model.state().texts().get("run." + FACT));
        resumed.filter(model -> !given.isEmpty()
                        && !given.equals(specs(
                                plugIns, stored.map(ChallengerOptions::texts).orElse(List.of()))))
                .ifPresent(model -> {
                    String reference = model.version().reference();
                    throw AccreteException.badArgument("--challenger " + String.join(" --challenger ", challengers)
                            + " does not fit model " + reference + ": it has "
                            + stored.map(text -> "--challenger " + String.join(" --challenger ", texts(text)))
                                    .orElse("no challengers")
                            + "; leave it out, or begin from " + reference + " with --from");
                });
        return stored.or(() -> Optional.of(String.join("\n", challengers)).filter(text -> !text.isEmpty()))
                .map(text -> Map.of(FACT, text))
                .orElse(Map.of());
    }

    private static List<String> texts(String fact) {
        return List.of(fact.split("\n", -1));
    }

    private static List<PipelineSpec> specs(PlugIns plugIns, List<String> texts) {
        return texts.stream().map(text -> ChallengerText.parse(plugIns, text)).toList();
    }

    /** Refuses options of one learner beside several. */
    static void check(Map<String, String> facts, boolean progressive, boolean drift, boolean delay) {
        if (!facts.isEmpty() && (progressive || drift || delay)) {
            throw AccreteException.badArgument((progressive ? "--progressive" : drift ? "--drift" : "--label-delay")
                    + " is about one learner, and --challenger changes it; leave one of both out");
        }
    }

    /** {@return challengers that have learned nothing, or those of the run that is resumed} */
    static List<Pipeline> pipelines(
            PlugIns plugIns, Schema schema, Map<String, String> facts, Optional<StoredModel> resumed) {
        if (resumed.isPresent()) {
            return Versions.challengers(plugIns, resumed.get().state());
        }
        List<Pipeline> made = new ArrayList<>();
        for (PipelineSpec spec : specs(
                plugIns,
                Optional.ofNullable(facts.get(FACT))
                        .map(ChallengerOptions::texts)
                        .orElse(List.of()))) {
            Memory.require(spec.memoryBytes(plugIns, schema), "challenger " + spec.learner());
            made.add(Pipeline.create(plugIns, schema, spec));
        }
        return made;
    }

    /** {@return the learners with their scores, the champion first} */
    static Table table(ChallengerReport report) {
        List<String> metrics = List.copyOf(report.learners().get(0).metrics().keySet());
        Table table = new Table("l" + "r".repeat(metrics.size()) + "l");
        List<String> head = new ArrayList<>(List.of(""));
        metrics.forEach(metric -> head.add(Figures.label(metric)));
        table.head(head.toArray());
        for (ChallengerReport.Learner learner : report.learners()) {
            List<String> cells = new ArrayList<>(List.of(learner.name()));
            metrics.forEach(metric -> cells.add(Figures.text(learner.metrics().getOrDefault(metric, Double.NaN))));
            cells.add(learner == report.learners().get(0) ? "champion" : "");
            table.line(cells.toArray());
        }
        return table;
    }

    static Map<String, Object> document(ChallengerReport report) {
        List<Map<String, Object>> learners = new ArrayList<>();
        for (ChallengerReport.Learner learner : report.learners()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("learner", learner.name());
            facts.put("champion", learner == report.learners().get(0));
            facts.put("rows", learner.rows());
            facts.put("metrics", learner.metrics());
            learners.add(facts);
        }
        List<Map<String, Object>> changes = new ArrayList<>();
        for (ChampionChange change : report.changes()) {
            Map<String, Object> facts = new LinkedHashMap<>();
            facts.put("row", change.row());
            facts.put("from", change.from());
            facts.put("to", change.to());
            facts.put("loss", change.loss());
            facts.put("gain", change.gain());
            facts.put("window_rows", change.rows());
            facts.put("p", change.probability());
            changes.add(facts);
        }
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("learners", learners);
        document.put("changes", changes);
        return document;
    }
}
