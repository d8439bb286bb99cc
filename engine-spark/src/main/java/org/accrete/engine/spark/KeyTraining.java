package org.accrete.engine.spark;

import java.io.Serializable;
import java.util.Iterator;
import java.util.Optional;
import org.accrete.core.pipeline.Pipeline;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/**
 * Learns the rows of each key with a pipeline of its own, in an executor.
 *
 * @param base the state that each key begins with
 * @param chunkRows rows per chunk
 */
record KeyTraining(Broadcast<StateBytes> base, int chunkRows) implements Serializable {
    /**
     * What was learned of one key.
     *
     * @param key text of the key
     * @param rows how many rows it has
     * @param state after them
     */
    record KeyState(String key, long rows, StateBytes state) implements Serializable {}

    /** {@return the states of the keys of a partition, one after the other} Its rows are sorted by key. */
    Iterator<KeyState> of(Iterator<Row> sorted) {
        Group group = new Group(sorted);
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return group.hasMore();
            }

            @Override
            public KeyState next() {
                String key = group.begin();
                Pipeline pipeline = Pipeline.restore(Here.PLUG_INS, base.value().state());
                ShardTraining.fit(pipeline, group, chunkRows);
                return new KeyState(key, pipeline.rowsSeen(), StateBytes.of(pipeline.state()));
            }
        };
    }

    /** The encoded rows that follow each other with the same key. */
    private static final class Group implements Iterator<byte[]> {
        private final Iterator<Row> rows;
        private Optional<Row> next = Optional.empty();
        private String key = "";

        Group(Iterator<Row> rows) {
            this.rows = rows;
            advance();
        }

        private void advance() {
            next = rows.hasNext() ? Optional.of(rows.next()) : Optional.empty();
        }

        boolean hasMore() {
            return next.isPresent();
        }

        /** {@return the key of the rows that come now} */
        String begin() {
            key = next.orElseThrow().getString(EncodeRows.KEY);
            return key;
        }

        @Override
        public boolean hasNext() {
            return next.isPresent() && next.get().getString(EncodeRows.KEY).equals(key);
        }

        @Override
        public byte[] next() {
            byte[] row = next.orElseThrow().getAs(EncodeRows.ROW);
            advance();
            return row;
        }
    }
}
