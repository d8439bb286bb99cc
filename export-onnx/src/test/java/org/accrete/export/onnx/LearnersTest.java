package org.accrete.export.onnx;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.core.pipeline.PipelineSpec;
import org.accrete.testkit.RunSeed;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ONNX Runtime predicts what the exported model predicts, for 10,000 flights with missing values. */
@ExtendWith(RunSeed.class)
class LearnersTest {
    /** Of naive Bayes in leaves: terms of classes that are far from all that a leaf saw differ by little. */
    private static final double BAYES = 1e-7;

    @TempDir
    static Path folder;

    private static Flights flights;

    @BeforeAll
    static void make() throws IOException {
        flights = new Flights(folder, RunSeed.value());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sgd-classifier | standard-scaler | delayed | 1e-12 |
            sgd-classifier | standard-scaler | band | 1e-12 |
            sgd-classifier | standard-scaler | band | 1e-12 | loss=modified-huber
            sgd-classifier | standard-scaler | delayed | 1e-12 | loss=modified-huber
            sgd-classifier | standard-scaler | band | 1e-12 | multi-class=ovr
            sgd-classifier | standard-scaler | delayed | 1e-12 | loss=hinge optimizer=sgd average=10
            sgd-classifier | standard-scaler | band | 1e-12 | loss=squared-hinge optimizer=adagrad
            sgd-regressor | standard-scaler | delay | 1e-12 |
            sgd-regressor | standard-scaler | seats | 1e-12 | loss=poisson
            sgd-regressor | standard-scaler | seats | 1e-12 | target.transform=log
            sgd-regressor | standard-scaler | seats | 1e-12 | target.transform=log1p
            sgd-regressor | standard-scaler | delay | 1e-12 | standard-scaler.clip=1
            sgd-regressor | standard-scaler | delay | 1e-12 | standard-scaler.with-mean=false
            sgd-regressor | standard-scaler | delay | 1e-12 | standard-scaler.with-std=false standard-scaler.clip=2 loss=huber
            sgd-classifier | min-max-scaler | delayed | 1e-12 |
            sgd-classifier | min-max-scaler | delayed | 1e-12 | min-max-scaler.clip=true
            sgd-classifier | quantile-scaler | delayed | 1e-12 |
            sgd-regressor | quantile-scaler | delay | 1e-12 | quantile-scaler.output-distribution=normal quantile-scaler.n-quantiles=8
            quantile-scaler | | | 1e-12 | n-quantiles=64
            quantile-scaler | | | 1e-12 | output-distribution=normal
            sgd-classifier | standard-scaler,polynomial-features | delayed | 1e-12 |
            sgd-classifier | standard-scaler,polynomial-features | delayed | 1e-12 | polynomial-features.degree=3 polynomial-features.include-bias=true
            sgd-classifier | target-encoder,standard-scaler | delayed | 1e-12 |
            sgd-classifier | target-encoder,standard-scaler | band | 1e-12 | target-encoder.columns=origin
            sgd-classifier | standard-scaler,incremental-pca | delayed | 1e-12 | incremental-pca.n-components=5
            sgd-classifier | standard-scaler,covariance-pca | delayed | 1e-12 | covariance-pca.n-components=5 covariance-pca.whiten=true
            mlp-classifier | standard-scaler | delayed | 1e-5 | hidden=16
            mlp-classifier | standard-scaler | band | 1e-5 | hidden=16,8 embedding=0 activation=tanh
            mlp-regressor | standard-scaler | delay | 1e-5 | hidden=8 embedding=4 activation=gelu
            mlp-regressor | standard-scaler | delay | 1e-5 | hidden=8 activation=sigmoid
            naive-bayes | | delayed | 1e-11 |
            naive-bayes | | band | 1e-11 | calibrate=false
            naive-bayes | | band | 1e-11 |
            k-means | standard-scaler | | 1e-12 | clusters=5
            hoeffding-tree-classifier | | delayed | 1e-7 |
            hoeffding-tree-classifier | | band | 1e-12 | leaf-prediction=majority
            hoeffding-tree-classifier | | band | 1e-7 | leaf-prediction=naive-bayes
            hoeffding-adaptive-tree-classifier | | band | 1e-7 |
            adaptive-random-forest-classifier | | delayed | 1e-7 | n-estimators=5
            gradient-boosted-trees-classifier | | delayed | 1e-11 |
            gradient-boosted-trees-classifier | | band | 1e-11 |
            gradient-boosted-trees-regressor | | delay | 1e-11 |
            hoeffding-tree-regressor | | delay | 1e-11 |
            adaptive-random-forest-regressor | | delay | 1e-11 | n-estimators=5
            k-nearest-neighbours | | delayed | 1e-12 | window-size=50
            k-nearest-neighbours | | band | 1e-12 | window-size=60 weights=distance neighbours=3
            k-nearest-neighbours | | delay | 1e-12 | window-size=40 weights=distance
            k-nearest-neighbours | standard-scaler | band | 1e-12 | window-size=60 neighbours=1
            k-nearest-neighbours | standard-scaler | delay | 1e-12 | window-size=30 neighbours=100
            half-space-trees | | | 1e-12 |
            half-space-trees | standard-scaler | | 1e-12 | trees=3 height=4 size-limit=0.001
            bagging | standard-scaler | delayed | 1e-12 |
            bagging | standard-scaler | band | 1e-12 | n-estimators=3
            bagging | standard-scaler | delayed | 1e-12 | n-estimators=3 base.loss=hinge
            bagging | standard-scaler | band | 1e-12 | n-estimators=4 base.loss=hinge
            bagging | standard-scaler | delay | 1e-12 | base=sgd-regressor n-estimators=3
            leveraging-bagging | | band | 1e-11 | base=gradient-boosted-trees-classifier n-estimators=2
            leveraging-bagging | | delay | 1e-11 | base=hoeffding-tree-regressor n-estimators=2
            """)
    void onnxRuntimeAgrees(String learner, String steps, String target, double tolerance, String settings)
            throws Exception {
        compare(flights, learner, steps, target, tolerance, settings);
    }

    /** Which cells are missing decides what leaves see: numbers that never varied, classes of one row. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void anyCellsMayBeMissing(int choice) throws Exception {
        Flights others = new Flights(folder, RunSeed.value() + choice);
        for (String target : List.of("delayed", "band")) {
            compare(others, "adaptive-random-forest-classifier", null, target, BAYES, "n-estimators=5");
            compare(others, "hoeffding-tree-classifier", null, target, BAYES, "leaf-prediction=naive-bayes");
        }
    }

    /** Trees take numbers beyond 1e100 as 1e100. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            hoeffding-tree-classifier | band | leaf-prediction=majority
            adaptive-random-forest-classifier | delayed | n-estimators=5 leaf-prediction=majority
            gradient-boosted-trees-classifier | delayed |
            gradient-boosted-trees-regressor | delay |
            hoeffding-tree-regressor | delay |
            adaptive-random-forest-regressor | delay | n-estimators=5
            quantile-scaler | |
            """)
    void numbersMayBeAsFarAsNumbersGo(String learner, String targetOrNone, String settings) throws Exception {
        String target = targetOrNone == null ? "" : targetOrNone;
        Flights far = new Flights(folder, RunSeed.value(), true);
        Flights.Learned learned =
                flights.learn(target, Flights.COLUMNS, new PipelineSpec(learner, List.of(), settings(settings)));
        try (Exported exported = new Exported(learned.model(), Optional.of(learned.plan()), Hashing.INSIDE)) {
            exported.compare(far.inputs(learned.plan()), far.rows(target, Flights.COLUMNS), 1e-11);
        }
    }

    private static Map<String, String> settings(String settings) {
        Map<String, String> set = new LinkedHashMap<>();
        for (String pair : settings == null ? new String[0] : settings.split(" ")) {
            set.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return set;
    }

    private static void compare(
            Flights rows, String learner, String steps, String target, double tolerance, String settings)
            throws Exception {
        List<String> before = steps == null ? List.of() : List.of(steps.split(","));
        PipelineSpec spec = new PipelineSpec(learner, before, settings(settings));
        Flights.Learned learned = rows.learn(target == null ? "" : target, Flights.COLUMNS, spec);
        try (Exported exported = new Exported(learned.model(), Optional.of(learned.plan()), Hashing.INSIDE)) {
            exported.compare(rows.inputs(learned.plan()), learned.rows(), tolerance);
        }
    }
}
