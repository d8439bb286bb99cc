package org.accrete.engine.spark;

import com.google.common.base.Throwables;
import com.google.common.util.concurrent.MoreExecutors;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.accrete.api.AccreteException;
import org.accrete.api.data.CellFormat;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.file.TableColumns;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.streaming.DataStreamWriter;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;

/**
 * Trains a pipeline on the rows of a dataset.
 *
 * <pre>{@code
 * ModelVersion version = SparkTraining.of(spark.read().parquet("s3a://bucket/flights"), "delayed")
 *         .learner("sgd-classifier")
 *         .set("eta0", 0.05)
 *         .orderBy("date")
 *         .shards(64)
 *         .rounds(16)
 *         .into(store, "flights")
 *         .run();
 * }</pre>
 *
 * <p>Each round sends the model to the executors; each shard learns its next rows from there, and the shards are merged
 * in their order, or, where a learner cannot be merged, their members are put together. <b>The version has the same
 * bytes as one that a single JVM makes by training and merging the same shards</b>, however the dataset is partitioned
 * and in whatever order its rows arrive: a shard is a function of the row, and its rows are sorted.
 *
 * <p>Store and writer stay on the driver. Plug-ins must be on the class path of driver and executors.
 */
public final class SparkTraining {
    private static final Logger LOG = System.getLogger(SparkTraining.class.getName());

    private final Dataset<Row> dataset;
    private final String target;
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final List<Column> columns = new ArrayList<>();
    private Optional<String> learner = Optional.empty();
    private Optional<List<String>> steps = Optional.empty();
    private Optional<ColumnPlan> plan = Optional.empty();
    private Optional<String> order = Optional.empty();
    private Optional<String> shardKey = Optional.empty();
    private Optional<StoredIn> storedIn = Optional.empty();
    private Optional<String> queryName = Optional.empty();
    private Optional<Trigger> trigger = Optional.empty();
    private int shards = 8;
    private int rounds = 1;
    private int chunkRows = 1_000;

    private record StoredIn(ModelStore store, String model, boolean goesOn) {}

    /** What a training begins with. */
    private record Start(Pipeline pipeline, ColumnPlan plan, Optional<ModelVersion> from) {}

    /** How many models of keys are appended at once. */
    private static final int APPENDING = 8;
    // What a version says it was learned from.
    private static final String QUERY = "query";
    private static final String BATCH = "batch";
    private static final String ROUND = "round";
    private static final String SHARDS = "shards";
    private static final String ROWS_HASH = "rows_hash";
    // What Spark tells the jobs of a stream.
    private static final String QUERY_ID = "sql.streaming.queryId";

    private SparkTraining(Dataset<Row> dataset, String target) {
        this.dataset = dataset;
        this.target = target;
    }

    /**
     * {@return a training that is to be described}
     *
     * @param dataset the rows
     * @param target name of the column to be predicted; empty for none
     */
    public static SparkTraining of(Dataset<Row> dataset, String target) {
        return new SparkTraining(dataset, target);
    }

    /**
     * Sets the learner; left out, it is {@code sgd-classifier} or {@code sgd-regressor}, by the target.
     *
     * @param name name of the plug-in
     * @return this
     */
    public SparkTraining learner(String name) {
        learner = Optional.of(name);
        return this;
    }

    /**
     * Sets a parameter, as {@code train --set} does.
     *
     * @param name the learner's parameter, or {@code step.parameter}
     * @param value its value; anything whose text is one
     * @return this
     */
    public SparkTraining set(String name, Object value) {
        settings.put(ParamSpec.word(name), String.valueOf(value));
        return this;
    }

    /**
     * Sets the steps before the learner; left out, they are those that its provider says it is best used behind.
     *
     * @param names plug-in names, in order
     * @return this
     */
    public SparkTraining steps(String... names) {
        steps = Optional.of(List.of(names));
        return this;
    }

    /**
     * Declares columns, as {@code train --column} does; the others are inferred.
     *
     * @param declared each {@code NAME=KIND}, see {@link Column}
     * @return this
     */
    public SparkTraining columns(String... declared) {
        for (String text : declared) {
            columns.add(Column.parse(text));
        }
        return this;
    }

