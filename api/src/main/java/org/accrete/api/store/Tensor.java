package org.accrete.api.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.accrete.api.AccreteException;

/** An immutable array of numbers with a shape, row-major. */
public final class Tensor {
    /** Type of the numbers. */
    public enum Type {
        /** 64-bit floating point. */
        F64(Double.BYTES),
        /** 32-bit floating point. */
        F32(Float.BYTES),
        /** 64-bit signed integer. */
        I64(Long.BYTES);

        private final int bytes;

        Type(int bytes) {
            this.bytes = bytes;
        }

        /** {@return bytes per number} */
        public int bytes() {
            return bytes;
        }
    }

    private final Type type;
    private final long[] shape;
    private final Object data;
    private final int size;

    private Tensor(Type type, Object data, int size, long[] shape) {
        this.type = type;
        this.data = data;
        this.size = size;
        this.shape = shape.length == 0 ? new long[] {size} : shape.clone();
        if (elements(this.shape) != size) {
            throw AccreteException.badArgument(
                    "a tensor of shape " + Arrays.toString(shape) + " cannot hold " + size + " numbers");
        }
    }

    /**
     * {@return how many numbers a shape holds}
     *
     * @param shape lengths of the dimensions
     * @throws AccreteException bad argument: negative or too large
     */
    public static long elements(long... shape) {
        long product = 1;
        try {
            for (long length : shape) {
                if (length < 0) {
                    throw new ArithmeticException("negative length");
                }
                product = Math.multiplyExact(product, length);
            }
        } catch (ArithmeticException e) {
            throw AccreteException.badArgument("no tensor can have shape " + Arrays.toString(shape));
        }
        return product;
    }

    /**
     * {@return a tensor of a copy of the numbers}
     *
     * @param data the numbers
     * @param shape lengths of the dimensions; none means one dimension
     */
    public static Tensor of(double[] data, long... shape) {
        return new Tensor(Type.F64, data.clone(), data.length, shape);
    }

    /**
     * {@return a tensor of a copy of the numbers}
     *
     * @param data the numbers
     * @param shape lengths of the dimensions; none means one dimension
     */
    public static Tensor of(float[] data, long... shape) {
        return new Tensor(Type.F32, data.clone(), data.length, shape);
    }

    /**
     * {@return a tensor of a copy of the numbers}
     *
     * @param data the numbers
     * @param shape lengths of the dimensions; none means one dimension
     */
    public static Tensor of(long[] data, long... shape) {
        return new Tensor(Type.I64, data.clone(), data.length, shape);
    }

    /**
     * {@return a tensor read from raw little-endian numbers}
     *
     * @param type type of the numbers
     * @param raw as many bytes as the shape asks for; its position is moved
     * @param shape lengths of the dimensions, never empty
     */
    public static Tensor read(Type type, ByteBuffer raw, long... shape) {
        int size = Math.toIntExact(elements(shape));
        ByteBuffer little = raw.order(ByteOrder.LITTLE_ENDIAN);
        Object data;
        switch (type) {
            case F64 -> {
                double[] numbers = new double[size];
                little.asDoubleBuffer().get(numbers);
                data = numbers;
            }
            case F32 -> {
                float[] numbers = new float[size];
                little.asFloatBuffer().get(numbers);
                data = numbers;
            }
            default -> {
                long[] numbers = new long[size];
                little.asLongBuffer().get(numbers);
                data = numbers;
            }
        }
        little.position(little.position() + size * type.bytes());
        return new Tensor(type, data, size, shape);
    }

    /**
     * Writes some of the numbers raw and little-endian.
     *
     * @param from first number
     * @param count how many
     * @param out room for {@code count × type().bytes()} bytes; its position is moved
     */
    public void write(int from, int count, ByteBuffer out) {
        ByteBuffer little = out.order(ByteOrder.LITTLE_ENDIAN);
        switch (type) {
            case F64 -> little.asDoubleBuffer().put((double[]) data, from, count);
            case F32 -> little.asFloatBuffer().put((float[]) data, from, count);
            default -> little.asLongBuffer().put((long[]) data, from, count);
        }
        little.position(little.position() + count * type.bytes());
    }

    /** {@return the type of the numbers} */
    public Type type() {
        return type;
    }

    /** {@return lengths of the dimensions, a copy} */
    public long[] shape() {
        return shape.clone();
    }

    /** {@return how many numbers there are} */
    public int size() {
        return size;
    }

    /** {@return a copy of the numbers as {@code double}s, exact for F64 and F32} */
    public double[] doubles() {
        if (data instanceof double[] numbers) {
            return numbers.clone();
        }
        double[] copy = new double[size];
        for (int i = 0; i < size; i++) {
            copy[i] = data instanceof float[] numbers ? numbers[i] : ((long[]) data)[i];
        }
        return copy;
    }

    /** {@return a copy of the numbers; F32 only} */
    public float[] floats() {
        if (data instanceof float[] numbers) {
            return numbers.clone();
        }
        throw AccreteException.badState("a tensor of type F32 was expected but it is " + type);
    }

    /** {@return a copy of the numbers; I64 only} */
    public long[] longs() {
        if (data instanceof long[] numbers) {
            return numbers.clone();
        }
        throw AccreteException.badState("a tensor of type I64 was expected but it is " + type);
    }

    /** Equal when type, shape and every bit are. */
    @Override
    public boolean equals(Object other) {
        if (!(other instanceof Tensor tensor) || type != tensor.type || !Arrays.equals(shape, tensor.shape)) {
            return false;
        }
        for (int i = 0; i < size; i++) {
            if (bits(i) != tensor.bits(i)) {
                return false;
            }
        }
        return true;
    }

    private long bits(int i) {
        return switch (type) {
            case F64 -> Double.doubleToRawLongBits(((double[]) data)[i]);
            case F32 -> Float.floatToRawIntBits(((float[]) data)[i]);
            default -> ((long[]) data)[i];
        };
    }

    @Override
    public int hashCode() {
        int hash = 31 * type.hashCode() + Arrays.hashCode(shape);
        for (int i = 0; i < size; i++) {
            hash = 31 * hash + Long.hashCode(bits(i));
        }
        return hash;
    }

    @Override
    public String toString() {
        return type + Arrays.toString(shape);
    }
}
