package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.accrete.core.score.ScoreReport;

/** Scores as tables, lines and JSON. */
final class Figures {
    private static final Map<String, String> LABELS = labels();

    private Figures() {}

    private static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("log_loss", "log-loss");
        labels.put("roc_auc", "ROC AUC");
        labels.put("accuracy", "accuracy");
        labels.put("kappa", "kappa");
        labels.put("kappa_t", "kappa-T");
        labels.put("mae", "MAE");
        labels.put("rmse", "RMSE");
        labels.put("r2", "R2");
        labels.put("inertia", "inertia");
        return labels;
    }

    /** {@return the name of a metric or a baseline in a table} */
    static String label(String name) {
        return LABELS.getOrDefault(name, name.replace('_', ' '));
    }

    /** {@return a score as a table shows it} */
    static String text(double value) {
        if (!Double.isFinite(value)) {
            return "-";
        }
        double size = Math.abs(value);
        String format = size >= 1e7 ? "%.4g" : size >= 1000 ? "%,.1f" : "%.4f";
        return String.format(Locale.ROOT, format, value);
    }

    /** {@return the same scores: known ones first, in display order} */
    static Map<String, Double> inOrder(Map<String, Double> figures) {
        Map<String, Double> ordered = new LinkedHashMap<>();
        for (String name : LABELS.keySet()) {
            if (figures.containsKey(name)) {
                ordered.put(name, figures.get(name));
            }
        }
        figures.keySet().stream().sorted().forEach(name -> ordered.putIfAbsent(name, figures.get(name)));
        return ordered;
    }

    /**
     * {@return {@code rows_scored}, {@code rows_not_scored}, {@code metrics}, {@code recent}, {@code baselines} and
     * {@code recent_baselines}, undefined scores as NaN}
     */
    static Map<String, Object> document(ScoreReport scores) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("rows_scored", scores.rows());
        document.put("rows_not_scored", scores.passed());
        document.put("metrics", scores.metrics());
        document.put("recent", scores.recent().isEmpty() ? undefined(scores.metrics()) : scores.recent());
        document.put("baselines", scores.baselines());
        Map<String, Object> recentBaselines = new LinkedHashMap<>();
        scores.baselines()
                .forEach((name, figures) ->
                        recentBaselines.put(name, scores.recentBaselines().getOrDefault(name, undefined(figures))));
        document.put("recent_baselines", recentBaselines);
        return document;
    }

    private static Map<String, Double> undefined(Map<String, Double> figures) {
        Map<String, Double> map = new LinkedHashMap<>();
        figures.keySet().forEach(name -> map.put(name, Double.NaN));
        return map;
    }

    /**
     * A score as a progress line shows it.
     *
     * @param score its name and the figure on all rows
     * @param change how much more the figure of the last complete block is, with its sign; empty before there is one
     * @param direction 1 if that block is better than all rows, −1 if it is worse, 0 if it looks the same
     */
    record Brief(String score, String change, int direction) {}

    /** {@return the first two scores} */
    static List<Brief> brief(ScoreReport scores) {
        return scores.metrics().entrySet().stream()
                .limit(2)
                .map(figure -> brief(
                        figure.getKey(), figure.getValue(), scores.recent().getOrDefault(figure.getKey(), Double.NaN)))
                .toList();
    }

    private static Brief brief(String metric, double all, double recent) {
        String score = label(metric) + " " + text(all);
        double change = recent - all;
        if (!Double.isFinite(change)) {
            return new Brief(score, "", 0);
        }
        String size = text(Math.abs(change));
        boolean isSame = size.equals(text(0));
        String sign = isSame ? "" : change < 0 ? "-" : "+";
        int direction = isSame ? 0 : (change < 0) == ScoreReport.isLowerBetter(metric) ? 1 : -1;
        return new Brief(score, sign + size, direction);
    }

    /**
     * {@return a table of the model and its baselines, on all rows and on the last block}
     *
     * @param scores what is shown
     */
    static Table table(ScoreReport scores) {
        List<String> metrics = List.copyOf(scores.metrics().keySet());
        Table table = new Table("l" + "r".repeat(metrics.size()));
        List<String> head = new ArrayList<>(List.of(""));
        metrics.forEach(metric -> head.add(label(metric)));
        table.head(head.toArray());
        table.line("all " + Console.count(scores.rows()) + (scores.passed() > 0 ? " scored rows" : " rows"));
        lines(table, metrics, scores.metrics(), scores.baselines());
        // Without a full block, there is nothing to show.
        if (!scores.recent().isEmpty()) {
            table.line("last full 10,000 rows");
            lines(table, metrics, scores.recent(), scores.recentBaselines());
        }
        return table;
    }

    private static void lines(
            Table table, List<String> metrics, Map<String, Double> model, Map<String, Map<String, Double>> baselines) {
        line(table, metrics, "model", model);
        baselines.forEach(
                (name, figures) -> line(table, metrics, label(name).replace("no change", "no-change"), figures));
    }

    private static void line(Table table, List<String> metrics, String name, Map<String, Double> figures) {
        List<String> cells = new ArrayList<>(List.of("  " + name));
        metrics.forEach(metric -> cells.add(text(figures.getOrDefault(metric, Double.NaN))));
        table.line(cells.toArray());
    }
}
