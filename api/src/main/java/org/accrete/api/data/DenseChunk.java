package org.accrete.api.data;

import java.util.List;
import org.accrete.api.AccreteException;

/** Rows stored one after the other, every column present. */
public final class DenseChunk extends Chunk {
    double[] values;

    DenseChunk(Schema schema, double[] values) {
        super(schema);
        this.values = values;
    }

    /**
     * Makes a view on arrays that the caller owns.
     *
     * @param schema what the columns are
     * @param values row-major, rows × width, not copied
     * @param targets one per row, or empty; not copied
     * @param weights one per row, or empty; not copied
     * @param classes labels that categorical targets are indexes into, or empty
     */
    public DenseChunk(Schema schema, double[] values, double[] targets, double[] weights, List<String> classes) {
        this(schema, values);
        if (width() == 0 || values.length % width() != 0) {
            throw AccreteException.badArgument(
                    "values must be rows × " + width() + " numbers but were " + values.length);
        }
        rows = values.length / width();
        Buffers.attach(this, targets, weights, classes);
    }

    /** {@return the row-major values; row {@code i} begins at {@link #offset offset(i)}} */
    public double[] values() {
        return values;
    }

    /**
     * {@return where a row begins in {@link #values()}}
     *
     * @param row from 0
     */
    public int offset(int row) {
        return (first + row) * width();
    }

    @Override
    public DenseChunk slice(int from, int to) {
        DenseChunk slice = new DenseChunk(schema(), values);
        slice.shareRows(this, from, to);
        return slice;
    }
}
