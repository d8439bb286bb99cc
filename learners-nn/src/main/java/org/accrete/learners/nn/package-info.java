/**
 * Fully connected networks of {@code float} weights, trained batch by batch.
 *
 * <p>Public are only the two providers, {@link org.accrete.learners.nn.MlpClassifierProvider} and
 * {@link org.accrete.learners.nn.MlpRegressorProvider}. Start with {@code MlpLearner}: it collects the rows of a batch
 * and keeps the promises of a learner. {@code Inputs} writes the rows of a chunk into a {@code MiniBatch},
 * {@code Network} is the model and its forward pass, {@code Backpropagation} computes the gradient, and
 * {@code GradientOptimizer} updates the weights. Matrix products are in {@code org.accrete.kernels}. There is no graph
 * and no automatic differentiation: a new layer needs code in {@code Network} and in {@code Backpropagation}.
 */
package org.accrete.learners.nn;
