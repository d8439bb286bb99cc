package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.accrete.api.data.ChunkSourceProvider;
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
        Command command = Command.brief(directory);
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
        Command.Result result = Command.brief(directory)
                .run("learners", "--plugins", plugIns.toString())
                .done();
        assertThat(result.out()).contains("recursive-least-squares", "sgd-classifier");
    }

    @Test
    void isFoundInTheFoldersOfTheVariable() throws IOException {
        Path other = Files.createDirectory(directory.resolve("other"));
        Command.Result result = Command.brief(directory)
                .withVariable("ACCRETE_PLUGINS", other + File.pathSeparator + plugIns)
                .run("learners", "--plugins", plugIns.toString())
                .done();
        assertThat(result.out()).containsOnlyOnce("recursive-least-squares");
    }

    @Test
    void isNamedWithItsJarWhenItThrows() throws IOException {
        Path jar = compileFailing();
        Command command = Command.brief(directory).withVariable("ACCRETE_PLUGINS", plugIns.toString());
        Command.Result result = command.run("train", "failing:x", "--model", "m", "--learner", "sgd-regressor");
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.err())
                .contains("plug-in 'failing' (outside.Failing in " + jar + ") failed in open()", "ArithmeticException")
                .doesNotContain("please report");
        Command.Result full = command.run("train", "failing:full", "--model", "m", "--learner", "sgd-regressor");
        assertThat(full.status()).isEqualTo(2);
        assertThat(full.err()).contains("plug-in 'failing' (outside.Failing in " + jar + ")", "ACCRETE_OPTS");
    }

    /** Compiles a source that fails when it is opened; returns its jar. */
    private Path compileFailing() throws IOException {
        Path java = directory.resolve("Failing.java");
        Files.writeString(java, """
                package outside;
                import java.util.List;
                import org.accrete.api.data.*;
                import org.accrete.api.param.*;
                public class Failing implements ChunkSourceProvider {
                    public String name() { return "failing"; }
                    public String summary() { return "fails"; }
                    public List<ParamSpec<?>> params() { return List.of(); }
                    public ChunkSource open(SourceRequest request, Params params) {
                        if (request.location().equals("full")) { throw new OutOfMemoryError("Java heap space"); }
                        throw new ArithmeticException("/ by zero");
                    }
                }
                """);
        Path classes = Files.createDirectory(directory.resolve("classes"));
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(
                                null,
                                null,
                                null,
                                "-proc:none",
                                "-cp",
                                System.getProperty("java.class.path"),
                                "-d",
                                classes.toString(),
                                java.toString()))
                .isZero();
        Path jar = plugIns.resolve("failing.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("META-INF/services/" + ChunkSourceProvider.class.getName()));
            out.write("outside.Failing".getBytes(StandardCharsets.UTF_8));
            out.putNextEntry(new JarEntry("outside/Failing.class"));
            Files.copy(classes.resolve("outside/Failing.class"), out);
        }
        return jar;
    }

    @Test
    void isMeasuredBesideAnother() {
        Command.Result result = Command.brief(directory)
                .run(
                        "bench",
                        "recursive-least-squares",
                        "--against",
                        "sgd-regressor",
                        "--plugins",
                        plugIns.toString(),
                        "--width",
                        "4",
                        "--rows",
                        "100",
                        "--seconds",
                        "0.1")
                .done();
        assertThat(result.out().lines().map(line -> line.split(" {2,}")[0] + " " + line.split(" {2,}")[1]))
                .containsExactly(
                        "work learner",
                        "learn recursive-least-squares",
                        "learn sgd-regressor",
                        "predict recursive-least-squares",
                        "predict sgd-regressor");
        assertThat(result.out()).contains("times sgd-regressor");
    }

    @Test
    void isUnknownWithoutTheFolder() {
        Command.Result result = Command.brief(directory)
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
