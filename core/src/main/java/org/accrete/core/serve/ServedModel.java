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
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;

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
        double[] decisions = new double[1];

        Scratch(ColumnPlan plan, Schema schema) {
            encoder = new RecordEncoder(plan, false);
            // The model's own schema where it can be: comparing it with itself takes no time.
            row = new ChunkBuffer(schema.matches(encoder.schema()) ? schema : encoder.schema(), 1);
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

    /** {@return the model, for whole chunks} */
    public Model model() {
        return model;
    }

    /** {@return the version, such as {@code flights@3}} */
    public String version() {
        return version;
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
    Prediction predict(Object record) {
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
        return taken.isPresent() ? taken : Optional.of(new Scratch(requirePlan(), model.schema()));
    }

    private ColumnPlan requirePlan() {
        return plan.orElseThrow(() -> AccreteException.badState("model " + version
                + " has no column plan, so a record cannot be encoded; predict chunks by its model() instead"));
    }

    private Prediction predict(Scratch scratch) {
        if (model instanceof Classifier classifier) {
            List<String> classes = classifier.classes();
            if (classes.isEmpty()) {
                throw AccreteException.badState("model " + version + " knows no class yet");
            }
            int length = classifier.decisions();
            if (scratch.decisions.length != length) {
                scratch.decisions = new double[length];
            }
            classifier.decide(scratch.row.chunk(), scratch.decisions);
            double[] probabilities = {};
            if (classifier instanceof ProbabilisticClassifier probabilistic) {
                probabilities = new double[classes.size()];
                probabilistic.probabilities(scratch.decisions, 1, probabilities.length, probabilities);
            }
            return new ClassPrediction(classes, classifier.winner(scratch.decisions, 0), probabilities, version);
        }
        if (model instanceof Regressor regressor) {
            regressor.predict(scratch.row.chunk(), scratch.decisions);
            return new NumberPrediction(scratch.decisions[0], version);
        }
        throw AccreteException.badState("model " + version + " predicts neither a class nor a number");
    }
}
