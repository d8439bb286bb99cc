/** Training runs: chunks in, scores and versions out. Start with {@link org.accrete.core.train.TrainingRun}. */
package org.accrete.core.train;
