package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.train.CheckpointInterval;
import org.accrete.core.train.DriftAction;
import org.accrete.core.train.DriftWatch;
import org.accrete.core.train.RunReport;
import org.accrete.core.train.TrainingRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that watch for drift, in Java and on the command line. */
class DriftTest {
    private static final Path FLIGHTS = Path.of("../examples/flights/flights-200k.csv.gz");
    private static final PlugIns PLUG_INS = PlugIns.load();
    private static final int ROWS = 9_300;
    private static final int CHANGE = 3_100;
    /** Finds sudden changes only; the flights have many slow ones. */
    private static final String SUDDEN = "hddm-w?lambda=0.02&drift-confidence=1e-";

    @TempDir
    private Path folder;

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--store", folder.resolve("models").toString()));
        return Outcome.of(all.toArray(String[]::new));
    }

    private static ChunkSource rows() {
        ChunkSourceProvider synthetic = PLUG_INS.sources().find("synthetic");
        Map<String, String> settings =
                Map.of("rows", "" + ROWS, "drift-every", "" + CHANGE, "noise", "0.05", "seed", "3", "features", "4");
        return synthetic.open(
                new SourceRequest("abrupt", Optional.empty(), List.of(), Optional.empty(), true, BadRows.stop()),
                Params.parse(synthetic.params(), settings));
    }

    /** Trains in chunks of some rows, from the start or from a stored state. */
    private static RunReport train(
            String learner, String action, int chunkRows, Optional<State> from, int every, Kept writer) {
        try (ChunkSource source = rows()) {
            Pipeline pipeline = from.map(state -> Pipeline.restore(PLUG_INS, state))
                    .orElseGet(() -> Pipeline.create(
                            PLUG_INS,
                            source.schema(),
                            new PipelineSpec(learner, List.of("standard-scaler"), Map.of())));
            List<DriftWatch> watches = List.of(
                    DriftWatch.parse(PLUG_INS, "adwin?metric=error&delta=0.01"),
                    DriftWatch.parse(PLUG_INS, "ks?reference-rows=500&window=300"),
                    DriftWatch.parse(PLUG_INS, "kswin?stat-size=20&alpha=0.0001"));
            TrainingRun.Builder run = TrainingRun.builder(pipeline, source)
                    .drift(watches, DriftAction.parse(action))
                    .chunkRows(chunkRows)
                    .checkpointEvery(new CheckpointInterval(every, 0))
                    .writer(writer);
            from.ifPresent(run::resume);
            return run.build().run();
        }
    }

    /** What does not depend on chunks: everything but scores. */
    private static Map<String, Object> learned(State state) {
        Map<String, Object> all = new TreeMap<>();
        state.tensors().forEach(all::put);
        state.texts().forEach(all::put);
        all.keySet().removeIf(name -> name.startsWith("run."));
        return all;
    }

    @ParameterizedTest
    @CsvSource({
        "sgd-classifier, tell",
        "sgd-classifier, boost-rate?every=200&rows=700",
        "sgd-classifier, reset?every=500",
        "sgd-classifier, rollback?every=300",
        "sgd-classifier, hold?every=300&most-rows=1500",
        "mlp-classifier, rollback?every=300",
        "mlp-classifier, tell?every=500"
    })
    void anyChunkingAnyCheckpointAndAnyKillGiveTheSameBytes(String learner, String action) {
        Kept straight = new Kept();
        RunReport report = train(learner, action, 1_000, Optional.empty(), 1, straight);
        assertThat(report.drift().orElseThrow().marks()).as("drifts").isNotEmpty();
        for (int chunkRows : new int[] {ROWS, 317}) {
            Kept other = new Kept();
            RunReport again = train(learner, action, chunkRows, Optional.empty(), 1_000, other);
            assertThat(learned(other.last())).as("chunks of %s", chunkRows).isEqualTo(learned(straight.last()));
            assertThat(again.drift()).isEqualTo(report.drift());
            assertThat(again.rowsRead()).isEqualTo(ROWS);
        }
        for (int i : new int[] {0, 3, 6}) {
            Kept resumed = new Kept();
            train(learner, action, 1_000, Optional.of(straight.states.get(i)), 2, resumed);
            assertThat(resumed.last()).as("resumed from version %s", i).isEqualTo(straight.last());
        }
    }

    @Test
    void marksAreInTheVersionThatTheyAreFoundIn() {
        Kept writer = new Kept();
        RunReport report = train("sgd-classifier", "tell", 1_000, Optional.empty(), 1, writer);
        List<String> noted = writer.notes.stream()
                .map(note -> note.facts().getOrDefault("drift", ""))
                .filter(text -> !text.isEmpty())
                .toList();
        List<String> marks = report.drift().orElseThrow().marks().stream()
                .map(mark -> mark.toText())
                .toList();
        assertThat(String.join(", ", noted)).isEqualTo(String.join(", ", marks));
        assertThat(marks).anySatisfy(mark -> {
            assertThat(mark).startsWith("adwin@");
            assertThat(Integer.parseInt(mark.substring(6))).isBetween(CHANGE, CHANGE + 500);
        });
    }

    @Test
    void withTellNothingElseChanges() {
        Kept watched = new Kept();
        train("sgd-classifier", "tell", 700, Optional.empty(), 100, watched);
        Kept plain = new Kept();
        try (ChunkSource source = rows()) {
            Pipeline pipeline = Pipeline.create(
                    PLUG_INS,
                    source.schema(),
                    new PipelineSpec("sgd-classifier", List.of("standard-scaler"), Map.of()));
            TrainingRun.builder(pipeline, source)
                    .chunkRows(700)
                    .writer(plain)
                    .build()
                    .run();
        }
        Map<String, Object> without = new TreeMap<>();
        watched.last().tensors().forEach(without::put);
        without.keySet().removeIf(name -> name.startsWith("drift."));
        assertThat(without).isEqualTo(new TreeMap<>(plain.last().tensors()));
    }

    // ---- poisoned rows

    /** Flights, with the labels of some rows flipped. */
    private String flights(String name, int rows, int from, int to) throws IOException {
        List<String> lines;
        try (InputStream in = new GZIPInputStream(Files.newInputStream(FLIGHTS))) {
            lines = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .limit(rows + 1L)
                    .toList();
        }
        List<String> out = new ArrayList<>();
        for (int row = 0; row < lines.size(); row++) {
            String line = lines.get(row);
            boolean flips = row > from && row <= to;
            out.add(flips ? line.substring(0, line.length() - 1) + (line.endsWith("1") ? "0" : "1") : line);
        }
        Path file = folder.resolve(name + ".csv");
        Files.write(file, out);
        return file.toString();
    }

    private Outcome trained(String file, String model, String... more) {
        List<String> all = new ArrayList<>(
                List.of("train", file, "--model", model, "--target", "delayed", "--column", "delay=ignore"));
        all.addAll(List.of(more));
        Outcome outcome = accrete(all.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome;
    }

    private Object tensor(String model, String name) {
        ModelStoreProvider store = PLUG_INS.stores().find("directory");
        try (ModelStore open = store.open(folder.resolve("models").toString(), Params.of(store.params()))) {
            return open.load(open.history(model).resolve("latest")).tensor(name);
        }
    }

    @Test
    void aModelThatIsHeldIsTheOneThatNeverSawThePoisonedRows() throws IOException {
        int clean = 9_000;
        String poisoned = flights("poisoned", clean + 2_000, clean, clean + 2_000);
        trained(flights("clean", clean, 0, 0), "clean");
        Outcome held = trained(poisoned, "held", "--drift", SUDDEN + 10, "--on-drift", "hold");
        assertThat(held.err()).contains("drift: hddm-w of the error at row 9,0", "until its loss returns");
        assertThat(held.out()).contains("1 drift: hddm-w@90", "rows not learned", "the model is held");
        assertThat(tensor("held", "coef")).isEqualTo(tensor("clean", "coef"));
        trained(flights("cleaner", clean - 1_000, 0, 0), "cleaner");
        trained(poisoned, "back", "--drift", SUDDEN + 10, "--on-drift", "rollback");
        assertThat(tensor("back", "coef")).isEqualTo(tensor("cleaner", "coef"));
    }

    @Test
    void aModelThatWasHeldLearnsAgainWhenItsLossReturns() throws IOException {
        Outcome outcome = trained(
                flights("poisoned", 15_000, 9_000, 11_000),
                "late",
                "--drift",
                SUDDEN + 10,
                "--on-drift",
                "hold",
                "--json");
        assertThat(outcome.map("drift"))
                .containsEntry("held", false)
                .containsEntry("rows_taken_back", 100L)
                .containsEntry("rows_held", 2_900L);
        assertThat(outcome.json()).containsEntry("rows", 15_000L - 2_900).containsEntry("rows_read", 15_000L);
    }

    /**
     * The whole flights with {@code -Daccrete.poisoned=true}: labels of rows 90,000 to 110,000 flipped, AUC on the next
     * 10,000 rows.
     */
    @Test
    void heldAndRolledBackModelsAreAsGoodAsOneWithoutThePoisonedRows() throws IOException {
        assumeTrue(Boolean.getBoolean("accrete.poisoned"));
        String poisoned = flights("poisoned", 110_000, 90_000, 110_000);
        trained(flights("clean", 90_000, 0, 0), "clean");
        List<String> lines = Files.readAllLines(Path.of(flights("all", 120_000, 0, 0)));
        List<String> test = new ArrayList<>(List.of(lines.get(0)));
        test.addAll(lines.subList(110_001, 120_001));
        String next = Files.write(folder.resolve("next.csv"), test).toString();
        double clean = auc("clean", next);
        for (String action : List.of("hold", "rollback", "tell")) {
            trained(poisoned, action, "--drift", SUDDEN + 15, "--on-drift", action);
            double auc = auc(action, next);
            System.out.printf("%s: AUC %.4f, without the poisoned rows %.4f%n", action, auc, clean);
            if (action.equals("tell")) {
                assertThat(auc).isLessThan(clean - 0.2);
            } else {
                assertThat(auc).isBetween(clean - 0.01, clean + 0.01);
            }
        }
    }

    private double auc(String model, String file) {
        return (Double)
                accrete("evaluate", model, file, "--json").map("metrics").get("roc_auc");
    }

    // ---- the command line

    private static final String SEA = "synthetic:sea?rows=20000&drift-every=10000&noise=0.05&seed=5";

    @Test
    void aDriftIsTaggedOnTheCommandLine() {
        String abrupt = "synthetic:abrupt?rows=9300&drift-every=3100&noise=0.05&seed=3&features=4";
        Outcome outcome = accrete(
                "train", abrupt, "--model", "m", "--drift", "adwin?metric=error&delta=0.01", "--on-drift", "tag");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("drift: adwin of the error at row 3,", "is tagged 'drift'");
        assertThat(accrete("versions", "m", "--json").map("aliases")).containsKey("drift");
        Outcome again = accrete("train", abrupt, "--model", "m", "--resume");
        assertThat(again.out() + again.err()).contains("nothing new");
    }

    @Test
    void aStoredRunIsResumedWithItsDetectors() {
        accrete("train", SEA, "--model", "sea", "--rows", "12000", "--drift", "adwin?metric=error", "--drift", "ks");
        Outcome resumed = accrete("train", SEA, "--model", "sea", "--resume", "--json");
        accrete("train", SEA, "--model", "straight", "--drift", "adwin?metric=error", "--drift", "ks");
        assertThat(resumed.map("drift")).containsKey("marks");
        assertThat(tensor("sea", "drift.0.buckets")).isEqualTo(tensor("straight", "drift.0.buckets"));
        assertThat(tensor("sea", "drift.1.2.window")).isEqualTo(tensor("straight", "drift.1.2.window"));
        assertRefused("does not fit model sea@2", "--model", "sea", "--resume", "--drift", "ddm");
        assertRefused("does not fit model sea@2", "--model", "sea", "--resume", "--on-drift", "hold");
    }

    private void assertRefused(String message, String... more) {
        List<String> all = new ArrayList<>(List.of("train", SEA));
        all.addAll(List.of(more));
        Outcome outcome = accrete(all.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(message);
    }

    @Test
    void wrongChoicesAreRefusedWithAReason() {
        assertRefused("Did you mean 'adwin'?", "--model", "m", "--drift", "adwn");
        assertRefused(
                "adwin: delta must be a number > 0 and < 1 but was 7.0", "--model", "m", "--drift", "adwin?delta=7");
        assertRefused("adwin: no parameter named 'detla'", "--model", "m", "--drift", "adwin?detla=0.1");
        assertRefused("key=value", "--model", "m", "--drift", "adwin?delta");
        assertRefused("its metric must be error but was loss", "--model", "m", "--drift", "ddm?metric=loss");
        assertRefused("needs a number", "--model", "m", "--drift", "adwin?metric=absolute-error");
        assertRefused("add --drift adwin", "--model", "m", "--on-drift", "hold");
        assertRefused("on-drift must be", "--model", "m", "--drift", "adwin", "--on-drift", "panic");
        assertRefused("multiple of 10", "--model", "m", "--drift", "adwin", "--on-drift", "hold?every=1005");
        assertRefused("no parameter named 'factor'", "--model", "m", "--drift", "adwin", "--on-drift", "hold?factor=2");
        assertRefused("only columns are watched", "--model", "m", "--drift", "psi", "--on-drift", "reset");
        assertRefused("--epochs", "--model", "m", "--drift", "adwin", "--on-drift", "hold", "--epochs", "2");
        Outcome number = accrete("train", "synthetic:regression?rows=500", "--model", "m", "--drift", "ddm");
        assertThat(number.status()).isEqualTo(2);
        assertThat(number.err()).contains("'y' is a number");
    }
}
