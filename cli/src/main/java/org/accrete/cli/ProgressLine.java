package org.accrete.cli;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import org.accrete.core.train.Progress;

/**
 * How far a run is, as one line: how much is done and the time left where the end is known, rows, and scores with their
 * trends. Where it must fit a width, what matters least is left out first.
 */
final class ProgressLine {
    private static final String GAP = "  ";
    private static final int LEAST_CELLS = 5;
    private static final int MOST_CELLS = 20;
    private static final String GREEN = "\u001b[32m";
    private static final String RED = "\u001b[31m";
    private static final String PLAIN = "\u001b[m";

    /**
     * A part of the line.
     *
     * @param rank parts of a higher rank are left out before it
     * @param before what stands between it and the part before it
     * @param text what it says
     * @param colour how a terminal is told to colour it; empty for not at all
     */
    private record Part(int rank, String before, String text, String colour) {
        int columns() {
            return before.length() + text.length();
        }
    }

    private final OptionalDouble share;
    /** In the order in which they are shown. */
    private final List<Part> parts = new ArrayList<>();

    /**
     * Makes a line.
     *
     * @param progress what is shown, except for its share
     * @param share how much is done, from 0 to 1
     * @param secondsLeft how long the rest will take
     */
    ProgressLine(Progress progress, OptionalDouble share, OptionalDouble secondsLeft) {
        this.share = share;
        share.ifPresent(done -> add(0, (int) Math.floor(done * 100) + " %"));
        secondsLeft.ifPresent(seconds -> add(1, time(seconds) + " left"));
        add(2, Console.count(progress.rows(), "row"));
        if (progress.rowsRefused() > 0) {
            add(3, Console.count(progress.rowsRefused()) + " bad");
        }
        add(6, rate(progress.rows() / Math.max(progress.seconds(), 1e-9)) + " rows/s");
        int rank = 5;
        for (Figures.Brief brief : Figures.brief(progress.scores().get())) {
            add(rank, brief.score());
            if (!brief.change().isEmpty()) {
                String colour = brief.direction() == 0 ? "" : brief.direction() > 0 ? GREEN : RED;
                parts.add(new Part(rank + 2, " ", brief.change(), colour));
            }
            rank += 3;
        }
    }

    private void add(int rank, String text) {
        parts.add(new Part(rank, parts.isEmpty() ? "" : GAP, text, ""));
    }

    /** {@return a time as hours, minutes and seconds, rounded up} */
    private static String time(double seconds) {
        long whole = (long) Math.ceil(Math.min(seconds, 1e9));
        long hours = whole / 3600;
        return hours > 0
                ? String.format(Locale.ROOT, "%,d:%02d:%02d", hours, whole / 60 % 60, whole % 60)
                : String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60);
    }

    private static String rate(double rows) {
        if (rows < 10_000) {
            return String.format(Locale.ROOT, "%,.0f", rows);
        }
        return rows < 1e6
                ? String.format(Locale.ROOT, "%.0fk", rows / 1e3)
                : String.format(Locale.ROOT, "%.1fM", rows / 1e6);
    }

    /** {@return the whole line, without a bar} */
    String text() {
        return join(parts, false);
    }

    /**
     * {@return as much of the line as fits, with a bar where the share is known}
     *
     * @param columns the width, at least 1
     * @param coloured whether a change for the better is green and one for the worse red
     */
    String text(int columns, boolean coloured) {
        Part bar = new Part(4, "", bar(Math.max(LEAST_CELLS, Math.min(MOST_CELLS, columns / 10))), "");
        List<Part> ranked = new ArrayList<>(parts);
        if (share.isPresent()) {
            ranked.add(bar);
        }
        ranked.sort(Comparator.comparingInt(Part::rank));
        List<Part> fitting = new ArrayList<>();
        int left = columns;
        for (Part part : ranked) {
            if (part.columns() > left) {
                break;
            }
            left -= part.columns();
            fitting.add(part);
        }
        if (fitting.isEmpty()) {
            return text().substring(0, Math.min(text().length(), columns));
        }
        String line = join(parts.stream().filter(fitting::contains).toList(), coloured);
        return fitting.contains(bar) ? bar.text() + line : line;
    }

    private String bar(int cells) {
        int full = (int) (share.orElse(0) * cells);
        return "[" + "#".repeat(full) + "-".repeat(cells - full) + "] ";
    }

    private static String join(List<Part> shown, boolean coloured) {
        StringBuilder line = new StringBuilder();
        for (Part part : shown) {
            boolean isColoured = coloured && !part.colour().isEmpty();
            line.append(part.before())
                    .append(isColoured ? part.colour() : "")
                    .append(part.text())
                    .append(isColoured ? PLAIN : "");
        }
        return line.toString();
    }
}
