package org.accrete.api.learn;

/**
 * A step behind which a learner stays an {@link OnlineLearner}.
 *
 * <ul>
 *   <li>Where chunk borders fall makes no difference to the bit, neither to the step nor to the rows it hands on.
 *   <li>It is ready from the start: every row is handed on, with its target and weight.
 * </ul>
 */
public interface RowWiseStep extends Step {}
