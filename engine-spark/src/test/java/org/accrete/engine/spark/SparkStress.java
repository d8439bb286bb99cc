package org.accrete.engine.spark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.store.DirectoryStore;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/**
 * What takes longer than a build; run by hand. The first argument says what:
 *
 * <ul>
 *   <li>{@code flights MASTER FILE BEFORE SHARDS ROUNDS…}: trains on the flights of a Parquet file before a day, once
 *       for each number of rounds; prints time, SHA-256 of the state, and AUC on the ten days from then on.
 *   <li>{@code kill MASTER FILE BEFORE KILLS}: trains undisturbed, then again and again while an executor is killed,
 *       and compares.
 *   <li>{@code keys MASTER KEYS ROWS}: a model for each key.
 *   <li>{@code width MASTER BITS SHARDS}: one round of a model of so many hashed columns; prints bytes sent.
 * </ul>
 */
final class SparkStress {
    private SparkStress() {}

    /** Runs one of the commands. */
    public static void main(String[] args) throws Exception {
        SparkSession spark = SparkSession.builder()
                .master(args[1])
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "8")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.executor.extraJavaOptions", System.getProperty("spark.opens", ""))
                .config("spark.task.maxFailures", "100")
                .config("spark.excludeOnFailure.enabled", "false")
                .getOrCreate();
        spark.sparkContext().setLogLevel("ERROR");
        Path folder = Files.createTempDirectory("spark-stress");
        try (ModelStore store = DirectoryStore.open(folder.resolve("models"))) {
            switch (args[0]) {
                case "flights" -> flights(spark, store, args);
                case "kill" -> kill(spark, store, args);
                case "keys" -> keys(spark, store, Integer.parseInt(args[2]), Long.parseLong(args[3]));
                case "width" -> width(spark, store, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
                default -> throw new IllegalArgumentException("flights, kill, keys or width but was " + args[0]);
            }
        } finally {
            spark.stop();
        }
    }

    private static Dataset<Row> flights(SparkSession spark, String file, String from, String before) {
        return spark.read()
                .parquet(file)
                .withColumn("delayed", functions.expr("if(delay >= 15, '1', '0')"))
                .drop("delay")
                .where("date >= timestamp '" + from + " 00:00:00'")
                .where("date < timestamp '" + before + " 00:00:00'");
    }

    private static SparkTraining training(Dataset<Row> rows, int shards, int rounds) {
        return SparkTraining.of(rows, "delayed").orderBy("date").shards(shards).rounds(rounds);
    }

    private static String sha256(ModelStore store, ModelVersion version) {
        return StateBytes.of(store.load(version)).sha256();
    }

