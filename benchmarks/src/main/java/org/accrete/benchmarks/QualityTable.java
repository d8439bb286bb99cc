package org.accrete.benchmarks;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.Column;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.StepProvider;
import org.accrete.api.learn.WrapperProvider;
import org.accrete.api.param.Params;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;

/**
 * Judges the defaults of all learners on streams: each chunk is predicted by the model from before it, then learned, in
 * chunks of 1, 100 and 1,000 rows. Prints the page {@code docs/quality.md}.
 *
 * <p>A stream is a CSV file, plain or gzip. Rows without a target are left out.
 */
public final class QualityTable {
    private static final List<Integer> CHUNK_ROWS = List.of(1, 100, 1_000);
    private static final String USUAL_TARGET = "class";
    private static final String NOTHING = "–";

    private final PlugIns plugIns = PlugIns.load();
    private final List<Peer> peers;

    private QualityTable(List<Peer> peers) {
        this.peers = peers;
    }

    /** What another tool reached on a stream. */
    private record Peer(String stream, int chunkRows, String name, double accuracy) {
        static List<Peer> read(Path file) throws IOException {
            return Files.readAllLines(file).stream()
                    .skip(1)
                    .map(line -> line.split(","))
                    .map(cells ->
                            new Peer(cells[0], Integer.parseInt(cells[1]), cells[2], Double.parseDouble(cells[3])))
                    .toList();
        }
    }

    /** A file, the column to predict, and the columns to leave out. */
    private record Task(Path file, String target, List<String> ignored) {
        /** {@return the tasks of an argument: {@code PATH}, {@code PATH:TARGET} or {@code PATH:TARGET:COLUMN,…}} */
        static List<Task> of(String argument) throws IOException {
            String[] parts = argument.split(":", -1);
            Path path = Path.of(parts[0]);
            if (parts.length > 1) {
                List<String> ignored = parts.length > 2 ? List.of(parts[2].split(",")) : List.of();
                return List.of(new Task(path, parts[1], ignored));
            }
            try (Stream<Path> files = Files.walk(path)) {
                return files.filter(file -> file.toString().matches(".*\\.csv(\\.gz)?"))
                        .sorted()
                        .map(file -> new Task(file, USUAL_TARGET, List.of()))
                        .toList();
            }
        }

        String stream() {
            String name = String.valueOf(file.getFileName()).replaceAll("\\.csv(\\.gz)?$", "");
            return target.equals(USUAL_TARGET) ? name : name + " (" + target + ")";
        }

        ChunkSource open(PlugIns plugIns) {
            ChunkSourceProvider csv = plugIns.sources().find("csv");
            List<Column> columns =
                    ignored.stream().<Column>map(Column.Ignore::new).toList();
            return csv.open(
                    new SourceRequest(
                            file.toString(), Optional.of(target), columns, Optional.empty(), false, BadRows.stop()),
                    Params.of(csv.params()));
        }
    }

    /** What a learner reached. */
    private record Result(ScoreReport report, long rows, double calibrationError) {
        double figure(String name) {
            return report.metrics().getOrDefault(name, Double.NaN);
        }

        double baseline(String name, String figure) {
            return report.baselines().get(name).getOrDefault(figure, Double.NaN);
        }

        /** {@return the standard error of the accuracy, as if rows were independent} */
        double accuracyError() {
            double accuracy = figure("accuracy");
            return Math.sqrt(accuracy * (1 - accuracy) / rows);
        }

        /** {@return the standard error of the mean absolute error, as if rows were independent} */
        double maeError() {
            double mae = figure("mae");
            double rmse = figure("rmse");
            return Math.sqrt(Math.max(0, rmse * rmse - mae * mae) / rows);
        }
    }

