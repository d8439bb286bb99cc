package org.accrete.serve;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.accrete.api.data.CellTexts;
import org.accrete.api.data.ColumnCells;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/** An input of the Open Inference Protocol, as it is read: its values are numbers, or texts and truths. */
final class Tensor {
    /** Beyond it a {@code double} does not tell whole numbers apart. */
    private static final double WHOLE_LIMIT = 0x1p53;

    private static final int MISSING = -1;

    private String name = "";
    private String datatype = "";
    private long[] shape = {};
    private boolean hasShape;
    private long binarySize = MISSING;

    private double[] numbers = {};
    private int[] ids = {};
    private final CellTexts texts = new CellTexts();
    private int count;
    private boolean hasTexts;
    private boolean hasTruths;
    private boolean hasFractions;
    private boolean hasData;

    private Tensor() {}

    /** {@return the tensor whose object begins with the current token; its binary data is read later} */
    static Tensor read(JsonParser parser) {
        Json.requireObject(parser, "an input");
        Tensor tensor = new Tensor();
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            parser.nextToken();
            switch (key) {
                case "name" -> tensor.name = Json.text(parser, "'name' of an input");
                case "datatype" -> tensor.datatype = Json.text(parser, "'datatype' of an input");
                case "shape" -> tensor.shape = tensor.shape(parser);
                case "parameters" -> tensor.parameters(parser);
                case "data" -> tensor.data(parser);
                default -> parser.skipChildren();
            }
        }
        return tensor;
    }

    private long[] shape(JsonParser parser) {
        Json.requireArray(parser, "'shape' of an input");
        hasShape = true;
        long[] sizes = new long[2];
        int dimensions = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            long size = Json.whole(parser, "a number in 'shape'", 0, Integer.MAX_VALUE);
            if (dimensions == 2) {
                throw Refusal.bad(
                        "'shape' of an input must be [rows], [rows, 1] or [rows, columns] but has more numbers");
            }
            sizes[dimensions++] = size;
        }
        return Arrays.copyOf(sizes, dimensions);
    }

    private void parameters(JsonParser parser) {
        Json.requireObject(parser, "'parameters' of an input");
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            parser.nextToken();
            if (key.equals("binary_data_size")) {
                binarySize = Json.whole(parser, "'binary_data_size'", 0, Integer.MAX_VALUE);
            } else {
                if (key.startsWith("shared_memory")) {
                    throw Refusal.bad("shared memory is not taken; send the data of input " + quoted());
                }
                parser.skipChildren();
            }
        }
    }

    /** Reads values, in arrays that are nested or not. */
    private void data(JsonParser parser) {
        Json.requireArray(parser, "'data' of an input");
        if (hasData) {
            throw Refusal.bad("input " + quoted() + " has 'data' twice");
        }
        hasData = true;
        int depth = 1;
        while (depth > 0) {
            switch (parser.nextToken()) {
                case START_ARRAY -> depth++;
                case END_ARRAY -> depth--;
                case VALUE_NUMBER_INT -> number(parser.getDoubleValue());
                case VALUE_NUMBER_FLOAT -> {
                    hasFractions = true;
                    number(parser.getDoubleValue());
                }
                case VALUE_NULL -> number(Double.NaN);
                case VALUE_TRUE -> truth(true);
                case VALUE_FALSE -> truth(false);
                case VALUE_STRING -> text(parser.getString());
                default ->
                    throw Refusal.bad("'data' of input " + quoted()
                            + " must be numbers, texts, true, false or null but has " + Json.kind(parser));
            }
        }
    }

    private void number(double value) {
        if (count == numbers.length) {
            grow();
        }
        numbers[count] = value;
        ids[count++] = MISSING;
    }

    private void truth(boolean value) {
        hasTruths = true;
        number(value ? 1 : 0);
    }

    private void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        text(bytes, 0, bytes.length);
    }

    private void text(byte[] from, int begin, int end) {
        hasTexts = true;
        number(Double.NaN);
        ids[count - 1] = texts.add(from, begin, end);
    }

    private void grow() {
        int length = Math.max(64, 2 * count);
        numbers = Arrays.copyOf(numbers, length);
        ids = Arrays.copyOf(ids, length);
    }

    /**
     * Reads the binary data of the tensor, if it has such.
     *
     * @param from has what follows the JSON; its position is moved behind the data
     */
    void binary(ByteBuffer from) {
        if (binarySize == MISSING) {
            return;
        }
        if (hasData) {
            throw Refusal.bad("input " + quoted() + " must have 'data' or 'binary_data_size' but has both");
        }
        if (binarySize > from.remaining()) {
            throw Refusal.bad("input " + quoted() + " must have " + binarySize + " bytes behind the JSON but there are "
                    + from.remaining());
        }
        hasData = true;
        int end = from.position() + (int) binarySize;
        ByteBuffer bytes = from.slice(from.position(), (int) binarySize).order(ByteOrder.LITTLE_ENDIAN);
        from.position(end);
        Datatype type = Datatype.of(datatype, name);
        if (type == Datatype.BYTES) {
            binaryTexts(bytes);
            return;
        }
        if (binarySize % type.bytes() != 0) {
            throw Refusal.bad("'binary_data_size' of input " + quoted() + " must be a multiple of " + type.bytes()
                    + " but is " + binarySize);
        }
        numbers = new double[(int) binarySize / type.bytes()];
        ids = new int[numbers.length];
        while (bytes.hasRemaining()) {
            number(value(bytes, type));
        }
        hasTruths = type == Datatype.BOOL && count > 0;
        hasFractions = type == Datatype.FP32 || type == Datatype.FP64;
    }

    private static double value(ByteBuffer bytes, Datatype type) {
        return switch (type) {
            case BOOL -> bytes.get() == 0 ? 0 : 1;
            case UINT8 -> bytes.get() & 0xff;
            case UINT16 -> bytes.getShort() & 0xffff;
            case UINT32 -> bytes.getInt() & 0xffffffffL;
            case UINT64 -> unsigned(bytes.getLong());
            case INT8 -> bytes.get();
            case INT16 -> bytes.getShort();
            case INT32 -> bytes.getInt();
            case INT64 -> bytes.getLong();
            case FP32 -> bytes.getFloat();
            case FP64, BYTES -> bytes.getDouble();
        };
    }

    private static double unsigned(long bits) {
        return bits >= 0 ? bits : ((bits >>> 1) | (bits & 1)) * 2.0;
    }

    private void binaryTexts(ByteBuffer bytes) {
        byte[] array = new byte[bytes.remaining()];
        bytes.get(0, array);
        while (bytes.hasRemaining()) {
            if (bytes.remaining() < 4) {
                throw brokenTexts();
            }
            int length = bytes.getInt();
            if (length < 0 || length > bytes.remaining()) {
                throw brokenTexts();
            }
            text(array, bytes.position(), bytes.position() + length);
            bytes.position(bytes.position() + length);
        }
    }

    private Refusal brokenTexts() {
        return Refusal.bad("binary data of input " + quoted()
                + " must be texts, each behind its length as four bytes, but ends within one");
    }

    String name() {
        return name;
    }

    /** {@return how many rows there are: the first number of the shape} */
    int rows() {
        return (int) shape[0];
    }

    /** {@return how many values a row has} */
    int width() {
        return shape.length == 1 ? 1 : (int) shape[1];
    }

    /** Refuses a tensor that is not what it says. */
    void check() {
        if (name.isEmpty()) {
            throw Refusal.bad("an input must have a 'name'");
        }
        Datatype type = Datatype.of(datatype, name);
        if (!hasShape || shape.length == 0) {
            throw Refusal.bad("input " + quoted() + " must have a 'shape': [rows], [rows, 1] or [rows, columns]");
        }
        if (!hasData) {
            throw Refusal.bad(
                    "input " + quoted() + " must have 'data', or 'binary_data_size' and data behind the JSON");
        }
        if (count != (long) rows() * width()) {
            throw Refusal.bad("input " + quoted() + " must have the " + (long) rows() * width()
                    + " values of its shape " + Arrays.toString(shape) + " but has " + count);
        }
        boolean isText = type == Datatype.BYTES;
        boolean isTruth = type == Datatype.BOOL;
        for (int i = 0; i < count; i++) {
            boolean isMissing = ids[i] == MISSING && Double.isNaN(numbers[i]);
            if (!isMissing && isText != (ids[i] != MISSING)) {
                throw wrong(i, type);
            }
        }
        if ((hasTruths && !isTruth) || (isTruth && !hasTruths && count > 0) || (type.isWhole() && hasFractions)) {
            throw Refusal.bad(
                    "'data' of input " + quoted() + " must be " + words(type) + " since its datatype is " + type
                            + (hasTruths
                                    ? " but has true or false"
                                    : hasFractions ? " but has fractions" : " but has numbers"));
        }
    }

    private Refusal wrong(int value, Datatype type) {
        return Refusal.badRow(
                value / Math.max(1, width()),
                "'data' of input " + quoted() + " must be " + words(type) + " since its datatype is " + type
                        + " but has " + (ids[value] == MISSING ? "a number" : "a text"));
    }

    private static String words(Datatype type) {
        if (type == Datatype.BYTES) {
            return "texts";
        }
        return type == Datatype.BOOL ? "true and false" : type.isWhole() ? "whole numbers" : "numbers";
    }

    private String quoted() {
        return Refusal.quote(name);
    }

    /**
     * {@return a column of the values as cells}
     *
     * @param form the form that is wanted
     * @param column which of the values of a row, from 0
     */
    ColumnCells cells(ColumnCells.Form form, int column) {
        int rows = rows();
        int width = width();
        boolean asNumbers = form == ColumnCells.Form.NUMBERS && !hasTexts && !hasTruths;
        ColumnCells cells =
                new ColumnCells(asNumbers ? ColumnCells.Form.NUMBERS : ColumnCells.Form.TEXTS, Math.max(1, rows));
        for (int row = 0; row < rows; row++) {
            int from = row * width + column;
            if (asNumbers) {
                cells.numbers()[row] = numbers[from];
            } else {
                cells.ids()[row] = text(from, row, cells.texts());
            }
        }
        return cells;
    }

    private int text(int value, int row, CellTexts to) {
        if (ids[value] != MISSING) {
            return to.add(texts.bytes(), texts.begin(ids[value]), texts.begin(ids[value] + 1));
        }
        double number = numbers[value];
        if (Double.isNaN(number)) {
            return MISSING;
        }
        String text;
        if (hasTruths) {
            text = number == 0 ? "false" : "true";
        } else if (hasFractions) {
            text = Double.toString(number);
        } else if (Math.abs(number) <= WHOLE_LIMIT) {
            text = Long.toString((long) number);
        } else {
            throw Refusal.badRow(
                    row,
                    "input " + quoted()
                            + " must be whole numbers from -2^53 to 2^53 since its column is a text; send BYTES");
        }
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        return to.add(bytes, 0, bytes.length);
    }
}
