package org.accrete.learners.sgd.optimizer;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.OptimizerKernels;
import org.accrete.kernels.SparseKernels;
import org.accrete.learners.sgd.loss.Loss;
import org.accrete.learners.sgd.loss.Objective;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** The default: AdaGrad's learning rates, implicit steps, and a factor of all steps that adapts. */
public final class ImplicitAdaGrad extends Optimizer {
    /*
     * Notation. As in AdaGrad: a row has features x, weight s and target y; a function has weights w and decision value
     * p; r = 1 / √(1 + G) is the learning rate of a weight, before eta0. The intercept is the weight of a constant
     * feature, whose square is interceptRate, and is never penalized. m is a factor of each function, from 1 to LIMIT.
     *
     * Update, for each weight:
     *
     *     eta = eta0 · m
     *     q   = s · eta · Σ r x²                      over all weights, with r from before this row
     *     d   = −dL/dp at p + q · d                   (Loss.implicitNegativeGradient)
     *     G   = G + (s · dL/dp · x)²                  rows 0 to 63; then every fourth row only, with 4 times as much
     *     w   = (1 − eta0 · l2) · w + eta · s · r · d · x
     *
     * Under a softmax all functions take the gradients of one row, and d = −dL/dp / (1 + q / 2). A row of weight 0
     * changes nothing.
     *
     * The factor m. Rows come in blocks of 512. In even blocks, a trace h of each weight follows the derivative of the
     * weight in log m, at the rows whose gradients r takes, where f = dL/dp stands in for the root of the curvature of
     * the loss and k is 1, or 4 for every fourth row:
     *
     *     h = h · max(0, 1 − k · eta · s · f² · r · x²) + eta · s · r · d · x
     *
     * In odd blocks, h stays, and is judged by the same choice of rows, which had no part in it:
     *
     *     u = −s · f · (h·x)                          the decrease of the row's loss per unit of log m
     *     v = max(0.9999 · v, |u|)
     *     m = m · (1 + PACE · u / v), within [1, LIMIT]
     *
     * Judged by its own rows, a step seems the better the longer it is wherever rows resemble the ones before.
     *
     * The target of a regressor is standardized by its moments over the rows so far, this one included, so its scale
     * does not matter; clip-gradient is in the same units, epsilon in those of the target. Not with poisson, whose
     * targets are counts.
     *
     * Why. With AdaGrad the scale of a feature matters little, but steps may overshoot, and rates only fall. The
     * implicit step cannot go beyond the minimum of the row's own loss; m recovers from rates that fell too far.
     *
     * J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods" (2011); B. Kulis, P. Bartlett, "Implicit Online
     * Learning" (2010); R. Sutton, "Adapting Bias by Gradient Descent" (1992), for the trace.
     */

    /** Each of the first rows goes into the rates. */
    private static final int DENSE_ROWS = 64;
    /** Afterwards one of so many rows does, as so many. */
    private static final int EVERY = 4;
    /** Rows of a block that traces or judges. */
    private static final int BLOCK = 512;

    private static final double CLASS_PACE = 0.006;
    private static final double CLASS_LIMIT = 10;
    private static final double NUMBER_PACE = 0.01;
    private static final double NUMBER_LIMIT = 40;
    /** Target-scaled weights beyond this might overflow once the scale of the target changes. */
    private static final double LARGEST_WEIGHT = 1e150;

    private final Settings settings;
    private final Loss loss;
    private final boolean classes;
    private final boolean shapeIsDistance;
    private final AdaGradRates rates;
    private final Accumulator trace;
    private final StepFactor stepFactor;
    private final TargetScaler target;
    /** The shape of the loss, in the units that are learned in. */
    private double shape;

    private final double[] sum = new double[1];
    /** Decision values. */
    private double[] p = {};
    /** Σ r x² of the row, for each function. */
    private double[] squares = {};
    /** Weight of the row, for each function. */
    private double[] importance = {};
    /** Gradient times weight of the row, for each function. */
    private double[] gradients = {};
    /** Step of the decision value per unit of r x², for each function. */
    private double[] alphas = {};
    /** eta s f², for each function. */
    private double[] curvatures = {};
    /** h·x, for each function. */
    private double[] traceProducts = {};

