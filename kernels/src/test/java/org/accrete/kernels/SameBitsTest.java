package org.accrete.kernels;

import static org.accrete.kernels.ChildJvm.WITH_VECTORS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.accrete.kernels.trial.Digest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The same bytes from both implementations, cold and compiled, at every vector width, on both JDKs. */
final class SameBitsTest {

    private static final long SEED = Seed.of(SameBitsTest.class);

    /** Of the scalar reference in the interpreter, which nothing optimises. */
    private static String reference;

    @BeforeAll
    static void interpretTheReference() throws Exception {
        List<String> options = List.of("-Xint", "-Daccrete.kernels=scalar");
        reference = digest(ChildJvm.thisJdk(), options, "scalar", 1);
    }

    @ParameterizedTest
    @CsvSource({
        "scalar, -XX:TieredStopAtLevel=1, 20",
        "scalar, -XX:+TieredCompilation, 300",
        "scalar, -XX:UseAVX=2, 300",
        "simd, -Xint, 1",
        "simd, -XX:TieredStopAtLevel=1, 20",
        "simd, -XX:+TieredCompilation, 300",
        "simd, -XX:UseAVX=2, 300",
    })
    void everyCompilerAndWidthAgreesWithTheInterpretedReference(String kernels, String option, int rounds)
            throws Exception {
        List<String> options = optionsFor(kernels, option);
        assertThat(digest(ChildJvm.thisJdk(), options, kernels, rounds))
                .as("seed %d", SEED)
                .isEqualTo(reference);
    }

    @ParameterizedTest
    @CsvSource({
        "scalar, -XX:+TieredCompilation, 300",
        "simd, -Xint, 1",
        "simd, -XX:+TieredCompilation, 300",
        "simd, -XX:UseAVX=2, 300",
    })
    void jdk25AgreesToo(String kernels, String option, int rounds) throws Exception {
        Optional<Path> jdk = ChildJvm.jdk25();
        assumeTrue(jdk.isPresent(), "no JDK 25 in JDK25_HOME or /usr/lib/jvm");
        List<String> options = optionsFor(kernels, option);
        assertThat(digest(jdk.get(), options, kernels, rounds))
                .as("seed %d", SEED)
                .isEqualTo(reference);
    }

    @Test
    void simdWorksFromTheModulePath() throws Exception {
        String output = ChildJvm.runOnModulePath(
                ChildJvm.thisJdk(), optionsFor("simd", "-Xshare:auto"), Digest.class, Long.toString(SEED), "2");
        assertThat(output).as("seed %d", SEED).startsWith("simd ").endsWith(" " + reference);
    }

    /** UseAVX is unknown where there is no AVX. Compilers begin early, so that few rounds see all that they make. */
    private static List<String> optionsFor(String kernels, String option) {
        return List.of(
                "-XX:+IgnoreUnrecognizedVMOptions",
                "-Xbatch",
                "-XX:CompileThresholdScaling=0.1",
                WITH_VECTORS,
                "-Daccrete.kernels=" + kernels,
                option);
    }

    private static String digest(Path jdk, List<String> options, String kernels, int rounds) throws Exception {
        String output = ChildJvm.run(jdk, options, Digest.class, Long.toString(SEED), Integer.toString(rounds));
        assertThat(output).startsWith(kernels);
        return output.substring(output.lastIndexOf(' ') + 1);
    }
}
