package org.accrete.kernels;

import static org.accrete.kernels.Vectors.LANES;
import static org.accrete.kernels.Vectors.SPECIES;

import jdk.incubator.vector.DoubleVector;

/** The SIMD twin of {@link ScalarMatrixKernels}, by the rules of {@link Vectors}. */
final class SimdMatrixKernels extends MatrixKernels {
    static final SimdMatrixKernels INSTANCE = new SimdMatrixKernels();

    private SimdMatrixKernels() {}

    @Override
    int tileColumns() {
        return 2 * LANES;
    }

    @Override
    void tile(int depth, double[] panels, int a, int b, double[] c, int at, int cRow) {
        int row1 = at + cRow;
        int row2 = row1 + cRow;
        int row3 = row2 + cRow;
        DoubleVector s00 = DoubleVector.fromArray(SPECIES, c, at);
        DoubleVector s01 = DoubleVector.fromArray(SPECIES, c, at + LANES);
        DoubleVector s10 = DoubleVector.fromArray(SPECIES, c, row1);
        DoubleVector s11 = DoubleVector.fromArray(SPECIES, c, row1 + LANES);
        DoubleVector s20 = DoubleVector.fromArray(SPECIES, c, row2);
        DoubleVector s21 = DoubleVector.fromArray(SPECIES, c, row2 + LANES);
        DoubleVector s30 = DoubleVector.fromArray(SPECIES, c, row3);
        DoubleVector s31 = DoubleVector.fromArray(SPECIES, c, row3 + LANES);
        int i = a;
        int j = b;
        for (int p = 0; p < depth; p++) {
            DoubleVector left = DoubleVector.fromArray(SPECIES, panels, j);
            DoubleVector right = DoubleVector.fromArray(SPECIES, panels, j + LANES);
            DoubleVector a0 = DoubleVector.broadcast(SPECIES, panels[i]);
            s00 = s00.add(a0.mul(left));
            s01 = s01.add(a0.mul(right));
            DoubleVector a1 = DoubleVector.broadcast(SPECIES, panels[i + 1]);
            s10 = s10.add(a1.mul(left));
            s11 = s11.add(a1.mul(right));
            DoubleVector a2 = DoubleVector.broadcast(SPECIES, panels[i + 2]);
            s20 = s20.add(a2.mul(left));
            s21 = s21.add(a2.mul(right));
            DoubleVector a3 = DoubleVector.broadcast(SPECIES, panels[i + 3]);
            s30 = s30.add(a3.mul(left));
            s31 = s31.add(a3.mul(right));
            i += TILE_ROWS;
            j += 2 * LANES;
        }
        s00.intoArray(c, at);
        s01.intoArray(c, at + LANES);
        s10.intoArray(c, row1);
        s11.intoArray(c, row1 + LANES);
        s20.intoArray(c, row2);
        s21.intoArray(c, row2 + LANES);
        s30.intoArray(c, row3);
        s31.intoArray(c, row3 + LANES);
    }
}
