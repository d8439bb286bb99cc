package org.accrete.core.online;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.learn.Model;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelWriter;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.Prediction;
import org.accrete.core.serve.ServedModel;
import org.accrete.core.source.PushSource;
import org.accrete.core.train.CheckpointInterval;
import org.accrete.core.train.DriftMark;
import org.accrete.core.train.Progress;
import org.accrete.core.train.Rollback;
import org.accrete.core.train.RunListener;
import org.accrete.core.train.RunReport;
import org.accrete.core.train.TrainingRun;
import org.accrete.core.train.Versions;

/**
 * A model in a store that answers and learns at the same time, in this process:
 *
 * <pre>{@code
 * OnlineService flights = OnlineService.builder(PlugIns.load(), store, "flights")
 *         .learner("sgd-classifier")
 *         .record(Flight.class, "delayed")
 *         .open();
 * flights.learn(new Flight("SEA", "PDX", 129, true)); // from any thread
 * Prediction answer = flights.predict(new Flight("SEA", "PDX", 129, false));
 * flights.close(); // learns what is waiting, and appends a version
 * }</pre>
 *
 * <ul>
 *   <li><b>Any number of threads</b> call it. One thread of its own trains, by a {@link TrainingRun}, in chunks of
 *       whatever is waiting; a row is learned at once where nothing else is.
 *   <li><b>All or nothing.</b> Records are checked before they are accepted: a call accepts all of its records or none.
 *   <li><b>What answers</b> is the freshest snapshot, or with {@linkplain Builder#run gates} the live version.
 *   <li><b>With a {@linkplain Builder#log log}</b> what was accepted outlives the process: whoever opens the service
 *       again learns what no version knows yet, each row once. Keys and predictions that await labels are in the log
 *       too. Without one, rows since the last version are lost in a crash.
 *   <li><b>Rollback.</b> When {@code live} is moved in the store, by {@link #rollback} or by anybody, the service goes
 *       on from that version with the rows that come from then on.
 * </ul>
 *
 * <p>It holds the model's lock until it is closed. It should be opened once per model and process.
 */
public final class OnlineService implements AutoCloseable {
    /** What versions say they were learned from. */
    private static final String SOURCE = "service";

    private static final int QUEUE = 10_000;
    private static final int REMEMBERED = 100_000;
    private static final int AWAITING = 100_000;
    private static final long REPORT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final System.Logger LOG = System.getLogger(OnlineService.class.getName());

    private final ModelStore store;
    private final String model;
    private final ModelWriter writer;
    private final LiveModel live;
    private final PushSource source;
    private final TrainingRun run;
    private final Thread trainer;
    private final List<String> columns;
    private final Optional<String> target;
    private final RecordCells recordCells;
    private final Optional<LearnLog> log;
    private final int queue;
    private final ServedScores served;
    private final Optional<Shadow> shadow;

    // Guarded by this object: the order of the log is that of the rows.
    private final Memory memory;
    private boolean closed;

    /**
     * Another version that predicts what is predicted, unseen, and is scored beside.
     *
     * @param live the version
     * @param scores of its predictions
     * @param awaiting its predictions by name, in this process; guarded by the service
     */
    private record Shadow(LiveModel live, ServedScores scores, Map<String, Awaiting> awaiting) {}

    private final TrainerReport report;
    /** When scores were told last; of the trainer alone. */
    private long reportedAt;

