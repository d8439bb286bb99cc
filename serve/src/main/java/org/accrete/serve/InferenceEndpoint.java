package org.accrete.serve;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnCells;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.store.History;
import org.eclipse.jetty.http.HttpField;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The Open Inference Protocol, version 2, with the extension of binary tensors: an input for each raw column, or one of
 * all columns where these are numbers.
 */
final class InferenceEndpoint {
    private static final String HEADER_LENGTH = "Inference-Header-Content-Length";
    private static final String EXTENSION = "binary_tensor_data";
    private static final String NAME = "name";
    private static final String DATATYPE = "datatype";
    private static final String SHAPE = "shape";
    private static final int FIRST_BYTES = 512;
    private static final int ANY_SIZE = -1;

    private final Context context;
    private final BooleanSupplier ready;

    InferenceEndpoint(Context context, BooleanSupplier ready) {
        this.context = context;
        this.ready = ready;
    }

    List<Route> routes() {
        Set<MediaKind> bodies = EnumSet.of(MediaKind.JSON, MediaKind.BINARY);
        String model = "/v2/models/{model}";
        String version = model + "/versions/{version}";
        return List.of(
                Route.get("/v2", Access.READ, Set.of(), this::server),
                Route.get(
                        "/v2/health/live",
                        Access.OPEN,
                        Set.of(),
                        call -> context.json().answer(Map.of("live", true))),
                Route.get("/v2/health/ready", Access.OPEN, Set.of(), this::isReady),
                Route.get(model, Access.READ, Set.of(), call -> metadata(call, "")),
                Route.get(version, Access.READ, Set.of(), call -> metadata(call, call.variable(1))),
                Route.get(model + "/ready", Access.READ, Set.of(), call -> modelReady(call, "")),
                Route.get(version + "/ready", Access.READ, Set.of(), call -> modelReady(call, call.variable(1))),
                Route.post(model + "/infer", Access.READ, bodies, Set.of(), call -> infer(call, ""))
                        .quick(segments -> context.models().isOpen(segments.get(0))),
                Route.post(version + "/infer", Access.READ, bodies, Set.of(), call -> infer(call, call.variable(1))));
    }

