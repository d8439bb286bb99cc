package org.accrete.kernels;

/** The SIMD twins, for {@link KernelChoice}, which finds this class by its name. */
final class SimdKernelSet implements KernelSet {

    SimdKernelSet() {
        if (Vectors.LANES < 4) {
            throw new UnsupportedOperationException("this machine has no vectors of four doubles");
        }
    }

    @Override
    public String name() {
        return Vectors.NAME;
    }

    @Override
    public DenseKernels dense() {
        return SimdDenseKernels.INSTANCE;
    }

    @Override
    public OptimizerKernels optimizer() {
        return SimdOptimizerKernels.INSTANCE;
    }

    @Override
    public MatrixKernels matrix() {
        return SimdMatrixKernels.INSTANCE;
    }

    @Override
    public FloatKernels floats() {
        return SimdFloatKernels.INSTANCE;
    }
}