    /**
     * Makes an optimizer of weights that are 0.
     *
     * @param target standardizes the targets
     */
    public ImplicitAdaGrad(Objective objective, Settings settings, TrainableWeights weights, TargetScaler target) {
        this(
                objective,
                settings,
                weights,
                target,
                new AdaGradRates(settings, weights),
                new Accumulator("trace", Accumulator.Kind.SIGNED, weights),
                new StepFactor(
                        objective.isOfClasses() ? CLASS_PACE : NUMBER_PACE,
                        objective.isOfClasses() ? CLASS_LIMIT : NUMBER_LIMIT,
                        weights.count()));
    }

    private ImplicitAdaGrad(
            Objective objective,
            Settings settings,
            TrainableWeights weights,
            TargetScaler target,
            AdaGradRates rates,
            Accumulator trace,
            StepFactor stepFactor) {
        super(
                objective,
                weights,
                target.isUsed()
                        ? new TrainingState[] {rates.part(), trace, stepFactor, target}
                        : new TrainingState[] {rates.part(), trace, stepFactor});
        this.settings = settings;
        this.target = target;
        this.rates = rates;
        this.trace = trace;
        this.stepFactor = stepFactor;
        this.loss = objective.loss();
        this.classes = objective.isOfClasses();
        this.shape = objective.shape();
        this.shapeIsDistance =
                loss == Loss.HUBER || loss == Loss.EPSILON_INSENSITIVE || loss == Loss.SQUARED_EPSILON_INSENSITIVE;
    }

    @Override
    public void learn(Chunk chunk, int from, int to, double t, DecisionSink sink) {
        int count = weights.count();
        makeRoom(count);
        boolean dense = chunk instanceof DenseChunk;
        if (dense) {
            weights.fold();
        }
        boolean known = false;
        for (int row = from; row < to; row++) {
            for (int c = 0; c < count && !known; c++) {
                decide(c, chunk, row);
            }
            known = false;
            handOut(sink);
            double weight = chunk.weight(row);
            if (weight == 0) {
                continue;
            }
            long number = stepFactor.countRow();
            double stride = stride(number);
            boolean judges = stride > 0 && (number / BLOCK) % 2 == 1;
            boolean traces = stride > 0 && !judges;
            for (int c = 0; c < count && judges; c++) {
                traceProducts[c] = trace.ofIntercepts()[c] + weights.product(trace.ofWeights(), c, chunk, row);
            }
            computeSteps(chunk.target(row), weight, judges);
            if (!dense) {
                weights.decay(rates.decay());
            }
            for (int c = 0; c < count; c++) {
                if (stride > 0) {
                    rates.accumulate(c, chunk, row, stride * gradients[c]);
                }
                if (traces) {
                    trace(c, chunk, row, stride * stride * curvatures[c]);
                }
                if (chunk instanceof DenseChunk rows && row < to - 1) {
                    p[c] = rates.stepThenDecide(c, rows, row, alphas[c]);
                    squares[c] = rates.nextSquares(c);
                    known = true;
                } else {
                    rates.step(c, chunk, row, alphas[c]);
                }
            }
            if (known && count == 1 && !weights.hasPrior() && chunk instanceof DenseChunk rows) {
                row = learnBetween(rows, row, to, number, sink);
            }
        }
    }

