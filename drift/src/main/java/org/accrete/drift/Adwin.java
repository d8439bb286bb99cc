package org.accrete.drift;

import java.util.Arrays;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * ADWIN: the longest window of the latest numbers that has no two parts of different means.
 *
 * <p>The window is kept as buckets: of each size 1, 2, 4, … at most {@code max-buckets}, the largest being the oldest.
 * One more, and the two oldest of that size become one of the next. A bucket has the sum of its numbers and the sum of
 * their squared distances from their mean. Every {@code clock} numbers each border of two buckets is tried as a cut. It
 * is one where the means of the parts, of n0 and n1 numbers, differ by more than
 *
 * <pre>{@code
 * sqrt(2 · m · variance · d) + 2/3 · m · d      d = ln(2 · ln(n0 + n1) / delta)
 *                                               m = 1 / (n0 - min + 1) + 1 / (n1 - min + 1)
 * }</pre>
 *
 * <p>After a drift it begins anew. A fall that is not told ({@code side=higher}) cuts the oldest bucket off, until
 * there is no cut left.
 *
 * <p>Source: Bifet and Gavaldà, "Learning from Time-Changing Data with Adaptive Windowing", SDM 2007. O(log n) memory;
 * amortized O(1) per number and O(max-buckets · log n) every {@code clock} numbers.
 */
public final class Adwin extends CheckedDetector {
    /** Sizes of buckets. */
    static final int LEVELS = 48;

    private final double delta;
    private final long clock;
    private final int room;
    private final long least;
    private final long grace;
    private final boolean tellsFalls;

    /** How many buckets there are of each size. */
    private final int[] counts = new int[LEVELS];
    /** Of each size {@code room} buckets, the oldest first. */
    private double[] sums;

    private double[] squares;
    private int levels = 1;
    private long width;
    private double sum;
    private double square;
    private long ticks;

    Adwin(AdwinProvider provider, Params params) {
        super(provider);
        delta = params.get(AdwinProvider.DELTA);
        clock = params.get(AdwinProvider.CLOCK);
        room = params.get(AdwinProvider.MAX_BUCKETS).intValue() + 1;
        least = params.get(AdwinProvider.MIN_WINDOW_LENGTH);
        grace = params.get(AdwinProvider.GRACE_PERIOD);
        tellsFalls = params.get(Side.PARAM) == Side.BOTH;
        sums = new double[room];
        squares = new double[room];
    }

    /** {@return how many numbers are in the window} */
    public long width() {
        return width;
    }

    /** {@return the mean of the window; 0 while it is empty} */
    public double mean() {
        return width == 0 ? 0 : sum / width;
    }

    /** {@return the variance of the window; 0 while it is empty} */
    public double variance() {
        return width == 0 ? 0 : square / width;
    }

    @Override
    DriftLevel next(double value) {
        add(value);
        ticks++;
        if (ticks % clock != 0 || width <= grace) {
            return DriftLevel.NONE;
        }
        int cut = cut();
        while (cut < 0) {
            dropOldest();
            cut = cut();
        }
        if (cut == 0) {
            return DriftLevel.NONE;
        }
        reset();
        return DriftLevel.DRIFT;
    }

    private void add(double value) {
        push(0, value, 0);
        width++;
        if (width > 1) {
            double distance = value - sum / (width - 1);
            square += (width - 1) * distance * distance / width;
        }
        sum += value;
        for (int level = 0; level < levels && counts[level] == room; level++) {
            mergeOldest(level);
        }
    }

    private void push(int level, double bucketSum, double bucketSquare) {
        if (level == levels) {
            levels++;
            if (sums.length < levels * room) {
                sums = Arrays.copyOf(sums, levels * room);
                squares = Arrays.copyOf(squares, levels * room);
            }
        }
        int at = level * room + counts[level];
        sums[at] = bucketSum;
        squares[at] = bucketSquare;
        counts[level]++;
    }

    private void mergeOldest(int level) {
        int at = level * room;
        double size = 1L << level;
        double distance = sums[at] / size - sums[at + 1] / size;
        double mergedSum = sums[at] + sums[at + 1];
        double mergedSquare = squares[at] + squares[at + 1] + size * size * distance * distance / (size + size);
        remove(level, 2);
        push(level + 1, mergedSum, mergedSquare);
    }

