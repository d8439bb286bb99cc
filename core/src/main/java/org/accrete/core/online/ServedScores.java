package org.accrete.core.online;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ColumnPlan;
import org.accrete.api.data.RecordEncoder;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.Regressor;
import org.accrete.api.store.State;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;

/** Scores predictions as they were made, once their labels are told. Not thread-safe. */
final class ServedScores {
    private static final String NAME = "served";

    private final Target target;
    private final RecordEncoder encoder;
    private final ChunkBuffer row;
    /** Reads the labels that a log has. */
    private final RecordEncoder labels;

    private final ChunkBuffer labelled;
    private final Set<String> known = new HashSet<>();
    private Optional<Scores> scores;

    /**
     * Makes scores that have seen nothing.
     *
     * @param plan how records become rows
     * @param model what the model can do
     */
    ServedScores(ColumnPlan plan, Model model) {
        encoder = new RecordEncoder(plan, false);
        row = new ChunkBuffer(encoder.schema(), 1);
        labels = new RecordEncoder(plan, true);
        labelled = new ChunkBuffer(labels.schema(), 1);
        target = plan.schema().target();
        boolean isScored =
                (model instanceof Classifier || model instanceof Regressor) && Scores.canScore(target, model);
        scores = isScored ? Optional.of(Scores.named(target, NAME)) : Optional.empty();
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

    /**
     * Scores predictions whose labels a log has, or learns which classes came up.
     *
     * @param said what was predicted, if it was
     * @param label the target of its record
     * @param record makes the record, with the target
     * @param model of the same learner
     */
    void replay(Optional<Awaiting> said, String label, Supplier<Map<String, String>> record, Model model) {
        if (scores.isEmpty() || (!known.add(label) && said.isEmpty())) {
            return;
        }
        labelled.clear();
        labels.encode(record.get(), labelled);
        said.ifPresent(one -> label(one, labelled.chunk(), model));
    }

    /** {@return everything needed to go on; empty where nothing can be scored} */
    Optional<State> state() {
        return scores.map(some -> {
            State.Builder state = State.builder();
            some.writeTo(state);
            return state.build();
        });
    }

    /**
     * Goes on from earlier scores.
     *
     * @param state of {@link #state}
     * @throws AccreteException bad state: they are of a target of another kind
     */
    void goOn(State state) {
        scores = scores.map(before -> Scores.restoreNamed(target, NAME, state));
    }

    /** {@return the scores; empty where nothing can be scored} */
    Optional<ScoreReport> report() {
        return scores.map(Scores::report);
    }
}
