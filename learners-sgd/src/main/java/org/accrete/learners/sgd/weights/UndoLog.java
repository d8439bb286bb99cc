package org.accrete.learners.sgd.weights;

import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;

/**
 * Saves an array of vectors, one per linear function, so that a refused chunk can be taken back.
 *
 * <p>A dense chunk saves all elements. A sparse chunk saves only the elements of its own columns: a model of millions
 * of weights is not copied for a chunk of ten rows. Who changes other elements too calls {@link #saveAll} first. Copies
 * go to arrays that are reused.
 *
 * <p>A sparse chunk's elements are saved before its first row ({@link #begin}), or those of each row just before the
 * row changes them ({@link #beginRows}), when they are in the cache. Changes of rows are undone from the last to the
 * first; those after {@link #saveAll} are covered by it.
 */
public final class UndoLog {
    private static final int LONGEST = Integer.MAX_VALUE - 64;

    private double[] before = {};
    private double[] all = {};
    private boolean savedAll;
    private double[] named = {};
    private boolean savedNamed;
    private boolean byRow;
    /** For each change of a row, the row times the number of vectors, plus the vector. */
    private long[] moves = {};

    private int moved;
    private int movedBeforeAll;
    private int entries;
    private int origin;

    /** {@return whether the chunk is sparse and has fewer entries than a vector has elements} */
    private static boolean isNarrow(Chunk chunk, int width) {
        return chunk instanceof SparseChunk sparse && entries(sparse) < width;
    }

    private static int entries(SparseChunk chunk) {
        return chunk.end(chunk.rows() - 1) - chunk.start(0);
    }

    /**
     * Saves what a chunk may change.
     *
     * @param array vectors one after the other
     * @param width length of each
     */
    public void begin(double[] array, int width, Chunk chunk) {
        if (!makeRoom(array, width, chunk) || !(chunk instanceof SparseChunk sparse)) {
            return;
        }
        int count = array.length / width;
        for (int c = 0; c < count; c++) {
            SparseKernels.gather(array, c * width, sparse.indices(), origin, origin + entries, named, c * entries);
        }
        savedNamed = true;
    }

    /**
     * Saves everything now, or leaves it to each row if the chunk is narrow: see {@link #isNarrow}.
     *
     * @param array vectors one after the other
     * @param width length of each
     */
    public void beginRows(double[] array, int width, Chunk chunk) {
        byRow = makeRoom(array, width, chunk);
    }

    private boolean makeRoom(double[] array, int width, Chunk chunk) {
        before = array;
        savedAll = false;
        savedNamed = false;
        byRow = false;
        moved = 0;
        movedBeforeAll = 0;
        if (!isNarrow(chunk, width) || !(chunk instanceof SparseChunk sparse)) {
            saveAll(array);
            return false;
        }
        entries = entries(sparse);
        origin = sparse.start(0);
        long room = (long) entries * (array.length / width);
        if (room > named.length) {
            named = new double[(int) Math.min(LONGEST, Math.max(room, 2L * named.length))];
        }
        return true;
    }

    /**
     * {@return whether each row saves what it changes of this array} No longer after new classes, which get a new
     * array.
     */
    public boolean takesRowsOf(double[] array) {
        return byRow && array == before;
    }

    /**
     * Adds a multiple of a row to one vector, and saves it as it was.
     *
     * @param c which vector
     * @param factor of the row; 0 changes nothing
     * @return the sum of the magnitudes of the changed elements: not finite if one of them is not
     */
    public double move(int c, SparseChunk chunk, int row, double factor, int width) {
        if (factor == 0) {
            return 0;
        }
        return SparseKernels.axpyWithUndo(
                factor,
                chunk.indices(),
                chunk.values(),
                chunk.start(row),
                chunk.end(row),
                before,
                c * width,
                named,
                place(c, chunk, row, width));
    }

    /**
     * Saves the elements of one vector that a row is about to change, unless everything is saved.
     *
     * @param array as in {@link #takesRowsOf}
     * @param c which vector
     */
    public void save(double[] array, int c, SparseChunk chunk, int row, int width) {
        if (takesRowsOf(array) && !savedAll) {
            int place = place(c, chunk, row, width);
            SparseKernels.gather(before, c * width, chunk.indices(), chunk.start(row), chunk.end(row), named, place);
        }
    }

    private int place(int c, SparseChunk chunk, int row, int width) {
        if (moved == moves.length) {
            moves = Arrays.copyOf(moves, Math.max(64, 2 * moved));
        }
        moves[moved++] = (long) row * (before.length / width) + c;
        return c * entries + (chunk.start(row) - origin);
    }

