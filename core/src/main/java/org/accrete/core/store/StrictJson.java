package org.accrete.core.store;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.accrete.api.AccreteException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** The JSON of headers and history lines: strict, no key twice, no deeper than needed. */
final class StrictJson {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(8)
                    .maxNameLength(SafeTensors.MAX_HEADER_BYTES)
                    .maxStringLength(SafeTensors.MAX_HEADER_BYTES)
                    .build())
            .build();

    private StrictJson() {}

    /** Writes the inside of an object. */
    interface Body {
        void write(JsonGenerator json);
    }

    /** Reads a document, positioned on its first token. */
    interface Reading<T> {
        T read(JsonParser json);
    }

    /** {@return an object as UTF-8, on one line} */
    static byte[] object(Body body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            body.write(json);
            json.writeEndObject();
        }
        return out.toByteArray();
    }

    /** Writes numbers by name, sorted, so that the same numbers are the same bytes. */
    static void writeNumbers(JsonGenerator json, Map<String, Double> numbers) {
        new TreeMap<>(numbers).forEach((name, number) -> json.writeNumberProperty(name, number.doubleValue()));
    }

    /**
     * Reads one object and nothing after it.
     *
     * @throws AccreteException corrupt file: not such a document
     */
    static <T> T read(byte[] bytes, int start, int end, Reading<T> reading) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), bytes, start, end - start)) {
            expect(json.nextToken(), JsonToken.START_OBJECT);
            T value = reading.read(json);
            if (json.nextToken() != null) {
                throw AccreteException.corruptFile("something follows the JSON object");
            }
            return value;
        } catch (JacksonException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE, "not the expected JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads an object of texts, from its start to its end. */
    static Map<String, String> texts(JsonParser json) {
        Map<String, String> texts = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            expect(json.nextToken(), JsonToken.VALUE_STRING);
            texts.put(name, json.getString());
        }
        return texts;
    }

    /** Reads an object of numbers, from its start to its end. */
    static Map<String, Double> numbers(JsonParser json) {
        Map<String, Double> numbers = new LinkedHashMap<>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            JsonToken token = json.nextToken();
            if (token != JsonToken.VALUE_NUMBER_INT) {
                expect(token, JsonToken.VALUE_NUMBER_FLOAT);
            }
            numbers.put(name, json.getDoubleValue());
        }
        return numbers;
    }

    static void expect(JsonToken found, JsonToken expected) {
        if (found != expected) {
            throw AccreteException.corruptFile(
                    "not the expected JSON: " + expected + " must stand where " + found + " is");
        }
    }

    /**
     * Refuses a text that has no UTF-8 form.
     *
     * @throws AccreteException bad argument: half a surrogate pair
     */
    static void requireUnicode(String what, String text) {
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw AccreteException.badArgument(what + " must be Unicode text but holds half a surrogate pair");
        }
    }
}
