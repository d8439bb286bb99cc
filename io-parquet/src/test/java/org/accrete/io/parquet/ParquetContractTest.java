package org.accrete.io.parquet;

import static org.accrete.io.parquet.ParquetFixtures.PARQUET;
import static org.accrete.io.parquet.ParquetFixtures.request;
import static org.accrete.io.parquet.ParquetFixtures.row;
import static org.accrete.io.parquet.ParquetFixtures.write;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ChunkSourceProvider;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.testkit.ProviderContract;
import org.accrete.testkit.SourceContract;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Files of several row groups, with a weight, bad rows that are skipped, labels that appear late and an empty file. */
class ParquetContractTest implements SourceContract, ProviderContract {
    @TempDir
    Path folder;

    private SourceRequest request = SourceRequest.of("");

    @Override
    public ChunkSourceProvider provider() {
        return PARQUET;
    }

    @BeforeEach
    void writeFiles() {
        writeFiles(1.5);
        request = request(folder, "w=weight", "y=target(kind=categorical,classes=a|b)");
    }

    private void writeFiles(double second) {
        int row = 0;
        for (int file = 0; file < 4; file++) {
            List<Object[]> rows = new ArrayList<>();
            for (int i = file == 1 ? 0 : 40 + 17 * file; i > 0; i--, row++) {
                rows.add(row(
                        row == 1 ? second : row % 17 == 16 ? Double.POSITIVE_INFINITY : row / 8.0,
                        "2001-02-" + (10 + row % 19),
                        row % 3,
                        row % 7 == 6 ? null : "text " + row % 5,
                        String.valueOf((char) ('a' + row / 20))));
            }
            write(
                    folder.resolve(file + ".parquet"),
                    "required double x; required binary d (STRING); required int32 w; optional binary c (STRING);"
                            + " required binary y (STRING);",
                    rows,
                    options -> options.withRowGroupRowCountLimit(30).withPageRowCountLimit(11));
        }
    }

    /** The policy counts bad rows, so each source gets its own. */
    private static ChunkSource openSkipping(SourceRequest some) {
        return ParquetFixtures.open(PARQUET, some.withBadRows(BadRows.skip(1, line -> {})));
    }

    @Override
    public ChunkSource open() {
        return openSkipping(request);
    }

    @Override
    public ChunkSource reopen(List<String> classes) {
        try (ChunkSource first = open()) {
            ColumnPlan plan = first.plan().orElseThrow().withClasses(classes);
            return openSkipping(request.withPlan(plan, true));
        }
    }

    @Override
    public Optional<ChunkSource> reopenChanged(List<String> classes) {
        ChunkSource before = reopen(classes);
        before.close();
        writeFiles(2.5);
        return Optional.of(openSkipping(request.withPlan(before.plan().orElseThrow(), true)));
    }
}
