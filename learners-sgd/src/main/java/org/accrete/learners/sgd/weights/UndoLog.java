package org.accrete.learners.sgd.weights;

import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.DenseKernels;
import org.accrete.kernels.SparseKernels;

/**
 * What an array of vectors was before a chunk, one vector per linear function.
 *
 * <p>For a dense chunk all elements are copied. For a sparse one only those that its entries name are: a model of
 * millions of weights is not copied for a chunk of ten rows. Whoever changes the others too calls {@link #saveAll}
 * first; taking back puts all in place, then the named ones. Copies go to arrays that are used again.
 *
 * <p>The named ones are copied before the first row ({@link #begin}), or each row's just before the row moves them
 * ({@link #beginRows}): they are at hand then. Such moves are taken back from the last to the first, those after
 * {@link #saveAll} not at all.
 */
public final class UndoLog {
    private static final int LONGEST = Integer.MAX_VALUE - 64;

    private double[] before = {};
    private double[] all = {};
    private boolean savedAll;
    private double[] named = {};
    private boolean savedNamed;
    private boolean byRow;
    /** Of each move the row times the number of vectors, plus the vector. */
    private long[] moves = {};

    private int moved;
    private int movedBeforeAll;
    private int entries;
    private int origin;

    /** {@return whether the chunk has fewer entries than a vector has elements, so that it pays to go by them} */
    public static boolean isNarrow(Chunk chunk, int width) {
        return chunk instanceof SparseChunk sparse && entries(sparse) < width;
    }

    private static int entries(SparseChunk chunk) {
        return chunk.end(chunk.rows() - 1) - chunk.start(0);
    }

    /**
     * Remembers what a chunk may change.
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
     * Remembers each row as it is moved, or everything now if the chunk is no narrower than the vectors.
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
     * {@return whether rows that move this array are remembered} Not any more once classes came up, which got another
     * one.
     */
    public boolean takesRowsOf(double[] array) {
        return byRow && array == before;
    }

    /**
     * Moves one vector by a multiple of a row, and remembers it as it was.
     *
     * @param c which vector
     * @param factor of the row; 0 moves nothing
     * @return a number that is finite only if the vector is finite there now
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
     * Remembers one vector as it is where a row is about to move it, unless everything is remembered.
     *
     * @param array as in {@link #takesRowsOf}
     * @param c which vector
     */
    public void remember(double[] array, int c, SparseChunk chunk, int row, int width) {
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

    /** Remembers everything, unless that is done or the array is another one by now. */
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

    /**
     * {@return an array of a length for what shall take the place of one, with anything in it; then {@link #give} that
     * one back}
     */
    public double[] spare(int length) {
        if (all.length != length) {
            all = new double[length];
        }
        return all;
    }

    /** Takes an array that is no longer used, as {@link #spare} for the next call. */
    public void give(double[] array) {
        all = array;
    }

    /** {@return the array of {@link #begin}, as it was} */
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

    /** {@return whether every element that the chunk names is finite; all, where that is not more} */
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
     * {@return whether no element that the chunk names is larger than a limit; none at all, where those are not more}
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

    /** {@return whether no element is larger than a limit} */
    public static boolean isWithin(double limit, double[] array) {
        for (double element : array) {
            if (!(Math.abs(element) <= limit)) {
                return false;
            }
        }
        return true;
    }

    /** {@return whether every element that the chunk names is larger than a limit; all, where that is not more} */
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

    /** {@return whether every element is larger than a limit} */
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

    /** {@return a copy of the array, in the other one if it has the right length} */
    public static double[] copy(double[] array, double[] other) {
        if (other.length != array.length) {
            return array.clone();
        }
        System.arraycopy(array, 0, other, 0, array.length);
        return other;
    }

    /**
     * {@return the vectors of more classes: of one function that told two classes apart, its opposite and itself; of a
     * new class, zeros}
     *
     * @param array vectors one after the other
     * @param width length of each
     * @param count how many there are to be
     * @param share how much of the one function each of the two gets, 1 or a half
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
