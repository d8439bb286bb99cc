package org.accrete.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;

/**
 * Writes rows of chunks to a file, from which our sources read the same chunks again, bit for bit, with the
 * {@link PlanFile} that belongs beside it. Memory does not depend on the number of rows. Not thread-safe.
 *
 * <p>{@link #write} takes chunk after chunk, {@link #finish} completes the file, and {@link #close} alone leaves it
 * incomplete. Each may fail with an I/O error, such as a full disk.
 */
public abstract class EncodedRowsWriter implements Closeable {
    /** Endings of files that can be written. */
    public static final List<String> ENDINGS = List.of("npy", "npz", "libsvm", "jsonl", "csv");

    /** A wider matrix, of rows that are mostly 0, would be a large file of zeros. */
    private static final int MOST_SPARSE_COLUMNS = 10_000;

    private static final int MOST_COLUMNS = 1 << 20;

    final Schema schema;
    final int width;
    final boolean hasWeight;
    final boolean hasTarget;
    private final ColumnPlan plan;
    private long rows;
    private List<String> classes;

    EncodedRowsWriter(ColumnPlan plan) {
        this.plan = plan;
        schema = plan.schema();
        width = schema.width();
        hasWeight = EncodedRows.weight(plan).isPresent();
        hasTarget = schema.target().kind() != Target.Kind.NONE;
        classes = schema.target().classes();
    }

    /**
     * Refuses a file that cannot be written.
     *
     * @param file the file that is to be; its ending says how it is written
     * @param plan how the rows are encoded
     * @throws AccreteException bad argument: another ending, or the rows do not fit it; the message says which would do
     */
    public static void require(Path file, ColumnPlan plan) {
        String ending = ending(file);
        Schema schema = plan.schema();
        int width = schema.width();
        if (width == 0) {
            throw AccreteException.badArgument("there are no columns to write");
        }
        boolean isText = ending.equals("csv") || ending.equals("jsonl");
        if (!isText && !plan.keys().isEmpty()) {
            throw AccreteException.badArgument("a ." + ending + " file has no room for keys, here "
                    + String.join(", ", plan.keys()) + "; write a .csv or .jsonl file, which keeps them, or leave them"
                    + " out with --column " + plan.keys().get(0) + "=ignore");
        }
        if (ending.equals("npy") && width > (schema.isSparse() ? MOST_SPARSE_COLUMNS : MOST_COLUMNS)) {
            throw AccreteException.badArgument("each row has " + width + " columns"
                    + (schema.isSparse() ? ", nearly all of them 0," : "") + " which take " + (width >> 7)
                    + " kB in a .npy file; write a .npz or .libsvm file, which holds only what is not 0");
        }
    }

    private static String ending(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return ENDINGS.stream()
                .filter(ending -> name.endsWith("." + ending))
                .findFirst()
                .orElseThrow(() -> AccreteException.badArgument("encoded rows are written to a file that ends in ."
                        + String.join(", .", ENDINGS) + " but it is '" + file + "'"));
    }

    /**
     * {@return the name of the plan's file of a file of encoded rows, in the same folder}
     *
     * @param file the rows
     */
    public static Path planFile(Path file) {
        return EncodedRows.planFile(file);
    }

    /**
     * Opens a file for writing.
     *
     * @param file the name that it will have; its ending says how it is written
     * @param unfinished the file that is written now, which the caller moves; others beside it have longer names, and
     *     are removed by {@link #close}
     * @param plan how the rows are encoded
     * @return the writer, which the caller closes
     * @throws AccreteException as {@link #require}
     * @throws IOException if it cannot be written
     */
    public static EncodedRowsWriter open(Path file, Path unfinished, ColumnPlan plan) throws IOException {
        require(file, plan);
        return switch (ending(file)) {
            case "npy" -> new NpyWriter(plan, unfinished);
            case "npz" -> new NpzWriter(plan, unfinished);
            case "libsvm" -> new LibSvmWriter(plan, unfinished);
            case "jsonl" -> new CellsWriter(plan, unfinished, true);
            default -> new CellsWriter(plan, unfinished, false);
        };
    }