    /**
     * Sets the column plan. Left out, it is inferred once, on the driver, from the first 1,000 rows in order.
     *
     * @param known the plan
     * @return this
     */
    public SparkTraining plan(ColumnPlan known) {
        plan = Optional.of(known);
        return this;
    }

    /**
     * Sets the column by which each shard's rows are sorted before they are learned; rows of the same value by a hash
     * of what they hold. It is required, because Spark hands rows out in any order.
     *
     * @param column a number, text, date or time
     * @return this
     */
    public SparkTraining orderBy(String column) {
        order = Optional.of(column);
        return this;
    }

    /**
     * Sets how many shards learn apart, 8 by default. It is a part of what is computed: another number is another
     * model. There should be at least as many as the executors have cores.
     *
     * @param count at least 1
     * @return this
     */
    public SparkTraining shards(int count) {
        shards = atLeastOne("shards", count);
        return this;
    }

    /**
     * Puts rows with the same value of a column into one shard; left out, rows are dealt out by a hash of what they
     * hold, which costs less accuracy.
     *
     * @param column name of the column
     * @return this
     */
    public SparkTraining shardBy(String column) {
        shardKey = Optional.of(column);
        return this;
    }

    /**
     * Sets how often the shards are merged while the rows are learned once, 1 by default. With more rounds, a shard's
     * rows are kept in the executors' memory or on their disks.
     *
     * @param count at least 1
     * @return this
     */
    public SparkTraining rounds(int count) {
        rounds = atLeastOne("rounds", count);
        return this;
    }

    /**
     * Sets how many rows a shard learns in one call, 1,000 by default; it matters to block learners only.
     *
     * @param count at least 1
     * @return this
     */
    public SparkTraining chunkRows(int count) {
        chunkRows = atLeastOne("chunkRows", count);
        return this;
    }

    /**
     * Sets a new model; one that exists is refused.
     *
     * @param store where versions are appended, from the driver; not closed
     * @param model name of the model; of {@link #runPerKey} how all names begin
     * @return this
     */
    public SparkTraining into(ModelStore store, String model) {
        storedIn = Optional.of(new StoredIn(store, model, false));
        return this;
    }

    /**
     * Sets the model, which is made when there is none; otherwise the version that {@code live} points at is gone on
     * with, by its own learner, parameters and column plan.
     *
     * @param store where versions are appended, from the driver; not closed
     * @param model name of the model
     * @return this
     */
    public SparkTraining resume(ModelStore store, String model) {
        storedIn = Optional.of(new StoredIn(store, model, true));
        return this;
    }

    /**
     * Names the query of {@link #start}; left out, it has the name of the model. By this name, and by a batch's number,
     * a batch is known that was learned before.
     *
     * @param name not empty
     * @return this
     */
    public SparkTraining queryName(String name) {
        queryName = Optional.of(name);
        return this;
    }

    /**
     * Sets when {@link #start} takes a batch; left out, as soon as the one before is learned.
     *
     * @param when as for {@code DataStreamWriter.trigger}
     * @return this
     */
    public SparkTraining trigger(Trigger when) {
        trigger = Optional.of(when);
        return this;
    }

    private static int atLeastOne(String name, int count) {
        if (count < 1) {
            throw AccreteException.badArgument(name + " must be >= 1 but was " + count);
        }
        return count;
    }

    /**
     * Trains, and appends a version after each round. When the driver died between the rounds of a training, one that
     * {@linkplain #resume resumes} the model with the same rows, shards and rounds does what is left. When all rounds
     * were done, it learns the rows once more.
     *
     * @return the last version
     * @throws AccreteException bad argument: a column that is not there, parameters outside their domains, a learner
     *     that cannot be merged; bad state: the model exists
     */
    public ModelVersion run() {
        StoredIn to = to();
        try (ModelWriter writer = to.store().writer(to.model())) {
            History history = to.store().history(to.model());
            if (!to.goesOn() && !history.versions().isEmpty()) {
                throw AccreteException.badState("model '" + to.model() + "' exists already in "
                        + to.store().name() + "; go on with it by resume(store, \"" + to.model()
                        + "\"), or choose another name");
            }
            Start start = start(dataset, history);
            int done = start.from().map(from -> roundsDone(from, start.plan())).orElse(0);
            return rounds(dataset, start, writer, Map.of("source", source()), done);
        }
    }