    /**
     * Learns the dense rows after one up to the next that the rates take, but not the chunk's last row nor a row of
     * weight 0: the same bits as {@link #learn}, for one function, with what changes in local variables.
     *
     * @param row the last row that was learned; the next one has its decision value already
     * @param number rows learned before that one
     * @return the last row that was learned
     */
    private int learnBetween(DenseChunk chunk, int row, int to, long number, DecisionSink sink) {
        int end = number < DENSE_ROWS ? row + 1 : (int) Math.min(row + EVERY - number % EVERY, to - 1);
        int width = weights.width();
        double[] values = chunk.values();
        double[] ofWeights = rates.ofWeights();
        double[] v = weights.vectors();
        double decay = rates.decay();
        double rate = rates.ofIntercept(0);
        double eta = settings.eta0() * stepFactor.of(0);
        double intercept = weights.intercepts()[0];
        double decision = p[0];
        double squared = squares[0];
        int next = row + 1;
        for (; next < end && chunk.weight(next) != 0; next++) {
            handOut(decision, sink);
            stepFactor.countRow();
            double weight = chunk.weight(next);
            double y = chunk.target(next);
            double part = classes ? weight * objective.classWeights().take((int) y, weight) : weight;
            double label = classes ? (y == 1 ? 1 : -1) : standardize(y, weight);
            double descent = loss.step(decision, label, 1, shape);
            double alpha = part * objective.clipped(descent) == 0
                    ? 0
                    : implicitStep(decision, label, part * eta, squared, descent);
            int offset = chunk.offset(next);
            double product = OptimizerKernels.best()
                    .adaGradStepThenDot(
                            decay, alpha, values, offset, ofWeights, 0, v, 0, values, offset + width, width, sum);
            intercept += alpha * rate;
            decision = LinearWeights.checked(product + intercept, chunk, next + 1);
            squared = sum[0] + rate;
        }
        weights.intercepts()[0] = intercept;
        p[0] = decision;
        squares[0] = squared;
        return next - 1;
    }

    private void makeRoom(int count) {
        if (p.length < count) {
            p = new double[count];
            squares = new double[count];
            importance = new double[count];
            gradients = new double[count];
            alphas = new double[count];
            curvatures = new double[count];
            traceProducts = new double[count];
        }
    }

    /**
     * {@return the root of the number of rows that the rates take this one for, 0 if they skip it} From some row on,
     * one of four rows counts four times: that is as good a sample of the gradients as four rows, at a quarter of the
     * cost.
     */
    private static double stride(long row) {
        if (row < DENSE_ROWS) {
            return 1;
        }
        return row % EVERY == 0 ? 2 : 0;
    }

    // --- one row

    private void handOut(DecisionSink sink) {
        if (weights.count() == 1) {
            handOut(p[0], sink);
        } else {
            sink.take(p, weights.count());
        }
    }

    private void handOut(double decision, DecisionSink sink) {
        if (sink.isAsked()) {
            sink.take(target.restore(decision));
        }
    }

    /** Takes a target into its moments; {@return it in standard units, in which the shape of the loss is then too} */
    private double standardize(double y, double weight) {
        double standard = target.standardize(y, weight);
        if (shapeIsDistance && target.isUsed()) {
            shape = objective.shape() / target.unit();
        }
        return standard;
    }

    /** Computes the decision value of function c, and the row's squares weighted by its rates. */
    private void decide(int c, Chunk chunk, int row) {
        double[] ofWeights = rates.ofWeights();
        int origin = c * weights.width();
        if (chunk instanceof SparseChunk sparse) {
            double product = SparseKernels.dotAndWeightedSquares(
                    weights.vectors(),
                    ofWeights,
                    origin,
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    sum);
            p[c] = weights.decision(weights.scale() * product, weights.intercepts()[c], c, chunk, row);
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            p[c] = weights.decision(c, chunk, row);
            sum[0] = OptimizerKernels.best()
                    .weightedSquares(ofWeights, origin, dense.values(), dense.offset(row), weights.width());
        }
        squares[c] = rates.squares(c, sum[0]);
    }

    /** Turns decision values into gradients, steps and curvatures; adapts the step factor first if it is to. */
    private void computeSteps(double y, double weight, boolean judges) {
        int count = weights.count();
        double standard = classes ? y : standardize(y, weight);
        boolean softmax = objective.isSoftmax(count);
        if (softmax) {
            Objective.softmaxGradients(p, count, y);
        }
        objective.importances(importance, count, y, weight);
        for (int c = 0; c < count; c++) {
            double part = importance[c];
            double label = objective.label(c, count, standard);
            double whole = softmax ? p[c] : loss.step(p[c], label, 1, shape);
            double descent = objective.clipped(whole);
            gradients[c] = -(part * descent);
            if (gradients[c] == 0) {
                alphas[c] = 0;
                curvatures[c] = 0;
                continue;
            }
            if (judges) {
                stepFactor.judge(c, -gradients[c] * traceProducts[c]);
            }
            double eta = part * (settings.eta0() * stepFactor.of(c));
            if (softmax) {
                // The probability of a class falls by at most half of what its decision value falls.
                double q = eta * squares[c];
                alphas[c] = eta * finite(q, descent / (1 + q / 2));
            } else {
                alphas[c] = implicitStep(p[c], label, eta, squares[c], whole);
            }
            curvatures[c] = eta * (descent * descent);
        }
    }

