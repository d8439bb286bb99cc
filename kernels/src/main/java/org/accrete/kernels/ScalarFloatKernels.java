package org.accrete.kernels;

/**
 * The reference: plain loops, whose order of operations is the definition that the SIMD twin has to match bit for bit.
 */
final class ScalarFloatKernels extends FloatKernels {

    static final ScalarFloatKernels INSTANCE = new ScalarFloatKernels();

    private ScalarFloatKernels() {}

    @Override
    public String name() {
        return "scalar";
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
        for (int i = 0; i < m; i++) {
            int to = cFrom + i * cRow;
            System.arraycopy(s, sFrom + i * sRow, c, to, n);
            for (int l = 0; l < k; l++) {
                addRow(a[aFrom + i * aRow + l * aColumn], b, bFrom + l * bRow, c, to, n);
            }
        }
    }

    private static void addRow(float factor, float[] b, int from, float[] c, int to, int n) {
        for (int j = 0; j < n; j++) {
            c[to + j] = Math.fma(factor, b[from + j], c[to + j]);
        }
    }

    @Override
    public void reluGradient(float[] x, int xFrom, float[] y, int yFrom, int n) {
        for (int i = 0; i < n; i++) {
            y[yFrom + i] = x[xFrom + i] > 0 ? y[yFrom + i] : 0;
        }
    }

    @Override
    public boolean within(float[] a, int from, int n, float limit) {
        for (int i = from; i < from + n; i++) {
            if (!(Math.abs(a[i]) <= limit)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean within(double[] a, int from, int n, double limit) {
        for (int i = from; i < from + n; i++) {
            if (!(Math.abs(a[i]) <= limit)) {
                return false;
            }
        }
        return true;
    }
}
