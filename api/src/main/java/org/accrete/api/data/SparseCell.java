package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import org.accrete.api.AccreteException;

/** Reads a cell of {@code index:value} pairs, separated by blanks. */
final class SparseCell implements BlockCell {
    private final String name;
    private final int first;
    private final int width;

    SparseCell(Column.Sparse column) {
        name = column.name();
        first = column.first();
        width = column.width();
    }

    @Override
    public void put(byte[] text, int from, int to, int column, ChunkBuffer out) {
        long previous = -1;
        int at = from;
        while (at < to) {
            int begin = at;
            long index = 0;
            while (at < to && text[at] >= '0' && text[at] <= '9' && index <= width) {
                index = index * 10 + text[at++] - '0';
            }
            int colon = at;
            while (at < to && !Cells.isBlank(text[at])) {
                at++;
            }
            if (colon == begin || colon == at || text[colon] != ':') {
                throw refuse("pairs index:value" + range(index), text, begin, at);
            }
            double value = Numbers.parse(text, colon + 1, at);
            if (!Double.isFinite(value)) {
                throw refuse("pairs index:value whose values are finite numbers", text, begin, at);
            }
            index -= first;
            if (index < 0 || index >= width) {
                throw refuse("pairs index:value" + range(index + first), text, begin, at);
            }
            if (index <= previous) {
                throw refuse("pairs index:value with ascending indices", text, begin, at);
            }
            previous = index;
            if (value != 0.0) {
                out.put(column + (int) index, value);
            }
            while (at < to && Cells.isBlank(text[at])) {
                at++;
            }
        }
    }

    private String range(long index) {
        return index < first || index - first >= width
                ? " with indices from " + first + " to " + (width - 1L + first)
                : "";
    }

    private AccreteException refuse(String expected, byte[] text, int from, int to) {
        return AccreteException.badCell(
                name,
                "column " + Cells.quote(name) + " must be " + expected + " but has "
                        + Cells.quote(new String(text, from, to - from, StandardCharsets.UTF_8)));
    }
}
