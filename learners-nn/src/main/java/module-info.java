/** Small fully connected networks, trained batch by batch. */
module org.accrete.learners.nn {
    requires org.accrete.kernels;
    requires transitive org.accrete.api;

    exports org.accrete.learners.nn;

    provides org.accrete.api.learn.LearnerProvider with
            org.accrete.learners.nn.MlpClassifierProvider,
            org.accrete.learners.nn.MlpRegressorProvider;
}
