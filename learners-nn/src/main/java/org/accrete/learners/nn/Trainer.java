package org.accrete.learners.nn;

import java.util.Arrays;
import org.accrete.api.AccreteException;
import org.accrete.kernels.FloatKernels;

/**
 * Backpropagation, batch by batch, on a network that it owns.
 *
 * <p>For a batch of n rows with weights s, inputs x and slopes d of the batch's loss by the sums z of a layer (from
 * {@link Loss} for the last):
 *
 * <pre>
 * slopes of W   xᵀ d            of b   the sum of d over the rows
 * below         d' = (d Wᵀ) · activation'(z'), 0 where a unit was dropped
 * </pre>
 *
 * <p>Sums over rows go from the first to the last. The table rows that a batch names have slopes of their own; only
 * those take a step, penalty and running means included: what a batch does not name it does not move.
 *
 * <p>All or nothing: a batch is refused before anything is changed, by its slopes. So a chunk that completes one batch
 * needs no undo. For one that completes several, the layers and each table row that is about to change are copied.
 */
final class Trainer {
    private static final float[] ONE = {1};

    /** Steps of fewer weights are taken sooner than handed over. */
    private static final int LEAST_STEP = 1 << 14;

    final Network network;
    private final Optimizer optimizer;
    private final Loss loss;
    private final double delta;
    private final double clip;
    private final double[] rates;
    private final int lowest;
    private final Pass pass;
    private final StepOfWeights stepOfWeights = new StepOfWeights();

    /** Running means of slopes and of their squares, like the network's layers; empty if the rule has none. */
    final float[][] first;

    final float[][] second;
    final float[] tableFirst;
    final float[] tableSecond;

    private final float[][] slopes;
    private final float[][] deltas;
    private float[] embeddingDeltas = {};
    private float[] turned = {};
    private float[] zeros = {};

    // Table rows that the batch names, and their slopes.
    private final int[] place;
    private int[] named = {};
    private int names;
    private float[] tableSlopes = {};

    // What is needed to take a chunk back.
    private boolean several;
    private int outputsBefore;
    private float[] lastBefore = {};
    private float[] lastFirstBefore = {};
    private float[] lastSecondBefore = {};
    private final float[][] layersBefore;
    private final float[][] firstBefore;
    private final float[][] secondBefore;
    private boolean[] saved = {};
    private int[] savedRows = {};
    private int savedCount;
    private float[] savedNumbers = {};

    /**
     * Makes a trainer whose running means are 0.
     *
     * @param network what is trained
     * @param optimizer how
     * @param loss what is minimised
     * @param delta its shape
     * @param clip the longest slope of all trained weights together; 0 for no limit
     * @param rates factor of each layer's steps, 0 for one that stays as it is
     * @param pass for batches
     */
    Trainer(Network network, Optimizer optimizer, Loss loss, double delta, double clip, double[] rates, Pass pass) {
        this.network = network;
        this.optimizer = optimizer;
        this.loss = loss;
        this.delta = delta;
        this.clip = clip;
        this.rates = rates;
        this.pass = pass;
        int depth = network.depth();
        int from = 0;
        while (from < depth - 1 && rates[from] == 0) {
            from++;
        }
        this.lowest = from;
        this.first = new float[depth][];
        this.second = new float[depth][];
        this.slopes = new float[depth][];
        this.deltas = new float[depth][];
        this.layersBefore = new float[depth][0];
        this.firstBefore = new float[depth][0];
        this.secondBefore = new float[depth][0];
        for (int l = 0; l < depth; l++) {
            int length = network.layers[l].length;
            first[l] = new float[optimizer.rule().hasFirst() ? length : 0];
            second[l] = new float[optimizer.rule().hasSecond() ? length : 0];
            slopes[l] = new float[rates[l] > 0 ? length : 0];
            deltas[l] = new float[0];
        }
        tableFirst = new float[optimizer.rule().hasFirst() ? network.table.length : 0];
        tableSecond = new float[optimizer.rule().hasSecond() ? network.table.length : 0];
        place = new int[trainsTables() ? network.inputs.tableRows() : 0];
        Arrays.fill(place, -1);
    }

    private boolean trainsTables() {
        return network.inputs.tables > 0 && rates[0] > 0;
    }

    // --- outputs