    /** {@return how many rounds of this training a version has behind it that a driver left when it died} */
    private int roundsDone(ModelVersion version, ColumnPlan columnPlan) {
        boolean isLeft = !version.note().facts().containsKey(QUERY) && done(version) < rounds;
        return isLeft && isOf(version, dataset, columnPlan) ? done(version) : 0;
    }

    /**
     * Trains on each batch of a streaming dataset, and appends a version after each round of it. Batches are learned
     * once each: a version says of which query and batch it is and has a hash of the batch's rows, and a batch that a
     * version knows is passed over, also under a new checkpoint directory. It goes on with the version that
     * {@code live} points at, so a rollback in the store takes effect at the next batch. The model's lock is held
     * during a batch only.
     *
     * @param checkpointDir where Spark keeps how far the query has come
     * @return the query, which runs until it is stopped; it ends with an exception when a batch cannot be learned, or
     *     has other rows than the version that says it learned it
     * @throws AccreteException bad argument: the dataset does not stream; what {@link #run} throws; bad state: the
     *     model exists, and was not made by a query of this name
     */
    public StreamingQuery start(String checkpointDir) {
        if (!dataset.isStreaming()) {
            throw AccreteException.badArgument("start(checkpointDir) needs a dataset of spark.readStream(); use run()");
        }
        requireColumn(dataset.schema(), orderColumn());
        StoredIn to = to();
        String name = queryName.orElse(to.model());
        requireOfQuery(to.store().history(to.model()), name);
        DataStreamWriter<Row> stream = dataset.writeStream()
                .queryName(name)
                .option("checkpointLocation", checkpointDir)
                .foreachBatch((VoidFunction2<Dataset<Row>, Long>) (rows, number) -> learnBatch(rows, name, number));
        try {
            return trigger.map(stream::trigger).orElse(stream).start();
        } catch (TimeoutException e) {
            throw new AccreteException(AccreteException.Kind.IO, "query '" + name + "' did not start in time", e);
        }
    }

    private void requireOfQuery(History history, String name) {
        if (!to().goesOn()
                && !history.versions().isEmpty()
                && ofQuery(history, name).isEmpty()) {
            throw AccreteException.badState("model '" + history.model() + "' exists already and was not made by query '"
                    + name + "'; go on with it by resume(store, \"" + history.model() + "\"), or choose another name");
        }
    }

    private static List<ModelVersion> ofQuery(History history, String name) {
        return history.versions().stream()
                .filter(version -> name.equals(version.note().facts().get(QUERY)))
                .toList();
    }

    private void learnBatch(Dataset<Row> batch, String name, long number) {
        if (batch.isEmpty()) {
            return;
        }
        StoredIn to = to();
        try (ModelWriter writer = to.store().writer(to.model())) {
            History history = to.store().history(to.model());
            requireOfQuery(history, name);
            List<ModelVersion> known = ofQuery(history, name);
            Optional<ModelVersion> same =
                    known.stream().filter(version -> batch(version) == number).reduce((first, second) -> second);
            if (same.isEmpty() && known.stream().anyMatch(version -> batch(version) > number)) {
                requireRemoved(history, name, number);
                return;
            }
            int done = 0;
            if (same.isPresent()) {
                done = done(same.get());
                requireSameBatch(same.get(), batch, to.store());
                if (done == rounds || !history.live().equals(same)) {
                    LOG.log(Level.INFO, "batch " + number + " of query '" + name + "' was learned before");
                    return;
                }
            }
            Map<String, String> facts = new LinkedHashMap<>();
            facts.put("source", "query " + name);
            facts.put(QUERY, name);
            Optional.ofNullable(batch.sparkSession().sparkContext().getLocalProperty(QUERY_ID))
                    .ifPresent(id -> facts.put("query_id", id));
            facts.put(BATCH, Long.toString(number));
            rounds(batch, start(batch, history), writer, facts, done);
        }
    }

