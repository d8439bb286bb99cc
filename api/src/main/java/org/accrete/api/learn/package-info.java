/**
 * Learning and what comes of it: a {@link org.accrete.api.learn.Learner} is mutable and learns chunk by chunk, a
 * {@link org.accrete.api.learn.Model} is what it knows at one moment. Plug-ins start with
 * {@link org.accrete.api.learn.LearnerProvider}. What learned from other rows is taken in by a
 * {@link org.accrete.api.learn.MergeableLearner}.
 */
package org.accrete.api.learn;
