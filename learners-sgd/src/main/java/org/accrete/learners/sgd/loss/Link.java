package org.accrete.learners.sgd.loss;

import org.accrete.kernels.Exp;

/** Turns decision values into probabilities. */
public enum Link {
    /** The logistic function; with several classes, each trained against the rest, normalized to a sum of 1. */
    LOGISTIC {
        @Override
        public double ofOne(double decision) {
            return Exp.logistic(decision);
        }
    },
    /** Linear from 0 at −1 to 1 at +1, for modified-huber; with several classes normalized to a sum of 1. */
    CLIPPED_LINEAR {
        @Override
        public double ofOne(double decision) {
            return (Math.max(-1, Math.min(1, decision)) + 1) / 2;
        }
    },
    /** The logistic function; with several classes, trained all at once, the softmax. */
    SOFTMAX {
        @Override
        public double ofOne(double decision) {
            return Exp.logistic(decision);
        }

        @Override
        public void ofMany(double[] out, int from, int count) {
            Exp.softmax(out, from, count, out, from);
        }
    };

    /** {@return the probability of a class, from its decision value against one other class or the rest} */
    public abstract double ofOne(double decision);

    /**
     * Turns the decision values of one row into probabilities.
     *
     * @param out decision values, one per class and more than two, replaced
     * @param from index of the first
     * @param count number of classes
     */
    public void ofMany(double[] out, int from, int count) {
        double sum = 0;
        for (int c = from; c < from + count; c++) {
            out[c] = ofOne(out[c]);
            sum += out[c];
        }
        for (int c = from; c < from + count; c++) {
            out[c] = sum == 0 ? 1.0 / count : out[c] / sum;
        }
    }
}
