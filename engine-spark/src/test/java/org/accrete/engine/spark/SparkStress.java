package org.accrete.engine.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.store.DirectoryStore;
import org.accrete.testkit.RunSeed;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.StreamingQuery;

/**
 * What takes longer than a build; run by hand. The first argument says what:
 *
 * <ul>
 *   <li>{@code flights MASTER FILE BEFORE SHARDS|SHARDSweeks ROUNDS…}: trains on the flights of a Parquet file before a
 *       day, dealt or by their weeks, once for each number of rounds; prints time, SHA-256 of the state, and AUC on the
 *       ten days from then on.
 *   <li>{@code kills FILE BEFORE KILLS [KIND…]}: trains on a standalone master with two workers, undisturbed, then with
 *       an executor, a worker or the driver killed, so many times each, and compares.
 *   <li>{@code stream KILLS FILES}: follows a growing directory in a JVM that is killed so many times, and compares.
 *   <li>{@code keys MASTER KEYS ROWS}: a model for each key.
 *   <li>{@code width MASTER BITS SHARDS}: one round of a model of so many hashed columns; prints bytes sent.
 * </ul>
 */
final class SparkStress {
    private static final int SHARDS = 4;
    private static final int ROUNDS = 4;

    private SparkStress() {}

    /** Runs one of the commands. */
    public static void main(String[] args) throws Exception {
        Path folder = Files.createTempDirectory("spark-stress");
        switch (args[0]) {
            case "kills" ->
                kills(
                        folder,
                        args[1],
                        args[2],
                        Integer.parseInt(args[3]),
                        args.length > 4
                                ? List.of(args).subList(4, args.length)
                                : List.of("executor", "worker", "driver"));
            case "stream" -> stream(folder, Integer.parseInt(args[1]), Integer.parseInt(args[2]));
            case "follow" -> follow(Path.of(args[1]), Path.of(args[2]), args[3], Integer.parseInt(args[4]));
            default -> {
                SparkSession spark = session(args[1]);
                Path models = args[0].equals("drive") ? Path.of(args[4]) : folder.resolve("models");
                try (ModelStore store = DirectoryStore.open(models)) {
                    switch (args[0]) {
                        case "flights" -> flights(spark, store, args);
                        case "drive" -> drive(spark, store, args);
                        case "keys" -> keys(spark, store, Integer.parseInt(args[2]), Long.parseLong(args[3]));
                        case "width" -> width(spark, store, Integer.parseInt(args[2]), Integer.parseInt(args[3]));
                        default -> throw new IllegalArgumentException("there is no command " + args[0]);
                    }
                } finally {
                    spark.stop();
                }
            }
        }
    }

    static SparkSession session(String master) {
        SparkSession spark = SparkSession.builder()
                .master(master)
                .config("spark.ui.enabled", "false")
                .config("spark.sql.shuffle.partitions", "8")
                .config("spark.sql.session.timeZone", "UTC")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.executor.memory", "1500m")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config("spark.executor.extraJavaOptions", String.join(" ", Jvms.opens()))
                .config("spark.task.maxFailures", "100")
                .config("spark.excludeOnFailure.enabled", "false")
                .getOrCreate();
        spark.sparkContext().setLogLevel("ERROR");
        return spark;
    }

    static Dataset<Row> flights(SparkSession spark, String file, String from, String before) {
        return spark.read()
                .parquet(file)
                .withColumn("delayed", functions.expr("if(delay >= 15, '1', '0')"))
                .drop("delay")
                .where("date >= timestamp '" + from + " 00:00:00'")
                .where("date < timestamp '" + before + " 00:00:00'");
    }

    /** {@return the flights of the ten days from one on} */
    static Dataset<Row> tenDays(SparkSession spark, String file, String from) {
        return spark.read()
                .parquet(file)
                .withColumn("delayed", functions.expr("if(delay >= 15, '1', '0')"))
                .drop("delay")
                .where("date >= timestamp '" + from + " 00:00:00'")
                .where("date < timestamp '" + from + " 00:00:00' + interval 10 days");
    }

    private static SparkTraining training(Dataset<Row> rows, int shards, int rounds) {
        return SparkTraining.of(rows, "delayed").orderBy("date").shards(shards).rounds(rounds);
    }

