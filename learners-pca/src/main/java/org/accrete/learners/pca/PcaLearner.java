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
 * Principal components, by either kind of covariance estimate.
 *
 * <p>Rows wait until a block of fixed size is full, so chunk borders do not change a bit. A model includes the waiting
 * rows: they are learned by a copy of the estimate. So a view costs a decomposition if rows came since the last one,
 * and is immutable like a snapshot.
 *
 * <p>As a step it transforms each row by the components as of the last full block, including the block that the row
 * completes. It is ready when the blocks hold as many rows as there are components.
 *
 * <p>The state holds {@code components} (k × columns), {@code explained_variance}, {@code explained_variance_ratio},
 * {@code singular_values}, {@code mean}, {@code var}, {@code noise_variance} and {@code n_samples_seen}, as of all
 * rows; and, to continue from, the estimate of the whole blocks and the waiting rows, as {@code pca.…}.
 */
final class PcaLearner implements Step, MergeableLearner {
    private final Schema schema;
    private final Params params;
    private final Rank rank;
    private final boolean whiten;
    private final double[] row;

    private final RowBlock waiting;

    /** A view of a whole block within a chunk. */
    private final RowBlock chunkBlock;

    private final CovarianceEstimate estimate;
    private long rowsSeen;

    private Optional<PcaModel> current = Optional.empty();
    private Optional<PcaModel> modelOfBlocks = Optional.empty();

    /** A copy of the estimate that learns the waiting rows, for the model. */
    private Optional<CovarianceEstimate> estimateWithWaiting = Optional.empty();

    // Values before the last call, for undo; the estimate and the waiting rows only if the call completed a block.
    private Optional<CovarianceEstimate> estimateBefore = Optional.empty();

    private final RowBlock waitingBefore;
    private int waitingRowsBefore;
    private long rowsSeenBefore;
    private boolean completed;

    PcaLearner(Schema schema, Params params, CovarianceEstimate.Factory factory) {
        this.schema = schema;
        this.params = params;
        int width = schema.width();
        this.rank = Rank.parse(params.get(PcaParams.N_COMPONENTS), width);
        this.whiten = params.get(PcaParams.WHITEN);
        int size = PcaParams.batchSize(params, rank, width);
        this.waiting = new RowBlock(width, size, schema.isSparse());
        this.chunkBlock = new RowBlock(width, size, schema.isSparse());
        this.waitingBefore = new RowBlock(width, size, schema.isSparse());
        this.estimate = factory.create(schema, rank, PcaParams.decay(params));
        this.row = new double[width];
    }

