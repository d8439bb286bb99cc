package org.accrete.learners.pca;

import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.Step;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Principal components, by either kind of summary.
 *
 * <p>Rows wait until a block of a fixed number of them is full, so that chunk borders do not matter, to the bit. The
 * model counts the waiting rows in: they are learned by a copy of the summary. So a view costs a decomposition when
 * rows came since the last one, and is immutable like a snapshot.
 *
 * <p>As a step it hands each row on by the components as of the last full block, the one that the row completes
 * included. It is ready when the blocks hold as many rows as there are components.
 *
 * <p>Stored are {@code components} (k × columns), {@code explained_variance}, {@code explained_variance_ratio},
 * {@code singular_values}, {@code mean}, {@code var}, {@code noise_variance} and {@code n_samples_seen}, as of all
 * rows; and, to go on from, the summary of the whole blocks and the waiting rows, as {@code pca.…}.
 */
final class PcaLearner implements Step, MergeableLearner {
    private final Schema schema;
    private final Params params;
    private final Rank rank;
    private final boolean whiten;
    private final double[] row;

    private final Block waiting;
    /** A whole block of the chunk itself. */
    private final Block passing;

    private final Summary summary;
    private long rowsSeen;

    private Optional<PcaModel> current = Optional.empty();
    private Optional<PcaModel> ofBlocks = Optional.empty();

    /** Learns the waiting rows on top of a copy, for the model. */
    private Optional<Summary> ahead = Optional.empty();

    /** What there was before the last call; the summary and the first waiting rows only if a block was completed. */
    private Optional<Summary> before = Optional.empty();

    private final Block waitingBefore;
    private int waitingRowsBefore;
    private long rowsSeenBefore;
    private boolean completed;

    /** Makes sums of a kind, of so many columns. */
    interface Kind {
        Summary summary(Schema schema, Rank rank, double decay);
    }

    PcaLearner(Schema schema, Params params, Kind kind) {
        this.schema = schema;
        this.params = params;
        int width = schema.width();
        this.rank = Rank.parse(params.get(PcaParams.N_COMPONENTS), width);
        this.whiten = params.get(PcaParams.WHITEN);
        int size = PcaParams.batchSize(params, rank, width);
        this.waiting = new Block(width, size, schema.isSparse());
        this.passing = new Block(width, size, schema.isSparse());
        this.waitingBefore = new Block(width, size, schema.isSparse());
        this.summary = kind.summary(schema, rank, PcaParams.decay(params));
        this.row = new double[width];
    }

    PcaLearner(Schema schema, Params params, Kind kind, State state) {
        this(schema, params, kind);
        summary.restore(state);
        waiting.restore(state);
        rowsSeen = summary.rows + waiting.rows();
    }

    boolean whiten() {
        return whiten;
    }

    @Override
    public Schema schema() {
        return schema;
    }

    /**
     * {@inheritDoc}
     *
     * @throws org.accrete.api.AccreteException bad argument: how many components there will be is not known from the
     *     start
     */
    @Override
    public Schema outputSchema() {
        if (!rank.isFixed()) {
            throw AccreteException.badArgument(PcaParams.N_COMPONENTS.name()
                    + " must be a whole number, or all, before another learner, but was "
                    + params.get(PcaParams.N_COMPONENTS));
        }
        return PcaModel.outputSchema(schema, rank.most());
    }

    @Override
    public long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public void partialFit(Chunk chunk) {
        fit(chunk, Optional.empty());
    }

