package org.accrete.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A text table: aligned columns, two blanks between them.
 *
 * <p>Where the terminal is too narrow, the text of the last column is wrapped. If that does not suffice, a table of
 * short cells is folded, so that some columns stand below the others, each part with the first column again; and a
 * table with long cells becomes vertical: a line per cell, below the first cell of its row.
 */
final class Table {
    private static final int GAP = 2;

    /** The last column is not wrapped to less than this. */
    private static final int MIN_WRAPPED = 24;

    /** A table with a wider cell, after the first column, is not folded. */
    private static final int MAX_FOLDED = 24;

    private final String alignment;
    private final List<String[]> lines = new ArrayList<>();
    private Optional<String[]> head = Optional.empty();

    /**
     * Makes an empty table.
     *
     * @param alignment one letter per column: {@code l} for left, {@code r} for right
     */
    Table(String alignment) {
        this.alignment = alignment;
    }

    /** Adds the names of the columns, before any other line. */
    Table head(Object... cells) {
        line(cells);
        head = Optional.of(lines.get(0));
        return this;
    }

    Table line(Object... cells) {
        String[] texts = new String[alignment.length()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = i < cells.length ? Console.oneLine(cells[i].toString()) : "";
        }
        lines.add(texts);
        return this;
    }

    /**
     * {@return the lines}
     *
     * @param width the most characters of a line
     */
    List<String> lines(int width) {
        int[] widths = new int[alignment.length()];
        for (String[] line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        int last = widths.length - 1;
        int before = Arrays.stream(widths, 0, last).sum() + GAP * last;
        List<String> texts = new ArrayList<>();
        if (before + widths[last] <= width) {
            lines.forEach(line -> texts.add(row(line, widths, columns(0, widths.length))));
        } else if (alignment.charAt(last) == 'l' && width - before >= MIN_WRAPPED) {
            lines.forEach(line -> wrapLast(line, widths, width - before, texts));
        } else if (isFoldable(widths, width)) {
            fold(widths, width, texts);
        } else {
            vertical(width, texts);
        }
        return texts;
    }

    /**
     * {@return a text as lines, broken at blanks, and inside a word only if it alone is too long}
     *
     * @param text one line
     * @param width the most characters of a line
     */
    static List<String> wrapped(String text, int width) {
        List<String> texts = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int end = rest.lastIndexOf(' ', width);
            boolean isBlank = end > 0 && !rest.substring(0, end).isBlank();
            texts.add(rest.substring(0, isBlank ? end : width).stripTrailing());
            rest = rest.substring(isBlank ? end + 1 : width);
        }
        texts.add(rest);
        return texts;
    }

    private void wrapLast(String[] line, int[] widths, int room, List<String> texts) {
        String[] part = line.clone();
        int last = part.length - 1;
        for (String piece : wrapped(line[last], room)) {
            part[last] = piece;
            texts.add(row(part, widths, columns(0, part.length)));
            Arrays.fill(part, "");
        }
    }

    private static boolean isFoldable(int[] widths, int width) {
        int widest = Arrays.stream(widths, 1, widths.length).max().orElse(0);
        return widest <= MAX_FOLDED && widths[0] + GAP + widest <= width;
    }

    private void fold(int[] widths, int width, List<String> texts) {
        int from = 1;
        while (from < widths.length) {
            int to = from + 1;
            int room = width - widths[0] - GAP - widths[from];
            while (to < widths.length && room >= GAP + widths[to]) {
                room -= GAP + widths[to];
                to++;
            }
            if (from > 1) {
                texts.add("");
            }
            for (String[] line : lines) {
                texts.add(row(line, widths, columns(from, to)));
            }
            from = to;
        }
    }

    private void vertical(int width, List<String> texts) {
        int label = head.stream()
                .flatMap(Arrays::stream)
                .mapToInt(String::length)
                .max()
                .orElse(0);
        String indent = " ".repeat(label == 0 ? GAP : 2 * GAP + label);
        for (String[] line : lines) {
            if (line == head.orElse(new String[0])) {
                continue;
            }
            texts.addAll(wrapped(line[0], width));
            for (int i = 1; i < line.length; i++) {
                String name = head.isPresent() ? head.get()[i] : "";
                if (!line[i].isEmpty()) {
                    List<String> pieces = wrapped(line[i], Math.max(1, width - indent.length()));
                    texts.add((" ".repeat(GAP) + name + indent).substring(0, indent.length()) + pieces.get(0));
                    pieces.subList(1, pieces.size()).forEach(piece -> texts.add(indent + piece));
                }
            }
        }
    }

    /** {@return the first column and those of a range} */
    private static int[] columns(int from, int to) {
        int first = Math.max(1, from);
        int[] columns = new int[to - first + 1];
        for (int i = 1; i < columns.length; i++) {
            columns[i] = first + i - 1;
        }
        return columns;
    }

    private String row(String[] line, int[] widths, int[] columns) {
        StringBuilder text = new StringBuilder();
        for (int i : columns) {
            String padding = " ".repeat(Math.max(0, widths[i] - line[i].length()));
            boolean right = alignment.charAt(i) == 'r';
            text.append(right ? padding + line[i] : line[i] + padding).append(" ".repeat(GAP));
        }
        return text.toString().stripTrailing();
    }
}
