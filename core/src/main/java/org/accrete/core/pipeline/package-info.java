/**
 * Steps before a learner, as one learner. Start with {@link org.accrete.core.pipeline.Pipeline};
 * {@link org.accrete.core.pipeline.Versions} merges stored ones.
 */
package org.accrete.core.pipeline;
