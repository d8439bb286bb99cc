package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.accrete.api.learn.Learner;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** AdaGrad and FTRL-Proximal are those of their papers: see {@code src/test/fixtures/make_optimizer_fixtures.py}. */
class PublishedTest {
    /** One block of cases.txt. */
    record Case(Map<String, String> values) {
        String text(String key) {
            return Objects.requireNonNull(values.get(key), key);
        }

        double[] numbers(String key) {
            return Arrays.stream(text(key).split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }

        Table table() {
            double[] all = numbers("x");
            double[] y = numbers("y");
            int width = all.length / y.length;
            double[][] x = new double[y.length][];
            Arrays.setAll(x, i -> Arrays.copyOfRange(all, i * width, (i + 1) * width));
            boolean classes = text("settings").contains("log-loss");
            return new Table(
                    x,
                    Arrays.stream(y).map(one -> classes ? (one + 1) / 2 : one).toArray(),
                    new double[0],
                    classes ? List.of("a", "b") : List.of());
        }

        @Override
        public String toString() {
            return text("case");
        }
    }

    static Stream<Case> cases() throws IOException {
        List<Case> cases = new ArrayList<>();
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(PublishedTest.class.getResourceAsStream("optimizers/cases.txt")),
                StandardCharsets.UTF_8))) {
            Map<String, String> block = Map.of();
            for (String line : reader.lines().toList()) {
                if (line.startsWith("case ")) {
                    block = new LinkedHashMap<>();
                    cases.add(new Case(block));
                }
                if (!line.isEmpty() && !line.startsWith("#")) {
                    int space = line.indexOf(' ');
                    block.put(line.substring(0, space), line.substring(space + 1));
                }
            }
        }
        assertThat(cases).hasSize(12);
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void weightsAreThoseOfThePaper(Case one) {
        Table table = one.table();
        for (boolean sparse : new boolean[] {false, true}) {
            Learner learner =
                    SgdLearners.learner(table.schema(), one.text("settings").split(" "));
            table.teach(learner, sparse, 0, table.rows(), 77);
            double[] expected = one.numbers("coef");
            assertThat(learner.state().tensor("coef").doubles()).containsExactly(expected, within(1e-9));
            for (int j = 0; j < expected.length; j++) {
                assertThat(learner.state().tensor("coef").doubles()[j] == 0).isEqualTo(expected[j] == 0);
            }
            assertThat(learner.state().tensor("intercept").doubles())
                    .containsExactly(one.numbers("intercept"), within(1e-9));
        }
    }
}
