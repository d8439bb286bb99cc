package org.accrete.core.preprocess;

import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.RowWiseStep;

/**
 * A row-wise step that replaces each numeric column by a function of that column, which it learns. Everything else
 * passes through.
 */
abstract class ColumnStep implements RowWiseStep, ColumnModel.Mapping {
    final NumericColumns columns;
    final double[] x;
    private final Schema schema;
    private long rowsSeen;
    private long rowsSeenBefore;

    ColumnStep(Schema schema) {
        this.schema = schema;
        this.columns = new NumericColumns(schema);
        this.x = new double[columns.count()];
    }

    /** Keeps what {@link #goBack} needs. */
    abstract void remember();

    /** Becomes what it was at the last {@link #remember}; called at most once for each. */
    abstract void goBack();

    /**
     * Learns {@link #x}, which is finite or NaN where it is missing.
     *
     * @param row its number, for messages
     * @param weight above 0 and finite
     */
    abstract void learn(int row, double weight);

    @Override
    public final Schema schema() {
        return schema;
    }

    @Override
    public final Schema outputSchema() {
        return schema;
    }

    @Override
    public final long rowsSeen() {
        return rowsSeen;
    }

    /** Continues a count, or adds to it what was merged. */
    final void rowsSeen(long rows) {
        rowsSeen = rows;
    }

    @Override
    public final void partialFit(Chunk chunk) {
        fit(chunk, Optional.empty());
    }

    @Override
    public final void partialFitTransform(Chunk chunk, ChunkBuffer out) {
        fit(chunk, Optional.of(out));
    }

    private void fit(Chunk chunk, Optional<ChunkBuffer> out) {
        schema.require(chunk.schema());
        columns.check(chunk);
        chunk.requireWeights();
        rowsSeenBefore = rowsSeen;
        remember();
        try {
            out.ifPresent(buffer -> columns.begin(chunk, buffer));
            for (int row = 0; row < chunk.rows(); row++) {
                columns.take(chunk, row, x);
                double weight = chunk.weight(row);
                if (weight > 0) {
                    learn(row, weight);
                }
                if (out.isPresent()) {
                    map(x);
                    columns.put(chunk, row, x, out.get());
                }
            }
        } catch (RuntimeException | Error e) {
            goBack();
            throw e;
        }
        rowsSeen += chunk.rows();
    }

    @Override
    public final void undo() {
        goBack();
        rowsSeen = rowsSeenBefore;
    }
}
