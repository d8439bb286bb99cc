package org.accrete.learners.sgd.optimizer;

import java.util.stream.Stream;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.store.State;
import org.accrete.kernels.Exp;
import org.accrete.kernels.MixtureSums;
import org.accrete.learners.sgd.loss.Loss;
import org.accrete.learners.sgd.loss.Objective;
import org.accrete.learners.sgd.weights.LinearWeights;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.TrainingState;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** The default: a mixture of two AdaGrad learners with implicit steps, weighted by their recent losses. */
public final class AdaGradMixture extends Optimizer {
    /*
     * Notation. A row has features x, weight s and target y. Each of two members has a function with weights w and
     * decision value p; r = 1 / √(1 + G) is the learning rate of a weight, before eta. The intercept is the weight of a
     * constant feature, whose square is interceptRate. The model is the one linear function S · Σ v w, with weights v
     * of the members, which sum to 1, and a scale S.
     *
     * Members. eta is eta0 and 10 eta0. Each has a G of its own; that of the second forgets.
     *
     * Update of each member, for each weight:
     *
     *     q   = s · eta · Σ r x²                      over all weights, with r from before this row
     *     d   = −dL/dp at p + q · d                   (Loss.implicitNegativeGradient)
     *     G   = G + k (s · dL/dp · x)²                the second: (1 − k min(x², 1) / 1000) G + k (s · dL/dp · x)²
     *     w   = w + eta · s · r · d · x
     *
     * with k = 1 for rows 0 to 7, of poisson 0 to 63. Afterwards k = 8 for one row in each block of eight, drawn
     * pseudo-randomly, and G stays at the others. Under a softmax all functions take the gradients of one row, and
     * d = −dL/dp / (1 + q / 4). A row of weight 0 changes nothing.
     *
     * Weights v and scale S. The row drawn in each block judges what the members were at the last multiple of 128 rows.
     * In the first of three blocks it judges the scale by Σ v w as it is, with j = 8, and in the second by what that
     * was at the last multiple of 1,024, with j = 16:
     *
     *     S   = S − j · dL/dS / (1000 + Σ j · d²L/dS²)  within [0.02, 2]
     *     v   = v · exp(−0.03 · 8 · loss / unit)        then normalized; then v = (1 − 0.008) v + 0.008 (2/3, 1/3)
     *
     * The unit of a log-loss is the mean weight of a row; of other losses, twice the mean loss of the mixture. S stays
     * 1 for losses of classes that give no probabilities of their own, and for poisson.
     *
     * The target of a regressor is standardized by its moments over the rows so far, this one included, so its scale
     * does not matter; clip-gradient is in the same units, epsilon in those of the target. Not with poisson, whose
     * targets are counts. With given weights, the first rows fix the units: see TargetScaler.
     *
     * Why. AdaGrad gives each weight its own step size. The implicit step does not go beyond the minimum of the row's
     * own loss, and under a softmax moves no decision value by more than 4, so long steps are safe. Which steps are
     * best depends on how fast the rows change: the mixture finds out, and one linear function stays one. Judged by
     * their freshest weights, quick members look better than they are to whoever predicts the next hundred rows. How
     * far ahead the model will be asked is unknown, so the scale is a compromise between some tens and some hundred
     * rows.
     *
     * J. Duchi, E. Hazan, Y. Singer, "Adaptive Subgradient Methods" (2011); B. Kulis, P. Bartlett, "Implicit Online
     * Learning" (2010); M. Herbster, M. Warmuth, "Tracking the Best Expert" (1998); E. Hazan, A. Agarwal, S. Kale,
     * "Logarithmic Regret Algorithms for Online Convex Optimization" (2007).
     */

    /** Step sizes of the members, in units of eta0. */
    private static final double[] STEPS = {1, 10};
    /** Rows after which the rates of the second member have forgotten a gradient. */
    private static final double MEMORY = 1000;
    /** One of so many rows is drawn, and counts as so many. */
    private static final int EVERY = 8;
    /** Rows between snapshots of the members. */
    private static final int MEMBER_ROWS = 128;
    /** Rows between snapshots of the model. */
    private static final int MODEL_ROWS = 1024;
    /** Rows after which the moments of the target bound what a row adds to them. */
    private static final int KNOWN_ROWS = 100;
    /** Target-scaled weights beyond this might overflow once the scale of the target changes. */
    private static final double LARGEST_WEIGHT = 1e150;

