package org.accrete.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;

/**
 * Compares ways to train a linear model on few rows when a source model of related rows exists: the log-loss on
 * held-out rows, as the mean over tasks. Settings are chosen on some tasks and reported on others; the chosen ones are
 * printed.
 *
 * <p>Digits: the source model has learned the first 900 images in 5 passes. A task has some of the other images to
 * learn, all moved by one pixel; its remaining images are held out. Settings are chosen on 10 draws moved to the right.
 * The reported tasks are 10 draws each to the left, up and down.
 *
 * <p>Flights: the source model has learned the flights from all airports but one, January to March. A task has the
 * first flights of April from that airport to learn; all later ones are held out. Settings are chosen on every third
 * airport and reported on the others.
 */
public final class PriorTable {
    private static final int NUMBERS = 5;
    private static final int CODES = 256;
    private static final int MIN_FLIGHTS = 1500;
    private static final int SIDE = 8;
    private static final int PIXELS = SIDE * SIDE;
    private static final int SOURCE_IMAGES = 900;
    private static final int DRAWS = 10;
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);
    private static final List<String> LEARNING_RATES = List.of("0.001", "0.01", "0.1", "1");
    private static final List<String> STRENGTHS = List.of("0.0001", "0.001", "0.01", "0.1", "1");
    private static final List<String> WAYS = List.of("source model", "new", "from", "zero", "source");

    private record Row(int month, int[] entries, double[] values, int target) {}

    /** Rows that the source model learns, in how many passes, and the rows of the task. */
    private record Task(List<Row> sourceRows, int passes, List<Row> fresh) {}

    private final LearnerProvider provider = PlugIns.load().learners().find("sgd-classifier");
    private final Schema schema;
    private final List<Task> choosing = new ArrayList<>();
    private final List<Task> reporting = new ArrayList<>();
    private final Map<List<Row>, State> sources = new IdentityHashMap<>();

    private PriorTable(Schema schema) {
        this.schema = schema;
    }

    /**
     * Prints the tables.
     *
     * @param args the file of digits, the file of flights
     * @throws IOException if one cannot be read
     */
    public static void main(String[] args) throws IOException {
        System.out.println(
                "| data, optimizer, passes, rows | source model | new model | `--from` | `--from`, penalty to 0"
                        + " | `--from`, `prior=source` | `eta0` or `eta0`/`alpha` chosen |");
        System.out.println("|---|" + "--:|".repeat(WAYS.size()) + "---|");
        PriorTable digits = digits(lines(args[0]));
        PriorTable flights = flights(lines(args[1]));
        for (String optimizer : List.of("adagrad", "sgd")) {
            digits.print("digits", optimizer, new int[] {20, 50, 200});
            flights.print("flights", optimizer, new int[] {50, 200, 500});
        }
    }

    private static List<String> lines(String file) throws IOException {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Path.of(file))), StandardCharsets.UTF_8))) {
            return reader.lines().skip(1).toList();
        }
    }

    // --- tasks

    private static PriorTable digits(List<String> lines) {
        PriorTable table = new PriorTable(Schema.numeric(
                PIXELS,
                Target.categorical(
                        "digit",
                        IntStream.range(0, 10).mapToObj(Integer::toString).toList())));
        List<Row> sourceRows = lines.subList(0, SOURCE_IMAGES).stream()
                .map(line -> image(line, 0, 0))
                .toList();
        int[][] moves = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
        for (int[] move : moves) {
            for (int seed = 0; seed < DRAWS; seed++) {
                List<Row> fresh = new ArrayList<>(lines.subList(SOURCE_IMAGES, lines.size()).stream()
                        .map(line -> image(line, move[0], move[1]))
                        .toList());
                SeededRandom random = new SeededRandom(seed);
                for (int i = fresh.size() - 1; i > 0; i--) {
                    Collections.swap(fresh, i, random.nextInt(i + 1));
                }
                (move[0] == 1 ? table.choosing : table.reporting).add(new Task(sourceRows, 5, fresh));
            }
        }
        return table;
    }

    private static Row image(String line, int right, int down) {
        double[] cells =
                Arrays.stream(line.split(",")).mapToDouble(Double::parseDouble).toArray();
        double[] pixels = new double[PIXELS];
        for (int y = 0; y < SIDE; y++) {
            for (int x = 0; x < SIDE; x++) {
                int fromX = x - right;
                int fromY = y - down;
                boolean inside = fromX >= 0 && fromX < SIDE && fromY >= 0 && fromY < SIDE;
                pixels[y * SIDE + x] = inside ? cells[fromY * SIDE + fromX] / 16 : 0;
            }
        }
        return new Row(0, IntStream.range(0, PIXELS).toArray(), pixels, (int) cells[PIXELS]);
    }

    private static PriorTable flights(List<String> lines) {
        PriorTable table = new PriorTable(new Schema(
                List.of(
                        new Block("numbers", Block.Kind.NUMERIC, NUMBERS),
                        new Block("origin", Block.Kind.ONE_HOT, CODES),
                        new Block("destination", Block.Kind.ONE_HOT, CODES)),
                Target.categorical("delayed", List.of("0", "1"))));
        Map<String, Integer> codes = new HashMap<>();
        Map<String, List<Row>> airports = new TreeMap<>();
        for (String line : lines) {
            String[] cells = line.split(",", -1);
            LocalDateTime at = LocalDateTime.parse(cells[0], TIME);
            double hour = 2 * Math.PI * (at.getHour() + at.getMinute() / 60.0) / 24;
            double day = 2 * Math.PI * at.getDayOfWeek().getValue() / 7;
            double miles = Double.parseDouble(cells[3]) / 1000;
            double[] values = {Math.sin(hour), Math.cos(hour), Math.sin(day), Math.cos(day), miles, 1, 1};
            int origin = NUMBERS + code(codes, cells[1]);
            int destination = NUMBERS + CODES + code(codes, cells[2]);
            airports.computeIfAbsent(cells[1], key -> new ArrayList<>())
                    .add(new Row(
                            at.getMonthValue(),
                            new int[] {0, 1, 2, 3, 4, origin, destination},
                            values,
                            Integer.parseInt(cells[5])));
        }
        List<String> large = airports.keySet().stream()
                .filter(airport -> airports.get(airport).size() >= MIN_FLIGHTS)
                .toList();
        for (int i = 0; i < large.size(); i++) {
            String own = large.get(i);
            List<Row> sourceRows = new ArrayList<>();
            airports.forEach((airport, rows) -> {
                if (!airport.equals(own)) {
                    rows.stream().filter(row -> row.month() <= 3).forEach(sourceRows::add);
                }
            });
            List<Row> fresh =
                    airports.get(own).stream().filter(row -> row.month() > 3).toList();
            (i % 3 == 0 ? table.choosing : table.reporting).add(new Task(mixed(sourceRows), 1, fresh));
        }
        return table;
    }

    private static int code(Map<String, Integer> codes, String airport) {
        return codes.computeIfAbsent(airport, key -> codes.size());
    }

    /** {@return the rows at a fixed stride, so that rows of one airport are spread} */
    private static List<Row> mixed(List<Row> rows) {
        return IntStream.range(0, rows.size())
                .mapToObj(i -> rows.get((int) (i * 7919L % rows.size())))
                .toList();
    }

    // --- the table

    private void print(String data, String optimizer, int[] fews) {
        sources.clear();
        for (int passes : new int[] {1, 20, 100}) {
            for (int few : fews) {
                StringBuilder line =
                        new StringBuilder(String.format("| %s, %s, %d, %d |", data, optimizer, passes, few));
                StringBuilder chosen = new StringBuilder();
                for (String way : WAYS) {
                    Map<String, String> best = Map.of();
                    double least = Double.POSITIVE_INFINITY;
                    for (Map<String, String> candidate : candidates(optimizer, way)) {
                        double loss = mean(choosing, way, candidate, passes, few);
                        if (loss < least) {
                            least = loss;
                            best = candidate;
                        }
                    }
                    line.append(String.format(Locale.ROOT, " %.4f |", mean(reporting, way, best, passes, few)));
                    chosen.append(way.equals("source model") ? "" : ", " + words(best));
                }
                System.out.println(line + chosen.substring(1) + " |");
            }
        }
    }

    private static String words(Map<String, String> settings) {
        return settings.get("eta0") + (settings.get("penalty").equals("l2") ? "/" + settings.get("alpha") : "");
    }

    private static List<Map<String, String>> candidates(String optimizer, String way) {
        List<String> penalties = new ArrayList<>(
                switch (way) {
                    case "source model", "from" -> List.of("0");
                    default -> STRENGTHS;
                });
        if (way.equals("new")) {
            penalties.add(0, "0");
        }
        List<Map<String, String>> all = new ArrayList<>();
        for (String eta0 : way.equals("source model") ? List.of("0.1") : LEARNING_RATES) {
            for (String alpha : penalties) {
                Map<String, String> settings = new HashMap<>(Map.of("optimizer", optimizer, "eta0", eta0));
                settings.putAll(Map.of("learning-rate", "constant", "alpha", alpha));
                settings.put("penalty", alpha.equals("0") ? "none" : "l2");
                settings.put("prior", way.equals("source") ? "source" : "zero");
                all.add(settings);
            }
        }
        return all;
    }

    private State source(Task task, String optimizer) {
        return sources.computeIfAbsent(task.sourceRows(), rows -> {
            Params params = Params.parse(provider.params(), Map.of("optimizer", optimizer));
            Learner learner = provider.create(schema, params);
            for (int pass = 0; pass < task.passes(); pass++) {
                learner.partialFit(chunk(rows));
            }
            return learner.state();
        });
    }

    private double mean(List<Task> tasks, String way, Map<String, String> settings, int passes, int few) {
        double sum = 0;
        for (Task task : tasks) {
            Params params = Params.parse(provider.params(), settings);
            Learner learner = way.equals("new")
                    ? provider.create(schema, params)
                    : provider.beginFrom(schema, params, source(task, settings.get("optimizer")));
            List<Row> fresh = task.fresh();
            Chunk first = chunk(fresh.subList(0, few));
            for (int pass = 0; pass < passes && !way.equals("source model"); pass++) {
                learner.partialFit(first);
            }
            sum += logLoss((ProbabilisticClassifier) learner.view(), chunk(fresh.subList(few, fresh.size())));
        }
        return sum / tasks.size();
    }

    private static double logLoss(ProbabilisticClassifier model, Chunk rows) {
        int classes = model.classes().size();
        double[] decisions = new double[rows.rows() * model.decisions()];
        double[] probabilities = new double[rows.rows() * classes];
        model.decide(rows, decisions);
        model.probabilities(decisions, rows.rows(), classes, probabilities);
        double sum = 0;
        for (int row = 0; row < rows.rows(); row++) {
            sum -= Math.log(Math.max(1e-15, probabilities[classes * row + (int) rows.target(row)]));
        }
        return sum / rows.rows();
    }

    private Chunk chunk(List<Row> rows) {
        ChunkBuffer buffer = new ChunkBuffer(schema, rows.size());
        for (Row row : rows) {
            buffer.beginRow();
            for (int i = 0; i < row.entries().length; i++) {
                buffer.put(row.entries()[i], row.values()[i]);
            }
            buffer.target(row.target());
            buffer.endRow();
        }
        buffer.classes(schema.target().classes());
        return buffer.chunk();
    }
}
