package org.accrete.learners.sgd.optimizer;

import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.MixtureCells;
import org.accrete.kernels.MixtureSums;
import org.accrete.kernels.OptimizerKernels;
import org.accrete.learners.sgd.weights.MixedWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.WeightedMerge;

/**
 * The two members of an {@link AdaGradMixture}: their functions, and the learning rates of these. Those of the first
 * never forget, those of the second do.
 *
 * <p>While rows are dense, the numbers lie in the arrays of the parts. While they are sparse, they lie in
 * {@link MixtureCells}, and the arrays of the parts are empty but for the intercepts. Going from one to the other costs
 * O(functions · width).
 */
final class MixtureMembers implements TrainingState {
    /** How many there are. */
    static final int COUNT = 2;

    private static final double[] NONE = {};

    private final TrainableWeights first;
    private final Accumulator second;
    private final Accumulator lasting;
    private final Accumulator forgetting;
    /** Square of the constant feature, 0 for no intercept. */
    private final double square;

    private final MixtureSums sums = new MixtureSums();

    private Optional<MixtureCells> cells = Optional.empty();

    /** The cells of the chunk's first row. New classes get new cells; these stay as they were. */
    private Optional<MixtureCells> cellsBefore = Optional.empty();
    /** The sum of the magnitudes of the weights that rows of the chunk moved. */
    private double magnitude;
    /** The smallest rate that rows of the chunk made. */
    private double leastRate;

    /** Makes members that have seen nothing, of which the first has these weights. */
    MixtureMembers(Settings settings, TrainableWeights first) {
        this(
                settings.interceptRate(),
                first,
                new Accumulator("weights_2", Accumulator.Kind.SIGNED, first),
                new Accumulator("adagrad_rate", Accumulator.Kind.RATE, first),
                new Accumulator("forgetting_rate", Accumulator.Kind.RATE, first));
    }

    private MixtureMembers(
            double square, TrainableWeights first, Accumulator second, Accumulator lasting, Accumulator forgetting) {
        this.square = square;
        this.first = first;
        this.second = second;
        this.lasting = lasting;
        this.forgetting = forgetting;
    }

    /** {@return the functions of the first member} */
    TrainableWeights first() {
        return first;
    }

    /** {@return what else training goes on from} */
    TrainingState[] parts() {
        return new TrainingState[] {second, lasting, forgetting, this};
    }

    /**
     * Makes all members the same functions; nothing was learned before.
     *
     * @param coef functions × width, not kept
     * @param intercepts one per function, not kept
     */
    void startFrom(double[] coef, double[] intercepts) {
        first.startFrom(coef, intercepts);
        second.startFrom(coef, intercepts);
    }

    /** Goes over to other units of the target, in new arrays; the numbers are not in cells. */
    void goOver(double factor, double shift) {
        first.goOver(first.inUnits(factor, shift));
        second.goOver(second.inUnits(factor, shift));
    }

    // --- where the numbers lie

    /** {@return the numbers while rows are sparse} */
    Optional<MixtureCells> cells() {
        return cells;
    }

    /**
     * Puts the numbers into cells.
     *
     * @throws AccreteException bad argument: there are too many
     */
    MixtureCells enterCells() {
        if ((long) functions() * width() > MixtureCells.MOST) {
            throw AccreteException.badArgument("sparse rows with optimizer=adagrad-mixture need classes × columns <= "
                    + MixtureCells.MOST + " but they are " + functions() + " × " + width()
                    + "; use another optimizer or fewer hash buckets");
        }
        MixtureCells entered =
                new MixtureCells(first.vectors(), second.ofWeights(), lasting.ofWeights(), forgetting.ofWeights());
        first.replaceVectors(NONE);
        second.replaceOfWeights(NONE);
        lasting.replaceOfWeights(NONE);
        forgetting.replaceOfWeights(NONE);
        cells = Optional.of(entered);
        return entered;
    }

    /** Puts the numbers back into the arrays of the parts. */
    void leaveCells() {
        MixtureCells left = cells.orElseThrow();
        first.replaceVectors(left.column(MixtureCells.WEIGHT));
        second.replaceOfWeights(left.column(MixtureCells.WEIGHT + 1));
        lasting.replaceOfWeights(left.column(MixtureCells.RATE));
        forgetting.replaceOfWeights(left.column(MixtureCells.RATE + 1));
        cells = Optional.empty();
    }