    /** Makes room for more outputs, whose weights are 0. */
    void grow(int outputs) {
        int last = network.depth() - 1;
        int before = network.stride(last);
        network.out[last] = outputs;
        int stride = network.stride(last);
        if (stride > before) {
            network.layers[last] = spread(network.layers[last], before, stride);
            first[last] = spread(first[last], before, stride);
            second[last] = spread(second[last], before, stride);
            slopes[last] = spread(slopes[last], before, stride);
        }
    }

    private static float[] spread(float[] rows, int before, int stride) {
        float[] wider = new float[rows.length / before * stride];
        for (int from = 0, to = 0; from < rows.length; from += before, to += stride) {
            System.arraycopy(rows, from, wider, to, before);
        }
        return wider;
    }

    // --- learning

    /**
     * Learns a batch, or refuses it with nothing changed.
     *
     * @param block the batch
     * @param eta length of the step
     * @param t its number, from 1
     * @param firstRow how many rows were learned before
     * @return the loss of the batch before the step
     * @throws AccreteException bad data: the step would overflow the network
     */
    double learn(Block block, double eta, long t, long firstRow) {
        int depth = network.depth();
        pass.startAt(firstRow);
        network.forward(block, pass);
        makeRoom(block.capacity);
        int last = depth - 1;
        float[] outputs = pass.sums[last];
        double cost = loss.slopes(outputs, network.outputs(), network.stride(last), block, delta);
        float[] d = outputs;
        for (int l = last; l >= lowest; l--) {
            if (rates[l] > 0) {
                slope(l, block, d);
            }
            if (l > lowest) {
                d = below(l, block.rows, d);
            }
        }
        names = 0;
        if (trainsTables()) {
            slopeOfTables(block, d);
        }
        try {
            if (!isWithin(optimizer.steepest(0)) || !Double.isFinite(cost)) {
                throw tooLong();
            }
            clip();
            if (!isWithin(optimizer.steepest(eta))) {
                throw tooLong();
            }
            step(eta, t);
        } finally {
            for (int i = 0; i < names; i++) {
                place[named[i]] = -1;
            }
        }
        return cost;
    }

    private static AccreteException tooLong() {
        return AccreteException.badData("the steps are too long for these rows, the model would overflow;"
                + " scale the features (step standard-scaler), lower eta0 or set clip-norm");
    }

    private void makeRoom(int rows) {
        int last = network.depth() - 1;
        for (int l = lowest; l < last; l++) {
            if (deltas[l].length == 0) {
                deltas[l] = new float[rows * network.stride(l)];
            }
        }
        int widest = network.embedding > 0 ? FloatKernels.padded(network.inputs.tables * network.embedding) : 0;
        for (int l = 0; l <= last; l++) {
            widest = Math.max(widest, network.stride(l));
        }
        if (zeros.length < widest) {
            zeros = new float[widest];
        }
    }

    /** Works out the slopes of a layer's array. */
    private void slope(int l, Block block, float[] d) {
        int stride = network.stride(l);
        int in = network.in[l];
        float[] x = l == 0 ? block.x : pass.outputs[l - 1];
        int xStride = l == 0 ? block.stride : network.stride(l - 1);
        float[] g = slopes[l];
        pass.halves.product(in, stride, block.rows, x, 0, 1, xStride, d, 0, stride, zeros, 0, 0, g, 0, stride);
        pass.halves.product(1, stride, block.rows, ONE, 0, 0, 0, d, 0, stride, zeros, 0, 0, g, in * stride, stride);
    }

    /** {@return the slopes by the sums of the layer below} */
    private float[] below(int l, int rows, float[] d) {
        int out = network.out[l];
        int stride = network.stride(l);
        int lower = network.stride(l - 1);
        turn(network.layers[l], 0, network.in[l], out, stride, lower);
        float[] under = deltas[l - 1];
        pass.halves.product(rows, lower, out, d, 0, stride, 1, turned, 0, lower, zeros, 0, 0, under, 0, lower);
        int n = rows * lower;
        if (pass.masks[l - 1].length > 0) {
            float[] mask = pass.masks[l - 1];
            for (int i = 0; i < n; i++) {
                under[i] *= mask[i];
            }
        }
        network.activation.backward(pass.sums[l - 1], pass.activations[l - 1], under, n, pass.wide);
        return under;
    }

