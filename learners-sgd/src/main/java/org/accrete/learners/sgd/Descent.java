package org.accrete.learners.sgd;

import java.util.List;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.Kernels;

/**
 * Stochastic gradient descent on linear functions, row by row; {@link OwnLengths} does what is different where each
 * weight's steps have a length of their own.
 *
 * <p>For row number t (from 1) with features x, weight s and target y (−1 or +1 for each function of a classifier),
 * with the functions' weights w and intercept b:
 *
 * <pre>
 * p    = w·x + b                         before the decay
 * eta  = the schedule's length at t
 * step = −eta · s · slope(p, y)
 * w    = max(0, 1 − eta·alpha) · w       the L2 penalty, also where the step is 0; b is never penalised
 * w    = w + step·x
 * b    = b + step
 *
 * where that is wanted:
 * slope within bounds; step times the weight of the row's class ({@link ClassWeights}); step by the loss instead of its slope
 * (passive-aggressive); eta that adapts ({@link PlateauDecay})
 * mean of all w and b ({@link AveragedSgd}), then the
 * L1 penalty: see {@link CumulativeL1}
 * </pre>
 *
 * <p>Several classes are as many functions, each one against the rest unless they share a softmax; they share the
 * schedule, so nothing else couples them. See L. Bottou, "Stochastic Gradient Descent Tricks" (2012), for the schedules
 * and the shared scale of sparse rows. The formulas are scikit-learn's, whose numbers are the test's oracle; with
 * {@link Compat#SKLEARN} so is its hundredfold smaller step of the intercept on sparse rows.
 */
final class Descent {
    private final Loss loss;
    private final double shape;
    private final Schedule schedule;
    private final double l2;
    private final double l1;
    private final double denseInterceptRate;
    private final double sparseInterceptRate;
    private final double steepest;
    private final boolean classes;
    private final Optional<Kernels.Slope> slope;
    private final MultiClass multiClass;
    private final ClassWeights classWeights;
    private final PlateauDecay adaptive;
    private final OwnLengths ownLengths;
    /** Each path hands out the decision values it starts from, here. */
    final DecisionSink decided = new DecisionSink();

    private double[] scratch = {};

    /**
     * Makes the algorithm.
     *
     * @param loss what is minimised
     * @param shape its shape
     * @param schedule length of each step
     * @param l2 strength of the L2 penalty, 0 for none
     * @param l1 strength of the L1 penalty, 0 for none
     * @param denseInterceptRate factor of the intercept's step on dense rows
     * @param sparseInterceptRate factor of the intercept's step on sparse rows
     * @param steepest no slope counts as steeper than this
     * @param multiClass how more than two classes are told apart
     * @param classWeights how much the rows of a class count
     * @param adaptive how the steps adapt
     * @param ownLengths the other optimizers
     */
    Descent(
            Loss loss,
            double shape,
            Schedule schedule,
            double l2,
            double l1,
            double denseInterceptRate,
            double sparseInterceptRate,
            double steepest,
            MultiClass multiClass,
            ClassWeights classWeights,
            PlateauDecay adaptive,
            OwnLengths ownLengths) {
        this.loss = loss;
        this.shape = shape;
        this.schedule = schedule;
        this.l2 = l2;
        this.l1 = l1;
        this.denseInterceptRate = denseInterceptRate;
        this.sparseInterceptRate = sparseInterceptRate;
        this.steepest = steepest;
        this.multiClass = multiClass;
        this.classWeights = classWeights;
        this.adaptive = adaptive;
        this.ownLengths = ownLengths;
        this.classes = Loss.OF_CLASSES.contains(loss);
        this.slope = loss.slope();
    }

