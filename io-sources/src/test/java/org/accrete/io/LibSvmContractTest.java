package org.accrete.io;

import static org.accrete.io.IoFixtures.gzip;
import static org.accrete.io.IoFixtures.write;

import java.nio.charset.StandardCharsets;
import org.accrete.api.data.ChunkSourceProvider;

/** Files with queries and comments, one compressed, with bad rows that are skipped and labels that appear late. */
class LibSvmContractTest extends FilesContract {
    @Override
    public ChunkSourceProvider provider() {
        return new LibSvmSourceProvider();
    }

    @Override
    String[] columns() {
        return new String[] {"qid=key", "y=target(kind=categorical,classes=0|1)"};
    }

    @Override
    void writeFiles(boolean changed) {
        String first = changed ? "2.5" : "1.5";
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
}
