package org.accrete.core.store;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.store.Tensor;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * The safetensors file format.
 *
 * <pre>
 *  0        8                          8 + n, a multiple of 64
 *  +--------+------------------+-------+-----------+-----------+----
 *  | n      | {"coef":{...}}   | blank | tensor    | tensor    | ...
 *  | u64 LE | JSON, UTF-8      | s     | raw, little-endian, row-major
 *  +--------+------------------+-------+-----------+-----------+----
 * </pre>
 *
 * <ol>
 *   <li>The header holds each tensor's type, shape and offsets; offsets count from the end of the header and cover the
 *       rest of the file without hole or overlap.
 *   <li>Tensors of 8-byte numbers come first, so that every number is aligned to its size in a mapped file. The order
 *       of names in the header is the order of the map and may differ from the order in the file.
 *   <li>Sizes that a file claims are checked against its length before anything of that size is allocated.
 * </ol>
 */
final class SafeTensors {
    /** The format's own limit. */
    static final int MAX_HEADER_BYTES = 100_000_000;

    /** The most tensors of a file, and the most texts. */
    static final int MAX_ENTRIES = 100_000;

    /** A tensor is read through one array of bytes. */
    static final long MAX_TENSOR_BYTES = Integer.MAX_VALUE - 8L;

    private static final String METADATA = "__metadata__";
    private static final int ALIGNMENT = 64;

    private SafeTensors() {}

    /** Where a tensor lies; offsets count from the end of the header. */
    private record Entry(String name, String type, List<Long> shape, long begin, long end) {}

    /** A header as it was read: its texts can be used; {@link #check} checks its entries. */
    static final class Header {
        private final Map<String, String> metadata;
        private final List<Entry> entries;
        private final long dataStart;

        private Header(Map<String, String> metadata, List<Entry> entries, long dataStart) {
            this.metadata = metadata;
            this.entries = entries;
            this.dataStart = dataStart;
        }

        Map<String, String> metadata() {
            return metadata;
        }
    }

    /**
     * {@return the first bytes of a file: the header's length, the header and the blanks up to the data}
     *
     * @throws AccreteException bad argument: a name, a text or a size that the format cannot hold
     */
    static byte[] header(Map<String, String> metadata, Map<String, Tensor> tensors) {
        if (tensors.size() > MAX_ENTRIES || metadata.size() > MAX_ENTRIES) {
            throw AccreteException.badArgument("a model file holds at most " + MAX_ENTRIES
                    + " tensors and as many texts, not " + tensors.size() + " and " + metadata.size());
        }
        metadata.forEach((name, text) -> {
            StrictJson.requireUnicode("the name of a text", name);
            StrictJson.requireUnicode("text '" + name + "'", text);
        });
        Map<String, Long> begins = new LinkedHashMap<>();
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : inFileOrder(tensors)) {
            if (entry.getKey().equals(METADATA)) {
                throw AccreteException.badArgument("no tensor can be named " + METADATA);
            }
            StrictJson.requireUnicode("the name of a tensor", entry.getKey());
            long bytes = bytes(entry.getValue());
            if (bytes > MAX_TENSOR_BYTES) {
                throw AccreteException.badArgument("tensor '" + entry.getKey() + "' of " + bytes
                        + " bytes is too large for a model file: at most " + MAX_TENSOR_BYTES + " for each tensor");
            }
            begins.put(entry.getKey(), offset);
            offset += bytes;
        }
        byte[] json = StrictJson.object(out -> {
            out.writeName(METADATA);
            out.writeStartObject();
            metadata.forEach(out::writeStringProperty);
            out.writeEndObject();
            tensors.forEach((name, tensor) -> {
                out.writeName(name);
                out.writeStartObject();
                out.writeStringProperty("dtype", tensor.type().name());
                out.writeName("shape");
                long[] shape = tensor.shape();
                out.writeArray(shape, 0, shape.length);
                long begin = begins.getOrDefault(name, 0L);
                out.writeName("data_offsets");
                out.writeArray(new long[] {begin, begin + bytes(tensor)}, 0, 2);
                out.writeEndObject();
            });
        });
        if (json.length > MAX_HEADER_BYTES - ALIGNMENT) {
            throw AccreteException.badArgument("the names and texts of a model take " + json.length
                    + " bytes, but a model file holds at most " + (MAX_HEADER_BYTES - ALIGNMENT));
        }
        int dataStart = (Long.BYTES + json.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        byte[] header = new byte[dataStart];
        Arrays.fill(header, (byte) ' ');
        ByteBuffer.wrap(header)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(dataStart - Long.BYTES)
                .put(json);
        return header;
    }

