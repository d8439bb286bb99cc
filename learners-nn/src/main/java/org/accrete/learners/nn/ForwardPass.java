package org.accrete.learners.nn;

import org.accrete.api.SeededRandom;

/** The intermediate values of a network from a batch to its outputs, with dropout. Reused from batch to batch. */
final class ForwardPass {
    final TwoThreads threads;

    /** Computes the matrix products of this pass, and of the backward pass after it. */
    final MatrixProduct product;

    private final int capacity;
    private final double dropout;
    private final long seed;

    /** z of each layer; for the last layer the outputs of the network. */
    float[][] preActivations = {};

    /** Activations of the hidden layers; the same array as z unless the activation needs z in its derivative. */
    float[][] activations = {};

    /** Inputs of the next layer, of the hidden layers; the same array as the activations without dropout. */
    float[][] outputs = {};

    /** Factors of dropout, of the hidden layers: 0 for a dropped unit; empty without dropout. */
    float[][] masks = {};

    /** Scratch memory of the activation functions. */
    final double[] scratch = new double[Activation.STRIP];

    private long firstRow;

    /** Makes a pass without dropout, on one thread. */
    ForwardPass(int capacity) {
        this(capacity, 0, 0, 1);
    }

    /**
     * Makes a pass for training.
     *
     * @param capacity maximum number of rows
     * @param dropout probability that a hidden unit is dropped, below 1
     * @param seed of the dropout
     * @param threads 1 or 2
     */
    ForwardPass(int capacity, double dropout, long seed, int threads) {
        this.threads = new TwoThreads(threads);
        this.product = new MatrixProduct(this.threads);
        this.capacity = capacity;
        this.dropout = dropout;
        this.seed = seed;
    }

    /** Sets the number of rows learned before the next batch: dropout depends on the number of the row. */
    void startAt(long row) {
        firstRow = row;
    }

    /** Makes room for the layers of a network. */
    void resize(Network network) {
        int depth = network.depth();
        if (preActivations.length == depth
                && preActivations[depth - 1].length == capacity * network.stride(depth - 1)) {
            return;
        }
        preActivations = new float[depth][];
        activations = new float[depth - 1][];
        outputs = new float[depth - 1][];
        masks = new float[depth - 1][];
        for (int l = 0; l < depth; l++) {
            int length = capacity * network.stride(l);
            preActivations[l] = new float[length];
            if (l < depth - 1) {
                activations[l] = network.activation.needsPreActivations() ? new float[length] : preActivations[l];
                outputs[l] = dropout > 0 ? new float[length] : activations[l];
                masks[l] = new float[dropout > 0 ? length : 0];
            }
        }
    }

    /** Drops units of a hidden layer. Each unit has its own draw, numbered by layer, row and unit. */
    void drop(int l, int rows, int units, int stride) {
        if (dropout == 0) {
            return;
        }
        float factor = (float) (1 / (1 - dropout));
        float[] mask = masks[l];
        for (int row = 0; row < rows; row++) {
            // Layers are 2^50 draws apart; each row takes one draw per unit.
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