    private final Settings settings;
    private final Loss loss;
    private final boolean classes;
    private final boolean shapeIsDistance;
    private final boolean scales;
    /** Each of so many first rows goes into the rates: of poisson more, because its gradients may be very large. */
    private final int denseRows;

    private final MixtureMembers members;
    private final Mixture mixture;
    private final MixtureSnapshot ofMembers;
    private final MixtureSnapshot ofModel;
    private final TargetScaler target;
    /** The shape of the loss, in the units that are learned in. */
    private double shape;

    /** Decision values of each member. */
    private double[][] p = {{}, {}};
    /** Σ r x² of the row by the rates of each member, for each function. */
    private double[][] squares = {{}, {}};
    /** Steps of each member per unit of r x, for each function. */
    private double[][] alphas = {{}, {}};
    /** Gradient times weight of the row by each member, for each function. */
    private double[][] gradients = {{}, {}};
    /** Decision values of the snapshot of each member. */
    private double[][] held = {{}, {}};
    /** Weight of the row, for each function. */
    private double[] importance = {};
    /** Decision values that the scale is judged by. */
    private double[] judged = {};

    private final double[] steps = new double[MixtureMembers.COUNT];
    private final double[] losses = new double[MixtureMembers.COUNT];
    /** The weights of the model. */
    private double[] sum = {};

    /**
     * Makes an optimizer of weights that are 0.
     *
     * @param target standardizes the targets
     */
    public AdaGradMixture(Objective objective, Settings settings, TrainableWeights weights, TargetScaler target) {
        this(objective, settings, target, new MixtureMembers(settings, weights), new Mixture());
    }

    private AdaGradMixture(
            Objective objective, Settings settings, TargetScaler target, MixtureMembers members, Mixture mixture) {
        this(
                objective,
                settings,
                target,
                members,
                mixture,
                new MixtureSnapshot("sgd.members", false, members),
                new MixtureSnapshot("sgd.model", true, members));
    }

    private AdaGradMixture(
            Objective objective,
            Settings settings,
            TargetScaler target,
            MixtureMembers members,
            Mixture mixture,
            MixtureSnapshot ofMembers,
            MixtureSnapshot ofModel) {
        super(objective, members.first(), parts(target, members, mixture, ofMembers, ofModel));
        this.settings = settings;
        this.target = target;
        this.members = members;
        this.mixture = mixture;
        this.ofMembers = ofMembers;
        this.ofModel = ofModel;
        this.loss = objective.loss();
        this.classes = objective.isOfClasses();
        this.shape = objective.shape();
        this.shapeIsDistance =
                loss == Loss.HUBER || loss == Loss.EPSILON_INSENSITIVE || loss == Loss.SQUARED_EPSILON_INSENSITIVE;
        this.denseRows = loss == Loss.POISSON ? 64 : EVERY;
        this.scales = loss == Loss.LOG_LOSS || target.isUsed();
    }

    private static TrainingState[] parts(
            TargetScaler target,
            MixtureMembers members,
            Mixture mixture,
            MixtureSnapshot ofMembers,
            MixtureSnapshot ofModel) {
        Stream<TrainingState> always =
                Stream.concat(Stream.of(members.parts()), Stream.of(mixture, ofMembers, ofModel));
        return Stream.concat(always, target.isUsed() ? Stream.of(target) : Stream.empty())
                .toArray(TrainingState[]::new);
    }

