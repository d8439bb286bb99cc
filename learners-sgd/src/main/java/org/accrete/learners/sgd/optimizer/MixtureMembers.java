package org.accrete.learners.sgd.optimizer;

import java.util.Arrays;
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
 * The three members of an {@link AdaGradMixture}: their functions, and the learning rates of these. The first two share
 * their rates, which never forget; those of the third do.
 *
 * <p>While rows are dense, the numbers lie in the arrays of the parts. While they are sparse, they lie in
 * {@link MixtureCells}, and the arrays of the parts are empty but for the intercepts. Going from one to the other costs
 * O(functions · width).
 */
final class MixtureMembers implements TrainingState {
    /** How many there are. */
    static final int COUNT = 3;

    private static final double[] NONE = {};

    /** Numbers of the cells of rows, from before the rows changed them. */
    private static final class Journal {
        private final int perEntry;
        /** For each record, the row and the function. */
        private int[] rows = {};

        private int records;
        private double[] numbers = NONE;
        private int size;

        Journal(int perEntry) {
            this.perEntry = perEntry;
        }

        void clear() {
            records = 0;
            size = 0;
        }

        /** {@return where to write the numbers of some entries of a row} */
        int add(int row, int c, int entries) {
            if (2 * records == rows.length) {
                rows = Arrays.copyOf(rows, Math.max(64, 2 * rows.length));
            }
            rows[2 * records] = row;
            rows[2 * records + 1] = c;
            records++;
            int at = size;
            size += entries * perEntry;
            if (size > numbers.length) {
                numbers = Arrays.copyOf(numbers, Math.max(2 * numbers.length, size));
            }
            return at;
        }
    }

    private final TrainableWeights first;
    private final Accumulator second;
    private final Accumulator third;
    private final Accumulator shared;
    private final Accumulator forgetting;
    /** Square of the constant feature, 0 for no intercept. */
    private final double square;

    private final MixtureSums sums = new MixtureSums();

    private Optional<MixtureCells> cells = Optional.empty();

    // Undo. Each sparse row of a chunk saves what it changes, or all is saved before the chunk's first row if its
    // entries
    // are more than the cells. New classes get new cells; the old ones stay as they were.
    private Optional<MixtureCells> cellsBefore = Optional.empty();
    private boolean savesRows;
    private boolean savedAll;
    private double[] allBefore = NONE;
    private final Journal weightsBefore = new Journal(MixtureCells.SAVED);
    /** Receives weights that no undo needs. */
    private final Journal unused = new Journal(MixtureCells.SAVED);

