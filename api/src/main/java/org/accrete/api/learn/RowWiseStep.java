package org.accrete.api.learn;

/**
 * A step that keeps the pipeline of an {@link OnlineLearner} one itself.
 *
 * <ul>
 *   <li>Chunk borders do not change a bit, neither of the step nor of the rows it hands on.
 *   <li>It is ready from the start: every row is handed on, with its target and weight.
 * </ul>
 */
public interface RowWiseStep extends Step {}
