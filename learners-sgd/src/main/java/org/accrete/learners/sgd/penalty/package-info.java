/**
 * What keeps weights small or near prior weights. The L2 penalty is a decay that each optimizer applies itself; the L1
 * penalty of stochastic gradient descent is {@code CumulativeL1}.
 */
package org.accrete.learners.sgd.penalty;
