/** Learners that compare rows with what rows were like: naive Bayes, clusters, anomalies, nearest neighbours. */
module org.accrete.learners.neighbours {
    requires org.accrete.kernels;
    requires transitive org.accrete.api;

    exports org.accrete.learners.neighbours;

    provides org.accrete.api.learn.LearnerProvider with
            org.accrete.learners.neighbours.HalfSpaceTreesProvider,
            org.accrete.learners.neighbours.KMeansProvider,
            org.accrete.learners.neighbours.NaiveBayesProvider,
            org.accrete.learners.neighbours.NearestNeighboursProvider;
}
