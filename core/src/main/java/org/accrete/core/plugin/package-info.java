/** Finds learners, sources and stores by name. Start with {@link org.accrete.core.plugin.PlugIns}. */
package org.accrete.core.plugin;
