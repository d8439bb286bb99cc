package org.accrete.core.pipeline;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.DivisibleLearner;
import org.accrete.api.learn.EnsembleLearner;
import org.accrete.api.learn.ExplainableModel;
import org.accrete.api.learn.ExportableModel;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.RowWiseStep;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.Transformer;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.plugin.PlugIns;

/**
 * Steps, then a learner; itself a learner. When one of them refuses a chunk, the steps before it are undone in reverse,
 * so that either all parts learn a chunk or none does.
 *
 * <p>It is an {@link OnlineLearner} when the learner is one and all steps are {@linkplain RowWiseStep row-wise}.
 *
 * <p>One thread uses it at a time. A call while another thread is learning is refused (bad state) where it is noticed.
 *
 * <p>A step that is not ready hands fewer rows on; those that trained steps only are counted as {@link #warmUpRows()}.
 * Rows whose target is missing train the steps but not the learner and are counted as {@link #unlabelledRows()}.
 *
 * <p>With a {@link TargetTransform} the learner alone sees transformed targets; models and decision values are in the
 * target's own unit. A row whose target has no transform is refused.
 *
 * <p>The state holds everything that the parts store and also the texts {@code learner}, {@code steps}, {@code params}
 * (a list of {@code key=value}, every value) and {@code schema} (with the classes known so far), and the whole numbers
 * {@code pipeline.rows_seen}, {@code pipeline.warm_up_rows} and, unless it is 0, {@code pipeline.unlabelled_rows}.
 */
public sealed class Pipeline implements Learner permits OnlinePipeline {
    private static final String UNLABELLED = "pipeline.unlabelled_rows";

    private final Schema schema;
    private ResolvedSpec spec;
    private List<String> names;
    private StepBuffers buffers;
    private Step[] steps;
    private Learner learner;
    private List<String> classes;
    private long rowsSeen;
    private long warmUpRows;
    private long unlabelledRows;
    private boolean hasWeights;
    private Optional<ChunkBuffer> learnerRows = Optional.empty();
    private long userThread;

    /** So many columns take little memory, also for a part that stores nothing for each of them. */
    private static final int FEW_COLUMNS = 1 << 16;

    /** For {@link PipelineAssembly}. */
    Pipeline(ResolvedSpec spec, Schema schema, Step[] steps, Learner learner) {
        this.spec = spec;
        this.schema = schema;
        this.names = spec.stepNames();
        this.steps = steps;
        this.learner = learner;
        this.buffers = new StepBuffers(steps.length);
        this.classes = schema.target().classes();
    }

    /**
     * {@return a pipeline that has seen nothing}
     *
     * @param plugIns where its parts are found
     * @param schema what the columns are, and the classes known so far
     * @param spec what it is made of
     * @throws AccreteException unknown plug-in; bad argument: settings outside their domains, a learner that does not
     *     learn this kind of target, parts that do not go together
     */
    public static Pipeline create(PlugIns plugIns, Schema schema, PipelineSpec spec) {
        ResolvedSpec resolved = ResolvedSpec.of(plugIns, spec);
        resolved.requireTarget(plugIns, schema.target());
        return PipelineAssembly.create(resolved, schema);
    }

    /**
     * {@return a pipeline that continues from a state}
     *
     * @param plugIns where its parts are found
     * @param state what {@link #state()} gave; it may hold more
     * @throws AccreteException unknown plug-in; corrupt file: something is missing or has another shape
     */
    public static Pipeline restore(PlugIns plugIns, State state) {
        Schema schema = Schema.parse(state.text("schema"));
        requireNumbers(schema, state);
        Pipeline pipeline = PipelineAssembly.restore(ResolvedSpec.stored(plugIns, state), schema, state);
        pipeline.readCounts(state);
        return pipeline;
    }

    /** Refuses a schema that is wider than anything that is stored, before arrays of its width are made. */
    private static void requireNumbers(Schema schema, State state) {
        long numbers = state.tensors().values().stream().mapToLong(Tensor::size).sum();
        if (schema.width() > numbers + FEW_COLUMNS) {
            throw AccreteException.corruptFile(
                    "the stored schema has " + schema.width() + " columns but the model only " + numbers + " numbers");
        }
    }