    private static void flights(SparkSession spark, ModelStore store, String[] args) {
        Dataset<Row> rows = flights(spark, args[2], "2001-01-01", args[3]);
        long count = rows.count();
        Dataset<Row> later = spark.read()
                .parquet(args[2])
                .withColumn("delayed", functions.expr("if(delay >= 15, '1', '0')"))
                .where("date >= timestamp '" + args[3] + " 00:00:00'")
                .where("date < timestamp '" + args[3] + " 00:00:00' + interval 10 days");
        for (int i = 5; i < args.length; i++) {
            int shards = Integer.parseInt(args[4]);
            int rounds = Integer.parseInt(args[i]);
            long begin = System.nanoTime();
            ModelVersion version = training(rows, shards, rounds)
                    .into(store, "s" + shards + "-" + rounds)
                    .run();
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    "%d shards %d rounds: %d rows, %.1f s, %.0f rows/s, %s, AUC %.4f%n",
                    shards,
                    rounds,
                    count,
                    seconds,
                    count / seconds,
                    sha256(store, version).substring(0, 16),
                    auc(SparkModel.load(store, version.reference()).transform(later)));
        }
    }

    /** {@return the area under the curve, from ranks; ties count half} */
    private static double auc(Dataset<Row> scored) {
        scored.select(
                        functions.expr("probabilities['1']").as("p"),
                        functions.expr("cast(delayed as double)").as("y"))
                .createOrReplaceTempView("scored");
        Row sums = scored.sparkSession()
                .sql("with grouped as (select p, sum(y) as pos, sum(1 - y) as neg from scored group by p),"
                        + " ranked as (select pos, neg, sum(neg) over (order by p) - neg as below from grouped)"
                        + " select sum(pos * (below + neg / 2)), sum(pos), sum(neg) from ranked")
                .first();
        return sums.getDouble(0) / (sums.getDouble(1) * sums.getDouble(2));
    }

    private static void kill(SparkSession spark, ModelStore store, String[] args) throws InterruptedException {
        Dataset<Row> rows = flights(spark, args[2], "2001-01-01", args[3]);
        String expected =
                sha256(store, training(rows, 4, 4).into(store, "undisturbed").run());
        System.out.println("undisturbed " + expected);
        int kills = Integer.parseInt(args[4]);
        for (int kill = 0; kill < kills; kill++) {
            AtomicBoolean done = new AtomicBoolean();
            AtomicBoolean killed = new AtomicBoolean();
            long delay = 1_000L + 700L * kill;
            Thread killer = new Thread(() -> {
                try {
                    Thread.sleep(delay);
                } catch (InterruptedException e) {
                    return;
                }
                Optional<ProcessHandle> executor = executor();
                if (!done.get() && executor.isPresent()) {
                    killed.set(executor.get().destroyForcibly());
                }
            });
            killer.start();
            String found = sha256(
                    store, training(rows, 4, 4).into(store, "kill" + kill).run());
            done.set(true);
            killer.join();
            System.out.println("kill " + kill + " after " + delay + " ms " + (killed.get() ? "" : "(too late) ")
                    + (found.equals(expected) ? "equal" : "DIFFERS " + found));
        }
    }

    /** {@return a process of an executor that this driver's workers started} */
    private static Optional<ProcessHandle> executor() {
        List<ProcessHandle> all = ProcessHandle.current()
                .descendants()
                .filter(process -> process.info().commandLine().orElse("").contains("CoarseGrainedExecutorBackend"))
                .toList();
        return all.stream().findAny();
    }

    private static void keys(SparkSession spark, ModelStore store, int keys, long count) {
        Dataset<Row> rows = spark.range(count)
                .selectExpr(
                        "id as place",
                        "pmod(xxhash64(id), " + keys + ") as station",
                        "pmod(xxhash64(id, 1), 1000) / 500.0 - 1 as a",
                        "pmod(xxhash64(id, 2), 1000) / 500.0 - 1 as b")
                .withColumn("y", functions.expr("if(a * (station % 7 - 3) + b > 0, 'yes', 'no')"));
        long begin = System.nanoTime();
        List<ModelVersion> versions = SparkTraining.of(rows, "y")
                .columns("place=ignore")
                .orderBy("place")
                .shards(8)
                .into(store, "k")
                .runPerKey("station");
        System.out.printf(
                "%d models of %d rows in %.1f s%n", versions.size(), count, (System.nanoTime() - begin) / 1e9);
        ModelVersion any = versions.get(versions.size() / 2);
        String key = any.note().facts().getOrDefault("key", "");
        ModelVersion alone = SparkTraining.of(rows.where("station = " + key).drop("station"), "y")
                .plan(org.accrete.api.data.ColumnPlan.parse(store.load(any).text("plan")))
                .orderBy("place")
                .shards(1)
                .into(store, "alone")
                .run();
        System.out.println("model of key " + key + " "
                + (sha256(store, any).equals(sha256(store, alone)) ? "equals" : "DIFFERS FROM")
                + " one of its rows alone");
    }

    private static void width(SparkSession spark, ModelStore store, int bits, int shards) {
        Dataset<Row> rows = spark.range(20_000)
                .selectExpr(
                        "id as place",
                        "concat('t', xxhash64(id)) as token",
                        "if(pmod(xxhash64(id), 3) = 0, 'yes', 'no') as y");
        long begin = System.nanoTime();
        ModelVersion version = SparkTraining.of(rows, "y")
                .columns("place=ignore", "token=categorical(width=" + (1 << bits) + ")")
                .orderBy("place")
                .shards(shards)
                .into(store, "w")
                .run();
        System.out.printf(
                "2^%d columns, %d shards: %d bytes sent to each executor and returned by each shard, %.1f s%n",
                bits, shards, StateBytes.of(store.load(version)).bytes().length, (System.nanoTime() - begin) / 1e9);
    }
}
