package org.accrete.learners.sgd;

import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.Kernels;

/**
 * Steps with a length of each weight's own. For a row with features x, weight s and target y, with a function's weights
 * w, its prediction p, {@code f = -slope(p, y)} and {@code g = s · f}, for every weight; the intercept counts as one
 * whose feature is always b = √intercept-rate, and is never penalised:
 *
 * <pre>
 * adagrad            r = 1 / √(1 + sum of all (g x)² so far, this one included)
 *                    w = (1 − eta0·alpha) · w + eta0 · r · g · x
 *
 * implicit-adagrad   eta = eta0 · m
 *                    q = s · eta · sum of r x² over all weights, with the r of before this row
 *                    d = s · −slope(p + q · d / s, y)                     {@link Loss#implicitDescent}
 *                    r as above, but from row {@link #EACH} on every fourth row only, which counts as four
 *                    w = (1 − eta0·alpha) · w + eta · r · d · x
 *                    m = the factor below
 *
 * ftrl               n = sum of all (g x)² so far
 *                    z = −(sum of all g x) − (change of √n) / eta0 · w, summed
 *                    w = −(z beyond ±l1) / ((1 + √n) / eta0 + l2)
 * </pre>
 *
 * <p>The factor m, one for each function, from 1 to a limit, makes all steps longer as long as longer ones would have
 * been better. Rows come in blocks of {@link #BLOCK}. In the first block, the third and so on a trace h follows what
 * each weight would be more if all steps had been longer, by the unit of that: {@code h = h · max(0, 1 − k · eta · s ·
 * f² · r x²) + eta · r · d · x} for the rows that the rates take, where f² stands for the curvature of the loss and k
 * is how many rows this one counts for. In the blocks between, h stays and is judged by such rows that had no part in
 * it: {@code u = g · (h·x)} is by how much the row's loss would be less, {@code v = max(0.9999 v, |u|)}, {@code m = m ·
 * (1 + pace · u / v)}. Judged by its own rows, a step seems better the longer wherever rows resemble the ones before.
 *
 * <p>The L2 penalty of the first two is a decay by the same factor for all weights at each row whose weight is not 0,
 * with a shared scale on sparse rows as in {@link TrainableWeights}; FTRL's are its own, of the sums and not of each
 * row. A row of weight 0 changes nothing. Under a softmax all functions have one row's slopes, and implicit-adagrad
 * takes {@code d = g / (1 + q / 2)}.
 *
 * <p>J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods" (2011); B. Kulis, P. Bartlett, "Implicit Online
 * Learning" (2010), whose step minimises the row's own loss plus the way to there and so cannot overshoot it; R.
 * Sutton, "Adapting Bias by Gradient Descent" (1992), for the trace; H. B. McMahan et al., "Ad Click Prediction: a View
 * from the Trenches" (2013), where beta is 1 here.
 *
 * <p>With implicit-adagrad a regressor's target is taken in standard deviations from its mean, both over the rows so
 * far, this one included (without a constant, in root mean squares from 0): the scale of the target does not matter. So
 * is clip-gradient; epsilon is given in the target's units. Not with poisson, whose targets are counts.
 */
final class OwnLengths {
    /** So many rows are all taken into the rates. */
    private static final int EACH = 64;

    /** One row of so many is taken into the rates then, as so many. */
    private static final int EVERY = 4;

    /** So many rows are judged by the next so many. */
    private static final int BLOCK = 512;

    /** How slowly the largest pull is forgotten. */
    private static final double MEMORY = 0.9999;

    private final Optimizer optimizer;
    private final Loss loss;
    private final double shape;
    private final double eta0;
    private final double l2;
    private final double l1;
    private final double square;
    private final double steepest;
    private final ClassWeights classWeights;
    private final MultiClass multiClass;
    private final boolean classes;
    /** Whether the shape is a distance from the target. */
    private final boolean hasDistance;

