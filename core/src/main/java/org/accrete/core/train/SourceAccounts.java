package org.accrete.core.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/** What became of the rows of each of several sources; counts nothing where there is one. */
final class SourceAccounts {
    static final String ROWS = "run.sources.rows";

    /** What is counted of a source, in the order of the stored columns. */
    private static final int LEARNED = 0;

    private static final int UNLABELLED = 1;
    private static final int HELD_OUT = 2;
    private static final int REFUSED = 3;
    private static final int LEFT_OUT = 4;
    private static final int FILTERED = 5;
    private static final int KINDS = 6;

    private Optional<ChunkSource> source;
    private final List<String> names;
    private final int count;
    private final long[] before;
    private final long[] counts;

    /** Counts nothing. */
    SourceAccounts() {
        this(Optional.empty());
    }

    SourceAccounts(ChunkSource source) {
        this(Optional.of(source));
    }

    private SourceAccounts(Optional<ChunkSource> source) {
        this.source = source;
        names = source.map(ChunkSource::sources).orElse(List.of());
        count = names.size() > 1 ? names.size() : 0;
        before = new long[count * KINDS];
        counts = new long[count * KINDS];
    }

    /** {@return whether anything is counted} */
    boolean areSeveral() {
        return count > 0;
    }

    /** Continues where the run that stored a state ended. */
    void resume(State state) {
        if (count > 0 && state.tensors().containsKey(ROWS)) {
            long[] stored = state.tensor(ROWS).longs();
            System.arraycopy(stored, 0, before, 0, Math.min(stored.length, before.length));
        }
    }

    /** Goes back to what a state says; what this run counted stays counted as what it did. */
    void goBackTo(State state, ChunkSource again) {
        source = Optional.of(again);
        resume(state);
        Arrays.setAll(before, i -> before[i] - counts[i]);
    }

    /** Counts the rows of a chunk from one to another as held out; those that were not are counted otherwise later. */
    void heldOut(ChunkBuffer read, int from, int to) {
        for (int row = from; count > 0 && row < to; row++) {
            counts[at(read, row) + HELD_OUT]++;
        }
    }

    /** Counts a row that was learned, or took part without a target. */
    void learned(ChunkBuffer read, int row, Chunk rows, int of) {
        boolean labelled = !rows.hasTargets() || !Double.isNaN(rows.target(of));
        move(read, row, labelled ? LEARNED : UNLABELLED);
    }

    /** Counts a row that a part of the pipeline refused. */
    void refused(ChunkBuffer read, int row) {
        if (areSeveral()) {
            move(read, row, REFUSED);
        }
    }

    /** Counts a row of a source, which was counted as learned, as refused. */
    void refusedLate(int of) {
        if (areSeveral()) {
            counts[KINDS * of + LEARNED]--;
            counts[KINDS * of + REFUSED]++;
        }
    }

    /** {@return which source a row is from} */
    int of(ChunkBuffer read, int row) {
        return areSeveral() ? at(read, row) / KINDS : 0;
    }

    private void move(ChunkBuffer read, int row, int kind) {
        int at = at(read, row);
        counts[at + HELD_OUT]--;
        counts[at + kind]++;
    }

    private int at(ChunkBuffer read, int row) {
        return KINDS * source.orElseThrow().sourceOf(read.place(row));
    }

    /** Counts rows that the sources dropped. */
    void dropped(DroppedRows dropped) {
        add(dropped, counts);
    }

    private void add(DroppedRows dropped, long[] to) {
        for (int i = 0; i < count && !dropped.sources().isEmpty(); i++) {
            DroppedRows one = dropped.sources().get(i);
            to[KINDS * i + REFUSED] += one.refused();
            to[KINDS * i + LEFT_OUT] += one.leftOut();
            to[KINDS * i + FILTERED] += one.filtered();
        }
    }

    /**
     * {@return what became of this run's rows, by source; empty where there is one}
     *
     * @param atEnd rows dropped after the last one
     * @param waiting what waits for labels, and counts as learned so far
     */
    List<RunReport.SourceRows> report(DroppedRows atEnd, Optional<WaitingRows> waiting) {
        long[] all = counts.clone();
        add(atEnd, all);
        long[] now = waiting.map(WaitingRows::labelled).orElse(new long[count]);
        long[] then = waiting.map(WaitingRows::labelledBefore).orElse(new long[count]);
        List<RunReport.SourceRows> report = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long[] of = Arrays.copyOfRange(all, KINDS * i, KINDS * (i + 1));
            long waits = now[i];
            long waited = then[i];
            report.add(new RunReport.SourceRows(
                    names.get(i),
                    of[LEARNED] - waits + waited,
                    waits,
                    waited,
                    of[UNLABELLED],
                    of[HELD_OUT],
                    of[REFUSED],
                    of[LEFT_OUT],
                    of[FILTERED]));
        }
        return report;
    }

    void writeTo(State.Builder state) {
        if (count > 0) {
            long[] sums = new long[counts.length];
            Arrays.setAll(sums, i -> before[i] + counts[i]);
            state.tensor(ROWS, Tensor.of(sums, count, KINDS));
        }
    }
}
