package org.accrete.learners.neighbours;

import org.accrete.kernels.Exp;

/** Decision values that are logarithms of probabilities: their difference for two classes, else one for each class. */
final class LogOdds {
    private LogOdds() {}

    /** Turns them into probabilities, as {@link org.accrete.api.learn.ProbabilisticClassifier#probabilities} does. */
    static void probabilities(double[] decisions, int rows, int classes, double[] out) {
        for (int row = 0; row < rows; row++) {
            if (classes == 1) {
                out[row] = 1;
            } else if (classes == 2) {
                out[2 * row] = Exp.logistic(-decisions[row]);
                out[2 * row + 1] = Exp.logistic(decisions[row]);
            } else {
                double sum = 0;
                for (int i = row * classes; i < (row + 1) * classes; i++) {
                    out[i] = Exp.exp(decisions[i]);
                    sum += out[i];
                }
                for (int i = row * classes; i < (row + 1) * classes; i++) {
                    out[i] /= sum;
                }
            }
        }
    }
}