    /** Saves everything, unless that is done or new classes have a new array. */
    public void saveAll(double[] array) {
        if (!savedAll && array == before) {
            if (all.length < array.length) {
                all = new double[array.length];
            }
            System.arraycopy(array, 0, all, 0, array.length);
            savedAll = true;
            movedBeforeAll = moved;
        }
    }

    /** {@return an array with any content, to be used in place of another, which is then handed to {@link #give}} */
    public double[] spare(int length) {
        if (all.length != length) {
            all = new double[length];
        }
        return all;
    }

    /** Takes an array that is no longer used, for the next call of {@link #spare}. */
    public void give(double[] array) {
        all = array;
    }

    /** {@return the array that was saved, with everything restored} */
    public double[] rollBack(int width, Chunk chunk) {
        if (savedAll) {
            System.arraycopy(all, 0, before, 0, before.length);
        }
        if (byRow && chunk instanceof SparseChunk sparse) {
            int count = before.length / width;
            for (int i = (savedAll ? movedBeforeAll : moved) - 1; i >= 0; i--) {
                int from = sparse.start((int) (moves[i] / count));
                int to = sparse.end((int) (moves[i] / count));
                int c = (int) (moves[i] % count);
                SparseKernels.scatter(
                        named, c * entries + (from - origin), sparse.indices(), from, to, before, c * width);
            }
        }
        if (savedNamed && chunk instanceof SparseChunk sparse) {
            for (int c = 0; c < before.length / width; c++) {
                SparseKernels.scatter(
                        named, c * entries, sparse.indices(), origin, origin + entries, before, c * width);
            }
        }
        return before;
    }

    /** {@return whether every element of the chunk's columns is finite; looks at all unless the chunk is narrow} */
    public static boolean isFinite(double[] array, int width, Chunk chunk) {
        if (!isNarrow(chunk, width) || !(chunk instanceof SparseChunk sparse)) {
            return isFinite(array);
        }
        int[] indices = sparse.indices();
        int to = sparse.end(sparse.rows() - 1);
        for (int origin = 0; origin < array.length; origin += width) {
            for (int k = sparse.start(0); k < to; k++) {
                if (!Double.isFinite(array[origin + indices[k]])) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * {@return whether no magnitude in the chunk's columns exceeds a limit; looks at all unless the chunk is narrow}
     */
    public static boolean isWithin(double limit, double[] array, int width, Chunk chunk) {
        if (!isNarrow(chunk, width) || !(chunk instanceof SparseChunk sparse)) {
            return isWithin(limit, array);
        }
        int[] indices = sparse.indices();
        int to = sparse.end(sparse.rows() - 1);
        for (int origin = 0; origin < array.length; origin += width) {
            for (int k = sparse.start(0); k < to; k++) {
                if (!(Math.abs(array[origin + indices[k]]) <= limit)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** {@return whether no magnitude exceeds a limit} */
    public static boolean isWithin(double limit, double[] array) {
        for (double element : array) {
            if (!(Math.abs(element) <= limit)) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return whether every element of the chunk's columns exceeds a limit; looks at all unless the chunk is narrow}
     */
    public static boolean isAbove(double limit, double[] array, int width, Chunk chunk) {
        if (!isNarrow(chunk, width) || !(chunk instanceof SparseChunk sparse)) {
            return isAbove(limit, array);
        }
        int[] indices = sparse.indices();
        int to = sparse.end(sparse.rows() - 1);
        for (int origin = 0; origin < array.length; origin += width) {
            for (int k = sparse.start(0); k < to; k++) {
                if (!(array[origin + indices[k]] > limit)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** {@return whether every element exceeds a limit} */
    public static boolean isAbove(double limit, double[] array) {
        for (double element : array) {
            if (!(element > limit)) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether every element is finite} */
    public static boolean isFinite(double[] array) {
        return DenseKernels.best().allFinite(array, 0, array.length);
    }

    /** {@return a copy of the array, in the other array if that has the same length} */
    public static double[] copy(double[] array, double[] other) {
        if (other.length != array.length) {
            return array.clone();
        }
        System.arraycopy(array, 0, other, 0, array.length);
        return other;
    }

    /**
     * {@return the vectors of more classes: one function that told two classes apart becomes its opposite and itself;
     * new classes get zeros}
     *
     * @param array vectors one after the other
     * @param width length of each
     * @param count number of vectors afterwards
     * @param share factor of the one function in each of the two, 1 or 0.5
     */
    public static double[] grow(double[] array, int width, int count, double share) {
        double[] more = Arrays.copyOf(array, count * width);
        if (array.length == width) {
            for (int j = 0; j < width; j++) {
                more[j] = 0.0 - share * array[j];
                more[width + j] = share * array[j];
            }
        }
        return more;
    }
}
