package org.accrete.learners.nn;

import java.util.Arrays;

/**
 * Copies of what a chunk is about to change, so that a refused chunk leaves the network and the optimizer's moments as
 * they were.
 *
 * <p>A batch is refused before it changes a weight, so a chunk that completes at most one batch needs no copies. A
 * chunk that completes more has the trained layers copied at its beginning, and each table row before its first update.
 */
final class ChunkUndo {
    private final Network network;

    /** The first layer that is trained. */
    private final int lowest;

    /** The weights and the moments. */
    private final WeightArrays[] arrays;

    private boolean hasCopies;
    private int outputs;

    /** The last layer's array of each, which is replaced when outputs are added. */
    private final float[][] lastLayers;

    /** Copies of all trained layers of each. */
    private final float[][][] layers;

    private final boolean[] isSaved;
    private int[] savedRows = {};
    private int savedCount;

    /** The saved table rows, each followed by its moments. */
    private float[] savedValues = {};

    /**
     * Prepares the undo of a network and its optimizer.
     *
     * @param network whose weights are trained
     * @param lowest the first layer that is trained
     * @param trainsTables whether tables are trained
     * @param moments arrays of the optimizer, with the layout of the weights
     */
    ChunkUndo(Network network, int lowest, boolean trainsTables, WeightArrays... moments) {
        this.network = network;
        this.lowest = lowest;
        this.arrays = new WeightArrays[moments.length + 1];
        arrays[0] = network.weights;
        System.arraycopy(moments, 0, arrays, 1, moments.length);
        this.lastLayers = new float[arrays.length][];
        this.layers = new float[arrays.length][network.depth()][0];
        this.isSaved = new boolean[trainsTables ? network.inputs.tableRows() : 0];
    }

    /**
     * Begins a chunk.
     *
     * @param severalBatches whether it completes more than one batch
     */
    void begin(boolean severalBatches) {
        int last = network.depth() - 1;
        hasCopies = severalBatches;
        outputs = network.outputs();
        for (int i = 0; i < savedCount; i++) {
            isSaved[savedRows[i]] = false;
        }
        savedCount = 0;
        for (int a = 0; a < arrays.length; a++) {
            float[][] current = arrays[a].layers;
            lastLayers[a] = current[last];
            for (int l = lowest; hasCopies && l <= last; l++) {
                layers[a][l] = copy(current[l], layers[a][l]);
            }
        }
    }

    /** {@return a copy of an array, in {@code reused} if that has the same length} */
    private static float[] copy(float[] array, float[] reused) {
        if (reused.length != array.length) {
            return array.clone();
        }
        System.arraycopy(array, 0, reused, 0, array.length);
        return reused;
    }

    /** Saves a table row before its first update by the chunk. */
    void saveTableRow(int row) {
        if (!hasCopies || isSaved[row]) {
            return;
        }
        int width = network.tableWidth;
        if (savedCount == savedRows.length) {
            savedRows = Arrays.copyOf(savedRows, Math.max(64, 2 * savedCount));
            savedValues = Arrays.copyOf(savedValues, savedRows.length * arrays.length * width);
        }
        for (int a = 0; a < arrays.length; a++) {
            System.arraycopy(
                    arrays[a].table, row * width, savedValues, (savedCount * arrays.length + a) * width, width);
        }
        savedRows[savedCount] = row;
        isSaved[row] = true;
        savedCount++;
    }

    /** Restores everything as it was at {@link #begin}. */
    void restore() {
        int last = network.depth() - 1;
        int width = network.tableWidth;
        network.out[last] = outputs;
        for (int a = 0; a < arrays.length; a++) {
            float[][] current = arrays[a].layers;
            current[last] = lastLayers[a];
            for (int l = lowest; hasCopies && l <= last; l++) {
                System.arraycopy(layers[a][l], 0, current[l], 0, layers[a][l].length);
            }
            for (int i = 0; i < savedCount; i++) {
                System.arraycopy(
                        savedValues, (i * arrays.length + a) * width, arrays[a].table, savedRows[i] * width, width);
            }
        }
    }
}