    private final Journal ratesBefore = new Journal(MixtureCells.SAVED_RATES);
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
                new Accumulator("weights_3", Accumulator.Kind.SIGNED, first),
                new Accumulator("adagrad_rate", Accumulator.Kind.RATE, first),
                new Accumulator("forgetting_rate", Accumulator.Kind.RATE, first));
    }

    private MixtureMembers(
            double square,
            TrainableWeights first,
            Accumulator second,
            Accumulator third,
            Accumulator shared,
            Accumulator forgetting) {
        this.square = square;
        this.first = first;
        this.second = second;
        this.third = third;
        this.shared = shared;
        this.forgetting = forgetting;
    }

    /** {@return the functions of the first member} */
    TrainableWeights first() {
        return first;
    }

    /** {@return what else training goes on from} */
    TrainingState[] parts() {
        return new TrainingState[] {second, third, shared, forgetting, this};
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
        MixtureCells entered = new MixtureCells(
                first.vectors(), second.ofWeights(), third.ofWeights(), shared.ofWeights(), forgetting.ofWeights());
        first.replaceVectors(NONE);
        second.replaceOfWeights(NONE);
        third.replaceOfWeights(NONE);
        shared.replaceOfWeights(NONE);
        forgetting.replaceOfWeights(NONE);
        savesRows = false;
        cells = Optional.of(entered);
        return entered;
    }

    /** Puts the numbers back into the arrays of the parts. */
    void leaveCells() {
        MixtureCells left = cells.orElseThrow();
        first.replaceVectors(left.column(MixtureCells.WEIGHT));
        second.replaceOfWeights(left.column(MixtureCells.WEIGHT + 1));
        third.replaceOfWeights(left.column(MixtureCells.WEIGHT + 2));
        shared.replaceOfWeights(left.column(MixtureCells.SHARED_RATE));
        forgetting.replaceOfWeights(left.column(MixtureCells.OWN_RATE));
        cells = Optional.empty();
    }

    /** {@return the weighted sum of the weights of one column of function c, {@code (m0 w0 + m1 w1) + m2 w2}} */
    double weight(double m0, double m1, double m2, int c, int column) {
        int i = c * width() + column;
        return cells.isPresent()
                ? cells.get().sum(m0, m1, m2, i)
                : (m0 * first.vectors()[i] + m1 * second.ofWeights()[i]) + m2 * third.ofWeights()[i];
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
        return new double[][] {first.vectors(), second.ofWeights(), third.ofWeights()};
    }

    /** {@return the intercepts of a member, one per function; not a copy} */
    double[] intercepts(int member) {
        return member == 0 ? first.intercepts() : member == 1 ? second.ofIntercepts() : third.ofIntercepts();
    }

    /** {@return the weighted sum of the intercepts of function c} */
    double intercept(double m0, double m1, double m2, int c) {
        return (m0 * first.intercepts()[c] + m1 * second.ofIntercepts()[c]) + m2 * third.ofIntercepts()[c];
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
                            steps[2],
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
                        steps[2],
                        chunk.values(),
                        chunk.offset(row),
                        first.vectors(),
                        second.ofWeights(),
                        third.ofWeights(),
                        shared.ofWeights(),
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
        double both = shared.ofIntercepts()[c] * square;
        first.intercepts()[c] += steps[0] * both;
        second.ofIntercepts()[c] += steps[1] * both;
        third.ofIntercepts()[c] += steps[2] * (forgetting.ofIntercepts()[c] * square);
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
                            third.ofWeights(),
                            shared.ofWeights(),
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
                    .products(
                            snapshot.copies(),
                            c * width(),
                            sparse.indices(),
                            sparse.values(),
                            sparse.start(row),
                            sparse.end(row),
                            sums);
            out[0][c] = sums.product0 + snapshot.intercept(0, c);
            out[1][c] = sums.product1 + snapshot.intercept(1, c);
            out[2][c] = sums.product2 + snapshot.intercept(2, c);
        } else {
            for (int m = 0; m < COUNT; m++) {
                out[m][c] = snapshot.decision(m, c, (DenseChunk) chunk, row);
            }
        }
    }

    /** {@return the decision value of function c of a snapshot of the model} */
    double decide(int c, Chunk chunk, int row, MixtureSnapshot snapshot) {
        if (!(chunk instanceof SparseChunk sparse)) {
            return snapshot.decision(0, c, (DenseChunk) chunk, row);
        }
        double[] m = snapshot.mixtures();
        double product = cells.orElseThrow()
                .product(
                        snapshot.copies(),
                        m[0],
                        m[1],
                        m[2],
                        c * width(),
                        sparse.indices(),
                        sparse.values(),
                        sparse.start(row),
                        sparse.end(row));
        return product + snapshot.intercept(0, c);
    }

    /** {@return the learning rate of the intercept of function c times the square of its feature} */
    double interceptRate(int c, boolean forgets) {
        return (forgets ? forgetting : shared).ofIntercepts()[c] * square;
    }

    /**
     * Adds the squared gradients of a row to those of function c.
     *
     * @param gradient of the rates that the first two members share
     * @param quickGradient of the rates of the third
     * @param forget share of its sum that an element of magnitude 1 forgets
     */
    void accumulate(int c, Chunk chunk, int row, double gradient, double quickGradient, double forget) {
        int width = width();
        if (chunk instanceof SparseChunk sparse) {
            saveRates(c, sparse, row);
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
            kernels.adaGradRates(gradient, dense.values(), offset, shared.ofWeights(), c * width, width);
            kernels.forgettingRates(
                    quickGradient, forget, dense.values(), offset, forgetting.ofWeights(), c * width, width);
        }
        double root = Math.sqrt(square);
        double[] ofIntercepts = shared.ofIntercepts();
        ofIntercepts[c] = OptimizerKernels.forgettingRate(gradient, 0, root, ofIntercepts[c]);
        ofIntercepts = forgetting.ofIntercepts();
        ofIntercepts[c] = OptimizerKernels.forgettingRate(quickGradient, forget, root, ofIntercepts[c]);
    }

    /** {@return whether no weight that the chunk may have changed is larger than a limit} */
    boolean isWithin(double limit, Chunk chunk) {
        if (cells.isPresent()) {
            return magnitude <= limit || cells.get().isWithin(limit, 0);
        }
        return first.isWithin(limit, chunk) && second.isWithin(limit, chunk) && third.isWithin(limit, chunk);
    }

    /** {@return whether no weight is larger than a limit} */
    boolean isWithin(double limit) {
        return first.isWithin(limit) && second.isWithin(limit) && third.isWithin(limit);
    }

    // --- all or nothing: the cells

    @Override
    public void begin(Chunk chunk) {
        cellsBefore = cells;
        savesRows = false;
        savedAll = false;
        weightsBefore.clear();
        ratesBefore.clear();
        magnitude = 0;
        leastRate = Double.POSITIVE_INFINITY;
        if (cells.isEmpty() || !(chunk instanceof SparseChunk sparse)) {
            return;
        }
        MixtureCells all = cells.get();
        long entries = (long) (sparse.end(sparse.rows() - 1) - sparse.start(0)) * functions();
        if (entries >= all.count()) {
            allBefore = all.saveAll(allBefore);
            savedAll = true;
            return;
        }
        savesRows = true;
    }

    /** Saves the weights of function c that a sparse row may change, for an undo and for the snapshots. */
    void save(int c, SparseChunk chunk, int row, MixtureSnapshot ofMembers, MixtureSnapshot ofModel) {
        int from = chunk.start(row);
        int to = chunk.end(row);
        Journal journal = savesRows ? weightsBefore : unused;
        unused.clear();
        int at = journal.add(row, c, to - from);
        double[] m = ofModel.mixtures();
        cells.orElseThrow()
                .save(
                        ofMembers.copies(),
                        ofModel.copies(),
                        m[0],
                        m[1],
                        m[2],
                        c * width(),
                        chunk.indices(),
                        from,
                        to,
                        journal.numbers,
                        at);
    }

    private void saveRates(int c, SparseChunk chunk, int row) {
        if (savesRows) {
            int from = chunk.start(row);
            int to = chunk.end(row);
            int at = ratesBefore.add(row, c, to - from);
            cells.orElseThrow().saveRates(c * width(), chunk.indices(), from, to, ratesBefore.numbers, at);
        }
    }

    @Override
    public void rollBack(Chunk chunk) {
        cells = cellsBefore;
        if (cells.isEmpty() || !(chunk instanceof SparseChunk sparse)) {
            return;
        }
        if (savedAll) {
            cells.get().restoreAll(allBefore);
            return;
        }
        restore(cells.get(), weightsBefore, sparse);
        restore(cells.get(), ratesBefore, sparse);
    }

    /** Restores what the journal holds, from the last record to the first. */
    private void restore(MixtureCells changed, Journal journal, SparseChunk chunk) {
        int at = journal.size;
        for (int i = journal.records - 1; i >= 0; i--) {
            int origin = journal.rows[2 * i + 1] * width();
            int from = chunk.start(journal.rows[2 * i]);
            int to = chunk.end(journal.rows[2 * i]);
            at -= (to - from) * journal.perEntry;
            if (journal == weightsBefore) {
                changed.restore(origin, chunk.indices(), from, to, journal.numbers, at);
            } else {
                changed.restoreRates(origin, chunk.indices(), from, to, journal.numbers, at);
            }
        }
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
                third.inUnits(factor, shift),
                shared.inUnits(factor, shift),
                forgetting.inUnits(factor, shift));
    }

    /** {@return these members and others, merged one by one; neither is changed} */
    MixtureMembers merged(MixtureMembers other, WeightedMerge merge) {
        return new MixtureMembers(
                square,
                first.merged(other.first, merge),
                second.merged(other.second, merge),
                third.merged(other.third, merge),
                shared.merged(other.shared, merge),
                forgetting.merged(other.forgetting, merge));
    }

    /** {@return the same for columns that were shifted and scaled} */
    MixtureMembers rescaled(double[] centre, double[] scales) {
        return new MixtureMembers(
                square,
                first.rescaled(centre, scales),
                second.rescaled(centre, scales),
                third.rescaled(centre, scales),
                shared.rescaled(centre, scales),
                forgetting.rescaled(centre, scales));
    }
}
