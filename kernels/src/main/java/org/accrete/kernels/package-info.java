/**
 * Numeric loops with one defined result each: the same bytes from the scalar reference and from its SIMD twin, whatever
 * the vector width, the JDK and the compiler tier.
 *
 * <p>Start at {@link org.accrete.kernels.DenseKernels#best()}; beside it are {@link org.accrete.kernels.SparseKernels},
 * {@link org.accrete.kernels.OptimizerKernels}, {@link org.accrete.kernels.MatrixKernels},
 * {@link org.accrete.kernels.FloatKernels} for networks, and {@link org.accrete.kernels.Exp} for single numbers.
 * Nothing here depends on other modules; learners are the callers.
 *
 * <p>Rules that hold for every kernel:
 *
 * <ul>
 *   <li>Arguments are trusted; callers check shapes. An offset or a length that leaves its array fails with an
 *       {@link IndexOutOfBoundsException} at the latest when the bad element is reached; outputs may be half written by
 *       then. A length of zero or less does nothing.
 *   <li>An output must not overlap an input, unless the method says that it may.
 *   <li>Products and sums are rounded one by one: fused multiply-add is not used, unless the method says so.
 *   <li>Whether a result is NaN is defined; which of the many NaN bit patterns it has is not.
 *   <li>Nothing is allocated once the kernel is compiled. (While the SIMD twin is interpreted it allocates small vector
 *       objects; this ends when it is compiled.)
 *   <li>Instances have no state and are safe for any number of threads.
 * </ul>
 */
package org.accrete.kernels;
