package org.accrete.core;

import org.accrete.api.data.Target;

/**
 * The front door: trains a model from arrays, records or chunks, predicts with it, and keeps its versions in a store.
 *
 * <pre>{@code
 * try (ModelStore store = DirectoryStore.open(Path.of("models"));
 *         ClassifierTrainer trainer = Accrete.classifier("sgd-classifier").into(store, "clicks")) {
 *     for (int from = 0; from < x.length; from += 1_000) {
 *         trainer.partialFit(rows(x, from), rows(y, from));
 *     }
 *     String[] labels = trainer.predict(test);
 *     ModelVersion version = trainer.save();
 * }
 * }</pre>
 *
 * <p>It adds nothing that {@link org.accrete.core.pipeline.Pipeline}, {@link org.accrete.core.train.TrainingRun} and
 * {@link org.accrete.api.store.ModelStore} cannot do; {@link Trainer#pipeline()} leads there.
 */
public final class Accrete {
    private Accrete() {}

    /**
     * {@return what collects the parts of a trainer of classes}
     *
     * @param learner name of a learner plug-in that learns classes, such as {@code sgd-classifier}
     */
    public static TrainerBuilder<ClassifierTrainer> classifier(String learner) {
        return new TrainerBuilder<>(learner, Target.Kind.CATEGORICAL, ClassifierTrainer::new);
    }

    /**
     * {@return what collects the parts of a trainer of numbers}
     *
     * @param learner name of a learner plug-in that learns numbers, such as {@code sgd-regressor}
     */
    public static TrainerBuilder<RegressorTrainer> regressor(String learner) {
        return new TrainerBuilder<>(learner, Target.Kind.NUMERIC, RegressorTrainer::new);
    }

    /**
     * {@return what collects the parts of a trainer without a target}
     *
     * @param learner name of a learner plug-in that transforms rows, such as {@code incremental-pca}
     */
    public static TrainerBuilder<TransformerTrainer> transformer(String learner) {
        return new TrainerBuilder<>(learner, Target.Kind.NONE, TransformerTrainer::new);
    }

    /**
     * {@return what collects the parts of a trainer of anomaly scores}
     *
     * @param learner name of a learner plug-in that scores anomalies, such as {@code half-space-trees}
     */
    public static TrainerBuilder<AnomalyTrainer> anomalies(String learner) {
        return new TrainerBuilder<>(learner, Target.Kind.NONE, AnomalyTrainer::new);
    }

    /**
     * {@return what collects the parts of a trainer of clusters}
     *
     * @param learner name of a learner plug-in that makes clusters, such as {@code k-means}
     */
    public static TrainerBuilder<ClusterTrainer> clusters(String learner) {
        return new TrainerBuilder<>(learner, Target.Kind.NONE, ClusterTrainer::new);
    }
}
