package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Principal components on the command line, alone and before a classifier, on the digits in examples. */
final class PcaCommandsTest {
    private static final Path DIGITS = Path.of("../examples/digits/digits.csv.gz");
    private static final Path ACCURACY =
            Path.of("../learners-pca/src/test/resources/org/accrete/learners/pca/sklearn/accuracy.txt");
    private static final int SPLIT = 1297;

    @TempDir
    private Path folder;

    private String train = "";
    private String rest = "";

    @BeforeEach
    void splitTheDigits() throws IOException {
        List<String> lines;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(DIGITS))) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }
        Path first = folder.resolve("train.csv");
        Path second = folder.resolve("rest.csv");
        Files.write(first, lines.subList(0, SPLIT + 1));
        List<String> others = new ArrayList<>(lines.subList(SPLIT + 1, lines.size()));
        others.add(0, lines.get(0));
        Files.write(second, others);
        train = first.toString();
        rest = second.toString();
    }

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--store", folder.resolve("models").toString()));
        return Outcome.of(all.toArray(String[]::new));
    }

    /**
     * The accuracy is within 0.01 of scikit-learn, with the same settings and split; a file beside the rows holds it.
     */
    @Test
    void componentsBeforeAClassifierAreOneModel() throws IOException {
        double expected = Double.parseDouble(Files.readAllLines(ACCURACY).get(1));
        Outcome trained = accrete(("train " + train + " --model digits --target digit --column digit=categorical"
                        + " --steps incremental-pca --set incremental-pca.n-components=16"
                        + " --set loss=log-loss --set alpha=1e-4 --set learning-rate=constant --set eta0=0.005"
                        + " --epochs 5 --json")
                .split(" "));
        assertThat(trained.status()).as(trained.err()).isZero();
        assertThat(trained.json())
                .containsEntry("rows", 5L * SPLIT)
                .containsEntry("warm_up_rows", 319L)
                .containsEntry("version", 1L);
        Outcome scored = accrete("evaluate", "digits@1", rest, "--json");
        assertThat((Double) scored.map("metrics").get("accuracy")).isGreaterThan(expected - 0.01);
        assertThat(accrete("describe", "digits@1").out())
                .contains("pc15 explains", "incremental-pca.n-components=16", "together 8");
    }

    @Test
    void predictWritesScoresOfComponents() {
        for (String learner : List.of("incremental-pca", "covariance-pca")) {
            Outcome trained = accrete(("train " + train + " --model " + learner + " --learner " + learner
                            + " --column digit=ignore --set n-components=3 --steps none")
                    .split(" "));
            assertThat(trained.status()).as(trained.err()).isZero();
            assertThat(trained.out()).contains("1,297 rows learned");
            List<String> lines = accrete("predict", learner, rest).out().lines().toList();
            assertThat(lines).hasSize(501).first().isEqualTo("pc0,pc1,pc2,version");
            assertThat(lines.get(1)).matches("(-?[0-9.E-]+,){3}" + learner + "@1");
            Outcome json = accrete("predict", learner, rest, "--json");
            assertThat(json.json()).containsEntry("rows", 500L);
            assertThat(json.out())
                    .contains("{\"values\":{\"pc0\":" + lines.get(1).split(",")[0] + ",");
            assertThat(accrete("describe", learner + "@1").out())
                    .containsPattern(
                            "description +pc0 explains 14\\.\\d+ %, variance 17\\d\\.\\d: p\\d+ [+-]0\\.\\d{3}, p");
            assertThat(accrete("describe", learner + "@1", "--json").json()).containsKey("description");
        }
    }

    @Test
    void aShareOfTheVarianceIsForAModelOfItsOwn() {
        Outcome alone = accrete(("train " + train
                        + " --model share --learner covariance-pca --column digit=ignore --set n-components=0.5")
                .split(" "));
        assertThat(alone.status()).as(alone.err()).isZero();
        Outcome refused = accrete(("train " + train + " --model refused --target digit --steps covariance-pca"
                        + " --set covariance-pca.n-components=0.5")
                .split(" "));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err())
                .contains("n-components must be a whole number, or all, before another learner, but was 0.5");
    }
}