    private OnlineService(Builder parts, ModelWriter writer) {
        store = parts.store;
        model = parts.model;
        this.writer = writer;
        queue = parts.queue;
        memory = new Memory(parts.remember, parts.awaiting);
        History history = store.history(model);
        // From where somebody has gone back to, else from the newest one, whether it is live or was refused.
        Optional<ModelVersion> origin = history.rollback().isPresent() ? history.live() : history.latest();
        Optional<State> state = origin.map(store::load);
        ColumnPlan plan = state.map(parts::plan).orElseGet(parts::plan);
        columns = plan.rawNames();
        recordCells = new RecordCells(columns);
        target = plan.label().map(Column::name);
        log = parts.log.map(folder -> LearnLog.open(folder, columns, parts.segmentBytes));
        live = parts.live.orElseGet(() -> LiveModel.following(parts.plugIns, store, model));
        source = new PushSource(plan, parts.queue, Duration.ZERO);
        Pipeline pipeline =
                state.map(stored -> Pipeline.restore(parts.plugIns, stored)).orElseGet(() -> parts.pipeline(plan));
        served = new ServedScores(plan, pipeline.view());
        shadow = parts.shadow.map(alias -> new Shadow(
                LiveModel.open(parts.plugIns, store, model + "@" + alias),
                new ServedScores(plan, pipeline.view()),
                new HashMap<>()));
        TrainingRun.Builder building = TrainingRun.builder(pipeline, source)
                .writer(writer)
                .fact("source", SOURCE)
                .badRows(BadRows.skip(1, line -> {}).keeping(this::refused))
                .publishTo(live)
                .publishEvery(parts.publishEvery)
                .checkpointEvery(parts.checkpointEvery)
                // Rows that were read ahead would count as learned.
                .prefetch(false)
                .takeRollbacks(parts.plugIns, store, history, (version, stored) -> Optional.empty())
                .listener(parts.listeners.stream().reduce(new Listener(), RunListener::and));
        origin.ifPresent(version -> building.parent(version.reference()));
        long begin;
        boolean begun = false;
        try {
            begin = begin(history, origin, state, building, pipeline.view());
            begun = true;
        } finally {
            if (!begun) {
                log.ifPresent(LearnLog::close);
                live.close();
            }
        }
        parts.run.accept(building);
        run = building.build();
        report = new TrainerReport(model, begin);
        trainer = new Thread(this::train, "accrete-online-" + model);
        trainer.setDaemon(true);
        trainer.start();
        log.ifPresent(some -> some.replay((rows, entry) -> learnAgain(begin, rows, entry)));
        if (!history.versions().isEmpty()) {
            live.refresh();
        }
    }

    // --- beginning

    /**
     * Finds out which row is learned next, and reads the log.
     *
     * @return the number of rows before it
     */
    private long begin(
            History history,
            Optional<ModelVersion> origin,
            Optional<State> state,
            TrainingRun.Builder building,
            Model model) {
        Optional<ModelVersion> newest = newestOfService(history);
        long known = newest.map(
                        version -> version.equals(origin.orElse(version)) ? state.orElseThrow() : store.load(version))
                .map(OnlineService::row)
                .orElse(0L);
        long logged = log.map(some -> some.replay((rows, entry) -> remember(rows, entry, model)))
                .orElse(0L);
        long newestLogged = memory.newestVersion().orElse(0);
        if (newestLogged > history.highestNumber()) {
            throw AccreteException.badState("the log of what was accepted knows version " + newestLogged
                    + " of model '" + model + "' but the model has no version after " + history.highestNumber()
                    + ", so it is the log of a model that was removed; move it away");
        }
        newest.ifPresent(version -> memory.version(version.number(), known));
        Optional<State> own = state.filter(OnlineService::isOfService);
        long next = history.rollback()
                .map(rollback -> afterRollback(rollback, own, known))
                .orElse(known);
        Position position = new Position("", next);
        own.ifPresent(stored -> building.resume(Versions.at(stored, position, next - row(stored))));
        // At once: rows are accepted, and have numbers, before the trainer's thread goes there.
        source.seek(position);
        if (log.isPresent()) {
            LearnLog some = log.get();
            if (next < some.firstRow().orElse(next)) {
                LOG.log(
                        Level.WARNING,
                        "the log of model ''{0}'' begins after row {1} but its version ends with row {2}: the rows"
                                + " between are lost",
                        model,
                        some.firstRow().orElse(0L),
                        next);
            }
            if (logged < next) {
                some.clear();
            }
            if (some.isFull()) {
                some.roll(Math.max(logged, next), entries());
            }
        }
        return next;
    }

