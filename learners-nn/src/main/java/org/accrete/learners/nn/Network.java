package org.accrete.learners.nn;

import java.util.Arrays;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.kernels.FloatKernels;

/**
 * The weights of a network, and what it says of some rows. Nothing here changes them; a copy made by {@link #copy} is
 * never changed at all.
 *
 * <p>Layer l turns {@code in} numbers into {@code out}: {@code z = b + x W}, then the activation unless it is the last.
 * Its array holds W, one row per input, and below it the row b; each row is padded with zeros to whole blocks of
 * {@link FloatKernels#BLOCK}, and stays so: what pads a row has no slope. So a further output needs no other place
 * until the block is full.
 *
 * <p>A one-hot block has a table, one row per column. With embeddings, the sum of a row's entries times their table
 * rows stands among the inputs of layer 0, behind the numbers, one stretch per table. Without, a table row is as long
 * as layer 0 is wide and the sum is added to z there: the table is that part of W which belongs to the block, only
 * never multiplied by its zeros.
 */
class Network {
    final Inputs inputs;
    final Activation activation;

    /** Length of an embedding; 0 if table rows belong to layer 0. */
    final int embedding;

    /** Inputs of each layer. */
    final int[] in;

    /** Outputs of each layer; of the last as many as there are classes by now. */
    final int[] out;

    /** W and b of each layer. */
    final float[][] layers;

    /** Numbers in a table row. */
    final int tableWidth;

    /** All tables, one below the other. */
    float[] table;

    /**
     * Makes a network of zeros.
     *
     * @param inputs what goes in
     * @param activation of the hidden layers
     * @param embedding length of an embedding, 0 for none
     * @param hidden units of each hidden layer, at least one layer
     * @param outputs how many come out, may be 0
     */
    Network(Inputs inputs, Activation activation, int embedding, int[] hidden, int outputs) {
        this(
                inputs,
                activation,
                embedding,
                ins(inputs, embedding, hidden),
                outs(hidden, outputs),
                new float[hidden.length + 1][],
                new float[inputs.tableRows() * tableWidth(embedding, hidden)]);
        for (int l = 0; l < layers.length; l++) {
            layers[l] = new float[(in[l] + 1) * stride(l)];
        }
    }

    private Network(
            Inputs inputs, Activation activation, int embedding, int[] in, int[] out, float[][] layers, float[] table) {
        this.inputs = inputs;
        this.activation = activation;
        this.embedding = embedding;
        this.in = in;
        this.out = out;
        this.layers = layers;
        this.table = table;
        this.tableWidth = embedding > 0 ? embedding : out[0];
    }

    private static int[] ins(Inputs inputs, int embedding, int[] hidden) {
        int[] in = new int[hidden.length + 1];
        in[0] = inputs.numbers + inputs.tables * embedding;
        System.arraycopy(hidden, 0, in, 1, hidden.length);
        return in;
    }

    private static int[] outs(int[] hidden, int outputs) {
        int[] out = new int[hidden.length + 1];
        System.arraycopy(hidden, 0, out, 0, hidden.length);
        out[hidden.length] = outputs;
        return out;
    }

    /** {@return numbers in a table row} */
    static int tableWidth(int embedding, int[] hidden) {
        return embedding > 0 ? embedding : hidden[0];
    }

    /** {@return how many layers there are, the last included} */
    final int depth() {
        return layers.length;
    }

    /** {@return how many outputs there are} */
    final int outputs() {
        return out[depth() - 1];
    }

    /** {@return from a row of a layer's array, or of its outputs, to the next} */
    final int stride(int l) {
        return Math.max(FloatKernels.BLOCK, FloatKernels.padded(out[l]));
    }

    /** {@return a block for rows of this network} */
    final Block block(int capacity) {
        return new Block(capacity, in[0]);
    }

    /** {@return the same network, to the bit, in arrays of its own} */
    final Network copy() {
        float[][] copies = new float[depth()][];
        for (int l = 0; l < copies.length; l++) {
            copies[l] = layers[l].clone();
        }
        return new Network(inputs, activation, embedding, in.clone(), out.clone(), copies, table.clone());
    }

