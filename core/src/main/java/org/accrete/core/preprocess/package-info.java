/**
 * The steps that come with the library: {@link org.accrete.core.preprocess.StandardScalerProvider}.
 *
 * <p>A step is a {@link org.accrete.api.learn.Step}; {@code pipeline} puts it before a learner.
 */
package org.accrete.core.preprocess;
