package org.accrete.core.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntToLongFunction;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.DenseChunk;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.drift.DriftDetector;
import org.accrete.api.drift.DriftLevel;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.score.ProgressiveScores;
import org.accrete.core.score.RowLosses;
import org.accrete.core.score.Scores;

/**
 * Watches a run for drift, and does what is to be done about it.
 *
 * <ul>
 *   <li>Rows are counted as the source hands them on. Blocks end at multiples of {@link DriftAction#every} rows, looks
 *       at multiples of a tenth of that. Nothing else depends on a row's place, so chunk borders, checkpoints and kills
 *       change nothing.
 *   <li>The loss of a row is that of the model from just before it; of parts that are not row-wise, that of the model
 *       at the start of the block. Rows of later passes and rows that an untrained model predicts are not watched.
 *   <li>A drift of a loss is acted upon at the end of its look. Detectors of columns only tell.
 *   <li>To hold a model, it goes back to the state at the start of the block, so that rows of the drift that were
 *       learned before it was noticed are taken back; a rollback, to the start of the block before.
 *   <li>A model that is held is judged at the end of each full block by its mean loss: it learns again once that is
 *       nearer to the level before the drift, the median of the mean losses of up to ten blocks, than to that of the
 *       first full block. The detectors then begin anew.
 * </ul>
 *
 * <p>In a state all names begin with {@code drift.}; kept states are {@code drift.kept.0.} (start of the block) and
 * {@code drift.kept.1.} (start of the one before).
 */
final class DriftRun {
    private static final String PREFIX = "drift.";
    static final String WATCHES = PREFIX + "watches";
    static final String ACTION = PREFIX + "action";
    private static final String MARKS = PREFIX + "marks";
    private static final String COUNTS = PREFIX + "counts";
    private static final String LEVELS = PREFIX + "levels";
    private static final String MEANS = PREFIX + "block_means";
    private static final String KEPT = PREFIX + "kept.";
    private static final int MOST_MARKS = 1_000;
    private static final int MOST_MEANS = 10;
    private static final int MOST_TOLD = 10;

    private final Pipeline pipeline;
    private final List<DriftWatch> watches;
    private final DriftAction action;
    private final RunListener listener;
    private final Target.Kind target;
    private final boolean isOnline;
    /** Whether losses are watched at all. */
    private final boolean ofLoss;

    /** Of each watch one detector, or one for each numeric column. */
    private final DriftDetector[][] detectors;
    /** Whether a detector has warned since its last drift. */
    private final boolean[][] warned;

    private final int[] columns;
    private final String[] columnNames;
    private final double[] cells;

    private final RowLosses losses;
    private double[] decisions = {};
    /** First row of the chunk last fitted whose loss is watched; none if it is the number of rows. */
    private int firstWatched;

    private boolean isFirstPass;

    private Optional<Model> blockModel = Optional.empty();
    private Optional<State> blockStart = Optional.empty();
    private Optional<State> blockBefore = Optional.empty();

    private final List<DriftMark> marks = new ArrayList<>();
    private final List<DriftMark> sinceVersion = new ArrayList<>();
    private double[] means = {};
    private double sum;
    private long count;
    private boolean isDue;
    private boolean isHeld;
    private boolean isWholeBlock;
    private double levelBefore = Double.NaN;
    private double levelDuring = Double.NaN;
    private long heldNow;
    private long boostEnd;
    private long rows;
    private boolean wantsVersion;

    private long rowsHeld;
    private long rowsTakenBack;
    private long ownRowsHeld;
    private long ownRowsTakenBack;

    /**
     * Has seen nothing.
     *
     * @throws AccreteException bad argument: a metric that this target has not, an action without a detector of the
     *     loss, a learner without a learning rate
     */
    DriftRun(Pipeline pipeline, Schema schema, List<DriftWatch> watches, DriftAction action, RunListener listener) {
        this.pipeline = pipeline;
        this.watches = watches;
        this.action = action;
        this.listener = listener;
        target = schema.target().kind();
        isOnline = pipeline instanceof OnlineLearner;
        ofLoss = watches.stream().anyMatch(DriftWatch::isOfLoss);
        columns = numeric(schema);
        columnNames = Arrays.stream(columns).mapToObj(schema::columnName).toArray(String[]::new);
        cells = new double[columns.length == 0 ? 0 : columns[columns.length - 1] + 1];
        losses = new RowLosses(target);
        check(schema);
        detectors = new DriftDetector[watches.size()][];
        warned = new boolean[watches.size()][];
        for (int w = 0; w < detectors.length; w++) {
            DriftWatch watch = watches.get(w);
            detectors[w] = new DriftDetector[watch.isOfLoss() ? 1 : columns.length];
            warned[w] = new boolean[detectors[w].length];
            for (int d = 0; d < detectors[w].length; d++) {
                detectors[w][d] = watch.provider().create(watch.params());
            }
        }
    }

