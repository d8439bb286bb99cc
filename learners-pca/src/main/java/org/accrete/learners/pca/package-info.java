/**
 * Principal components, learned chunk by chunk.
 *
 * <p>Public are the two providers, {@link org.accrete.learners.pca.IncrementalPcaProvider} and
 * {@link org.accrete.learners.pca.CovariancePcaProvider}, and what their learners' models are:
 * {@link org.accrete.learners.pca.PcaModel}. Inside, {@code PcaLearner} collects rows into blocks and keeps the
 * promises of a learner and of a step; what a block changes is in a {@code Summary}: {@code LowRank} (its comment tells
 * the formulas) or {@code Moments}. {@code Decomposition} finds singular values. The loops over rows and columns are in
 * {@code org.accrete.kernels}.
 */
package org.accrete.learners.pca;
