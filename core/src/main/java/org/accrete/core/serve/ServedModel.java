package org.accrete.core.serve;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Model;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.explain.Explainer;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;

/**
 * One immutable model and its version, as a {@link LiveModel} holds them together. Thread-safe.
 *
 * <p>A prediction encodes the record into memory that is kept from call to call: one set for the thread that predicts,
 * more only while several do at the same time.
 */
public final class ServedModel {
    /** Memory for one prediction. */
    private static final class Scratch {
        final RecordEncoder encoder;
        final ChunkBuffer row;
        final Predictions predictions;

        Scratch(ServedModel by) {
            encoder = new RecordEncoder(by.requirePlan(), false);
            // The model's own schema where it can be: comparing it with itself takes no time.
            Schema schema = by.model.schema();
            row = new ChunkBuffer(schema.matches(encoder.schema()) ? schema : encoder.schema(), 1);
            predictions = new Predictions(by);
        }
    }

    private final Model model;
    private final String version;
    private final Optional<ColumnPlan> plan;
    private final boolean isNumeric;
    private final AtomicReference<Optional<Scratch>> idle = new AtomicReference<>(Optional.empty());

    ServedModel(Model model, String version, Optional<ColumnPlan> plan) {
        this.model = model;
        this.version = version;
        Optional<ColumnPlan> numbers = ColumnPlan.ofNumbers(model.schema());
        this.plan = plan.or(() -> numbers);
        this.isNumeric = numbers.isPresent();
    }

    /**
     * {@return one version of a model, which follows nothing} Reads the whole version.
     *
     * @param plugIns where the parts of the model are found
     * @param store where it is read from; not closed
     * @param version one of a history's
     * @throws AccreteException what {@link ModelStore#load} and {@link Pipeline#restore} throw
     */
    public static ServedModel open(PlugIns plugIns, ModelStore store, ModelVersion version) {
        return of(plugIns, version.reference(), store.load(version));
    }

    /**
     * {@return the model that a state holds}
     *
     * @param plugIns where the parts of the model are found
     * @param version what predictions say that they are by, such as {@code flights@3}
     * @param state what the version holds
     * @throws AccreteException what {@link Pipeline#restore} throws
     */
    public static ServedModel of(PlugIns plugIns, String version, State state) {
        return new ServedModel(
                Pipeline.restore(plugIns, state).snapshot(),
                version,
                Optional.ofNullable(state.texts().get("plan")).map(ColumnPlan::parse));
    }

    /** {@return the model, for whole chunks} */
    public Model model() {
        return model;
    }

    /** {@return the version, such as {@code flights@3}} */
    public String version() {
        return version;
    }

    /**
     * {@return how raw columns become the columns of the model; without a plan of its own, that of columns which are
     * all numbers; empty when records cannot be encoded}
     */
    public Optional<ColumnPlan> plan() {
        return plan;
    }

    /**
     * {@return the prediction for one record} O(columns); nothing is allocated beyond the answer while one thread
     * predicts at a time.
     *
     * @param record a {@code Map} from raw column to value, or a Java {@code record}, as {@link RecordEncoder} reads
     *     it; further columns are ignored
     * @throws AccreteException bad data: a column is not in the record, or its value cannot be used; bad state: the
     *     version has no column plan, or predicts nothing
     */
    public Prediction predict(Object record) {
        Optional<Scratch> taken = take();
        Scratch scratch = taken.orElseThrow();
        try {
            scratch.row.clear();
            scratch.encoder.encode(record, scratch.row);
            return predict(scratch);
        } finally {
            idle.set(taken);
        }
    }

    /**
     * {@return the prediction for one row of numbers}
     *
     * @param features one number per column, in the order of the model's schema; NaN is missing
     * @throws AccreteException bad argument: another number of them; bad data: one is infinite; bad state: a column of
     *     the model is not one number, or the model predicts nothing
     */
    Prediction predict(double[] features) {
        if (!isNumeric) {
            throw AccreteException.badState("model " + version
                    + " has columns that are not numbers, so a row of numbers cannot be predicted; give a record");
        }
        Optional<Scratch> taken = take();
        Scratch scratch = taken.orElseThrow();
        try {
            ChunkBuffer row = scratch.row;
            int width = row.chunk().width();
            if (features.length != width) {
                throw AccreteException.badArgument(
                        "model " + version + " was trained on " + width + " features but there are " + features.length);
            }
            row.clear();
            row.beginRow();
            for (int column = 0; column < width; column++) {
                if (Double.isInfinite(features[column])) {
                    throw AccreteException.badData("column '" + row.schema().columnName(column)
                            + "' must be a finite number or missing but was " + features[column]);
                }
                row.put(column, features[column]);
            }
            row.endRow();
            return predict(scratch);
        } finally {
            idle.set(taken);
        }
    }

    /**
     * {@return the prediction for one record, and why}
     *
     * @param record as of {@link #predict(Object)}
     * @throws AccreteException bad argument: the model cannot explain; what {@link #predict(Object)} throws
     */
    ExplainedPrediction explain(Object record) {
        Prediction prediction = predict(record);
        ColumnPlan texts = Explainer.withTexts(requirePlan());
        RecordEncoder encoder = new RecordEncoder(texts, false);
        ChunkBuffer row = new ChunkBuffer(encoder.schema(), 1, texts.keys().size());
        encoder.encode(record, row);
        return new ExplainedPrediction(prediction, new Explainer(model, plan).explain(row, 0, texts.keys()));
    }

    /** {@return records as rows that the model takes, in new memory} */
    Chunk encode(List<? extends Map<String, ?>> records) {
        RecordEncoder encoder = new RecordEncoder(requirePlan(), false);
        ChunkBuffer rows = new ChunkBuffer(encoder.schema(), records.size());
        for (Map<String, ?> record : records) {
            encoder.encode(record, rows);
        }
        return rows.chunk();
    }

    private Optional<Scratch> take() {
        Optional<Scratch> taken = idle.getAndSet(Optional.empty());
        return taken.isPresent() ? taken : Optional.of(new Scratch(this));
    }

    private ColumnPlan requirePlan() {
        return plan.orElseThrow(() -> AccreteException.badState("model " + version
                + " has no column plan, so a record cannot be encoded; predict chunks by its model() instead"));
    }

    private static Prediction predict(Scratch scratch) {
        scratch.predictions.predict(scratch.row.chunk());
        return scratch.predictions.get(0);
    }
}