    private void check(Schema schema) {
        String name = schema.target().name();
        for (DriftWatch watch : watches) {
            String who = watch.provider().name();
            boolean fits = switch (watch.metric()) {
                case ERROR -> target == Target.Kind.CATEGORICAL;
                case ABSOLUTE_ERROR -> target == Target.Kind.NUMERIC;
                case LOSS -> target != Target.Kind.NONE;
                case COLUMNS -> true;
            };
            if (!fits || (watch.isOfLoss() && !Scores.canScore(schema.target(), pipeline.view()))) {
                throw AccreteException.badArgument(who + " watches the metric " + ParamSpec.word(watch.metric())
                        + ", which "
                        + (target == Target.Kind.NONE || fits
                                ? "needs a target that the learner predicts; watch columns with psi or ks"
                                : target == Target.Kind.NUMERIC
                                        ? "needs classes, and '" + name + "' is a number; use adwin or metric=loss"
                                        : "needs a number, and '" + name + "' has classes; use metric=error"));
            }
            if (!watch.isOfLoss() && columns.length == 0) {
                throw AccreteException.badArgument(
                        who + " watches numeric columns but there are none; watch the loss with adwin");
            }
        }
        if (action.kind().changesModel() && !ofLoss) {
            throw AccreteException.badArgument("on-drift " + ParamSpec.word(action.kind())
                    + " follows from the loss but only columns are watched; add adwin, or choose tell or tag");
        }
        if (action.kind() == DriftAction.Kind.BOOST_RATE && !pipeline.hasRate()) {
            throw AccreteException.badArgument(
                    "on-drift boost-rate needs a learner with a tunable parameter 'eta0' but " + pipeline.learner()
                            + " has none");
        }
    }

    static int[] numeric(Schema schema) {
        List<Integer> all = new ArrayList<>();
        int column = 0;
        for (Block block : schema.blocks()) {
            for (int i = 0; i < block.width() && block.kind() == Block.Kind.NUMERIC; i++) {
                all.add(column + i);
            }
            column += block.width();
        }
        return all.stream().mapToInt(Integer::intValue).toArray();
    }

    /** {@return whether a state is of a run that watched for drift} */
    static boolean isIn(State state) {
        return state.texts().containsKey(WATCHES);
    }

    // --- beginning and going on

    /**
     * Begins, or continues where the run that stored a state ended.
     *
     * @param rowsBefore rows handed on before
     */
    void begin(long rowsBefore, Optional<State> resumed) {
        rows = rowsBefore;
        Optional<State> state = resumed.filter(DriftRun::isIn);
        if (state.isPresent()) {
            read(state.get());
        } else {
            keepState();
        }
    }

    /**
     * Goes on with a version that somebody went back to: with its detectors, if it has the same, else with new ones.
     *
     * @param rowsNow rows handed on so far, over all runs
     * @param state what the version holds
     */
    void goBackTo(long rowsNow, State state) {
        marks.clear();
        sinceVersion.clear();
        isDue = false;
        isHeld = false;
        means = new double[0];
        sum = 0;
        count = 0;
        boostEnd = 0;
        blockBefore = Optional.empty();
        beginDetectorsAnew();
        begin(rowsNow, Optional.of(state).filter(this::isSame));
    }

    private boolean isSame(State state) {
        return isIn(state)
                && watches.stream().map(DriftWatch::toText).toList().equals(state.list(WATCHES))
                && state.text(ACTION).equals(action.toText());
    }

    private boolean keepsStates() {
        return action.kind().holds() || (ofLoss && !isOnline);
    }

    private void keepState() {
        if (keepsStates()) {
            blockStart = Optional.of(pipeline.state());
        }
        if (ofLoss && !isOnline) {
            blockModel = Optional.of(pipeline.snapshot());
        }
    }

