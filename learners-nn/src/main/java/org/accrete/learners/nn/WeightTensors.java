package org.accrete.learners.nn;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.AccreteException.Kind;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.kernels.FloatKernels;

/**
 * The weights of a network as tensors, in the shapes of PyTorch: {@code layers.0.weight} is outputs × inputs,
 * {@code layers.0.bias} outputs, {@code embeddings.0.weight} columns of the block × embedding length. Without
 * embeddings, {@code tables.0.weight} is columns × units of layer 0. The optimizer's moments have the same names behind
 * a prefix.
 */
final class WeightTensors {
    private WeightTensors() {}

    /**
     * Writes weights, or moments, to a state.
     *
     * @param prefix of the names; empty for the weights
     */
    static void put(State.Builder state, String prefix, Network network, WeightArrays weights) {
        for (int l = 0; l < network.depth(); l++) {
            int in = network.in[l];
            int out = network.out[l];
            int stride = network.stride(l);
            float[] weight = new float[out * in];
            for (int i = 0; i < in; i++) {
                for (int j = 0; j < out; j++) {
                    weight[j * in + i] = weights.layers[l][i * stride + j];
                }
            }
            int bias = in * stride;
            state.tensor(prefix + weight(l), Tensor.of(weight, out, in));
            float[] layer = weights.layers[l];
            state.tensor(prefix + bias(l), Tensor.of(Arrays.copyOfRange(layer, bias, bias + out), out));
        }
        for (int t = 0; t < network.inputs.tables; t++) {
            int from = network.inputs.firstRow(t);
            int rows = network.inputs.firstRow(t + 1) - from;
            int width = network.tableWidth;
            float[] part = Arrays.copyOfRange(weights.table, from * width, (from + rows) * width);
            state.tensor(prefix + table(network, t), Tensor.of(part, rows, width));
        }
    }

    /**
     * Reads what {@link #put} wrote.
     *
     * @throws AccreteException corrupt file: a tensor is missing, has another shape or holds a number that is not
     *     finite
     */
    static void read(State state, String prefix, Network network, WeightArrays weights) {
        for (int l = 0; l < network.depth(); l++) {
            int in = network.in[l];
            int out = network.out[l];
            float[] weight = finite(state, prefix + weight(l), out, in);
            float[] bias = finite(state, prefix + bias(l), out);
            readLayer(network, l, weight, bias, weights.layers[l]);
        }
        for (int t = 0; t < network.inputs.tables; t++) {
            int from = network.inputs.firstRow(t);
            int rows = network.inputs.firstRow(t + 1) - from;
            int width = network.tableWidth;
            float[] part = finite(state, prefix + table(network, t), rows, width);
            System.arraycopy(part, 0, weights.table, from * width, part.length);
        }
    }

    /**
     * Reads the layers and tables that are found, and leaves the others as they are. A layer without a bias gets zeros.
     *
     * @param head whether the last layer is read too
     * @throws AccreteException bad argument: a tensor has another shape or type or holds a number that is not finite,
     *     or no layer is found
     */
    static void warmStart(State found, Network network, boolean head) {
        int count = 0;
        int layers = head ? network.depth() : network.depth() - 1;
        for (int l = 0; l < layers; l++) {
            int in = network.in[l];
            int out = network.out[l];
            if (found.tensors().containsKey(weight(l))) {
                String what = "layer " + l + ", outputs × inputs";
                float[] weight = fitting(found, weight(l), what, out, in);
                boolean hasBias = found.tensors().containsKey(bias(l));
                float[] bias = hasBias ? fitting(found, bias(l), "layer " + l + ", outputs", out) : new float[out];
                readLayer(network, l, weight, bias, network.weights.layers[l]);
                count++;
            }
        }
        for (int t = 0; t < network.inputs.tables; t++) {
            int from = network.inputs.firstRow(t);
            int rows = network.inputs.firstRow(t + 1) - from;
            String name = table(network, t);
            if (found.tensors().containsKey(name)) {
                float[] part =
                        fitting(found, name, "hashed column " + t + ", categories × length", rows, network.tableWidth);
                System.arraycopy(part, 0, network.weights.table, from * network.tableWidth, part.length);
                count++;
            }
        }
        if (count == 0) {
            throw AccreteException.badArgument("no weights to begin with: expected tensors named " + weight(0) + ", "
                    + bias(0) + " and so on but found " + some(found.tensors().keySet()));
        }
    }

    private static float[] fitting(State found, String name, String what, long... shape) {
        Tensor tensor = found.tensor(name);
        if (!Arrays.equals(tensor.shape(), shape) || tensor.type() == Tensor.Type.I64) {
            throw AccreteException.badArgument("tensor '" + name + "' must be F32 or F64 of shape "
                    + Arrays.toString(shape) + " (" + what + ") but is " + tensor
                    + "; set hidden and embedding to what was trained, on as many columns, or leave it out");
        }
        double[] wide = tensor.doubles();
        float[] numbers = new float[wide.length];
        for (int i = 0; i < wide.length; i++) {
            numbers[i] = (float) wide[i];
            if (!(Math.abs(wide[i]) <= Float.MAX_VALUE)) {
                throw AccreteException.badArgument(
                        "tensor '" + name + "' must hold finite numbers only but one is " + wide[i]);
            }
        }
        return numbers;
    }

    private static String some(Set<String> names) {
        List<String> first = names.stream().limit(8).toList();
        return first.isEmpty() ? "none" : String.join(", ", first) + (names.size() > first.size() ? ", …" : "");
    }

    /** Writes the weights and biases of a layer to its array. */
    private static void readLayer(Network network, int l, float[] weight, float[] bias, float[] layer) {
        int in = network.in[l];
        int stride = network.stride(l);
        for (int j = 0; j < bias.length; j++) {
            for (int i = 0; i < in; i++) {
                layer[i * stride + j] = weight[j * in + i];
            }
            layer[in * stride + j] = bias[j];
        }
    }

    static String weight(int l) {
        return "layers." + l + ".weight";
    }

    static String bias(int l) {
        return "layers." + l + ".bias";
    }

    static String table(Network network, int t) {
        return (network.embedding > 0 ? "embeddings." : "tables.") + t + ".weight";
    }

    /** {@return the elements of a tensor, all finite} */
    static float[] finite(State state, String name, long... shape) {
        float[] numbers = state.floats(name, shape);
        if (!FloatKernels.best().within(numbers, 0, numbers.length, Float.MAX_VALUE)) {
            throw corrupt("tensor '" + name + "' must hold finite numbers only");
        }
        return numbers;
    }

    static AccreteException corrupt(String message) {
        return new AccreteException(Kind.CORRUPT_FILE, message);
    }
}
