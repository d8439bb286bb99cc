package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The files in {@code examples/python} say what the command says. Skipped where there is no Python with numpy;
 * {@code -Daccrete.python=PATH} names another than {@code python3}.
 */
class PythonIT {
    private static final String PYTHON = System.getProperty("accrete.python", "python3");
    private static final Path EXAMPLES = Command.ROOT.resolve("examples/python");
    private static final Pattern NUMBER = Pattern.compile("(?<=[ \\[:,]|^)-?[0-9.]+(e[-+]?[0-9]+)?(?=[,}\\]]|$)");

    /** The second lacks two values, and the third has a category that training did not see. */
    private static final String RECORDS = String.join(
            "\n",
            "{\"date\":\"2001-07-01 18:00\",\"origin\":\"ORD\",\"destination\":\"LGA\",\"distance\":733}",
            "{\"date\":\"\",\"origin\":\"SFO\",\"destination\":\"LAX\",\"distance\":\"NA\"}",
            "{\"date\":\"2004-12-31\",\"origin\":\"Z\u00fcrich\",\"destination\":\"\",\"distance\":-1.5e3}",
            "{\"date\":\"2001-01-07T23:59:31\",\"origin\":\"JFK\",\"destination\":\"LAX\",\"distance\":2475}\n");

    @TempDir
    private Path directory;

    @BeforeAll
    static void needsNumpy() {
        int status;
        try {
            status = new ProcessBuilder(PYTHON, "-c", "import numpy")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException | InterruptedException e) {
            status = -1;
        }
        assumeTrue(status == 0, "no " + PYTHON + " with numpy: the examples in Python were not tried");
    }

    @Test
    void predictsWithAStoredVersion() throws Exception {
        predicts("sgd-classifier", "--target=delayed", "--column=delay=ignore");
        predicts("sgd-regressor", "--target=delay", "--column=delayed=ignore");
        predicts("incremental-pca", "--column=delay=ignore", "--column=delayed=ignore", "--set=n-components=3");
    }

    private void predicts(String learner, String... args) throws Exception {
        Command command = Command.brief(directory);
        List<String> train = new ArrayList<>(List.of("train", Command.FLIGHTS.toString(), "--rows=2000"));
        train.addAll(List.of("--learner=" + learner, "--model=" + learner));
        train.addAll(List.of(args));
        command.run(train.toArray(String[]::new)).done();
        Path records = Files.writeString(directory.resolve("records.jsonl"), RECORDS);
        List<List<Double>> expected = command.run("predict", learner, records.toString())
                .done()
                .out()
                .lines()
                .skip(1)
                .map(line -> line.substring(
                        learner.endsWith("classifier") ? line.indexOf(',') + 1 : 0, line.lastIndexOf(',')))
                .map(PythonIT::numbers)
                .toList();
        List<List<Double>> said = python(
                        "accrete_model.py",
                        directory
                                .resolve("models")
                                .resolve(learner)
                                .resolve("000001.safetensors")
                                .toString())
                .lines()
                .map(PythonIT::numbers)
                .toList();
        assertThat(said).hasSameSizeAs(expected).hasSize(4);
        for (int row = 0; row < said.size(); row++) {
            assertThat(said.get(row)).as(learner).hasSameSizeAs(expected.get(row));
            for (int i = 0; i < said.get(row).size(); i++) {
                double value = expected.get(row).get(i);
                assertThat(said.get(row).get(i))
                        .as(learner)
                        .isCloseTo(value, within(1e-12 * Math.max(1, Math.abs(value))));
            }
        }
    }

    @Test
    void asksAServer() throws Exception {
        Command command = Command.brief(directory);
        command.run("train", Command.FLIGHTS.toString(), "--target=delayed", "--rows=500", "--model=flights")
                .done();
        Command.Running running = command.start("serve", "--port", "0");
        try {
            String records = RECORDS.replace("}", ",\"delay\":3}");
            Files.writeString(directory.resolve("records.jsonl"), records);
            List<String> answers = python("accrete_client.py", ServeIT.uri(running), "flights")
                    .lines()
                    .toList();
            assertThat(answers).hasSize(4).allMatch(answer -> answer.contains("\"prediction\": \""));
        } finally {
            running.process().destroy();
            running.await();
        }
    }

    private static List<Double> numbers(String line) {
        return NUMBER.matcher(line)
                .results()
                .map(MatchResult::group)
                .map(Double::valueOf)
                .toList();
    }

    /** {@return what an example prints for the records} */
    private String python(String... line) throws Exception {
        List<String> words = new ArrayList<>(List.of(line));
        words.set(0, EXAMPLES.resolve(line[0]).toString());
        words.add(0, PYTHON);
        Path errors = directory.resolve("errors.txt");
        Process process = new ProcessBuilder(words)
                .redirectInput(directory.resolve("records.jsonl").toFile())
                .redirectError(errors.toFile())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
        return out;
    }
}