    @Override
    public void learn(Chunk chunk, int from, int to, double t, DecisionSink sink) {
        int count = weights.count();
        makeRoom(count);
        arrange(chunk);
        boolean known = false;
        int first = target.isWaiting() ? await(chunk, from, to, sink) : from;
        for (int row = first; row < to; row++) {
            for (int c = 0; c < count && !known; c++) {
                keep(c, members.decide(c, chunk, row), chunk, row);
            }
            known = false;
            handOut(sink);
            double weight = chunk.weight(row);
            if (weight == 0) {
                continue;
            }
            long number = mixture.rows();
            mixture.countRow();
            takeSnapshots(number);
            double y = chunk.target(row);
            double standard = classes ? y : standardize(y, weight, number);
            objective.importances(importance, count, y, weight);
            boolean isDrawn = isDrawn(number);
            if (isDrawn) {
                judge(chunk, row, standard, number);
            }
            computeSteps(standard);
            int taken = number < denseRows ? 1 : isDrawn ? EVERY : 0;
            double stride = Math.sqrt(taken);
            for (int c = 0; c < count; c++) {
                if (taken > 0) {
                    members.accumulate(
                            c, chunk, row, stride * gradients[0][c], stride * gradients[1][c], taken / MEMORY);
                }
                for (int m = 0; m < steps.length; m++) {
                    steps[m] = alphas[m][c];
                }
                if (chunk instanceof DenseChunk rows && row < to - 1) {
                    keep(c, members.stepThenDecide(c, rows, row, row + 1, steps), chunk, row + 1);
                    known = true;
                } else {
                    members.step(c, chunk, row, steps);
                }
            }
        }
    }

    /** {@inheritDoc} The bits are those that {@link #learn} hands out. */
    @Override
    public void decide(Chunk chunk, int row, DecisionSink sink) {
        if (sink.isAsked()) {
            pass(chunk, row, sink);
        }
    }

    @Override
    public void pass(Chunk chunk, int row, DecisionSink sink) {
        makeRoom(weights.count());
        arrange(chunk);
        for (int c = 0; c < weights.count(); c++) {
            keep(c, members.decide(c, chunk, row), chunk, row);
        }
        handOut(sink);
    }

    private void makeRoom(int count) {
        if (importance.length < count) {
            for (int m = 0; m < MixtureMembers.COUNT; m++) {
                p[m] = new double[count];
                squares[m] = new double[count];
                alphas[m] = new double[count];
                gradients[m] = new double[count];
                held[m] = new double[count];
            }
            importance = new double[count];
            judged = new double[count];
        }
    }

    /** {@return whether a row is the one drawn in its block} */
    private static boolean isDrawn(long number) {
        long hash = number / EVERY * 2_654_435_769L & 0xFFFF_FFFFL;
        return number % EVERY == hash * EVERY >>> 32;
    }

    private void takeSnapshots(long number) {
        if (number % MODEL_ROWS == 0) {
            ofModel.take(mixture.weights());
        }
        if (number % MEMBER_ROWS == 0) {
            ofMembers.take(mixture.weights());
        }
    }

    // --- one row

    /** Keeps the decision values of a row for function c, and its squares weighted by the rates. */
    private void keep(int c, MixtureSums sums, Chunk chunk, int row) {
        p[0][c] = LinearWeights.checked(sums.product0 + members.intercepts(0)[c], chunk, row);
        p[1][c] = LinearWeights.checked(sums.product1 + members.intercepts(1)[c], chunk, row);
        squares[0][c] = sums.squares0 + members.interceptRate(c, false);
        squares[1][c] = sums.squares1 + members.interceptRate(c, true);
    }

    private void handOut(DecisionSink sink) {
        if (sink.isAsked()) {
            for (int c = 0; c < weights.count(); c++) {
                sink.take(target.restore(mixture.of(p[0][c], p[1][c])));
            }
        }
    }

    /** Takes a target into its moments; {@return it in standard units, in which the shape of the loss is then too} */
    private double standardize(double y, double weight, long number) {
        double standard = target.standardize(y, weight, number >= KNOWN_ROWS);
        if (shapeIsDistance && target.isUsed()) {
            shape = objective.shape() / target.unit();
        }
        return standard;
    }

    /** Turns decision values into gradients and steps. */
    private void computeSteps(double y) {
        int count = weights.count();
        boolean softmax = objective.isSoftmax(count);
        for (int m = 0; m < MixtureMembers.COUNT; m++) {
            double[] own = p[m];
            if (softmax) {
                Objective.softmaxGradients(own, count, y);
            }
            double step = STEPS[m] * settings.eta0();
            for (int c = 0; c < count; c++) {
                double part = importance[c];
                double label = objective.label(c, count, y);
                double whole = softmax ? own[c] : loss.step(own[c], label, 1, shape);
                double descent = objective.clipped(whole);
                gradients[m][c] = -(part * descent);
                double eta = part * step;
                double q = eta * squares[m][c];
                if (gradients[m][c] == 0) {
                    alphas[m][c] = 0;
                } else if (softmax) {
                    // The probability of a class falls by at most a quarter of what its own decision value falls.
                    alphas[m][c] = eta * finite(q, descent * (1 / (1 + q / 4)));
                } else {
                    double implicit = loss.implicitNegativeGradient(own[c], label, q, shape, whole);
                    alphas[m][c] = eta * finite(q, objective.clipped(implicit));
                }
            }
        }
    }