    /** {@return the training of shards that are dealt, or that are weeks} */
    private static SparkTraining training(Dataset<Row> rows, String shards, int rounds) {
        if (!shards.endsWith("weeks")) {
            return training(rows, Integer.parseInt(shards), rounds);
        }
        int count = Integer.parseInt(shards.substring(0, shards.length() - "weeks".length()));
        return training(rows.withColumn("week", functions.expr("cast(weekofyear(date) as string)")), count, rounds)
                .columns("week=ignore")
                .shardBy("week");
    }

    private static String sha256(ModelStore store, ModelVersion version) {
        return StateBytes.of(store.load(version)).sha256();
    }

    private static void flights(SparkSession spark, ModelStore store, String[] args) {
        Dataset<Row> rows = flights(spark, args[2], "2001-01-01", args[3]);
        long count = rows.count();
        Dataset<Row> later = tenDays(spark, args[2], args[3]);
        for (int i = 5; i < args.length; i++) {
            String shards = args[4];
            int rounds = Integer.parseInt(args[i]);
            long begin = System.nanoTime();
            ModelVersion version = training(rows, shards, rounds)
                    .into(store, "s" + shards + "-" + rounds)
                    .run();
            double seconds = (System.nanoTime() - begin) / 1e9;
            System.out.printf(
                    "%s shards %d rounds: %d rows, %.1f s, %.0f rows/s, %s, AUC %.4f%n",
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
    static double auc(Dataset<Row> scored) {
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

    // --- kills

    /** Trains, in a JVM that may be killed and started again. */
    private static void drive(SparkSession spark, ModelStore store, String[] args) {
        Dataset<Row> rows = flights(spark, args[2], "2001-01-01", args[3]);
        // Seen by the killer: what is killed before matters less.
        System.out.println("begins");
        training(rows, SHARDS, ROUNDS).resume(store, args[5]).run();
    }

    private static void kills(Path folder, String file, String before, int kills, List<String> kinds) throws Exception {
        Random random = new Random(RunSeed.random("kills").nextLong());
        try (Cluster cluster = new Cluster(folder)) {
            long begin = System.nanoTime();
            String expected = driven(folder, cluster, file, before, "undisturbed", () -> {});
            long millis = (System.nanoTime() - begin) / 1_000_000;
            System.out.println("undisturbed, two workers: " + expected + " in " + millis + " ms");
            for (String kind : kinds) {
                for (int kill = 0; kill < kills; kill++) {
                    long delay = random.nextLong(Math.max(1, millis / 2));
                    String model = kind + kill;
                    String found = driven(folder, cluster, file, before, model, () -> {
                        Thread.sleep(delay);
                        if (kind.equals("executor")) {
                            cluster.killExecutor(random);
                        } else if (kind.equals("worker")) {
                            cluster.killWorker(random);
                        } else {
                            throw new InterruptedException("the driver");
                        }
                    });
                    System.out.println(kind + " killed after " + delay + " ms: "
                            + (found.equals(expected) ? "equal" : "DIFFERS " + found));
                }
            }
        }
    }

    private interface Disturbance {
        void happens() throws IOException, InterruptedException;
    }

    /** {@return what a driver says at its end} It is killed when the disturbance is interrupted, and started again. */
    private static String driven(
            Path folder, Cluster cluster, String file, String before, String model, Disturbance disturbance)
            throws IOException, InterruptedException {
        Path output = folder.resolve(model + ".log");
        Path models = folder.resolve("models");
        String[] arguments = {"drive", cluster.address(), file, before, models.toString(), model};
        Process driver = Jvms.start(output, "-Xmx1g", SparkStress.class.getName(), arguments);
        while (driver.isAlive() && !Files.readString(output).contains("begins")) {
            Thread.sleep(50);
        }
        try {
            disturbance.happens();
        } catch (InterruptedException e) {
            driver.destroyForcibly().waitFor();
            if (!isTrained(models, model)) {
                driver = Jvms.start(output, "-Xmx1g", SparkStress.class.getName(), arguments);
            }
        }
        driver.waitFor();
        if (!isTrained(models, model)) {
            return "nothing, see " + output;
        }
        try (ModelStore store = DirectoryStore.open(models)) {
            ModelVersion last = store.history(model).latest().orElseThrow();
            return last.number() + " versions, " + sha256(store, last);
        }
    }

    /** {@return whether all rounds are done} A driver can be killed after the last one, before it says so. */
    private static boolean isTrained(Path models, String model) {
        try (ModelStore store = DirectoryStore.open(models)) {
            return store.history(model)
                    .latest()
                    .filter(last -> last.number() == ROUNDS)
                    .isPresent();
        }
    }

    // --- streams

    /** Follows a directory until so many files were learned, in a JVM that may be killed and started again. */
    private static void follow(Path in, Path models, String checkpoint, int files) throws Exception {
        try (ModelStore store = DirectoryStore.open(models)) {
            StreamingQuery query = GrowingDirectory.training(Sessions.session(), in, 1)
                    .shards(2)
                    .rounds(2)
                    .into(store, "m")
                    .start(checkpoint);
            while (query.isActive() && learned(store) < files) {
                Thread.sleep(20);
            }
            query.stop();
            query.awaitTermination();
        }
    }

    /** {@return how many batches a model has learned wholly} */
    private static long learned(ModelStore store) {
        return store.history("m").versions().size() / 2;
    }

    /** Follows a growing directory with kills and without; prints whether both made the same bytes. */
    static boolean stream(Path folder, int kills, int files) throws Exception {
        long seed = RunSeed.random("rows").nextLong();
        Random random = new Random(seed);
        String undisturbed = followed(folder.resolve("undisturbed"), 0, files, seed, random);
        String killed = followed(folder.resolve("killed"), kills, files, seed, random);
        System.out.println(kills + " kills while " + files + " files came: "
                + (killed.equals(undisturbed) ? "equal " : "DIFFERS from " + undisturbed + " ") + killed);
        return killed.equals(undisturbed);
    }

    private static String followed(Path folder, int kills, int files, long seed, Random random) throws Exception {
        Path in = Files.createDirectories(folder.resolve("in"));
        Path models = folder.resolve("models");
        String checkpoint = folder.resolve("checkpoint").toString();
        int there = 0;
        for (int run = 0; run <= kills; run++) {
            Process follower = Jvms.start(
                    folder.resolve("log"),
                    "-Xmx700m",
                    SparkStress.class.getName(),
                    "follow",
                    in.toString(),
                    models.toString(),
                    checkpoint,
                    String.valueOf(files));
            int until = files * (run + 1) / (kills + 1);
            while (there < until) {
                GrowingDirectory.write(in, there, Journeys.random(300, seed + there));
                there++;
            }
            if (run < kills) {
                // Somewhere in the batches that came.
                try (ModelStore store = DirectoryStore.open(models)) {
                    long target = Math.max(0, until - 1);
                    while (follower.isAlive() && (!store.models().contains("m") || learned(store) < target)) {
                        Thread.sleep(10);
                    }
                }
                Thread.sleep(random.nextInt(600));
                follower.destroyForcibly();
            }
            follower.waitFor();
        }
        try (ModelStore store = DirectoryStore.open(models)) {
            List<ModelVersion> versions = store.history("m").versions();
            return versions.size() + " versions, " + sha256(store, versions.get(versions.size() - 1));
        }
    }

    // --- sizes

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
        State state = store.load(version);
        System.out.printf(
                "2^%d columns, %d shards: %d bytes sent to each executor and returned by each shard, %.1f s%n",
                bits, shards, StateBytes.of(state).bytes().length, (System.nanoTime() - begin) / 1e9);
        // What the driver does in a round besides: write one state, then read and merge that of each shard.
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            StateBytes bytes = StateBytes.of(state);
            long written = System.nanoTime();
            Pipeline shard = Pipeline.restore(Here.PLUG_INS, bytes.state());
            long read = System.nanoTime();
            Pipeline.restore(Here.PLUG_INS, bytes.state()).merge(shard);
            long merged = System.nanoTime();
            System.out.printf(
                    "write %.1f ms, read %.1f ms, merge %.1f ms%n",
                    (written - start) / 1e6, (read - written) / 1e6, (merged - read - (read - written)) / 1e6);
        }
    }
}
