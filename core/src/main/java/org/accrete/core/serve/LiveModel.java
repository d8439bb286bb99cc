package org.accrete.core.serve;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
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
 * The model that answers now. Thread-safe: it is one reference to an immutable model with its version, which is
 * replaced by training, by a store that is followed, or by {@link #refresh()}; who predicts takes no lock and never
 * waits.
 *
 * <pre>{@code
 * LiveModel flights = LiveModel.open(PlugIns.load(), store, "flights@live");
 * Prediction answer = flights.predict(Map.of("origin", "SEA", "destination", "PDX", "distance", 129));
 * }</pre>
 *
 * <p>What is opened from a store follows it until it is {@linkplain #close closed} or nobody holds it any longer: a
 * thread of the store, shared by all models that follow it, asks ten times a second whether the history has changed,
 * and reads a version only if the reference stands for another one by then. A store that is damaged or cannot be
 * reached changes nothing: the version that answers goes on, and the store is asked again.
 */
public final class LiveModel implements AutoCloseable {
    /** After the first failure to read a version that did not change; it doubles up to the other. */
    private static final long FIRST_RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(StoreWatch.PERIOD_MILLIS);

    private static final long LAST_RETRY_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** No number that a store gives. */
    private static final long UNKNOWN_REVISION = -1;

    /**
     * Where a model is read from again.
     *
     * @param takesSnapshots whether a run may publish what it learns
     */
    private record Origin(PlugIns plugIns, ModelStore store, ModelReference reference, boolean takesSnapshots) {}

    /** What came of reading the history. */
    private enum Outcome {
        SAME,
        SWAPPED,
        REFUSED
    }

    /** A version that must not answer. */
    private record Refusal(ModelVersion version, String why) {}

    private final Optional<Origin> origin;
    private final Optional<SaneRows> rows;
    private final Consumer<ServedModel> warmUp;
    private final List<LiveListener> listeners;
    private Optional<ModelVersion> read = Optional.empty();
    private Optional<Refusal> refusal = Optional.empty();
    private Optional<String> lastProblem = Optional.empty();
    private volatile Optional<ServedModel> served = Optional.empty();

    // Of the thread that follows.
    private long lastRevision = UNKNOWN_REVISION;
    private int failures;
    private long retryAt;

    private LiveModel(
            Optional<Origin> origin,
            Optional<SaneRows> rows,
            Consumer<ServedModel> warmUp,
            List<LiveListener> listeners) {
        this.origin = origin;
        this.rows = rows;
        this.warmUp = warmUp;
        this.listeners = List.copyOf(listeners);
    }

    /** How a model follows a store. */
    public static final class Builder {
        private final PlugIns plugIns;
        private final ModelStore store;
        private final List<LiveListener> listeners = new ArrayList<>();
        private Optional<SaneRows> rows = Optional.empty();
        private Consumer<ServedModel> warmUp = model -> {};

        private Builder(PlugIns plugIns, ModelStore store) {
            this.plugIns = plugIns;
            this.store = store;
        }

        /**
         * Gives rows that every version, and every snapshot that is published, must predict sanely. One that does not
         * is refused: the one before goes on answering, and listeners are told.
         *
         * @param sane the rows
         * @return this
         */
        public Builder mustPredict(SaneRows sane) {
            rows = Optional.of(sane);
            return this;
        }

        /**
         * Gives what is done with a version that was read before it answers, such as predictions of some rows so that
         * the first ones that count are not slow. Those who predict do not wait for it.
         *
         * @param warmUp gets the version; when it throws, the version does not answer
         * @return this
         */
        public Builder warmUp(Consumer<ServedModel> warmUp) {
            this.warmUp = warmUp;
            return this;
        }

        /**
         * Adds who is told of swaps, refusals and errors.
         *
         * @param listener a listener
         * @return this
         */
        public Builder listener(LiveListener listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * {@return the model that a reference stands for, now and later}
         *
         * @param reference {@code flights}, {@code flights@3} or {@code flights@live}; without a version {@code live}
         * @throws AccreteException bad argument: no such model or version; bad state: the version does not predict the
         *     given rows sanely; what {@link Pipeline#restore} throws
         */
        public LiveModel open(String reference) {
            LiveModel live = model(ModelReference.parse(reference), false);
            live.refresh();
            StoreWatch.add(store, live);
            return live;
        }

        /**
         * {@return what {@link LiveModel#following} says}
         *
         * @param model name of the model, which may have no version yet
         * @throws AccreteException what {@link #open} throws, but not that there is no such model
         */
        public LiveModel following(String model) {
            LiveModel live = model(new ModelReference(model, History.LIVE), true);
            if (!store.history(model).versions().isEmpty()) {
                live.refresh();
            }
            StoreWatch.add(store, live);
            return live;
        }

        private LiveModel model(ModelReference reference, boolean takesSnapshots) {
            return new LiveModel(
                    Optional.of(new Origin(plugIns, store, reference, takesSnapshots)), rows, warmUp, listeners);
        }
    }

    /**
     * {@return what opens a model that follows a store, with conditions and listeners}
     *
     * @param plugIns where the parts of the model are found
     * @param store where it is read from; not closed
     */
    public static Builder builder(PlugIns plugIns, ModelStore store) {
        return new Builder(plugIns, store);
    }

    /**
     * {@return the model that a reference stands for, now and later: within a fifth of a second of the store's change,
     * and the time that reading a version takes}
     *
     * @param plugIns where the parts of the model are found
     * @param store where it is read from; not closed
     * @param reference {@code flights}, {@code flights@3} or {@code flights@live}; without a version {@code live}
     * @throws AccreteException bad argument: no such model or version; what {@link Pipeline#restore} throws
     */
    public static LiveModel open(PlugIns plugIns, ModelStore store, String reference) {
        return builder(plugIns, store).open(reference);
    }

    /**
     * {@return a model that answers with what a run learns as long as {@code live} in the store is the version that it
     * continues, and else with the version that {@code live} points to} So a rollback in the store reaches those who
     * predict: within a fifth of a second, or at the next {@link #publish}, which a run calls at most once a second.
     *
     * @param plugIns where the parts of a stored version are found
     * @param store where the run appends its versions; not closed
     * @param model name of the model, which may have no version yet
     * @throws AccreteException what {@link #open} throws, but not that there is no such model
     */
    public static LiveModel following(PlugIns plugIns, ModelStore store, String model) {
        return builder(plugIns, store).following(model);
    }

    /**
     * {@return a model that answers once something was {@linkplain #publish published}} It knows of no store: it
     * answers with what was published last, also after a rollback.
     */
    public static LiveModel unpublished() {
        return new LiveModel(Optional.empty(), Optional.empty(), model -> {}, List.of());
    }

    /**
     * Makes a model answer from now on. One that {@linkplain #following follows a store} answers only while
     * {@code live} there is the version that it continues, or there is no version yet; else the live version answers.
     * When the store cannot tell, and when the model does not predict the given rows sanely, listeners are told and
     * what answered goes on.
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
        try {
            if (origin.isPresent() && !isContinued(origin.get(), version)) {
                update();
                return;
            }
        } catch (AccreteException e) {
            tellFailed(e);
            return;
        }
        publishNow(new ServedModel(model, version, plan));
    }

    private synchronized void publishNow(ServedModel model) {
        Optional<String> problem = rows.flatMap(sane -> sane.problem(model));
        if (problem.isPresent()) {
            tell(listener -> listener.refused(model.version(), problem.get()));
            return;
        }
        read = Optional.empty();
        swap(model);
    }

    private void swap(ServedModel model) {
        served = Optional.of(model);
        lastProblem = Optional.empty();
        tell(listener -> listener.swapped(model));
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
     * Reads the history now, and the version that the reference stands for by now unless it is the one that answers.
     * Others go on predicting meanwhile; when it fails, the model that answered goes on to do so.
     *
     * @return whether another version answers from now on; never without a store, or before it has a version
     * @throws AccreteException what {@link Builder#open} throws
     */
    public synchronized boolean refresh() {
        Outcome outcome = update();
        if (outcome == Outcome.REFUSED) {
            Refusal refused = refusal.orElseThrow();
            throw AccreteException.badState(
                    "version " + refused.version().reference() + " must not answer: " + refused.why());
        }
        return outcome == Outcome.SWAPPED;
    }

    private synchronized Outcome update() {
        if (origin.isEmpty()) {
            return Outcome.SAME;
        }
        Origin from = origin.get();
        History history = from.store().history(from.reference().model());
        return history.versions().isEmpty() && from.takesSnapshots() ? Outcome.SAME : update(from, history);
    }

    private Outcome update(Origin from, History history) {
        ModelVersion version = resolve(from, history);
        // The whole version is compared: a model that was removed and trained anew has the same numbers again.
        if (read.equals(Optional.of(version)) || isSnapshotOf(from, version)) {
            return Outcome.SAME;
        }
        if (refusal.map(Refusal::version).equals(Optional.of(version))) {
            return Outcome.REFUSED;
        }
        State state;
        try {
            state = from.store().load(version);
        } catch (AccreteException e) {
            // It may have been pruned since the history was read.
            ModelVersion now =
                    resolve(from, from.store().history(from.reference().model()));
            if (now.equals(version)) {
                throw e;
            }
            version = now;
            state = from.store().load(version);
        }
        ServedModel candidate = ServedModel.of(from.plugIns(), version.reference(), state);
        Optional<String> problem = rows.flatMap(sane -> sane.problem(candidate));
        if (problem.isPresent()) {
            refusal = Optional.of(new Refusal(version, problem.get()));
            tell(listener -> listener.refused(candidate.version(), problem.get()));
            return Outcome.REFUSED;
        }
        warmUp.accept(candidate);
        read = Optional.of(version);
        swap(candidate);
        return Outcome.SWAPPED;
    }

    private static ModelVersion resolve(Origin from, History history) {
        if (history.versions().isEmpty()) {
            throw AccreteException.badArgument("there is no model '"
                    + from.reference().model() + "' in " + from.store().name() + "; models: "
                    + String.join(", ", from.store().models()));
        }
        return history.resolve(from.reference().version());
    }

    /** {@return whether what a run published, and nothing that was read, answers and continues a version} */
    private boolean isSnapshotOf(Origin from, ModelVersion version) {
        return from.takesSnapshots()
                && isPublished()
                && base(served.orElseThrow().version()).equals(version.reference());
    }

    private boolean isPublished() {
        return read.isEmpty() && served.isPresent();
    }

    /** Looks after the store once: called ten times a second, by one thread. Nothing that it throws gets out. */
    void follow() {
        Origin from = origin.orElseThrow();
        boolean isRetry = failures > 0 && System.nanoTime() - retryAt < 0;
        if (isRetry && lastRevision == UNKNOWN_REVISION) {
            return;
        }
        long revision = UNKNOWN_REVISION;
        try {
            revision = from.store().revision(from.reference().model());
            if (revision == lastRevision && (failures == 0 || isRetry)) {
                return;
            }
            followTo(from);
            failures = 0;
        } catch (RuntimeException | Error e) {
            long wait = Math.min(FIRST_RETRY_NANOS << Math.min(failures, 16), LAST_RETRY_NANOS);
            retryAt = System.nanoTime() + wait;
            failures++;
            tellFailed(e);
        }
        lastRevision = revision;
    }

    private synchronized void followTo(Origin from) {
        History history = from.store().history(from.reference().model());
        if (from.takesSnapshots() && (history.versions().isEmpty() || (isPublished() && !isMovedByHand(history)))) {
            // The run that appended the live version publishes it too, in a moment.
            return;
        }
        update(from, history);
        lastProblem = Optional.empty();
    }

    private static boolean isMovedByHand(History history) {
        for (int i = history.moves().size() - 1; i >= 0; i--) {
            if (history.moves().get(i).alias().equals(History.LIVE)) {
                return history.moves().get(i).reason().isPresent();
            }
        }
        return false;
    }

    private synchronized void tellFailed(Throwable problem) {
        Optional<String> text = Optional.of(problem.toString());
        if (!text.equals(lastProblem)) {
            lastProblem = text;
            tell(listener -> listener.failed(problem));
        }
    }

    private void tell(Consumer<LiveListener> what) {
        for (LiveListener listener : listeners) {
            try {
                what.accept(listener);
            } catch (RuntimeException | Error e) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        }
    }

    /** Stops following; the version that answers goes on to do so, and {@link #refresh()} still reads the store. */
    @Override
    public void close() {
        origin.ifPresent(from -> StoreWatch.remove(from.store(), this));
    }

    /** {@return whether something answers: it was published, or read from a store} */
    public boolean answers() {
        return served.isPresent();
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

    /**
     * {@return the prediction for one record, and what its columns contributed, by one version} Slower than
     * {@link #predict(Map)}, and it allocates.
     *
     * @param record as of {@link #predict(Map)}
     * @throws AccreteException bad argument: the model or one of its steps cannot explain; as {@link #predict(Map)}
     */
    public ExplainedPrediction explain(Map<String, ?> record) {
        return current().explain(record);
    }
}
