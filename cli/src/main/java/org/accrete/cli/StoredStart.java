package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.ParamSpec;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.WarmStart;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.train.Versions;

/** The start from a stored version: {@code --resume}, {@code --from}, or {@code --from} with {@code --new-head}. */
final class StoredStart extends TrainingStart {
    private final StoredModel stored;

    StoredStart(
            TrainOptions options,
            PlugIns plugIns,
            SourceAddress address,
            ChosenRows chosen,
            BadRows badRows,
            int epochs,
            StoredModel stored) {
        super(options, plugIns, address, chosen, badRows, epochs);
        this.stored = stored;
    }

    @Override
    ChunkSource open() {
        if (options.newHead) {
            return openForNewHead();
        }
        stored.plan().ifPresent(this::requireSameColumns);
        options.plan.read().ifPresent(this::requireSamePlan);
        options.columns.target.ifPresent(name -> {
            if (!name.equals(stored.schema().target().name())) {
                throw mismatch(
                        "--target " + name,
                        "its target is '" + stored.schema().target().name() + "'");
            }
        });
        if (options.resume) {
            requireSameSource();
        }
        return opened(options.resume);
    }

    /**
     * {@return the rows, encoded as the stored model's}
     *
     * @param mayGrow whether the source may have got rows since
     */
    ChunkSource opened(boolean mayGrow) {
        Function<SourceAddress, ChunkSource> open = from -> stored.open(
                from,
                withTimes(stored.request(from, true, badRows))
                        .withMayGrow(mayGrow)
                        .withFollow(options.follow)
                        .withMaxWait(options.maxWait()));
        return repeated(open.apply(address), open);
    }

    private SourceRequest withTimes(SourceRequest request) {
        return options.resume ? DelayOptions.in(request, stored) : options.delay.in(request);
    }

    /** Opens the stored columns with a target that is inferred anew: another one, or one with other classes. */
    private ChunkSource openForNewHead() {
        String name = options.columns.target.orElse(stored.schema().target().name());
        List<Column> features = stored.plan().map(ColumnPlan::columns).orElse(List.of()).stream()
                .filter(column ->
                        !(column instanceof Column.Label) && !column.name().equals(name))
                .toList();
        List<Column> given = new ArrayList<>(features);
        options.columns.given().stream()
                .map(column -> column.namedAsIn(Set.of(name)))
                .filter(column -> column.name().equals(name))
                .forEach(given::add);
        SourceRequest request = options.delay
                .in(new SourceRequest(address.location(), Optional.of(name), given, Optional.empty(), true, badRows))
                .withFollow(options.follow)
                .withMaxWait(options.maxWait());
        ChunkSource first = address.open(request);
        Optional<ColumnPlan> inferred = first.plan();
        if (stored.plan().isEmpty() || inferred.isEmpty()) {
            return repeated(first, from -> from.open(request.withLocation(from.location())));
        }
        first.close();
        List<Column> columns = new ArrayList<>(features);
        inferred.get().label().ifPresent(columns::add);
        SourceRequest again = options.delay.in(request.withPlan(new ColumnPlan(columns), true));
        Function<SourceAddress, ChunkSource> open = from -> from.open(again.withLocation(from.location()));
        return repeated(open.apply(address), open);
    }

    private void requireSameColumns(ColumnPlan plan) {
        Set<String> names = plan.columns().stream().map(Column::name).collect(Collectors.toSet());
        for (Column asWritten : options.columns.given()) {
            Column given = asWritten.namedAsIn(names);
            boolean same = plan.columns().stream()
                    .anyMatch(column ->
                            column.name().equals(given.name()) && (column.says(given) || isTarget(column, given)));
            if (!same) {
                throw mismatch(
                        given instanceof Column.Cross cross
                                ? "--cross " + String.join(",", cross.columns())
                                : "--column " + given.toPlainText(),
                        "its columns are "
                                + String.join(
                                        ", ",
                                        plan.columns().stream()
                                                .map(Column::toPlainText)
                                                .toList()));
            }
        }
    }

    /** Refuses another plan than the stored one, whose classes may have grown since. */
    private void requireSamePlan(ColumnPlan given) {
        if (!stored.plan().map(plan -> plan.withClasses(List.of())).equals(Optional.of(given.withClasses(List.of())))) {
            throw mismatch("--plan " + options.plan.file.orElseThrow(), "it has another column plan");
        }
    }