    /** Continues the counts of a state. */
    final void readCounts(State state) {
        rowsSeen = state.whole("pipeline.rows_seen");
        warmUpRows = state.whole("pipeline.warm_up_rows");
        unlabelledRows = state.tensors().containsKey(UNLABELLED) ? state.whole(UNLABELLED) : 0;
        if (warmUpRows < 0 || unlabelledRows < 0 || rowsSeen < warmUpRows + unlabelledRows) {
            throw AccreteException.corruptFile("rows seen must be >= warm-up rows + unlabelled rows but were "
                    + rowsSeen + ", " + warmUpRows + " and " + unlabelledRows);
        }
    }

    /** {@return name of the learner} */
    public final String learner() {
        return spec.learner().name();
    }

    /** {@return names of the steps before it, in order} */
    public final List<String> steps() {
        return names;
    }

    /** {@return the value of every parameter, defaults included; keys as in {@link PipelineSpec#settings}} */
    public final Map<String, String> settings() {
        return spec.settings();
    }

    /** {@return what the learner learns in place of the target} */
    final TargetTransform transform() {
        return spec.transform();
    }

    /** {@return how many of the rows seen trained only steps, because one of them was not ready} */
    public final long warmUpRows() {
        return warmUpRows;
    }

    /** {@return how many of the rows seen trained only steps, because their target is missing} */
    public final long unlabelledRows() {
        return unlabelledRows;
    }

    /** {@return how many rows the learner was given} */
    public final long rowsLearned() {
        return rowsSeen - warmUpRows - unlabelledRows;
    }

    /** {@return whether the model knows nothing: the learner was given no row, and began with no weights} */
    public final boolean isUntrained() {
        return rowsLearned() == 0 && !hasWeights;
    }

    /** Marks that the learner began with weights from elsewhere. */
    final void beganWithWeights() {
        hasWeights = true;
    }

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final void partialFit(Chunk chunk) {
        fit(chunk, Learner::partialFit);
    }

    /** How the learner is given the rows that the steps hand on. */
    interface LearnerCall {
        void fit(Learner learner, Chunk rows);
    }

    /** Trains the steps, then calls the learner; when one of them refuses, nothing has changed. */
    final void fit(Chunk chunk, LearnerCall call) {
        requireOneThread();
        long thread = Thread.currentThread().getId();
        userThread = thread;
        try {
            fitOnThisThread(chunk, call);
        } catch (AccreteException e) {
            throw e;
        } catch (RuntimeException e) {
            // Two threads began at once, and one changed the arrays that the other was reading.
            throw userThread == thread ? e : usedByTwoThreads();
        } finally {
            userThread = 0;
        }
    }

    /** Refuses a second thread while one learns. A plain field costs next to nothing, and it is no lock. */
    final void requireOneThread() {
        if (userThread != 0 && userThread != Thread.currentThread().getId()) {
            throw usedByTwoThreads();
        }
    }

    private static AccreteException usedByTwoThreads() {
        return AccreteException.badState("a pipeline is used by one thread at a time but a second one called it;"
                + " predict from other threads by a snapshot()");
    }

    /**
     * {@return a model as one that explains its predictions}
     *
     * @param model a view or snapshot of a pipeline
     * @throws AccreteException bad argument: it cannot; the message says which part is in the way
     */
    public static ExplainableModel explainable(Model model) {
        if (model instanceof ExplainableModel explainable) {
            return explainable;
        }
        throw AccreteException.badArgument("predictions cannot be explained: "
                + (model instanceof PipelineModel pipeline
                        ? pipeline.obstacle().orElseThrow()
                        : "the model does not say what columns contribute to a prediction"));
    }

    /**
     * Writes what a model computes as operations.
     *
     * @param model a snapshot of a pipeline
     * @param graph receives them
     * @param rows the rows, as {@link ExportableModel} says
     * @return the results, as {@link ExportableModel} says
     * @throws AccreteException bad argument: it cannot be exported; the message says which part is in the way
     */
    public static List<ModelGraph.Value> export(Model model, ModelGraph graph, List<ModelGraph.Value> rows) {
        return model instanceof PipelineModel pipeline
                ? pipeline.export(graph, rows)
                : PipelineModel.export(model, "learner", graph, rows);
    }

    /**
     * {@return the model of the learner alone, of the columns that the steps hand on}
     *
     * @param model a view or snapshot of a pipeline
     */
    public static Model learnerModel(Model model) {
        return model instanceof PipelineModel pipeline ? pipeline.learnerModel() : model;
    }

