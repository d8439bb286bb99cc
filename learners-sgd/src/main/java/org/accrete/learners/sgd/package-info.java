/**
 * Linear models by stochastic gradient descent.
 */
package org.accrete.learners.sgd;
