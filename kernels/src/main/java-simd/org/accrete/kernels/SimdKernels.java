package org.accrete.kernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/** The SIMD twin of {@link ScalarKernels}, found by name at run time. */
final class SimdKernels implements Kernels {
    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;

    @Override
    public String name() {
        return "simd";
    }

    @Override
    public void axpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n) {
        DoubleVector factor = DoubleVector.broadcast(SPECIES, alpha);
        int bound = SPECIES.loopBound(n);
        int i = 0;
        for (; i < bound; i += SPECIES.length()) {
            DoubleVector sum = DoubleVector.fromArray(SPECIES, x, xFrom + i)
                    .fma(factor, DoubleVector.fromArray(SPECIES, y, yFrom + i));
            sum.intoArray(y, yFrom + i);
        }
        for (; i < n; i++) {
            y[yFrom + i] = Math.fma(alpha, x[xFrom + i], y[yFrom + i]);
        }
    }
}
