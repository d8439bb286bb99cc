package org.accrete.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;
import org.accrete.api.data.Target;

/** Reads sources for the tests of sources. A row becomes one line of text, equal exactly when the rows are. */
final class SourceFixtures {
    /**
     * The place where a run stopped.
     *
     * @param position the position after its last row
     * @param classes the classes known there
     */
    record ResumePoint(Position position, List<String> classes) {}

    private SourceFixtures() {}

    static ChunkBuffer newBuffer(ChunkSource source, int rows) {
        return new ChunkBuffer(
                source.schema(),
                rows,
                source.plan().map(plan -> plan.keys().size()).orElse(0));
    }

    /** {@return the rows of the source under test, targets as numbers} */
    static List<String> allRows(SourceContract contract) {
        try (ChunkSource source = contract.open()) {
            return readRows(source, contract.rows(), contract.rows(), true);
        }
    }

    /** {@return the rows of the source under test, targets as labels} */
    static List<String> allRowsByLabel(SourceContract contract) {
        try (ChunkSource source = contract.open()) {
            return readRows(source, contract.rows(), contract.rows(), false);
        }
    }

    /**
     * {@return the next rows of a source}
     *
     * @param size rows of a chunk
     * @param most most rows to read
     * @param indexes whether a categorical target is written as its index, not as its label
     */
    static List<String> readRows(ChunkSource source, int size, int most, boolean indexes) {
        ChunkBuffer buffer = newBuffer(source, size);
        List<String> lines = new ArrayList<>();
        buffer.limit(Math.min(size, most));
        while (lines.size() < most && source.next(buffer)) {
            appendRows(buffer, lines, indexes);
            buffer.limit(Math.min(size, most - lines.size()));
        }
        return lines;
    }

    /** Appends the rows of a buffer to a list, targets as {@link #readRows} writes them. */
    static void appendRows(ChunkBuffer buffer, List<String> lines, boolean indexes) {
        Chunk chunk = buffer.chunk();
        boolean labels = chunk.schema().target().kind() == Target.Kind.CATEGORICAL && !indexes;
        for (int row = 0; row < chunk.rows(); row++) {
            StringBuilder line = new StringBuilder();
            double[] cells = ChunkCopy.cells(chunk, row);
            for (int j = 0; j < cells.length; j++) {
                if (Double.doubleToRawLongBits(cells[j]) != 0) {
                    line.append(j).append(':').append(cells[j]).append(' ');
                }
            }
            if (chunk.hasTargets()) {
                double target = chunk.target(row);
                line.append("-> ").append(labels ? chunk.classes().get((int) target) : Double.toString(target));
            }
            line.append(" weight ").append(chunk.weight(row));
            for (int k = 0; k < buffer.keyCount(); k++) {
                line.append(" key ").append(buffer.key(row, k));
            }
            lines.add(line.toString());
        }
    }

    /** Fails when a row does not keep the promises of its blocks, or its weight or target is invalid. */
    static void assertValidRow(Chunk chunk, int row, String place) {
        double[] cells = ChunkCopy.cells(chunk, row);
        int from = 0;
        for (Block block : chunk.schema().blocks()) {
            int entries = 0;
            for (int j = from; j < from + block.width(); j++) {
                double cell = cells[j];
                String where = place + ", column " + chunk.schema().columnName(j);
                switch (block.kind()) {
                    case NUMERIC ->
                        assertThat(Double.isInfinite(cell))
                                .as("%s is infinite", where)
                                .isFalse();
                    case SPARSE ->
                        assertThat(Double.isFinite(cell))
                                .as("%s is a finite number", where)
                                .isTrue();
                    case CYCLE -> assertThat(cell).as(where).isBetween(-1.0, 1.0);
                    case ONE_HOT -> {
                        assertThat(cell == 0 || cell == 1)
                                .as("%s is 0 or 1, not %s", where, cell)
                                .isTrue();
                        entries += cell == 0 ? 0 : 1;
                    }
                }
            }
            assertThat(entries)
                    .as("entries of block '%s' in %s", block.name(), place)
                    .isLessThanOrEqualTo(1);
            from += block.width();
        }
        assertThat(Double.isFinite(chunk.weight(row)) && chunk.weight(row) >= 0)
                .as("the weight of %s is finite and at least 0, not %s", place, chunk.weight(row))
                .isTrue();
        if (chunk.schema().target().kind() != Target.Kind.NONE) {
            assertThat(chunk.hasTargets() && Double.isFinite(chunk.target(row)))
                    .as("%s has a finite target", place)
                    .isTrue();
        }
    }
}
