package org.accrete.core.score;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.store.State;

/**
 * Scores of a categorical target.
 *
 * <ul>
 *   <li>{@code log_loss}: mean of −ln of the probability given to the row's class, clipped to at least 1e-15; undefined
 *       for a model that gives no probabilities.
 *   <li>{@code roc_auc}: two classes only; from 4,096 equal bins of the decision value clipped to ±20, half credit
 *       within a bin.
 *   <li>{@code accuracy}; {@code kappa}: (accuracy − chance) / (1 − chance), chance from the shares of what was
 *       predicted and of what was true (Cohen 1960); {@code kappa_t}: the same with the accuracy of {@code no_change}
 *       in place of chance (Bifet et al. 2013).
 * </ul>
 *
 * <p>A class that the model does not know yet counts as wrong, with the probability that {@code class_shares} gives it:
 * the model says nothing of that class, and any constant in its place would decide the mean. A model that knows no
 * class at all has no {@code log_loss}.
 *
 * <p>Baselines: {@code no_change} predicts the previous row's class, {@code majority} the commonest class of all rows
 * before the row (the first of equals); before the first row both are wrong. {@code class_shares} gives each class the
 * probability (rows of it before + 1) / (rows before + classes known), where the row's own class counts as known.
 */
final class ClassificationScores extends Scores {
    private static final int BINS = 4_096;
    private static final double CLIP = 20.0;
    /** In place of the likelihood of a class that the model does not know. */
    private static final double UNKNOWN_CLASS = -1;

    private static final int MODEL = 0;
    private static final int NO_CHANGE = 1;
    private static final int MAJORITY = 2;
    private static final int PREDICTORS = 3;

    /** Most decision values or probabilities of one slice of a chunk, so that the arrays stay small. */
    private static final int SLICE = 1 << 16;

    private static final List<Figure> FIGURES = List.of(
            new Figure("", "log_loss"),
            new Figure("", "roc_auc"),
            new Figure("", "accuracy"),
            new Figure("", "kappa"),
            new Figure("", "kappa_t"),
            new Figure("no_change", "accuracy"),
            new Figure("no_change", "kappa"),
            new Figure("no_change", "kappa_t"),
            new Figure("majority", "accuracy"),
            new Figure("majority", "kappa"),
            new Figure("majority", "kappa_t"),
            new Figure("class_shares", "log_loss"));

    private final Sums all = new Sums();
    private final Sums block = new Sums();
    private Sums before = new Sums();
    private long[] passed = {};
    private long passedRows;
    private int classes;
    private int previous = -1;
    private int commonest = -1;

    // Predictions of the chunk being scored, overwritten by each chunk.
    private double[] decisions = {};
    private double[] probabilities = {};
    private double[] likelihoods = {};
    private double[] margins = {};
    private int[] winners = {};
    private int modelClasses;

    ClassificationScores(int classes, String prefix) {
        super(FIGURES, prefix);
        grow(classes);
    }

    @Override
    public void predict(Model model, Chunk chunk) {
        Classifier classifier = classifier(model, chunk);
        checkTargets(chunk);
        checkLabels(classifier.classes(), chunk.classes());
        modelClasses = classifier.classes().size();
        int rows = chunk.rows();
        growTo(rows);
        int most = sliceRows(modelClasses);
        if (rows <= most) {
            predictSlice(classifier, chunk, 0);
            return;
        }
        for (int from = 0; from < rows; from += most) {
            predictSlice(classifier, chunk.slice(from, Math.min(rows, from + most)), from);
        }
    }

    private void predictSlice(Classifier model, Chunk slice, int first) {
        int rows = slice.rows();
        int width = model.decisions();
        decisions = withLength(decisions, rows * width);
        model.decide(slice, decisions);
        for (int row = 0; row < rows; row++) {
            winners[first + row] = model.winner(decisions, row);
            margins[first + row] = decisions[row * width];
        }
        keepLikelihoods(model, slice, 0, rows, modelClasses, first);
    }

