/**
 * Sources of rows in memory, and sources made of other sources.
 *
 * <p>Start with {@link org.accrete.core.source.Sources}. Sources that read files are plug-ins: {@code plugin} finds
 * them by name.
 */
package org.accrete.core.source;
