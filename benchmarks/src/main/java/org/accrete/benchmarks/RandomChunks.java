package org.accrete.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.random.RandomGenerator;
import org.apache.commons.math3.random.Well19937c;

/** Rows with standard normal features and a noisy linear target; sparse ones are hashed categories. */
final class RandomChunks {
    private RandomChunks() {}

    /** {@return so many chunks that no branch can be learned by heart, but few enough for a small heap} */
    static Chunk[] several(int width, int entries, Target target, int rows) {
        int most = rows == 1 ? 2_000 : 64;
        Chunk[] chunks = new Chunk[Math.max(2, Math.min(most, 4_000_000 / Math.max(1, rows * entries)))];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = one(width, entries, target, rows, 7 + i);
        }
        return chunks;
    }

    /** {@return a chunk; fewer entries than columns make it sparse} */
    static Chunk one(int width, int entries, Target target, int rows, long seed) {
        return entries >= width ? dense(width, target, rows, seed) : sparse(width, entries, target, rows, seed);
    }

    private static Chunk dense(int width, Target target, int rows, long seed) {
        RandomGenerator random = new Well19937c(seed);
        NormalDistribution normal = new NormalDistribution(random, 0, 1);
        ChunkBuffer buffer = new ChunkBuffer(Schema.numeric(width, target), rows);
        for (int row = 0; row < rows; row++) {
            buffer.beginRow();
            double sum = 0;
            for (int j = 0; j < width; j++) {
                double x = normal.sample();
                buffer.put(j, x);
                sum += j % 2 == 0 ? x : -x;
            }
            end(buffer, target, sum / Math.sqrt(width), random);
        }
        return buffer.chunk();
    }

    /** As many one-hot blocks as there are entries per row. */
    private static Chunk sparse(int width, int blocks, Target target, int rows, long seed) {
        RandomGenerator random = new Well19937c(seed);
        List<Block> layout = new ArrayList<>();
        int[] starts = new int[blocks + 1];
        for (int b = 0; b < blocks; b++) {
            starts[b + 1] = (int) ((long) width * (b + 1) / blocks);
            layout.add(new Block("c" + b, Block.Kind.ONE_HOT, starts[b + 1] - starts[b]));
        }
        ChunkBuffer buffer = new ChunkBuffer(new Schema(layout, target), rows);
        for (int row = 0; row < rows; row++) {
            buffer.beginRow();
            int odd = 0;
            for (int b = 0; b < blocks; b++) {
                int column = starts[b] + random.nextInt(starts[b + 1] - starts[b]);
                buffer.put(column, 1.0);
                odd += column & 1;
            }
            end(buffer, target, (2.0 * odd - blocks) / Math.sqrt(blocks), random);
        }
        return buffer.chunk();
    }

    private static void end(ChunkBuffer buffer, Target target, double signal, RandomGenerator random) {
        double noisy = signal + 0.5 * random.nextGaussian();
        switch (target.kind()) {
            case CATEGORICAL -> {
                int classes = target.classes().size();
                double share = new NormalDistribution(null, 0, 1.2).cumulativeProbability(noisy);
                buffer.target(Math.min(classes - 1, (int) (share * classes)));
            }
            case NUMERIC -> buffer.target(noisy);
            default -> {}
        }
        buffer.endRow();
    }
}
