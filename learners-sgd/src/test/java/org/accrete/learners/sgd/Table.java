package org.accrete.learners.sgd;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Learner;
import org.accrete.testkit.RunSeed;

/** Rows in memory that can be handed out dense or sparse, in chunks of any size. */
record Table(double[][] x, double[] y, double[] weights, List<String> classes) {
    /**
     * Some columns of a row are 0, drawn by the seed of the run; a label is the class whose hidden function is largest;
     * 0 classes means numbers.
     */
    static Table random(int rows, int width, int classes, boolean weighted) {
        Random random = new Random(RunSeed.random("rows").nextLong());
        double[][] truth = new double[Math.max(classes, 1)][width];
        for (double[] row : truth) {
            Arrays.setAll(row, j -> random.nextGaussian());
        }
        double[][] x = new double[rows][width];
        double[] y = new double[rows];
        double[] weights = new double[weighted ? rows : 0];
        for (int i = 0; i < rows; i++) {
            double[] row = x[i];
            Arrays.setAll(row, j -> random.nextInt(3) == 0 ? 0 : random.nextGaussian());
            double[] score = new double[truth.length];
            int best = 0;
            for (int c = 0; c < score.length; c++) {
                score[c] = random.nextGaussian();
                for (int j = 0; j < width; j++) {
                    score[c] += row[j] * truth[c][j];
                }
                best = score[c] > score[best] ? c : best;
            }
            y[i] = classes == 0 ? score[0] : best;
            if (weighted) {
                weights[i] = random.nextInt(5) == 0 ? 0 : 3 * random.nextDouble();
            }
        }
        List<String> labels = new ArrayList<>();
        for (int c = 0; c < classes; c++) {
            labels.add("class " + c);
        }
        return new Table(x, y, weights, List.copyOf(labels));
    }

    int rows() {
        return x.length;
    }

    int width() {
        return x[0].length;
    }

    /** The schema of both forms, with the classes known at the start. */
    Schema schema(int knownClasses) {
        return new Schema(
                List.of(new Block("amounts", Block.Kind.NUMERIC, width())),
                classes.isEmpty() ? Target.numeric("y") : Target.categorical("y", classes.subList(0, knownClasses)));
    }

    Schema schema() {
        return schema(classes.size());
    }

    Chunk chunk(boolean sparse, int from, int to) {
        double[] targets = Arrays.copyOfRange(y, from, to);
        double[] someWeights = weights.length == 0 ? weights : Arrays.copyOfRange(weights, from, to);
        int width = width();
        if (!sparse) {
            double[] values = new double[(to - from) * width];
            for (int i = from; i < to; i++) {
                System.arraycopy(x[i], 0, values, (i - from) * width, width);
            }
            return new DenseChunk(schema(), values, targets, someWeights, classes);
        }
        int[] starts = new int[to - from + 1];
        int[] indices = new int[(to - from) * width];
        double[] values = new double[(to - from) * width];
        int k = 0;
        for (int i = from; i < to; i++) {
            for (int j = 0; j < width; j++) {
                if (x[i][j] != 0) {
                    indices[k] = j;
                    values[k++] = x[i][j];
                }
            }
            starts[i - from + 1] = k;
        }
        return new SparseChunk(
                schema(), starts, Arrays.copyOf(indices, k), Arrays.copyOf(values, k), targets, someWeights, classes);
    }

    Chunk all(boolean sparse) {
        return chunk(sparse, 0, rows());
    }

    /** Lets the learner learn the rows in chunks of a size. */
    void teach(Learner learner, boolean sparse, int from, int to, int chunkRows) {
        for (int row = from; row < to; row += chunkRows) {
            learner.partialFit(chunk(sparse, row, Math.min(to, row + chunkRows)));
        }
    }
}
