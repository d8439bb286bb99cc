package org.accrete.io;

import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.write;

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

/** Files with queries and comments, one compressed, with bad rows that are skipped and labels that appear late. */
class LibSvmContractTest implements SourceContract, ProviderContract {
    @TempDir
    Path folder;

    private SourceRequest request;

    @BeforeEach
    void writeFiles() {
        writeFiles("1.5");
        request = request(folder, "qid=key", "y=target(kind=categorical,classes=0|1)");
    }

    private void writeFiles(String first) {
        int row = 0;
        for (int file = 0; file < 3; file++) {
            StringBuilder text = new StringBuilder("# a comment\n");
            for (int i = 0; i < 40 + 17 * file; i++, row++) {
                text.append(row / 20).append(" qid:").append(row / 4);
                for (int j = 1 + row % 3; j < 30; j += 1 + (row + j) % 7) {
                    text.append(' ').append(j).append(':').append(row == 1 ? first : "" + (j - row) / 8.0);
                }
                text.append(row % 17 == 16 ? " oops\n" : row % 5 == 4 ? " # more\n" : "\n");
            }
            String all = text.toString();
            write(folder.resolve(file + ".svm"), file == 1 ? gzip(all) : all.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public Provider provider() {
        return new LibSvmSourceProvider();
    }

    private static ChunkSource open(SourceRequest request) {
        return IoFixtures.open(new LibSvmSourceProvider(), request.withBadRows(BadRows.skip(1, line -> {})), Map.of());
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
        writeFiles("2.5");
        return Optional.of(open(request.withPlan(before.plan().orElseThrow(), true)));
    }
}
