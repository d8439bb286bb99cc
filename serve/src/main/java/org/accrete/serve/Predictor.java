package org.accrete.serve;

import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.core.explain.Explainer;
import org.accrete.core.explain.Explanation;
import org.accrete.core.serve.Predictions;
import org.accrete.core.serve.ServedModel;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.SerializedString;

/** Predicts the records of a request by one version. Keeps its memory for the next one; for one thread at a time. */
final class Predictor {
    private static final SerializedString PREDICTION = new SerializedString("prediction");
    private static final SerializedString PROBABILITIES = new SerializedString("probabilities");
    private static final SerializedString CLUSTER = new SerializedString("cluster");
    private static final SerializedString DISTANCE = new SerializedString("distance");
    private static final SerializedString SCORE = new SerializedString("score");

    /** What is done with the predictions of some rows. */
    @FunctionalInterface
    interface Sink {
        /**
         * Takes predictions.
         *
         * @param predictions of the rows, not kept
         * @param rows the rows
         */
        void rows(Predictions predictions, ChunkBuffer rows);
    }

    private final Predictions predictions;
    private final SerializableString[] labels;
    private final RecordRows rows;
    private final Optional<Explainer> explainer;
    private final List<String> keys;

    /**
     * Makes a predictor.
     *
     * @param by the version
     * @param explains whether predictions are explained too
     * @throws AccreteException bad state: it predicts nothing, or has no column plan; bad argument: it cannot explain
     */
    Predictor(ServedModel by, boolean explains) {
        predictions = new Predictions(by);
        labels = predictions.labels().stream().map(SerializedString::new).toArray(SerializableString[]::new);
        ColumnPlan plan = RecordRows.withoutKeys(plan(by));
        if (explains) {
            ColumnPlan texts = Explainer.withTexts(plan);
            keys = texts.keys();
            rows = new RecordRows(texts, by.model().schema(), false);
            explainer = Optional.of(new Explainer(by.model(), by.plan()));
        } else {
            keys = List.of();
            rows = new RecordRows(plan, by.model().schema(), false);
            explainer = Optional.empty();
        }
    }

    /** {@return how raw columns become numbers} */
    static ColumnPlan plan(ServedModel by) {
        return by.plan()
                .orElseThrow(() -> AccreteException.badState(
                        "model " + by.version() + " has no column plan, so records cannot be predicted"));
    }

    /**
     * Begins a request.
     *
     * @param sink takes the predictions
     * @param maxRows how many rows it may have
     * @return what takes its records
     */
    RecordRows begin(Sink sink, long maxRows) {
        rows.begin(
                (block, first) -> {
                    predictions.predict(block.chunk());
                    sink.rows(predictions, block);
                },
                maxRows);
        return rows;
    }

    /** {@return what is predicted} */
    Predictions predictions() {
        return predictions;
    }

    /** {@return names of the raw columns that a record must have} */
    List<String> header() {
        return rows.header();
    }

    /** Writes the prediction for a row as an object. */
    void write(JsonGenerator json, ChunkBuffer block, int row, int most) {
        json.writeStartObject();
        switch (predictions.kind()) {
            case CLASS -> {
                json.writeName(PREDICTION);
                json.writeString(labels[predictions.winner(row)]);
                if (predictions.hasProbabilities()) {
                    json.writeName(PROBABILITIES);
                    json.writeStartObject();
                    for (int c = 0; c < labels.length; c++) {
                        json.writeName(labels[c]);
                        Json.number(json, predictions.probability(row, c));
                    }
                    json.writeEndObject();
                }
            }
            case CLUSTER -> {
                json.writeName(CLUSTER);
                json.writeNumber(predictions.winner(row));
                json.writeName(DISTANCE);
                Json.number(json, predictions.number(row));
            }
            case NUMBER -> {
                json.writeName(PREDICTION);
                Json.number(json, predictions.number(row));
            }
            case SCORE -> {
                json.writeName(SCORE);
                Json.number(json, predictions.number(row));
            }
        }
        explainer.ifPresent(one -> explain(json, one.explain(block, row, keys), most));
        json.writeEndObject();
    }

    private static void explain(JsonGenerator json, Explanation explanation, int most) {
        json.writeName("explanation");
        json.writeStartObject();
        json.writeName("target");
        json.writeString(explanation.target());
        json.writeName("value");
        Json.number(json, explanation.value());
        json.writeName("base");
        Json.number(json, explanation.base());
        json.writeName("contributions");
        json.writeStartArray();
        List<Explanation.Contribution> all = explanation.contributions();
        for (Explanation.Contribution one : all.subList(0, Math.min(most, all.size()))) {
            json.writeStartObject();
            json.writeName("column");
            json.writeString(one.column());
            json.writeName("value");
            json.writeString(one.value());
            json.writeName("amount");
            Json.number(json, one.amount());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeName("rest");
        Json.number(json, explanation.rest(most));
        json.writeEndObject();
    }
}
