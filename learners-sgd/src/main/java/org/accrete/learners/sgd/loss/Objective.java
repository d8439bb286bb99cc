package org.accrete.learners.sgd.loss;

import org.accrete.kernels.Exp;
import org.accrete.learners.sgd.weights.WeightedMerge;

/** What training minimizes for each row: the loss, the bound of its gradient, and how classes count. */
public final class Objective {
    private final Loss loss;
    private final double shape;
    private final double maxGradient;
    private final MultiClass multiClass;
    private final ClassWeights classWeights;
    private final boolean ofClasses;

    /**
     * Makes an objective.
     *
     * @param shape shape of the loss: see {@link Loss#shape}
     * @param maxGradient bound of the gradient
     */
    public Objective(Loss loss, double shape, double maxGradient, MultiClass multiClass, ClassWeights classWeights) {
        this.loss = loss;
        this.shape = shape;
        this.maxGradient = maxGradient;
        this.multiClass = multiClass;
        this.classWeights = classWeights;
        this.ofClasses = Loss.OF_CLASSES.contains(loss);
    }

    /** {@return the loss of one function} */
    public Loss loss() {
        return loss;
    }

    /** {@return the shape of the loss} */
    public double shape() {
        return shape;
    }

    /** {@return the bound of the gradient} */
    public double maxGradient() {
        return maxGradient;
    }

    /** {@return factors of the rows by class} */
    public ClassWeights classWeights() {
        return classWeights;
    }

    /** {@return whether targets are classes} */
    public boolean isOfClasses() {
        return ofClasses;
    }

    /** {@return whether nothing counts but the loss itself, of each function alone} */
    public boolean isPlain() {
        return maxGradient >= Loss.MAX_GRADIENT && multiClass == MultiClass.OVR && classWeights.isNeutral();
    }

    /** {@return whether so many functions are trained at once} */
    public boolean isSoftmax(int count) {
        return multiClass == MultiClass.SOFTMAX && count > 1;
    }

    /** {@return factor of the one function of two classes in each of them, when a third appears} */
    public double share() {
        return multiClass.share();
    }

    /**
     * {@return the target of function c: the number, or −1 or +1 for classes}
     *
     * @param count number of functions
     * @param target number or class of the row
     */
    public double label(int c, int count, double target) {
        return !ofClasses ? target : target == (count == 1 ? 1 : c) ? 1 : -1;
    }

    /** {@return a negative gradient within the bound} */
    public double clipped(double negativeGradient) {
        return negativeGradient > maxGradient
                ? maxGradient
                : negativeGradient < -maxGradient ? -maxGradient : negativeGradient;
    }

    /** {@return the loss of a row, of all functions together, from its decision values} */
    public double value(double[] p, int count, double target) {
        double sum = 0;
        if (isSoftmax(count)) {
            for (int c = 0; c < count; c++) {
                sum += Exp.exp(p[c] - p[(int) target]);
            }
            return StrictMath.log(sum);
        }
        for (int c = 0; c < count; c++) {
            sum += loss.value(p[c], label(c, count, target), shape);
        }
        return sum;
    }

    /**
     * Counts a row, and writes its weight in each function.
     *
     * @param importance receives the row's weight, times the factor of its class in the function of that class (in all
     *     functions of a softmax)
     * @param count number of functions
     */
    public void importances(double[] importance, int count, double target, double weight) {
        int own = ofClasses ? (int) target : 0;
        double ownWeight = ofClasses ? weight * classWeights.take(own, weight) : weight;
        boolean all = count == 1 || isSoftmax(count);
        for (int c = 0; c < count; c++) {
            importance[c] = all || c == own ? ownWeight : weight;
        }
    }

    /** Turns the decision values of a row into negative gradients, clipped, of a row of weight 1. */
    public void negativeGradients(double[] p, int count, double target) {
        if (isSoftmax(count)) {
            softmaxGradients(p, count, target);
            for (int c = 0; c < count; c++) {
                p[c] = clipped(p[c]);
            }
            return;
        }
        for (int c = 0; c < count; c++) {
            p[c] = clipped(loss.step(p[c], label(c, count, target), 1, shape));
        }
    }

    /** Turns decision values into negative gradients of the multinomial log-loss: indicator minus probability. */
    public static void softmaxGradients(double[] p, int count, double target) {
        Link.SOFTMAX.ofMany(p, 0, count);
        for (int c = 0; c < count; c++) {
            p[c] = (c == target ? 1 : 0) - p[c];
        }
    }

    /** {@return the same of the rows of two learners} */
    public Objective merged(Objective other, WeightedMerge merge) {
        return new Objective(loss, shape, maxGradient, multiClass, classWeights.merged(other.classWeights, merge));
    }
}
