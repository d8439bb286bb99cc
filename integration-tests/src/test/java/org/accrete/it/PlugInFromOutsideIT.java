package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A learner from a separate build is copied into a folder and used by name. */
class PlugInFromOutsideIT {
    @TempDir
    private Path directory;

    private Path plugIns;

    @BeforeEach
    void copyTheJar() throws IOException {
        plugIns = Files.createDirectory(directory.resolve("plug-ins"));
        Path jar = Path.of(System.getProperty("accrete.plugins"), "rls-learner-1.0.jar");
        Files.copy(jar, plugIns.resolve("rls-learner.jar"));
    }

    @Test
    void trainsAndPredictsByName() throws IOException {
        Command command = Command.in(directory);
        String[] source = {"synthetic:regression?rows=5000&seed=1"};
        command.run(
                        "train",
                        source[0],
                        "--model",
                        "line",
                        "--learner",
                        "recursive-least-squares",
                        "--plugins",
                        plugIns.toString(),
                        "--json")
                .done();
        assertThat(Command.latest(directory.resolve("models"), "line").tensors())
                .containsKey("rls.inverse");
        Path out = directory.resolve("out.csv");
        command.run("predict", "line", source[0], "--plugins", plugIns.toString(), "--output", out.toString())
                .done();
        assertThat(Files.readAllLines(out)).hasSize(5001);
    }

    @Test
    void isListed() {
        Command.Result result = Command.in(directory)
                .run("learners", "--plugins", plugIns.toString())
                .done();
        assertThat(result.out()).contains("recursive-least-squares", "sgd-classifier");
    }

    @Test
    void isUnknownWithoutTheFolder() {
        Command.Result result = Command.in(directory)
                .run(
                        "train",
                        "synthetic:regression?rows=10",
                        "--model",
                        "line",
                        "--learner",
                        "recursive-least-squares");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().strip().lines()).hasSize(1).first().asString().contains("--plugins");
        assertThat(directory.resolve("models")).doesNotExist();
    }
}
