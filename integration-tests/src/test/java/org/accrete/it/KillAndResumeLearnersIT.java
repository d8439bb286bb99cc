package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.accrete.api.data.Target;
import org.accrete.api.learn.LearnerProvider;
import org.accrete.core.plugin.PlugIns;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs of each learner that are killed at random times and resumed. A new learner is a new line here. */
class KillAndResumeLearnersIT {
    private static final int KILLS = 1;
    private static final int ROWS = 10_000;
    private static final int VERSIONS = 8;

    @TempDir
    private Path directory;

    /**
     * Each begins with the name of a learner. Trees split, members are replaced and windows move on within few rows.
     */
    static List<String> runs() {
        return List.of(
                "hoeffding-tree-classifier grace-period=50 delta=0.1",
                "hoeffding-adaptive-tree-classifier grace-period=50 delta=0.1 drift-delta=0.3",
                "adaptive-random-forest-classifier n-estimators=3 warning-delta=0.5 drift-delta=0.3",
                "gradient-boosted-trees-classifier n-estimators=3 grace-period=50",
                "gradient-boosted-trees-regressor n-estimators=3 grace-period=50",
                "hoeffding-tree-regressor grace-period=50",
                "adaptive-random-forest-regressor n-estimators=3 warning-delta=0.5 drift-delta=0.3",
                "naive-bayes",
                "k-nearest-neighbours",
                "k-means half-life=1000",
                "half-space-trees",
                "sgd-classifier --steps=quantile-scaler,polynomial-features",
                "sgd-classifier --steps=target-encoder,min-max-scaler,incremental-pca incremental-pca.n-components=2",
                "sgd-regressor --steps=target-encoder,standard-scaler,covariance-pca covariance-pca.n-components=2",
                "mlp-classifier hidden=8 batch-size=96",
                "mlp-regressor hidden=8 dropout=0.1",
                "bagging n-estimators=3 base=hoeffding-tree-classifier base.grace-period=50 base.delta=0.1",
                "bagging n-estimators=3 base=sgd-classifier",
                "leveraging-bagging n-estimators=3 delta=0.5 base=hoeffding-tree-classifier base.grace-period=50",
                "leveraging-bagging n-estimators=3 delta=0.5 base=sgd-classifier");
    }

    @ParameterizedTest
    @MethodSource("runs")
    void endsAsIfNeverKilled(String run) throws Exception {
        List<String> words = List.of(run.split(" "));
        LearnerProvider learner = PlugIns.load().learners().find(words.get(0));
        List<String> args =
                new ArrayList<>(List.of("--learner=" + learner.name(), "--rows=" + ROWS, "--column=delay=ignore"));
        if (learner.targets().contains(Target.Kind.NONE)) {
            args.add("--column=delayed=ignore");
        } else if (learner.targets().contains(Target.Kind.CATEGORICAL)) {
            args.add("--target=delayed");
        } else {
            args.add("--column=delayed=ignore");
            args.add("--target=distance");
        }
        for (String word : words.subList(1, words.size())) {
            args.add(word.startsWith("--") ? word : "--set=" + word);
        }
        new KillAndResume(directory, KILLS).run(Command.FLIGHTS.toString(), VERSIONS, args.toArray(String[]::new));
    }

    @Test
    void everyLearnerAndStepIsKilled() {
        String all = " " + String.join(" ", runs()).replaceAll("[=,]", " ") + " ";
        assertThat(PlugIns.load().learners().all())
                .allSatisfy(learner -> assertThat(all).contains(" " + learner.name() + " "));
    }
}
