/** What trains, scores and stores. */
module org.accrete.core {
    requires transitive org.accrete.api;
    requires com.google.common;
    requires tools.jackson.core;

    exports org.accrete.core;
    exports org.accrete.core.store;

    uses org.accrete.api.data.ChunkSourceProvider;
    uses org.accrete.api.learn.LearnerProvider;
    uses org.accrete.api.store.ModelStoreProvider;

    provides org.accrete.api.learn.LearnerProvider with
            org.accrete.core.StandardScalerProvider;
    provides org.accrete.api.store.ModelStoreProvider with
            org.accrete.core.store.DirectoryStoreProvider;
}