    private void fitOnThisThread(Chunk chunk, LearnerCall call) {
        schema.require(chunk.schema());
        int rows = chunk.rows();
        if (rows == 0) {
            return;
        }
        spec.transform().requireInDomain(chunk);
        Chunk current = chunk;
        Chunk learned = chunk;
        int fitted = 0;
        try {
            while (fitted < steps.length && current.rows() > 0) {
                ChunkBuffer out = buffers.get(fitted, steps[fitted].outputSchema(), current.rows());
                steps[fitted].partialFitTransform(current, out);
                fitted++;
                current = out.chunk();
            }
            learned = forLearner(current);
            if (learned.rows() > 0) {
                call.fit(learner, learned);
            }
        } catch (RuntimeException | Error e) {
            undo(fitted);
            boolean compacted = fitted == steps.length && learned != current;
            // The rows that a step does not hand on are the first ones.
            throw spec.part(fitted)
                    .failure(
                            fitted < steps.length ? "partialFitTransform" : "partialFit",
                            compacted && e instanceof AccreteException known ? withRowOf(current, known) : e,
                            rows - current.rows());
        }
        rowsSeen += rows;
        warmUpRows += rows - current.rows();
        unlabelledRows += current.rows() - learned.rows();
        learnClasses(chunk);
    }

    /** {@return the rows that have a target, which is transformed; the chunk itself when it is that already} */
    private Chunk forLearner(Chunk chunk) {
        TargetTransform transform = spec.transform();
        int first = nextUnlabelled(chunk, 0);
        if (first == chunk.rows() && (transform == TargetTransform.NONE || !chunk.hasTargets())) {
            return chunk;
        }
        if (learnerRows.isEmpty() || learnerRows.get().capacity() < chunk.rows()) {
            learnerRows = Optional.of(new ChunkBuffer(chunk.schema(), chunk.rows()));
        }
        ChunkBuffer rows = learnerRows.get();
        rows.clear();
        int from = 0;
        for (int to = first; from < chunk.rows(); to = nextUnlabelled(chunk, from)) {
            rows.append(chunk, from, to);
            from = Math.min(chunk.rows(), to + 1);
        }
        Chunk learned = rows.chunk();
        if (transform != TargetTransform.NONE) {
            for (int row = 0; row < learned.rows(); row++) {
                rows.target(row, transform.forward(learned.target(row)));
            }
        }
        return learned;
    }

    /** {@return the first row without a target, from a row on; the number of rows when there is none} */
    private int nextUnlabelled(Chunk chunk, int from) {
        int row = from;
        if (!chunk.hasTargets() || schema.target().kind() == Target.Kind.NONE) {
            return chunk.rows();
        }
        while (row < chunk.rows() && !Double.isNaN(chunk.target(row))) {
            row++;
        }
        return row;
    }

    /** {@return an error about a row of {@link #forLearner} as one about a row of the chunk} */
    private static AccreteException withRowOf(Chunk chunk, AccreteException error) {
        if (error.chunkRow().isEmpty()) {
            return error;
        }
        int left = error.chunkRow().getAsInt();
        int row = 0;
        while (Double.isNaN(chunk.target(row)) || left-- > 0) {
            row++;
        }
        AccreteException moved = AccreteException.badRow(row, String.valueOf(error.getMessage()));
        moved.initCause(error);
        return error.where().map(moved::at).orElse(moved);
    }

    /**
     * Merges another pipeline, trained on other rows, into this one, as {@link MergeableLearner} defines it. It works
     * part by part; a part behind steps that scale columns is first converted to the columns of the merged steps. A
     * {@link #view()} from before must no longer be used, and a source must be opened again, so that it numbers labels
     * as the merged pipeline does. O(state) in time and memory.
     *
     * <pre>{@code
     * List<Pipeline> shards = ...; // each trained on its part of the rows
     * Pipeline merged = shards.get(0);
     * for (Pipeline shard : shards.subList(1, shards.size())) {
     *     merged.merge(shard);
     * }
     * }</pre>
     *
     * @param other of the same parts, parameters and columns, not changed; stored versions are merged by
     *     {@link org.accrete.core.train.Versions#merge}
     * @throws AccreteException bad state: it is made of other parts or has other columns, a part cannot be merged, a
     *     step changes rows in another way than by scaling them; nothing is changed
     */
    public void merge(Pipeline other) {
        requireOneThread();
        requireMergeable(other);
        if (other.rowsSeen == 0) {
            return;
        }
        Pipeline theirs = other.copy(spec);
        if (rowsSeen == 0) {
            become(theirs, theirs.classes);
            return;
        }
        Pipeline mine = copy(spec);
        PipelineMerge.merge(names, mine.steps, theirs.steps, learner(), mine.learner, theirs.learner);
        mine.rowsSeen += theirs.rowsSeen;
        mine.warmUpRows += theirs.warmUpRows;
        mine.unlabelledRows += theirs.unlabelledRows;
        // Labels of rows that only warmed a step up follow those that the learner knows.
        Set<String> joined = new LinkedHashSet<>();
        if (mine.learner.view() instanceof Classifier classifier) {
            joined.addAll(classifier.classes());
        }
        joined.addAll(classes);
        joined.addAll(theirs.classes);
        become(mine, List.copyOf(joined));
    }

