package org.accrete.learners.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;

/** On real images a network is as accurate as scikit-learn's. */
class DigitsTest {
    /**
     * Accuracy of {@code MLPClassifier([64], alpha=0, batch_size=32, shuffle=False)}, the mean of five seeds, 30 passes
     * over as many rows: see the end of {@code src/test/fixtures/make_fixtures.py}.
     */
    private static final double SCIKIT_LEARN = 0.8983;

    private static final int PASSES = 30;
    private static final int TRAINED = 1437 / 32 * 32;
    private static final int HELD_OUT = 1437;

    @Test
    void accuracyIsThatOfScikitLearn() throws IOException {
        Chunk digits = digits();
        Chunk rest = digits.slice(HELD_OUT, digits.rows());
        LearnerProvider provider = new MlpClassifierProvider();
        double sum = 0;
        for (int seed = 0; seed < 5; seed++) {
            Map<String, String> settings =
                    Map.of("hidden", "64", "batch-size", "32", "eta0", "0.001", "seed", "" + seed);
            Learner learner = provider.create(digits.schema(), Params.parse(provider.params(), settings));
            for (int pass = 0; pass < PASSES; pass++) {
                learner.partialFit(digits.slice(0, TRAINED));
            }
            sum += accuracy((Classifier) learner.view(), rest);
        }
        assertThat(sum / 5).isCloseTo(SCIKIT_LEARN, within(0.01));
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

    private static Chunk digits() throws IOException {
        List<String> lines;
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Path.of("../examples/digits/digits.csv.gz"))),
                StandardCharsets.UTF_8))) {
            lines = reader.lines().skip(1).toList();
        }
        double[] values = new double[lines.size() * 64];
        double[] targets = new double[lines.size()];
        for (int row = 0; row < targets.length; row++) {
            String[] cells = lines.get(row).split(",");
            for (int j = 0; j < 64; j++) {
                values[row * 64 + j] = Double.parseDouble(cells[j]) / 16;
            }
            targets[row] = Double.parseDouble(cells[64]);
        }
        List<String> labels = new ArrayList<>();
        for (int c = 0; c < 10; c++) {
            labels.add("" + c);
        }
        return new DenseChunk(
                Schema.numeric(64, Target.categorical("digit", labels)), values, targets, new double[0], labels);
    }
}
