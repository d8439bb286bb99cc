package org.accrete.engine.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.LabelIndex;
import org.accrete.core.pipeline.Pipeline;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;

/**
 * Learns one round of a shard, in an executor.
 *
 * @param base the state before the round
 * @param shards how many shards there are
 * @param chunkRows rows per chunk
 */
record ShardTraining(Broadcast<StateBytes> base, int shards, int chunkRows) implements Serializable {
    /** {@return the state of a shard after all of its rows, which are sorted} */
    Iterator<StateBytes> ofRows(int shard, Iterator<Row> rows) {
        return of(shard, encoded(rows));
    }

    /** {@return the state of a shard after the slice of one round} */
    Iterator<StateBytes> ofSlice(int shard, Iterator<Slice> slices, int round) {
        Iterator<byte[]> rows = List.<byte[]>of().iterator();
        while (slices.hasNext()) {
            Slice slice = slices.next();
            rows = slice.round() == round ? Arrays.asList(slice.rows()).iterator() : rows;
        }
        return of(shard, rows);
    }

    private Iterator<StateBytes> of(int shard, Iterator<byte[]> rows) {
        Pipeline pipeline =
                Pipeline.restore(Here.PLUG_INS, base.value().state()).shard(shard, shards);
        fit(pipeline, rows, chunkRows);
        return List.of(StateBytes.of(pipeline.state())).iterator();
    }

    /** {@return the encoded rows among the columns of {@link EncodeRows}} */
    static Iterator<byte[]> encoded(Iterator<Row> rows) {
        return new EncodeRows.Mapped<>(rows) {
            @Override
            Optional<byte[]> map(Row row) {
                return Optional.of(row.getAs(EncodeRows.ROW));
            }
        };
    }

    /** Lets a pipeline learn rows. */
    static void fit(Pipeline pipeline, Iterator<byte[]> rows, int chunkRows) {
        LabelIndex labels = new LabelIndex(pipeline.classes());
        ChunkBuffer chunk = new ChunkBuffer(pipeline.schema(), chunkRows);
        while (rows.hasNext()) {
            EncodedRow.read(rows.next(), labels, chunk);
            if (chunk.isFull() || !rows.hasNext()) {
                try {
                    pipeline.partialFit(chunk.chunk());
                } catch (AccreteException e) {
                    throw e.at("a row of the dataset");
                }
                chunk.clear();
            }
        }
    }
}
