package org.accrete.io;

import static org.accrete.io.IoFixtures.gzip;
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

/** Files with every kind of column, two compressed, with bad rows that are skipped and labels that appear late. */
class JsonLinesContractTest implements SourceContract, ProviderContract {
    @TempDir
    Path folder;

    private SourceRequest request;

    @BeforeEach
    void writeFiles() {
        writeFiles("city0");
        request = request(
                folder,
                "size.0=numeric",
                "id=key",
                "weight=weight",
                "label=target(kind=categorical,classes=label0|label1)");
    }

    private void writeFiles(String first) {
        int row = 0;
        for (int file = 0; file < 3; file++) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 40 + 17 * file; i++, row++) {
                text.append(String.format(
                                "{\"when\": \"2001-%02d-%02d %02d:30\", ", 1 + row % 12, 1 + row % 28, row % 24))
                        .append(row % 11 == 0 ? "" : "\"city\":\"" + (row == 1 ? first : "city" + row % 5) + "\",")
                        .append("\"size\":[")
                        .append(row % 13 == 12 ? "null" : row % 17 == 16 ? "\"oops\"" : Double.toString(row / 8.0))
                        .append("],\"flag\":")
                        .append(row % 2 == 0)
                        .append(row % 19 == 18 ? "" : ",\"id\":\"ïd-" + row + "\"")
                        .append(",\"weight\":" + row % 3 + ",\"label\":\"label" + row / 20 + "\"")
                        .append(row % 23 == 22 ? "\n" : "}\n");
            }
            String all = text.toString();
            write(
                    folder.resolve(file + ".jsonl"),
                    file == 1 ? gzip(all) : file == 2 ? zstd(all) : all.getBytes(StandardCharsets.UTF_8));
        }
    }

    @Override
    public Provider provider() {
        return new JsonLinesSourceProvider();
    }

    /** The policy counts bad rows, so each source gets its own. */
    private static ChunkSource open(SourceRequest request) {
        return IoFixtures.open(new JsonLinesSourceProvider(), request.withBadRows(BadRows.skip(line -> {})), Map.of());
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
        writeFiles("other");
        return Optional.of(open(request.withPlan(before.plan().orElseThrow(), true)));
    }
}
