/**
 * Steps before a learner, as one learner.
 *
 * <p>Start with {@link org.accrete.core.pipeline.Pipeline}, made from a {@link org.accrete.core.pipeline.PipelineSpec}
 * and the plug-ins it names. {@link org.accrete.core.pipeline.WarmStart} begins with something trained before.
 * {@code train} trains pipelines from a source, {@code preprocess} has the steps that come with the library.
 */
package org.accrete.core.pipeline;
