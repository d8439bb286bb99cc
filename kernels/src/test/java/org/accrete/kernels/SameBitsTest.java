package org.accrete.kernels;

import static org.accrete.kernels.ChildJvm.WITH_VECTORS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.accrete.kernels.trial.Digest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same bytes from both implementations, cold and compiled, at every vector width, on both JDKs. */
final class SameBitsTest {

    private static final long SEED = Seed.of(SameBitsTest.class);

    private static final String INTERPRETED = "scalar, -Xint, 1";
    private static final List<String> THIS_JDK = List.of(
            "scalar, -XX:TieredStopAtLevel=1, 20",
            "scalar, -XX:+TieredCompilation, 300",
            "scalar, -XX:UseAVX=2, 300",
            "simd, -Xint, 1",
            "simd, -XX:TieredStopAtLevel=1, 20",
            "simd, -XX:+TieredCompilation, 300",
            "simd, -XX:UseAVX=2, 300");
    private static final List<String> JDK_25 = List.of(
            "scalar, -XX:+TieredCompilation, 300",
            "simd, -Xint, 1",
            "simd, -XX:+TieredCompilation, 300",
            "simd, -XX:UseAVX=2, 300");

    /** Each JVM has one busy thread, since it waits for its compilers: two run at a time. */
    private static final ExecutorService TWO = Executors.newFixedThreadPool(2);

    private static final Map<String, Future<String>> DIGESTS = new HashMap<>();

    /** Of the scalar reference in the interpreter, which nothing optimises. */
    private static Future<String> reference;

    private static Future<String> fromTheModulePath;

    @BeforeAll
    static void startAll() throws Exception {
        reference = TWO.submit(() -> digest(ChildJvm.thisJdk(), INTERPRETED));
        for (String trial : THIS_JDK) {
            DIGESTS.put("this " + trial, TWO.submit(() -> digest(ChildJvm.thisJdk(), trial)));
        }
        fromTheModulePath = TWO.submit(() -> ChildJvm.runOnModulePath(
                ChildJvm.thisJdk(), optionsFor("simd", "-Xshare:auto"), Digest.class, Long.toString(SEED), "2"));
        Optional<Path> jdk = ChildJvm.jdk25();
        for (String trial : jdk.isPresent() ? JDK_25 : List.<String>of()) {
            DIGESTS.put("25 " + trial, TWO.submit(() -> digest(jdk.orElseThrow(), trial)));
        }
    }

    @AfterAll
    static void endAll() {
        TWO.shutdownNow();
    }

    static List<String> ofThisJdk() {
        return THIS_JDK;
    }

    static List<String> ofJdk25() {
        return JDK_25;
    }

    @ParameterizedTest
    @MethodSource("ofThisJdk")
    void everyCompilerAndWidthAgreesWithTheInterpretedReference(String trial) throws Exception {
        assertThat(DIGESTS.get("this " + trial).get()).as("seed %d", SEED).isEqualTo(reference.get());
    }

    @ParameterizedTest
    @MethodSource("ofJdk25")
    void jdk25AgreesToo(String trial) throws Exception {
        assumeTrue(ChildJvm.jdk25().isPresent(), "no JDK 25 in JDK25_HOME or /usr/lib/jvm");
        assertThat(DIGESTS.get("25 " + trial).get()).as("seed %d", SEED).isEqualTo(reference.get());
    }

    @Test
    void simdWorksFromTheModulePath() throws Exception {
        assertThat(fromTheModulePath.get())
                .as("seed %d", SEED)
                .startsWith("simd ")
                .endsWith(" " + reference.get());
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

    /** {@return the digest of a trial: kernels, an option of the JVM, rounds} */
    private static String digest(Path jdk, String trial) throws Exception {
        String[] words = trial.split(", ");
        String output = ChildJvm.run(jdk, optionsFor(words[0], words[1]), Digest.class, Long.toString(SEED), words[2]);
        assertThat(output).startsWith(words[0]);
        return output.substring(output.lastIndexOf(' ') + 1);
    }
}
