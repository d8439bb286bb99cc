package org.accrete.core.source;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Column;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;

/** One row for each row of a source, of the same or other columns. */
final class Mapped extends OneSource {
    private final Rows.RowFunction function;
    private final boolean sourceClasses;

    private Mapped(
            String step, ChunkSource source, Schema schema, Optional<ColumnPlan> plan, Rows.RowFunction function) {
        super(step, source, schema, plan);
        this.function = function;
        this.sourceClasses = isCategorical(source.schema()) || !isCategorical(schema);
    }

    private static boolean isCategorical(Schema schema) {
        return schema.target().kind() == Target.Kind.CATEGORICAL;
    }

    /** A plan would encode raw rows as they were before the function. */
    static Mapped map(ChunkSource source, Schema schema, Rows.RowFunction function) {
        boolean both = isCategorical(source.schema()) && isCategorical(schema);
        return new Mapped(
                "map(",
                source,
                both ? schema.withClasses(source.schema().target().classes()) : schema,
                Optional.empty(),
                function);
    }

    static Mapped select(ChunkSource source, List<String> names) {
        Schema all = source.schema();
        Set<String> wanted = new HashSet<>(names);
        int[] columns = new int[all.width()];
        Arrays.fill(columns, -1);
        List<Block> blocks = new ArrayList<>();
        int from = 0;
        int to = 0;
        for (Block block : all.blocks()) {
            if (wanted.contains(block.name())) {
                blocks.add(block);
                for (int j = 0; j < block.width(); j++) {
                    columns[from + j] = to++;
                }
            }
            from += block.width();
        }
        blocks.forEach(block -> wanted.remove(block.name()));
        if (!wanted.isEmpty()) {
            throw AccreteException.badArgument(
                    "no column is named '" + wanted.iterator().next() + "' in " + source.name() + "; it has "
                            + all.blocks().stream().map(Block::name).toList());
        }
        Schema schema = new Schema(blocks, all.target());
        return new Mapped(
                "select(" + schema.fingerprint(),
                source,
                schema,
                source.plan()
                        .map(plan -> planOf(plan, new HashSet<>(names)))
                        .filter(plan -> plan.schema().blocks().equals(blocks)),
                new Selected(columns));
    }

    /** {@return a plan that ignores the columns of which no block is wanted} */
    private static ColumnPlan planOf(ColumnPlan plan, Set<String> wanted) {
        List<Column> columns = new ArrayList<>();
        for (Column column : plan.columns()) {
            List<Block> blocks = new ColumnPlan(
                            column instanceof Column.Cross ? ignoringAllBut(plan, column) : List.of(column))
                    .schema()
                    .blocks();
            if (blocks.isEmpty() || blocks.stream().anyMatch(block -> wanted.contains(block.name()))) {
                columns.add(column);
            } else if (!(column instanceof Column.Cross)) {
                columns.add(new Column.Ignore(column.name()));
            }
        }
        return new ColumnPlan(columns);
    }

    /** A cross needs the columns that it crosses, which need no blocks. */
    private static List<Column> ignoringAllBut(ColumnPlan plan, Column cross) {
        List<Column> columns = new ArrayList<>();
        for (String name : plan.rawNames()) {
            columns.add(new Column.Ignore(name));
        }
        columns.add(cross);
        return columns;
    }

    /** Copies some of the columns. */
    private static final class Selected implements Rows.RowFunction {
        private final int[] columns;

        /**
         * Selects columns.
         *
         * @param columns the new number of each column; −1 for one that is left out
         */
        Selected(int[] columns) {
            this.columns = columns;
        }

        @Override
        public void apply(Chunk rows, int row, ChunkBuffer out) {
            if (rows instanceof SparseChunk sparse) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    int to = columns[sparse.indices()[k]];
                    if (to >= 0) {
                        out.put(to, sparse.values()[k]);
                    }
                }
            } else if (rows instanceof DenseChunk dense) {
                int offset = dense.offset(row);
                for (int from = 0; from < columns.length; from++) {
                    if (columns[from] >= 0) {
                        out.put(columns[from], dense.values()[offset + from]);
                    }
                }
            }
        }
    }

    @Override
    void fill(ChunkBuffer buffer) {
        if (buffer.room() == 0 || !read(buffer.room(), buffer)) {
            return;
        }
        ChunkBuffer from = feed.rows();
        Chunk chunk = from.chunk();
        for (int row = 0; row < chunk.rows(); row++) {
            buffer.beginRow(chunk, row);
            function.apply(chunk, row, buffer);
            for (int k = 0; k < buffer.keyCount(); k++) {
                buffer.key(k, from.key(row, k));
            }
            buffer.endRow();
            buffer.place(buffer.rows() - 1, from.place(row));
        }
    }

    @Override
    List<String> classes() {
        return sourceClasses ? super.classes() : schema().target().classes();
    }
}