    private void remove(int level, int buckets) {
        int at = level * room;
        counts[level] -= buckets;
        System.arraycopy(sums, at + buckets, sums, at, counts[level]);
        System.arraycopy(squares, at + buckets, squares, at, counts[level]);
    }

    /** {@return 1 where the window must be cut and that is to be told, −1 where only to be cut, 0 where not} */
    private int cut() {
        double d = StrictMath.log(2 * StrictMath.log((double) width) / delta);
        double variance = square / width;
        double n0 = 0;
        double n1 = width;
        double u0 = 0;
        double u1 = sum;
        for (int level = levels - 1; level >= 0; level--) {
            double size = 1L << level;
            for (int k = 0; k < counts[level]; k++) {
                if (level == 0 && k == counts[0] - 1) {
                    return 0;
                }
                double bucket = sums[level * room + k];
                n0 += size;
                n1 -= size;
                u0 += bucket;
                u1 -= bucket;
                if (n0 >= least && n1 >= least) {
                    double change = u1 / n1 - u0 / n0;
                    double m = 1 / (n0 - least + 1) + 1 / (n1 - least + 1);
                    if (Math.abs(change) > Math.sqrt(2 * m * variance * d) + 2.0 / 3 * d * m) {
                        return change > 0 || tellsFalls ? 1 : -1;
                    }
                }
            }
        }
        return 0;
    }

    private void dropOldest() {
        int level = levels - 1;
        double size = 1L << level;
        double bucketSum = sums[level * room];
        double bucketSquare = squares[level * room];
        width -= 1L << level;
        sum -= bucketSum;
        double distance = bucketSum / size - sum / width;
        square -= bucketSquare + size * width * distance * distance / (size + width);
        square = Math.max(0, square);
        remove(level, 1);
        while (levels > 1 && counts[levels - 1] == 0) {
            levels--;
        }
    }

    @Override
    public void reset() {
        Arrays.fill(counts, 0);
        levels = 1;
        width = 0;
        sum = 0;
        square = 0;
        ticks = 0;
    }

    @Override
    public State state() {
        long[] perLevel = new long[levels];
        int all = 0;
        for (int level = 0; level < levels; level++) {
            perLevel[level] = counts[level];
            all += counts[level];
        }
        double[] buckets = new double[2 * all];
        int next = 0;
        for (int level = levels - 1; level >= 0; level--) {
            for (int k = 0; k < counts[level]; k++) {
                buckets[next++] = sums[level * room + k];
                buckets[next++] = squares[level * room + k];
            }
        }
        return State.builder()
                .longs("counts", perLevel)
                .doubles("buckets", buckets, all, 2)
                .doubles("window", new double[] {sum, square})
                .whole("ticks", ticks)
                .build();
    }

    @Override
    void read(State state) {
        int size = state.tensor("counts").size();
        long[] perLevel = state.longs("counts", size);
        long all = 0;
        requireStored(size >= 1 && size <= LEVELS, "1 to " + LEVELS + " sizes of buckets");
        requireStored(size == 1 || perLevel[size - 1] > 0, "buckets of the largest size");
        for (long count : perLevel) {
            requireStored(count >= 0 && count < room, "0 to " + (room - 1) + " buckets of each size");
            all += count;
        }
        double[] buckets = state.doubles("buckets", all, 2);
        reset();
        sums = new double[size * room];
        squares = new double[size * room];
        levels = size;
        int next = 0;
        for (int level = size - 1; level >= 0; level--) {
            for (int k = 0; k < perLevel[level]; k++) {
                push(level, buckets[next], buckets[next + 1]);
                next += 2;
            }
            width += perLevel[level] << level;
        }
        double[] window = state.doubles("window", 2);
        sum = window[0];
        square = window[1];
        ticks = state.whole("ticks");
        requireStored(
                Arrays.stream(buckets).allMatch(Double::isFinite) && Double.isFinite(sum) && square >= 0 && ticks >= 0,
                "finite sums of buckets");
    }
}