    private static boolean isTarget(Column column, Column given) {
        return column instanceof Column.Label label
                && given.kind()
                        .replaceFirst("\\(.*", "")
                        .equals(ParamSpec.word(label.target().kind()));
    }

    /** Accepts a source that has moved; the source itself checks that the rows before the position are the same. */
    private void requireSameSource() {
        String name = address.provider().name();
        String before = stored.state().texts().getOrDefault("run.source_plug_in", name);
        if (!before.equals(name)) {
            throw mismatch(
                    "SOURCE " + Address.shown(options.source),
                    "its source is read by '" + before + "', not by '" + name + "'");
        }
        // A position in one epoch differs in form from a position in several.
        int epochsBefore = stored.wholeFact("run.epochs", 1);
        if ((epochs > 1) != (epochsBefore > 1)) {
            throw mismatch("--epochs " + epochs, "it was trained with --epochs " + epochsBefore);
        }
    }

    @Override
    Pipeline pipeline(ChunkSource source) {
        stored.resolveVectorModule(rows(source.schema()));
        Pipeline made = restore(source);
        source.warnings().forEach(this::warn);
        String reference = stored.version().reference();
        note(
                options.resume
                        ? "going on with " + reference + " after " + Console.count(stored.rowsLearned(), "row")
                        : "beginning from " + reference);
        long rolledBack = stored.count("run.rows_rolled_back");
        if (options.resume && rolledBack > 0) {
            note(Console.count(rolledBack, "row") + " before that " + (rolledBack == 1 ? "is" : "are")
                    + " rolled back");
        }
        return made;
    }

    private Pipeline restore(ChunkSource source) {
        Map<String, String> settings = options.settings();
        if (options.newHead) {
            String learner = options.learner
                    .map(name -> plugIns.learners().find(name).name())
                    .orElse(stored.state().text("learner"));
            return WarmStart.withNewHead(plugIns, stored.state(), source.schema(), learner, settings);
        }
        Pipeline restored = Pipeline.restore(plugIns, stored.state());
        Optional<AccreteException> misfit = misfit(restored, settings);
        if (misfit.isPresent()
                && Versions.challengers(plugIns, stored.state()).stream()
                        .filter(other -> options.resume)
                        .allMatch(other -> misfit(other, settings).isPresent())) {
            throw misfit.get();
        }
        return options.resume ? restored : WarmStart.fromState(plugIns, stored.state(), settings);
    }

    /** {@return why options that name the learner are not about a stored one, if they are not} */
    private Optional<AccreteException> misfit(Pipeline restored, Map<String, String> settings) {
        if (options.learner.isPresent()
                && !plugIns.learners().find(options.learner.get()).name().equals(restored.learner())) {
            return Optional.of(mismatch("--learner " + options.learner.get(), "its learner is " + restored.learner()));
        }
        if (options.steps().isPresent() && !options.steps().get().equals(restored.steps())) {
            String theirs = restored.steps().isEmpty() ? "none" : String.join(",", restored.steps());
            return Optional.of(mismatch("--steps " + options.steps.orElse(""), "its steps are " + theirs));
        }
        if (!options.resume || settings.isEmpty()) {
            return Optional.empty();
        }
        Pipeline changed;
        try {
            changed = WarmStart.fromState(plugIns, restored.state(), settings);
        } catch (AccreteException e) {
            return Optional.of(e);
        }
        List<String> differences = new ArrayList<>();
        changed.settings().forEach((key, value) -> {
            String theirs = restored.settings().getOrDefault(key, "");
            if (!value.equals(theirs)) {
                differences.add(key + "=" + theirs);
            }
        });
        return Optional.of(differences)
                .filter(some -> !some.isEmpty())
                .map(some -> mismatch("--set", "it has " + String.join(", ", some)));
    }

    private AccreteException mismatch(String given, String fact) {
        String reference = stored.version().reference();
        return AccreteException.badArgument(given + " does not fit model " + reference + ": " + fact + "; "
                + (options.resume
                        ? "--resume goes on with the same source and parameters, so leave it out, or begin from "
                                + reference + " with --from"
                        : "--from can change tunable parameters only, so leave it out, or train a new model"));
    }
}
