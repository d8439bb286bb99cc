package org.accrete.core.serve;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Chunk;
import org.accrete.api.learn.AnomalyScorer;
import org.accrete.api.learn.Classifier;
import org.accrete.api.learn.Clusterer;
import org.accrete.api.learn.Model;
import org.accrete.api.learn.ProbabilisticClassifier;
import org.accrete.api.learn.Regressor;

/**
 * Rows that a version must predict sanely before it may answer: every number is finite, every class is a known one, and
 * the probabilities of a row are from 0 to 1 and sum to 1. Immutable as long as the chunk is.
 *
 * <pre>{@code
 * LiveModel live = LiveModel.builder(plugIns, store)
 *         .mustPredict(SaneRows.of(List.of(Map.of("origin", "SEA", "distance", 129))))
 *         .open("flights@live");
 * }</pre>
 */
public final class SaneRows {
    /** How far from 1 the sum of some probabilities may be, by rounding. */
    private static final double SUM_TOLERANCE = 1e-6;

    private final Optional<Chunk> chunk;
    private final List<Map<String, ?>> records;
    private final Set<String> classes;

    private SaneRows(Optional<Chunk> chunk, List<Map<String, ?>> records, Set<String> classes) {
        this.chunk = chunk;
        this.records = records;
        this.classes = classes;
    }

    /**
     * {@return rows that are encoded already; the classes of the chunk, where it has any, are the known ones}
     *
     * @param chunk kept, and must not change; its targets are not read
     */
    public static SaneRows of(Chunk chunk) {
        requireRows(chunk.rows());
        return new SaneRows(Optional.of(chunk), List.of(), Set.copyOf(chunk.classes()));
    }

    /**
     * {@return rows that each version encodes by its own column plan; all classes are known}
     *
     * @param records raw column to value, as {@link LiveModel#predict(Map)} takes them
     */
    public static SaneRows of(List<? extends Map<String, ?>> records) {
        requireRows(records.size());
        return new SaneRows(Optional.empty(), List.copyOf(records), Set.of());
    }

    private static void requireRows(int rows) {
        if (rows == 0) {
            throw AccreteException.badArgument("rows that a version must predict must be 1 or more but there are none");
        }
    }

    /**
     * {@return the same rows, of which only these classes may be predicted}
     *
     * @param labels all labels that are known; empty for no limit
     */
    public SaneRows withClasses(Set<String> labels) {
        return new SaneRows(chunk, records, Set.copyOf(labels));
    }

    /** {@return why a version may not answer; empty when it may} O(rows × width). */
    Optional<String> problem(ServedModel served) {
        try {
            Chunk rows = chunk.orElseGet(() -> served.encode(records));
            Model model = served.model();
            if (!model.schema().matches(rows.schema())) {
                return Optional.of("it takes other columns (" + model.schema().width() + ") than the rows that it must"
                        + " predict have (" + rows.width() + ")");
            }
            if (model instanceof Classifier classifier) {
                return problem(classifier, rows);
            }
            if (model instanceof Regressor regressor) {
                double[] numbers = new double[rows.rows()];
                regressor.predict(rows, numbers);
                return notFinite("prediction", numbers, 1);
            }
            if (model instanceof Clusterer clusterer) {
                double[] distances = new double[rows.rows() * clusterer.clusters()];
                clusterer.distances(rows, distances);
                return clusterer.clusters() == 0
                        ? Optional.of("it knows no cluster")
                        : notFinite("distance", distances, clusterer.clusters());
            }
            if (model instanceof AnomalyScorer scorer) {
                return notFinite("score", scorer.score(rows), 1);
            }
            return Optional.of("it predicts neither a class nor a number");
        } catch (RuntimeException e) {
            return Optional.of("it cannot predict the rows that it must: "
                    + (e instanceof AccreteException known ? known.line() : e.toString()));
        }
    }

    private Optional<String> problem(Classifier classifier, Chunk rows) {
        List<String> labels = classifier.classes();
        if (labels.isEmpty()) {
            return Optional.of("it knows no class");
        }
        double[] decisions = new double[rows.rows() * classifier.decisions()];
        classifier.decide(rows, decisions);
        Optional<String> found = notFinite("decision value", decisions, classifier.decisions());
        for (int row = 0; found.isEmpty() && row < rows.rows(); row++) {
            int winner = classifier.winner(decisions, row);
            if (winner < 0 || winner >= labels.size()) {
                found = Optional.of("row " + row + ": it predicts class " + winner + " of " + labels.size());
            } else if (!classes.isEmpty() && !classes.contains(labels.get(winner))) {
                found = Optional.of("row " + row + ": it predicts the unknown class '" + labels.get(winner) + "'");
            }
        }
        return found.isEmpty() && classifier instanceof ProbabilisticClassifier probabilistic
                ? problem(probabilistic, decisions, rows.rows())
                : found;
    }

    private static Optional<String> problem(ProbabilisticClassifier classifier, double[] decisions, int rows) {
        int count = classifier.classes().size();
        double[] probabilities = new double[rows * count];
        classifier.probabilities(decisions, rows, count, probabilities);
        for (int row = 0; row < rows; row++) {
            double sum = 0;
            for (int c = 0; c < count; c++) {
                double probability = probabilities[row * count + c];
                // Written so that NaN is refused too.
                if (!(probability >= 0 && probability <= 1)) {
                    return Optional.of("row " + row + ": a probability must be from 0 to 1 but was " + probability);
                }
                sum += probability;
            }
            if (Math.abs(sum - 1) > SUM_TOLERANCE) {
                return Optional.of("row " + row + ": the probabilities must sum to 1 but do to " + sum);
            }
        }
        return Optional.empty();
    }

    private static Optional<String> notFinite(String what, double[] numbers, int perRow) {
        for (int i = 0; i < numbers.length; i++) {
            if (!Double.isFinite(numbers[i])) {
                return Optional.of("row " + i / perRow + ": a " + what + " must be finite but was " + numbers[i]);
            }
        }
        return Optional.empty();
    }
}
