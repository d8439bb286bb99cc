package org.accrete.api.learn;

import org.accrete.api.data.Chunk;

/** A model that says how unusual rows are. */
public interface AnomalyScorer extends Model {
    /**
     * Scores each row.
     *
     * @param chunk rows
     * @param out receives one number per row, from 0 to 1: the larger, the more unusual the row
     */
    void score(Chunk chunk, double[] out);

    /**
     * {@return the score of each row, in a new array}
     *
     * @param chunk rows
     */
    default double[] score(Chunk chunk) {
        double[] out = new double[chunk.rows()];
        score(chunk, out);
        return out;
    }
}
