package org.accrete.core.train;

import java.util.List;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Position;
import org.accrete.api.store.State;

/**
 * How far a run is in its source: the position, and what became of the rows that were read. Each row that the source
 * handed on was learned, has no target, was held out, or was dropped.
 */
final class SourceProgress {
    static final String POSITION = "run.position";
    private static final String ROWS = "run.rows";
    private static final String REFUSED = "run.rows_refused";
    private static final String UNLABELLED = "run.rows_unlabelled";
    private static final String HELD_OUT = "run.rows_held_out";
    private static final String DROPPED = "run.rows_dropped";
    private static final String LEFT_OUT = "run.rows_left_out";
    private static final String FILTERED = "run.rows_filtered";
    private static final String ROLLED_BACK = "run.rows_rolled_back";

    private final SourceAccounts sources;
    private long rowsBefore;
    private long refusedBefore;
    private long unlabelledBefore;
    private long heldOutBefore;
    private long droppedBefore;
    private long leftOutBefore;
    private long filteredBefore;
    private long rolledBackBefore;
    private long rows;
    private long refused;
    private long unlabelled;
    private long heldOut;
    private long dropped;
    private long leftOut;
    private long filtered;
    private long rolledBack;
    private int inChunk;
    private Position position = Position.start();
    private List<String> classes = List.of();

    /** Is at the start of a source. */
    SourceProgress(ChunkSource source) {
        sources = new SourceAccounts(source);
    }

    /** Is where the run that stored a state ended. */
    SourceProgress(State state) {
        sources = new SourceAccounts();
        resume(state);
    }

    /** {@return whether a run stored a state} */
    static boolean isIn(State state) {
        return state.texts().containsKey(POSITION);
    }

    /** Continues where the run that stored a state ended. */
    final void resume(State state) {
        sources.resume(state);
        position = Position.parse(state.text(POSITION));
        rowsBefore = state.whole(ROWS);
        refusedBefore = state.whole(REFUSED);
        unlabelledBefore = wholeOrNone(state, UNLABELLED);
        heldOutBefore = wholeOrNone(state, HELD_OUT);
        droppedBefore = wholeOrNone(state, DROPPED);
        leftOutBefore = wholeOrNone(state, LEFT_OUT);
        filteredBefore = wholeOrNone(state, FILTERED);
        rolledBackBefore = wholeOrNone(state, ROLLED_BACK);
    }

    /**
     * {@return what a version holds, but going on from where a later one ended} Rows between both count as rolled back.
     *
     * @param state of the version, as a run stored it
     * @param later of a version after it
     */
    static State at(State state, State later) {
        SourceProgress here = new SourceProgress(later);
        here.rollBack(state);
        State.Builder moved = State.builder();
        state.tensors().forEach((name, tensor) -> {
            if (!isOfSource(name) && !WaitingRows.isName(name)) {
                moved.tensor(name, tensor);
            }
        });
        state.texts().forEach((name, text) -> {
            if (!name.equals(POSITION) && !WaitingRows.isName(name)) {
                moved.text(name, text);
            }
        });
        WaitingRows.copy(later, moved);
        here.writeTo(moved);
        Optional.ofNullable(later.tensors().get(SourceAccounts.ROWS))
                .ifPresent(counts -> moved.tensor(SourceAccounts.ROWS, counts));
        return moved.build();
    }

    /** {@return what a version holds, but going on some rows after it, which count as rolled back} */
    static State at(State state, Position position, long rows) {
        State.Builder moved = State.builder();
        state.tensors().forEach((name, tensor) -> {
            if (!name.equals(ROWS) && !name.equals(ROLLED_BACK)) {
                moved.tensor(name, tensor);
            }
        });
        state.texts().forEach((name, text) -> {
            if (!name.equals(POSITION)) {
                moved.text(name, text);
            }
        });
        long back = wholeOrNone(state, ROLLED_BACK) + rows;
        moved.text(POSITION, position.toText()).whole(ROWS, state.whole(ROWS) + rows);
        return back > 0 ? moved.whole(ROLLED_BACK, back).build() : moved.build();
    }

