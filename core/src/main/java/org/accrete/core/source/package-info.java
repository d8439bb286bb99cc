/**
 * Sources of rows in memory, and sources made of other sources.
 *
 * <p>Start with {@link org.accrete.core.source.Sources}. Sources that read files are plug-ins: {@code plugin} finds
 * them by name. {@link org.accrete.core.source.Rows} filters, shuffles, mixes and caches the rows of any source.
 */
package org.accrete.core.source;
