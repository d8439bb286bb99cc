package org.accrete.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import org.accrete.api.store.ModelReference;
import org.accrete.api.store.ModelStore;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.store.DirectoryStore;
import org.accrete.core.train.Progress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandsTest {
    private static final int ROWS = 12_000;

    @TempDir
    private Path folder;

    private Outcome accrete(String... args) {
        List<String> all = new ArrayList<>(List.of(args));
        all.add("--store");
        all.add(folder.resolve("models").toString());
        return Outcome.of(all.toArray(String[]::new));
    }

    private Outcome train(Path data, String... more) {
        List<String> all = new ArrayList<>(List.of("train", data.toString(), "--model", "late"));
        all.addAll(List.of(more));
        return accrete(all.toArray(String[]::new));
    }

    private Path data() {
        return Data.csv(folder, "late.csv", ROWS);
    }

    private void trained(Path data) {
        assertThat(train(data, "--target", "late", "--column", "delay=ignore", "--column", "id=key")
                        .status())
                .isZero();
    }

    private long version(String reference) {
        return (Long) accrete("describe", reference, "--json").json().get("version");
    }

    private String fingerprintOfLearning(String reference) {
        Outcome predictions =
                accrete("predict", reference, folder.resolve("late.csv").toString());
        assertThat(predictions.err()).isEmpty();
        return predictions.out().replaceAll(",late@\\d+", "");
    }

    // ---- train

    @Test
    void trainShowsTheModelBesideTheBaselines() {
        // The first block of 10,000 rows has some that are not scored.
        Path data = Data.csv(folder, "late.csv", 21_000);
        Outcome outcome = train(data, "--target", "late", "--column", "delay=ignore");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out())
                .contains("chunks of 1,000 rows")
                .contains("log-loss", "ROC AUC", "accuracy", "kappa", "kappa-T")
                .contains(
                        "the first 100 rows are not scored",
                        "all 20,900 scored rows",
                        "last full 10,000 rows",
                        "model",
                        "no-change",
                        "majority",
                        "class shares")
                .contains("21,000 rows learned", "late@1 written");
        assertThat(outcome.err()).contains("sgd-classifier", "21,000 rows  ", "rows/s");
    }

    @Test
    void trainTellsAllOfItAsOneDocument() {
        Outcome outcome =
                train(Data.csv(folder, "late.csv", 21_000), "--target", "late", "--column", "delay=ignore", "--json");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.json())
                .containsEntry("model", "late")
                .containsEntry("version", 1L)
                .containsEntry("rows", 21_000L)
                .containsEntry("rows_refused", 0L)
                .containsEntry("chunk_rows", 1_000L)
                .containsEntry("stopped", false)
                .containsEntry("learner", "sgd-classifier")
                .containsEntry("steps", List.of("standard-scaler"))
                .containsKeys("seconds", "warnings", "settings");
        for (String block : List.of("metrics", "recent")) {
            assertThat(outcome.map(block)).containsOnlyKeys("log_loss", "roc_auc", "accuracy", "kappa", "kappa_t");
        }
        assertThat((Double) outcome.map("metrics").get("roc_auc")).isBetween(0.6, 0.95);
        assertThat((Double) outcome.map("recent").get("roc_auc")).isBetween(0.6, 0.95);
        assertThat(outcome.map("baselines")).containsKeys("no_change", "majority", "class_shares");
        assertThat(outcome.map("recent_baselines")).containsKeys("no_change", "majority", "class_shares");
        assertThat(outcome.err()).doesNotContain("rows/s");
    }

    @Test
    void figuresThatAreUndefinedAreNull() {
        Outcome outcome = train(Data.csv(folder, "few.csv", 30), "--target", "late", "--json");
        assertThat(outcome.map("recent"))
                .containsOnlyKeys("log_loss", "roc_auc", "accuracy", "kappa", "kappa_t")
                .containsValue("null")
                .doesNotContainKey("rows");
    }

    @Test
    void aColumnThatGivesTheTargetAwayIsTold() {
        Outcome leaky = train(data(), "--target", "late", "--json");
        assertThat(leaky.json().get("warnings").toString()).contains("'delay'", "--column delay=ignore");
        Outcome honest = accrete(
                "train",
                folder.resolve("late.csv").toString(),
                "--model",
                "honest",
                "--target",
                "late",
                "--column",
                "delay=ignore");
        assertThat(honest.err()).doesNotContain("alone predicts 'late'");
    }

    @Test
    void aStepInThePlaceOfTheLearnerIsTold() {
        String advice = "standard-scaler transforms rows and does not predict 'late'; to predict it behind this step,"
                + " leave out --learner and give --steps standard-scaler";
        Outcome useless = train(data(), "--target", "late", "--learner", "standard-scaler");
        assertThat(useless.status()).isEqualTo(2);
        assertThat(useless.err()).isEqualTo("accrete: " + advice + System.lineSeparator());
        Outcome scaling =
                train(data(), "--target=late", "--learner=standard-scaler", "--column=route=ignore", "--column=id=key");
        assertThat(scaling.status()).isZero();
        assertThat(scaling.err()).contains("warning: " + advice);
        assertThat(accrete("predict", "late", data().toString()).out()).startsWith("id,load,delay,version");

        assertThat(accrete("train", data().toString(), "--model", "whole", "--learner", "standard-scaler")
                        .status())
                .isZero();
        assertThat(accrete("predict", "whole", data().toString()).err())
                .contains("does not predict anything", "hashed columns");
    }

    @Test
    void aNumericTargetIsLearnedByTheRegressor() {
        Outcome outcome = train(data(), "--target", "delay", "--column", "late=ignore", "--json");
        assertThat(outcome.json()).containsEntry("learner", "sgd-regressor");
        assertThat(outcome.map("metrics")).containsOnlyKeys("mae", "rmse", "r2");
        assertThat(outcome.map("baselines")).containsKeys("no_change", "mean");
    }

    @Test
    void chunkSizeDoesNotChangeWhatIsLearned() {
        Path data = data();
        trained(data);
        String expected = fingerprintOfLearning("late");
        for (String rows : List.of("7", "5000", "1e6")) {
            assertThat(accrete(
                                    "train",
                                    data.toString(),
                                    "--model",
                                    "late" + rows.length(),
                                    "--target",
                                    "late",
                                    "--column",
                                    "delay=ignore",
                                    "--column",
                                    "id=key",
                                    "--chunk-rows",
                                    rows)
                            .status())
                    .isZero();
            assertThat(fingerprintOfLearning("late" + rows.length()).replaceAll(",late\\d@\\d+", ""))
                    .isEqualTo(expected);
        }
    }

    @Test
    void aRunThatIsResumedEndsWhereOneThatWasNotStoppedDoes() {
        Path data = data();
        trained(data);
        String expected = fingerprintOfLearning("late");
        String[] again = {
            "train",
            data.toString(),
            "--model",
            "parts",
            "--target",
            "late",
            "--column",
            "delay=ignore",
            "--column",
            "id=key",
            "--resume",
            "--json",
            "--rows",
            ""
        };
        long before = 0;
        for (long rows : new long[] {1, 3_500, 12_000}) {
            again[again.length - 1] = Long.toString(rows);
            Outcome outcome = accrete(again);
            assertThat(outcome.json()).containsEntry("rows_before", before).containsEntry("rows", rows - before);
            before = rows;
        }
        assertThat(fingerprintOfLearning("parts").replaceAll(",parts@\\d+", "")).isEqualTo(expected);
        assertThat(version("parts")).isEqualTo(3);
    }

    @Test
    void resumeLearnsRowsThatWereAppendedSince() throws IOException {
        Path data = Data.csv(folder, "grows.csv", 2_000);
        String first = Files.readString(data);
        Data.csv(folder, "grows.csv", 3_000);
        String whole = Files.readString(data);
        assertThat(whole).startsWith(first);
        Files.writeString(data, first);
        assertThat(train(data, "--target", "late").status()).isZero();
        Files.writeString(data, whole);
        assertThat(train(data, "--resume", "--json").json())
                .containsEntry("rows", 1_000L)
                .containsEntry("rows_before", 2_000L)
                .containsEntry("version", 2L)
                .containsEntry("parent", "late@1");
    }

    @Test
    void resumeDoesNotTurnOneEpochIntoSeveralNorBack() {
        Path data = Data.csv(folder, "few.csv", 100);
        assertThat(train(data, "--target", "late", "--epochs", "3").status()).isZero();
        Outcome back = train(data, "--resume", "--epochs", "1");
        assertThat(back.status()).isEqualTo(2);
        assertThat(back.err()).contains("--epochs 1 does not fit model late@1: it was trained with --epochs 3");
        assertThat(train(data, "--resume", "--epochs", "4", "--json").json()).containsEntry("rows", 100L);
    }

    @Test
    void anEndingCountsInWhateverCase() {
        assertThat(train(Data.csv(folder, "FEW.CSV", 100), "--target", "late").status())
                .isZero();
    }

    @Test
    void resumeSaysWhenThereIsNothingNew() {
        Path data = data();
        trained(data);
        Outcome outcome = train(data, "--resume");
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).startsWith("nothing new: no rows after").hasLineCount(1);
        assertThat(train(data, "--resume", "--rows", "500").out())
                .isEqualTo("nothing new: late@1 has learned 12,000 rows and --rows asks for no more\n");
        assertThat(train(data, "--resume", "--json").json())
                .containsEntry("rows", 0L)
                .containsEntry("new_version", false)
                .containsEntry("version", 1L);
        assertThat(version("late")).isEqualTo(1);
    }

    @Test
    void resumeAcceptsTheSameParametersHoweverTheyAreSpelled() {
        Path data = data();
        trained(data);
        assertThat(train(
                                data,
                                "--resume",
                                "--target",
                                "late",
                                "--column",
                                "delay=ignore",
                                "--set",
                                "eta0=2e-1",
                                "--learner",
                                "sgd_classifier",
                                "--steps",
                                "standard-scaler")
                        .status())
                .isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--set eta0=0.1",
                "--set loss=hinge",
                "--learner sgd-regressor",
                "--steps none",
                "--target route",
                "--column delay=numeric",
                "--from late"
            })
    void resumeRefusesOthers(String options) {
        Path data = data();
        trained(data);
        List<String> all = new ArrayList<>(List.of("--resume"));
        all.addAll(List.of(options.split(" ")));
        Outcome outcome = train(data, all.toArray(String[]::new));
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).hasLineCount(1);
        assertThat(version("late")).isEqualTo(1);
    }

    @Test
    void fromBeginsAgainWithFreshScoresAndAnotherTunableParameter() {
        Path data = data();
        trained(data);
        Outcome same = train(data, "--from", "late@1", "--set", "eta0=0.001", "--json");
        assertThat(same.json())
                .containsEntry("rows", 12_000L)
                .containsEntry("rows_before", 0L)
                .containsEntry("version", 2L)
                .containsEntry("parent", "late@1");
        assertThat(same.map("settings")).containsEntry("eta0", "0.001");
        Outcome other = accrete("train", data.toString(), "--model", "next", "--from", "late@1", "--json");
        assertThat(other.json()).containsEntry("version", 1L).containsEntry("parent", "late@1");
        assertThat(train(data, "--from", "late@1", "--set", "loss=hinge").status())
                .isEqualTo(2);
        assertThat(accrete("train", data.toString(), "--model", "next", "--from", "late@1")
                        .status())
                .isEqualTo(2);
    }

    /** With a very strong penalty towards the source model, the rows cannot move the weights. */
    @Test
    void fromCanTakeItsVersionAsThePrior() {
        Path data = data();
        assertThat(train(data, "--target", "late", "--column", "id=key", "--set", "optimizer=adagrad")
                        .status())
                .isZero();
        List<String> towards = List.of("--set", "prior=source", "--set", "penalty=l2", "--set", "alpha=1e6");
        List<String> from = new ArrayList<>(List.of("--from", "late@1", "--set", "eta0=1e-7"));
        from.addAll(towards);
        Outcome outcome = train(data, from.toArray(String[]::new));
        assertThat(outcome.status()).as(outcome.err()).isZero();
        double[] source = tensor("late@1", "coef");
        assertThat(tensor("late@2", "sgd.prior_coef")).isEqualTo(source);
        assertThat(tensor("late@2", "coef")).containsExactly(source, within(1e-5));

        // --resume keeps the prior; --from makes the new version the prior, unless the prior is switched off.
        Data.csv(folder, "late.csv", ROWS + 500);
        assertThat(train(data, "--resume").status()).isZero();
        assertThat(tensor("late@3", "sgd.prior_coef")).isEqualTo(source);
        assertThat(train(data, "--from", "late@3").status()).isZero();
        assertThat(tensor("late@4", "sgd.prior_coef")).isEqualTo(tensor("late@3", "coef"));
        assertThat(train(data, "--from", "late@4", "--set", "prior=zero", "--set", "alpha=0", "--set", "eta0=1e-9")
                        .status())
                .isZero();
        assertThat(tensor("late@5", "coef")).containsExactly(tensor("late@4", "coef"), within(1e-3));

        Outcome without = train(data, "--from", "late@1", "--set", "prior=source");
        assertThat(without.status()).isEqualTo(2);
        assertThat(without.err()).contains("set penalty=l2 and alpha");
    }

    private double[] tensor(String reference, String name) {
        try (ModelStore store = DirectoryStore.open(folder.resolve("models"))) {
            return store.load(ModelReference.parse(reference).resolve(store))
                    .tensor(name)
                    .doubles();
        }
    }

    private Outcome network(String model, String... more) {
        List<String> all = new ArrayList<>(List.of("train", data().toString(), "--model", model, "--json"));
        all.addAll(List.of(more));
        return accrete(all.toArray(String[]::new));
    }

    private Outcome baseNetwork() {
        return network(
                "net",
                "--target",
                "late",
                "--column",
                "delay=ignore",
                "--column",
                "id=ignore",
                "--learner",
                "mlp-classifier",
                "--set",
                "hidden=8",
                "--set",
                "batch-size=64");
    }

    @Test
    void rowsThatWaitForTheirBatchAreTold() {
        assertThat(baseNetwork().json()).containsEntry("rows", 12_000L).containsEntry("rows_waiting", 32L);
        assertThat(accrete("train", data().toString(), "--model", "net", "--from", "net")
                        .out())
                .contains("12,000 rows learned\n");
        assertThat(accrete("train", data().toString(), "--model", "net", "--from", "net@1", "--rows", "40")
                        .out())
                .contains("40 rows learned, the last 8 wait for a full batch\n");
    }

    @Test
    void newHeadLearnsAnotherTarget() {
        assertThat(baseNetwork().status()).isZero();
        Outcome number = network(
                "number",
                "--from",
                "net",
                "--new-head",
                "--target",
                "delay",
                "--learner",
                "mlp-regressor",
                "--set",
                "freeze=0");
        assertThat(number.status()).as(number.err()).isZero();
        assertThat(number.json()).containsEntry("parent", "net@1").containsEntry("learner", "mlp-regressor");
        assertThat((Double) number.map("metrics").get("r2")).isBetween(0.1, 0.7);
        assertThat(accrete("predict", "number", data().toString()).status()).isZero();
        Outcome classes = network("words", "--from", "net", "--new-head", "--target", "id");
        assertThat(classes.status()).as(classes.err()).isZero();
        assertThat(accrete("predict", "words", data().toString()).out()).contains("k6");
    }

    @Test
    void newHeadIsRefusedWhereItCannotBe() {
        assertThat(baseNetwork().status()).isZero();
        for (String[] bad : new String[][] {
            {"x", "--new-head"},
            {"net", "--from", "net", "--new-head"},
            {"x", "--from", "net", "--new-head", "--target", "load", "--learner", "mlp-regressor"},
            {"x", "--from", "net", "--new-head", "--set", "hidden=9"},
            {"x", "--from", "net", "--new-head", "--target", "delay", "--learner", "sgd-regressor"},
            {"x", "--weights", "late.csv", "--from", "net"},
            {"x", "--map", "a=0", "--target", "late"}
        }) {
            Outcome outcome = network(bad[0], Arrays.copyOfRange(bad, 1, bad.length));
            assertThat(outcome.status()).as(outcome.out()).isEqualTo(2);
        }
    }

    @Test
    void weightsOfAFileAreBegunWith() {
        assertThat(baseNetwork().status()).isZero();
        String file = folder.resolve("models/net/000001.safetensors").toString();
        List<String> rest = List.of(
                "--target",
                "late",
                "--column",
                "delay=ignore",
                "--column",
                "id=ignore",
                "--learner",
                "mlp-classifier",
                "--weights",
                file,
                "--rows",
                "1000",
                "--set");
        List<String> same = new ArrayList<>(rest);
        same.add("hidden=8");
        Outcome begun = network("begun", same.toArray(String[]::new));
        assertThat(begun.status()).as(begun.out()).isZero();
        assertThat((Double) begun.map("metrics").get("roc_auc")).isGreaterThan(0.7);
        List<String> other = new ArrayList<>(rest);
        other.add("hidden=9");
        Outcome refused = network("refused", other.toArray(String[]::new));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.out()).contains("layers.0.weight", "set hidden");
    }

    @Test
    void trainSaysWhenWhatItWroteIsNotLive() {
        Path data = data();
        trained(data);
        assertThat(train(data, "--from", "late@1").out()).endsWith(" kB)\n");
        accrete("rollback", "late", "1");
        assertThat(train(data, "--from", "late@2").out())
                .endsWith("late@live is still 1; 'accrete rollback late 3' makes it 3\n");
        assertThat(train(data, "--from", "late@2", "--json").json())
                .containsEntry("version", 4L)
                .containsEntry("live", 1L);
    }

    @Test
    void badRowsAreDroppedAndCountedWhenAsked() {
        Path data = Data.write(folder, "bad.csv", "x,y\n" + "1,a\n2,b\n".repeat(600) + "oops,a\n3,b\n");
        Outcome outcome = train(data, "--target", "y", "--bad-rows", "skip", "--json");
        assertThat(outcome.json()).containsEntry("rows", 1_201L).containsEntry("rows_refused", 1L);
        assertThat(outcome.err()).contains("line 1202", "oops");
    }

    @Test
    void aRunThatFailsMidwayNamesTheVersionThatIsLeft() {
        Path data = Data.write(folder, "bad.csv", "x,y\n" + "1,a\n2,b\n".repeat(1_500) + "oops,a\n");
        Outcome outcome = train(data, "--target", "y", "--checkpoint-every", "1");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err().lines().toList())
                .endsWith(
                        "late@3 holds what was learned before this failure; --resume goes on with late@live",
                        "accrete: " + data + " line 3002: column 'x' must be a number or missing but was 'oops';"
                                + " --bad-rows skip drops such rows");
        assertThat(train(data, "--resume", "--bad-rows", "skip").status()).isZero();
    }

    @Test
    void onATerminalAFailureBeginsALineOfItsOwn() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Console console = new Console(System.out, new PrintStream(err, true, UTF_8), false, false, 80, 80, Map.of());
        AtomicLong clock = new AtomicLong();
        TrainProgress progress = new TrainProgress(new TrainCommand(console), console, clock::get);
        clock.set(300_000_000); // the line is rewritten every 200 ms
        progress.chunk(new Progress(1_000, 0, 1, OptionalDouble.empty(), ScoreReport::none));
        assertThat(err.toString(UTF_8)).contains("1,000 rows").doesNotContain("\n");
        progress.failed();
        assertThat(err.toString(UTF_8)).endsWith("\n");
    }

    @Test
    void theLastLineSaysThatAllIsDone() {
        Path data = data();
        assertThat(train(data, "--target", "late").err()).contains("100 %  12,000 rows  ");
        assertThat(accrete(
                                "train",
                                data.toString(),
                                "--model",
                                "some",
                                "--target",
                                "late",
                                "--rows",
                                "5000",
                                "--epochs",
                                "2")
                        .err())
                .contains("100 %  5,000 rows  ");
    }

    @Test
    void badRowsFromBeforeAResumeCount() {
        String good = "1,a\n2,b\n";
        Path data = Data.write(
                folder,
                "bad.csv",
                "x,y\n" + (good.repeat(50) + "oops,a\n").repeat(90) + good.repeat(500) + "oops,a\n".repeat(30) + good);
        String tooMany = "102 of 10102 rows are bad, more than 1 %";
        Outcome straight =
                accrete("train", data.toString(), "--model", "straight", "--target", "y", "--bad-rows", "skip");
        assertThat(straight.err()).contains(tooMany);
        assertThat(train(data, "--target", "y", "--bad-rows", "skip", "--rows", "9000")
                        .status())
                .isZero();
        Outcome resumed = train(data, "--resume", "--bad-rows", "skip");
        assertThat(resumed.status()).isEqualTo(2);
        assertThat(resumed.err()).contains(tooMany);
    }

    @Test
    void epochsReadTheRowsAgain() {
        assertThat(train(data(), "--target", "late", "--epochs", "3", "--json").json())
                .containsEntry("rows", 36_000L);
    }

    @Test
    void aSourceCanBeNamedWithItsParameters() {
        Outcome outcome =
                accrete("train", "synthetic:sea?rows=3000&seed=7", "--model", "sea", "--chunk-rows", "500", "--json");
        assertThat(outcome.json()).containsEntry("rows", 3_000L).containsEntry("chunk_rows", 500L);
    }

    @Test
    void aGlobIsOneSource() {
        Data.csv(folder, "part-1.csv", 300);
        Data.csv(folder, "part-2.csv", 400);
        assertThat(train(folder.resolve("part-*.csv"), "--target", "late", "--json")
                        .json())
                .containsEntry("rows", 700L);
    }

    @Test
    void progressiveScoresStandApart() {
        Path data = data();
        Outcome plain = train(data, "--target", "late", "--column", "delay=ignore", "--json");
        assertThat(plain.json()).containsEntry("progressive", "null");
        Outcome outcome = accrete(
                "train",
                data.toString(),
                "--model",
                "each",
                "--target",
                "late",
                "--column",
                "delay=ignore",
                "--progressive",
                "--json");
        assertThat(outcome.json().get("metrics")).isEqualTo(plain.json().get("metrics"));
        Map<?, ?> progressive = (Map<?, ?>) outcome.json().get("progressive");
        assertThat(progressive.keySet().toString())
                .isEqualTo("[rows_scored, rows_not_scored, metrics, recent, baselines, recent_baselines]");
        assertThat(progressive.get("rows_scored")).isEqualTo(11_999L);
        assertThat(((Map<?, ?>) progressive.get("baselines")).keySet())
                .isEqualTo(plain.map("baselines").keySet());
        assertThat(progressive.get("metrics")).isNotEqualTo(plain.json().get("metrics"));
        Outcome table = accrete(
                "train",
                data.toString(),
                "--model",
                "shown",
                "--target",
                "late",
                "--column",
                "delay=ignore",
                "--progressive");
        assertThat(table.out())
                .contains(
                        "scores of chunks of 1,000 rows",
                        "progressive scores: each row by the model from before that row");
    }

    @Test
    void progressiveScoresOfWhatHangsOnChunksAreRefused() {
        Outcome outcome =
                train(data(), "--target", "late", "--progressive", "--set", "compat=sklearn", "--set", "penalty=l1");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.err()).contains("progressive scores need row-wise parts but 'sgd-classifier' is not");
    }

    @Test
    void progressiveScoresOfNumbersAreThoseOfChunksOfOneRow() {
        List<String> arguments =
                List.of("--target", "delay", "--column", "late=ignore", "--steps", "none", "--rows", "700");
        List<Object> figures = new ArrayList<>();
        for (String chunkRows : List.of("1", "300")) {
            List<String> all = new ArrayList<>(List.of("train", data().toString(), "--model", "m" + chunkRows));
            all.addAll(arguments);
            all.addAll(List.of("--progressive", "--chunk-rows", chunkRows, "--json", "--set", "eta0=0.00001"));
            Outcome outcome = accrete(all.toArray(String[]::new));
            assertThat(outcome.status()).isZero();
            Map<?, ?> progressive = (Map<?, ?>) outcome.json().get("progressive");
            figures.add(progressive.get("metrics"));
            if (chunkRows.equals("1")) {
                figures.add(outcome.json().get("metrics"));
            }
        }
        assertThat(figures).hasSize(3).allMatch(figures.get(0)::equals);
    }

    // ---- predict and evaluate

    @Test
    void predictGivesOneLinePerRowInOrder() {
        Path data = data();
        trained(data);
        Path few = Data.write(folder, "few.csv", "route,load,id\nr1,0.5,\"a,1\"\nr2,-3,b\nnew,,c\n");
        Outcome outcome = accrete("predict", "late@1", few.toString());
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out().lines().toList())
                .hasSize(4)
                .first()
                .isEqualTo("id,prediction,probability_no,probability_yes,version");
        assertThat(outcome.out().lines().skip(1))
                .allMatch(line -> line.endsWith(",late@1"))
                .element(0)
                .asString()
                .startsWith("\"a,1\",");
        assertThat(outcome.out().lines().toList().get(2)).startsWith("b,no,");
        assertThat(outcome.err()).isEmpty();
    }

    @Test
    void predictTellsTheSameAsJson() {
        Path data = data();
        trained(data);
        Path few = Data.write(folder, "few.csv", "route,load,id\nr1,0.5,a\nr2,-3,b\n");
        Outcome outcome = accrete("predict", "late", few.toString(), "--json");
        assertThat(outcome.json())
                .containsEntry("model", "late")
                .containsEntry("version", 1L)
                .containsEntry("rows", 2L);
        List<?> predictions = (List<?>) outcome.json().get("predictions");
        assertThat(predictions).hasSize(2);
        assertThat(predictions.get(1).toString()).contains("keys={id=b}", "prediction=no", "probabilities={no=");
    }

    @Test
    void predictWritesAFileOnlyWhole() {
        Path data = data();
        trained(data);
        Path few = Data.write(folder, "few.csv", "route,load,id\nr1,0.5,a\nr2,-3,b\n");
        Path out = folder.resolve("out.csv");
        Outcome outcome = accrete("predict", "late", few.toString(), "--output", out.toString(), "--json");
        assertThat(outcome.json()).containsEntry("rows", 2L);
        assertThat(out).content().hasLineCount(3);

        Path bad = Data.write(folder, "bad.csv", "route,load,id\n" + "r1,0.5,a\n".repeat(2_500) + "r2,oops,b\n");
        assertThat(accrete("predict", "late", bad.toString(), "--output", out.toString())
                        .status())
                .isEqualTo(2);
        assertThat(out).content().hasLineCount(3);
        assertThat(folder.toFile().list()).noneMatch(name -> name.contains("unfinished"));
    }

    @Test
    void predictNeverWritesOverTheRowsItReads() {
        Path data = data();
        trained(data);
        for (String source :
                List.of(data.toString(), "csv:" + data, folder.resolve("l*.csv").toString())) {
            Outcome outcome = accrete("predict", "late", source, "--output", data.toString());
            assertThat(outcome.status()).isEqualTo(2);
            assertThat(outcome.err())
                    .contains("--output", "late.csv", "read from")
                    .hasLineCount(1);
        }
        assertThat(data).content().hasLineCount(ROWS + 1);
    }

    @Test
    void predictNamesAnOutputThatCannotBeMade() {
        Path data = data();
        trained(data);
        Path nowhere = folder.resolve("nowhere/out.csv");
        assertThat(accrete("predict", "late", data.toString(), "--output", nowhere.toString())
                        .err())
                .contains("no directory", "--output " + nowhere);
        assertThat(accrete("predict", "late", data.toString(), "--output", folder.toString())
                        .err())
                .contains("--output must be a file");
    }

    @Test
    void aPredictionThatFailsMidwayIsStillOneDocument() {
        Path data = data();
        trained(data);
        Path bad = Data.write(folder, "bad.csv", "route,load,id\n" + "r1,0.5,a\n".repeat(2_500) + "r2,oops,b\n");
        Outcome outcome = accrete("predict", "late", bad.toString(), "--json");
        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.map("error")).containsEntry("kind", "bad-data");
        assertThat(outcome.map("error").get("where").toString()).contains("line 2502");
        assertThat(outcome.map("error").get("message").toString())
                .contains("--bad-rows skip leaves such rows without a prediction");
    }

    @Test
    void evaluateScoresWithoutLearning() {
        Path data = data();
        trained(data);
        Outcome outcome = accrete("evaluate", "late@1", data.toString(), "--json");
        assertThat(outcome.json()).containsEntry("rows", 12_000L).containsEntry("version", 1L);
        assertThat(outcome.map("metrics")).containsKeys("log_loss", "roc_auc");
        assertThat(outcome.map("baselines")).containsKeys("no_change", "majority");
        assertThat(accrete("evaluate", "late", data.toString()).out()).contains("late@1", "no-change");
        assertThat(version("late")).isEqualTo(1);
    }

    // ---- versions

    @Test
    void rollbackMovesLiveAndTagNamesAVersion() {
        Path data = data();
        trained(data);
        train(data, "--from", "late", "--rows", "2000");
        assertThat(version("late")).isEqualTo(2);
        assertThat(accrete("rollback", "late", "1").out()).contains("late@live is now 1, was 2");
        assertThat(version("late")).isEqualTo(1);
        assertThat(accrete("tag", "late", "2", "best", "--json").json())
                .containsEntry("alias", "best")
                .containsEntry("version", 2L);
        assertThat(version("late@best")).isEqualTo(2);
        assertThat(accrete("versions", "late").out()).contains("live", "best", "late@1", "log-loss");
        assertThat(accrete("versions", "late", "--json").map("aliases"))
                .containsExactlyInAnyOrderEntriesOf(Map.of("live", 1L, "best", 2L));
    }

    @Test
    void verifyFindsEveryDamage() throws IOException {
        Path data = data();
        trained(data);
        accrete("train", "synthetic:sea?rows=2000", "--model", "sea");
        assertThat(accrete("verify").out()).contains("late: ok", "sea: ok");
        Path file = folder.resolve("models/late/000001.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
        Outcome outcome = accrete("verify");
        assertThat(outcome.status()).isEqualTo(1);
        assertThat(outcome.out()).contains("late: DAMAGED: ", "sea: ok");
        Outcome json = accrete("verify", "late", "--json");
        assertThat(json.status()).isEqualTo(1);
        assertThat(json.json()).containsEntry("ok", false);
        assertThat(accrete("verify", "sea").status()).isZero();
        assertThat(accrete("versions", "late").status()).isZero();
    }

    // ---- plug-ins

    @Test
    void plugInsAreListedAndDescribed() {
        assertThat(accrete("learners").out()).contains("sgd-classifier", "sgd-regressor", "standard-scaler");
        assertThat(accrete("sources").out()).contains("csv", "synthetic");
        assertThat(accrete("stores").out()).contains("directory");
        assertThat(accrete("detectors").out()).contains("adwin", "page-hinkley", "psi");
        assertThat(accrete("describe", "adwin", "--json").json())
                .containsEntry("kind", "detector")
                .containsEntry("input", List.of("loss"));
        assertThat(accrete("learners", "--json").json()).containsKeys("learners", "broken");
        assertThat(accrete("describe", "sgd-classifier").out()).contains("eta0", "> 0", "grow | reject", "tunable");
        assertThat(accrete("describe", "csv", "--json").json())
                .containsEntry("kind", "source")
                .containsKeys("params", "endings");
    }

    @Test
    void aModelIsDescribed() {
        Path data = data();
        trained(data);
        assertThat(accrete("describe", "late@1", "--json").json())
                .containsEntry("model", "late")
                .containsEntry("learner", "sgd-classifier")
                .containsEntry("rows_seen", 12_000L)
                .containsEntry("source", data.toString())
                .containsKeys("params", "blocks", "target", "position", "parent", "metrics", "bytes", "columns");
        assertThat(accrete("describe", "late").out()).contains("eta0=0.2", "load numeric 1", "route one-hot");
    }

    @Test
    void aPlugInFolderThatHoldsRubbishDoesNotHideTheRest() {
        Data.write(folder, "rubbish.jar", "no jar");
        Outcome outcome = accrete("learners", "--plugins", folder.toString());
        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).contains("sgd-classifier", "BROKEN: ", "rubbish.jar");
    }

    // ---- the command line itself

    @Test
    void helpAndVersionAreShown() {
        assertThat(Outcome.of("--version").out()).startsWith("accrete ");
        assertThat(Outcome.of("--version", "--json").json()).containsKey("version");
        assertThat(Outcome.of("--help").out()).contains("train", "describe", "Exit status");
        assertThat(Outcome.of("help")).isEqualTo(Outcome.of("--help"));
        assertThat(Outcome.of("help", "train")).isEqualTo(Outcome.of("train", "--help"));
        for (String command : List.of(
                "train",
                "predict",
                "evaluate",
                "models",
                "versions",
                "rollback",
                "tag",
                "rm",
                "verify",
                "learners",
                "sources",
                "stores",
                "detectors",
                "describe")) {
            Outcome outcome = Outcome.of(command, "--help");
            assertThat(outcome.status()).isZero();
            assertThat(outcome.out()).contains("Usage: accrete " + command, "--json", "--store", "--plugins");
            assertThat(outcome.err()).isEmpty();
        }
    }
}
