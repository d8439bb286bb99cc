package org.accrete.learners.ensembles;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.EnsembleLearner;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.store.State;

/**
 * Keeps a learner's promises around {@link Members}: all of them take a chunk, or none.
 *
 * <p>When a member refuses a chunk that others have taken, all go back to a state from at most some thousand rows ago
 * and learn the rows since again, in the same chunks, so to the same bits. That costs a copy of all states every some
 * thousand rows and a copy of these rows, whatever learner it is. Afterwards that state is the present one, so that
 * many refusals in a row cost no more than the rows between them.
 */
sealed class Ensemble implements EnsembleLearner permits OnlineEnsemble {
    private static final int MOST_ROWS = 8_192;

    /** Rows are kept in fewer cells than this where they are wide. */
    private static final int MOST_CELLS = 1 << 22;

    final Members members;
    private final MemberMaker maker;
    private final int limit;
    private Optional<State> kept = Optional.empty();
    private final ChunkBuffer since;
    private int[] ends = {};
    private int chunks;

    Ensemble(MemberMaker maker, Members members) {
        this.maker = maker;
        this.members = members;
        this.limit = rowsKept(maker.schema());
        this.since = new ChunkBuffer(maker.schema(), limit);
    }

    /** {@return how many rows are learned again at most} */
    static int rowsKept(Schema schema) {
        return schema.isSparse()
                ? MOST_ROWS
                : Math.max(64, Math.min(MOST_ROWS, MOST_CELLS / Math.max(1, schema.width())));
    }

    @Override
    public final Schema schema() {
        return maker.schema();
    }

    @Override
    public final void partialFit(Chunk chunk) {
        learn(chunk, new double[0]);
    }

    /** Learns a chunk, and writes decision values where there is room. */
    final void learn(Chunk chunk, double[] out) {
        schema().require(chunk.schema());
        // Multiplied by 0, a bad weight would be 0 in some members.
        chunk.requireWeights();
        if (chunk.rows() == 0) {
            return;
        }
        if (kept.isEmpty() || since.rows() + chunk.rows() > limit) {
            keep();
        }
        try {
            members.learn(chunk, out);
        } catch (RuntimeException | Error e) {
            if (members.isChanged()) {
                goBack();
            } else {
                members.rewind();
            }
            throw e;
        }
        if (chunk.rows() > limit) {
            kept = Optional.empty();
            return;
        }
        since.append(chunk, 0, chunk.rows());
        if (chunks == ends.length) {
            ends = Arrays.copyOf(ends, Math.max(16, 2 * chunks));
        }
        ends[chunks++] = since.rows();
    }

    @Override
    public final int members() {
        return members.independent();
    }

    @Override
    public final void learnOnly(int from, int to) {
        members.learnOnly(from, to);
        kept = Optional.empty();
    }

    @Override
    public final void takeMembers(Learner other, int from, int to) {
        members.take(((Ensemble) other).members, from, to);
        kept = Optional.empty();
    }

    private void keep() {
        kept = Optional.of(members.state());
        since.clear();
        chunks = 0;
    }

    private void goBack() {
        members.restore(kept.orElseThrow(), false);
        for (int i = 0, from = 0; i < chunks; i++) {
            members.learn(since.chunk().slice(from, ends[i]), new double[0]);
            from = ends[i];
        }
        keep();
    }

    @Override
    public final long rowsSeen() {
        return members.rowsSeen();
    }

    @Override
    public final long rowsWaiting() {
        return members.rowsWaiting();
    }

    @Override
    public final List<String> warnings() {
        return members.warnings();
    }

    @Override
    public final Model view() {
        return members.model(false);
    }

    @Override
    public final Model snapshot() {
        return members.model(true);
    }

    @Override
    public final State state() {
        return members.state();
    }
}