    @Override
    public void useDecisions(Model model, int known, double[] values, Chunk chunk) {
        Classifier classifier = classifier(model, chunk);
        modelClasses = known;
        int rows = chunk.rows();
        growTo(rows);
        int classesThen = known;
        int next = 0;
        int from = 0;
        while (from < rows) {
            // A class is known from the row after its first.
            if (Double.isNaN(chunk.target(from))) {
                // Without decision values, and not counted.
                from++;
                continue;
            }
            int to = from;
            int last = Math.min(rows, from + sliceRows(classesThen));
            int classesNext = classesThen;
            while (to < last && classesNext == classesThen && !Double.isNaN(chunk.target(to))) {
                classesNext = Math.max(classesThen, (int) chunk.target(to) + 1);
                to++;
            }
            int width = OnlineLearner.decisions(Target.Kind.CATEGORICAL, classesThen);
            int count = (to - from) * width;
            decisions = withLength(decisions, count);
            System.arraycopy(values, next, decisions, 0, count);
            for (int row = from; row < to; row++) {
                winners[row] = Classifier.winner(decisions, row - from, classesThen);
                margins[row] = decisions[(row - from) * width];
            }
            keepLikelihoods(classifier, chunk, from, to - from, classesThen, from);
            next += count;
            from = to;
            classesThen = classesNext;
        }
    }

    /** Keeps the probability that the decision values of some rows give to each row's own class, if it is known. */
    private void keepLikelihoods(Classifier model, Chunk chunk, int from, int rows, int known, int first) {
        if (!(model instanceof ProbabilisticClassifier probabilistic)) {
            Arrays.fill(likelihoods, first, first + rows, Double.NaN);
            return;
        }
        probabilities = withLength(probabilities, rows * known);
        probabilistic.probabilities(decisions, rows, known, probabilities);
        for (int row = 0; row < rows; row++) {
            int actual = chunk.hasTargets() ? (int) chunk.target(from + row) : 0;
            likelihoods[first + row] =
                    known == 0 ? Double.NaN : actual < known ? probabilities[row * known + actual] : UNKNOWN_CLASS;
        }
    }

    private static Classifier classifier(Model model, Chunk chunk) {
        return AnomalyDecisions.classifier(model, chunk.classes())
                .orElseThrow(() -> AccreteException.badState(
                        "a categorical target can only be scored with a classifier or a scorer of anomalies"));
    }

    private static int sliceRows(int known) {
        return Math.max(1, SLICE / Math.max(1, known));
    }

    private void growTo(int rows) {
        likelihoods = withLength(likelihoods, rows);
        margins = withLength(margins, rows);
        if (winners.length < rows) {
            winners = new int[Math.max(rows, 2 * winners.length)];
        }
    }

    private static void checkTargets(Chunk chunk) {
        int rows = chunk.hasTargets() ? chunk.rows() : 0;
        int known = chunk.classes().size();
        for (int row = 0; row < rows; row++) {
            double target = chunk.target(row);
            int code = (int) target;
            if (!Double.isNaN(target) && (code != target || code < 0 || code >= known)) {
                throw AccreteException.badRow(row, "a class index must be >= 0 and < " + known + " but was " + target);
            }
        }
    }

    private static void checkLabels(List<String> model, List<String> data) {
        if (model == data) {
            return;
        }
        int common = Math.min(model.size(), data.size());
        for (int c = 0; c < common; c++) {
            if (!model.get(c).equals(data.get(c))) {
                throw AccreteException.badState(
                        "classes of the data must begin with those of the model, " + model + ", but are " + data);
            }
        }
    }

    @Override
    public void count(Chunk chunk, int from, int to) {
        int end = end(chunk, to);
        grow(modelClasses);
        for (int row = from; row < end; row++) {
            count(chunk.target(row), row, previous, commonest);
        }
    }

