package org.accrete.kernels;

/** One implementation of all kernels; chosen as a whole. */
interface KernelSet {

    /** {@return {@code scalar}, or {@code simd} and the width of its vectors, for logs and reports} */
    String name();

    DenseKernels dense();

    OptimizerKernels optimizer();

    MatrixKernels matrix();

    FloatKernels floats();
}
