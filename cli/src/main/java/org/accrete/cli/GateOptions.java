package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Domain;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.train.Gate;
import org.accrete.core.train.GateRules;
import org.accrete.core.train.TrainingRun;
import picocli.CommandLine.Option;

/** The options that say which versions may become live. A run that is resumed has those of before unless it has new. */
final class GateOptions {
    static final ParamSpec<Long> WINDOW = ParamSpec.whole(
            "gate-window", GateRules.WINDOW, Domain.Range.between(1, 1_000_000_000), "rows between two judgements");

    private static final String NONE = "none";
    private static final String GATES = "gates";
    private static final String WINDOW_FACT = "gate_window";
    private static final String SOURCE = "gate_source";

    @Option(
            names = "--gate",
            paramLabel = "COND",
            description = "Let a version become live only if this holds, such as 'log_loss <= live + 0.01',"
                    + " 'changed <= 10%%' or 'accuracy >= live - 1%% by origin'; may be repeated, then all must hold;"
                    + " none takes away those of a run that is resumed. See docs/versions.md.")
    List<String> gates = new ArrayList<>();

    @Option(
            names = "--gate-source",
            paramLabel = "SOURCE",
            description = "Trusted rows with their targets that judge versions and are never learned (default: the rows"
                    + " of the last window, each before it is learned).")
    Optional<String> source = Optional.empty();

    @Option(
            names = "--gate-window",
            paramLabel = "ROWS",
            description = "With --gate: judge and append a version every so many rows (default: 10000).")
    Optional<String> window = Optional.empty();

    /**
     * Refuses what is no gate, and options that need one.
     *
     * @param resumes whether gates may come from the run that is resumed
     */
    void check(boolean resumes) {
        parsed(gates);
        window.ifPresent(WINDOW::parse);
        if (gates.isEmpty() && !resumes && (source.isPresent() || window.isPresent())) {
            throw AccreteException.badArgument("--gate-source and --gate-window are about gates; add --gate, such as"
                    + " --gate 'log_loss <= live + 0.01'");
        }
        if (gates.contains(NONE) && (gates.size() > 1 || source.isPresent() || window.isPresent())) {
            throw AccreteException.badArgument("--gate none takes away all gates; leave the other gate options out");
        }
    }

    private static List<Gate> parsed(List<String> texts) {
        return texts.stream()
                .filter(text -> !text.equals(NONE))
                .map(Gate::parse)
                .toList();
    }

    /**
     * {@return the gates as facts of the run, without any where there are none}
     *
     * @param before the run that is resumed
     */
    Map<String, String> facts(Optional<StoredModel> before) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (gates.contains(NONE)) {
            return facts;
        }
        Optional<String> conditions = gates.isEmpty() ? stored(before, GATES) : Optional.of(String.join("\n", gates));
        if (conditions.isEmpty()) {
            if (source.isPresent() || window.isPresent()) {
                throw AccreteException.badArgument("--gate-source and --gate-window are about gates, and the model"
                        + " that is resumed has none; add --gate");
            }
            return facts;
        }
        facts.put(GATES, conditions.get());
        facts.put(
                WINDOW_FACT,
                window.or(() -> stored(before, WINDOW_FACT))
                        .map(WINDOW::parse)
                        .orElse((long) GateRules.WINDOW)
                        .toString());
        source.or(() -> stored(before, SOURCE)).ifPresent(text -> facts.put(SOURCE, text));
        return facts;
    }

    private static Optional<String> stored(Optional<StoredModel> before, String fact) {
        return before.map(model -> model.state().texts().get("run." + fact));
    }

    /**
     * Lets the gates judge a run that facts say, if there are any.
     *
     * @param facts of {@link #facts}
     * @param run knows what it resumes
     * @param history of the model
     */
    static void set(
            Map<String, String> facts,
            TrainingRun.Builder run,
            PlugIns plugIns,
            ThreadsOption threads,
            ModelStore store,
            History history) {
        if (facts.isEmpty()) {
            return;
        }
        facts.forEach(run::fact);
        run.judgedBeside(plugIns, store, history);
        Optional<ChunkSource> trusted = open(facts, plugIns, run.source(), threads);
        try {
            run.gates(new GateRules(
                    parsed(facts.get(GATES).lines().toList()), Integer.parseInt(facts.get(WINDOW_FACT)), trusted));
        } finally {
            trusted.ifPresent(ChunkSource::close);
        }
    }

    /**
     * {@return the trusted rows that facts name, encoded as those that are learned; the caller closes them}
     *
     * @param rows what is learned, open
     */
    private static Optional<ChunkSource> open(
            Map<String, String> facts, PlugIns plugIns, ChunkSource rows, ThreadsOption threads) {
        return Optional.ofNullable(facts.get(SOURCE)).map(text -> {
            SourceAddress address = SourceAddress.resolve(plugIns, text, threads);
            String target = rows.schema().target().name();
            return address.open(new SourceRequest(
                    address.location(),
                    Optional.of(target).filter(name -> !name.isEmpty()),
                    List.of(),
                    rows.plan(),
                    true,
                    BadRows.stop()));
        });
    }

    /** {@return whether the rows that are learned judge} */
    static boolean judgesByWindow(Map<String, String> facts) {
        return facts.containsKey(GATES) && !facts.containsKey(SOURCE);
    }
}