    /**
     * Learns some rows, in order.
     *
     * @param weights what learns
     * @param chunk rows
     * @param from first row
     * @param to row after the last
     * @param t number of the chunk's first row, from 1
     */
    void learn(TrainableWeights weights, Chunk chunk, int from, int to, double t) {
        if (from == to) {
            return;
        }
        if (ownLengths.isOn()) {
            ownLengths.learn(weights, chunk, from, to, decided);
            return;
        }
        if (!isPlain(weights)) {
            learnFully(weights, chunk, from, to, t);
            return;
        }
        if (chunk instanceof DenseChunk dense) {
            weights.fold();
            if (isLate(weights)) {
                weights.late.learn(this, weights, dense, slope.get(), shape, denseInterceptRate, from, to, t);
            } else if (weights.count() == 1) {
                learnOneDense(weights, dense, from, to, t);
            } else {
                learnManyDense(weights, dense, from, to, t);
            }
        } else if (chunk instanceof SparseChunk sparse) {
            if (weights.count() == 1) {
                learnOneSparse(weights, sparse, from, to, t);
            } else {
                learnManySparse(weights, sparse, from, to, t);
            }
        }
    }

    /**
     * {@return whether the chunk is one row that {@link #learnAlone} can learn}
     *
     * @param functions how many there are to be after it
     */
    boolean learnsAlone(TrainableWeights weights, Chunk chunk, int functions) {
        return chunk.rows() == 1
                && chunk instanceof DenseChunk
                && weights.scale == 1
                && functions == weights.count()
                && isPlain(weights);
    }

    /**
     * Learns a dense row that is a chunk by itself, the same bits as {@link #learn} at less cost.
     *
     * @param t number of the row, from 1
     * @return whether the weights stayed finite; nothing has changed otherwise
     */
    boolean learnAlone(TrainableWeights weights, DenseChunk chunk, double t) {
        boolean late = isLate(weights);
        if (late) {
            weights.late.begin();
            if (weights.late.takesAlone(this, weights, chunk, slope.get(), shape, denseInterceptRate, t)) {
                return weights.late.settleAlone(weights, denseInterceptRate);
            }
            weights.late.rollBack();
        }
        Kernels kernels = Kernels.best();
        int count = weights.count();
        double[] p = decisions(kernels, weights, chunk, 0);
        decided.take(p, count);
        double eta = schedule.eta(t);
        if (count == 1) {
            p[0] = step(eta, p[0], chunk, 0);
        } else {
            loss.steps(p, count, (int) chunk.target(0), eta * chunk.weight(0));
        }
        boolean moved = weights.moveAlone(kernels, chunk, keep(eta), p, denseInterceptRate);
        if (late && moved) {
            weights.late.forget();
        }
        return moved;
    }

    /**
     * Learns a row that brings new classes, whose functions are there already; {@link #decide} handed its decision
     * values out.
     */
    void learnUnheard(TrainableWeights weights, Chunk chunk, int row, double t) {
        decided.drop(true);
        learn(weights, chunk, row, row + 1, t);
        decided.drop(false);
    }

    /** Hands out the decision values of a row that is not learned yet. */
    void decide(TrainableWeights weights, Chunk chunk, int row) {
        if (decided.isAsked()) {
            Kernels kernels = Kernels.best();
            handOut(kernels, weights, decisions(kernels, weights, chunk, row), chunk, row);
        }
    }

    /** Hands decision values out: those that learning starts from, unless the model is a mean. */
    private void handOut(Kernels kernels, TrainableWeights weights, double[] p, Chunk chunk, int row) {
        int count = weights.count();
        if (!decided.isAsked() || !weights.average.hasRows()) {
            decided.take(p, count);
            return;
        }
        for (int c = 0; c < count; c++) {
            decided.take(weights.average.decision(kernels, weights, c, chunk, row));
        }
    }

    private boolean isLate(TrainableWeights weights) {
        return weights.count() == 1 && weights.late.isOn() && slope.isPresent();
    }

    /** {@return whether sparse rows change nothing but what they name, and say so} */
    boolean movesByRow(TrainableWeights weights) {
        return ownLengths.isOn() || isPlain(weights);
    }

    /** {@return whether there is nothing but loss, L2 penalty and schedule} */
    private boolean isPlain(TrainableWeights weights) {
        return !(weights.average.isOn()
                || weights.hasSource()
                || ownLengths.isOn()
                || l1 > 0
                || steepest < Loss.STEEPEST
                || multiClass == MultiClass.SOFTMAX
                || classWeights.isOn()
                || adaptive.isOn()
                || schedule.rate().isPassiveAggressive());
    }

