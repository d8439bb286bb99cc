/** Linear models by stochastic gradient descent. */
module org.accrete.learners.sgd {
    requires org.accrete.kernels;
    requires transitive org.accrete.api;

    exports org.accrete.learners.sgd;

    provides org.accrete.api.learn.LearnerProvider with
            org.accrete.learners.sgd.SgdClassifierProvider,
            org.accrete.learners.sgd.SgdRegressorProvider;
}
