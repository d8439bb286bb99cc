/** Principal components, chunk by chunk. */
module org.accrete.learners.pca {
    requires org.accrete.kernels;
    requires transitive org.accrete.api;

    exports org.accrete.learners.pca;

    provides org.accrete.api.learn.LearnerProvider with
            org.accrete.learners.pca.CovariancePcaProvider,
            org.accrete.learners.pca.IncrementalPcaProvider;
}
