package org.accrete.core.source;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.LabelIndex;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;

/**
 * Rows in arrays of the caller: features, and if wanted targets and weights. Arrays are read when the rows are used,
 * not copied before and never written, so they must not change meanwhile.
 *
 * <pre>{@code
 * Examples.of(x).labels(y)                        // double[][] or float[][]; String[], int[] or double[]
 * Examples.flat(values, 20).targets(y).weights(w) // row-major; no copy of the features is made
 * }</pre>
 */
public final class Examples {
    /** How the features are given. */
    private abstract static sealed class Features {
        final int rows;
        final int width;

        Features(int rows, int width) {
            this.rows = rows;
            this.width = width;
        }

        /** Copies the features, row-major. */
        abstract void copy(double[] to);
    }

    private static final class Flat extends Features {
        final double[] values;

        Flat(double[] values, int width) {
            super(Examples.rows(values.length, width), width);
            this.values = values;
        }

        @Override
        void copy(double[] to) {
            System.arraycopy(values, 0, to, 0, values.length);
        }
    }

    private static final class FlatFloats extends Features {
        private final float[] values;

        FlatFloats(float[] values, int width) {
            super(Examples.rows(values.length, width), width);
            this.values = values;
        }

        @Override
        void copy(double[] to) {
            for (int i = 0; i < values.length; i++) {
                to[i] = values[i];
            }
        }
    }

    private static final class Doubles extends Features {
        private final double[][] x;

        Doubles(double[][] x) {
            super(x.length, x.length == 0 ? 0 : x[0].length);
            this.x = x;
        }

        @Override
        void copy(double[] to) {
            for (int row = 0; row < rows; row++) {
                requireWidth(row, x[row].length, width);
                System.arraycopy(x[row], 0, to, row * width, width);
            }
        }
    }

    private static final class Floats extends Features {
        private final float[][] x;

        Floats(float[][] x) {
            super(x.length, x.length == 0 ? 0 : x[0].length);
            this.x = x;
        }

        @Override
        void copy(double[] to) {
            for (int row = 0, at = 0; row < rows; row++) {
                requireWidth(row, x[row].length, width);
                for (float value : x[row]) {
                    to[at++] = value;
                }
            }
        }
    }

    private static final double[] NONE = {};

    private final Features features;
    private final Optional<String[]> texts;
    private final Optional<int[]> numbers;
    private final double[] targets;
    private final double[] weights;

    private Examples(
            Features features, Optional<String[]> texts, Optional<int[]> numbers, double[] targets, double[] weights) {
        this.features = features;
        this.texts = texts;
        this.numbers = numbers;
        this.targets = targets;
        this.weights = weights;
    }

    private static Examples of(Features features) {
        return new Examples(features, Optional.empty(), Optional.empty(), NONE, NONE);
    }

    /**
     * {@return rows without targets}
     *
     * @param x one array per row, all of one length
     */
    public static Examples of(double[][] x) {
        return of(new Doubles(x));
    }

    /**
     * {@return rows without targets}
     *
     * @param x one array per row, all of one length
     */
    public static Examples of(float[][] x) {
        return of(new Floats(x));
    }

    /**
     * {@return rows without targets, used where they are: no copy is made}
     *
     * @param values row-major, rows × width
     * @param width features per row, at least 1
     * @throws AccreteException bad argument: not a whole number of rows
     */
    public static Examples flat(double[] values, int width) {
        return of(new Flat(values, width));
    }

    /**
     * {@return rows without targets}
     *
     * @param values row-major, rows × width
     * @param width features per row, at least 1
     * @throws AccreteException bad argument: not a whole number of rows
     */
    public static Examples flat(float[] values, int width) {
        return of(new FlatFloats(values, width));
    }

    private static int rows(int length, int width) {
        if (width < 1 || length % width != 0) {
            throw AccreteException.badArgument(
                    "values must be rows × width numbers but were " + length + " with a width of " + width);
        }
        return length / width;
    }

    /**
     * {@return the same rows with labels, for a classifier}
     *
     * @param labels one per row; a {@code null} is a row without a label
     * @throws AccreteException bad argument: another number of labels than rows
     */
    public Examples labels(String[] labels) {
        requireRows("labels", labels.length);
        return new Examples(features, Optional.of(labels), Optional.empty(), NONE, weights);
    }

    /**
     * {@return the same rows with whole numbers as labels, for a classifier}
     *
     * @param labels one per row
     * @throws AccreteException bad argument: another number of labels than rows
     */
    public Examples labels(int[] labels) {
        requireRows("labels", labels.length);
        return new Examples(features, Optional.empty(), Optional.of(labels), NONE, weights);
    }

    /**
     * {@return the same rows with numbers as targets; a classifier takes them as labels, {@code 1.0} being {@code 1}}
     *
     * @param y one per row; NaN is a row without a target
     * @throws AccreteException bad argument: another number of targets than rows
     */
    public Examples targets(double[] y) {
        requireRows("targets", y.length);
        return new Examples(features, Optional.empty(), Optional.empty(), y, weights);
    }

