package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
import org.junit.jupiter.params.provider.ValueSource;

/** {@code --where}: the model is that of a file of the rows that pass. */
@ExtendWith(RunSeed.class)
final class WhereTest {
    private static final int ROWS = 6_000;
    private static final String CONDITION = "distance > 500 and origin in (\"JFK\", \"LGA\")";

    @TempDir
    private Path folder;

    private int passing;

    @BeforeEach
    void makeFiles() {
        SeededRandom random = RunSeed.random("where");
        StringBuilder all = new StringBuilder("distance,origin,late\n");
        StringBuilder some = new StringBuilder(all);
        StringBuilder lines = new StringBuilder();
        passing = 0;
        for (int i = 0; i < ROWS; i++) {
            // Numbers alone in the first lines, so that the plan of both files is the same.
            int distance = 300 + random.nextInt(2_000);
            String origin = List.of("JFK", "LGA", "EWR").get(random.nextInt(3));
            boolean late = random.nextInt(1_000) < (distance > 1_200 ? 700 : 200);
            String line = distance + "," + origin + "," + (late ? "yes" : "no") + "\n";
            all.append(line);
            lines.append("{\"distance\":" + distance + ",\"origin\":\"" + origin + "\",\"late\":\""
                    + (late ? "yes" : "no") + "\"}\n");
            if (distance > 500 && !origin.equals("EWR")) {
                some.append(line);
                passing++;
            }
        }
        Data.write(folder, "all.csv", all.toString());
        Data.write(folder, "some.csv", some.toString());
        Data.write(folder, "all.jsonl", lines.toString());
    }

    private Outcome accrete(String... args) {
        List<String> words = new ArrayList<>(List.of(args));
        words.add("--store=" + folder.resolve("models"));
        return Outcome.of(words.toArray(String[]::new));
    }

    private Outcome train(String model, String source, String... more) {
        List<String> words = new ArrayList<>(
                List.of("train", folder.resolve(source).toString(), "--target=late", "--model=" + model));
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

    private Map<String, Tensor> tensors(String model) {
        Map<String, Tensor> tensors = new HashMap<>(state(model).tensors());
        tensors.remove("run.rows_filtered");
        return tensors;
    }

    @ParameterizedTest
    @ValueSource(strings = {"all.csv", "all.jsonl"})
    void theModelIsThatOfTheRowsThatPass(String file) {
        Outcome filtered = train("filtered", file, "--where=" + CONDITION);
        train("copied", "some.csv");

        assertThat(tensors("filtered")).isEqualTo(tensors("copied"));
        assertThat(state("filtered").whole("run.rows_filtered")).isEqualTo(ROWS - passing);
        assertThat(filtered.out()).contains(", " + Console.count(ROWS - passing) + " filtered out");
    }

    @Test
    void aRunThatGoesOnKeepsTheCondition() {
        train("whole", "all.csv", "--where=" + CONDITION);
        train("parts", "all.csv", "--where=" + CONDITION, "--rows=777");
        train("parts", "all.csv", "--resume", "--rows=1234");
        train("parts", "all.csv", "--resume", "--where=(distance > 500.0) and origin in ('JFK','LGA')");

        Map<String, Tensor> whole = tensors("whole");
        Map<String, Tensor> parts = tensors("parts");
        whole.keySet().removeIf(name -> name.startsWith("run."));
        parts.keySet().removeIf(name -> name.startsWith("run."));
        assertThat(parts).isEqualTo(whole);
        assertThat(state("parts").whole("run.rows")).isEqualTo(passing);

        Outcome other = accrete(
                "train", folder.resolve("all.csv").toString(), "--model=parts", "--resume", "--where=distance > 1");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err()).contains("it was trained with --where " + CONDITION);
    }

    @Test
    void evaluationAndConversionTakeACondition() {
        train("model", "some.csv");
        String all = folder.resolve("all.csv").toString();
        String some = folder.resolve("some.csv").toString();
        Map<String, Object> filtered = accrete("evaluate", "model", all, "--where=" + CONDITION, "--json")
                .json();
        Map<String, Object> copied =
                accrete("evaluate", "model", some, "--json").json();
        assertThat(filtered.remove("rows_filtered")).isEqualTo((long) ROWS - passing);
        assertThat(copied.remove("rows_filtered")).isEqualTo(0L);
        assertThat(filtered).isEqualTo(copied);

        Map<String, Object> written = Outcome.of(
                        "convert",
                        all,
                        folder.resolve("out.csv").toString(),
                        "--target=late",
                        "--where=" + CONDITION,
                        "--json")
                .json();
        assertThat(written).containsEntry("rows", (long) passing).containsEntry("rows_filtered", (long) ROWS - passing);
    }

    @Test
    void aWrongConditionIsAnError() {
        Outcome outcome = accrete(
                "train", folder.resolve("all.csv").toString(), "--target=late", "--model=m", "--where=distance >");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("at character 11");
        outcome = accrete(
                "train", folder.resolve("all.csv").toString(), "--target=late", "--model=m", "--where=speed > 5");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("there is no column 'speed'");
        outcome = accrete("train", "synthetic:sea?rows=10", "--model=m", "--where=x0 > 5");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("source 'synthetic' cannot leave out rows");
    }

    /** Classes and columns are those of the rows that pass; where none of the first does, of all, with a warning. */
    @Test
    void classesOfOtherRowsAreNotLearned() {
        StringBuilder text = new StringBuilder("x,y\n");
        for (int i = 0; i < 3_000; i++) {
            text.append(i)
                    .append(',')
                    .append(i % 3 == 0 ? "a" : i % 3 == 1 ? "b" : "c")
                    .append('\n');
        }
        Data.write(folder, "abc.csv", text.toString());
        String source = folder.resolve("abc.csv").toString();
        assertThat(accrete("train", source, "--target=y", "--model=ab", "--where=y in ('a', 'b')")
                        .status())
                .isZero();
        assertThat(state("ab").text("schema")).doesNotContain("c\"").contains("a", "b");
        Outcome late = accrete("train", source, "--target=y", "--model=late", "--where=x >= 2000");
        assertThat(late.status()).as(late.err()).isZero();
        assertThat(late.err()).contains("none of the first rows passes the condition");
        assertThat(state("late").whole("run.rows")).isEqualTo(1_000);
    }
}
