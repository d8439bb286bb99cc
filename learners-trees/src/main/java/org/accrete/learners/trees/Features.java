package org.accrete.learners.trees;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;

/**
 * What a tree sees of a row: a number for each column that is not one-hot, and for each one-hot block one value. Values
 * are numbered in the order in which they appear, up to {@link #MOST_VALUES} of a block; later ones count as missing.
 *
 * <p>Features are the numbers in column order and then the one-hot blocks. Numbers beyond ±1e100 are taken as ±1e100,
 * so that no square overflows; NaN is a missing number.
 */
final class Features {
    /** The most values of a one-hot block that are told apart. */
    static final int MOST_VALUES = 1024;

    /** The most numbers of a row; each has statistics in each leaf. */
    static final int MOST_NUMBERS = 10_000;

    static final int MISSING = -1;

    /** The largest number; one beyond is taken as it. */
    static final double LARGEST = 1e100;

    /** Keeps sums of weighted squares finite for as many rows as can be counted. */
    private static final double LARGEST_WEIGHT = 1e75;

    private static final String VALUES = "trees.values";
    private static final String VALUE_COUNTS = "trees.value_counts";

    private final Schema schema;
    private final int width;
    /** How many features are numbers. */
    final int numbers;
    /** How many features are one-hot blocks. */
    final int nominals;

    private final boolean allNumbers;
    /** First column of each feature. */
    private final int[] columns;
    /** The feature of each column. */
    private final int[] featureOf;
    /** Per one-hot block and column in it the value's number plus 1; 0 for a value that did not appear. */
    private final int[][] ids;
    /** Per one-hot block the columns of its values, by number. */
    private final int[][] appeared;

    private final int[] counts;

    Features(Schema schema) {
        this.schema = schema;
        this.width = schema.width();
        int numeric = 0;
        int oneHot = 0;
        for (Block block : schema.blocks()) {
            if (block.kind() == Block.Kind.ONE_HOT) {
                oneHot++;
            } else {
                numeric += block.width();
            }
        }
        if (numeric > MOST_NUMBERS) {
            throw AccreteException.badArgument("trees take up to " + MOST_NUMBERS
                    + " columns that are not one-hot but there are " + numeric
                    + "; leave some out, or hash text to fewer columns");
        }
        numbers = numeric;
        nominals = oneHot;
        allNumbers = oneHot == 0;
        columns = new int[numbers + nominals];
        featureOf = new int[width];
        ids = new int[nominals][];
        appeared = new int[nominals][];
        counts = new int[nominals];
        int column = 0;
        int number = 0;
        int nominal = 0;
        for (Block block : schema.blocks()) {
            if (block.kind() == Block.Kind.ONE_HOT) {
                ids[nominal] = new int[block.width()];
                appeared[nominal] = new int[Math.min(16, block.width())];
                columns[numbers + nominal] = column;
                Arrays.fill(featureOf, column, column + block.width(), numbers + nominal);
                nominal++;
            } else {
                for (int j = column; j < column + block.width(); j++) {
                    columns[number] = j;
                    featureOf[j] = number++;
                }
            }
            column += block.width();
        }
    }

    Features(Schema schema, State state) {
        this(schema);
        long[] stored = state.longs(VALUE_COUNTS, nominals);
        long total = 0;
        for (int b = 0; b < nominals; b++) {
            requireStored(stored[b] >= 0 && stored[b] <= Math.min(MOST_VALUES, ids[b].length));
            total += stored[b];
        }
        long[] values = state.longs(VALUES, total);
        int next = 0;
        for (int b = 0; b < nominals; b++) {
            for (int i = 0; i < stored[b]; i++) {
                long within = values[next++];
                requireStored(within >= 0 && within < ids[b].length && ids[b][(int) within] == 0);
                add(b, (int) within);
            }
        }
    }

    private static void requireStored(boolean fits) {
        TreeReader.require(fits, "known values of one-hot blocks");
    }

    /** {@return the schema} */
    Schema schema() {
        return schema;
    }

    /** {@return how many features there are} */
    int size() {
        return columns.length;
    }

    /** {@return the first column of a feature} */
    int column(int feature) {
        return columns[feature];
    }

    /** {@return the column of a row's value of a feature; the feature's first column where it has no known value} */
    int columnOf(int feature, Rows rows, int slot) {
        int value = feature < numbers ? MISSING : rows.values[slot * nominals + feature - numbers];
        return value < 0 ? columns[feature] : valueColumn(feature - numbers, value);
    }

    /** {@return the feature of a column; −1 unless it is the feature's first} */
    int featureAt(long column) {
        if (column < 0 || column >= width) {
            return -1;
        }
        int feature = featureOf[(int) column];
        return columns[feature] == column ? feature : -1;
    }

