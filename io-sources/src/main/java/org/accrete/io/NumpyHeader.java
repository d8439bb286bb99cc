package org.accrete.io;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;

/**
 * The header of an array in NumPy's format, versions 1 to 3: strict, because what it says decides how much is read.
 * Arrays of objects are pickled Python, which is never read.
 *
 * @param type kind of the numbers: {@code f} floating, {@code i} and {@code u} whole, {@code b} boolean, {@code S}
 *     bytes, {@code U} UTF-32
 * @param size bytes of a number
 * @param order order of these bytes
 * @param isByColumn whether columns are stored one after the other, not rows
 * @param shape lengths of the dimensions; at most two
 */
record NumpyHeader(char type, int size, ByteOrder order, boolean isByColumn, List<Long> shape) {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** The most bytes before the text: magic, version and length. */
    static final int PREFIX = 12;

    private static final int MOST_BYTES = 1 << 16;
    /** The bytes of a header that is written here; a multiple of 64, as NumPy aligns it. */
    private static final int WRITTEN = 128;

    private static final Set<String> NUMBERS = Set.of("f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1");
    private static final Pattern PAIR =
            Pattern.compile("\\s*(['\"])(\\w+)\\1\\s*:\\s*('[^']*'|\"[^\"]*\"|True|False|\\([0-9, ]*\\))\\s*(,|$)");

    /**
     * {@return whether an array begins with some bytes}
     *
     * @param bytes at least the first six
     */
    static boolean isMagic(byte[] bytes) {
        return bytes.length >= MAGIC.length && Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /**
     * {@return how many bytes follow the prefix until the header ends}
     *
     * @param prefix the first {@value #PREFIX} bytes
     * @throws AccreteException bad data: this is no array
     */
    static int rest(byte[] prefix) {
        if (!isMagic(prefix)) {
            throw AccreteException.badData("not a NumPy array: it does not begin with \\x93NUMPY");
        }
        int version = prefix[6];
        if (version < 1 || version > 3 || prefix[7] != 0) {
            throw AccreteException.badData(
                    "NumPy format " + version + "." + prefix[7] + " is not read, only 1.0 to 3.0");
        }
        long length = prefix[8] & 0xFF | (prefix[9] & 0xFF) << 8;
        if (version > 1) {
            length |= (prefix[10] & 0xFFL) << 16 | (prefix[11] & 0xFFL) << 24;
        }
        long rest = length + (version > 1 ? 12 : 10) - PREFIX;
        if (rest < 0 || rest > MOST_BYTES) {
            throw AccreteException.badData(
                    "the header of a NumPy array must have at most " + MOST_BYTES + " bytes but has " + length);
        }
        return (int) rest;
    }

    /**
     * {@return the header that some bytes are}
     *
     * @param all prefix and rest
     * @param withTexts whether an array may be of UTF-32 texts
     * @throws AccreteException bad data: not the header of an array of numbers of at most two dimensions
     */
    static NumpyHeader parse(byte[] all, boolean withTexts) {
        int begin = all[6] > 1 ? 12 : 10;
        String text = new String(all, begin, all.length - begin, StandardCharsets.UTF_8).strip();
        if (!text.startsWith("{") || !text.endsWith("}")) {
            throw notAHeader(text);
        }
        Map<String, String> values = new HashMap<>();
        String inside = text.substring(1, text.length() - 1).strip();
        Matcher pair = PAIR.matcher(inside);
        int at = 0;
        while (at < inside.length()) {
            if (!pair.find(at) || pair.start() != at || values.put(group(pair, 2), group(pair, 3)) != null) {
                throw inside.contains("'descr': [")
                        ? AccreteException.badData("an array of records is not read; store its numbers as a matrix")
                        : notAHeader(text);
            }
            at = pair.end();
        }
        if (!values.keySet().equals(Set.of("descr", "fortran_order", "shape"))) {
            throw notAHeader(text);
        }
        String type = values.getOrDefault("descr", "").replaceAll("['\"]", "");
        boolean isUnicode = withTexts && type.matches("[<>]U[1-9][0-9]{0,3}");
        if (!isUnicode
                && !type.matches("\\|S[0-9]{1,3}")
                && (type.length() != 3 || "<>|=".indexOf(type.charAt(0)) < 0 || !NUMBERS.contains(type.substring(1)))) {
            throw AccreteException.badData(
                    type.contains("O")
                            ? "an array of Python objects is never read; convert it to "
                                    + (withTexts ? "texts, as in x.astype(str)" : "numbers, as in x.astype(float)")
                            : "the type of an array must be float32, float64, an integer or bool but was '"
                                    + type.replaceAll("\\p{Cntrl}", " ") + "'");
        }
        String dimensions = values.getOrDefault("shape", "").replaceAll("[() ]", "");
        return new NumpyHeader(
                type.charAt(1),
                Integer.parseInt(type.substring(2)) * (isUnicode ? Integer.BYTES : 1),
                type.charAt(0) == '>' ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN,
                values.getOrDefault("fortran_order", "").equals("True"),
                shape(dimensions));
    }

    /**
     * {@return the header of an array by rows, in format 1.0} It has the same length for any number of rows.
     *
     * @param type NumPy's word for the type of the numbers, such as {@code <f8}
     * @param shape lengths of the dimensions, as within the parentheses of Python
     */
    static byte[] write(String type, String shape) {
        String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
        byte[] bytes = new byte[WRITTEN];
        Arrays.fill(bytes, (byte) ' ');
        System.arraycopy(MAGIC, 0, bytes, 0, MAGIC.length);
        bytes[6] = 1;
        bytes[7] = 0;
        bytes[8] = WRITTEN - 10;
        bytes[9] = 0;
        byte[] ascii = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(ascii, 0, bytes, 10, ascii.length);
        bytes[WRITTEN - 1] = '\n';
        return bytes;
    }

    private static String group(Matcher matcher, int index) {
        return String.valueOf(matcher.group(index));
    }

    private static List<Long> shape(String text) {
        String[] parts = text.isEmpty() ? new String[0] : text.split(",");
        if (parts.length > 2) {
            throw AccreteException.badData(
                    "an array must have at most two dimensions but has the shape (" + text + ")");
        }
        try {
            List<Long> shape = Arrays.stream(parts).map(Long::valueOf).toList();
            shape.stream().reduce(8L, Math::multiplyExact);
            return shape;
        } catch (NumberFormatException | ArithmeticException e) {
            throw AccreteException.badData("an array has an impossible shape: (" + text + ")");
        }
    }

    private static AccreteException notAHeader(String text) {
        return AccreteException.badData("not the header of a NumPy array: "
                + text.substring(0, Math.min(100, text.length())).replaceAll("\\p{Cntrl}", " "));
    }

    /** {@return the length of the first dimension} */
    long rows() {
        return shape.isEmpty() ? 1 : shape.get(0);
    }

    /** {@return how many numbers a row has} */
    long columns() {
        return shape.size() < 2 ? 1 : shape.get(1);
    }

    /** {@return how many bytes all numbers have} */
    long bytes() {
        return rows() * columns() * size;
    }
}
