package org.accrete.api.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
    private static final List<Tensor> ALL = List.of(
            Tensor.of(new double[] {0.0, -0.0, Double.longBitsToDouble(0x7FF8000000000123L), 1e300}, 2, 2),
            Tensor.of(new float[] {1.5f, Float.NaN, -0.0f}),
            Tensor.of(new long[] {Long.MIN_VALUE, 0, Long.MAX_VALUE}, 3, 1),
            Tensor.of(new double[0], 0, 5));

    @Test
    void survivesItsBytes() {
        for (Tensor tensor : ALL) {
            ByteBuffer bytes = ByteBuffer.allocate(tensor.size() * tensor.type().bytes());
            int half = tensor.size() / 2;
            tensor.write(0, half, bytes);
            tensor.write(half, tensor.size() - half, bytes);
            assertThat(bytes.hasRemaining()).isFalse();
            bytes.flip();
            assertThat(Tensor.read(tensor.type(), bytes, tensor.shape()))
                    .isEqualTo(tensor)
                    .hasSameHashCodeAs(tensor)
                    .hasToString(tensor.toString());
            assertThat(bytes.hasRemaining()).isFalse();
        }
    }

    @Test
    void bytesAreLittleEndian() {
        ByteBuffer bytes = ByteBuffer.allocate(8);
        Tensor.of(new long[] {1}).write(0, 1, bytes);
        assertThat(bytes.array()).containsExactly(1, 0, 0, 0, 0, 0, 0, 0);
        bytes.flip().order(ByteOrder.BIG_ENDIAN);
        assertThat(Tensor.read(Tensor.Type.I64, bytes, 1).longs()).containsExactly(1);
    }

    @Test
    void isEqualOnlyBitForBit() {
        assertThat(Tensor.of(new double[] {0.0})).isNotEqualTo(Tensor.of(new double[] {-0.0}));
        assertThat(Tensor.of(new double[] {1, 2})).isNotEqualTo(Tensor.of(new double[] {1, 2}, 2, 1));
        assertThat(Tensor.of(new double[] {1})).isNotEqualTo(Tensor.of(new float[] {1}));
        assertThat(Tensor.of(new double[] {Double.NaN})).isEqualTo(Tensor.of(new double[] {Double.NaN}));
        assertThat(Tensor.of(new double[] {1})).isNotEqualTo("1");
    }

    @Test
    void isImmutable() {
        double[] numbers = {1, 2};
        Tensor tensor = Tensor.of(numbers);
        numbers[0] = 9;
        tensor.doubles()[1] = 9;
        tensor.shape()[0] = 9;
        assertThat(tensor).isEqualTo(Tensor.of(new double[] {1, 2}));
    }

    @Test
    void givesNumbersOfItsTypeOnly() {
        assertThat(Tensor.of(new float[] {0.5f}).doubles()).containsExactly(0.5);
        assertThat(Tensor.of(new float[] {0.5f}).floats()).containsExactly(0.5f);
        assertThat(Tensor.of(new long[] {3}).doubles()).containsExactly(3);
        assertThatThrownBy(() -> Tensor.of(new double[] {1}).floats()).hasMessageContaining("F32");
        assertThatThrownBy(() -> Tensor.of(new double[] {1}).longs()).hasMessageContaining("I64");
    }

    @Test
    void refusesAShapeOfAnotherSize() {
        assertThatThrownBy(() -> Tensor.of(new double[3], 2, 2))
                .hasMessage("a tensor of shape [2, 2] cannot hold 3 numbers");
        assertThatThrownBy(() -> Tensor.elements(-1, 2)).hasMessage("no tensor can have shape [-1, 2]");
        assertThatThrownBy(() -> Tensor.elements(Long.MAX_VALUE, 2)).hasMessageContaining("no tensor");
        assertThat(Tensor.elements(3, 4)).isEqualTo(12);
    }
}
