package org.accrete.engine.spark;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
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
 * @param isEnsemble whether each shard trains some members of an ensemble with all rows
 * @param chunkRows rows per chunk
 */
record ShardTraining(Broadcast<StateBytes> base, int shards, boolean isEnsemble, int chunkRows)
        implements Serializable {
    /**
     * What a shard is after a round.
     *
     * @param state of its pipeline
     * @param hash of all rows of the shard, those of other rounds too
     */
    record Learned(StateBytes state, long hash) implements Serializable {}

    /** {@return a shard after all of its rows, which are sorted} */
    Iterator<Learned> ofRows(int shard, Iterator<Row> rows) {
        EncodeRows.Read read = new EncodeRows.Read(rows);
        StateBytes state = of(shard, read);
        return List.of(new Learned(state, read.hash())).iterator();
    }

    /** {@return a shard after the slice of one round} */
    Iterator<Learned> ofSlice(int shard, Iterator<Slice> slices, int round) {
        while (slices.hasNext()) {
            Slice slice = slices.next();
            if (slice.round() == round) {
                StateBytes state = of(shard, Arrays.asList(slice.rows()).iterator());
                return List.of(new Learned(state, slice.hash())).iterator();
            }
        }
        throw new IllegalStateException("shard " + shard + " has no rows of round " + round);
    }

    private StateBytes of(int shard, Iterator<byte[]> rows) {
        Pipeline whole = Pipeline.restore(Here.PLUG_INS, base.value().state());
        Pipeline pipeline = isEnsemble ? whole.membersOf(shard, shards) : whole.shard(shard, shards);
        fit(pipeline, rows, chunkRows);
        return StateBytes.of(pipeline.state());
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
