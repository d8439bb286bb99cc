package org.accrete.core;

import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.learn.Transformer;
import org.accrete.core.source.Examples;

/** A {@link Trainer} of a model that turns rows into other rows, such as principal components. */
public final class TransformerTrainer extends Trainer<Transformer> {
    TransformerTrainer(TrainerBuilder<?> parts) {
        super(parts, Transformer.class);
    }

    /**
     * Learns rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(double[][] x) {
        partialFit(Examples.of(x));
    }

    /**
     * Learns rows.
     *
     * @param x one array per row, all of one length; not changed, not kept
     * @throws AccreteException as {@link #partialFit(Examples)}
     */
    public void partialFit(float[][] x) {
        partialFit(Examples.of(x));
    }

    /**
     * {@return the transformed rows: rows × the model's output columns}
     *
     * @param x one array per row
     * @throws AccreteException bad state: nothing was learned yet; bad argument: rows of another width
     */
    public double[][] transform(double[][] x) {
        return transform(Examples.of(x));
    }

    /**
     * {@return the transformed rows: rows × the model's output columns}
     *
     * @param examples rows; targets are not read
     * @throws AccreteException as {@link #transform(double[][])}
     */
    public double[][] transform(Examples examples) {
        return transform(features(examples));
    }

    /**
     * {@return the transformed records: rows × the model's output columns}
     *
     * @param rows as {@link #partialFit(List)} takes them
     * @throws AccreteException bad state: nothing was learned yet; bad data: a value that cannot be used
     */
    public double[][] transform(List<?> rows) {
        return transform(features(rows));
    }

    private double[][] transform(Chunk chunk) {
        Transformer model = view();
        double[][] rows = new double[chunk.rows()][model.outputSchema().width()];
        if (rows.length == 0) {
            return rows;
        }
        ChunkBuffer out = new ChunkBuffer(model.outputSchema(), rows.length);
        model.transform(chunk, out);
        if (out.chunk() instanceof DenseChunk dense) {
            for (int row = 0; row < rows.length; row++) {
                System.arraycopy(dense.values(), dense.offset(row), rows[row], 0, rows[row].length);
            }
        } else if (out.chunk() instanceof SparseChunk sparse) {
            for (int row = 0; row < rows.length; row++) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    rows[row][sparse.indices()[k]] = sparse.values()[k];
                }
            }
        }
        return rows;
    }
}
