package org.accrete.kernels;

/**
 * The update steps of optimizers for linear functions, on dense rows: AdaGrad, FTRL-Proximal, and stochastic gradient
 * descent on narrow rows. {@link SparseKernels} has them for sparse rows. The rules of the package hold.
 *
 * <p>In AdaGrad [1] the <em>rate</em> of a weight is {@code 1 / sqrt(c + sum of squared gradients)}; its step size is
 * that rate times the learning rate.
 *
 * <p>[1] J. Duchi, E. Hazan, Y. Singer: Adaptive Subgradient Methods for Online Learning and Stochastic Optimization,
 * JMLR 12, 2011.
 *
 * <p>[2] H. B. McMahan et al.: Ad Click Prediction: a View from the Trenches, KDD 2013.
 *
 * <p>[3] R. S. Sutton: Adapting Bias by Gradient Descent: An Incremental Version of Delta-Bar-Delta, AAAI 1992.
 */
public abstract class OptimizerKernels {

    /** For the two implementations in this package. */
    OptimizerKernels() {}

    /**
     * The implementation that suits this JVM: SIMD exactly if that of {@link DenseKernels#best()} is.
     *
     * @return the same instance at every call
     * @throws IllegalArgumentException as {@link DenseKernels#best()} does
     * @throws IllegalStateException as {@link DenseKernels#best()} does
     */
    public static OptimizerKernels best() {
        return KernelChoice.best().optimizer();
    }

    /**
     * The reference: plain Java loops, always there.
     *
     * @return the same instance at every call
     */
    public static OptimizerKernels scalar() {
        return ScalarOptimizerKernels.INSTANCE;
    }

    /** Up to it {@link #adaGradRate} is a polynomial, the next term of whose series would be below 3e-13. */
    static final double SMALL = 0x1p-8;

    static final double RATE1 = -0.5;

    static final double RATE2 = 0.375;

    static final double RATE3 = -0.3125;

    static final double RATE4 = 0.2734375;

    /**
     * Stochastic gradient descent of one linear function on narrow rows, one after the other. Each step waits for the
     * next row, so that no decision value waits for weights that are just being changed: with the weights w and the
     * intercept b from before the last row u, the factor {@code decay} of its decay and its step, a row x has
     *
     * <pre>{@code
     * p = (decay * (w·x) + b) + step * (u·x + interceptRate)
     * w = decay * w + step * u        b = b + step * interceptRate        u = x        then decay and step of x
     * }</pre>
     *
     * <p>An inner product here adds product {@code j + 16} to product {@code j}, for {@code j < 16}, and combines these
     * as the sums of a sum by sixteen; beyond the width all are 0. Where u and step are 0 and decay is 1, there is no
     * last row.
     *
     * @param kind how a step is made
     * @param bound the bound of {@link GradientKind#CLIPPED_RESIDUAL}
     * @param interceptRate factor of the intercept's steps
     * @param state w, u, decay, step and b, modified
     * @param x the rows, one after the other, not modified
     * @param xFrom index of the first row's first element
     * @param n number of elements of a row, from 1 to {@link DelayedSgdState#MAX_WIDTH}
     * @param rows how many rows
     * @param y target of each row; each row taken gets its decision value instead
     * @param stepSize step size of each row, not modified
     * @param decay factor of each row's decay, not modified
     * @return how many rows were taken: all, or those before the first whose decision value is not finite
     */
    public abstract int delayedSgd(
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
            double[] decay);

    /**
     * {@code r / sqrt(1 + a)} to eleven digits: the rate {@code 1 / sqrt(c + sum of squares)} of a weight after one
     * more square, where {@code a} is that square by {@code r²}. Up to 2^-8, where it soon is, by a polynomial: a
     * quotient and a root take as long as all the rest of a step.
     *
     * @param r the rate
     * @param a the square of the rate times what comes new, at least 0
     * @return the rate after it; NaN if either is NaN
     */
    public static double adaGradRate(double r, double a) {
        if (a <= SMALL) {
            return r + (r * a) * ((RATE1 + RATE2 * a) + (RATE3 + RATE4 * a) * (a * a));
        }
        return r / Math.sqrt(1 + a);
    }

