package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;

/** Compares the tables of two sources, which must have the same plan and the same rows, to the last bit. */
public final class SameTable {
    private static final int CHUNK_ROWS = 100;

    private SameTable() {}

    /**
     * {@return the plan and the rows as lines, with the bits of every number}
     *
     * @param opened has a column plan; read to its end and closed
     */
    public static List<String> lines(ChunkSource opened) {
        try (ChunkSource source = opened) {
            List<String> rows =
                    new ArrayList<>(List.of(source.plan().orElseThrow().toText()));
            ChunkBuffer buffer = SourceFixtures.newBuffer(source, CHUNK_ROWS);
            while (source.next(buffer)) {
                addRows(buffer, rows);
            }
            return rows;
        }
    }

    /**
     * Compares tables, of which only the first row that differs is told.
     *
     * @param got {@link #lines} of the one
     * @param wanted of the other
     */
    public static void assertSame(List<String> got, List<String> wanted) {
        for (int i = 0; i < Math.min(got.size(), wanted.size()); i++) {
            assertThat(got.get(i)).as(i == 0 ? "the plan" : "row " + i).isEqualTo(wanted.get(i));
        }
        assertThat(got).hasSameSizeAs(wanted);
    }

    private static void addRows(ChunkBuffer buffer, List<String> rows) {
        Chunk chunk = buffer.chunk();
        for (int row = 0; row < chunk.rows(); row++) {
            StringBuilder text = new StringBuilder();
            if (chunk instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    text.append(sparse.indices()[k]).append(':');
                    append(sparse.values()[k], text);
                }
            } else if (chunk instanceof DenseChunk dense) {
                for (int j = 0; j < chunk.width(); j++) {
                    append(dense.values()[dense.offset(row) + j], text);
                }
            }
            for (int k = 0; k < buffer.keyCount(); k++) {
                text.append('\'').append(buffer.key(row, k)).append("' ");
            }
            if (chunk.hasWeights()) {
                text.append('w');
                append(chunk.weight(row), text);
            }
            if (chunk.hasTargets()) {
                text.append('=');
                append(chunk.target(row), text);
            }
            rows.add(text.append(chunk.classes()).toString());
        }
    }

    /** Appends a number, and its bits, which tell the sign of zero and the form of NaN. */
    private static void append(double value, StringBuilder text) {
        text.append(value)
                .append('/')
                .append(Long.toHexString(Double.doubleToRawLongBits(value)))
                .append(' ');
    }
}