    /**
     * Draws the first weights: uniform within ±√(6 / (in + out)) [1], or ±√(6 / in) [2] for activations that are 0 on
     * one side; embeddings within ±0.05; biases and the last layer are 0, so that an untrained network prefers nothing
     * and a class that comes up later starts as the others did.
     *
     * <p>[1] X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
     * [2] K. He et al., "Delving Deep into Rectifiers" (2015).
     *
     * @param he whether [2] is wanted
     */
    final void draw(boolean he, SeededRandom random) {
        for (int l = 0; l < depth() - 1; l++) {
            // Of a table's rows one is not 0 at a time.
            int fan = in[l] + (l == 0 && embedding == 0 ? inputs.tables : 0);
            double limit = StrictMath.sqrt(6.0 / Math.max(1, he ? fan : fan + out[l]));
            for (int i = 0; i < in[l]; i++) {
                for (int j = 0; j < out[l]; j++) {
                    layers[l][i * stride(l) + j] = uniform(random, limit);
                }
            }
            if (l == 0) {
                double tableLimit = embedding > 0 ? 0.05 : limit;
                for (int i = 0; i < table.length; i++) {
                    table[i] = uniform(random, tableLimit);
                }
            }
        }
    }

    private static float uniform(SeededRandom random, double limit) {
        return (float) ((2 * random.nextDouble() - 1) * limit);
    }

    /**
     * Works out what the network says of a block.
     *
     * @param block the rows; their embeddings are written behind their numbers
     * @param pass receives the outputs and what leads to them
     */
    final void forward(Block block, Pass pass) {
        int rows = block.rows;
        int last = depth() - 1;
        pass.resize(this);
        lookUp(block);
        for (int l = 0; l <= last; l++) {
            int stride = stride(l);
            float[] layer = layers[l];
            int bias = in[l] * stride;
            float[] z = pass.sums[l];
            boolean added = l == 0 && embedding == 0 && inputs.tables > 0;
            if (added) {
                addTables(block, z, stride, bias);
            }
            pass.halves.product(
                    rows,
                    stride,
                    in[l],
                    l == 0 ? block.x : pass.outputs[l - 1],
                    0,
                    l == 0 ? block.stride : stride(l - 1),
                    1,
                    layer,
                    0,
                    stride,
                    added ? z : layer,
                    added ? 0 : bias,
                    added ? stride : 0,
                    z,
                    0,
                    stride);
            if (l < last) {
                activation.forward(z, pass.activations[l], rows * stride, pass.wide);
                pass.drop(l, rows, out[l], stride);
            }
        }
    }

    /** Writes each row's embeddings behind its numbers. */
    private void lookUp(Block block) {
        if (embedding == 0 || inputs.tables == 0) {
            return;
        }
        for (int row = 0; row < block.rows; row++) {
            int at = row * block.stride + inputs.numbers;
            Arrays.fill(block.x, at, at + inputs.tables * embedding, 0);
            for (int k = block.starts[row]; k < block.starts[row + 1]; k++) {
                add(
                        block.values[k],
                        table,
                        block.tableRows[k] * embedding,
                        block.x,
                        at + block.tables[k] * embedding,
                        embedding);
            }
        }
    }

    /** Writes the bias plus the table rows of each row's entries. */
    private void addTables(Block block, float[] z, int stride, int bias) {
        for (int row = 0; row < block.rows; row++) {
            int at = row * stride;
            System.arraycopy(layers[0], bias, z, at, stride);
            for (int k = block.starts[row]; k < block.starts[row + 1]; k++) {
                add(block.values[k], table, block.tableRows[k] * tableWidth, z, at, tableWidth);
            }
        }
    }

    static void add(float factor, float[] from, int at, float[] to, int toAt, int n) {
        for (int j = 0; j < n; j++) {
            to[toAt + j] += factor * from[at + j];
        }
    }

    /**
     * Hands what the network says of each row of a chunk to a reader, block by block.
     *
     * @param chunk rows of the right schema
     * @param scratch memory for the way
     * @param reader takes the outputs
     * @throws org.accrete.api.AccreteException bad data: a feature, or what comes of it, is not finite
     */
    final void predict(Chunk chunk, Scratch scratch, Reader reader) {
        int rows = chunk.rows();
        if (rows == 0) {
            return;
        }
        inputs.requireFinite(chunk);
        Block block = scratch.block(this, rows);
        for (int from = 0; from < rows; from += block.rows) {
            block.clear();
            inputs.append(chunk, from, Math.min(rows, from + block.capacity), block);
            forward(block, scratch.pass());
            reader.read(from, block.rows, scratch.pass().sums[depth() - 1], stride(depth() - 1));
        }
    }

    /** Takes outputs. */
    interface Reader {
        /**
         * Takes the outputs of some rows.
         *
         * @param row the first, in the chunk
         * @param rows how many
         * @param outputs row-major
         * @param stride from a row to the next
         */
        void read(int row, int rows, float[] outputs, int stride);
    }
}
