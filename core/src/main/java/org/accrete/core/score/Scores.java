package org.accrete.core.score;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.Target;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.OnlineLearner;
import org.accrete.api.learn.Regressor;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.State;

/**
 * Running scores of a model on rows it has not learned: each chunk is scored whole by the model from before it, then
 * learned. Not thread-safe; no allocation in steady state.
 *
 * <ul>
 *   <li>Figures are kept over all rows and over the last complete block of 10,000 rows. Blocks end at multiples of
 *       10,000 of the rows scored or passed, wherever chunks end; one with a passed row in it is not complete.
 *   <li>Baselines know every row before the one they predict, also those of the same chunk, so they do not depend on
 *       chunk borders; the model's own figures do.
 *   <li>Every row counts once, whatever its weight. A row without a target is left out, and so are rows that are only
 *       {@linkplain #pass passed}, which the baselines learn all the same.
 *   <li>All sums are in the state as {@code run.*} tensors: restored scores continue with the same bits.
 * </ul>
 */
public abstract sealed class Scores permits ClassificationScores, ClusteringScores, RegressionScores {
    /** Rows of a block. */
    static final int BLOCK = 10_000;

    /**
     * One figure of a report.
     *
     * @param baseline name of the baseline; empty for the model
     * @param metric name of the figure
     */
    record Figure(String baseline, String metric) {}

    /** How names of the tensors begin. */
    static final String RUN = "run.";

    private static final double MIN_PROBABILITY = 1e-15;
    private static final String HOLDOUT = "run.holdout.";

    private final List<Figure> figures;
    private final String prefix;
    private double[] recent = {};

    Scores(List<Figure> figures, String prefix) {
        this.figures = figures;
        this.prefix = prefix;
    }

    /**
     * {@return scores that have seen nothing}
     *
     * @param target what is predicted; without one, clusters are scored
     */
    public static Scores forTarget(Target target) {
        return forTarget(target, RUN);
    }

    /**
     * {@return scores of rows that are held out, which have seen nothing} Their tensors are {@code run.holdout.*}.
     *
     * @param target what is predicted; without one, clusters are scored
     */
    public static Scores ofHoldout(Target target) {
        return forTarget(target, HOLDOUT);
    }

    /**
     * {@return scores of rows that are held out, which continue from a state}
     *
     * @param target what is predicted
     * @param state what {@link #writeTo} wrote; it may hold more
     * @throws AccreteException as {@link #restore(Target, State)}
     */
    public static Scores restoreHoldout(Target target, State state) {
        return restore(target, state, HOLDOUT);
    }

    /**
     * {@return scores for a part of a run of its own, which have seen nothing} Their tensors are {@code run.<name>.*}.
     *
     * @param target what is predicted
     * @param name words joined by dots, such as {@code gate.live}
     */
    public static Scores named(Target target, String name) {
        return forTarget(target, RUN + name + ".");
    }

    /**
     * {@return such scores that continue from a state}
     *
     * @param target what is predicted
     * @param name as above
     * @param state what {@link #writeTo} wrote; it may hold more
     * @throws AccreteException as {@link #restore(Target, State)}
     */
    public static Scores restoreNamed(Target target, String name, State state) {
        return restore(target, state, RUN + name + ".");
    }

    static Scores forTarget(Target target, String prefix) {
        return switch (target.kind()) {
            case CATEGORICAL -> new ClassificationScores(target.classes().size(), prefix);
            case NUMERIC -> new RegressionScores(prefix);
            case NONE -> new ClusteringScores(prefix);
        };
    }

    /**
     * {@return scores that continue from a state}
     *
     * @param target what is predicted
     * @param state what {@link #writeTo} wrote; it may hold more
     * @throws AccreteException bad state: nothing, or a target of another kind, was scored in that state; corrupt file:
     *     it does not fit together
     */
    public static Scores restore(Target target, State state) {
        return restore(target, state, RUN);
    }

