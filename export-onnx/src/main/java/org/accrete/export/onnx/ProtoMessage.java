package org.accrete.export.onnx;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The bytes of one protobuf message, field after field. Fields of the default value are written too. */
final class ProtoMessage {
    private static final int VARINT = 0;
    private static final int LENGTH = 2;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Appends a whole number. */
    ProtoMessage put(int field, long value) {
        varint(((long) field << 3) | VARINT);
        varint(value);
        return this;
    }

    /** Appends bytes. */
    ProtoMessage put(int field, byte[] value) {
        varint(((long) field << 3) | LENGTH);
        varint(value.length);
        bytes.writeBytes(value);
        return this;
    }

    /** Appends a text. */
    ProtoMessage put(int field, String value) {
        return put(field, value.getBytes(StandardCharsets.UTF_8));
    }

    /** Appends another message. */
    ProtoMessage put(int field, ProtoMessage value) {
        return put(field, value.toBytes());
    }

    private void varint(long value) {
        long rest = value;
        for (; (rest & ~0x7FL) != 0; rest >>>= 7) {
            bytes.write((int) ((rest & 0x7F) | 0x80));
        }
        bytes.write((int) rest);
    }

    /** {@return the message} */
    byte[] toBytes() {
        return bytes.toByteArray();
    }
}