    /** A batch before a known one has a version that was removed since; otherwise it had no rows before. */
    private static void requireRemoved(History history, String name, long number) {
        if (history.removed().isEmpty()) {
            throw AccreteException.badState("batch " + number + " of query '" + name
                    + "' had no rows before later ones were learned, and has some now; go on with the checkpoint"
                    + " directory of before, or learn the rows under another queryName(…)");
        }
        LOG.log(
                Level.WARNING,
                "batch " + number + " of query '" + name
                        + "' is passed over without a look at its rows, since its versions were removed");
    }

    private static long batch(ModelVersion version) {
        return Long.parseLong(version.note().facts().getOrDefault(BATCH, "-1"));
    }

    private void requireSameBatch(ModelVersion version, Dataset<Row> batch, ModelStore store) {
        ColumnPlan stored = ColumnPlan.parse(store.load(version).text("plan"));
        if (!isOf(version, batch, stored)) {
            throw AccreteException.badState("batch " + batch(version) + " of query '"
                    + version.note().facts().get(QUERY) + "' has other rows than " + version.reference()
                    + " learned from it, or other shards or rounds; go on with the checkpoint directory and the limits of"
                    + " a batch of before, or learn the rows once more under another queryName(…)");
        }
    }

    /** {@return whether a version was made by as many rounds and shards, from the same rows} */
    private boolean isOf(ModelVersion version, Dataset<Row> rows, ColumnPlan columnPlan) {
        Map<String, String> facts = version.note().facts();
        return facts.getOrDefault(ROUND, "").endsWith("/" + rounds)
                && Integer.toString(shards).equals(facts.get(SHARDS))
                && hash(rows, columnPlan).equals(facts.get(ROWS_HASH));
    }

    /** {@return how many rounds a version has behind it} */
    private static int done(ModelVersion version) {
        String round = version.note().facts().getOrDefault(ROUND, "0/");
        return Integer.parseInt(round.substring(0, round.indexOf('/')));
    }

    /**
     * Trains one model for each value of a column, each on the rows of that value alone, sorted. All have one column
     * plan, inferred from the rows of all keys; executors train, the driver appends. The model of a key is named
     * {@code MODEL.KEY}, where {@code _} and two hexadecimal digits stand for each byte of the key that is neither
     * letter nor digit nor hyphen. Any learner can be used, and {@link #rounds} do not matter; {@link #shards} says how
     * many groups of keys are trained side by side.
     *
     * @param column the column, which is no feature
     * @return the versions, in no particular order
     * @throws AccreteException as {@link #run}; bad state: the model of a key exists
     */
    public List<ModelVersion> runPerKey(String column) {
        StoredIn to = to();
        if (to.goesOn()) {
            throw AccreteException.badArgument("models per key are made anew; use into(…) with another name");
        }
        Start start = begin(dataset, Optional.of(column));
        Dataset<Row> encoded = encoded(dataset, start.plan(), Optional.of(column), true)
                .repartitionById(shards, functions.col("shard"))
                .sortWithinPartitions("key", "order", "hash", "row");
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(dataset.sparkSession().sparkContext());
        Broadcast<StateBytes> base =
                spark.broadcast(StateBytes.of(start.pipeline().state()));
        KeyTraining training = new KeyTraining(base, chunkRows);
        JavaRDD<KeyTraining.KeyState> trained =
                encoded.javaRDD().mapPartitions(training::of).persist(StorageLevel.MEMORY_AND_DISK());
        try {
            long count = trained.count();
            LOG.log(Level.INFO, count + " keys were trained");
            return appendAll(to, start.plan(), trained.toLocalIterator());
        } finally {
            trained.unpersist();
            base.destroy();
        }
    }

