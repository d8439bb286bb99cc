package org.accrete.io;

import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.write;

import java.nio.charset.StandardCharsets;
import org.accrete.api.data.ChunkSourceProvider;

/** Files with every kind of column, one compressed, with bad rows that are skipped and labels that appear late. */
class CsvContractTest extends FilesContract {
    @Override
    public ChunkSourceProvider provider() {
        return new CsvSourceProvider();
    }

    @Override
    String[] columns() {
        return new String[] {
            "size=numeric", "id=key", "weight=weight", "label=target(kind=categorical,classes=label0|label1)"
        };
    }

    @Override
    void writeFiles(boolean changed) {
        int row = 0;
        for (int file = 0; file < 3; file++) {
            StringBuilder text = new StringBuilder("when,city,size,flag,id,weight,label\n");
            for (int i = 0; i < 40 + 17 * file; i++, row++) {
                text.append(String.format("2001-%02d-%02d %02d:30,", 1 + row % 12, 1 + row % 28, row % 24))
                        .append(row % 11 == 0 ? "" : row == 1 && changed ? "other" : "city" + row % 5)
                        .append(',')
                        .append(row % 13 == 12 ? "NA" : row % 17 == 16 ? "oops" : Double.toString(row / 8.0))
                        .append(row % 2 == 0 ? ",yes," : ",no,")
                        .append("id-" + row + "," + row % 3 + ",label" + row / 20 + "\n");
            }
            String all = text.toString();
            write(folder.resolve(file + ".csv"), file == 1 ? gzip(all) : all.getBytes(StandardCharsets.UTF_8));
        }
    }
}
