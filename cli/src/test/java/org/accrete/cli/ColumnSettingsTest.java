package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.accrete.api.SeededRandom;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.serve.ClassPrediction;
import org.accrete.core.serve.LiveModel;
import org.accrete.core.serve.NumberPrediction;
import org.accrete.core.serve.Prediction;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * What columns are told to be holds from training to serving: the model does not depend on threads, chunks or stops,
 * and a stored plan reads rows of any format, and records, as training did.
 */
@ExtendWith(RunSeed.class)
final class ColumnSettingsTest {
    private static final int ROWS = 4_000;
    private static final String[] NAMES = {"number", "truth", "word", "day", "text", "price", "sold", "y"};

    @TempDir
    private Path folder;

    private final List<String[]> rows = new ArrayList<>();

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store=" + folder.resolve("models"));
        return Outcome.of(all.toArray(String[]::new));
    }

    private State state(String model) {
        PlugIns plugIns = PlugIns.load();
        ModelStoreProvider provider = plugIns.stores().find("directory");
        try (ModelStore store = provider.open(folder.resolve("models").toString(), Params.of(provider.params()))) {
            return store.load(store.history(model).latest().orElseThrow());
        }
    }

    /** {@return what was learned, without the scores, which depend on chunks} */
    private Map<String, Tensor> learned(String model) {
        Map<String, Tensor> tensors = new HashMap<>(state(model).tensors());
        tensors.keySet().removeIf(name -> name.startsWith("run."));
        return tensors;
    }

    /** Makes rows; a cell is missing now and then, but not in the rows that the plan is inferred from at the start. */
    private void makeRows(SeededRandom random) {
        for (int i = 0; i < ROWS; i++) {
            double number = random.nextGaussian();
            boolean truth = random.nextInt(2) == 0;
            int word = random.nextInt(1 + random.nextInt(40));
            String[] row = {
                String.format(Locale.ROOT, "%.3f", number),
                truth ? "yes" : "no",
                "w" + word,
                String.format("2023-%02d-%02d", 1 + random.nextInt(12), 1 + random.nextInt(28)),
                text(random, word),
                String.format(Locale.GERMANY, "%,.2f €", 2_000 + 1_000 * number),
                String.format("%02d/%02d/2023 10:%02d", 1 + random.nextInt(28), 1 + random.nextInt(12), word),
                number + (truth ? 1 : 0) + word % 3 + random.nextGaussian() > 1.5 ? "a" : "b"
            };
            for (int j = 0; j < NAMES.length - 1; j++) {
                row[j] = random.nextInt(15) == 0 ? "" : row[j];
            }
            rows.add(row);
        }
    }

    private static String text(SeededRandom random, int word) {
        String[] words = new String[random.nextInt(8)];
        for (int i = 0; i < words.length; i++) {
            words[i] =
                    List.of("Good", "bad", "Ärger", "not", "word" + word, "🙂").get(random.nextInt(6));
        }
        return String.join(" ", words);
    }

    private static String quoted(String cell) {
        return "\"" + cell.replace("\"", "\"\"") + "\"";
    }

    private Path csv() {
        return Data.write(
                folder,
                "in.csv",
                rows.stream()
                        .map(row -> String.join(
                                ",",
                                java.util.Arrays.stream(row)
                                        .map(ColumnSettingsTest::quoted)
                                        .toList()))
                        .collect(Collectors.joining("\n", String.join(",", NAMES) + "\n", "\n")));
    }

    private Path jsonLines(String name, boolean reversed) {
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            List<String> pairs = new ArrayList<>();
            for (int j = 0; j < row.length; j++) {
                pairs.add("\"" + NAMES[j] + "\":\"" + row[j] + "\"");
            }
            if (reversed) {
                Collections.reverse(pairs);
            }
            text.append('{').append(String.join(",", pairs)).append("}\n");
        }
        return Data.write(folder, name, text.toString());
    }

    /** Trains in several ways, which must not matter, and predicts in several ways, which must say the same. */
    private void check(String... options) throws Exception {
        makeRows(RunSeed.random("rows"));
        Path csv = csv();
        Map<String, Tensor> expected = Map.of();
        for (int threads = 1; threads <= 4; threads++) {
            String model = "threads" + threads;
            Outcome outcome = train(csv, model, options, "--threads=" + threads, "--chunk-rows=" + 250 * threads);
            assertThat(outcome.status()).as(outcome.err()).isZero();
            expected = threads == 1 ? learned(model) : expected;
            assertThat(learned(model)).as("%s threads", threads).isEqualTo(expected);
        }
        assertThat(train(csv, "stopped", options, "--rows=2000").status()).isZero();
        Outcome resumed = train(csv, "stopped", options, "--resume");
        assertThat(resumed.status()).as(resumed.err()).isZero();
        assertThat(learned("stopped")).as("a run that was stopped").isEqualTo(expected);
        assertThat(train(csv, "whole", options).status()).isZero();
        assertThat(state("stopped").tensors()).isEqualTo(state("whole").tensors());

        Path json = jsonLines("in.jsonl", false);
        assertThat(train(json, "json", options).status()).isZero();
        assertThat(learned("json")).as("of JSON lines").isEqualTo(expected);
        List<String> predicted = predictions(csv);
        assertThat(predictions(jsonLines("reversed.jsonl", true))).isEqualTo(predicted);
        assertThat(predicted).hasSize(ROWS);
        PlugIns plugIns = PlugIns.load();
        ModelStoreProvider provider = plugIns.stores().find("directory");
        try (ModelStore store = provider.open(folder.resolve("models").toString(), Params.of(provider.params()))) {
            LiveModel live = LiveModel.open(plugIns, store, "whole@live");
            for (int i = 0; i < ROWS; i++) {
                if (!predicted.get(i).isEmpty()) {
                    Map<String, String> record = new LinkedHashMap<>();
                    for (int j = 0; j < NAMES.length - 1; j++) {
                        record.put(NAMES[j], rows.get(i)[j]);
                    }
                    assertThat(text(live.predict(record))).as("row %s", i).isEqualTo(predicted.get(i));
                }
            }
        }
    }

    private static String text(Prediction prediction) {
        return prediction instanceof ClassPrediction one
                ? one.label()
                : Double.toString(((NumberPrediction) prediction).value());
    }

    private Outcome train(Path source, String model, String[] options, String... more) {
        List<String> all = new ArrayList<>(List.of("train", source.toString(), "--model=" + model, "--target=y"));
        all.addAll(List.of(options));
        all.addAll(List.of(more));
        return accrete(all.toArray(String[]::new));
    }

    /** {@return the prediction of each row; empty for a row without one} */
    private List<String> predictions(Path source) {
        Outcome outcome = accrete("predict", "whole", source.toString(), "--bad-rows=skip=100%");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome.out().lines().skip(1).map(line -> line.split(",", -1)[0]).toList();
    }

    @Test
    void missingValues() throws Exception {
        check(
                "--column=number=numeric(if-missing=-0.5,indicator=yes)",
                "--column=truth=boolean(if-missing=skip)",
                "--column=word=categorical(if-missing=none,indicator=yes)",
                "--column=day=datetime(if-missing=2023-06-30,indicator=yes)");
        Map<String, Object> document = train(
                        folder.resolve("in.csv"),
                        "counted",
                        new String[] {"--column=truth=boolean(if-missing=skip)"},
                        "--json")
                .json();
        long leftOut = rows.stream().filter(row -> row[1].isEmpty()).count();
        assertThat(document)
                .containsEntry("rows", ROWS - leftOut)
                .containsEntry("rows_left_out", leftOut)
                .containsEntry("rows_refused", 0L)
                .containsEntry("rows_read", (long) ROWS);
        assertThat(state("counted").whole("run.rows_left_out")).isEqualTo(leftOut);
        assertThat(state("stopped").whole("run.rows_left_out")).isEqualTo(leftOut);
        assertThat(accrete("evaluate", "counted", folder.resolve("in.csv").toString(), "--json")
                        .json())
                .containsEntry("rows_left_out", leftOut);
    }

    @Test
    void rareCategories() throws Exception {
        check("--column=word=categorical(min-count=30)");
        assertThat(state("whole").text("plan")).contains("word=categorical(min-count=30,values=w0|w1|");
    }

    @Test
    void crosses() throws Exception {
        check("--cross=word,truth", "--cross=day,word,truth", "--column=day=ignore");
        assertThat(state("whole").text("plan")).contains("word*truth=cross(columns=word|truth,width=");
        assertThat(train(folder.resolve("in.csv"), "bad", new String[] {"--cross=word,number"})
                        .err())
                .contains("cross 'word*number' must be of texts but column 'number' is numeric");
        assertThat(train(folder.resolve("in.csv"), "bad", new String[] {"--cross=word,wrod"})
                        .err())
                .contains("there is no column 'wrod'");
        assertThat(train(folder.resolve("in.csv"), "whole", new String[] {"--cross=word,day"}, "--resume")
                        .err())
                .contains("--cross word,day does not fit model whole@1");
    }

    @Test
    void texts() throws Exception {
        check("--column=text=text(ngrams=1-2,width=4096,indicator=yes)", "--column=word=text(chars=1-3,width=512)");
    }

    @Test
    void numbersAndDatesInOtherNotations() throws Exception {
        check("--column=price=numeric(thousands=point,decimal=comma,unit=€,if-missing=1.000 €)");
        assertThat(state("whole").text("plan"))
                .contains("\nsold=datetime(first-day=2023-", ",format=dd/MM/yyyy)")
                .contains("price=numeric(decimal=%2C,thousands=point,unit=");
    }

    @Test
    void aMissingValueCanBeABadRow() {
        makeRows(RunSeed.random("rows"));
        Path csv = csv();
        String[] options = {"--column=truth=boolean(if-missing=reject)"};
        Outcome outcome = train(csv, "m", options);
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("in.csv line ", "column 'truth' must not be missing, as if-missing=reject says");
        long bad = rows.stream().filter(row -> row[1].isEmpty()).count();
        assertThat(train(csv, "m2", options, "--bad-rows=skip=20%", "--json").json())
                .containsEntry("rows_refused", bad)
                .containsEntry("rows_left_out", 0L);
    }
}
