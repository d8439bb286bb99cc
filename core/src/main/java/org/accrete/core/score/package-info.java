/**
 * Prequential scores and their baselines.
 *
 * <p>Start with {@link org.accrete.core.score.Scores}, which scores whole chunks;
 * {@link org.accrete.core.score.ProgressiveScores} scores each row by the model from just before it.
 * {@link org.accrete.core.score.ScoreReport} holds the figures; {@link org.accrete.core.score.RowLosses} has the loss
 * of each row. {@code train} keeps both during a run.
 */
package org.accrete.core.score;
