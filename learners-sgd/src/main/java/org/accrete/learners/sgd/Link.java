package org.accrete.learners.sgd;

import org.accrete.kernels.Kernels;

/** How decision values become probabilities. */
enum Link {
    /** The logistic function; several classes, each trained against the rest, share 1 in proportion to theirs. */
    LOGISTIC {
        @Override
        double ofOne(double decision) {
            return Kernels.logistic(decision);
        }
    },
    /** Straight from 0 at −1 to 1 at +1, which modified-huber is made for; several classes share likewise. */
    STRAIGHT {
        @Override
        double ofOne(double decision) {
            return (Math.max(-1, Math.min(1, decision)) + 1) / 2;
        }
    },
    /** The logistic function; several classes, trained all at once, share 1 in proportion to their exponentials. */
    SOFTMAX {
        @Override
        double ofOne(double decision) {
            return Kernels.logistic(decision);
        }

        @Override
        void ofMany(double[] out, int from, int count) {
            double largest = out[from];
            for (int c = from + 1; c < from + count; c++) {
                largest = Math.max(largest, out[c]);
            }
            double sum = 0;
            for (int c = from; c < from + count; c++) {
                out[c] = Kernels.exp(out[c] - largest);
                sum += out[c];
            }
            for (int c = from; c < from + count; c++) {
                out[c] /= sum;
            }
        }
    };

    /** {@return the probability of a class that is told from one other, or from the rest} */
    abstract double ofOne(double decision);

    /**
     * Turns the decision values of a row into its probabilities.
     *
     * @param out decision values, one per class and more than two, replaced
     * @param from index of the first
     * @param count how many
     */
    void ofMany(double[] out, int from, int count) {
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
