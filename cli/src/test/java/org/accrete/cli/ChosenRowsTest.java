package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.State;
import org.accrete.api.store.Tensor;
import org.accrete.core.store.DirectoryStore;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The options that choose rows and their order: a run that stops and goes on learns the same rows in the same order.
 */
@ExtendWith(RunSeed.class)
final class ChosenRowsTest {
    private static final int ROWS = 3_000;

    @TempDir
    private Path folder;

    private final List<String> lines = new ArrayList<>();

    @BeforeEach
    void makeFiles() {
        SeededRandom random = RunSeed.random("chosen rows");
        StringBuilder other = new StringBuilder("x,word,y\n");
        for (int i = 0; i < 2 * ROWS; i++) {
            double x = random.nextGaussian();
            // A rare class, and sorted ones in the first file, each seen in the rows that the plan is inferred from.
            String label = i < 20 ? List.of("a", "b", "c").get(i % 3) : i % 50 == 0 ? "c" : i < ROWS / 2 ? "a" : "b";
            String line = x + ",w" + random.nextInt(9) + "," + label + "\n";
            if (i < ROWS) {
                lines.add(line);
            } else {
                other.append(line);
            }
        }
        Data.write(folder, "rows.csv", "x,word,y\n" + String.join("", lines));
        Data.write(folder, "other.csv", other.toString());
    }

    private Outcome accrete(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.add("--store=" + folder.resolve("models"));
        return Outcome.of(words.toArray(String[]::new));
    }

