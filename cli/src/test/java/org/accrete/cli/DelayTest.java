package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.train.CheckpointInterval;
import org.accrete.core.train.LabelDelay;
import org.accrete.core.train.RunReport;
import org.accrete.core.train.TrainingRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs whose labels come later than their rows, in Java and on the command line. */
class DelayTest {
    private static final PlugIns PLUG_INS = PlugIns.load();
    private static final int ROWS = 1_200;
    private static final List<String> CLASSES = List.of("red", "green", "blue", "grey");

    @TempDir
    private Path folder;

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--store", folder.resolve("models").toString()));
        return Outcome.of(all.toArray(String[]::new));
    }

    /** Rows whose times are not in order; some have no label; later ones are of further classes. */
    private Path file(boolean ofClasses, boolean sparse) throws IOException {
        Random random = new Random(5);
        StringBuilder text = new StringBuilder(sparse ? "when,a,b,word,y\n" : "when,a,b,y\n");
        for (int row = 0; row < ROWS; row++) {
            LocalDateTime when = LocalDateTime.of(2024, 2, 27, 0, 0).plusMinutes(10L * row - random.nextInt(180));
            double a = random.nextGaussian();
            double b = random.nextGaussian();
            int kinds = row < 300 ? 2 : row < 700 ? 3 : 4;
            String label = ofClasses
                    ? CLASSES.get((int) Math.min(kinds - 1, Math.max(0, Math.round(1.5 + a + b))))
                    : Double.toString(3 * a - b + 0.1 * random.nextGaussian());
            text.append(when).append(',').append(a).append(',').append(b).append(',');
            text.append(sparse ? "w" + random.nextInt(900) + "," : "");
            text.append(random.nextInt(20) == 0 ? "" : label).append('\n');
        }
        return Files.writeString(folder.resolve("rows-" + ofClasses + sparse + ".csv"), text);
    }

    private static ChunkSource open(Path file) {
        ChunkSourceProvider csv = PLUG_INS.sources().find("csv");
        SourceRequest request = new SourceRequest(
                        file.toString(), Optional.of("y"), List.of(), Optional.empty(), true, BadRows.stop())
                .withKeys(List.of("when"));
        return csv.open(request, Params.of(csv.params()));
    }

    private static RunReport train(
            Path file, String learner, LabelDelay delay, int chunkRows, Optional<State> from, int every, Kept writer) {
        try (ChunkSource source = open(file)) {
            TrainingRun.Builder run = TrainingRun.builder(pipeline(source, learner, from), source)
                    .labelDelay(delay)
                    .chunkRows(chunkRows)
                    .checkpointEvery(new CheckpointInterval(every, 0))
                    .writer(writer);
            from.ifPresent(run::resume);
            return run.build().run();
        }
    }

    private static Pipeline pipeline(ChunkSource source, String learner, Optional<State> from) {
        return from.map(state -> Pipeline.restore(PLUG_INS, state))
                .orElseGet(() -> Pipeline.create(
                        PLUG_INS, source.schema(), new PipelineSpec(learner, List.of("standard-scaler"), Map.of())));
    }

    private static LabelDelay delay(String text) {
        return LabelDelay.parse(text, Optional.of("when").filter(column -> !text.matches("\\d+")));
    }

    // ---- the oracle: a plain loop

    /** A row that waits. */
    private record Waiting(Chunk row, long due, int number, double[] predicted) {}

    /** What the loop comes to. */
    private static final class Oracle {
        private final Pipeline pipeline;
        private final List<Waiting> queue = new ArrayList<>();
        private long clock = Long.MIN_VALUE;
        private long scored;
        private long right;
        private double loss;

        Oracle(Pipeline pipeline) {
            this.pipeline = pipeline;
        }

        void comes(ChunkBuffer rows, int row, int number, LabelDelay delay) {
            long now = delay.column().isEmpty()
                    ? number
                    : LocalDateTime.parse(rows.key(row, 0)).toEpochSecond(java.time.ZoneOffset.UTC) * 1_000;
            clock = Math.max(clock, now);
            List<Waiting> due = new ArrayList<>(queue);
            due.removeIf(waiting -> waiting.due > clock);
            due.sort(Comparator.comparingLong(Waiting::due).thenComparingInt(Waiting::number));
            due.forEach(this::learn);
            queue.removeAll(due);
            ChunkBuffer one = new ChunkBuffer(rows.schema(), 1);
            one.append(rows.chunk(), row, row + 1);
            queue.add(new Waiting(one.chunk(), now + delay.amount(), number, predict(one.chunk())));
        }

        private double[] predict(Chunk row) {
            if (pipeline.isUntrained()) {
                return new double[0];
            }
            if (pipeline.view() instanceof Regressor regressor) {
                return regressor.predict(row);
            }
            double[] decisions = new double[((Classifier) pipeline.view()).decisions()];
            ((Classifier) pipeline.view()).decide(row, decisions);
            int known = pipeline.classes().size();
            double[] probabilities = new double[known];
            ((ProbabilisticClassifier) pipeline.view()).probabilities(decisions, 1, known, probabilities);
            return probabilities;
        }

        private void learn(Waiting waiting) {
            double actual = waiting.row.target(0);
            pipeline.partialFit(waiting.row);
            if (waiting.predicted.length == 0 || Double.isNaN(actual)) {
                return;
            }
            scored++;
            if (pipeline.view() instanceof Regressor) {
                loss += Math.abs(waiting.predicted[0] - actual);
                return;
            }
            int winner = 0;
            for (int c = 1; c < waiting.predicted.length; c++) {
                winner = waiting.predicted[c] > waiting.predicted[winner] ? c : winner;
            }
            right += winner == (int) actual ? 1 : 0;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sgd-classifier, 1, false",
        "sgd-classifier, 40, true",
        "sgd-classifier, 5h, false",
        "mlp-classifier, 100, false",
        "sgd-regressor, 2d, false",
        "sgd-regressor, 0s, true",
        "mlp-regressor, 7, false"
    })
    void eachRowIsPredictedWhenItComesAndLearnedWhenItsLabelDoes(String learner, String text, boolean sparse)
            throws IOException {
        Path file = file(learner.endsWith("classifier"), sparse);
        LabelDelay delay = delay(text);
        Kept kept = new Kept();
        RunReport report = train(file, learner, delay, 100, Optional.empty(), 1_000, kept);
        try (ChunkSource source = open(file)) {
            Oracle oracle = new Oracle(pipeline(source, learner, Optional.empty()));
            ChunkBuffer rows = new ChunkBuffer(source.schema(), 1_000, 1);
            int number = 0;
            while (source.next(rows)) {
                for (int row = 0; row < rows.rows(); row++) {
                    oracle.comes(rows, row, ++number, delay);
                }
            }
            oracle.pipeline
                    .state()
                    .tensors()
                    .forEach((name, tensor) ->
                            assertThat(kept.last().tensor(name)).as(name).isEqualTo(tensor));
            ScoreReport scores = report.scores().orElseThrow();
            assertThat(scores.rows()).isEqualTo(oracle.scored).isPositive();
            if (learner.endsWith("classifier")) {
                assertThat(scores.metrics().get("accuracy")).isEqualTo((double) oracle.right / oracle.scored);
            } else {
                assertThat(scores.metrics().get("mae")).isCloseTo(oracle.loss / oracle.scored, within(1e-12));
            }
            long waiting = oracle.queue.stream()
                    .filter(some -> !Double.isNaN(some.row.target(0)))
                    .count();
            assertThat(report.rowsAwaitingLabel()).isEqualTo(waiting);
            assertThat(report.rowsRead()).isEqualTo(ROWS);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "sgd-classifier, 40, true",
        "sgd-classifier, 5h, false",
        "mlp-classifier, 100, false",
        "sgd-regressor, 2d, true"
    })
    void anyChunkingAnyCheckpointAndAnyKillGiveTheSameBytes(String learner, String text, boolean sparse)
            throws IOException {
        Path file = file(learner.endsWith("classifier"), sparse);
        Kept straight = new Kept();
        train(file, learner, delay(text), 100, Optional.empty(), 1, straight);
        for (int chunkRows : new int[] {ROWS, 37}) {
            Kept other = new Kept();
            train(file, learner, delay(text), chunkRows, Optional.empty(), 1_000, other);
            assertThat(content(other.last())).as("chunks of %s", chunkRows).isEqualTo(content(straight.last()));
        }
        for (int i : new int[] {0, 4, 10}) {
            Kept resumed = new Kept();
            RunReport report = train(file, learner, delay(text), 41, Optional.of(straight.states.get(i)), 2, resumed);
            assertThat(content(resumed.last())).as("resumed from version %s", i).isEqualTo(content(straight.last()));
            assertThat(report.rowsRead()).isEqualTo(ROWS - 100 * (i + 1));
            assertThat(report.rowsAwaitingLabelBefore()).isPositive();
        }
    }

    private static Map<String, Object> content(State state) {
        Map<String, Object> all = new TreeMap<>(state.tensors());
        all.putAll(state.texts());
        return all;
    }

    @Test
    void withADelayOfOneRowTheScoresAreTheProgressiveOnes() throws IOException {
        Path file = file(true, false);
        ScoreReport delayed = train(file, "sgd-classifier", delay("1"), 100, Optional.empty(), 1_000, new Kept())
                .scores()
                .orElseThrow();
        try (ChunkSource source = open(file)) {
            ScoreReport plain = TrainingRun.builder(pipeline(source, "sgd-classifier", Optional.empty()), source)
                    .progressive(true)
                    .build()
                    .run()
                    .progressive()
                    .orElseThrow();
            // The label of the last row has not come.
            assertThat(delayed.rows()).isEqualTo(plain.rows() - 1);
            assertThat(delayed.metrics().get("log_loss"))
                    .isCloseTo(plain.metrics().get("log_loss"), within(0.01));
            assertThat(delayed.baselines().get("no_change").get("accuracy"))
                    .isCloseTo(plain.baselines().get("no_change").get("accuracy"), within(0.001));
        }
    }

    @Test
    void baselinesKnowTheLabelsThatHadComeWhenTheRowDid() throws IOException {
        StringBuilder text = new StringBuilder("a,y\n");
        for (int row = 0; row < 400; row++) {
            text.append(row % 7)
                    .append(',')
                    .append(row / 10 % 2 == 0 ? "up" : "down")
                    .append('\n');
        }
        Path file = Files.writeString(folder.resolve("blocks.csv"), text);
        Outcome now =
                accrete("train", file.toString(), "--target", "y", "--model", "now", "--label-delay", "1", "--json");
        Outcome late =
                accrete("train", file.toString(), "--target", "y", "--model", "late", "--label-delay", "10", "--json");
        assertThat(now.status()).as(now.err()).isZero();
        // Ten rows later the label is always the other one.
        assertThat((double) now.map("baselines", "no_change").get("accuracy")).isGreaterThan(0.85);
        assertThat((double) late.map("baselines", "no_change").get("accuracy")).isZero();
    }

    @Test
    void theCommandTellsOfWaitingRowsAndGoesOnWithThem() throws IOException {
        Path file = file(true, true);
        String[] train = {
            "train", file.toString(), "--target", "y", "--model", "m", "--label-delay", "12h", "--time", "when"
        };
        Outcome whole = accrete(with(train, "--checkpoint-every", "1", "--chunk-rows", "200"));
        assertThat(whole.status()).as(whole.err()).isZero();
        assertThat(whole.out()).contains("each by the model from when the row came", "waiting for labels");
        Outcome part = accrete(with(with(train, "--rows", "500"), "--replace"));
        assertThat(part.status()).as(part.err()).isZero();
        Outcome other = accrete("train", file.toString(), "--model", "m", "--resume", "--label-delay", "3h");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err()).contains("its labels come 43200s after the time in when; leave it out");
        Outcome rest = accrete("train", file.toString(), "--model", "m", "--resume", "--json");
        assertThat(rest.status()).as(rest.err()).isZero();
        assertThat(rest.json().get("rows_read")).isEqualTo(ROWS - 500L);
        assertThat(accrete("verify", "m").status()).isZero();
        Path withoutTimes = Files.writeString(folder.resolve("new.csv"), "a,b,word\n1,2,w1\n");
        assertThat(accrete(with(with(train, "--column", "when=ignore"), "--replace"))
                        .status())
                .isZero();
        Outcome predicted = accrete("predict", "m", withoutTimes.toString());
        assertThat(predicted.status()).as(predicted.err()).isZero();
        Outcome again = accrete("train", file.toString(), "--model", "m", "--resume");
        assertThat(again.out()).contains("nothing new");
    }

    @Test
    @SuppressWarnings("unchecked")
    void theRowsOfEachSourceAddUpWhileSomeWait() throws IOException {
        Path one = file(true, false);
        Path other = Files.copy(one, folder.resolve("other.csv"));
        String[] train = {
            "train",
            one.toString(),
            "--mix",
            "2:" + other,
            "--target",
            "y",
            "--model",
            "m",
            "--label-delay",
            "300",
            "--rows",
            "900",
            "--json"
        };
        Outcome first = accrete(train);
        assertThat(first.status()).as(first.err()).isZero();
        Outcome second = accrete("train", one.toString(), "--model", "m", "--resume", "--rows", "1700", "--json");
        assertThat(second.status()).as(second.err()).isZero();
        long waited = 0;
        for (Map<String, Object> run : List.of(first.json(), second.json())) {
            List<Map<String, Object>> sources = (List<Map<String, Object>>) run.get("sources");
            assertThat(sources).hasSize(2);
            for (String count : List.of("rows", "rows_awaiting_label", "rows_awaiting_label_before", "rows_read")) {
                assertThat(sources.stream()
                                .mapToLong(source -> (long) source.get(count))
                                .sum())
                        .as(count)
                        .isEqualTo(run.get(count));
            }
            assertThat(run.get("rows_awaiting_label_before")).isEqualTo(waited);
            waited = (long) run.get("rows_awaiting_label");
            // Some of the last 300 rows have no label.
            assertThat(waited).isBetween(250L, 300L);
        }
        assertThat(first.json().get("rows_read")).isEqualTo(900L);
        assertThat(second.json().get("rows_read")).isEqualTo(800L);
    }

    @Test
    void whatDoesNotGoTogetherIsRefused() throws IOException {
        String file = file(false, false).toString();
        assertRefused("add --time COLUMN", "train", file, "--target", "y", "--model", "m", "--label-delay", "7d");
        assertRefused(
                "leave out --time",
                "train",
                file,
                "--target",
                "y",
                "--model",
                "m",
                "--label-delay",
                "7",
                "--time",
                "when");
        assertRefused("add --label-delay 7d", "train", file, "--target", "y", "--model", "m", "--time", "when");
        assertRefused(
                "a number of rows such as 1000, or a time such as 90s, 15m, 12h or 7d, but was 'soon'",
                "train",
                file,
                "--target",
                "y",
                "--model",
                "m",
                "--label-delay",
                "soon");
        assertRefused(
                "there is no column 'then'",
                "train",
                file,
                "--target",
                "y",
                "--model",
                "m",
                "--label-delay",
                "7d",
                "--time",
                "then");
        assertRefused(
                "--epochs reads again",
                "train",
                file,
                "--target",
                "y",
                "--model",
                "m",
                "--label-delay",
                "7",
                "--epochs",
                "2");
        assertRefused(
                "--progressive", "train", file, "--target", "y", "--model", "m", "--label-delay", "7", "--progressive");
        assertThat(folder.resolve("models/m")).doesNotExist();
    }

    private void assertRefused(String message, String... args) {
        Outcome outcome = accrete(args);
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains(message).hasLineCount(1);
    }

    @Test
    void aRowWithoutATimeIsABadRow() throws IOException {
        Path file = Files.writeString(
                folder.resolve("bad.csv"),
                "when,a,y\n2024-01-01,1,2\n2024-01-02,2,3\nsoon,3,4\n2024-01-04,4,5\n2024-01-05,5,6\n");
        String[] train = {
            "train",
            file.toString(),
            "--target",
            "y",
            "--model",
            "m",
            "--label-delay",
            "1d",
            "--time",
            "when",
            "--column",
            "when=ignore"
        };
        Outcome stopped = accrete(train);
        assertThat(stopped.status()).isEqualTo(2);
        assertThat(stopped.err())
                .contains("row 3", "its time, column 'when', must be a date such as 2001-07-01 18:00", "was 'soon'");
        Outcome dropped = accrete(with(with(train, "--replace"), "--bad-rows", "skip=50%", "--json"));
        assertThat(dropped.status()).as(dropped.err()).isZero();
        assertThat(dropped.json().get("rows_refused")).isEqualTo(1L);
        assertThat(dropped.json().get("rows_awaiting_label")).isEqualTo(1L);
        assertThat(dropped.json().get("rows")).isEqualTo(3L);
    }

    private static String[] with(String[] args, String... more) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }
}
