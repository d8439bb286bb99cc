package org.accrete.export.onnx;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.ModelGraph;

/** A graph that becomes an ONNX model. The numbers of fields are those of {@code onnx.proto3}, for operator set 21. */
final class OnnxGraph implements ModelGraph {
    /** Types of tensors. */
    static final int FLOAT = 1;

    static final int UINT8 = 2;
    static final int INT64 = 7;
    static final int STRING = 8;
    static final int DOUBLE = 11;

    /** The version of the format that has the operator sets below. */
    private static final long IR_VERSION = 10;

    /** The operator sets, by domain; the standard's own has no name. */
    private static final Map<String, Long> VERSIONS = Map.of("", 21L, "ai.onnx.ml", 5L, "com.microsoft", 1L);

    /** Half of what one message may have, since the graph is copied into the model. */
    private static final long MOST_BYTES = 1L << 30;

    private static final int ATTRIBUTE_INT = 2;
    private static final int ATTRIBUTE_STRING = 3;
    private static final int ATTRIBUTE_TENSOR = 4;
    private static final int ATTRIBUTE_INTS = 7;
    private static final int ATTRIBUTE_STRINGS = 8;

    private record Named(String name) implements Value {}

    private final ProtoMessage graph = new ProtoMessage();
    private final TreeSet<String> domains = new TreeSet<>(List.of(""));
    private int values;
    private long size;

    private Named newValue() {
        return new Named("v" + values++);
    }

    @Override
    public Value constant(double[] numbers, long... shape) {
        return initializer(tensor(numbers, shape));
    }

    @Override
    public Value constant(float[] numbers, long... shape) {
        byte[] raw = raw((long) Float.BYTES * numbers.length);
        littleEndian(raw).asFloatBuffer().put(numbers);
        return initializer(tensor(FLOAT, raw, shape));
    }

    @Override
    public Value constant(long[] numbers, long... shape) {
        byte[] raw = raw((long) Long.BYTES * numbers.length);
        littleEndian(raw).asLongBuffer().put(numbers);
        return initializer(tensor(INT64, raw, shape));
    }

    /** {@return a list of texts, the same for every call} */
    Value constant(List<String> texts) {
        ProtoMessage tensor = new ProtoMessage().put(1, texts.size()).put(2, STRING);
        texts.forEach(text -> tensor.put(6, text));
        return initializer(tensor);
    }

    private Value initializer(ProtoMessage tensor) {
        Named value = newValue();
        graph.put(5, tensor.put(8, value.name));
        return value;
    }

    private byte[] raw(long bytes) {
        size += bytes;
        if (size > MOST_BYTES) {
            throw AccreteException.badArgument(
                    "the model has more than 1 GiB of numbers, which one ONNX file cannot hold; train with narrower"
                            + " columns (width=...) or fewer units");
        }
        return new byte[(int) bytes];
    }

    private static ByteBuffer littleEndian(byte[] raw) {
        return ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    }

    private ProtoMessage tensor(double[] numbers, long... shape) {
        byte[] raw = raw((long) Double.BYTES * numbers.length);
        littleEndian(raw).asDoubleBuffer().put(numbers);
        return tensor(DOUBLE, raw, shape);
    }

    private static ProtoMessage tensor(int type, byte[] raw, long... shape) {
        ProtoMessage tensor = new ProtoMessage();
        for (long length : shape) {
            tensor.put(1, length);
        }
        return tensor.put(2, type).put(9, raw);
    }

    @Override
    public List<Value> apply(int results, String operator, Map<String, ?> attributes, Value... inputs) {
        List<Named> outputs = Stream.generate(this::newValue).limit(results).toList();
        apply(operator, attributes, outputs, inputs);
        return List.copyOf(outputs);
    }

    private void apply(String operator, Map<String, ?> attributes, List<Named> outputs, Value... inputs) {
        int dot = operator.lastIndexOf('.');
        String domain = operator.substring(0, Math.max(0, dot));
        domains.add(domain);
        ProtoMessage node = new ProtoMessage();
        for (Value input : inputs) {
            node.put(1, ((Named) input).name);
        }
        outputs.forEach(output -> node.put(2, output.name));
        node.put(4, operator.substring(dot + 1));
        // In one order, so that the same model makes the same bytes.
        new TreeMap<>(attributes).forEach((name, value) -> node.put(5, attribute(name, value)));
        graph.put(1, node.put(7, domain));
    }

    private ProtoMessage attribute(String name, Object value) {
        ProtoMessage attribute = new ProtoMessage().put(1, name);
        if (value instanceof Long number) {
            return attribute.put(3, number).put(20, ATTRIBUTE_INT);
        }
        if (value instanceof String text) {
            return attribute.put(4, text).put(20, ATTRIBUTE_STRING);
        }
        if (value instanceof long[] numbers) {
            size += (long) Long.BYTES * numbers.length;
            for (long number : numbers) {
                attribute.put(8, number);
            }
            return attribute.put(20, ATTRIBUTE_INTS);
        }
        if (value instanceof String[] texts) {
            for (String text : texts) {
                attribute.put(9, text.getBytes(StandardCharsets.UTF_8));
            }
            return attribute.put(20, ATTRIBUTE_STRINGS);
        }
        if (value instanceof double[] numbers) {
            return attribute.put(5, tensor(numbers, numbers.length)).put(20, ATTRIBUTE_TENSOR);
        }
        if (value instanceof byte[] numbers) {
            return attribute.put(5, tensor(UINT8, numbers, numbers.length)).put(20, ATTRIBUTE_TENSOR);
        }
        throw new IllegalArgumentException(
                "an attribute cannot be a " + value.getClass().getName());
    }

    /** {@return a new input, rows × columns} */
    Value input(String name, int type, long columns) {
        graph.put(11, valueInfo(name, type, columns));
        return new Named(name);
    }

    /**
     * Makes a value an output.
     *
     * @param columns of each row; 0 if an output is one value per row
     */
    void output(String name, Value value, int type, long columns) {
        apply("Identity", Map.of(), List.of(new Named(name)), value);
        graph.put(12, valueInfo(name, type, columns));
    }

    private static ProtoMessage valueInfo(String name, int type, long columns) {
        ProtoMessage shape = new ProtoMessage().put(1, new ProtoMessage().put(2, "rows"));
        if (columns > 0) {
            shape.put(1, new ProtoMessage().put(1, columns));
        }
        return new ProtoMessage()
                .put(1, name)
                .put(
                        2,
                        new ProtoMessage()
                                .put(1, new ProtoMessage().put(1, type).put(2, shape)));
    }

    /**
     * {@return the model file}
     *
     * @param about facts about the model, by name
     */
    byte[] toModel(Map<String, String> about) {
        ProtoMessage model =
                new ProtoMessage().put(1, IR_VERSION).put(2, "accrete").put(7, graph.put(2, "model"));
        for (String domain : domains) {
            model.put(8, new ProtoMessage().put(1, domain).put(2, VERSIONS.getOrDefault(domain, 1L)));
        }
        new TreeMap<>(about)
                .forEach((key, value) ->
                        model.put(14, new ProtoMessage().put(1, key).put(2, value)));
        return model.toBytes();
    }
}
