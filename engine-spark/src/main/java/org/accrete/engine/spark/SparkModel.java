package org.accrete.engine.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.ClusterPrediction;
import org.accrete.core.serve.NumberPrediction;
import org.accrete.core.serve.Prediction;
import org.accrete.core.serve.Predictions;
import org.accrete.core.serve.ServedModel;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import scala.jdk.javaapi.CollectionConverters;

/**
 * One version of a model, to predict the rows of a dataset, also of a streaming one. It is read once, on the driver,
 * and sent to each executor once.
 *
 * <pre>{@code
 * Dataset<Row> scored = SparkModel.load(store, "flights@live").transform(rows);
 * SparkModel.register(spark, SparkModel.load(store, "flights@live"));
 * spark.sql("select accrete_predict('flights@live', struct(*)).prediction from flights");
 * }</pre>
 */
public final class SparkModel {
    /** Name of the SQL function. */
    public static final String FUNCTION = "accrete_predict";

    private static final StructType PREDICTED = new StructType()
            .add("prediction", DataTypes.StringType)
            .add("value", DataTypes.DoubleType)
            .add("probabilities", DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType))
            .add("version", DataTypes.StringType);

    private final String reference;
    private final Sent model;

    private SparkModel(String reference, Sent model) {
        this.reference = reference;
        this.model = model;
    }

    /** A version that each JVM restores once. */
    static final class Sent implements Serializable {
        private static final long serialVersionUID = 1;

        private final StateBytes state;
        private final String version;

        private transient volatile Optional<ServedModel> served;

        Sent(StateBytes state, String version) {
            this.state = state;
            this.version = version;
            this.served = Optional.empty();
        }

        @SuppressWarnings("NullAway") // Transient: null where it was received.
        ServedModel served() {
            Optional<ServedModel> known = served;
            if (known == null || known.isEmpty()) {
                synchronized (this) {
                    known = served;
                    if (known == null || known.isEmpty()) {
                        known = Optional.of(ServedModel.of(Here.PLUG_INS, version, state.state()));
                        served = known;
                    }
                }
            }
            return known.get();
        }
    }

    /**
     * {@return a version}
     *
     * @param store where it is; read now, and not again
     * @param reference {@code flights}, {@code flights@3} or {@code flights@live}; without a version {@code live}
     * @throws AccreteException bad argument: no such model or version; bad state: it has no column plan, or predicts
     *     nothing
     */
    public static SparkModel load(ModelStore store, String reference) {
        ModelVersion version = ModelReference.parse(reference).resolve(store);
        State state = store.load(version);
        Sent model = new Sent(StateBytes.of(state), version.reference());
        ServedModel served = model.served();
        new Predictions(served);
        if (served.plan().isEmpty()) {
            throw AccreteException.badState(
                    "model " + version.reference() + " has no column plan, so the rows of a dataset cannot be encoded");
        }
        return new SparkModel(reference, model);
    }

    /** {@return the version, such as {@code flights@3}} */
    public String version() {
        return model.version;
    }

    /**
     * {@return the rows with what is predicted of each} Classes: {@code prediction}, a text, and {@code probabilities},
     * a map from each class, where the model gives them. Numbers and scores: {@code prediction}, a double. Clusters:
     * {@code prediction}, a whole number, and {@code distance}. Always {@code model_version}. All but the version are
     * null for rows that the model's column plan leaves out.
     *
     * @param rows with the columns that the model was trained on; further ones are kept
     * @throws AccreteException bad data: a column is missing
     */
    public Dataset<Row> transform(Dataset<Row> rows) {
        ServedModel served = model.served();
        Predictions predictions = new Predictions(served);
        StructType schema = rows.schema();
        requireColumns(served.plan().orElseThrow(), List.of(schema.fieldNames()));
        StructType made = schema;
        switch (predictions.kind()) {
            case CLASS -> {
                made = made.add("prediction", DataTypes.StringType);
                if (predictions.hasProbabilities()) {
                    made = made.add(
                            "probabilities", DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType));
                }
            }
            case CLUSTER -> made = made.add("prediction", DataTypes.IntegerType).add("distance", DataTypes.DoubleType);
            case NUMBER, SCORE -> made = made.add("prediction", DataTypes.DoubleType);
        }
        made = made.add("model_version", DataTypes.StringType);
        Broadcast<Sent> sent = JavaSparkContext.fromSparkContext(
                        rows.sparkSession().sparkContext())
                .broadcast(model);
        return rows.mapPartitions(new Predict(sent, List.of(schema.fieldNames())), Encoders.row(made));
    }

    private static void requireColumns(ColumnPlan plan, List<String> names) {
        // As an encoder of texts does, whose message names the column.
        List<String> needed = plan.columns().stream()
                .filter(column -> !(column instanceof Column.Ignore
                        || column instanceof Column.Label
                        || column instanceof Column.Weight
                        || column instanceof Column.Key
                        || column instanceof Column.Cross))
                .map(Column::name)
                .toList();
        needed.stream().filter(name -> !names.contains(name)).findFirst().ifPresent(name -> {
            throw AccreteException.badData(
                    "there is no column '" + name + "', which the model needs; columns: " + String.join(", ", names));
        });
    }

    /**
     * Predicts in executors, some rows at a time.
     *
     * @param model the version
     * @param names of the columns of the rows
     */
    private record Predict(Broadcast<Sent> model, List<String> names) implements MapPartitionsFunction<Row, Row> {
        private static final int ROWS = 500;

        @Override
        public Iterator<Row> call(Iterator<Row> rows) {
            ServedModel served = model.value().served();
            RecordEncoder encoder = new RecordEncoder(served.plan().orElseThrow(), false);
            ChunkBuffer chunk = new ChunkBuffer(encoder.schema(), ROWS);
            Predictions predictions = new Predictions(served);
            List<Row> taken = new ArrayList<>(ROWS);
            List<Integer> places = new ArrayList<>(ROWS);
            return new Iterator<>() {
                private int next;

                @Override
                public boolean hasNext() {
                    return next < taken.size() || rows.hasNext();
                }

                @Override
                public Row next() {
                    if (next == taken.size()) {
                        fill();
                    }
                    return predicted(taken.get(next), places.get(next++), predictions);
                }

                private void fill() {
                    next = 0;
                    taken.clear();
                    places.clear();
                    chunk.clear();
                    Optional<SparkColumns.NamedRow> record = Optional.empty();
                    while (taken.size() < ROWS && rows.hasNext()) {
                        Row row = rows.next();
                        SparkColumns.NamedRow current = record.orElseGet(() -> new SparkColumns.NamedRow(names, row));
                        record = Optional.of(current.of(row));
                        places.add(encode(encoder, current, chunk));
                        taken.add(row);
                    }
                    predictions.predict(chunk.chunk());
                }
            };
        }

        /** {@return the place of a row in the chunk, −1 if it is left out} */
        private static int encode(RecordEncoder encoder, SparkColumns.NamedRow record, ChunkBuffer chunk) {
            try {
                encoder.encode(record, chunk);
                return chunk.rows() - 1;
            } catch (AccreteException e) {
                if (e.kind() == AccreteException.Kind.LEFT_OUT) {
                    return -1;
                }
                throw e.at("a row of the dataset");
            }
        }

        private static Row predicted(Row row, int place, Predictions predictions) {
            int more = predictions.kind() == Predictions.Kind.CLUSTER || predictions.hasProbabilities() ? 3 : 2;
            Object[] values = new Object[row.size() + more];
            for (int i = 0; i < row.size(); i++) {
                values[i] = row.get(i);
            }
            values[values.length - 1] = predictions.version();
            if (place >= 0) {
                int at = row.size();
                switch (predictions.kind()) {
                    case CLASS -> {
                        values[at] = predictions.labels().get(predictions.winner(place));
                        if (predictions.hasProbabilities()) {
                            values[at + 1] = probabilities(predictions, place);
                        }
                    }
                    case CLUSTER -> {
                        values[at] = predictions.winner(place);
                        values[at + 1] = predictions.number(place);
                    }
                    case NUMBER, SCORE -> values[at] = predictions.number(place);
                }
            }
            return RowFactory.create(values);
        }

        private static Object probabilities(Predictions predictions, int row) {
            Map<String, Double> byLabel = new LinkedHashMap<>();
            for (int label = 0; label < predictions.labels().size(); label++) {
                byLabel.put(predictions.labels().get(label), predictions.probability(row, label));
            }
            return CollectionConverters.asScala(byLabel);
        }
    }

    /**
     * Registers the SQL function {@code accrete_predict(model, row)}: the name of a model as it was given to
     * {@link #load}, and the columns of a row as {@code struct(*)}. It returns a struct of {@code prediction} (the
     * class, or the number of the cluster, as text), {@code value} (the number or score, or the distance to the
     * cluster), {@code probabilities} and {@code version}; what a model does not give is null.
     *
     * @param spark where to
     * @param models those that it can be asked for
     */
    public static void register(SparkSession spark, SparkModel... models) {
        Map<String, Sent> byName = new LinkedHashMap<>();
        Stream.of(models).forEach(one -> byName.put(one.reference, one.model));
        Broadcast<Map<String, Sent>> sent =
                JavaSparkContext.fromSparkContext(spark.sparkContext()).broadcast(byName);
        UDF2<String, Row, Row> function = (name, row) -> predict(sent.value(), name, row);
        spark.udf().register(FUNCTION, function, PREDICTED);
    }

    private static Row predict(Map<String, Sent> models, String name, Row row) {
        Sent model = models.get(name);
        if (model == null) {
            throw AccreteException.badArgument("no model '" + name + "' was registered for " + FUNCTION
                    + "; registered: " + String.join(", ", models.keySet()));
        }
        Prediction answer = model.served()
                .predict(new SparkColumns.NamedRow(List.of(row.schema().fieldNames()), row));
        if (answer instanceof ClassPrediction one) {
            return one.hasProbabilities()
                    ? RowFactory.create(
                            one.label(), null, CollectionConverters.asScala(one.probabilities()), one.version())
                    : RowFactory.create(one.label(), null, null, one.version());
        }
        if (answer instanceof ClusterPrediction one) {
            return RowFactory.create(Integer.toString(one.cluster()), one.distance(), null, one.version());
        }
        return RowFactory.create(null, ((NumberPrediction) answer).value(), null, answer.version());
    }
}
