package org.accrete.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.param.ParamSpec;
import org.accrete.api.store.History;
import org.accrete.api.store.ModelVersion;

/**
 * The scores of a stored history over the rows learned, as it is plotted: each version's scores of the rows that it
 * alone has learned, and what happened in between. Rows that a rollback took back count as learned.
 *
 * @param model name of the model
 * @param metrics names of the scores, in display order
 * @param stretches one for each version, oldest first
 * @param baselines scores of each baseline on all rows of the newest version
 * @param marks what happened, in order
 */
record ScoreCurve(
        String model,
        List<String> metrics,
        List<Stretch> stretches,
        Map<String, Map<String, Double>> baselines,
        List<Mark> marks) {
    private static final int MOST_NAMED = 8;
    private static final Pattern DRIFT = Pattern.compile("([a-z][a-z0-9-]*)(\\(.*?\\))?@(\\d+)(?=, | and |$)");

    /**
     * The rows that one version alone has learned.
     *
     * @param version its number
     * @param from rows learned before them
     * @param to rows learned with them
     * @param scores of these rows
     * @param verdict what gates said of the version
     * @param wasLive whether {@code live} ever pointed at it
     */
    record Stretch(
            long version,
            long from,
            long to,
            Map<String, Double> scores,
            ModelVersion.Verdict verdict,
            boolean wasLive) {
        boolean isRefused() {
            return verdict == ModelVersion.Verdict.REFUSED;
        }
    }

    /** What happened. */
    enum Kind {
        DRIFT,
        LIVE,
        REFUSED
    }

    /**
     * Something that happened.
     *
     * @param kind what
     * @param at after how many rows learned
     * @param text in words, short
     */
    record Mark(Kind kind, double at, String text) {}

    /**
     * {@return the curve of a history}
     *
     * @param history the history, with at least one version
     * @param baselines scores of each baseline on all rows of the newest version
     */
    static ScoreCurve of(History history, Map<String, Map<String, Double>> baselines) {
        List<ModelVersion> versions = history.versions();
        Map<String, Long> rows = new HashMap<>();
        versions.forEach(version -> rows.put(version.reference(), version.note().rowsSeen()));
        Set<Long> lives = new HashSet<>();
        history.moves().stream()
                .filter(move -> move.alias().equals(History.LIVE))
                .forEach(move -> lives.add(move.number()));
        Map<String, Double> any = new HashMap<>();
        List<Stretch> stretches = new ArrayList<>();
        List<Mark> marks = new ArrayList<>();
        long at = versions.get(0).note().rowsSeen() - learned(versions.get(0), rows);
        for (ModelVersion version : versions) {
            ModelVersion.Note note = version.note();
            any.putAll(note.stretch());
            Stretch stretch = new Stretch(
                    version.number(),
                    at,
                    at + learned(version, rows),
                    Figures.inOrder(note.stretch()),
                    note.verdict(),
                    lives.contains(version.number()));
            stretches.add(stretch);
            drifts(version, stretch, marks);
            if (stretch.isRefused()) {
                marks.add(new Mark(Kind.REFUSED, stretch.to(), "version " + version.number() + " refused"));
            }
            at = stretch.to();
        }
        history.moves().stream()
                .filter(move ->
                        move.alias().equals(History.LIVE) && move.reason().isPresent())
                .forEach(move -> marks.add(move(move, stretches)));
        marks.sort(Comparator.comparingDouble(Mark::at));
        return new ScoreCurve(history.model(), List.copyOf(Figures.inOrder(any).keySet()), stretches, baselines, marks);
    }

    /** {@return how many rows a version has learned that its parent had not} */
    private static long learned(ModelVersion version, Map<String, Long> rows) {
        ModelVersion.Note note = version.note();
        Optional<Long> before = note.parent().map(rows::get);
        Optional<Long> from = fact(note, "rows_from");
        Optional<Long> to = fact(note, "rows_to");
        long learned = before.isPresent()
                ? note.rowsSeen() - before.get()
                : from.isPresent() && to.isPresent() ? to.get() - from.get() + 1 : note.rowsSeen();
        return Math.max(0, Math.min(learned, note.rowsSeen()));
    }

    private static Optional<Long> fact(ModelVersion.Note note, String name) {
        try {
            return Optional.ofNullable(note.facts().get(name)).map(Long::valueOf);
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Adds the drifts that a version names, each where its row stands in the rows of the version. */
    private static void drifts(ModelVersion version, Stretch stretch, List<Mark> marks) {
        Matcher found = DRIFT.matcher(version.note().facts().getOrDefault("drift", ""));
        long from = fact(version.note(), "rows_from").orElse(1L);
        double rows = Math.max(1, fact(version.note(), "rows_to").orElse(from) - from + 1.0);
        while (found.find()) {
            double part = (Double.parseDouble(found.group(3)) - from + 1) / rows;
            double inside = Math.max(0, Math.min(1, part)) * (stretch.to() - stretch.from());
            marks.add(new Mark(Kind.DRIFT, stretch.from() + inside, "drift " + found.group()));
        }
    }

    /** {@return a move that somebody made, at the end of what was the newest version then} */
    private static Mark move(History.Move move, List<Stretch> stretches) {
        long at = stretches.stream()
                .filter(stretch -> stretch.version() <= move.newest())
                .mapToLong(Stretch::to)
                .max()
                .orElse(stretches.get(0).from());
        String why = move.reason().map(History.Reason::why).orElse("");
        return new Mark(
                Kind.LIVE, at, "live moved to " + move.number() + (why.isEmpty() ? "" : ": " + Console.oneLine(why)));
    }

    /** {@return whether there are so many drifts that a plot has no room for their names} */
    boolean hasManyDrifts() {
        return marks.stream().filter(mark -> mark.kind() == Kind.DRIFT).count() > MOST_NAMED;
    }

    /** {@return the end of each stretch in rows learned, after the beginning of the first} */
    double[] rows() {
        return values(stretches.get(0).from(), Stretch::to);
    }

    /** {@return a score of each stretch, NaN where there is none, after that of the first once more} */
    double[] scores(String metric) {
        ToDoubleFunction<Stretch> score = stretch -> stretch.scores().getOrDefault(metric, Double.NaN);
        return values(score.applyAsDouble(stretches.get(0)), score);
    }

    private double[] values(double first, ToDoubleFunction<Stretch> value) {
        double[] values = new double[stretches.size() + 1];
        values[0] = first;
        for (int i = 0; i < stretches.size(); i++) {
            values[i + 1] = value.applyAsDouble(stretches.get(i));
        }
        return values;
    }

    /** {@return the baselines that have a score} */
    Map<String, Double> baselines(String metric) {
        Map<String, Double> levels = new LinkedHashMap<>();
        baselines.forEach((name, figures) -> {
            double level = figures.getOrDefault(metric, Double.NaN);
            if (Double.isFinite(level)) {
                levels.put(name, level);
            }
        });
        return levels;
    }

    /** {@return what the page draws} */
    Map<String, Object> document() {
        List<Map<String, Object>> points = new ArrayList<>();
        for (Stretch stretch : stretches) {
            Map<String, Object> point = new LinkedHashMap<>();
            point.put("version", stretch.version());
            point.put("from", stretch.from());
            point.put("to", stretch.to());
            point.put("scores", stretch.scores());
            point.put("verdict", ParamSpec.word(stretch.verdict()));
            point.put("was_live", stretch.wasLive());
            points.add(point);
        }
        List<Map<String, Object>> happened = new ArrayList<>();
        for (Mark mark : marks) {
            happened.add(Map.of("kind", ParamSpec.word(mark.kind()), "at", mark.at(), "text", mark.text()));
        }
        Map<String, String> labels = new LinkedHashMap<>();
        metrics.forEach(metric -> labels.put(metric, Figures.label(metric)));
        Map<String, Map<String, Double>> levels = new LinkedHashMap<>();
        metrics.forEach(metric -> levels.put(metric, baselines(metric)));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("metrics", metrics);
        document.put("labels", labels);
        document.put("stretches", points);
        document.put("baselines", levels);
        document.put("marks", happened);
        document.put("names_drifts", !hasManyDrifts());
        return document;
    }

    /** {@return the curve in one sentence} */
    String sentence() {
        return "Scores of the rows that each version alone has learned: "
                + Console.count(stretches.size(), "version") + ", "
                + Console.count(stretches.get(stretches.size() - 1).to(), "row") + ".";
    }

    /** {@return the versions and what happened, as tables} */
    List<Comparison.Section> sections() {
        List<Comparison.Section> sections = new ArrayList<>();
        if (!marks.isEmpty()) {
            sections.add(new Comparison.Section(
                    "what happened",
                    List.of("", "after rows"),
                    marks.stream()
                            .map(mark -> List.of(mark.text(), Console.count((long) mark.at())))
                            .toList()));
        }
        List<String> head = new ArrayList<>(List.of("version", "rows", "to"));
        metrics.forEach(metric -> head.add(Figures.label(metric)));
        List<List<String>> lines = new ArrayList<>();
        for (Stretch stretch : stretches) {
            List<String> line = new ArrayList<>(List.of(
                    stretch.version() + (stretch.isRefused() ? " (refused)" : ""),
                    Console.count(stretch.to() - stretch.from()),
                    Console.count(stretch.to())));
            metrics.forEach(metric -> line.add(Figures.text(stretch.scores().getOrDefault(metric, Double.NaN))));
            lines.add(line);
        }
        sections.add(new Comparison.Section("versions", head, lines));
        return sections;
    }
}
