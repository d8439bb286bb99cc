package org.accrete.io;

import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.write;
import static org.accrete.io.IoFixtures.zstd;

import java.nio.charset.StandardCharsets;
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

/** Files with every kind of column, one compressed, with bad rows that are skipped and sparse ones. */
class ArffContractTest implements SourceContract, ProviderContract {
    @TempDir
    Path folder;

    private SourceRequest request;

    @BeforeEach
    void writeFiles() {
        writeFiles("3.5");
        request = request(folder, "id=key", "weight=weight", "label=target(kind=categorical,classes=l0|l1)");
    }

    private void writeFiles(String second) {
        int row = 0;
        for (int file = 0; file < 3; file++) {
            StringBuilder text = new StringBuilder("% a comment\n@relation r\n@attribute size numeric\n"
                    + "@attribute city {c0,c1,c2,'c 3',c4}\n@attribute when date\n@attribute flag {no,yes}\n"
                    + "@attribute id string\n@attribute weight numeric\n@attribute label string\n@data\n");
            for (int i = 0; i < 40 + 17 * file; i++, row++) {
                String label = "l" + row / 20;
                if (row % 7 == 6) {
                    text.append("{0 ")
                            .append(row)
                            .append(",4 ")
                            .append(row)
                            .append(",5 1,6 ")
                            .append(label)
                            .append("}\n");
                    continue;
                }
                text.append(row % 13 == 12 ? "?" : row % 17 == 16 ? "oops" : row == 1 ? second : row / 8.0 + "")
                        .append(row % 5 == 3 ? ",'c 3'," : ",c" + row % 5 + ",")
                        .append(String.format("2001-%02d-%02dT%02d:30:00", 1 + row % 12, 1 + row % 28, row % 24))
                        .append(row % 2 == 0 ? ",yes," : ",no,")
                        .append("id-" + row + "," + row % 3 + "," + label + "\n");
            }
            String all = text.toString();
            write(folder.resolve(file + ".arff"), file == 1 ? zstd(all) : all.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public Provider provider() {
        return new ArffSourceProvider();
    }

    private static ChunkSource open(SourceRequest request) {
        return IoFixtures.open(new ArffSourceProvider(), request.withBadRows(BadRows.skip(1, line -> {})), Map.of());
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
        writeFiles("4.5");
        return Optional.of(open(request.withPlan(before.plan().orElseThrow(), true)));
    }
}
