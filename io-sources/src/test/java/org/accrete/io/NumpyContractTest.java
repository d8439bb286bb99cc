package org.accrete.io;

import static org.accrete.io.IoFixtures.write;

import org.accrete.api.data.ChunkSourceProvider;

/** Files with a weight, bad rows that are skipped, and labels that appear late. */
class NumpyContractTest extends FilesContract {
    @Override
    public ChunkSourceProvider provider() {
        return new NumpySourceProvider();
    }

    @Override
    String[] columns() {
        return new String[] {"3=weight", "4=target(kind=categorical,classes=0|1)"};
    }

    @Override
    void writeFiles(boolean changed) {
        double first = changed ? 2.5 : 1.5;
        int row = 0;
        for (int file = 0; file < 3; file++) {
            int rows = 40 + 17 * file;
            double[] values = new double[4 * rows];
            for (int i = 0; i < rows; i++, row++) {
                values[4 * i] = row == 1 ? first : row % 13 == 12 ? Double.NaN : row / 8.0;
                values[4 * i + 1] = row % 17 == 16 ? Double.NEGATIVE_INFINITY : -row;
                values[4 * i + 2] = row % 3;
                values[4 * i + 3] = row / 20;
            }
            write(folder.resolve(file + ".npy"), NumpySourceTest.npy(4, values));
        }
    }
}
