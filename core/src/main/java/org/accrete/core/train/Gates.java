package org.accrete.core.train;

import java.util.Locale;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.learn.Model;
import org.accrete.api.store.ModelVersion.Verdict;
import org.accrete.api.store.State;
import org.accrete.core.compare.WeightNames;
import org.accrete.core.pipeline.Pipeline;

/**
 * The gates of a run: when a version is judged, by which rows, and beside which live version.
 *
 * <p>All of it depends on the numbers of rows in the source only, so that any chunking and any stop and resume come to
 * the same verdicts:
 *
 * <ol>
 *   <li>A version is appended where a window ends: at a multiple of {@link GateRules#window} rows. One that must be
 *       appended elsewhere, because the rows end or the run is stopped, is judged as well, but is not what later ones
 *       are compared with.
 *   <li>With trusted rows, both models are scored on all of them when a version is appended.
 *   <li>Without, each row of the window is scored before it is learned, by the live version and by the model as it was
 *       at the last multiple of a fifth of the window. A version that is appended inside of a window is judged by the
 *       last complete one.
 * </ol>
 */
final class Gates {
    private static final int BLOCKS = 5;
    private static final String REFERENCE = "run.gate.reference";
    private static final String JUDGED = "run.gate.judged";
    private static final String VERDICT = "run.gate.verdict";
    private static final String FIGURES = "run.gate.figures";
    private static final String BLOCK = "run.gate.block.";

    private final GateRules rules;
    private final WeightNames names;
    private Pipeline pipeline;
    private final GateSums window;
    private final Optional<TrustedRows> trusted;
    private final Optional<CheckpointInterval> interval;
    private final int blockRows;

    /** The live version, and where it ended in the source; the same until the end of a window changes it. */
    private Optional<Model> live;

    private long liveRow;
    private long endedRow;
    /** Where the last version ended that was appended at the end of a window. */
    private long judgedRow;

    private GateSums.Judgement last = GateSums.Judgement.NONE;
    private Optional<Model> candidate = Optional.empty();
    private Optional<State> candidateState = Optional.empty();

    /** The live version that a run is begun beside. */
    record Live(Model model, long row) {}

    /**
     * Has judged nothing.
     *
     * @param trusted the rows that judge; empty for those of the last window
     * @param plan how raw columns become those of a chunk, if that is known
     * @param live the live version, if there is one
     */
    Gates(
            GateRules rules,
            Optional<TrustedRows> trusted,
            Pipeline pipeline,
            Optional<ColumnPlan> plan,
            Optional<Live> live,
            Optional<CheckpointInterval> interval) {
        this.rules = rules;
        names = new WeightNames(pipeline.schema(), plan);
        this.interval = interval;
        this.pipeline = pipeline;
        window = new GateSums(pipeline.schema(), rules, names);
        this.trusted = trusted;
        blockRows = (rules.window() + BLOCKS - 1) / BLOCKS;
        this.live = live.map(Live::model);
        liveRow = live.map(Live::row).orElse(-1L);
    }

    /** {@return whether a run with gates stored a state} */
    static boolean areIn(State state) {
        return state.tensors().containsKey(REFERENCE);
    }

    /** {@return where the version ended that a state's gates compare with; empty where there is none} */
    static Optional<Long> reference(State state) {
        return Optional.of(REFERENCE)
                .filter(state.tensors()::containsKey)
                .map(state::whole)
                .filter(row -> row >= 0);
    }

    /**
     * Continues where the run that stored a state ended.
     *
     * @param row the number of rows before the next one
     */
    void resume(State state, long row) {
        judgedRow = row;
        endedRow = row;
        if (!state.tensors().containsKey(REFERENCE)) {
            return;
        }
        if (state.whole(REFERENCE) != liveRow) {
            // Somebody has moved live: what was summed was of another version.
            return;
        }
        judgedRow = state.whole(JUDGED);
        last = new GateSums.Judgement(verdict(state.text(VERDICT)), state.text(FIGURES));
        if (trusted.isEmpty()) {
            window.read(state);
            if (state.texts().containsKey(BLOCK + "learner")) {
                candidateState = Optional.of(state.part(BLOCK));
                candidate = candidateState.map(some -> pipeline.at(some).snapshot());
            }
        }
    }

    private static Verdict verdict(String text) {
        try {
            return Verdict.valueOf(text.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE, "a stored verdict cannot be '" + text + "'", e);
        }
    }