    private final double keep;
    /** How fast the factor of the steps may change, and how large it may get; of classes and of numbers. */
    private final double pace;

    private final double longest;

    private final double[] sum = new double[1];
    /** The shape of the loss in the units that are learned in. */
    private double bend;

    private double[] p = {};
    /** The sum of r x² of the row, for each function. */
    private double[] squares = {};
    /** The slope of each function, by the weight of the row. */
    private double[] slopes = {};
    /** The slope of each function's slope, by the length of its steps. */
    private double[] bends = {};
    /** How much further up each function would say if its latest steps had been longer, by the unit of that. */
    private double[] pulls = {};

    /**
     * Makes the algorithm.
     *
     * @param loss what is minimised
     * @param shape its shape
     * @param eta0 length of the step of a weight that has seen nothing
     * @param l2 strength of the L2 penalty, 0 for none
     * @param l1 strength of the L1 penalty, 0 for none
     * @param square square of the feature that the intercept is a weight of, 0 for no intercept
     * @param steepest no slope counts as steeper than this
     * @param multiClass how more than two classes are told apart
     * @param classWeights how much the rows of a class count
     */
    OwnLengths(
            Optimizer optimizer,
            Loss loss,
            double shape,
            double eta0,
            double l2,
            double l1,
            double square,
            double steepest,
            MultiClass multiClass,
            ClassWeights classWeights) {
        this.optimizer = optimizer;
        this.loss = loss;
        this.shape = shape;
        this.bend = shape;
        this.eta0 = eta0;
        this.l2 = l2;
        this.l1 = l1;
        this.square = square;
        this.steepest = steepest;
        this.multiClass = multiClass;
        this.classWeights = classWeights;
        this.classes = Loss.OF_CLASSES.contains(loss);
        this.hasDistance =
                loss == Loss.HUBER || loss == Loss.EPSILON_INSENSITIVE || loss == Loss.SQUARED_EPSILON_INSENSITIVE;
        this.pace = classes ? 0.006 : 0.01;
        this.longest = classes ? 10 : 40;
        this.keep = Math.max(0, 1 - eta0 * l2);
    }

    /** {@return whether steps are of this kind at all} */
    boolean isOn() {
        return optimizer != Optimizer.SGD;
    }

    /**
     * Learns some rows, in order.
     *
     * @param weights what learns
     * @param chunk rows
     * @param from first row, before the last
     * @param to row after the last
     * @param decided where decision values go
     */
    void learn(TrainableWeights weights, Chunk chunk, int from, int to, DecisionSink decided) {
        Kernels kernels = Kernels.best();
        int count = weights.count();
        if (p.length < count) {
            p = new double[count];
            squares = new double[count];
            slopes = new double[count];
            bends = new double[count];
            pulls = new double[count];
        }
        boolean ftrl = optimizer == Optimizer.FTRL;
        boolean dense = chunk instanceof DenseChunk;
        if (dense) {
            weights.fold();
        }
        boolean known = false;
        for (int row = from; row < to; row++) {
            for (int c = 0; c < count && !known; c++) {
                look(kernels, weights, c, chunk, row);
            }
            known = false;
            handOut(weights, decided);
            double weight = chunk.weight(row);
            if (weight == 0) {
                continue;
            }
            long number = weights.accumulators.takeRow();
            double stride = stride(number);
            boolean judges = isImplicit() && stride > 0 && (number / BLOCK) % 2 == 1;
            boolean traces = isImplicit() && stride > 0 && !judges;
            for (int c = 0; c < count && judges; c++) {
                pulls[c] = weights.accumulators.ofIntercepts[1][c]
                        + weights.product(kernels, weights.accumulators.ofWeights[1], c, chunk, row);
            }
            steps(weights, chunk.target(row), weight, judges);
            if (!dense && !ftrl) {
                weights.decay(keep);
            }
            for (int c = 0; c < count; c++) {
                if (ftrl) {
                    follow(kernels, weights, c, chunk, row);
                    continue;
                }
                if (stride > 0) {
                    slow(kernels, weights, c, chunk, row, stride * slopes[c]);
                }
                if (traces) {
                    trace(kernels, weights, c, chunk, row, stride * stride * bends[c]);
                }
                if (chunk instanceof DenseChunk rows && row < to - 1) {
                    moveOn(kernels, weights, c, rows, row);
                    known = true;
                } else {
                    move(kernels, weights, c, chunk, row);
                }
            }
            if (known && count == 1 && isImplicit() && !weights.hasSource() && chunk instanceof DenseChunk rows) {
                row = learnBetween(kernels, weights, rows, row, to, number, decided);
            }
        }
    }

