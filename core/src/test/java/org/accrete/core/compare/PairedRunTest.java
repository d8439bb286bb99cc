package org.accrete.core.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.core.score.Scores;
import org.junit.jupiter.api.Test;

class PairedRunTest {
    private static final Target CLASSES = Target.categorical("y", List.of("0", "1"));
    private static final PairedRun.Texts NO_TEXTS = (row, column) -> "";

    /** A classifier whose decision value is a column of the row. */
    private record Logistic(Schema schema, int column, List<String> classes) implements ProbabilisticClassifier {
        @Override
        public void decide(Chunk chunk, double[] out) {
            for (int row = 0; row < chunk.rows(); row++) {
                double value = cell(chunk, row, column);
                for (int c = 0; c < decisions(); c++) {
                    out[row * decisions() + c] = decisions() == 1 ? value : value * c;
                }
            }
        }

        @Override
        public void probabilities(double[] decisions, int rows, int count, double[] out) {
            for (int row = 0; row < rows; row++) {
                double second = 1 / (1 + Math.exp(-decisions[row]));
                for (int c = 0; c < count; c++) {
                    out[row * count + c] = count == 2 ? (c == 1 ? second : 1 - second) : 1.0 / count;
                }
            }
        }
    }

    /** The same without probabilities. */
    private record Sign(Schema schema, int column, List<String> classes) implements Classifier {
        @Override
        public void decide(Chunk chunk, double[] out) {
            for (int row = 0; row < chunk.rows(); row++) {
                out[row] = cell(chunk, row, column);
            }
        }
    }

    /** Predicts a column of the row. */
    private record Copy(Schema schema, int column) implements Regressor {
        @Override
        public void predict(Chunk chunk, double[] out) {
            for (int row = 0; row < chunk.rows(); row++) {
                out[row] = cell(chunk, row, column);
            }
        }
    }

    private static double cell(Chunk chunk, int row, int column) {
        DenseChunk dense = (DenseChunk) chunk;
        return dense.values()[dense.offset(row) + column];
    }

    private static ChunkBuffer chunk(Schema schema, List<double[]> rows, int from, int to) {
        ChunkBuffer buffer = new ChunkBuffer(schema, Math.max(1, to - from));
        for (double[] row : rows.subList(from, to)) {
            buffer.beginRow();
            for (int c = 0; c < schema.width(); c++) {
                buffer.put(c, row[c]);
            }
            buffer.target(row[schema.width()]);
            buffer.endRow();
        }
        return buffer;
    }

    private static PairedReport run(PairedRun run, Schema schema, List<double[]> rows, int chunkRows) {
        for (int from = 0; from < rows.size(); from += chunkRows) {
            Chunk chunk = chunk(schema, rows, from, Math.min(rows.size(), from + chunkRows))
                    .chunk();
            run.add(chunk, chunk, NO_TEXTS);
        }
        return run.report();
    }

    private static List<double[]> frozenRows() throws IOException {
        try (InputStream in = PairedRunTest.class.getResourceAsStream("paired.csv")) {
            List<double[]> rows = new ArrayList<>();
            new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .forEach(line -> {
                        String[] cells = line.split(",");
                        rows.add(new double[] {
                            Double.parseDouble(cells[0]), Double.parseDouble(cells[1]), Double.parseDouble(cells[2])
                        });
                    });
            return rows;
        }
    }

    private static PairedRun logistic(Schema schema) {
        return new PairedRun(
                CLASSES,
                new Logistic(schema, 0, List.of("0", "1")),
                new Logistic(schema, 1, List.of("0", "1")),
                List.of(),
                Runnable::run);
    }

