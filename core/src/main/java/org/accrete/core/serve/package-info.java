/** Predictions while training goes on. Start with {@link org.accrete.core.serve.LiveModel}. */
package org.accrete.core.serve;
