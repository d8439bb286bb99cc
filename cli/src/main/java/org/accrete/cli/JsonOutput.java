package org.accrete.cli;

import java.io.OutputStream;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/** Writes maps, lists, texts, numbers, booleans and optionals as JSON; NaN and infinities become {@code null}. */
final class JsonOutput {
    private JsonOutput() {}

    /** {@return a generator that leaves the stream open when it is closed} */
    static JsonGenerator generator(OutputStream out) {
        return JsonFactory.builder()
                .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                .build()
                .createGenerator(ObjectWriteContext.empty(), out, JsonEncoding.UTF8);
    }

    static void write(JsonGenerator json, Map<String, ?> map) {
        json.writeStartObject();
        map.forEach((name, value) -> {
            json.writeName(name);
            value(json, value);
        });
        json.writeEndObject();
    }

    @SuppressWarnings("unchecked")
    static void value(JsonGenerator json, Object value) {
        if (value instanceof Optional<?> optional) {
            optional.ifPresentOrElse(present -> value(json, present), json::writeNull);
        } else if (value instanceof Map<?, ?> map) {
            write(json, (Map<String, ?>) map);
        } else if (value instanceof Iterable<?> items) {
            json.writeStartArray();
            items.forEach(item -> value(json, item));
            json.writeEndArray();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Double number) {
            if (Double.isFinite(number)) {
                json.writeNumber(number);
            } else {
                json.writeNull();
            }
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }
}
