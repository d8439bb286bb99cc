package org.accrete.core.train;

import java.util.Map;
import java.util.TreeMap;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.core.compare.WeightNames;

/**
 * Sums of two models' losses over the rows that share a value of a column: of a categorical column, a bucket. A row
 * without a value is in the slice {@code -1}.
 */
final class Slices {
    private static final int SUMS = 7;
    private static final int MOST = 10_000;
    private static final double NO_VALUE = -1;

    private final String column;
    private final Block block;
    private final int first;
    private final WeightNames names;
    private final Map<Double, Slice> slices = new TreeMap<>();

    /** Sums over the rows of one value. */
    static final class Slice {
        private long rows;
        private long changed;
        private double loss;
        private double liveLoss;
        private double hits;
        private double liveHits;

        long rows() {
            return rows;
        }

        /** {@return a measure of the model, or of the live one} */
        double value(String measure, boolean ofLive) {
            return switch (measure) {
                case Gate.CHANGED -> ofLive ? Double.NaN : (double) changed / rows;
                case "log_loss" -> (ofLive ? liveLoss : loss) / rows;
                case "rmse" -> Math.sqrt((ofLive ? liveLoss : loss) / rows);
                default -> (ofLive ? liveHits : hits) / rows;
            };
        }
    }

    Slices(String column, Schema schema, WeightNames names) {
        this.column = column;
        this.names = names;
        Block found = schema.blocks().get(0);
        int at = 0;
        int begin = 0;
        for (Block one : schema.blocks()) {
            if (one.name().equals(column)) {
                found = one;
                begin = at;
            }
            at += one.width();
        }
        block = found;
        first = begin;
    }

    boolean isOf(String name) {
        return column.equals(name);
    }

    Map<Double, Slice> slices() {
        return slices;
    }

    /**
     * Adds a row.
     *
     * @param loss log-loss or squared error of the model
     * @param hit 1 for a right class, or the absolute error
     * @param changed whether both models say different classes
     */
    void add(Chunk chunk, int row, double loss, double hit, double liveLoss, double liveHit, boolean changed) {
        Slice slice = slices.computeIfAbsent(value(chunk, row), value -> new Slice());
        if (slices.size() > MOST) {
            throw AccreteException.badArgument(
                    "a gate by '" + column + "' has more than " + MOST + " slices; choose a column with fewer values");
        }
        slice.rows++;
        slice.loss += loss;
        slice.hits += hit;
        slice.liveLoss += liveLoss;
        slice.liveHits += liveHit;
        slice.changed += changed ? 1 : 0;
    }

    private double value(Chunk chunk, int row) {
        if (chunk instanceof DenseChunk dense) {
            double value = dense.values()[dense.offset(row) + first];
            return Double.isNaN(value) ? NO_VALUE : value + 0.0;
        }
        SparseChunk sparse = (SparseChunk) chunk;
        for (int i = sparse.start(row); i < sparse.end(row); i++) {
            int index = sparse.indices()[i] - first;
            if (index >= 0 && index < block.width() && sparse.values()[i] != 0) {
                double value = sparse.values()[i];
                boolean isBucket = block.kind() == Block.Kind.ONE_HOT;
                return isBucket ? index : Double.isNaN(value) ? NO_VALUE : value;
            }
        }
        return block.kind() == Block.Kind.ONE_HOT ? NO_VALUE : 0;
    }

    /** {@return what a slice is called} */
    String name(double value) {
        String text = value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
        return block.kind() == Block.Kind.ONE_HOT
                ? value == NO_VALUE ? "rows without " + column : names.name(first + (int) value)
                : column + "=" + text;
    }

    void clear() {
        slices.clear();
    }

    void writeTo(State.Builder state) {
        if (slices.isEmpty()) {
            return;
        }
        double[] sums = new double[slices.size() * SUMS];
        int at = 0;
        for (Map.Entry<Double, Slice> entry : slices.entrySet()) {
            Slice slice = entry.getValue();
            double[] numbers = {
                entry.getKey(), slice.rows, slice.loss, slice.hits, slice.liveLoss, slice.liveHits, slice.changed
            };
            for (double number : numbers) {
                sums[at++] = Double.isNaN(number) ? Double.NaN : number;
            }
        }
        state.doubles(tensor(), sums, slices.size(), SUMS);
    }

    void read(State state) {
        clear();
        if (!state.tensors().containsKey(tensor())) {
            return;
        }
        double[] sums = state.doubles(tensor(), state.tensor(tensor()).shape()[0], SUMS);
        for (int at = 0; at < sums.length; at += SUMS) {
            Slice slice = new Slice();
            slice.rows = (long) sums[at + 1];
            slice.loss = sums[at + 2];
            slice.hits = sums[at + 3];
            slice.liveLoss = sums[at + 4];
            slice.liveHits = sums[at + 5];
            slice.changed = (long) sums[at + 6];
            slices.put(sums[at], slice);
        }
    }

    private String tensor() {
        return "run.gate.by." + column;
    }
}
