package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.accrete.api.learn.OnlineLearner;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The default optimizer is the one of docs/linear.md: see {@code src/test/fixtures/make_mixture_fixtures.py}. */
class MixtureFixtureTest {
    /** {@return the lines of a block, by their key} */
    private static Map<String, double[]> block(String name) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(MixtureFixtureTest.class.getResourceAsStream("mixture/cases.txt")),
                StandardCharsets.UTF_8))) {
            Map<String, double[]> block = new HashMap<>();
            boolean inside = false;
            for (String line : reader.lines().toList()) {
                int space = line.indexOf(' ');
                if (line.startsWith("case ")) {
                    inside = line.equals("case " + name);
                } else if (inside && space > 0) {
                    String[] numbers = line.substring(space + 1).split(" ");
                    block.put(
                            line.substring(0, space),
                            Arrays.stream(numbers)
                                    .mapToDouble(Double::parseDouble)
                                    .toArray());
                }
            }
            return block;
        }
    }

    private static double[] numbers(Map<String, double[]> block, String key) {
        return Objects.requireNonNull(block.get(key), key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2-classes", "4-classes"})
    void decisionValuesAreThoseOfTheFormulas(String name) throws IOException {
        Map<String, double[]> block = block(name);
        double[] values = numbers(block, "x");
        double[] y = numbers(block, "y");
        double[] expected = numbers(block, "decisions");
        int width = values.length / y.length;
        double[][] x = new double[y.length][];
        Arrays.setAll(x, i -> Arrays.copyOfRange(values, i * width, (i + 1) * width));
        List<String> classes = IntStream.range(0, (int) numbers(block, "classes")[0])
                .mapToObj(c -> "class " + c)
                .toList();
        Table table = new Table(x, y, new double[0], classes);
        for (boolean sparse : new boolean[] {false, true}) {
            OnlineLearner learner = (OnlineLearner) SgdLearners.learner(table.schema(), "optimizer=adagrad-mixture");
            double[] found = new double[expected.length];
            learner.partialFit(table.all(sparse), found);
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i]).as("decision value %s", i).isCloseTo(expected[i], within(1e-9));
            }
        }
    }
}
