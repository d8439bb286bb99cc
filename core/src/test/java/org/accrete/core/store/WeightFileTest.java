package org.accrete.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of weights, written byte by byte as the format says. */
class WeightFileTest {
    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = folder.resolve("net.safetensors");
        // A Keras layer (inputs × outputs), its bias, a PyTorch layer, and an embedding, of the numbers 0, 1, 2, …
        String header = "{\"first.kernel\":{\"dtype\":\"F64\",\"shape\":[3,2],\"data_offsets\":[0,48]},"
                + "\"first.bias\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[48,64]},"
                + "\"net.0.weight\":{\"dtype\":\"F64\",\"shape\":[2,2],\"data_offsets\":[64,96]},"
                + "\"flat.kernel\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[96,112]},"
                + "\"odd.gamma\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[112,120]},"
                + "\"origin.embeddings\":{\"dtype\":\"F64\",\"shape\":[2,1],\"data_offsets\":[120,136]}}";
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + 136).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        for (int i = 0; i < 17; i++) {
            bytes.putDouble(i);
        }
        Files.write(file, bytes.array());
    }

    @Test
    void tensorsKeepTheirNamesWithoutPlaces() {
        Map<String, Tensor> tensors = WeightFile.read(file, Map.of()).tensors();
        assertThat(tensors)
                .containsOnlyKeys(
                        "first.kernel", "first.bias", "net.0.weight", "flat.kernel", "odd.gamma", "origin.embeddings");
        assertThat(tensors).containsEntry("net.0.weight", Tensor.of(new double[] {8, 9, 10, 11}, 2, 2));
    }

    @Test
    void placesBecomeLayersAndKernelsAreTurned() {
        Map<String, Tensor> tensors = WeightFile.read(
                        file, Map.of("first", "0", "net.0", "1", "origin", "embeddings.0"))
                .tensors();
        assertThat(tensors)
                .containsOnly(
                        Map.entry("layers.0.weight", Tensor.of(new double[] {0, 2, 4, 1, 3, 5}, 2, 3)),
                        Map.entry("layers.0.bias", Tensor.of(new double[] {6, 7}, 2)),
                        Map.entry("layers.1.weight", Tensor.of(new double[] {8, 9, 10, 11}, 2, 2)),
                        Map.entry("embeddings.0.weight", Tensor.of(new double[] {15, 16}, 2, 1)));
    }

    @Test
    void whatDoesNotFitIsRefusedInOneLine() {
        assertRefused(file, Map.of("second", "0"), "no tensor 'second.weight'; there are: first.bias, first.kernel,");
        assertRefused(file, Map.of("odd", "0"), "'odd' must have a weight (or kernel, or embeddings)");
        assertRefused(file, Map.of("flat", "0"), "tensor 'flat.kernel' must have two dimensions, inputs × outputs");
        assertRefused(file, Map.of("first", "0", "net.0", "0"), "two tensors would be layers.0.weight");
        assertRefused(folder.resolve("none"), Map.of(), "no file '" + folder.resolve("none") + "'; check the path");
    }

    private static void assertRefused(Path file, Map<String, String> places, String message) {
        assertThatThrownBy(() -> WeightFile.read(file, places)).isInstanceOfSatisfying(AccreteException.class, e -> {
            assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT);
            assertThat(e.line()).contains(message).doesNotContain("\n");
        });
    }
}
