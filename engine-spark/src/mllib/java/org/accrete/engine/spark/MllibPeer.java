package org.accrete.engine.spark;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.store.DirectoryStore;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.mllib.classification.StreamingLogisticRegressionWithSGD;
import org.apache.spark.mllib.evaluation.BinaryClassificationMetrics;
import org.apache.spark.mllib.feature.StandardScaler;
import org.apache.spark.mllib.feature.StandardScalerModel;
import org.apache.spark.mllib.linalg.Vector;
import org.apache.spark.mllib.linalg.Vectors;
import org.apache.spark.mllib.regression.LabeledPoint;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.streaming.Durations;
import org.apache.spark.streaming.api.java.JavaDStream;
import org.apache.spark.streaming.api.java.JavaStreamingContext;
import scala.Tuple2;

/**
 * Trains on the flights of a Parquet file before a day by Accrete and by Spark's own MLlib, in one session, on the same
 * features: those of Accrete's column plan. Prints time, from the file on, and AUC on the ten days from then on.
 * Arguments: {@code MASTER FILE BEFORE}.
 */
final class MllibPeer {
    private MllibPeer() {}

    /** Runs the comparison. */
    public static void main(String[] args) throws Exception {
        SparkSession spark = SparkStress.session(args[0]);
        Dataset<Row> rows = SparkStress.flights(spark, args[1], "2001-01-01", args[2]);
        Dataset<Row> later = SparkStress.tenDays(spark, args[1], args[2]);
        long count = rows.count();
        System.out.println(count + " rows, of which AUC is measured on " + later.count() + " later ones");
        Path folder = Files.createTempDirectory("spark-peer");
        ColumnPlan plan;
        try (ModelStore store = DirectoryStore.open(folder.resolve("models"))) {
            ModelVersion last = accrete(rows, later, store, Map.of(), "warms up");
            plan = ColumnPlan.parse(store.load(last).text("plan"));
            accrete(rows, later, store, Map.of(), "Accrete, by default");
            accrete(
                    rows,
                    later,
                    store,
                    Map.of("optimizer", "adagrad", "eta0", "0.02"),
                    "Accrete, optimizer=adagrad eta0=0.02");
        }
        Features features = new Features(plan.toText(), plan.rawNames());
        logisticRegression(spark, rows, later, features, 100);
        // Its own default is 0.1.
        streaming(spark, rows, later, features, 0.1);
        spark.stop();
    }

    private static ModelVersion accrete(
            Dataset<Row> rows, Dataset<Row> later, ModelStore store, Map<String, String> settings, String name) {
        long begin = System.nanoTime();
        SparkTraining training =
                SparkTraining.of(rows, "delayed").orderBy("date").shards(8);
        settings.forEach(training::set);
        ModelVersion version = training.into(store, "m" + begin).run();
        double seconds = (System.nanoTime() - begin) / 1e9;
        print(
                name,
                seconds,
                SparkStress.auc(SparkModel.load(store, version.reference()).transform(later)));
        return version;
    }

    private static void print(String name, double seconds, double auc) {
        System.out.printf("%s: %.1f s, AUC %.4f%n", name, seconds, auc);
    }

    /** The features and the label of a row by a column plan. */
    private record Features(String plan, List<String> names) implements Serializable {
        JavaRDD<LabeledPoint> of(Dataset<Row> rows) {
            return rows.javaRDD().mapPartitions(part -> {
                ColumnPlan columns = ColumnPlan.parse(plan);
                RecordEncoder encoder = new RecordEncoder(columns, true);
                ChunkBuffer one = new ChunkBuffer(encoder.schema(), 1);
                int late = encoder.schema().target().classes().indexOf("1");
                return new EncodeRows.Mapped<Row, LabeledPoint>(part) {
                    @Override
                    java.util.Optional<LabeledPoint> map(Row row) {
                        Map<String, Object> record = new HashMap<>();
                        names.forEach(name -> record.put(
                                name,
                                row.getAs(name) instanceof java.sql.Timestamp time
                                        ? time.toInstant()
                                        : row.getAs(name)));
                        one.clear();
                        encoder.encode(record, one);
                        return java.util.Optional.of(
                                new LabeledPoint(one.chunk().target(0) == late ? 1 : 0, vector(one)));
                    }
                };
            });
        }

