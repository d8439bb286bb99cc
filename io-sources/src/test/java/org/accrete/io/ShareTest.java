package org.accrete.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.accrete.api.param.Params;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The share of files that is read, by the rows that were handed out, which are all of one length here. */
class ShareTest {
    private static final int ROWS = 120_000;

    @TempDir
    private Path folder;

    @Test
    void plainFilesAreCountedByTheirBytes() throws IOException {
        write("a.csv", ROWS / 4, false);
        write("b.csv", ROWS - ROWS / 4, false);
        check(folder + "/?.csv", Position.start(), 0, 0.001);
    }

    @Test
    void packedFilesAreCountedByTheirPackedBytes() throws IOException {
        write("a.csv.gz", ROWS, true);
        check(folder + "/a.csv.gz", Position.start(), 0, 0.1);
    }

    @Test
    void aResumedSourceHasReadWhatLiesBefore() throws IOException {
        write("a.csv", ROWS / 4, false);
        write("b.csv", ROWS - ROWS / 4, false);
        Position position;
        try (ChunkSource source = open(folder + "/?.csv")) {
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), ROWS / 2);
            assertThat(source.next(buffer)).isTrue();
            position = buffer.position();
        }
        check(folder + "/?.csv", position, ROWS / 2, 0.001);
    }

    @Test
    void followedFilesHaveNoEnd() throws IOException {
        write("a.csv", 10, false);
        SourceRequest request = SourceRequest.of(folder + "/a.csv").withTarget("y");
        try (ChunkSource source = open(folder + "/a.csv")) {
            request = request.withPlan(source.plan().orElseThrow(), true).withFollow(true);
        }
        try (ChunkSource source = open(request)) {
            assertThat(source.share()).isEmpty();
        }
    }

    private void check(String location, Position from, int before, double tolerance) {
        try (ChunkSource source = open(location)) {
            source.seek(from);
            ChunkBuffer buffer = new ChunkBuffer(source.schema(), 777);
            int rows = before;
            while (source.next(buffer)) {
                rows += buffer.rows();
                assertThat(source.share().orElseThrow())
                        .as("the share after %s rows", rows)
                        .isCloseTo((double) rows / ROWS, within(tolerance));
            }
            assertThat(rows).isEqualTo(ROWS);
            assertThat(source.share()).hasValue(1);
        }
    }

    private static ChunkSource open(String location) {
        return open(SourceRequest.of(location).withTarget("y"));
    }

    private static ChunkSource open(SourceRequest request) {
        CsvSourceProvider provider = new CsvSourceProvider();
        return provider.open(request, Params.parse(provider.params(), Map.of()));
    }

    private void write(String name, int rows, boolean packed) throws IOException {
        SeededRandom random = new SeededRandom(rows);
        StringBuilder text = new StringBuilder("x,y\n");
        for (int row = 0; row < rows; row++) {
            text.append(1_000_000 + random.nextInt(9_000_000))
                    .append(',')
                    .append(row % 2)
                    .append('\n');
        }
        try (OutputStream file = Files.newOutputStream(folder.resolve(name));
                OutputStream out = packed ? new GZIPOutputStream(file) : file) {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        }
    }
}
