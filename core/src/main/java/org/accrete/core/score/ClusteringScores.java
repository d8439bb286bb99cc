package org.accrete.core.score;

import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Model;
import org.accrete.api.store.State;

/**
 * Scores of clusters: the mean squared distance of a row to the centre of its cluster, in the columns that the learner
 * sees. There is no target and no baseline, and every row counts.
 */
final class ClusteringScores extends Scores {
    private static final List<Figure> FIGURES = List.of(new Figure("", "inertia"));
    private static final String SQUARES = "squared_distance";

    private long rows;
    private double squares;
    private long blockRows;
    private double blockSquares;
    private long rowsBefore;
    private double squaresBefore;
    private long passed;
    private double[] distances = {};
    private double[] nearest = {};
    private double[] cluster = {};

    ClusteringScores(String prefix) {
        super(FIGURES, prefix);
    }

    @Override
    public void predict(Model model, Chunk chunk) {
        if (!(model instanceof Clusterer clusterer)) {
            throw AccreteException.badState("without a target only clusters can be scored");
        }
        int count = clusterer.clusters();
        int length = chunk.rows();
        distances = withLength(distances, length * count);
        nearest = withLength(nearest, length);
        cluster = withLength(cluster, length);
        clusterer.distances(chunk, distances);
        for (int row = 0; row < length; row++) {
            int c = Clusterer.nearest(distances, row, count);
            cluster[row] = c;
            nearest[row] = c < 0 ? Double.NaN : distances[row * count + c];
        }
    }

    @Override
    public double predicted(int row) {
        return cluster[row];
    }

    @Override
    public double loss(Chunk chunk, int row) {
        return nearest[row] * nearest[row];
    }

    @Override
    public void useDecisions(Model model, int known, double[] values, Chunk chunk) {
        throw AccreteException.badState("clusters have no decision values");
    }

    @Override
    public void count(Chunk chunk, int from, int to) {
        for (int row = from; row < to; row++) {
            double square = loss(chunk, row);
            if (Double.isNaN(square)) {
                passed++;
            } else {
                rows++;
                squares += square;
                blockRows++;
                blockSquares += square;
            }
            rowEnds();
        }
    }

    @Override
    public double noChange() {
        return Double.NaN;
    }

    @Override
    public double usual() {
        return Double.NaN;
    }

    @Override
    public void countLate(Chunk chunk, double noChange, double usual) {
        count(chunk, 0, 1);
    }

    @Override
    public void pass(Chunk chunk, int from, int to) {
        for (int row = from; row < to; row++) {
            passed++;
            rowEnds();
        }
    }

    @Override
    long scored() {
        return rows;
    }

    @Override
    long passed() {
        return passed;
    }

    @Override
    Optional<double[]> nextBlock() {
        Optional<double[]> ended =
                blockRows == BLOCK ? Optional.of(canonical(blockSquares / blockRows)) : Optional.empty();
        blockRows = 0;
        blockSquares = 0;
        return ended;
    }

    @Override
    double[] cumulative() {
        return canonical(squares / rows);
    }

    @Override
    public void beginStretch() {
        rowsBefore = rows;
        squaresBefore = squares;
    }

    @Override
    double[] sinceStretchBegan() {
        return canonical(Math.max(0, squares - squaresBefore) / (rows - rowsBefore));
    }

    @Override
    String requiredTensor() {
        return prefix() + SQUARES;
    }

    @Override
    void write(State.Builder state) {
        state.longs(prefix() + "scored", new long[] {rows, blockRows, passed})
                .doubles(prefix() + SQUARES, canonical(squares, blockSquares));
    }

    @Override
    void read(State state) {
        long[] counts = state.longs(prefix() + "scored", 3);
        double[] sums = state.doubles(prefix() + SQUARES, 2);
        rows = counts[0];
        blockRows = counts[1];
        passed = counts[2];
        squares = sums[0];
        blockSquares = sums[1];
        if (rows < 0 || blockRows < 0 || passed < 0) {
            throw AccreteException.corruptFile("tensor '" + prefix() + "scored' must be >= 0");
        }
    }
}