    private static boolean isOfSource(String name) {
        return List.of(
                        ROWS,
                        REFUSED,
                        UNLABELLED,
                        HELD_OUT,
                        DROPPED,
                        LEFT_OUT,
                        FILTERED,
                        ROLLED_BACK,
                        SourceAccounts.ROWS)
                .contains(name);
    }

    /** Takes back, as rolled back, the rows that were learned after those of a state; the position stays. */
    void rollBack(State state) {
        if (!isIn(state)) {
            // No run made it, so it has learned none of these rows.
            rolledBackBefore += allLearned() - learned();
            rolledBack += learned();
            return;
        }
        SourceProgress then = new SourceProgress(state);
        long back = allLearned() - then.allLearned();
        // A state of another source has learned none of these rows.
        long rowsBack = back < 0 || then.rowsBefore > rowsBefore + rows ? allLearned() : back;
        long ofThisRun = Math.min(learned(), rowsBack);
        rolledBack += ofThisRun;
        rolledBackBefore += rowsBack - ofThisRun;
    }

    /** Goes back to where a state ends, with its counts; what this run did stays counted as what it did. */
    void goBackTo(State state, ChunkSource again) {
        sources.goBackTo(state, again);
        SourceProgress then = new SourceProgress(state);
        rolledBack += Math.min(learned(), Math.max(0, allLearned() - then.allLearned()));
        rowsBefore = then.rowsBefore - rows;
        refusedBefore = then.refusedBefore - refused;
        unlabelledBefore = then.unlabelledBefore - unlabelled;
        heldOutBefore = then.heldOutBefore - heldOut;
        droppedBefore = then.droppedBefore - dropped;
        leftOutBefore = then.leftOutBefore - leftOut;
        filteredBefore = then.filteredBefore - filtered;
        rolledBackBefore = then.rolledBackBefore - rolledBack;
        position = then.position;
        classes = List.of();
    }

    private long allLearned() {
        return rowsBefore
                + rows
                - unlabelledBefore
                - unlabelled
                - heldOutBefore
                - heldOut
                - droppedBefore
                - dropped
                - rolledBackBefore
                - rolledBack;
    }

    /** {@return a count that versions store unless it is 0} */
    private static long wholeOrNone(State state, String name) {
        return state.tensors().containsKey(name) ? state.whole(name) : 0;
    }

    /**
     * Adds the next rows of a chunk, which were learned where they have a target.
     *
     * @param part the rows
     * @param read the chunk as it was read
     * @param end the row of that chunk that comes next; what lies between it and the rows was held out
     * @param placeOf the row of that chunk of a row of the part
     */
    void learned(Chunk part, ChunkBuffer read, int end, IntUnaryOperator placeOf) {
        if (part.hasTargets()) {
            for (int row = 0; row < part.rows(); row++) {
                if (Double.isNaN(part.target(row))) {
                    unlabelled++;
                }
            }
        }
        goTo(read, end, part.rows());
        for (int row = 0; sources.areSeveral() && row < part.rows(); row++) {
            sources.learned(read, placeOf.applyAsInt(row), part, row);
        }
    }

    /**
     * Adds the next row of a chunk, which was refused.
     *
     * @param row its number in the chunk as it was read
     * @param end as in {@link #learned}
     */
    void dropped(ChunkBuffer read, int row, int end) {
        dropped++;
        refused++;
        goTo(read, end, 1);
        sources.refused(read, row);
    }

    /**
     * Adds the next row of a chunk, whose label comes later; until then it counts as learned.
     *
     * @param chunk has the row
     * @param row of it
     * @param place its number in the chunk as it was read
     * @param end as in {@link #learned}
     */
    void waits(Chunk chunk, int row, ChunkBuffer read, int place, int end) {
        if (chunk.hasTargets() && Double.isNaN(chunk.target(row))) {
            unlabelled++;
        }
        goTo(read, end, 1);
        if (sources.areSeveral()) {
            sources.learned(read, place, chunk, row);
        }
    }

    /**
     * Counts a row as refused whose label has come.
     *
     * @param rowsOf the row
     * @param source which of several sources it is from
     */
    void droppedLate(Chunk rowsOf, int source) {
        dropped++;
        refused++;
        if (rowsOf.hasTargets() && Double.isNaN(rowsOf.target(0))) {
            unlabelled--;
            return;
        }
        sources.refusedLate(source);
    }

