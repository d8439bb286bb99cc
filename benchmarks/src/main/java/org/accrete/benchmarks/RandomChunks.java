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

/**
 * Random rows. Dense ones have standard normal features and a noisy linear target. Without a target, features are
 * correlated, so that a transformer has something to find. Sparse ones are hashed categories.
 */
final class RandomChunks {
    private RandomChunks() {}

    /** {@return enough chunks that branch prediction does not learn the rows, few enough for a small heap} */
    static Chunk[] several(int width, int entries, Target target, int rows) {
        int most = rows == 1 ? 2_000 : 64;
        Chunk[] chunks = new Chunk[Math.max(2, Math.min(most, 4_000_000 / Math.max(1, rows * entries)))];
        for (int i = 0; i < chunks.length; i++) {
            chunks[i] = one(width, entries, target, rows, 7 + i);
        }
        return chunks;
    }

    /** {@return a chunk; fewer entries than columns make it sparse} */
    private static Chunk one(int width, int entries, Target target, int rows, long seed) {
        if (entries < width) {
            return sparse(width, entries, target, rows, seed);
        }
        return target.kind() == Target.Kind.NONE ? correlated(width, rows, seed) : dense(width, target, rows, seed);
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

    /** The variances of the principal components fall as 1 / (j + 1); two reflections turn them into the columns. */
    private static Chunk correlated(int width, int rows, long seed) {
        RandomGenerator random = new Well19937c(seed);
        ChunkBuffer buffer = new ChunkBuffer(Schema.numeric(width, Target.none()), rows);
        double[] x = new double[width];
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < width; j++) {
                x[j] = (random.nextDouble() - 0.5) / Math.sqrt(j + 1);
            }
            reflect(x, 1);
            reflect(x, 2);
            buffer.beginRow();
            for (int j = 0; j < width; j++) {
                buffer.put(j, x[j]);
            }
            buffer.endRow();
        }
        return buffer.chunk();
    }

    /** Reflects a point at the plane whose normal is sin(j + phase). */
    private static void reflect(double[] x, int phase) {
        double product = 0;
        double square = 0;
        for (int j = 0; j < x.length; j++) {
            product += Math.sin(j + phase) * x[j];
            square += Math.sin(j + phase) * Math.sin(j + phase);
        }
        for (int j = 0; j < x.length; j++) {
            x[j] -= 2 * product / square * Math.sin(j + phase);
        }
    }

    /** One one-hot block for each entry of a row. */
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
