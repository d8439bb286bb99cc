/**
 * How weights are updated: start at {@code Optimizer}. Each subclass opens with a comment like the method section of a
 * paper: notation, update, why, reference. {@code AdaGradMixture} is the default. The other classes are parts of
 * theirs.
 */
package org.accrete.learners.sgd.optimizer;