        private static Vector vector(ChunkBuffer row) {
            if (row.chunk() instanceof SparseChunk sparse) {
                int from = sparse.start(0);
                int to = sparse.end(0);
                return Vectors.sparse(
                        sparse.width(),
                        Arrays.copyOfRange(sparse.indices(), from, to),
                        Arrays.copyOfRange(sparse.values(), from, to));
            }
            DenseChunk dense = (DenseChunk) row.chunk();
            return Vectors.dense(Arrays.copyOfRange(dense.values(), dense.offset(0), dense.offset(0) + dense.width()));
        }
    }

    private static void logisticRegression(
            SparkSession spark, Dataset<Row> rows, Dataset<Row> later, Features features, int iterations) {
        long begin = System.nanoTime();
        var model = new LogisticRegression().setMaxIter(iterations).fit(vectors(spark, features.of(rows)));
        double seconds = (System.nanoTime() - begin) / 1e9;
        JavaPairRDD<Object, Object> scored = model.transform(vectors(spark, features.of(later)))
                .select("probability", "label")
                .javaRDD()
                .mapToPair(row -> new Tuple2<>(
                        row.<org.apache.spark.ml.linalg.Vector>getAs(0).apply(1), row.getDouble(1)));
        print("MLlib LogisticRegression, at most " + iterations + " iterations", seconds, auc(scored));
    }

    private static Dataset<Row> vectors(SparkSession spark, JavaRDD<LabeledPoint> points) {
        return spark.createDataFrame(
                points.map(point -> new org.apache.spark.ml.feature.LabeledPoint(
                        point.label(), point.features().asML())),
                org.apache.spark.ml.feature.LabeledPoint.class);
    }

    /** The rows come in 16 batches of their order, each of scaled features and cached; scaling is not timed. */
    private static void streaming(
            SparkSession spark, Dataset<Row> rows, Dataset<Row> later, Features features, double step)
            throws InterruptedException {
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        StandardScalerModel scaler = new StandardScaler()
                .fit(features.of(rows).map(LabeledPoint::features).rdd());
        int width = (int) features.of(rows).first().features().size();
        Queue<JavaRDD<LabeledPoint>> batches = new LinkedList<>();
        List<Row> bounds = rows.selectExpr(
                        "approx_percentile(unix_seconds(cast(date as timestamp)), array(" + quantiles() + "), 100000)")
                .collectAsList();
        List<Long> ends = new ArrayList<>(bounds.get(0).getList(0));
        long from = Long.MIN_VALUE;
        for (long end : ends) {
            batches.add(features.of(rows.where("unix_seconds(cast(date as timestamp)) > " + from
                            + " and unix_seconds(cast(date as timestamp)) <= " + end))
                    .map(point -> new LabeledPoint(point.label(), scaler.transform(point.features())))
                    .cache());
            from = end;
        }
        int count = batches.size();
        long begin = System.nanoTime();
        JavaStreamingContext streams = new JavaStreamingContext(context, Durations.milliseconds(100));
        JavaDStream<LabeledPoint> stream = streams.queueStream(batches, true);
        StreamingLogisticRegressionWithSGD learner =
                new StreamingLogisticRegressionWithSGD().setStepSize(step).setInitialWeights(Vectors.zeros(width));
        learner.trainOn(stream);
        AtomicInteger done = new AtomicInteger();
        stream.foreachRDD(batch -> {
            done.incrementAndGet();
        });
        streams.start();
        while (done.get() < count) {
            Thread.sleep(20);
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        streams.stop(false, false);
        var model = learner.latestModel();
        model.clearThreshold();
        JavaPairRDD<Object, Object> scored = features.of(later)
                .mapToPair(point -> new Tuple2<>(model.predict(scaler.transform(point.features())), point.label()));
        print("MLlib StreamingLogisticRegressionWithSGD, step " + step, seconds, auc(scored));
    }

    private static String quantiles() {
        List<String> all = new ArrayList<>();
        for (int i = 1; i <= 16; i++) {
            all.add(String.valueOf(i / 16.0));
        }
        return String.join(", ", all);
    }

    private static double auc(JavaPairRDD<Object, Object> scored) {
        return new BinaryClassificationMetrics(JavaPairRDD.toRDD(scored), 0).areaUnderROC();
    }
}
