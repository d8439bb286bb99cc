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

/** Rows as text, one line each, with every bit that counts. */
final class Reading {
    /**
     * Where a run stopped.
     *
     * @param position after its last row
     * @param classes known by then
     */
    record Stopped(Position position, List<String> classes) {}

    private Reading() {}

    static ChunkBuffer buffer(ChunkSource source, int rows) {
        return new ChunkBuffer(
                source.schema(),
                rows,
                source.plan().map(plan -> plan.keys().size()).orElse(0));
    }

    static List<String> all(SourceContract contract) {
        try (ChunkSource source = contract.open()) {
            return rest(source, contract.rows(), contract.rows(), true);
        }
    }

    static List<String> byLabel(SourceContract contract) {
        try (ChunkSource source = contract.open()) {
            return rest(source, contract.rows(), contract.rows(), false);
        }
    }

    static List<String> rest(ChunkSource source, int size, int most, boolean indexes) {
        ChunkBuffer buffer = buffer(source, size);
        List<String> lines = new ArrayList<>();
        buffer.limit(Math.min(size, most));
        while (lines.size() < most && source.next(buffer)) {
            add(buffer, lines, indexes);
            buffer.limit(Math.min(size, most - lines.size()));
        }
        return lines;
    }

    static void add(ChunkBuffer buffer, List<String> lines, boolean indexes) {
        Chunk chunk = buffer.chunk();
        boolean labels = chunk.schema().target().kind() == Target.Kind.CATEGORICAL && !indexes;
        for (int row = 0; row < chunk.rows(); row++) {
            StringBuilder line = new StringBuilder();
            double[] cells = Rows.cells(chunk, row);
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

    static void check(Chunk chunk, int row, String place) {
        double[] cells = Rows.cells(chunk, row);
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
