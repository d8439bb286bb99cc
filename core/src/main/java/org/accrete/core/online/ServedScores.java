package org.accrete.core.online;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;

/** Scores predictions as they were made, once their labels are told. Not thread-safe. */
final class ServedScores {
    private final RecordEncoder encoder;
    private final ChunkBuffer row;
    private final Optional<Scores> scores;

    /**
     * Makes scores that have seen nothing.
     *
     * @param plan how records become rows
     * @param model what the model can do
     */
    ServedScores(ColumnPlan plan, Model model) {
        encoder = new RecordEncoder(plan, false);
        row = new ChunkBuffer(encoder.schema(), 1);
        Target target = plan.schema().target();
        boolean isScored =
                (model instanceof Classifier || model instanceof Regressor) && Scores.canScore(target, model);
        scores = isScored ? Optional.of(Scores.named(target, "served")) : Optional.empty();
    }

    /**
     * {@return a prediction, to be scored when its label is told}
     *
     * @param model that predicts
     * @param record without its target
     * @param cells the same in the order of the columns
     */
    Awaiting ask(Model model, Map<String, String> record, List<String> cells) {
        row.clear();
        encoder.encode(record, row);
        double noChange = scores.map(Scores::noChange).orElse(0.0);
        double usual = scores.map(Scores::usual).orElse(0.0);
        if (model instanceof Classifier classifier) {
            double[] decisions = new double[classifier.decisions()];
            classifier.decide(row.chunk(), decisions);
            return new Awaiting(cells, classifier.classes().size(), decisions, noChange, usual);
        }
        double[] number = new double[1];
        if (model instanceof Regressor regressor) {
            regressor.predict(row.chunk(), number);
        }
        return new Awaiting(cells, 0, number, noChange, usual);
    }

    /**
     * Scores a prediction.
     *
     * @param said what was predicted
     * @param labelled its row with the target
     * @param model of the same learner, as it is now
     */
    void label(Awaiting said, Chunk labelled, Model model) {
        if (scores.isPresent()) {
            scores.get().useDecisions(model, said.known(), said.decisions().clone(), labelled);
            scores.get().countLate(labelled, said.noChange(), said.usual());
        }
    }

    /** {@return the scores; empty where nothing can be scored} */
    Optional<ScoreReport> report() {
        return scores.map(Scores::report);
    }
}
