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
    /** Where a model is read from again. */
    private record Origin(PlugIns plugIns, ModelStore store, ModelReference reference) {}

    private final Optional<Origin> origin;
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
        LiveModel live = new LiveModel(Optional.of(new Origin(plugIns, store, ModelReference.parse(reference))));
        live.refresh();
        return live;
    }

    /** {@return a model that answers once something was {@linkplain #publish published}} */
    public static LiveModel unpublished() {
        return new LiveModel(Optional.empty());
    }

    /**
     * Makes a model answer from now on.
     *
     * @param model a snapshot
     * @param version what predictions say of it
     * @param plan how raw columns become numbers; without one records name the schema's columns where these are all
     *     numeric, and else only chunks can be predicted, by {@link #current()}
     * @throws AccreteException bad state: this is read from a store, see {@link #open}
     */
    public void publish(Model model, String version, Optional<ColumnPlan> plan) {
        requireUnopened();
        served = Optional.of(new ServedModel(model, version, plan));
    }

    /** Refuses what is read from a store: it would forget how to encode records, and go back at the next refresh. */
    public void requireUnopened() {
        if (origin.isPresent()) {
            throw AccreteException.badState("model '" + origin.get().reference().model()
                    + "' is read from a store, so nothing can be published to it;"
                    + " publish to LiveModel.unpublished()");
        }
    }

    /**
     * Reads the history again, and the version that the reference stands for by now unless it is the one that answers.
     * Others go on predicting meanwhile; when it fails, the model that answered goes on to do so.
     *
     * @return whether another version answers from now on; never where models are published, not read
     * @throws AccreteException what {@link #open} throws
     */
    public synchronized boolean refresh() {
        if (origin.isEmpty()) {
            return false;
        }
        Origin from = origin.get();
        History history = from.store().history(from.reference().model());
        if (history.versions().isEmpty()) {
            throw AccreteException.badArgument("there is no model '"
                    + from.reference().model() + "' in " + from.store().name() + "; models: "
                    + String.join(", ", from.store().models()));
        }
        ModelVersion version = history.resolve(from.reference().version());
        if (served.isPresent() && served.get().version().equals(version.reference())) {
            return false;
        }
        State state = from.store().load(version);
        Model model = Pipeline.restore(from.plugIns(), state).snapshot();
        Optional<ColumnPlan> stored =
                Optional.ofNullable(state.texts().get("plan")).map(ColumnPlan::parse);
        served = Optional.of(new ServedModel(model, version.reference(), stored));
        return true;
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