    /**
     * Learns the rows after a dense one up to the next that the rates take, but not the chunk's last nor one of weight
     * 0: the same bits as {@link #learn}, for one function, with what it knows of it in local variables.
     *
     * @param row what was learned last, the next one is looked at already
     * @param number how many rows were learned before that one
     * @return the row that was learned last
     */
    private int learnBetween(
            Kernels kernels,
            TrainableWeights weights,
            DenseChunk chunk,
            int row,
            int to,
            long number,
            DecisionSink decided) {
        int end = number < EACH ? row + 1 : (int) Math.min(row + EVERY - number % EVERY, to - 1);
        int width = weights.width;
        double[] values = chunk.values();
        Accumulators accumulators = weights.accumulators;
        double[] rates = accumulators.ofWeights[0];
        double[] v = weights.v;
        double rate = accumulators.ofIntercepts[0][0] * square;
        double eta = eta0 * accumulators.lengths[0];
        double intercept = weights.intercepts[0];
        double decision = p[0];
        double squared = squares[0];
        int next = row + 1;
        for (; next < end && chunk.weight(next) != 0; next++) {
            handOut(accumulators, decision, decided);
            accumulators.takeRow();
            double weight = chunk.weight(next);
            double target = chunk.target(next);
            double y = seen(accumulators, target, weight);
            double side = !classes ? y : target == 1 ? 1 : -1;
            double part = classes ? weight * classWeights.take((int) target, weight) : weight;
            double whole = loss.step(decision, side, 1, bend);
            double alpha = part * clipped(whole) == 0 ? 0 : implicitStep(decision, side, part * eta, squared, whole);
            int offset = chunk.offset(next);
            double product =
                    kernels.stepDots(keep, alpha, values, offset, rates, 0, v, 0, values, offset + width, width, sum);
            intercept += alpha * rate;
            decision = LinearWeights.checked(product + intercept, chunk, next + 1);
            squared = sum[0] + rate;
        }
        weights.intercepts[0] = intercept;
        p[0] = decision;
        squares[0] = squared;
        return next - 1;
    }

    /**
     * {@return the root of how many rows the rates take this one for, or 0 if they take it not} Each of the first rows
     * counts once, from then on every fourth counts four times: four rows are as good a sample of the slopes as one is,
     * and cost a quarter.
     */
    private double stride(long row) {
        if (!isImplicit() || row < EACH) {
            return 1;
        }
        return row % EVERY == 0 ? 2 : 0;
    }

    // --- what a row says of the weights

    private void handOut(TrainableWeights weights, DecisionSink decided) {
        if (weights.count() == 1) {
            handOut(weights.accumulators, p[0], decided);
        } else {
            decided.take(p, weights.count());
        }
    }

    private static void handOut(Accumulators accumulators, double decision, DecisionSink decided) {
        if (decided.isAsked()) {
            decided.take(
                    accumulators.scalesTarget()
                            ? decision * accumulators.targetScale() + accumulators.targetMean()
                            : decision);
        }
    }

