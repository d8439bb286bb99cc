package org.accrete.core.serve;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.History;
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
 * Prediction answer = flights.predict(Map.of("origin", "SEA", "destination", "PDX", ...));
 * }</pre>
 */
public final class LiveModel {
    private record Served(Model model, String version, RecordEncoder encoder) {}

    /** Where a model is read from again. */
    private record Origin(PlugIns plugIns, ModelStore store, String name, String word) {}

    private final Optional<Origin> origin;
    private final Optional<ColumnPlan> plan;
    private volatile Optional<Served> served = Optional.empty();

    private LiveModel(Optional<Origin> origin, Optional<ColumnPlan> plan) {
        this.origin = origin;
        this.plan = plan;
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
        int at = reference.lastIndexOf('@');
        String name = at < 0 ? reference : reference.substring(0, at);
        String word = at < 0 ? "" : reference.substring(at + 1);
        LiveModel live = new LiveModel(Optional.of(new Origin(plugIns, store, name, word)), Optional.empty());
        live.refresh();
        return live;
    }

    /**
     * {@return a model that answers once something was {@linkplain #publish published}}
     *
     * @param plan how raw columns become numbers; without one, records name the schema's columns
     */
    public static LiveModel unpublished(Optional<ColumnPlan> plan) {
        return new LiveModel(Optional.empty(), plan);
    }

    /**
     * Makes a model answer from now on.
     *
     * @param model a snapshot
     * @param version what predictions say of it
     * @throws AccreteException bad state: this is read from a store, see {@link #open}
     */
    public void publish(Model model, String version) {
        requireUnopened();
        RecordEncoder encoder = plan.map(RecordEncoder::of).orElseGet(() -> RecordEncoder.of(model.schema()));
        served = Optional.of(new Served(model, version, encoder));
    }

    /** Refuses what is read from a store: it would forget how to encode records, and go back at the next refresh. */
    public void requireUnopened() {
        if (origin.isPresent()) {
            throw AccreteException.badState(
                    "model '" + origin.get().name()
                            + "' is read from a store, so nothing can be published to it; publish to LiveModel.unpublished(...)");
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
        History history = from.store().history(from.name());
        if (history.versions().isEmpty()) {
            throw AccreteException.badArgument(
                    "there is no model '" + from.name() + "' in " + from.store().name() + "; models: "
                            + String.join(", ", from.store().models()));
        }
        ModelVersion version = history.resolve(from.word());
        if (served.isPresent() && served.get().version().equals(version.reference())) {
            return false;
        }
        State state = from.store().load(version);
        Model model = Pipeline.restore(from.plugIns(), state).snapshot();
        RecordEncoder encoder = state.texts().containsKey("plan")
                ? RecordEncoder.of(ColumnPlan.parse(state.text("plan")))
                : RecordEncoder.of(model.schema());
        served = Optional.of(new Served(model, version.reference(), encoder));
        return true;
    }

    /**
     * {@return the model that answers}
     *
     * @throws AccreteException bad state: nothing was published yet
     */
    public Model model() {
        return now().model();
    }

    /**
     * {@return the version that answers, such as {@code flights@3}}
     *
     * @throws AccreteException bad state: nothing was published yet
     */
    public String version() {
        return now().version();
    }

    /**
     * {@return the prediction for one record, by one version}
     *
     * @param record raw column to text, as in the data that was trained on; further columns are ignored
     * @throws AccreteException bad data: a column is not in the record, or its text cannot be used; bad state: nothing
     *     was published yet, or nothing that predicts
     */
    public Prediction predict(Map<String, String> record) {
        Served now = now();
        Chunk row = now.encoder().encode(record);
        if (now.model() instanceof Classifier classifier) {
            List<String> classes = classifier.classes();
            if (classes.isEmpty()) {
                throw AccreteException.badState("model " + now.version() + " knows no class yet");
            }
            double[] decisions = new double[classifier.decisions()];
            classifier.decide(row, decisions);
            Map<String, Double> probabilities = new LinkedHashMap<>();
            if (classifier instanceof ProbabilisticClassifier probabilistic) {
                double[] numbers = new double[classes.size()];
                probabilistic.probabilities(decisions, 1, numbers.length, numbers);
                for (int i = 0; i < numbers.length; i++) {
                    probabilities.put(classes.get(i), numbers[i]);
                }
            }
            return new Prediction(classes.get(classifier.winner(decisions, 0)), probabilities, now.version());
        }
        if (now.model() instanceof Regressor regressor) {
            double[] number = new double[1];
            regressor.predict(row, number);
            return new Prediction(Double.toString(number[0]), Map.of(), now.version());
        }
        throw AccreteException.badState("model " + now.version() + " predicts neither a class nor a number");
    }

    private Served now() {
        return served.orElseThrow(() -> AccreteException.badState("no model was published yet"));
    }
}
