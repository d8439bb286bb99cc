package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.accrete.api.SeededRandom;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.core.plugin.PlugIns;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Models that were stored before are read, predict what they predicted then, and go on: {@code docs/compatibility.md}.
 * A sample is a zip file with the rows, a store, and what its models predicted after 100 rows and after all.
 */
final class StoredModelsTest {
    /** Model files and lines of the history of format 2, tables of format 1, by the release that wrote them first. */
    private static final String SAMPLE = "format-2";

    /** As above, but lines of format 1, by the last commit that wrote such lines. */
    private static final String OLD_LINES = "history-1";

    private static final String TABLES = "tables";

    /** The learner of each model, and what else {@code train} was told. */
    private static final List<String> MODELS = List.of(
            "sgd-classifier --target=late",
            "sgd-regressor --target=hours --set=optimizer=sgd --set=average=1 --steps=target-encoder,min-max-scaler,polynomial-features",
            "incremental-pca --set=n-components=2 --column=late=ignore",
            "covariance-pca --set=n-components=2 --column=late=ignore --column=colour=ignore",
            "mlp-classifier --target=late --set=hidden=4",
            "mlp-regressor --target=hours --set=hidden=4 --steps=quantile-scaler",
            "hoeffding-tree-classifier --target=late --set=grace-period=20 --set=delta=0.1",
            "hoeffding-adaptive-tree-classifier --target=late --set=grace-period=20 --set=delta=0.1",
            "hoeffding-tree-regressor --target=hours --set=grace-period=20",
            "adaptive-random-forest-classifier --target=late --set=n-estimators=2",
            "adaptive-random-forest-regressor --target=hours --set=n-estimators=2",
            "gradient-boosted-trees-classifier --target=late --set=n-estimators=2 --set=grace-period=20",
            "gradient-boosted-trees-regressor --target=hours --set=n-estimators=2 --set=grace-period=20",
            "bagging --target=late --set=n-estimators=2 --set=base=naive-bayes",
            "leveraging-bagging --target=late --set=n-estimators=2 --set=base=hoeffding-tree-classifier",
            "naive-bayes --target=late",
            "k-nearest-neighbours --target=late --set=window-size=40",
            "k-means --set=clusters=2 --set=seed-rows=20 --column=late=ignore",
            "half-space-trees --set=window-size=25 --set=trees=2 --set=height=4 --column=late=ignore");

    @TempDir
    private static Path folder;

    /** Makes samples with this release: {@code -Dtest=StoredModelsTest -Daccrete.stored=DIR}; zip what is in it. */
    @BeforeAll
    static void makeOrUnpack() throws IOException {
        String made = System.getProperty("accrete.stored", "");
        if (!made.isEmpty()) {
            makeSample(Path.of(made));
        }
        for (String sample : List.of(SAMPLE, OLD_LINES, "format-1")) {
            unpack(sample);
        }
    }

    private static void makeSample(Path root) throws IOException {
        SeededRandom random = new SeededRandom(18);
        StringBuilder text = new StringBuilder("when,size,colour,urgent,hours,late\n");
        for (int row = 0; row < 160; row++) {
            double size = random.nextInt(1000) / 100.0;
            boolean urgent = random.nextInt(2) == 1;
            String colour = List.of("red", "green", "blue").get(random.nextInt(3));
            double hours = size + (urgent ? 0 : 4) + random.nextInt(3);
            text.append(String.join(
                    ",",
                    "2026-11-%02d %02d:30".formatted(1 + row / 8, row % 8 + 9),
                    row % 9 == 0 ? "" : "" + size,
                    colour,
                    urgent ? "yes" : "no",
                    "" + hours,
                    hours > 8 ? "late" : "in time"));
            text.append('\n');
        }
        Path rows = Data.write(Files.createDirectories(root), "rows.csv", text.toString());
        for (String first : List.of("first", "second")) {
            Files.createDirectories(root.resolve(first));
        }
        for (String line : MODELS) {
            String model = line.substring(0, line.indexOf(' '));
            train(root, root.resolve("models").toString(), rows, model, line);
        }
        train(root, tables(root), rows, TABLES, MODELS.get(0));
    }