    /**
     * {@return the same rows with weights}
     *
     * @param perRow one per row, each finite and at least 0
     * @throws AccreteException bad argument: another number of weights than rows
     */
    public Examples weights(double[] perRow) {
        requireRows("weights", perRow.length);
        return new Examples(features, texts, numbers, targets, perRow);
    }

    /** {@return how many rows there are} */
    public int rows() {
        return features.rows;
    }

    /** {@return how many features a row has; 0 when there is no row} */
    public int width() {
        return features.width;
    }

    /** {@return whether the rows have labels or targets} */
    public boolean hasTargets() {
        return texts.isPresent() || numbers.isPresent() || targets.length > 0;
    }

    /** {@return the distinct labels, sorted as classes are: numbers by value, then text by code point} */
    public List<String> classes() {
        if (texts.isPresent()) {
            return LabelIndex.sorted(Arrays.stream(texts.get())
                    .filter(Objects::nonNull)
                    .distinct()
                    .toList());
        }
        if (numbers.isPresent()) {
            return LabelIndex.sorted(Arrays.stream(numbers.get())
                    .distinct()
                    .mapToObj(Integer::toString)
                    .toList());
        }
        return LabelIndex.sorted(Arrays.stream(targets)
                .filter(target -> !Double.isNaN(target))
                .distinct()
                .mapToObj(Double::toString)
                .toList());
    }

    /** Arrays that are used again from call to call as long as the number of rows stays the same. */
    public static final class Scratch {
        private double[] values = NONE;
        private double[] targets = NONE;

        /** Makes empty arrays. */
        public Scratch() {}

        private double[] values(int length) {
            if (values.length != length) {
                values = new double[length];
            }
            return values;
        }

        private double[] targets(int length) {
            if (targets.length != length) {
                targets = new double[length];
            }
            return targets;
        }
    }

    /**
     * {@return the rows as a chunk, valid until the scratch is used again} The features are copied unless they are flat
     * doubles. One small object is made per call, none per row.
     *
     * @param schema numeric columns, as many as features
     * @param labels numbers the labels, and learns new ones; read for a categorical target only
     * @param scratch arrays that the chunk may stand in
     * @throws AccreteException bad argument: rows of another width, or without the targets that the schema has; bad
     *     data: an empty label
     */
    public DenseChunk chunk(Schema schema, LabelIndex labels, Scratch scratch) {
        int rows = rows();
        int width = schema.width();
        if (rows == 0) {
            return new DenseChunk(schema, NONE, NONE, NONE, labels.labels());
        }
        if (features.width != width) {
            throw AccreteException.badArgument(
                    "a row must have " + width + " features but row 0 has " + features.width);
        }
        double[] x;
        if (features instanceof Flat flat) {
            x = flat.values;
        } else {
            x = scratch.values(rows * width);
            features.copy(x);
        }
        double[] y = NONE;
        if (hasTargets()) {
            y = switch (schema.target().kind()) {
                case NONE -> NONE;
                case NUMERIC -> numericTargets(scratch, rows);
                case CATEGORICAL -> classTargets(labels, scratch, rows);
            };
        }
        return new DenseChunk(schema, x, y, weights, labels.labels());
    }

    private double[] numericTargets(Scratch scratch, int rows) {
        if (texts.isPresent()) {
            throw AccreteException.badArgument(
                    "a regressor's targets must be numbers but are labels; use a classifier");
        }
        if (numbers.isEmpty()) {
            return targets;
        }
        double[] y = scratch.targets(rows);
        for (int row = 0; row < rows; row++) {
            y[row] = numbers.get()[row];
        }
        return y;
    }

    private double[] classTargets(LabelIndex labels, Scratch scratch, int rows) {
        double[] y = scratch.targets(rows);
        if (texts.isPresent()) {
            String[] spellings = texts.get();
            for (int row = 0; row < rows; row++) {
                y[row] = spellings[row] == null ? Double.NaN : labels.index(spellings[row]);
            }
        } else if (numbers.isPresent()) {
            int[] small = numbers.get();
            for (int row = 0; row < rows; row++) {
                y[row] = labels.index(small[row]);
            }
        } else {
            for (int row = 0; row < rows; row++) {
                int whole = (int) targets[row];
                y[row] = Double.isNaN(targets[row])
                        ? Double.NaN
                        : whole == targets[row] ? labels.index(whole) : labels.index(Double.toString(targets[row]));
            }
        }
        return y;
    }

    private void requireRows(String what, int count) {
        if (count != rows()) {
            throw AccreteException.badArgument(what + " must be as many as rows, " + rows() + ", but were " + count);
        }
    }

    private static void requireWidth(int row, int found, int width) {
        if (found != width) {
            throw AccreteException.badArgument(
                    "a row must have " + width + " features but row " + row + " has " + found);
        }
    }

    /** {@return the kind of target that the rows have} */
    Target.Kind kind() {
        return !hasTargets() ? Target.Kind.NONE : targets.length > 0 ? Target.Kind.NUMERIC : Target.Kind.CATEGORICAL;
    }
}
