/**
 * Finds learners, sources, stores and drift detectors by name.
 *
 * <p>Start with {@link org.accrete.core.plugin.PlugIns}, which searches the class path and a folder of jars; each kind
 * has a {@link org.accrete.core.plugin.Registry}. The interfaces that plug-ins implement are in
 * {@code org.accrete.api}.
 */
package org.accrete.core.plugin;