    /** Transposes some rows of a layer's array: {@code turned[j * stride + i] = w[from + i * wStride + j]}. */
    private void turn(float[] w, int from, int rows, int columns, int wStride, int stride) {
        int length = columns * stride;
        if (turned.length < length) {
            turned = new float[length];
        }
        for (int j = 0; j < columns; j++) {
            int to = j * stride;
            for (int i = 0; i < rows; i++) {
                turned[to + i] = w[from + i * wStride + j];
            }
            Arrays.fill(turned, to + rows, to + stride, 0);
        }
    }

    /** Works out the slopes of the table rows that the batch names. */
    private void slopeOfTables(Block block, float[] d) {
        int width = network.tableWidth;
        name(block);
        Arrays.fill(tableSlopes, 0, names * width, 0);
        int stride = network.stride(0);
        float[] from = d;
        int fromStride = stride;
        if (network.embedding > 0) {
            fromStride = FloatKernels.padded(network.inputs.tables * width);
            int rows = network.inputs.tables * width;
            turn(network.layers[0], network.inputs.numbers * stride, rows, network.out[0], stride, fromStride);
            if (embeddingDeltas.length < block.capacity * fromStride) {
                embeddingDeltas = new float[block.capacity * fromStride];
            }
            from = embeddingDeltas;
            pass.halves.product(
                    block.rows,
                    fromStride,
                    network.out[0],
                    d,
                    0,
                    stride,
                    1,
                    turned,
                    0,
                    fromStride,
                    zeros,
                    0,
                    0,
                    from,
                    0,
                    fromStride);
        }
        for (int row = 0; row < block.rows; row++) {
            for (int k = block.starts[row]; k < block.starts[row + 1]; k++) {
                int at = row * fromStride + (network.embedding > 0 ? block.tables[k] * width : 0);
                Network.add(block.values[k], from, at, tableSlopes, place[block.tableRows[k]] * width, width);
            }
        }
    }

    private void name(Block block) {
        int entries = block.entries();
        if (named.length < entries) {
            named = new int[Math.max(entries, 2 * named.length)];
        }
        for (int k = 0; k < entries; k++) {
            int row = block.tableRows[k];
            if (place[row] < 0) {
                place[row] = names;
                named[names] = row;
                names++;
            }
        }
        int length = names * network.tableWidth;
        if (tableSlopes.length < length) {
            tableSlopes = new float[Math.max(length, 2 * tableSlopes.length)];
        }
    }

    private boolean isWithin(float limit) {
        FloatKernels kernels = FloatKernels.best();
        for (int l = lowest; l < slopes.length; l++) {
            if (!kernels.within(slopes[l], 0, slopes[l].length, limit)) {
                return false;
            }
        }
        return kernels.within(tableSlopes, 0, names * network.tableWidth, limit);
    }

    /** Shortens all slopes together. */
    private void clip() {
        if (clip == 0) {
            return;
        }
        double square = 0;
        for (float[] g : slopes) {
            square += square(g, g.length);
        }
        square += square(tableSlopes, names * network.tableWidth);
        double factor = clip / (Math.sqrt(square) + 1e-6);
        if (factor < 1) {
            for (float[] g : slopes) {
                scale((float) factor, g, g.length);
            }
            scale((float) factor, tableSlopes, names * network.tableWidth);
        }
    }

