package org.accrete.core.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.IntToLongFunction;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.Schema;
import org.accrete.api.data.SparseChunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.store.State;
import org.accrete.core.pipeline.Pipeline;
import org.accrete.core.plugin.PlugIns;
import org.accrete.core.score.RowLosses;
import org.accrete.core.score.Scores;

/**
 * A champion, which a run trains, and challengers, which learn the same rows and may take its place.
 *
 * <ul>
 *   <li>Rows are counted as the source hands them on; a block has 1,000. Nothing else depends on a row's place, so
 *       chunk borders, checkpoints and kills change nothing.
 *   <li>Each row of the first pass is compared by the models as they were at the start of its block, once all of them
 *       have learned something. So the rows of a chunk of 1,000 are compared as they are scored.
 *   <li>The champion changes at a look, every 200 rows, if {@link PairedWindows} find a challenger whose loss is lower.
 *       Then both change places, and the tests begin anew.
 *   <li>The loss is the log-loss if all models give probabilities, else the error; of numbers the absolute error, as
 *       {@link org.accrete.core.compare} judges.
 *   <li>When one refuses rows, those that had learned them go back to a state from before and learn again what came in
 *       between, in the same parts, so that not one bit differs. A version within a block finds out in the same way
 *       what each was at its start.
 * </ul>
 *
 * <p>In a state {@code challenger.N.} is all that challenger N stores, from 1; names of the tests begin with
 * {@code run.challenge.}, and within a block {@code run.challenge.block.N.} is what each was at its start, the champion
 * with N = 0.
 */
final class Challengers {
    static final int BLOCK_ROWS = 1_000;

    private static final String PART = "challenger.";
    private static final String PREFIX = "run.challenge.";
    private static final String BLOCK = PREFIX + "block.";
    private static final String ROW = PREFIX + "row";
    private static final String ROWS = PREFIX + "rows";
    private static final String LOSSES = PREFIX + "losses";
    private static final String ERRORS = PREFIX + "errors";
    private static final String CHANGES = PREFIX + "changes";
    private static final int MOST_CHANGES = 1_000;

    /** A log of so many rows or numbers begins anew: a state costs more than many rows. */
    private static final int LOG_ROWS = 16 * BLOCK_ROWS;

    private static final long LOG_NUMBERS = 1 << 22;

    /** A loss beyond this counts as this, so that sums stay finite. */
    private static final double MOST_LOSS = 1e100;

    private final Target.Kind target;
    private final boolean hasProbabilities;

    /** The champion, then the challengers; all further arrays are in the same order. */
    private final Pipeline[] team;

    private final String[] names;
    private final RowLosses[] losses;
    private final PairedWindows windows;

    /** What all were before the rows of the log, which has blocks, and how many of its parts came before this one. */
    private State[] before = {};

    private ChunkBuffer log;
    private final List<Integer> partEnds = new ArrayList<>();
    private int partsBeforeBlock;

    private Optional<Model[]> blockModels = Optional.empty();
    /** What all were at the start of this block; empty until somebody asks. */
    private State[] blockStart = {};

    private long row;
    private long cellsEnded;
    private boolean isCompared;

    private long rows;
    private double[] lossSums;
    private double[] errorSums;
    private final List<ChampionChange> changes = new ArrayList<>();
    private final List<ChampionChange> sinceVersion = new ArrayList<>();

    /**
     * Has compared nothing.
     *
     * @throws AccreteException bad argument: one predicts no target, has other columns, or is like another one
     */
    Challengers(Pipeline champion, List<Pipeline> challengers, Schema schema) {
        target = schema.target().kind();
        team = new Pipeline[challengers.size() + 1];
        team[0] = champion;
        for (int i = 1; i < team.length; i++) {
            team[i] = challengers.get(i - 1);
            team[i].schema().require(schema);
        }
        names = names(List.of(team)).toArray(String[]::new);
        for (int i = 0; i < team.length; i++) {
            if (target == Target.Kind.NONE || !Scores.canScore(schema.target(), team[i].view())) {
                throw AccreteException.badArgument("challengers are compared by what they predict, but " + names[i]
                        + (target == Target.Kind.NONE
                                ? " has no target to predict; name the column to be predicted, or leave challengers out"
                                : " does not predict '" + schema.target().name() + "'; leave it out"));
            }
            if (Arrays.asList(names).subList(0, i).contains(names[i])) {
                throw AccreteException.badArgument("each challenger must differ from the champion and from the others"
                        + " in its learner, steps or parameters, but " + names[i] + " is there twice; leave one out");
            }
        }
        hasProbabilities = Arrays.stream(team).allMatch(pipeline -> pipeline.view() instanceof ProbabilisticClassifier);
        losses = new RowLosses[team.length];
        Arrays.setAll(losses, i -> new RowLosses(target));
        windows = new PairedWindows(challengers.size());
        log = new ChunkBuffer(schema, LOG_ROWS);
        lossSums = new double[team.length];
        errorSums = new double[team.length];
    }

