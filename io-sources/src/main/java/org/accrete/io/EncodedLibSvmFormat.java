package org.accrete.io;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Block;
import org.accrete.api.data.Column;
import org.accrete.api.data.Schema;
import org.accrete.api.data.Target;

/**
 * LibSVM files of encoded rows: all columns are features, with indices from 1. A class is its number, and the weight of
 * a row stands in a comment, {@code # weight=2}, which other programs leave out.
 */
final class EncodedLibSvmFormat implements TextFormat {
    static final String WEIGHT = "weight=";
    private static final byte[] ZERO = {'0'};

    private final EncodedRows rows;
    private final TextHeader header;

    EncodedLibSvmFormat(EncodedRows rows) {
        this.rows = rows;
        this.header = new TextHeader(
                EncodedRows.textColumns(rows.plan()).columns().stream()
                        .map(Column::name)
                        .toList(),
                List.of());
    }

    @Override
    public Set<String> endings() {
        return LibSvmFormat.ENDINGS;
    }

    @Override
    public Splitter splitter() {
        return new EncodedSplitter();
    }

    @Override
    public String noRows() {
        return "it has no rows";
    }

    @Override
    public TextHeader header() {
        return header;
    }

    /** Splits a line into the cells of {@link EncodedRows#textColumns}. */
    private final class EncodedSplitter extends LineSplitter {
        private final Schema schema = rows.plan().schema();
        private final int numbers = EncodedRows.numbers(schema);
        private final boolean hasWeight = EncodedRows.weight(rows.plan()).isPresent();

        // The pair that comes next.
        private byte[] line = {};
        private int end;
        private int at;
        private int index;
        private int valueFrom;
        private int valueTo;

        @Override
        public TextHeader readHeader(TextBlock block) {
            return header;
        }

        @Override
        boolean isComment(byte first) {
            return first == '#';
        }

        @Override
        void splitLine(byte[] bytes, int from, int to, TextHeader columns) {
            line = bytes;
            int comment = from;
            while (comment < to && bytes[comment] != '#') {
                comment++;
            }
            end = comment;
            int labelEnd = LibSvmFormat.tokenEnd(bytes, from, end);
            at = labelEnd;
            index = -1;
            nextPair();
            for (int column = 0; column < numbers; column++) {
                if (index == column) {
                    put(bytes, valueFrom, valueTo);
                    nextPair();
                } else {
                    put(ZERO, 0, 1);
                }
                endCell();
            }
            int first = numbers;
            for (Block block : schema.blocks()) {
                if (block.kind().isSparse()) {
                    while (index < first + block.width()) {
                        byte[] own = Integer.toString(index - first).getBytes(StandardCharsets.US_ASCII);
                        put(own, 0, own.length);
                        put((byte) ':');
                        put(bytes, valueFrom, valueTo);
                        put((byte) ' ');
                        nextPair();
                    }
                    endCell();
                    first += block.width();
                }
            }
            if (hasWeight) {
                putWeight(comment, to);
            }
            putLabel(from, labelEnd);
        }

        /** Reads the next pair; behind the last one, its index is that of no column. */
        private void nextPair() {
            at = LibSvmFormat.skipBlanks(line, at, end);
            if (at == end) {
                index = Integer.MAX_VALUE;
                return;
            }
            int begin = at;
            long number = 0;
            while (at < end && line[at] >= '0' && line[at] <= '9' && number <= schema.width()) {
                number = number * 10 + line[at++] - '0';
            }
            boolean isPair = at > begin && at < end && line[at] == ':';
            if (!isPair || number < 1 || number > schema.width() || number - 1 <= index) {
                throw AccreteException.badData("features must be pairs index:value with ascending indices from 1 to "
                        + schema.width() + " but there is '"
                        + text(begin, LibSvmFormat.tokenEnd(line, begin, end)) + "'");
            }
            index = (int) number - 1;
            valueFrom = at + 1;
            at = LibSvmFormat.tokenEnd(line, at, end);
            valueTo = at;
        }

        private void putWeight(int comment, int to) {
            int begin = LibSvmFormat.skipBlanks(line, Math.min(comment + 1, to), to);
            if (!text(begin, Math.min(to, begin + WEIGHT.length())).equals(WEIGHT)) {
                throw AccreteException.badData("the line must end with the weight of its row, as in # weight=2");
            }
            put(line, begin + WEIGHT.length(), to);
            endCell();
        }

        private void putLabel(int from, int to) {
            Target.Kind kind = schema.target().kind();
            if (kind == Target.Kind.NONE) {
                return;
            }
            String number = text(from, to);
            if (kind == Target.Kind.NUMERIC || number.equals("nan")) {
                put(line, from, to);
            } else {
                byte[] label = rows.label(number(number)).getBytes(StandardCharsets.UTF_8);
                put(label, 0, label.length);
            }
            endCell();
        }

        private static double number(String text) {
            if (!text.matches("[0-9]{1,9}")) {
                throw AccreteException.badData(
                        "the label must be the number of a class, or nan, but was '" + text + "'");
            }
            return Integer.parseInt(text);
        }

        private String text(int from, int to) {
            return new String(line, from, to - from, StandardCharsets.UTF_8);
        }
    }
}
