package org.accrete.learners.nn;

import org.accrete.api.SeededRandom;

/** What comes up in a network on the way from a block to its outputs. Reused from block to block. */
final class Pass {
    /** What the products of this pass are made by. */
    final Halves halves;

    private final int capacity;
    private final double dropout;
    private final long seed;

    /** z of each layer; of the last the outputs. */
    float[][] sums = {};

    /** What the activation made of it; the same array unless the activation needs its z again. Of hidden layers. */
    float[][] activations = {};

    /** What goes into the next layer: the same array unless some are dropped. Of hidden layers. */
    float[][] outputs = {};

    /** 0 for what is dropped, else the factor of what stays; empty without dropout. Of hidden layers. */
    float[][] masks = {};

    /** Scratch of the activations. */
    final double[] wide = new double[Activation.STRIP];

    private long firstRow;

    /** Makes a pass that drops nothing, on one thread. */
    Pass(int capacity) {
        this(capacity, 0, 0, 1);
    }

    /**
     * Makes a pass for training.
     *
     * @param capacity the most rows
     * @param dropout share of the hidden units that is dropped, below 1
     * @param seed of what is dropped
     * @param threads 1 or 2
     */
    Pass(int capacity, double dropout, long seed, int threads) {
        this.halves = new Halves(threads);
        this.capacity = capacity;
        this.dropout = dropout;
        this.seed = seed;
    }

    /** Tells which row of all that were ever learned is the next block's first: what is dropped hangs on it. */
    void startAt(long row) {
        firstRow = row;
    }

    /** Makes room for the layers of a network. */
    void resize(Network network) {
        int depth = network.depth();
        if (sums.length == depth && sums[depth - 1].length == capacity * network.stride(depth - 1)) {
            return;
        }
        sums = new float[depth][];
        activations = new float[depth - 1][];
        outputs = new float[depth - 1][];
        masks = new float[depth - 1][];
        for (int l = 0; l < depth; l++) {
            int length = capacity * network.stride(l);
            sums[l] = new float[length];
            if (l < depth - 1) {
                activations[l] = network.activation.keepsSums() ? new float[length] : sums[l];
                outputs[l] = dropout > 0 ? new float[length] : activations[l];
                masks[l] = new float[dropout > 0 ? length : 0];
            }
        }
    }

    /** Drops some units of a hidden layer, each by a draw of its own that row, layer and unit number. */
    void drop(int l, int rows, int units, int stride) {
        if (dropout == 0) {
            return;
        }
        float factor = (float) (1 / (1 - dropout));
        float[] mask = masks[l];
        for (int row = 0; row < rows; row++) {
            // Layers are 2^50 draws apart, rows the width of a layer.
            SeededRandom random = new SeededRandom(seed, ((long) (l + 1) << 50) + (firstRow + row) * units);
            for (int j = 0; j < units; j++) {
                mask[row * stride + j] = random.nextDouble() < dropout ? 0 : factor;
            }
        }
        for (int i = 0; i < rows * stride; i++) {
            outputs[l][i] = activations[l][i] * mask[i];
        }
    }
}
