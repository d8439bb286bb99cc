package org.accrete.api.learn;

import org.accrete.api.data.Chunk;

/** A model that divides rows into clusters, each around a centre. */
public interface Clusterer extends Model {
    /** {@return how many clusters there are; 0 before the first row} */
    int clusters();

    /**
     * Writes the Euclidean distance of each row to each centre.
     *
     * @param chunk rows
     * @param out receives rows × {@link #clusters()} numbers, row-major
     */
    void distances(Chunk chunk, double[] out);

    /**
     * {@return the cluster of a row, the one with the nearest centre, the first of equals; −1 when there is none}
     *
     * @param distances as {@link #distances} wrote them
     * @param row from 0
     * @param clusters how many clusters they are of
     */
    static int nearest(double[] distances, int row, int clusters) {
        int best = clusters - 1 < 0 ? -1 : 0;
        for (int c = 1; c < clusters; c++) {
            if (distances[row * clusters + c] < distances[row * clusters + best]) {
                best = c;
            }
        }
        return best;
    }

    /**
     * {@return the cluster of each row, in a new array}
     *
     * @param chunk rows
     */
    default int[] predict(Chunk chunk) {
        int count = clusters();
        double[] distances = new double[chunk.rows() * count];
        distances(chunk, distances);
        int[] nearest = new int[chunk.rows()];
        for (int row = 0; row < nearest.length; row++) {
            nearest[row] = nearest(distances, row, count);
        }
        return nearest;
    }
}
