/**
 * Learners that compare a row with what rows were like. Public are the providers; each makes one learner, whose class
 * comment tells its method.
 *
 * <p>Naive Bayes: start with {@code NaiveBayesLearner}; {@code ClassStatistics} is what it knows, {@code ClassScores}
 * how it decides. Half-space trees: {@code HalfSpaceTreesLearner} and {@code HalfSpaceForest}. K-means:
 * {@code KMeansLearner}, with {@code KMeansSeeding} for the first centres. Nearest neighbours:
 * {@code NearestNeighboursLearner}, with {@code RowWindow} for the search.
 */
package org.accrete.learners.neighbours;