    private void read(State state) {
        if (!isSame(state)) {
            List<String> given = watches.stream().map(DriftWatch::toText).toList();
            throw AccreteException.badState("the stored run watches for drift by "
                    + String.join(", ", state.list(WATCHES)) + " and does " + state.text(ACTION)
                    + ", so a run that resumes it must too but does so by " + String.join(", ", given) + " and "
                    + action.toText());
        }
        for (int w = 0; w < detectors.length; w++) {
            DriftWatch watch = watches.get(w);
            for (int d = 0; d < detectors[w].length; d++) {
                detectors[w][d] = watch.provider().restore(watch.params(), state.part(prefix(w, d)));
            }
        }
        state.list(MARKS).forEach(line -> marks.add(DriftMark.ofLine(line)));
        long[] counts = state.longs(COUNTS, 8);
        count = counts[0];
        isDue = counts[1] == 1;
        isHeld = counts[2] == 1;
        isWholeBlock = counts[3] == 1;
        heldNow = counts[4];
        boostEnd = counts[5];
        rowsHeld = counts[6];
        rowsTakenBack = counts[7];
        double[] levels = state.doubles(LEVELS, 3);
        sum = levels[0];
        levelBefore = levels[1];
        levelDuring = levels[2];
        means = state.tensors().containsKey(MEANS) ? state.tensor(MEANS).doubles() : new double[0];
        if (count < 0 || heldNow < 0 || rowsHeld < 0 || rowsTakenBack < 0 || means.length > MOST_MEANS) {
            throw AccreteException.corruptFile("counts of drift must be >= 0, of at most " + MOST_MEANS + " blocks");
        }
        blockStart = kept(state, 0);
        blockBefore = kept(state, 1);
        if (ofLoss && !isOnline) {
            blockModel = blockStart.map(kept -> pipeline.at(kept).snapshot());
        }
        if (boostEnd > rows) {
            pipeline.rateFactor(action.factor());
        }
    }

    private static Optional<State> kept(State state, int age) {
        return Optional.of(state.part(KEPT + age + "."))
                .filter(part -> part.texts().containsKey("schema"));
    }

    private String prefix(int watch, int detector) {
        return PREFIX + watch + "." + (watches.get(watch).isOfLoss() ? "" : detector + ".");
    }

    void writeTo(State.Builder state) {
        state.list(WATCHES, watches.stream().map(DriftWatch::toText).toList())
                .text(ACTION, action.toText())
                .list(MARKS, marks.stream().map(DriftMark::toLine).toList())
                .longs(COUNTS, new long[] {
                    count,
                    isDue ? 1 : 0,
                    isHeld ? 1 : 0,
                    isWholeBlock ? 1 : 0,
                    heldNow,
                    boostEnd,
                    rowsHeld,
                    rowsTakenBack
                })
                .doubles(LEVELS, new double[] {sum, levelBefore, levelDuring});
        if (means.length > 0) {
            state.doubles(MEANS, means);
        }
        for (int w = 0; w < detectors.length; w++) {
            for (int d = 0; d < detectors[w].length; d++) {
                state.all(prefix(w, d), detectors[w][d].state());
            }
        }
        blockStart.ifPresent(kept -> state.all(KEPT + "0.", kept));
        blockBefore.ifPresent(kept -> state.all(KEPT + "1.", kept));
    }

    // --- rows

    /** {@return whether rows must be learned in parts that end with a look} */
    boolean cutsRows() {
        return action.kind().changesModel() || (ofLoss && !isOnline);
    }

    /** {@return how many rows there are until the look ends} */
    long rowsUntilLook(long rowsBefore) {
        int look = action.lookRows();
        return look - rowsBefore % look;
    }

    /** {@return whether rows are scored but not learned} */
    boolean isHeld() {
        return isHeld;
    }

    /**
     * Learns rows, unless the model is held, and keeps their losses for {@link #watch}.
     *
     * @param firstPass whether the source hands these rows on for the first time
     * @throws AccreteException as {@link Pipeline#partialFit}
     */
    void fit(Chunk chunk, boolean firstPass, Optional<ProgressiveScores> progressive) {
        isFirstPass = firstPass;
        firstWatched = chunk.rows();
        if (!firstPass || (!ofLoss && progressive.isEmpty())) {
            pipeline.partialFit(chunk);
            return;
        }
        if (isHeld) {
            losses.predict(pipeline.view(), chunk);
            progressive.ifPresent(scores -> scores.score(chunk));
            firstWatched = 0;
        } else if (isOnline) {
            fitOnline((OnlineLearner) pipeline, chunk, progressive);
        } else {
            boolean isKnown = blockStart.isPresent() && rowsLearnedAt(blockStart.get()) > 0;
            if (isKnown) {
                losses.predict(blockModel.orElseThrow(), chunk);
            }
            pipeline.partialFit(chunk);
            firstWatched = isKnown ? 0 : chunk.rows();
        }
    }

