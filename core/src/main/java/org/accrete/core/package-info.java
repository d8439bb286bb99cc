/**
 * What trains, scores and stores. Start with {@link org.accrete.core.plugin.PlugIns}, which finds learners, sources and
 * stores by name, and {@link org.accrete.core.pipeline.Pipeline}, which puts steps before a learner;
 * {@link org.accrete.core.serve.LiveModel} serves what was trained, {@link org.accrete.core.train.Versions} merges it.
 */
package org.accrete.core;