    /** {@return the descent, NaN if q overflowed: a row whose squares cannot be summed cannot be learned} */
    private static double finite(double q, double descent) {
        return q < Double.POSITIVE_INFINITY ? descent : Double.NaN;
    }

    // --- weights and scale of the mixture

    private void judge(Chunk chunk, int row, double y, long number) {
        int count = weights.count();
        for (int c = 0; c < count; c++) {
            members.decide(c, chunk, row, ofMembers, held);
        }
        for (int m = 0; m < MixtureMembers.COUNT; m++) {
            losses[m] = value(held[m], y);
        }
        mix(mixture.weights(), held);
        boolean likelihood = loss == Loss.LOG_LOSS;
        mixture.judgeUnit(
                likelihood ? importance[count == 1 ? 0 : (int) y] : Math.min(value(judged, y), Loss.MAX_GRADIENT));
        if (scales) {
            judgeScale(chunk, row, y, number / EVERY % 3);
        }
        mixture.judge(losses, EVERY, likelihood ? 1 : 0.5);
    }

    /** Sums up decision values of the members. */
    private void mix(double[] v, double[][] decisions) {
        for (int c = 0; c < weights.count(); c++) {
            judged[c] = v[0] * decisions[0][c] + v[1] * decisions[1][c];
        }
    }

    private double value(double[] decisions, double y) {
        int count = weights.count();
        if (objective.isSoftmax(count)) {
            return importance[0] * objective.value(decisions, count, y);
        }
        double sum = 0;
        for (int c = 0; c < count; c++) {
            sum += importance[c] * loss.excess(decisions[c], objective.label(c, count, y), shape);
        }
        return sum;
    }

    /** Adapts the scale in two blocks of three: by the model as it is, and twice as much by the model as it was. */
    private void judgeScale(Chunk chunk, int row, double y, long block) {
        if (block == 0) {
            mix(mixture.weights(), p);
            judgeScale(y, EVERY);
        } else if (block == 1) {
            for (int c = 0; c < weights.count(); c++) {
                members.decide(c, chunk, row, ofModel, held);
            }
            mix(ofModel.mixture(), held);
            judgeScale(y, 2 * EVERY);
        }
    }

    /** Adapts the scale by the decision values that are judged. */
    private void judgeScale(double y, int rows) {
        int count = weights.count();
        double scale = mixture.scale();
        double descent = 0;
        double bend = 0;
        if (objective.isSoftmax(count)) {
            softmaxScale(y, scale, rows);
            return;
        }
        for (int c = 0; c < count; c++) {
            double z = judged[c];
            double label = objective.label(c, count, y);
            double curvature = 1;
            if (classes) {
                double wrong = Exp.logistic(-label * scale * z);
                curvature = wrong * (1 - wrong);
            }
            descent += importance[c] * (z * objective.clipped(loss.step(scale * z, label, 1, shape)));
            bend += importance[c] * (z * z * curvature);
        }
        mixture.judgeScale(rows * descent, rows * bend);
    }

    private void softmaxScale(double y, double scale, int rows) {
        int count = weights.count();
        double largest = judged[0];
        for (int c = 1; c < count; c++) {
            largest = Math.max(largest, judged[c]);
        }
        double total = 0;
        double mean = 0;
        double square = 0;
        for (int c = 0; c < count; c++) {
            double z = judged[c] - largest;
            double power = Exp.exp(scale * z);
            total += power;
            mean += power * z;
            square += power * z * z;
        }
        mean /= total;
        double bend = Math.max(0, square / total - mean * mean);
        double descent = judged[(int) y] - largest - mean;
        mixture.judgeScale(rows * importance[0] * descent, rows * importance[0] * bend);
    }

    // --- where the numbers lie

    @Override
    void arrange(Chunk chunk) {
        if (chunk instanceof DenseChunk) {
            leaveCells();
        } else if (members.cells().isEmpty()) {
            MixtureSnapshot.enter(members.enterCells(), ofMembers, ofModel);
        }
    }

