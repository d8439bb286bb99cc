package org.accrete.kernels;

/** The reference: plain Java loops, always there. */
final class ScalarKernelSet implements KernelSet {

    static final ScalarKernelSet INSTANCE = new ScalarKernelSet();

    private ScalarKernelSet() {}

    @Override
    public String name() {
        return "scalar";
    }

    @Override
    public DenseKernels dense() {
        return ScalarDenseKernels.INSTANCE;
    }

    @Override
    public OptimizerKernels optimizer() {
        return ScalarOptimizerKernels.INSTANCE;
    }

    @Override
    public MatrixKernels matrix() {
        return ScalarMatrixKernels.INSTANCE;
    }

    @Override
    public FloatKernels floats() {
        return ScalarFloatKernels.INSTANCE;
    }
}
