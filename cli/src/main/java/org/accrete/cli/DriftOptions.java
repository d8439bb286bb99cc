package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Schema;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.train.DriftAction;
import org.accrete.core.train.DriftWatch;
import picocli.CommandLine.Option;

/** Which drift {@code train} watches for, and what it does about it. */
final class DriftOptions {
    /** The alias of the version that {@code --on-drift tag} appends. */
    static final String ALIAS = "drift";

    /**
     * What was chosen.
     *
     * @param watches the detectors; none for no watch
     * @param action what is done
     */
    record Chosen(List<DriftWatch> watches, DriftAction action) {}

    @Option(
            names = "--drift",
            paramLabel = "NAME[?K=V&...]",
            completionCandidates = CompletionCommand.Detectors.class,
            description =
                    "Watch for drift with this detector, such as adwin, ddm?warm-start=100 or psi; 'detectors'"
                            + " lists them, metric=loss, error, absolute-error or columns says what it watches; may be repeated.")
    List<String> drift = new ArrayList<>();

    @Option(
            names = "--on-drift",
            paramLabel = "ACTION",
            description = "With --drift, when the loss has risen: tell, tag, boost-rate, reset, rollback or hold, with"
                    + " parameters such as hold?most-rows=50000 (default: tell).")
    Optional<String> onDrift = Optional.empty();

    /**
     * {@return what was chosen, or what the stored run did that is resumed}
     *
     * @param epochs how many times the rows are read
     * @throws AccreteException bad argument: not such a choice, or not that of the stored run
     */
    Chosen chosen(PlugIns plugIns, Optional<StoredModel> resumed, int epochs) {
        if (onDrift.isPresent() && drift.isEmpty() && resumed.isEmpty()) {
            throw AccreteException.badArgument("--on-drift needs a detector; add --drift adwin");
        }
        Chosen given = chosen(plugIns, drift, onDrift.orElse("tell"));
        if (epochs > 1
                && !List.of(DriftAction.Kind.TELL, DriftAction.Kind.TAG)
                        .contains(given.action().kind())) {
            throw AccreteException.badArgument("--on-drift " + onDrift.orElse("")
                    + " changes the model as rows come, but --epochs reads them again; leave one of them out");
        }
        if (resumed.isEmpty()) {
            return given;
        }
        List<String> watches = DriftWatch.stored(resumed.get().state());
        String action = DriftAction.stored(resumed.get().state());
        requireSame(
                "--drift " + String.join(" --drift ", drift),
                drift.isEmpty() || texts(given).equals(watches),
                watches.isEmpty() ? "no drift" : "drift by " + String.join(", ", watches),
                resumed.get());
        requireSame(
                "--on-drift " + onDrift.orElse(""),
                onDrift.isEmpty()
                        || (!watches.isEmpty() && given.action().toText().equals(action)),
                watches.isEmpty() ? "no drift" : "drift and does " + action,
                resumed.get());
        return chosen(plugIns, watches, action);
    }

    private static void requireSame(String option, boolean isSame, String fact, StoredModel stored) {
        if (!isSame) {
            throw AccreteException.badArgument(option + " does not fit model "
                    + stored.version().reference() + ": it watches for " + fact + "; leave it out, or begin from "
                    + stored.version().reference() + " with --from");
        }
    }

    private static List<String> texts(Chosen chosen) {
        return chosen.watches().stream().map(DriftWatch::toText).toList();
    }

    private static Chosen chosen(PlugIns plugIns, List<String> watches, String action) {
        return new Chosen(
                watches.stream().map(text -> DriftWatch.parse(plugIns, text)).toList(), DriftAction.parse(action));
    }

    /** Points {@link #ALIAS} at a version that was appended because of a drift. */
    static void tag(ModelStore store, ModelVersion version) {
        String marks = version.note().facts().getOrDefault("drift", "drift");
        store.tag(version.model(), ALIAS, version.number(), new History.Reason(marks, false));
    }

    /** Refuses detectors that do not fit into the heap. */
    static void requireMemory(Chosen chosen, Schema schema) {
        long bytes = 0;
        for (DriftWatch watch : chosen.watches()) {
            bytes += watch.memoryBytes(schema);
        }
        Memory.require(bytes, "the detectors of drift");
    }
}
