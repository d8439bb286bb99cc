package org.accrete.core.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.store.SafeTensors.Header;

/** Weights in a safetensors file that any tool wrote, such as PyTorch or Keras. */
public final class WeightFile {
    private static final String LAYERS = "layers.";

    private WeightFile() {}

    /**
     * {@return the tensors of a file, renamed}
     *
     * <p>A place {@code net.0} on layer {@code 1} makes {@code net.0.weight} and {@code net.0.bias} the tensors
     * {@code layers.1.weight} and {@code layers.1.bias}; a layer may also be another word, such as
     * {@code embeddings.0}. Keras' {@code kernel} is transposed to a {@code weight} (outputs × inputs); its
     * {@code embeddings} become one as they are. Without places all tensors keep their names, with places all others
     * are left out.
     *
     * @param file a safetensors file with tensors of F32, F64 or I64
     * @param places place in the file to layer
     * @throws AccreteException bad argument: no such file, a place without tensors, or with a tensor that no layer has;
     *     corrupt file: not a safetensors file, or another type of tensor; I/O
     */
    public static State read(Path file, Map<String, String> places) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = channel.size();
            Header header = SafeTensors.readHeader(channel, length);
            return renamed(SafeTensors.readTensors(header, channel, length), places);
        } catch (NoSuchFileException e) {
            throw AccreteException.badArgument("no file '" + file + "'; check the path");
        } catch (IOException e) {
            throw new AccreteException(AccreteException.Kind.IO, "the file could not be read: " + e.getMessage(), e)
                    .at(file.toString());
        } catch (AccreteException e) {
            throw e.at(file.toString());
        }
    }

    private static State renamed(Map<String, Tensor> tensors, Map<String, String> places) {
        Map<String, Tensor> renamed = new LinkedHashMap<>();
        if (places.isEmpty()) {
            renamed.putAll(tensors);
        }
        places.forEach((place, layer) -> {
            String prefix = layer.matches("[0-9]+") ? LAYERS + layer : layer;
            boolean found = false;
            for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
                String name = entry.getKey();
                if (name.startsWith(place + ".")) {
                    String part = name.substring(place.length() + 1);
                    Tensor tensor = entry.getValue();
                    boolean kernel = part.equals("kernel");
                    if (!part.equals("weight") && !part.equals("bias") && !kernel && !part.equals("embeddings")) {
                        throw AccreteException.badArgument(
                                "'" + place + "' must have a weight (or kernel, or embeddings)"
                                        + " and perhaps a bias but has '" + part + "', which no layer here has");
                    }
                    String word = part.equals("bias") ? "bias" : "weight";
                    if (renamed.put(prefix + "." + word, kernel ? turned(name, tensor) : tensor) != null) {
                        throw AccreteException.badArgument(
                                "two tensors would be " + prefix + "." + word + "; one is '" + name + "'");
                    }
                    found = true;
                }
            }
            if (!found) {
                throw AccreteException.badArgument("no tensor '" + place + ".weight'; there are: "
                        + String.join(", ", new TreeSet<>(tensors.keySet())));
            }
        });
        State.Builder state = State.builder();
        renamed.forEach(state::tensor);
        return state.build();
    }

    private static Tensor turned(String name, Tensor tensor) {
        long[] shape = tensor.shape();
        if (shape.length != 2) {
            throw AccreteException.badArgument(
                    "tensor '" + name + "' must have two dimensions, inputs × outputs, but is " + tensor);
        }
        int rows = (int) shape[0];
        int columns = (int) shape[1];
        double[] numbers = tensor.doubles();
        double[] turned = new double[numbers.length];
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                turned[j * rows + i] = numbers[i * columns + j];
            }
        }
        return Tensor.of(turned, columns, rows);
    }
}