    static Scores restore(Target target, State state, String prefix) {
        // Without the target's classes: the state says how many are known.
        Scores scores = forTarget(target.withClasses(List.of()), prefix);
        if (!state.tensors().containsKey(scores.requiredTensor())) {
            throw AccreteException.badState("the stored state has no " + (prefix.equals(RUN) ? "" : "progressive ")
                    + "scores of " + kind(target) + " to go on with; begin a new run from it instead");
        }
        scores.read(state);
        if (state.tensors().containsKey(prefix + "recent")) {
            scores.recent = state.doubles(prefix + "recent", scores.figures.size());
        }
        scores.beginStretch();
        return scores;
    }

    private static String kind(Target target) {
        return target.kind() == Target.Kind.NONE ? "clusters" : "a " + ParamSpec.word(target.kind()) + " target";
    }

    /**
     * {@return whether a state holds scores of a target, as {@link #restore} needs}
     *
     * @param state what a run stored
     * @param target what is predicted
     */
    public static boolean areIn(State state, Target target) {
        return state.tensors()
                .containsKey(forTarget(target.withClasses(List.of())).requiredTensor());
    }

    /**
     * {@return whether a model's predictions can be scored on a target}
     *
     * @param target what is predicted
     * @param model a classifier, a regressor or another; a scorer of anomalies is scored on classes that it did not
     *     learn
     */
    public static boolean canScore(Target target, Model model) {
        return switch (target.kind()) {
            case CATEGORICAL -> model instanceof Classifier || model instanceof AnomalyScorer;
            case NUMERIC -> model instanceof Regressor;
            case NONE -> model instanceof Clusterer;
        };
    }

    /**
     * Scores a chunk: {@link #predict}, then {@link #count}.
     *
     * @param model a model that has not learned the chunk
     * @param chunk rows
     * @throws AccreteException bad state: the model does not predict this kind of target, or knows other classes; bad
     *     data: a target that is not a class. Nothing is counted then
     */
    public final void update(Model model, Chunk chunk) {
        predict(model, chunk);
        count(chunk);
    }

    /** {@return the figures so far} */
    public final ScoreReport report() {
        double[] all = cumulative();
        return new ScoreReport(scored(), passed(), model(all), model(recent), baselines(all), baselines(recent));
    }

    /**
     * {@return −ln of the probability that a model gave to the class of a row, clipped to at least 1e-15}
     *
     * @param probability from 0 to 1
     */
    public static double logLoss(double probability) {
        return -StrictMath.log(Math.max(probability, MIN_PROBABILITY));
    }

    /** Begins a stretch after the rows so far; restored scores begin one where they continue. */
    public abstract void beginStretch();

    /**
     * {@return the model's figures on the rows since {@link #beginStretch}} They come from the difference of sums, so
     * they do not cost anything per row.
     */
    public final Map<String, Double> stretch() {
        return model(sinceStretchBegan());
    }

    /** Values of the figures, in their order, over the rows of the stretch. */
    abstract double[] sinceStretchBegan();

    /**
     * Writes everything needed to continue.
     *
     * @param state receives {@code run.*} tensors
     */
    public final void writeTo(State.Builder state) {
        write(state);
        if (recent.length > 0) {
            state.doubles(prefix + "recent", recent);
        }
    }

    /**
     * Predicts the rows of a chunk and keeps the predictions for {@link #count}; counts nothing. For a run that must
     * not count a chunk before the learner has accepted it.
     *
     * @param model a model that has not learned the chunk
     * @param chunk rows
     * @throws AccreteException as {@link #update}
     */
    public abstract void predict(Model model, Chunk chunk);

    /**
     * {@return what the model of the last {@link #predict} says of a row: the index of a class, or a number}
     *
     * @param row of the chunk that was predicted
     */
    public abstract double predicted(int row);

    /**
     * {@return the loss of a row that comes next: minus the logarithm of the probability of its class, or the squared
     * error; NaN where there is no target, or a classifier gives no probabilities}
     *
     * @param chunk the chunk that was predicted
     * @param row of it
     */
    public abstract double loss(Chunk chunk, int row);

