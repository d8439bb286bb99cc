package org.accrete.cli;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.NamedCsvRecord;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;

/**
 * A JVM that runs JMH suites. JMH is under the GPL (with the class-path exception), so it is no library of the command:
 * the jar {@code accrete-benchmarks}, which contains it, is looked for beside the folder of the command's libraries,
 * and on the class path of the child it comes after them.
 */
final class BenchmarkJvm {
    private static final String ARTIFACT = "accrete-benchmarks";

    /** How the suites name what they refuse. */
    private static final String REFUSED = "org.accrete.benchmarks.Refused: ";

    private static final String FAILURE = "<failure>";
    private static final String ALLOCATED = ":gc.alloc.rate.norm";

    /** What is shown for each suite. */
    private static final Map<String, String> WORK =
            Map.of("PartialFitBenchmark", "learn", "PredictBenchmark", "predict");

    private final List<String> command;
    private final Console console;
    private final boolean debug;

    private BenchmarkJvm(List<String> command, Console console, boolean debug) {
        this.command = command;
        this.console = console;
        this.debug = debug;
    }

    /**
     * {@return a JVM with the suites on its class path, not yet started}
     *
     * @param console receives all that JMH prints, with {@code --debug}
     * @param debug whether it does
     * @throws AccreteException bad state: the jar with the suites is not there; the message says how to add it
     * @throws IOException if the folder it should be in cannot be read
     */
    static BenchmarkJvm find(Console console, boolean debug) throws IOException {
        Path libraries = libraries();
        String classPath = libraries.resolve("*") + File.pathSeparator + suites(libraries);
        // JMH writes numbers in the language of the user.
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Duser.language=en",
                "-cp",
                classPath,
                "org.openjdk.jmh.Main");
        return new BenchmarkJvm(command, console, debug);
    }

    private static Path libraries() {
        try {
            return Path.of(Main.class
                            .getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI())
                    .toAbsolutePath()
                    .getParent();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Beside the libraries, or in a checkout where the build left them: those are in cli/target/accrete/lib. */
    private static Path suites(Path libraries) throws IOException {
        Path beside = libraries.resolveSibling("benchmarks");
        if (Files.isDirectory(beside)) {
            try (Stream<Path> files = Files.list(beside)) {
                Optional<Path> jar = files.filter(
                                file -> isSuites(file.getFileName().toString()))
                        .findFirst();
                if (jar.isPresent()) {
                    return jar.get();
                }
            }
        }
        Path built = libraries
                .resolve("../../../../benchmarks/target/benchmarks.jar")
                .normalize();
        if (Files.exists(built)) {
            return built;
        }
        throw AccreteException.badState("bench needs the JMH suites, which do not come with the command: add "
                + ARTIFACT + "-" + Main.version() + ".jar to " + beside + ", as with mvn dependency:copy -Dartifact="
                + "org.accrete:" + ARTIFACT + ":" + Main.version() + " -DoutputDirectory=" + beside);
    }

    private static boolean isSuites(String file) {
        return file.startsWith(ARTIFACT + "-") && file.endsWith(".jar");
    }

    /**
     * Measures one learner, learning and predicting.
     *
     * @param learner its name
     * @param settings its parameters, those with defaults left out
     * @param params values of the other parameters of the suites, several separated by commas
     * @param seconds how long each is measured, after a warm-up as long, of at most 5 seconds
     * @throws AccreteException bad argument: the learner refuses the rows or its parameters; bad state: it failed
     * @throws IOException if the JVM cannot be started or its result cannot be read
     */
    List<Measurement> measure(String learner, Map<String, String> settings, Map<String, String> params, double seconds)
            throws IOException {
        Path results = Files.createTempFile("accrete-bench", ".csv");
        try {
            List<String> line = new ArrayList<>(command);
            line.addAll(WORK.keySet().stream().sorted().toList());
            long iteration = Math.max(1, Math.round(seconds * 200));
            line.addAll(List.of("-f", "1", "-i", "5", "-r", iteration + "ms"));
            line.addAll(List.of("-wi", "5", "-w", Math.min(1_000, iteration) + "ms"));
            line.addAll(List.of("-foe", "true", "-prof", "gc", "-rf", "csv", "-rff", results.toString()));
            line.addAll(List.of("-p", "learner=" + learner));
            if (!settings.isEmpty()) {
                line.addAll(List.of("-p", "set=" + set(settings)));
            }
            params.forEach((name, value) -> line.addAll(List.of("-p", name + "=" + value)));
            run(learner, line);
            return measurements(learner, settings, results);
        } finally {
            Files.deleteIfExists(results);
        }
    }

    private void run(String learner, List<String> line) throws IOException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        Thread hook = new Thread(() -> end(process), "accrete-bench-shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            process.getOutputStream().close();
            List<String> said = new ArrayList<>();
            for (String next = output.readLine(); next != null; next = output.readLine()) {
                if (debug) {
                    console.note(next);
                }
                if (!next.isBlank()) {
                    said.add(next.strip());
                }
            }
            if (process.waitFor() != 0) {
                throw failure(learner, said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AccreteException.badState("interrupted while " + learner + " was measured");
        } finally {
            end(process);
            removeHook(hook);
        }
    }

    /** Ends the JVM and those it has forked. */
    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }

    private static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending and the hook runs.
        }
    }

    private static AccreteException failure(String learner, List<String> said) {
        int mark = 0;
        while (mark < said.size() && !said.get(mark).endsWith(FAILURE)) {
            mark++;
        }
        String why = mark + 1 < said.size()
                ? said.get(mark + 1)
                : said.isEmpty() ? "it printed nothing" : said.get(said.size() - 1);
        return why.startsWith(REFUSED)
                ? AccreteException.badArgument(why.substring(REFUSED.length()))
                : AccreteException.badState(
                        learner + " failed while it was measured: " + why + "; --debug shows all that JMH prints");
    }

    private static String set(Map<String, String> settings) {
        return settings.entrySet().stream()
                .map(pair -> pair.getKey() + "=" + escaped(pair.getValue()))
                .collect(Collectors.joining(";"));
    }

    private static List<Measurement> measurements(String learner, Map<String, String> settings, Path results)
            throws IOException {
        Map<String, NamedCsvRecord> records = new LinkedHashMap<>();
        try (CsvReader<NamedCsvRecord> csv = CsvReader.builder().ofNamedCsvRecord(results)) {
            for (NamedCsvRecord record : csv) {
                records.put(record.getField("Benchmark") + shape(record), record);
            }
        }
        List<Measurement> found = new ArrayList<>();
        records.values().forEach(time -> {
            String benchmark = time.getField("Benchmark");
            NamedCsvRecord bytes = records.get(benchmark + ALLOCATED + shape(time));
            if (bytes != null) {
                Measurement.Shape shape = shape(time);
                String suite = benchmark.substring(0, benchmark.lastIndexOf('.'));
                found.add(new Measurement(
                        WORK.get(suite.substring(suite.lastIndexOf('.') + 1)),
                        learner,
                        settings,
                        shape,
                        number(time, "Score") / shape.rows(),
                        number(time, "Score Error (99.9%)") / shape.rows(),
                        number(bytes, "Score") / shape.rows()));
            }
        });
        return found;
    }

    private static Measurement.Shape shape(NamedCsvRecord record) {
        return new Measurement.Shape(
                (long) number(record, "Param: width"),
                (long) number(record, "Param: rows"),
                number(record, "Param: density"));
    }

    private static double number(NamedCsvRecord record, String field) {
        return Double.parseDouble(record.getField(field));
    }

    /** {@return a text with %XX for each sign that would end it in JMH's options or in the suites' lists} */
    static String escaped(String text) {
        return text.replace("%", "%25").replace(",", "%2C").replace(";", "%3B");
    }
}