    /** {@return names of learners, each with the parameters and steps in which it differs from others of that name} */
    static List<String> names(List<Pipeline> team) {
        List<String> names = new ArrayList<>();
        for (Pipeline one : team) {
            TreeSet<String> keys = new TreeSet<>();
            boolean hasOtherSteps = false;
            for (Pipeline other : team) {
                if (other.learner().equals(one.learner())) {
                    hasOtherSteps |= !other.steps().equals(one.steps());
                    Map<String, String> theirs = other.settings();
                    one.settings().forEach((key, value) -> {
                        if (!value.equals(theirs.getOrDefault(key, value))) {
                            keys.add(key);
                        }
                    });
                }
            }
            Map<String, String> settings = new LinkedHashMap<>();
            keys.forEach(key -> settings.put(key, one.settings().getOrDefault(key, "")));
            if (hasOtherSteps) {
                settings.put(ChallengerText.STEPS, one.steps().isEmpty() ? "none" : String.join(",", one.steps()));
            }
            names.add(new DriftText(one.learner(), settings).toString().replaceAll("\\s", " "));
        }
        return names;
    }

    /** {@return how many challengers a state has} */
    static int count(State state) {
        return state.tensors().containsKey(LOSSES) ? state.tensor(LOSSES).doubles().length - 1 : 0;
    }

    /** {@return the challengers of a state; none where there are none} */
    static List<Pipeline> stored(PlugIns plugIns, State state) {
        List<Pipeline> stored = new ArrayList<>();
        for (int i = 1; i <= count(state); i++) {
            stored.add(Pipeline.restore(plugIns, state.part(PART + i + ".")));
        }
        return stored;
    }

    Pipeline champion() {
        return team[0];
    }

    // --- beginning and going on

    /**
     * Begins, or continues where the run that stored a state ended.
     *
     * @param rowsBefore rows handed on before
     */
    void begin(long rowsBefore, Optional<State> resumed) {
        row = rowsBefore;
        cellsEnded = row / PairedWindows.CELL_ROWS;
        keep();
        resumed.ifPresent(this::read);
        if (row % BLOCK_ROWS == 0) {
            blockBegins();
        }
    }

    private void read(State state) {
        rows = state.whole(ROWS);
        lossSums = state.doubles(LOSSES, team.length);
        errorSums = state.doubles(ERRORS, team.length);
        state.list(CHANGES).forEach(line -> changes.add(ChampionChange.ofLine(line)));
        if (rows < 0) {
            throw AccreteException.corruptFile("rows compared must be >= 0 but were " + rows);
        }
        if (state.whole(ROW) != row) {
            // A version that is continued elsewhere: rows in between are missing.
            return;
        }
        windows.read(PREFIX, state);
        if (row % BLOCK_ROWS != 0 && state.texts().containsKey(BLOCK + "0.learner")) {
            State[] states = new State[team.length];
            Arrays.setAll(states, i -> state.part(BLOCK + i + "."));
            useBlock(states);
        }
    }

    /**
     * Goes on with a version that somebody went back to.
     *
     * @param rowsNow rows handed on so far, over all runs
     * @param champion restored from the version
     * @param challengers restored from it; if it has others than this run, those of this run begin anew
     * @param state what the version holds; its windows of rows go on only where its next row is the one that comes next
     */
    void goBackTo(long rowsNow, Pipeline champion, List<Pipeline> challengers, State state) {
        team[0] = champion;
        boolean areSame = challengers.size() == team.length - 1;
        for (int i = 1; i < team.length; i++) {
            if (areSame) {
                team[i] = challengers.get(i - 1);
            } else {
                team[i].beginAnew();
            }
        }
        List<String> now = names(List.of(team));
        Arrays.setAll(names, now::get);
        windows.clear();
        // Another reader may know other labels.
        log = new ChunkBuffer(log.schema(), LOG_ROWS);
        blockModels = Optional.empty();
        blockStart = new State[0];
        rows = 0;
        Arrays.fill(lossSums, 0);
        Arrays.fill(errorSums, 0);
        changes.clear();
        sinceVersion.clear();
        begin(rowsNow, areSame ? Optional.of(state) : Optional.empty());
    }

