/**
 * What is minimized: {@code Objective} is a {@code Loss} with how classes and their rows count. {@code Link} turns
 * decision values into probabilities.
 */
package org.accrete.learners.sgd.loss;