    /** Writes a file in pieces of {@link Disk#BUFFER_BYTES}, after {@link #header} has made its first bytes. */
    static void write(byte[] header, Map<String, Tensor> tensors, WritableByteChannel out) throws IOException {
        out.write(ByteBuffer.wrap(header));
        ByteBuffer buffer = ByteBuffer.allocate(Disk.BUFFER_BYTES);
        for (Map.Entry<String, Tensor> entry : inFileOrder(tensors)) {
            Tensor tensor = entry.getValue();
            int width = tensor.type().bytes();
            for (int from = 0; from < tensor.size(); ) {
                int count = Math.min(tensor.size() - from, buffer.remaining() / width);
                tensor.write(from, count, buffer);
                from += count;
                if (buffer.remaining() < Long.BYTES) {
                    out.write(buffer.flip());
                    buffer.clear();
                }
            }
        }
        out.write(buffer.flip());
    }

    private static List<Map.Entry<String, Tensor>> inFileOrder(Map<String, Tensor> tensors) {
        List<Map.Entry<String, Tensor>> order = new ArrayList<>(tensors.entrySet());
        order.sort(Comparator.comparingInt(entry -> -entry.getValue().type().bytes()));
        return order;
    }

    private static long bytes(Tensor tensor) {
        return (long) tensor.size() * tensor.type().bytes();
    }

    /**
     * Reads a file's header, from its start.
     *
     * @throws AccreteException corrupt file: not such a header
     */
    static Header readHeader(ReadableByteChannel in, long fileLength) throws IOException {
        if (fileLength < Long.BYTES) {
            throw AccreteException.corruptFile("a safetensors file has at least 8 bytes but this one " + fileLength);
        }
        long length = readFully(in, new byte[Long.BYTES])
                .order(ByteOrder.LITTLE_ENDIAN)
                .getLong();
        if (length < 2 || length > MAX_HEADER_BYTES || length > fileLength - Long.BYTES) {
            throw AccreteException.corruptFile("the header's length must be from 2 to "
                    + Math.min(MAX_HEADER_BYTES, fileLength - Long.BYTES) + " but is " + Long.toUnsignedString(length));
        }
        byte[] bytes = readFully(in, new byte[(int) length]).array();
        if (bytes[0] != '{') {
            throw AccreteException.corruptFile("the header must start with '{'");
        }
        int end = bytes.length;
        while (bytes[end - 1] == ' ') {
            end--;
        }
        return StrictJson.read(bytes, 0, end, json -> parse(json, Long.BYTES + length));
    }

