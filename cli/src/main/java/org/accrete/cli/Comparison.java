package org.accrete.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.ModelVersion;
import org.accrete.core.compare.Calibration;
import org.accrete.core.compare.Estimate;
import org.accrete.core.compare.McNemar;
import org.accrete.core.compare.PairedReport;
import org.accrete.core.compare.VersionDiff;
import org.accrete.core.compare.Weights;

/**
 * All that {@code compare} tells, as text and as JSON.
 *
 * @param diff of the versions
 * @param rows of rows, if there are any
 * @param top the most values of a column in tables
 */
record Comparison(VersionDiff diff, Optional<CompareCommand.ComparedRows> rows, int top) {
    private static final int SHOWN_TRANSITIONS = 10;

    String first() {
        return diff.first().reference();
    }

    String second() {
        return diff.second().reference();
    }

    /** {@return the verdict on the rows; empty without rows} */
    Optional<String> sentence() {
        return rows.map(some -> some.report().sentence(first(), second()));
    }

    /** Prints everything as text, the verdict last. */
    void print(Console console) {
        console.print("comparing " + first() + " with " + second());
        for (Section section : sections()) {
            console.print("");
            console.print(section.title());
            section.table().ifPresent(console::print);
        }
        sentence().ifPresent(text -> {
            console.print("");
            console.print(text);
        });
    }

    /** {@return all of it as a page with plots} */
    String page() {
        return HtmlPage.html(first() + " and " + second(), sentence(), sections(), document(), "compare.js");
    }

    /**
     * A titled table.
     *
     * @param title what it is of
     * @param head names of the columns
     * @param lines cells, one line each
     */
    record Section(String title, List<String> head, List<List<String>> lines) {
        /** {@return the lines as a table; empty if there are none} */
        Optional<Table> table() {
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            Table table = new Table("l" + "r".repeat(head.size() - 1));
            table.head(head.toArray());
            lines.forEach(line -> table.line(line.toArray()));
            return Optional.of(table);
        }
    }

