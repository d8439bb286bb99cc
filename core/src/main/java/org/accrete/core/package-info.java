/**
 * What trains, scores and stores. Start with {@link org.accrete.core.PlugIns}, which finds learners, sources and stores
 * by name, and {@link org.accrete.core.Pipeline}, which puts steps before a learner; {@link org.accrete.core.LiveModel}
 * serves what was trained, {@link org.accrete.core.Versions} merges it.
 */
package org.accrete.core;
