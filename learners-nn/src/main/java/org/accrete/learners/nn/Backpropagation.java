package org.accrete.learners.nn;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.kernels.FloatKernels;

/**
 * Trains a network batch by batch: forward pass, gradient, update.
 *
 * <p>For a layer with inputs x of the batch's rows, let d be the gradient of the batch's loss with respect to the
 * layer's pre-activations z. {@link OutputLoss} gives d for the last layer. Then
 *
 * <pre>
 * gradient of W     xᵀ d
 * gradient of b     the sum of d over the rows
 * layer below       d' = (d Wᵀ) · activation'(z'), 0 for dropped units
 * </pre>
 *
 * <p>Sums over rows go from the first row to the last. Only the table rows that occur in the batch have a gradient and
 * are updated; the L2 penalty and the moments of all others stay as they are.
 *
 * <p>A batch is refused before it changes anything, by the size of its gradient. {@link ChunkUndo} takes back the
 * earlier batches of a refused chunk.
 */
final class Backpropagation {
    private static final float[] ONE = {1};

    /** Below this number of weights, handing over to another thread costs more than it saves. */
    private static final int MIN_SHARED_WEIGHTS = 1 << 14;

    final Network network;

    /** First moments of the gradient; {@link WeightArrays#none} if the optimizer has none. */
    final WeightArrays firstMoments;

    /** Second moments of the gradient; {@link WeightArrays#none} if the optimizer has none. */
    final WeightArrays secondMoments;

    private final GradientOptimizer optimizer;
    private final OutputLoss loss;
    private final double huberDelta;
    private final double clipNorm;

    /** Factor of the learning rate of each layer; 0 for a frozen layer. */
    private final double[] rates;

    /** The first layer that is trained. */
    private final int lowest;

    private final boolean trainsTables;
    private final ForwardPass pass;
    private final ChunkUndo undo;
    private final Update update = new Update();

    /** Gradient of each trained layer, in the layout of its weights; empty for frozen layers. */
    private final float[][] gradients;

    /** Gradient with respect to the pre-activations of each hidden layer, rows × stride. */
    private final float[][] deltas;

    private float[] embeddingDeltas = {};
    private float[] transposed = {};

    // Table rows that occur in the batch, in order of appearance, and the gradient of each.
    private int[] batchRows = {};
    private int batchRowCount;
    private float[] tableGradient = {};

    /** Position of each table row in {@link #batchRows}; −1 if it does not occur. */
    private final int[] positions;

    /**
     * Makes a trainer whose moments are 0.
     *
     * @param network to train
     * @param optimizer how to update weights
     * @param loss to minimize
     * @param huberDelta where the Huber loss becomes linear
     * @param clipNorm maximum norm of the gradient of all trained weights; 0 for no limit
     * @param rates factor of the learning rate of each layer; 0 for a frozen layer
     * @param pass for batches
     */
    Backpropagation(
            Network network,
            GradientOptimizer optimizer,
            OutputLoss loss,
            double huberDelta,
            double clipNorm,
            double[] rates,
            ForwardPass pass) {
        this.network = network;
        this.optimizer = optimizer;
        this.loss = loss;
        this.huberDelta = huberDelta;
        this.clipNorm = clipNorm;
        this.rates = rates;
        this.pass = pass;
        int depth = network.depth();
        int from = 0;
        while (from < depth - 1 && rates[from] == 0) {
            from++;
        }
        this.lowest = from;
        this.trainsTables = network.inputs.tables > 0 && rates[0] > 0;
        this.firstMoments = optimizer.hasFirstMoment() ? WeightArrays.zeros(network) : WeightArrays.none(depth);
        this.secondMoments = optimizer.hasSecondMoment() ? WeightArrays.zeros(network) : WeightArrays.none(depth);
        this.undo = new ChunkUndo(
                network,
                lowest,
                trainsTables,
                Arrays.stream(new WeightArrays[] {firstMoments, secondMoments})
                        .filter(WeightArrays::exist)
                        .toArray(WeightArrays[]::new));
        this.gradients = new float[depth][];
        this.deltas = new float[depth][0];
        for (int l = 0; l < depth; l++) {
            gradients[l] = new float[rates[l] > 0 ? network.weights.layers[l].length : 0];
        }
        positions = new int[trainsTables ? network.inputs.tableRows() : 0];
        Arrays.fill(positions, -1);
    }

    // --- one chunk

    /**
     * Begins a chunk, so that {@link #rollBack} can take it back.
     *
     * @param severalBatches whether it completes more than one batch
     */
    void begin(boolean severalBatches) {
        undo.begin(severalBatches);
    }

    /** Restores everything as it was at {@link #begin}. */
    void rollBack() {
        undo.restore();
        int last = network.depth() - 1;
        if (gradients[last].length > 0) {
            int length = network.weights.layers[last].length;
            gradients[last] = gradients[last].length == length ? gradients[last] : new float[length];
        }
    }