    private static double square(float[] g, int n) {
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

    private void step(double eta, long t) {
        double firstShare = optimizer.firstShare(t);
        double secondShare = optimizer.secondShare(t);
        for (int l = lowest; l < rates.length; l++) {
            if (rates[l] > 0) {
                int weights = network.in[l] * network.stride(l);
                float[] w = network.layers[l];
                double length = eta * rates[l];
                stepOfWeights.layer = l;
                stepOfWeights.weights = weights;
                stepOfWeights.length = length;
                stepOfWeights.firstShare = firstShare;
                stepOfWeights.secondShare = secondShare;
                if (pass.halves.areTwo() && weights >= LEAST_STEP) {
                    pass.halves.both(stepOfWeights);
                } else {
                    stepOfWeights.take(0, weights);
                }
                optimizer.step(
                        length,
                        firstShare,
                        secondShare,
                        w,
                        first[l],
                        second[l],
                        weights,
                        slopes[l],
                        weights,
                        network.stride(l),
                        false);
            }
        }
        int width = network.tableWidth;
        for (int i = 0; i < names; i++) {
            int row = named[i];
            save(row);
            optimizer.step(
                    eta * rates[0],
                    firstShare,
                    secondShare,
                    network.table,
                    tableFirst,
                    tableSecond,
                    row * width,
                    tableSlopes,
                    i * width,
                    width,
                    true);
        }
    }

    /** The step of a layer's weights without its biases. */
    private final class StepOfWeights implements Halves.Work {
        private int layer;
        private int weights;
        private double length;
        private double firstShare;
        private double secondShare;

        @Override
        public void half(boolean second) {
            int half = weights / 2 & -FloatKernels.BLOCK;
            take(second ? half : 0, second ? weights : half);
        }

        private void take(int from, int to) {
            optimizer.step(
                    length,
                    firstShare,
                    secondShare,
                    network.layers[layer],
                    first[layer],
                    second[layer],
                    from,
                    slopes[layer],
                    from,
                    to - from,
                    true);
        }
    }

    // --- all or nothing

    /**
     * Remembers what a chunk may change.
     *
     * @param moreThanOne whether it completes more than one batch
     */
    void begin(boolean moreThanOne) {
        int last = network.depth() - 1;
        several = moreThanOne;
        outputsBefore = network.outputs();
        lastBefore = network.layers[last];
        lastFirstBefore = first[last];
        lastSecondBefore = second[last];
        for (int i = 0; i < savedCount; i++) {
            saved[savedRows[i]] = false;
        }
        savedCount = 0;
        if (several) {
            for (int l = lowest; l <= last; l++) {
                layersBefore[l] = copy(network.layers[l], layersBefore[l]);
                firstBefore[l] = copy(first[l], firstBefore[l]);
                secondBefore[l] = copy(second[l], secondBefore[l]);
            }
            if (saved.length < place.length) {
                saved = new boolean[place.length];
            }
        }
    }

    private static float[] copy(float[] array, float[] other) {
        if (other.length != array.length) {
            return array.clone();
        }
        System.arraycopy(array, 0, other, 0, array.length);
        return other;
    }

    private void save(int row) {
        if (!several || saved[row]) {
            return;
        }
        int width = network.tableWidth;
        if (savedCount == savedRows.length) {
            savedRows = Arrays.copyOf(savedRows, Math.max(64, 2 * savedCount));
            savedNumbers = Arrays.copyOf(savedNumbers, savedRows.length * 3 * width);
        }
        int to = savedCount * 3 * width;
        System.arraycopy(network.table, row * width, savedNumbers, to, width);
        if (tableFirst.length > 0) {
            System.arraycopy(tableFirst, row * width, savedNumbers, to + width, width);
        }
        if (tableSecond.length > 0) {
            System.arraycopy(tableSecond, row * width, savedNumbers, to + 2 * width, width);
        }
        savedRows[savedCount] = row;
        saved[row] = true;
        savedCount++;
    }

    /** Takes back everything since {@link #begin}. */
    void rollBack() {
        int last = network.depth() - 1;
        int strideBefore = network.stride(last);
        network.out[last] = outputsBefore;
        network.layers[last] = lastBefore;
        first[last] = lastFirstBefore;
        second[last] = lastSecondBefore;
        if (network.stride(last) < strideBefore) {
            slopes[last] = new float[slopes[last].length == 0 ? 0 : lastBefore.length];
        }
        if (several) {
            for (int l = lowest; l <= last; l++) {
                System.arraycopy(layersBefore[l], 0, network.layers[l], 0, layersBefore[l].length);
                System.arraycopy(firstBefore[l], 0, first[l], 0, firstBefore[l].length);
                System.arraycopy(secondBefore[l], 0, second[l], 0, secondBefore[l].length);
            }
            int width = network.tableWidth;
            for (int i = 0; i < savedCount; i++) {
                int from = i * 3 * width;
                int to = savedRows[i] * width;
                System.arraycopy(savedNumbers, from, network.table, to, width);
                if (tableFirst.length > 0) {
                    System.arraycopy(savedNumbers, from + width, tableFirst, to, width);
                }
                if (tableSecond.length > 0) {
                    System.arraycopy(savedNumbers, from + 2 * width, tableSecond, to, width);
                }
            }
        }
    }
}
