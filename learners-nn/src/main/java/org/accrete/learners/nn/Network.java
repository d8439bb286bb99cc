package org.accrete.learners.nn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.kernels.FloatKernels;

/**
 * A fully connected network: its shape, its weights and the forward pass. Nothing here changes the weights after they
 * were drawn; a copy made by {@link #copy} never changes.
 *
 * <p>Layer l computes {@code z = b + x W} from {@code in} numbers, and applies the activation function unless it is the
 * last layer.
 *
 * <p>Each one-hot block has a table with one row per column. With embeddings, each row of the batch has, behind its
 * numbers, the sum of its entries times their table rows, one part per table; these are inputs of layer 0. Without
 * embeddings, table rows are as long as layer 0 is wide, and the sum is added to z of layer 0: the table is the part of
 * W that belongs to the block, without multiplications by 0.
 */
final class Network {
    /** Types of tensors. */
    private static final long FLOAT = 1;

    private static final long DOUBLE = 11;

    final Inputs inputs;
    final Activation activation;

    /** Length of an embedding; 0 without embeddings. */
    final int embedding;

    /** Number of inputs of each layer. */
    final int[] in;

    /** Number of outputs of each layer; for a classifier, the last one grows with the classes. */
    final int[] out;

    /** Length of a table row. */
    final int tableWidth;

    final WeightArrays weights;

    /**
     * Makes a network whose weights are 0.
     *
     * @param inputs how columns enter
     * @param activation of the hidden layers
     * @param embedding length of an embedding, 0 for none
     * @param hidden number of units of each hidden layer, at least one layer
     * @param outputs number of outputs, may be 0
     */
    Network(Inputs inputs, Activation activation, int embedding, int[] hidden, int outputs) {
        this.inputs = inputs;
        this.activation = activation;
        this.embedding = embedding;
        this.in = new int[hidden.length + 1];
        in[0] = inputs.numbers + inputs.tables * embedding;
        System.arraycopy(hidden, 0, in, 1, hidden.length);
        this.out = Arrays.copyOf(hidden, hidden.length + 1);
        out[hidden.length] = outputs;
        this.tableWidth = embedding > 0 ? embedding : hidden[0];
        this.weights = WeightArrays.zeros(this);
    }

    private Network(Network other) {
        this.inputs = other.inputs;
        this.activation = other.activation;
        this.embedding = other.embedding;
        this.in = other.in.clone();
        this.out = other.out.clone();
        this.tableWidth = other.tableWidth;
        this.weights = other.weights.copy();
    }

    /** {@return the number of layers, including the last} */
    int depth() {
        return in.length;
    }

    /** {@return the number of outputs} */
    int outputs() {
        return out[depth() - 1];
    }

    /** {@return the distance between rows of a layer's array, and of its outputs} */
    int stride(int l) {
        return Math.max(FloatKernels.BLOCK, FloatKernels.padded(out[l]));
    }

    /** {@return an empty batch for this network} */
    MiniBatch newBatch(int capacity) {
        return new MiniBatch(capacity, in[0]);
    }

    /** {@return a deep copy} */
    Network copy() {
        return new Network(this);
    }

