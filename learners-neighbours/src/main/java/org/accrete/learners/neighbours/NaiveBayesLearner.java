package org.accrete.learners.neighbours;

import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.OneRow;
import org.accrete.api.data.Schema;
import org.accrete.api.learn.ClassList;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Learner;
import org.accrete.api.learn.MergeableLearner;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.param.Params;
import org.accrete.api.store.State;

/**
 * Naive Bayes: keeps the promises of a learner around {@link ClassStatistics}. All checks come before the first change,
 * so nothing is ever undone.
 *
 * <p>The state holds {@code class_count}, {@code theta} and {@code var} (classes × measured features) and
 * {@code feature_count} (classes × counted features) under scikit-learn's names, and what training needs besides as
 * {@code naive-bayes.…}.
 */
final class NaiveBayesLearner implements OnlineLearner, MergeableLearner {
    private static final String CLASSES = "classes";
    private static final String VARIANCE = "var";
    private static final String ROWS_SEEN = "naive-bayes.rows_seen";

    private final Schema schema;
    private final Params params;
    private final ClassList classes;
    private final ClassStatistics statistics;
    private final ClassScores scores;
    private final Optional<Calibration> calibration;
    private final OneRow row;
    private List<String> offered = List.of();
    private double[] decisionsOfOne = {};
    private double[] scoresOfRow = {};
    private long rowsSeen;

    /** Whether {@link #scores} are prepared from the statistics as they are now. */
    private boolean prepared;

    NaiveBayesLearner(Schema schema, Params params) {
        this.schema = schema;
        this.params = params;
        this.classes = new ClassList(schema.target().classes(), params);
        this.statistics = new ClassStatistics(new FeatureKinds(schema), classes.size());
        this.calibration = params.get(NaiveBayesProvider.CALIBRATE)
                ? Optional.of(new Calibration(classes.size()))
                : Optional.empty();
        this.scores = scores(statistics, calibration);
        this.row = new OneRow(schema);
    }

    NaiveBayesLearner(Schema schema, Params params, State state) {
        this.schema = schema;
        this.params = params;
        this.classes = new ClassList(state.list(CLASSES), params);
        this.statistics = new ClassStatistics(new FeatureKinds(schema), classes.size(), state);
        this.calibration = params.get(NaiveBayesProvider.CALIBRATE)
                ? Optional.of(new Calibration(classes.size(), state))
                : Optional.empty();
        this.scores = scores(statistics, calibration);
        this.row = new OneRow(schema);
        this.rowsSeen = state.whole(ROWS_SEEN);
        if (rowsSeen < 0) {
            throw AccreteException.corruptFile("tensor '" + ROWS_SEEN + "' must be >= 0 but is " + rowsSeen);
        }
    }

    private ClassScores scores(ClassStatistics of, Optional<Calibration> by) {
        return new ClassScores(
                of, params.get(NaiveBayesProvider.ALPHA), params.get(NaiveBayesProvider.VAR_SMOOTHING), by);
    }

    @Override
    public Schema schema() {
        return schema;
    }

    @Override
    public long rowsSeen() {
        return rowsSeen;
    }

    @Override
    public void partialFit(Chunk chunk) {
        fit(chunk, decisionsOfOne, false);
    }

    @Override
    public void partialFit(Chunk chunk, double[] decisions) {
        int known = classes.size();
        long least = (long) chunk.rows() * perRow(known);
        if (decisions.length < least) {
            throw AccreteException.badArgument(
                    "decisions must have room for " + least + " values but has room for " + decisions.length);
        }
        fit(chunk, decisions, true);
    }

    private void fit(Chunk chunk, double[] decisions, boolean wanted) {
        int known = classes.size();
        begin(chunk);
        if (scoresOfRow.length < classes.size()) {
            scoresOfRow = new double[classes.size()];
        }
        int at = 0;
        for (int i = 0; i < chunk.rows(); i++) {
            int c = (int) chunk.target(i);
            if (wanted || calibration.isPresent() && chunk.weight(i) > 0) {
                scores.prepare();
                for (int k = 0; k < known; k++) {
                    scoresOfRow[k] = scores.score(chunk, i, k);
                }
                if (wanted) {
                    scores.decide(scoresOfRow, known, decisions, at);
                    at += perRow(known);
                }
                judge(c, known, chunk.weight(i));
            }
            known = Math.max(known, c + 1);
            statistics.learn(chunk, i, c);
        }
        rowsSeen += chunk.rows();
    }

