package org.accrete.kernels;

/** The reference: plain loops, whose order of operations defines the bits that the SIMD twin has to match. */
final class ScalarMatrixKernels extends MatrixKernels {
    static final ScalarMatrixKernels INSTANCE = new ScalarMatrixKernels();

    private ScalarMatrixKernels() {}

    @Override
    int tileColumns() {
        return WIDEST_TILE;
    }

    @Override
    void tile(int depth, double[] panels, int a, int b, double[] c, int at, int cRow) {
        for (int i = 0; i < TILE_ROWS; i++) {
            int row = at + i * cRow;
            for (int p = 0; p < depth; p++) {
                double factor = panels[a + p * TILE_ROWS + i];
                int from = b + p * WIDEST_TILE;
                for (int j = 0; j < WIDEST_TILE; j++) {
                    c[row + j] += factor * panels[from + j];
                }
            }
        }
    }
}
