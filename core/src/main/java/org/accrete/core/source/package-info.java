/** Sources made of sources. Start with {@link org.accrete.core.source.Sources}. */
package org.accrete.core.source;
