package org.accrete.core.score;

import java.util.List;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;

/**
 * Anomaly scores as decision values, so that they can be scored on labels that were not learned: the first class is the
 * usual one, and a decision value is the logarithm of score / (1 − score).
 */
final class AnomalyDecisions implements Classifier {
    private final AnomalyScorer scorer;
    private final List<String> labels;

    private AnomalyDecisions(AnomalyScorer scorer, List<String> labels) {
        this.scorer = scorer;
        this.labels = labels;
    }

    /**
     * {@return the model if it is a classifier, a scorer of anomalies as one, or nothing}
     *
     * @param labels of the rows
     */
    static Optional<Classifier> classifier(Model model, List<String> labels) {
        if (model instanceof Classifier classifier) {
            return Optional.of(classifier);
        }
        return model instanceof AnomalyScorer scorer
                ? Optional.of(new AnomalyDecisions(scorer, labels))
                : Optional.empty();
    }

    @Override
    public Schema schema() {
        return scorer.schema();
    }

    @Override
    public List<String> classes() {
        return labels;
    }

    @Override
    public void decide(Chunk chunk, double[] out) {
        int perRow = decisions();
        scorer.score(chunk, out);
        for (int row = chunk.rows() - 1; row >= 0; row--) {
            double value = StrictMath.log(out[row]) - StrictMath.log1p(-out[row]);
            for (int c = perRow - 1; c >= 0; c--) {
                // Of more than two classes, all but the first are unusual.
                out[row * perRow + c] = perRow > 1 && c == 0 ? 0 : value;
            }
        }
    }
}
