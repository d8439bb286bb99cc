package org.accrete.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.accrete.api.param.Params;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;

/**
 * The command line as a user runs it: in its own process and on the module path. It uses the JVM of the tests unless
 * another one is given.
 */
final class Command {
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    static final Path FLIGHTS = ROOT.resolve("examples/flights/flights-200k.csv.gz");

    private static final Path LIBRARIES = ROOT.resolve("cli/target/accrete/lib");
    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    /** Options that take classes from an archive, as the launcher does: a fifth of the work of a short run. */
    private static final List<String> FROM_ARCHIVE = fromArchive();

    private final Path java;
    private final Path libraries;
    private final List<String> options = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();
    private final Path directory;

    private Command(Path java, Path libraries, Path directory) {
        this.java = java;
        this.libraries = libraries;
        this.directory = directory;
    }

    /** {@return the command in a working directory} */
    static Command in(Path directory) {
        return new Command(JAVA, LIBRARIES, directory);
    }

    /** {@return the options, after making the archive if there is none that fits; none if it cannot be made} */
    private static List<String> fromArchive() {
        Path archive = ROOT.resolve("integration-tests/target/classes-" + Runtime.version() + ".jsa");
        try {
            if (!Files.exists(archive)
                    || lastBuilt() > Files.getLastModifiedTime(archive).toMillis()) {
                // Two JVMs of tests may do this at once.
                Path folder = Files.createTempDirectory(archive.getParent(), "archive");
                Command.in(folder)
                        .with("-Xint", "-Daccrete.kernels=scalar", "-XX:ArchiveClassesAtExit=" + folder.resolve("made"))
                        .run("train", FLIGHTS.toString(), "--target=delayed", "--rows=2000", "--model=archive");
                if (Files.exists(folder.resolve("made"))) {
                    Files.move(folder.resolve("made"), archive, StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return Files.exists(archive) ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off") : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long lastBuilt() throws IOException {
        try (Stream<Path> jars = Files.list(LIBRARIES)) {
            return jars.mapToLong(jar -> jar.toFile().lastModified()).max().orElse(0);
        }
    }

    /** {@return the command for many short runs: its JVM compiles soon rather than well, which is half the work} */
    static Command brief(Path directory) {
        return in(directory).with("-XX:TieredStopAtLevel=1", "-Daccrete.kernels=scalar");
    }

    /** {@return this command with another JDK} */
    Command by(Path home) {
        return new Command(home.resolve("bin/java"), libraries, directory);
    }

    /** {@return this command with a copy of its libraries, away from the checkout, in {@code lib} of a folder} */
    Command installedIn(Path folder) {
        try (Stream<Path> jars = Files.list(LIBRARIES)) {
            Path copies = Files.createDirectory(folder.resolve("lib"));
            for (Path jar : jars.toList()) {
                Files.copy(jar, copies.resolve(jar.getFileName()));
            }
            return new Command(java, copies, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@return this command with more JVM options} */
    Command with(String... more) {
        Command changed = new Command(java, libraries, directory);
        changed.options.addAll(options);
        changed.environment.putAll(environment);
        changed.options.addAll(List.of(more));
        return changed;
    }

    /** {@return this command with a variable of its environment set} */
    Command withVariable(String name, String value) {
        Command changed = with();
        changed.environment.put(name, value);
        return changed;
    }

    /** The exit status and the output of a process. */
    record Result(int status, String out, String err) {
        /** {@return this result, after checking that its status is 0} */
        Result done() {
            if (status != 0) {
                throw new AssertionError("status " + status + "\n" + out + "\n" + err);
            }
            return this;
        }
    }

    /** {@return the result of a run} */
    Result run(String... args) {
        return start(args).await();
    }

    /** {@return a started process} */
    Running start(String... args) {
        return start(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()), args);
    }

    /** {@return a started process whose input is written to {@link Process#getOutputStream}} */
    Running startFed(String... args) {
        return start(ProcessBuilder.Redirect.PIPE, args);
    }

    private Running start(ProcessBuilder.Redirect input, String... args) {
        try {
            Path out = Files.createTempFile(directory, "out", ".txt");
            Path err = Files.createTempFile(directory, "err", ".txt");
            List<String> line = new ArrayList<>(
                    List.of(java.toString(), "-XX:+UseSerialGC", "--add-modules", "jdk.incubator.vector"));
            // There is none while it is made.
            if (FROM_ARCHIVE != null && java.equals(JAVA) && libraries.equals(LIBRARIES)) {
                line.addAll(FROM_ARCHIVE);
            }
            line.addAll(options);
            line.addAll(List.of("-p", libraries.toString(), "-m", "org.accrete.cli/org.accrete.cli.Main"));
            line.addAll(List.of(args));
            ProcessBuilder builder = new ProcessBuilder(line);
            builder.environment().putAll(environment);
            Process process = builder.directory(directory.toFile())
                    .redirectInput(input)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            return new Running(process, out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A running process. */
    record Running(Process process, Path out, Path err) {
        /** {@return the result, after the process has ended} */
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

    /** Removes the warning that the JVM prints for its incubating vector module and that cannot be turned off. */
    private static String withoutJvmWarning(String text) {
        return text.replace("WARNING: Using incubator modules: jdk.incubator.vector\n", "");
    }

    /** {@return the history of a model in a directory store} */
    static History history(Path store, String model) {
        try (ModelStore models = open(store)) {
            return models.history(model);
        }
    }

    /** {@return the state of the newest version of a model} */
    static State latest(Path store, String model) {
        try (ModelStore models = open(store)) {
            return models.load(models.history(model).latest().orElseThrow());
        }
    }

    /** {@return whether the newest version of a model is one after so many rows} */
    static boolean isAfter(Path store, String model, long rows) {
        try (ModelStore models = open(store)) {
            return models.history(model)
                    .latest()
                    .filter(version -> models.load(version).whole("run.rows") == rows)
                    .isPresent();
        }
    }

    /** {@return a directory store} */
    static ModelStore open(Path store) {
        ModelStoreProvider provider = PlugIns.load().stores().find("directory");
        return provider.open(store.toString(), Params.of(provider.params()));
    }
}
