/**
 * Fully connected networks: a closed set of layers, trained batch by batch, in {@code float}.
 *
 * <p>The two providers are all that is public: {@link org.accrete.learners.nn.MlpClassifierProvider} and
 * {@link org.accrete.learners.nn.MlpRegressorProvider}. Inside, {@code MlpLearner} keeps the promises of a learner and
 * the rows that wait for their batch, {@code Inputs} turns a chunk's rows into a {@code Block}, {@code Network} is what
 * a model reads, {@code Trainer} is backpropagation (its comment tells the formulas), {@code Optimizer} the steps. The
 * matrix product is in {@code org.accrete.kernels}. There is no graph and no automatic differentiation: a new layer is
 * code in {@code Network} and {@code Trainer}.
 */
package org.accrete.learners.nn;
