package org.accrete.kernels;

import static org.accrete.kernels.Vectors.BITS;
import static org.accrete.kernels.Vectors.LANES;
import static org.accrete.kernels.Vectors.SPECIES;
import static org.accrete.kernels.Vectors.storedTree;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The SIMD twin of {@link ScalarOptimizerKernels}, by the rules of {@link Vectors}.
 *
 * <p>Ugly for speed: {@code delayedSgd16}, {@code 24} and {@code 32} are one algorithm, written out for two, three and
 * four vectors, so that the weights stay in registers over all rows. In {@link #adaGradStepThenDot} the code of
 * {@code at} is written out, because C2 would not inline a helper there, and one loop of eights, whose running sums
 * take turns, keeps it short.
 */
final class SimdOptimizerKernels extends OptimizerKernels {
    static final SimdOptimizerKernels INSTANCE = new SimdOptimizerKernels();

    private static final long[] MASKS = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

    private SimdOptimizerKernels() {}

    /**
     * A row whose last vector would leave the array is copied first. There is one method per number of vectors, each
     * too long for C2 to inline, so that each keeps its vectors in registers whatever widths the JVM has seen. A single
     * method with a mask per vector would need more registers than C2 finds.
     */
    @Override
    public int delayedSgd(
            GradientKind kind,
            double bound,
            double interceptRate,
            DelayedSgdState state,
            double[] x,
            int xFrom,
            int n,
            int rows,
            double[] y,
            double[] stepSize,
            double[] decay) {
        if (LANES < 8) {
            return ScalarOptimizerKernels.INSTANCE.delayedSgd(
                    kind, bound, interceptRate, state, x, xFrom, n, rows, y, stepSize, decay);
        }
        int room = x.length - xFrom - Math.max(16, n + 7 & -8);
        int inside = room < 0 ? 0 : Math.min(rows, room / n + 1);
        int taken = inside == 0
                ? 0
                : delayedSgdRows(kind, bound, interceptRate, state, x, xFrom, n, 0, inside, y, stepSize, decay);
        for (int row = inside; row < rows && taken == row; row++) {
            System.arraycopy(x, xFrom + row * n, state.padded, 0, n);
            taken = delayedSgdRows(
                    kind, bound, interceptRate, state, state.padded, 0, n, row, row + 1, y, stepSize, decay);
        }
        return taken;
    }

    private static int delayedSgdRows(
            GradientKind kind,
            double bound,
            double interceptRate,
            DelayedSgdState state,
            double[] x,
            int xFrom,
            int n,
            int first,
            int end,
            double[] y,
            double[] stepSize,
            double[] decay) {
        if (n <= 16) {
            return delayedSgd16(kind, bound, interceptRate, state, x, xFrom, n, first, end, y, stepSize, decay);
        }
        if (n <= 24) {
            return delayedSgd24(kind, bound, interceptRate, state, x, xFrom, n, first, end, y, stepSize, decay);
        }
        return delayedSgd32(kind, bound, interceptRate, state, x, xFrom, n, first, end, y, stepSize, decay);
    }

    /**
     * Keeps the weights and the last row in two vectors each. The definition also adds products of zeros, which turn a
     * sum of −0 into +0; the 0 that is added to a tree does so here.
     */
    private static int delayedSgd16(
            GradientKind kind,
            double bound,
            double interceptRate,
            DelayedSgdState state,
            double[] x,
            int xFrom,
            int n,
            int first,
            int end,
            double[] y,
            double[] stepSize,
            double[] decay) {
        double[] weights = state.weights;
        double[] latest = state.row;
        LongVector mask0 = LongVector.fromArray(BITS, MASKS, mask(n));
        LongVector mask1 = LongVector.fromArray(BITS, MASKS, mask(n - 8));
        DoubleVector w0 = DoubleVector.fromArray(SPECIES, weights, 0);
        DoubleVector w1 = DoubleVector.fromArray(SPECIES, weights, 8);
        DoubleVector u0 = DoubleVector.fromArray(SPECIES, latest, 0);
        DoubleVector u1 = DoubleVector.fromArray(SPECIES, latest, 8);
        double[] sums = state.sums;
        double k = state.decay;
        double step = state.step;
        double b = state.intercept;
        int at = xFrom;
        int row = first;
        for (; row < end; row++, at += n) {
            DoubleVector x0 = DoubleVector.fromArray(SPECIES, x, at)
                    .reinterpretAsLongs()
                    .and(mask0)
                    .reinterpretAsDoubles();
            DoubleVector x1 = DoubleVector.fromArray(SPECIES, x, at + 8)
                    .reinterpretAsLongs()
                    .and(mask1)
                    .reinterpretAsDoubles();
            w0.mul(x0).add(w1.mul(x1)).intoArray(sums, 0);
            u0.mul(x0).add(u1.mul(x1)).intoArray(sums, 8);
            double p = (k * (storedTree(sums, 0) + 0) + b) + step * (storedTree(sums, 8) + interceptRate);
            if (!(Math.abs(p) <= Double.MAX_VALUE)) {
                break;
            }
            DoubleVector ks = DoubleVector.broadcast(SPECIES, k);
            DoubleVector steps = DoubleVector.broadcast(SPECIES, step);
            w0 = ks.mul(w0).add(steps.mul(u0));
            w1 = ks.mul(w1).add(steps.mul(u1));
            u0 = x0;
            u1 = x1;
            b += step * interceptRate;
            k = decay[row];
            step = kind.step(bound, p, y[row], stepSize[row]);
            y[row] = p;
        }
        w0.intoArray(weights, 0);
        w1.intoArray(weights, 8);
        u0.intoArray(latest, 0);
        u1.intoArray(latest, 8);
        state.decay = k;
        state.step = step;
        state.intercept = b;
        return row;
    }

    /** {@link #delayedSgd16} with three vectors. */
    private static int delayedSgd24(
            GradientKind kind,
            double bound,
            double interceptRate,
            DelayedSgdState state,
            double[] x,
            int xFrom,
            int n,
            int first,
            int end,
            double[] y,
            double[] stepSize,
            double[] decay) {
        double[] weights = state.weights;
        double[] latest = state.row;
        LongVector mask = LongVector.fromArray(BITS, MASKS, mask(n - 16));
        DoubleVector w0 = DoubleVector.fromArray(SPECIES, weights, 0);
        DoubleVector w1 = DoubleVector.fromArray(SPECIES, weights, 8);
        DoubleVector w2 = DoubleVector.fromArray(SPECIES, weights, 16);
        DoubleVector u0 = DoubleVector.fromArray(SPECIES, latest, 0);
        DoubleVector u1 = DoubleVector.fromArray(SPECIES, latest, 8);
        DoubleVector u2 = DoubleVector.fromArray(SPECIES, latest, 16);
        double[] sums = state.sums;
        double k = state.decay;
        double step = state.step;
        double b = state.intercept;
        int at = xFrom;
        int row = first;
        for (; row < end; row++, at += n) {
            DoubleVector x0 = DoubleVector.fromArray(SPECIES, x, at);
            DoubleVector x1 = DoubleVector.fromArray(SPECIES, x, at + 8);
            DoubleVector x2 = DoubleVector.fromArray(SPECIES, x, at + 16)
                    .reinterpretAsLongs()
                    .and(mask)
                    .reinterpretAsDoubles();
            w0.mul(x0).add(w2.mul(x2)).add(w1.mul(x1)).intoArray(sums, 0);
            u0.mul(x0).add(u2.mul(x2)).add(u1.mul(x1)).intoArray(sums, 8);
            double p = (k * (storedTree(sums, 0) + 0) + b) + step * (storedTree(sums, 8) + interceptRate);
            if (!(Math.abs(p) <= Double.MAX_VALUE)) {
                break;
            }
            DoubleVector ks = DoubleVector.broadcast(SPECIES, k);
            DoubleVector steps = DoubleVector.broadcast(SPECIES, step);
            w0 = ks.mul(w0).add(steps.mul(u0));
            w1 = ks.mul(w1).add(steps.mul(u1));
            w2 = ks.mul(w2).add(steps.mul(u2));
            u0 = x0;
            u1 = x1;
            u2 = x2;
            b += step * interceptRate;
            k = decay[row];
            step = kind.step(bound, p, y[row], stepSize[row]);
            y[row] = p;
        }
        w0.intoArray(weights, 0);
        w1.intoArray(weights, 8);
        w2.intoArray(weights, 16);
        u0.intoArray(latest, 0);
        u1.intoArray(latest, 8);
        u2.intoArray(latest, 16);
        state.decay = k;
        state.step = step;
        state.intercept = b;
        return row;
    }

    /** {@link #delayedSgd16} with four vectors. */
    private static int delayedSgd32(
            GradientKind kind,
            double bound,
            double interceptRate,
            DelayedSgdState state,
            double[] x,
            int xFrom,
            int n,
            int first,
            int end,
            double[] y,
            double[] stepSize,
            double[] decay) {
        double[] weights = state.weights;
        double[] latest = state.row;
        LongVector mask = LongVector.fromArray(BITS, MASKS, mask(n - 24));
        DoubleVector w0 = DoubleVector.fromArray(SPECIES, weights, 0);
        DoubleVector w1 = DoubleVector.fromArray(SPECIES, weights, 8);
        DoubleVector w2 = DoubleVector.fromArray(SPECIES, weights, 16);
        DoubleVector w3 = DoubleVector.fromArray(SPECIES, weights, 24);
        DoubleVector u0 = DoubleVector.fromArray(SPECIES, latest, 0);
        DoubleVector u1 = DoubleVector.fromArray(SPECIES, latest, 8);
        DoubleVector u2 = DoubleVector.fromArray(SPECIES, latest, 16);
        DoubleVector u3 = DoubleVector.fromArray(SPECIES, latest, 24);
        double[] sums = state.sums;
        double k = state.decay;
        double step = state.step;
        double b = state.intercept;
        int at = xFrom;
        int row = first;
        for (; row < end; row++, at += n) {
            DoubleVector x0 = DoubleVector.fromArray(SPECIES, x, at);
            DoubleVector x1 = DoubleVector.fromArray(SPECIES, x, at + 8);
            DoubleVector x2 = DoubleVector.fromArray(SPECIES, x, at + 16);
            DoubleVector x3 = DoubleVector.fromArray(SPECIES, x, at + 24)
                    .reinterpretAsLongs()
                    .and(mask)
                    .reinterpretAsDoubles();
            w0.mul(x0).add(w2.mul(x2)).add(w1.mul(x1).add(w3.mul(x3))).intoArray(sums, 0);
            u0.mul(x0).add(u2.mul(x2)).add(u1.mul(x1).add(u3.mul(x3))).intoArray(sums, 8);
            double p = (k * storedTree(sums, 0) + b) + step * (storedTree(sums, 8) + interceptRate);
            if (!(Math.abs(p) <= Double.MAX_VALUE)) {
                break;
            }
            DoubleVector ks = DoubleVector.broadcast(SPECIES, k);
            DoubleVector steps = DoubleVector.broadcast(SPECIES, step);
            w0 = ks.mul(w0).add(steps.mul(u0));
            w1 = ks.mul(w1).add(steps.mul(u1));
            w2 = ks.mul(w2).add(steps.mul(u2));
            w3 = ks.mul(w3).add(steps.mul(u3));
            u0 = x0;
            u1 = x1;
            u2 = x2;
            u3 = x3;
            b += step * interceptRate;
            k = decay[row];
            step = kind.step(bound, p, y[row], stepSize[row]);
            y[row] = p;
        }
        w0.intoArray(weights, 0);
        w1.intoArray(weights, 8);
        w2.intoArray(weights, 16);
        w3.intoArray(weights, 24);
        u0.intoArray(latest, 0);
        u1.intoArray(latest, 8);
        u2.intoArray(latest, 16);
        u3.intoArray(latest, 24);
        state.decay = k;
        state.step = step;
        state.intercept = b;
        return row;
    }

    /**
     * {@return where in {@link #MASKS} all bits of the first {@code lanes} lanes are set; of none if negative, of all
     * if more than eight}
     */
    private static int mask(int lanes) {
        return 8 - Math.max(0, Math.min(lanes, 8));
    }

    @Override
    public void adaGradRates(double g, double[] x, int xFrom, double[] r, int rFrom, int n) {
        DoubleVector gs = DoubleVector.broadcast(SPECIES, g);
        DoubleVector most = DoubleVector.broadcast(SPECIES, SMALL);
        DoubleVector c1 = DoubleVector.broadcast(SPECIES, RATE1);
        DoubleVector c2 = DoubleVector.broadcast(SPECIES, RATE2);
        DoubleVector c3 = DoubleVector.broadcast(SPECIES, RATE3);
        DoubleVector c4 = DoubleVector.broadcast(SPECIES, RATE4);
        // Two vectors at a time. One would do, but C2 would then inline this into its callers and stop half-way.
        int i = 0;
        for (; i < n - (2 * LANES - 1); i += 2 * LANES) {
            DoubleVector rate0 = DoubleVector.fromArray(SPECIES, r, rFrom + i);
            DoubleVector root0 =
                    gs.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i)).mul(rate0);
            DoubleVector a0 = root0.mul(root0);
            DoubleVector rate1 = DoubleVector.fromArray(SPECIES, r, rFrom + i + LANES);
            DoubleVector root1 = gs.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i + LANES))
                    .mul(rate1);
            DoubleVector a1 = root1.mul(root1);
            if (!a0.max(a1).compare(VectorOperators.LE, most).allTrue()) {
                Tails.adaGradRates(g, x, xFrom + i, r, rFrom + i, 2 * LANES);
                continue;
            }
            DoubleVector q0 = c1.add(c2.mul(a0)).add(c3.add(c4.mul(a0)).mul(a0.mul(a0)));
            rate0.add(rate0.mul(a0).mul(q0)).intoArray(r, rFrom + i);
            DoubleVector q1 = c1.add(c2.mul(a1)).add(c3.add(c4.mul(a1)).mul(a1.mul(a1)));
            rate1.add(rate1.mul(a1).mul(q1)).intoArray(r, rFrom + i + LANES);
        }
        Tails.adaGradRates(g, x, xFrom + i, r, rFrom + i, n - i);
    }

    @Override
    public void adaGradStep(
            double decay, double alpha, double[] x, int xFrom, double[] r, int rFrom, double[] w, int wFrom, int n) {
        DoubleVector decays = DoubleVector.broadcast(SPECIES, decay);
        DoubleVector alphas = DoubleVector.broadcast(SPECIES, alpha);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            decays.mul(DoubleVector.fromArray(SPECIES, w, wFrom + i))
                    .add(alphas.mul(DoubleVector.fromArray(SPECIES, r, rFrom + i))
                            .mul(DoubleVector.fromArray(SPECIES, x, xFrom + i)))
                    .intoArray(w, wFrom + i);
        }
        Tails.adaGradStep(decay, alpha, x, xFrom + i, r, rFrom + i, w, wFrom + i, n - i);
    }

    @Override
    public double adaGradStepThenDot(
            double decay,
            double alpha,
            double[] x,
            int xFrom,
            double[] r,
            int rFrom,
            double[] w,
            int wFrom,
            double[] z,
            int zFrom,
            int n) {
        DoubleVector decays = DoubleVector.broadcast(SPECIES, decay);
        DoubleVector alphas = DoubleVector.broadcast(SPECIES, alpha);
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        int i = 0;
        for (; i < n - 7; i += 8) {
            DoubleVector rate = DoubleVector.fromArray(SPECIES, r, rFrom + i);
            DoubleVector next = DoubleVector.fromArray(SPECIES, z, zFrom + i);
            DoubleVector moved = decays.mul(DoubleVector.fromArray(SPECIES, w, wFrom + i))
                    .add(alphas.mul(rate).mul(DoubleVector.fromArray(SPECIES, x, xFrom + i)));
            moved.intoArray(w, wFrom + i);
            DoubleVector s = s0.add(moved.mul(next));
            s0 = s1;
            s1 = s;
            if (LANES == 4) {
                DoubleVector rate4 = DoubleVector.fromArray(SPECIES, r, rFrom + i + 4);
                DoubleVector next4 = DoubleVector.fromArray(SPECIES, z, zFrom + i + 4);
                DoubleVector moved4 = decays.mul(DoubleVector.fromArray(SPECIES, w, wFrom + i + 4))
                        .add(alphas.mul(rate4).mul(DoubleVector.fromArray(SPECIES, x, xFrom + i + 4)));
                moved4.intoArray(w, wFrom + i + 4);
                DoubleVector t = t0.add(moved4.mul(next4));
                t0 = t1;
                t1 = t;
            }
        }
        DoubleVector sums = LANES == 8 ? s0.add(s1) : s0.add(s1).add(t0.add(t1));
        double tree = LANES == 8
                ? ((sums.lane(0) + sums.lane(4)) + (sums.lane(2) + sums.lane(6)))
                        + ((sums.lane(1) + sums.lane(5)) + (sums.lane(3) + sums.lane(7)))
                : (sums.lane(0) + sums.lane(2)) + (sums.lane(1) + sums.lane(3));
        return tree
                + Tails.adaGradStepThenDot(decay, alpha, x, xFrom + i, r, rFrom + i, w, wFrom + i, z, zFrom + i, n - i);
    }

    @Override
    public void forgettingRates(double g, double forget, double[] x, int xFrom, double[] r, int rFrom, int n) {
        DoubleVector gs = DoubleVector.broadcast(SPECIES, g);
        DoubleVector forgets = DoubleVector.broadcast(SPECIES, forget);
        DoubleVector one = DoubleVector.broadcast(SPECIES, 1);
        DoubleVector most = DoubleVector.broadcast(SPECIES, SMALL);
        DoubleVector c1 = DoubleVector.broadcast(SPECIES, RATE1);
        DoubleVector c2 = DoubleVector.broadcast(SPECIES, RATE2);
        DoubleVector c3 = DoubleVector.broadcast(SPECIES, RATE3);
        DoubleVector c4 = DoubleVector.broadcast(SPECIES, RATE4);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector rate = DoubleVector.fromArray(SPECIES, r, rFrom + i);
            DoubleVector row = DoubleVector.fromArray(SPECIES, x, xFrom + i);
            DoubleVector square = row.mul(row);
            DoubleVector root = gs.mul(row).mul(rate);
            DoubleVector bounded = square.blend(one, square.compare(VectorOperators.GT, one));
            DoubleVector a = forgets.mul(bounded).mul(rate.mul(rate).sub(one)).add(root.mul(root));
            DoubleVector q = c1.add(c2.mul(a)).add(c3.add(c4.mul(a)).mul(a.mul(a)));
            DoubleVector next = rate.add(rate.mul(a).mul(q));
            rate.div(one.add(a).sqrt())
                    .blend(next, a.compare(VectorOperators.LE, most))
                    .intoArray(r, rFrom + i);
        }
        Tails.forgettingRates(g, forget, x, xFrom + i, r, rFrom + i, n - i);
    }

    @Override
    public void mixtureDecisions(
            double[] w0,
            double[] w1,
            double[] r0,
            double[] r1,
            int from,
            double[] z,
            int zFrom,
            int n,
            MixtureSums sums) {
        DoubleVector a0 = DoubleVector.zero(SPECIES);
        DoubleVector a1 = DoubleVector.zero(SPECIES);
        DoubleVector b0 = DoubleVector.zero(SPECIES);
        DoubleVector b1 = DoubleVector.zero(SPECIES);
        DoubleVector c0 = DoubleVector.zero(SPECIES);
        DoubleVector c1 = DoubleVector.zero(SPECIES);
        DoubleVector d0 = DoubleVector.zero(SPECIES);
        DoubleVector d1 = DoubleVector.zero(SPECIES);
        int i = 0;
        for (; i < n - 7; i += 8) {
            DoubleVector next = DoubleVector.fromArray(SPECIES, z, zFrom + i);
            a0 = a0.add(DoubleVector.fromArray(SPECIES, w0, from + i).mul(next));
            b0 = b0.add(DoubleVector.fromArray(SPECIES, w1, from + i).mul(next));
            c0 = c0.add(DoubleVector.fromArray(SPECIES, r0, from + i).mul(next).mul(next));
            d0 = d0.add(DoubleVector.fromArray(SPECIES, r1, from + i).mul(next).mul(next));
            if (LANES == 4) {
                DoubleVector nextNext = DoubleVector.fromArray(SPECIES, z, zFrom + i + 4);
                a1 = a1.add(DoubleVector.fromArray(SPECIES, w0, from + i + 4).mul(nextNext));
                b1 = b1.add(DoubleVector.fromArray(SPECIES, w1, from + i + 4).mul(nextNext));
                c1 = c1.add(DoubleVector.fromArray(SPECIES, r0, from + i + 4)
                        .mul(nextNext)
                        .mul(nextNext));
                d1 = d1.add(DoubleVector.fromArray(SPECIES, r1, from + i + 4)
                        .mul(nextNext)
                        .mul(nextNext));
            }
        }
        double[] s = sums.running;
        a0.intoArray(s, 0);
        b0.intoArray(s, 8);
        c0.intoArray(s, 16);
        d0.intoArray(s, 24);
        if (LANES == 4) {
            a1.intoArray(s, 4);
            b1.intoArray(s, 12);
            c1.intoArray(s, 20);
            d1.intoArray(s, 28);
        }
        sums.add(w0, w1, r0, r1, from, z, zFrom, i, n);
        sums.combine();
    }

    @Override
    public void mixtureStepThenDecisions(
            double step0,
            double step1,
            double[] x,
            int xFrom,
            double[] w0,
            double[] w1,
            double[] r0,
            double[] r1,
            int from,
            double[] z,
            int zFrom,
            int n,
            MixtureSums sums) {
        DoubleVector a0 = DoubleVector.zero(SPECIES);
        DoubleVector a1 = DoubleVector.zero(SPECIES);
        DoubleVector b0 = DoubleVector.zero(SPECIES);
        DoubleVector b1 = DoubleVector.zero(SPECIES);
        DoubleVector c0 = DoubleVector.zero(SPECIES);
        DoubleVector c1 = DoubleVector.zero(SPECIES);
        DoubleVector d0 = DoubleVector.zero(SPECIES);
        DoubleVector d1 = DoubleVector.zero(SPECIES);
        DoubleVector steps0 = DoubleVector.broadcast(SPECIES, step0);
        DoubleVector steps1 = DoubleVector.broadcast(SPECIES, step1);
        int i = 0;
        for (; i < n - 7; i += 8) {
            DoubleVector next = DoubleVector.fromArray(SPECIES, z, zFrom + i);
            DoubleVector row = DoubleVector.fromArray(SPECIES, x, xFrom + i);
            DoubleVector rate = DoubleVector.fromArray(SPECIES, r0, from + i);
            DoubleVector quickRate = DoubleVector.fromArray(SPECIES, r1, from + i);
            DoubleVector moved = DoubleVector.fromArray(SPECIES, w0, from + i).add(steps0.mul(rate.mul(row)));
            moved.intoArray(w0, from + i);
            DoubleVector quick = DoubleVector.fromArray(SPECIES, w1, from + i).add(steps1.mul(quickRate.mul(row)));
            quick.intoArray(w1, from + i);
            a0 = a0.add(moved.mul(next));
            b0 = b0.add(quick.mul(next));
            c0 = c0.add(rate.mul(next).mul(next));
            d0 = d0.add(quickRate.mul(next).mul(next));
            if (LANES == 4) {
                DoubleVector nextNext = DoubleVector.fromArray(SPECIES, z, zFrom + i + 4);
                DoubleVector rowNext = DoubleVector.fromArray(SPECIES, x, xFrom + i + 4);
                DoubleVector rateNext = DoubleVector.fromArray(SPECIES, r0, from + i + 4);
                DoubleVector quickRateNext = DoubleVector.fromArray(SPECIES, r1, from + i + 4);
                DoubleVector movedNext =
                        DoubleVector.fromArray(SPECIES, w0, from + i + 4).add(steps0.mul(rateNext.mul(rowNext)));
                movedNext.intoArray(w0, from + i + 4);
                DoubleVector quickNext =
                        DoubleVector.fromArray(SPECIES, w1, from + i + 4).add(steps1.mul(quickRateNext.mul(rowNext)));
                quickNext.intoArray(w1, from + i + 4);
                a1 = a1.add(movedNext.mul(nextNext));
                b1 = b1.add(quickNext.mul(nextNext));
                c1 = c1.add(rateNext.mul(nextNext).mul(nextNext));
                d1 = d1.add(quickRateNext.mul(nextNext).mul(nextNext));
            }
        }
        double[] s = sums.running;
        a0.intoArray(s, 0);
        b0.intoArray(s, 8);
        c0.intoArray(s, 16);
        d0.intoArray(s, 24);
        if (LANES == 4) {
            a1.intoArray(s, 4);
            b1.intoArray(s, 12);
            c1.intoArray(s, 20);
            d1.intoArray(s, 28);
        }
        sums.moveThenAdd(step0, step1, x, xFrom, w0, w1, r0, r1, from, z, zFrom, i, n);
        sums.combine();
    }

    @Override
    public void ftrlStep(
            double g,
            double inverse,
            double l1,
            double l2,
            double[] x,
            int xFrom,
            double[] q,
            int qFrom,
            double[] s,
            int sFrom,
            double[] w,
            int wFrom,
            int n) {
        DoubleVector gs = DoubleVector.broadcast(SPECIES, g);
        DoubleVector inverses = DoubleVector.broadcast(SPECIES, inverse);
        DoubleVector high = DoubleVector.broadcast(SPECIES, l1);
        DoubleVector low = DoubleVector.broadcast(SPECIES, -l1);
        DoubleVector l2s = DoubleVector.broadcast(SPECIES, l2);
        DoubleVector one = DoubleVector.broadcast(SPECIES, 1);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector gradient = gs.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i));
            DoubleVector before = DoubleVector.fromArray(SPECIES, s, sFrom + i);
            DoubleVector root = before.mul(before).add(gradient.mul(gradient)).sqrt();
            DoubleVector sum = DoubleVector.fromArray(SPECIES, q, qFrom + i)
                    .add(gradient)
                    .sub(root.sub(before).mul(inverses).mul(DoubleVector.fromArray(SPECIES, w, wFrom + i)));
            root.intoArray(s, sFrom + i);
            sum.intoArray(q, qFrom + i);
            DoubleVector clipped = sum.blend(low, sum.compare(VectorOperators.LT, low))
                    .blend(high, sum.compare(VectorOperators.GT, high));
            clipped.sub(sum).div(one.add(root).mul(inverses).add(l2s)).intoArray(w, wFrom + i);
        }
        Tails.ftrlStep(g, inverse, l1, l2, x, xFrom + i, q, qFrom + i, s, sFrom + i, w, wFrom + i, n - i);
    }
}
