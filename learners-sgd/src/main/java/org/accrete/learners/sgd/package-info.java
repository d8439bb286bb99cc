/**
 * Linear models by stochastic gradient descent, one row at a time.
 *
 * <p>Only the two providers are public: {@link org.accrete.learners.sgd.SgdClassifierProvider} and
 * {@link org.accrete.learners.sgd.SgdRegressorProvider}. {@code SgdLearner} keeps the promises of a learner around an
 * {@code optimizer.Optimizer}, which updates {@code weights.TrainableWeights}; a model reads
 * {@code weights.LinearWeights}. {@code SgdParams} chooses the optimizer by the parameters. The packages, each of which
 * uses the ones before only: {@code weights}, {@code loss}, {@code penalty}, {@code optimizer}. The loops over columns
 * are in {@code org.accrete.kernels}.
 */
package org.accrete.learners.sgd;
