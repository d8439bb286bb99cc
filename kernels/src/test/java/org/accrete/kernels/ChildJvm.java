package org.accrete.kernels;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Starts a program of the trial package in a JVM of its own. */
final class ChildJvm {

    static final String WITH_VECTORS = "--add-modules=jdk.incubator.vector";

    private ChildJvm() {}

    /** The JDK that runs the tests. */
    static Path thisJdk() {
        return Path.of(System.getProperty("java.home"));
    }

    /** A JDK 25, from the environment or where systems keep their JDKs. */
    static Optional<Path> jdk25() throws IOException {
        String named = System.getenv("JDK25_HOME");
        if (named != null) {
            return Optional.of(Path.of(named));
        }
        Path folder = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(folder)) {
            return homes.filter(home -> home.getFileName().toString().matches(".*\\b25\\b.*"))
                    .filter(home -> Files.isExecutable(home.resolve("bin/java")))
                    .findFirst();
        }
    }

    /** What the program wrote to standard output, with the kernels on the class path. */
    static String run(Path jdk, List<String> options, Class<?> program, String... args) throws Exception {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-cp", home(DenseKernels.class) + File.pathSeparator + home(program)));
        return start(jdk, all, program, args);
    }

    /** The same with the kernels as a named module. */
    static String runOnModulePath(Path jdk, List<String> options, Class<?> program, String... args) throws Exception {
        List<String> all = new ArrayList<>(options);
        all.addAll(List.of("-p", home(DenseKernels.class), "--add-modules=org.accrete.kernels", "-cp", home(program)));
        return start(jdk, all, program, args);
    }

    private static String start(Path jdk, List<String> options, Class<?> program, String... args) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(jdk.resolve("bin/java").toString());
        command.addAll(options);
        command.add(program.getName());
        command.addAll(List.of(args));
        Path errors = Files.createTempFile("child", ".err");
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(errors.toFile()).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as(() -> command + "\n" + output + readQuietly(errors))
                    .isZero();
            return output.strip();
        } finally {
            Files.delete(errors);
        }
    }

    private static String readQuietly(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String home(Class<?> type) {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
                .toString();
    }
}
