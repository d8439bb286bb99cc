package org.accrete.kernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The SIMD twin of {@link ScalarFloatKernels}, on vectors of the same width as {@link Vectors}.
 *
 * <p>Same bits: a lane is a column, so each element of a product is the same chain of fused multiply-adds at every
 * width. The product is cut into blocks of four rows and two vectors, whose sums stay in registers, and into panels of
 * {@link #DEPTH} rows of B, which stay in the first-level cache for all rows of A. Between panels the sums are stored
 * in C, which does not round.
 *
 * <p>Ugly for speed: the blocks are written out, because a vector in an array, or passed to a call that is not inlined,
 * is an object; and they are short, because C2 stops inlining in a long method.
 */
final class SimdFloatKernels extends FloatKernels {

    private static final VectorSpecies<Float> SPECIES =
            FloatVector.SPECIES_PREFERRED.length() > BLOCK ? FloatVector.SPECIES_512 : FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = VectorSpecies.of(double.class, SPECIES.vectorShape());
    private static final int LANES = SPECIES.length();

    private static final int DEPTH = 128;

    static final SimdFloatKernels INSTANCE = new SimdFloatKernels();

    private SimdFloatKernels() {}

    @Override
    public String name() {
        return "simd " + SPECIES.vectorBitSize() + "-bit";
    }

    @Override
    public void product(
            int m,
            int n,
            int k,
            float[] a,
            int aFrom,
            int aRow,
            int aColumn,
            float[] b,
            int bFrom,
            int bRow,
            float[] s,
            int sFrom,
            int sRow,
            float[] c,
            int cFrom,
            int cRow) {
        int vectors = n / LANES;
        int l = 0;
        do {
            int depth = Math.min(DEPTH, k - l);
            boolean first = l == 0;
            int v = 0;
            while (v < vectors) {
                int width = vectors - v >= 2 ? 2 : 1;
                int j = v * LANES;
                panel(
                        m,
                        width,
                        depth,
                        a,
                        aFrom + l * aColumn,
                        aRow,
                        aColumn,
                        b,
                        bFrom + l * bRow + j,
                        bRow,
                        first ? s : c,
                        first ? sFrom + j : cFrom + j,
                        first ? sRow : cRow,
                        c,
                        cFrom + j,
                        cRow);
                v += width;
            }
            l += depth;
        } while (l < k);
    }

    private static void panel(
            int m,
            int width,
            int k,
            float[] a,
            int aFrom,
            int aRow,
            int aColumn,
            float[] b,
            int bFrom,
            int bRow,
            float[] s,
            int sFrom,
            int sRow,
            float[] c,
            int cFrom,
            int cRow) {
        int i = 0;
        for (; i < m - 3; i += 4) {
            int ai = aFrom + i * aRow;
            int si = sFrom + i * sRow;
            int ci = cFrom + i * cRow;
            if (width == 2) {
                block4x2(k, a, ai, aRow, aColumn, b, bFrom, bRow, s, si, sRow, c, ci, cRow);
            } else {
                block4x1(k, a, ai, aRow, aColumn, b, bFrom, bRow, s, si, sRow, c, ci, cRow);
            }
        }
        for (; i < m; i++) {
            int ai = aFrom + i * aRow;
            int si = sFrom + i * sRow;
            int ci = cFrom + i * cRow;
            if (width == 2) {
                block1x2(k, a, ai, aColumn, b, bFrom, bRow, s, si, c, ci);
            } else {
                block1x1(k, a, ai, aColumn, b, bFrom, bRow, s, si, c, ci);
            }
        }
    }

    private static void block4x2(
            int k,
            float[] a,
            int aFrom,
            int aRow,
            int aColumn,
            float[] b,
            int bFrom,
            int bRow,
            float[] s,
            int sFrom,
            int sRow,
            float[] c,
            int cFrom,
            int cRow) {
        FloatVector c00 = FloatVector.fromArray(SPECIES, s, sFrom);
        FloatVector c01 = FloatVector.fromArray(SPECIES, s, sFrom + LANES);
        FloatVector c10 = FloatVector.fromArray(SPECIES, s, sFrom + sRow);
        FloatVector c11 = FloatVector.fromArray(SPECIES, s, sFrom + sRow + LANES);
        FloatVector c20 = FloatVector.fromArray(SPECIES, s, sFrom + 2 * sRow);
        FloatVector c21 = FloatVector.fromArray(SPECIES, s, sFrom + 2 * sRow + LANES);
        FloatVector c30 = FloatVector.fromArray(SPECIES, s, sFrom + 3 * sRow);
        FloatVector c31 = FloatVector.fromArray(SPECIES, s, sFrom + 3 * sRow + LANES);
        int column = aFrom;
        int row = bFrom;
        for (int l = 0; l < k; l++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[column]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[column + aRow]);
            c10 = a1.fma(b0, c10);
            c11 = a1.fma(b1, c11);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[column + 2 * aRow]);
            c20 = a2.fma(b0, c20);
            c21 = a2.fma(b1, c21);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[column + 3 * aRow]);
            c30 = a3.fma(b0, c30);
            c31 = a3.fma(b1, c31);
            column += aColumn;
            row += bRow;
        }
        c00.intoArray(c, cFrom);
        c01.intoArray(c, cFrom + LANES);
        c10.intoArray(c, cFrom + cRow);
        c11.intoArray(c, cFrom + cRow + LANES);
        c20.intoArray(c, cFrom + 2 * cRow);
        c21.intoArray(c, cFrom + 2 * cRow + LANES);
        c30.intoArray(c, cFrom + 3 * cRow);
        c31.intoArray(c, cFrom + 3 * cRow + LANES);
    }

    private static void block4x1(
            int k,
            float[] a,
            int aFrom,
            int aRow,
            int aColumn,
            float[] b,
            int bFrom,
            int bRow,
            float[] s,
            int sFrom,
            int sRow,
            float[] c,
            int cFrom,
            int cRow) {
        FloatVector c00 = FloatVector.fromArray(SPECIES, s, sFrom);
        FloatVector c10 = FloatVector.fromArray(SPECIES, s, sFrom + sRow);
        FloatVector c20 = FloatVector.fromArray(SPECIES, s, sFrom + 2 * sRow);
        FloatVector c30 = FloatVector.fromArray(SPECIES, s, sFrom + 3 * sRow);
        int column = aFrom;
        int row = bFrom;
        for (int l = 0; l < k; l++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[column]);
            c00 = a0.fma(b0, c00);
            FloatVector a1 = FloatVector.broadcast(SPECIES, a[column + aRow]);
            c10 = a1.fma(b0, c10);
            FloatVector a2 = FloatVector.broadcast(SPECIES, a[column + 2 * aRow]);
            c20 = a2.fma(b0, c20);
            FloatVector a3 = FloatVector.broadcast(SPECIES, a[column + 3 * aRow]);
            c30 = a3.fma(b0, c30);
            column += aColumn;
            row += bRow;
        }
        c00.intoArray(c, cFrom);
        c10.intoArray(c, cFrom + cRow);
        c20.intoArray(c, cFrom + 2 * cRow);
        c30.intoArray(c, cFrom + 3 * cRow);
    }

    private static void block1x2(
            int k,
            float[] a,
            int aFrom,
            int aColumn,
            float[] b,
            int bFrom,
            int bRow,
            float[] s,
            int sFrom,
            float[] c,
            int cFrom) {
        FloatVector c00 = FloatVector.fromArray(SPECIES, s, sFrom);
        FloatVector c01 = FloatVector.fromArray(SPECIES, s, sFrom + LANES);
        int column = aFrom;
        int row = bFrom;
        for (int l = 0; l < k; l++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
            FloatVector b1 = FloatVector.fromArray(SPECIES, b, row + LANES);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[column]);
            c00 = a0.fma(b0, c00);
            c01 = a0.fma(b1, c01);
            column += aColumn;
            row += bRow;
        }
        c00.intoArray(c, cFrom);
        c01.intoArray(c, cFrom + LANES);
    }

    private static void block1x1(
            int k,
            float[] a,
            int aFrom,
            int aColumn,
            float[] b,
            int bFrom,
            int bRow,
            float[] s,
            int sFrom,
            float[] c,
            int cFrom) {
        FloatVector c00 = FloatVector.fromArray(SPECIES, s, sFrom);
        int column = aFrom;
        int row = bFrom;
        for (int l = 0; l < k; l++) {
            FloatVector b0 = FloatVector.fromArray(SPECIES, b, row);
            FloatVector a0 = FloatVector.broadcast(SPECIES, a[column]);
            c00 = a0.fma(b0, c00);
            column += aColumn;
            row += bRow;
        }
        c00.intoArray(c, cFrom);
    }

    @Override
    public void reluGradient(float[] x, int xFrom, float[] y, int yFrom, int n) {
        FloatVector zero = FloatVector.zero(SPECIES);
        int i = 0;
        for (; i < n - LANES + 1; i += LANES) {
            VectorMask<Float> open =
                    FloatVector.fromArray(SPECIES, x, xFrom + i).compare(VectorOperators.GT, zero);
            zero.blend(FloatVector.fromArray(SPECIES, y, yFrom + i), open).intoArray(y, yFrom + i);
        }
        scalar().reluGradient(x, xFrom + i, y, yFrom + i, n - i);
    }

    @Override
    public boolean within(float[] a, int from, int n, float limit) {
        FloatVector most = FloatVector.broadcast(SPECIES, limit);
        int i = 0;
        for (; i < n - LANES + 1; i += LANES) {
            VectorMask<Float> inside =
                    FloatVector.fromArray(SPECIES, a, from + i).abs().compare(VectorOperators.LE, most);
            if (!inside.allTrue()) {
                return false;
            }
        }
        return scalar().within(a, from + i, n - i, limit);
    }

    @Override
    public boolean within(double[] a, int from, int n, double limit) {
        DoubleVector most = DoubleVector.broadcast(DOUBLES, limit);
        int lanes = DOUBLES.length();
        int i = 0;
        for (; i < n - lanes + 1; i += lanes) {
            VectorMask<Double> inside =
                    DoubleVector.fromArray(DOUBLES, a, from + i).abs().compare(VectorOperators.LE, most);
            if (!inside.allTrue()) {
                return false;
            }
        }
        return scalar().within(a, from + i, n - i, limit);
    }
}
