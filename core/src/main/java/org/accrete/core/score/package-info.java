/** Prequential scores and their baselines. Start with {@link org.accrete.core.score.Scores}. */
package org.accrete.core.score;
