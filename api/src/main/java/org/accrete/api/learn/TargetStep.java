package org.accrete.api.learn;

/**
 * A row-wise step that learns from targets.
 *
 * <ul>
 *   <li>It transforms each row by what it knew <em>before</em> that row, also within a chunk. So nothing of a row's own
 *       target gets into its columns, and what a learner behind it sees in training is what it will see in predictions.
 *   <li>A row whose target is missing, or of a chunk without targets, is handed on but not learned; it counts as seen.
 * </ul>
 */
public interface TargetStep extends RowWiseStep {}
