package org.accrete.kernels;

import static org.accrete.kernels.ChildJvm.WITH_VECTORS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.accrete.kernels.trial.FloatDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The loops over floats do what they say, with the same bytes from both implementations. */
final class FloatKernelsTest {

    private static final long SEED = Seed.of(FloatKernelsTest.class);

    @ParameterizedTest
    @CsvSource({
        "scalar, -XX:+TieredCompilation, 120",
        "simd, -Xint, 1",
        "simd, -XX:TieredStopAtLevel=1, 5",
        "simd, -XX:+TieredCompilation, 120",
        "simd, -XX:UseAVX=2, 120",
    })
    void everyCompilerAndWidthAgreesWithTheInterpretedReference(String kernels, String option, int rounds)
            throws Exception {
        assertThat(digest(ChildJvm.thisJdk(), kernels, option, rounds))
                .as("seed %d", SEED)
                .isEqualTo(digest(ChildJvm.thisJdk(), "scalar", "-Xint", 1));
    }

    @ParameterizedTest
    @CsvSource({"scalar, -XX:+TieredCompilation, 120", "simd, -XX:+TieredCompilation, 120"})
    void jdk25AgreesToo(String kernels, String option, int rounds) throws Exception {
        Optional<Path> jdk = ChildJvm.jdk25();
        assumeTrue(jdk.isPresent(), "no JDK 25 in JDK25_HOME or /usr/lib/jvm");
        assertThat(digest(jdk.get(), kernels, option, rounds))
                .as("seed %d", SEED)
                .isEqualTo(digest(ChildJvm.thisJdk(), "scalar", "-Xint", 1));
    }

    private static String digest(Path jdk, String kernels, String option, int rounds) throws Exception {
        List<String> options =
                List.of("-XX:+IgnoreUnrecognizedVMOptions", WITH_VECTORS, "-Daccrete.kernels=" + kernels, option);
        String output = ChildJvm.run(jdk, options, FloatDigest.class, Long.toString(SEED), Integer.toString(rounds));
        assertThat(output).startsWith(kernels);
        return output.substring(output.lastIndexOf(' ') + 1);
    }

    /** By the definition, element by element, given plain and transposed. */
    @Test
    void productIsAChainOfFusedMultiplyAdds() {
        SplittableRandom random = new SplittableRandom(SEED);
        for (int times = 0; times < 50; times++) {
            int m = random.nextInt(9);
            int n = 16 * random.nextInt(1, 4);
            int k = random.nextInt(200);
            float[] a = random(random, m * k);
            float[] turned = new float[m * k];
            for (int i = 0; i < m; i++) {
                for (int l = 0; l < k; l++) {
                    turned[l * m + i] = a[i * k + l];
                }
            }
            float[] b = random(random, k * n);
            float[] s = random(random, n);
            float[] expected = new float[m * n];
            for (int i = 0; i < m; i++) {
                for (int j = 0; j < n; j++) {
                    float sum = s[j];
                    for (int l = 0; l < k; l++) {
                        sum = Math.fma(a[i * k + l], b[l * n + j], sum);
                    }
                    expected[i * n + j] = sum;
                }
            }
            for (FloatKernels kernels : List.of(FloatKernels.scalar(), FloatKernels.best())) {
                float[] c = new float[m * n];
                kernels.product(m, n, k, a, 0, k, 1, b, 0, n, s, 0, 0, c, 0, n);
                assertThat(c).as("%s, seed %d", kernels.name(), SEED).isEqualTo(expected);
                float[] other = new float[m * n];
                kernels.product(m, n, k, turned, 0, 1, m, b, 0, n, s, 0, 0, other, 0, n);
                assertThat(other).as("%s, seed %d", kernels.name(), SEED).isEqualTo(expected);
            }
        }
    }

    @Test
    void reluGradientIsZeroWhereTheOutputIsNotPositive() {
        for (FloatKernels kernels : List.of(FloatKernels.scalar(), FloatKernels.best())) {
            float[] x = {1, 0, -0f, -1, Float.NaN, Float.MIN_VALUE, Float.POSITIVE_INFINITY};
            float[] y = {2, 2, 2, 2, 2, Float.NaN, -3};
            kernels.reluGradient(x, 0, y, 0, 7);
            assertThat(y).containsExactly(2, 0, 0, 0, 0, Float.NaN, -3);
        }
    }

    @Test
    void withinFindsAnElementOutside() {
        for (FloatKernels kernels : List.of(FloatKernels.scalar(), FloatKernels.best())) {
            for (int n = 1; n < 40; n++) {
                for (float bad : new float[] {-2.5f, Float.NaN, Float.POSITIVE_INFINITY}) {
                    for (int at = 0; at < n; at++) {
                        float[] a = new float[n];
                        double[] wide = new double[n];
                        assertThat(kernels.within(a, 0, n, 2)).isTrue();
                        a[at] = bad;
                        wide[at] = bad;
                        assertThat(kernels.within(a, 0, n, 2)).isFalse();
                        assertThat(kernels.within(wide, 0, n, 2)).isFalse();
                    }
                }
            }
        }
    }

    @Test
    void paddingIsTheNextWholeBlock() {
        assertThat(FloatKernels.padded(0)).isZero();
        assertThat(FloatKernels.padded(1)).isEqualTo(16);
        assertThat(FloatKernels.padded(16)).isEqualTo(16);
        assertThat(FloatKernels.padded(17)).isEqualTo(32);
    }

    private static float[] random(SplittableRandom random, int n) {
        float[] numbers = new float[n];
        for (int i = 0; i < n; i++) {
            numbers[i] = (float) (random.nextDouble() * 2 - 1);
        }
        return numbers;
    }
}
