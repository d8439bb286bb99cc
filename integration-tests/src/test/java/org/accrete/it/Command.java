package org.accrete.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;

/**
 * The command as a user has it: its own process, on the module path, by the JVM that runs the tests unless another is
 * named.
 */
final class Command {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    static final Path FLIGHTS = ROOT.resolve("examples/flights/flights-200k.csv.gz");

    private final Path java;
    private final List<String> options = new ArrayList<>();
    private final Path directory;

    private Command(Path java, Path directory) {
        this.java = java;
        this.directory = directory;
    }

    /** {@return the command in a working directory} */
    static Command in(Path directory) {
        return new Command(Path.of(System.getProperty("java.home"), "bin", "java"), directory);
    }

    /** {@return the same command run by another JDK} */
    Command by(Path home) {
        return new Command(home.resolve("bin/java"), directory);
    }

    /** {@return the same command with more JVM options} */
    Command with(String... more) {
        Command changed = new Command(java, directory);
        changed.options.addAll(options);
        changed.options.addAll(List.of(more));
        return changed;
    }

    /** What a process left behind. */
    record Result(int status, String out, String err) {
        /** {@return this, if all went well} */
        Result done() {
            if (status != 0) {
                throw new AssertionError("status " + status + "\n" + out + "\n" + err);
            }
            return this;
        }
    }

    /** {@return what became of a run, waited for} */
    Result run(String... args) {
        Running running = start(args);
        return running.await();
    }

    /** {@return a run that was started} */
    Running start(String... args) {
        try {
            Path out = Files.createTempFile(directory, "out", ".txt");
            Path err = Files.createTempFile(directory, "err", ".txt");
            List<String> line = new ArrayList<>(
                    List.of(java.toString(), "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector"));
            line.addAll(options);
            line.addAll(List.of(
                    "-p",
                    ROOT.resolve("cli/target/accrete/lib").toString(),
                    "-m",
                    "org.accrete.cli/org.accrete.cli.Main"));
            line.addAll(List.of(args));
            Process process = new ProcessBuilder(line)
                    .directory(directory.toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            return new Running(process, out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A process under way. */
    record Running(Process process, Path out, Path err) {
        /** {@return what it left behind} */
        Result await() {
            try {
                if (!process.waitFor(5, TimeUnit.MINUTES)) {
                    process.destroyForcibly();
                    throw new AssertionError("still running after 5 minutes\n" + Files.readString(err));
                }
                Result result = new Result(
                        process.exitValue(),
                        Files.readString(out, StandardCharsets.UTF_8),
                        withoutJvmWarning(Files.readString(err, StandardCharsets.UTF_8)));
                Files.delete(out);
                Files.delete(err);
                return result;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                process.destroyForcibly();
                throw new IllegalStateException(e);
            }
        }
    }

    /** The JVM says one line of its own where its vector module is asked for; it cannot be told not to. */
    private static String withoutJvmWarning(String text) {
        return text.replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
    }

    /** {@return the history of a model in a directory store} */
    static History history(Path store, String model) {
        try (ModelStore models = PlugIns.load().stores().find("directory").open(store.toString(), noParams())) {
            return models.history(model);
        }
    }

    /** {@return what the newest version of a model holds} */
    static State latest(Path store, String model) {
        try (ModelStore models = PlugIns.load().stores().find("directory").open(store.toString(), noParams())) {
            return models.load(models.history(model).latest().orElseThrow());
        }
    }

    private static org.accrete.api.param.Params noParams() {
        return org.accrete.api.param.Params.of(
                PlugIns.load().stores().find("directory").params());
    }
}
