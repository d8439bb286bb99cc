package org.accrete.io;

import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.request;
import static org.accrete.io.IoFixtures.write;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.accrete.api.Provider;
import org.accrete.api.data.BadRows;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.SourceRequest;
import org.accrete.testkit.ProviderContract;
import org.accrete.testkit.SourceContract;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Files with every kind of column, one compressed, with bad rows that are skipped and labels that appear late. */
class CsvContractTest implements SourceContract, ProviderContract {
    @TempDir
    Path folder;

    private SourceRequest request;

    @BeforeEach
    void writeFiles() {
        int row = 0;
        for (int file = 0; file < 3; file++) {
            StringBuilder text = new StringBuilder("when,city,size,flag,id,weight,label\n");
            for (int i = 0; i < 40 + 17 * file; i++, row++) {
                text.append(String.format("2001-%02d-%02d %02d:30,", 1 + row % 12, 1 + row % 28, row % 24))
                        .append(row % 11 == 0 ? "" : "city" + row % 5)
                        .append(',')
                        .append(row % 13 == 12 ? "NA" : row % 17 == 16 ? "oops" : Double.toString(row / 8.0))
                        .append(row % 2 == 0 ? ",yes," : ",no,")
                        .append("id-" + row + "," + row % 3 + ",label" + row / 20 + "\n");
            }
            String all = text.toString();
            write(folder.resolve(file + ".csv"), file == 1 ? gzip(all) : all.getBytes(StandardCharsets.UTF_8));
        }
        request = request(
                folder + "/?.csv",
                "size=numeric",
                "id=key",
                "weight=weight",
                "label=target(kind=categorical,classes=label0|label1)");
    }

    @Override
    public Provider provider() {
        return new CsvSourceProvider();
    }

    /** The policy counts bad rows, so each source gets its own. */
    private static ChunkSource open(SourceRequest request) {
        return IoFixtures.open(request.withBadRows(BadRows.skip(line -> {})));
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
}