    /** {@return what is told in tables, in order} */
    List<Section> sections() {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section(
                diff.params().isEmpty() ? "made of the same parts, by the same parameters" : "made differently",
                List.of("", first(), second()),
                diff.params().stream()
                        .map(param -> List.of(param.name(), absent(param.first()), absent(param.second())))
                        .toList()));
        metrics(sections);
        if (!diff.isOneLearner()) {
            sections.add(new Section("different learners, so no weights to compare", List.of(""), List.of()));
        }
        if (!diff.tensors().isEmpty()) {
            sections.add(new Section(
                    "trained numbers",
                    List.of("", "numbers", "norm " + first(), "norm " + second(), "distance", "angle"),
                    diff.tensors().stream()
                            .map(one -> List.of(
                                    one.name(),
                                    Console.count(one.size()),
                                    Figures.text(one.first()),
                                    Figures.text(one.second()),
                                    Figures.text(one.distance()),
                                    Double.isNaN(one.angle()) ? "-" : String.format(Locale.ROOT, "%.2f°", one.angle())))
                            .toList()));
        }
        if (!diff.weights().isEmpty()) {
            sections.add(new Section(
                    "weights that moved most",
                    List.of("column", "for", first(), second(), "change"),
                    diff.weights().stream()
                            .map(one -> List.of(
                                    one.name(),
                                    one.function(),
                                    Figures.text(one.first()),
                                    Figures.text(one.second()),
                                    signed(one.second() - one.first())))
                            .toList()));
        }
        rows.ifPresent(some -> rows(some, sections));
        return sections;
    }

    private static String absent(String text) {
        return text.isEmpty() ? "-" : text;
    }

    private void metrics(List<Section> sections) {
        Set<String> names = new LinkedHashSet<>();
        List.of(diff.first(), diff.second()).forEach(version -> {
            names.addAll(Figures.inOrder(version.note().metrics()).keySet());
            names.addAll(Figures.inOrder(version.note().stretch()).keySet());
        });
        if (names.isEmpty()) {
            return;
        }
        List<String> head = new ArrayList<>(List.of(""));
        names.forEach(name -> head.add(Figures.label(name)));
        List<List<String>> lines = new ArrayList<>();
        for (ModelVersion version : List.of(diff.first(), diff.second())) {
            lines.add(line(
                    version.reference() + ", all "
                            + Console.count(version.note().rowsSeen(), "row"),
                    names,
                    version.note().metrics()));
            if (!version.note().stretch().isEmpty()) {
                lines.add(line(
                        version.reference() + ", since its parent",
                        names,
                        version.note().stretch()));
            }
        }
        sections.add(new Section("prequential scores, as stored in training", head, lines));
    }

    private static List<String> line(String name, Set<String> metrics, Map<String, Double> figures) {
        List<String> line = new ArrayList<>(List.of(name));
        metrics.forEach(metric -> line.add(Figures.text(figures.getOrDefault(metric, Double.NaN))));
        return line;
    }

    private void rows(CompareCommand.ComparedRows compared, List<Section> sections) {
        PairedReport report = compared.report();
        StringBuilder title = new StringBuilder("on ")
                .append(Console.count(report.rows(), "row"))
                .append(" of ")
                .append(compared.source());
        if (report.rows() > report.scored()) {
            title.append(", ")
                    .append(Console.count(report.rows() - report.scored()))
                    .append(" of them without a target");
        }
        if (compared.dropped().refused() > 0) {
            title.append("; ")
                    .append(Console.count(compared.dropped().refused(), "bad row"))
                    .append(" left out");
        }
        List<List<String>> lines = new ArrayList<>();
        report.scores()
                .forEach((metric, score) -> lines.add(List.of(
                        Figures.label(metric),
                        interval(score.first()),
                        interval(score.second()),
                        interval(score.difference()),
                        probability(score.pValue()))));
        sections.add(
                new Section(title + "; intervals of 95 %", List.of("", first(), second(), "difference", "p"), lines));
        sections.add(new Section(
                percent(report.changed()) + " of the predictions changed",
                List.of("from", "to", "rows"),
                report.transitions().stream()
                        .limit(SHOWN_TRANSITIONS)
                        .map(one -> List.of(absent(one.from()), absent(one.to()), Console.count(one.rows())))
                        .toList()));
        if (!report.changes().isEmpty()) {
            sections.add(new Section(
                    report.mcNemar().isPresent() || !report.transitions().isEmpty()
                            ? "change of the probability of the second class"
                            : "change of what is predicted",
                    List.of("", "value"),
                    report.changes().entrySet().stream()
                            .map(one -> List.of(one.getKey().replace('_', ' '), Figures.text(one.getValue())))
                            .toList()));
        }
        calibration(report, sections);
        report.slices().forEach((column, slices) -> slices(report, column, slices, sections));
    }

    private void calibration(PairedReport report, List<Section> sections) {
        for (int i = 0; i < report.calibration().size(); i++) {
            String name = i == 0 ? first() : second();
            report.calibration()
                    .get(i)
                    .ifPresent(some -> sections.add(new Section(
                            "calibration of " + name + ", expected error " + Figures.text(some.error()),
                            List.of("probability", "rows", "predicted", "observed"),
                            some.bins().stream()
                                    .map(bin -> List.of(
                                            String.format(Locale.ROOT, "%.1f to %.1f", bin.from(), bin.to()),
                                            Console.count(bin.rows()),
                                            Figures.text(bin.predicted()),
                                            Figures.text(bin.observed())))
                                    .toList())));
        }
    }

    private void slices(PairedReport report, String column, List<PairedReport.Slice> slices, List<Section> sections) {
        String metric = report.metric().map(Figures::label).orElse("score");
        int more = slices.size() - Math.min(top, slices.size());
        sections.add(new Section(
                metric + " by " + column
                        + (more > 0 ? "; " + Console.count(more) + " values of fewer rows are not shown" : ""),
                List.of(column, "rows", "changed", first(), second(), "difference"),
                slices.stream()
                        .limit(top)
                        .map(slice -> List.of(
                                absent(slice.value()),
                                Console.count(slice.rows()),
                                percent(slice.changed()),
                                Figures.text(slice.first()),
                                Figures.text(slice.second()),
                                interval(slice.difference())))
                        .toList()));
    }

    static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.2f %%", 100 * share);
    }

    private static String signed(double value) {
        return (value > 0 ? "+" : "") + Figures.text(value);
    }

    private static String interval(Estimate estimate) {
        return Figures.text(estimate.value())
                + (Double.isNaN(estimate.low())
                        ? ""
                        : " (" + Figures.text(estimate.low()) + " to " + Figures.text(estimate.high()) + ")");
    }

    private static String probability(double p) {
        return Double.isNaN(p) ? "-" : String.format(Locale.ROOT, p < 1e-3 ? "%.1e" : "%.3f", p);
    }

    /** {@return everything as a JSON document} */
    Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("first", version(diff.first()));
        document.put("second", version(diff.second()));
        document.put(
                "params",
                diff.params().stream()
                        .map(one -> map("name", one.name(), "first", one.first(), "second", one.second()))
                        .toList());
        document.put(
                "tensors",
                diff.tensors().stream()
                        .map(one -> map(
                                "name",
                                one.name(),
                                "numbers",
                                one.size(),
                                "norm_first",
                                one.first(),
                                "norm_second",
                                one.second(),
                                "distance",
                                one.distance(),
                                "angle_degrees",
                                one.angle()))
                        .toList());
        document.put("weights", diff.weights().stream().map(Comparison::moved).toList());
        rows.ifPresent(some -> document.put("rows", rows(some)));
        return document;
    }

    private static Map<String, Object> version(ModelVersion version) {
        return map(
                "model",
                version.model(),
                "version",
                version.number(),
                "learner",
                version.note().learner(),
                "rows_seen",
                version.note().rowsSeen(),
                "metrics",
                Figures.inOrder(version.note().metrics()),
                "stretch",
                Figures.inOrder(version.note().stretch()));
    }

    private static Map<String, Object> moved(Weights.Moved one) {
        return map(
                "name",
                one.name(),
                "for",
                one.function(),
                "first",
                one.first(),
                "second",
                one.second(),
                "change",
                one.second() - one.first());
    }

    private Map<String, Object> rows(CompareCommand.ComparedRows compared) {
        PairedReport report = compared.report();
        Map<String, Object> rows = new LinkedHashMap<>();
        rows.put("source", compared.source());
        rows.put("rows", report.rows());
        rows.put("rows_scored", report.scored());
        rows.put("rows_refused", compared.dropped().refused());
        rows.put("rows_left_out", compared.dropped().leftOut());
        rows.put("rows_filtered", compared.dropped().filtered());
        rows.put("verdict", ParamSpec.word(report.verdict()));
        rows.put("sentence", report.sentence(first(), second()));
        rows.put("metric", report.metric());
        rows.put("changed", report.changed());
        rows.put("changes", report.changes());
        rows.put(
                "transitions",
                report.transitions().stream()
                        .map(one -> map("from", one.from(), "to", one.to(), "rows", one.rows()))
                        .toList());
        Map<String, Object> scores = new LinkedHashMap<>();
        report.scores()
                .forEach((metric, score) -> scores.put(
                        metric,
                        map(
                                "first",
                                estimate(score.first()),
                                "second",
                                estimate(score.second()),
                                "difference",
                                estimate(score.difference()),
                                "p_value",
                                score.pValue(),
                                "blocks",
                                score.blocks(),
                                "block_rows",
                                score.blockRows(),
                                "correlated",
                                score.correlated())));
        rows.put("scores", scores);
        rows.put("mcnemar", report.mcNemar().map(Comparison::mcNemar));
        List<Optional<Calibration>> calibration = report.calibration();
        rows.put(
                "calibration",
                calibration.isEmpty()
                        ? Optional.empty()
                        : map(
                                "first",
                                calibration.get(0).map(Comparison::calibration),
                                "second",
                                calibration.get(1).map(Comparison::calibration)));
        Map<String, Object> slices = new LinkedHashMap<>();
        report.slices()
                .forEach((column, some) ->
                        slices.put(column, some.stream().map(Comparison::slice).toList()));
        rows.put("slices", slices);
        rows.put(
                "course",
                report.course().stream()
                        .map(one ->
                                map("from", one.from(), "to", one.to(), "first", one.first(), "second", one.second()))
                        .toList());
        return rows;
    }

    private static Map<String, Object> mcNemar(McNemar test) {
        return map("only_first", test.onlyFirst(), "only_second", test.onlySecond(), "p_value", test.pValue());
    }

    private static Map<String, Object> calibration(Calibration calibration) {
        return map(
                "error",
                calibration.error(),
                "bins",
                calibration.bins().stream()
                        .map(bin -> map(
                                "from",
                                bin.from(),
                                "to",
                                bin.to(),
                                "rows",
                                bin.rows(),
                                "predicted",
                                bin.predicted(),
                                "observed",
                                bin.observed()))
                        .toList());
    }

    private static Map<String, Object> slice(PairedReport.Slice slice) {
        return map(
                "value",
                slice.value(),
                "rows",
                slice.rows(),
                "rows_scored",
                slice.scored(),
                "changed",
                slice.changed(),
                "first",
                slice.first(),
                "second",
                slice.second(),
                "difference",
                estimate(slice.difference()));
    }

    private static Map<String, Object> estimate(Estimate estimate) {
        return map("value", estimate.value(), "low", estimate.low(), "high", estimate.high());
    }

    /** {@return a map in the order of the pairs} */
    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put(pairs[i].toString(), pairs[i + 1]);
        }
        return map;
    }
}
