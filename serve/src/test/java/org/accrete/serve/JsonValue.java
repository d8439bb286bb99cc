package org.accrete.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** JSON as another library reads and writes it. */
record JsonValue(JsonNode node) {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    static JsonValue parse(String text) {
        try {
            return new JsonValue(MAPPER.readTree(text));
        } catch (JsonProcessingException e) {
            throw new AssertionError("no JSON: " + text, e);
        }
    }

    static String text(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        }
    }

    boolean has(String name) {
        return node.has(name);
    }

    JsonValue get(String name) {
        if (!node.has(name)) {
            throw new AssertionError("there is no '" + name + "' in " + node);
        }
        return new JsonValue(node.get(name));
    }

    List<JsonValue> items() {
        if (!node.isArray()) {
            throw new AssertionError("no array: " + node);
        }
        List<JsonValue> items = new ArrayList<>();
        node.forEach(item -> items.add(new JsonValue(item)));
        return items;
    }

    List<String> strings() {
        return items().stream().map(JsonValue::string).toList();
    }

    String string() {
        if (!node.isTextual()) {
            throw new AssertionError("no text: " + node);
        }
        return node.textValue();
    }

    boolean flag() {
        if (!node.isBoolean()) {
            throw new AssertionError("neither true nor false: " + node);
        }
        return node.booleanValue();
    }

    double number() {
        if (!node.isNumber()) {
            throw new AssertionError("no number: " + node);
        }
        return node.doubleValue();
    }
}
