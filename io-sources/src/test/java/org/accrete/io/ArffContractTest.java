package org.accrete.io;

import static org.accrete.io.IoFixtures.write;
import static org.accrete.io.IoFixtures.zstd;

import java.nio.charset.StandardCharsets;
import org.accrete.api.data.ChunkSourceProvider;

/** Files with every kind of column, one compressed, with bad rows that are skipped and sparse ones. */
class ArffContractTest extends FilesContract {
    @Override
    public ChunkSourceProvider provider() {
        return new ArffSourceProvider();
    }

    @Override
    String[] columns() {
        return new String[] {"id=key", "weight=weight", "label=target(kind=categorical,classes=l0|l1)"};
    }

    @Override
    void writeFiles(boolean changed) {
        String second = changed ? "4.5" : "3.5";
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
}