    private static Header parse(JsonParser json, long dataStart) {
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String name = json.currentName();
            StrictJson.expect(json.nextToken(), JsonToken.START_OBJECT);
            if (name.equals(METADATA)) {
                metadata.putAll(StrictJson.texts(json));
            } else {
                entries.add(entry(json, name));
            }
            if (entries.size() > MAX_ENTRIES || metadata.size() > MAX_ENTRIES) {
                throw AccreteException.corruptFile("the header has more than " + MAX_ENTRIES + " tensors or texts");
            }
        }
        return new Header(metadata, entries, dataStart);
    }

    private static Entry entry(JsonParser json, String name) {
        String type = "";
        List<Long> shape = List.of();
        List<Long> offsets = List.of();
        while (json.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = json.currentName();
            JsonToken value = json.nextToken();
            switch (key) {
                case "dtype" -> {
                    StrictJson.expect(value, JsonToken.VALUE_STRING);
                    type = json.getString();
                }
                case "shape" -> shape = wholeNumbers(json);
                case "data_offsets" -> offsets = wholeNumbers(json);
                default ->
                    throw AccreteException.corruptFile("tensor '" + name + "' has an unknown property '" + key + "'");
            }
        }
        if (type.isEmpty() || shape.isEmpty() || offsets.size() != 2) {
            throw AccreteException.corruptFile("tensor '" + name + "' must have a dtype, a shape and two data_offsets");
        }
        return new Entry(name, type, shape, offsets.get(0), offsets.get(1));
    }

    private static List<Long> wholeNumbers(JsonParser json) {
        StrictJson.expect(json.currentToken(), JsonToken.START_ARRAY);
        List<Long> numbers = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            StrictJson.expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT);
            numbers.add(json.getLongValue());
        }
        return numbers;
    }

    /**
     * Checks that the tensors fit their types and shapes and tile the rest of the file.
     *
     * @throws AccreteException corrupt file: an unknown type, a size that does not fit its shape, a hole, an overlap
     */
    static void check(Header header, long fileLength) {
        long next = 0;
        for (Entry entry : inFileOrder(header)) {
            if (entry.begin() != next) {
                throw AccreteException.corruptFile(
                        "tensor '" + entry.name() + "' must begin at " + next + " but begins at " + entry.begin());
            }
            long bytes = expectedBytes(entry);
            if (entry.end() - entry.begin() != bytes) {
                throw AccreteException.corruptFile("tensor '" + entry.name() + "' of shape " + entry.shape()
                        + " must have " + bytes + " bytes but has " + (entry.end() - entry.begin()));
            }
            next = entry.end();
        }
        if (next != fileLength - header.dataStart) {
            throw AccreteException.corruptFile(
                    "the tensors must cover " + (fileLength - header.dataStart) + " bytes but cover " + next);
        }
    }

    private static long expectedBytes(Entry entry) {
        try {
            long bytes = Math.multiplyExact(
                    Tensor.elements(shape(entry)), type(entry).bytes());
            if (bytes <= MAX_TENSOR_BYTES) {
                return bytes;
            }
        } catch (ArithmeticException | IllegalArgumentException | AccreteException e) {
            throw new AccreteException(AccreteException.Kind.CORRUPT_FILE, impossible(entry), e);
        }
        throw AccreteException.corruptFile(impossible(entry));
    }

    private static String impossible(Entry entry) {
        return "tensor '" + entry.name() + "' cannot have type '" + entry.type() + "' and shape " + entry.shape()
                + " (types: F64, F32, I64; at most " + MAX_TENSOR_BYTES + " bytes)";
    }

    private static Tensor.Type type(Entry entry) {
        return Tensor.Type.valueOf(entry.type());
    }

    private static long[] shape(Entry entry) {
        return entry.shape().stream().mapToLong(Long::longValue).toArray();
    }

    private static List<Entry> inFileOrder(Header header) {
        List<Entry> order = new ArrayList<>(header.entries);
        order.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        return order;
    }

    /**
     * Reads the tensors, each through one array of bytes.
     *
     * @param in positioned after the header
     * @return the tensors, in the header's order
     * @throws AccreteException corrupt file: as {@link #check}
     */
    static Map<String, Tensor> readTensors(Header header, ReadableByteChannel in, long fileLength) throws IOException {
        check(header, fileLength);
        Map<String, Tensor> read = new HashMap<>();
        for (Entry entry : inFileOrder(header)) {
            ByteBuffer raw = readFully(in, new byte[(int) (entry.end() - entry.begin())]);
            read.put(entry.name(), Tensor.read(type(entry), raw, shape(entry)));
        }
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        header.entries.forEach(entry -> tensors.put(entry.name(), read.get(entry.name())));
        return tensors;
    }

    /** Fills an array in pieces: for one large read the JDK would keep a native buffer of that size. */
    private static ByteBuffer readFully(ReadableByteChannel in, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.position() < bytes.length) {
            buffer.limit(Math.min(bytes.length, buffer.position() + Disk.BUFFER_BYTES));
            if (in.read(buffer) < 0) {
                throw new EOFException("the file has become shorter while it was read");
            }
        }
        return buffer.flip();
    }
}
