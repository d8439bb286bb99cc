package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;

/** Assertions on states and arrays of numbers. A failure names the first difference. */
final class StateAssert {
    private StateAssert() {}

    /**
     * Fails when two states differ. Texts, names, types and shapes must be equal.
     *
     * @param what names the actual state in the failure
     * @param tolerance 0 for equal bits; else the largest difference of two numbers, relative where the expected one is
     *     above 1. Whole numbers are always compared exactly.
     */
    static void assertSameState(String what, State actual, State expected, double tolerance) {
        assertThat(actual.texts()).as("texts of the state of %s", what).isEqualTo(expected.texts());
        assertThat(actual.tensors().keySet())
                .as("names of the tensors of the state of %s", what)
                .isEqualTo(expected.tensors().keySet());
        expected.tensors().forEach((name, tensor) -> {
            Tensor other = actual.tensor(name);
            String place = "tensor '" + name + "' of the state of " + what;
            assertThat(other.type()).as("type of %s", place).isEqualTo(tensor.type());
            assertThat(other.shape()).as("shape of %s", place).isEqualTo(tensor.shape());
            if (tensor.type() != Tensor.Type.I64 && tolerance > 0) {
                assertSameNumbers(place, other.doubles(), tensor.doubles(), tolerance);
            } else if (!other.equals(tensor)) {
                assertSameBits(place, other.doubles(), tensor.doubles());
                throw new AssertionError(place + " differs in bits that a conversion to double hides");
            }
        });
    }

    /** Fails when two arrays differ. The tolerance is that of {@link #assertSameState}. */
    static void assertSameNumbers(String what, double[] actual, double[] expected, double tolerance) {
        if (tolerance == 0) {
            assertSameBits(what, actual, expected);
            return;
        }
        assertThat(actual.length).as("length of %s", what).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            double scale = Math.max(1, Math.abs(expected[i]));
            boolean close = Math.abs(actual[i] - expected[i]) <= tolerance * scale
                    || Double.doubleToLongBits(actual[i]) == Double.doubleToLongBits(expected[i]);
            if (!close) {
                throw new AssertionError(what + " differs at " + i + " by more than " + tolerance + ": expected "
                        + expected[i] + " but was " + actual[i]);
            }
        }
    }

    private static void assertSameBits(String what, double[] actual, double[] expected) {
        assertThat(actual.length).as("length of %s", what).isEqualTo(expected.length);
        for (int i = 0; i < expected.length; i++) {
            if (Double.doubleToRawLongBits(actual[i]) != Double.doubleToRawLongBits(expected[i])) {
                throw new AssertionError(
                        what + " differs at " + i + ": expected " + expected[i] + " but was " + actual[i]);
            }
        }
    }

    /** Fails when a number is NaN or infinite. */
    static void assertFinite(String what, double[] numbers) {
        assertThat(Arrays.stream(numbers).allMatch(Double::isFinite))
                .as("%s must be finite but holds %s", what, Arrays.toString(numbers))
                .isTrue();
    }
}