    /** Appends on several threads, since each waits for the disk most of the time. */
    private List<ModelVersion> appendAll(StoredIn to, ColumnPlan columns, Iterator<KeyTraining.KeyState> states) {
        Set<String> existing = new HashSet<>(to.store().models());
        List<ModelVersion> versions = new ArrayList<>();
        ExecutorService threads = Executors.newFixedThreadPool(APPENDING);
        try {
            Deque<Future<ModelVersion>> pending = new ArrayDeque<>();
            while (states.hasNext() || !pending.isEmpty()) {
                if (states.hasNext() && pending.size() < 4 * APPENDING) {
                    KeyTraining.KeyState key = states.next();
                    pending.add(threads.submit(() -> append(to, existing, columns, key)));
                } else {
                    versions.add(pending.remove().get());
                }
            }
            return versions;
        } catch (ExecutionException e) {
            Throwable cause = Objects.requireNonNull(e.getCause());
            Throwables.throwIfUnchecked(cause);
            throw new IllegalStateException(cause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AccreteException(
                    AccreteException.Kind.IO, "interrupted while models of keys were appended; those so far stay", e);
        } finally {
            // Those that are under way end, so that no model is left half made.
            MoreExecutors.shutdownAndAwaitTermination(threads, 1, TimeUnit.MINUTES);
        }
    }

    private ModelVersion append(StoredIn to, Set<String> existing, ColumnPlan columns, KeyTraining.KeyState key) {
        String model = to.model() + "." + escaped(key.key());
        if (existing.contains(model)) {
            throw AccreteException.badState("model '" + model + "' exists already in "
                    + to.store().name() + "; remove it, or choose another name");
        }
        Pipeline pipeline = Pipeline.restore(Here.PLUG_INS, key.state().state());
        try (ModelWriter writer = to.store().writer(model)) {
            return append(
                    writer,
                    pipeline,
                    columns,
                    Optional.empty(),
                    Map.of("source", source(), "key", key.key(), "rows", Long.toString(key.rows())));
        }
    }

    private static String escaped(String key) {
        StringBuilder name = new StringBuilder();
        for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
            boolean isPlain = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || b == '-';
            name.append(isPlain ? String.valueOf((char) b) : String.format("_%02x", b));
        }
        return name.isEmpty() ? "_" : name.toString();
    }

    // --- what a training begins with

    private StoredIn to() {
        return storedIn.orElseThrow(() ->
                AccreteException.badArgument("a store must be given by into(store, model) or resume(store, model)"));
    }

    private String orderColumn() {
        return order.orElseThrow(
                () -> AccreteException.badArgument(
                        "orderBy(column) must name the column that orders the rows, because Spark hands rows out in any order"));
    }

    private Start start(Dataset<Row> rows, History history) {
        Optional<ModelVersion> live = history.live();
        Start start;
        if (live.isPresent()) {
            State state = to().store().load(live.get());
            ColumnPlan stored = ColumnPlan.parse(state.text("plan"));
            start = new Start(Pipeline.restore(Here.PLUG_INS, state), stored, live);
        } else {
            start = begin(rows, Optional.empty());
        }
        requireDivisible(start.pipeline(), live.isEmpty());
        return start;
    }

    private static boolean isEnsemble(Pipeline pipeline) {
        return !pipeline.unmergeableParts().isEmpty() && pipeline.members() > 1;
    }

    private static void requireDivisible(Pipeline pipeline, boolean warns) {
        if (isEnsemble(pipeline)) {
            return;
        }
        pipeline.unmergeableParts().stream().findFirst().ifPresent(part -> {
            throw AccreteException.badArgument("'" + part + "' cannot be merged and has no members that learn apart;"
                    + " choose another learner, train a model for each key by runPerKey(column), or train in one JVM");
        });
        if (warns && !pipeline.approximatelyMergedParts().isEmpty()) {
            LOG.log(
                    Level.WARNING,
                    "merging " + String.join(" and ", pipeline.approximatelyMergedParts())
                            + " is not exact: the model is close to that of one learner of all rows, and closer with"
                            + " more rounds and fewer shards");
        }
    }

    private Start begin(Dataset<Row> rows, Optional<String> without) {
        Optional<LearnerProvider> named = learner.map(name -> Here.PLUG_INS.learner(name, settings));
        ColumnPlan columnPlan = plan.orElseGet(() -> inferred(rows, named, without));
        LearnerProvider provider =
                named.orElseGet(() -> byTarget(columnPlan.schema().target()));
        PipelineSpec spec = new PipelineSpec(provider.name(), steps.orElse(provider.likedSteps()), settings);
        return new Start(Pipeline.create(Here.PLUG_INS, columnPlan.schema(), spec), columnPlan, Optional.empty());
    }

