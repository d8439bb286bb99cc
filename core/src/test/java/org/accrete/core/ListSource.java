package org.accrete.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.Position;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;

/**
 * Rows in memory: row i has i in its first column and pseudo-random numbers in the others. Every seventh row has a
 * mark; new labels come up, some rows are refused, and one may fail, as the fields say.
 */
public final class ListSource implements ChunkSource {
    private static final int MARKS = 7;

    private final int rows;
    private final Schema schema;
    private List<String> classes;
    private int next;
    private boolean seekable = true;

    /** Number of the row that throws; none by default. */
    public int failsAt = -1;

    /** The exception it throws. */
    public RuntimeException failure = AccreteException.badData("not a number").at("list line");

    /** Before every so many rows comes one that is refused; none by default. */
    public int refusedEvery;

    /** Refused rows after the last one. */
    public int refusedAtEnd;

    /** The last of every so many rows has no target; none by default. */
    public int unlabelledEvery = Integer.MAX_VALUE;

    /** Rows after which another label comes up. */
    public int newClassEvery = Integer.MAX_VALUE;

    /** The most labels. */
    public int mostClasses = Integer.MAX_VALUE;

    /** Rows of two classes, or their targets' signs, are wrong from here... */
    public int wrongFrom = Integer.MAX_VALUE;

    /** ...up to here. */
    public int wrongTo = Integer.MAX_VALUE;

    /** Whether the first column has noise in place of the number of the row. */
    public boolean stationary;

    /** What {@link #warnings} returns. */
    public Optional<ColumnPlan> plan = Optional.empty();

    public int closed;
    public int read;

    public ListSource(int rows, Target target) {
        this.rows = rows;
        this.schema = Schema.numeric(3, target);
        this.classes = target.classes();
    }

    public static ListSource numbers(int rows) {
        return new ListSource(rows, Target.numeric("y"));
    }

    public static ListSource labels(int rows) {
        return new ListSource(rows, Target.categorical("y", List.of("a", "b")));
    }

    /** A number in −1 … 1 that depends on its arguments only. */
    public static double noise(long row, long column) {
        long z = (row * 31 + column + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return ((z ^ (z >>> 31)) >> 11) * 0x1.0p-52;
    }

    @Override
    public String name() {
        return "list";
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public Optional<ColumnPlan> plan() {
        return plan;
    }

    @Override
    public void seek(Position position) {
        if (!seekable) {
            throw AccreteException.badState("sought twice or after a read");
        }
        seekable = false;
        int mark =
                position.mark().isEmpty() ? 0 : Integer.parseInt(position.mark().substring(4));
        long to = mark + position.rows();
        for (; next < to && next < rows; next++) {
            labelsUpTo(next);
        }
    }

    @Override
    public boolean next(ChunkBuffer buffer) {
        seekable = false;
        buffer.clear();
        while (!buffer.isFull() && next < rows) {
            if (next == failsAt) {
                throw failure;
            }
            if (refusedEvery > 0 && next % refusedEvery == refusedEvery - 1) {
                buffer.refused(1);
            }
            labelsUpTo(next);
            buffer.beginRow();
            buffer.put(0, stationary ? noise(next, 0) : next);
            buffer.put(1, noise(next, 1));
            buffer.put(2, noise(next, 2));
            buffer.target(next % unlabelledEvery == unlabelledEvery - 1 ? Double.NaN : target(next));
            buffer.endRow();
            next++;
            read++;
        }
        buffer.classes(classes);
        buffer.position(new Position("list" + next / MARKS * MARKS, next % MARKS));
        if (buffer.rows() == 0) {
            buffer.refused(refusedAtEnd);
            refusedAtEnd = 0;
        }
        return buffer.rows() > 0;
    }

    private double target(int row) {
        double right = rightTarget(row);
        boolean isWrong = row >= wrongFrom && row < wrongTo;
        return !isWrong ? right : schema.target().kind() == Target.Kind.NUMERIC ? -right : 1 - right;
    }

    private double rightTarget(int row) {
        if (schema.target().kind() == Target.Kind.NUMERIC) {
            return 3 * noise(row, 1) - noise(row, 2) + 0.1 * noise(row, 3) + 5;
        }
        if (row > 0 && row % newClassEvery == 0) {
            return classes.size() - 1;
        }
        return noise(row, 1) + 0.7 * noise(row, 3) > 0.2 ? 1 : 0;
    }

    private void labelsUpTo(int row) {
        if (row > 0 && row % newClassEvery == 0 && classes.size() < mostClasses) {
            List<String> grown = new ArrayList<>(classes);
            grown.add("c" + grown.size());
            classes = List.copyOf(grown);
        }
    }

    @Override
    public void close() {
        closed++;
    }
}
