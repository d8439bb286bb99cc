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
import org.accrete.core.plugin.PlugIns;

/**
 * Compares two networks that learn 50 labelled rows of the digits 5 to 9: one pretrained on the digits 0 to 4, and one
 * untrained. The score is the accuracy on all other rows of 5 to 9. For each maximum number of passes, both choose
 * their settings by the mean over some draws of the 50 rows; other draws are reported.
 */
public final class TransferTable {
    private static final int PIXELS = 64;
    private static final int LABELLED = 50;
    private static final int CHOOSING = 20;
    private static final int REPORTED = 40;
    private static final int FIRST_REPORTED = 100;
    private static final int BASES = 5;
    private static final int[] PASSES = {2, 5, 10, 20, 40, 80};

    private final WarmStartProvider provider =
            (WarmStartProvider) PlugIns.load().learners().find("mlp-classifier");
    private final List<double[]> low = new ArrayList<>();
    private final List<double[]> high = new ArrayList<>();
    private final Map<String, State> bases = new HashMap<>();

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
        new TransferTable(Path.of(args[0])).print();
    }

    private void print() {
        List<Setting> untrained = new ArrayList<>();
        List<Setting> pretrained = new ArrayList<>();
        for (String hidden : List.of("32", "128")) {
            for (String activation : List.of("relu", "tanh")) {
                for (String dropout : List.of("0", "0.5")) {
                    for (String eta0 : List.of("0.003", "0.01", "0.03")) {
                        untrained.add(new Setting(hidden, activation, dropout, eta0, 0, "1"));
                        for (int before : new int[] {2, 10, 40}) {
                            for (String rate : List.of("1", "0.1", "0")) {
                                pretrained.add(new Setting(hidden, activation, dropout, eta0, before, rate));
                            }
                        }
                    }
                }
            }
        }
        double[][] untrainedMeans = means(untrained);
        double[][] pretrainedMeans = means(pretrained);
        System.out.println(
                "| passes, at most | untrained | pretrained on 0–4 | gain | untrained, as chosen | pretrained, as chosen |");
        System.out.println("|--:|--:|--:|--:|---|---|");
        for (int most = 0; most < PASSES.length; most++) {
            int[] one = best(untrainedMeans, most);
            int[] other = best(pretrainedMeans, most);
            double[] a = new double[REPORTED];
            double[] b = new double[REPORTED];
            double[] gains = new double[REPORTED];
            for (int i = 0; i < REPORTED; i++) {
                a[i] = accuracies(untrained.get(one[0]), FIRST_REPORTED + i)[one[1]];
                b[i] = accuracies(pretrained.get(other[0]), FIRST_REPORTED + i)[other[1]];
                gains[i] = b[i] - a[i];
            }
            System.out.printf(
                    Locale.ROOT,
                    "| %d | %s | %s | %s | %s, %d passes | %s, %d passes |%n",
                    PASSES[most],
                    meanAndError(a),
                    meanAndError(b),
                    meanAndError(gains),
                    untrained.get(one[0]),
                    PASSES[one[1]],
                    pretrained.get(other[0]),
                    PASSES[other[1]]);
        }
    }

    /**
     * The settings of one training.
     *
     * @param before passes of pretraining on 0 to 4; 0 for an untrained network
     * @param rate factor of the learning rate of the hidden layer; 0 freezes it
     */
    private record Setting(String hidden, String activation, String dropout, String eta0, int before, String rate) {
        Map<String, String> settings() {
            Map<String, String> settings =
                    new HashMap<>(Map.of("hidden", hidden, "activation", activation, "dropout", dropout));
            settings.put("batch-size", "32");
            return settings;
        }

        @Override
        public String toString() {
            return hidden + " " + activation + ", eta0 " + eta0 + ", dropout " + dropout
                    + (before == 0 ? "" : ", " + before + " passes of pretraining, hidden layer × " + rate);
        }
    }

    /** Mean accuracy over the draws for choosing, for each setting and number of passes. */
    private double[][] means(List<Setting> settings) {
        double[][] means = new double[settings.size()][PASSES.length];
        for (int s = 0; s < means.length; s++) {
            for (int draw = 0; draw < CHOOSING; draw++) {
                double[] accuracies = accuracies(settings.get(s), draw);
                for (int p = 0; p < PASSES.length; p++) {
                    means[s][p] += accuracies[p] / CHOOSING;
                }
            }
        }
        return means;
    }

    /** {@return the setting and the number of passes, up to a maximum, with the highest mean} */
    private static int[] best(double[][] means, int most) {
        int[] best = {0, 0};
        for (int s = 0; s < means.length; s++) {
            for (int p = 0; p <= most; p++) {
                if (means[s][p] > means[best[0]][best[1]]) {
                    best = new int[] {s, p};
                }
            }
        }
        return best;
    }

    private static String meanAndError(double[] numbers) {
        double mean = Arrays.stream(numbers).average().orElseThrow();
        double squares =
                Arrays.stream(numbers).map(x -> (x - mean) * (x - mean)).sum();
        double error = Math.sqrt(squares / (numbers.length - 1) / numbers.length);
        return String.format(Locale.ROOT, "%.3f ± %.3f", mean, error);
    }

    /** The accuracy after each number of passes over one draw. */
    private double[] accuracies(Setting setting, int draw) {
        Schema schema = schema(5);
        Map<String, String> own = setting.settings();
        own.put("batch-size", "10");
        own.put("eta0", setting.eta0);
        if (setting.rate.equals("0")) {
            own.put("freeze", "0");
        } else {
            own.put("layer-rates", setting.rate + ",1");
        }
        own.put("seed", Integer.toString(draw));
        List<double[]> rows = new ArrayList<>(high);
        shuffle(rows, new SeededRandom(draw));
        Chunk labelled = chunk(schema, rows.subList(0, LABELLED), 5);
        Chunk others = chunk(schema, rows.subList(LABELLED, rows.size()), 5);
        Learner learner = setting.before == 0
                ? provider.create(schema, params(own))
                : provider.createWithWeights(schema, params(own), base(setting, draw % BASES), false);
        double[] accuracies = new double[PASSES.length];
        int pass = 0;
        for (int p = 0; p < PASSES.length; p++) {
            for (; pass < PASSES[p]; pass++) {
                learner.partialFit(labelled);
            }
            accuracies[p] = accuracy((Classifier) learner.view(), others);
        }
        return accuracies;
    }

    /** {@return a network pretrained on 0 to 4; each seed gives other initial weights and another order of rows} */
    private State base(Setting setting, int seed) {
        Map<String, String> settings = setting.settings();
        settings.put("seed", Integer.toString(seed));
        return bases.computeIfAbsent(settings + " " + setting.before, key -> {
            Schema schema = schema(0);
            Learner base = provider.create(schema, params(settings));
            List<double[]> rows = new ArrayList<>(low);
            for (int pass = 0; pass < setting.before; pass++) {
                shuffle(rows, new SeededRandom(1000L * seed + pass));
                base.partialFit(chunk(schema, rows, 0));
            }
            return base.state();
        });
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