    /** {@return which of several sources a row is from} */
    int sourceOf(ChunkBuffer read, int row) {
        return sources.of(read, row);
    }

    /** Adds the rows before a row of a chunk, which were held out. */
    void heldOutUpTo(ChunkBuffer read, int row) {
        goTo(read, row, 0);
    }

    private void goTo(ChunkBuffer read, int end, int used) {
        sources.heldOut(read, inChunk, end);
        heldOut += end - inChunk - used;
        rows += end - inChunk;
        inChunk = end;
    }

    /** Ends a chunk, all of whose rows were added. */
    void chunkEnds(ChunkBuffer buffer) {
        refused += buffer.refusedRows();
        DroppedRows rowsDropped = buffer.dropped();
        leftOut += rowsDropped.leftOut();
        filtered += rowsDropped.filtered();
        sources.dropped(rowsDropped);
        position = buffer.position();
        classes = buffer.chunk().classes();
        inChunk = 0;
    }

    /** {@return rows that the source handed to this run} */
    long rows() {
        return rows;
    }

    /** {@return those of them that were learned} */
    long learned() {
        return rows - unlabelled - heldOut - dropped - rolledBack;
    }

    /** {@return rows that this run had learned, until a rollback took that back} */
    long rolledBack() {
        return rolledBack;
    }

    /** {@return those of them that have no target} */
    long unlabelled() {
        return unlabelled;
    }

    /** {@return those of them that were held out} */
    long heldOut() {
        return heldOut;
    }

    /**
     * {@return what became of this run's rows, by source; empty where there is one}
     *
     * @param atEnd rows dropped after the last one
     * @param waiting what waits for labels
     */
    List<RunReport.SourceRows> sources(DroppedRows atEnd, Optional<WaitingRows> waiting) {
        return sources.report(atEnd, waiting);
    }

    /** {@return how many rows of the present chunk were added} */
    int inChunk() {
        return inChunk;
    }

    /** {@return bad rows that this run or its source dropped} */
    long refused() {
        return refused;
    }

    /** {@return rows that the source left out, as the column plan says} */
    long leftOut() {
        return leftOut;
    }

    /** {@return rows that did not pass a filter} */
    long filtered() {
        return filtered;
    }

    /** {@return all rows that this run and those before it read, but not those left out} */
    long allRead() {
        return rowsBefore - droppedBefore + refusedBefore + filteredBefore + rows - dropped + refused + filtered;
    }

    /** {@return all bad rows of this run and those before it} */
    long allRefused() {
        return refusedBefore + refused;
    }

    Position position() {
        return inChunk == 0 ? position : position.plus(inChunk);
    }

    /** {@return the labels that the source knew after the last chunk} */
    List<String> classes() {
        return classes;
    }

    /**
     * {@return which rows come next, counted from 1 over all rows that the source handed to this run and those before
     * it}
     */
    String place(int count) {
        return count == 1 ? "row " + next() : "rows " + next() + " to " + (next() + count - 1);
    }

    /** {@return the number of the next row, from 1 over all rows that were handed to this run and those before it} */
    long next() {
        return rowsBefore + rows + 1;
    }

    void writeTo(State.Builder state) {
        state.text(POSITION, position().toText())
                .whole(ROWS, rowsBefore + rows)
                .whole(REFUSED, refusedBefore + refused)
                .whole(UNLABELLED, unlabelledBefore + unlabelled)
                .whole(HELD_OUT, heldOutBefore + heldOut)
                .whole(DROPPED, droppedBefore + dropped);
        if (leftOutBefore + leftOut > 0) {
            state.whole(LEFT_OUT, leftOutBefore + leftOut);
        }
        if (filteredBefore + filtered > 0) {
            state.whole(FILTERED, filteredBefore + filtered);
        }
        if (rolledBackBefore + rolledBack > 0) {
            state.whole(ROLLED_BACK, rolledBackBefore + rolledBack);
        }
        sources.writeTo(state);
    }
}
