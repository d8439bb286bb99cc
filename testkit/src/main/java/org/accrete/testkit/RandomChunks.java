package org.accrete.testkit;

import java.util.ArrayList;
import java.util.List;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;

/**
 * Random rows of any schema, with something in them to learn. The same seed gives the same rows. Immutable.
 *
 * <p>Numeric columns are normal, a fifth of them 0; targets follow a linear rule with some noise. Classes that the
 * schema does not know come up one after the other over the first half of the rows, under labels whose order of
 * appearance is not their alphabetical one.
 */
public final class RandomChunks {
    private final Schema schema;
    private final int classes;
    private final boolean weighted;
    private final double missing;

    private RandomChunks(Schema schema, int classes, boolean weighted, double missing) {
        this.schema = schema;
        this.classes = classes;
        this.weighted = weighted;
        this.missing = missing;
    }

    /**
     * {@return rows of at least three classes where the target is categorical, without weights, nothing missing}
     *
     * @param schema what the columns are
     */
    public static RandomChunks of(Schema schema) {
        return new RandomChunks(schema, Math.max(3, schema.target().classes().size()), false, 0);
    }

    /**
     * {@return the same with another number of classes}
     *
     * @param count at least as many as the schema knows, and at least 1
     */
    public RandomChunks withClasses(int count) {
        return new RandomChunks(schema, count, weighted, missing);
    }

    /** {@return the same with weights between 0 and 2} */
    public RandomChunks withWeights() {
        return new RandomChunks(schema, classes, true, missing);
    }

    /**
     * {@return the same with missing cells in numeric columns}
     *
     * @param share of the cells, from 0 to 1
     */
    public RandomChunks withMissing(double share) {
        return new RandomChunks(schema, classes, weighted, share);
    }

    /**
     * {@return a chunk of its own}
     *
     * @param count number of rows
     * @param seed any value
     */
    public Chunk rows(int count, long seed) {
        SeededRandom random = new SeededRandom(seed);
        ChunkBuffer buffer = new ChunkBuffer(schema, Math.max(1, count));
        boolean categorical = schema.target().kind() == Target.Kind.CATEGORICAL;
        int outputs = categorical ? classes : 1;
        double[] scores = new double[outputs];
        for (int row = 0; row < count; row++) {
            buffer.beginRow();
            for (int k = 0; k < outputs; k++) {
                scores[k] = 0.3 * random.nextGaussian();
            }
            putColumns(buffer, random, scores);
            if (categorical) {
                buffer.target(choose(scores, row, count, random));
            } else if (schema.target().kind() == Target.Kind.NUMERIC) {
                buffer.target(scores[0] + 0.5);
            }
            if (weighted) {
                buffer.weight(0.25 * random.nextInt(9));
            }
            buffer.endRow();
        }
        if (categorical) {
            buffer.classes(labels());
        }
        return buffer.chunk();
    }

    private void putColumns(ChunkBuffer buffer, SeededRandom random, double[] scores) {
        int from = 0;
        for (Block block : schema.blocks()) {
            switch (block.kind()) {
                case NUMERIC -> {
                    for (int j = from; j < from + block.width(); j++) {
                        put(buffer, j, numeric(j, random), scores);
                    }
                }
                case CYCLE -> {
                    double angle = 2 * StrictMath.PI * random.nextDouble();
                    for (int j = from; j < from + block.width(); j++) {
                        put(buffer, j, StrictMath.sin(angle + (j - from) * StrictMath.PI / 2), scores);
                    }
                }
                case ONE_HOT -> {
                    if (random.nextInt(20) > 0) {
                        put(buffer, from + random.nextInt(block.width()), 1.0, scores);
                    }
                }
            }
            from += block.width();
        }
    }

    private double numeric(int column, SeededRandom random) {
        double draw = random.nextDouble();
        if (draw < missing) {
            return Double.NaN;
        }
        double value = random.nextGaussian() * (1 + column % 3) + column % 2;
        return draw > 0.8 ? 0.0 : value;
    }

    private static void put(ChunkBuffer buffer, int column, double value, double[] scores) {
        if (value != 0.0) {
            buffer.put(column, value);
            for (int k = 0; k < scores.length && !Double.isNaN(value); k++) {
                // A fixed rule that differs by column and class.
                scores[k] += value * ((column * 7 + k * 5) % 11 - 5) / 5.0;
            }
        }
    }

    private int choose(double[] scores, int row, int count, SeededRandom random) {
        int known = schema.target().classes().size();
        int fresh = classes - known;
        // The n-th new class is seen first at its own row of the first half.
        int seen = known;
        for (int n = 0; n < fresh; n++) {
            int first = n * count / (2 * fresh);
            if (row == first) {
                return known + n;
            }
            seen += row > first ? 1 : 0;
        }
        if (random.nextInt(5) == 0) {
            return random.nextInt(seen);
        }
        int best = 0;
        for (int k = 1; k < seen; k++) {
            best = scores[k] > scores[best] ? k : best;
        }
        return best;
    }

    private List<String> labels() {
        List<String> labels = new ArrayList<>(schema.target().classes());
        for (int n = labels.size(); n < classes; n++) {
            labels.add("new " + (classes - n));
        }
        return List.copyOf(labels);
    }
}
