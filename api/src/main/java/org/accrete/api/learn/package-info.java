/**
 * Learners and models: a {@link org.accrete.api.learn.Learner} is mutable and learns chunk by chunk, a
 * {@link org.accrete.api.learn.Model} is what it knows at one moment. Plug-ins start with
 * {@link org.accrete.api.learn.LearnerProvider}. A {@link org.accrete.api.learn.MergeableLearner} can be merged with
 * one trained on other rows.
 */
package org.accrete.api.learn;
