package org.accrete.kernels;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The SIMD twin of the scalar reference, on the widest vectors of 128 to 512 bits that this JVM prefers.
 *
 * <p>Same bits: the sixteen running sums of a reduction are the lanes of two, four or eight vectors, so each sum takes the
 * same elements in the same order at every width, and the tree that combines them is written out lane by lane
 * ({@code reduceLanes} leaves its order open). The branches on {@link #LANES} are constants to the compiler. What is
 * left over after whole vectors is done by scalar code: masked loads are slow on JDK 17.
 *
 * <p>Vectors live in local variables and in small helpers that are inlined; one that is stored in a field, or that crosses a
 * call which C2 does not inline, is an object on the heap. Hence {@code exp} makes its constants vectors before the loop: on
 * JDK 17 an operation that takes a plain number does not inline whole there, and every step of it allocates. Blocks with a
 * number beyond ±708 are left to scalar code, which keeps the method short.
 *
 * <p>Known limit: depending on what the JVM ran before, C2 of JDK 17 declines to inline the store at the end of the loop of
 * {@code exp}, and then makes one short-lived object per vector.
 */
final class SimdKernels extends Kernels {

    private static final VectorSpecies<Double> SPECIES =
            DoubleVector.SPECIES_PREFERRED.length() > 8 ? DoubleVector.SPECIES_512 : DoubleVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Long> BITS = VectorSpecies.of(long.class, SPECIES.vectorShape());
    private static final int LANES = SPECIES.length();

    SimdKernels() {
        if (LANES < 2) {
            throw new UnsupportedOperationException("this machine has no vectors of two doubles");
        }
    }

    @Override
    public String name() {
        return "simd " + SPECIES.vectorBitSize() + "-bit";
    }

    @Override
    public double dot(double[] a, int aFrom, double[] b, int bFrom, int n) {
        double tree = 0;
        int i = 0;
        if (n >= 8) {
            DoubleVector s0 = DoubleVector.zero(SPECIES);
            DoubleVector s1 = s0;
            DoubleVector s2 = s0;
            DoubleVector s3 = s0;
            DoubleVector s4 = s0;
            DoubleVector s5 = s0;
            DoubleVector s6 = s0;
            DoubleVector s7 = s0;
            for (; i < n - 15; i += 16) {
                s0 = s0.add(product(a, aFrom + i, b, bFrom + i));
                s1 = s1.add(product(a, aFrom + i + LANES, b, bFrom + i + LANES));
                if (LANES <= 4) {
                    s2 = s2.add(product(a, aFrom + i + 2 * LANES, b, bFrom + i + 2 * LANES));
                    s3 = s3.add(product(a, aFrom + i + 3 * LANES, b, bFrom + i + 3 * LANES));
                }
                if (LANES == 2) {
                    s4 = s4.add(product(a, aFrom + i + 4 * LANES, b, bFrom + i + 4 * LANES));
                    s5 = s5.add(product(a, aFrom + i + 5 * LANES, b, bFrom + i + 5 * LANES));
                    s6 = s6.add(product(a, aFrom + i + 6 * LANES, b, bFrom + i + 6 * LANES));
                    s7 = s7.add(product(a, aFrom + i + 7 * LANES, b, bFrom + i + 7 * LANES));
                }
            }
            if (i < n - 7) {
                s0 = s0.add(product(a, aFrom + i, b, bFrom + i));
                if (LANES <= 4) {
                    s1 = s1.add(product(a, aFrom + i + LANES, b, bFrom + i + LANES));
                }
                if (LANES == 2) {
                    s2 = s2.add(product(a, aFrom + i + 2 * LANES, b, bFrom + i + 2 * LANES));
                    s3 = s3.add(product(a, aFrom + i + 3 * LANES, b, bFrom + i + 3 * LANES));
                }
                i += 8;
            }
            if (LANES == 8) {
                tree = treeOf8(s0.add(s1));
            } else if (LANES == 4) {
                tree = treeOf4(s0.add(s2).add(s1.add(s3)));
            } else {
                tree = treeOf2(s0.add(s4).add(s2.add(s6)).add(s1.add(s5).add(s3.add(s7))));
            }
        }
        return tree + restOfDot(a, aFrom + i, b, bFrom + i, n - i);
    }

    private static DoubleVector product(double[] a, int i, double[] b, int j) {
        return DoubleVector.fromArray(SPECIES, a, i).mul(DoubleVector.fromArray(SPECIES, b, j));
    }

    private static double treeOf8(DoubleVector s) {
        return ((s.lane(0) + s.lane(4)) + (s.lane(2) + s.lane(6)))
                + ((s.lane(1) + s.lane(5)) + (s.lane(3) + s.lane(7)));
    }

    private static double treeOf4(DoubleVector s) {
        return (s.lane(0) + s.lane(2)) + (s.lane(1) + s.lane(3));
    }

    private static double treeOf2(DoubleVector s) {
        return s.lane(0) + s.lane(1);
    }

    @Override
    public double scaleAddDot(
            double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, double[] z, int zFrom, int n) {
        double tree = 0;
        int i = 0;
        if (n >= 8) {
            DoubleVector s = of(scale);
            DoubleVector a = of(alpha);
            DoubleVector s0 = DoubleVector.zero(SPECIES);
            DoubleVector s1 = s0;
            DoubleVector s2 = s0;
            DoubleVector s3 = s0;
            DoubleVector s4 = s0;
            DoubleVector s5 = s0;
            DoubleVector s6 = s0;
            DoubleVector s7 = s0;
            for (; i < n - 15; i += 16) {
                s0 = s0.add(moved(s, y, yFrom + i, a, x, xFrom + i).mul(at(z, zFrom + i)));
                s1 = s1.add(
                        moved(s, y, yFrom + i + LANES, a, x, xFrom + i + LANES).mul(at(z, zFrom + i + LANES)));
                if (LANES <= 4) {
                    s2 = s2.add(moved(s, y, yFrom + i + 2 * LANES, a, x, xFrom + i + 2 * LANES)
                            .mul(at(z, zFrom + i + 2 * LANES)));
                    s3 = s3.add(moved(s, y, yFrom + i + 3 * LANES, a, x, xFrom + i + 3 * LANES)
                            .mul(at(z, zFrom + i + 3 * LANES)));
                }
                if (LANES == 2) {
                    s4 = s4.add(moved(s, y, yFrom + i + 4 * LANES, a, x, xFrom + i + 4 * LANES)
                            .mul(at(z, zFrom + i + 4 * LANES)));
                    s5 = s5.add(moved(s, y, yFrom + i + 5 * LANES, a, x, xFrom + i + 5 * LANES)
                            .mul(at(z, zFrom + i + 5 * LANES)));
                    s6 = s6.add(moved(s, y, yFrom + i + 6 * LANES, a, x, xFrom + i + 6 * LANES)
                            .mul(at(z, zFrom + i + 6 * LANES)));
                    s7 = s7.add(moved(s, y, yFrom + i + 7 * LANES, a, x, xFrom + i + 7 * LANES)
                            .mul(at(z, zFrom + i + 7 * LANES)));
                }
            }
            if (i < n - 7) {
                s0 = s0.add(moved(s, y, yFrom + i, a, x, xFrom + i).mul(at(z, zFrom + i)));
                if (LANES <= 4) {
                    s1 = s1.add(moved(s, y, yFrom + i + LANES, a, x, xFrom + i + LANES)
                            .mul(at(z, zFrom + i + LANES)));
                }
                if (LANES == 2) {
                    s2 = s2.add(moved(s, y, yFrom + i + 2 * LANES, a, x, xFrom + i + 2 * LANES)
                            .mul(at(z, zFrom + i + 2 * LANES)));
                    s3 = s3.add(moved(s, y, yFrom + i + 3 * LANES, a, x, xFrom + i + 3 * LANES)
                            .mul(at(z, zFrom + i + 3 * LANES)));
                }
                i += 8;
            }
            if (LANES == 8) {
                tree = treeOf8(s0.add(s1));
            } else if (LANES == 4) {
                tree = treeOf4(s0.add(s2).add(s1.add(s3)));
            } else {
                tree = treeOf2(s0.add(s4).add(s2.add(s6)).add(s1.add(s5).add(s3.add(s7))));
            }
        }
        return tree + restOfScaleAddDot(scale, y, yFrom + i, alpha, x, xFrom + i, z, zFrom + i, n - i);
    }

    private static DoubleVector at(double[] a, int i) {
        return DoubleVector.fromArray(SPECIES, a, i);
    }

    /** One vector of {@link #scaleAdd}, stored and given back. */
    private static DoubleVector moved(DoubleVector scale, double[] y, int i, DoubleVector alpha, double[] x, int j) {
        DoubleVector sum = scale.mul(at(y, i)).add(alpha.mul(at(x, j)));
        sum.intoArray(y, i);
        return sum;
    }

    @Override
    public void axpy(double alpha, double[] x, int xFrom, double[] y, int yFrom, int n) {
        DoubleVector a = of(alpha);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            at(y, yFrom + i).add(a.mul(at(x, xFrom + i))).intoArray(y, yFrom + i);
        }
        restOfAxpy(alpha, x, xFrom + i, y, yFrom + i, n - i);
    }

    @Override
    public void scaleAdd(double scale, double[] y, int yFrom, double alpha, double[] x, int xFrom, int n) {
        DoubleVector s = of(scale);
        DoubleVector a = of(alpha);
        int i = 0;
        for (; i < n - (LANES - 1); i += LANES) {
            moved(s, y, yFrom + i, a, x, xFrom + i);
        }
        restOfScaleAdd(scale, y, yFrom + i, alpha, x, xFrom + i, n - i);
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
    public double sum(double[] a, int from, int n) {
        double tree = 0;
        int i = 0;
        if (n >= 8) {
            DoubleVector s0 = DoubleVector.zero(SPECIES);
            DoubleVector s1 = s0;
            DoubleVector s2 = s0;
            DoubleVector s3 = s0;
            DoubleVector s4 = s0;
            DoubleVector s5 = s0;
            DoubleVector s6 = s0;
            DoubleVector s7 = s0;
            for (; i < n - 15; i += 16) {
                s0 = s0.add(DoubleVector.fromArray(SPECIES, a, from + i));
                s1 = s1.add(DoubleVector.fromArray(SPECIES, a, from + i + LANES));
                if (LANES <= 4) {
                    s2 = s2.add(DoubleVector.fromArray(SPECIES, a, from + i + 2 * LANES));
                    s3 = s3.add(DoubleVector.fromArray(SPECIES, a, from + i + 3 * LANES));
                }
                if (LANES == 2) {
                    s4 = s4.add(DoubleVector.fromArray(SPECIES, a, from + i + 4 * LANES));
                    s5 = s5.add(DoubleVector.fromArray(SPECIES, a, from + i + 5 * LANES));
                    s6 = s6.add(DoubleVector.fromArray(SPECIES, a, from + i + 6 * LANES));
                    s7 = s7.add(DoubleVector.fromArray(SPECIES, a, from + i + 7 * LANES));
                }
            }
            if (i < n - 7) {
                s0 = s0.add(DoubleVector.fromArray(SPECIES, a, from + i));
                if (LANES <= 4) {
                    s1 = s1.add(DoubleVector.fromArray(SPECIES, a, from + i + LANES));
                }
                if (LANES == 2) {
                    s2 = s2.add(DoubleVector.fromArray(SPECIES, a, from + i + 2 * LANES));
                    s3 = s3.add(DoubleVector.fromArray(SPECIES, a, from + i + 3 * LANES));
                }
                i += 8;
            }
            if (LANES == 8) {
                tree = treeOf8(s0.add(s1));
            } else if (LANES == 4) {
                tree = treeOf4(s0.add(s2).add(s1.add(s3)));
            } else {
                tree = treeOf2(s0.add(s4).add(s2.add(s6)).add(s1.add(s5).add(s3.add(s7))));
            }
        }
        return tree + restOfSum(a, from + i, n - i);
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
                exps(x, from + i, out, outFrom + i, LANES);
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
            power.mul(bits.lanewise(VectorOperators.LSHL, 52).add(oneBits).reinterpretAsDoubles())
                    .intoArray(out, outFrom + i);
        }
        exps(x, from + i, out, outFrom + i, n - i);
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
                logistics(x, from + i, out, outFrom + i, LANES);
                continue;
            }
            DoubleVector shifted = v.mul(log2e).add(toWhole);
            DoubleVector k = shifted.sub(toWhole);
            DoubleVector r = v.sub(k.mul(ln2High)).sub(k.mul(ln2Low));
            DoubleVector square = r.mul(r);
            DoubleVector fourth = square.mul(square);
            DoubleVector even = one.add(q1.mul(square)).add(q2.mul(fourth));
            DoubleVector odd = r.mul(r0.add(r1.mul(square)).add(r2.mul(fourth)));
            LongVector bits = shifted.reinterpretAsLongs();
            DoubleVector power = even.add(odd)
                    .mul(bits.lanewise(VectorOperators.LSHL, 52).add(oneBits).reinterpretAsDoubles());
            power.div(power.add(even.sub(odd))).intoArray(out, outFrom + i);
        }
        logistics(x, from + i, out, outFrom + i, n - i);
    }

    private static DoubleVector of(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
