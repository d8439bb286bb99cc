package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command in a pseudo-terminal, which {@code script} of util-linux makes. */
class TerminalIT {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {60, 80})
    void noLineIsWiderThanTheTerminal(int columns) throws Exception {
        assumeTrue(hasScript(), "no script of util-linux, so nothing can be tried in a pseudo-terminal");
        String store = " --store '" + folder + "'";
        for (String line : List.of(
                "train '" + Command.FLIGHTS + "' --target delayed --rows 30000 --model flights" + store,
                "versions flights" + store,
                "describe flights" + store,
                "describe mlp-classifier",
                "describe csv",
                "learners",
                "sources",
                "train --help",
                "train nothing.csv --model flights --target delayed" + store)) {
            List<String> shown = shown(columns, line);
            assertThat(shown)
                    .as(line)
                    .hasSizeGreaterThan(1)
                    .allSatisfy(text -> assertThat(text).hasSizeLessThanOrEqualTo(columns));
            // Only what is near the width shows that it is known.
            assertThat(shown).as(line).anyMatch(text -> text.length() > columns / 2);
        }
    }

    private static boolean hasScript() throws InterruptedException {
        try {
            Process process = new ProcessBuilder("script", "--version")
                    .redirectErrorStream(true)
                    .start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor() == 0 && said.contains("util-linux");
        } catch (IOException e) {
            return false;
        }
    }

    /** {@return the lines on the terminal, those that were overwritten too} */
    private static List<String> shown(int columns, String line) throws Exception {
        String command = "stty cols " + columns + "; ./accrete " + line;
        ProcessBuilder builder =
                new ProcessBuilder("script", "-qec", command, "/dev/null").directory(Command.ROOT.toFile());
        builder.environment().remove("COLUMNS");
        Process process = builder.redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.replaceAll("\u001b\\[[0-9;]*[mK]", "").lines().toList(); // colours, ends of overwritten lines
    }
}
