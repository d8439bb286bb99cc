package org.accrete.core.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Model;
import org.accrete.core.score.Scores;

/**
 * Two models on the same rows, in one pass and in memory that does not depend on their number. Neither learns. Not
 * thread-safe.
 *
 * <ul>
 *   <li>Every row counts once, whatever its weight. A row without a target is predicted, not scored; a row whose weight
 *       is NaN stands for one that could not be read and is left out.
 *   <li>Scores are those of {@code org.accrete.core.score}: log-loss with probabilities clipped at 1e-15, and of a
 *       class that a model does not know the share that it had in the rows before; AUC from 4,096 bins.
 *   <li>Intervals and tests count blocks of neighbouring rows, not rows; see {@link PairedReport.PairedScore}.
 *   <li>The report does not depend on where chunks end.
 * </ul>
 */
public final class PairedRun {
    /** Values of one column that are told apart; rows with further ones are one slice, {@link #OTHERS}. */
    public static final int MOST_SLICES = 10_000;

    /** The slice of the values behind the first {@value #MOST_SLICES}. */
    public static final String OTHERS = "(others)";

    private static final int BINS = 4_096;
    private static final double CLIP = 20.0;

    // Sums of a block. Of classes: loss, and whether right. Of numbers: distance and its square, the target's moments.
    private static final int ROWS = 0;
    private static final int FIRST_LOSS = 1;
    private static final int SECOND_LOSS = 2;
    private static final int FIRST_OTHER = 3;
    private static final int SECOND_OTHER = 4;
    private static final int TARGET = 5;
    private static final int TARGET_SQUARED = 6;
    private static final int SUMS = 7;

    private final boolean isCategorical;
    private final Labels labels = new Labels();
    private final Predictor first;
    private final Predictor second;
    private final boolean hasProbabilities;
    private final Executor executor;
    private final BlockSums blocks;
    private final boolean isBinary;
    private final List<Slices> by = new ArrayList<>();

    private final List<Calibration.Counts> calibrations = List.of(new Calibration.Counts(), new Calibration.Counts());
    private final Map<Long, long[]> transitions = new HashMap<>();
    private long[] seen = new long[16];
    private long rows;
    private long scored;
    private long changed;
    private double change;
    private double absoluteChange;
    private double largestChange;
    private long onlyFirst;
    private long onlySecond;
    private double origin = Double.NaN;

    /**
     * Makes a run that has seen no row.
     *
     * @param target what is predicted
     * @param first a model that nothing else uses during the run
     * @param second another one of the same columns
     * @param by names of the columns that rows are told apart by
     * @param executor where the second model predicts while the first does on the calling thread; {@code Runnable::run}
     *     for one thread
     * @throws AccreteException bad argument: a model predicts nothing, or there is no target
     */
    public PairedRun(Target target, Model first, Model second, List<String> by, Executor executor) {
        this.isCategorical = target.kind() == Target.Kind.CATEGORICAL;
        if (target.kind() == Target.Kind.NONE) {
            throw AccreteException.badArgument("there is no target, so there are no predictions to compare");
        }
        this.first = new Predictor(first, labels);
        this.second = new Predictor(second, labels);
        this.hasProbabilities = this.first.givesProbabilities() && this.second.givesProbabilities();
        this.executor = executor;
        labels.numbers(target.classes());
        this.isBinary = isCategorical && labels.count() == 2;
        this.blocks = new BlockSums(SUMS, isBinary ? 4 * BINS : 0);
        by.forEach(name -> this.by.add(new Slices(name)));
    }

    /** The text that a row has in a column. */
    @FunctionalInterface
    public interface Texts {
        /** {@return the text} */
        String text(int row, int column);
    }

    /**
     * Lets both predict some rows and counts them.
     *
     * @param ofFirst the rows as the first model's plan encodes them
     * @param ofSecond the same rows, in the same order, as the second model's plan encodes them; may be the same chunk
     * @param texts what each row has in the columns to tell rows apart by, in their order
     * @throws AccreteException bad state: a model does not predict such rows; bad data: a row cannot be used
     */
    public void add(Chunk ofFirst, Chunk ofSecond, Texts texts) {
        if (ofFirst.rows() != ofSecond.rows()) {
            throw AccreteException.badState("both models must be given the same rows but " + ofFirst.rows() + " and "
                    + ofSecond.rows() + " were read; their column plans leave out different ones");
        }
        if (isCategorical) {
            labels.rows(ofFirst.classes());
        }
        FutureTask<Void> other = new FutureTask<>(() -> second.predict(ofSecond, labels), null);
        executor.execute(other);
        try {
            first.predict(ofFirst, labels);
        } finally {
            await(other);
        }
        for (int row = 0; row < ofFirst.rows(); row++) {
            if (!Double.isNaN(ofFirst.weight(row)) && !Double.isNaN(ofSecond.weight(row))) {
                count(ofFirst, row, texts);
            }
        }
    }