    /** Learns how far apart scores shall be from those of a row. No exponent helps a class that had no rows yet. */
    private void judge(int c, int known, double weight) {
        if (calibration.isPresent() && weight > 0 && c < known && scores.isPossible(c)) {
            int winner = ClassScores.winner(scoresOfRow, 0, known);
            calibration.get().judge(scoresOfRow, known, winner, c, weight);
        }
    }

    private static int perRow(int known) {
        return known <= 2 ? 1 : known;
    }

    /** Checks a chunk and adds its new classes; throws before anything is changed. */
    private void begin(Chunk chunk) {
        schema.require(chunk.schema());
        int size = classes.check(chunk);
        statistics.kinds.check(chunk);
        if (lacksRoom(size)) {
            throw AccreteException.badData(tooLarge(size));
        }
        if (size > classes.size()) {
            classes.grow(chunk, size);
            statistics.grow(size);
            calibration.ifPresent(one -> one.grow(size));
        }
        prepared &= chunk.rows() == 0;
    }

    private boolean lacksRoom(int size) {
        long longest = Math.max(statistics.kinds.measuredCount(), statistics.kinds.countedCount());
        return longest * size > Integer.MAX_VALUE - 64;
    }

    private String tooLarge(int size) {
        return "classes times columns must be < 2^31 but there are " + size + " classes and " + schema.width()
                + " columns; hash texts and categories into fewer columns";
    }

    @Override
    public double[] learnOne(double[] x, double target, double weight) {
        return learnOne(row.dense(x, target, weight, labels()));
    }

    @Override
    public double[] learnOne(int[] indices, double[] values, int count, double target, double weight) {
        return learnOne(row.sparse(indices, values, count, target, weight, labels()));
    }

    private double[] learnOne(Chunk chunk) {
        int count = perRow(classes.size());
        if (decisionsOfOne.length != count) {
            decisionsOfOne = new double[count];
        }
        partialFit(chunk, decisionsOfOne);
        return decisionsOfOne;
    }

    @Override
    public void classes(List<String> labels) {
        offered = labels.equals(classes.labels()) ? List.of() : List.copyOf(labels);
    }

    private List<String> labels() {
        return offered.isEmpty() ? classes.labels() : offered;
    }

    @Override
    public Classifier view() {
        prepare();
        return new NaiveBayesModel(schema, classes.labels(), statistics, scores);
    }

    @Override
    public Classifier snapshot() {
        ClassStatistics copy = statistics.copy();
        ClassScores prepare = scores(copy, calibration.map(Calibration::copy));
        prepare.prepare();
        return new NaiveBayesModel(schema, classes.labels(), copy, prepare);
    }

    private void prepare() {
        if (!prepared) {
            scores.prepare();
            prepared = true;
        }
    }

    @Override
    public State state() {
        State.Builder state = State.builder().list(CLASSES, classes.labels()).whole(ROWS_SEEN, rowsSeen);
        statistics.write(state);
        calibration.ifPresent(one -> one.write(state));
        int measured = statistics.kinds.measuredCount();
        if (measured > 0) {
            prepare();
            state.doubles(VARIANCE, scores.variances(), classes.size(), measured);
        }
        return state.build();
    }

    /** {@inheritDoc} It does, but for the powers of calibration, which depend on the order of the rows. */
    @Override
    public boolean mergesExactly() {
        return calibration.isEmpty();
    }

    @Override
    public void merge(Learner other) {
        if (!(other instanceof NaiveBayesLearner theirs)) {
            throw AccreteException.badState("the other learner must be of the same plug-in but is a "
                    + other.getClass().getSimpleName());
        }
        schema.require(theirs.schema);
        params.requireSame(theirs.params);
        if (theirs.rowsSeen == 0) {
            return;
        }
        List<String> labels = theirs.classes.labels();
        List<String> joined = rowsSeen == 0 ? labels : classes.joined(labels);
        if (lacksRoom(joined.size())) {
            throw AccreteException.badState(tooLarge(joined.size()));
        }
        int[] place = new int[labels.size()];
        for (int c = 0; c < place.length; c++) {
            place[c] = joined.indexOf(labels.get(c));
        }
        if (rowsSeen == 0) {
            statistics.grow(0);
            calibration.ifPresent(mine -> mine.grow(0));
        }
        statistics.merge(theirs.statistics, place, joined.size());
        calibration.ifPresent(mine -> theirs.calibration.ifPresent(their -> mine.merge(their, place, joined.size())));
        classes.become(joined);
        offered = List.of();
        rowsSeen += theirs.rowsSeen;
        prepared = false;
    }
}
