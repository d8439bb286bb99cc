package org.accrete.engine.spark;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;

/**
 * The rows of one shard that one round learns.
 *
 * @param round which round, from 0
 * @param rows encoded, in order
 * @param hash of all rows of the shard, those of other rounds too
 */
@SuppressWarnings("ArrayRecordComponent") // Sent as it is, and never compared.
record Slice(int round, byte[][] rows, long hash) implements Serializable {
    /**
     * Cuts the sorted rows of a shard into as many slices as there are rounds, whose lengths differ by at most 1.
     *
     * @param rounds how many
     */
    record Cut(int rounds) implements FlatMapFunction<Iterator<Row>, Slice> {
        @Override
        public Iterator<Slice> call(Iterator<Row> sorted) {
            List<byte[]> rows = new ArrayList<>();
            EncodeRows.Read read = new EncodeRows.Read(sorted);
            read.forEachRemaining(rows::add);
            List<Slice> slices = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                int from = (int) ((long) rows.size() * round / rounds);
                int to = (int) ((long) rows.size() * (round + 1) / rounds);
                slices.add(new Slice(round, rows.subList(from, to).toArray(byte[][]::new), read.hash()));
            }
            return slices.iterator();
        }
    }
}