    // --- what is remembered from row to row besides the weights

    /** {@return what becomes of the one function of two classes when there are more: see {@link MultiClass#half}} */
    double half() {
        return multiClass.half();
    }

    /** Forgets what weights followed from, after they came to be counted from elsewhere. */
    void restart(TrainableWeights weights) {
        ownLengths.restart(weights);
    }

    /** Works out again what weights follow from, after they changed otherwise than by a row. */
    void rebuild(TrainableWeights weights) {
        ownLengths.rebuild(weights);
    }

    /** Works weights out again that follow from other numbers, after those changed otherwise than by a row. */
    void refresh(TrainableWeights weights) {
        ownLengths.refresh(weights);
    }

    /** Makes room for the first labels of a list. */
    void know(List<String> labels, int size) {
        classWeights.know(labels, size);
    }

    /** Remembers everything that learning a chunk may change. */
    void begin() {
        classWeights.begin();
        adaptive.begin();
    }

    /** Takes back everything since {@link #begin}. */
    void rollBack() {
        classWeights.rollBack();
        adaptive.rollBack();
    }

    /** {@return whether nothing overflowed} */
    boolean isFinite() {
        return classWeights.isFinite();
    }

    /** Goes on from a state. */
    void restore(State state) {
        adaptive.restore(state);
    }

    /** Goes on from a state with what is remembered of the classes, whose labels these are. */
    void restoreClasses(List<String> labels, State state) {
        classWeights.know(labels, labels.size());
        classWeights.restore(state);
    }

    /** Puts what {@link #restore} and {@link #restoreClasses} need. */
    void putInto(State.Builder state) {
        classWeights.putInto(state);
        adaptive.putInto(state);
    }

    /**
     * Takes in what another one remembers of its rows; unless that overflows, when nothing is changed.
     *
     * @param mine labels of this learner, in class order
     * @param theirs labels of the other
     * @param joined labels of the merged one
     * @return whether it was taken in
     */
    boolean merge(List<String> mine, Descent other, List<String> theirs, List<String> joined) {
        double[] mass = classWeights.joined(mine, other.classWeights, theirs, joined);
        if (!UndoLog.isFinite(mass)) {
            return false;
        }
        classWeights.become(joined, mass);
        adaptive.merge(other.adaptive);
        return true;
    }

    // --- learning

    /**
     * Takes each row's step together with the next row's products: one pass over the weights instead of two, the same
     * bits.
     */
    void learnOneDense(TrainableWeights weights, DenseChunk chunk, int from, int to, double t) {
        Kernels kernels = Kernels.best();
        // worked out once where it stays: at each row it made 100 columns a fifth slower
        boolean constant = schedule.rate() == LearningRate.CONSTANT;
        double eta = schedule.eta(t + from);
        double keep = keep(eta);
        double b = weights.intercepts[0];
        double p = weights.decision(kernels, 0, chunk, from);
        for (int row = from; row < to - 1; row++) {
            decided.take(p);
            if (!constant) {
                eta = schedule.eta(t + row);
                keep = keep(eta);
            }
            double step = step(eta, p, chunk, row);
            b += step * denseInterceptRate;
            p = LinearWeights.checked(weights.moveOn(kernels, 0, chunk, row, keep, step) + b, chunk, row + 1);
        }
        decided.take(p);
        eta = schedule.eta(t + (to - 1));
        double step = step(eta, p, chunk, to - 1);
        weights.intercepts[0] = b + step * denseInterceptRate;
        weights.move(kernels, 0, chunk, to - 1, keep(eta), step);
    }

    /** Writes what {@link DelayedUpdate} needs to know of some rows. */
    void put(DenseChunk chunk, int from, int rows, double t, double[] y, double[] length, double[] keep) {
        boolean constant = schedule.rate() == LearningRate.CONSTANT;
        double first = schedule.eta(t + from);
        for (int i = 0; i < rows; i++) {
            double eta = constant ? first : schedule.eta(t + (from + i));
            double target = chunk.target(from + i);
            y[i] = classes ? (target == 1 ? 1 : -1) : target;
            length[i] = eta * chunk.weight(from + i);
            keep[i] = keep(eta);
        }
    }

