package org.accrete.serve;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** Reads the records of a body as maps from column to text; a missing value is an empty text. */
final class RecordMaps {
    private RecordMaps() {}

    /**
     * {@return the records of a body: an array of objects or one object, objects by line, or CSV}
     *
     * @param most how many there may be
     */
    static List<Map<String, String>> read(Call call, Json json, int most) {
        List<Map<String, String>> records = new ArrayList<>();
        switch (call.kind()) {
            case JSON ->
                json.read(call.body(), 0, call.length(), parser -> {
                    if (parser.currentToken() == JsonToken.START_OBJECT) {
                        records.add(record(parser, 0));
                        return records;
                    }
                    if (parser.currentToken() != JsonToken.START_ARRAY) {
                        throw Refusal.bad(
                                "the body must be an object or an array of objects but is " + Json.kind(parser));
                    }
                    while (parser.nextToken() != JsonToken.END_ARRAY) {
                        add(parser, records, most);
                    }
                    return records;
                });
            case JSON_LINES -> {
                try (JsonParser parser = json.parser(call.body(), 0, call.length())) {
                    while (parser.nextToken() != null) {
                        add(parser, records, most);
                    }
                } catch (JacksonException e) {
                    throw json.malformed(e);
                }
            }
            case CSV -> csv(call, records, most);
            default -> throw Refusal.of(415, "records must be JSON or CSV");
        }
        return records;
    }

    private static void add(JsonParser parser, List<Map<String, String>> records, int most) {
        requireRoom(records, most);
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw Refusal.badRow(records.size(), "a record must be an object but is " + Json.kind(parser));
        }
        records.add(record(parser, records.size()));
    }

    private static void requireRoom(List<Map<String, String>> records, int most) {
        if (records.size() >= most) {
            throw Refusal.of(413, "a request may have at most " + most + " rows; send more than one");
        }
    }

    private static Map<String, String> record(JsonParser parser, int row) {
        Map<String, String> record = new HashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            if (record.put(name, cell(parser, name, row)) != null) {
                throw Refusal.badRow(row, "column " + Refusal.quote(name) + " must be given once but is there twice");
            }
        }
        return record;
    }

    /** {@return the current token as the text of a cell} */
    static String cell(JsonParser parser, String name, int row) {
        return switch (parser.currentToken()) {
            case VALUE_NULL -> "";
            case VALUE_STRING, VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getString();
            case VALUE_TRUE -> "true";
            case VALUE_FALSE -> "false";
            default ->
                throw Refusal.badRow(
                        row,
                        "column " + Refusal.quote(name) + " must be a number, a text, true, false or null but was "
                                + Json.kind(parser));
        };
    }

    private static void csv(Call call, List<Map<String, String>> records, int most) {
        InputStreamReader text = new InputStreamReader(
                new ByteArrayInputStream(call.body(), 0, call.length()), StandardCharsets.UTF_8.newDecoder());
        try (CsvReader<NamedCsvRecord> lines = CsvReader.builder().ofNamedCsvRecord(text)) {
            for (NamedCsvRecord line : lines) {
                requireRoom(records, most);
                records.add(line.getFieldsAsMap());
            }
        } catch (CsvParseException | IllegalStateException e) {
            throw Refusal.bad("malformed CSV: " + e.getMessage());
        } catch (UncheckedIOException | IOException e) {
            throw Refusal.bad("the CSV cannot be read; it must be UTF-8");
        }
    }
}
