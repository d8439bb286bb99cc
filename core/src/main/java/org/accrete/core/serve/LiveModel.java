package org.accrete.core.serve;

import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.learn.Model;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;

/**
 * The model that answers now. Thread-safe: it is one reference to an immutable model with its version, which training
 * or {@link #refresh()} replaces; who predicts takes no lock and never waits.
 *
 * <pre>{@code
 * LiveModel flights = LiveModel.open(PlugIns.load(), store, "flights@live");
 * Prediction answer = flights.predict(Map.of("origin", "SEA", "destination", "PDX", "distance", 129));
 * }</pre>
 */
public final class LiveModel {
    /**
     * Where a model is read from again.
     *
     * @param takesSnapshots whether a run may publish what it learns
     */
    private record Origin(PlugIns plugIns, ModelStore store, ModelReference reference, boolean takesSnapshots) {}

    private final Optional<Origin> origin;
    private Optional<ModelVersion> read = Optional.empty();
    private volatile Optional<ServedModel> served = Optional.empty();

    private LiveModel(Optional<Origin> origin) {
        this.origin = origin;
    }

    /**
     * {@return the model that a reference stands for, and stands for later: see {@link #refresh()}}
     *
     * @param plugIns where the parts of the model are found
     * @param store where it is read from; not closed
     * @param reference {@code flights}, {@code flights@3} or {@code flights@live}; without a version {@code live}
     * @throws AccreteException bad argument: no such model or version; what {@link Pipeline#restore} throws
     */
    public static LiveModel open(PlugIns plugIns, ModelStore store, String reference) {
        LiveModel live = new LiveModel(Optional.of(new Origin(plugIns, store, ModelReference.parse(reference), false)));
        live.refresh();
        return live;
    }

    /**
     * {@return a model that answers with what a run learns as long as {@code live} in the store is the version that it
     * continues, and else with the version that {@code live} points to} So a rollback in the store reaches those who
     * predict: at the next {@link #publish}, which a run calls at most once a second, or {@link #refresh()}.
     *
     * @param plugIns where the parts of a stored version are found
     * @param store where the run appends its versions; not closed
     * @param model name of the model, which may have no version yet
     * @throws AccreteException what {@link #open} throws, but not that there is no such model
     */
    public static LiveModel following(PlugIns plugIns, ModelStore store, String model) {
        LiveModel live =
                new LiveModel(Optional.of(new Origin(plugIns, store, new ModelReference(model, History.LIVE), true)));
        if (!store.history(model).versions().isEmpty()) {
            live.refresh();
        }
        return live;
    }

    /**
     * {@return a model that answers once something was {@linkplain #publish published}} It knows of no store: it
     * answers with what was published last, also after a rollback.
     */
    public static LiveModel unpublished() {
        return new LiveModel(Optional.empty());
    }

    /**
     * Makes a model answer from now on. One that {@linkplain #following follows a store} answers only while
     * {@code live} there is the version that it continues, or there is no version yet; else the live version answers.
     *
     * @param model a snapshot
     * @param version what predictions say of it, such as {@code flights@3}, or {@code flights@3+500} for a model that
     *     has learned 500 rows since that version
     * @param plan how raw columns become numbers; without one records name the schema's columns where these are all
     *     numeric, and else only chunks can be predicted, by {@link #current()}
     * @throws AccreteException bad state: this is read from a store, see {@link #open}
     */
    public void publish(Model model, String version, Optional<ColumnPlan> plan) {
        requireUnopened();
        if (origin.isPresent() && !isContinued(origin.get(), version)) {
            refresh();
            return;
        }
        publishNow(new ServedModel(model, version, plan));
    }

    private synchronized void publishNow(ServedModel model) {
        read = Optional.empty();
        served = Optional.of(model);
    }

    private static boolean isContinued(Origin from, String version) {
        Optional<ModelVersion> live =
                from.store().history(from.reference().model()).live();
        return live.isEmpty() || live.get().reference().equals(base(version));
    }

