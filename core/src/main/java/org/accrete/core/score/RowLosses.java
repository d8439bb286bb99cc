package org.accrete.core.score;

import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;

/**
 * The loss of each row of a chunk, and whether its class was predicted wrongly. Not thread-safe; no allocation in
 * steady state.
 *
 * <ul>
 *   <li>Of classes the loss is −ln of the probability of the row's class, clipped to at least 1e-15; 0 or 1 for a model
 *       that gives no probabilities. A class that the model does not know is wrong and has a share of 1 in one more
 *       than the known ones.
 *   <li>Of numbers the loss is the squared error.
 *   <li>A row without a target has no loss: NaN.
 * </ul>
 */
public final class RowLosses {
    private final Target.Kind kind;
    private double[] losses = {};
    private double[] errors = {};
    private double[] decisions = {};
    private double[] probabilities = {};

    /**
     * Makes losses of no rows.
     *
     * @param kind of the target
     */
    public RowLosses(Target.Kind kind) {
        this.kind = kind;
    }

    /**
     * {@return the loss of a row of the last chunk}
     *
     * @param row from 0
     */
    public double loss(int row) {
        return losses[row];
    }

    /**
     * {@return the error of a row of the last chunk: 1 for a wrong class and 0 for the right one, or the distance from
     * a number}
     *
     * @param row from 0
     */
    public double error(int row) {
        return errors[row];
    }

    /**
     * Takes the predictions of a model.
     *
     * @param model has not learned the chunk
     * @param chunk rows
     */
    public void predict(Model model, Chunk chunk) {
        int rows = chunk.rows();
        makeRoom(rows);
        if (model instanceof Regressor regressor) {
            decisions = Scores.withLength(decisions, rows);
            regressor.predict(chunk, decisions);
            for (int row = 0; row < rows; row++) {
                ofNumber(chunk, row, decisions[row]);
            }
            return;
        }
        Classifier classifier =
                AnomalyDecisions.classifier(model, chunk.classes()).orElseThrow();
        decisions = Scores.withLength(decisions, rows * classifier.decisions());
        classifier.decide(chunk, decisions);
        ofClasses(classifier, classifier.classes().size(), decisions, 0, chunk, 0, rows);
    }

    /**
     * Takes the decision values that an online learner wrote for each row before it learned it.
     *
     * @param model of the learner, as it is now
     * @param known how many classes it knew before the chunk
     * @param values as {@link OnlineLearner#partialFit(Chunk, double[])} wrote them
     * @param chunk the rows
     */
    public void useDecisions(Model model, int known, double[] values, Chunk chunk) {
        int rows = chunk.rows();
        makeRoom(rows);
        int next = 0;
        int classes = known;
        for (int row = 0; row < rows; row++) {
            double target = target(chunk, row);
            if (Double.isNaN(target)) {
                losses[row] = Double.NaN;
                errors[row] = Double.NaN;
            } else if (kind == Target.Kind.NUMERIC) {
                ofNumber(chunk, row, values[next++]);
            } else {
                ofClasses((Classifier) model, classes, values, next, chunk, row, row + 1);
                next += OnlineLearner.decisions(kind, classes);
                classes = Math.max(classes, (int) target + 1);
            }
        }
    }

    private void makeRoom(int rows) {
        losses = Scores.withLength(losses, rows);
        errors = Scores.withLength(errors, rows);
    }

    private static double target(Chunk chunk, int row) {
        return chunk.hasTargets() ? chunk.target(row) : Double.NaN;
    }

    private void ofNumber(Chunk chunk, int row, double prediction) {
        double error = Math.abs(target(chunk, row) - prediction);
        errors[row] = error;
        losses[row] = error * error;
    }

    private void ofClasses(Classifier model, int classes, double[] values, int first, Chunk chunk, int from, int to) {
        int count = to - from;
        int width = OnlineLearner.decisions(kind, classes);
        double[] own = values;
        if (first > 0) {
            decisions = Scores.withLength(decisions, count * width);
            System.arraycopy(values, first, decisions, 0, count * width);
            own = decisions;
        }
        boolean hasProbabilities = model instanceof ProbabilisticClassifier;
        if (model instanceof ProbabilisticClassifier probabilistic) {
            probabilities = Scores.withLength(probabilities, count * classes);
            probabilistic.probabilities(own, count, classes, probabilities);
        }
        for (int i = 0; i < count; i++) {
            double target = target(chunk, from + i);
            if (Double.isNaN(target)) {
                losses[from + i] = Double.NaN;
                errors[from + i] = Double.NaN;
                continue;
            }
            int actual = (int) target;
            double error = Classifier.winner(own, i, classes) == actual ? 0 : 1;
            double share =
                    actual < classes && hasProbabilities ? probabilities[i * classes + actual] : 1.0 / (classes + 1);
            errors[from + i] = error;
            losses[from + i] = hasProbabilities ? Scores.logLoss(share) : error;
        }
    }
}
