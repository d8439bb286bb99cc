/**
 * Learning and what comes of it: a {@link org.accrete.api.learn.Learner} is mutable and learns chunk by chunk, a
 * {@link org.accrete.api.learn.Model} is what it knows at one moment. Plug-ins start with {@link
 * org.accrete.api.learn.LearnerProvider}.
 */
package org.accrete.api.learn;
