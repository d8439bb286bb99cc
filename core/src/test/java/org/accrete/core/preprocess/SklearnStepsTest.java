package org.accrete.core.preprocess;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Step;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.param.Params;
import org.accrete.core.Toys;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same rows give the numbers of scikit-learn: see {@code src/test/fixtures/make_steps.py}. */
class SklearnStepsTest {
    private record Case(Map<String, String> values) {
        String text(String key) {
            return Objects.requireNonNull(values.get(key), key);
        }

        double[] numbers(String key) {
            return Stream.of(text(key).split(" "))
                    .mapToDouble(word -> word.equals("nan") ? Double.NaN : Double.parseDouble(word))
                    .toArray();
        }

        Schema schema() {
            return Schema.numeric(Integer.parseInt(text("width")), Target.none());
        }

        @Override
        public String toString() {
            return values.entrySet().stream()
                    .filter(entry -> entry.getValue().length() < 60)
                    .toList()
                    .toString();
        }
    }

    static Stream<Case> cases(String kind) throws IOException {
        List<Case> cases = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(SklearnStepsTest.class.getResourceAsStream("steps.txt"))) {
            for (String block : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n\n")) {
                Map<String, String> values = new LinkedHashMap<>();
                block.lines().filter(line -> line.contains(" = ")).forEach(line -> {
                    int at = line.indexOf(" = ");
                    values.put(line.substring(0, at), line.substring(at + 3));
                });
                if (kind.equals(values.get("kind"))) {
                    cases.add(new Case(values));
                }
            }
        }
        return cases.stream();
    }

    static Stream<Case> minMax() throws IOException {
        return cases("min-max");
    }

    static Stream<Case> polynomial() throws IOException {
        return cases("polynomial");
    }

    private static Step step(StepProvider provider, Schema schema, Map<String, String> settings) {
        return provider.create(schema, Params.parse(provider.params(), settings));
    }

    private static double[] cells(Chunk chunk) {
        return IntStream.range(0, chunk.rows() * chunk.width())
                .mapToDouble(i -> Toys.cell(chunk, i / chunk.width(), i % chunk.width()))
                .toArray();
    }

    private static void assertNear(double[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < expected.length; i++) {
            // Where scikit-learn passes NaN on, a step writes a number.
            if (!Double.isNaN(expected[i])) {
                assertThat(found[i])
                        .as("number %s", i)
                        .isCloseTo(expected[i], within(1e-10 * Math.max(1, Math.abs(expected[i]))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("minMax")
    void aRangeIsThatOfPartialFit(Case one) {
        Step step = step(
                new MinMaxScalerProvider(),
                one.schema(),
                Map.of("feature-range", one.text("range"), "clip", one.text("clip")));
        Chunk rows = Toys.chunk(one.schema(), one.numbers("x"));
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), rows.rows());
        step.partialFitTransform(rows, out);
        assertNear(cells(out.chunk()), one.numbers("during"));
        step.snapshot().transform(Toys.chunk(one.schema(), one.numbers("others")), out);
        assertNear(cells(out.chunk()), one.numbers("after"));
    }

    @ParameterizedTest
    @MethodSource("polynomial")
    void productsAreThoseOfPolynomialFeatures(Case one) {
        Step step = step(
                new PolynomialFeaturesProvider(),
                one.schema(),
                Map.of(
                        "degree", one.text("degree"),
                        "interaction-only", one.text("only"),
                        "include-bias", one.text("bias")));
        assertThat(step.outputSchema().blocks())
                .extracting(Block::name)
                .containsExactlyElementsOf(Arrays.asList(one.text("names").split(",")));
        Chunk rows = Toys.chunk(one.schema(), one.numbers("x"));
        ChunkBuffer out = new ChunkBuffer(step.outputSchema(), rows.rows());
        step.partialFitTransform(rows, out);
        assertNear(cells(out.chunk()), one.numbers("out"));
    }
}
