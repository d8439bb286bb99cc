package org.accrete.kernels;

import static org.accrete.kernels.Vectors.BITS;
import static org.accrete.kernels.Vectors.EXACT;
import static org.accrete.kernels.Vectors.LANES;
import static org.accrete.kernels.Vectors.SPECIES;
import static org.accrete.kernels.Vectors.storedTree;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;

/**
 * The SIMD twin of {@link ScalarDenseKernels}, by the rules of {@link Vectors}.
 *
 * <p>Ugly for speed: the code of {@code at} and {@code of} is written out in the longest methods, and the trees
 * everywhere, because C2 would not inline a helper there. {@link #scaleAddDot} has one loop of eights, whose running
 * sums take turns, to stay short. {@code exp} makes its constants vectors before the loop: on JDK 17 an operation that
 * takes a plain number does not inline whole there, and every step of it allocates. Blocks with a number beyond ±708
 * are left to scalar code, which keeps the method short.
 *
 * <p>Known limit: at 256 bits {@code exp} still makes objects on 17 in one run of three, depending on what was compiled
 * before.
 */
final class SimdDenseKernels extends DenseKernels {
    static final SimdDenseKernels INSTANCE = new SimdDenseKernels();

    private SimdDenseKernels() {}

    @Override
    public String name() {
        return Vectors.NAME;
    }

    @Override
    public double dot(double[] a, int aFrom, double[] b, int bFrom, int n) {
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        int i = 0;
        for (; i < n - 15; i += 16) {
            s0 = s0.add(
                    DoubleVector.fromArray(SPECIES, a, aFrom + i).mul(DoubleVector.fromArray(SPECIES, b, bFrom + i)));
            s1 = s1.add(DoubleVector.fromArray(SPECIES, a, aFrom + i + 8)
                    .mul(DoubleVector.fromArray(SPECIES, b, bFrom + i + 8)));
            if (LANES == 4) {
                t0 = t0.add(DoubleVector.fromArray(SPECIES, a, aFrom + i + 4)
                        .mul(DoubleVector.fromArray(SPECIES, b, bFrom + i + 4)));
                t1 = t1.add(DoubleVector.fromArray(SPECIES, a, aFrom + i + 12)
                        .mul(DoubleVector.fromArray(SPECIES, b, bFrom + i + 12)));
            }
        }
        if (i < n - 7) {
            s0 = s0.add(
                    DoubleVector.fromArray(SPECIES, a, aFrom + i).mul(DoubleVector.fromArray(SPECIES, b, bFrom + i)));
            if (LANES == 4) {
                t0 = t0.add(DoubleVector.fromArray(SPECIES, a, aFrom + i + 4)
                        .mul(DoubleVector.fromArray(SPECIES, b, bFrom + i + 4)));
            }
            i += 8;
        }
        DoubleVector sums = LANES == 8 ? s0.add(s1) : s0.add(s1).add(t0.add(t1));
        double tree = LANES == 8
                ? ((sums.lane(0) + sums.lane(4)) + (sums.lane(2) + sums.lane(6)))
                        + ((sums.lane(1) + sums.lane(5)) + (sums.lane(3) + sums.lane(7)))
                : (sums.lane(0) + sums.lane(2)) + (sums.lane(1) + sums.lane(3));
        return tree + Tails.dot(a, aFrom + i, b, bFrom + i, n - i);
    }

    @Override
    public double squaredDistance(double[] a, int aFrom, double[] b, int bFrom, int n) {
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        int i = 0;
        for (; i < n - 15; i += 16) {
            s0 = s0.add(square(a, aFrom + i, b, bFrom + i));
            s1 = s1.add(square(a, aFrom + i + 8, b, bFrom + i + 8));
            if (LANES == 4) {
                t0 = t0.add(square(a, aFrom + i + 4, b, bFrom + i + 4));
                t1 = t1.add(square(a, aFrom + i + 12, b, bFrom + i + 12));
            }
        }
        if (i < n - 7) {
            s0 = s0.add(square(a, aFrom + i, b, bFrom + i));
            if (LANES == 4) {
                t0 = t0.add(square(a, aFrom + i + 4, b, bFrom + i + 4));
            }
            i += 8;
        }
        DoubleVector sums = LANES == 8 ? s0.add(s1) : s0.add(s1).add(t0.add(t1));
        double tree = LANES == 8
                ? ((sums.lane(0) + sums.lane(4)) + (sums.lane(2) + sums.lane(6)))
                        + ((sums.lane(1) + sums.lane(5)) + (sums.lane(3) + sums.lane(7)))
                : (sums.lane(0) + sums.lane(2)) + (sums.lane(1) + sums.lane(3));
        return tree + Tails.squaredDistance(a, aFrom + i, b, bFrom + i, n - i);
    }

