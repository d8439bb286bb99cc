package org.accrete.kernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The SIMD twin of the scalar reference, on the widest vectors of 256 or 512 bits that this JVM prefers. On those of
 * two doubles too much of it is neither compiled to one instruction nor without objects, so there is none for them.
 *
 * <p>Same bits: the sixteen running sums of a reduction are the lanes of two or four vectors, so each sum takes the
 * same elements in the same order at every width, and the tree that combines them is written out lane by lane
 * ({@code reduceLanes} leaves its order open). The branches on {@link #LANES} are constants to the compiler. What is
 * left over after whole vectors is done by scalar code: masked loads are slow on JDK 17.
 *
 * <p>Vectors live in local variables and in small helpers that are inlined; one that is stored in a field, or that
 * crosses a call which C2 does not inline, is an object on the heap. Hence {@code exp} makes its constants vectors
 * before the loop: on JDK 17 an operation that takes a plain number does not inline whole there, and every step of it
 * allocates. Blocks with a number beyond ±708 are left to scalar code, which keeps the method short. Nor does C2 inline
 * small helpers of this class once a method has taken in 8,000 bytecodes, so the longest methods call the Vector API
 * alone, and {@link #scaleAddDot} and {@link #stepDots} have one loop of eights, whose sums take turns.
 *
 * <p>What C2 of JDK 17 inlines late, as the end of a method of many vector operations, it knows by its declared type
 * only. A store of such a vector it may leave a call, with an object per vector; a cast to the class of the vectors
 * makes the type exact. Known limit: at 256 bits {@code exp} still makes objects on 17 in one run of three, depending
 * on what was compiled before.
 */
final class SimdKernels extends Kernels {

    private static final VectorSpecies<Double> SPECIES =
            DoubleVector.SPECIES_PREFERRED.length() > 8 ? DoubleVector.SPECIES_512 : DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> BITS = VectorSpecies.of(long.class, SPECIES.vectorShape());
    private static final int LANES = SPECIES.length();

    /** The one class of all vectors here. */
    private static final Class<? extends Vector<Double>> EXACT = SPECIES.vectorType();

    private static final long[] MASKS = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

    SimdKernels() {
        if (LANES < 4) {
            throw new UnsupportedOperationException("this machine has no vectors of four doubles");
        }
    }

    @Override
    public String name() {
        return "simd " + SPECIES.vectorBitSize() + "-bit";
    }

    @Override
    public double dot(double[] a, int aFrom, double[] b, int bFrom, int n) {
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        int i = 0;
        for (; i < n - 15; i += 16) {
            s0 = s0.add(at(a, aFrom + i).mul(at(b, bFrom + i)));
            s1 = s1.add(at(a, aFrom + i + 8).mul(at(b, bFrom + i + 8)));
            if (LANES == 4) {
                t0 = t0.add(at(a, aFrom + i + 4).mul(at(b, bFrom + i + 4)));
                t1 = t1.add(at(a, aFrom + i + 12).mul(at(b, bFrom + i + 12)));
            }
        }
        if (i < n - 7) {
            s0 = s0.add(at(a, aFrom + i).mul(at(b, bFrom + i)));
            if (LANES == 4) {
                t0 = t0.add(at(a, aFrom + i + 4).mul(at(b, bFrom + i + 4)));
            }
            i += 8;
        }
        DoubleVector sums = LANES == 8 ? s0.add(s1) : s0.add(s1).add(t0.add(t1));
        double tree = LANES == 8
                ? ((sums.lane(0) + sums.lane(4)) + (sums.lane(2) + sums.lane(6)))
                        + ((sums.lane(1) + sums.lane(5)) + (sums.lane(3) + sums.lane(7)))
                : (sums.lane(0) + sums.lane(2)) + (sums.lane(1) + sums.lane(3));
        return tree + Rest.ofDot(a, aFrom + i, b, bFrom + i, n - i);
    }

    @Override
    public double scaleAddDot(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] z, int zFrom, int n) {
        DoubleVector factor = of(scale);
        DoubleVector length = of(alpha);
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        int i = 0;
        for (; i < n - 7; i += 8) {
            DoubleVector w = factor.mul(DoubleVector.fromArray(SPECIES, y, yFrom + i))
                    .add(length.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i)));
            w.intoArray(y, yFrom + i);
            DoubleVector s = s0.add(w.mul(DoubleVector.fromArray(SPECIES, z, zFrom + i)));
            s0 = s1;
            s1 = s;
            if (LANES == 4) {
                DoubleVector v = factor.mul(DoubleVector.fromArray(SPECIES, y, yFrom + i + 4))
                        .add(length.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i + 4)));
                v.intoArray(y, yFrom + i + 4);
                DoubleVector t = t0.add(v.mul(DoubleVector.fromArray(SPECIES, z, zFrom + i + 4)));
                t0 = t1;
                t1 = t;
            }
        }
        DoubleVector sums = LANES == 8 ? s0.add(s1) : s0.add(s1).add(t0.add(t1));
        double tree = LANES == 8
                ? ((sums.lane(0) + sums.lane(4)) + (sums.lane(2) + sums.lane(6)))
                        + ((sums.lane(1) + sums.lane(5)) + (sums.lane(3) + sums.lane(7)))
                : (sums.lane(0) + sums.lane(2)) + (sums.lane(1) + sums.lane(3));
        return tree + Rest.ofScaleAddDot(scale, y, yFrom + i, alpha, x, xFrom + i, z, zFrom + i, n - i);
    }

    /**
     * Two of the vectors y at a time, so that x and z are loaded once for both; the trees come last, when all sums are
     * in memory: taken at once, each would be waited for. Four at a time are more than C2 inlines into one method.
     */
    @Override
    public void scaleAddDots(
            double scale, double[] y, int count, double[] alphas, double[] x, int xFrom, double[] z, int zFrom, int n) {
        int paired = LANES < 8 || n < 8 ? 0 : count & -2;
        DoubleVector s = of(scale);
        for (int c = 0; c < paired; c += 2) {
            DoubleVector a = DoubleVector.broadcast(SPECIES, alphas[c]);
            DoubleVector b = DoubleVector.broadcast(SPECIES, alphas[c + 1]);
            DoubleVector s0 = DoubleVector.zero(SPECIES);
            DoubleVector s1 = s0;
            DoubleVector t0 = s0;
            DoubleVector t1 = s0;
            int one = c * n;
            int other = one + n;
            int i = 0;
            for (; i < n - 15; i += 16) {
                DoubleVector x0 = DoubleVector.fromArray(SPECIES, x, xFrom + i);
                DoubleVector x1 = DoubleVector.fromArray(SPECIES, x, xFrom + i + 8);
                DoubleVector z0 = DoubleVector.fromArray(SPECIES, z, zFrom + i);
                DoubleVector z1 = DoubleVector.fromArray(SPECIES, z, zFrom + i + 8);
                DoubleVector v0 =
                        s.mul(DoubleVector.fromArray(SPECIES, y, one + i)).add(a.mul(x0));
                v0.intoArray(y, one + i);
                s0 = s0.add(v0.mul(z0));
                DoubleVector v1 =
                        s.mul(DoubleVector.fromArray(SPECIES, y, one + i + 8)).add(a.mul(x1));
                v1.intoArray(y, one + i + 8);
                s1 = s1.add(v1.mul(z1));
                DoubleVector w0 =
                        s.mul(DoubleVector.fromArray(SPECIES, y, other + i)).add(b.mul(x0));
                w0.intoArray(y, other + i);
                t0 = t0.add(w0.mul(z0));
                DoubleVector w1 =
                        s.mul(DoubleVector.fromArray(SPECIES, y, other + i + 8)).add(b.mul(x1));
                w1.intoArray(y, other + i + 8);
                t1 = t1.add(w1.mul(z1));
            }
            if (i < n - 7) {
                DoubleVector x0 = DoubleVector.fromArray(SPECIES, x, xFrom + i);
                DoubleVector z0 = DoubleVector.fromArray(SPECIES, z, zFrom + i);
                DoubleVector v0 =
                        s.mul(DoubleVector.fromArray(SPECIES, y, one + i)).add(a.mul(x0));
                v0.intoArray(y, one + i);
                s0 = s0.add(v0.mul(z0));
                DoubleVector w0 =
                        s.mul(DoubleVector.fromArray(SPECIES, y, other + i)).add(b.mul(x0));
                w0.intoArray(y, other + i);
                t0 = t0.add(w0.mul(z0));
            }
            int sums = count + c * SUMS;
            ((DoubleVector) EXACT.cast(s0.add(s1))).intoArray(alphas, sums);
            ((DoubleVector) EXACT.cast(t0.add(t1))).intoArray(alphas, sums + SUMS);
        }
        takeRest(scale, y, count, paired, alphas, x, xFrom, z, zFrom, n);
        for (int c = paired; c < count; c++) {
            alphas[c] = scaleAddDot(scale, y, c * n, alphas[c], x, xFrom, z, zFrom, n);
        }
    }

    /**
     * What {@link #scaleAddDots} leaves over of each vector, and the trees; where nothing is left, a 0 makes +0 of −0
     * as it would.
     */
    private static void takeRest(
            double scale,
            double[] y,
            int count,
            int paired,
            double[] alphas,
            double[] x,
            int xFrom,
            double[] z,
            int zFrom,
            int n) {
        int whole = n & -8;
        if (whole == n) {
            for (int c = 0; c < paired; c++) {
                alphas[c] = storedTree(alphas, count + c * SUMS) + 0;
            }
            return;
        }
        for (int c = 0; c < paired; c++) {
            alphas[c] = storedTree(alphas, count + c * SUMS)
                    + Rest.ofScaleAddDot(
                            scale, y, c * n + whole, alphas[c], x, xFrom + whole, z, zFrom + whole, n - whole);
        }
    }

    private static DoubleVector at(double[] a, int i) {
        return DoubleVector.fromArray(SPECIES, a, i);
    }

    @Override
    public void axpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n) {
        DoubleVector a = of(alpha);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            at(y, yFrom + i).add(a.mul(at(x, xFrom + i))).intoArray(y, yFrom + i);
        }
        Rest.ofAxpy(alpha, x, xFrom + i, y, yFrom + i, n - i);
    }

    @Override
    public void scaleAdd(double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, int n) {
        DoubleVector s = of(scale);
        DoubleVector a = of(alpha);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            s.mul(at(y, yFrom + i)).add(a.mul(at(x, xFrom + i))).intoArray(y, yFrom + i);
        }
        Rest.ofScaleAdd(scale, y, yFrom + i, alpha, x, xFrom + i, n - i);
    }

    @Override
    public boolean scaleAddTo(
            double scale,
            double[] y,
            int yFrom,
            double alpha,
            double[] x,
            int xFrom,
            double[] out,
            int outFrom,
            int n) {
        DoubleVector s = of(scale);
        DoubleVector a = of(alpha);
        DoubleVector zeros = DoubleVector.zero(SPECIES);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector sum = s.mul(at(y, yFrom + i)).add(a.mul(at(x, xFrom + i)));
            sum.intoArray(out, outFrom + i);
            zeros = zeros.add(sum.mul(0));
        }
        double rest = 0;
        for (; i < n; i++) {
            double sum = scale * y[yFrom + i] + alpha * x[xFrom + i];
            out[outFrom + i] = sum;
            rest += sum * 0;
        }
        return rest == 0 && zeros.eq(0).allTrue();
    }

    @Override
    public void scale(double s, double[] y, int from, int n) {
        DoubleVector factor = of(s);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            at(y, from + i).mul(factor).intoArray(y, from + i);
        }
        for (; i < n; i++) {
            y[from + i] *= s;
        }
    }

    @Override
    public void rot(double c, double s, double[] x, int xFrom, double[] y, int yFrom, int n) {
        DoubleVector cosine = of(c);
        DoubleVector sine = of(s);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector first = at(x, xFrom + i);
            DoubleVector second = at(y, yFrom + i);
            cosine.mul(first).add(sine.mul(second)).intoArray(x, xFrom + i);
            cosine.mul(second).sub(sine.mul(first)).intoArray(y, yFrom + i);
        }
        Rest.rots(c, s, x, xFrom + i, y, yFrom + i, n - i);
    }

    @Override
    public double sum(double[] a, int from, int n) {
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        int i = 0;
        for (; i < n - 15; i += 16) {
            s0 = s0.add(at(a, from + i));
            s1 = s1.add(at(a, from + i + 8));
            if (LANES == 4) {
                t0 = t0.add(at(a, from + i + 4));
                t1 = t1.add(at(a, from + i + 12));
            }
        }
        if (i < n - 7) {
            s0 = s0.add(at(a, from + i));
            if (LANES == 4) {
                t0 = t0.add(at(a, from + i + 4));
            }
            i += 8;
        }
        DoubleVector sums = LANES == 8 ? s0.add(s1) : s0.add(s1).add(t0.add(t1));
        double tree = LANES == 8
                ? ((sums.lane(0) + sums.lane(4)) + (sums.lane(2) + sums.lane(6)))
                        + ((sums.lane(1) + sums.lane(5)) + (sums.lane(3) + sums.lane(7)))
                : (sums.lane(0) + sums.lane(2)) + (sums.lane(1) + sums.lane(3));
        return tree + Rest.ofSum(a, from + i, n - i);
    }

    @Override
    public boolean allFinite(double[] a, int from, int n) {
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        int i = 0;
        for (; i < n - (2 * LANES - 1); i += 2 * LANES) {
            s0 = s0.add(DoubleVector.fromArray(SPECIES, a, from + i).mul(0));
            s1 = s1.add(DoubleVector.fromArray(SPECIES, a, from + i + LANES).mul(0));
        }
        double rest = 0;
        for (; i < n; i++) {
            rest += a[from + i] * 0;
        }
        return rest == 0 && s0.add(s1).eq(0).allTrue();
    }

    /**
     * Of a row whose last vector would leave the array, a copy is taken. One method for each number of vectors, all too
     * long for C2 to inline: each keeps its vectors in registers whatever widths the JVM has seen. One for all widths,
     * with a mask for each vector, has more of them than C2 finds registers for.
     */
    @Override
    public int descend(
            Slope slope,
            double bound,
            double rate,
            double[] state,
            double[] x,
            int xFrom,
            int n,
            int rows,
            double[] y,
            double[] length,
            double[] keep) {
        if (LANES < 8) {
            return ScalarKernels.INSTANCE.descend(slope, bound, rate, state, x, xFrom, n, rows, y, length, keep);
        }
        int room = x.length - xFrom - Math.max(16, n + 7 & -8);
        int inside = room < 0 ? 0 : Math.min(rows, room / n + 1);
        int taken = inside == 0 ? 0 : descendSome(slope, bound, rate, state, x, xFrom, n, 0, inside, y, length, keep);
        for (int row = inside; row < rows && taken == row; row++) {
            System.arraycopy(x, xFrom + row * n, state, ROOM + 16, n);
            taken = descendSome(slope, bound, rate, state, state, ROOM + 16, n, row, row + 1, y, length, keep);
        }
        return taken;
    }

    private static int descendSome(
            Slope slope,
            double bound,
            double rate,
            double[] state,
            double[] x,
            int xFrom,
            int n,
            int first,
            int end,
            double[] y,
            double[] length,
            double[] keep) {
        if (n <= 16) {
            return descend16(slope, bound, rate, state, x, xFrom, n, first, end, y, length, keep);
        }
        if (n <= 24) {
            return descend24(slope, bound, rate, state, x, xFrom, n, first, end, y, length, keep);
        }
        return descend32(slope, bound, rate, state, x, xFrom, n, first, end, y, length, keep);
    }

    /**
     * Weights and last row stay in vectors over all rows. Without the vectors of zeros a sum may be −0 that is +0 with
     * them, hence the 0.
     */
    private static int descend16(
            Slope slope,
            double bound,
            double rate,
            double[] state,
            double[] x,
            int xFrom,
            int n,
            int first,
            int end,
            double[] y,
            double[] length,
            double[] keep) {
        LongVector mask0 = mask(n);
        LongVector mask1 = mask(n - 8);
        DoubleVector w0 = at(state, 0);
        DoubleVector w1 = at(state, 8);
        DoubleVector u0 = at(state, LAST_ROW);
        DoubleVector u1 = at(state, LAST_ROW + 8);
        double k = state[LAST_KEEP];
        double step = state[LAST_STEP];
        double b = state[INTERCEPT];
        int at = xFrom;
        int row = first;
        for (; row < end; row++, at += n) {
            DoubleVector x0 = masked(at(x, at), mask0);
            DoubleVector x1 = masked(at(x, at + 8), mask1);
            w0.mul(x0).add(w1.mul(x1)).intoArray(state, ROOM);
            u0.mul(x0).add(u1.mul(x1)).intoArray(state, ROOM + 8);
            double p = (k * (storedTree(state, ROOM) + 0) + b) + step * (storedTree(state, ROOM + 8) + rate);
            if (!(Math.abs(p) <= Double.MAX_VALUE)) {
                break;
            }
            DoubleVector ks = of(k);
            DoubleVector steps = of(step);
            w0 = ks.mul(w0).add(steps.mul(u0));
            w1 = ks.mul(w1).add(steps.mul(u1));
            u0 = x0;
            u1 = x1;
            b += step * rate;
            k = keep[row];
            step = step(slope, bound, p, y[row], length[row]);
            y[row] = p;
        }
        w0.intoArray(state, 0);
        w1.intoArray(state, 8);
        u0.intoArray(state, LAST_ROW);
        u1.intoArray(state, LAST_ROW + 8);
        state[LAST_KEEP] = k;
        state[LAST_STEP] = step;
        state[INTERCEPT] = b;
        return row;
    }

    /** The same in three vectors instead of two. */
    private static int descend24(
            Slope slope,
            double bound,
            double rate,
            double[] state,
            double[] x,
            int xFrom,
            int n,
            int first,
            int end,
            double[] y,
            double[] length,
            double[] keep) {
        LongVector mask = mask(n - 16);
        DoubleVector w0 = at(state, 0);
        DoubleVector w1 = at(state, 8);
        DoubleVector w2 = at(state, 16);
        DoubleVector u0 = at(state, LAST_ROW);
        DoubleVector u1 = at(state, LAST_ROW + 8);
        DoubleVector u2 = at(state, LAST_ROW + 16);
        double k = state[LAST_KEEP];
        double step = state[LAST_STEP];
        double b = state[INTERCEPT];
        int at = xFrom;
        int row = first;
        for (; row < end; row++, at += n) {
            DoubleVector x0 = at(x, at);
            DoubleVector x1 = at(x, at + 8);
            DoubleVector x2 = masked(at(x, at + 16), mask);
            w0.mul(x0).add(w2.mul(x2)).add(w1.mul(x1)).intoArray(state, ROOM);
            u0.mul(x0).add(u2.mul(x2)).add(u1.mul(x1)).intoArray(state, ROOM + 8);
            double p = (k * (storedTree(state, ROOM) + 0) + b) + step * (storedTree(state, ROOM + 8) + rate);
            if (!(Math.abs(p) <= Double.MAX_VALUE)) {
                break;
            }
            DoubleVector ks = of(k);
            DoubleVector steps = of(step);
            w0 = ks.mul(w0).add(steps.mul(u0));
            w1 = ks.mul(w1).add(steps.mul(u1));
            w2 = ks.mul(w2).add(steps.mul(u2));
            u0 = x0;
            u1 = x1;
            u2 = x2;
            b += step * rate;
            k = keep[row];
            step = step(slope, bound, p, y[row], length[row]);
            y[row] = p;
        }
        w0.intoArray(state, 0);
        w1.intoArray(state, 8);
        w2.intoArray(state, 16);
        u0.intoArray(state, LAST_ROW);
        u1.intoArray(state, LAST_ROW + 8);
        u2.intoArray(state, LAST_ROW + 16);
        state[LAST_KEEP] = k;
        state[LAST_STEP] = step;
        state[INTERCEPT] = b;
        return row;
    }

    /** The same in four. */
    private static int descend32(
            Slope slope,
            double bound,
            double rate,
            double[] state,
            double[] x,
            int xFrom,
            int n,
            int first,
            int end,
            double[] y,
            double[] length,
            double[] keep) {
        LongVector mask = mask(n - 24);
        DoubleVector w0 = at(state, 0);
        DoubleVector w1 = at(state, 8);
        DoubleVector w2 = at(state, 16);
        DoubleVector w3 = at(state, 24);
        DoubleVector u0 = at(state, LAST_ROW);
        DoubleVector u1 = at(state, LAST_ROW + 8);
        DoubleVector u2 = at(state, LAST_ROW + 16);
        DoubleVector u3 = at(state, LAST_ROW + 24);
        double k = state[LAST_KEEP];
        double step = state[LAST_STEP];
        double b = state[INTERCEPT];
        int at = xFrom;
        int row = first;
        for (; row < end; row++, at += n) {
            DoubleVector x0 = at(x, at);
            DoubleVector x1 = at(x, at + 8);
            DoubleVector x2 = at(x, at + 16);
            DoubleVector x3 = masked(at(x, at + 24), mask);
            w0.mul(x0).add(w2.mul(x2)).add(w1.mul(x1).add(w3.mul(x3))).intoArray(state, ROOM);
            u0.mul(x0).add(u2.mul(x2)).add(u1.mul(x1).add(u3.mul(x3))).intoArray(state, ROOM + 8);
            double p = (k * storedTree(state, ROOM) + b) + step * (storedTree(state, ROOM + 8) + rate);
            if (!(Math.abs(p) <= Double.MAX_VALUE)) {
                break;
            }
            DoubleVector ks = of(k);
            DoubleVector steps = of(step);
            w0 = ks.mul(w0).add(steps.mul(u0));
            w1 = ks.mul(w1).add(steps.mul(u1));
            w2 = ks.mul(w2).add(steps.mul(u2));
            w3 = ks.mul(w3).add(steps.mul(u3));
            u0 = x0;
            u1 = x1;
            u2 = x2;
            u3 = x3;
            b += step * rate;
            k = keep[row];
            step = step(slope, bound, p, y[row], length[row]);
            y[row] = p;
        }
        w0.intoArray(state, 0);
        w1.intoArray(state, 8);
        w2.intoArray(state, 16);
        w3.intoArray(state, 24);
        u0.intoArray(state, LAST_ROW);
        u1.intoArray(state, LAST_ROW + 8);
        u2.intoArray(state, LAST_ROW + 16);
        u3.intoArray(state, LAST_ROW + 24);
        state[LAST_KEEP] = k;
        state[LAST_STEP] = step;
        state[INTERCEPT] = b;
        return row;
    }

    /** {@return all bits of so many lanes, of none at least and all at most} */
    private static LongVector mask(int lanes) {
        return LongVector.fromArray(BITS, MASKS, 8 - Math.max(0, Math.min(lanes, 8)));
    }

    private static DoubleVector masked(DoubleVector v, LongVector mask) {
        return v.reinterpretAsLongs().and(mask).reinterpretAsDoubles();
    }

    /** The tree of eight lanes that were stored: fewer instructions than taking them out of a vector one by one. */
    private static double storedTree(double[] s, int i) {
        return ((s[i] + s[i + 4]) + (s[i + 2] + s[i + 6])) + ((s[i + 1] + s[i + 5]) + (s[i + 3] + s[i + 7]));
    }

    @Override
    public void exp(double[] x, int from, double[] out, int outFrom, int n) {
        DoubleVector steep = of(Exp.STEEP);
        DoubleVector half = of(0.5);
        DoubleVector one = of(1);
        DoubleVector log2e = of(Exp.LOG2_E);
        DoubleVector ln2High = of(Exp.LN2_HIGH);
        DoubleVector ln2Low = of(Exp.LN2_LOW);
        DoubleVector toWhole = of(Exp.TO_WHOLE);
        LongVector oneBits = LongVector.broadcast(BITS, Exp.ONE_BITS);
        DoubleVector c0 = of(Exp.P0);
        DoubleVector c1 = of(Exp.P1);
        DoubleVector c2 = of(Exp.P2);
        DoubleVector c3 = of(Exp.P3);
        DoubleVector c4 = of(Exp.P4);
        DoubleVector c5 = of(Exp.P5);
        DoubleVector c6 = of(Exp.P6);
        DoubleVector c7 = of(Exp.P7);
        DoubleVector c8 = of(Exp.P8);
        DoubleVector c9 = of(Exp.P9);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector v = DoubleVector.fromArray(SPECIES, x, from + i);
            if (v.lanewise(VectorOperators.ABS)
                    .compare(VectorOperators.GT, steep)
                    .anyTrue()) {
                Rest.exps(x, from + i, out, outFrom + i, LANES);
                continue;
            }
            DoubleVector shifted = v.mul(log2e).add(toWhole);
            DoubleVector k = shifted.sub(toWhole);
            DoubleVector high = v.sub(k.mul(ln2High));
            DoubleVector low = k.mul(ln2Low);
            DoubleVector r = high.sub(low);
            DoubleVector lost = high.sub(r).sub(low);
            DoubleVector r2 = r.mul(r);
            DoubleVector r4 = r2.mul(r2);
            DoubleVector p03 = c0.add(c1.mul(r)).add(c2.add(c3.mul(r)).mul(r2));
            DoubleVector p47 = c4.add(c5.mul(r)).add(c6.add(c7.mul(r)).mul(r2));
            DoubleVector p = p03.add(p47.mul(r4)).add(c8.add(c9.mul(r)).mul(r4.mul(r4)));
            DoubleVector power = one.add(r.add(r2.mul(half.add(r.mul(p))).add(lost)));
            LongVector bits = shifted.reinterpretAsLongs();
            DoubleVector scaled = power.mul(
                    bits.lanewise(VectorOperators.LSHL, 52).add(oneBits).reinterpretAsDoubles());
            ((DoubleVector) EXACT.cast(scaled)).intoArray(out, outFrom + i);
        }
        Rest.exps(x, from + i, out, outFrom + i, n - i);
    }

    @Override
    public void logistic(double[] x, int from, double[] out, int outFrom, int n) {
        DoubleVector steep = of(Exp.STEEP);
        DoubleVector one = of(1);
        DoubleVector log2e = of(Exp.LOG2_E);
        DoubleVector ln2High = of(Exp.LN2_HIGH);
        DoubleVector ln2Low = of(Exp.LN2_LOW);
        DoubleVector toWhole = of(Exp.TO_WHOLE);
        LongVector oneBits = LongVector.broadcast(BITS, Exp.ONE_BITS);
        DoubleVector q1 = of(Exp.Q1);
        DoubleVector q2 = of(Exp.Q2);
        DoubleVector r0 = of(Exp.R0);
        DoubleVector r1 = of(Exp.R1);
        DoubleVector r2 = of(Exp.R2);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector v = DoubleVector.fromArray(SPECIES, x, from + i);
            if (v.lanewise(VectorOperators.ABS)
                    .compare(VectorOperators.GT, steep)
                    .anyTrue()) {
                Rest.logistics(x, from + i, out, outFrom + i, LANES);
                continue;
            }
            DoubleVector shifted = v.mul(log2e).add(toWhole);
            DoubleVector k = shifted.sub(toWhole);
            DoubleVector r = v.sub(k.mul(ln2High)).sub(k.mul(ln2Low));
            DoubleVector square = r.mul(r);
            DoubleVector fourth = square.mul(square);
            DoubleVector even = one.add(q1.mul(square)).add(q2.mul(fourth));
            DoubleVector odd = r0.add(r1.mul(square)).add(r2.mul(fourth));
            LongVector bits = shifted.reinterpretAsLongs();
            DoubleVector scale =
                    bits.lanewise(VectorOperators.LSHL, 52).add(oneBits).reinterpretAsDoubles();
            DoubleVector above = even.mul(scale).add(odd.mul(r.mul(scale)));
            DoubleVector below = even.mul(scale.add(one)).add(odd.mul(r.mul(scale.sub(one))));
            above.min(below).div(below).intoArray(out, outFrom + i);
        }
        Rest.logistics(x, from + i, out, outFrom + i, n - i);
    }

    @Override
    int tileColumns() {
        return 2 * LANES;
    }

    @Override
    void tile(int depth, double[] panels, int a, int b, double[] c, int at, int cRow) {
        int row1 = at + cRow;
        int row2 = row1 + cRow;
        int row3 = row2 + cRow;
        DoubleVector s00 = at(c, at);
        DoubleVector s01 = at(c, at + LANES);
        DoubleVector s10 = at(c, row1);
        DoubleVector s11 = at(c, row1 + LANES);
        DoubleVector s20 = at(c, row2);
        DoubleVector s21 = at(c, row2 + LANES);
        DoubleVector s30 = at(c, row3);
        DoubleVector s31 = at(c, row3 + LANES);
        int i = a;
        int j = b;
        for (int p = 0; p < depth; p++) {
            DoubleVector left = at(panels, j);
            DoubleVector right = at(panels, j + LANES);
            DoubleVector a0 = of(panels[i]);
            s00 = s00.add(a0.mul(left));
            s01 = s01.add(a0.mul(right));
            DoubleVector a1 = of(panels[i + 1]);
            s10 = s10.add(a1.mul(left));
            s11 = s11.add(a1.mul(right));
            DoubleVector a2 = of(panels[i + 2]);
            s20 = s20.add(a2.mul(left));
            s21 = s21.add(a2.mul(right));
            DoubleVector a3 = of(panels[i + 3]);
            s30 = s30.add(a3.mul(left));
            s31 = s31.add(a3.mul(right));
            i += TILE_ROWS;
            j += 2 * LANES;
        }
        s00.intoArray(c, at);
        s01.intoArray(c, at + LANES);
        s10.intoArray(c, row1);
        s11.intoArray(c, row1 + LANES);
        s20.intoArray(c, row2);
        s21.intoArray(c, row2 + LANES);
        s30.intoArray(c, row3);
        s31.intoArray(c, row3 + LANES);
    }

    private static DoubleVector of(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }

    @Override
    public double weightedSquares(double[] r, int rFrom, double[] x, int xFrom, int n) {
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        int i = 0;
        for (; i < n - 15; i += 16) {
            s0 = s0.add(square(r, rFrom + i, x, xFrom + i));
            s1 = s1.add(square(r, rFrom + i + 8, x, xFrom + i + 8));
            if (LANES == 4) {
                t0 = t0.add(square(r, rFrom + i + 4, x, xFrom + i + 4));
                t1 = t1.add(square(r, rFrom + i + 12, x, xFrom + i + 12));
            }
        }
        if (i < n - 7) {
            s0 = s0.add(square(r, rFrom + i, x, xFrom + i));
            if (LANES == 4) {
                t0 = t0.add(square(r, rFrom + i + 4, x, xFrom + i + 4));
            }
            i += 8;
        }
        DoubleVector sums = LANES == 8 ? s0.add(s1) : s0.add(s1).add(t0.add(t1));
        double tree = LANES == 8
                ? ((sums.lane(0) + sums.lane(4)) + (sums.lane(2) + sums.lane(6)))
                        + ((sums.lane(1) + sums.lane(5)) + (sums.lane(3) + sums.lane(7)))
                : (sums.lane(0) + sums.lane(2)) + (sums.lane(1) + sums.lane(3));
        return tree + Rest.ofSquares(r, rFrom + i, x, xFrom + i, n - i);
    }

    private static DoubleVector square(double[] r, int i, double[] x, int j) {
        DoubleVector v = at(x, j);
        return at(r, i).mul(v).mul(v);
    }

    @Override
    public void slow(double g, double[] x, int xFrom, double[] r, int rFrom, int n) {
        DoubleVector slope = of(g);
        DoubleVector most = of(SMALL);
        DoubleVector c1 = of(SLOW1);
        DoubleVector c2 = of(SLOW2);
        DoubleVector c3 = of(SLOW3);
        DoubleVector c4 = of(SLOW4);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector rate = at(r, rFrom + i);
            DoubleVector root = slope.mul(at(x, xFrom + i)).mul(rate);
            DoubleVector a = root.mul(root);
            if (!a.compare(VectorOperators.LE, most).allTrue()) {
                Rest.slows(g, x, xFrom + i, r, rFrom + i, LANES);
                continue;
            }
            DoubleVector q = c1.add(c2.mul(a)).add(c3.add(c4.mul(a)).mul(a.mul(a)));
            rate.add(rate.mul(a).mul(q)).intoArray(r, rFrom + i);
        }
        Rest.slows(g, x, xFrom + i, r, rFrom + i, n - i);
    }

    @Override
    public void step(
            double keep, double alpha, double[] x, int xFrom, double[] r, int rFrom, double[] w, int wFrom, int n) {
        DoubleVector kept = of(keep);
        DoubleVector length = of(alpha);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            kept.mul(at(w, wFrom + i))
                    .add(length.mul(at(r, rFrom + i)).mul(at(x, xFrom + i)))
                    .intoArray(w, wFrom + i);
        }
        Rest.steps(keep, alpha, x, xFrom + i, r, rFrom + i, w, wFrom + i, n - i);
    }

    @Override
    public double stepDots(
            double keep,
            double alpha,
            double[] x,
            int xFrom,
            double[] r,
            int rFrom,
            double[] w,
            int wFrom,
            double[] z,
            int zFrom,
            int n,
            double[] squares) {
        DoubleVector kept = of(keep);
        DoubleVector length = of(alpha);
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        DoubleVector q0 = s0;
        DoubleVector q1 = s0;
        DoubleVector u0 = s0;
        DoubleVector u1 = s0;
        int i = 0;
        for (; i < n - 7; i += 8) {
            DoubleVector rate = DoubleVector.fromArray(SPECIES, r, rFrom + i);
            DoubleVector next = DoubleVector.fromArray(SPECIES, z, zFrom + i);
            DoubleVector moved = kept.mul(DoubleVector.fromArray(SPECIES, w, wFrom + i))
                    .add(length.mul(rate).mul(DoubleVector.fromArray(SPECIES, x, xFrom + i)));
            moved.intoArray(w, wFrom + i);
            DoubleVector s = s0.add(moved.mul(next));
            s0 = s1;
            s1 = s;
            DoubleVector q = q0.add(rate.mul(next).mul(next));
            q0 = q1;
            q1 = q;
            if (LANES == 4) {
                DoubleVector rate4 = DoubleVector.fromArray(SPECIES, r, rFrom + i + 4);
                DoubleVector next4 = DoubleVector.fromArray(SPECIES, z, zFrom + i + 4);
                DoubleVector moved4 = kept.mul(DoubleVector.fromArray(SPECIES, w, wFrom + i + 4))
                        .add(length.mul(rate4).mul(DoubleVector.fromArray(SPECIES, x, xFrom + i + 4)));
                moved4.intoArray(w, wFrom + i + 4);
                DoubleVector t = t0.add(moved4.mul(next4));
                t0 = t1;
                t1 = t;
                DoubleVector u = u0.add(rate4.mul(next4).mul(next4));
                u0 = u1;
                u1 = u;
            }
        }
        DoubleVector squared = LANES == 8 ? q0.add(q1) : q0.add(q1).add(u0.add(u1));
        double other = LANES == 8
                ? ((squared.lane(0) + squared.lane(4)) + (squared.lane(2) + squared.lane(6)))
                        + ((squared.lane(1) + squared.lane(5)) + (squared.lane(3) + squared.lane(7)))
                : (squared.lane(0) + squared.lane(2)) + (squared.lane(1) + squared.lane(3));
        squares[0] = other + Rest.ofSquares(r, rFrom + i, z, zFrom + i, n - i);
        DoubleVector sums = LANES == 8 ? s0.add(s1) : s0.add(s1).add(t0.add(t1));
        double tree = LANES == 8
                ? ((sums.lane(0) + sums.lane(4)) + (sums.lane(2) + sums.lane(6)))
                        + ((sums.lane(1) + sums.lane(5)) + (sums.lane(3) + sums.lane(7)))
                : (sums.lane(0) + sums.lane(2)) + (sums.lane(1) + sums.lane(3));
        return tree + Rest.ofStepDots(keep, alpha, x, xFrom + i, r, rFrom + i, w, wFrom + i, z, zFrom + i, n - i);
    }

    @Override
    public void trace(
            double alpha, double beta, double[] x, int xFrom, double[] r, int rFrom, double[] h, int hFrom, int n) {
        DoubleVector length = of(alpha);
        DoubleVector bend = of(beta);
        DoubleVector one = of(1);
        DoubleVector zero = of(0);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector v = at(x, xFrom + i);
            DoubleVector rate = at(r, rFrom + i);
            DoubleVector left = one.sub(bend.mul(rate).mul(v).mul(v));
            DoubleVector kept = left.blend(zero, left.compare(VectorOperators.LT, zero));
            at(h, hFrom + i).mul(kept).add(length.mul(rate).mul(v)).intoArray(h, hFrom + i);
        }
        Rest.traces(alpha, beta, x, xFrom + i, r, rFrom + i, h, hFrom + i, n - i);
    }

    @Override
    public void ftrl(
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
        DoubleVector steep = of(g);
        DoubleVector by = of(inverse);
        DoubleVector high = of(l1);
        DoubleVector low = of(-l1);
        DoubleVector ridge = of(l2);
        DoubleVector one = of(1);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector slope = steep.mul(at(x, xFrom + i));
            DoubleVector before = at(s, sFrom + i);
            DoubleVector root = before.mul(before).add(slope.mul(slope)).sqrt();
            DoubleVector sum =
                    at(q, qFrom + i).add(slope).sub(root.sub(before).mul(by).mul(at(w, wFrom + i)));
            root.intoArray(s, sFrom + i);
            sum.intoArray(q, qFrom + i);
            DoubleVector within = sum.blend(low, sum.compare(VectorOperators.LT, low))
                    .blend(high, sum.compare(VectorOperators.GT, high));
            within.sub(sum).div(one.add(root).mul(by).add(ridge)).intoArray(w, wFrom + i);
        }
        Rest.ftrls(g, inverse, l1, l2, x, xFrom + i, q, qFrom + i, s, sFrom + i, w, wFrom + i, n - i);
    }
}
