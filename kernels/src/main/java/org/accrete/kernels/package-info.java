/**
 * Numeric loops over {@code double[]} with one defined result each: the same bytes from the scalar reference and from
 * its SIMD twin, whatever the vector width, the JDK and the compiler tier.
 *
 * <p>Start at {@link org.accrete.kernels.Kernels#best()}, and keep what it returns in a final field. Nothing here
 * depends on other rooms; learners and {@code core} are the callers. Shapes are checked by them: a kernel trusts its
 * arguments.
 */
package org.accrete.kernels;
