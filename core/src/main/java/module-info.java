/** What trains, scores and stores. */
@SuppressWarnings("requires-automatic") // commons-math3 has no module descriptor.
module org.accrete.core {
    requires transitive org.accrete.api;
    requires com.google.common;
    requires commons.math3;
    requires tools.jackson.core;

    exports org.accrete.core.compare;
    exports org.accrete.core.explain;
    exports org.accrete.core.online;
    exports org.accrete.core.pipeline;
    exports org.accrete.core.plugin;
    exports org.accrete.core.preprocess;
    exports org.accrete.core.score;
    exports org.accrete.core.serve;
    exports org.accrete.core.source;
    exports org.accrete.core.store;
    exports org.accrete.core.train;

    uses org.accrete.api.data.ChunkSourceProvider;
    uses org.accrete.api.drift.DriftDetectorProvider;
    uses org.accrete.api.learn.LearnerProvider;
    uses org.accrete.api.store.ModelStoreProvider;

    provides org.accrete.api.learn.LearnerProvider with
            org.accrete.core.preprocess.MinMaxScalerProvider,
            org.accrete.core.preprocess.PolynomialFeaturesProvider,
            org.accrete.core.preprocess.QuantileScalerProvider,
            org.accrete.core.preprocess.StandardScalerProvider,
            org.accrete.core.preprocess.TargetEncoderProvider;
    provides org.accrete.api.store.ModelStoreProvider with
            org.accrete.core.store.DirectoryStoreProvider;
}