    private Outcome train(String model, String file, String... more) {
        List<String> words =
                new ArrayList<>(List.of("train", folder.resolve(file).toString(), "--model=" + model));
        words.addAll(List.of(more));
        Outcome outcome = accrete(words.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome;
    }

    private State state(String model) {
        try (ModelStore store = DirectoryStore.open(folder.resolve("models"))) {
            return store.load(store.history(model).latest().orElseThrow());
        }
    }

    /** {@return what was learned, without the scores, which depend on chunks} */
    private Map<String, Tensor> learned(String model) {
        Map<String, Tensor> tensors = new HashMap<>(state(model).tensors());
        tensors.keySet().removeIf(name -> name.startsWith("run."));
        return tensors;
    }

    private String[] options(String text) {
        return text.replace("OTHER", folder.resolve("other.csv").toString())
                .replace("CACHE", folder.resolve("rows.cache").toString())
                .split(" ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--skip=700",
                "--shard=2/3",
                "--shuffle=500,seed=7",
                "--shuffle=100000",
                "--balance",
                "--mix=0.5:OTHER",
                "--mix=OTHER --mix=3:OTHER --skip=11 --shard=1/2 --shuffle=64 --balance=seed=3",
                "--shuffle=300 --epochs=3",
                "--cache=CACHE --shuffle=300 --epochs=3",
                "--where=x<0.5 --mix=OTHER --skip=5 --shuffle=99 --epochs=2"
            })
    void aRunThatStopsAndGoesOnLearnsTheSame(String text) throws Exception {
        String[] options = options(text);
        List<String> all = new ArrayList<>(List.of("--target=y"));
        all.addAll(List.of(options));
        train("whole", "rows.csv", all.toArray(String[]::new));
        Files.deleteIfExists(folder.resolve("rows.cache"));
        SeededRandom random = RunSeed.random(text);
        List<String> first = new ArrayList<>(all);
        int rows = 1 + random.nextInt(400);
        first.add("--rows=" + rows);
        first.add("--chunk-rows=" + (1 + random.nextInt(300)));
        train("parts", "rows.csv", first.toArray(String[]::new));
        List<String> cache = text.contains("CACHE") ? List.of(options(text)[0]) : List.of();
        while (true) {
            rows += 1 + random.nextInt(1_500);
            List<String> more = new ArrayList<>(cache);
            more.addAll(List.of("--resume", "--rows=" + rows, "--chunk-rows=" + (1 + random.nextInt(300))));
            Outcome outcome = train("parts", "rows.csv", more.toArray(String[]::new));
            if (outcome.out().contains("nothing new")) {
                break;
            }
        }
        assertThat(state("parts").whole("run.rows")).isEqualTo(state("whole").whole("run.rows"));
        assertThat(learned("parts")).isEqualTo(learned("whole"));
    }

    /** The same rows in a file of their own give the same model. */
    @Test
    void skippedAndShardedRowsAreThoseOfAFile() {
        String header = "x,word,y\n";
        List<String> chosen = IntStream.range(0, ROWS)
                .filter(i -> i >= 10 && (i - 10) % 4 == 2)
                .mapToObj(lines::get)
                .toList();
        // The plan is inferred from the file of all rows.
        Data.write(folder, "chosen.csv", header + String.join("", chosen));
        String plan = folder.resolve("rows.plan").toString();
        Outcome inspected =
                Outcome.of("inspect", folder.resolve("rows.csv").toString(), "--target=y", "--plan=" + plan);
        assertThat(inspected.status()).as(inspected.err()).isZero();
        Outcome outcome = train("options", "rows.csv", "--plan=" + plan, "--skip=10", "--shard=3/4", "--json");
        train("file", "chosen.csv", "--plan=" + plan);

        assertThat(learned("options")).isEqualTo(learned("file"));
        assertThat(outcome.json())
                .containsEntry("rows", (long) chosen.size())
                .containsEntry("rows_filtered", (long) ROWS - chosen.size())
                .containsEntry("rows_read", (long) ROWS);
    }

    @Test
    void cachedEpochsLearnWhatTheOthersDo() throws Exception {
        String cache = "--cache=" + folder.resolve("rows.cache");
        train("plain", "rows.csv", "--target=y", "--epochs=3");
        train("cached", "rows.csv", "--target=y", "--epochs=3", cache);
        assertThat(learned("cached")).isEqualTo(learned("plain"));
        assertThat(folder.resolve("rows.cache")).exists();
        train("again", "rows.csv", "--target=y", "--epochs=3", cache);
        assertThat(learned("again")).isEqualTo(learned("plain"));

        Outcome other = accrete(
                "train",
                folder.resolve("rows.csv").toString(),
                "--target=x",
                "--model=other",
                "--column=y=ignore",
                cache);
        assertThat(other.status()).as(other.err()).isEqualTo(2);
    }

    @Test
    void mixedRowsAreAllLearned() {
        Outcome outcome = train("mixed", "rows.csv", options("--target=y --mix=0.25:OTHER --json"));
        assertThat(outcome.json()).containsEntry("rows", 2L * ROWS);
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> sources(Map<String, Object> report) {
        return (List<Map<String, Object>>) report.get("sources");
    }

    /** Each source has rows of all fates; a run that is resumed counts as the whole run does. */
    @ParameterizedTest
    @ValueSource(strings = {"", " --shuffle=64", " --skip=7 --shard=1/2"})
    void theRowsOfEachSourceAddUp(String more) throws Exception {
        StringBuilder one = new StringBuilder("x,z,y\n");
        StringBuilder other = new StringBuilder("x,z,y\n");
        for (int i = 0; i < 600; i++) {
            String x = i % 10 + ",";
            one.append(x)
                    .append(i % 50 == 7 ? "bad," : "1,")
                    .append(i % 20 == 3 ? "\n" : i % 3 == 0 ? "yes\n" : "no\n");
            other.append(x).append(i % 60 == 8 ? "worse," : "2,").append(i % 2 == 0 ? "yes\n" : "no\n");
        }
        Path first = Data.write(folder, "one.csv", one.toString());
        Path second = Data.write(folder, "other.csv", other.toString());
        String[] options = options("--json --bad-rows=skip=0.5 --holdout=0.1 --chunk-rows=100 --column=z=numeric"
                + " --where=x<9 --target=y --mix=" + second + more);
        Map<String, Object> whole = train("whole", "one.csv", options).json();
        List<Map<String, Object>> sources = sources(whole);
        assertThat(sources)
                .extracting(source -> source.get("source"))
                .containsExactly(first.toString(), second.toString());
        for (String count : List.of(
                "rows",
                "rows_unlabelled",
                "rows_held_out",
                "rows_refused",
                "rows_left_out",
                "rows_filtered",
                "rows_read")) {
            assertThat(sources.stream()
                            .mapToLong(source -> (Long) source.get(count))
                            .sum())
                    .as(count)
                    .isEqualTo(whole.get(count));
        }
        assertThat(sources).extracting(source -> source.get("rows_read")).containsExactly(600L, 600L);
        assertThat(sources).extracting(source -> source.get("rows_refused")).containsExactly(12L, 10L);
        assertThat((Long) sources.get(1).get("rows_unlabelled")).isZero();
        if (!more.contains("skip")) {
            assertThat(sources)
                    .extracting(source -> source.get("rows_filtered"))
                    .containsExactly(60L, 60L);
        }

        String[] part = Arrays.copyOf(options, options.length + 1);
        part[options.length] = "--rows=500";
        train("parts", "one.csv", part);
        List<String> rest = new ArrayList<>(List.of("train", first.toString(), "--model=parts", "--resume", "--json"));
        rest.addAll(List.of("--bad-rows=skip=0.5", "--holdout=0.1"));
        Outcome resumed = accrete(rest.toArray(String[]::new));
        assertThat(resumed.status()).as(resumed.out()).isZero();
        assertThat(state("parts").tensor("run.sources.rows"))
                .isEqualTo(state("whole").tensor("run.sources.rows"));
    }

    @Test
    void balancedClassesAreLearnedAboutEquallyOften() {
        Outcome outcome = train("balanced", "rows.csv", "--target=y", "--balance", "--json");
        long rows = (Long) outcome.json().get("rows");
        long filtered = (Long) outcome.json().get("rows_filtered");
        assertThat(rows + filtered).isEqualTo(ROWS);
        assertThat(rows).isLessThan(ROWS / 2);
    }

    @Test
    void aRunThatGoesOnKeepsItsRows() {
        train("model", "rows.csv", "--target=y", "--shuffle=500", "--rows=100");
        Outcome other =
                accrete("train", folder.resolve("rows.csv").toString(), "--model=model", "--resume", "--shuffle=501");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err()).contains("--shuffle does not fit model model@1: it was trained with --shuffle 500");
        other = accrete("train", folder.resolve("rows.csv").toString(), "--model=model", "--resume", "--skip=1");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err()).contains("--skip does not fit model model@1: it was trained without --skip");
        train("model", "rows.csv", "--resume", "--shuffle=500,seed=0", "--skip=0");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    shard   | 0/3        | shard must be I/N with I from 1 to N
                    shard   | 4/3        | shard must be I/N with I from 1 to N
                    shard   | 1 of 3     | shard must be I/N with I from 1 to N
                    skip    | -1         | skip must be a whole number >= 0
                    shuffle | 1          | shuffle must be a whole number >= 2
                    shuffle | many       | shuffle must be
                    shuffle | 10,seed=x  | shuffle must be a number of rows
                    balance | 7          | balance must be alone or seed=S
                    mix     | 0:other    | the weight of mix must be > 0
                    mix     | 1.2.3:x    | the weight of mix must be > 0
                    """)
    void wrongTextsAreRefused(String name, String text, String part) {
        assertThatThrownBy(() -> ChosenRows.parse(Map.of(name, text)))
                .isInstanceOfSatisfying(
                        AccreteException.class, e -> assertThat(e.kind()).isEqualTo(AccreteException.Kind.BAD_ARGUMENT))
                .hasMessageContaining(part);
    }

    @Test
    void sourcesThatCannotBeMixedAreRefused() {
        Data.write(folder, "wrong.csv", "x,y\n1,a\n2,b\n");
        String rows = folder.resolve("rows.csv").toString();
        Outcome outcome = accrete("train", rows, "--target=y", "--model=m", "--mix=" + folder.resolve("wrong.csv"));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("word");
        outcome = accrete("train", "-", "--target=y", "--model=m", "--mix=-");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("standard input can be read once only");
    }
}
