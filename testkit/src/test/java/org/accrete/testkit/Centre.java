package org.accrete.testkit;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Contributions;
import org.accrete.api.learn.ExplainableTransformer;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.Transformer;
import org.accrete.api.store.State;

/** A correct row-wise step: subtracts the running mean from each column, and gives no output during a warm-up. */
class Centre extends Means implements Step {
    private final long warmUp;
    private State before;

    Centre(Schema schema, long warmUp) {
        super(schema);
        this.warmUp = warmUp;
        this.before = state();
    }

    /** Ignores targets, which may be missing. */
    @Override
    double targetOf(Chunk chunk, int row) {
        return 0;
    }

    /** Ignores weights. */
    @Override
    double weightOf(Chunk chunk, int row) {
        return 1;
    }

    @Override
    public void partialFit(Chunk chunk) {
        State now = state();
        super.partialFit(chunk);
        before = now;
    }

    @Override
    public void partialFitTransform(Chunk chunk, ChunkBuffer out) {
        State now = state();
        out.clear();
        try {
            for (int row = 0; row < chunk.rows(); row++) {
                try {
                    super.partialFit(chunk.slice(row, row + 1));
                } catch (AccreteException e) {
                    throw e.chunkRow().isPresent() ? AccreteException.badRow(row, e.getMessage()) : e;
                }
                if (rows > warmUp) {
                    put(chunk, row, out);
                }
            }
            checkSchema(chunk);
        } catch (RuntimeException e) {
            load(now);
            throw e;
        }
        before = now;
        passOn(chunk, out);
    }

    void put(Chunk chunk, int row, ChunkBuffer out) {
        Centered.put(chunk, row, out, sums, weight);
    }

    void passOn(Chunk chunk, ChunkBuffer out) {
        out.classes(chunk.classes());
    }

    @Override
    public void undo() {
        load(before);
    }

    @Override
    public Schema outputSchema() {
        return schema;
    }

    @Override
    public Transformer view() {
        return new Centered(schema, sums, weight);
    }

    @Override
    public Transformer snapshot() {
        return new Centered(schema, sums.clone(), weight);
    }

    static class Centered implements ExplainableTransformer {
        private final Schema schema;
        private final double[] sums;
        private final double weight;

        Centered(Schema schema, double[] sums, double weight) {
            this.schema = schema;
            this.sums = sums;
            this.weight = weight;
        }

        @Override
        public Schema schema() {
            return schema;
        }

        @Override
        public Schema outputSchema() {
            return schema;
        }

        @Override
        public void transform(Chunk chunk, ChunkBuffer out) {
            schema.require(chunk.schema());
            out.clear();
            for (int row = 0; row < chunk.rows(); row++) {
                put(chunk, row, out, sums, weight);
            }
            out.classes(chunk.classes());
        }

        @Override
        public void carryBack(Chunk chunk, int row, Contributions outputs, Contributions inputs) {
            ExplainableTransformer.sameColumns(outputs, inputs);
        }

        static void put(Chunk chunk, int row, ChunkBuffer out, double[] sums, double weight) {
            out.beginRow(chunk, row);
            double[] cells = ChunkCopy.cells(chunk, row);
            for (int j = 0; j < cells.length; j++) {
                out.put(j, weight == 0 ? cells[j] : cells[j] - sums[j] / weight);
            }
            out.endRow();
        }
    }
}
