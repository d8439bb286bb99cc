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
     * {@return {@code metrics}, {@code recent}, {@code baselines} and {@code recent_baselines}, undefined scores as
     * NaN}
     */
    static Map<String, Object> document(ScoreReport scores) {
        Map<String, Object> document = new LinkedHashMap<>();
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

    /** {@return the first two scores, as a progress line shows them} */
    static String brief(ScoreReport scores) {
        StringBuilder text = new StringBuilder();
        scores.metrics().entrySet().stream()
                .limit(2)
                .forEach(figure -> text.append("  ")
                        .append(label(figure.getKey()))
                        .append(' ')
                        .append(text(figure.getValue())));
        return text.toString();
    }

    /**
     * {@return a table of the model and its baselines, on all rows and on the last block}
     *
     * @param scores what is shown
     * @param rows how many rows were scored
     */
    static Table table(ScoreReport scores, long rows) {
        List<String> metrics = List.copyOf(scores.metrics().keySet());
        Table table = new Table("l" + "r".repeat(metrics.size()));
        List<String> head = new ArrayList<>(List.of(""));
        metrics.forEach(metric -> head.add(label(metric)));
        table.head(head.toArray());
        table.line("all " + Console.count(rows) + " rows");
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
