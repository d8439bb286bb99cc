package org.accrete.learners.neighbours;

import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;

/**
 * Which columns naive Bayes measures (numeric blocks and cycles) and which it counts (one-hot and sparse blocks).
 * Immutable.
 */
final class FeatureKinds {
    final Schema schema;

    /** Column of each measured feature, ascending. */
    final int[] measured;

    /** For each column: its number among the counted features, or −1. */
    final int[] counted;

    /** Column of each counted feature, ascending. */
    final int[] countedColumns;

    /** For each counted feature: the number of its block among the counted blocks. */
    final int[] block;

    /** Number of counted blocks. */
    final int blocks;

    FeatureKinds(Schema schema) {
        this.schema = schema;
        int width = schema.width();
        int numbers = 0;
        for (Block one : schema.blocks()) {
            numbers += one.kind().isSparse() ? 0 : one.width();
        }
        measured = new int[numbers];
        counted = new int[width];
        countedColumns = new int[width - numbers];
        block = new int[width - numbers];
        int column = 0;
        int m = 0;
        int d = 0;
        int b = 0;
        for (Block one : schema.blocks()) {
            for (int end = column + one.width(); column < end; column++) {
                if (one.kind().isSparse()) {
                    counted[column] = d;
                    countedColumns[d] = column;
                    block[d++] = b;
                } else {
                    counted[column] = -1;
                    measured[m++] = column;
                }
            }
            b += one.kind().isSparse() ? 1 : 0;
        }
        blocks = b;
    }

    int measuredCount() {
        return measured.length;
    }

    int countedCount() {
        return countedColumns.length;
    }

    /** Refuses what cannot be learned: infinities, and negative or missing numbers of counted features. */
    void check(Chunk chunk) {
        RowLimits.requireFeatures(chunk);
        chunk.requireWeights(RowLimits.MAX_WEIGHT);
        if (countedColumns.length == 0) {
            return;
        }
        for (int row = 0; row < chunk.rows(); row++) {
            if (chunk instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    int column = sparse.indices()[k];
                    if (counted[column] >= 0 && !(sparse.values()[k] >= 0)) {
                        throw notACount(row, column, sparse.values()[k]);
                    }
                }
            } else if (chunk instanceof DenseChunk dense) {
                int offset = dense.offset(row);
                for (int column : countedColumns) {
                    if (!(dense.values()[offset + column] >= 0)) {
                        throw notACount(row, column, dense.values()[offset + column]);
                    }
                }
            }
        }
    }

    private AccreteException notACount(int row, int column, double value) {
        return AccreteException.badRow(
                row,
                "'" + schema.columnName(column)
                        + "' must be >= 0, since naive-bayes counts columns of its kind, but was " + value);
    }
}
