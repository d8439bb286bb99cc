package org.accrete.kernels;

/** Numeric loops over arrays; every implementation gives the same bits. */
public interface Kernels {
    /**
     * The kernels that run fastest here: the SIMD twin where the incubator module is resolved, else the scalar reference.
     *
     * @return stateless kernels, safe for all threads
     */
    static Kernels best() {
        Module own = Kernels.class.getModule();
        return ModuleLayer.boot()
                .findModule("jdk.incubator.vector")
                .map(vector -> {
                    own.addReads(vector);
                    return simd();
                })
                .orElseGet(ScalarKernels::new);
    }

    private static Kernels simd() {
        try {
            return (Kernels) Class.forName("org.accrete.kernels.SimdKernels")
                    .getDeclaredConstructor()
                    .newInstance();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("the SIMD kernels are not in this jar: rebuild it", e);
        }
    }

    /**
     * Which implementation this is.
     *
     * @return {@code scalar} or {@code simd}
     */
    String name();

    /**
     * {@code y += alpha * x}, one fused multiply-add per element.
     *
     * @param alpha factor of {@code x}
     * @param x added, not modified
     * @param xFrom first element of {@code x}
     * @param y added to; may be {@code x} at the same offset
     * @param yFrom first element of {@code y}
     * @param n number of elements
     */
    void axpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n);
}