    private static void await(FutureTask<Void> task) {
        try {
            task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            if (e.getCause() instanceof Error failure) {
                throw failure;
            }
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AccreteException.badState("the comparison was interrupted");
        }
    }

    private void count(Chunk chunk, int row, Texts texts) {
        rows++;
        boolean isChanged = isCategorical ? countClasses(row) : countNumbers(row);
        double target = chunk.hasTargets() ? chunk.target(row) : Double.NaN;
        boolean isScored = !Double.isNaN(target);
        if (isScored) {
            scored++;
            double[] sums = blocks.current();
            sums[ROWS]++;
            if (isCategorical) {
                scoreClass(labels.ofRow((int) target), row, sums);
            } else {
                scoreNumber(target, row, sums);
            }
        }
        for (int column = 0; column < by.size(); column++) {
            by.get(column).count(texts.text(row, column), isChanged, isScored);
        }
        if (isScored && blocks.rowEnds()) {
            by.forEach(Slices::join);
        }
    }

    // Losses of the row being counted, for the slices.
    private double firstLoss;
    private double secondLoss;

    private boolean countClasses(int row) {
        int before = first.winners[row];
        int after = second.winners[row];
        if (isBinary && hasProbabilities) {
            countChange(second.ofSecond[row] - first.ofSecond[row]);
        }
        if (before == after) {
            return false;
        }
        changed++;
        transitions.computeIfAbsent(((long) before << Integer.SIZE) | (after & 0xFFFFFFFFL), pair -> new long[1])[0]++;
        return true;
    }

    private boolean countNumbers(int row) {
        countChange(second.values[row] - first.values[row]);
        boolean isChanged = second.values[row] != first.values[row];
        changed += isChanged ? 1 : 0;
        return isChanged;
    }

    private void countChange(double by) {
        change += by;
        absoluteChange += Math.abs(by);
        largestChange = Math.max(largestChange, Math.abs(by));
    }

    private void scoreClass(int actual, int row, double[] sums) {
        if (actual >= seen.length) {
            seen = Arrays.copyOf(seen, 2 * actual);
        }
        boolean isFirst = first.winners[row] == actual;
        boolean isSecond = second.winners[row] == actual;
        onlyFirst += isFirst && !isSecond ? 1 : 0;
        onlySecond += isSecond && !isFirst ? 1 : 0;
        sums[FIRST_OTHER] += isFirst ? 1 : 0;
        sums[SECOND_OTHER] += isSecond ? 1 : 0;
        if (hasProbabilities) {
            double share = (seen[actual] + 1.0) / (scored - 1 + labels.count());
            firstLoss = loss(first.ofTarget[row], share);
            secondLoss = loss(second.ofTarget[row], share);
            sums[FIRST_LOSS] += firstLoss;
            sums[SECOND_LOSS] += secondLoss;
        } else {
            firstLoss = isFirst ? 1 : 0;
            secondLoss = isSecond ? 1 : 0;
        }
        calibrate(calibrations.get(0), first, actual, row);
        calibrate(calibrations.get(1), second, actual, row);
        if (isBinary && actual < 2) {
            int[] counts = blocks.currentCounts();
            counts[actual * BINS + bin(first.margins[row])]++;
            counts[(2 + actual) * BINS + bin(second.margins[row])]++;
        }
        seen[actual]++;
    }

    private static double loss(double probability, double share) {
        return Scores.logLoss(probability < 0 ? share : probability);
    }

    private void calibrate(Calibration.Counts counts, Predictor predictor, int actual, int row) {
        if (predictor.givesProbabilities()) {
            counts.add(
                    isBinary ? predictor.ofSecond[row] : predictor.ofWinner[row],
                    isBinary ? actual == 1 : predictor.winners[row] == actual);
        }
    }

    private static int bin(double decision) {
        double clipped = Math.max(-CLIP, Math.min(CLIP, decision));
        return Math.min(BINS - 1, (int) ((clipped + CLIP) * (BINS / (2 * CLIP))));
    }

    private void scoreNumber(double target, int row, double[] sums) {
        double before = target - first.values[row];
        double after = target - second.values[row];
        firstLoss = Math.abs(before);
        secondLoss = Math.abs(after);
        sums[FIRST_LOSS] += firstLoss;
        sums[SECOND_LOSS] += secondLoss;
        sums[FIRST_OTHER] += before * before;
        sums[SECOND_OTHER] += after * after;
        if (Double.isNaN(origin)) {
            origin = target;
        }
        sums[TARGET] += target - origin;
        sums[TARGET_SQUARED] += (target - origin) * (target - origin);
    }

