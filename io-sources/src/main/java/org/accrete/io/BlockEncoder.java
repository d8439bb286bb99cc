package org.accrete.io;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RowEncoder;
import org.accrete.api.data.RowFilter;
import org.accrete.api.data.Schema;

/**
 * Encodes the records of blocks on one of several threads. Whatever depends on the rows before is left to the one
 * thread that gets the blocks in order: to encode a record that was refused here, and to number the labels.
 */
final class BlockEncoder {
    private static final int MOST_ROWS = TextBlock.SIZE;

    private final ColumnPlan plan;
    private final Schema schema;
    private final boolean targetNeeded;
    private final Optional<RowFilter> where;
    private final int keyCount;
    private final boolean hashes;
    private TextHeader header = TextHeader.UNKNOWN;
    private Optional<RowEncoder> encoder = Optional.empty();
    private Optional<Labels> labels = Optional.empty();

    /** The index of each label of one encoder among all labels. Only for the thread that gets the blocks. */
    static final class Labels {
        private int[] indexes;
        private int count;
        private boolean areSame = true;

        /**
         * Begins with the labels that a plan knows, which have the same indexes everywhere.
         *
         * @param known how many there are
         */
        Labels(int known) {
            indexes = IntStream.range(0, known).toArray();
            count = known;
        }

        /**
         * Appends encoded rows to a chunk. Their labels are numbered in the order of the rows.
         *
         * @param block the block of the rows
         * @param from the first row
         * @param to the row after the last
         * @param all numbers all labels
         * @param out the chunk
         */
        void append(TextBlock block, int from, int to, RowEncoder all, ChunkBuffer out) {
            ChunkBuffer rows = block.rows.orElseThrow();
            for (int row = from; row < to && count < block.labelNames.size(); row++) {
                if (rows.chunk().target(row) >= count) {
                    add(block.labelNames.get(count), all);
                }
            }
            if (areSame) {
                out.append(rows, from, to);
            } else {
                out.append(rows, from, to, indexes);
            }
            out.classes(all.classes());
        }

        private void add(String label, RowEncoder all) {
            if (count == indexes.length) {
                indexes = Arrays.copyOf(indexes, Math.max(16, 2 * count));
            }
            indexes[count] = all.classIndex(label);
            areSame &= indexes[count] == count;
            count++;
        }
    }

    /**
     * Makes an encoder.
     *
     * @param where which records are encoded; empty for all
     * @param keyCount how many keys a row keeps
     * @param hashes whether records are hashed for a position
     */
    BlockEncoder(
            ColumnPlan plan,
            Schema schema,
            boolean targetNeeded,
            Optional<RowFilter> where,
            int keyCount,
            boolean hashes) {
        this.hashes = hashes;
        this.plan = plan;
        this.schema = schema;
        this.targetNeeded = targetNeeded;
        this.where = where;
        this.keyCount = keyCount;
    }

    private static void hash(TextBlock block) {
        if (block.hashes.length < block.records) {
            block.hashes = new long[2 * block.records];
        }
        for (int record = 0; record < block.records; record++) {
            block.hashes[record] = block.hashOf(record);
        }
        block.isHashed = true;
    }

    /** Encodes all records of a block that can be encoded. */
    void encode(TextBlock block) {
        if (hashes) {
            hash(block);
        }
        if (!block.header.equals(header)) {
            header = block.header;
            labels = Optional.of(new Labels(schema.target().classes().size()));
            try {
                encoder = Optional.of(new RowEncoder(plan, header.names(), targetNeeded, where));
            } catch (AccreteException e) {
                // A column is missing, which is told when its first record is reached.
                encoder = Optional.empty();
            }
        }
        ChunkBuffer rows = block.rows
                .filter(buffer -> buffer.schema() == schema && buffer.keyCount() == keyCount)
                .orElseGet(() -> new ChunkBuffer(schema, MOST_ROWS, keyCount));
        rows.clear();
        block.rows = Optional.of(rows);
        if (encoder.isEmpty()) {
            block.refused.set(0, block.records);
            return;
        }
        RowEncoder some = encoder.get();
        for (int record = 0; record < block.records; record++) {
            if (block.wrong.get(record)) {
                block.refused.set(record);
                continue;
            }
            if (!some.accepts(block.text, block.borders, block.firsts[record], block.cells(record))) {
                block.refused.set(record);
                block.filtered.set(record);
                continue;
            }
            try {
                some.encode(block.text, block.borders, block.firsts[record], block.cells(record), rows);
            } catch (AccreteException e) {
                block.refused.set(record);
            }
        }
        block.labels = labels;
        block.labelNames = some.classes();
    }
}