    private Answer server(Call call) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put(NAME, "accrete");
        document.put("version", Release.version());
        document.put("extensions", List.of(EXTENSION));
        return context.json().answer(document);
    }

    private Answer isReady(Call call) {
        boolean is = ready.getAsBoolean();
        return context.json().answer(is ? 200 : 503, json -> Json.value(json, Map.of("ready", is)));
    }

    private Answer modelReady(Call call, String word) {
        OpenVersion open = context.models().version(call.variable(0), word);
        Map<String, Object> document = new LinkedHashMap<>();
        document.put(NAME, call.variable(0));
        document.put("version", number(open));
        document.put("ready", ready.getAsBoolean());
        return context.json().answer(ready.getAsBoolean() ? 200 : 503, json -> Json.value(json, document));
    }

    private Answer metadata(Call call, String word) {
        String model = call.variable(0);
        OpenVersion open = context.models().version(model, word);
        History history = context.models().history(model);
        ColumnPlan plan = Predictor.plan(open.model());
        Map<String, Object> document = new LinkedHashMap<>();
        document.put(NAME, model);
        document.put(
                "versions",
                history.versions().stream()
                        .map(version -> Long.toString(version.number()))
                        .toList());
        document.put("platform", "accrete");
        List<Map<String, ?>> outputs = new ArrayList<>();
        open.predict(predictor -> {
            document.put("inputs", inputs(plan, predictor.header()));
            for (TensorOutput output : TensorOutput.of(predictor.predictions())) {
                outputs.add(tensor(output.name(), output.datatype(), output.width()));
            }
            document.put("outputs", outputs);
            document.put("parameters", Map.of("labels", predictor.predictions().labels()));
            return predictor;
        });
        return context.json().answer(document);
    }

    private static List<Map<String, ?>> inputs(ColumnPlan plan, List<String> header) {
        Map<String, Datatype> types = new HashMap<>();
        for (Column column : plan.columns()) {
            if (column instanceof Column.Numeric) {
                types.put(column.name(), Datatype.FP64);
            } else if (column instanceof Column.Bool) {
                types.put(column.name(), Datatype.BOOL);
            }
        }
        List<Map<String, ?>> inputs = new ArrayList<>();
        header.forEach(name -> inputs.add(tensor(name, types.getOrDefault(name, Datatype.BYTES), 0)));
        return inputs;
    }

    private static Map<String, ?> tensor(String name, Datatype type, int width) {
        Map<String, Object> tensor = new LinkedHashMap<>();
        tensor.put(NAME, name);
        tensor.put(DATATYPE, type.name());
        tensor.put(SHAPE, width == 0 ? List.of(ANY_SIZE) : List.of(ANY_SIZE, width));
        return tensor;
    }

    /** {@return what stands behind the model's name in a version} */
    private static String number(OpenVersion open) {
        return open.name().substring(open.name().lastIndexOf('@') + 1);
    }

    /** What a request asks for beside its inputs. */
    private static final class Wanted {
        private Optional<String> id = Optional.empty();
        private final List<Tensor> inputs = new ArrayList<>();
        /** Name to whether it is binary, where that is said. */
        private final Map<String, Optional<Boolean>> outputs = new LinkedHashMap<>();

        private boolean isBinary;
    }

    private Answer infer(Call call, String word) {
        OpenVersion open = context.models().version(call.variable(0), word);
        return open.predict(predictor -> infer(call, open, predictor));
    }

    private Answer infer(Call call, OpenVersion open, Predictor predictor) {
        List<TensorOutput> outputs = TensorOutput.of(predictor.predictions());
        RecordRows rows = predictor.begin(
                (predictions, block) -> outputs.forEach(output -> output.add(predictions)),
                context.limits().maxRows());
        return context.timed(call, open, predictor, rows::rows, one -> {
            Wanted wanted = read(call);
            give(wanted.inputs, rows);
            rows.end();
            return answer(call, open, wanted, chosen(outputs, wanted), rows.rows());
        });
    }

    private Wanted read(Call call) {
        int length = jsonLength(call);
        Wanted wanted = context.json().read(call.body(), 0, length, InferenceEndpoint::wanted);
        ByteBuffer rest = ByteBuffer.wrap(call.body(), length, call.length() - length);
        for (Tensor input : wanted.inputs) {
            input.binary(rest);
            input.check();
        }
        if (rest.hasRemaining()) {
            throw Refusal.bad("there are " + rest.remaining() + " bytes behind the data of the inputs");
        }
        return wanted;
    }

    private static int jsonLength(Call call) {
        Optional<String> header = call.header(HEADER_LENGTH);
        if (header.isEmpty()) {
            return call.length();
        }
        String text = header.get();
        boolean isNumber = !text.isEmpty() && text.length() <= 9 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!isNumber || Integer.parseInt(text) > call.length()) {
            throw Refusal.bad(HEADER_LENGTH + " must be a number of bytes from 0 to " + call.length() + " but was "
                    + Refusal.quote(text));
        }
        return Integer.parseInt(text);
    }

    private static Wanted wanted(JsonParser parser) {
        Json.requireObject(parser, "the body");
        Wanted wanted = new Wanted();
        boolean hasInputs = false;
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            parser.nextToken();
            switch (key) {
                case "id" -> wanted.id = Optional.of(Json.text(parser, "'id'"));
                case "parameters" ->
                    wanted.isBinary = isBinary(parser, "binary_data_output").orElse(false);
                case "inputs" -> {
                    Json.requireArray(parser, "'inputs'");
                    hasInputs = true;
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        wanted.inputs.add(Tensor.read(parser));
                    }
                }
                case "outputs" -> {
                    Json.requireArray(parser, "'outputs'");
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        output(parser, wanted);
                    }
                }
                default -> parser.skipChildren();
            }
        }
        if (!hasInputs) {
            throw Refusal.bad("the body must have 'inputs'");
        }
        return wanted;
    }

    private static Optional<Boolean> isBinary(JsonParser parser, String wanted) {
        Json.requireObject(parser, "'parameters'");
        Optional<Boolean> found = Optional.empty();
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            parser.nextToken();
            if (key.equals(wanted)) {
                found = Optional.of(Json.truth(parser, "'" + wanted + "'"));
            } else if (key.equals("classification")) {
                throw Refusal.bad("'classification' is not known; output 'probabilities' has all classes");
            } else if (key.startsWith("shared_memory")) {
                throw Refusal.bad("shared memory is not known; take the data from the answer");
            } else {
                parser.skipChildren();
            }
        }
        return found;
    }

    private static void output(JsonParser parser, Wanted wanted) {
        Json.requireObject(parser, "an output");
        String name = "";
        Optional<Boolean> binary = Optional.empty();
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            parser.nextToken();
            switch (key) {
                case NAME -> name = Json.text(parser, "'name' of an output");
                case "parameters" -> binary = isBinary(parser, "binary_data");
                default -> parser.skipChildren();
            }
        }
        wanted.outputs.put(name, binary);
    }

    private static List<TensorOutput> chosen(List<TensorOutput> outputs, Wanted wanted) {
        if (wanted.outputs.isEmpty()) {
            return outputs;
        }
        List<TensorOutput> chosen = new ArrayList<>();
        for (String name : wanted.outputs.keySet()) {
            chosen.add(outputs.stream()
                    .filter(output -> output.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> Refusal.bad("there is no output " + Refusal.quote(name) + "; there are "
                            + String.join(
                                    ", ",
                                    outputs.stream().map(TensorOutput::name).toList()))));
        }
        return chosen;
    }

    private static void give(List<Tensor> inputs, RecordRows rows) {
        List<String> header = rows.header();
        ColumnCells[] cells = new ColumnCells[header.size()];
        if (inputs.size() == 1 && isMatrix(inputs.get(0), rows)) {
            Tensor matrix = inputs.get(0);
            if (matrix.width() != header.size()) {
                throw Refusal.bad("input " + Refusal.quote(matrix.name()) + " must have the model's " + header.size()
                        + " columns but has " + matrix.width());
            }
            for (int column = 0; column < cells.length; column++) {
                if (rows.form(column) != ColumnCells.Form.NUMBERS) {
                    throw Refusal.bad("column " + Refusal.quote(header.get(column))
                            + " of the model is not a number, so there must be an input for each column");
                }
                cells[column] = matrix.cells(ColumnCells.Form.NUMBERS, column);
            }
            rows.columns(cells, matrix.rows());
            return;
        }
        boolean[] given = new boolean[cells.length];
        int count = 0;
        for (int i = 0; i < inputs.size(); i++) {
            Tensor input = inputs.get(i);
            if (input.width() != 1) {
                throw Refusal.bad("shape of input " + Refusal.quote(input.name()) + " must be [rows] or [rows, 1]"
                        + " but has " + input.width() + " values for each row");
            }
            if (i > 0 && input.rows() != count) {
                throw Refusal.bad("inputs must have one number of rows but "
                        + Refusal.quote(inputs.get(0).name()) + " has " + count + " and " + Refusal.quote(input.name())
                        + " has " + input.rows());
            }
            count = input.rows();
            int column = rows.column(input.name());
            if (column >= 0) {
                if (given[column]) {
                    throw Refusal.bad(
                            "input " + Refusal.quote(input.name()) + " must be given once but is there twice");
                }
                given[column] = true;
                cells[column] = input.cells(rows.form(column), 0);
            }
        }
        for (int column = 0; column < given.length; column++) {
            if (!given[column]) {
                throw Refusal.bad("there is no input " + Refusal.quote(header.get(column))
                        + ", which the model needs; it needs " + Refusal.oneLine(String.join(", ", header)));
            }
        }
        rows.columns(cells, count);
    }

    private static boolean isMatrix(Tensor input, RecordRows rows) {
        return rows.column(input.name()) < 0 || input.width() != 1;
    }

    private Answer answer(Call call, OpenVersion open, Wanted wanted, List<TensorOutput> outputs, long rows) {
        Bytes bytes = new Bytes(FIRST_BYTES);
        List<ByteBuffer> binaries = new ArrayList<>();
        context.json().write(bytes, json -> {
            json.writeStartObject();
            json.writeStringProperty("model_name", call.variable(0));
            json.writeStringProperty("model_version", number(open));
            wanted.id.ifPresent(id -> json.writeStringProperty("id", id));
            json.writeName("outputs");
            json.writeStartArray();
            for (TensorOutput output : outputs) {
                Optional<Boolean> said = wanted.outputs.getOrDefault(output.name(), Optional.empty());
                write(json, output, rows, said.orElse(wanted.isBinary), binaries);
            }
            json.writeEndArray();
            json.writeEndObject();
        });
        if (binaries.isEmpty()) {
            return new Answer(200, Answer.JSON, bytes);
        }
        HttpField length = new HttpField(HEADER_LENGTH, Integer.toString(bytes.length()));
        binaries.forEach(bytes::write);
        return new Answer(200, Answer.BINARY, bytes).with(length);
    }

    private static void write(
            JsonGenerator json, TensorOutput output, long rows, boolean isBinary, List<ByteBuffer> binaries) {
        json.writeStartObject();
        json.writeStringProperty(NAME, output.name());
        json.writeStringProperty(DATATYPE, output.datatype().name());
        json.writeName(SHAPE);
        json.writeStartArray();
        json.writeNumber(rows);
        if (output.width() > 0) {
            json.writeNumber(output.width());
        }
        json.writeEndArray();
        if (isBinary) {
            ByteBuffer data = output.binary();
            binaries.add(data);
            json.writeName("parameters");
            json.writeStartObject();
            json.writeNumberProperty("binary_data_size", data.remaining());
            json.writeEndObject();
        } else {
            json.writeName("data");
            json.writeStartArray();
            output.write(json);
            json.writeEndArray();
        }
        json.writeEndObject();
    }
}