    @Override
    public void countLate(Chunk chunk, double noChange, double usual) {
        grow(modelClasses);
        if (end(chunk, 1) == 1) {
            count(chunk.target(0), 0, (int) noChange, (int) usual);
        }
    }

    private void count(double target, int row, int noChange, int majority) {
        if (Double.isNaN(target)) {
            return;
        }
        int actual = (int) target;
        grow(actual + 1);
        double shareLoss = shareLoss(actual);
        double loss = loss(row, shareLoss);
        int bin = bin(margins[row]);
        all.add(actual, winners[row], noChange, majority, loss, shareLoss, bin);
        block.add(actual, winners[row], noChange, majority, loss, shareLoss, bin);
        observe(actual);
        rowEnds();
    }

    @Override
    public double noChange() {
        return previous;
    }

    @Override
    public double usual() {
        return commonest;
    }

    private double shareLoss(int actual) {
        return -StrictMath.log((seen(actual) + 1.0) / (all.rows + passedRows + classes));
    }

    private double loss(int row, double shareLoss) {
        return likelihoods[row] == UNKNOWN_CLASS ? shareLoss : logLoss(likelihoods[row]);
    }

    @Override
    public double predicted(int row) {
        return winners[row];
    }

    @Override
    public double loss(Chunk chunk, int row) {
        double target = chunk.hasTargets() ? chunk.target(row) : Double.NaN;
        if (Double.isNaN(target)) {
            return Double.NaN;
        }
        int actual = (int) target;
        grow(Math.max(modelClasses, actual + 1));
        return loss(row, shareLoss(actual));
    }

    @Override
    public void pass(Chunk chunk, int from, int to) {
        int end = end(chunk, to);
        for (int row = from; row < end; row++) {
            double target = chunk.target(row);
            if (!Double.isNaN(target)) {
                int actual = (int) target;
                grow(actual + 1);
                passed[actual]++;
                passedRows++;
                observe(actual);
                rowEnds();
            }
        }
    }

    /** What the baselines know after a row. */
    private void observe(int actual) {
        previous = actual;
        if (commonest < 0 || beats(actual, commonest)) {
            commonest = actual;
        }
    }

    private long seen(int label) {
        return all.actual[label] + passed[label];
    }

    private boolean beats(int challenger, int holder) {
        long more = seen(challenger) - seen(holder);
        return more > 0 || (more == 0 && challenger < holder);
    }

    @Override
    long scored() {
        return all.rows;
    }

    @Override
    long passed() {
        return passedRows;
    }

    private static int bin(double decision) {
        double clipped = Math.max(-CLIP, Math.min(CLIP, decision));
        return Math.min(BINS - 1, (int) ((clipped + CLIP) * (BINS / (2 * CLIP))));
    }

    private void grow(int atLeast) {
        if (atLeast > classes) {
            classes = atLeast;
            all.grow(classes);
            block.grow(classes);
            passed = Arrays.copyOf(passed, all.actual.length);
        }
    }

    @Override
    Optional<double[]> nextBlock() {
        Optional<double[]> ended = block.rows == BLOCK ? Optional.of(block.values()) : Optional.empty();
        block.clear();
        return ended;
    }

    @Override
    double[] cumulative() {
        return all.values();
    }

    @Override
    public void beginStretch() {
        before = all.minus(new Sums());
    }

    @Override
    double[] sinceStretchBegan() {
        return all.minus(before).values();
    }

    @Override
    String requiredTensor() {
        return prefix() + "actual";
    }

    @Override
    void write(State.Builder state) {
        state.whole(prefix() + "previous", previous);
        if (passedRows > 0) {
            state.longs(prefix() + "passed", Arrays.copyOf(passed, classes));
        }
        all.write(prefix(), state);
        block.write(prefix() + "block.", state);
    }

