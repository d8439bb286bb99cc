package org.accrete.core.preprocess;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableTransformer;

/** Replaces each numeric column by a function of that column. Everything else passes through. */
class ColumnModel implements ExplainableTransformer {
    private final NumericColumns columns;
    private final Mapping mapping;

    /** Memory for one row, kept for the thread that transforms; others make their own at the same time. */
    private final AtomicReference<Optional<double[]>> idle;

    /** What is done with a row's numeric columns. */
    interface Mapping {
        /**
         * Replaces each column.
         *
         * @param x the numeric columns of one row, finite, or NaN where missing
         */
        void map(double[] x);
    }

    /**
     * Makes a model.
     *
     * @param mapping never changed, unless the model is a view
     * @param x memory for one row, to be overwritten
     */
    ColumnModel(NumericColumns columns, Mapping mapping, double[] x) {
        this.columns = columns;
        this.mapping = mapping;
        this.idle = new AtomicReference<>(Optional.of(x));
    }

    @Override
    public final Schema schema() {
        return columns.schema();
    }

    @Override
    public final Schema outputSchema() {
        return columns.schema();
    }

    @Override
    public final void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs) {
        ExplainableTransformer.sameColumns(outputs, inputs);
    }

    @Override
    public final void transform(Chunk chunk, ChunkBuffer out) {
        columns.schema().require(chunk.schema());
        columns.check(chunk);
        Optional<double[]> taken = idle.getAndSet(Optional.empty());
        if (taken.isEmpty()) {
            taken = Optional.of(new double[columns.count()]);
        }
        double[] x = taken.get();
        try {
            columns.begin(chunk, out);
            for (int row = 0; row < chunk.rows(); row++) {
                columns.take(chunk, row, x);
                mapping.map(x);
                columns.put(chunk, row, x, out);
            }
        } finally {
            idle.set(taken);
        }
    }
}
