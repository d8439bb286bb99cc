package org.accrete.learners.nn;

import java.util.Arrays;
import org.accrete.kernels.FloatKernels;

/**
 * One float per weight of a network: the weights themselves, or an optimizer's moments of their gradient.
 *
 * <p>The array of a layer holds W, one row per input, and below it the row b. Rows are padded with zeros to whole
 * blocks of {@link FloatKernels#BLOCK}, so a further output needs no other array until the block is full.
 */
final class WeightArrays {
    /** W and b of each layer, (inputs + 1) × stride. */
    final float[][] layers;

    /** All tables, one below the other, row-major. */
    final float[] table;

    private WeightArrays(float[][] layers, float[] table) {
        this.layers = layers;
        this.table = table;
    }

    /** {@return zeros for the weights of a network} */
    static WeightArrays zeros(Network network) {
        float[][] layers = new float[network.depth()][];
        for (int l = 0; l < layers.length; l++) {
            layers[l] = new float[(network.in[l] + 1) * network.stride(l)];
        }
        return new WeightArrays(layers, new float[network.inputs.tableRows() * network.tableWidth]);
    }

    /** {@return arrays of length 0, for a moment that an optimizer does not have} */
    static WeightArrays none(int depth) {
        return new WeightArrays(new float[depth][0], new float[0]);
    }

    /** {@return false for {@link #none}} */
    boolean exist() {
        return layers[0].length > 0;
    }

    /** {@return a deep copy} */
    WeightArrays copy() {
        return new WeightArrays(Arrays.stream(layers).map(float[]::clone).toArray(float[][]::new), table.clone());
    }

    /** Replaces the last layer's array by one with longer rows; the new elements are 0. */
    void widen(int before, int stride) {
        int last = layers.length - 1;
        layers[last] = widened(layers[last], before, stride);
    }

    /** {@return rows of length {@code before}, padded with zeros to length {@code stride}} */
    static float[] widened(float[] rows, int before, int stride) {
        float[] wider = new float[rows.length / before * stride];
        for (int from = 0, to = 0; from < rows.length; from += before, to += stride) {
            System.arraycopy(rows, from, wider, to, before);
        }
        return wider;
    }
}
