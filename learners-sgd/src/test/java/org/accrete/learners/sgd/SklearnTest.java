package org.accrete.learners.sgd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** With {@code compat=sklearn} the numbers are scikit-learn's: see {@code src/test/fixtures/make_fixtures.py}. */
class SklearnTest {
    private static final double TOLERANCE = 1e-9;
    private static final Map<String, Table> TABLES = new HashMap<>();

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

        boolean is(String key) {
            return Boolean.parseBoolean(text(key));
        }

        boolean sparse() {
            return text("format").equals("sparse");
        }

        String[] settings(String compat) {
            List<String> pairs = new ArrayList<>(List.of("compat=" + compat));
            for (String key : List.of(
                    "loss",
                    "alpha",
                    "learning-rate",
                    "eta0",
                    "power-t",
                    "fit-intercept",
                    "penalty",
                    "l1-ratio",
                    "average",
                    "class-weight")) {
                if (values.containsKey(key)) {
                    pairs.add(key + "=" + text(key));
                }
            }
            if (text("task").equals("regressor") && values.containsKey("epsilon")) {
                pairs.add("epsilon=" + text("epsilon"));
            }
            return pairs.toArray(new String[0]);
        }

        Table table() {
            Table table = TABLES.computeIfAbsent(text("data"), SklearnTest::read);
            return new Table(
                    table.x(),
                    table.y(),
                    is("weighted") ? table.weights() : new double[0],
                    values.containsKey("classes") ? List.of(text("classes").split(" ")) : List.of());
        }

