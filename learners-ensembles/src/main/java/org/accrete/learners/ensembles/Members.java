package org.accrete.learners.ensembles;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;
import org.accrete.drift.Adwin;
import org.accrete.drift.AdwinProvider;

/**
 * The members of an ensemble, and their training. A call that throws may have trained some of them.
 *
 * <p>Bagging: each row has, in each member, the weight k times its own, where k is drawn from a Poisson distribution of
 * mean 1: N. C. Oza, S. Russell, "Online Bagging and Boosting" (AISTATS 2001). Leveraging bagging: the mean is 6, an
 * {@link Adwin} watches the errors of each member, and when one tells a rise, the member with the highest error is
 * replaced by a new one: A. Bifet, G. Holmes, B. Pfahringer, "Leveraging Bagging for Evolving Data Streams" (ECML PKDD
 * 2010).
 *
 * <p>Draw n of a member is that of row n, so chunk borders do not matter. A row whose k is 0 is handed on with weight
 * 0: the member does not learn it, but checks it and gets to know its class, so that all members know the same classes
 * in one order, and a bad row is mostly refused by the first member, before any has changed.
 *
 * <p>The error that is watched is that of a row before it is learned: 1 for a wrong class; of numbers e / (e + s),
 * where e is the absolute error and s its mean over all members and rows so far, so that the unit of the target does
 * not matter.
 */
final class Members {
    /** Rows after which an error counts less than half in the mean that is told. */
    static final long RECENT = 1_000;

    private static final String ROWS_SEEN = "ensemble.rows_seen";
    private static final String RESETS = "ensemble.resets";
    private static final String ERROR = "ensemble.error";
    private static final String ERROR_ROWS = "ensemble.error_rows";
    private static final String SCALE = "ensemble.scale";
    private static final String CLASSES = "ensemble.classes";

    private final MemberMaker maker;
    private final AdwinProvider detectors = new AdwinProvider();
    private final Params detectorParams;
    private final double meanWeight;
    private final boolean adapts;
    private final boolean categorical;
    private final int count;
    private final Learner[] members;
    /** The members that learn. */
    private int first;

    private int end;
    private final Adwin[] watches;
    private final SeededRandom[] draws;
    private final long[] resets;
    private final double[] errors;
    private final long[] errorRows;
    private double errorSum;
    private double errorCount;
    private long rowsSeen;
    private List<String> classes;
    private boolean changed;

    private final Votes votes = new Votes();
    private final double[][] decisions;
    private final double[] means;
    private ChunkBuffer rows;

    /** Turns decision values of any member into probabilities; made again when there are more classes. */
    private Model link;

    /**
     * Makes members that have seen nothing.
     *
     * @param mean of a row's weight
     * @param delta of the detectors; 0 if nothing is watched
     */
    Members(MemberMaker maker, double mean, double delta) {
        this.maker = maker;
        this.count = Math.toIntExact(maker.count());
        this.meanWeight = mean;
        this.adapts = delta > 0;
        this.detectorParams =
                Params.parse(detectors.params(), adapts ? Map.of("delta", Double.toString(delta)) : Map.of());
        this.categorical = maker.schema().target().kind() == Target.Kind.CATEGORICAL;
        this.classes = maker.schema().target().classes();
        this.members = new Learner[count];
        this.end = count;
        this.watches = new Adwin[count];
        this.draws = new SeededRandom[count];
        this.resets = new long[count];
        this.errors = new double[count];
        this.errorRows = new long[count];
        this.decisions = new double[count][0];
        this.means = new double[count];
        for (int m = 0; m < count; m++) {
            members[m] = maker.create(m, 0, classes);
            watches[m] = (Adwin) detectors.create(detectorParams);
        }
        this.rows = new ChunkBuffer(maker.schema(), 1);
        this.link = members[0].snapshot();
        rewind();
    }

    /** Puts the draws where the rows seen are. */
    void rewind() {
        for (int m = 0; m < count; m++) {
            // A mixed seed: those of neighbours would give the same numbers, shifted by a row.
            draws[m] = new SeededRandom(new SeededRandom(maker.seed(), m).nextLong(), rowsSeen);
        }
        changed = false;
    }