    private static DoubleVector square(double[] a, int aFrom, double[] b, int bFrom) {
        DoubleVector difference =
                DoubleVector.fromArray(SPECIES, a, aFrom).sub(DoubleVector.fromArray(SPECIES, b, bFrom));
        return difference.mul(difference);
    }

    @Override
    public double sum(double[] a, int from, int n) {
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        int i = 0;
        for (; i < n - 15; i += 16) {
            s0 = s0.add(DoubleVector.fromArray(SPECIES, a, from + i));
            s1 = s1.add(DoubleVector.fromArray(SPECIES, a, from + i + 8));
            if (LANES == 4) {
                t0 = t0.add(DoubleVector.fromArray(SPECIES, a, from + i + 4));
                t1 = t1.add(DoubleVector.fromArray(SPECIES, a, from + i + 12));
            }
        }
        if (i < n - 7) {
            s0 = s0.add(DoubleVector.fromArray(SPECIES, a, from + i));
            if (LANES == 4) {
                t0 = t0.add(DoubleVector.fromArray(SPECIES, a, from + i + 4));
            }
            i += 8;
        }
        DoubleVector sums = LANES == 8 ? s0.add(s1) : s0.add(s1).add(t0.add(t1));
        double tree = LANES == 8
                ? ((sums.lane(0) + sums.lane(4)) + (sums.lane(2) + sums.lane(6)))
                        + ((sums.lane(1) + sums.lane(5)) + (sums.lane(3) + sums.lane(7)))
                : (sums.lane(0) + sums.lane(2)) + (sums.lane(1) + sums.lane(3));
        return tree + Tails.sum(a, from + i, n - i);
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
        double tail = 0;
        for (; i < n; i++) {
            tail += a[from + i] * 0;
        }
        return tail == 0 && s0.add(s1).eq(0).allTrue();
    }