    /**
     * Keeps decision values that were written for each row before it was learned, in place of {@link #predict}.
     *
     * @param model of the learner, as it is now
     * @param known how many classes it knew before the chunk
     * @param values decision values, as {@link OnlineLearner#partialFit(Chunk, double[])} writes them
     * @param chunk rows
     */
    public abstract void useDecisions(Model model, int known, double[] values, Chunk chunk);

    /**
     * Counts the chunk that was last passed to {@link #predict}, whose model may have learned it by now.
     *
     * @param chunk the same rows
     */
    public final void count(Chunk chunk) {
        count(chunk, 0, chunk.rows());
    }

    /**
     * Counts some rows of the chunk that was last passed to {@link #predict}.
     *
     * @param chunk the same rows
     * @param from the first row to count
     * @param to the row after the last
     */
    public abstract void count(Chunk chunk, int from, int to);

    /** {@return what {@code no_change} says of a row that comes now: the index of a class, −1 for none, or a number} */
    public abstract double noChange();

    /** {@return what the other baseline says, {@code majority} or {@code mean}, in the same way} */
    public abstract double usual();

    /**
     * Counts a single row whose baselines were asked when it came, because its label came later than that of others;
     * {@code class_shares} alone knows the labels that have come since.
     *
     * @param chunk that was last predicted; its first row is counted
     * @param noChange what {@link #noChange} said then
     * @param usual what {@link #usual} said then
     */
    public abstract void countLate(Chunk chunk, double noChange, double usual);

    /**
     * Lets the baselines learn rows that are not scored, because what the model said of them means nothing.
     *
     * @param chunk rows
     * @param from the first row to pass
     * @param to the row after the last
     */
    public abstract void pass(Chunk chunk, int from, int to);

    /** {@return how many rows were counted} */
    abstract long scored();

    /** {@return how many rows were passed} */
    abstract long passed();

    /** Values of the figures, in their order, over all rows. */
    abstract double[] cumulative();

    /** {@return how many rows of a chunk can be scored} */
    static int end(Chunk chunk, int to) {
        return chunk.hasTargets() ? to : 0;
    }

    /** {@return how names of the tensors begin} */
    final String prefix() {
        return prefix;
    }

    /** A tensor that every state with scores of this kind has. */
    abstract String requiredTensor();

    abstract void read(State state);

    abstract void write(State.Builder state);

    /** Ends the block if the row that was just counted or passed is its last; keeps its figures if all were counted. */
    final void rowEnds() {
        if ((scored() + passed()) % BLOCK == 0) {
            nextBlock().ifPresent(values -> recent = values);
        }
    }

    /**
     * Begins a block. {@return the figures of the one before it; empty unless {@link #BLOCK} rows were counted in it} A
     * state from when blocks ended elsewhere goes on with one that has fewer or more.
     */
    abstract Optional<double[]> nextBlock();

    private Map<String, Double> model(double[] values) {
        Map<String, Double> map = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            if (figures.get(i).baseline().isEmpty()) {
                map.put(figures.get(i).metric(), values[i]);
            }
        }
        return map;
    }

    private Map<String, Map<String, Double>> baselines(double[] values) {
        Map<String, Map<String, Double>> map = new LinkedHashMap<>();
        for (int i = 0; i < values.length; i++) {
            Figure figure = figures.get(i);
            if (!figure.baseline().isEmpty()) {
                map.computeIfAbsent(figure.baseline(), name -> new LinkedHashMap<>())
                        .put(figure.metric(), values[i]);
            }
        }
        return map;
    }

    /** The array itself when it is long enough, else a longer one without its contents. */
    static double[] withLength(double[] array, int length) {
        return array.length >= length ? array : new double[Math.max(length, 2 * array.length)];
    }

    /** The same numbers with one bit pattern for NaN, so that equal sums are equal bytes. */
    static double[] canonical(double... sums) {
        return Arrays.stream(sums)
                .map(sum -> Double.isNaN(sum) ? Double.NaN : sum)
                .toArray();
    }
}
