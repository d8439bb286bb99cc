package org.accrete.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.NumberPrediction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The Open Inference Protocol, as KServe publishes it, with the binary extension of Triton. */
class InferenceTest {
    @TempDir
    static Path folder;

    private static Served served;

    @BeforeAll
    static void start() {
        served = Served.start(folder);
    }

    @AfterAll
    static void stop() {
        served.close();
    }

    private static JsonValue ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return JsonValue.parse(response.body());
    }

    private static double sum(double... features) {
        try (LiveModel live = LiveModel.open(Served.PLUG_INS, served.store, "sums")) {
            return ((NumberPrediction) live.predict(features)).value();
        }
    }

    @Test
    void serverTellsItsNameAndThatItIsReady() {
        JsonValue server = ok(served.get("/v2"));
        assertThat(server.get("name").string()).isEqualTo("accrete");
        assertThat(server.get("version").string()).matches("\\d+\\.\\d+\\..*");
        assertThat(server.get("extensions").strings()).contains("binary_tensor_data");
        assertThat(ok(served.get("/v2/health/live")).get("live").node().booleanValue())
                .isTrue();
        assertThat(ok(served.get("/v2/health/ready")).get("ready").node().booleanValue())
                .isTrue();
        assertThat(ok(served.get("/v2/models/sums/ready")).get("name").string()).isEqualTo("sums");
        assertThat(ok(served.get("/v2/models/levels/versions/1/ready"))
                        .get("version")
                        .string())
                .isEqualTo("1");
        assertThat(served.get("/v2/models/none/ready").statusCode()).isEqualTo(404);
        assertThat(served.get("/v2/models/levels/versions/7/ready").statusCode())
                .isEqualTo(404);
    }

    @Test
    void metadataTellsTheColumnsAndTheOutputs() {
        JsonValue flights = ok(served.get("/v2/models/flights"));
        assertThat(flights.get("name").string()).isEqualTo("flights");
        assertThat(flights.get("versions").strings()).containsExactly("1");
        assertThat(flights.get("inputs").items().stream()
                        .map(input -> input.get("name").string() + ":"
                                + input.get("datatype").string()
                                + input.get("shape").node()))
                .containsExactly("day:BYTES[-1]", "distance:FP64[-1]", "origin:BYTES[-1]", "weekend:BOOL[-1]");
        assertThat(flights.get("outputs").items().stream()
                        .map(output -> output.get("name").string() + ":"
                                + output.get("datatype").string()
                                + output.get("shape").node()))
                .containsExactly("prediction:BYTES[-1]", "probabilities:FP64[-1,2]");
        assertThat(flights.get("parameters").get("labels").strings()).containsExactly("late", "punctual");
        assertThat(ok(served.get("/v2/models/levels/versions/2"))
                        .get("versions")
                        .strings())
                .containsExactly("1", "2");
    }

    @Test
    void namedColumnsOfAllKinds() {
        JsonValue answer = ok(served.json("/v2/models/flights/infer", """
                {"id":"42","inputs":[
                  {"name":"day","datatype":"BYTES","shape":[2,1],"data":["2024-03-04","2024-07-08"]},
                  {"name":"distance","datatype":"INT32","shape":[2],"data":[1500,12]},
                  {"name":"weekend","datatype":"BOOL","shape":[2],"data":[true,false]},
                  {"name":"unused","datatype":"FP32","shape":[2],"data":[0.5,1]},
                  {"name":"origin","datatype":"BYTES","shape":[2,1],"data":[["JFK"],["München"]]}],
                 "parameters":{"any":"thing"}}"""));
        assertThat(answer.get("model_name").string()).isEqualTo("flights");
        assertThat(answer.get("model_version").string()).isEqualTo("1");
        assertThat(answer.get("id").string()).isEqualTo("42");
        List<JsonValue> outputs = answer.get("outputs").items();
        assertThat(outputs.get(0).get("shape").node().toString()).isEqualTo("[2]");
        assertThat(outputs.get(1).get("shape").node().toString()).isEqualTo("[2,2]");
        try (LiveModel live = LiveModel.open(Served.PLUG_INS, served.store, "flights")) {
            ClassPrediction first = (ClassPrediction)
                    live.predict(Map.of("day", "2024-03-04", "distance", 1500, "weekend", true, "origin", "JFK"));
            ClassPrediction second = (ClassPrediction)
                    live.predict(Map.of("day", "2024-07-08", "distance", 12, "weekend", false, "origin", "München"));
            assertThat(outputs.get(0).get("data").strings()).containsExactly(first.label(), second.label());
            assertThat(outputs.get(1).get("data").items().stream().map(JsonValue::number))
                    .containsExactly(
                            first.probability("late"),
                            first.probability("punctual"),
                            second.probability("late"),
                            second.probability("punctual"));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'[2,4]', '[1,2,3,4,5,6,7,8.5]'",
        "'[2,4]', '[[1,2,3,4],[5,6,7,8.5]]'",
    })
    void oneTensorOfAllColumns(String shape, String data) {
        JsonValue answer = ok(served.json(
                "/v2/models/sums/infer",
                "{\"inputs\":[{\"name\":\"input-0\",\"datatype\":\"FP64\",\"shape\":" + shape + ",\"data\":" + data
                        + "}],\"outputs\":[{\"name\":\"prediction\"}]}"));
        assertThat(answer.get("outputs").items()).hasSize(1);
        assertThat(answer.get("outputs").items().get(0).get("data").items().stream()
                        .map(JsonValue::number))
                .containsExactly(sum(1, 2, 3, 4), sum(5, 6, 7, 8.5));
    }

    private static byte[] binary(String json, ByteBuffer... data) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.writeBytes(json.getBytes(StandardCharsets.UTF_8));
        for (ByteBuffer one : data) {
            body.writeBytes(one.array());
        }
        return body.toByteArray();
    }

    private static HttpResponse<byte[]> infer(String model, int jsonLength, byte[] body) {
        // As Triton's client does: no content type, and the length of the JSON in a header.
        return Served.send(
                HttpRequest.newBuilder(served.uri("/v2/models/" + model + "/infer"))
                        .header("Inference-Header-Content-Length", Integer.toString(jsonLength))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }

    @ParameterizedTest
    @CsvSource({
        "FP64,8",
        "FP32,4",
        "INT8,1",
        "INT16,2",
        "INT32,4",
        "INT64,8",
        "UINT8,1",
        "UINT16,2",
        "UINT32,4",
        "UINT64,8"
    })
    void binaryNumbersOfAllTypes(String type, int bytes) {
        StringBuilder inputs = new StringBuilder();
        ByteBuffer[] data = new ByteBuffer[4];
        for (int column = 0; column < 4; column++) {
            inputs.append(column == 0 ? "" : ",")
                    .append("{\"name\":\"")
                    .append(Served.NAMES.get(column))
                    .append("\",\"datatype\":\"")
                    .append(type)
                    .append("\",\"shape\":[2],\"parameters\":{\"binary_data_size\":")
                    .append(2 * bytes)
                    .append("}}");
            data[column] = ByteBuffer.allocate(2 * bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (int row = 0; row < 2; row++) {
                int value = 10 * row + column + 1;
                switch (type) {
                    case "FP64" -> data[column].putDouble(value);
                    case "FP32" -> data[column].putFloat(value);
                    default -> {
                        switch (bytes) {
                            case 1 -> data[column].put((byte) value);
                            case 2 -> data[column].putShort((short) value);
                            case 4 -> data[column].putInt(value);
                            default -> data[column].putLong(value);
                        }
                    }
                }
            }
        }
        String json = "{\"inputs\":[" + inputs + "],\"parameters\":{\"binary_data_output\":true}}";
        HttpResponse<byte[]> response = infer("sums", json.getBytes(StandardCharsets.UTF_8).length, binary(json, data));
        assertThat(response.statusCode())
                .as(new String(response.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        int length = Integer.parseInt(
                response.headers().firstValue("inference-header-content-length").orElseThrow());
        JsonValue answer = JsonValue.parse(new String(response.body(), 0, length, StandardCharsets.UTF_8));
        JsonValue output = answer.get("outputs").items().get(0);
        assertThat(output.get("parameters").get("binary_data_size").number()).isEqualTo(16);
        ByteBuffer numbers = ByteBuffer.wrap(response.body(), length, 16).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(response.body()).hasSize(length + 16);
        assertThat(numbers.getDouble()).isEqualTo(sum(1, 2, 3, 4));
        assertThat(numbers.getDouble()).isEqualTo(sum(11, 12, 13, 14));
    }

    @Test
    void unsignedNumbersAreNotNegative() {
        assertThat(unsigned("UINT8", new byte[] {(byte) 200})).isEqualTo(sum(200, 0, 0, 0));
        assertThat(unsigned("UINT16", new byte[] {(byte) 0xff, (byte) 0xff})).isEqualTo(sum(65_535, 0, 0, 0));
        assertThat(unsigned("UINT32", new byte[] {0, 0, 0, (byte) 0x80})).isEqualTo(sum(0x1p31, 0, 0, 0));
        assertThat(unsigned("UINT64", new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) 0xC0}))
                .isEqualTo(sum(0x1.8p63, 0, 0, 0));
    }

    private static double unsigned(String type, byte[] value) {
        String zero = ",\"datatype\":\"FP64\",\"shape\":[1],\"data\":[0]}";
        String json = "{\"inputs\":[{\"name\":\"a\",\"datatype\":\"" + type
                + "\",\"shape\":[1],\"parameters\":{\"binary_data_size\":" + value.length + "}},{\"name\":\"b\"" + zero
                + ",{\"name\":\"c\"" + zero + ",{\"name\":\"d\"" + zero + "]}";
        HttpResponse<byte[]> response = infer("sums", json.length(), binary(json, ByteBuffer.wrap(value)));
        String text = new String(response.body(), StandardCharsets.UTF_8);
        assertThat(response.statusCode()).as(text).isEqualTo(200);
        return JsonValue.parse(text)
                .get("outputs")
                .items()
                .get(0)
                .get("data")
                .items()
                .get(0)
                .number();
    }

    @Test
    void binaryTextsBothWaysAndAnOutputOfEachForm() {
        ByteBuffer origins = ByteBuffer.allocate(4 + 3 + 4 + 8).order(ByteOrder.LITTLE_ENDIAN);
        origins.putInt(3).put("JFK".getBytes(StandardCharsets.UTF_8));
        origins.putInt(8).put("München".getBytes(StandardCharsets.UTF_8));
        String json = """
                {"inputs":[
                  {"name":"origin","datatype":"BYTES","shape":[2],"parameters":{"binary_data_size":19}},
                  {"name":"distance","datatype":"FP64","shape":[2],"data":[1500,12]},
                  {"name":"weekend","datatype":"BOOL","shape":[2],"parameters":{"binary_data_size":2}},
                  {"name":"day","datatype":"BYTES","shape":[2],"data":["2024-03-04","2024-07-08"]}],
                 "outputs":[{"name":"probabilities","parameters":{"binary_data":false}},
                            {"name":"prediction","parameters":{"binary_data":true}}]}""";
        HttpResponse<byte[]> response =
                infer("flights", json.length(), binary(json, origins, ByteBuffer.wrap(new byte[] {1, 0})));
        assertThat(response.statusCode())
                .as(new String(response.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        int length = Integer.parseInt(
                response.headers().firstValue("inference-header-content-length").orElseThrow());
        JsonValue answer = JsonValue.parse(new String(response.body(), 0, length, StandardCharsets.UTF_8));
        List<JsonValue> outputs = answer.get("outputs").items();
        assertThat(outputs.get(0).get("name").string()).isEqualTo("probabilities");
        assertThat(outputs.get(0).get("data").items()).hasSize(4);
        assertThat(outputs.get(1).has("data")).isFalse();
        ByteBuffer labels = ByteBuffer.wrap(response.body(), length, response.body().length - length)
                .order(ByteOrder.LITTLE_ENDIAN);
        try (LiveModel live = LiveModel.open(Served.PLUG_INS, served.store, "flights")) {
            for (Map<String, ?> record : List.of(
                    Map.of("day", "2024-03-04", "distance", 1500, "weekend", true, "origin", "JFK"),
                    Map.of("day", "2024-07-08", "distance", 12, "weekend", false, "origin", "München"))) {
                byte[] label = new byte[labels.getInt()];
                labels.get(label);
                assertThat(new String(label, StandardCharsets.UTF_8))
                        .isEqualTo(((ClassPrediction) live.predict(record)).label());
            }
        }
        assertThat(labels.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{} | the body must have 'inputs'",
                "{\"inputs\":[]} | there is no input 'a', which the model needs; it needs a, b, c, d",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,3],\"data\":[1,2,3]}]}"
                        + " | input 'x' must have the model's 4 columns but has 3",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP16\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}"
                        + " | datatype of input 'x' must be one of BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32,"
                        + " INT64, FP32, FP64, BYTES but is 'FP16'",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[2,4],\"data\":[1,2,3,4]}]}"
                        + " | input 'x' must have the 8 values of its shape [2, 4] but has 4",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"INT32\",\"shape\":[1,4],\"data\":[1,2,3.5,4]}]}"
                        + " | 'data' of input 'x' must be whole numbers since its datatype is INT32 but has fractions",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[2,4],\"data\":[1,2,3,4,5,\"6\",7,8]}]}"
                        + " | row 1: 'data' of input 'x' must be numbers since its datatype is FP64 but has a text",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,4],\"data\":[1,2,1e999,4]}]}"
                        + " | row 0: column 'c' must be a finite number or missing but was 'Infinity'",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,4]}]}"
                        + " | input 'x' must have 'data', or 'binary_data_size' and data behind the JSON",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,4],\"parameters\":{\"binary_data_size\":32}}]}"
                        + " | input 'x' must have 32 bytes behind the JSON but there are 0",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,1,4],\"data\":[1,2,3,4]}]}"
                        + " | 'shape' of an input must be [rows], [rows, 1] or [rows, columns] but has more numbers",
                "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,4],\"data\":[1,2,3,4]}],"
                        + "\"outputs\":[{\"name\":\"probabilities\"}]} | there is no output 'probabilities'; there are prediction",
            })
    void whatIsWrongIsSaidInOneLine(String body, String message) {
        HttpResponse<String> response = served.json("/v2/models/sums/infer", body);
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(JsonValue.parse(response.body()).get("error").string()).isEqualTo(message);
    }

    @Test
    void bytesBehindTheInputsAreRefused() {
        String json = "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP64\",\"shape\":[1,4],"
                + "\"parameters\":{\"binary_data_size\":32}}]}";
        assertThat(infer("sums", json.length(), binary(json, ByteBuffer.allocate(32)))
                        .statusCode())
                .isEqualTo(200);
        assertThat(infer("sums", json.length(), binary(json, ByteBuffer.allocate(33)))
                        .statusCode())
                .isEqualTo(400);
        assertThat(infer("sums", json.length() + 1, binary(json)).statusCode()).isEqualTo(400);
    }
}
