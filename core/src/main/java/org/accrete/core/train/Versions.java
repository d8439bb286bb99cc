package org.accrete.core.train;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;

/** Operations on whole versions of a model, as a {@link TrainingRun} stores them. */
public final class Versions {
    private Versions() {}

    /**
     * {@return the state of a version that has learned what several versions have, to be appended} It predicts, serves
     * and trains on like any other, from the start of another source: it holds no position and no scores, which belong
     * to one source.
     *
     * <pre>{@code
     * ModelVersion a = store.history("monday").resolve("live");
     * ModelVersion b = store.history("tuesday").resolve("live");
     * State merged = Versions.merge(plugIns, List.of(store.load(a), store.load(b)));
     * Pipeline pipeline = Pipeline.restore(plugIns, merged);
     * try (ModelWriter writer = store.writer("week")) {
     *     writer.append(merged, new ModelVersion.Note(
     *             Optional.of(a.reference()), pipeline.learner(), pipeline.rowsSeen(), Map.of()));
     * }
     * }</pre>
     *
     * @param plugIns where the parts of the models are found
     * @param states what the versions hold, at least one; merged in this order
     * @throws AccreteException bad argument: no state; bad state: their columns or column plans differ, or what
     *     {@link Pipeline#merge} refuses
     */
    public static State merge(PlugIns plugIns, List<State> states) {
        if (states.isEmpty()) {
            throw AccreteException.badArgument("at least one version must be given but there is none");
        }
        Pipeline merged = Pipeline.restore(plugIns, states.get(0));
        Optional<ColumnPlan> plan = plan(states.get(0));
        for (State state : states.subList(1, states.size())) {
            requireSame(plan, plan(state));
            merged.merge(Pipeline.restore(plugIns, state));
        }
        State state = merged.state();
        List<String> classes = Schema.parse(state.text("schema")).target().classes();
        State.Builder version = State.builder().all(state);
        plan.ifPresent(
                columns -> version.text("plan", columns.withClasses(classes).toText()));
        return version.build();
    }

    /**
     * {@return the state of a version, to go on with from where a later version ended in their source} The rows between
     * both are not learned again and count as rolled back, {@code run.rows_rolled_back}.
     *
     * @param state what the version holds, as a {@link TrainingRun} stored it
     * @param later what the later version holds
     */
    public static State fromHere(State state, State later) {
        return SourceProgress.at(state, later);
    }

    /**
     * {@return the state of a version, to go on with from a later row of its source} The rows between both are not
     * learned again and count as rolled back.
     *
     * @param state what the version holds, as a {@link TrainingRun} stored it
     * @param position where to go on; of the same source, so many rows after the version's own
     * @param rows how many rows lie between both, at least 0
     */
    public static State at(State state, Position position, long rows) {
        return SourceProgress.at(state, position, rows);
    }

    /**
     * {@return the challengers of a version, for a run that continues it; see
     * {@link TrainingRun.Builder#challengers(List)}}
     *
     * @param plugIns where their parts are found
     * @param state what the version holds
     * @throws AccreteException as {@link Pipeline#restore}
     */
    public static List<Pipeline> challengers(PlugIns plugIns, State state) {
        return Challengers.stored(plugIns, state);
    }

    /**
     * {@return the version that the gates of a run compare with, see {@link TrainingRun.Builder#judgedBeside}} A run
     * that continues another one compares with what that compared with, which may be before {@code live}: a version
     * that was appended because a run was stopped is not compared with, so that a stop changes no verdict.
     *
     * @param history of the model that the run appends to
     * @param resumed the version that is continued, and what it holds; empty for a new run
     * @param state what that version holds; ignored for a new run
     */
    public static Optional<ModelVersion> judgedBeside(
            History history, Optional<ModelVersion> resumed, Optional<State> state) {
        if (resumed.isEmpty() || state.isEmpty() || history.rollback().isPresent() || !Gates.areIn(state.get())) {
            return history.live();
        }
        Optional<Long> row = Gates.reference(state.get());
        if (row.isEmpty()) {
            return Optional.empty();
        }
        Map<String, ModelVersion> versions = new HashMap<>();
        history.versions().forEach(version -> versions.put(version.reference(), version));
        Optional<ModelVersion> one = resumed;
        while (one.isPresent() && !Optional.of(row.get()).equals(rowsTo(one.get()))) {
            one = one.get().note().parent().map(versions::get);
        }
        return one.or(history::live);
    }

    /**
     * {@return where a version ended in its source, counted from 1}
     *
     * @param version one of a history's; an older one may not say it
     */
    public static Optional<Long> rowsTo(ModelVersion version) {
        try {
            return Optional.ofNullable(version.note().facts().get("rows_to")).map(Long::valueOf);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<ColumnPlan> plan(State state) {
        return Optional.ofNullable(state.texts().get("plan")).map(ColumnPlan::parse);
    }

    private static void requireSame(Optional<ColumnPlan> mine, Optional<ColumnPlan> theirs) {
        List<String> expected = lines(mine);
        List<String> found = lines(theirs);
        for (int i = 0; i < Math.max(expected.size(), found.size()); i++) {
            String left = i < expected.size() ? expected.get(i) : "no more columns";
            String right = i < found.size() ? found.get(i) : "no more columns";
            if (!left.equals(right)) {
                throw AccreteException.badState(
                        "versions to be merged must have one column plan but differ (first" + " difference: '" + left
                                + "' and '" + right + "'); open each source with the plan of the first");
            }
        }
    }

    /** A column each, without the classes, which are merged. */
    private static List<String> lines(Optional<ColumnPlan> plan) {
        return plan.map(columns -> columns.withClasses(List.of()).columns().stream()
                        .map(Column::toText)
                        .toList())
                .orElse(List.of());
    }
}