    /** Keeps what all are now, to go back to. Within a block, what they were at its start must be known. */
    private void keep() {
        State[] states = new State[team.length];
        Arrays.setAll(states, i -> team[i].state());
        before = states;
        log.clear();
        partEnds.clear();
        partsBeforeBlock = 0;
    }

    private void blockBegins() {
        blockStart = new State[0];
        if (Arrays.stream(team).anyMatch(Pipeline::isUntrained)
                || log.rows() + BLOCK_ROWS > log.capacity()
                || numbers(log.chunk()) > LOG_NUMBERS) {
            keep();
        }
        partsBeforeBlock = partEnds.size();
        if (Arrays.stream(team).noneMatch(Pipeline::isUntrained)) {
            Model[] models = new Model[team.length];
            Arrays.setAll(models, i -> team[i].snapshot());
            blockModels = Optional.of(models);
        }
    }

    private static long numbers(Chunk rows) {
        return rows instanceof SparseChunk sparse
                ? rows.rows() == 0 ? 0 : sparse.end(rows.rows() - 1)
                : (long) rows.rows() * rows.schema().width();
    }

    /** Finds out what all were at the start of this block, and keeps what they are now. */
    private void keepWithinBlock() {
        if (blockStart.length == 0) {
            State[] states = before.clone();
            for (int i = 0; i < team.length && partsBeforeBlock > 0; i++) {
                Pipeline then = team[i].at(before[i]);
                learnAgain(then, partsBeforeBlock);
                states[i] = then.state();
            }
            blockStart = states;
        }
        keep();
    }

    private void useBlock(State[] states) {
        blockStart = states;
        Model[] models = new Model[team.length];
        Arrays.setAll(models, i -> team[i].at(states[i]).snapshot());
        blockModels = Optional.of(models);
    }

    // --- rows

    /** {@return how many rows there are until the next look} */
    static long rowsUntilLook(long rowsBefore) {
        return PairedWindows.LOOK_ROWS - rowsBefore % PairedWindows.LOOK_ROWS;
    }

    /**
     * Lets all learn rows, or none of them.
     *
     * @param firstPass whether the source hands these rows on for the first time
     * @throws AccreteException as {@link Pipeline#partialFit}
     */
    void fit(Chunk chunk, boolean firstPass) {
        isCompared = firstPass && blockModels.isPresent() && chunk.hasTargets();
        if (isCompared) {
            for (int i = 0; i < team.length; i++) {
                losses[i].predict(blockModels.get()[i], chunk);
            }
        }
        int learned = 1;
        try {
            while (learned < team.length) {
                team[learned].partialFit(chunk);
                learned++;
            }
            // The last: what else is done with its rows need not be taken back.
            team[0].partialFit(chunk);
        } catch (RuntimeException | Error e) {
            takeBack(learned);
            throw e;
        }
        log.classes(chunk.classes());
        log.append(chunk, 0, chunk.rows());
        partEnds.add(log.rows());
    }

    private void takeBack(int learned) {
        for (int i = 1; i < learned; i++) {
            team[i].goBackTo(before[i]);
            learnAgain(team[i], partEnds.size());
        }
        if (log.rows() > BLOCK_ROWS) {
            // Where one row is refused, more are.
            keepWithinBlock();
        }
    }

    private void learnAgain(Pipeline pipeline, int parts) {
        int from = 0;
        for (int to : partEnds.subList(0, parts)) {
            pipeline.partialFit(log.chunk().slice(from, to));
            from = to;
        }
    }

    /**
     * Compares the rows that {@link #fit} took last.
     *
     * @param numberOf number of a row of the chunk, from 1 over all rows
     */
    void compare(Chunk chunk, IntToLongFunction numberOf) {
        for (int i = 0; isCompared && i < chunk.rows(); i++) {
            if (Double.isNaN(chunk.target(i))) {
                continue;
            }
            endCells((numberOf.applyAsLong(i) - 1) / PairedWindows.CELL_ROWS);
            rows++;
            double champion = judged(0, i);
            for (int k = 0; k < team.length; k++) {
                lossSums[k] += bounded(losses[k].loss(i));
                errorSums[k] += bounded(losses[k].error(i));
                if (k > 0) {
                    windows.add(k - 1, champion - judged(k, i));
                }
            }
        }
    }