    /** {@return the weighted sum of the weights of one column of function c, {@code m0 w0 + m1 w1}} */
    double weight(double m0, double m1, int c, int column) {
        int i = c * width() + column;
        return cells.isPresent() ? cells.get().sum(m0, m1, i) : m0 * first.vectors()[i] + m1 * second.ofWeights()[i];
    }

    /** {@return the weight of one column of function c of a member} */
    double weight(int member, int c, int column) {
        int i = c * width() + column;
        return cells.isPresent() ? cells.get().weight(member, i) : vectors()[member][i];
    }

    /** {@return number of functions} */
    int functions() {
        return first.count();
    }

    /** {@return length of each vector} */
    int width() {
        return first.width();
    }

    /** {@return the vectors of each member, functions × width; not copies; empty while there are cells} */
    double[][] vectors() {
        return new double[][] {first.vectors(), second.ofWeights()};
    }

    /** {@return the intercepts of a member, one per function; not a copy} */
    double[] intercepts(int member) {
        return member == 0 ? first.intercepts() : second.ofIntercepts();
    }

    /** {@return the weighted sum of the intercepts of function c} */
    double intercept(double m0, double m1, int c) {
        return m0 * first.intercepts()[c] + m1 * second.ofIntercepts()[c];
    }

    /** {@return the weighted sum of the members, in their arrays but for the intercepts} */
    MixedWeights mixed(double[] mixture, double[] intercepts, double scale, double[] sum) {
        return new MixedWeights(width(), mixture, vectors(), cells, intercepts, scale, sum);
    }

    /** Moves function c of every member along the row by its step, and its intercept. */
    void step(int c, Chunk chunk, int row, double[] steps) {
        if (chunk instanceof SparseChunk sparse) {
            magnitude += cells.orElseThrow()
                    .step(
                            steps[0],
                            steps[1],
                            c * width(),
                            sparse.indices(),
                            sparse.values(),
                            sparse.start(row),
                            sparse.end(row));
            stepIntercept(c, steps);
        } else {
            stepThenDecide(c, (DenseChunk) chunk, row, row, steps);
        }
    }

    /**
     * Moves function c of every member as {@link #step} does.
     *
     * @param next the row whose sums are computed afterwards
     * @return the sums of that row, without the intercept; overwritten at the next call
     */
    MixtureSums stepThenDecide(int c, DenseChunk chunk, int row, int next, double[] steps) {
        OptimizerKernels.best()
                .mixtureStepThenDecisions(
                        steps[0],
                        steps[1],
                        chunk.values(),
                        chunk.offset(row),
                        first.vectors(),
                        second.ofWeights(),
                        lasting.ofWeights(),
                        forgetting.ofWeights(),
                        c * width(),
                        chunk.values(),
                        chunk.offset(next),
                        width(),
                        sums);
        stepIntercept(c, steps);
        return sums;
    }

    private void stepIntercept(int c, double[] steps) {
        first.intercepts()[c] += steps[0] * (lasting.ofIntercepts()[c] * square);
        second.ofIntercepts()[c] += steps[1] * (forgetting.ofIntercepts()[c] * square);
    }

    /** {@return the sums of a row for function c, without the intercept; overwritten at the next call} */
    MixtureSums decide(int c, Chunk chunk, int row) {
        if (chunk instanceof SparseChunk sparse) {
            cells.orElseThrow()
                    .decisions(
                            c * width(), sparse.indices(), sparse.values(), sparse.start(row), sparse.end(row), sums);
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            OptimizerKernels.best()
                    .mixtureDecisions(
                            first.vectors(),
                            second.ofWeights(),
                            lasting.ofWeights(),
                            forgetting.ofWeights(),
                            c * width(),
                            dense.values(),
                            dense.offset(row),
                            width(),
                            sums);
        }
        return sums;
    }

    /** Writes the decision values of function c of each member's snapshot. */
    void decide(int c, Chunk chunk, int row, MixtureSnapshot snapshot, double[][] out) {
        if (chunk instanceof SparseChunk sparse) {
            cells.orElseThrow()
                    .snapshotProducts(
                            snapshot.isOlder(),
                            c * width(),
                            sparse.indices(),
                            sparse.values(),
                            sparse.start(row),
                            sparse.end(row),
                            sums);
            out[0][c] = sums.product0 + snapshot.intercept(0, c);
            out[1][c] = sums.product1 + snapshot.intercept(1, c);
        } else {
            for (int m = 0; m < COUNT; m++) {
                out[m][c] = snapshot.decision(m, c, (DenseChunk) chunk, row);
            }
        }
    }