    @Test
    void saysOfFrozenPredictionsWhatScikitLearnAndSciPySay() throws IOException {
        Properties expected = new Properties();
        try (Reader in = new InputStreamReader(
                PairedRunTest.class.getResourceAsStream("paired.properties"), StandardCharsets.UTF_8)) {
            expected.load(in);
        }
        Schema schema = Schema.numeric(2, CLASSES);
        PairedReport report = run(logistic(schema), schema, frozenRows(), 137);
        for (String metric : List.of("log_loss", "accuracy", "roc_auc")) {
            PairedReport.PairedScore score = report.scores().get(metric);
            // AUC is from bins.
            double tolerance = metric.equals("roc_auc") ? 2e-4 : 1e-12;
            assertThat(score.first().value())
                    .as(metric)
                    .isCloseTo(number(expected, "first." + metric), within(tolerance));
            assertThat(score.second().value())
                    .as(metric)
                    .isCloseTo(number(expected, "second." + metric), within(tolerance));
            assertThat(score.difference().value())
                    .isEqualTo(score.second().value() - score.first().value());
            assertThat(score.difference().value())
                    .isBetween(score.difference().low(), score.difference().high());
        }
        PairedReport.PairedScore loss = report.scores().get("log_loss");
        assertThat(report.metric()).contains("log_loss");
        assertThat(loss.blocks()).isEqualTo((int) number(expected, "blocks"));
        assertThat(loss.blockRows()).isEqualTo((long) number(expected, "block_rows"));
        assertThat(loss.pValue()).isCloseTo(number(expected, "p_value"), within(1e-9));
        assertThat(loss.difference().high() - loss.difference().value())
                .isCloseTo(number(expected, "half_width"), within(1e-9));
        McNemar mcNemar = report.mcNemar().orElseThrow();
        assertThat(mcNemar.onlyFirst()).isEqualTo((long) number(expected, "only_first"));
        assertThat(mcNemar.onlySecond()).isEqualTo((long) number(expected, "only_second"));
        assertThat(mcNemar.pValue()).isCloseTo(number(expected, "mcnemar"), within(1e-9));
        assertThat(new McNemar(3, 15).pValue()).isCloseTo(number(expected, "mcnemar.3.15"), within(1e-12));
        assertThat(new McNemar(9_400, 9_000).pValue()).isCloseTo(number(expected, "mcnemar.9000.9400"), within(1e-9));
        assertThat(new McNemar(0, 0).pValue()).isEqualTo(1);
        assertThat(new McNemar(5, 5).pValue()).isEqualTo(1);
        assertThat(report.calibration().get(0).orElseThrow().error())
                .isCloseTo(number(expected, "first.ece"), within(1e-12));
        assertThat(report.calibration().get(1).orElseThrow().error())
                .isCloseTo(number(expected, "second.ece"), within(1e-12));
        assertThat(report.changed()).isCloseTo(number(expected, "changed"), within(1e-12));
        assertThat(report.transitions().stream()
                        .mapToLong(PairedReport.Transition::rows)
                        .sum())
                .isEqualTo(Math.round(report.changed() * report.rows()));
    }

    private static double number(Properties properties, String name) {
        return Double.parseDouble(properties.getProperty(name));
    }

