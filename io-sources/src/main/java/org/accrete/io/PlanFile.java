package org.accrete.io;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.file.Input;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.io.JsonStringEncoder;
import tools.jackson.core.json.JsonFactory;

/**
 * A column plan as a JSON file that people read and edit: an object {@code columns} of the raw columns in their order,
 * each with its kind and settings as {@code --column} takes them. Beside a file of encoded rows it also has an object
 * {@code encoded}, which says what else is needed to read them.
 *
 * <pre>{@code
 * {
 *   "columns": {
 *     "date": "datetime(first-day=2001-01-01)",
 *     "origin": "categorical(width=16384)",
 *     "late": "target(kind=categorical,classes=no|yes)"
 *   }
 * }
 * }</pre>
 *
 * @param plan how raw columns become numbers
 * @param encoded what the rows of the file beside it are; empty for the plan of raw rows
 */
public record PlanFile(ColumnPlan plan, Optional<Encoded> encoded) {
    private static final String COLUMNS = "columns";
    private static final String ENCODED = "encoded";
    private static final String BYTES = "bytes";
    private static final String CLASSES = "classes";
    private static final int MOST_BYTES = 1 << 28;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxNameLength(MOST_BYTES)
                    .maxStringLength(MOST_BYTES)
                    .build())
            .build();

    /**
     * What encoded rows are.
     *
     * @param bytes length of their file, so that another file in its place is noticed
     * @param classes names of the classes that numbers stand for, from 0: those of the plan, then those that came up
     *     later; empty unless the target is categorical
     */
    public record Encoded(long bytes, List<String> classes) {
        // Copies the list.
        public Encoded {
            classes = List.copyOf(classes);
        }
    }

    /**
     * Reads a file and checks all of it.
     *
     * @param file the file
     * @return what it says
     * @throws AccreteException bad data: not such a file, with line, column and key; I/O
     */
    public static PlanFile read(Path file) {
        byte[] bytes;
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw AccreteException.badData("a column plan must have at most " + MOST_BYTES + " bytes")
                        .at(file.toString());
            }
            bytes = Files.readAllBytes(file);
        } catch (IOException e) {
            throw Input.unreadable(file.toString(), e);
        }
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), bytes)) {
            try {
                return read(json);
            } catch (AccreteException e) {
                throw AccreteException.badData(e.getMessage()).at(place(file, json.currentTokenLocation()));
            }
        } catch (JacksonException e) {
            String why = String.valueOf(e.getOriginalMessage())
                    .lines()
                    .findFirst()
                    .orElse("")
                    .replaceFirst(" \\(start marker at .*", "");
            throw AccreteException.badData("not JSON: " + why).at(place(file, e.getLocation()));
        }
    }

    private static String place(Path file, TokenStreamLocation location) {
        return file + " line " + location.getLineNr() + " column " + Math.max(1, location.getColumnNr());
    }

    private static PlanFile read(JsonParser json) {
        Optional<ColumnPlan> plan = Optional.empty();
        Optional<Encoded> encoded = Optional.empty();
        require(json, json.nextToken(), JsonToken.START_OBJECT, "a column plan must be an object {\"columns\": {...}}");
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            require(json, value, JsonToken.START_OBJECT, "key '" + key + "' must be an object");
            switch (key) {
                case COLUMNS -> plan = Optional.of(columns(json));
                case ENCODED -> encoded = Optional.of(encoded(json));
                default -> throw unknown(key, COLUMNS + ", " + ENCODED);
            }
        }
        if (json.nextToken() != null) {
            throw AccreteException.badData("something follows the column plan");
        }
        if (plan.isEmpty()) {
            throw AccreteException.badData("a column plan must have the key '" + COLUMNS + "'");
        }
        PlanFile all = new PlanFile(plan.get(), encoded);
        encoded.ifPresent(rows -> {
            List<String> known = all.plan.schema().target().classes();
            if (rows.classes.size() < known.size()
                    || !rows.classes.subList(0, known.size()).equals(known)) {
                throw AccreteException.badData("key '" + CLASSES + "' must begin with the classes of the target");
            }
        });
        return all;
    }

    private static ColumnPlan columns(JsonParser json) {
        List<Column> columns = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String name = json.currentName();
            require(
                    json,
                    json.nextToken(),
                    JsonToken.VALUE_STRING,
                    "key '" + name + "' must be the kind of a column, such as \"numeric\"");
            Column column = Column.parse(escape(name) + "=" + json.getString());
            if (!column.name().equals(name)) {
                throw AccreteException.badData("kind of column '" + name
                        + "' must be KIND or KIND(key=value,...) but was '" + json.getString() + "'");
            }
            columns.add(column);
            // One by one, so that what is not complete is refused where it stands; a cross needs its columns.
            if (!(column instanceof Column.Cross)) {
                new ColumnPlan(List.of(column));
            }
        }
        return new ColumnPlan(columns);
    }

    /** {@return a name of which each sign that has a meaning in the text of a column is escaped} */
    private static String escape(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static Encoded encoded(JsonParser json) {
        long bytes = -1;
        List<String> classes = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            switch (key) {
                case BYTES -> {
                    require(json, value, JsonToken.VALUE_NUMBER_INT, "key '" + key + "' must be a whole number");
                    bytes = json.getLongValue();
                }
                case CLASSES -> {
                    require(json, value, JsonToken.START_ARRAY, "key '" + key + "' must be a list of texts");
                    while (json.nextToken() != JsonToken.END_ARRAY) {
                        require(
                                json,
                                json.currentToken(),
                                JsonToken.VALUE_STRING,
                                "key '" + key + "' must be a list of texts");
                        classes.add(json.getString());
                    }
                }
                default -> throw unknown(key, BYTES + ", " + CLASSES);
            }
        }
        if (bytes < 0) {
            throw AccreteException.badData("key '" + BYTES + "' must be there, a whole number of at least 0");
        }
        if (classes.stream().distinct().count() < classes.size()) {
            throw AccreteException.badData("key '" + CLASSES + "' must be texts that differ");
        }
        return new Encoded(bytes, classes);
    }

    private static void require(JsonParser json, JsonToken found, JsonToken expected, String message) {
        if (found != expected) {
            throw AccreteException.badData(
                    message + (found == null ? " but the file is empty" : " but was " + json.getString()));
        }
    }

    private static AccreteException unknown(String key, String known) {
        return AccreteException.badData("there is no key '" + key + "'; keys: " + known);
    }

    /** {@return the file as {@link #read} takes it, with a line for each column} */
    public String toJson() {
        StringBuilder text = new StringBuilder("{\n  ").append(quoted(COLUMNS)).append(": {");
        String between = "\n    ";
        for (Column column : plan.columns()) {
            text.append(between).append(quoted(column.name())).append(": ").append(quoted(column.kind()));
            between = ",\n    ";
        }
        text.append("\n  }");
        encoded.ifPresent(rows -> text.append(",\n  ")
                .append(quoted(ENCODED))
                .append(": {\n    ")
                .append(quoted(BYTES))
                .append(": ")
                .append(rows.bytes)
                .append(",\n    ")
                .append(quoted(CLASSES))
                .append(": [")
                .append(String.join(
                        ", ", rows.classes.stream().map(PlanFile::quoted).toList()))
                .append("]\n  }"));
        return text.append("\n}\n").toString();
    }

    /** {@return a text as JSON} */
    static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
    }
}