    @Override
    public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
        out.clear();
        fit(chunk, Optional.of(out));
        out.classes(chunk.classes());
    }

    private void fit(Chunk chunk, Optional<ChunkBuffer> out) {
        schema.require(chunk.schema());
        Block.check(chunk);
        int rows = chunk.rows();
        rowsSeenBefore = rowsSeen;
        waitingRowsBefore = waiting.rows();
        completed = false;
        int handedOn = 0;
        int taken = 0;
        while (taken < rows) {
            boolean whole = waiting.rows() == 0 && passing.borrow(chunk, taken);
            int next = Math.min(rows, taken + waiting.room());
            if (!whole) {
                waiting.append(chunk, taken, next);
            }
            taken = next;
            if (whole || waiting.room() == 0) {
                if (out.isPresent()) {
                    handOn(chunk, handedOn, taken - 1, out.get());
                    handedOn = taken - 1;
                }
                complete(whole ? passing : waiting);
                passing.release();
            }
        }
        if (out.isPresent()) {
            handOn(chunk, handedOn, rows, out.get());
        }
        rowsSeen += rows;
        if (rows > 0) {
            current = Optional.empty();
        }
    }

    private void complete(Block block) {
        if (!completed) {
            if (before.isEmpty()) {
                before = Optional.of(summary.fresh());
            }
            before.get().copyFrom(summary);
            waitingBefore.copyFrom(waiting, waitingRowsBefore);
            completed = true;
        }
        summary.absorb(block);
        waiting.clear();
        ofBlocks = Optional.empty();
    }

    private void handOn(Chunk chunk, int from, int to, ChunkBuffer out) {
        if (summary.rows >= Math.max(2, rank.most()) && from < to) {
            PcaModel model = ofBlocks.orElseGet(() -> summary.model(this));
            ofBlocks = Optional.of(model);
            model.transform(chunk, from, to, out, row);
        }
    }

    @Override
    public void undo() {
        if (completed) {
            summary.copyFrom(before.orElseThrow());
            waiting.copyFrom(waitingBefore, waitingRowsBefore);
            ofBlocks = Optional.empty();
            completed = false;
        } else {
            waiting.cut(waitingRowsBefore);
        }
        rowsSeen = rowsSeenBefore;
        current = Optional.empty();
    }

    /**
     * Learns what another learner of the same parameters has learned of other rows, as if it had been learned here. The
     * other one is not modified. Moments merge exactly; of leading components, what each side has dropped stays
     * dropped. Where rows are forgotten, the last row of both counts as the last. A call to {@link #undo} cannot take
     * it back.
     *
     * @param other a learner of the same plug-in
     * @throws AccreteException bad state: another schema, other parameters, another plug-in; nothing is changed then
     */
    @Override
    public void merge(Learner other) {
        if (!(other instanceof PcaLearner same) || summary.getClass() != same.summary.getClass()) {
            throw AccreteException.badState("the other learner must be of the same plug-in but is a "
                    + other.getClass().getSimpleName());
        }
        schema.require(same.schema);
        params.requireSame(same.params);
        if (same.rowsSeen == 0) {
            return;
        }
        if (rowsSeen == 0) {
            summary.copyFrom(same.summary);
            waiting.copyFrom(same.waiting, same.waiting.rows());
            merged(same.rowsSeen);
            return;
        }
        // Both sides alike, so that it does not matter which one is merged into which.
        Summary theirs = same.withWaiting();
        summary.absorb(waiting);
        waiting.clear();
        summary.merge(theirs);
        merged(same.rowsSeen);
    }

    private void merged(long more) {
        rowsSeen += more;
        rowsSeenBefore = rowsSeen;
        waitingRowsBefore = waiting.rows();
        completed = false;
        current = Optional.empty();
        ofBlocks = Optional.empty();
    }

    /** {@return the summary of all rows: not to be modified} */
    private Summary withWaiting() {
        if (waiting.rows() == 0) {
            return summary;
        }
        if (ahead.isEmpty()) {
            ahead = Optional.of(summary.fresh());
        }
        ahead.get().copyFrom(summary);
        ahead.get().absorb(waiting);
        return ahead.get();
    }

    /** {@inheritDoc} A decomposition if rows came since the last view; else O(1). */
    @Override
    public PcaModel view() {
        PcaModel model = current.orElseGet(() -> withWaiting().model(this));
        current = Optional.of(model);
        return model;
    }

    @Override
    public PcaModel snapshot() {
        return view();
    }

    @Override
    public State state() {
        PcaModel model = view();
        int width = schema.width();
        State.Builder state = State.builder()
                .doubles("components", model.components(), model.componentCount(), width)
                .doubles("explained_variance", model.explainedVariance())
                .doubles("explained_variance_ratio", model.explainedVarianceRatio())
                .doubles("singular_values", model.singularValues())
                .doubles("mean", model.mean())
                .doubles("var", model.variance())
                .number("noise_variance", model.noiseVariance())
                .whole("n_samples_seen", rowsSeen);
        summary.putInto(state);
        waiting.putInto(state);
        return state.build();
    }
}
