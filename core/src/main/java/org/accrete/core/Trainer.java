package org.accrete.core;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.PlanInference;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.source.Examples;

/**
 * A model that learns from arrays, records or chunks, and predicts. Made by {@link Accrete}.
 *
 * <ul>
 *   <li><b>One thread at a time.</b> A call while another thread is inside one is refused (bad state) where it is
 *       noticed. Other threads predict by {@link #live()} or {@link #snapshot()}.
 *   <li><b>All or nothing.</b> A call learns all of its rows, or none, and says why.
 *   <li><b>Columns are fixed by the first rows.</b> Arrays set the number of features; records set the column plan,
 *       declared or inferred from the first call.
 *   <li><b>Cost.</b> Flat arrays and chunks are read where they are; {@code double[][]} and {@code float[][]} are
 *       copied once into memory that is used again. Nothing is allocated per row.
 * </ul>
 *
 * @param <M> what the model can do
 */
public abstract sealed class Trainer<M extends Model> implements AutoCloseable
        permits AnomalyTrainer, ClassifierTrainer, ClusterTrainer, RegressorTrainer, TransformerTrainer {
    private static final long PUBLISH_NANOS = 1_000_000_000L;

    /** From so many first records on, the number of buckets of a text column follows from the texts seen. */
    private static final int ENOUGH_TO_COUNT_TEXTS = 100;

    /** Buckets of a text column before that. */
    private static final int BUCKETS = 1 << 16;

    private static final Logger LOG = System.getLogger(Trainer.class.getName());

    private final Class<M> type;
    private final TrainerBuilder<?> parts;
    private final Optional<ModelWriter> writer;
    private final LabelIndex labels;
    private final Examples.Scratch scratch = new Examples.Scratch();

    private Optional<Pipeline> pipeline = Optional.empty();
    private Optional<ColumnPlan> plan = Optional.empty();
    private Optional<Scores> scores = Optional.empty();
    private Optional<RecordEncoder> encoder = Optional.empty();
    private Optional<ChunkBuffer> records = Optional.empty();
    private Optional<OneRow> oneRow = Optional.empty();
    private Optional<M> view = Optional.empty();
    private Optional<LiveModel> live = Optional.empty();
    private Optional<ModelVersion> saved = Optional.empty();
    private Optional<String> parent;
    private boolean takesArrays;
    private long rowsOfParent;
    private long publishedAt;
    private long userThread;
    private boolean closed;

    Trainer(TrainerBuilder<?> parts, Class<M> type) {
        this.parts = parts;
        this.type = type;
        this.writer = parts.writer();
        this.parent = parts.parent();
        this.labels = new LabelIndex(parts.target().classes());
        parts.begun().ifPresent(stored -> {
            State state = parts.state().orElseThrow();
            plan = Optional.ofNullable(state.texts().get("plan")).map(ColumnPlan::parse);
            rowsOfParent = stored.rowsSeen();
            begin(stored, parts.resumes() ? Optional.of(state) : Optional.empty());
        });
    }

    // ---- learning --------------------------------------------------------------------------------------------------

    /**
     * Learns rows in arrays.
     *
     * @param examples rows with targets where there is something to predict; not changed, not kept
     * @throws AccreteException bad argument: rows of another width or without targets; bad data: a row that cannot be
     *     learned, with its number; nothing is learned then
     */
    public final void partialFit(Examples examples) {
        if (examples.rows() > 0) {
            learn(() -> begin(examples), () -> {
                requireArrays();
                return examples.chunk(schema(), labels, scratch);
            });
        }
    }

    /**
     * Learns records. The first ones fix the column plan: what is not declared is inferred from at most 1,000 of them,
     * and what could have been read in another way is logged as a warning.
     *
     * @param rows each a {@code Map} from column to value or a Java {@code record}, as {@link RecordEncoder} reads it,
     *     with the target among them; not changed, not kept
     * @throws AccreteException bad argument: no target was named, or a record is neither; bad data: a value that cannot
     *     be used or a row that cannot be learned, with its number; nothing is learned then
     */
    public final void partialFit(List<?> rows) {
        if (!rows.isEmpty()) {
            learn(() -> begin(inferred(rows), parts.target().classes()), () -> encoded(rows));
        }
    }

    /**
     * Learns a chunk, as the layers below do.
     *
     * @param chunk rows; not changed, not kept
     * @throws AccreteException bad state: another schema than that of the first rows; bad data: a row that cannot be
     *     learned, with its number; nothing is learned then
     */
    public final void partialFit(Chunk chunk) {
        learn(
                () -> {
                    plan = ColumnPlan.ofNumbers(chunk.schema());
                    begin(Pipeline.create(parts.plugIns(), chunk.schema(), parts.spec()), Optional.empty());
                },
                () -> chunk);
    }

    /**
     * Learns one record, at once.
     *
     * @param row a {@code Map} from column to value, with the target
     * @throws AccreteException as {@link #partialFit(List)}
     */
    public final void learnOne(Map<String, ?> row) {
        partialFit(List.of(row));
    }

    /**
     * Learns one record, at once.
     *
     * @param row a Java {@code record} with the target among its components
     * @throws AccreteException as {@link #partialFit(List)}
     */
    public final void learnOne(Record row) {
        partialFit(List.of(row));
    }

    /**
     * Learns one row of numbers, at once; a refused one changes nothing.
     *
     * @param first gives the row as one to begin with, asked only when it is the first
     * @param x the features
     * @param target gives the target, a number or the index of a label, which may be a new one
     */
    final void learnOne(Supplier<Examples> first, double[] x, DoubleSupplier target) {
        enter();
        boolean isFirst = pipeline.isEmpty();
        try {
            if (isFirst) {
                begin(first.get());
            }
            requireArrays();
            Pipeline learning = pipeline.orElseThrow();
            double y = target.getAsDouble();
            if (scores.isEmpty() && learning instanceof OnlineLearner online) {
                view = Optional.empty();
                if (labels.labels() != learning.classes()) {
                    online.classes(labels.labels());
                }
                online.learnOne(x, y, 1);
                settle(learning);
            } else {
                fit(oneRow.orElseThrow().dense(x, y, 1, labels.labels()));
            }
        } catch (RuntimeException | Error e) {
            takeBack(isFirst);
            throw e;
        } finally {
            leave();
        }
    }

    private void learn(Runnable begin, Supplier<Chunk> rows) {
        enter();
        boolean isFirst = pipeline.isEmpty();
        try {
            if (isFirst) {
                begin.run();
            }
            fit(rows.get());
        } catch (RuntimeException | Error e) {
            takeBack(isFirst);
            throw e;
        } finally {
            leave();
        }
    }

    private void fit(Chunk chunk) {
        Pipeline learning = pipeline.orElseThrow();
        view = Optional.empty();
        boolean untrained = learning.isUntrained();
        if (scores.isPresent() && !untrained) {
            scores.get().predict(learning.view(), chunk);
        }
        learning.partialFit(chunk);
        if (scores.isPresent() && untrained) {
            scores.get().pass(chunk, 0, chunk.rows());
        } else if (scores.isPresent()) {
            scores.get().count(chunk);
        }
        settle(learning);
    }

    /** After rows were accepted. */
    private void settle(Pipeline learned) {
        labels.reset(learned.classes());
        if (live.isPresent() && System.nanoTime() - publishedAt >= PUBLISH_NANOS) {
            publish();
        }
    }

    private void takeBack(boolean first) {
        if (first) {
            pipeline = Optional.empty();
            plan = Optional.empty();
            encoder = Optional.empty();
            scores = Optional.empty();
            labels.reset(parts.target().classes());
        } else {
            labels.reset(pipeline.orElseThrow().classes());
        }
    }

    // ---- the first rows
    // ----------------------------------------------------------------------------------------------

    private void begin(Examples first) {
        List<Column> columns = new ArrayList<>();
        List<String> names = parts.features();
        if (!names.isEmpty() && names.size() != first.width()) {
            throw AccreteException.badArgument(
                    "features names " + names.size() + " columns but a row has " + first.width() + " features");
        }
        for (int i = 0; i < first.width(); i++) {
            columns.add(new Column.Numeric(names.isEmpty() ? "x" + i : names.get(i)));
        }
        Target target = parts.target();
        if (target.kind() != Target.Kind.NONE) {
            columns.add(new Column.Label(target.name(), target));
        }
        boolean sorts =
                target.kind() == Target.Kind.CATEGORICAL && target.classes().isEmpty();
        begin(new ColumnPlan(columns), sorts ? first.classes() : target.classes());
    }

    private void begin(ColumnPlan columns, List<String> classes) {
        ColumnPlan complete = classes.isEmpty() ? columns : columns.withClasses(classes);
        plan = Optional.of(complete);
        begin(Pipeline.create(parts.plugIns(), complete.schema(), parts.spec()), Optional.empty());
    }

    private void begin(Pipeline begun, Optional<State> resumed) {
        if (!type.isInstance(begun.view())) {
            throw AccreteException.badArgument("'" + begun.learner() + "' is no "
                    + type.getSimpleName().toLowerCase(Locale.ROOT) + "; choose another learner");
        }
        Target target = begun.schema().target();
        if (parts.isScored()) {
            if (!Scores.canScore(target, begun.view())) {
                throw AccreteException.badArgument("scores need a target or clusters but '" + begun.learner()
                        + "' has neither; leave out scored()");
            }
            scores = Optional.of(resumed.filter(state -> Scores.areIn(state, target))
                    .map(state -> Scores.restore(target, state))
                    .orElseGet(() -> Scores.forTarget(target)));
        }
        pipeline = Optional.of(begun);
        takesArrays = plan.stream()
                .flatMap(columns -> columns.columns().stream())
                .allMatch(column -> column instanceof Column.Numeric || column instanceof Column.Label);
        oneRow = Optional.of(new OneRow(begun.schema()));
        labels.reset(begun.classes());
    }

    private ColumnPlan inferred(List<?> rows) {
        Target target = parts.target();
        Optional<String> label = parts.targetColumn();
        if (target.kind() != Target.Kind.NONE && label.isEmpty()) {
            throw AccreteException.badArgument("the column to be predicted must be named for records: add"
                    + " target(\"NAME\") where the trainer is built");
        }
        List<Map<String, Object>> sample = new ArrayList<>();
        for (Object row : rows.subList(0, Math.min(rows.size(), PlanInference.ROWS))) {
            sample.add(named(row));
        }
        List<String> names = rows.get(0) instanceof Record
                ? List.copyOf(sample.get(0).keySet())
                : List.copyOf(new TreeSet<>(sample.get(0).keySet()));
        Map<String, Column> given = new LinkedHashMap<>();
        parts.columns().forEach(column -> given.put(column.name(), column));
        label.ifPresent(name -> given.putIfAbsent(
                name,
                target.kind() == Target.Kind.NUMERIC
                        ? new Column.Numeric(name)
                        : new Column.Label(name, Target.categorical(name, List.of()))));
        for (String name : names) {
            sample.stream()
                    .map(row -> row.get(name))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .flatMap(value -> RecordEncoder.column(name, value.getClass()))
                    .ifPresent(column -> given.putIfAbsent(name, column));
        }
        PlanInference inference = inference(names, label, given, sample);
        ColumnPlan inferred = inference.plan();
        if (sample.size() < ENOUGH_TO_COUNT_TEXTS) {
            // Too few rows to tell a name from an identifier, or how many different texts there will be.
            for (Column column : inferred.columns()) {
                boolean isText = (column instanceof Column.Categorical words && !words.keepsValues())
                        || column instanceof Column.Ignore;
                if (isText && !parts.columns().contains(column) && hasText(sample, column.name())) {
                    given.put(column.name(), new Column.Categorical(column.name(), BUCKETS));
                }
            }
            inference = inference(names, label, given, sample);
            inferred = inference.plan();
        }
        inference.warnings().forEach(warning -> LOG.log(Level.WARNING, warning));
        return inferred;
    }

    private static boolean hasText(List<Map<String, Object>> sample, String name) {
        return sample.stream()
                .anyMatch(row -> !RecordEncoder.text(row.getOrDefault(name, "")).isBlank());
    }

    private static PlanInference inference(
            List<String> names, Optional<String> label, Map<String, Column> given, List<Map<String, Object>> sample) {
        PlanInference inference = new PlanInference(names, label, List.copyOf(given.values()));
        for (Map<String, Object> row : sample) {
            inference.add(names.stream()
                    .map(name -> RecordEncoder.text(row.getOrDefault(name, "")))
                    .toList());
        }
        return inference;
    }

    private static Map<String, Object> named(Object row) {
        Map<String, Object> values = new LinkedHashMap<>();
        if (row instanceof Map<?, ?> map) {
            map.forEach((name, value) -> values.put(String.valueOf(name), value));
        } else if (row instanceof Record java) {
            for (RecordComponent component : java.getClass().getRecordComponents()) {
                values.put(component.getName(), RecordEncoder.value(java, component));
            }
        } else {
            throw RecordEncoder.notARecord(row);
        }
        return values;
    }

    private Chunk encoded(List<?> rows) {
        ColumnPlan columns = plan.orElseThrow(() -> AccreteException.badState(
                "this model was trained on chunks without a column plan, so records cannot be encoded; give chunks"));
        if (encoder.isEmpty()) {
            encoder = Optional.of(new RecordEncoder(columns, true, labels));
        }
        return encoded(rows, encoder.get());
    }

    /** Encodes records into memory that is used again, without those that the plan leaves out. */
    private Chunk encoded(List<?> rows, RecordEncoder by) {
        if (records.isEmpty() || records.get().capacity() < rows.size()) {
            records = Optional.of(new ChunkBuffer(by.schema(), rows.size()));
        }
        ChunkBuffer buffer = records.get();
        buffer.clear();
        for (int row = 0; row < rows.size(); row++) {
            try {
                by.encode(rows.get(row), buffer);
            } catch (AccreteException e) {
                if (e.kind() != AccreteException.Kind.LEFT_OUT) {
                    throw e.kind() == AccreteException.Kind.BAD_DATA ? e.at("record " + row) : e;
                }
            }
        }
        return buffer.chunk();
    }

    // ---- predicting
    // --------------------------------------------------------------------------------------------------

    /** {@return the model as it is now, for this thread and until the next row is learned; O(1)} */
    final M view() {
        if (view.isEmpty()) {
            view = Optional.of(type.cast(begun().view()));
        }
        return view.get();
    }

    /** {@return rows in arrays as a chunk that the model takes} */
    final Chunk features(Examples examples) {
        begun();
        requireArrays();
        return examples.chunk(schema(), labels, scratch);
    }

    /** {@return records as a chunk that the model takes; targets are not read} */
    final Chunk features(List<?> rows) {
        begun();
        ColumnPlan columns = plan.orElseThrow(() -> AccreteException.badState(
                "this model was trained on chunks without a column plan, so records cannot be encoded; give chunks"));
        return encoded(rows, new RecordEncoder(columns, false));
    }

    private Pipeline begun() {
        return pipeline.orElseThrow(() -> AccreteException.badState("nothing was learned yet; call partialFit first"));
    }

    private void requireArrays() {
        if (!takesArrays) {
            throw AccreteException.badArgument(
                    "this model was trained on records whose columns are not all numbers; give records");
        }
    }

    // ---- what there is
    // -----------------------------------------------------------------------------------------------

    /** {@return an immutable copy of the model as it is now, for any thread; O(state)} */
    public final M snapshot() {
        return type.cast(begun().snapshot());
    }

    /** {@return the pipeline inside, for what the front door does not offer; it must not be used while a call runs} */
    public final Pipeline pipeline() {
        return begun();
    }

    /** {@return how raw columns become numbers; empty before the first row, and for chunks that are not all numbers} */
    public final Optional<ColumnPlan> plan() {
        return plan;
    }

    /** {@return how many rows were learned, over all resumes} */
    public final long rowsSeen() {
        return pipeline.map(Pipeline::rowsSeen).orElse(0L);
    }

    /**
     * {@return the prequential scores: each chunk but the first by the model from before it; empty unless they were
     * asked for}
     */
    public final Optional<ScoreReport> scores() {
        return scores.map(Scores::report);
    }

    /**
     * {@return the model that other threads predict with} It is brought up to date by this call, by {@link #save}, and
     * at most once a second while rows are learned; each time a snapshot is made. Its predictions say {@code clicks@3},
     * or {@code clicks@3+500} when 500 rows were learned since that version. With a store, a rollback there reaches it
     * within a fifth of a second: see {@link LiveModel#following}.
     */
    public final LiveModel live() {
        enter();
        try {
            if (live.isEmpty()) {
                live = Optional.of(parts.storedIn()
                        .map(stored -> LiveModel.following(parts.plugIns(), stored.store(), stored.model()))
                        .orElseGet(LiveModel::unpublished));
            }
            if (pipeline.isPresent()) {
                publish();
            }
            return live.get();
        } finally {
            leave();
        }
    }

    private void publish() {
        long ahead = rowsSeen() - rowsOfParent;
        live.orElseThrow()
                .publish(snapshot(), parent.orElse("") + (ahead == 0 && parent.isPresent() ? "" : "+" + ahead), plan);
        publishedAt = System.nanoTime();
    }

    /**
     * Appends a version with everything needed to go on. Its parent is the version before it; {@code live} moves with
     * it unless somebody moved it by hand.
     *
     * @return the new version, or the last one when no row was learned since
     * @throws AccreteException bad state: there is no store, or nothing was learned yet; I/O: it could not be written
     */
    public final ModelVersion save() {
        enter();
        try {
            ModelWriter to = writer.orElseThrow(() -> AccreteException.badState(
                    "this trainer has no store to save to; make it by into(store, name) instead of build()"));
            Pipeline learned = begun();
            if (saved.isPresent() && learned.rowsSeen() == rowsOfParent) {
                return saved.get();
            }
            ModelVersion.Note note = new ModelVersion.Note(
                    parent,
                    learned.learner(),
                    learned.rowsSeen(),
                    finite(scores().map(ScoreReport::metrics)),
                    finite(scores.map(Scores::stretch)),
                    ModelVersion.Verdict.NONE,
                    Map.of());
            ModelVersion version = to.append(state(learned), note);
            scores.ifPresent(Scores::beginStretch);
            saved = Optional.of(version);
            parent = Optional.of(version.reference());
            rowsOfParent = learned.rowsSeen();
            if (live.isPresent()) {
                publish();
            }
            return version;
        } finally {
            leave();
        }
    }

    private static Map<String, Double> finite(Optional<Map<String, Double>> figures) {
        Map<String, Double> finite = new LinkedHashMap<>(figures.orElse(Map.of()));
        finite.values().removeIf(value -> !Double.isFinite(value));
        return finite;
    }

    private State state(Pipeline learned) {
        State.Builder state = State.builder().all(learned.state());
        plan.ifPresent(columns ->
                state.text("plan", columns.withClasses(learned.classes()).toText()));
        scores.ifPresent(some -> some.writeTo(state));
        return state.build();
    }

    final Schema schema() {
        return begun().schema();
    }

    final LabelIndex labels() {
        return labels;
    }

    private void enter() {
        long thread = Thread.currentThread().getId();
        if (userThread != 0 && userThread != thread) {
            throw AccreteException.badState("a trainer is used by one thread at a time but a second one called it;"
                    + " predict from other threads by live() or snapshot()");
        }
        if (closed) {
            throw AccreteException.badState("this trainer is closed");
        }
        userThread = thread;
    }

    private void leave() {
        userThread = 0;
    }

    /**
     * Gives up the model's lock. What was learned since the last {@link #save} is not kept; what {@link #live()} gave
     * goes on answering, and no longer follows the store.
     */
    @Override
    public final void close() {
        closed = true;
        live.ifPresent(LiveModel::close);
        writer.ifPresent(ModelWriter::close);
    }
}