    /**
     * The sum by sixteen of {@code (r x) x}, the squares of a row weighted by the rates.
     *
     * @param r the rates, not modified
     * @param rFrom index of the first
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param n number of elements
     * @return the sum, +0 for none
     */
    public abstract double weightedSquares(double[] r, int rFrom, double[] x, int xFrom, int n);

    /**
     * What a gradient takes from the rates, element by element: {@code r = adaGradRate(r, (g x r)²)}.
     *
     * @param g gradient of the loss; times x it is that of the weight
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, modified
     * @param rFrom index of the first
     * @param n number of elements
     */
    public abstract void adaGradRates(double g, double[] x, int xFrom, double[] r, int rFrom, int n);

    /**
     * A step whose length is each weight's own, element by element: {@code w = (decay w) + ((alpha r) x)}.
     *
     * @param decay factor of the weights
     * @param alpha factor of the rates
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, not modified
     * @param rFrom index of the first
     * @param w the weights, modified
     * @param wFrom index of the first
     * @param n number of elements
     */
    public abstract void adaGradStep(
            double decay, double alpha, double[] x, int xFrom, double[] r, int rFrom, double[] w, int wFrom, int n);

    /**
     * {@link #adaGradStep}, then {@link DenseKernels#dot} of the new weights and {@link #weightedSquares} of the rates
     * with the next row, the same bits, in one pass.
     *
     * @param decay factor of the weights
     * @param alpha factor of the rates
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, not modified
     * @param rFrom index of the first
     * @param w the weights, modified
     * @param wFrom index of the first
     * @param z the next row, not modified
     * @param zFrom index of its first element
     * @param n number of elements
     * @param squares receives the weighted squares, at 0
     * @return the inner product of the new weights with the next row
     */
    public abstract double adaGradStepThenDot(
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
            int n,
            double[] squares);

    /**
     * How weights would be if their latest steps had been longer, by the unit of that, element by element: {@code h = h
     * max(0, 1 - ((beta r) x) x) + (alpha r) x}, where the maximum of 0 and a number that is none is none.
     *
     * @param alpha factor of the rates in the step of the weights
     * @param beta factor of the rates in how much of {@code h} a step makes good
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, not modified
     * @param rFrom index of the first
     * @param h what is learned of the steps, modified
     * @param hFrom index of the first
     * @param n number of elements
     */
    public abstract void stepSizeTrace(
            double alpha, double beta, double[] x, int xFrom, double[] r, int rFrom, double[] h, int hFrom, int n);

    /**
     * A step of FTRL-Proximal, element by element:
     *
     * <pre>{@code
     * t = sqrt((s s) + (g x) (g x))
     * q = (q + g x) - ((t - s) inverse) w
     * s = t
     * w = ((q, but within ±l1) - q) / ((1 + s) inverse + l2)
     * }</pre>
     *
     * @param g gradient of the loss; times x it is that of the weight
     * @param inverse one by the length of the steps
     * @param l1 strength of the L1 penalty, at least 0
     * @param l2 strength of the L2 penalty, at least 0
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param q sums of slopes, modified
     * @param qFrom index of the first
     * @param s roots of the sums of squared slopes, modified
     * @param sFrom index of the first
     * @param w the weights, modified
     * @param wFrom index of the first
     * @param n number of elements
     */
    public abstract void ftrlStep(
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
            int n);

    /**
     * The weight of {@link #ftrlStep} that follows from the sums.
     *
     * @param q sum of slopes
     * @param s root of the sum of squared slopes
     * @param inverse one by the length of the steps
     * @param l1 strength of the L1 penalty, at least 0
     * @param l2 strength of the L2 penalty, at least 0
     * @return the weight, exactly 0 where q is within ±l1
     */
    public static double ftrlWeight(double q, double s, double inverse, double l1, double l2) {
        // without branches: with no L1 penalty they would ask for the sign, which nobody foresees
        return (Math.max(-l1, Math.min(l1, q)) - q) / ((1 + s) * inverse + l2);
    }
}
