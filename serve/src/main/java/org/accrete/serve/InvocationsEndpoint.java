package org.accrete.serve;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.accrete.core.serve.Predictions;
import org.eclipse.jetty.http.HttpField;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** The scoring protocol of MLflow: {@code POST /invocations}. */
final class InvocationsEndpoint {
    private static final List<String> FORMS = List.of("dataframe_split", "dataframe_records", "inputs", "instances");
    private static final int FIRST_BYTES = 512;

    private final Context context;

    InvocationsEndpoint(Context context) {
        this.context = context;
    }

    List<Route> routes() {
        return List.of(Route.post(
                "/invocations",
                Access.READ,
                EnumSet.of(MediaKind.JSON, MediaKind.CSV),
                Set.of("model", "version"),
                this::predict));
    }

    private Answer predict(Call call) {
        String model = call.parameter("model").orElseGet(context.models()::only);
        OpenVersion open =
                context.models().version(model, call.parameter("version").orElse(""));
        return open.predict(predictor -> predict(call, open, predictor));
    }

    private Answer predict(Call call, OpenVersion open, Predictor predictor) {
        Bytes bytes = new Bytes(FIRST_BYTES);
        try (JsonGenerator json = context.json().generator(bytes)) {
            RecordRows rows = predictor.begin(
                    (predictions, block) -> write(json, predictions),
                    context.limits().maxRows());
            return context.timed(call, open, predictor, rows::rows, one -> {
                json.writeStartObject();
                json.writeName("predictions");
                json.writeStartArray();
                if (call.kind() == MediaKind.CSV) {
                    Records.read(call, context.json(), rows);
                } else {
                    read(call, rows);
                }
                json.writeEndArray();
                json.writeEndObject();
                json.flush();
                return new Answer(200, Answer.JSON, bytes).with(new HttpField("Accrete-Version", open.name()));
            });
        }
    }

    private static void write(JsonGenerator json, Predictions predictions) {
        for (int row = 0; row < predictions.rows(); row++) {
            switch (predictions.kind()) {
                case CLASS -> json.writeString(predictions.labels().get(predictions.winner(row)));
                case CLUSTER -> json.writeNumber(predictions.winner(row));
                default -> Json.number(json, predictions.number(row));
            }
        }
    }

