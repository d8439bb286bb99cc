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
 * A generator of random rows of any schema with a pattern to learn. Equal seeds give equal rows. Immutable.
 *
 * <p>Numeric cells are normally distributed, and a fifth of them are 0. Cells of sparse blocks are not negative, as
 * counts of words are not. Targets follow a linear rule with noise. Classes that the schema does not list appear one
 * after the other in the first half of the rows, with labels that are not in alphabetical order.
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
     * {@return a generator without weights and missing values; a categorical target has at least three classes}
     *
     * @param schema the columns and the target
     */
    public static RandomChunks of(Schema schema) {
        return new RandomChunks(schema, Math.max(3, schema.target().classes().size()), false, 0);
    }

    /**
     * {@return this generator with another number of classes}
     *
     * @param count at least the number of classes in the schema, and at least 1
     */
    public RandomChunks withClasses(int count) {
        return new RandomChunks(schema, count, weighted, missing);
    }

    /** {@return this generator with weights between 0 and 2} */
    public RandomChunks withWeights() {
        return new RandomChunks(schema, classes, true, missing);
    }

    /**
     * {@return this generator with missing cells in numeric columns}
     *
     * @param share share of the numeric cells that are missing, from 0 to 1
     */
    public RandomChunks withMissing(double share) {
        return new RandomChunks(schema, classes, weighted, share);
    }

    /**
     * {@return a new chunk}
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
                case SPARSE -> {
                    for (int j = from + random.nextInt(3); j < from + block.width(); j += 1 + random.nextInt(5)) {
                        put(buffer, j, Math.abs(random.nextGaussian()), scores);
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
                // Fixed coefficients that differ by column and class.
                scores[k] += value * ((column * 7 + k * 5) % 11 - 5) / 5.0;
            }
        }
    }

    private int choose(double[] scores, int row, int count, SeededRandom random) {
        int known = schema.target().classes().size();
        int fresh = classes - known;
        // Each new class first appears at a fixed row of the first half.
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
