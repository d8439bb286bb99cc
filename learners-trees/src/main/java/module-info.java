/** Decision trees and ensembles of them, row by row. */
module org.accrete.learners.trees {
    requires org.accrete.drift;
    requires org.accrete.kernels;
    requires org.accrete.learners.sgd;
    requires transitive org.accrete.api;

    exports org.accrete.learners.trees;

    provides org.accrete.api.learn.LearnerProvider with
            org.accrete.learners.trees.AdaptiveRandomForestClassifierProvider,
            org.accrete.learners.trees.AdaptiveRandomForestRegressorProvider,
            org.accrete.learners.trees.GradientBoostedTreesClassifierProvider,
            org.accrete.learners.trees.GradientBoostedTreesRegressorProvider,
            org.accrete.learners.trees.HoeffdingAdaptiveTreeClassifierProvider,
            org.accrete.learners.trees.HoeffdingTreeClassifierProvider,
            org.accrete.learners.trees.HoeffdingTreeRegressorProvider;
}
