package org.accrete.learners.neighbours;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.learn.ModelGraph;
import org.accrete.api.learn.ModelGraph.Value;
import org.accrete.api.store.State;
import org.accrete.kernels.DenseKernels;

/**
 * The last rows in a ring, with their targets and weights, and an exact search through all of them, from the oldest to
 * the newest. Where a value is missing in one of two rows, their distance is that over the other columns, scaled up to
 * all.
 */
final class RowWindow {
    /** What a search found, reused from search to search. */
    static final class Found {
        final double[] distances;
        final int[] rows;
        int count;

        Found(int most) {
            distances = new double[most];
            rows = new int[most];
        }
    }

    private static final DenseKernels KERNELS = DenseKernels.best();
    private static final String X = "k-nearest-neighbours.x";
    private static final String Y = "k-nearest-neighbours.y";
    private static final String WEIGHT = "k-nearest-neighbours.weight";

    /** Running sums of a squared distance. */
    private static final int LANES = 16;

    private final int size;
    private final int width;
    private final double[] x;
    private final double[] y;
    private final double[] weight;
    private int rows;

    /** Where the next row goes: the place of the oldest one once the window is full. */
    private int next;

    RowWindow(int size, int width) {
        this.size = size;
        this.width = width;
        if ((long) size * width > Integer.MAX_VALUE - 64) {
            throw AccreteException.badArgument(
                    "window-size times " + width + ", the columns, must be < 2^31 but window-size is " + size);
        }
        x = new double[size * width];
        y = new double[size];
        weight = new double[size];
    }

    private RowWindow(RowWindow other) {
        size = other.size;
        width = other.width;
        x = other.x.clone();
        y = other.y.clone();
        weight = other.weight.clone();
        rows = other.rows;
        next = other.next;
    }

    RowWindow copy() {
        return new RowWindow(this);
    }

    int rows() {
        return rows;
    }

    int size() {
        return size;
    }

    double y(int place) {
        return y[place];
    }

    double weight(int place) {
        return weight[place];
    }

    /** Adds a row in place of the oldest one, if the window is full. */
    void add(double[] from, double target, double w) {
        System.arraycopy(from, 0, x, next * width, width);
        y[next] = target;
        weight[next] = w;
        next = next + 1 == size ? 0 : next + 1;
        rows = Math.min(size, rows + 1);
    }

    /** Finds the rows nearest to one, nearest first, the older of equals first. */
    void search(double[] row, Found found) {
        found.count = 0;
        int oldest = rows < size ? 0 : next;
        search(row, oldest, rows, found);
        search(row, 0, rows < size ? 0 : next, found);
    }

    private void search(double[] row, int from, int to, Found found) {
        double[] distances = found.distances;
        int most = distances.length;
        for (int place = from; place < to; place++) {
            double square = KERNELS.squaredDistance(row, 0, x, place * width, width);
            if (square != square) {
                square = partialDistance(row, place);
            }
            int count = found.count;
            if (count == most && !(square < distances[most - 1])) {
                continue;
            }
            int at = count < most ? count : most - 1;
            while (at > 0 && square < distances[at - 1]) {
                distances[at] = distances[at - 1];
                found.rows[at] = found.rows[at - 1];
                at--;
            }
            distances[at] = square;
            found.rows[at] = place;
            found.count = Math.min(most, count + 1);
        }
    }

    private double partialDistance(double[] row, int place) {
        double sum = 0;
        int present = 0;
        for (int j = 0; j < width; j++) {
            double difference = row[j] - x[place * width + j];
            if (difference == difference) {
                sum += difference * difference;
                present++;
            }
        }
        // Nothing is known of the distance then, and there is none further off.
        return present == 0 ? Double.MAX_VALUE : sum * ((double) width / present);
    }

    /** Writes the rows from the oldest to the newest. */
    void write(State.Builder state) {
        int oldest = rows < size ? 0 : next;
        state.doubles(X, inOrder(x, oldest, width), rows, width)
                .doubles(Y, inOrder(y, oldest, 1))
                .doubles(WEIGHT, inOrder(weight, oldest, 1));
    }