    /** Another pipeline answers from now on, and is judged for the rest of the window. */
    void champion(Pipeline champion) {
        pipeline = champion;
        candidate = candidate.map(before -> champion.snapshot());
        candidateState = candidateState.map(before -> champion.state());
    }

    /** Somebody has moved live to the version that the pipeline is now; the window begins anew. */
    void goBackTo(long row, long next) {
        endedRow = next;
        live = Optional.of(pipeline.snapshot());
        liveRow = row;
        judgedRow = next;
        last = GateSums.Judgement.NONE;
        window.clear();
        candidate = Optional.empty();
        candidateState = Optional.empty();
    }

    /**
     * What {@link #judge} changes.
     *
     * @param judgedRow where the last version ended that was appended at the end of a window
     * @param last what was said of it
     * @param live the live version
     * @param liveRow where it ended
     */
    record Standing(long judgedRow, GateSums.Judgement last, Optional<Model> live, long liveRow) {}

    Standing standing() {
        return new Standing(judgedRow, last, live, liveRow);
    }

    /** The version that was judged since could not be written: it never was. */
    void goBackTo(Standing before) {
        judgedRow = before.judgedRow();
        last = before.last();
        live = before.live();
        liveRow = before.liveRow();
    }

    /** {@return how many rows may be learned until something has to be done} */
    long rowsLeft(long row) {
        long left = rules.window() - row % rules.window();
        return trusted.isPresent() ? left : Math.min(left, blockRows - row % rules.window() % blockRows);
    }

    private boolean isAtEndOfWindow(long row) {
        return row > 0 && row % rules.window() == 0;
    }

    /** Looks at the model before the next rows. */
    void chunkBegins(long row) {
        if (trusted.isEmpty() && row % rules.window() % blockRows == 0) {
            boolean knows = !pipeline.isUntrained();
            candidate = knows ? Optional.of(pipeline.snapshot()) : Optional.empty();
            candidateState = knows ? Optional.of(pipeline.state()) : Optional.empty();
        }
    }

    /** Predicts rows that are about to be learned. */
    void predict(Chunk rows) {
        if (trusted.isEmpty() && candidate.isPresent()) {
            window.predict(candidate.get(), live, rows);
        }
    }

    /** Counts the same rows, which were learned. */
    void count(Chunk rows) {
        if (trusted.isEmpty() && candidate.isPresent()) {
            window.count(rows);
        }
    }

    /**
     * {@return whether a version is to be appended now} It is at the end of a window, which is judged, if the run's
     * interval has passed since the last one that was appended so, or there is none.
     */
    boolean isVersionDue(long row, int chunkRows, Checkpoints checkpoints) {
        if (row == endedRow || !isAtEndOfWindow(row)) {
            return false;
        }
        endedRow = row;
        windowEnds(row);
        return interval.isEmpty()
                || (interval.get().chunks() > 0
                        && row - judgedRow >= interval.get().chunks() * chunkRows)
                || checkpoints.isDueByTime();
    }

    private void windowEnds(long row) {
        if (trusted.isEmpty()) {
            last = window.judge(
                    rules.gates(), String.format(Locale.ROOT, "%,d rows up to row %,d", window.rows(), row));
            window.clear();
            candidate = Optional.empty();
            candidateState = Optional.empty();
        }
    }

    /**
     * {@return what is said of a version that is appended now} It is what later ones are compared with if it is not
     * refused and a window ends here.
     */
    GateSums.Judgement judge(long row) {
        if (trusted.isPresent() && !pipeline.isUntrained()) {
            GateSums sums = new GateSums(pipeline.schema(), rules, names);
            trusted.get().score(sums, pipeline.view(), live);
            last = sums.judge(rules.gates(), trusted.get().describe());
        }
        if (isAtEndOfWindow(row)) {
            judgedRow = row;
            if (last.verdict() != Verdict.REFUSED) {
                live = Optional.of(pipeline.snapshot());
                liveRow = row;
            }
        }
        return last;
    }

    /**
     * Writes everything needed to continue.
     *
     * @param row the number of rows before the next one
     */
    void writeTo(State.Builder state, long row) {
        state.whole(REFERENCE, liveRow)
                .whole(JUDGED, judgedRow)
                .text(VERDICT, last.verdict().name().toLowerCase(Locale.ROOT))
                .text(FIGURES, last.figures());
        if (trusted.isEmpty()) {
            window.writeTo(state);
            if (row % rules.window() % blockRows != 0) {
                candidateState.ifPresent(some -> state.all(BLOCK, some));
            }
        }
    }
}