    private void learnManyDense(TrainableWeights weights, DenseChunk chunk, int from, int to, double t) {
        Kernels kernels = Kernels.best();
        int count = weights.count();
        double[] p = decisions(kernels, weights, chunk, from);
        for (int row = from; ; row++) {
            decided.take(p, count);
            double eta = schedule.eta(t + row);
            double keep = keep(eta);
            loss.steps(p, count, (int) chunk.target(row), eta * chunk.weight(row));
            for (int c = 0; c < count; c++) {
                weights.intercepts[c] += p[c] * denseInterceptRate;
            }
            if (row == to - 1) {
                weights.moveAll(kernels, chunk, row, keep, p);
                return;
            }
            weights.moveAllOn(kernels, chunk, row, keep, p);
            for (int c = 0; c < count; c++) {
                p[c] = LinearWeights.checked(p[c] + weights.intercepts[c], chunk, row + 1);
            }
        }
    }

    private void learnOneSparse(TrainableWeights weights, SparseChunk chunk, int from, int to, double t) {
        Kernels kernels = Kernels.best();
        double intercept = weights.intercepts[0];
        for (int row = from; row < to; row++) {
            double product = weights.scale * weights.product(kernels, weights.v, 0, chunk, row);
            double p = weights.decision(kernels, product, intercept, 0, chunk, row);
            decided.take(p);
            double eta = schedule.eta(t + row);
            double step = step(eta, p, chunk, row);
            weights.decay(keep(eta));
            // not step / scale: the step is waited for, the scale is not
            weights.moveSparse(kernels, 0, chunk, row, step * (1 / weights.scale));
            intercept += step * sparseInterceptRate;
        }
        weights.intercepts[0] = intercept;
    }

    private void learnManySparse(TrainableWeights weights, SparseChunk chunk, int from, int to, double t) {
        Kernels kernels = Kernels.best();
        int count = weights.count();
        for (int row = from; row < to; row++) {
            double eta = schedule.eta(t + row);
            double keep = keep(eta);
            double[] steps = decisions(kernels, weights, chunk, row);
            decided.take(steps, count);
            loss.steps(steps, count, (int) chunk.target(row), eta * chunk.weight(row));
            weights.decay(keep);
            double inverse = 1 / weights.scale;
            for (int c = 0; c < count; c++) {
                weights.moveSparse(kernels, c, chunk, row, steps[c] * inverse);
                weights.intercepts[c] += steps[c] * sparseInterceptRate;
            }
        }
    }

    /**
     * The same and all the rest of it; a mean has to be told of each decay apart, so dense rows decay by the scale then
     * too.
     */
    private void learnFully(TrainableWeights weights, Chunk chunk, int from, int to, double t) {
        Kernels kernels = Kernels.best();
        boolean sparse = chunk instanceof SparseChunk;
        double interceptRate = sparse ? sparseInterceptRate : denseInterceptRate;
        boolean lazy = sparse || weights.average.isOn();
        if (!lazy) {
            weights.fold();
        }
        int count = weights.count();
        for (int row = from; row < to; row++) {
            double[] steps = decisions(kernels, weights, chunk, row);
            handOut(kernels, weights, steps, chunk, row);
            double eta = schedule.eta(t + row);
            if (adaptive.isOn()) {
                double eta0 = eta;
                eta = adaptive.eta(eta0);
                adaptive.take(eta0, loss(steps, count, chunk.target(row)), chunk.weight(row));
            }
            if (schedule.rate().isPassiveAggressive()) {
                double square = square(kernels, chunk, row);
                if (square == 0 && schedule.rate() == LearningRate.PA1) {
                    continue;
                }
                double target = chunk.target(row);
                for (int c = 0; c < count; c++) {
                    steps[c] = passiveAggressive(steps[c], y(c, count, target), square, eta);
                }
                weigh(steps, count, chunk, row);
            } else {
                turn(steps, count, eta, chunk, row);
            }
            double keep = keep(eta);
            if (lazy) {
                weights.decay(keep);
            }
            for (int c = 0; c < count; c++) {
                if (!lazy && chunk instanceof DenseChunk dense) {
                    weights.move(kernels, c, dense, row, keep, steps[c]);
                } else {
                    weights.add(kernels, c, chunk, row, steps[c]);
                }
                weights.intercepts[c] += steps[c] * interceptRate;
            }
            weights.average.take(weights, t + row);
            for (int c = 0; l1 > 0 && c < count; c++) {
                weights.lasso.collect(weights, c, chunk, row, eta * l1);
            }
        }
    }

