package org.accrete.core.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Model;
import org.accrete.api.store.ModelVersion.Verdict;
import org.accrete.api.store.State;
import org.accrete.core.compare.WeightNames;
import org.accrete.core.score.ScoreReport;
import org.accrete.core.score.Scores;

/** Scores of a model and of the live one on the same rows, and what gates say of them. */
final class GateSums {
    private static final String CHANGED = "run.gate.changed";
    private static final String MODEL = "gate.model";
    private static final String LIVE = "gate.live";

    private final Schema schema;
    private final Target target;
    private final List<Slices> slices = new ArrayList<>();
    private Scores model;
    private Scores live;
    private long changed;
    private boolean hasLive;

    /**
     * What gates say.
     *
     * @param verdict {@code NONE} if none of them could be judged
     * @param figures of each gate, and on which rows
     */
    record Judgement(Verdict verdict, String figures) {
        static final Judgement NONE = new Judgement(Verdict.NONE, "");
    }

    /**
     * Has seen no row.
     *
     * @param names what the columns of rows are called
     */
    GateSums(Schema schema, GateRules rules, WeightNames names) {
        this.schema = schema;
        target = schema.target();
        rules.columns().forEach(column -> slices.add(new Slices(column, schema, names)));
        model = Scores.named(target, MODEL);
        live = Scores.named(target, LIVE);
    }

    void clear() {
        model = Scores.named(target, MODEL);
        live = Scores.named(target, LIVE);
        changed = 0;
        slices.forEach(Slices::clear);
    }

    long rows() {
        return model.report().rows();
    }

    /** Predicts the rows of a chunk; counts nothing. */
    void predict(Model candidate, Optional<Model> reference, Chunk chunk) {
        model.predict(candidate, chunk);
        hasLive = reference.isPresent();
        reference.ifPresent(some -> live.predict(some, chunk));
    }

    /** Counts the rows that were predicted. */
    void count(Chunk chunk) {
        boolean ofClasses = target.kind() == Target.Kind.CATEGORICAL;
        for (int row = 0; row < chunk.rows(); row++) {
            double actual = chunk.hasTargets() ? chunk.target(row) : Double.NaN;
            if (Double.isNaN(actual)) {
                continue;
            }
            boolean differs = hasLive && model.predicted(row) != live.predicted(row);
            changed += differs ? 1 : 0;
            for (Slices by : slices) {
                by.add(
                        chunk,
                        row,
                        model.loss(chunk, row),
                        hit(ofClasses, model.predicted(row), actual),
                        hasLive ? live.loss(chunk, row) : Double.NaN,
                        hasLive ? hit(ofClasses, live.predicted(row), actual) : Double.NaN,
                        differs);
            }
            model.count(chunk, row, row + 1);
            if (hasLive) {
                live.count(chunk, row, row + 1);
            }
        }
    }

    private static double hit(boolean ofClasses, double predicted, double actual) {
        return ofClasses ? predicted == actual ? 1 : 0 : Math.abs(predicted - actual);
    }

    /**
     * {@return what gates say of these rows}
     *
     * @param gates all must hold; those that need a live version are left out where there is none
     * @param rowsOf which rows these are, for a person
     */
    Judgement judge(List<Gate> gates, String rowsOf) {
        ScoreReport candidate = model.report();
        ScoreReport reference = live.report();
        if (candidate.rows() == 0) {
            return Judgement.NONE;
        }
        boolean beside = reference.rows() == candidate.rows();
        List<String> figures = new ArrayList<>();
        boolean holds = true;
        for (Gate gate : gates) {
            if (gate.needsLive() && !beside) {
                continue;
            }
            Optional<Slices> by = gate.column().map(this::slices);
            if (by.isPresent()) {
                holds &= judge(gate, by.get(), figures);
                continue;
            }
            double value = gate.measure().equals(Gate.CHANGED)
                    ? (double) changed / candidate.rows()
                    : candidate.metrics().getOrDefault(gate.measure(), Double.NaN);
            double bound =
                    gate.bound(reference.metrics().getOrDefault(gate.measure(), Double.NaN), baseline(gate, candidate));
            holds &= gate.holds(value, bound);
            figures.add(gate.figures(value, bound));
        }
        return figures.isEmpty()
                ? Judgement.NONE
                : new Judgement(holds ? Verdict.PASSED : Verdict.REFUSED, String.join("; ", figures) + "; " + rowsOf);
    }

    private Slices slices(String column) {
        int index = 0;
        while (!slices.get(index).isOf(column)) {
            index++;
        }
        return slices.get(index);
    }

    /** Judges each slice; tells of the first that does not hold. */
    private static boolean judge(Gate gate, Slices by, List<String> figures) {
        int judged = 0;
        int failed = 0;
        String worst = "";
        for (Map.Entry<Double, Slices.Slice> entry : by.slices().entrySet()) {
            Slices.Slice slice = entry.getValue();
            if (slice.rows() < Gate.SLICE_ROWS) {
                continue;
            }
            judged++;
            double value = slice.value(gate.measure(), false);
            double bound = gate.bound(slice.value(gate.measure(), true), Double.NaN);
            if (!gate.holds(value, bound)) {
                failed++;
                worst = worst.isEmpty() ? gate.figures(value, bound) + " in " + by.name(entry.getKey()) : worst;
            }
        }
        figures.add(
                failed == 0
                        ? gate + " holds in " + judged + " slices"
                        : worst + " (" + failed + " of " + judged + " slices)");
        return failed == 0;
    }

    /** {@return the figure of the best baseline} */
    private static double baseline(Gate gate, ScoreReport report) {
        return report.baselines().values().stream()
                .mapToDouble(figures -> figures.getOrDefault(gate.measure(), Double.NaN))
                .filter(value -> !Double.isNaN(value))
                .reduce((a, b) -> gate.isLowerBetter() ? Math.min(a, b) : Math.max(a, b))
                .orElse(Double.NaN);
    }

    void writeTo(State.Builder state) {
        model.writeTo(state);
        live.writeTo(state);
        state.whole(CHANGED, changed);
        slices.forEach(some -> some.writeTo(state));
    }

    void read(State state) {
        if (!state.tensors().containsKey(CHANGED)) {
            return;
        }
        model = Scores.restoreNamed(target, MODEL, state);
        live = Scores.restoreNamed(target, LIVE, state);
        changed = state.whole(CHANGED);
        slices.forEach(some -> some.read(state));
    }

    Schema schema() {
        return schema;
    }
}
