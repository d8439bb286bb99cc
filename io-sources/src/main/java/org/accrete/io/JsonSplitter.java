package org.accrete.io;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.accrete.api.AccreteException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/** Splits lines of JSON into the values of their columns: text as it is, numbers and booleans as they are written. */
final class JsonSplitter extends LineSplitter {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            // As Python writes them. A number that is not finite is refused later, NaN is missing.
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(100)
                    .maxStringLength(MOST_CELL_BYTES)
                    .build())
            .build();

    /** Longer lines are left to the parser, which has limits of its own. */
    private static final int MOST_FLAT_BYTES = MOST_CELL_BYTES / 4;

    private static final int MOST_DIGITS = 100;
    private static final byte[][] WORDS = {ascii("true"), ascii("false"), ascii("null")};

    private final JsonFormat format;
    private final boolean readsFlat;
    /** The keys of the line before, and their columns. */
    private byte[][] lastKeys = {};

    private int[] lastColumns = {};
    private TextHeader header = TextHeader.UNKNOWN;
    private JsonPaths paths = new JsonPaths();

    /** The values of a line, one behind the other. */
    private byte[] values = new byte[256];

    private int valuesEnd;
    private int[] begins = {};
    private int[] ends = {};
    /** The number of the line that had each column last. */
    private long[] seen = {};

    private long line;

    JsonSplitter(JsonFormat format) {
        this(format, true);
    }

    /** Makes a splitter that may leave all to the parser. */
    JsonSplitter(JsonFormat format, boolean readsFlat) {
        this.format = format;
        this.readsFlat = readsFlat;
    }

    private static byte[] ascii(String word) {
        return word.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public TextHeader readHeader(TextBlock block) {
        return format.header();
    }

    @Override
    void begin(TextHeader columns) {
        if (!columns.equals(header)) {
            header = columns;
            int count = header.names().size();
            paths = new JsonPaths(header.names());
            begins = new int[count];
            ends = new int[count];
            seen = new long[count];
            lastKeys = new byte[0][];
        }
    }

    @Override
    void splitLine(byte[] bytes, int from, int to, TextHeader columns) {
        if (header.names().isEmpty() && !format.found().wantsLine()) {
            return;
        }
        line++;
        valuesEnd = 0;
        if (!readsFlat || header.names().isEmpty() || !readFlat(bytes, from, to)) {
            line++; // What was read in vain does not count.
            valuesEnd = 0;
            parse(bytes, from, to);
        }
        for (int i = 0; i < begins.length; i++) {
            if (seen[i] == line) {
                put(values, begins[i], ends[i]);
            }
            endCell();
        }
    }

    private void parse(byte[] bytes, int from, int to) {
        try (JsonParser json = FACTORY.createParser(ObjectReadContext.empty(), bytes, from, to - from)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw AccreteException.badData("a line must be a JSON object, as in {\"a\": 1, \"b\": \"x\"}"
                        + (bytes[from] == '[' ? ", but begins a list; write each of its objects on a line" : ""));
            }
            if (header.names().isEmpty()) {
                find(json, format.found().root(), true);
            } else {
                readObject(json, Optional.of(paths.root()));
            }
            if (json.nextToken() != null) {
                throw AccreteException.badData("something follows the JSON object in column "
                        + json.currentTokenLocation().getColumnNr());
            }
        } catch (JacksonException e) {
            throw AccreteException.badData("not JSON: " + firstLine(e.getOriginalMessage()) + " in column "
                    + (e.getLocation() == null ? 1 : e.getLocation().getColumnNr()));
        }
    }

    /**
     * Reads an object of numbers, plain text, booleans and nulls in known columns, which most lines are. False for all
     * else, what is no JSON included: the parser then reads the line, or says what is wrong.
     */
    private boolean readFlat(byte[] bytes, int from, int to) {
        if (bytes[from] != '{' || bytes[to - 1] != '}' || to - from > MOST_FLAT_BYTES) {
            return false;
        }
        if (values.length < to - from) {
            values = new byte[2 * (to - from)];
        }
        // The last brace ends every loop below.
        int at = from + 1;
        for (int key = 0; ; key++) {
            at = skipBlanks(bytes, at);
            if (bytes[at] != '"') {
                return false;
            }
            int keyBegin = ++at;
            at = textEnd(bytes, at, to);
            if (at == to) {
                return false;
            }
            int column = column(key, bytes, keyBegin, at);
            at = skipBlanks(bytes, at + 1);
            if (column < 0 || seen[column] == line || at >= to || bytes[at] != ':') {
                return false;
            }
            at = skipBlanks(bytes, at + 1);
            int begin = at;
            byte first = bytes[at];
            if (first == '"') {
                begin++;
                at = textEnd(bytes, begin, to);
                if (at == to) {
                    return false;
                }
            } else {
                at = first == '-' || isDigit(first) ? numberEnd(bytes, at) : wordEnd(bytes, at, to);
                if (at < 0) {
                    return false;
                }
            }
            seen[column] = line;
            begins[column] = valuesEnd;
            if (first != 'n') {
                System.arraycopy(bytes, begin, values, valuesEnd, at - begin);
                valuesEnd += at - begin;
            }
            ends[column] = valuesEnd;
            at = skipBlanks(bytes, first == '"' ? at + 1 : at);
            if (at >= to || bytes[at] != ',') {
                return at == to - 1;
            }
            at++;
        }
    }

    /** {@return the column of a key; negative if it has none} Lines mostly have the same keys in the same order. */
    private int column(int key, byte[] bytes, int from, int to) {
        if (key == lastKeys.length) {
            lastKeys = Arrays.copyOf(lastKeys, Math.max(16, 2 * key));
            lastColumns = Arrays.copyOf(lastColumns, lastKeys.length);
        }
        byte[] last = lastKeys[key];
        if (last == null || !Arrays.equals(last, 0, last.length, bytes, from, to)) {
            String name = new String(bytes, from, to - from, StandardCharsets.UTF_8);
            lastKeys[key] = Arrays.copyOfRange(bytes, from, to);
            lastColumns[key] =
                    paths.root().find(name).map(JsonPaths.Node::column).orElse(-1);
        }
        return lastColumns[key];
    }

    private static int skipBlanks(byte[] bytes, int from) {
        int at = from;
        while (bytes[at] == ' ' || bytes[at] == '\n' || bytes[at] == '\r' || bytes[at] == '\t') {
            at++;
        }
        return at;
    }

    /** {@return where a text without escapes ends; {@code to} if it is none} */
    private static int textEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (bytes[at] != '"') {
            // Bytes beyond ASCII are negative: they were checked before.
            if (bytes[at] == '\\' || (bytes[at] >= 0 && bytes[at] < ' ') || at + 1 == to) {
                return to;
            }
            at++;
        }
        return at;
    }

    /** {@return where a number ends; negative if it is none} */
    private static int numberEnd(byte[] bytes, int from) {
        int at = bytes[from] == '-' ? from + 1 : from;
        int digits = at;
        at = digitsEnd(bytes, at);
        if (at == digits || (bytes[digits] == '0' && at > digits + 1)) {
            return -1;
        }
        if (bytes[at] == '.') {
            digits = at + 1;
            at = digitsEnd(bytes, digits);
            if (at == digits) {
                return -1;
            }
        }
        if (bytes[at] == 'e' || bytes[at] == 'E') {
            digits = bytes[at + 1] == '-' || bytes[at + 1] == '+' ? at + 2 : at + 1;
            at = digitsEnd(bytes, digits);
            if (at == digits) {
                return -1;
            }
        }
        return at - from > MOST_DIGITS ? -1 : at;
    }

    private static int digitsEnd(byte[] bytes, int from) {
        int at = from;
        while (isDigit(bytes[at])) {
            at++;
        }
        return at;
    }

    private static boolean isDigit(byte one) {
        return one >= '0' && one <= '9';
    }

    /** {@return where {@code true}, {@code false} or {@code null} ends; negative if it is none} */
    private static int wordEnd(byte[] bytes, int from, int to) {
        for (byte[] word : WORDS) {
            int end = from + word.length;
            if (end < to && Arrays.equals(word, 0, word.length, bytes, from, end)) {
                return end;
            }
        }
        return -1;
    }

    private static String firstLine(String message) {
        return message.lines()
                .findFirst()
                .orElse("")
                .replaceFirst(" \\(start marker at .*", "")
                .strip();
    }

    private void find(JsonParser json, JsonPaths.Node node, boolean isObject) {
        JsonPaths found = format.found();
        int index = 0;
        JsonToken end = isObject ? JsonToken.END_OBJECT : JsonToken.END_ARRAY;
        for (JsonToken token = json.nextToken(); token != end; token = json.nextToken()) {
            JsonPaths.Node child = found.child(node, isObject ? json.currentName() : Integer.toString(index++));
            JsonToken value = isObject ? json.nextToken() : token;
            if (value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY) {
                find(json, child, value == JsonToken.START_OBJECT);
            } else {
                found.found(child, value == JsonToken.VALUE_NULL);
            }
        }
    }

    private void readObject(JsonParser json, Optional<JsonPaths.Node> node) {
        while (json.nextToken() != JsonToken.END_OBJECT) {
            String key = json.currentName();
            Optional<JsonPaths.Node> child = node.flatMap(parent -> parent.find(key));
            JsonToken value = json.nextToken();
            read(json, value, child);
            if (child.isEmpty() && node.isPresent() && value != JsonToken.VALUE_NULL) {
                String path = node.get().path();
                format.ignored(path.isEmpty() ? key : path + "." + key, value.isStructStart());
            }
        }
    }

    private void readList(JsonParser json, JsonPaths.Node node) {
        int index = 0;
        for (JsonToken token = json.nextToken(); token != JsonToken.END_ARRAY; token = json.nextToken()) {
            Optional<JsonPaths.Node> item = node.item(index);
            read(json, token, item);
            if (item.isEmpty() && token != JsonToken.VALUE_NULL) {
                format.ignored(node.path() + "." + index, token.isStructStart());
            }
            index++;
        }
    }

    private void read(JsonParser json, JsonToken token, Optional<JsonPaths.Node> node) {
        if (node.isEmpty()) {
            json.skipChildren();
        } else if (token == JsonToken.START_OBJECT) {
            readObject(json, node);
        } else if (token == JsonToken.START_ARRAY) {
            readList(json, node.get());
        } else {
            keep(json, token, node.get());
        }
    }

    private void keep(JsonParser json, JsonToken token, JsonPaths.Node node) {
        int column = node.column();
        if (column < 0) {
            if (token != JsonToken.VALUE_NULL) {
                format.ignored(node.path(), false);
            }
            return;
        }
        if (seen[column] == line) {
            throw AccreteException.badData("key '" + node.path() + "' occurs twice");
        }
        seen[column] = line;
        begins[column] = valuesEnd;
        if (token != JsonToken.VALUE_NULL) {
            addText(json.getStringCharacters(), json.getStringOffset(), json.getStringLength(), node);
        }
        ends[column] = valuesEnd;
    }

    /** Adds characters as UTF-8. */
    private void addText(char[] text, int from, int length, JsonPaths.Node node) {
        if (valuesEnd + 3 * length > values.length) {
            values = Arrays.copyOf(values, 2 * (valuesEnd + 3 * length));
        }
        byte[] bytes = values;
        int to = valuesEnd;
        int end = from + length;
        for (int i = from; i < end; i++) {
            char one = text[i];
            if (one < 0x80) {
                bytes[to++] = (byte) one;
            } else if (one < 0x800) {
                bytes[to++] = (byte) (0xC0 | one >> 6);
                bytes[to++] = (byte) (0x80 | one & 0x3F);
            } else if (!Character.isSurrogate(one)) {
                bytes[to++] = (byte) (0xE0 | one >> 12);
                bytes[to++] = (byte) (0x80 | one >> 6 & 0x3F);
                bytes[to++] = (byte) (0x80 | one & 0x3F);
            } else {
                if (!Character.isHighSurrogate(one) || i + 1 == end || !Character.isLowSurrogate(text[i + 1])) {
                    throw AccreteException.badData("the value of '" + node.path() + "' is no text: it has half of a"
                            + " surrogate pair, \\u" + Integer.toHexString(one));
                }
                int point = Character.toCodePoint(one, text[++i]);
                bytes[to++] = (byte) (0xF0 | point >> 18);
                bytes[to++] = (byte) (0x80 | point >> 12 & 0x3F);
                bytes[to++] = (byte) (0x80 | point >> 6 & 0x3F);
                bytes[to++] = (byte) (0x80 | point & 0x3F);
            }
        }
        valuesEnd = to;
    }
}
