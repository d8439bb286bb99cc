package org.accrete.cli;

import java.util.ArrayList;
import java.util.List;

/** A text table: aligned columns, two blanks between them. */
final class Table {
    private final String alignment;
    private final List<String[]> lines = new ArrayList<>();

    /**
     * Makes an empty table.
     *
     * @param alignment one letter per column: {@code l} for left, {@code r} for right
     */
    Table(String alignment) {
        this.alignment = alignment;
    }

    Table line(Object... cells) {
        String[] texts = new String[alignment.length()];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = i < cells.length ? Console.oneLine(cells[i].toString()) : "";
        }
        lines.add(texts);
        return this;
    }

    List<String> lines() {
        int[] widths = new int[alignment.length()];
        for (String[] line : lines) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line[i].length());
            }
        }
        List<String> texts = new ArrayList<>();
        for (String[] line : lines) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                String padding = " ".repeat(widths[i] - line[i].length());
                boolean right = alignment.charAt(i) == 'r';
                text.append(right ? padding + line[i] : line[i] + padding).append("  ");
            }
            texts.add(text.toString().stripTrailing());
        }
        return texts;
    }
}