    @Override
    void read(State state) {
        grow(state.tensor(prefix() + "actual").size());
        all.read(prefix(), state);
        block.read(prefix() + "block.", state);
        if (state.tensors().containsKey(prefix() + "passed")) {
            passed = state.longs(prefix() + "passed", classes);
            passedRows = Arrays.stream(passed).sum();
        }
        long before = state.whole(prefix() + "previous");
        if (before < -1 || before >= classes) {
            throw AccreteException.corruptFile(
                    "tensor '" + prefix() + "previous' must be >= -1 and < " + classes + " but is " + before);
        }
        previous = (int) before;
        commonest = -1;
        for (int c = 0; c < classes; c++) {
            if (seen(c) > 0 && (commonest < 0 || beats(c, commonest))) {
                commonest = c;
            }
        }
    }

    /** Subtracts counts, of which the second ones may be fewer, as far as there is room. */
    private static void subtract(long[] from, long[] counts, long[] differences) {
        for (int i = 0; i < Math.min(from.length, differences.length); i++) {
            differences[i] = from[i] - (i < counts.length ? counts[i] : 0);
        }
    }

    /** Counts and sums over some rows; predictions are counted per predictor: the model, no-change, the majority. */
    private final class Sums {
        private final long[] correct = new long[PREDICTORS];
        private final long[][] predicted = {{}, {}, {}};
        private long[] actual = {};
        private long[] auc = new long[2 * BINS];
        private long rows;
        private double logLoss;
        private double shareLoss;

        void add(int truth, int winner, int noChange, int majority, double loss, double shares, int bin) {
            rows++;
            actual[truth]++;
            addPrediction(MODEL, winner, truth);
            addPrediction(NO_CHANGE, noChange, truth);
            addPrediction(MAJORITY, majority, truth);
            logLoss += loss;
            shareLoss += shares;
            if (auc.length > 0) {
                auc[truth * BINS + bin]++;
            }
        }

        private void addPrediction(int predictor, int winner, int truth) {
            if (winner >= 0) {
                predicted[predictor][winner]++;
            }
            if (winner == truth) {
                correct[predictor]++;
            }
        }

        void grow(int length) {
            if (actual.length < length) {
                int capacity = Math.max(length, 2 * actual.length);
                actual = Arrays.copyOf(actual, capacity);
                for (int p = 0; p < PREDICTORS; p++) {
                    predicted[p] = Arrays.copyOf(predicted[p], capacity);
                }
            }
            if (length > 2) {
                auc = new long[0];
            }
        }

        /** {@return the sums of the rows that are in these and not in others, which are of the first of them} */
        Sums minus(Sums first) {
            Sums rest = new Sums();
            rest.grow(classes);
            rest.rows = rows - first.rows;
            rest.logLoss = logLoss - first.logLoss;
            rest.shareLoss = shareLoss - first.shareLoss;
            subtract(correct, first.correct, rest.correct);
            subtract(actual, first.actual, rest.actual);
            for (int p = 0; p < PREDICTORS; p++) {
                subtract(predicted[p], first.predicted[p], rest.predicted[p]);
            }
            subtract(auc, first.auc, rest.auc);
            return rest;
        }

        void clear() {
            rows = 0;
            logLoss = 0;
            shareLoss = 0;
            Arrays.fill(correct, 0);
            Arrays.fill(actual, 0);
            Arrays.fill(auc, 0);
            for (long[] counts : predicted) {
                Arrays.fill(counts, 0);
            }
        }

        double[] values() {
            return canonical(
                    logLoss / rows,
                    areaUnderCurve(),
                    accuracy(MODEL),
                    kappa(MODEL),
                    kappaT(MODEL),
                    accuracy(NO_CHANGE),
                    kappa(NO_CHANGE),
                    kappaT(NO_CHANGE),
                    accuracy(MAJORITY),
                    kappa(MAJORITY),
                    kappaT(MAJORITY),
                    shareLoss / rows);
        }

        private double accuracy(int predictor) {
            return (double) correct[predictor] / rows;
        }

