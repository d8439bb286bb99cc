package org.accrete.api.data;

import java.util.List;
import org.accrete.api.AccreteException;

/**
 * Some rows of a stream: features, targets, optional weights. A view on buffers that somebody else owns and refills: it
 * is read during the call it is passed to, never kept, never written.
 *
 * <p>The features are either dense ({@link DenseChunk}) or sparse ({@link SparseChunk}); a learner takes both.
 */
public abstract sealed class Chunk permits DenseChunk, SparseChunk {
    private static final double[] NONE = {};

    private final Schema schema;
    private final int width;
    int first;
    int rows;
    double[] targets = NONE;
    double[] weights = NONE;
    List<String> classes = List.of();

    Chunk(Schema schema) {
        this.schema = schema;
        this.width = schema.width();
    }

    /** Makes this a view on some rows of another chunk's buffers. */
    final void shareRows(Chunk whole, int from, int to) {
        if (from < 0 || to < from || to > whole.rows) {
            throw AccreteException.badArgument(
                    "a slice must lie within 0 … " + whole.rows + " but was " + from + " … " + to);
        }
        first = whole.first + from;
        rows = to - from;
        targets = whole.targets;
        weights = whole.weights;
        classes = whole.classes;
    }

    /** {@return what the columns are} */
    public final Schema schema() {
        return schema;
    }

    /** {@return the number of columns} */
    public final int width() {
        return width;
    }

    /** {@return the number of rows} */
    public final int rows() {
        return rows;
    }

    /** {@return whether rows have targets} */
    public final boolean hasTargets() {
        return targets.length > 0;
    }

    /**
     * {@return the target of a row: a number, or an index into {@link #classes()}; NaN when it is unknown}
     *
     * @param row from 0
     */
    public final double target(int row) {
        return targets[first + row];
    }

    /** {@return whether rows have weights; each weighs 1 otherwise} */
    public final boolean hasWeights() {
        return weights.length > 0;
    }

    /**
     * {@return the weight of a row}
     *
     * @param row from 0
     */
    public final double weight(int row) {
        return weights.length > 0 ? weights[first + row] : 1.0;
    }

    /**
     * Refuses the chunk if a weight is negative, NaN or infinite.
     *
     * @throws AccreteException bad data, with the first such row
     */
    public final void requireWeights() {
        requireWeights(Double.MAX_VALUE);
    }

    /**
     * Refuses the chunk if a weight is negative, NaN or above a limit.
     *
     * @param most the largest weight that can be learned
     * @throws AccreteException bad data, with the first such row
     */
    public final void requireWeights(double most) {
        for (int row = 0; weights.length > 0 && row < rows; row++) {
            double weight = weights[first + row];
            if (!(weight >= 0 && weight <= most)) {
                throw AccreteException.badRow(
                        row,
                        "the weight must be " + (most == Double.MAX_VALUE ? "finite and >= 0" : ">= 0 and <= " + most)
                                + " but was " + weight);
            }
        }
    }

    /**
     * {@return the labels that categorical targets are indexes into} Along one stream the list only ever grows at its
     * end; it may hold labels that no row of this chunk has.
     */
    public final List<String> classes() {
        return classes;
    }

    /**
     * {@return a view on some of the rows; O(1)}
     *
     * @param from first row
     * @param to row after the last
     */
    public abstract Chunk slice(int from, int to);
}
