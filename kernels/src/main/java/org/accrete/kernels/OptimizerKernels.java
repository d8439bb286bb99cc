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

    /** Up to this value {@link #adaGradRate} is a polynomial; the first omitted term of its series is below 3e-13. */
    static final double SMALL = 0x1p-8;

    static final double RATE1 = -0.5;

    static final double RATE2 = 0.375;

    static final double RATE3 = -0.3125;

    static final double RATE4 = 0.2734375;

    /**
     * Stochastic gradient descent of one linear function on narrow rows. The update by a row is delayed until the next
     * row, so that no decision value waits for weights that are just being changed: w and b are the weights and the
     * intercept before the update by the last row u, whose step and decay are known. A row x has the decision value p
     * and then takes the place of u:
     *
     * <pre>{@code
     * p = (decay * (w·x) + b) + step * (u·x + interceptRate)
     * w = decay * w + step * u        b = b + step * interceptRate        u = x        decay and step are those of x
     * }</pre>
     *
     * <p>An inner product here adds product {@code j + 16} to product {@code j}, for {@code j < 16}, and combines these
     * sixteen as the running sums of a sum by sixteen (see {@link DenseKernels}); products beyond the width are 0. If u
     * and step are 0 and decay is 1, there is no last row.
     *
     * @param kind the gradient of the loss
     * @param bound bound of {@link GradientKind#CLIPPED_RESIDUAL}
     * @param interceptRate factor of the step for the intercept
     * @param state w, u, decay, step and b; modified
     * @param x the rows, row-major, not modified
     * @param xFrom index of the first row's first element
     * @param n number of elements of a row, from 1 to {@link DelayedSgdState#MAX_WIDTH}
     * @param rows how many rows
     * @param y target of each row, replaced by its decision value for each row taken
     * @param stepSize step size of each row, not modified
     * @param decay factor of the weights in the update by each row, not modified
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
     * The AdaGrad rate {@code 1 / sqrt(c + sum of squared gradients)} of a weight after one more gradient: {@code r /
     * sqrt(1 + a)}, to eleven digits. Up to {@code a = 2^-8}, which holds after few rows, it is a polynomial, because a
     * division and a square root take as long as the rest of a step.
     *
     * @param r the rate before
     * @param a the square of the rate times the new gradient, at least 0
     * @return the rate after it; NaN if an argument is NaN
     */
    public static double adaGradRate(double r, double a) {
        if (a <= SMALL) {
            return r + (r * a) * ((RATE1 + RATE2 * a) + (RATE3 + RATE4 * a) * (a * a));
        }
        return r / Math.sqrt(1 + a);
    }

    /**
     * Updates the AdaGrad rates by the gradient of a row, element by element: {@code r = adaGradRate(r, (g x r)²)}.
     *
     * @param g gradient of the loss with respect to the decision value; the gradient of a weight is {@code g x}
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, modified
     * @param rFrom index of the first
     * @param n number of elements
     */
    public abstract void adaGradRates(double g, double[] x, int xFrom, double[] r, int rFrom, int n);

    /**
     * An AdaGrad step, element by element: {@code w = (decay w) + ((alpha r) x)}.
     *
     * @param decay factor of the weights
     * @param alpha the step: learning rate times {@code -g}, or what an implicit update takes for it
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
     * {@link #adaGradStep}, then {@link DenseKernels#dot} of the new weights with the next row, in one pass and with
     * the same bits.
     *
     * @param decay factor of the weights
     * @param alpha the step: learning rate times {@code -g}, or what an implicit update takes for it
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, not modified
     * @param rFrom index of the first
     * @param w the weights, modified
     * @param wFrom index of the first
     * @param z the next row, not modified
     * @param zFrom index of its first element
     * @param n number of elements
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
            int n);

    /**
     * Updates AdaGrad rates that forget by the gradient of a row, element by element. With the sum G of squared
     * gradients that a rate {@code 1 / sqrt(1 + G)} stands for:
     *
     * <pre>{@code
     * G = (1 - forget min(x x, 1)) G + (g x)^2
     * }</pre>
     *
     * which is {@code r = adaGradRate(r, (forget min(x x, 1)) (r r - 1) + ((g x) r)^2)}. An element of 0 changes
     * nothing.
     *
     * @param g gradient of the loss with respect to the decision value
     * @param forget share of the sum that an element of magnitude 1 or more forgets, from 0 to 2^-6
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param r the rates, modified
     * @param rFrom index of the first
     * @param n number of elements
     */
    public abstract void forgettingRates(double g, double forget, double[] x, int xFrom, double[] r, int rFrom, int n);

    /**
     * {@link #forgettingRates} of one element.
     *
     * @param g gradient of the loss with respect to the decision value
     * @param forget as in {@link #forgettingRates}
     * @param x the element of the row
     * @param r the rate before
     * @return the rate after it
     */
    public static double forgettingRate(double g, double forget, double x, double r) {
        double square = x * x;
        double root = (g * x) * r;
        return adaGradRate(r, (forget * (square > 1 ? 1 : square)) * (r * r - 1) + root * root);
    }

    /**
     * The sums of a row for two weight vectors, each with rates of its own: see {@link MixtureSums}.
     *
     * @param w0 first weights, not modified
     * @param w1 second weights, not modified
     * @param r0 rates of the first, not modified
     * @param r1 rates of the second, not modified
     * @param from index of the first element of all four
     * @param z the row, not modified
     * @param zFrom index of its first element
     * @param n number of elements
     * @param sums receives the sums
     */
    public abstract void mixtureDecisions(
            double[] w0,
            double[] w1,
            double[] r0,
            double[] r1,
            int from,
            double[] z,
            int zFrom,
            int n,
            MixtureSums sums);

    /**
     * Steps of two weight vectors, element by element, {@code w0 += step0 (r0 x)} and {@code w1 += step1 (r1 x)}; then
     * {@link #mixtureDecisions} of the next row, in one pass and with the same bits.
     *
     * @param step0 step of the first: learning rate times the negative gradient of an implicit update
     * @param step1 step of the second
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param w0 first weights, modified
     * @param w1 second weights, modified
     * @param r0 rates of the first, not modified
     * @param r1 rates of the second, not modified
     * @param from index of the first element of all four
     * @param z the next row, not modified
     * @param zFrom index of its first element
     * @param n number of elements
     * @param sums receives the sums of the next row
     */
    public abstract void mixtureStepThenDecisions(
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
            MixtureSums sums);

    /**
     * A step of FTRL-Proximal [2], element by element:
     *
     * <pre>{@code
     * t = sqrt((s s) + (g x) (g x))
     * q = (q + g x) - ((t - s) inverse) w
     * s = t
     * w = (min(max(q, -l1), l1) - q) / ((1 + s) inverse + l2)
     * }</pre>
     *
     * @param g gradient of the loss with respect to the decision value; the gradient of a weight is {@code g x}
     * @param inverse 1 / learning rate
     * @param l1 strength of the L1 penalty, at least 0
     * @param l2 strength of the L2 penalty, at least 0
     * @param x the row, not modified
     * @param xFrom index of its first element
     * @param q adjusted sums of gradients ({@code z} in the paper), modified
     * @param qFrom index of the first
     * @param s square roots of the sums of squared gradients, modified
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
     * The weight in {@link #ftrlStep} for given sums.
     *
     * @param q adjusted sum of gradients
     * @param s square root of the sum of squared gradients
     * @param inverse 1 / learning rate
     * @param l1 strength of the L1 penalty, at least 0
     * @param l2 strength of the L2 penalty, at least 0
     * @return the weight, exactly 0 where q is within ±l1
     */
    public static double ftrlWeight(double q, double s, double inverse, double l1, double l2) {
        // without branches: with no L1 penalty they would depend on the sign of q, which is hard to predict
        return (Math.max(-l1, Math.min(l1, q)) - q) / ((1 + s) * inverse + l2);
    }
}