    /**
     * Initializes the weights: uniform within ±√(6 / (in + out)) [1], or ±√(6 / in) [2] for activation functions that
     * are 0 on one side; embeddings within ±0.05. Biases and the last layer stay 0, so an untrained network prefers no
     * class, and a class that appears later starts like the others did.
     *
     * <p>[1] X. Glorot, Y. Bengio, "Understanding the difficulty of training deep feedforward neural networks" (2010).
     * [2] K. He et al., "Delving Deep into Rectifiers" (2015).
     *
     * @param he whether to use [2]
     */
    void initialize(boolean he, SeededRandom random) {
        float[] table = weights.table;
        for (int l = 0; l < depth() - 1; l++) {
            // Each table counts as one input: one of its rows is not 0 at a time.
            int fanIn = in[l] + (l == 0 && embedding == 0 ? inputs.tables : 0);
            double limit = StrictMath.sqrt(6.0 / Math.max(1, he ? fanIn : fanIn + out[l]));
            for (int i = 0; i < in[l]; i++) {
                for (int j = 0; j < out[l]; j++) {
                    weights.layers[l][i * stride(l) + j] = uniform(random, limit);
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
     * Computes the outputs for a batch.
     *
     * @param batch the rows; their embeddings are written behind their numbers
     * @param pass receives the outputs and the intermediate values
     */
    void forward(MiniBatch batch, ForwardPass pass) {
        int rows = batch.rows;
        int last = depth() - 1;
        pass.resize(this);
        lookUpEmbeddings(batch);
        for (int l = 0; l <= last; l++) {
            int stride = stride(l);
            float[] layer = weights.layers[l];
            int bias = in[l] * stride;
            float[] z = pass.preActivations[l];
            MatrixProduct product = pass.product.of(rows, stride, in[l]).right(layer, stride);
            if (l == 0) {
                product.left(batch.x, batch.stride, 1);
            } else {
                product.left(pass.outputs[l - 1], stride(l - 1), 1);
            }
            if (l == 0 && embedding == 0 && inputs.tables > 0) {
                sumTableRows(batch, z, stride, bias);
                product.plus(z, 0, stride);
            } else {
                product.plus(layer, bias, 0);
            }
            product.into(z, 0, stride);
            if (l < last) {
                activation.forward(z, pass.activations[l], rows * stride, pass.scratch);
                pass.drop(l, rows, out[l], stride);
            }
        }
    }

    /** Writes the embeddings of each row behind its numbers. */
    private void lookUpEmbeddings(MiniBatch batch) {
        if (embedding == 0 || inputs.tables == 0) {
            return;
        }
        for (int row = 0; row < batch.rows; row++) {
            int at = row * batch.stride + inputs.numbers;
            Arrays.fill(batch.x, at, at + inputs.tables * embedding, 0);
            for (int k = batch.starts[row]; k < batch.starts[row + 1]; k++) {
                addScaled(
                        batch.values[k],
                        weights.table,
                        batch.tableRows[k] * embedding,
                        batch.x,
                        at + batch.tables[k] * embedding,
                        embedding);
            }
        }
    }

    /** Writes for each row the bias plus the table rows of its entries. */
    private void sumTableRows(MiniBatch batch, float[] z, int stride, int bias) {
        for (int row = 0; row < batch.rows; row++) {
            int at = row * stride;
            System.arraycopy(weights.layers[0], bias, z, at, stride);
            for (int k = batch.starts[row]; k < batch.starts[row + 1]; k++) {
                addScaled(batch.values[k], weights.table, batch.tableRows[k] * tableWidth, z, at, tableWidth);
            }
        }
    }

    /** {@code to += factor · from}, for n elements. */
    static void addScaled(float factor, float[] from, int at, float[] to, int toAt, int n) {
        for (int j = 0; j < n; j++) {
            to[toAt + j] += factor * from[at + j];
        }
    }

    /**
     * Computes the outputs for a chunk, batch by batch.
     *
     * @param chunk rows of the right schema
     * @param buffers working memory
     * @param reader receives the outputs
     * @throws org.accrete.api.AccreteException bad data: a feature is not finite
     */
    void predict(Chunk chunk, PredictionBuffers buffers, OutputReader reader) {
        int rows = chunk.rows();
        if (rows == 0) {
            return;
        }
        FloatChecks.requireFeatures(chunk);
        MiniBatch batch = buffers.batch(this, rows);
        for (int from = 0; from < rows; from += batch.rows) {
            batch.clear();
            inputs.append(chunk, from, Math.min(rows, from + batch.capacity), batch);
            forward(batch, buffers.pass());
            reader.read(from, batch.rows, buffers.pass().preActivations[depth() - 1], stride(depth() - 1));
        }
    }

    /**
     * {@return the outputs for the rows of a graph, rows × outputs, as doubles} Numbers between are floats, as here.
     *
     * @param schema of the rows
     */
    Value export(ModelGraph graph, Schema schema, List<Value> rows) {
        List<Value> parts = new ArrayList<>();
        if (inputs.numbers > 0) {
            parts.add(graph.apply("Cast", Map.of("to", FLOAT), rows.get(0)));
        }
        List<Value> entries = new ArrayList<>();
        int table = 0;
        for (Block block : schema.blocks()) {
            if (block.kind() == Block.Kind.ONE_HOT) {
                // One more row, of zeros: an index of -1 is the last.
                int from = inputs.firstRow(table) * tableWidth;
                float[] part = Arrays.copyOf(
                        Arrays.copyOfRange(weights.table, from, from + block.width() * tableWidth),
                        (block.width() + 1) * tableWidth);
                entries.add(
                        graph.apply("Gather", graph.constant(part, block.width() + 1, tableWidth), rows.get(++table)));
            }
        }
        if (embedding > 0) {
            parts.addAll(entries);
            entries.clear();
        }
        Value x = parts.isEmpty() ? entries.get(0) : graph.beside(parts);
        for (int l = 0; l < depth(); l++) {
            int stride = stride(l);
            float[] w = new float[in[l] * out[l]];
            for (int i = 0; i < in[l]; i++) {
                System.arraycopy(weights.layers[l], i * stride, w, i * out[l], out[l]);
            }
            float[] bias = Arrays.copyOfRange(weights.layers[l], in[l] * stride, in[l] * stride + out[l]);
            Value z = graph.constant(bias, 1, out[l]);
            if (l == 0) {
                for (Value entry : entries) {
                    z = graph.apply("Add", z, entry);
                }
            }
            if (in[l] > 0) {
                z = graph.apply("Add", graph.apply("MatMul", x, graph.constant(w, in[l], out[l])), z);
            }
            x = l < depth() - 1 ? activation.export(graph, z) : z;
        }
        return graph.apply("Cast", Map.of("to", DOUBLE), x);
    }

    /** Receives the outputs of a prediction. */
    interface OutputReader {
        /**
         * Receives the outputs of some rows.
         *
         * @param first index of the first row in the chunk
         * @param rows number of rows
         * @param outputs row-major
         * @param stride distance between rows
         */
        void read(int first, int rows, float[] outputs, int stride);
    }
}