    /**
     * Takes a target into its moments where steps are in standard deviations; {@return it in those, and the shape in
     * {@link #bend} too}
     */
    private double seen(Accumulators accumulators, double target, double weight) {
        if (!accumulators.scalesTarget()) {
            return target;
        }
        accumulators.takeTarget(target, weight);
        double scale = accumulators.targetScale();
        bend = hasDistance ? shape / scale : shape;
        return (target - accumulators.targetMean()) / scale;
    }

    /** Works out what function c says of a row, and the row's squares weighted by its rates. */
    private void look(Kernels kernels, TrainableWeights weights, int c, Chunk chunk, int row) {
        if (!isImplicit()) {
            p[c] = weights.decision(kernels, c, chunk, row);
            return;
        }
        double[] rates = weights.accumulators.ofWeights[0];
        int origin = c * weights.width;
        if (chunk instanceof SparseChunk sparse) {
            double product = kernels.sparseDots(
                    weights.v,
                    rates,
                    origin,
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    sum);
            p[c] = weights.decision(kernels, weights.scale * product, weights.intercepts[c], c, chunk, row);
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            p[c] = weights.decision(kernels, c, chunk, row);
            sum[0] = kernels.weightedSquares(rates, origin, dense.values(), dense.offset(row), weights.width);
        }
        squares[c] = sum[0] + square * weights.accumulators.ofIntercepts[0][c];
    }

    /** Turns decision values into slopes and, where they are now, the factors of the row's steps. */
    private void steps(TrainableWeights weights, double target, double weight, boolean judges) {
        int count = weights.count();
        Accumulators accumulators = weights.accumulators;
        double y = seen(accumulators, target, weight);
        boolean softmax = multiClass == MultiClass.SOFTMAX && count > 1;
        if (softmax) {
            Link.SOFTMAX.ofMany(p, 0, count);
        }
        int own = classes ? (int) target : 0;
        double more = classes ? classWeights.take(own, weight) : 1;
        for (int c = 0; c < count; c++) {
            double part = count == 1 || c == own || softmax ? weight * more : weight;
            double side = !classes ? y : own == (count == 1 ? 1 : c) ? 1 : -1;
            double whole = softmax ? (c == own ? 1 : 0) - p[c] : loss.step(p[c], side, 1, bend);
            double descent = clipped(whole);
            slopes[c] = -(part * descent);
            if (slopes[c] == 0) {
                p[c] = 0;
                bends[c] = 0;
                continue;
            }
            if (judges) {
                judge(accumulators.lengths, c);
            }
            double length = part * (eta0 * accumulators.lengths[2 * c]);
            if (!isImplicit()) {
                p[c] = length * descent;
            } else if (softmax) {
                // a class's share falls by at most half of what its decision value falls
                p[c] = length * finite(length * squares[c], descent / (1 + length * squares[c] / 2));
            } else {
                p[c] = implicitStep(p[c], side, length, squares[c], whole);
            }
            bends[c] = length * (descent * descent);
        }
    }

    private double implicitStep(double decision, double side, double length, double squared, double whole) {
        double q = length * squared;
        return length * finite(q, clipped(loss.implicitDescent(decision, side, q, bend, whole)));
    }

    /**
     * {@return the descent, NaN where q is not finite} A row too long for its squares to be summed cannot be learned.
     */
    private static double finite(double q, double descent) {
        return q < Double.POSITIVE_INFINITY ? descent : Double.NaN;
    }

    /** Makes the steps of function c longer or shorter by what a row says of the trace. */
    private void judge(double[] lengths, int c) {
        double pull = -slopes[c] * pulls[c];
        double largest = Math.max(MEMORY * lengths[2 * c + 1], Math.abs(pull));
        lengths[2 * c + 1] = largest;
        if (largest > 0) {
            lengths[2 * c] = Math.min(Math.max(lengths[2 * c] * (1 + pace * (pull / largest)), 1), longest);
        }
    }

    private boolean isImplicit() {
        return optimizer == Optimizer.IMPLICIT_ADAGRAD;
    }