    private static long rowsLearnedAt(State state) {
        return state.whole("pipeline.rows_seen") - state.whole("pipeline.warm_up_rows");
    }

    private void fitOnline(OnlineLearner learner, Chunk chunk, Optional<ProgressiveScores> progressive) {
        int known = pipeline.classes().size();
        boolean untrained = pipeline.isUntrained();
        if (progressive.isPresent()) {
            progressive.get().fit(chunk);
            decisions = progressive.get().decisions();
        } else {
            int most = Math.max(known, chunk.classes().size());
            long length = (long) chunk.rows() * OnlineLearner.decisions(target, most);
            decisions = length <= decisions.length ? decisions : new double[Math.toIntExact(length)];
            learner.partialFit(chunk, decisions);
        }
        if (ofLoss) {
            losses.useDecisions(pipeline.view(), known, decisions, chunk);
            firstWatched = 0;
            while (untrained && firstWatched < chunk.rows()) {
                // The first labelled row was predicted by an untrained model.
                untrained = Double.isNaN(losses.loss(firstWatched++));
            }
        }
    }

    /**
     * Feeds the detectors the rows that {@link #fit} took last.
     *
     * @param numberOf number of a row of the chunk, from 1 over all rows
     */
    void watch(Chunk chunk, IntToLongFunction numberOf) {
        if (!isFirstPass) {
            return;
        }
        for (int row = 0; row < chunk.rows(); row++) {
            boolean hasLoss = row >= firstWatched && !Double.isNaN(losses.loss(row));
            if (hasLoss) {
                sum += losses.loss(row);
                count++;
                if (isHeld) {
                    rowsHeld++;
                    ownRowsHeld++;
                    heldNow++;
                }
            }
            boolean hasCells = false;
            for (int w = 0; w < detectors.length; w++) {
                DriftWatch watch = watches.get(w);
                if (!watch.isOfLoss()) {
                    if (!hasCells) {
                        readCells(chunk, row);
                        hasCells = true;
                    }
                    for (int d = 0; d < columns.length; d++) {
                        feed(w, d, cells[columns[d]], numberOf, row);
                    }
                } else if (hasLoss && !isHeld) {
                    double value = watch.metric() == DriftMetric.LOSS ? losses.loss(row) : losses.error(row);
                    feed(w, 0, value, numberOf, row);
                }
            }
        }
    }

    private void feed(int w, int d, double value, IntToLongFunction numberOf, int row) {
        DriftLevel level = detectors[w][d].update(value);
        if (level == DriftLevel.NONE) {
            return;
        }
        DriftWatch watch = watches.get(w);
        boolean isColumn = !watch.isOfLoss();
        DriftMark mark = new DriftMark(
                watch.provider().name(),
                isColumn ? columnNames[d] : ParamSpec.word(watch.metric()),
                isColumn,
                numberOf.applyAsLong(row));
        if (level == DriftLevel.WARNING) {
            if (!warned[w][d]) {
                listener.driftWarning(mark);
            }
            warned[w][d] = true;
            return;
        }
        warned[w][d] = false;
        if (marks.size() == MOST_MARKS) {
            marks.remove(0);
        }
        marks.add(mark);
        sinceVersion.add(mark);
        wantsVersion = true;
        isDue = isDue || (watch.isOfLoss() && action.kind().changesModel());
        listener.drift(mark);
    }

    private void readCells(Chunk chunk, int row) {
        if (chunk instanceof DenseChunk dense) {
            System.arraycopy(dense.values(), dense.offset(row), cells, 0, cells.length);
            return;
        }
        SparseChunk sparse = (SparseChunk) chunk;
        Arrays.fill(cells, 0);
        for (int k = sparse.start(row); k < sparse.end(row) && sparse.indices()[k] < cells.length; k++) {
            cells[sparse.indices()[k]] = sparse.values()[k];
        }
    }

    // --- looks and blocks

    /**
     * Ends the looks and blocks that end before some rows or with them.
     *
     * @param rowsNow rows handed on so far, over all runs
     */
    void rowsEnd(long rowsNow) {
        long before = rows;
        rows = rowsNow;
        if (!cutsRows() || before / action.lookRows() == rowsNow / action.lookRows()) {
            return;
        }
        if (boostEnd > 0 && rowsNow >= boostEnd) {
            boostEnd = 0;
            pipeline.rateFactor(1);
            listener.driftAction(rowsNow, "the learning rate is as before");
        }
        if (isDue) {
            isDue = false;
            act();
        }
        if (before / action.every() != rowsNow / action.every()) {
            endBlock();
        }
    }

