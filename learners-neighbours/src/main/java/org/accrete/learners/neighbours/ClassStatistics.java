package org.accrete.learners.neighbours;

import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;

/**
 * What naive Bayes knows of each class: the sum of its rows' weights; for each measured feature the weight of its
 * values, their mean and the sum of squared deviations from it; for each counted feature the sum of its values. Sums of
 * a chunk's rows are taken row by row, so that chunk borders do not matter.
 *
 * <p>Moments are updated by West [1] and merged by Chan, Golub and LeVeque [2].
 *
 * <p>[1] D. H. D. West: Updating mean and variance estimates: an improved method. Communications of the ACM 22 (1979).
 *
 * <p>[2] T. F. Chan, G. H. Golub, R. J. LeVeque: Algorithms for computing the sample variance. The American
 * Statistician 37 (1983).
 */
final class ClassStatistics {
    private static final String CLASS_COUNT = "class_count";
    private static final String MEAN = "theta";
    private static final String FEATURE_COUNT = "feature_count";
    private static final String WEIGHT = "naive-bayes.weight";
    private static final String DEVIATION = "naive-bayes.squared_deviation";
    private static final String BLOCK_COUNT = "naive-bayes.block_count";

    final FeatureKinds kinds;
    int classes;

    /** Sum of the weights of a class's rows. */
    double[] classWeight = {};

    // Classes × measured features.
    double[] weight = {};
    double[] mean = {};
    double[] deviation = {};

    /** Classes × counted features. */
    double[] count = {};

    /** Classes × counted blocks: sums of {@link #count}. */
    double[] blockCount = {};

    /** Whether a counted feature was above 0 in any row. */
    final boolean[] seen;

    /** How many features of each counted block were above 0 in any row. */
    final int[] seenOfBlock;

    ClassStatistics(FeatureKinds kinds, int classes) {
        this.kinds = kinds;
        this.seen = new boolean[kinds.countedCount()];
        this.seenOfBlock = new int[kinds.blocks];
        grow(classes);
    }

    ClassStatistics(FeatureKinds kinds, int classes, State state) {
        this(kinds, classes);
        int measured = kinds.measuredCount();
        int counted = kinds.countedCount();
        classWeight = state.doubles(CLASS_COUNT, classes);
        if (measured > 0) {
            weight = state.doubles(WEIGHT, classes, measured);
            mean = state.doubles(MEAN, classes, measured);
            deviation = state.doubles(DEVIATION, classes, measured);
        }
        if (counted > 0) {
            count = state.doubles(FEATURE_COUNT, classes, counted);
            blockCount = state.doubles(BLOCK_COUNT, classes, kinds.blocks);
        }
        findSeen();
        for (double[] numbers : List.of(classWeight, weight, mean, deviation, count, blockCount)) {
            for (double number : numbers) {
                if (!(numbers == mean ? Double.isFinite(number) : number >= 0 && number <= Double.MAX_VALUE)) {
                    throw AccreteException.corruptFile(
                            "a stored naive-bayes model must have finite numbers, none but theta below 0");
                }
            }
        }
    }

    void write(State.Builder state) {
        int measured = kinds.measuredCount();
        int counted = kinds.countedCount();
        state.doubles(CLASS_COUNT, classWeight);
        if (measured > 0) {
            state.doubles(MEAN, mean, classes, measured)
                    .doubles(WEIGHT, weight, classes, measured)
                    .doubles(DEVIATION, deviation, classes, measured);
        }
        if (counted > 0) {
            state.doubles(FEATURE_COUNT, count, classes, counted)
                    .doubles(BLOCK_COUNT, blockCount, classes, kinds.blocks);
        }
    }

    /** Adds classes without rows. */
    void grow(int size) {
        classes = size;
        classWeight = Arrays.copyOf(classWeight, size);
        weight = Arrays.copyOf(weight, size * kinds.measuredCount());
        mean = Arrays.copyOf(mean, weight.length);
        deviation = Arrays.copyOf(deviation, weight.length);
        count = Arrays.copyOf(count, size * kinds.countedCount());
        blockCount = Arrays.copyOf(blockCount, size * kinds.blocks);
    }

    ClassStatistics copy() {
        ClassStatistics copy = new ClassStatistics(kinds, 0);
        copy.classes = classes;
        copy.classWeight = classWeight.clone();
        copy.weight = weight.clone();
        copy.mean = mean.clone();
        copy.deviation = deviation.clone();
        copy.count = count.clone();
        copy.blockCount = blockCount.clone();
        System.arraycopy(seen, 0, copy.seen, 0, seen.length);
        System.arraycopy(seenOfBlock, 0, copy.seenOfBlock, 0, seenOfBlock.length);
        return copy;
    }

