package org.accrete.core.compare;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How two models predict the same rows. Immutable. "First" and "second" are the models in the order in which they were
 * given; a difference is the second's less the first's.
 *
 * @param rows rows that both predicted
 * @param scored those of them with a target; scores, tests and calibration are of these
 * @param changed share of rows that the second predicts otherwise than the first
 * @param changes what else is known of changed predictions, by snake-case name: {@code mean_change},
 *     {@code mean_absolute_change} and {@code largest_change} of predicted numbers or, with two classes, of the
 *     probability of the second class
 * @param transitions which classes became which, the most frequent first, at most {@link #MOST_TRANSITIONS}
 * @param scores by name of the metric, that of the verdict first; empty if no row has a target
 * @param mcNemar of classes
 * @param calibration of each model that gives probabilities, the first's first; empty list if there is none
 * @param course scores of each block of rows, in order
 * @param slices by name of the column that rows are told apart by
 */
public record PairedReport(
        long rows,
        long scored,
        double changed,
        Map<String, Double> changes,
        List<Transition> transitions,
        Map<String, PairedScore> scores,
        Optional<McNemar> mcNemar,
        List<Optional<Calibration>> calibration,
        List<BlockScores> course,
        Map<String, List<Slice>> slices) {
    /** So many transitions are kept. */
    public static final int MOST_TRANSITIONS = 100;

    private static final double SIGNIFICANT = 0.05;
    private static final double SMALLEST_SHOWN = 1e-16;

    /**
     * One score of both models.
     *
     * @param first of the first model
     * @param second of the second model
     * @param difference second less first, row by row of the same rows
     * @param pValue the probability of a difference as large as this if there were none; NaN for too few rows
     * @param blocks how many blocks of rows the test counts
     * @param blockRows rows of each of them
     * @param correlated whether blocks still correlate with their neighbours, so that the test says more than it should
     */
    public record PairedScore(
            Estimate first,
            Estimate second,
            Estimate difference,
            double pValue,
            int blocks,
            long blockRows,
            boolean correlated) {
        /** {@return whether the difference is told from chance, at 5 %} */
        public boolean isReal() {
            return pValue < SIGNIFICANT;
        }
    }

    /**
     * Rows whose class changed.
     *
     * @param from predicted by the first model
     * @param to predicted by the second model
     * @param rows how many
     */
    public record Transition(String from, String to, long rows) {}

    /**
     * The metric of the verdict over some neighbouring rows.
     *
     * @param from how many scored rows come before
     * @param to number of the last scored row, from 1
     * @param first score of the first model
     * @param second score of the second model
     */
    public record BlockScores(long from, long to, double first, double second) {}

    /**
     * The rows with one value of a column.
     *
     * @param value the text of the cell
     * @param rows rows that both predicted
     * @param scored those with a target
     * @param changed share of rows that are predicted otherwise
     * @param first score of the first model in the metric of the verdict; NaN if no row has a target
     * @param second score of the second model
     * @param difference second less first
     */
    public record Slice(
            String value, long rows, long scored, double changed, double first, double second, Estimate difference) {}

    /** What can be said of the difference. */
    public enum Verdict {
        /** There is one that chance does not explain. */
        REAL,
        /** Chance explains it. */
        NOT_SHOWN,
        /** Every row is predicted alike. */
        NONE,
        /** There are no targets, or too few rows. */
        UNTESTED
    }

    // Copies the collections.
    public PairedReport {
        changes = Collections.unmodifiableMap(new LinkedHashMap<>(changes));
        transitions = List.copyOf(transitions);
        scores = Collections.unmodifiableMap(new LinkedHashMap<>(scores));
        calibration = List.copyOf(calibration);
        course = List.copyOf(course);
        slices = Collections.unmodifiableMap(new LinkedHashMap<>(slices));
    }

    /** {@return the metric that decides; empty if no row has a target} */
    public Optional<String> metric() {
        return scores.keySet().stream().findFirst();
    }

    private Optional<PairedScore> deciding() {
        return metric().map(scores::get);
    }

    /** {@return what the test says} */
    public Verdict verdict() {
        if (rows > 0 && changed == 0 && changes.values().stream().allMatch(change -> change == 0)) {
            return Verdict.NONE;
        }
        return deciding()
                .filter(score -> !Double.isNaN(score.pValue()))
                .map(score -> score.isReal() ? Verdict.REAL : Verdict.NOT_SHOWN)
                .orElse(Verdict.UNTESTED);
    }

    /**
     * {@return the verdict in one sentence}
     *
     * @param first what to call the first model
     * @param second what to call the second
     */
    public String sentence(String first, String second) {
        if (verdict() == Verdict.NONE) {
            return "There is no difference: both predict the same on every row.";
        }
        if (scored == 0) {
            return "Whether the difference is real cannot be tested: no row has a target.";
        }
        PairedScore score = deciding().orElseThrow();
        String metric = words(metric().orElseThrow());
        if (verdict() == Verdict.UNTESTED) {
            return "Whether the difference is real cannot be tested: "
                    + (scored < BlockSeries.FEWEST
                            ? "there are too few rows with a target."
                            : "the " + metric + " is not defined on all of them.");
        }
        Estimate difference = score.difference();
        StringBuilder text = new StringBuilder();
        if (verdict() == Verdict.REAL) {
            text.append("The difference is real: the ")
                    .append(metric)
                    .append(" of ")
                    .append(second)
                    .append(" is ")
                    .append(number(Math.abs(difference.value())))
                    .append(difference.value() > 0 ? " higher" : " lower")
                    .append(" than that of ")
                    .append(first);
        } else {
            text.append("No real difference is shown: the ")
                    .append(metric)
                    .append(" of ")
                    .append(second)
                    .append(" less that of ")
                    .append(first)
                    .append(" is ")
                    .append(number(difference.value()));
        }
        text.append(" (95 % interval of the difference ")
                .append(number(difference.low()))
                .append(" to ")
                .append(number(difference.high()))
                .append(", ")
                .append(probability(score.pValue()))
                .append(", paired t over ")
                .append(count(score.blocks()))
                .append(" blocks of ")
                .append(count(score.blockRows()))
                .append(score.blockRows() == 1 ? " row" : " rows")
                .append(score.correlated() ? ", which still correlate" : "")
                .append(")");
        mcNemar.ifPresent(test -> text.append("; ")
                .append(count(test.onlyFirst()))
                .append(test.onlyFirst() == 1 ? " row is" : " rows are")
                .append(" predicted right by ")
                .append(first)
                .append(" alone and ")
                .append(count(test.onlySecond()))
                .append(" by ")
                .append(second)
                .append(" alone (McNemar ")
                .append(probability(test.pValue()))
                .append(")"));
        return text.append(".").toString();
    }

    private static String words(String metric) {
        return switch (metric) {
            case "log_loss" -> "log-loss";
            case "mae" -> "mean absolute error";
            default -> metric.replace('_', ' ');
        };
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(
                Locale.ROOT,
                size >= 1e7 || (size < 1e-4 && size > 0) ? "%.2e" : size >= 1000 ? "%,.1f" : "%.4f",
                value);
    }

    private static String probability(double p) {
        return p < SMALLEST_SHOWN ? "p < 1e-16" : "p = " + String.format(Locale.ROOT, p < 1e-3 ? "%.1e" : "%.3f", p);
    }
}