    @Test
    void scoresAreThoseOfTheScorePackageAlsoForClassesThatAModelDoesNotKnow() {
        Target three = Target.categorical("y", List.of("a", "b", "c"));
        Schema schema = Schema.numeric(2, three);
        SeededRandom random = new SeededRandom(3);
        List<double[]> rows = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            rows.add(new double[] {random.nextGaussian(), random.nextGaussian(), random.nextInt(3)});
        }
        Model two = new Logistic(schema, 0, List.of("a", "b"));
        Model all = new Logistic(schema, 1, List.of("a", "b", "c"));
        PairedReport report = run(new PairedRun(three, two, all, List.of(), Runnable::run), schema, rows, 100);
        for (int i = 0; i < 2; i++) {
            Scores scores = Scores.forTarget(three);
            for (int from = 0; from < rows.size(); from += 100) {
                scores.update(
                        i == 0 ? two : all,
                        chunk(schema, rows, from, from + 100).chunk());
            }
            Map<String, Double> expected = scores.report().metrics();
            for (String metric : List.of("log_loss", "accuracy")) {
                PairedReport.PairedScore score = report.scores().get(metric);
                assertThat((i == 0 ? score.first() : score.second()).value())
                        .as(metric)
                        .isCloseTo(expected.get(metric), within(1e-12));
            }
        }
        assertThat(report.scores()).doesNotContainKey("roc_auc");
    }

    @Test
    void classesAreMatchedByLabelWhateverTheirOrder() throws IOException {
        Schema schema = Schema.numeric(2, CLASSES);
        List<double[]> rows = frozenRows();
        PairedReport same = run(logistic(schema), schema, rows, 500);
        List<double[]> flipped = new ArrayList<>();
        rows.forEach(row -> flipped.add(new double[] {row[0], -row[1], row[2]}));
        PairedReport other = run(
                new PairedRun(
                        CLASSES,
                        new Logistic(schema, 0, List.of("0", "1")),
                        new Logistic(schema, 1, List.of("1", "0")),
                        List.of(),
                        Runnable::run),
                schema,
                flipped,
                500);
        same.scores()
                .forEach((metric, score) -> assertThat(
                                other.scores().get(metric).second().value())
                        .as(metric)
                        .isCloseTo(score.second().value(), within(metric.equals("roc_auc") ? 2e-4 : 1e-12)));
        assertThat(other.calibration().get(1).orElseThrow().error())
                .isCloseTo(same.calibration().get(1).orElseThrow().error(), within(1e-12));
    }

    @Test
    void theReportDoesNotDependOnChunksOrThreads() throws IOException {
        Schema schema = Schema.numeric(2, CLASSES);
        List<double[]> rows = frozenRows();
        PairedReport one = run(logistic(schema), schema, rows, 1);
        ExecutorService helper = Executors.newSingleThreadExecutor();
        try {
            PairedRun run = new PairedRun(
                    CLASSES,
                    new Logistic(schema, 0, List.of("0", "1")),
                    new Logistic(schema, 1, List.of("0", "1")),
                    List.of(),
                    helper);
            assertThat(run(run, schema, rows, 999)).isEqualTo(one);
        } finally {
            helper.shutdownNow();
        }
    }

    @Test
    void classifiersWithoutProbabilitiesAreToldByTheirAccuracy() throws IOException {
        Schema schema = Schema.numeric(2, CLASSES);
        PairedRun run = new PairedRun(
                CLASSES,
                new Sign(schema, 0, List.of("0", "1")),
                new Logistic(schema, 1, List.of("0", "1")),
                List.of(),
                Runnable::run);
        PairedReport report = run(run, schema, frozenRows(), 100);
        assertThat(report.metric()).contains("accuracy");
        assertThat(report.scores()).doesNotContainKey("log_loss");
        assertThat(report.calibration().get(0)).isEmpty();
        assertThat(report.calibration().get(1)).isPresent();
    }

    @Test
    void numbersAreScoredAsByTheScorePackage() {
        Target target = Target.numeric("y");
        Schema schema = Schema.numeric(2, target);
        SeededRandom random = new SeededRandom(4);
        List<double[]> rows = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            double y = 100 + random.nextGaussian();
            rows.add(new double[] {y + 0.5 * random.nextGaussian(), y + 0.6 * random.nextGaussian(), y});
        }
        Copy first = new Copy(schema, 0);
        Copy second = new Copy(schema, 1);
        PairedReport report = run(new PairedRun(target, first, second, List.of(), Runnable::run), schema, rows, 250);
        Scores scores = Scores.forTarget(target);
        scores.update(second, chunk(schema, rows, 0, rows.size()).chunk());
        scores.report()
                .metrics()
                .forEach((metric, value) -> assertThat(
                                report.scores().get(metric).second().value())
                        .as(metric)
                        .isCloseTo(value, within(1e-9)));
        assertThat(report.metric()).contains("mae");
        assertThat(report.verdict()).isEqualTo(PairedReport.Verdict.REAL);
        assertThat(report.mcNemar()).isEmpty();
        double sum = rows.stream().mapToDouble(row -> row[1] - row[0]).sum();
        assertThat(report.changes().get("mean_change")).isCloseTo(sum / rows.size(), within(1e-12));
        assertThat(report.sentence("m@1", "m@2"))
                .matches("The difference is real: the mean absolute error of m@2 is 0\\.\\d+ higher than that of m@1 "
                        + "\\(95 % interval of the difference 0\\.\\d+ to 0\\.\\d+, p [=<] [^,]+, "
                        + "paired t over \\d+ blocks of \\d+ rows(, which still correlate)?\\)\\.");
    }

    @Test
    void equalModelsDoNotDiffer() throws IOException {
        Schema schema = Schema.numeric(2, CLASSES);
        Logistic model = new Logistic(schema, 0, List.of("0", "1"));
        PairedReport report =
                run(new PairedRun(CLASSES, model, model, List.of(), Runnable::run), schema, frozenRows(), 100);
        assertThat(report.verdict()).isEqualTo(PairedReport.Verdict.NONE);
        assertThat(report.changed()).isZero();
        assertThat(report.sentence("a", "b")).isEqualTo("There is no difference: both predict the same on every row.");
    }

    @Test
    void rowsWithoutTargetsAreComparedButNotScored() {
        Schema schema = Schema.numeric(2, CLASSES);
        List<double[]> rows = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            rows.add(new double[] {1, i < 5 ? -1 : 1, Double.NaN});
        }
        PairedReport report = run(logistic(schema), schema, rows, 7);
        assertThat(report.rows()).isEqualTo(20);
        assertThat(report.scored()).isZero();
        assertThat(report.changed()).isEqualTo(0.25);
        assertThat(report.transitions()).containsExactly(new PairedReport.Transition("1", "0", 5));
        assertThat(report.verdict()).isEqualTo(PairedReport.Verdict.UNTESTED);
        assertThat(report.sentence("a", "b")).endsWith("cannot be tested: no row has a target.");
    }

    @Test
    void fewRowsAreNotTested() throws IOException {
        Schema schema = Schema.numeric(2, CLASSES);
        PairedReport report = run(logistic(schema), schema, frozenRows().subList(0, 5), 5);
        assertThat(report.verdict()).isEqualTo(PairedReport.Verdict.UNTESTED);
        assertThat(report.sentence("a", "b")).endsWith("there are too few rows with a target.");
        assertThat(run(logistic(schema), schema, List.of(), 5).rows()).isZero();
    }

    @Test
    void slicesHaveTheScoresOfTheirRowsAlone() throws IOException {
        Schema schema = Schema.numeric(2, CLASSES);
        List<double[]> rows = frozenRows();
        PairedRun run = new PairedRun(
                CLASSES,
                new Logistic(schema, 0, List.of("0", "1")),
                new Logistic(schema, 1, List.of("0", "1")),
                List.of("third"),
                Runnable::run);
        List<double[]> thirds = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            Chunk chunk = chunk(schema, rows, i, i + 1).chunk();
            String text = i % 3 == 0 ? "yes" : "no";
            run.add(chunk, chunk, (row, column) -> text);
            if (i % 3 == 0) {
                thirds.add(rows.get(i));
            }
        }
        PairedReport alone = run(logistic(schema), schema, thirds, 50);
        List<PairedReport.Slice> slices = run.report().slices().get("third");
        assertThat(slices).extracting(PairedReport.Slice::value).containsExactly("no", "yes");
        PairedReport.Slice yes = slices.get(1);
        assertThat(yes.scored()).isEqualTo(thirds.size());
        assertThat(yes.changed()).isCloseTo(alone.changed(), within(1e-12));
        assertThat(yes.first()).isCloseTo(alone.scores().get("log_loss").first().value(), within(1e-12));
        assertThat(yes.second())
                .isCloseTo(alone.scores().get("log_loss").second().value(), within(1e-12));
        assertThat(yes.difference().low()).isLessThan(yes.difference().value());
    }

    @Test
    void aFailureOfEitherModelIsThrown() {
        Schema schema = Schema.numeric(2, CLASSES);
        Schema wide = Schema.numeric(3, CLASSES);
        assertThatThrownBy(() -> new PairedRun(
                        Target.none(), new Copy(schema, 0), new Copy(schema, 0), List.of(), Runnable::run))
                .hasMessageContaining("no target");
        Regressor broken = new Copy(wide, 7);
        PairedRun run = new PairedRun(Target.numeric("y"), new Copy(schema, 0), broken, List.of(), Runnable::run);
        Chunk chunk = chunk(schema, List.of(new double[] {1, 2, 0}), 0, 1).chunk();
        assertThatThrownBy(() -> run.add(chunk, chunk, NO_TEXTS)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