    @Override
    public void axpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n) {
        DoubleVector a = DoubleVector.broadcast(SPECIES, alpha);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector.fromArray(SPECIES, y, yFrom + i)
                    .add(a.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i)))
                    .intoArray(y, yFrom + i);
        }
        Tails.axpy(alpha, x, xFrom + i, y, yFrom + i, n - i);
    }

    @Override
    public void scaleAdd(double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, int n) {
        DoubleVector s = DoubleVector.broadcast(SPECIES, scale);
        DoubleVector a = DoubleVector.broadcast(SPECIES, alpha);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            s.mul(DoubleVector.fromArray(SPECIES, y, yFrom + i))
                    .add(a.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i)))
                    .intoArray(y, yFrom + i);
        }
        Tails.scaleAdd(scale, y, yFrom + i, alpha, x, xFrom + i, n - i);
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
        DoubleVector s = DoubleVector.broadcast(SPECIES, scale);
        DoubleVector a = DoubleVector.broadcast(SPECIES, alpha);
        DoubleVector zeros = DoubleVector.zero(SPECIES);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector sum = s.mul(DoubleVector.fromArray(SPECIES, y, yFrom + i))
                    .add(a.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i)));
            sum.intoArray(out, outFrom + i);
            zeros = zeros.add(sum.mul(0));
        }
        double tail = 0;
        for (; i < n; i++) {
            double sum = scale * y[yFrom + i] + alpha * x[xFrom + i];
            out[outFrom + i] = sum;
            tail += sum * 0;
        }
        return tail == 0 && zeros.eq(0).allTrue();
    }

    @Override
    public double scaleAddDot(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] z, int zFrom, int n) {
        DoubleVector factor = DoubleVector.broadcast(SPECIES, scale);
        DoubleVector alphas = DoubleVector.broadcast(SPECIES, alpha);
        DoubleVector s0 = DoubleVector.zero(SPECIES);
        DoubleVector s1 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        int i = 0;
        for (; i < n - 7; i += 8) {
            DoubleVector w = factor.mul(DoubleVector.fromArray(SPECIES, y, yFrom + i))
                    .add(alphas.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i)));
            w.intoArray(y, yFrom + i);
            DoubleVector s = s0.add(w.mul(DoubleVector.fromArray(SPECIES, z, zFrom + i)));
            s0 = s1;
            s1 = s;
            if (LANES == 4) {
                DoubleVector v = factor.mul(DoubleVector.fromArray(SPECIES, y, yFrom + i + 4))
                        .add(alphas.mul(DoubleVector.fromArray(SPECIES, x, xFrom + i + 4)));
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
        return tree + Tails.scaleAddDot(scale, y, yFrom + i, alpha, x, xFrom + i, z, zFrom + i, n - i);
    }

    /**
     * Takes two of the vectors y at a time, so that x and z are loaded once for both. All sums are stored first and the
     * trees computed last, because a tree right after its sums would wait for them. Four vectors at a time are more
     * than C2 inlines into one method.
     */
    @Override
    public void scaleAddDots(
            double scale, double[] y, int count, double[] alphas, double[] x, int xFrom, double[] z, int zFrom, int n) {
        int paired = LANES < 8 || n < 8 ? 0 : count & -2;
        DoubleVector s = DoubleVector.broadcast(SPECIES, scale);
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
            int sums = count + c * SCRATCH_PER_VECTOR;
            ((DoubleVector) EXACT.cast(s0.add(s1))).intoArray(alphas, sums);
            ((DoubleVector) EXACT.cast(t0.add(t1))).intoArray(alphas, sums + SCRATCH_PER_VECTOR);
        }
        finishTails(scale, y, count, paired, alphas, x, xFrom, z, zFrom, n);
        for (int c = paired; c < count; c++) {
            alphas[c] = scaleAddDot(scale, y, c * n, alphas[c], x, xFrom, z, zFrom, n);
        }
    }

    /**
     * Finishes {@link #scaleAddDots}: the elements after the last whole vector, and the trees. The sum of no elements
     * is +0 and turns a tree of −0 into +0, hence the 0 that is added.
     */
    private static void finishTails(
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
                alphas[c] = storedTree(alphas, count + c * SCRATCH_PER_VECTOR) + 0;
            }
            return;
        }
        for (int c = 0; c < paired; c++) {
            alphas[c] = storedTree(alphas, count + c * SCRATCH_PER_VECTOR)
                    + Tails.scaleAddDot(
                            scale, y, c * n + whole, alphas[c], x, xFrom + whole, z, zFrom + whole, n - whole);
        }
    }

    @Override
    public void scale(double s, double[] y, int from, int n) {
        DoubleVector factor = DoubleVector.broadcast(SPECIES, s);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector.fromArray(SPECIES, y, from + i).mul(factor).intoArray(y, from + i);
        }
        for (; i < n; i++) {
            y[from + i] *= s;
        }
    }

    @Override
    public void rotate(double c, double s, double[] x, int xFrom, double[] y, int yFrom, int n) {
        DoubleVector cosine = DoubleVector.broadcast(SPECIES, c);
        DoubleVector sine = DoubleVector.broadcast(SPECIES, s);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector first = DoubleVector.fromArray(SPECIES, x, xFrom + i);
            DoubleVector second = DoubleVector.fromArray(SPECIES, y, yFrom + i);
            cosine.mul(first).add(sine.mul(second)).intoArray(x, xFrom + i);
            cosine.mul(second).sub(sine.mul(first)).intoArray(y, yFrom + i);
        }
        Tails.rotate(c, s, x, xFrom + i, y, yFrom + i, n - i);
    }

    @Override
    public void exp(double[] x, int from, double[] out, int outFrom, int n) {
        DoubleVector limit = DoubleVector.broadcast(SPECIES, Exp.NORMAL_LIMIT);
        DoubleVector half = DoubleVector.broadcast(SPECIES, 0.5);
        DoubleVector one = DoubleVector.broadcast(SPECIES, 1);
        DoubleVector log2e = DoubleVector.broadcast(SPECIES, Exp.LOG2_E);
        DoubleVector ln2High = DoubleVector.broadcast(SPECIES, Exp.LN2_HIGH);
        DoubleVector ln2Low = DoubleVector.broadcast(SPECIES, Exp.LN2_LOW);
        DoubleVector toWhole = DoubleVector.broadcast(SPECIES, Exp.TO_WHOLE);
        LongVector oneBits = LongVector.broadcast(BITS, Exp.ONE_BITS);
        DoubleVector c0 = DoubleVector.broadcast(SPECIES, Exp.P0);
        DoubleVector c1 = DoubleVector.broadcast(SPECIES, Exp.P1);
        DoubleVector c2 = DoubleVector.broadcast(SPECIES, Exp.P2);
        DoubleVector c3 = DoubleVector.broadcast(SPECIES, Exp.P3);
        DoubleVector c4 = DoubleVector.broadcast(SPECIES, Exp.P4);
        DoubleVector c5 = DoubleVector.broadcast(SPECIES, Exp.P5);
        DoubleVector c6 = DoubleVector.broadcast(SPECIES, Exp.P6);
        DoubleVector c7 = DoubleVector.broadcast(SPECIES, Exp.P7);
        DoubleVector c8 = DoubleVector.broadcast(SPECIES, Exp.P8);
        DoubleVector c9 = DoubleVector.broadcast(SPECIES, Exp.P9);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector v = DoubleVector.fromArray(SPECIES, x, from + i);
            if (v.lanewise(VectorOperators.ABS)
                    .compare(VectorOperators.GT, limit)
                    .anyTrue()) {
                Tails.exp(x, from + i, out, outFrom + i, LANES);
                continue;
            }
            DoubleVector shifted = v.mul(log2e).add(toWhole);
            DoubleVector k = shifted.sub(toWhole);
            DoubleVector high = v.sub(k.mul(ln2High));
            DoubleVector low = k.mul(ln2Low);
            DoubleVector r = high.sub(low);
            DoubleVector error = high.sub(r).sub(low);
            DoubleVector r2 = r.mul(r);
            DoubleVector r4 = r2.mul(r2);
            DoubleVector p03 = c0.add(c1.mul(r)).add(c2.add(c3.mul(r)).mul(r2));
            DoubleVector p47 = c4.add(c5.mul(r)).add(c6.add(c7.mul(r)).mul(r2));
            DoubleVector p = p03.add(p47.mul(r4)).add(c8.add(c9.mul(r)).mul(r4.mul(r4)));
            DoubleVector power = one.add(r.add(r2.mul(half.add(r.mul(p))).add(error)));
            LongVector bits = shifted.reinterpretAsLongs();
            DoubleVector scaled = power.mul(
                    bits.lanewise(VectorOperators.LSHL, 52).add(oneBits).reinterpretAsDoubles());
            ((DoubleVector) EXACT.cast(scaled)).intoArray(out, outFrom + i);
        }
        Tails.exp(x, from + i, out, outFrom + i, n - i);
    }

    @Override
    public void logistic(double[] x, int from, double[] out, int outFrom, int n) {
        DoubleVector limit = DoubleVector.broadcast(SPECIES, Exp.NORMAL_LIMIT);
        DoubleVector one = DoubleVector.broadcast(SPECIES, 1);
        DoubleVector log2e = DoubleVector.broadcast(SPECIES, Exp.LOG2_E);
        DoubleVector ln2High = DoubleVector.broadcast(SPECIES, Exp.LN2_HIGH);
        DoubleVector ln2Low = DoubleVector.broadcast(SPECIES, Exp.LN2_LOW);
        DoubleVector toWhole = DoubleVector.broadcast(SPECIES, Exp.TO_WHOLE);
        LongVector oneBits = LongVector.broadcast(BITS, Exp.ONE_BITS);
        DoubleVector q1 = DoubleVector.broadcast(SPECIES, Exp.Q1);
        DoubleVector q2 = DoubleVector.broadcast(SPECIES, Exp.Q2);
        DoubleVector r0 = DoubleVector.broadcast(SPECIES, Exp.R0);
        DoubleVector r1 = DoubleVector.broadcast(SPECIES, Exp.R1);
        DoubleVector r2 = DoubleVector.broadcast(SPECIES, Exp.R2);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            DoubleVector v = DoubleVector.fromArray(SPECIES, x, from + i);
            if (v.lanewise(VectorOperators.ABS)
                    .compare(VectorOperators.GT, limit)
                    .anyTrue()) {
                Tails.logistic(x, from + i, out, outFrom + i, LANES);
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
        Tails.logistic(x, from + i, out, outFrom + i, n - i);
    }
}
