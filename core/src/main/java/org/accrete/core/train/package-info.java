/**
 * Training runs: chunks in, scores and versions out.
 *
 * <p>Start with {@link org.accrete.core.train.TrainingRun}, which trains a pipeline from a source, once.
 * {@link org.accrete.core.train.Versions} merges what runs have stored. Next to it are {@code score}, {@code source}
 * and {@code serve}, which predicts while a run goes on.
 */
package org.accrete.core.train;
