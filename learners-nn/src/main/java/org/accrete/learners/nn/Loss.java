package org.accrete.learners.nn;

import java.util.List;
import org.accrete.kernels.Exp;

/** What a wrong output costs; a batch costs the mean over its rows, each by its weight. */
enum Loss {
    /** −log of the softmax's share of the row's own class. */
    LOG_LOSS,
    /** {@code r² / 2} of the error r. */
    SQUARED_ERROR,
    /** {@code r² / 2} up to a distance of delta, from there on straight. */
    HUBER,
    /** {@code |r|}. */
    ABSOLUTE_ERROR;

    static final List<Loss> OF_NUMBERS = List.of(SQUARED_ERROR, HUBER, ABSOLUTE_ERROR);

    /**
     * Turns outputs into slopes.
     *
     * @param out rows × {@code stride} outputs, replaced by the slopes of the batch's loss; what pads a row becomes 0
     * @param outputs how many each row has
     * @param stride from a row to the next
     * @param block targets and weights of the rows
     * @param delta where huber becomes straight
     * @return the batch's loss
     */
    double slopes(float[] out, int outputs, int stride, Block block, double delta) {
        int rows = block.rows;
        double sum = 0;
        for (int row = 0; row < rows; row++) {
            float weight = block.weights[row];
            float share = weight / rows;
            int at = row * stride;
            float target = block.targets[row];
            double loss;
            if (this == LOG_LOSS) {
                loss = softmax(out, at, outputs, (int) target, share);
            } else {
                double error = (double) out[at] - target;
                double far = Math.abs(error);
                double slope = this == SQUARED_ERROR || this == HUBER && far <= delta ? error : Math.signum(error);
                out[at] = (float) (share * (this == HUBER && far > delta ? delta * slope : slope));
                loss = switch (this) {
                    case SQUARED_ERROR -> far * far / 2;
                    case HUBER -> far <= delta ? far * far / 2 : delta * far - delta * delta / 2;
                    default -> far;
                };
            }
            sum += weight * loss;
            for (int j = at + outputs; j < at + stride; j++) {
                out[j] = 0;
            }
        }
        return sum / rows;
    }

    private static double softmax(float[] out, int at, int outputs, int own, float share) {
        float highest = out[at];
        for (int j = 1; j < outputs; j++) {
            highest = Math.max(highest, out[at + j]);
        }
        double ahead = (double) highest - out[at + own];
        double sum = 0;
        for (int j = 0; j < outputs; j++) {
            double power = Exp.exp((double) out[at + j] - highest);
            out[at + j] = (float) power;
            sum += power;
        }
        for (int j = 0; j < outputs; j++) {
            out[at + j] = (float) (share * (out[at + j] / sum - (j == own ? 1 : 0)));
        }
        return StrictMath.log(sum) + ahead;
    }
}
