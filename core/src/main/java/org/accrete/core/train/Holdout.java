package org.accrete.core.train;

import java.util.Optional;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Model;
import org.accrete.api.store.State;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;

/**
 * Rows that are held out: never learned, and scored by the model from the end of their chunk. Which rows these are
 * depends on their number in the pass over the source only, so they are the same in each pass and in a resumed run.
 *
 * <p>When a pass ends, its figures are compared with those of the best pass: the log-loss, or the accuracy of a model
 * without probabilities, or the root mean squared error.
 */
final class Holdout {
    private static final long SEED = 20_240_229;
    private static final String PASS = "run.holdout_pass";
    private static final String PASS_ROWS = "run.holdout_pass_rows";
    private static final String BEST = "run.holdout_best";
    private static final String STALE = "run.holdout_stale_passes";

    private final double share;
    private final int patience;
    private final Schema schema;
    private final ChunkBuffer kept;
    private final ChunkBuffer held;
    private final int[] rowOf;
    private Scores scores;
    private Optional<ScoreReport> lastPass = Optional.empty();
    private int pass = 1;
    private long passRows;
    private double best = Double.POSITIVE_INFINITY;
    private long stalePasses;

    /**
     * Has seen nothing.
     *
     * @param share of the rows, above 0 and below 1
     * @param patience how many passes in a row may be no better than the best; 0 for any number
     * @param chunkRows the most rows of a chunk
     */
    Holdout(double share, int patience, Schema schema, int chunkRows) {
        this.share = share;
        this.patience = patience;
        this.schema = schema;
        this.kept = new ChunkBuffer(schema, chunkRows);
        this.held = new ChunkBuffer(schema, chunkRows);
        this.rowOf = new int[chunkRows + 1];
        this.scores = Scores.ofHoldout(schema.target());
    }

    /** Continues where the run that stored a state ended; a run without held out rows stored nothing. */
    void resume(State state) {
        if (state.tensors().containsKey(PASS)) {
            pass = (int) state.whole(PASS);
            passRows = state.whole(PASS_ROWS);
            best = state.number(BEST);
            stalePasses = state.whole(STALE);
            scores = Scores.restoreHoldout(schema.target(), state);
        }
    }

    /** {@return the rows of a chunk that are learned} */
    Chunk keep(Chunk chunk) {
        kept.clear();
        held.clear();
        SeededRandom random = new SeededRandom(SEED, passRows);
        for (int row = 0; row < chunk.rows(); row++) {
            boolean isHeld = random.nextDouble() < share;
            rowOf[kept.rows()] = row;
            (isHeld ? held : kept).append(chunk, row, row + 1);
        }
        rowOf[kept.rows()] = chunk.rows();
        return kept.chunk();
    }

    /** {@return the place in the chunk of a row of {@link #keep}; the number of its rows for the row after the last} */
    int placeOf(int keptRow) {
        return rowOf[keptRow];
    }

    /**
     * Scores the rows of the chunk that were held out.
     *
     * @param untrained whether the model knows nothing yet, so that there is nothing to score
     */
    void chunkEnds(Model model, boolean untrained, int rows) {
        if (untrained) {
            scores.pass(held.chunk(), 0, held.rows());
        } else if (held.rows() > 0) {
            scores.update(model, held.chunk());
        }
        passRows += rows;
    }

    /** {@return the pass over the source that is being scored, from 1} */
    int pass() {
        return pass;
    }

    /** Ends a pass. Returns whether its figures are better than those of all passes before it. */
    boolean passEnds() {
        ScoreReport report = scores.report();
        lastPass = Optional.of(report);
        scores = Scores.ofHoldout(schema.target());
        pass++;
        passRows = 0;
        double loss = loss(report);
        boolean better = loss < best;
        best = better ? loss : best;
        stalePasses = better ? 0 : stalePasses + 1;
        return better;
    }

    private static double loss(ScoreReport report) {
        double logLoss = report.metrics().getOrDefault("log_loss", Double.NaN);
        double loss = report.metrics().getOrDefault("rmse", logLoss);
        return Double.isNaN(loss) ? -report.metrics().getOrDefault("accuracy", Double.NaN) : loss;
    }

    /** {@return whether the run ends when passes get no better} */
    boolean stopsEarly() {
        return patience > 0;
    }

    /** {@return whether enough passes in a row were no better} */
    boolean isStale() {
        return stopsEarly() && stalePasses >= patience;
    }

    /** {@return the figures of the present pass, or of the pass before it when none of its rows was scored yet} */
    ScoreReport report() {
        ScoreReport present = scores.report();
        return present.rows() > 0 ? present : lastPass.orElse(present);
    }

    /**
     * Writes everything needed to continue.
     *
     * @param inChunk rows of the present chunk that were learned or held out
     */
    void writeTo(State.Builder state, int inChunk) {
        state.whole(PASS, pass)
                .whole(PASS_ROWS, passRows + inChunk)
                .number(BEST, best)
                .whole(STALE, stalePasses);
        scores.writeTo(state);
    }
}