    private double clipped(double descent) {
        return descent > steepest ? steepest : descent < -steepest ? -steepest : descent;
    }

    // --- AdaGrad, plain and implicit

    /** Takes a row into the rates of a function. */
    private void slow(Kernels kernels, TrainableWeights weights, int c, Chunk chunk, int row, double slope) {
        if (slope == 0) {
            return;
        }
        double[] rates = weights.accumulators.ofWeights[0];
        int width = weights.width;
        if (chunk instanceof SparseChunk sparse) {
            weights.accumulators.remember(kernels, 0, c, sparse, row);
            double least = kernels.sparseSlow(
                    slope, sparse.indices(), sparse.values(), sparse.start(row), sparse.end(row), rates, c * width);
            weights.accumulators.took(0, least);
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            kernels.slow(slope, dense.values(), dense.offset(row), rates, c * width, width);
        }
        double[] ofIntercepts = weights.accumulators.ofIntercepts[0];
        double root = slope * ofIntercepts[c];
        ofIntercepts[c] = Kernels.slowed(ofIntercepts[c], (root * root) * square);
    }

    /** Moves a function by a row. */
    private void move(Kernels kernels, TrainableWeights weights, int c, Chunk chunk, int row) {
        double[] rates = weights.accumulators.ofWeights[0];
        int width = weights.width;
        int origin = c * width;
        double alpha = p[c];
        if (chunk instanceof SparseChunk sparse) {
            if (alpha != 0) {
                weights.remember(kernels, c, sparse, row);
                weights.took(kernels.sparseStep(
                        alpha / weights.scale,
                        sparse.indices(),
                        sparse.values(),
                        sparse.start(row),
                        sparse.end(row),
                        rates,
                        weights.v,
                        origin));
            }
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            kernels.step(keep, alpha, dense.values(), dense.offset(row), rates, origin, weights.v, origin, width);
        }
        moveIntercept(weights, c, alpha);
    }

    /** {@link #move} by a dense row, and {@link #look} at the next one. */
    private void moveOn(Kernels kernels, TrainableWeights weights, int c, DenseChunk chunk, int row) {
        int width = weights.width;
        int origin = c * width;
        int offset = chunk.offset(row);
        double alpha = p[c];
        double[] values = chunk.values();
        double[] rates = weights.accumulators.ofWeights[0];
        double product = kernels.stepDots(
                keep, alpha, values, offset, rates, origin, weights.v, origin, values, offset + width, width, sum);
        moveIntercept(weights, c, alpha);
        p[c] = weights.decision(kernels, product, weights.intercepts[c], c, chunk, row + 1);
        squares[c] = isImplicit() ? sum[0] + square * weights.accumulators.ofIntercepts[0][c] : 0;
    }

    private void moveIntercept(TrainableWeights weights, int c, double alpha) {
        weights.intercepts[c] += alpha * (weights.accumulators.ofIntercepts[0][c] * square);
    }

    private void trace(Kernels kernels, TrainableWeights weights, int c, Chunk chunk, int row, double bend) {
        Accumulators accumulators = weights.accumulators;
        double[] rates = accumulators.ofWeights[0];
        double[] traces = accumulators.ofWeights[1];
        int width = weights.width;
        int origin = c * width;
        if (p[c] == 0) {
            return;
        }
        if (chunk instanceof SparseChunk sparse) {
            accumulators.remember(kernels, 1, c, sparse, row);
            double sum = kernels.sparseTrace(
                    p[c],
                    bend,
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    rates,
                    traces,
                    origin);
            accumulators.took(1, sum);
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            kernels.trace(p[c], bend, dense.values(), dense.offset(row), rates, origin, traces, origin, width);
        }
        double rate = accumulators.ofIntercepts[0][c];
        double left = Math.max(0, 1 - (bend * rate) * square);
        double[] ofIntercepts = accumulators.ofIntercepts[1];
        ofIntercepts[c] = ofIntercepts[c] * left + (p[c] * rate) * square;
    }

