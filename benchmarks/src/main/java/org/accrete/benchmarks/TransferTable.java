package org.accrete.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.WarmStartProvider;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.core.PlugIns;

/**
 * What a network that knows the digits 0 to 4 is worth for 50 labelled rows of 5 to 9: accuracy on all other rows of 5 to 9, the mean over
 * some draws of the 50, beside a network that begins with nothing. Every setting that is tried is printed.
 */
public final class TransferTable {
    private static final int PIXELS = 64;
    private static final int LABELLED = 50;
    private static final int DRAWS = 20;
    private static final int FIRST_SEED = 100;
    private static final int[] PASSES = {5, 20, 60};

    private final WarmStartProvider provider =
            (WarmStartProvider) PlugIns.load().learners().find("mlp-classifier");
    private final List<double[]> low = new ArrayList<>();
    private final List<double[]> high = new ArrayList<>();

    private TransferTable(Path file) throws IOException {
        try (BufferedReader reader = new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
            for (String line : reader.lines().skip(1).toList()) {
                double[] cells = Arrays.stream(line.split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray();
                (cells[PIXELS] < 5 ? low : high).add(cells);
            }
        }
    }

    /**
     * Prints the table.
     *
     * @param args the file of digits
     * @throws IOException if it cannot be read
     */
    public static void main(String[] args) throws IOException {
        TransferTable table = new TransferTable(Path.of(args[0]));
        StringBuilder head = new StringBuilder("| hidden, activation, passes over 0–4 |");
        for (int passes : PASSES) {
            head.append(String.format(" %d passes: from nothing | tuned | layer 0 frozen |", passes));
        }
        System.out.println(head);
        System.out.println("|---|" + "--:|".repeat(3 * PASSES.length));
        for (String hidden : List.of("16", "32", "128", "32,32")) {
            for (String activation : List.of("relu", "tanh")) {
                for (int before : new int[] {2, 10}) {
                    table.row(hidden, activation, before);
                }
            }
        }
    }

    private void row(String hidden, String activation, int before) {
        Map<String, String> settings = new HashMap<>(Map.of("hidden", hidden, "activation", activation));
        settings.put("batch-size", "32");
        Schema lowSchema = schema(0);
        Learner base = provider.create(lowSchema, params(settings));
        List<double[]> rows = new ArrayList<>(low);
        for (int pass = 0; pass < before; pass++) {
            shuffle(rows, new SeededRandom(pass));
            base.partialFit(chunk(lowSchema, rows, 0));
        }
        State known = base.state();
        settings.put("batch-size", "10");
        StringBuilder line = new StringBuilder("| " + hidden + ", " + activation + ", " + before + " |");
        for (int passes : PASSES) {
            double nothing = accuracy(settings, passes, State.builder().build(), "none");
            double tuned = accuracy(settings, passes, known, "none");
            double frozen = accuracy(settings, passes, known, "0");
            line.append(String.format(Locale.ROOT, " %.3f | %.3f | %.3f |", nothing, tuned, frozen));
        }
        System.out.println(line);
    }

    private double accuracy(Map<String, String> settings, int passes, State known, String freeze) {
        Schema schema = schema(5);
        double sum = 0;
        for (int seed = FIRST_SEED; seed < FIRST_SEED + DRAWS; seed++) {
            Map<String, String> own = new HashMap<>(settings);
            own.put("freeze", freeze);
            own.put("seed", Integer.toString(seed));
            List<double[]> rows = new ArrayList<>(high);
            shuffle(rows, new SeededRandom(seed));
            Chunk labelled = chunk(schema, rows.subList(0, LABELLED), 5);
            Learner learner = known.tensors().isEmpty()
                    ? provider.create(schema, params(own))
                    : provider.begin(schema, params(own), known, false);
            for (int pass = 0; pass < passes; pass++) {
                learner.partialFit(labelled);
            }
            sum += accuracy((Classifier) learner.view(), chunk(schema, rows.subList(LABELLED, rows.size()), 5));
        }
        return sum / DRAWS;
    }

    private static double accuracy(Classifier model, Chunk rows) {
        double[] decisions = new double[rows.rows() * model.decisions()];
        model.decide(rows, decisions);
        int right = 0;
        for (int row = 0; row < rows.rows(); row++) {
            right += model.winner(decisions, row) == rows.target(row) ? 1 : 0;
        }
        return (double) right / rows.rows();
    }

    private Params params(Map<String, String> settings) {
        return Params.parse(provider.params(), settings);
    }

    private static Schema schema(int from) {
        List<String> labels = new ArrayList<>();
        for (int digit = from; digit < from + 5; digit++) {
            labels.add(Integer.toString(digit));
        }
        return Schema.numeric(PIXELS, Target.categorical("digit", labels));
    }

    private static Chunk chunk(Schema schema, List<double[]> rows, int from) {
        double[] values = new double[rows.size() * PIXELS];
        double[] targets = new double[rows.size()];
        for (int row = 0; row < targets.length; row++) {
            for (int j = 0; j < PIXELS; j++) {
                values[row * PIXELS + j] = rows.get(row)[j] / 16;
            }
            targets[row] = rows.get(row)[PIXELS] - from;
        }
        return new DenseChunk(
                schema, values, targets, new double[0], schema.target().classes());
    }

    private static void shuffle(List<double[]> rows, SeededRandom random) {
        for (int i = rows.size() - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            double[] row = rows.get(i);
            rows.set(i, rows.get(j));
            rows.set(j, row);
        }
    }
}