    PcaLearner(Schema schema, Params params, CovarianceEstimate.Factory factory, State state) {
        this(schema, params, factory);
        estimate.restore(state);
        waiting.restore(state);
        rowsSeen = estimate.rows + waiting.rows();
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
     * @throws org.accrete.api.AccreteException bad argument: the number of components depends on the data
     */
    @Override
    public Schema outputSchema() {
        if (!rank.isFixed()) {
            throw AccreteException.badArgument(PcaParams.N_COMPONENTS.name()
                    + " must be a whole number, or all, before another learner, but was "
                    + params.get(PcaParams.N_COMPONENTS));
        }
        return PcaModel.outputSchema(schema, rank.max());
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
        RowBlock.check(chunk);
        int rows = chunk.rows();
        rowsSeenBefore = rowsSeen;
        waitingRowsBefore = waiting.rows();
        completed = false;
        int transformed = 0;
        int done = 0;
        while (done < rows) {
            boolean whole = waiting.rows() == 0 && chunkBlock.view(chunk, done);
            int next = Math.min(rows, done + waiting.room());
            if (!whole) {
                waiting.append(chunk, done, next);
            }
            done = next;
            if (whole || waiting.room() == 0) {
                if (out.isPresent()) {
                    transformRows(chunk, transformed, done - 1, out.get());
                    transformed = done - 1;
                }
                complete(whole ? chunkBlock : waiting);
                chunkBlock.release();
            }
        }
        if (out.isPresent()) {
            transformRows(chunk, transformed, rows, out.get());
        }
        rowsSeen += rows;
        if (rows > 0) {
            current = Optional.empty();
        }
    }

    private void complete(RowBlock block) {
        if (!completed) {
            if (estimateBefore.isEmpty()) {
                estimateBefore = Optional.of(estimate.newEmpty());
            }
            estimateBefore.get().copyFrom(estimate);
            waitingBefore.copyFrom(waiting, waitingRowsBefore);
            completed = true;
        }
        estimate.update(block);
        waiting.clear();
        modelOfBlocks = Optional.empty();
    }

    private void transformRows(Chunk chunk, int from, int to, ChunkBuffer out) {
        if (estimate.rows >= Math.max(2, rank.max()) && from < to) {
            PcaModel model = modelOfBlocks.orElseGet(() -> estimate.model(this));
            modelOfBlocks = Optional.of(model);
            model.transform(chunk, from, to, out, row);
        }
    }

    @Override
    public void undo() {
        if (completed) {
            estimate.copyFrom(estimateBefore.orElseThrow());
            waiting.copyFrom(waitingBefore, waitingRowsBefore);
            modelOfBlocks = Optional.empty();
            completed = false;
        } else {
            waiting.truncate(waitingRowsBefore);
        }
        rowsSeen = rowsSeenBefore;
        current = Optional.empty();
    }

    /**
     * Adds what another learner has learned from other rows. The other learner is not modified. A scatter matrix merges
     * exactly; leading components merge without what each side has dropped. With a half-life, the last rows of both
     * sides count as equally recent. {@link #undo} cannot take a merge back.
     *
     * @param other a learner of the same plug-in, with the same parameters
     * @throws AccreteException bad state: another schema, other parameters or another plug-in; nothing is changed then
     */
    @Override
    public void merge(Learner other) {
        if (!(other instanceof PcaLearner that) || estimate.getClass() != that.estimate.getClass()) {
            throw AccreteException.badState("the other learner must be of the same plug-in but is a "
                    + other.getClass().getSimpleName());
        }
        schema.require(that.schema);
        params.requireSame(that.params);
        if (that.rowsSeen == 0) {
            return;
        }
        if (rowsSeen == 0) {
            estimate.copyFrom(that.estimate);
            waiting.copyFrom(that.waiting, that.waiting.rows());
            finishMerge(that.rowsSeen);
            return;
        }
        // Both sides learn their waiting rows first, so it does not matter which one is merged into which.
        CovarianceEstimate others = that.withWaiting();
        estimate.update(waiting);
        waiting.clear();
        estimate.merge(others);
        finishMerge(that.rowsSeen);
    }

    /** {@inheritDoc} Sums over all rows do; leading components, and sums in which older rows count less, do not. */
    @Override
    public boolean mergesExactly() {
        return estimate instanceof ScatterMatrix && estimate.decay == 1;
    }

    private void finishMerge(long more) {
        rowsSeen += more;
        rowsSeenBefore = rowsSeen;
        waitingRowsBefore = waiting.rows();
        completed = false;
        current = Optional.empty();
        modelOfBlocks = Optional.empty();
    }

    /** {@return the estimate of all rows, not to be modified} */
    private CovarianceEstimate withWaiting() {
        if (waiting.rows() == 0) {
            return estimate;
        }
        if (estimateWithWaiting.isEmpty()) {
            estimateWithWaiting = Optional.of(estimate.newEmpty());
        }
        estimateWithWaiting.get().copyFrom(estimate);
        estimateWithWaiting.get().update(waiting);
        return estimateWithWaiting.get();
    }

    /** {@inheritDoc} Costs a decomposition if rows came since the last view; else O(1). */
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
        estimate.putInto(state);
        waiting.putInto(state);
        return state.build();
    }
}
