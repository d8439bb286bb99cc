package org.accrete.core.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTensorsTest {
    @TempDir
    Path folder;

    @Test
    void bytesAreTheOnesOfTheFormat() throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("f", Tensor.of(new float[] {1}));
        tensors.put("d", Tensor.of(new double[] {2, -1}, 2, 1));
        byte[] bytes = Files.readAllBytes(write(Map.of("k", "\u00e4\n"), tensors));

        String json = "{\"__metadata__\":{\"k\":\"\u00e4\\n\"},"
                + "\"f\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[16,20]},"
                + "\"d\":{\"dtype\":\"F64\",\"shape\":[2,1],\"data_offsets\":[0,16]}}";
        byte[] text = json.getBytes(StandardCharsets.UTF_8);
        assertThat(text).hasSizeBetween(120, 184);
        byte[] expected = new byte[192 + 20];
        Arrays.fill(expected, 0, 192, (byte) ' ');
        System.arraycopy(new byte[] {(byte) 184, 0, 0, 0, 0, 0, 0, 0}, 0, expected, 0, 8);
        System.arraycopy(text, 0, expected, 8, text.length);
        expected[192 + 7] = 0x40; // 2.0 is 0x4000000000000000
        expected[192 + 14] = (byte) 0xf0; // -1.0 is 0xbff0000000000000
        expected[192 + 15] = (byte) 0xbf;
        expected[192 + 18] = (byte) 0x80; // 1.0f is 0x3f800000
        expected[192 + 19] = 0x3f;
        assertThat(bytes).isEqualTo(expected);
    }

    @Test
    void everyBitComesBackInTheSameOrder() throws IOException {
        State state = Samples.special();
        Map<String, String> texts = new LinkedHashMap<>(state.texts());
        Path file = write(texts, state.tensors());
        try (FileChannel in = FileChannel.open(file)) {
            SafeTensors.Header header = SafeTensors.readHeader(in, in.size());
            Map<String, Tensor> tensors = SafeTensors.readTensors(header, in, in.size());
            assertThat(header.metadata()).isEqualTo(texts);
            assertThat(List.copyOf(header.metadata().keySet())).isEqualTo(List.copyOf(texts.keySet()));
            assertThat(tensors).isEqualTo(state.tensors());
            assertThat(List.copyOf(tensors.keySet()))
                    .isEqualTo(List.copyOf(state.tensors().keySet()));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8191, 8192, 8193, 20_000})
    void tensorsOfAnySizeComeBack(int size) throws IOException {
        float[] floats = new float[size];
        double[] doubles = new double[size];
        for (int i = 0; i < size; i++) {
            floats[i] = i;
            doubles[i] = -i;
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("floats", Tensor.of(floats));
        tensors.put("doubles", Tensor.of(doubles));
        tensors.put("three", Tensor.of(new float[] {1, 2, 3}));
        assertThat(read(write(Map.of(), tensors))).isEqualTo(tensors);
    }

    @Test
    void nothingAtAllIsAFileToo() throws IOException {
        assertThat(read(write(Map.of(), Map.of()))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}}",
                "{} {}",
                "{\"a\":1}",
                "{\"a\":{}}",
                "{\"__metadata__\":{\"k\":1}}",
                "{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}",
                "{\"__metadata__\":{},\"__metadata__\":{}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8,8]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1.0],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8],\"x\":1}}",
                "{\"a\":{\"dtype\":\"F64\",\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"BF16\",\"shape\":[4],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[-1],\"data_offsets\":[0,-8]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[2305843009213693953],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,9223372036854775808]}}",
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
                        + "\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}\n",
                "{\"a\":{\"dtype\":\"F64\",\"shape\":[[[[[[[[[[1]]]]]]]]]],\"data_offsets\":[0,8]}}",
            })
    void aHeaderThatBreaksTheRulesIsRefused(String header) throws IOException {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        Path file = raw(json.length, json, 8);
        if (header.endsWith("\n")) {
            // Other white space than blanks is valid JSON.
            assertThat(read(file)).containsOnlyKeys("a");
        } else {
            assertCorrupt(file);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 11, 100_000_001, 1L << 40, -1, Long.MIN_VALUE})
    void aHeaderLengthThatCannotBeIsRefusedBeforeItIsAllocated(long length) throws IOException {
        assertCorrupt(raw(length, "{}".getBytes(StandardCharsets.US_ASCII), 8));
    }

    @Test
    void aFileWithoutALengthIsRefused() throws IOException {
        Path file = folder.resolve("short");
        Files.write(file, new byte[7]);
        assertCorrupt(file);
    }

    @Test
    void holesAndOverlapsAreRefused() throws IOException {
        for (String offsets : List.of("[0,8]", "[16,24]", "[4,12]")) {
            byte[] json = ("{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},"
                            + "\"b\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":" + offsets + "}}")
                    .getBytes(StandardCharsets.UTF_8);
            assertCorrupt(raw(json.length, json, 16));
        }
    }

    @Test
    void aNameThatTheFormatKeepsIsRefused() {
        assertThatThrownBy(() -> SafeTensors.header(Map.of(), Map.of("__metadata__", Tensor.of(new long[1]))))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT));
    }

    @Test
    void halfASurrogatePairIsRefused() {
        assertThatThrownBy(() -> SafeTensors.header(Map.of("note", "x\ud83d"), Map.of()))
                .hasMessageContaining("'note'")
                .hasMessageContaining("surrogate");
    }

    @Test
    void tooManyTextsAreRefused() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i <= SafeTensors.MAX_ENTRIES; i++) {
            texts.put("t" + i, "");
        }
        assertThatThrownBy(() -> SafeTensors.header(texts, Map.of())).hasMessageContaining("at most 100000");
    }

    private Path write(Map<String, String> texts, Map<String, Tensor> tensors) throws IOException {
        Path file = folder.resolve("file");
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            SafeTensors.write(SafeTensors.header(texts, tensors), tensors, out);
        }
        return file;
    }

    private Path raw(long length, byte[] header, int data) throws IOException {
        Path file = folder.resolve("raw");
        ByteBuffer bytes = ByteBuffer.allocate(8 + header.length + data).order(ByteOrder.LITTLE_ENDIAN);
        Files.write(file, bytes.putLong(length).put(header).array());
        return file;
    }

    private static Map<String, Tensor> read(Path file) throws IOException {
        try (FileChannel in = FileChannel.open(file)) {
            return SafeTensors.readTensors(SafeTensors.readHeader(in, in.size()), in, in.size());
        }
    }

    private static void assertCorrupt(Path file) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.CORRUPT_FILE));
    }
}
