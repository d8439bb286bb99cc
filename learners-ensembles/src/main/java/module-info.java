/** Ensembles of any learner that is found by name. */
module org.accrete.learners.ensembles {
    requires org.accrete.drift;
    requires transitive org.accrete.api;

    exports org.accrete.learners.ensembles;

    provides org.accrete.api.learn.LearnerProvider with
            org.accrete.learners.ensembles.BaggingProvider,
            org.accrete.learners.ensembles.LeveragingBaggingProvider;
}