    /**
     * {@return one of several pipelines that learn parts of the next rows apart, to be {@linkplain #join joined} into
     * this one} It predicts as this one does, with the weight of its part of the rows so far, where all parts are
     * {@link DivisibleLearner}s; otherwise it knows nothing but the classes. O(state) in time and memory.
     *
     * <pre>{@code
     * List<Pipeline> shards = List.of(pipeline.shard(0, 2), pipeline.shard(1, 2));
     * ... // each learns its rows
     * pipeline.join(shards);
     * }</pre>
     *
     * @param shard which one, from 0
     * @param shards how many there are, at least 1
     */
    public final Pipeline shard(int shard, int shards) {
        requireOneThread();
        if (!isDivisible()) {
            return PipelineAssembly.create(spec, schema.withClasses(classes));
        }
        Pipeline mine = copy(spec);
        mine.allParts().forEach(one -> ((DivisibleLearner) one).keepPart(shard, shards));
        mine.rowsSeen = DivisibleLearner.share(rowsSeen, shard, shards);
        mine.warmUpRows = Math.min(mine.rowsSeen, DivisibleLearner.share(warmUpRows, shard, shards));
        mine.unlabelledRows =
                Math.min(mine.rowsSeen - mine.warmUpRows, DivisibleLearner.share(unlabelledRows, shard, shards));
        return mine;
    }

    /**
     * Becomes what all {@linkplain #shard shards} of this pipeline know together. A {@link #view()} from before must no
     * longer be used. O(state) in time and memory for each shard.
     *
     * @param shards all of them, merged in this order; not changed
     * @throws AccreteException what {@link #merge} throws; nothing is changed
     */
    public final void join(Iterable<Pipeline> shards) {
        requireOneThread();
        Pipeline joined = isDivisible() ? PipelineAssembly.create(spec, schema.withClasses(classes)) : copy(spec);
        shards.forEach(joined::merge);
        if (joined.rowsSeen > 0) {
            become(joined, joined.classes);
        }
    }

    /** {@return how many {@linkplain EnsembleLearner members} of the learner can learn apart from each other} */
    public final int members() {
        return learner instanceof EnsembleLearner ensemble ? ensemble.members() : 1;
    }

    /**
     * {@return a pipeline that goes on from this one and trains some members of its learner} One of all {@code parts},
     * each of which learns all rows, in one order, before {@link #joinMembers} puts their members together.
     *
     * @param part which one, from 0
     * @param parts how many there are, from 1 to {@link #members}
     */
    public final Pipeline membersOf(int part, int parts) {
        requireOneThread();
        Pipeline mine = copy(spec);
        if (mine.learner instanceof EnsembleLearner ensemble) {
            ensemble.learnOnly(bound(part, parts), bound(part + 1, parts));
        }
        return mine;
    }

    private int bound(int part, int parts) {
        return (int) ((long) members() * part / parts);
    }

    /**
     * Becomes what all {@linkplain #membersOf parts} of this pipeline are together: the same, bit for bit, as one that
     * learned their rows. A {@link #view()} from before must no longer be used. O(state) in time and memory.
     *
     * @param parts all of them, in order; not to be used any more
     */
    public final void joinMembers(List<Pipeline> parts) {
        requireOneThread();
        Pipeline joined = parts.get(0).copy(spec);
        for (int part = 1; part < parts.size(); part++) {
            if (joined.learner instanceof EnsembleLearner ensemble) {
                ensemble.takeMembers(parts.get(part).learner, bound(part, parts.size()), bound(part + 1, parts.size()));
            }
        }
        become(joined, joined.classes);
    }