    private double judged(int learner, int i) {
        return bounded(hasProbabilities ? losses[learner].loss(i) : losses[learner].error(i));
    }

    private static double bounded(double loss) {
        return loss < MOST_LOSS ? loss : MOST_LOSS;
    }

    private void endCells(long ended) {
        for (; cellsEnded < ended; cellsEnded++) {
            if (blockModels.isPresent()) {
                windows.cellEnds();
            }
        }
    }

    /**
     * Ends the looks and blocks that end before some rows or with them.
     *
     * @param rowsNow rows handed on so far, over all runs
     * @return a change of the champion
     */
    Optional<ChampionChange> rowsEnd(long rowsNow) {
        long rowBefore = row;
        row = rowsNow;
        Optional<ChampionChange> change = Optional.empty();
        // Rows that are held out may pass several looks at once.
        for (long look = rowBefore / PairedWindows.LOOK_ROWS + 1; look <= row / PairedWindows.LOOK_ROWS; look++) {
            long end = look * PairedWindows.LOOK_ROWS;
            endCells(end / PairedWindows.CELL_ROWS);
            Optional<PairedWindows.Found> found = windows.look();
            change = found.isPresent() ? Optional.of(change(found.get(), end)) : change;
        }
        endCells(row / PairedWindows.CELL_ROWS);
        if (rowBefore / BLOCK_ROWS != row / BLOCK_ROWS) {
            blockBegins();
        }
        return change;
    }

    private ChampionChange change(PairedWindows.Found found, long at) {
        int winner = found.pair() + 1;
        ChampionChange change = new ChampionChange(
                at,
                names[0],
                names[winner],
                hasProbabilities ? "log-loss" : target == Target.Kind.NUMERIC ? "absolute error" : "error rate",
                found.gain(),
                found.rows(),
                found.probability());
        swap(team, winner);
        swap(names, winner);
        swap(before, winner);
        if (blockStart.length > 0) {
            swap(blockStart, winner);
        }
        blockModels.ifPresent(models -> swap(models, winner));
        swap(lossSums, winner);
        swap(errorSums, winner);
        windows.clear();
        if (changes.size() == MOST_CHANGES) {
            changes.remove(0);
        }
        changes.add(change);
        sinceVersion.add(change);
        return change;
    }

    private static <T> void swap(T[] array, int winner) {
        T first = array[0];
        array[0] = array[winner];
        array[winner] = first;
    }

    private static void swap(double[] array, int winner) {
        double first = array[0];
        array[0] = array[winner];
        array[winner] = first;
    }

    // --- versions and reports

    void writeTo(State.Builder state) {
        keepWithinBlock();
        for (int i = 1; i < team.length; i++) {
            state.all(PART + i + ".", before[i]);
        }
        state.whole(ROW, row)
                .whole(ROWS, rows)
                .doubles(LOSSES, lossSums.clone())
                .doubles(ERRORS, errorSums.clone())
                .list(CHANGES, changes.stream().map(ChampionChange::toLine).toList());
        windows.writeTo(PREFIX, state);
        for (int i = 0; row % BLOCK_ROWS != 0 && blockModels.isPresent() && i < team.length; i++) {
            state.all(BLOCK + i + ".", blockStart[i]);
        }
    }

    /** Says who the champion is, and how it became that since the last version. */
    void say(Map<String, String> facts) {
        facts.put("champion", names[0]);
        if (!sinceVersion.isEmpty()) {
            facts.put(
                    "champion_changes",
                    String.join(
                            "; ",
                            sinceVersion.stream().map(ChampionChange::toText).toList()));
        }
    }

    /** Changes from before belong to the version that was appended. */
    void versionAppended() {
        sinceVersion.clear();
    }

    ChallengerReport report() {
        List<ChallengerReport.Learner> learners = new ArrayList<>();
        for (int i = 0; i < team.length; i++) {
            Map<String, Double> metrics = new LinkedHashMap<>();
            double loss = lossSums[i] / rows;
            double error = errorSums[i] / rows;
            if (target == Target.Kind.NUMERIC) {
                metrics.put("mae", error);
                metrics.put("rmse", Math.sqrt(loss));
            } else {
                if (hasProbabilities) {
                    metrics.put("log_loss", loss);
                }
                metrics.put("accuracy", 1 - error);
            }
            learners.add(new ChallengerReport.Learner(names[i], rows, metrics));
        }
        return new ChallengerReport(learners, changes);
    }
}