    /**
     * {@return the number of rows before the next one after a rollback}
     *
     * @param own the state of the version gone back to, if a service made it
     * @param known rows that the newest version of a service knows
     */
    private long afterRollback(History.Move rollback, Optional<State> own, long known) {
        Optional<Long> taken = memory.lastRollback()
                .filter(back -> back.number() == rollback.number() && back.newest() == rollback.newest())
                .map(LogEntry.RolledBack::row);
        if (taken.isPresent()) {
            return Math.max(known, taken.get());
        }
        boolean fromHere = rollback.reason().map(History.Reason::fromHere).orElse(false);
        return fromHere || own.isEmpty() ? known : row(own.get());
    }

    private static boolean isOfService(State state) {
        return SOURCE.equals(state.texts().get("run.source"));
    }

    private static Optional<ModelVersion> newestOfService(History history) {
        List<ModelVersion> versions = history.versions();
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (SOURCE.equals(versions.get(i).note().facts().get("source"))) {
                return Optional.of(versions.get(i));
            }
        }
        return Optional.empty();
    }

    private static long row(State state) {
        return Position.parse(state.text("run.position")).rows();
    }

    /** Takes what a log says into the memory. */
    private void remember(long rows, LogEntry entry, Model model) {
        if (entry instanceof LogEntry.Rows more) {
            more.key().ifPresent(key -> memory.key(key, rows + more.records().size()));
            for (int i = 0; i < more.records().size(); i++) {
                Optional<Awaiting> said = more.ids().isEmpty()
                        ? Optional.empty()
                        : memory.take(more.ids().get(i));
                List<String> cells = more.records().get(i);
                String label =
                        target.map(name -> cells.get(columns.indexOf(name))).orElse("");
                served.replay(said, label, () -> named(cells), model);
            }
        } else if (entry instanceof LogEntry.Scored scored) {
            served.goOn(scored.scores());
        } else if (entry instanceof LogEntry.Asked asked) {
            await(asked.id(), asked.asked());
        } else if (entry instanceof LogEntry.Version version) {
            memory.version(version.number(), version.row());
        } else if (entry instanceof LogEntry.RolledBack back) {
            memory.rolledBack(back);
        } else if (entry instanceof LogEntry.Remembered known) {
            memory.key(known.key(), known.row());
        }
    }

    private void await(String id, Awaiting asked) {
        memory.await(id, asked)
                .ifPresent(oldest -> shadow.ifPresent(some -> some.awaiting().remove(oldest)));
    }

    /** {@return what must be in the log even when its older segments are gone} */
    private List<LogEntry> entries() {
        List<LogEntry> all = memory.entries();
        served.state().map(LogEntry.Scored::new).ifPresent(all::add);
        return all;
    }

    /** Hands logged records after a row to the trainer; the encoder is the one that had accepted them. */
    private void learnAgain(long after, long rows, LogEntry entry) {
        if (!(entry instanceof LogEntry.Rows some) || rows + some.records().size() <= after) {
            return;
        }
        List<Map<String, String>> records = some.records().stream()
                // A version can end within what was accepted together.
                .skip(Math.max(0, after - rows))
                .map(this::named)
                .toList();
        try {
            while (source.offerAll(records, (good, chunk) -> {}) < 0) {
                requireRunning();
                report.awaitChange();
            }
        } catch (AccreteException e) {
            throw AccreteException.badState("what came after row " + rows + " in the log of model '" + model
                    + "' cannot be learned again: " + e.getMessage());
        }
    }

    private Map<String, String> named(List<String> cells) {
        Map<String, String> record = new HashMap<>();
        for (int i = 0; i < cells.size(); i++) {
            record.put(columns.get(i), cells.get(i));
        }
        return record;
    }

    // --- learning

    /**
     * Accepts a record to be learned, and waits for room. Without a log nothing is allocated.
     *
     * @param record a {@code Map} from raw column to value, or a Java {@code record}, with the target, as
     *     {@link RecordEncoder} reads it; not kept
     * @throws AccreteException bad data: a column is not in the record, or its value cannot be used; left out: the plan
     *     leaves such rows out; bad state: the service is closed, or training has failed
     * @throws InterruptedException if this thread was interrupted while it waited; nothing was accepted
     */
    public void learn(Object record) throws InterruptedException {
        requireRunning();
        if (log.isEmpty() && record instanceof Record java) {
            source.put(java);
            return;
        }
        while (offer(List.of(record), Optional.empty()).isEmpty()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            report.awaitChange();
        }
    }

    /**
     * Accepts records to be learned, all of them or none.
     *
     * @param records each as of {@link #learn}; not kept
     * @param key what makes a repeated call known: the records of the first call with it are learned, further calls do
     *     nothing; see {@link Builder#remember}
     * @return what can be waited for; empty if the queue has no room for all records now
     * @throws AccreteException as {@link #learn}; bad argument: more records than the queue ever holds
     */
    public Optional<Receipt> offer(List<?> records, Optional<String> key) {
        return accept(records, key, List.of());
    }

    private synchronized Optional<Receipt> accept(List<?> records, Optional<String> key, List<String> ids) {
        requireRunning();
        Optional<Long> before = key.flatMap(memory::rowOf);
        if (before.isPresent()) {
            return Optional.of(new Receipt(
                    this, before.get(), 0, true, log.map(LearnLog::end).orElse(0L)));
        }
        long[] mark = {0};
        int count = source.offerAll(records, (good, rows) -> {
            if (!ids.isEmpty()) {
                // Scores need a model to read what was said; after a restart it may not have learned again yet.
                live.current();
                if (good.size() < records.size()) {
                    throw AccreteException.badData("a target must not be missing");
                }
            }
            if (log.isPresent()) {
                List<List<String>> cells = new ArrayList<>(good.size());
                good.forEach(record -> cells.add(cells(record)));
                mark[0] = log.get().append(new LogEntry.Rows(key, ids, cells));
            }
            for (int i = 0; i < ids.size(); i++) {
                label(ids.get(i), rows.slice(i, i + 1));
            }
        });
        if (count < 0) {
            return Optional.empty();
        }
        long last = source.rowsAccepted();
        key.ifPresent(some -> memory.key(some, last));
        if (log.isPresent() && log.get().isFull()) {
            log.get().roll(last, entries());
        }
        return Optional.of(new Receipt(this, last, count, false, mark[0]));
    }

    private void label(String id, Chunk row) {
        served.label(memory.take(id).orElseThrow(), row, live.current().model());
        shadow.ifPresent(some -> Optional.ofNullable(some.awaiting().remove(id))
                .ifPresent(said ->
                        some.scores().label(said, row, some.live().current().model())));
    }

    private List<String> cells(Object record) {
        return record instanceof Record java ? recordCells.of(java) : mapCells((Map<?, ?>) record);
    }

    private List<String> mapCells(Map<?, ?> record) {
        List<String> cells = new ArrayList<>(columns.size());
        for (String column : columns) {
            Object value = record.get(column);
            cells.add(value == null ? "" : RecordEncoder.text(value));
        }
        return cells;
    }

    // --- predicting

    /**
     * {@return what the freshest model says of a record} Takes no lock; nothing is allocated beyond the answer while
     * one thread predicts at a time.
     *
     * @param record a {@code Map} from raw column to value, or a Java {@code record}; its target is not read
     * @throws AccreteException bad data: a column is not in the record, or its value cannot be used; bad state: nothing
     *     was learned yet
     */
    public Prediction predict(Object record) {
        return live.current().predict(record);
    }

    /**
     * {@return what the freshest model says of a record whose label comes later, by {@link #label}} The prediction is
     * kept until then, unless {@linkplain Builder#awaiting too many} come after it. A second one of the same name takes
     * the place of the first.
     *
     * @param id what the label will be told for; not empty
     * @param record as of {@link #predict(Object)}
     * @throws AccreteException as {@link #predict(Object)}; bad argument: an empty name, or no target to be told
     */
    public Prediction predict(String id, Object record) {
        if (id.isEmpty()) {
            throw AccreteException.badArgument("a prediction that awaits its label needs a name but it is empty");
        }
        if (target.isEmpty()) {
            throw AccreteException.badArgument("model '" + model + "' has no target that could be told later");
        }
        ServedModel by = live.current();
        Prediction said = by.predict(record);
        synchronized (this) {
            requireRunning();
            List<String> cells = cells(record);
            cells.set(columns.indexOf(target.get()), "");
            Awaiting asked = served.ask(by.model(), named(cells), cells);
            log.ifPresent(some -> some.append(new LogEntry.Asked(id, asked)));
            shadow.ifPresent(some -> some.awaiting()
                    .put(id, some.scores().ask(some.live().current().model(), named(cells), cells)));
            await(id, asked);
        }
        return said;
    }

    /** {@return the model that answers, for whoever needs more than {@link #predict(Object)}} */
    public LiveModel live() {
        return live;
    }

    // --- labels that come later

    /** {@return how many predictions that await their labels are kept} */
    public int mostAwaiting() {
        return memory.mostAwaiting();
    }

    /**
     * {@return whether a call with a key was accepted before}
     *
     * @param key the key
     */
    public synchronized boolean remembers(String key) {
        return memory.rowOf(key).isPresent();
    }

    /**
     * {@return the names among some that no kept prediction has}
     *
     * @param ids names
     */
    public synchronized List<String> unknown(Collection<String> ids) {
        return ids.stream().filter(id -> memory.asked(id).isEmpty()).toList();
    }

    /**
     * Tells the labels of predictions, all of them or none: each prediction is scored as it was made, and its record is
     * learned.
     *
     * @param targets by the name of the prediction
     * @param key as of {@link #offer}
     * @return as of {@link #offer}
     * @throws AccreteException bad argument: there is no such prediction; bad data: a target that cannot be used; what
     *     {@link #offer} throws
     */
    public synchronized Optional<Receipt> label(Map<String, ?> targets, Optional<String> key) {
        if (key.flatMap(memory::rowOf).isPresent()) {
            return accept(List.of(), key, List.of());
        }
        List<String> missing = unknown(targets.keySet());
        if (!missing.isEmpty()) {
            throw AccreteException.badArgument(
                    "there is no prediction '" + missing.get(0) + "' that awaits its label; the last "
                            + memory.mostAwaiting() + " are kept, until they are labelled");
        }
        List<Map<String, Object>> records = new ArrayList<>();
        targets.forEach((id, value) -> {
            Map<String, Object> record =
                    new HashMap<>(named(memory.asked(id).orElseThrow().cells()));
            if (RecordEncoder.text(value).isBlank()) {
                throw AccreteException.badData("the target of prediction '" + id + "' must not be missing");
            }
            record.put(target.orElseThrow(), value);
            records.add(record);
        });
        return accept(records, key, List.copyOf(targets.keySet()));
    }

    // --- operating

    /**
     * Makes another version live, and goes on from it with the rows that come from now on; what was learned since is
     * not kept. The trainer takes it at its next look, within a moment.
     *
     * @param reference {@code 3}, {@code live}, {@code latest} or another alias
     * @param why kept with the move
     * @return the version
     * @throws AccreteException bad argument: there is no such version
     */
    public ModelVersion rollback(String reference, String why) {
        ModelVersion version = store.history(model).resolve(reference);
        store.tag(model, History.LIVE, version.number(), new History.Reason(why, true));
        return version;
    }

    /**
     * {@return whether what is accepted is kept in a log, so that it can be {@linkplain Receipt#awaitDurable durable}}
     */
    public boolean isLogged() {
        return log.isPresent();
    }

    /** {@return why the last rows were refused that the learner refused, at most 20, the newest last} */
    public List<String> badRows() {
        return report.lastRefused();
    }

    /** {@return the last marks of drift in this process, at most 20, the newest last} */
    public List<DriftMark> drifts() {
        return report.lastDrifts();
    }

    /** {@return how the service is doing} */
    public OnlineStatus status() {
        long accepted = source.rowsAccepted();
        long taken = source.rowsTaken();
        synchronized (this) {
            Optional<ScoreReport> ofServed = served.report();
            Optional<ScoreReport> ofShadow =
                    shadow.flatMap(some -> some.scores().report());
            return new OnlineStatus(
                    accepted,
                    report.learned(),
                    accepted - taken,
                    queue,
                    report.refused(),
                    memory.awaiting(),
                    memory.forgotten(),
                    memory.keys(),
                    report.scores(),
                    ofServed,
                    ofShadow,
                    report.failure().map(Throwable::getMessage));
        }
    }

    private void requireRunning() {
        report.requireNoFailure();
        if (source.isEnded()) {
            throw AccreteException.badState("the service of model '" + model + "' is closed");
        }
    }

    /**
     * Learns what is waiting, appends a version, and gives up the model's lock. What answers goes on to do so, but no
     * longer follows the store.
     *
     * @throws AccreteException what ended training, if it ended by a failure
     */
    @Override
    public void close() {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            source.end();
        }
        boolean interrupted = false;
        while (trainer.isAlive()) {
            try {
                trainer.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        log.ifPresent(LearnLog::close);
        live.close();
        shadow.ifPresent(some -> some.live().close());
        writer.close();
        Optional<Throwable> ending = report.failure();
        if (ending.isPresent()) {
            throw ending.get() instanceof AccreteException known
                    ? known
                    : new AccreteException(
                            AccreteException.Kind.PLUG_IN_FAILED,
                            "model '" + model + "' no longer learned: " + ending.get(),
                            ending.get());
        }
    }

    // --- training

    private void train() {
        Optional<Throwable> problem = Optional.empty();
        try {
            RunReport ran = run.run();
            report.learnedUpTo(source.rowsTaken(), ran.scores());
        } catch (RuntimeException | Error e) {
            problem = Optional.of(e);
            LOG.log(Level.ERROR, "model '" + model + "' no longer learns", e);
        }
        report.ended(problem);
    }

    private void refused(BadRow row) {
        String line = "row " + row.place().number() + " of model '" + model + "': " + row.reason();
        if (report.refused(line)) {
            LOG.log(Level.WARNING, "a row was not learned: " + line);
        }
    }

    boolean awaitLearned(long row, Duration atMost) throws InterruptedException {
        return report.awaitLearned(row, atMost);
    }

    void awaitDurable(long mark) {
        log.orElseThrow(() -> AccreteException.badArgument("model '" + model
                        + "' keeps no log of what it accepts, so nothing is durable before its next version; open the"
                        + " service with a log"))
                .awaitForced(mark);
    }

    /** What the trainer's thread tells. */
    private final class Listener implements RunListener {
        @Override
        public void chunk(Progress progress) {
            long now = System.nanoTime();
            boolean isDue = now - reportedAt >= REPORT_NANOS;
            reportedAt = isDue ? now : reportedAt;
            report.learnedUpTo(
                    source.rowsTaken(), isDue ? Optional.of(progress.scores().get()) : Optional.empty());
        }

        @Override
        public void version(ModelVersion version) {
            long row = source.rowsTaken();
            synchronized (OnlineService.this) {
                memory.version(version.number(), row);
                if (log.isPresent()) {
                    log.get().append(new LogEntry.Version(version.number(), row));
                    served.state().map(LogEntry.Scored::new).ifPresent(log.get()::append);
                    cut();
                }
            }
        }

        /** Removes what no version that is kept needs. */
        private void cut() {
            History history = store.history(model);
            long oldest = history.versions().stream()
                    .filter(version -> SOURCE.equals(version.note().facts().get("source")))
                    .mapToLong(ModelVersion::number)
                    .min()
                    .orElse(0);
            memory.cut(oldest).ifPresent(row -> log.orElseThrow().cut(row));
        }

        @Override
        public void rolledBack(Rollback rollback) {
            synchronized (OnlineService.this) {
                long newest = store.history(model)
                        .rollback()
                        .map(History.Move::newest)
                        .orElse(rollback.version().number());
                LogEntry.RolledBack back =
                        new LogEntry.RolledBack(rollback.version().number(), newest, source.rowsTaken());
                memory.rolledBack(back);
                log.ifPresent(some -> some.append(back));
            }
        }

        @Override
        public void drift(DriftMark mark) {
            report.drift(mark);
        }

        @Override
        public void versionFailed(AccreteException failed, String next) {
            LOG.log(
                    Level.WARNING,
                    "no version of model '" + model + "' could be written, it is tried again " + next,
                    failed);
        }
    }

    // --- building

    /**
     * {@return what opens a service}
     *
     * @param plugIns where the parts of the model are found
     * @param store where the model is kept; not closed
     * @param model its name; it is made where there is none
     */
    public static Builder builder(PlugIns plugIns, ModelStore store, String model) {
        return new Builder(plugIns, store, model);
    }

    /** What a service is made of. A model that is stored needs no more than its name. */
    public static final class Builder {
        private final PlugIns plugIns;
        private final ModelStore store;
        private final String model;
        private final Map<String, String> settings = new LinkedHashMap<>();
        private final List<RunListener> listeners = new ArrayList<>();
        private Optional<String> learner = Optional.empty();
        private Optional<List<String>> steps = Optional.empty();
        private Optional<ColumnPlan> declared = Optional.empty();
        private Optional<Path> log = Optional.empty();
        private Optional<LiveModel> live = Optional.empty();
        private Optional<String> shadow = Optional.empty();
        private CheckpointInterval checkpointEvery = new CheckpointInterval(0, 300);
        private Duration publishEvery = Duration.ofSeconds(1);
        private Consumer<TrainingRun.Builder> run = building -> {};
        private long segmentBytes = LearnLog.SEGMENT_BYTES;
        private int queue = QUEUE;
        private int remember = REMEMBERED;
        private int awaiting = AWAITING;

        private Builder(PlugIns plugIns, ModelStore store, String model) {
            this.plugIns = plugIns;
            this.store = store;
            this.model = model;
        }

        /**
         * Names the learner of a new model.
         *
         * @param name plug-in name
         * @return this
         */
        public Builder learner(String name) {
            learner = Optional.of(name);
            return this;
        }

        /**
         * Sets a parameter of a new model, as {@code train --set} does.
         *
         * @param name the learner's parameter, or {@code step.parameter}
         * @param value anything whose text is one
         * @return this
         */
        public Builder set(String name, Object value) {
            settings.put(ParamSpec.word(name), String.valueOf(value));
            return this;
        }

        /**
         * Names the steps of a new model; left out, they are those that the learner is best used behind.
         *
         * @param names plug-in names, in order
         * @return this
         */
        public Builder steps(String... names) {
            steps = Optional.of(List.of(names));
            return this;
        }

        /**
         * Declares the columns of a new model's records, the target among them.
         *
         * @param texts each {@code NAME=KIND} or {@code NAME=KIND(key=value,…)}, see {@link Column}
         * @return this
         * @throws AccreteException bad argument: not such a text
         */
        public Builder columns(String... texts) {
            List<Column> columns = new ArrayList<>();
            for (String text : texts) {
                columns.add(Column.parse(text));
            }
            return plan(new ColumnPlan(columns));
        }

        /**
         * Declares the columns of a new model's records by a Java record: numbers are numeric, booleans boolean, dates
         * datetime, enum constants and text categorical.
         *
         * @param type its components have the names of the columns
         * @param target the component that is predicted: a number, or a label
         * @return this
         * @throws AccreteException bad argument: there is no such component, or one of another type
         */
        public Builder record(Class<? extends Record> type, String target) {
            return plan(RecordColumns.plan(type, target));
        }

        /**
         * Declares the columns of a new model's records.
         *
         * @param plan how they become numbers
         * @return this
         */
        public Builder plan(ColumnPlan plan) {
            declared = Optional.of(plan);
            return this;
        }

        /**
         * Sets how often versions are appended; every 300 s by default, and when the service is closed.
         *
         * @param interval how often
         * @return this
         */
        public Builder checkpointEvery(CheckpointInterval interval) {
            checkpointEvery = interval;
            return this;
        }

        /**
         * Sets how soon what was learned answers: see {@link TrainingRun.Builder#publishEvery}. A second by default.
         *
         * @param least from 0 to one day
         * @return this
         */
        public Builder publishEvery(Duration least) {
            publishEvery = least;
            return this;
        }

        /**
         * Keeps what is accepted in a folder until a version knows it. Without, there is no log.
         *
         * @param folder of this model alone; made where there is none
         * @return this
         */
        public Builder log(Path folder) {
            log = Optional.of(folder);
            return this;
        }

        /**
         * Lets another version predict what is {@linkplain OnlineService#predict(String, Object) predicted until its
         * label comes}, unseen: {@link OnlineStatus#shadow} has its scores beside those of what was served.
         *
         * @param word {@code 3}, {@code candidate} or another alias of the model, which is followed
         * @return this
         */
        public Builder shadow(String word) {
            shadow = Optional.of(word);
            return this;
        }

        /** Sets the size of a part of the log, for tests. */
        Builder segmentBytes(long bytes) {
            segmentBytes = bytes;
            return this;
        }

        /**
         * Sets what answers; by default a new {@link LiveModel#following}.
         *
         * @param model follows the same model of the same store; closed with the service
         * @return this
         */
        public Builder live(LiveModel model) {
            live = Optional.of(model);
            return this;
        }

        /**
         * Sets how many rows wait to be learned at most; 10,000 by default.
         *
         * @param rows at least 1
         * @return this
         */
        public Builder queue(int rows) {
            queue = atLeast("queue", rows, 1);
            return this;
        }

        /**
         * Sets how many keys of calls are remembered; the last 100,000 by default.
         *
         * @param keys at least 0
         * @return this
         */
        public Builder remember(int keys) {
            remember = atLeast("remember", keys, 0);
            return this;
        }

        /**
         * Sets how many predictions are kept that await their labels; the last 100,000 by default.
         *
         * @param predictions at least 0
         * @return this
         */
        public Builder awaiting(int predictions) {
            awaiting = atLeast("awaiting", predictions, 0);
            return this;
        }

        private static int atLeast(String what, int value, int least) {
            if (value < least) {
                throw AccreteException.badArgument(what + " must be >= " + least + " but was " + value);
            }
            return value;
        }

        /**
         * Adds who is told what the trainer does, on its thread. An exception ends learning.
         *
         * @param listener a listener
         * @return this
         */
        public Builder listener(RunListener listener) {
            listeners.add(listener);
            return this;
        }

        /**
         * Changes the run: gates, detectors of drift, challengers. What the service sets itself must be left alone.
         *
         * @param change is called once, before the run begins
         * @return this
         */
        public Builder run(Consumer<TrainingRun.Builder> change) {
            run = run.andThen(change);
            return this;
        }

        /**
         * {@return the service, which has learned, or is about to learn, all that its log holds}
         *
         * @throws AccreteException bad argument: there is no such model, and no learner and columns to make one of; a
         *     log's folder that is used by another model; bad state: somebody else trains the model; corrupt file: a
         *     version or the log is damaged
         */
        public OnlineService open() {
            if (store.history(model).versions().isEmpty() && (learner.isEmpty() || declared.isEmpty())) {
                throw AccreteException.badArgument("there is no model '" + model + "' in " + store.name()
                        + "; name a learner and the columns of its records to make one");
            }
            ModelWriter writer = store.writer(model);
            boolean opened = false;
            try {
                OnlineService service = new OnlineService(this, writer);
                opened = true;
                return service;
            } finally {
                if (!opened) {
                    writer.close();
                }
            }
        }

        private ColumnPlan plan(State stored) {
            return Optional.ofNullable(stored.texts().get("plan"))
                    .map(ColumnPlan::parse)
                    .or(() -> ColumnPlan.ofNumbers(org.accrete.api.data.Schema.parse(stored.text("schema"))))
                    .orElseThrow(() -> AccreteException.badState("model '" + model
                            + "' was trained without a column plan, so it cannot learn from records"));
        }

        private ColumnPlan plan() {
            return declared.orElseThrow();
        }

        private Pipeline pipeline(ColumnPlan plan) {
            String name = learner.orElseThrow();
            List<String> chosen =
                    steps.orElseGet(() -> plugIns.learner(name, settings).likedSteps());
            return Pipeline.create(plugIns, plan.schema(), new PipelineSpec(name, chosen, settings));
        }
    }
}