    /** Adds outputs, whose weights are 0. */
    void grow(int outputs) {
        int last = network.depth() - 1;
        int before = network.stride(last);
        network.out[last] = outputs;
        int stride = network.stride(last);
        if (stride > before) {
            network.weights.widen(before, stride);
            firstMoments.widen(before, stride);
            secondMoments.widen(before, stride);
            gradients[last] = WeightArrays.widened(gradients[last], before, stride);
        }
    }

    // --- one batch

    /**
     * Learns a batch, or refuses it and changes nothing.
     *
     * @param batch the rows
     * @param learningRate the step size
     * @param t number of the step, from 1
     * @param firstRow number of rows learned before
     * @return the loss of the batch before the step
     * @throws AccreteException bad data: the step would overflow the network
     */
    double learn(MiniBatch batch, double learningRate, long t, long firstRow) {
        pass.startAt(firstRow);
        network.forward(batch, pass);
        int last = network.depth() - 1;
        float[] d = pass.preActivations[last];
        double cost = loss.gradient(d, network.outputs(), network.stride(last), batch, huberDelta);
        for (int l = last; l >= lowest; l--) {
            if (rates[l] > 0) {
                computeGradient(l, batch, d);
            }
            if (l > lowest) {
                d = backward(l, batch, d);
            }
        }
        batchRowCount = 0;
        if (trainsTables) {
            computeTableGradient(batch, d);
        }
        try {
            if (!isWithin(optimizer.maxGradient(0)) || !Double.isFinite(cost)) {
                throw gradientTooLarge();
            }
            clip();
            if (!isWithin(optimizer.maxGradient(learningRate))) {
                throw gradientTooLarge();
            }
            update(learningRate, t);
        } finally {
            for (int i = 0; i < batchRowCount; i++) {
                positions[batchRows[i]] = -1;
            }
        }
        return cost;
    }

    private static AccreteException gradientTooLarge() {
        return AccreteException.badData("the gradient of these rows is too large, the model would overflow;"
                + " scale the features (step standard-scaler), lower eta0 or set clip-norm");
    }

    /** Computes the gradient of a layer's W and b. */
    private void computeGradient(int l, MiniBatch batch, float[] d) {
        int stride = network.stride(l);
        int in = network.in[l];
        float[] x = l == 0 ? batch.x : pass.outputs[l - 1];
        int xStride = l == 0 ? batch.stride : network.stride(l - 1);
        float[] g = gradients[l];
        int rows = batch.rows;
        pass.product.of(in, stride, rows).left(x, 1, xStride).right(d, stride).into(g, 0, stride);
        pass.product.of(1, stride, rows).left(ONE, 0, 0).right(d, stride).into(g, in * stride, stride);
    }

    /** {@return the gradient with respect to the pre-activations of the layer below} */
    private float[] backward(int l, MiniBatch batch, float[] d) {
        int rows = batch.rows;
        int out = network.out[l];
        int below = l - 1;
        int stride = network.stride(below);
        if (deltas[below].length == 0) {
            deltas[below] = new float[batch.capacity * stride];
        }
        float[] delta = deltas[below];
        transpose(l, 0, network.in[l], stride);
        pass.product
                .of(rows, stride, out)
                .left(d, network.stride(l), 1)
                .right(transposed, stride)
                .into(delta, 0, stride);
        int n = rows * stride;
        float[] mask = pass.masks[below];
        if (mask.length > 0) {
            for (int i = 0; i < n; i++) {
                delta[i] *= mask[i];
            }
        }
        network.activation.backward(pass.preActivations[below], pass.activations[below], delta, n, pass.scratch);
        return delta;
    }

    /** Transposes some rows of W of a layer into {@link #transposed}, whose rows have length {@code stride}. */
    private void transpose(int l, int from, int rows, int stride) {
        float[] w = network.weights.layers[l];
        int wStride = network.stride(l);
        int columns = network.out[l];
        int length = columns * stride;
        if (transposed.length < length) {
            transposed = new float[length];
        }
        for (int j = 0; j < columns; j++) {
            int to = j * stride;
            for (int i = 0; i < rows; i++) {
                transposed[to + i] = w[(from + i) * wStride + j];
            }
            Arrays.fill(transposed, to + rows, to + stride, 0);
        }
    }

    /** Computes the gradient of the table rows that occur in the batch. */
    private void computeTableGradient(MiniBatch batch, float[] d) {
        int width = network.tableWidth;
        collectTableRows(batch);
        Arrays.fill(tableGradient, 0, batchRowCount * width, 0);
        boolean embedded = network.embedding > 0;
        float[] source = embedded ? embeddingDeltas(batch, d) : d;
        int stride = embedded ? embeddingStride() : network.stride(0);
        for (int row = 0; row < batch.rows; row++) {
            for (int k = batch.starts[row]; k < batch.starts[row + 1]; k++) {
                int at = row * stride + (embedded ? batch.tables[k] * width : 0);
                int to = positions[batch.tableRows[k]] * width;
                Network.addScaled(batch.values[k], source, at, tableGradient, to, width);
            }
        }
    }