    /** {@return what was seen so far} */
    public PairedReport report() {
        Map<String, Double> changes = new LinkedHashMap<>();
        if (rows > 0 && (!isCategorical || (isBinary && hasProbabilities))) {
            changes.put("mean_change", change / rows);
            changes.put("mean_absolute_change", absoluteChange / rows);
            changes.put("largest_change", largestChange);
        }
        Map<String, List<PairedReport.Slice>> slices = new LinkedHashMap<>();
        by.forEach(column -> slices.put(column.name, column.slices()));
        return new PairedReport(
                rows,
                scored,
                rows == 0 ? Double.NaN : (double) changed / rows,
                changes,
                transitions(),
                scored == 0 ? Map.of() : scores(),
                isCategorical && scored > 0 ? Optional.of(new McNemar(onlyFirst, onlySecond)) : Optional.empty(),
                calibration(),
                course(),
                slices);
    }

    private List<PairedReport.Transition> transitions() {
        return transitions.entrySet().stream()
                .map(entry -> new PairedReport.Transition(
                        label((int) (entry.getKey() >> Integer.SIZE)),
                        label(entry.getKey().intValue()),
                        entry.getValue()[0]))
                .sorted(Comparator.comparing(PairedReport.Transition::rows)
                        .reversed()
                        .thenComparing(PairedReport.Transition::from)
                        .thenComparing(PairedReport.Transition::to))
                .limit(PairedReport.MOST_TRANSITIONS)
                .toList();
    }

    private String label(int number) {
        return number < 0 ? "" : labels.label(number);
    }

    private List<Optional<Calibration>> calibration() {
        if (!isCategorical || scored == 0) {
            return List.of();
        }
        return List.of(
                Optional.of(calibrations.get(0).calibration()).filter(some -> first.givesProbabilities()),
                Optional.of(calibrations.get(1).calibration()).filter(some -> second.givesProbabilities()));
    }

    private Map<String, PairedReport.PairedScore> scores() {
        Map<String, PairedReport.PairedScore> scores = new LinkedHashMap<>();
        if (!isCategorical) {
            scores.put("mae", ofSums(mean(FIRST_LOSS), mean(SECOND_LOSS)));
            scores.put("rmse", ofSums(root(FIRST_OTHER), root(SECOND_OTHER)));
            scores.put("r2", ofSums(r2(FIRST_OTHER), r2(SECOND_OTHER)));
            return scores;
        }
        if (hasProbabilities) {
            scores.put("log_loss", ofSums(mean(FIRST_LOSS), mean(SECOND_LOSS)));
        } else {
            scores.put("accuracy", ofSums(mean(FIRST_OTHER), mean(SECOND_OTHER)));
        }
        if (isBinary && labels.count() == 2) {
            scores.put("roc_auc", areas());
        }
        scores.putIfAbsent("accuracy", ofSums(mean(FIRST_OTHER), mean(SECOND_OTHER)));
        return scores;
    }

    private static ToDoubleFunction<double[]> mean(int sum) {
        return sums -> sums[sum] / sums[ROWS];
    }

    private static ToDoubleFunction<double[]> root(int sum) {
        return sums -> Math.sqrt(sums[sum] / sums[ROWS]);
    }

    private static ToDoubleFunction<double[]> r2(int sum) {
        return sums -> {
            double spread = sums[TARGET_SQUARED] - sums[TARGET] * sums[TARGET] / sums[ROWS];
            return spread > 0 ? 1 - sums[sum] / spread : Double.NaN;
        };
    }

    private PairedReport.PairedScore ofSums(ToDoubleFunction<double[]> first, ToDoubleFunction<double[]> second) {
        double[][] byBlock = new double[blocks.whole()][];
        for (int g = 0; g < byBlock.length; g++) {
            byBlock[g] = blocks.sums(g);
        }
        return score(
                first.applyAsDouble(blocks.total()),
                second.applyAsDouble(blocks.total()),
                series(byBlock, blocks.length(), first),
                series(byBlock, blocks.length(), second));
    }

    private static BlockSeries series(double[][] blocks, long length, ToDoubleFunction<double[]> score) {
        if (blocks.length == 0) {
            return new BlockSeries(new double[0], length);
        }
        double[] all = BlockSums.total(blocks);
        return BlockSeries.jackknife(
                blocks.length, length, score.applyAsDouble(all), g -> score.applyAsDouble(without(all, blocks[g])));
    }

    private static double[] without(double[] all, double[] block) {
        double[] rest = all.clone();
        for (int k = 0; k < rest.length; k++) {
            rest[k] -= block[k];
        }
        return rest;
    }