    // --- FTRL

    private void follow(Kernels kernels, TrainableWeights weights, int c, Chunk chunk, int row) {
        double[] sum = weights.accumulators.ofWeights[0];
        double[] root = weights.accumulators.ofWeights[1];
        int origin = c * weights.width;
        double inverse = 1 / eta0;
        if (chunk instanceof SparseChunk sparse) {
            weights.remember(kernels, c, sparse, row);
            weights.accumulators.remember(kernels, 0, c, sparse, row);
            weights.accumulators.remember(kernels, 1, c, sparse, row);
            double all = kernels.sparseFtrl(
                    slopes[c],
                    inverse,
                    l1,
                    l2,
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    sum,
                    root,
                    weights.v,
                    origin);
            weights.took(all);
            weights.accumulators.took(0, all);
            weights.accumulators.took(1, all);
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            kernels.ftrl(
                    slopes[c],
                    inverse,
                    l1,
                    l2,
                    dense.values(),
                    dense.offset(row),
                    sum,
                    origin,
                    root,
                    origin,
                    weights.v,
                    origin,
                    weights.width);
        }
        double[] sums = weights.accumulators.ofIntercepts[0];
        double[] roots = weights.accumulators.ofIntercepts[1];
        double slope = slopes[c];
        double next = Math.sqrt(roots[c] * roots[c] + (slope * slope) * square);
        sums[c] = (sums[c] + slope) - ((next - roots[c]) * inverse) * interceptOf(sums[c], roots[c]);
        roots[c] = next;
        weights.intercepts[c] = square * interceptOf(sums[c], next);
    }

    /** The intercept by b², where the sum of its slopes is by b. */
    private double interceptOf(double sum, double root) {
        return Kernels.ftrlWeight(sum, root, 1 / eta0, 0, 0);
    }

    /**
     * Works the sums of FTRL out from its weights alone, which are counted from elsewhere now; how many slopes there
     * were stays.
     */
    void restart(TrainableWeights weights) {
        if (optimizer == Optimizer.FTRL) {
            Arrays.fill(weights.accumulators.ofWeights[0], 0);
            rebuild(weights);
        }
    }

    /** Works the sums of FTRL out again, after its weights changed otherwise than by rows; 0 stays 0. */
    void rebuild(TrainableWeights weights) {
        if (optimizer != Optimizer.FTRL) {
            return;
        }
        double[] sums = weights.accumulators.ofWeights[0];
        double[] roots = weights.accumulators.ofWeights[1];
        for (int i = 0; i < sums.length; i++) {
            double w = weights.v[i];
            double beyond = w * ((1 + roots[i]) / eta0 + l2);
            sums[i] = w > 0 ? -l1 - beyond : w < 0 ? l1 - beyond : Math.max(-l1, Math.min(l1, sums[i]));
        }
        double[] ofIntercepts = weights.accumulators.ofIntercepts[0];
        for (int c = 0; c < ofIntercepts.length && square > 0; c++) {
            double root = weights.accumulators.ofIntercepts[1][c];
            ofIntercepts[c] = -(weights.intercepts[c] / square) * ((1 + root) / eta0);
        }
        refresh(weights);
    }

    /** Works the weights of FTRL out again, after functions became more or the parameters others. */
    void refresh(TrainableWeights weights) {
        if (optimizer == Optimizer.FTRL) {
            double[][] of = weights.accumulators.ofWeights;
            for (int i = 0; i < weights.v.length; i++) {
                weights.v[i] = Kernels.ftrlWeight(of[0][i], of[1][i], 1 / eta0, l1, l2);
            }
            double[][] ofIntercepts = weights.accumulators.ofIntercepts;
            for (int c = 0; c < weights.count() && square > 0; c++) {
                weights.intercepts[c] = square * interceptOf(ofIntercepts[0][c], ofIntercepts[1][c]);
            }
        }
    }
}
