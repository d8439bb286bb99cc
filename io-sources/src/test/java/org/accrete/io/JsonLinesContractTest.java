package org.accrete.io;

import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.write;
import static org.accrete.io.IoFixtures.zstd;

import java.nio.charset.StandardCharsets;
import org.accrete.api.data.ChunkSourceProvider;

/** Files with every kind of column, two compressed, with bad rows that are skipped and labels that appear late. */
class JsonLinesContractTest extends FilesContract {
    @Override
    public ChunkSourceProvider provider() {
        return new JsonLinesSourceProvider();
    }

    @Override
    String[] columns() {
        return new String[] {
            "size.0=numeric", "id=key", "weight=weight", "label=target(kind=categorical,classes=label0|label1)"
        };
    }

    @Override
    void writeFiles(boolean changed) {
        String first = changed ? "other" : "city0";
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
}
