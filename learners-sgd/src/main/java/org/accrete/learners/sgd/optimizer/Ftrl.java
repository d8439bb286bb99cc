package org.accrete.learners.sgd.optimizer;

import java.util.Arrays;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.SparseChunk;
import org.accrete.kernels.OptimizerKernels;
import org.accrete.kernels.SparseKernels;
import org.accrete.learners.sgd.loss.Objective;
import org.accrete.learners.sgd.weights.TrainableWeights;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** FTRL-Proximal: follow the regularized leader, with the learning rates of AdaGrad. */
public final class Ftrl extends Optimizer {
    /*
     * Notation. As in AdaGrad; alpha of the paper is eta0 here, beta is 1. The intercept is the weight of a constant
     * feature, whose square is interceptRate, and is never penalized. Its z is kept divided by that feature.
     *
     * Update, for each weight:
     *
     *     g  = s · dL/dp · x
     *     n' = n + g²
     *     z  = z + g − (√n' − √n) / eta0 · w
     *     w  = 0                                                  if |z| ≤ l1
     *     w  = −(z − sign(z) · l1) / ((1 + √n') / eta0 + l2)      otherwise
     *
     * √n is stored, because the update needs it. A row of weight 0 changes nothing. The penalties act on z, not at each
     * row, so there is no decay.
     *
     * Why. An L1 penalty makes many weights exactly 0, at the learning rates of AdaGrad.
     *
     * H. B. McMahan et al., "Ad Click Prediction: a View from the Trenches" (2013).
     */
    private final Settings settings;
    private final Accumulator z;
    private final Accumulator rootN;
    private final double inverseEta;
    /** Square of the constant feature, 0 for no intercept. */
    private final double square;

    private double[] p = {};
    private double[] importance = {};

    /** Makes an optimizer of weights that are 0. */
    public Ftrl(Objective objective, Settings settings, TrainableWeights weights) {
        this(
                objective,
                settings,
                weights,
                new Accumulator("ftrl_z", Accumulator.Kind.SIGNED, weights),
                new Accumulator("ftrl_root_n", Accumulator.Kind.ROOT, weights));
    }

    private Ftrl(Objective objective, Settings settings, TrainableWeights weights, Accumulator z, Accumulator rootN) {
        super(objective, weights, z, rootN);
        this.settings = settings;
        this.z = z;
        this.rootN = rootN;
        this.inverseEta = 1 / settings.eta0();
        this.square = settings.interceptRate();
    }

    @Override
    public void learn(Chunk chunk, int from, int to, double t, DecisionSink sink) {
        int count = weights.count();
        if (p.length < count) {
            p = new double[count];
            importance = new double[count];
        }
        if (chunk instanceof DenseChunk) {
            weights.fold();
        }
        for (int row = from; row < to; row++) {
            for (int c = 0; c < count; c++) {
                p[c] = weights.decision(c, chunk, row);
            }
            sink.take(p, count);
            double weight = chunk.weight(row);
            if (weight == 0) {
                continue;
            }
            objective.importances(importance, count, chunk.target(row), weight);
            objective.negativeGradients(p, count, chunk.target(row));
            for (int c = 0; c < count; c++) {
                step(c, chunk, row, -(importance[c] * p[c]));
            }
        }
    }