    private double[] decisions(Kernels kernels, TrainableWeights weights, Chunk chunk, int row) {
        int count = weights.count();
        if (scratch.length < count * (1 + Kernels.SUMS)) {
            scratch = new double[count * (1 + Kernels.SUMS)];
        }
        for (int c = 0; c < count; c++) {
            scratch[c] = weights.decision(kernels, c, chunk, row);
        }
        return scratch;
    }

    /** {@return what function c should say} */
    private double y(int c, int count, double target) {
        return !classes ? target : target == (count == 1 ? 1 : c) ? 1 : -1;
    }

    private boolean isSoftmax(int count) {
        return multiClass == MultiClass.SOFTMAX && count > 1;
    }

    private double loss(double[] p, int count, double target) {
        if (isSoftmax(count)) {
            double sum = 0;
            for (int c = 0; c < count; c++) {
                sum += Kernels.exp(p[c] - p[(int) target]);
            }
            return StrictMath.log(sum);
        }
        double sum = 0;
        for (int c = 0; c < count; c++) {
            sum += loss.value(p[c], y(c, count, target), shape);
        }
        return sum;
    }

    /** Turns decision values into steps by the slope of the loss. */
    private void turn(double[] p, int count, double eta, Chunk chunk, int row) {
        double target = chunk.target(row);
        boolean softmax = isSoftmax(count);
        if (softmax) {
            Link.SOFTMAX.ofMany(p, 0, count);
        }
        double longest = eta * steepest;
        for (int c = 0; c < count; c++) {
            double step =
                    softmax ? eta * ((c == target ? 1 : 0) - p[c]) : loss.step(p[c], y(c, count, target), eta, shape);
            p[c] = step > longest ? longest : step < -longest ? -longest : step;
        }
        weigh(p, count, chunk, row);
    }

    /**
     * Multiplies steps by the weight of the row and, for the function of its own class (all functions of a softmax), by
     * that of the class.
     */
    private void weigh(double[] steps, int count, Chunk chunk, int row) {
        double weight = chunk.weight(row);
        int own = classes ? (int) chunk.target(row) : 0;
        double more = classes ? classWeights.take(own, weight) : 1;
        for (int c = 0; c < count; c++) {
            steps[c] *= count == 1 || c == own || isSoftmax(count) ? weight * more : weight;
        }
    }

    /**
     * {@return how far to go to make the row's loss 0, as passive-aggressive learners do: K. Crammer et al., "Online
     * Passive-Aggressive Algorithms" (2006)}
     *
     * @param square the row's sum of squares
     * @param c the aggressiveness
     */
    private double passiveAggressive(double p, double y, double square, double c) {
        double lost = loss.value(p, y, shape);
        double far = schedule.rate() == LearningRate.PA1 ? Math.min(c, lost / square) : lost / (square + 0.5 / c);
        return classes || y >= p ? far * (classes ? y : 1) : -far;
    }

    private static double square(Kernels kernels, Chunk chunk, int row) {
        if (chunk instanceof SparseChunk sparse) {
            int from = sparse.start(row);
            return kernels.sumOfSquares(sparse.values(), from, sparse.end(row) - from);
        }
        DenseChunk dense = (DenseChunk) chunk;
        return kernels.sumOfSquares(dense.values(), dense.offset(row), dense.width());
    }

    private double keep(double eta) {
        double keep = 1 - eta * l2;
        return keep > 0 ? keep : 0;
    }

    private double step(double eta, double p, Chunk chunk, int row) {
        double target = chunk.target(row);
        double y = classes ? (target == 1 ? 1 : -1) : target;
        return loss.step(p, y, eta * chunk.weight(row), shape);
    }
}
