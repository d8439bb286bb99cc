package org.accrete.io.parquet;

import static org.accrete.io.parquet.ParquetFixtures.PARQUET;
import static org.accrete.io.parquet.ParquetFixtures.buffer;
import static org.accrete.io.parquet.ParquetFixtures.open;
import static org.accrete.io.parquet.ParquetFixtures.request;
import static org.accrete.io.parquet.ParquetFixtures.row;
import static org.accrete.io.parquet.ParquetFixtures.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Position;
import org.accrete.api.data.SourceRequest;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A position holds for the cells before it, wherever row groups begin and however pages are packed. */
class ParquetSeekTest {
    private static final int ROWS = 3_000;
    private static final int READ = 2_500;

    @TempDir
    Path folder;

    private Path file = Path.of("");
    private SourceRequest request = SourceRequest.of("");
    private Position position = Position.start();

    private void table(int changedRow, int rowGroup, CompressionCodecName codec) {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 1; i <= ROWS; i++) {
            rows.add(row(i == changedRow ? -1.0 : i, i % 2 == 0 ? "a" : "b", "unread " + i * changedRow));
        }
        write(
                file,
                "required double x; required binary y (STRING); required binary z (STRING);",
                rows,
                options -> options.withRowGroupRowCountLimit(rowGroup).withCompressionCodec(codec));
    }

    @BeforeEach
    void readMostRows() {
        file = folder.resolve("t.parquet");
        table(0, 1_000, CompressionCodecName.UNCOMPRESSED);
        request = request(file, "z=ignore").withTarget("y");
        try (ChunkSource source = open(PARQUET, request)) {
            ColumnPlan plan = source.plan().orElseThrow();
            request = request(file).withPlan(plan, true);
            ChunkBuffer buffer = buffer(source, READ);
            assertThat(source.next(buffer)).isTrue();
            position = buffer.position();
        }
    }

    private double nextNumber() {
        try (ChunkSource source = open(PARQUET, request)) {
            source.seek(position);
            ChunkBuffer buffer = buffer(source, 1);
            assertThat(source.next(buffer)).isTrue();
            return ((DenseChunk) buffer.chunk()).values()[0];
        }
    }

    @Test
    void aTableThatIsWrittenAnewIsTheSame() {
        for (int rowGroup : new int[] {ROWS, 7, 2_500, 999}) {
            table(0, rowGroup, CompressionCodecName.SNAPPY);
            assertThat(nextNumber()).as("row groups of %d", rowGroup).isEqualTo(READ + 1.0);
        }
    }

    @Test
    void aChangeInAnEarlierRowGroupIsRefused() {
        table(700, 1_000, CompressionCodecName.UNCOMPRESSED);
        assertThatThrownBy(this::nextNumber)
                .isInstanceOfSatisfying(
                        AccreteException.class,
                        e -> assertThat(e.line()).contains("t.parquet", "differs between its rows 513 and 1024"));
    }

    @Test
    void laterRowsAndColumnsThatAreNotReadMayChange() {
        table(READ + 1, 1_000, CompressionCodecName.UNCOMPRESSED);
        assertThat(nextNumber()).isEqualTo(-1.0);
    }
}
