package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the launcher script in the root folder. */
final class LauncherIT {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"C", "POSIX", "xx_XX.UTF-8", ""})
    void namesAreUtf8WhateverTheLocale(String locale) throws Exception {
        // The shell creates the name from bytes, because this JVM may run without a locale.
        ProcessBuilder builder = new ProcessBuilder(
                        "sh", "-c", "./accrete describe \"$(printf 'gr\\303\\266\\303\\237e')\"")
                .directory(Command.ROOT.toFile())
                .redirectErrorStream(true);
        builder.environment().keySet().removeAll(Set.of("LC_ALL", "LC_CTYPE", "LANG"));
        if (!locale.isEmpty()) {
            builder.environment().put("LC_ALL", locale);
        }
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(said).contains("'gr\u00f6\u00dfe'");
    }

    @Test
    void simdIsUsedWhereItPaysAndNoWarningIsShown() throws Exception {
        String large = train("large", "synthetic:regression?rows=100000&features=30", "");
        String forced = train("small", "synthetic:regression?rows=200&features=30", "-Daccrete.kernels=simd");
        String small = train("narrow", "synthetic:regression?rows=200&features=30", "");
        assertThat(List.of(large, forced, small))
                .allSatisfy(said -> assertThat(said).doesNotContain("incubator modules"));
        assertThat(small).contains("kernels: scalar");
        assumeFalse(forced.contains("no vectors of four doubles"), "only vectors of two doubles");
        assertThat(large).contains("kernels: simd");
        assertThat(forced).contains("kernels: simd");
        assertThat(Command.latest(folder, "small").tensors())
                .isEqualTo(Command.latest(folder, "narrow").tensors());
    }

    @Test
    void classesComeFromAnArchive() throws Exception {
        ProcessBuilder builder = new ProcessBuilder("./accrete", "models", "--store", folder.toString())
                .directory(Command.ROOT.toFile())
                .redirectErrorStream(true);
        builder.environment().put("ACCRETE_OPTS", "-Xlog:class+load");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        assertThat(said).contains("org.accrete.core.plugin.PlugIns source: shared objects file (top)");
    }

    private String train(String model, String source, String options) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("./accrete", "train", source, "--model", model)
                .directory(Command.ROOT.toFile())
                .redirectErrorStream(true);
        builder.command().addAll(List.of("--learner", "mlp-regressor", "--store", folder.toString(), "--debug"));
        builder.environment().put("ACCRETE_OPTS", options);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
