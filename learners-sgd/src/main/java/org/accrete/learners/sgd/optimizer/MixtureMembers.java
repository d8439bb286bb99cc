package org.accrete.learners.sgd.optimizer;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.MixtureSums;
import org.accrete.kernels.OptimizerKernels;
import org.accrete.kernels.SparseKernels;
import org.accrete.learners.sgd.weights.MixedWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.WeightedMerge;

/**
 * The three members of an {@link AdaGradMixture}: their functions, and the learning rates of these. The first two share
 * their rates, which never forget; those of the third do.
 */
final class MixtureMembers {
    /** How many there are. */
    static final int COUNT = 3;

    private final TrainableWeights first;
    private final Accumulator second;
    private final Accumulator third;
    private final Accumulator shared;
    private final Accumulator forgetting;
    /** Square of the constant feature, 0 for no intercept. */
    private final double square;

    private final MixtureSums sums = new MixtureSums();

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
    Accumulator[] parts() {
        return new Accumulator[] {second, third, shared, forgetting};
    }

    /** {@return number of functions} */
    int functions() {
        return first.count();
    }

    /** {@return length of each vector} */
    int width() {
        return first.width();
    }

    /** {@return the vectors of each member, functions × width; not copies} */
    double[][] vectors() {
        return new double[][] {first.vectors(), second.ofWeights(), third.ofWeights()};
    }

    /** {@return the vectors of a member, functions × width; not a copy} */
    double[] vectors(int member) {
        return member == 0 ? first.vectors() : member == 1 ? second.ofWeights() : third.ofWeights();
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
        return new MixedWeights(width(), mixture, vectors(), intercepts, scale, sum);
    }

    /** Moves function c of every member along the row by its step, and its intercept. */
    void step(int c, Chunk chunk, int row, double[] steps) {
        if (chunk instanceof SparseChunk sparse) {
            first.save(c, sparse, row);
            second.save(c, sparse, row);
            third.save(c, sparse, row);
            double magnitude = SparseKernels.mixtureStep(
                    steps[0],
                    steps[1],
                    steps[2],
                    first.vectors(),
                    second.ofWeights(),
                    third.ofWeights(),
                    shared.ofWeights(),
                    forgetting.ofWeights(),
                    c * width(),
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row));
            first.addMagnitude(magnitude);
            second.saw(magnitude);
            third.saw(magnitude);
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
            SparseKernels.mixtureDecisions(
                    first.vectors(),
                    second.ofWeights(),
                    third.ofWeights(),
                    shared.ofWeights(),
                    forgetting.ofWeights(),
                    c * width(),
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    sums);
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
            shared.save(c, sparse, row);
            forgetting.save(c, sparse, row);
            shared.saw(SparseKernels.adaGradRates(
                    gradient,
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    shared.ofWeights(),
                    c * width));
            forgetting.saw(SparseKernels.forgettingRates(
                    quickGradient,
                    forget,
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    forgetting.ofWeights(),
                    c * width));
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
        return first.isWithin(limit, chunk) && second.isWithin(limit, chunk) && third.isWithin(limit, chunk);
    }

    /** {@return whether no weight is larger than a limit} */
    boolean isWithin(double limit) {
        return first.isWithin(limit) && second.isWithin(limit) && third.isWithin(limit);
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