    private void leaveCells() {
        if (members.cells().isPresent()) {
            ofMembers.leave();
            ofModel.leave();
            members.leaveCells();
        }
    }

    @Override
    public void grow(int functions) {
        leaveCells();
        super.grow(functions);
    }

    // --- state and merging

    @Override
    public void keepPart(int part, int parts) {
        leaveCells();
        super.keepPart(part, parts);
    }

    /** {@return the one linear function, in units of the target} */
    @Override
    public LinearWeights model() {
        int count = weights.count();
        if (sum.length != count * weights.width()) {
            sum = new double[count * weights.width()];
        }
        double[] factors = mixture.factors();
        double unit = target.isUsed() ? target.unit() : 1;
        double[] intercepts = new double[count];
        for (int c = 0; c < count; c++) {
            intercepts[c] = target.restore(members.intercept(factors[0], factors[1], c));
        }
        return members.mixed(factors, intercepts, unit, sum);
    }

    @Override
    boolean derivesModel() {
        return true;
    }

    @Override
    public void write(State.Builder state) {
        leaveCells();
        super.write(state);
    }

    /** {@inheritDoc} All members start from them, in units of the target until its units are fixed. */
    @Override
    public void startFrom(double[] coef, double[] intercepts) {
        members.startFrom(coef, intercepts);
        if (target.isUsed()) {
            target.startWaiting();
        }
    }

    /**
     * Takes rows that only tell the units of the target; once they are known, the members go over to them.
     *
     * @return the first row that is to be learned
     */
    private int await(Chunk chunk, int from, int to, DecisionSink sink) {
        int row = from;
        while (row < to && target.isWaiting()) {
            pass(chunk, row, sink);
            double weight = chunk.weight(row);
            if (weight > 0 && target.await(chunk.target(row), weight)) {
                leaveCells();
                members.goOver(1 / target.unit(), -target.mean() / target.unit());
                arrange(chunk);
            }
            row++;
        }
        return row;
    }

    @Override
    void refresh() {
        ofMembers.refresh();
        ofModel.refresh();
    }

    @Override
    public boolean isFinite(Chunk chunk) {
        return super.isFinite(chunk) && (!target.isUsed() || members.isWithin(LARGEST_WEIGHT, chunk));
    }

    @Override
    public boolean isFinite() {
        leaveCells();
        return super.isFinite() && (!target.isUsed() || members.isWithin(LARGEST_WEIGHT));
    }

    /** {@inheritDoc} The members are merged one by one, and so are their snapshots. */
    @Override
    public Optimizer merged(Optimizer other, WeightedMerge merge) {
        AdaGradMixture theirs = (AdaGradMixture) other;
        leaveCells();
        theirs.leaveCells();
        TargetScaler bothTargets = target.merged(theirs.target);
        AdaGradMixture mine = inUnits(bothTargets);
        theirs = theirs.inUnits(bothTargets);
        MixtureMembers both = mine.members.merged(theirs.members, merge);
        Mixture bothMixtures = mixture.merged(theirs.mixture);
        return new AdaGradMixture(
                objective.merged(theirs.objective, merge),
                settings,
                bothTargets,
                both,
                bothMixtures,
                mine.ofMembers.merged(both, theirs.ofMembers, merge, bothMixtures.weights()),
                mine.ofModel.merged(both, theirs.ofModel, merge, bothMixtures.weights()));
    }

    /** {@return the same in the units of another target} */
    private AdaGradMixture inUnits(TargetScaler other) {
        if (!target.isUsed()) {
            return this;
        }
        double factor = target.unit() / other.unit();
        double shift = (target.mean() - other.mean()) / other.unit();
        MixtureMembers changed = members.inUnits(factor, shift);
        return new AdaGradMixture(
                objective,
                settings,
                other,
                changed,
                mixture,
                ofMembers.inUnits(changed, factor, shift),
                ofModel.inUnits(changed, factor, shift));
    }

    @Override
    public Optimizer rescaled(double[] centre, double[] scales) {
        leaveCells();
        MixtureMembers rescaled = members.rescaled(centre, scales);
        return new AdaGradMixture(
                objective,
                settings,
                target.copy(),
                rescaled,
                mixture.copy(),
                ofMembers.rescaled(rescaled, centre, scales),
                ofModel.rescaled(rescaled, centre, scales));
    }
}
