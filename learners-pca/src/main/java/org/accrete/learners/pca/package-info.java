/**
 * Principal components, learned chunk by chunk.
 *
 * <p>Public are the two providers, {@link org.accrete.learners.pca.IncrementalPcaProvider} and
 * {@link org.accrete.learners.pca.CovariancePcaProvider}, and the model, {@link org.accrete.learners.pca.PcaModel}.
 * Start with {@code PcaLearner}: it collects rows into a {@code RowBlock} and keeps the promises of a learner and of a
 * step. Each block updates a {@code CovarianceEstimate}: an {@code IncrementalSvd} (its comment has the formulas) or a
 * {@code ScatterMatrix}. {@code TruncatedSvd}, {@code LargestEigen} and {@code SymmetricEigen} are the decompositions.
 * The loops over rows and columns are in {@code org.accrete.kernels}.
 */
package org.accrete.learners.pca;
