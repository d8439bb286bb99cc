/**
 * Linear models by stochastic gradient descent, one row at a time.
 *
 * <p>The two providers are all that is public: {@link org.accrete.learners.sgd.SgdClassifierProvider} and
 * {@link org.accrete.learners.sgd.SgdRegressorProvider}. Inside, {@code SgdLearner} keeps the promises of a learner,
 * {@code Descent} is plain descent and {@code OwnLengths} the other optimizers (their comments tell the formulas),
 * {@code TrainableWeights} holds the numbers and takes a refused chunk back, {@code LinearWeights} is what a model
 * reads. The loops over columns are in {@code org.accrete.kernels}.
 */
package org.accrete.learners.sgd;