    private LearnerProvider byTarget(Target predicted) {
        String name = switch (predicted.kind()) {
            case CATEGORICAL -> "sgd-classifier";
            case NUMERIC -> "sgd-regressor";
            case NONE -> throw AccreteException.badArgument("without a target, learner(name) must name a learner");
        };
        LOG.log(Level.INFO, "learning with " + name + "; learner(name) chooses another");
        return Here.PLUG_INS.learner(name, settings);
    }

    private ColumnPlan inferred(Dataset<Row> rows, Optional<LearnerProvider> provider, Optional<String> without) {
        TableColumns table = SparkColumns.of(rows.schema(), without);
        SourceRequest request = SourceRequest.of("dataset")
                .withTargetKind(provider.filter(known -> known.targets().size() == 1)
                        .map(known -> known.targets().iterator().next())
                        .filter(kind -> kind != Target.Kind.NONE))
                .withColumns(columns);
        if (!target.isEmpty()) {
            request = request.withTarget(target);
        }
        table.warnings(request).forEach(warning -> LOG.log(Level.WARNING, warning));
        PlanInference inference = new PlanInference(table.names(), table.readable(request), CellFormat.standard());
        org.apache.spark.sql.Column[] read =
                table.names().stream().map(SparkTraining::column).toArray(org.apache.spark.sql.Column[]::new);
        for (Row row : rows.orderBy(requireColumn(rows.schema(), orderColumn()), functions.xxhash64(read))
                .select(read)
                .limit(PlanInference.ROWS)
                .collectAsList()) {
            List<String> cells = new ArrayList<>();
            for (int i = 0; i < read.length; i++) {
                cells.add(SparkColumns.text(row, i));
            }
            inference.add(cells);
        }
        ColumnPlan found = inference.plan();
        inference.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        return found;
    }

    private static org.apache.spark.sql.Column column(String name) {
        return functions.col("`" + name.replace("`", "``") + "`");
    }

    private static org.apache.spark.sql.Column requireColumn(StructType schema, String name) {
        if (!Arrays.asList(schema.fieldNames()).contains(name)) {
            throw AccreteException.badArgument(
                    "there is no column '" + name + "'; columns: " + String.join(", ", schema.fieldNames()));
        }
        return column(name);
    }

    private String source() {
        String[] files = dataset.inputFiles();
        Arrays.sort(files);
        return files.length == 0
                ? "spark"
                : files.length == 1 ? files[0] : files[0] + " and " + (files.length - 1) + " more";
    }

    // --- rounds

    /** {@return the rows, encoded, with where each belongs} */
    private Dataset<Row> encoded(Dataset<Row> rows, ColumnPlan columnPlan, Optional<String> key, boolean isPerKey) {
        Set<String> crossed = new HashSet<>();
        columnPlan.columns().forEach(one -> {
            if (one instanceof Column.Cross cross) {
                crossed.addAll(cross.columns());
            }
        });
        List<String> names = columnPlan.columns().stream()
                .filter(one -> !(one instanceof Column.Cross)
                        && (!(one instanceof Column.Ignore) || crossed.contains(one.name())))
                .map(Column::name)
                .distinct()
                .toList();
        String ordering = orderColumn();
        List<org.apache.spark.sql.Column> selected = new ArrayList<>();
        names.forEach(name -> selected.add(requireColumn(rows.schema(), name)));
        selected.add(requireColumn(rows.schema(), ordering).as("order"));
        key.ifPresent(name -> selected.add(requireColumn(rows.schema(), name).as("key")));
        EncodeRows encode = new EncodeRows(
                columnPlan.toText(), names, names.size(), key.isPresent() ? names.size() + 1 : -1, isPerKey, shards);
        StructType made = EncodeRows.schema(rows.schema().apply(ordering).dataType());
        return rows.select(selected.toArray(org.apache.spark.sql.Column[]::new))
                .mapPartitions(encode, Encoders.row(made));
    }

    /** {@return a hash of what rows hold, which does not depend on their order} */
    private String hash(Dataset<Row> rows, ColumnPlan columnPlan) {
        return text(encoded(rows, columnPlan, shardKey, false)
                .select("hash")
                .as(Encoders.LONG())
                .javaRDD()
                .fold(0L, Long::sum));
    }