    private double implicitStep(double decision, double label, double eta, double squared, double descent) {
        double q = eta * squared;
        return eta * finite(q, objective.clipped(loss.implicitNegativeGradient(decision, label, q, shape, descent)));
    }

    /** {@return the descent, NaN if q overflowed: a row whose squares cannot be summed cannot be learned} */
    private static double finite(double q, double descent) {
        return q < Double.POSITIVE_INFINITY ? descent : Double.NaN;
    }

    private void trace(int c, Chunk chunk, int row, double curvature) {
        double alpha = alphas[c];
        if (alpha == 0) {
            return;
        }
        int width = weights.width();
        int origin = c * width;
        if (chunk instanceof SparseChunk sparse) {
            trace.save(c, sparse, row);
            trace.saw(SparseKernels.stepSizeTrace(
                    alpha,
                    curvature,
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    rates.ofWeights(),
                    trace.ofWeights(),
                    origin));
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            OptimizerKernels.best()
                    .stepSizeTrace(
                            alpha,
                            curvature,
                            dense.values(),
                            dense.offset(row),
                            rates.ofWeights(),
                            origin,
                            trace.ofWeights(),
                            origin,
                            width);
        }
        double rate = rates.part().ofIntercepts()[c];
        double square = settings.interceptRate();
        double[] ofIntercepts = trace.ofIntercepts();
        double kept = Math.max(0, 1 - (curvature * rate) * square);
        ofIntercepts[c] = ofIntercepts[c] * kept + (alpha * rate) * square;
    }

    // --- state and merging

    /** {@return the functions, in units of the target} */
    @Override
    public LinearWeights model() {
        if (!target.isUsed()) {
            return weights;
        }
        double unit = target.unit();
        double[] shifted = weights.intercepts().clone();
        for (int c = 0; c < shifted.length; c++) {
            shifted[c] = shifted[c] * unit + target.mean();
        }
        return new LinearWeights(
                weights.width(), weights.vectors(), shifted, weights.scale() * unit, weights.prior(), unit);
    }

    @Override
    boolean derivesModel() {
        return target.isUsed();
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return super.isFinite(chunk) && (!target.isUsed() || weights.isWithin(LARGEST_WEIGHT, chunk));
    }

    @Override
    public boolean isFinite() {
        return super.isFinite() && (!target.isUsed() || weights.isWithin(LARGEST_WEIGHT));
    }

    @Override
    public Optimizer merged(Optimizer other, WeightedMerge merge) {
        ImplicitAdaGrad theirs = (ImplicitAdaGrad) other;
        TargetScaler bothTargets = target.merged(theirs.target);
        double myUnit = target.unit() / bothTargets.unit();
        double theirUnit = theirs.target.unit() / bothTargets.unit();
        TrainableWeights both = target.isUsed()
                ? inUnits(bothTargets).merged(theirs.inUnits(bothTargets), merge)
                : weights.merged(theirs.weights, merge);
        return new ImplicitAdaGrad(
                objective.merged(theirs.objective, merge),
                settings,
                both,
                bothTargets,
                rates.merged(settings, both, theirs.rates, merge, myUnit, theirUnit),
                trace.merged(theirs.trace, merge, myUnit, theirUnit),
                stepFactor.merged(theirs.stepFactor, merge));
    }

    private TrainableWeights inUnits(TargetScaler other) {
        return weights.inUnits(target.unit() / other.unit(), (target.mean() - other.mean()) / other.unit());
    }

    @Override
    public Optimizer rescaled(double[] centre, double[] scales) {
        TrainableWeights rescaled = weights.rescaled(centre, scales);
        return new ImplicitAdaGrad(
                objective,
                settings,
                rescaled,
                target.copy(),
                rates.rescaled(settings, rescaled, centre, scales),
                trace.rescaled(centre, scales),
                stepFactor.copy());
    }
}