    private boolean isDivisible() {
        return allParts().allMatch(DivisibleLearner.class::isInstance);
    }

    private Stream<Learner> allParts() {
        return Stream.concat(Stream.of(steps), Stream.of(learner));
    }

    /** {@return names of the parts that cannot be merged} */
    public final List<String> unmergeableParts() {
        return namesOf(part -> !(part instanceof MergeableLearner));
    }

    /** {@return names of the parts that are merged, but {@linkplain MergeableLearner#mergesExactly not exactly}} */
    public final List<String> approximatelyMergedParts() {
        return namesOf(part -> part instanceof MergeableLearner mergeable && !mergeable.mergesExactly());
    }

    private List<String> namesOf(Predicate<Learner> which) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i <= steps.length; i++) {
            if (which.test(i < steps.length ? steps[i] : learner)) {
                found.add(i < steps.length ? names.get(i) : learner());
            }
        }
        return found;
    }

    /**
     * Continues from a state in place of what was learned since, also with the parts and parameters of that state. A
     * {@link #view()} from before must no longer be used. O(state) in time and memory.
     *
     * @param plugIns where its parts are found
     * @param state what {@link #state()} gave; it may hold more
     * @throws AccreteException bad state: it has other columns, or only one of both pipelines is an
     *     {@link OnlineLearner}; what {@link #restore} throws; nothing is changed
     */
    public void goBackTo(PlugIns plugIns, State state) {
        requireOneThread();
        Pipeline earlier = restore(plugIns, state);
        schema.require(earlier.schema);
        if (earlier instanceof OnlineLearner != this instanceof OnlineLearner) {
            throw AccreteException.badState("a pipeline of " + describe() + " cannot go on as one of "
                    + earlier.describe() + ", because only one of both learns row by row");
        }
        spec = earlier.spec;
        names = earlier.names;
        buffers = earlier.buffers;
        become(earlier, earlier.classes);
    }

    private void requireMergeable(Pipeline other) {
        schema.require(other.schema);
        if (!learner().equals(other.learner()) || !names.equals(other.names)) {
            throw AccreteException.badState("both pipelines must be made of the same parts but one is " + describe()
                    + " and the other " + other.describe());
        }
        spec.requireSame(other.spec);
        unmergeableParts().stream().findFirst().ifPresent(name -> {
            throw AccreteException.badState(name + " cannot be merged");
        });
    }

    private String describe() {
        return String.join(", ", names) + (names.isEmpty() ? "" : ", ") + learner();
    }

    /**
     * {@return a pipeline of the same parts and parameters that continues from a state}
     *
     * @param state what {@link #state()} of this pipeline gave at some time; it may hold more
     * @throws AccreteException corrupt file: something is missing or has another shape
     */
    public final Pipeline at(State state) {
        Pipeline then = PipelineAssembly.restore(spec, Schema.parse(state.text("schema")), state);
        then.readCounts(state);
        then.hasWeights = hasWeights;
        return then;
    }

    /**
     * Becomes what this pipeline was when it gave a state. A {@link #view()} from before must no longer be used.
     *
     * @param state what {@link #state()} of this pipeline gave at some time; it may hold more
     * @throws AccreteException corrupt file: something is missing or has another shape; nothing is changed
     */
    public final void goBackTo(State state) {
        requireOneThread();
        Pipeline then = at(state);
        become(then, then.classes);
    }

    /** Becomes untrained; the classes known so far stay known. A {@link #view()} from before must no longer be used. */
    public final void beginAnew() {
        requireOneThread();
        Pipeline untrained = PipelineAssembly.create(spec, schema.withClasses(classes));
        become(untrained, classes);
        hasWeights = false;
    }

    /** {@return whether the learner has a first learning rate that {@link #rateFactor} can multiply} */
    public final boolean hasRate() {
        return spec.learner().rate().isPresent();
    }

    /**
     * Lets the learner learn the next rows with its first learning rate times a factor, or the largest that it takes.
     * The parameters stay as they are, so a pipeline that is restored has a factor of 1. A {@link #view()} from before
     * must no longer be used.
     *
     * @param factor above 0; 1 for the rate of the parameters
     * @throws AccreteException bad state: the learner has no parameter {@code eta0} that is tunable
     */
    public final void rateFactor(double factor) {
        requireOneThread();
        learner = spec.learner().withRate(factor, learner);
    }

    /** {@return an independent copy of this pipeline} */
    private Pipeline copy(ResolvedSpec parts) {
        Pipeline copy = PipelineAssembly.restore(parts, schema, state());
        copy.classes = classes;
        copy.rowsSeen = rowsSeen;
        copy.warmUpRows = warmUpRows;
        copy.unlabelledRows = unlabelledRows;
        return copy;
    }

    private void become(Pipeline merged, List<String> labels) {
        steps = merged.steps;
        learner = merged.learner;
        rowsSeen = merged.rowsSeen;
        warmUpRows = merged.warmUpRows;
        unlabelledRows = merged.unlabelledRows;
        classes = labels;
        forgetOffered();
    }

    /** Forgets the labels of rows to come, whose indexes are no longer those of the classes. */
    void forgetOffered() {}

    /** {@return the labels known before the first row, then those that accepted rows brought, in class order} */
    public final List<String> classes() {
        return classes;
    }

    /** {@return name of the first part that is not row-wise; empty for an {@link OnlineLearner}} */
    public final Optional<String> blockPart() {
        for (int i = 0; i < steps.length; i++) {
            if (!(steps[i] instanceof RowWiseStep)) {
                return Optional.of(names.get(i));
            }
        }
        return learner instanceof OnlineLearner ? Optional.empty() : Optional.of(learner());
    }

    private void undo(int fitted) {
        for (int i = fitted - 1; i >= 0; i--) {
            steps[i].undo();
        }
    }

    /**
     * Adds the labels of accepted rows, also of those in warm-up, so that a resumed source gives them the same index.
     */
    private void learnClasses(Chunk chunk) {
        List<String> theirs = chunk.classes();
        int size = classes.size();
        if (theirs.size() > size && chunk.hasTargets()) {
            for (int row = 0; row < chunk.rows(); row++) {
                double target = chunk.target(row);
                if (target >= size && target < theirs.size()) {
                    size = (int) target + 1;
                }
            }
            if (size > classes.size()) {
                // The chunk's own list where possible: the learner's next check then compares references only.
                classes = List.copyOf(size == theirs.size() ? theirs : theirs.subList(0, size));
            }
        }
    }

    @Override
    public final long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public long rowsWaiting() {
        return learner.rowsWaiting();
    }

    /** {@inheritDoc} Those of its parts. */
    @Override
    public final List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        for (int i = 0; i < steps.length; i++) {
            String name = names.get(i);
            steps[i].warnings().forEach(warning -> warnings.add(name + ": " + warning));
        }
        learner.warnings().forEach(warning -> warnings.add(learner() + ": " + warning));
        return warnings;
    }

    /** {@inheritDoc} It shares this pipeline's buffers; it can do what the learner's model can. */
    @Override
    public final Model view() {
        requireOneThread();
        Transformer[] models = new Transformer[steps.length];
        for (int i = 0; i < steps.length; i++) {
            models[i] = spec.part(i).named("view", steps[i]::view);
        }
        return PipelineModel.of(
                schema, spec, models, spec.learner().named("view", learner::view), buffers.asOptional());
    }

    /** {@inheritDoc} It can do what the learner's model can. */
    @Override
    public final Model snapshot() {
        requireOneThread();
        Transformer[] models = new Transformer[steps.length];
        for (int i = 0; i < steps.length; i++) {
            models[i] = spec.part(i).named("snapshot", steps[i]::snapshot);
        }
        Model model = spec.learner().named("snapshot", learner::snapshot);
        return PipelineModel.of(schema, spec, models, model, Optional.empty());
    }

    @Override
    public final State state() {
        requireOneThread();
        State.Builder state = State.builder();
        for (int i = 0; i < steps.length; i++) {
            state.all(spec.part(i).named("state", steps[i]::state));
        }
        state.all(spec.learner().named("state", learner::state));
        spec.writeTo(state);
        if (unlabelledRows > 0) {
            state.whole(UNLABELLED, unlabelledRows);
        }
        return state.text("schema", schema.withClasses(classes).toText())
                .whole("pipeline.rows_seen", rowsSeen)
                .whole("pipeline.warm_up_rows", warmUpRows)
                .build();
    }
}
