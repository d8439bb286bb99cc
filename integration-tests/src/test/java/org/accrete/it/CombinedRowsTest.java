package org.accrete.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example of the page about data runs, goes on where it stopped, and equals the code on the page. */
class CombinedRowsTest {
    @TempDir
    private Path directory;

    @Test
    void isShownOnThePage() throws IOException {
        String source = Files.readString(Path.of("src/test/java/org/accrete/it/CombinedRows.java"));
        String shown = source.substring(source.indexOf("final class")).strip();
        assertThat(Files.readString(Command.ROOT.resolve("docs/data.md"))).contains("```java\n" + shown + "\n```");
    }

    @Test
    void goesOnInAnyEpoch() throws IOException {
        Path recent = flights("recent.csv", 300);
        Path old = flights("old.csv", 120);
        List<Double> all = new ArrayList<>();
        List<Position> positions = new ArrayList<>();
        try (ChunkSource rows = CombinedRows.flights(recent, old, directory.resolve("cache"))) {
            ChunkBuffer buffer = new ChunkBuffer(rows.schema(), 100);
            while (rows.next(buffer)) {
                positions.add(buffer.position());
                for (int row = 0; row < buffer.rows(); row++) {
                    all.add(((DenseChunk) buffer.chunk()).values()[row]);
                }
            }
        }
        assertThat(all).hasSize(3 * 420);
        assertThat(all.subList(0, 420)).isNotEqualTo(all.subList(420, 840));
        assertThat(all.subList(0, 420)).containsExactlyInAnyOrderElementsOf(all.subList(420, 840));
        // Fifteen chunks: each epoch ends with one of 20 rows.
        int row = 0;
        for (int i = 0; i < positions.size(); i++) {
            row += i % 5 == 4 ? 20 : 100;
            try (ChunkSource rows = CombinedRows.flights(recent, old, directory.resolve("cache"))) {
                rows.seek(positions.get(i));
                List<Double> rest = new ArrayList<>();
                ChunkBuffer buffer = new ChunkBuffer(rows.schema(), 33);
                while (rows.next(buffer)) {
                    for (int j = 0; j < buffer.rows(); j++) {
                        rest.add(((DenseChunk) buffer.chunk()).values()[j]);
                    }
                }
                assertThat(rest).as("after chunk %s", i).isEqualTo(all.subList(row, all.size()));
            }
        }
    }

    private Path flights(String name, int rows) throws IOException {
        StringBuilder text = new StringBuilder("distance,delayed\n");
        for (int row = 0; row < rows; row++) {
            text.append(row * 10 + name.length()).append(row % 3 == 0 ? ",yes\n" : ",no\n");
        }
        return Files.writeString(directory.resolve(name), text);
    }
}
