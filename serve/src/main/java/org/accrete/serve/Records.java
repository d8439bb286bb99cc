package org.accrete.serve;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the records of a body into {@link RecordRows}. */
final class Records {
    private Records() {}

    /**
     * Reads all records of a body.
     *
     * @param call has the body: an array of objects or one object, objects by line, or CSV
     * @param json reads JSON
     * @param rows takes the records; begun by the caller, ended here
     */
    static void read(Call call, Json json, RecordRows rows) {
        switch (call.kind()) {
            case JSON ->
                json.read(call.body(), 0, call.length(), parser -> {
                    read(parser, rows);
                    return rows;
                });
            case JSON_LINES -> lines(call, json, rows);
            case CSV -> csv(call, rows);
            default -> throw Refusal.of(415, "records must be JSON or CSV");
        }
        rows.end();
    }

    /** Reads an array of objects, or one object, whose first token is current. */
    static void read(JsonParser parser, RecordRows rows) {
        if (parser.currentToken() == JsonToken.START_OBJECT) {
            record(parser, rows);
            return;
        }
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw Refusal.bad("the body must be an object or an array of objects but is " + Json.kind(parser));
        }
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw Refusal.badRow(rows.rows(), "a record must be an object but is " + Json.kind(parser));
            }
            record(parser, rows);
        }
    }

    /** Reads an object, whose first token is current. */
    static void record(JsonParser parser, RecordRows rows) {
        rows.beginRow();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            int column = rows.nextColumn(name);
            parser.nextToken();
            if (column < 0) {
                parser.skipChildren();
            } else {
                cell(parser, column, rows);
            }
        }
        rows.endRow();
    }

    /** Gives the current token as a cell. */
    static void cell(JsonParser parser, int column, RecordRows rows) {
        switch (parser.currentToken()) {
            case VALUE_NULL -> rows.missing(column);
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
                rows.cell(column, parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
            case VALUE_TRUE -> rows.cell(column, "true");
            case VALUE_FALSE -> rows.cell(column, "false");
            default ->
                throw rows.refuse("column " + Refusal.quote(rows.header().get(column))
                        + " must be a number, a text, true, false or null but was " + Json.kind(parser));
        }
    }

    private static void lines(Call call, Json json, RecordRows rows) {
        try (JsonParser parser = json.parser(call.body(), 0, call.length())) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    throw Refusal.badRow(rows.rows(), "a record must be an object but is " + Json.kind(parser));
                }
                record(parser, rows);
            }
        } catch (JacksonException e) {
            throw json.malformed(e);
        }
    }

    private static void csv(Call call, RecordRows rows) {
        InputStreamReader text = new InputStreamReader(
                new ByteArrayInputStream(call.body(), 0, call.length()), StandardCharsets.UTF_8.newDecoder());
        try (CsvReader<CsvRecord> records = CsvReader.builder().ofCsvRecord(text)) {
            int[] columns = {};
            boolean isHeader = true;
            for (CsvRecord record : records) {
                if (isHeader) {
                    columns = columns(record.getFields(), rows);
                    isHeader = false;
                    continue;
                }
                rows.beginRow();
                for (int i = 0; i < columns.length; i++) {
                    if (columns[i] >= 0) {
                        rows.cell(columns[i], record.getField(i));
                    }
                }
                rows.endRow();
            }
            if (isHeader) {
                throw Refusal.bad("the CSV must begin with a line of the columns' names but is empty");
            }
        } catch (CsvParseException e) {
            throw Refusal.bad("malformed CSV: " + e.getMessage());
        } catch (UncheckedIOException e) {
            throw unreadable(Optional.ofNullable(e.getCause()).orElseThrow());
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    private static Refusal unreadable(IOException e) {
        return Refusal.bad(
                e instanceof CharacterCodingException ? "the CSV is not UTF-8" : "malformed CSV: " + e.getMessage());
    }

    /** {@return the number of the column of each name; −1 where nothing is made of it} */
    static int[] columns(List<String> names, RecordRows rows) {
        Set<String> seen = new HashSet<>();
        int[] columns = new int[names.size()];
        for (int i = 0; i < columns.length; i++) {
            if (!seen.add(names.get(i))) {
                throw Refusal.bad("column " + Refusal.quote(names.get(i)) + " must be named once but is there twice");
            }
            columns[i] = rows.column(names.get(i));
        }
        for (String name : rows.header()) {
            if (!seen.contains(name)) {
                throw Refusal.bad("there is no column " + Refusal.quote(name) + ", which the model needs; there are "
                        + Refusal.oneLine(String.join(", ", names)));
            }
        }
        return columns;
    }
}