        @Override
        public String toString() {
            return text("case");
        }
    }

    static Stream<Case> cases() {
        return cases("cases.txt");
    }

    static Stream<Case> defaultCases() {
        return cases("defaults.txt");
    }

    private static Stream<Case> cases(String file) {
        List<Case> cases = new ArrayList<>();
        Map<String, String> block = new LinkedHashMap<>();
        for (String line : lines(file)) {
            if (line.startsWith("case ") && !block.isEmpty()) {
                cases.add(new Case(block));
                block = new LinkedHashMap<>();
            }
            if (!line.isEmpty() && !line.startsWith("#")) {
                int space = line.indexOf(' ');
                block.put(line.substring(0, space), line.substring(space + 1));
            }
        }
        cases.add(new Case(block));
        return cases.stream();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void numbersAreThoseOfScikitLearn(Case one) {
        assertNumbers(one, SgdLearners.learner(one.table().schema(), one.settings("sklearn")));
    }

    @ParameterizedTest
    @MethodSource("defaultCases")
    void whatIsNotSaidIsAsInScikitLearn(Case one) {
        Schema schema = one.table().schema();
        LearnerProvider provider = SgdLearners.provider(schema);
        Map<String, String> given = new HashMap<>();
        for (String pair : one.settings("sklearn")) {
            given.put(pair.split("=")[0], pair.split("=")[1]);
        }
        assertNumbers(one, provider.create(schema, Params.parse(provider.params(), given)));
    }

    private static void assertNumbers(Case one, Learner learner) {
        Table table = one.table();
        int call = 0;
        int row = 0;
        Chunk last = table.all(one.sparse());
        for (double rows : one.numbers("chunks")) {
            call++;
            last = table.chunk(one.sparse(), row, row + (int) rows);
            learner.partialFit(last);
            row += (int) rows;
            if (!one.values().containsKey("t-" + call)) {
                continue;
            }
            State state = learner.state();
            assertThat(state.number("sgd.t")).isEqualTo(one.numbers("t-" + call)[0]);
            assertClose(state.tensor("coef").doubles(), one.numbers("coef-" + call));
            assertClose(state.tensor("intercept").doubles(), one.numbers("intercept-" + call));
        }
        if (one.values().containsKey("predictions")) {
            assertPredictions(one, learner, last);
        }
    }

    private static void assertPredictions(Case one, Learner learner, Chunk last) {
        double[] predictions = new double[last.rows()];
        if (learner.view() instanceof Regressor model) {
            model.predict(last, predictions);
            assertNear(predictions, one.numbers("predictions"));
        } else if (learner.view() instanceof Classifier model) {
            double[] decisions = new double[last.rows() * model.decisions()];
            model.decide(last, decisions);
            assertNear(decisions, one.numbers("decision"));
            Arrays.setAll(predictions, i -> model.winner(decisions, i));
            assertThat(predictions).containsExactly(one.numbers("predictions"));
            assertThat(model instanceof ProbabilisticClassifier)
                    .isEqualTo(one.values().containsKey("probabilities"));
            if (model instanceof ProbabilisticClassifier sharing) {
                double[] probabilities =
                        new double[last.rows() * model.classes().size()];
                sharing.probabilities(last, probabilities);
                assertNear(probabilities, one.numbers("probabilities"));
            }
        }
    }

    @Test
    void everyCombinationHasCases() {
        List<String> seen = cases().map(
                        one -> one.text("data").replace("-large", "").replace("-sparse", "") + " " + one.text("loss")
                                + " " + one.text("learning-rate") + " " + one.text("format") + " "
                                + one.values().getOrDefault("penalty", "l2") + " "
                                + (one.values().containsKey("average") ? "average" : one.text("weighted"))
                                + one.values().getOrDefault("class-weight", ""))
                .distinct()
                .toList();
        // classes: loss, schedule and penalty; adaptive has two of the four, passive-aggressive one of the losses
        int ofClasses = 5 * 3 * 4 + 5 * 2 + 2 * 4;
        int ofNumbers = 4 * 3 * 4 + 4 * 2 + 2 * 4;
        assertThat(seen).hasSize(2 * 2 * 4 * ofClasses + 2 * 3 * ofNumbers);
    }

    static Stream<Case> plainCases() {
        return cases().filter(one -> {
            String penalty = one.values().getOrDefault("penalty", "l2");
            return (penalty.equals("l2") || penalty.equals("none"))
                    && !one.values().containsKey("average")
                    && !one.text("learning-rate").equals("adaptive");
        });
    }

    @ParameterizedTest
    @MethodSource("plainCases")
    void onlyTheInterceptOfSparseRowsAndRowsOfWeightZeroNeedCompat(Case one) {
        Table table = one.table();
        Learner like = SgdLearners.learner(table.schema(), one.settings("sklearn"));
        Learner ours = SgdLearners.learner(table.schema(), one.settings("none"));
        like.partialFit(table.all(one.sparse()));
        ours.partialFit(table.all(one.sparse()));
        boolean weightless =
                one.is("weighted") && Arrays.stream(table.weights()).anyMatch(weight -> weight == 0);
        boolean same = (!one.sparse() || !one.is("fit-intercept")) && !weightless;
        assertThat(like.state().equals(ours.state())).isEqualTo(same);
    }

    /** Number by number. */
    private static void assertClose(double[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(found[i]).isCloseTo(expected[i], within(TOLERANCE * Math.abs(expected[i])));
        }
    }

    /** Where numbers are sums that may cancel: to the largest. */
    private static void assertNear(double[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertThat(found).containsExactly(expected, within(TOLERANCE * largest));
    }

    private static Table read(String name) {
        List<double[]> x = new ArrayList<>();
        List<double[]> weightAndTarget = new ArrayList<>();
        List<String> lines = lines(name + ".csv");
        for (String line : lines.subList(2, lines.size())) {
            double[] cells = Arrays.stream(line.split(","))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
            weightAndTarget.add(cells);
            x.add(Arrays.copyOfRange(cells, 2, cells.length));
        }
        return new Table(
                x.toArray(new double[0][]),
                weightAndTarget.stream().mapToDouble(cells -> cells[1]).toArray(),
                weightAndTarget.stream().mapToDouble(cells -> cells[0]).toArray(),
                List.of());
    }

    private static List<String> lines(String file) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                Objects.requireNonNull(SklearnTest.class.getResourceAsStream("sklearn/" + file), file),
                StandardCharsets.UTF_8))) {
            return reader.lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