        private double kappa(int predictor) {
            double chance = 0;
            for (int c = 0; c < classes; c++) {
                chance += (double) actual[c] * predicted[predictor][c];
            }
            chance /= (double) rows * rows;
            return (accuracy(predictor) - chance) / (1 - chance);
        }

        private double kappaT(int predictor) {
            long missed = rows - correct[NO_CHANGE];
            return missed == 0 ? Double.NaN : (double) (correct[predictor] - correct[NO_CHANGE]) / missed;
        }

        private double areaUnderCurve() {
            if (auc.length == 0) {
                return Double.NaN;
            }
            double negatives = 0;
            double positives = 0;
            double pairs = 0;
            for (int bin = 0; bin < BINS; bin++) {
                double positive = auc[BINS + bin];
                pairs += positive * (negatives + 0.5 * auc[bin]);
                negatives += auc[bin];
                positives += positive;
            }
            return pairs / (positives * negatives);
        }

        void write(String prefix, State.Builder state) {
            state.whole(prefix + "scored", rows)
                    .longs(prefix + "correct", correct)
                    .doubles(prefix + "log_loss", canonical(logLoss, shareLoss))
                    .longs(prefix + "actual", Arrays.copyOf(actual, classes))
                    .longs(prefix + "predicted", Arrays.copyOf(predicted[MODEL], classes))
                    .longs(prefix + "no_change", Arrays.copyOf(predicted[NO_CHANGE], classes))
                    .longs(prefix + "majority", Arrays.copyOf(predicted[MAJORITY], classes));
            if (auc.length > 0) {
                writeAuc(prefix, state);
            }
        }

        /** Writes the bins from the first to the last that is in use; all of them would outweigh a small model. */
        private void writeAuc(String prefix, State.Builder state) {
            int from = 0;
            int to = BINS;
            while (from < BINS - 1 && auc[from] == 0 && auc[BINS + from] == 0) {
                from++;
            }
            while (to > from + 1 && auc[to - 1] == 0 && auc[BINS + to - 1] == 0) {
                to--;
            }
            int width = to - from;
            long[] used = new long[2 * width];
            System.arraycopy(auc, from, used, 0, width);
            System.arraycopy(auc, BINS + from, used, width, width);
            state.longs(prefix + "auc", used, 2, width).whole(prefix + "auc_from", from);
        }

        private void readAuc(String prefix, State state) {
            // Without the number, all bins were written.
            boolean isWhole = !state.tensors().containsKey(prefix + "auc_from");
            long from = isWhole ? 0 : state.whole(prefix + "auc_from");
            long[] shape = state.tensor(prefix + "auc").shape();
            long width = isWhole || shape.length < 2 ? BINS : shape[1];
            long[] used = state.longs(prefix + "auc", 2, width);
            if (from < 0 || from > BINS - width) {
                throw AccreteException.corruptFile(
                        "tensor '" + prefix + "auc' must be of " + BINS + " bins but has " + width + " from " + from);
            }
            Arrays.fill(auc, 0);
            System.arraycopy(used, 0, auc, (int) from, (int) width);
            System.arraycopy(used, (int) width, auc, BINS + (int) from, (int) width);
        }

        void read(String prefix, State state) {
            rows = state.whole(prefix + "scored");
            System.arraycopy(state.longs(prefix + "correct", PREDICTORS), 0, correct, 0, PREDICTORS);
            double[] losses = state.doubles(prefix + "log_loss", 2);
            logLoss = losses[0];
            shareLoss = losses[1];
            actual = state.longs(prefix + "actual", classes);
            predicted[MODEL] = state.longs(prefix + "predicted", classes);
            predicted[NO_CHANGE] = state.longs(prefix + "no_change", classes);
            predicted[MAJORITY] = state.longs(prefix + "majority", classes);
            if (auc.length > 0) {
                readAuc(prefix, state);
            }
            if (rows != Arrays.stream(actual).sum()) {
                throw AccreteException.corruptFile(
                        "tensor '" + prefix + "actual' must add up to " + rows + " rows but does not");
            }
        }
    }
}