    private void read(Call call, RecordRows rows) {
        context.json().read(call.body(), 0, call.length(), parser -> {
            Json.requireObject(parser, "the body");
            String form = "";
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                if (!FORMS.contains(name)) {
                    parser.skipChildren();
                    continue;
                }
                if (!form.isEmpty()) {
                    throw Refusal.bad(
                            "the body must have one of " + FORMS + " but has '" + form + "' and '" + name + "'");
                }
                form = name;
                read(call, parser, form, rows);
            }
            if (form.isEmpty()) {
                throw Refusal.bad("the body must have one of " + FORMS + " but has none");
            }
            return form;
        });
        rows.end();
    }

    private void read(Call call, JsonParser parser, String form, RecordRows rows) {
        switch (form) {
            case "dataframe_split" -> split(call, parser, rows);
            case "dataframe_records" -> {
                Json.requireArray(parser, "'dataframe_records'");
                Records.read(parser, rows);
            }
            default -> {
                if (parser.currentToken() == JsonToken.START_OBJECT) {
                    columns(parser, form, rows);
                } else {
                    Json.requireArray(parser, "'" + form + "'");
                    items(parser, rows);
                }
            }
        }
    }

    /** Reads names of columns, wherever they stand, and then the rows: in two passes. */
    private void split(Call call, JsonParser parser, RecordRows rows) {
        Json.requireObject(parser, "'dataframe_split'");
        int[] columns = Records.columns(splitNames(call), rows);
        boolean hasData = false;
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            if (!name.equals("data")) {
                parser.skipChildren();
                continue;
            }
            hasData = true;
            Json.requireArray(parser, "'data'");
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                array(parser, columns, rows);
            }
        }
        if (!hasData) {
            throw Refusal.bad("'dataframe_split' must have 'data'");
        }
    }

    private List<String> splitNames(Call call) {
        try (JsonParser parser = context.json().parser(call.body(), 0, call.length())) {
            parser.nextToken();
            for (String form = parser.nextName(); form != null; form = parser.nextName()) {
                parser.nextToken();
                if (!form.equals("dataframe_split")) {
                    parser.skipChildren();
                    continue;
                }
                for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                    parser.nextToken();
                    if (name.equals("columns")) {
                        return names(parser);
                    }
                    parser.skipChildren();
                }
                break;
            }
        }
        throw Refusal.bad("'dataframe_split' must have 'columns'");
    }

    private static List<String> names(JsonParser parser) {
        Json.requireArray(parser, "'columns'");
        List<String> names = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            names.add(Json.text(parser, "a name in 'columns'"));
        }
        return names;
    }

    /** Reads a row whose cells are in the order of some columns. */
    private static void array(JsonParser parser, int[] columns, RecordRows rows) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw Refusal.badRow(rows.rows(), "a row must be an array but is " + Json.kind(parser));
        }
        rows.beginRow();
        int next = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (next < columns.length && columns[next] >= 0) {
                Records.cell(parser, columns[next], rows);
            } else {
                parser.skipChildren();
            }
            next++;
        }
        if (next != columns.length) {
            throw rows.refuse("a row must have " + columns.length + " values but has " + next);
        }
        rows.endRow();
    }

    /** Reads rows that are objects, arrays in the order of the model's columns, or, of one column, values. */
    private static void items(JsonParser parser, RecordRows rows) {
        int[] columns = new int[rows.header().size()];
        for (int i = 0; i < columns.length; i++) {
            columns[i] = i;
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() == JsonToken.START_OBJECT) {
                Records.record(parser, rows);
            } else if (columns.length == 1 && parser.currentToken() != JsonToken.START_ARRAY) {
                rows.beginRow();
                Records.cell(parser, 0, rows);
                rows.endRow();
            } else {
                array(parser, columns, rows);
            }
        }
    }

    /** Reads an object of columns, each an array of values; of one row, values. */
    private static void columns(JsonParser parser, String form, RecordRows rows) {
        int width = rows.header().size();
        List<List<String>> cells = new ArrayList<>();
        for (int i = 0; i < width; i++) {
            cells.add(List.of());
        }
        int count = -1;
        String first = "";
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            int column = rows.column(name);
            if (column < 0) {
                parser.skipChildren();
                continue;
            }
            List<String> values = values(parser, name);
            if (count >= 0 && values.size() != count) {
                throw Refusal.bad("columns must have one length but " + Refusal.quote(first) + " has " + count + " and "
                        + Refusal.quote(name) + " has " + values.size());
            }
            count = values.size();
            first = name;
            cells.set(column, values);
        }
        if (count < 0 && width > 0) {
            throw Refusal.bad(
                    "'" + form + "' must have the columns " + Refusal.oneLine(String.join(", ", rows.header())));
        }
        for (int row = 0; row < count; row++) {
            rows.beginRow();
            for (int column = 0; column < width; column++) {
                if (!cells.get(column).isEmpty()) {
                    rows.cell(column, cells.get(column).get(row));
                }
            }
            rows.endRow();
        }
    }

    private static List<String> values(JsonParser parser, String name) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            return List.of(value(parser, name));
        }
        List<String> values = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            boolean isWrapped = parser.currentToken() == JsonToken.START_ARRAY;
            if (isWrapped) {
                parser.nextToken();
            }
            values.add(value(parser, name));
            if (isWrapped && parser.nextToken() != JsonToken.END_ARRAY) {
                throw Refusal.bad("column " + Refusal.quote(name) + " must have one value for each row but has more");
            }
        }
        return values;
    }

    private static String value(JsonParser parser, String name) {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> "";
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> parser.getString();
            default ->
                throw Refusal.bad("column " + Refusal.quote(name)
                        + " must have numbers, texts, true, false or null but has " + Json.kind(parser));
        };
    }
}