    /** Trains on 100 rows and predicts; on all rows in a store that is not kept, and predicts. */
    private static void train(Path root, String store, Path rows, String model, String line) throws IOException {
        List<String> words = new ArrayList<>(List.of(line.split(" ")));
        words.set(0, "--learner=" + words.get(0));
        words.addAll(List.of("--model=" + model, "--chunk-rows=30"));
        if (!words.contains("--target=hours")) {
            words.add("--column=hours=ignore");
        } else {
            words.add("--column=late=ignore");
        }
        List<String> part = new ArrayList<>(words);
        part.add("--rows=100");
        run(store, "train", rows, part.toArray(String[]::new));
        Files.writeString(root.resolve("first").resolve(model + ".csv"), predictions(store, model + "@1", rows));
        String all = Files.createTempDirectory(folder, "all").toString();
        run(all, "train", rows, part.toArray(String[]::new));
        run(all, "train", rows, "--model=" + model, "--resume");
        Files.writeString(root.resolve("second").resolve(model + ".csv"), predictions(all, model + "@2", rows));
    }

    private static String tables(Path root) {
        return "jdbc:sqlite:" + root.resolve("models.db");
    }

    private static void unpack(String sample) throws IOException {
        try (InputStream in = StoredModelsTest.class.getResourceAsStream("stored/" + sample + ".zip");
                ZipInputStream zip = new ZipInputStream(Objects.requireNonNull(in, sample))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                Path file = folder.resolve(sample).resolve(entry.getName());
                if (!entry.isDirectory()) {
                    Files.createDirectories(file.getParent());
                    Files.copy(zip, file);
                }
            }
        }
    }

    static List<String> stored() throws IOException {
        List<String> all = new ArrayList<>();
        for (String sample : List.of(SAMPLE, OLD_LINES)) {
            try (Stream<Path> files = Files.list(folder.resolve(sample).resolve("first"))) {
                files.map(file -> sample + " " + file.getFileName().toString().replace(".csv", ""))
                        .sorted()
                        .forEach(all::add);
            }
        }
        return all;
    }

    @ParameterizedTest
    @MethodSource("stored")
    void isReadPredictsAndGoesOn(String stored) throws IOException {
        String model = stored.substring(stored.indexOf(' ') + 1);
        Path root = folder.resolve(stored.substring(0, stored.indexOf(' ')));
        String store =
                model.equals(TABLES) ? tables(root) : root.resolve("models").toString();
        Path rows = root.resolve("rows.csv");

        Outcome sound = Outcome.of("verify", model, "--store=" + store);
        assertThat(sound.status()).as(sound.err()).isZero();
        assertThat(predictions(store, model + "@1", rows))
                .isEqualTo(Files.readString(root.resolve("first/" + model + ".csv")));
        run(store, "train", rows, "--model=" + model, "--resume");
        assertThat(predictions(store, model + "@2", rows))
                .isEqualTo(Files.readString(root.resolve("second/" + model + ".csv")));
        assertThat(Outcome.of("verify", model, "--store=" + store).status()).isZero();
    }

    @Test
    void modelFilesOfFormat1AreRefusedAsTooOld() {
        Outcome outcome = Outcome.of(
                "predict",
                "sgd-classifier",
                folder.resolve("format-1/rows.csv").toString(),
                "--store=" + folder.resolve("format-1/models"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err())
                .hasLineCount(1)
                .contains("000001.safetensors", "the file has format 1 but this release", "reads format 2");
    }

    @Test
    void everyLearnerAndStepHasASample() {
        String all = String.join(" ", MODELS).replace(',', ' ') + " standard-scaler";
        assertThat(PlugIns.load().learners().all())
                .extracting(LearnerProvider::name)
                .allMatch(name -> all.matches(".*\\b" + name + "\\b.*"));
    }

    private static void run(String store, String command, Path rows, String... args) {
        List<String> words = new ArrayList<>(List.of(command, rows.toString(), "--store=" + store));
        words.addAll(List.of(args));
        Outcome outcome = Outcome.of(words.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.err()).isZero();
    }

    private static String predictions(String store, String version, Path rows) {
        Outcome outcome = Outcome.of("predict", version, rows.toString(), "--store=" + store);
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome.out();
    }
}