    private static String text(long hash) {
        return String.format("%016x", hash);
    }

    private ModelVersion rounds(
            Dataset<Row> rows, Start start, ModelWriter writer, Map<String, String> facts, int done) {
        int parts =
                isEnsemble(start.pipeline()) ? Math.min(shards, start.pipeline().members()) : shards;
        Dataset<Row> encoded = encoded(rows, start.plan(), shardKey, false);
        JavaRDD<Row> sorted = (isEnsemble(start.pipeline()) ? forEach(parts, encoded) : encoded)
                .repartitionById(parts, functions.col("shard"))
                .sortWithinPartitions("order", "hash", "row")
                .javaRDD();
        if (sorted.getNumPartitions() != parts) {
            throw new IllegalStateException(parts + " shards became " + sorted.getNumPartitions() + " partitions");
        }
        JavaRDD<Slice> slices = sorted.mapPartitions(new Slice.Cut(rounds));
        if (rounds > 1) {
            slices.persist(StorageLevel.MEMORY_AND_DISK());
        }
        Pipeline pipeline = start.pipeline();
        Optional<ModelVersion> last = start.from();
        try {
            for (int round = done; round < rounds; round++) {
                long before = pipeline.rowsSeen();
                long hash = learn(rows, sorted, slices, pipeline, round);
                Map<String, String> said = new LinkedHashMap<>(facts);
                said.put("rows", Long.toString(pipeline.rowsSeen() - before));
                said.put(ROWS_HASH, text(hash));
                said.put(SHARDS, Integer.toString(shards));
                said.put(ROUND, (round + 1) + "/" + rounds);
                last = Optional.of(append(writer, pipeline, start.plan(), last.map(ModelVersion::reference), said));
            }
        } finally {
            slices.unpersist();
        }
        return last.orElseThrow();
    }

    /** {@return all rows once for each shard} */
    private static Dataset<Row> forEach(int parts, Dataset<Row> encoded) {
        Dataset<Row> numbers = encoded.sparkSession().range(parts).selectExpr("cast(id as int) as part");
        return encoded.crossJoin(numbers)
                .select("part", "key", "order", "hash", "row")
                .withColumnRenamed("part", "shard");
    }

    /** {@return the hash of all rows, after those of one round are learned} */
    private long learn(Dataset<Row> rows, JavaRDD<Row> sorted, JavaRDD<Slice> slices, Pipeline pipeline, int round) {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
        Broadcast<StateBytes> base = spark.broadcast(StateBytes.of(pipeline.state()));
        try {
            boolean isEnsemble = isEnsemble(pipeline);
            ShardTraining training = new ShardTraining(base, sorted.getNumPartitions(), isEnsemble, chunkRows);
            List<ShardTraining.Learned> learned = rounds == 1
                    ? sorted.mapPartitionsWithIndex(training::ofRows, true).collect()
                    : slices.mapPartitionsWithIndex((shard, cut) -> training.ofSlice(shard, cut, round), true)
                            .collect();
            if (isEnsemble) {
                pipeline.joinMembers(learned.stream()
                        .map(shard ->
                                Pipeline.restore(Here.PLUG_INS, shard.state().state()))
                        .toList());
                return learned.get(0).hash();
            }
            pipeline.join(() -> learned.stream()
                    .map(shard -> Pipeline.restore(Here.PLUG_INS, shard.state().state()))
                    .iterator());
            return learned.stream().mapToLong(ShardTraining.Learned::hash).sum();
        } finally {
            base.destroy();
        }
    }

    private static ModelVersion append(
            ModelWriter writer,
            Pipeline pipeline,
            ColumnPlan plan,
            Optional<String> parent,
            Map<String, String> facts) {
        State.Builder state = State.builder()
                .all(pipeline.state())
                .text("plan", plan.withClasses(pipeline.classes()).toText());
        return writer.append(
                state.build(),
                new ModelVersion.Note(
                        parent,
                        pipeline.learner(),
                        pipeline.rowsSeen(),
                        Map.of(),
                        Map.of(),
                        ModelVersion.Verdict.NONE,
                        facts));
    }
}
