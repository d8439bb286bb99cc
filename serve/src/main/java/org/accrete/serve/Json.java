package org.accrete.serve;

import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;

/** Reads and writes JSON; what is malformed is refused with one line. Thread-safe. */
final class Json {
    private static final int LONGEST_NUMBER = 1_000;
    private static final int LONGEST_NAME = 10_000;
    private static final int FIRST_BYTES = 1_024;
    /** Where in the code a limit is set, in Jackson's messages. */
    private static final Pattern SOURCE_OF_LIMIT = Pattern.compile(", from `[^`]*`");

    private final JsonFactory factory;
    private final int maxDepth;

    /**
     * Makes a reader and writer.
     *
     * @param maxDepth how deep arrays and objects may be nested
     * @param maxText the longest text, in characters
     */
    Json(int maxDepth, int maxText) {
        this.maxDepth = maxDepth;
        factory = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(maxDepth)
                        .maxNumberLength(LONGEST_NUMBER)
                        .maxNameLength(LONGEST_NAME)
                        .maxStringLength(maxText)
                        .build())
                .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
                .build();
    }

    /**
     * {@return what is made of the JSON in a part of a body, all of it}
     *
     * @param body has the JSON
     * @param begin its first byte
     * @param length how many bytes
     * @param reading reads it from the first token, which is current
     * @throws Refusal it is no JSON, or reading refuses it
     */
    <T> T read(byte[] body, int begin, int length, Function<JsonParser, T> reading) {
        try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), body, begin, length)) {
            if (parser.nextToken() == null) {
                throw Refusal.bad("the body must be JSON but is empty");
            }
            T made = reading.apply(parser);
            if (parser.nextToken() != null) {
                throw Refusal.bad("the body must be one JSON document but goes on behind it" + place(parser));
            }
            return made;
        } catch (JacksonException e) {
            throw malformed(e);
        }
    }

    /** {@return a parser of a part of a body before its first token; what it throws is {@link #malformed}} */
    JsonParser parser(byte[] body, int begin, int length) {
        return factory.createParser(ObjectReadContext.empty(), body, begin, length);
    }

    /** {@return the refusal that an exception of a parser stands for} */
    Refusal malformed(JacksonException e) {
        String what = String.valueOf(e.getOriginalMessage());
        if (e instanceof StreamConstraintsException && what.contains("nesting depth")) {
            return Refusal.bad("the JSON is nested deeper than the " + maxDepth + " levels that are allowed");
        }
        TokenStreamLocation at = e.getLocation();
        return Refusal.bad("malformed JSON" + (at == null ? "" : place(at)) + ": "
                + SOURCE_OF_LIMIT.matcher(what).replaceAll(""));
    }

    private static String place(JsonParser parser) {
        return place(parser.currentTokenLocation());
    }

    private static String place(TokenStreamLocation at) {
        return " at line " + at.getLineNr() + ", column " + at.getColumnNr();
    }

    /** {@return an answer of JSON, 200} */
    Answer answer(Consumer<JsonGenerator> writing) {
        return answer(200, writing);
    }

    /** {@return an answer of JSON} */
    Answer answer(int status, Consumer<JsonGenerator> writing) {
        Bytes bytes = new Bytes(FIRST_BYTES);
        write(bytes, writing);
        return new Answer(status, Answer.JSON, bytes);
    }

    /** Writes JSON behind what there is. */
    void write(Bytes to, Consumer<JsonGenerator> writing) {
        try (JsonGenerator generator = factory.createGenerator(ObjectWriteContext.empty(), to, JsonEncoding.UTF8)) {
            writing.accept(generator);
        }
    }

    /** {@return a generator that writes behind what there is} */
    JsonGenerator generator(Bytes to) {
        return factory.createGenerator(ObjectWriteContext.empty(), to, JsonEncoding.UTF8);
    }

    /** {@return an answer of maps, lists, texts, numbers, booleans and optionals} */
    Answer answer(Map<String, ?> document) {
        return answer(generator -> value(generator, document));
    }

    /** Writes a number; what is not finite is {@code null}. */
    static void number(JsonGenerator json, double value) {
        if (Double.isFinite(value)) {
            json.writeNumber(value);
        } else {
            json.writeNull();
        }
    }

    /** Writes maps, lists, texts, numbers, booleans and optionals. */
    static void value(JsonGenerator json, Object value) {
        if (value instanceof Optional<?> optional) {
            optional.ifPresentOrElse(present -> value(json, present), json::writeNull);
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            map.forEach((name, entry) -> {
                json.writeName(name.toString());
                value(json, entry);
            });
            json.writeEndObject();
        } else if (value instanceof Iterable<?> items) {
            json.writeStartArray();
            items.forEach(item -> value(json, item));
            json.writeEndArray();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Double number) {
            number(json, number);
        } else if (value instanceof Number number) {
            json.writeNumber(number.longValue());
        } else {
            json.writeString(value.toString());
        }
    }

    /** Requires that the current token begins an object. */
    static void requireObject(JsonParser parser, String what) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw Refusal.bad(what + " must be an object but is " + kind(parser));
        }
    }

    /** Requires that the current token begins an array. */
    static void requireArray(JsonParser parser, String what) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw Refusal.bad(what + " must be an array but is " + kind(parser));
        }
    }

    /** {@return the current token as a text; refused if it is none} */
    static String text(JsonParser parser, String what) {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw Refusal.bad(what + " must be a text but is " + kind(parser));
        }
        return parser.getString();
    }

    /** {@return the current token as a whole number; refused if it is none} */
    static long whole(JsonParser parser, String what, long least, long most) {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT && parser.getStringLength() <= 18) {
            long value = parser.getLongValue();
            if (value >= least && value <= most) {
                return value;
            }
        }
        throw Refusal.bad(what + " must be a whole number from " + least + " to " + most + " but is " + kind(parser));
    }

    /** {@return the current token as a truth; refused if it is none} */
    static boolean truth(JsonParser parser, String what) {
        if (parser.currentToken() != JsonToken.VALUE_TRUE && parser.currentToken() != JsonToken.VALUE_FALSE) {
            throw Refusal.bad(what + " must be true or false but is " + kind(parser));
        }
        return parser.currentToken() == JsonToken.VALUE_TRUE;
    }

    /** {@return what the current token is, in words} */
    static String kind(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return "missing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_NULL -> "null";
            case VALUE_STRING -> Refusal.quote(parser.getString());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT, VALUE_TRUE, VALUE_FALSE -> shortened(parser.getString());
            default -> "the end";
        };
    }

    private static String shortened(String text) {
        return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
}