    /**
     * Writes rows.
     *
     * @param buffer rows of the plan's schema, with its keys
     * @throws IOException if they cannot be written
     * @throws AccreteException bad data: an infinite number, or weights that the plan does not have
     */
    public final void write(ChunkBuffer buffer) throws IOException {
        Chunk chunk = buffer.chunk();
        if (chunk.hasWeights() && !hasWeight) {
            throw AccreteException.badData("the rows have weights but their column plan has no column of weights");
        }
        for (int row = 0; row < chunk.rows(); row++) {
            requireFinite(chunk, row);
            writeRow(buffer, row);
        }
        if (chunk.rows() > 0) {
            rows += chunk.rows();
            classes = chunk.classes();
        }
    }

    private void requireFinite(Chunk chunk, int row) {
        boolean isFinite = !hasTarget || !Double.isInfinite(chunk.target(row));
        if (chunk instanceof DenseChunk dense) {
            int offset = dense.offset(row);
            for (int i = offset; i < offset + width; i++) {
                isFinite &= !Double.isInfinite(dense.values()[i]);
            }
        } else if (chunk instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                isFinite &= !Double.isInfinite(sparse.values()[k]);
            }
        }
        if (!isFinite) {
            throw AccreteException.badData(
                    "row " + (rows + row + 1) + " has an infinite number, which is not read back");
        }
    }

    abstract void writeRow(ChunkBuffer buffer, int row) throws IOException;

    /**
     * Completes the file and forces it to the disk.
     *
     * @return what belongs into the file beside it
     * @throws IOException if it cannot be written
     */
    public final PlanFile finish() throws IOException {
        boolean isCategorical = schema.target().kind() == Target.Kind.CATEGORICAL;
        List<String> names = isCategorical ? List.copyOf(classes) : List.of();
        long bytes = complete(names);
        return new PlanFile(plan, Optional.of(new PlanFile.Encoded(bytes, names)));
    }

    /** Completes the file; returns its length. */
    abstract long complete(List<String> names) throws IOException;

    /** {@return how many rows were written} */
    public final long rows() {
        return rows;
    }

    /** Gets what is not 0 of a row. */
    interface Entries {
        void put(int column, double value) throws IOException;
    }

    /** Gives what is not 0 of a row, by column; of a sparse row all that is stored. */
    static void entries(Chunk chunk, int row, Entries out) throws IOException {
        if (chunk instanceof SparseChunk sparse) {
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                out.put(sparse.indices()[k], sparse.values()[k]);
            }
        } else if (chunk instanceof DenseChunk dense) {
            int offset = dense.offset(row);
            for (int i = 0; i < chunk.width(); i++) {
                if (dense.values()[offset + i] != 0.0) {
                    out.put(i, dense.values()[offset + i]);
                }
            }
        }
    }

    /** {@return the target of a row; NaN if it has none} */
    static double target(Chunk chunk, int row) {
        return chunk.hasTargets() ? chunk.target(row) : Double.NaN;
    }

    /** A line for each row, with indices from 1. */
    private static final class LibSvmWriter extends EncodedRowsWriter {
        private final BinaryFile out;
        private final StringBuilder line = new StringBuilder();

        LibSvmWriter(ColumnPlan plan, Path file) throws IOException {
            super(plan);
            out = new BinaryFile(file);
        }

        @Override
        void writeRow(ChunkBuffer buffer, int row) throws IOException {
            Chunk chunk = buffer.chunk();
            line.setLength(0);
            double target = target(chunk, row);
            line.append(!hasTarget ? "0" : Double.isNaN(target) ? "nan" : EncodedRows.text(target));
            entries(
                    chunk,
                    row,
                    (column, value) -> line.append(' ')
                            .append(column + 1)
                            .append(':')
                            .append(Double.isNaN(value) ? "nan" : EncodedRows.text(value)));
            if (hasWeight) {
                line.append(" # ").append(EncodedLibSvmFormat.WEIGHT).append(EncodedRows.text(chunk.weight(row)));
            }
            out.put(line.append('\n'));
        }

        @Override
        long complete(List<String> names) throws IOException {
            return out.finish();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }

    /** CSV with a header, or JSON lines: the cells of {@link EncodedRows#textColumns}. */
    private static final class CellsWriter extends EncodedRowsWriter {
        private final BinaryFile out;
        private final boolean isJson;
        private final List<String> names;
        private final List<Integer> ends = new ArrayList<>();
        private final int numbers;
        private final StringBuilder line = new StringBuilder();
        private final double[] values;
        private final StringBuilder[] blocks;
        private int cell;

        CellsWriter(ColumnPlan plan, Path file, boolean isJson) throws IOException {
            super(plan);
            this.isJson = isJson;
            ColumnPlan columns = EncodedRows.textColumns(plan);
            names = columns.columns().stream()
                    .map(column -> isJson ? PlanFile.quoted(column.name()) : csv(column.name()))
                    .toList();
            numbers = EncodedRows.numbers(schema);
            values = new double[numbers];
            int end = numbers;
            for (int i = 0; i < schema.blocks().size(); i++) {
                if (schema.blocks().get(i).kind().isSparse()) {
                    end += schema.blocks().get(i).width();
                    ends.add(end);
                }
            }
            blocks = IntStream.range(0, ends.size())
                    .mapToObj(i -> new StringBuilder())
                    .toArray(StringBuilder[]::new);
            out = new BinaryFile(file);
            if (!isJson) {
                out.put(line.append(String.join(",", names)).append('\n'));
            }
        }

        @Override
        void writeRow(ChunkBuffer buffer, int row) throws IOException {
            Chunk chunk = buffer.chunk();
            line.setLength(0);
            cell = 0;
            for (int key = 0; key < buffer.keyCount(); key++) {
                text(buffer.key(row, key));
            }
            collect(chunk, row);
            for (double value : values) {
                number(value);
            }
            for (StringBuilder block : blocks) {
                // No cell is empty, since a line of empty cells only is a blank line.
                text(block.isEmpty() ? "0:0" : block.toString());
            }
            if (hasWeight) {
                number(chunk.weight(row));
            }
            if (hasTarget) {
                double target = target(chunk, row);
                if (schema.target().kind() == Target.Kind.NUMERIC || Double.isNaN(target)) {
                    number(target);
                } else {
                    text(chunk.classes().get((int) target));
                }
            }
            out.put(line.append(isJson ? "}\n" : "\n"));
        }

        private void collect(Chunk chunk, int row) throws IOException {
            Arrays.fill(values, 0);
            for (StringBuilder block : blocks) {
                block.setLength(0);
            }
            entries(chunk, row, (column, value) -> {
                if (column < numbers) {
                    values[column] = value;
                    return;
                }
                int block = 0;
                while (column >= ends.get(block)) {
                    block++;
                }
                int first = block == 0 ? numbers : ends.get(block - 1);
                blocks[block]
                        .append(blocks[block].isEmpty() ? "" : " ")
                        .append(column - first)
                        .append(':')
                        .append(EncodedRows.text(value));
            });
        }

        private void begin() {
            if (isJson) {
                line.append(cell == 0 ? "{" : ", ").append(names.get(cell)).append(": ");
            } else if (cell > 0) {
                line.append(',');
            }
            cell++;
        }

        private void number(double value) {
            begin();
            line.append(Double.isNaN(value) ? (isJson ? "null" : "NaN") : EncodedRows.text(value));
        }

        private void text(String value) {
            begin();
            line.append(isJson ? PlanFile.quoted(value) : csv(value));
        }

        /** {@return a cell, quoted where that is needed: also for blanks around it, which a key keeps} */
        private static String csv(String text) {
            boolean isPlain = !text.isEmpty()
                    && text.chars().noneMatch(c -> c < ' ' || c == ',' || c == '"')
                    && text.charAt(0) > ' '
                    && text.charAt(text.length() - 1) > ' ';
            return isPlain ? text : '"' + text.replace("\"", "\"\"") + '"';
        }

        @Override
        long complete(List<String> labels) throws IOException {
            return out.finish();
        }

        @Override
        public void close() throws IOException {
            out.close();
        }
    }
}
