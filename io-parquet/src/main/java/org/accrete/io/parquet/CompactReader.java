package org.accrete.io.parquet;

import java.nio.charset.StandardCharsets;

/**
 * Reads what a file says about itself: structs in Thrift's compact protocol. Bad bytes are {@linkplain Damage told}.
 *
 * <pre>{@code
 * int outer = in.begin();
 * while (in.nextField()) {
 *     switch (in.field()) {
 *         case 1 -> rows = in.number();
 *         default -> in.skip();
 *     }
 * }
 * in.end(outer);
 * }</pre>
 */
final class CompactReader {
    private static final int TRUE = 1;
    private static final int FALSE = 2;
    private static final int BYTE = 3;
    private static final int I64 = 6;
    private static final int DOUBLE = 7;
    private static final int BINARY = 8;
    private static final int LIST = 9;
    private static final int SET = 10;
    private static final int MAP = 11;
    private static final int STRUCT = 12;
    private static final int DEEPEST = 32;

    private final byte[] bytes;
    private final int end;
    private int at;
    private int field;
    private int type;

    /**
     * Starts at the first of some bytes.
     *
     * @param bytes has them
     * @param from the first
     * @param end after the last
     */
    CompactReader(byte[] bytes, int from, int end) {
        this.bytes = bytes;
        this.at = from;
        this.end = end;
    }

    /** {@return the next byte's index} */
    int at() {
        return at;
    }

    /** Begins a struct; returns what {@link #end} takes. */
    int begin() {
        int outer = field;
        field = 0;
        return outer;
    }

    /** Ends a struct. */
    void end(int outer) {
        field = outer;
    }

    /** Goes to the next field of the struct; false at its end. */
    boolean nextField() {
        int header = next();
        if (header == 0) {
            return false;
        }
        type = header & 0xF;
        int delta = header >>> 4;
        field = delta == 0 ? (int) zigzag(varint()) : field + delta;
        return true;
    }

    /** {@return the number of the field} */
    int field() {
        return field;
    }

    /** {@return the field, a whole number} */
    long number() {
        if (type == BYTE) {
            return (byte) next();
        }
        if (type < BYTE || type > I64) {
            throw unexpected();
        }
        return zigzag(varint());
    }

    /** {@return the field, a whole number of 32 bits} */
    int integer() {
        long number = number();
        if (number != (int) number) {
            throw new Damage("a number is too large: " + number);
        }
        return (int) number;
    }

    /** {@return the field, true or false} */
    boolean isTrue() {
        if (type != TRUE && type != FALSE) {
            throw unexpected();
        }
        return type == TRUE;
    }

    /** {@return the field, a text} */
    String text() {
        if (type != BINARY) {
            throw unexpected();
        }
        int length = length();
        at += length;
        return new String(bytes, at - length, length, StandardCharsets.UTF_8);
    }

    /** Begins the field, a struct, as {@link #begin}. */
    int struct() {
        if (type != STRUCT) {
            throw unexpected();
        }
        return begin();
    }

    /** {@return how many structs the field, a list, has; each is to be read by {@link #begin}} */
    int structs() {
        if (type != LIST) {
            throw unexpected();
        }
        int header = next();
        if ((header & 0xF) != STRUCT && header != 0) {
            throw unexpected();
        }
        return header >>> 4 == 15 ? length() : header >>> 4;
    }

    /** Skips the field. */
    void skip() {
        skip(type, 0);
    }

    private void skip(int some, int depth) {
        if (depth > DEEPEST) {
            throw new Damage("structs are nested too deeply");
        }
        switch (some) {
            case TRUE, FALSE -> {}
            case BYTE -> next();
            case 4, 5, I64 -> varint();
            case DOUBLE -> move(8);
            case BINARY -> move(length());
            case LIST, SET -> {
                int header = next();
                int size = header >>> 4 == 15 ? length() : header >>> 4;
                for (int i = 0; i < size; i++) {
                    skipElement(header & 0xF, depth);
                }
            }
            case MAP -> {
                int size = length();
                int types = size == 0 ? 0 : next();
                for (int i = 0; i < size; i++) {
                    skipElement(types >>> 4, depth);
                    skipElement(types & 0xF, depth);
                }
            }
            case STRUCT -> {
                int outer = begin();
                while (nextField()) {
                    skip(type, depth + 1);
                }
                end(outer);
            }
            default -> throw new Damage("a field has no type that there is");
        }
    }

    /** In lists a truth value is a byte. */
    private void skipElement(int some, int depth) {
        skip(some == TRUE || some == FALSE ? BYTE : some, depth + 1);
    }

    private void move(int count) {
        if (count > end - at) {
            throw new Damage("its description ends early");
        }
        at += count;
    }

    /** {@return a number of bytes or elements, each at least a byte} */
    private int length() {
        long length = varint();
        if (length < 0 || length > end - at) {
            throw new Damage("its description ends early");
        }
        return (int) length;
    }

    private int next() {
        if (at == end) {
            throw new Damage("its description ends early");
        }
        return bytes[at++] & 0xFF;
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            int some = next();
            value |= (long) (some & 0x7F) << shift;
            if (some < 0x80) {
                return value;
            }
        }
        throw new Damage("a number is too long");
    }

    private static long zigzag(long number) {
        return number >>> 1 ^ -(number & 1);
    }

    private Damage unexpected() {
        return new Damage("field " + field + " of its description has type " + type);
    }
}