    /** {@return the learning rate of the intercept of function c times the square of its feature} */
    double interceptRate(int c, boolean forgets) {
        return (forgets ? forgetting : lasting).ofIntercepts()[c] * square;
    }

    /**
     * Adds the squared gradients of a row to those of function c.
     *
     * @param gradient of the first member
     * @param quickGradient of the second
     * @param forget share of its sum that an element of magnitude 1 forgets
     */
    void accumulate(int c, Chunk chunk, int row, double gradient, double quickGradient, double forget) {
        int width = width();
        if (chunk instanceof SparseChunk sparse) {
            double least = cells.orElseThrow()
                    .rates(
                            gradient,
                            quickGradient,
                            forget,
                            c * width,
                            sparse.indices(),
                            sparse.values(),
                            sparse.start(row),
                            sparse.end(row));
            leastRate = Math.min(leastRate, least);
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            OptimizerKernels kernels = OptimizerKernels.best();
            int offset = dense.offset(row);
            kernels.adaGradRates(gradient, dense.values(), offset, lasting.ofWeights(), c * width, width);
            kernels.forgettingRates(
                    quickGradient, forget, dense.values(), offset, forgetting.ofWeights(), c * width, width);
        }
        double root = Math.sqrt(square);
        double[] ofIntercepts = lasting.ofIntercepts();
        ofIntercepts[c] = OptimizerKernels.forgettingRate(gradient, 0, root, ofIntercepts[c]);
        ofIntercepts = forgetting.ofIntercepts();
        ofIntercepts[c] = OptimizerKernels.forgettingRate(quickGradient, forget, root, ofIntercepts[c]);
    }

    /** {@return whether no weight that the chunk may have changed is larger than a limit} */
    boolean isWithin(double limit, Chunk chunk) {
        if (cells.isPresent()) {
            return magnitude <= limit || cells.get().isWithin(limit, 0);
        }
        return first.isWithin(limit, chunk) && second.isWithin(limit, chunk);
    }

    /** {@return whether no weight is larger than a limit} */
    boolean isWithin(double limit) {
        return first.isWithin(limit) && second.isWithin(limit);
    }

    // --- all or nothing: the cells

    @Override
    public void begin(Chunk chunk) {
        cellsBefore = cells;
        if (cells.isPresent() && chunk instanceof SparseChunk sparse) {
            int last = sparse.rows() - 1;
            cells.get().begin((long) (sparse.end(last) - sparse.start(0)) * functions());
        }
        magnitude = 0;
        leastRate = Double.POSITIVE_INFINITY;
    }

    @Override
    public void rollBack(Chunk chunk) {
        cells = cellsBefore;
        cells.ifPresent(MixtureCells::rollBack);
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return cells.isEmpty()
                || (Double.isFinite(magnitude) && leastRate > Accumulator.SMALLEST_RATE)
                || cells.get().isWithin(Double.MAX_VALUE, Accumulator.SMALLEST_RATE);
    }

    /** {@return true: the parts are looked at, after {@link #leaveCells}} */
    @Override
    public boolean isFinite() {
        return true;
    }

    /** Does nothing: the parts grow, after {@link #leaveCells}. */
    @Override
    public void grow(int functions, double share) {}

    /** Does nothing: the parts are written, after {@link #leaveCells}. */
    @Override
    public void write(State.Builder state) {}

    @Override
    public void read(State state, boolean starts) {
        cells = Optional.empty();
    }

    // --- merging

    /** {@return the members for a target in other units: see {@link TrainableWeights#inUnits}} */
    MixtureMembers inUnits(double factor, double shift) {
        return new MixtureMembers(
                square,
                first.inUnits(factor, shift),
                second.inUnits(factor, shift),
                lasting.inUnits(factor, shift),
                forgetting.inUnits(factor, shift));
    }

    /** {@return these members and others, merged one by one; neither is changed} */
    MixtureMembers merged(MixtureMembers other, WeightedMerge merge) {
        return new MixtureMembers(
                square,
                first.merged(other.first, merge),
                second.merged(other.second, merge),
                lasting.merged(other.lasting, merge),
                forgetting.merged(other.forgetting, merge));
    }

    /** {@return the same for columns that were shifted and scaled} */
    MixtureMembers rescaled(double[] centre, double[] scales) {
        return new MixtureMembers(
                square,
                first.rescaled(centre, scales),
                second.rescaled(centre, scales),
                lasting.rescaled(centre, scales),
                forgetting.rescaled(centre, scales));
    }
}
