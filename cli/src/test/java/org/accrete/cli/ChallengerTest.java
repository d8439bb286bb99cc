package org.accrete.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.accrete.api.param.Params;
import org.accrete.api.store.ModelStore;
import org.accrete.api.store.ModelStoreProvider;
import org.accrete.api.store.State;
import org.accrete.core.plugin.PlugIns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code train --challenger}. */
class ChallengerTest {
    private static final PlugIns PLUG_INS = PlugIns.load();
    private static final String ROWS = "synthetic:abrupt?rows=4300&drift-every=3100&noise=0.05&seed=3&features=4";
    private static final String SLOW = "optimizer=sgd";
    private static final List<String> TEAM = List.of(
            "--learner",
            "sgd-classifier",
            "--set",
            SLOW,
            "--set",
            "eta0=0.0001",
            "--challenger",
            "sgd-classifier?eta0=0.5",
            "--challenger",
            "mlp-classifier?hidden=8&eta0=0.001");

    @TempDir
    private Path folder;

    private Outcome train(String model, List<String> team, String... more) {
        List<String> all = new ArrayList<>(List.of("train", ROWS, "--model", model));
        all.addAll(team);
        all.addAll(List.of(more));
        return accrete(all.toArray(String[]::new));
    }

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.addAll(List.of("--store", folder.resolve("models").toString()));
        return Outcome.of(all.toArray(String[]::new));
    }

    /** What the newest version holds, but for scores of chunks and facts of the command. */
    private Map<String, Object> learned(String model) {
        ModelStoreProvider store = PLUG_INS.stores().find("directory");
        try (ModelStore open = store.open(folder.resolve("models").toString(), Params.of(store.params()))) {
            State state = open.load(open.history(model).resolve("latest"));
            Map<String, Object> all = new TreeMap<>(state.tensors());
            all.putAll(state.texts());
            all.keySet().removeIf(name -> name.startsWith("run.") && !name.startsWith("run.challenge."));
            return all;
        }
    }

    @Test
    void aMixedTeamComesToTheSameBytesInAnyChunksAndWithAnyStop() {
        Outcome straight = train("straight", TEAM, "--json");
        assertThat(straight.status()).as(straight.err()).isZero();
        List<?> changes = (List<?>) straight.map("challengers").get("changes");
        assertThat(changes).isNotEmpty();
        Outcome chunks = train("chunks", TEAM, "--chunk-rows", "170", "--checkpoint-every", "7", "--json");
        assertThat(chunks.map("challengers")).isEqualTo(straight.map("challengers"));
        assertThat(learned("chunks")).isEqualTo(learned("straight"));
        for (String rows : List.of("1111", "2345", "2400", "4300")) {
            // The same command again and again, as from a timer.
            assertThat(train("stops", TEAM, "--resume", "--rows", rows).status())
                    .isZero();
        }
        assertThat(learned("stops")).isEqualTo(learned("straight"));
    }

    @Test
    void gatesComeToTheSameVerdictsOverAChangeOfChampionAndAnyStop() {
        List<String> gate = new ArrayList<>(TEAM);
        gate.addAll(List.of("--gate", "log_loss <= live + 0.01", "--gate-window", "500"));
        assertThat(train("straight", gate).status()).isZero();
        assertThat(train("chunks", gate, "--chunk-rows", "125", "--checkpoint-every", "4")
                        .status())
                .isZero();
        for (String rows : List.of("1000", "2000", "3000", "4300")) {
            assertThat(train("stops", gate, "--resume", "--rows", rows).status())
                    .isZero();
        }
        List<String> verdicts = verdicts("straight");
        assertThat(verdicts)
                .hasSize(9)
                .anyMatch(line -> line.contains("passed"))
                .anyMatch(line -> line.contains("refused"));
        assertThat(verdicts("chunks")).isEqualTo(verdicts);
        assertThat(verdicts("stops")).isEqualTo(verdicts);
    }

    /** The verdict of each version's gate, and what it was about. */
    @SuppressWarnings("unchecked")
    private List<String> verdicts(String model) {
        Map<String, Object> all = accrete("versions", model, "--json").json();
        return ((List<Map<String, Object>>) all.get("versions"))
                .stream()
                        .map(version ->
                                version.get("rows_seen") + " " + version.get("verdict") + " " + version.get("aliases"))
                        .toList();
    }

    @Test
    void theReportTheVersionsAndEveryOtherCommandKnowTheChampion() {
        Outcome outcome = train("m", TEAM, "--checkpoint-every", "1");
        assertThat(outcome.status()).as(outcome.err()).isZero();
        assertThat(outcome.err()).contains("champion changed at row 1,", "whose log-loss was", "lower over");
        assertThat(outcome.out())
                .contains(
                        "champion and challengers on 3,300 rows, each by what was learned before its 1,000 rows",
                        "champion changed at row 1,");
        assertThat(outcome.out().lines().filter(line -> line.endsWith("  champion")))
                .hasSize(1);
        assertThat(accrete("versions", "m").out()).contains("champion", "sgd-classifier?eta0=");
        assertThat(accrete("evaluate", "m", ROWS).status()).isZero();
        assertThat(accrete("compare", "m", "1", "5").out()).doesNotContain("challenger.");
        Outcome told = train("told", TEAM, "--rows", "2900", "--json");
        assertThat(told.map("challengers")).containsKeys("learners", "changes");
        assertThat(told.json().get("learner")).isNotEqualTo("");
        assertThat(told.map("settings").get("eta0")).isNotEqualTo("1.0E-4");
        assertThat(train("none", List.of("--learner", "sgd-classifier"), "--json")
                        .json()
                        .get("challengers"))
                .isEqualTo("null");
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingIsWritten() {
        assertRefused(
                "--drift is about one learner, and --challenger changes it; leave one of both out",
                train("a", TEAM, "--drift", "adwin"));
        assertRefused("--progressive is about one learner", train("a", TEAM, "--progressive"));
        assertRefused("--label-delay is about one learner", train("a", TEAM, "--label-delay", "100"));
        assertRefused("No learner named 'sgd-clasifier'", train("a", List.of("--challenger", "sgd-clasifier")));
        assertRefused(
                "sgd-classifier: eta0 must be a number > 0 but was -1",
                train("a", List.of("--challenger", "sgd-classifier?eta0=-1")));
        assertRefused("is there twice; leave one out", train("a", List.of("--challenger", "sgd-classifier")));
        assertRefused("learns a numeric target", train("a", List.of("--challenger", "sgd-regressor")));
        assertThat(folder.resolve("models/a")).doesNotExist();
        assertThat(train("m", TEAM, "--rows", "1500").status()).isZero();
        assertRefused(
                "does not fit model m@1: it has --challenger sgd-classifier?eta0=0.5 --challenger mlp-",
                train("m", List.of("--challenger", "mlp-classifier"), "--resume"));
        assertRefused(
                "does not fit model m@1",
                train("m", List.of("--learner", "sgd-classifier"), "--resume", "--set", "eta0=3"));
        assertThat(train("m", List.of(), "--resume", "--rows", "1700").status()).isZero();
        assertThat(train("plain", List.of(), "--rows", "1500").status()).isZero();
        assertRefused(
                "it has no challengers; leave it out",
                train("plain", List.of("--challenger", "mlp-classifier"), "--resume"));
    }

    private static void assertRefused(String message, Outcome outcome) {
        assertThat(outcome.status()).as(outcome.out() + outcome.err()).isEqualTo(2);
        assertThat(outcome.err()).contains(message);
    }

    @Test
    void stepsOfAChallengerAreItsOwn() {
        Outcome outcome = train(
                "steps",
                List.of("--learner", "sgd-classifier", "--challenger", "sgd-classifier?steps=none"),
                "--rows",
                "1500");
        assertThat(outcome.out()).contains("sgd-classifier?steps=standard-scaler", "sgd-classifier?steps=none");
    }

    /**
     * With {@code -Daccrete.elec=elec.csv}: a run with a challenger ends with the better score of both alone, in each
     * order of three learners.
     */
    @Test
    void onElecARunEndsWithTheBetterScoreOfBoth() {
        String elec = System.getProperty("accrete.elec", "");
        assumeTrue(!elec.isEmpty());
        List<List<String>> learners = List.of(
                List.of("sgd-classifier"),
                List.of("sgd-classifier", "eta0=0.5"),
                List.of("mlp-classifier", "hidden=64"));
        for (List<String> one : learners) {
            for (List<String> other : learners) {
                if (one != other) {
                    Map<String, Object> alone = scores(elec, one, List.of());
                    Map<String, Object> theirs = scores(elec, other, List.of());
                    Map<String, Object> both = scores(
                            elec,
                            one,
                            List.of("--challenger", other.get(0) + (other.size() > 1 ? "?" + other.get(1) : "")));
                    System.out.printf("%s, %s: alone %s and %s, both %s%n", one, other, alone, theirs, both);
                    double best = Math.min((Double) alone.get("log_loss"), (Double) theirs.get("log_loss"));
                    assertThat((Double) both.get("log_loss")).isLessThan(best + 0.002);
                    double most = Math.max((Double) alone.get("accuracy"), (Double) theirs.get("accuracy"));
                    assertThat((Double) both.get("accuracy")).isCloseTo(most, within(0.002));
                }
            }
        }
    }

    private Map<String, Object> scores(String file, List<String> learner, List<String> more) {
        List<String> all = new ArrayList<>(List.of(
                "train",
                file,
                "--target",
                "class",
                "--model",
                "elec",
                "--replace",
                "--json",
                "--learner",
                learner.get(0)));
        learner.stream().skip(1).forEach(setting -> all.addAll(List.of("--set", setting)));
        all.addAll(more);
        Outcome outcome = accrete(all.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.err()).isZero();
        return outcome.map("metrics");
    }
}
