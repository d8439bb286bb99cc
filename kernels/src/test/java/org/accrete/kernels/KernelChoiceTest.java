package org.accrete.kernels;

import static org.accrete.kernels.ChildJvm.WITH_VECTORS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Optional;
import org.accrete.kernels.KernelChoice.Facts;
import org.accrete.kernels.trial.Allocation;
import org.accrete.kernels.trial.Choice;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KernelChoiceTest {

    private static final String NARROW = "this machine has no vectors of four doubles";
    private static final Optional<Module> SOME_MODULE = Optional.of(Object.class.getModule());

    @Test
    void takesSimdWhereTheModuleIsResolvedAndSaysSoOnce() throws Exception {
        String choice = choice(WITH_VECTORS);
        assumeFalse(choice.contains(NARROW), "only vectors of two doubles");
        assertThat(choice.lines()).hasSize(2).first().asString().matches("simd (256|512)-bit");
        assertThat(choice.lines())
                .last()
                .asString()
                .matches("logged kernels: simd \\d+-bit \\(module jdk.incubator.vector is resolved and C2 compiles\\)");
    }

    @Test
    void takesScalarWhereVectorsAreOfTwoDoubles() throws Exception {
        assumeTrue(System.getProperty("os.arch").equals("amd64"), "only there an option makes them narrow");
        assertThat(choice("-XX:UseAVX=0", WITH_VECTORS))
                .startsWith("scalar\nlogged kernels: scalar (the SIMD kernels did not load: ")
                .contains(NARROW);
    }

    @Test
    void takesScalarWithoutTheModuleAndSaysHowToGetIt() throws Exception {
        assertThat(choice("-Daccrete.kernels=auto"))
                .isEqualTo("scalar\nlogged kernels: scalar (module jdk.incubator.vector is not resolved,"
                        + " --add-modules jdk.incubator.vector makes it so)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1"})
    void takesScalarWithoutC2(String option) throws Exception {
        assertThat(choice(WITH_VECTORS, option)).startsWith("scalar\nlogged kernels: scalar (the JVM runs without C2");
    }

    @Test
    void theSystemPropertyTakesScalar() throws Exception {
        assertThat(choice(WITH_VECTORS, "-Daccrete.kernels=scalar"))
                .isEqualTo("scalar\nlogged kernels: scalar (system property accrete.kernels=scalar)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1"})
    void theSystemPropertyTakesSimdEvenWithoutC2(String option) throws Exception {
        assertThat(choice(WITH_VECTORS, option, "-Daccrete.kernels=simd")).startsWith("simd ");
    }

    @Test
    void simdThatIsDemandedButMissingIsAnErrorWithTheWayOut() throws Exception {
        assertThat(choice("-Daccrete.kernels=simd"))
                .isEqualTo("java.lang.IllegalStateException: system property accrete.kernels=simd needs module"
                        + " jdk.incubator.vector, which is not resolved: start java with --add-modules"
                        + " jdk.incubator.vector, or set the property to auto");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SIMD", "", "avx"})
    void anyOtherValueOfTheSystemPropertyIsRefused(String value) throws Exception {
        assertThat(choice(WITH_VECTORS, "-Daccrete.kernels=" + value))
                .isEqualTo("java.lang.IllegalArgumentException: system property accrete.kernels must be one of"
                        + " auto, scalar, simd but was '" + value + "'");
    }

    @ParameterizedTest
    @CsvSource({
        "OpenJDK 64-Bit Server VM, 17.0.15+6, 'mixed mode, sharing', true",
        "OpenJDK 64-Bit Server VM, 17.0.15+6, 'compiled mode, sharing', true",
        "OpenJDK 64-Bit Server VM, 17.0.15+6, 'mixed mode, emulated-client, sharing', false",
        "OpenJDK 64-Bit Server VM, 17.0.15+6, 'interpreted mode', false",
        "OpenJDK Client VM, 17.0.15+6, 'mixed mode', false",
        "OpenJDK 64-Bit Server VM, 21+35-jvmci-23.1-b15, 'mixed mode, sharing', false",
        "Eclipse OpenJ9 VM, openj9-0.38.0, 'JRE 17 Linux amd64-64-Bit', false",
    })
    void simdPaysOnlyUnderC2(String name, String version, String info, boolean pays) {
        assertThat(new Facts(SOME_MODULE, name, version, info).againstSimd().isEmpty())
                .isEqualTo(pays);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scalar", "auto"})
    void nothingIsAllocatedOnceCompiled(String kernels) throws Exception {
        List<String> options = List.of(WITH_VECTORS, "-Daccrete.kernels=" + kernels);
        assertThat(ChildJvm.run(ChildJvm.thisJdk(), options, Allocation.class)).endsWith(" 0");
    }

    private static String choice(String... options) throws Exception {
        return ChildJvm.run(ChildJvm.thisJdk(), List.of(options), Choice.class);
    }
}
