package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class KernelsTest {
    @Test
    void theSimdTwinIsChosenWhereTheIncubatorModuleIsResolved() {
        assertThat(Kernels.best().name()).isEqualTo("simd");
    }

    @Test
    void bothTwinsGiveTheSameBits() {
        for (int n = 0; n < 40; n++) {
            SplittableRandom random = new SplittableRandom(n);
            double[] x = random.doubles(n + 1).toArray();
            double[] expected = random.doubles(n + 2).toArray();
            double[] actual = expected.clone();
            new ScalarKernels().axpy(0.3, x, 1, expected, 2, n);
            Kernels.best().axpy(0.3, x, 1, actual, 2, n);
            assertThat(actual).as("n=%d", n).containsExactly(expected);
        }
    }
}