    void restore(State state, boolean begins) {
        rowsSeen = state.whole(ROWS_SEEN);
        System.arraycopy(state.longs(RESETS, count), 0, resets, 0, count);
        System.arraycopy(state.doubles(ERROR, count), 0, errors, 0, count);
        System.arraycopy(state.longs(ERROR_ROWS, count), 0, errorRows, 0, count);
        double[] scale = state.doubles(SCALE, 2);
        errorSum = scale[0];
        errorCount = scale[1];
        classes = List.copyOf(state.list(CLASSES));
        boolean good = rowsSeen >= 0
                && errorSum >= 0
                && errorCount >= 0
                && Arrays.stream(resets).allMatch(n -> n >= 0)
                && Arrays.stream(errorRows).allMatch(n -> n >= 0)
                && Arrays.stream(errors).allMatch(error -> error >= 0 && error <= Double.MAX_VALUE);
        if (!good) {
            throw AccreteException.corruptFile("stored counts and errors of members must be finite and >= 0");
        }
        for (int m = 0; m < count; m++) {
            State part = state.part(prefix(m));
            members[m] = maker.restore(m, resets[m], part, begins);
            if (members[m].rowsSeen() < 0 || members[m].rowsSeen() > rowsSeen) {
                throw AccreteException.corruptFile("a stored member has seen " + members[m].rowsSeen()
                        + " rows but the ensemble only " + rowsSeen);
            }
            if (adapts) {
                watches[m] = (Adwin) detectors.restore(detectorParams, part.part("adwin."));
            }
        }
        link = members[first].snapshot();
        rewind();
    }

    private static String prefix(int member) {
        return "member." + (member + 1) + ".";
    }

    State state() {
        State.Builder state = State.builder()
                .whole(ROWS_SEEN, rowsSeen)
                .longs(RESETS, resets)
                .doubles(ERROR, errors)
                .longs(ERROR_ROWS, errorRows)
                .doubles(SCALE, new double[] {errorSum, errorCount})
                .list(CLASSES, classes);
        for (int m = 0; m < count; m++) {
            state.all(prefix(m), members[m].state());
            if (adapts) {
                state.all(prefix(m) + "adwin.", watches[m].state());
            }
        }
        return state.build();
    }

    long rowsSeen() {
        return rowsSeen;
    }

    /** {@return how many members learn apart from each other} */
    int independent() {
        return adapts ? 1 : count;
    }

    /** Lets only some members learn. */
    void learnOnly(int from, int to) {
        first = from;
        end = to;
        link = members[first].snapshot();
    }

    /** Takes members from others that learned the same rows, which are used no more. */
    void take(Members others, int from, int to) {
        for (int m = from; m < to; m++) {
            members[m] = others.members[m];
            errors[m] = others.errors[m];
            errorRows[m] = others.errorRows[m];
        }
    }

    long rowsWaiting() {
        return members[first].rowsWaiting();
    }

    List<String> warnings() {
        return members[first].warnings();
    }

    List<String> classes() {
        return classes;
    }

    /** {@return whether all members tell what they decided before they learned a row} */
    boolean isOnline() {
        return Arrays.stream(members).allMatch(OnlineLearner.class::isInstance);
    }

    /** {@return whether the last call, which threw, changed a member} */
    boolean isChanged() {
        return changed;
    }

    EnsembleModel model(boolean copies) {
        Model[] models = new Model[count];
        Arrays.setAll(models, m -> copies ? members[m].snapshot() : members[m].view());
        return EnsembleModel.of(
                models,
                new EnsembleModel.Fares(
                        maker.provider().name(),
                        copies ? errors.clone() : errors,
                        copies ? errorRows.clone() : errorRows,
                        copies ? resets.clone() : resets));
    }

    /** {@return how many decision values the rows of a chunk have} */
    int decisionsOf(Chunk chunk) {
        int known = classes.size();
        int sum = 0;
        for (int row = 0; row < chunk.rows(); row++) {
            sum += OnlineLearner.decisions(chunk.schema().target().kind(), known);
            known = knownAfter(chunk, row, known);
        }
        return sum;
    }

    private int knownAfter(Chunk chunk, int row, int known) {
        double target = categorical && chunk.hasTargets() ? chunk.target(row) : -1;
        return target >= known && target < chunk.classes().size() ? (int) target + 1 : known;
    }

    /**
     * Learns rows.
     *
     * @param out receives the decision values of the mean from before each row, if it is not empty
     */
    void learn(Chunk chunk, double[] out) {
        changed = false;
        if (rows.capacity() < (adapts ? 1 : chunk.rows())) {
            rows = new ChunkBuffer(maker.schema(), chunk.rows());
        }
        int step = adapts ? 1 : chunk.rows();
        int written = 0;
        for (int row = 0; row < chunk.rows(); row += step) {
            written += learn(chunk, row, row + step, out, written);
        }
    }