    /** {@return all features, in the order of their first columns} */
    int[] byColumn() {
        return IntStream.range(0, size())
                .boxed()
                .sorted(Comparator.comparing(feature -> columns[feature]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** {@return some features, drawn at random, ascending; all if there are no more} */
    int[] draw(SeededRandom random, int count) {
        int[] deck = IntStream.range(0, size()).toArray();
        if (count >= deck.length) {
            return deck;
        }
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(deck.length - i);
            int drawn = deck[other];
            deck[other] = deck[i];
            deck[i] = drawn;
        }
        int[] some = Arrays.copyOf(deck, count);
        Arrays.sort(some);
        return some;
    }

    /** {@return per one-hot block how many values have appeared so far; not a copy} */
    int[] known() {
        return counts;
    }

    /** {@return how many values a one-hot block has shown so far} */
    int values(int nominal) {
        return counts[nominal];
    }

    /** {@return for each column of a one-hot block the number of its value; −1 for one that did not appear} */
    long[] numbersOfValues(int nominal) {
        return Arrays.stream(ids[nominal]).mapToLong(id -> id - 1L).toArray();
    }

    /** {@return the column of a value of a one-hot block} */
    int valueColumn(int nominal, int value) {
        return columns[numbers + nominal] + appeared[nominal][value];
    }

    // --- rows

    /** Refuses the chunk if a number is infinite, or NaN where none can be missing. */
    void check(Chunk chunk) {
        schema.require(chunk.schema());
        int rows = chunk.rows();
        if (chunk instanceof DenseChunk dense) {
            double[] values = dense.values();
            for (int row = 0; row < rows; row++) {
                int from = dense.offset(row);
                for (int j = 0; j < width; j++) {
                    if (!(Math.abs(values[from + j]) <= Double.MAX_VALUE)) {
                        check(row, j, values[from + j]);
                    }
                }
            }
        } else if (chunk instanceof SparseChunk sparse) {
            double[] values = sparse.values();
            for (int row = 0; row < rows; row++) {
                for (int k = sparse.start(row); k < sparse.end(row); k++) {
                    if (!(Math.abs(values[k]) <= Double.MAX_VALUE)) {
                        check(row, sparse.indices()[k], values[k]);
                    }
                }
            }
        }
        chunk.requireWeights(LARGEST_WEIGHT);
    }

    private void check(int row, int column, double value) {
        if (Double.isNaN(value) && featureOf[column] < numbers) {
            return;
        }
        throw AccreteException.badRow(row, "'" + schema.columnName(column) + "' must be finite but was " + value);
    }

    /**
     * Decodes a row.
     *
     * @param learns whether values that appear for the first time get a number
     */
    void read(Chunk chunk, int row, boolean learns, Rows out, int slot) {
        int at = slot * numbers;
        double[] x = out.numbers;
        boolean gaps = false;
        if (chunk instanceof DenseChunk dense) {
            double[] values = dense.values();
            int from = dense.offset(row);
            if (allNumbers) {
                for (int j = 0; j < width; j++) {
                    double value = values[from + j];
                    if (Math.abs(value) <= LARGEST) {
                        x[at + j] = value;
                    } else {
                        x[at + j] = bounded(value);
                        gaps |= value != value;
                    }
                }
            } else {
                Arrays.fill(out.values, slot * nominals, (slot + 1) * nominals, MISSING);
                for (int j = 0; j < width; j++) {
                    int feature = featureOf[j];
                    double value = values[from + j];
                    if (feature < numbers) {
                        x[at + feature] = bounded(value);
                        gaps |= value != value;
                    } else if (value != 0) {
                        out.values[slot * nominals + feature - numbers] = value(j, feature - numbers, learns);
                    }
                }
            }
        } else if (chunk instanceof SparseChunk sparse) {
            Arrays.fill(x, at, at + numbers, 0.0);
            Arrays.fill(out.values, slot * nominals, (slot + 1) * nominals, MISSING);
            for (int k = sparse.start(row); k < sparse.end(row); k++) {
                int column = sparse.indices()[k];
                int feature = featureOf[column];
                double value = sparse.values()[k];
                if (feature < numbers) {
                    x[at + feature] = bounded(value);
                    gaps |= value != value;
                } else if (value != 0) {
                    out.values[slot * nominals + feature - numbers] = value(column, feature - numbers, learns);
                }
            }
        }
        out.gaps[slot] = gaps;
    }

    private static double bounded(double value) {
        return value > LARGEST ? LARGEST : value < -LARGEST ? -LARGEST : value;
    }

    private int value(int column, int nominal, boolean learns) {
        int within = column - columns[numbers + nominal];
        int id = ids[nominal][within];
        if (id == 0 && learns && counts[nominal] < MOST_VALUES) {
            add(nominal, within);
            return counts[nominal] - 1;
        }
        return id - 1;
    }

    private void add(int nominal, int within) {
        int count = counts[nominal];
        if (count == appeared[nominal].length) {
            appeared[nominal] = Arrays.copyOf(appeared[nominal], Math.min(2 * count, MOST_VALUES));
        }
        appeared[nominal][count] = within;
        counts[nominal] = count + 1;
        ids[nominal][within] = count + 1;
    }

    void write(State.Builder state) {
        long[] stored = new long[nominals];
        int total = 0;
        for (int b = 0; b < nominals; b++) {
            stored[b] = counts[b];
            total += counts[b];
        }
        long[] values = new long[total];
        int next = 0;
        for (int b = 0; b < nominals; b++) {
            for (int i = 0; i < counts[b]; i++) {
                values[next++] = appeared[b][i];
            }
        }
        state.longs(VALUE_COUNTS, stored).longs(VALUES, values);
    }

    /** {@return the name of a feature} */
    String name(int feature) {
        return feature < numbers ? schema.columnName(columns[feature]) : blockName(columns[feature]);
    }

    private String blockName(int column) {
        int from = 0;
        List<Block> blocks = schema.blocks();
        int at = 0;
        while (from + blocks.get(at).width() <= column) {
            from += blocks.get(at++).width();
        }
        return blocks.get(at).name();
    }

    /** {@return the bytes that the tables of columns take} */
    static long bytes(Schema schema) {
        return 8L * schema.width() + 1024;
    }
}
