/**
 * Numeric loops with one defined result, whatever runs them.
 *
 * <p>Start at {@link org.accrete.kernels.Kernels}.
 */
package org.accrete.kernels;