    private double[] inOrder(double[] ring, int oldest, int each) {
        double[] ordered = new double[rows * each];
        int first = (rows - oldest) * each;
        System.arraycopy(ring, oldest * each, ordered, 0, first);
        System.arraycopy(ring, 0, ordered, first, oldest * each);
        return ordered;
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param classes how many classes targets are indexes of; 0 for numbers
     */
    void read(State state, int classes) {
        long[] shape = state.tensor(Y).shape();
        if (shape.length != 1 || shape[0] > size) {
            throw AccreteException.corruptFile(
                    "tensor '" + Y + "' must have up to " + size + " numbers but has shape " + Arrays.toString(shape));
        }
        rows = (int) shape[0];
        next = rows == size ? 0 : rows;
        System.arraycopy(state.doubles(X, rows, width), 0, x, 0, rows * width);
        System.arraycopy(state.doubles(Y, rows), 0, y, 0, rows);
        System.arraycopy(state.doubles(WEIGHT, rows), 0, weight, 0, rows);
        for (int i = 0; i < rows * width; i++) {
            if (Math.abs(x[i]) > RowLimits.MAX_VALUE) {
                throw AccreteException.corruptFile("tensor '" + X + "' holds " + x[i] + ", which cannot be learned");
            }
        }
        for (int i = 0; i < rows; i++) {
            boolean learnable = classes == 0
                    ? Math.abs(y[i]) <= RowLimits.MAX_VALUE
                    : y[i] >= 0 && y[i] < classes && y[i] == Math.rint(y[i]);
            if (!learnable || !(weight[i] > 0 && weight[i] <= RowLimits.MAX_WEIGHT)) {
                throw AccreteException.corruptFile(
                        "tensors '" + Y + "' and '" + WEIGHT + "' hold numbers that cannot be learned");
            }
        }
    }

    // --- export

    /** {@return the targets, from the oldest row to the newest} */
    double[] targets() {
        return inOrder(y, rows < size ? 0 : next, 1);
    }

    /** {@return the weights in a graph, in the same order} */
    Value weights(ModelGraph graph) {
        return graph.constant(inOrder(weight, rows < size ? 0 : next, 1), rows);
    }

    /**
     * {@return the squared distances of rows to those of the window in a graph, rows × rows of the window: the bits of
     * those that {@link #search} compares, so that rows which are equally far are so in both}
     *
     * @param row the numbers of a graph's rows
     * @param columns where those that count are among them
     */
    Value distances(ModelGraph graph, Value row, long[] columns) {
        double[] all = inOrder(x, rows < size ? 0 : next, width);
        Value[] squares = new Value[width];
        for (int j = 0; j < width; j++) {
            double[] column = new double[rows];
            for (int i = 0; i < rows; i++) {
                column[i] = all[i * width + j];
            }
            Value difference = graph.apply("Sub", graph.columns(row, columns[j]), graph.constant(column, 1, rows));
            squares[j] = graph.apply("Mul", difference, difference);
        }
        Value whole = whole(graph, squares);
        Value nothing = graph.constant(0);
        Value one = graph.constant(1);
        List<Value> known = new ArrayList<>();
        List<Value> present = new ArrayList<>();
        for (Value square : squares) {
            Value missing = graph.apply("IsNaN", square);
            known.add(graph.apply("Where", missing, nothing, square));
            present.add(graph.apply("Where", missing, nothing, one));
        }
        Value sum = inTurn(graph, known);
        Value count = inTurn(graph, present);
        Value scaled = graph.apply("Mul", sum, graph.apply("Div", graph.constant(width), count));
        Value partial =
                graph.apply("Where", graph.apply("Equal", count, nothing), graph.constant(Double.MAX_VALUE), scaled);
        return graph.apply("Where", graph.apply("IsNaN", whole), partial, whole);
    }

    /** Adds squares in the order of {@link DenseKernels#squaredDistance}. */
    private static Value whole(ModelGraph graph, Value[] squares) {
        int n = squares.length;
        int even = n - n % (LANES / 2);
        int lanes = Math.min(LANES, even);
        Value[] sums = Arrays.copyOf(squares, lanes);
        for (int j = lanes; j < even; j++) {
            sums[j % LANES] = graph.apply("Add", sums[j % LANES], squares[j]);
        }
        for (int half = lanes / 2; half > 0; half /= 2) {
            for (int k = 0; k < half; k++) {
                sums[k] = graph.apply("Add", sums[k], sums[k + half]);
            }
        }
        List<Value> both = new ArrayList<>();
        if (lanes > 0) {
            both.add(sums[0]);
        }
        if (even < n) {
            both.add(inTurn(graph, Arrays.asList(squares).subList(even, n)));
        }
        return inTurn(graph, both);
    }

    private static Value inTurn(ModelGraph graph, List<Value> terms) {
        Value sum = terms.get(0);
        for (Value term : terms.subList(1, terms.size())) {
            sum = graph.apply("Add", sum, term);
        }
        return sum;
    }
}
