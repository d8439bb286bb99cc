/**
 * The steps that come with the library. Scalers of columns: {@link org.accrete.core.preprocess.StandardScalerProvider},
 * {@link org.accrete.core.preprocess.MinMaxScalerProvider} and
 * {@link org.accrete.core.preprocess.QuantileScalerProvider}. Other columns:
 * {@link org.accrete.core.preprocess.PolynomialFeaturesProvider},
 * {@link org.accrete.core.preprocess.TargetEncoderProvider}.
 *
 * <p>A step is a {@link org.accrete.api.learn.Step}; {@code pipeline} puts it before a learner.
 */
package org.accrete.core.preprocess;
