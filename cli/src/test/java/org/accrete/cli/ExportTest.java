package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.accrete.api.store.State;
import org.accrete.io.NumpyArchive;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code export}: what is in the file is the business of the export's own tests. */
final class ExportTest {
    private static final Offset<Double> TOLERANCE = within(1e-12);

    @TempDir
    private Path folder;

    @BeforeEach
    void write() throws IOException {
        StringBuilder rows = new StringBuilder("length,colour,kind\n");
        for (int row = 0; row < 400; row++) {
            rows.append(row % 7).append(row % 3 == 0 ? ",red," : ",blue,").append(row % 7 > 3 ? "a\n" : "b\n");
        }
        Files.writeString(folder.resolve("rows.csv"), rows);
        StringBuilder numbers = new StringBuilder("length,red,kind\n");
        for (int row = 0; row < 400; row++) {
            numbers.append(String.format(Locale.ROOT, "%d,%d,%d%n", row % 7, row % 3, row % 7 > 3 ? 1 : 0));
        }
        Files.writeString(folder.resolve("numbers.csv"), numbers);
    }

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private void train(String model, String learner) {
        Outcome trained = accrete(
                "train",
                folder.resolve("rows.csv").toString(),
                "--model",
                model,
                "--target",
                "kind",
                "--learner",
                learner);
        assertThat(trained.status()).as(trained.err()).isZero();
    }

    @Test
    void aVersionIsWrittenOnceAndTheSameBytesAgain() throws IOException {
        train("kinds", "sgd-classifier");
        Path out = folder.resolve("kinds.onnx");
        Outcome written = accrete("export", "kinds", out.toString(), "--format", "onnx");
        assertThat(written.status()).as(written.err()).isZero();
        assertThat(written.out()).contains("kinds@1 written to").contains("kinds.onnx");
        byte[] bytes = Files.readAllBytes(out);
        assertThat(new String(bytes, StandardCharsets.ISO_8859_1)).contains("kinds@1", "length", "colour", "label");

        Outcome refused = accrete("export", "kinds@1", out.toString());
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("exists").contains("--replace");
        Outcome again = accrete("export", "kinds@1", out.toString(), "--replace", "--json");
        assertThat(again.out()).contains("\"version\":\"kinds@1\"").contains("\"bytes\":" + bytes.length);
        assertThat(Files.readAllBytes(out)).isEqualTo(bytes);
        accrete("export", "kinds", out.toString(), "--replace", "--hash", "outside");
        assertThat(Files.readAllBytes(out)).isNotEqualTo(bytes);
    }

