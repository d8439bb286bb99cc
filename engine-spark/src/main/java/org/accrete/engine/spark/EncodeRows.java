package org.accrete.engine.spark;

import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.file.RowHash;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Encodes rows in executors, and says where each belongs by what it holds: its shard, its key where each key has a
 * model of its own, its place by the column that orders rows, and a hash for rows of the same place.
 *
 * @param plan text of the column plan
 * @param names of the columns that are read; the first ones of the row
 * @param order place of the column that orders the rows
 * @param key place of the column whose text says which shard a row belongs to, −1 for the encoded row itself
 * @param isPerKey whether that text is handed on, because each key has a model of its own
 * @param shards how many shards there are
 */
record EncodeRows(String plan, List<String> names, int order, int key, boolean isPerKey, int shards)
        implements MapPartitionsFunction<Row, Row> {
    static final int KEY = 1;
    static final int ROW = 4;
    private static final int HASH = 3;

    /** {@return the columns of what is made} */
    static StructType schema(DataType order) {
        return new StructType()
                .add("shard", DataTypes.IntegerType)
                .add("key", DataTypes.StringType)
                .add("order", order)
                .add("hash", DataTypes.LongType)
                .add("row", DataTypes.BinaryType);
    }

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
        ColumnPlan columns = ColumnPlan.parse(plan);
        RecordEncoder encoder = new RecordEncoder(columns, true);
        ChunkBuffer one = new ChunkBuffer(encoder.schema(), 1);
        EncodedRow writer = new EncodedRow(encoder.schema().target());
        return new Mapped<>(rows) {
            private Optional<SparkColumns.NamedRow> record = Optional.empty();

            @Override
            Optional<Row> map(Row row) {
                SparkColumns.NamedRow current = record.orElseGet(() -> new SparkColumns.NamedRow(names, row));
                record = Optional.of(current.of(row));
                one.clear();
                try {
                    encoder.encode(current, one);
                } catch (AccreteException e) {
                    if (e.kind() == AccreteException.Kind.LEFT_OUT) {
                        return Optional.empty();
                    }
                    throw e.at("a row of the dataset");
                }
                return Optional.of(placed(row, writer.write(one.chunk())));
            }
        };
    }

    private Row placed(Row row, byte[] encoded) {
        long hash = hash(SparkColumns.text(row, order), encoded);
        String text = key < 0 ? "" : SparkColumns.text(row, key);
        return RowFactory.create(
                shard(key < 0 ? hash : hash(text), shards), isPerKey ? text : "", row.get(order), hash, encoded);
    }

    /** {@return the hash of a row, by which rows of the same place are sorted} */
    static long hash(String order, byte[] encoded) {
        return RowHash.of(hash(order), encoded, 0, encoded.length);
    }

    /** {@return the hash of a key} */
    static long hash(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return RowHash.of(0, utf8, 0, utf8.length);
    }

    /** {@return the shard of a hash, from 0} */
    static int shard(long hash, int shards) {
        return (int) Long.remainderUnsigned(RowHash.mix(hash, shards), shards);
    }

    /** The encoded rows among what was made, and the sum of their hashes, which is the same in any order. */
    static final class Read implements Iterator<byte[]> {
        private final Iterator<Row> rows;
        private long hash;

        Read(Iterator<Row> rows) {
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public byte[] next() {
            Row row = rows.next();
            hash += row.getLong(HASH);
            return row.getAs(ROW);
        }

        /** {@return the sum of the hashes of the rows so far} */
        long hash() {
            return hash;
        }
    }

    /** What is made of each element of an iterator, without those of which nothing is made. */
    abstract static class Mapped<A, B> implements Iterator<B> {
        private final Iterator<A> from;
        private Optional<B> next = Optional.empty();

        Mapped(Iterator<A> from) {
            this.from = from;
        }

        abstract Optional<B> map(A element);

        @Override
        public boolean hasNext() {
            while (next.isEmpty() && from.hasNext()) {
                next = map(from.next());
            }
            return next.isPresent();
        }

        @Override
        public B next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            B found = next.orElseThrow();
            next = Optional.empty();
            return found;
        }
    }
}