    private void step(int c, Chunk chunk, int row, double gradient) {
        int origin = c * weights.width();
        if (chunk instanceof SparseChunk sparse) {
            weights.save(c, sparse, row);
            z.save(c, sparse, row);
            rootN.save(c, sparse, row);
            double magnitude = SparseKernels.ftrlStep(
                    gradient,
                    inverseEta,
                    settings.l1(),
                    settings.l2(),
                    sparse.indices(),
                    sparse.values(),
                    sparse.start(row),
                    sparse.end(row),
                    z.ofWeights(),
                    rootN.ofWeights(),
                    weights.vectors(),
                    origin);
            weights.addMagnitude(magnitude);
            z.saw(magnitude);
            rootN.saw(magnitude);
        } else {
            DenseChunk dense = (DenseChunk) chunk;
            OptimizerKernels.best()
                    .ftrlStep(
                            gradient,
                            inverseEta,
                            settings.l1(),
                            settings.l2(),
                            dense.values(),
                            dense.offset(row),
                            z.ofWeights(),
                            origin,
                            rootN.ofWeights(),
                            origin,
                            weights.vectors(),
                            origin,
                            weights.width());
        }
        double[] zs = z.ofIntercepts();
        double[] roots = rootN.ofIntercepts();
        double next = Math.sqrt(roots[c] * roots[c] + (gradient * gradient) * square);
        zs[c] = (zs[c] + gradient) - ((next - roots[c]) * inverseEta) * interceptOf(zs[c], roots[c]);
        roots[c] = next;
        weights.intercepts()[c] = square * interceptOf(zs[c], next);
    }

    /** {@return the intercept divided by the square of its feature} */
    private double interceptOf(double zOfIntercept, double root) {
        return OptimizerKernels.ftrlWeight(zOfIntercept, root, inverseEta, 0, 0);
    }

    // --- state and merging

    @Override
    public void startFrom(double[] coef, double[] intercepts) {
        super.startFrom(coef, intercepts);
        invert();
    }

    /** Recomputes z from the weights alone, which count from other prior weights now; n stays. */
    @Override
    void rebase(double[] prior) {
        super.rebase(prior);
        Arrays.fill(z.ofWeights(), 0);
        invert();
    }

    @Override
    public void keepPart(int part, int parts) {
        super.keepPart(part, parts);
        invert();
    }

    /** Recomputes z from the weights; where a weight is 0, z stays if it can. */
    private void invert() {
        double[] zs = z.ofWeights();
        double[] roots = rootN.ofWeights();
        double[] v = weights.vectors();
        double l1 = settings.l1();
        for (int i = 0; i < zs.length; i++) {
            double w = v[i];
            double beyond = w * ((1 + roots[i]) / settings.eta0() + settings.l2());
            zs[i] = w > 0 ? -l1 - beyond : w < 0 ? l1 - beyond : Math.max(-l1, Math.min(l1, zs[i]));
        }
        double[] ofIntercepts = z.ofIntercepts();
        for (int c = 0; c < ofIntercepts.length && square > 0; c++) {
            double root = rootN.ofIntercepts()[c];
            ofIntercepts[c] = -(weights.intercepts()[c] / square) * ((1 + root) / settings.eta0());
        }
        refresh();
    }

    /** Recomputes the weights from z and n. */
    @Override
    void refresh() {
        double[] v = weights.vectors();
        for (int i = 0; i < v.length; i++) {
            v[i] = OptimizerKernels.ftrlWeight(
                    z.ofWeights()[i], rootN.ofWeights()[i], inverseEta, settings.l1(), settings.l2());
        }
        for (int c = 0; c < weights.count() && square > 0; c++) {
            weights.intercepts()[c] = square * interceptOf(z.ofIntercepts()[c], rootN.ofIntercepts()[c]);
        }
    }

    @Override
    public void grow(int functions) {
        super.grow(functions);
        refresh();
    }

    @Override
    public Optimizer merged(Optimizer other, WeightedMerge merge) {
        Ftrl theirs = (Ftrl) other;
        Ftrl merged = new Ftrl(
                objective.merged(theirs.objective, merge),
                settings,
                weights.merged(theirs.weights, merge),
                z.merged(theirs.z, merge),
                rootN.merged(theirs.rootN, merge));
        merged.invert();
        return merged;
    }

    @Override
    public Optimizer rescaled(double[] centre, double[] scales) {
        Ftrl rescaled = new Ftrl(
                objective,
                settings,
                weights.rescaled(centre, scales),
                z.rescaled(centre, scales),
                rootN.rescaled(centre, scales));
        rescaled.invert();
        return rescaled;
    }
}