    @Test
    void whatCannotBeExportedSaysWhyInOneLine() {
        Outcome trained = accrete(
                "train",
                folder.resolve("rows.csv").toString(),
                "--model",
                "odd",
                "--learner",
                "half-space-trees",
                "--set",
                "window-size=1000");
        assertThat(trained.status()).as(trained.err()).isZero();
        Path out = folder.resolve("odd.onnx");
        Outcome refused = accrete("export", "odd", out.toString());
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err().strip().lines())
                .singleElement()
                .asString()
                .contains("cannot be exported: it has no score yet; train it with the 1000 rows of a window first");
        assertThat(out).doesNotExist();
        assertThat(accrete("export", "odd", out.toString(), "--format", "pmml").err())
                .contains("format must be one of onnx");
    }

    // --- scikit-learn

    private State arrays(String model) {
        Path out = folder.resolve(model + ".npz");
        Outcome written = accrete("export", model, out.toString(), "--format", "sklearn");
        assertThat(written.status()).as(written.err()).isZero();
        return NumpyArchive.read(out);
    }

    /** {@return what scikit-learn's pipeline decides: (x - mean) / scale, then coef and intercept} */
    private static double decision(State arrays, double[] x, int function) {
        double[] mean = arrays.tensor("standardscaler__mean_").doubles();
        double[] scale = arrays.tensor("standardscaler__scale_").doubles();
        double[] coef = arrays.tensor("coef_").doubles();
        double sum = arrays.tensor("intercept_").doubles()[function];
        for (int j = 0; j < x.length; j++) {
            sum += (x[j] - mean[j]) / scale[j] * coef[function * x.length + j];
        }
        return sum;
    }

    private List<String[]> predictions(String model, String rows) {
        Outcome predicted = accrete("predict", model, folder.resolve(rows).toString());
        assertThat(predicted.status()).as(predicted.err()).isZero();
        return predicted.out().lines().skip(1).map(line -> line.split(",")).toList();
    }

    @Test
    void attributesOfScikitLearnDecideAsTheClassifierDoes() throws IOException {
        train("kinds", "sgd-classifier");
        State arrays = arrays("kinds");
        assertThat(arrays.list("classes_")).containsExactly("a", "b");
        assertThat(arrays.text("loss")).isEqualTo("log_loss");
        assertThat(arrays.whole("standardscaler__n_samples_seen_")).isEqualTo(400);
        List<String> names = arrays.list("standardscaler__feature_names_in_");
        assertThat(names).hasSize((int) arrays.whole("n_features_in_")).startsWith("length", "colour[0]");
        // Which columns the two colours are is told by their weights: all others are 0.
        double[] coef = arrays.tensor("coef_").doubles();
        int[] colours =
                IntStream.range(1, coef.length).filter(j -> coef[j] != 0).toArray();
        assertThat(colours).hasSize(2);
        List<String[]> predictions = predictions("kinds", "rows.csv");
        double[] red = new double[coef.length];
        red[colours[0]] = 1;
        double[] blue = new double[coef.length];
        blue[colours[1]] = 1;
        boolean swapped = Math.abs(1 / (1 + Math.exp(-decision(arrays, red, 0)))
                        - Double.parseDouble(predictions.get(0)[2]))
                > 1e-12;
        for (int row = 0; row < 400; row++) {
            double[] x = (row % 3 == 0) != swapped ? red : blue;
            x[0] = row % 7;
            double second = 1 / (1 + Math.exp(-decision(arrays, x, 0)));
            assertThat(Double.parseDouble(predictions.get(row)[2])).isCloseTo(second, TOLERANCE);
        }

        byte[] bytes = Files.readAllBytes(folder.resolve("kinds.npz"));
        Path again = folder.resolve("again.npz");
        accrete("export", "kinds@1", again.toString(), "--format", "sklearn");
        assertThat(Files.readAllBytes(again)).isEqualTo(bytes);
    }

    @Test
    void attributesOfScikitLearnPredictAsTheRegressorDoes() {
        Outcome trained = accrete(
                "train",
                folder.resolve("numbers.csv").toString(),
                "--model",
                "lengths",
                "--target",
                "length",
                "--learner",
                "sgd-regressor");
        assertThat(trained.status()).as(trained.err()).isZero();
        State arrays = arrays("lengths");
        assertThat(arrays.tensor("coef_").shape()).containsExactly(2);
        assertThat(arrays.text("loss")).isEqualTo("squared_error");
        List<String[]> predictions = predictions("lengths", "numbers.csv");
        for (int row = 0; row < 400; row++) {
            double[] x = {row % 3, row % 7 > 3 ? 1 : 0};
            assertThat(Double.parseDouble(predictions.get(row)[0])).isCloseTo(decision(arrays, x, 0), TOLERANCE);
        }
    }

    @Test
    void attributesOfComponentsTransformAsTheyDo() {
        Outcome trained = accrete(
                "train",
                folder.resolve("numbers.csv").toString(),
                "--model",
                "parts",
                "--learner",
                "incremental-pca",
                "--set",
                "whiten=true");
        assertThat(trained.status()).as(trained.err()).isZero();
        State arrays = arrays("parts");
        assertThat(arrays.whole("whiten")).isEqualTo(1);
        double[] means = arrays.tensor("standardscaler__mean_").doubles();
        double[] scales = arrays.tensor("standardscaler__scale_").doubles();
        double[] mean = arrays.tensor("mean_").doubles();
        double[] components = arrays.tensor("components_").doubles();
        double[] variance = arrays.tensor("explained_variance_").doubles();
        List<String[]> scores = predictions("parts", "numbers.csv");
        for (int row = 0; row < 400; row++) {
            double[] x = {row % 7, row % 3, row % 7 > 3 ? 1 : 0};
            for (int c = 0; c < 3; c++) {
                double score = 0;
                for (int j = 0; j < 3; j++) {
                    score += ((x[j] - means[j]) / scales[j] - mean[j]) * components[3 * c + j];
                }
                assertThat(Double.parseDouble(scores.get(row)[c])).isCloseTo(score / Math.sqrt(variance[c]), TOLERANCE);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "kind   | naive-bayes    |                      |                | naive-bayes' has no attributes there",
                "kind   | sgd-classifier |                      | min-max-scaler | min-max-scaler' has no attributes there",
                "length | sgd-regressor  | loss=poisson         | none           | the exponential of a linear function",
                "length | sgd-regressor  | target.transform=log1p | none         | target.transform=log1p",
            })
    void whatScikitLearnHasNoEstimatorForIsRefusedInOneLine(
            String target, String learner, String setting, String steps, String message) {
        List<String> train =
                new ArrayList<>(List.of("train", folder.resolve("rows.csv").toString(), "--model", "m"));
        train.addAll(List.of("--target", target, "--learner", learner));
        if (setting != null) {
            train.addAll(List.of("--set", setting));
        }
        if (steps != null) {
            train.addAll(List.of("--steps", steps));
        }
        Outcome trained = accrete(train.toArray(String[]::new));
        assertThat(trained.status()).as(trained.err()).isZero();
        Path out = folder.resolve("m.npz");
        Outcome refused = accrete("export", "m", out.toString(), "--format", "sklearn");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err().strip().lines())
                .singleElement()
                .asString()
                .contains("cannot be exported for scikit-learn", message);
        assertThat(out).doesNotExist();
    }

    @Test
    void hashIsForOnnxOnly() {
        train("kinds", "sgd-classifier");
        Path out = folder.resolve("kinds.npz");
        Outcome refused = accrete("export", "kinds", out.toString(), "--format", "sklearn", "--hash", "inside");
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.err()).contains("--hash is about the inputs of --format onnx");
    }

    // --- and back

    private Outcome trainLengths(String model, String rows, String... more) {
        List<String> train =
                new ArrayList<>(List.of("train", folder.resolve(rows).toString(), "--model", model));
        train.addAll(List.of("--target", "length", "--learner", "sgd-regressor"));
        train.addAll(List.of(more));
        return accrete(train.toArray(String[]::new));
    }

    /** Rows of weight 0 change nothing, so the model still is that of the file. */
    @Test
    void modelThatBeginsWithAnExportedOnePredictsTheSame() throws IOException {
        assertThat(trainLengths("lengths", "numbers.csv").status()).isZero();
        arrays("lengths");
        String weightless = Files.readString(folder.resolve("numbers.csv")).replaceAll("(?m)$(?=\n)", ",0");
        Files.writeString(folder.resolve("weightless.csv"), weightless.replaceFirst("kind,0", "kind,w"));
        String file = folder.resolve("lengths.npz").toString();
        Outcome begun = trainLengths("begun", "weightless.csv", "--column", "w=weight", "--weights", file);
        assertThat(begun.status()).as(begun.err()).isZero();
        List<String[]> expected = predictions("lengths", "numbers.csv");
        List<String[]> found = predictions("begun", "weightless.csv");
        for (int row = 0; row < 400; row++) {
            double number = Double.parseDouble(expected.get(row)[0]);
            assertThat(Double.parseDouble(found.get(row)[0])).isCloseTo(number, TOLERANCE);
        }
    }

    @Test
    void weightsThatDoNotFitAreRefusedInOneLine() {
        assertThat(trainLengths("lengths", "numbers.csv").status()).isZero();
        arrays("lengths");
        String file = folder.resolve("lengths.npz").toString();
        List<List<String>> refusals = List.of(
                List.of("begun", "a step 'standardscaler'", "--steps", "none"),
                List.of("begun", "column 2 of the weights is 'kind' but", "--column", "kind=ignore"),
                List.of("begun", "--map is for the layers", "--map", "net.0=0"),
                List.of("begun", "--resume and --from exclude it", "--from", "lengths"),
                List.of("lengths", "exists"));
        for (List<String> refusal : refusals) {
            List<String> more = new ArrayList<>(List.of("--weights", file));
            more.addAll(refusal.subList(2, refusal.size()));
            Outcome refused = trainLengths(refusal.get(0), "numbers.csv", more.toArray(String[]::new));
            assertThat(refused.status()).as(refusal.get(1)).isEqualTo(2);
            assertThat(refused.err().strip().lines()).singleElement().asString().contains(refusal.get(1));
        }
        Outcome absent = trainLengths("begun", "numbers.csv", "--weights", file + "x.npz");
        assertThat(absent.err()).contains("no file");
    }
}
