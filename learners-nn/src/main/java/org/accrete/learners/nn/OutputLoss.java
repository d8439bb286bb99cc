package org.accrete.learners.nn;

import java.util.List;
import org.accrete.kernels.Exp;

/** The loss of the outputs for one row. The loss of a batch is the weighted sum over its rows, divided by the rows. */
enum OutputLoss {
    /** {@code −log p} of the row's class, with p from the softmax of the outputs. */
    LOG_LOSS,
    /** {@code r² / 2} for an error r. */
    SQUARED_ERROR,
    /** {@code r² / 2} if {@code |r| <= delta}, else {@code delta |r| − delta² / 2}. */
    HUBER,
    /** {@code |r|}. */
    ABSOLUTE_ERROR;

    static final List<OutputLoss> OF_NUMBERS = List.of(SQUARED_ERROR, HUBER, ABSOLUTE_ERROR);

    /**
     * Replaces the outputs by the gradient of the batch's loss with respect to them.
     *
     * @param out rows × {@code stride} outputs, replaced by the gradient; the padding of each row becomes 0
     * @param outputs number of outputs per row
     * @param stride distance between rows
     * @param batch targets and weights of the rows
     * @param delta where huber becomes linear
     * @return the batch's loss
     */
    double gradient(float[] out, int outputs, int stride, MiniBatch batch, double delta) {
        int rows = batch.rows;
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            float weight = batch.weights[row];
            float share = weight / rows;
            int at = row * stride;
            float target = batch.targets[row];
            double loss;
            if (this == LOG_LOSS) {
                loss = softmaxGradient(out, at, outputs, (int) target, share);
            } else {
                double error = (double) out[at] - target;
                double distance = Math.abs(error);
                boolean linear = this == ABSOLUTE_ERROR || this == HUBER && distance > delta;
                double derivative = linear ? Math.signum(error) : error;
                out[at] = (float) (share * (this == HUBER && linear ? delta * derivative : derivative));
                loss = switch (this) {
                    case SQUARED_ERROR -> distance * distance / 2;
                    case HUBER -> linear ? delta * distance - delta * delta / 2 : distance * distance / 2;
                    default -> distance;
                };
            }
            sum += weight * loss;
            for (int j = at + outputs; j < at + stride; j++) {
                out[j] = 0;
            }
        }
        return sum / rows;
    }

    /** {@return the log-loss of a row, whose outputs are replaced by {@code share} times its gradient} */
    private static double softmaxGradient(float[] out, int at, int outputs, int label, float share) {
        float max = out[at];
        for (int j = 1; j < outputs; j++) {
            max = Math.max(max, out[at + j]);
        }
        double margin = (double) max - out[at + label];
        double sum = 0;
        for (int j = 0; j < outputs; j++) {
            double power = Exp.exp((double) out[at + j] - max);
            out[at + j] = (float) power;
            sum += power;
        }
        for (int j = 0; j < outputs; j++) {
            out[at + j] = (float) (share * (out[at + j] / sum - (j == label ? 1 : 0)));
        }
        return StrictMath.log(sum) + margin;
    }
}
