package org.accrete.learners.pca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The same blocks give the numbers of scikit-learn: see {@code src/test/fixtures/make_fixtures.py}. */
class SklearnPcaTest {
    private static final double TOLERANCE = 1e-9;
    private static final Map<String, double[][]> TABLES = new HashMap<>();

    /** One block of cases.txt. */
    record SklearnCase(Map<String, String> values) {
        String text(String key) {
            return Objects.requireNonNull(values.get(key), key);
        }

        double[] numbers(String key) {
            return Arrays.stream(text(key).split(" "))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }

        int number(String key) {
            return Integer.parseInt(text(key));
        }

        double[][] table() {
            return TABLES.computeIfAbsent(text("data"), SklearnPcaTest::read);
        }

        PcaModel model() {
            double[][] x = table();
            int block = Integer.parseInt(text("chunks").split(" ")[0]);
            PcaLearner learner = Pca.incremental(x[0].length, "n-components=" + text("k"), "batch-size=" + block);
            Pca.fit(learner, x, 0, number("rows"), 17);
            return learner.snapshot();
        }

        @Override
        public String toString() {
            return text("case");
        }
    }

    static Stream<SklearnCase> cases() {
        List<SklearnCase> cases = new ArrayList<>();
        Map<String, String> block = new LinkedHashMap<>();
        for (String line : lines("cases.txt", false)) {
            if (line.startsWith("case ") && !block.isEmpty()) {
                cases.add(new SklearnCase(block));
                block = new LinkedHashMap<>();
            }
            if (!line.isEmpty() && !line.startsWith("#")) {
                int space = line.indexOf(' ');
                block.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        cases.add(new SklearnCase(block));
        return cases.stream();
    }

    /** {@return the pixels of the digits, rows × 64} */
    static double[][] digits() {
        return TABLES.computeIfAbsent("digits", SklearnPcaTest::read);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void numbersAreThoseOfScikitLearn(SklearnCase one) {
        PcaModel model = one.model();
        close(one, "mean", model.mean());
        close(one, "var", model.variance());
        close(one, "explained_variance", model.explainedVariance());
        close(one, "explained_variance_ratio", model.explainedVarianceRatio());
        close(one, "singular_values", model.singularValues());
    }

    /** No decomposition computes a value below 1e-7 of the largest to nine digits. */
    private static void close(SklearnCase one, String what, double[] actual) {
        double[] expected = one.numbers(what);
        assertThat(actual).as(what).hasSameSizeAs(expected);
        double[] values = one.numbers("singular_values");
        for (int i = 0; i < expected.length; i++) {
            double relative =
                    what.equals("mean") || what.equals("var") || values[i] > 1e-7 * values[0] ? TOLERANCE : 1e-7;
            assertThat(actual[i]).as("%s %d", what, i).isCloseTo(expected[i], within(relative * Math.abs(expected[i])));
        }
    }

    /**
     * The angle is compared where the spectrum has a gap; a single component where its value differs from both
     * neighbours.
     */
    @ParameterizedTest
    @MethodSource("cases")
    void componentsAreThoseOfScikitLearn(SklearnCase one) {
        PcaModel model = one.model();
        int k = one.number("k");
        int width = model.components().length / k;
        RealMatrix ours = Batch.matrix(model.components(), k, width);
        RealMatrix theirs = Batch.matrix(one.numbers("components"), k, width);
        String[] gaps = one.text("gaps").split(" ");
        for (int i = 0; i < k; i++) {
            if (Boolean.parseBoolean(gaps[i])) {
                assertThat(Batch.sine(ours.getRowMatrix(i), theirs.getRowMatrix(i)))
                        .as("sine of the angle to component %d", i)
                        .isLessThan(1e-7);
            }
        }
        assertThat(Batch.sine(ours, theirs)).as("sine of the largest angle").isLessThan(1e-7);
    }

    /** Not compared with scikit-learn's, which is too low by what earlier calls have dropped. */
    @ParameterizedTest
    @MethodSource("cases")
    void noiseVarianceIsNearThatOfAllRowsAtOnce(SklearnCase one) {
        double expected = one.numbers("batch_noise_variance")[0];
        // With small blocks, components hardly larger than the noise lose some of their variance to it.
        boolean clear =
                one.text("data").startsWith("decay") || one.text("data").equals("digits") && one.number("k") <= 10;
        assertThat(one.model().noiseVariance()).isCloseTo(expected, within((clear ? 0.03 : 0.1) * expected));
        if (one.number("k") < one.table()[0].length) {
            assertThat(one.numbers("noise_variance")[0]).isLessThan(expected / 2);
        }
    }

    private static double[][] read(String name) {
        boolean digits = name.equals("digits");
        List<String> lines = digits ? exampleDigits() : lines(name + ".csv.gz", true);
        return lines.stream()
                .skip(1)
                .map(line -> {
                    double[] cells = Arrays.stream(line.split(","))
                            .mapToDouble(Double::parseDouble)
                            .toArray();
                    return digits ? Arrays.copyOf(cells, cells.length - 1) : cells;
                })
                .toArray(double[][]::new);
    }

    private static List<String> exampleDigits() {
        try (InputStream raw = Files.newInputStream(Path.of("../examples/digits/digits.csv.gz"))) {
            return lines(raw, true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(String file, boolean zipped) {
        try (InputStream raw =
                Objects.requireNonNull(SklearnPcaTest.class.getResourceAsStream("sklearn/" + file), file)) {
            return lines(raw, zipped);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(InputStream raw, boolean zipped) throws IOException {
        InputStream plain = zipped ? new GZIPInputStream(raw) : raw;
        return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))
                .lines()
                .toList();
    }
}
