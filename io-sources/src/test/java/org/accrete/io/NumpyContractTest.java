package org.accrete.io;

import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.write;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.Provider;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.testkit.ProviderContract;
import org.accrete.testkit.SourceContract;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Files with a weight, bad rows that are skipped, and labels that appear late. */
class NumpyContractTest implements SourceContract, ProviderContract {
    @TempDir
    Path folder;

    private SourceRequest request;

    @BeforeEach
    void writeFiles() {
        writeFiles(1.5);
        request = request(folder, "3=weight", "4=target(kind=categorical,classes=0|1)");
    }

    private void writeFiles(double first) {
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

    @Override
    public Provider provider() {
        return new NumpySourceProvider();
    }

    private static ChunkSource open(SourceRequest request) {
        return IoFixtures.open(new NumpySourceProvider(), request.withBadRows(BadRows.skip(1, line -> {})), Map.of());
    }

    @Override
    public ChunkSource open() {
        return open(request);
    }

    @Override
    public ChunkSource reopen(List<String> classes) {
        try (ChunkSource first = open()) {
            ColumnPlan plan = first.plan().orElseThrow().withClasses(classes);
            return open(request.withPlan(plan, true));
        }
    }

    @Override
    public Optional<ChunkSource> reopenChanged(List<String> classes) {
        ChunkSource before = reopen(classes);
        before.close();
        writeFiles(2.5);
        return Optional.of(open(request.withPlan(before.plan().orElseThrow(), true)));
    }
}