    private static PairedReport.PairedScore score(
            double first, double second, BlockSeries firstBlocks, BlockSeries secondBlocks) {
        BlockSeries differences = secondBlocks.minus(firstBlocks).longEnough();
        return new PairedReport.PairedScore(
                firstBlocks.longEnough().around(first),
                secondBlocks.longEnough().around(second),
                differences.around(second - first),
                differences.pValue(),
                differences.blocks(),
                differences.length(),
                differences.isCorrelated());
    }

    private PairedReport.PairedScore areas() {
        long[] all = blocks.totalCounts();
        long[] whole = new long[all.length];
        for (int g = 0; g < blocks.whole(); g++) {
            add(whole, blocks.counts(g), 1);
        }
        return score(area(all, 0), area(all, 2 * BINS), areas(whole, 0), areas(whole, 2 * BINS));
    }

    private BlockSeries areas(long[] whole, int from) {
        IntToDoubleFunction without = g -> {
            long[] rest = whole.clone();
            add(rest, blocks.counts(g), -1);
            return area(rest, from);
        };
        return BlockSeries.jackknife(blocks.whole(), blocks.length(), area(whole, from), without);
    }

    private static void add(long[] counts, int[] block, int sign) {
        for (int k = 0; k < counts.length; k++) {
            counts[k] += (long) sign * block[k];
        }
    }

    private static double area(long[] counts, int from) {
        double negatives = 0;
        double positives = 0;
        double pairs = 0;
        for (int bin = from; bin < from + BINS; bin++) {
            double positive = counts[BINS + bin];
            pairs += positive * (negatives + 0.5 * counts[bin]);
            negatives += counts[bin];
            positives += positive;
        }
        return pairs / (positives * negatives);
    }

    /** {@return scores of the whole blocks, and of what is behind them} */
    private List<PairedReport.BlockScores> course() {
        List<PairedReport.BlockScores> course = new ArrayList<>();
        boolean isAccuracy = isCategorical && !hasProbabilities;
        long before = 0;
        for (int g = 0; g <= blocks.whole() && g < BlockSums.MOST; g++) {
            double[] sums = blocks.sums(g);
            long count = (long) sums[ROWS];
            if (count > 0) {
                course.add(new PairedReport.BlockScores(
                        before,
                        before + count,
                        sums[isAccuracy ? FIRST_OTHER : FIRST_LOSS] / count,
                        sums[isAccuracy ? SECOND_OTHER : SECOND_LOSS] / count));
            }
            before += count;
        }
        return course;
    }

    /** The rows by the values of one column. */
    private final class Slices {
        private final String name;
        private final Map<String, Sums> values = new HashMap<>();

        Slices(String name) {
            this.name = name;
        }

        void count(String text, boolean isChanged, boolean isScored) {
            Sums sums = values.get(text);
            if (sums == null) {
                String value = values.size() < MOST_SLICES ? text : OTHERS;
                sums = values.computeIfAbsent(value, some -> new Sums());
            }
            sums.rows++;
            sums.changed += isChanged ? 1 : 0;
            if (isScored) {
                double[] block = sums.blocks[blocks.block()];
                block[ROWS]++;
                block[FIRST_LOSS] += firstLoss;
                block[SECOND_LOSS] += secondLoss;
            }
        }

        void join() {
            values.values().forEach(sums -> BlockSums.join(sums.blocks));
        }

        List<PairedReport.Slice> slices() {
            List<PairedReport.Slice> slices = new ArrayList<>();
            values.forEach((value, sums) -> slices.add(sums.slice(value)));
            slices.sort(
                    Comparator.comparing(PairedReport.Slice::rows).reversed().thenComparing(PairedReport.Slice::value));
            return slices;
        }
    }

    /** Of the rows with one value. */
    private final class Sums {
        private long rows;
        private long changed;
        private final double[][] blocks = BlockSums.part(SECOND_LOSS + 1);

        PairedReport.Slice slice(String value) {
            double[] all = BlockSums.total(blocks);
            List<double[]> some = new ArrayList<>();
            for (int g = 0; g < PairedRun.this.blocks.whole(); g++) {
                if (blocks[g][ROWS] > 0) {
                    some.add(blocks[g]);
                }
            }
            BlockSeries differences = series(
                            some.toArray(double[][]::new),
                            PairedRun.this.blocks.length(),
                            sums -> (sums[SECOND_LOSS] - sums[FIRST_LOSS]) / sums[ROWS])
                    .longEnough();
            double first = all[FIRST_LOSS] / all[ROWS];
            double second = all[SECOND_LOSS] / all[ROWS];
            return new PairedReport.Slice(
                    value,
                    rows,
                    (long) all[ROWS],
                    (double) changed / rows,
                    first,
                    second,
                    differences.around(second - first));
        }
    }
}