    /** {@return the version that a published name continues} */
    private static String base(String name) {
        int plus = name.lastIndexOf('+');
        return plus < 0 ? name : name.substring(0, plus);
    }

    /** Refuses what is read from a store: it would forget how to encode records, and go back at the next refresh. */
    public void requireUnopened() {
        if (origin.isPresent() && !origin.get().takesSnapshots()) {
            throw AccreteException.badState("model '" + origin.get().reference().model()
                    + "' is read from a store, so nothing can be published to it;"
                    + " publish to LiveModel.following(...) or LiveModel.unpublished()");
        }
    }

    /**
     * Reads the history again, and the version that the reference stands for by now unless it is the one that answers.
     * Others go on predicting meanwhile; when it fails, the model that answered goes on to do so.
     *
     * @return whether another version answers from now on; never without a store, or before it has a version
     * @throws AccreteException what {@link #open} throws
     */
    public synchronized boolean refresh() {
        if (origin.isEmpty()) {
            return false;
        }
        Origin from = origin.get();
        History history = from.store().history(from.reference().model());
        if (history.versions().isEmpty() && from.takesSnapshots()) {
            return false;
        }
        if (history.versions().isEmpty()) {
            throw AccreteException.badArgument("there is no model '"
                    + from.reference().model() + "' in " + from.store().name() + "; models: "
                    + String.join(", ", from.store().models()));
        }
        ModelVersion version = history.resolve(from.reference().version());
        // The whole version is compared: a model that was removed and trained anew has the same numbers again.
        if (read.equals(Optional.of(version)) || isSnapshotOf(from, version)) {
            return false;
        }
        State state = from.store().load(version);
        Model model = Pipeline.restore(from.plugIns(), state).snapshot();
        Optional<ColumnPlan> stored =
                Optional.ofNullable(state.texts().get("plan")).map(ColumnPlan::parse);
        served = Optional.of(new ServedModel(model, version.reference(), stored));
        read = Optional.of(version);
        return true;
    }

    /** {@return whether what a run published, and nothing that was read, answers and continues a version} */
    private boolean isSnapshotOf(Origin from, ModelVersion version) {
        return from.takesSnapshots()
                && read.isEmpty()
                && served.isPresent()
                && base(served.get().version()).equals(version.reference());
    }

    /**
     * {@return the model that answers now, with its version: one pair, whatever is published meanwhile}
     *
     * @throws AccreteException bad state: nothing was published yet
     */
    public ServedModel current() {
        return served.orElseThrow(() -> AccreteException.badState("no model was published yet"));
    }

    /**
     * {@return the prediction for one record, by one version} O(columns); nothing is allocated beyond the answer while
     * one thread predicts at a time.
     *
     * @param record raw column to value, as {@link org.accrete.api.data.RecordEncoder} reads it; further columns are
     *     ignored
     * @throws AccreteException bad data: a column is not in the record, or its value cannot be used; bad state: nothing
     *     was published yet, the version has no column plan or predicts nothing
     */
    public Prediction predict(Map<String, ?> record) {
        return current().predict(record);
    }

    /**
     * {@return the prediction for one row of numbers, by one version} Nothing is looked up by name: it is the fastest
     * way where all columns are numbers. O(columns); nothing is allocated beyond the answer while one thread predicts
     * at a time.
     *
     * @param features one number per column, in the order of {@link ServedModel#model() the model's} schema; NaN is
     *     missing; not kept
     * @throws AccreteException bad argument: another number of them; bad data: one is infinite; bad state: nothing was
     *     published yet, a column of the model is not one number, or the version predicts nothing
     */
    public Prediction predict(double[] features) {
        return current().predict(features);
    }

    /**
     * {@return the prediction for one record, by one version}
     *
     * @param record its components have the names of the raw columns; further ones are ignored
     * @throws AccreteException as {@link #predict(Map)}
     */
    public Prediction predict(Record record) {
        return current().predict(record);
    }
}
