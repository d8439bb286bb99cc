package org.accrete.core.score;

import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;

/**
 * Scores of a numeric target: mean absolute error, root mean squared error, and R² against the mean of the same rows.
 *
 * <p>Baselines: {@code no_change} predicts the previous row's target, {@code mean} the mean of all targets before the
 * row; both predict 0 before the first row. R² is undefined while all targets are equal.
 */
final class RegressionScores extends Scores {
    private static final int PREDICTORS = 3;

    private static final List<Figure> FIGURES = List.of(
            new Figure("", "mae"),
            new Figure("", "rmse"),
            new Figure("", "r2"),
            new Figure("no_change", "mae"),
            new Figure("no_change", "rmse"),
            new Figure("no_change", "r2"),
            new Figure("mean", "mae"),
            new Figure("mean", "rmse"),
            new Figure("mean", "r2"));

    private final Sums all = new Sums();
    private final Sums block = new Sums();
    private Sums before = new Sums();
    private long passed;
    private double meanSoFar;
    private double previous;
    private double[] predictions = {};

    RegressionScores(String prefix) {
        super(FIGURES, prefix);
    }

    @Override
    public void predict(Model model, Chunk chunk) {
        if (!(model instanceof Regressor regressor)) {
            throw AccreteException.badState("a numeric target can only be scored with a regressor");
        }
        predictions = withLength(predictions, chunk.rows());
        regressor.predict(chunk, predictions);
    }

    @Override
    public double predicted(int row) {
        return predictions[row];
    }

    @Override
    public double loss(Chunk chunk, int row) {
        double error = chunk.hasTargets() ? predictions[row] - chunk.target(row) : Double.NaN;
        return error * error;
    }

    @Override
    public void useDecisions(Model model, int known, double[] values, Chunk chunk) {
        predictions = withLength(predictions, chunk.rows());
        int next = 0;
        for (int row = 0; row < chunk.rows(); row++) {
            if (!Double.isNaN(chunk.target(row))) {
                predictions[row] = values[next++];
            }
        }
    }

    @Override
    public void count(Chunk chunk, int from, int to) {
        int end = end(chunk, to);
        for (int row = from; row < end; row++) {
            count(chunk.target(row), row, previous, meanSoFar);
        }
    }

    @Override
    public void countLate(Chunk chunk, double noChange, double usual) {
        if (end(chunk, 1) == 1) {
            count(chunk.target(0), 0, noChange, usual);
        }
    }

    private void count(double target, int row, double noChange, double mean) {
        if (!Double.isNaN(target)) {
            all.add(target, predictions[row], noChange, mean);
            block.add(target, predictions[row], noChange, mean);
            observe(target);
            rowEnds();
        }
    }

    @Override
    public double noChange() {
        return previous;
    }

    @Override
    public double usual() {
        return meanSoFar;
    }

    @Override
    public void pass(Chunk chunk, int from, int to) {
        int end = end(chunk, to);
        for (int row = from; row < end; row++) {
            double target = chunk.target(row);
            if (!Double.isNaN(target)) {
                passed++;
                observe(target);
                rowEnds();
            }
        }
    }

    /** What the baselines know after a row. */
    private void observe(double target) {
        meanSoFar += (target - meanSoFar) / (all.rows + passed);
        previous = target;
    }

    @Override
    long scored() {
        return all.rows;
    }

    @Override
    long passed() {
        return passed;
    }

    @Override
    Optional<double[]> nextBlock() {
        Optional<double[]> ended = block.rows == BLOCK ? Optional.of(block.values()) : Optional.empty();
        block.clear();
        return ended;
    }

    @Override
    double[] cumulative() {
        return all.values();
    }

    @Override
    public void beginStretch() {
        before = all.minus(new Sums());
    }

    @Override
    double[] sinceStretchBegan() {
        return all.minus(before).values();
    }

    @Override
    String requiredTensor() {
        return prefix() + "target";
    }

    @Override
    void write(State.Builder state) {
        state.number(prefix() + "previous", previous);
        if (passed > 0) {
            state.whole(prefix() + "passed", passed).number(prefix() + "mean_so_far", meanSoFar);
        }
        all.write(prefix(), state);
        block.write(prefix() + "block.", state);
    }

    @Override
    void read(State state) {
        previous = state.number(prefix() + "previous");
        all.read(prefix(), state);
        block.read(prefix() + "block.", state);
        boolean hasPassed = state.tensors().containsKey(prefix() + "passed");
        passed = hasPassed ? state.whole(prefix() + "passed") : 0;
        meanSoFar = hasPassed ? state.number(prefix() + "mean_so_far") : all.mean;
    }

    /** Sums over some rows; of errors: the model's, no-change's, the mean's. Targets by Welford's update. */
    private static final class Sums {
        private final double[] absolute = new double[PREDICTORS];
        private final double[] squared = new double[PREDICTORS];
        private long rows;
        private double mean;
        private double m2;

        void add(double target, double model, double noChange, double meanBefore) {
            error(0, model - target);
            error(1, noChange - target);
            error(2, meanBefore - target);
            rows++;
            double delta = target - mean;
            mean += delta / rows;
            m2 += delta * (target - mean);
        }

        private void error(int predictor, double error) {
            absolute[predictor] += Math.abs(error);
            squared[predictor] += error * error;
        }

        /** {@return the sums of the rows that are in these and not in others, which are of the first of them} */
        Sums minus(Sums first) {
            Sums rest = new Sums();
            rest.rows = rows - first.rows;
            for (int i = 0; i < PREDICTORS; i++) {
                rest.absolute[i] = absolute[i] - first.absolute[i];
                rest.squared[i] = Math.max(0, squared[i] - first.squared[i]);
            }
            if (rest.rows > 0) {
                // The inverse of merging two parts (Chan et al. 1979).
                rest.mean = (mean * rows - first.mean * first.rows) / rest.rows;
                double delta = rest.mean - first.mean;
                rest.m2 = m2 - first.m2 - delta * delta * first.rows * ((double) rest.rows / rows);
            }
            return rest;
        }

        void clear() {
            for (int i = 0; i < PREDICTORS; i++) {
                absolute[i] = 0;
                squared[i] = 0;
            }
            rows = 0;
            mean = 0;
            m2 = 0;
        }

        double[] values() {
            double[] values = new double[FIGURES.size()];
            for (int i = 0; i < PREDICTORS; i++) {
                values[3 * i] = absolute[i] / rows;
                values[3 * i + 1] = Math.sqrt(squared[i] / rows);
                values[3 * i + 2] = m2 > 0 ? 1 - squared[i] / m2 : Double.NaN;
            }
            return canonical(values);
        }

        void write(String prefix, State.Builder state) {
            state.whole(prefix + "scored", rows)
                    .doubles(prefix + "absolute_error", canonical(absolute))
                    .doubles(prefix + "squared_error", canonical(squared))
                    .doubles(prefix + "target", canonical(mean, m2));
        }

        void read(String prefix, State state) {
            rows = state.whole(prefix + "scored");
            System.arraycopy(state.doubles(prefix + "absolute_error", PREDICTORS), 0, absolute, 0, PREDICTORS);
            System.arraycopy(state.doubles(prefix + "squared_error", PREDICTORS), 0, squared, 0, PREDICTORS);
            double[] target = state.doubles(prefix + "target", 2);
            mean = target[0];
            m2 = target[1];
            if (rows < 0) {
                throw AccreteException.corruptFile("tensor '" + prefix + "scored' must be >= 0 but is " + rows);
            }
        }
    }
}