    private int embeddingStride() {
        return FloatKernels.padded(network.inputs.tables * network.tableWidth);
    }

    /** {@return the gradient with respect to the embeddings of each row, rows × {@link #embeddingStride}} */
    private float[] embeddingDeltas(MiniBatch batch, float[] d) {
        int stride = embeddingStride();
        if (embeddingDeltas.length < batch.capacity * stride) {
            embeddingDeltas = new float[batch.capacity * stride];
        }
        transpose(0, network.inputs.numbers, network.inputs.tables * network.tableWidth, stride);
        pass.product
                .of(batch.rows, stride, network.out[0])
                .left(d, network.stride(0), 1)
                .right(transposed, stride)
                .into(embeddingDeltas, 0, stride);
        return embeddingDeltas;
    }

    private void collectTableRows(MiniBatch batch) {
        int entries = batch.entries();
        if (batchRows.length < entries) {
            batchRows = new int[Math.max(entries, 2 * batchRows.length)];
        }
        for (int k = 0; k < entries; k++) {
            int row = batch.tableRows[k];
            if (positions[row] < 0) {
                positions[row] = batchRowCount;
                batchRows[batchRowCount] = row;
                batchRowCount++;
            }
        }
        int length = batchRowCount * network.tableWidth;
        if (tableGradient.length < length) {
            tableGradient = new float[Math.max(length, 2 * tableGradient.length)];
        }
    }

    private boolean isWithin(float limit) {
        FloatKernels kernels = FloatKernels.best();
        for (int l = lowest; l < gradients.length; l++) {
            if (!kernels.within(gradients[l], 0, gradients[l].length, limit)) {
                return false;
            }
        }
        return kernels.within(tableGradient, 0, batchRowCount * network.tableWidth, limit);
    }

    /** Scales the gradient of all trained weights down to the maximum norm. */
    private void clip() {
        if (clipNorm == 0) {
            return;
        }
        double sum = 0;
        for (float[] g : gradients) {
            sum += sumOfSquares(g, g.length);
        }
        sum += sumOfSquares(tableGradient, batchRowCount * network.tableWidth);
        double factor = clipNorm / (Math.sqrt(sum) + 1e-6);
        if (factor < 1) {
            for (float[] g : gradients) {
                scale((float) factor, g, g.length);
            }
            scale((float) factor, tableGradient, batchRowCount * network.tableWidth);
        }
    }

    private static double sumOfSquares(float[] g, int n) {
        double sum = 0;
        for (int i = 0; i < n; i++) {
            sum += (double) g[i] * g[i];
        }
        return sum;
    }

    private static void scale(float factor, float[] g, int n) {
        for (int i = 0; i < n; i++) {
            g[i] *= factor;
        }
    }

    private void update(double learningRate, long t) {
        update.firstCorrection = optimizer.firstCorrection(t);
        update.secondCorrection = optimizer.secondCorrection(t);
        for (int l = lowest; l < rates.length; l++) {
            if (rates[l] > 0) {
                update.learningRate = learningRate * rates[l];
                update.layer(l);
            }
        }
        update.learningRate = learningRate * rates[0];
        for (int i = 0; i < batchRowCount; i++) {
            undo.saveTableRow(batchRows[i]);
            update.tableRow(i);
        }
    }

    /** The updates of one step. */
    private final class Update implements TwoThreads.Task {
        private double learningRate;
        private double firstCorrection;
        private double secondCorrection;
        private int layer;

        /** Number of elements of the layer's W; b follows. */
        private int size;

        private void layer(int l) {
            layer = l;
            size = network.in[l] * network.stride(l);
            if (pass.threads.areTwo() && size >= MIN_SHARED_WEIGHTS) {
                pass.threads.run(this);
            } else {
                part(0, size, true);
            }
            part(size, size + network.stride(l), false);
        }

        @Override
        public void runHalf(boolean second) {
            int half = size / 2 & -FloatKernels.BLOCK;
            part(second ? half : 0, second ? size : half, true);
        }

        private void part(int from, int to, boolean penalized) {
            optimizer.step(
                    learningRate,
                    firstCorrection,
                    secondCorrection,
                    network.weights.layers[layer],
                    firstMoments.layers[layer],
                    secondMoments.layers[layer],
                    from,
                    gradients[layer],
                    from,
                    to - from,
                    penalized);
        }

        private void tableRow(int position) {
            int width = network.tableWidth;
            optimizer.step(
                    learningRate,
                    firstCorrection,
                    secondCorrection,
                    network.weights.table,
                    firstMoments.table,
                    secondMoments.table,
                    batchRows[position] * width,
                    tableGradient,
                    position * width,
                    width,
                    true);
        }
    }
}