    /**
     * Prints the page.
     *
     * @param args the file of what peers reached; then files or folders of streams whose target is the column
     *     {@code class}, or {@code PATH:TARGET} or {@code PATH:TARGET:COLUMN,…} with columns to leave out
     * @throws IOException if a file cannot be read
     */
    public static void main(String[] args) throws IOException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        List<Task> tasks = new ArrayList<>();
        for (String argument : List.of(args).subList(1, args.length)) {
            tasks.addAll(Task.of(argument));
        }
        new QualityTable(Peer.read(Path.of(args[0]))).print(tasks, out);
    }

    private void print(List<Task> tasks, PrintStream out) {
        out.print("""
                # How good the defaults are

                Every learner with its default settings and the steps it likes, on streams in their own order. Each chunk is
                predicted by the model from before it, then learned: prequential scores. With chunks of one row, each row is
                predicted by the model from just before it.

                - **Accuracy** and mean absolute error (MAE) have their standard error beside them, as if rows were
                  independent.
                - **Kappa-T** is 0 where a model is as good as repeating the class of the row before, and 1 where it is
                  always right.
                - **Calibration error**: rows are put into 15 bins by the probability of the class that is predicted; the
                  mean over rows of how far a bin's mean probability is from its accuracy.
                - `no-change` predicts the target of the row before, `majority` the commonest class so far, `class shares`
                  the share of each class so far, `mean` the mean so far.
                - A row of a class that the learner does not know yet costs it the log-loss of `class shares` on that row.
                - Peers, measured elsewhere on the same streams: `SGDClassifier` of scikit-learn 1.9.1 behind an
                  incrementally fitted `StandardScaler`, by default and as the best of five settings picked for each stream
                  afterwards; and, row by row on at most the first 20,000 rows, learners of River 0.26.1 by default. ARF is
                  an adaptive random forest.

                This page is printed by `QualityTable`. The streams are not part of the project, but for the flights;
                [peers/streams.csv](../benchmarks/peers/streams.csv) has the peers' figures.

                ```
                mvn -q -Dquick -pl benchmarks -am package -DskipTests
                java --add-modules jdk.incubator.vector -cp benchmarks/target/benchmarks.jar \\
                  org.accrete.benchmarks.QualityTable benchmarks/peers/streams.csv STREAMS \\
                  elec.csv elec.csv:nswprice:class nycflights13.csv.gz:late:arr_delay,dep_delay \\
                  examples/flights/flights-200k.csv.gz:delayed:delay > docs/quality.md
                ```
                """);
        for (Target.Kind kind : List.of(Target.Kind.CATEGORICAL, Target.Kind.NUMERIC)) {
            List<Task> ofKind =
                    tasks.stream().filter(task -> kind(task) == kind).toList();
            for (int chunkRows : ofKind.isEmpty() ? List.<Integer>of() : CHUNK_ROWS) {
                out.printf(
                        Locale.ROOT,
                        "%n## %s, %s%n%n",
                        kind == Target.Kind.CATEGORICAL ? "Classes" : "Numbers",
                        chunkRows == 1 ? "row by row" : String.format(Locale.ROOT, "chunks of %,d rows", chunkRows));
                print(ofKind, kind, chunkRows, out);
            }
        }
    }

    private Target.Kind kind(Task task) {
        try (ChunkSource source = task.open(plugIns)) {
            return source.schema().target().kind();
        }
    }

    /** {@return the learners that predict such a target; steps, and those that need no target, do not} */
    private List<LearnerProvider> learners(Target.Kind kind) {
        return plugIns.learners().all().stream()
                .filter(learner -> learner.targets().contains(kind))
                .filter(learner -> !learner.targets().contains(Target.Kind.NONE))
                .filter(learner -> !(learner instanceof StepProvider))
                // It learns what its base learns, which would have to be named.
                .filter(learner -> !(learner instanceof WrapperProvider))
                .toList();
    }

    private Pipeline pipeline(LearnerProvider learner, Schema schema) {
        return Pipeline.create(plugIns, schema, new PipelineSpec(learner.name(), learner.likedSteps(), Map.of()));
    }

    private void print(List<Task> tasks, Target.Kind kind, int chunkRows, PrintStream out) {
        boolean classes = kind == Target.Kind.CATEGORICAL;
        List<LearnerProvider> learners = learners(kind);
        List<String> heads = new ArrayList<>(List.of("stream", "rows"));
        for (LearnerProvider learner : learners) {
            heads.add("`" + learner.name() + "`: "
                    + (classes ? "accuracy, kappa-T, log-loss, calibration error" : "MAE, R²"));
        }
        heads.addAll(
                classes
                        ? List.of("no-change: accuracy", "majority: accuracy", "class shares: log-loss")
                        : List.of("no-change: MAE", "mean: MAE"));
        List<String> peerNames = peers.stream()
                .filter(peer -> classes && peer.chunkRows == chunkRows)
                .map(Peer::name)
                .distinct()
                .toList();
        heads.addAll(peerNames);
        row(out, heads);
        out.println("|---" + "|--:".repeat(heads.size() - 1) + "|");
        for (Task task : tasks) {
            List<String> cells = new ArrayList<>(List.of(task.stream()));
            Map<String, Result> results = new LinkedHashMap<>();
            for (LearnerProvider learner : learners) {
                results.put(learner.name(), run(task, learner, chunkRows));
            }
            Result any = results.values().iterator().next();
            cells.add(String.format(Locale.ROOT, "%,d", any.rows));
            for (Result result : results.values()) {
                cells.add(classes ? classFigures(result) : numberFigures(result));
            }
            if (classes) {
                cells.add(share(any.baseline("no_change", "accuracy")));
                cells.add(share(any.baseline("majority", "accuracy")));
                cells.add(share(any.baseline("class_shares", "log_loss")));
            } else {
                cells.add(number(any.baseline("no_change", "mae")));
                cells.add(number(any.baseline("mean", "mae")));
            }
            Map<String, Double> reached = new TreeMap<>();
            peers.stream()
                    .filter(peer -> peer.stream.equals(task.stream()) && peer.chunkRows == chunkRows)
                    .forEach(peer -> reached.put(peer.name, peer.accuracy));
            peerNames.forEach(name -> cells.add(share(reached.getOrDefault(name, Double.NaN))));
            row(out, cells);
        }
    }

    private static void row(PrintStream out, List<String> cells) {
        out.println("| " + String.join(" | ", cells) + " |");
    }

    private static String classFigures(Result result) {
        return share(result.figure("accuracy")) + " ± " + share(result.accuracyError()) + ", "
                + share(result.figure("kappa_t")) + ", " + share(result.figure("log_loss")) + ", "
                + share(result.calibrationError);
    }

    private static String numberFigures(Result result) {
        return number(result.figure("mae")) + " ± " + number(result.maeError()) + ", " + share(result.figure("r2"));
    }

    private static String share(double value) {
        return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, "%.4f", value);
    }

    private static String number(double value) {
        return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, "%.4g", value);
    }

    private Result run(Task task, LearnerProvider learner, int chunkRows) {
        try (ChunkSource source = task.open(plugIns)) {
            Pipeline pipeline = pipeline(learner, source.schema());
            Scores scores = Scores.forTarget(source.schema().target());
            Calibration calibration = new Calibration();
            ChunkBuffer read = new ChunkBuffer(source.schema(), chunkRows);
            ChunkBuffer labelled = new ChunkBuffer(source.schema(), chunkRows);
            long rows = 0;
            while (source.next(read)) {
                Chunk chunk = labelled(read.chunk(), labelled);
                if (chunk.rows() > 0) {
                    Model model = pipeline.view();
                    scores.update(model, chunk);
                    calibration.add(model, chunk);
                    pipeline.partialFit(chunk);
                    rows += chunk.rows();
                }
            }
            return new Result(scores.report(), rows, calibration.error());
        }
    }

    /** {@return the rows of a chunk that have a target} */
    private static Chunk labelled(Chunk chunk, ChunkBuffer out) {
        out.clear();
        out.classes(chunk.classes());
        int rows = chunk.hasTargets() ? chunk.rows() : 0;
        for (int row = 0; row < rows; row++) {
            if (!Double.isNaN(chunk.target(row))) {
                out.append(chunk, row, row + 1);
            }
        }
        return out.chunk();
    }

    /** The expected calibration error: C. Guo et al., "On Calibration of Modern Neural Networks", ICML 2017. */
    private static final class Calibration {
        private static final int BINS = 15;

        private final long[] rows = new long[BINS];
        private final double[] probability = new double[BINS];
        private final double[] right = new double[BINS];

        void add(Model model, Chunk chunk) {
            if (!(model instanceof ProbabilisticClassifier classifier)) {
                return;
            }
            int classes = classifier.classes().size();
            double[] probabilities = new double[chunk.rows() * classes];
            classifier.probabilities(chunk, probabilities);
            for (int row = 0; row < chunk.rows(); row++) {
                double[] own = Arrays.copyOfRange(probabilities, row * classes, (row + 1) * classes);
                double most = Arrays.stream(own).max().orElse(0);
                int target = (int) chunk.target(row);
                int bin = Math.min(BINS - 1, (int) (most * BINS));
                rows[bin]++;
                probability[bin] += most;
                right[bin] += target < classes && own[target] == most ? 1 : 0;
            }
        }

        /** {@return the error; NaN if there was no row with probabilities} */
        double error() {
            double sum = 0;
            long all = 0;
            for (int bin = 0; bin < BINS; bin++) {
                sum += Math.abs(probability[bin] - right[bin]);
                all += rows[bin];
            }
            return all > 0 ? sum / all : Double.NaN;
        }
    }
}