    /** Learns a checked row of a known class. */
    void learn(Chunk chunk, int row, int c) {
        double w = chunk.weight(row);
        if (w == 0) {
            return;
        }
        classWeight[c] += w;
        if (chunk instanceof SparseChunk sparse) {
            learn(sparse, row, c, w);
        } else if (chunk instanceof DenseChunk dense) {
            learn(dense, row, c, w);
        }
    }

    private void learn(DenseChunk chunk, int row, int c, double w) {
        double[] values = chunk.values();
        int offset = chunk.offset(row);
        int[] columns = kinds.measured;
        int at = c * columns.length;
        for (int m = 0; m < columns.length; m++) {
            measure(at + m, values[offset + columns[m]], w);
        }
        columns = kinds.countedColumns;
        for (int d = 0; d < columns.length; d++) {
            double value = values[offset + columns[d]];
            if (value > 0) {
                count(c, d, w * value);
            }
        }
    }

    private void learn(SparseChunk chunk, int row, int c, double w) {
        int[] indices = chunk.indices();
        double[] values = chunk.values();
        int[] columns = kinds.measured;
        int end = chunk.end(row);
        int k = chunk.start(row);
        int at = c * columns.length;
        for (int m = 0; m < columns.length; m++) {
            int column = columns[m];
            while (k < end && indices[k] < column) {
                k++;
            }
            measure(at + m, k < end && indices[k] == column ? values[k] : 0, w);
        }
        for (k = chunk.start(row); k < end; k++) {
            int d = kinds.counted[indices[k]];
            if (d >= 0 && values[k] > 0) {
                count(c, d, w * values[k]);
            }
        }
    }

    private void measure(int at, double value, double w) {
        // NaN is a missing value.
        if (value == value) {
            double total = weight[at] + w;
            double delta = value - mean[at];
            weight[at] = total;
            mean[at] += delta * (w / total);
            // Far numbers can round to less than nothing.
            deviation[at] += Math.max(0, w * delta * (value - mean[at]));
        }
    }

    private void count(int c, int d, double amount) {
        count[c * kinds.countedCount() + d] += amount;
        blockCount[c * kinds.blocks + kinds.block[d]] += amount;
        if (!seen[d] && amount > 0) {
            see(d);
        }
    }

    private void see(int d) {
        seen[d] = true;
        seenOfBlock[kinds.block[d]]++;
    }

    private void findSeen() {
        Arrays.fill(seen, false);
        Arrays.fill(seenOfBlock, 0);
        int counted = seen.length;
        for (int i = 0; i < count.length; i++) {
            if (count[i] > 0 && !seen[i % counted]) {
                see(i % counted);
            }
        }
    }

    /**
     * Adds all that another learner knows.
     *
     * @param place for each class of the other: which class it is here
     * @param size how many classes there are afterwards
     */
    void merge(ClassStatistics other, int[] place, int size) {
        grow(size);
        for (int c = 0; c < other.classes; c++) {
            classWeight[place[c]] += other.classWeight[c];
            add(other.blockCount, c, blockCount, place[c], kinds.blocks);
            add(other.count, c, count, place[c], kinds.countedCount());
            int measured = kinds.measuredCount();
            for (int m = 0; m < measured; m++) {
                mergeMoments(other, c * measured + m, place[c] * measured + m);
            }
        }
        findSeen();
    }

    private static void add(double[] from, int c, double[] to, int place, int length) {
        for (int i = 0; i < length; i++) {
            to[place * length + i] += from[c * length + i];
        }
    }

    private void mergeMoments(ClassStatistics other, int from, int to) {
        double mine = weight[to];
        double theirs = other.weight[from];
        double total = mine + theirs;
        if (theirs == 0) {
            return;
        }
        double delta = other.mean[from] - mean[to];
        weight[to] = total;
        deviation[to] = (deviation[to] + other.deviation[from]) + delta * delta * (mine * (theirs / total));
        mean[to] = mine == 0 ? other.mean[from] : mean[to] * (mine / total) + other.mean[from] * (theirs / total);
    }

    /** {@return the weight of all rows} */
    double totalWeight() {
        double total = 0;
        for (double one : classWeight) {
            total += one;
        }
        return total;
    }
}
