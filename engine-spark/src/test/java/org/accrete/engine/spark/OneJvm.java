package org.accrete.engine.spark;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;

/** The oracle: trains the same shards in one JVM, without Spark, from records. */
final class OneJvm {
    /** A record, and where it belongs. */
    private record Placed(Map<String, Object> record, Instant time, long hash, byte[] bytes, int shard) {}

    private OneJvm() {}

    /** Trains a pipeline that has seen nothing; {@return what a version of it would hold} */
    static State train(
            Pipeline pipeline,
            ColumnPlan plan,
            List<Map<String, Object>> records,
            int shards,
            int rounds,
            int chunkRows) {
        List<List<Map<String, Object>>> dealt = deal(plan, records, shards);
        for (int round = 0; round < rounds; round++) {
            List<Pipeline> trained = new ArrayList<>();
            for (int shard = 0; shard < shards; shard++) {
                Pipeline own = pipeline.shard(shard, shards);
                List<Map<String, Object>> rows = dealt.get(shard);
                learn(
                        own,
                        plan,
                        rows.subList(rows.size() * round / rounds, rows.size() * (round + 1) / rounds),
                        chunkRows);
                trained.add(own);
            }
            pipeline.join(trained);
        }
        return version(pipeline, plan);
    }

    /** Trains a pipeline with all rows in their order; {@return what a version of it would hold} */
    static State train(Pipeline pipeline, ColumnPlan plan, List<Map<String, Object>> records) {
        learn(pipeline, plan, deal(plan, records, 1).get(0), 1_000);
        return version(pipeline, plan);
    }

    private static State version(Pipeline pipeline, ColumnPlan plan) {
        return State.builder()
                .all(pipeline.state())
                .text("plan", plan.withClasses(pipeline.classes()).toText())
                .build();
    }

    /** {@return the records of each shard, sorted} */
    static List<List<Map<String, Object>>> deal(ColumnPlan plan, List<Map<String, Object>> records, int shards) {
        List<Placed> placed = new ArrayList<>();
        for (Map<String, Object> record : records) {
            // An encoder of its own, so that nothing depends on the rows before.
            RecordEncoder encoder = new RecordEncoder(plan, true);
            ChunkBuffer row = new ChunkBuffer(plan.schema(), 1);
            encoder.encode(record, row);
            byte[] bytes = new EncodedRow(plan.schema().target()).write(row.chunk());
            Instant time = (Instant) record.get("time");
            long hash = EncodeRows.hash(RecordEncoder.text(time), bytes);
            placed.add(new Placed(record, time, hash, bytes, EncodeRows.shard(hash, shards)));
        }
        placed.sort(Comparator.comparing(Placed::time)
                .thenComparingLong(Placed::hash)
                .thenComparing(Placed::bytes, Arrays::compareUnsigned));
        List<List<Map<String, Object>>> dealt = new ArrayList<>();
        for (int shard = 0; shard < shards; shard++) {
            int mine = shard;
            dealt.add(placed.stream()
                    .filter(one -> one.shard() == mine)
                    .map(Placed::record)
                    .toList());
        }
        return dealt;
    }

    private static void learn(Pipeline pipeline, ColumnPlan plan, List<Map<String, Object>> rows, int chunkRows) {
        LabelIndex labels = new LabelIndex(pipeline.classes());
        RecordEncoder encoder = new RecordEncoder(plan, true, labels);
        for (int from = 0; from < rows.size(); from += chunkRows) {
            ChunkBuffer chunk = new ChunkBuffer(pipeline.schema(), chunkRows);
            rows.subList(from, Math.min(rows.size(), from + chunkRows)).forEach(row -> encoder.encode(row, chunk));
            pipeline.partialFit(chunk.chunk());
        }
    }
}