    private void act() {
        switch (action.kind()) {
            case BOOST_RATE -> {
                boostEnd = rows + action.rows();
                pipeline.rateFactor(action.factor());
                listener.driftAction(
                        rows,
                        "the learning rate is " + action.factor() + " times as high for " + action.rows() + " rows");
            }
            case RESET -> {
                takeBack(pipeline.rowsLearned());
                pipeline.beginAnew();
                beginDetectorsAnew();
                means = new double[0];
                blockBefore = Optional.empty();
                keepState();
                listener.driftAction(rows, "the model begins anew");
            }
            case ROLLBACK, HOLD -> hold();
            default -> throw new AssertionError(action.kind());
        }
    }

    private void hold() {
        if (means.length == 0) {
            listener.driftAction(rows, "nothing is done: there is no block of rows before the drift to compare with");
            return;
        }
        long learned = pipeline.rowsLearned();
        blockBefore
                .filter(state -> rowsLearnedAt(state) > 0)
                .or(() -> blockStart)
                .ifPresent(pipeline::goBackTo);
        takeBack(learned - pipeline.rowsLearned());
        isHeld = true;
        isWholeBlock = false;
        levelBefore = median(means);
        levelDuring = Double.NaN;
        heldNow = 0;
        sum = 0;
        count = 0;
        listener.driftAction(
                rows,
                "the model goes back by " + (learned - pipeline.rowsLearned())
                        + " rows and is held until its loss returns");
    }

    private void takeBack(long learned) {
        rowsTakenBack += learned;
        ownRowsTakenBack += learned;
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(sorted.length - 1) / 2];
    }

    private void beginDetectorsAnew() {
        for (int w = 0; w < detectors.length; w++) {
            if (watches.get(w).isOfLoss()) {
                detectors[w][0].reset();
            }
        }
    }

    private void endBlock() {
        double mean = sum / count;
        boolean hasMean = count > 0;
        sum = 0;
        count = 0;
        if (isHeld) {
            boolean isJudged = isWholeBlock && hasMean;
            isWholeBlock = true;
            if (!isJudged || !returned(mean)) {
                return;
            }
            isHeld = false;
            beginDetectorsAnew();
            keepState();
            blockBefore = blockStart;
            return;
        }
        if (hasMean && Double.isFinite(mean)) {
            int kept = Math.min(means.length, MOST_MEANS - 1);
            double[] next = Arrays.copyOfRange(means, means.length - kept, means.length + 1);
            next[kept] = mean;
            means = next;
        }
        blockBefore = action.kind() == DriftAction.Kind.ROLLBACK ? blockStart : Optional.empty();
        keepState();
    }

    private boolean returned(double mean) {
        if (Double.isNaN(levelDuring)) {
            levelDuring = mean;
        }
        if (mean <= levelBefore || mean < (levelBefore + levelDuring) / 2) {
            listener.driftAction(rows, "the loss has returned, and the model learns again");
            return true;
        }
        if (action.mostRows() > 0 && heldNow >= action.mostRows()) {
            means = new double[0];
            listener.driftAction(rows, "the model was held for " + heldNow + " rows and learns again");
            return true;
        }
        return false;
    }

    // --- versions and reports

    /** {@return whether a version is to be appended for a drift; once for each} */
    boolean takesVersion() {
        boolean wanted = wantsVersion && action.kind() == DriftAction.Kind.TAG;
        wantsVersion = false;
        return wanted;
    }

    /** {@return the marks since the last version as one text; empty if there are none} */
    Optional<String> marksOfVersion() {
        if (sinceVersion.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder();
        for (DriftMark mark : sinceVersion.subList(0, Math.min(MOST_TOLD, sinceVersion.size()))) {
            text.append(text.length() == 0 ? "" : ", ").append(mark.toText());
        }
        if (sinceVersion.size() > MOST_TOLD) {
            text.append(" and ").append(sinceVersion.size() - MOST_TOLD).append(" more");
        }
        return Optional.of(text.toString());
    }

    /** Marks from before belong to the version that was appended. */
    void versionAppended() {
        sinceVersion.clear();
    }

    /** {@return rows that this run scored but did not learn} */
    long ownRowsHeld() {
        return ownRowsHeld;
    }

    DriftReport report() {
        return new DriftReport(marks, ownRowsHeld, ownRowsTakenBack, isHeld);
    }
}