    /** Learns some rows in all members, then judges these rows; returns how many decision values were written. */
    private int learn(Chunk chunk, int from, int to, double[] out, int offset) {
        rows.clear();
        rows.append(chunk, from, to);
        boolean isOnline = members[first] instanceof OnlineLearner;
        boolean judged = isOnline || adapts;
        int length = (to - from) * Math.max(1, chunk.classes().size());
        for (int m = first; m < end; m++) {
            for (int row = from; row < to; row++) {
                rows.weight(row - from, draws[m].nextPoisson(meanWeight) * chunk.weight(row));
            }
            if (judged && decisions[m].length < length) {
                decisions[m] = new double[length];
            }
            try {
                if (isOnline) {
                    ((OnlineLearner) members[m]).partialFit(rows.chunk(), decisions[m]);
                } else {
                    if (judged) {
                        ask(m);
                    }
                    members[m].partialFit(rows.chunk());
                }
            } catch (AccreteException e) {
                throw from == 0 ? e : later(e, from);
            }
            changed = true;
        }
        rowsSeen += to - from;
        int written = judged ? judge(chunk, from, to, out, offset) : 0;
        int known = classes.size();
        for (int row = from; row < to; row++) {
            known = knownAfter(chunk, row, known);
        }
        if (known > classes.size()) {
            classes = List.copyOf(
                    known == chunk.classes().size()
                            ? chunk.classes()
                            : chunk.classes().subList(0, known));
            link = members[first].snapshot();
        }
        return written;
    }

    private static AccreteException later(AccreteException error, int rows) {
        if (error.chunkRow().isEmpty()) {
            return error;
        }
        AccreteException moved =
                AccreteException.badRow(error.chunkRow().getAsInt() + rows, String.valueOf(error.getMessage()));
        moved.initCause(error);
        return error.where().map(moved::at).orElse(moved);
    }

    /** Asks a member that does not tell what it decided. */
    private void ask(int m) {
        Model model = members[m].view();
        if (model instanceof Classifier classifier) {
            classifier.decide(rows.chunk(), decisions[m]);
        } else if (model instanceof Regressor regressor) {
            regressor.predict(rows.chunk(), decisions[m]);
        }
    }

    private int judge(Chunk chunk, int from, int to, double[] out, int offset) {
        int known = classes.size();
        int at = 0;
        for (int row = from; row < to; row++) {
            int width = OnlineLearner.decisions(chunk.schema().target().kind(), known);
            double target = chunk.target(row);
            boolean counts = chunk.weight(row) > 0;
            votes.begin(known);
            double sum = 0;
            boolean drifts = false;
            for (int m = first; m < end; m++) {
                double error;
                if (categorical) {
                    int winner = known == 0 ? -1 : votes.add((Classifier) link, decisions[m], at, known);
                    error = winner == target ? 0 : 1;
                } else {
                    sum += decisions[m][at] / count;
                    error = Math.abs(decisions[m][at] - target);
                }
                if (counts && error <= Double.MAX_VALUE) {
                    drifts |= note(m, error);
                }
            }
            if (out.length > 0 && categorical) {
                votes.decide(known, out, offset + at);
            } else if (out.length > 0) {
                out[offset + at] = sum;
            }
            at += width;
            known = knownAfter(chunk, row, known);
            if (drifts) {
                replaceWorst(chunk, known);
            }
        }
        return at;
    }

    /** Takes the error of a member in a row; returns whether its detector tells a rise. */
    private boolean note(int m, double error) {
        errorRows[m]++;
        errors[m] += (error - errors[m]) / Math.min(errorRows[m], RECENT);
        if (!adapts) {
            return false;
        }
        double watched = error;
        if (!categorical) {
            errorSum = Math.min(errorSum + error, Double.MAX_VALUE);
            errorCount++;
            double usual = errorSum / errorCount;
            watched = error + usual > 0 && error + usual <= Double.MAX_VALUE ? error / (error + usual) : 0;
        }
        means[m] = watches[m].mean();
        return watches[m].update(watched) == DriftLevel.DRIFT;
    }

    private void replaceWorst(Chunk chunk, int known) {
        int worst = 0;
        for (int m = 1; m < count; m++) {
            worst = means[m] > means[worst] ? m : worst;
        }
        resets[worst]++;
        errors[worst] = 0;
        errorRows[worst] = 0;
        watches[worst].reset();
        List<String> labels = known > classes.size() ? chunk.classes().subList(0, known) : classes;
        members[worst] = maker.create(worst, resets[worst], List.copyOf(labels));
    }

    Schema schema() {
        return maker.schema();
    }
}
