package org.accrete.io.parquet;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.io.parquet.FileColumn.Meaning;
import org.accrete.io.parquet.FileColumn.Physical;

/**
 * What a file says about itself at its end.
 *
 * @param columns the columns with at most one value in each row
 * @param unread the other columns, by name, and why they are not read
 * @param groups the row groups
 */
record Footer(List<FileColumn> columns, Map<String, String> unread, List<RowGroup> groups) {
    private static final int LARGEST_SCALE = 1_000;
    private static final int MOST_LEVELS = 64;

    /**
     * Rows that are stored together.
     *
     * @param rows how many
     * @param parts the part of each column of values
     */
    record RowGroup(long rows, List<Part> parts) {}

    /**
     * The pages of one column in a row group.
     *
     * @param codec how pages are packed
     * @param values how many values there are, missing ones too
     * @param from first byte in the file
     * @param length bytes
     * @param isReadable whether they are in this file, not encrypted
     */
    record Part(int codec, long values, long from, long length, boolean isReadable) {
        static final Part NONE = new Part(0, 0, 0, 0, false);
    }

    /**
     * {@return the footer that some bytes are}
     *
     * @param bytes all of them
     */
    static Footer read(byte[] bytes) {
        CompactReader in = new CompactReader(bytes, 0, bytes.length);
        List<Element> elements = new ArrayList<>();
        List<RowGroup> groups = new ArrayList<>();
        int outer = in.begin();
        while (in.nextField()) {
            switch (in.field()) {
                case 2 -> {
                    for (int i = in.structs(); i > 0; i--) {
                        elements.add(Element.read(in));
                    }
                }
                case 4 -> {
                    for (int i = in.structs(); i > 0; i--) {
                        groups.add(group(in));
                    }
                }
                default -> in.skip();
            }
        }
        in.end(outer);
        return new Schema(elements).footer(groups);
    }

    private static RowGroup group(CompactReader in) {
        List<Part> parts = new ArrayList<>();
        long rows = -1;
        int outer = in.begin();
        while (in.nextField()) {
            switch (in.field()) {
                case 1 -> {
                    for (int i = in.structs(); i > 0; i--) {
                        parts.add(part(in));
                    }
                }
                case 3 -> rows = in.number();
                default -> in.skip();
            }
        }
        in.end(outer);
        if (rows < 0) {
            throw new Damage("a row group has no number of rows");
        }
        return new RowGroup(rows, parts);
    }

    private static Part part(CompactReader in) {
        Part part = Part.NONE;
        boolean isElsewhere = false;
        int outer = in.begin();
        while (in.nextField()) {
            switch (in.field()) {
                case 1, 8, 9 -> {
                    isElsewhere = true;
                    in.skip();
                }
                case 3 -> part = description(in);
                default -> in.skip();
            }
        }
        in.end(outer);
        return new Part(part.codec, part.values, part.from, part.length, part.isReadable && !isElsewhere);
    }

    private static Part description(CompactReader in) {
        int codec = 0;
        long values = 0;
        long length = 0;
        long data = 0;
        long dictionary = 0;
        int outer = in.struct();
        while (in.nextField()) {
            switch (in.field()) {
                case 4 -> codec = in.integer();
                case 5 -> values = in.number();
                case 7 -> length = in.number();
                case 9 -> data = in.number();
                case 11 -> dictionary = in.number();
                default -> in.skip();
            }
        }
        in.end(outer);
        long from = dictionary > 0 && dictionary < data ? dictionary : data;
        return new Part(codec, values, from, length, true);
    }

    /** A node of the schema; the nodes within it follow it. */
    private record Element(
            Optional<Physical> physical,
            int length,
            int repetition,
            String name,
            int children,
            int converted,
            int scale,
            int logical,
            int unit,
            boolean isUnsigned) {
        static Element read(CompactReader in) {
            Optional<Physical> physical = Optional.empty();
            int length = 0;
            int repetition = 0;
            String name = "";
            int children = 0;
            int converted = -1;
            int scale = 0;
            int[] logical = {-1, 0, 0, -1};
            int outer = in.begin();
            while (in.nextField()) {
                switch (in.field()) {
                    case 1 -> {
                        int code = in.integer();
                        if (code < 0 || code >= Physical.values().length) {
                            throw new Damage("a column has type " + code);
                        }
                        physical = Optional.of(Physical.values()[code]);
                    }
                    case 2 -> length = in.integer();
                    case 3 -> repetition = in.integer();
                    case 4 -> name = in.text();
                    case 5 -> children = in.integer();
                    case 6 -> converted = in.integer();
                    case 7 -> scale = in.integer();
                    case 10 -> logical(in, logical);
                    default -> in.skip();
                }
            }
            in.end(outer);
            return new Element(
                    physical,
                    length,
                    repetition,
                    name,
                    children,
                    converted,
                    logical[3] < 0 ? scale : logical[3],
                    logical[0],
                    logical[1],
                    logical[2] == 1);
        }

        /** Reads the logical type: its number, unit of time, whether unsigned, scale. */
        private static void logical(CompactReader in, int[] result) {
            int outer = in.struct();
            while (in.nextField()) {
                result[0] = in.field();
                int inner = in.struct();
                while (in.nextField()) {
                    if (result[0] == 5 && in.field() == 1) {
                        result[3] = in.integer();
                    } else if ((result[0] == 7 || result[0] == 8) && in.field() == 2) {
                        int unit = in.struct();
                        while (in.nextField()) {
                            result[1] = in.field();
                            in.skip();
                        }
                        in.end(unit);
                    } else if (result[0] == 10 && in.field() == 2) {
                        result[2] = in.isTrue() ? 0 : 1;
                    } else {
                        in.skip();
                    }
                }
                in.end(inner);
            }
            in.end(outer);
        }

        /** {@return the column that the node is; empty if its values cannot be read} */
        Optional<FileColumn> column(int index) {
            Physical stored = physical.orElseThrow();
            Optional<Meaning> meaning = Optional.empty();
            int factor = 0;
            switch (stored) {
                case BOOLEAN -> meaning = Optional.of(Meaning.BOOLEAN);
                case FLOAT, DOUBLE -> meaning = Optional.of(Meaning.FLOATING);
                case INT96 -> {
                    meaning = Optional.of(Meaning.TIMESTAMP);
                    factor = 1_000_000;
                }
                case INT32, INT64 -> {
                    meaning = Optional.of(meaningOfNumbers());
                    factor = meaning.get() == Meaning.DECIMAL ? scale : unitsPerSecond();
                }
                case BYTE_ARRAY -> {
                    boolean isDecimal = logical == 5 || converted == 5;
                    boolean isText = (logical < 0 && (converted < 0 || converted == 0 || converted == 4))
                            || logical == 1
                            || logical == 4
                            || logical == 12
                            || converted == 19;
                    meaning = isDecimal
                            ? Optional.of(Meaning.DECIMAL)
                            : isText ? Optional.of(Meaning.TEXT) : Optional.empty();
                    factor = isDecimal ? scale : 0;
                }
                case FIXED_LEN_BYTE_ARRAY -> {
                    if (length < 1) {
                        throw new Damage("column '" + name + "' has values of " + length + " bytes");
                    }
                    boolean isDecimal = logical == 5 || converted == 5;
                    meaning = isDecimal
                            ? Optional.of(Meaning.DECIMAL)
                            : logical == 14 && length == 16
                                    ? Optional.of(Meaning.UUID)
                                    : logical == 15 && length == 2 ? Optional.of(Meaning.HALF) : Optional.empty();
                    factor = isDecimal ? scale : 0;
                }
            }
            if (meaning.equals(Optional.of(Meaning.DECIMAL)) && (factor < 0 || factor > LARGEST_SCALE)) {
                throw new Damage("column '" + name + "' has decimals of scale " + factor);
            }
            int scaleOrUnit = factor;
            return meaning.map(some -> new FileColumn(name, index, stored, length, repetition == 1, some, scaleOrUnit));
        }

        private Meaning meaningOfNumbers() {
            return switch (logical < 0 ? -1 : logical) {
                case 5 -> Meaning.DECIMAL;
                case 6 -> Meaning.DATE;
                case 7 -> Meaning.TIME;
                case 8 -> Meaning.TIMESTAMP;
                case 10 -> isUnsigned ? Meaning.UNSIGNED : Meaning.SIGNED;
                default ->
                    switch (converted) {
                        case 5 -> Meaning.DECIMAL;
                        case 6 -> Meaning.DATE;
                        case 7, 8 -> Meaning.TIME;
                        case 9, 10 -> Meaning.TIMESTAMP;
                        case 11, 12, 13, 14 -> Meaning.UNSIGNED;
                        default -> Meaning.SIGNED;
                    };
            };
        }

        private int unitsPerSecond() {
            if (logical == 7 || logical == 8) {
                return unit == 3 ? 1_000_000_000 : unit == 2 ? 1_000_000 : 1_000;
            }
            return converted == 8 || converted == 10 ? 1_000_000 : 1_000;
        }
    }

    /** The tree of the columns, which is stored node by node, each before those within it. */
    private static final class Schema {
        private final List<Element> elements;
        private int next;
        /** Columns of values so far. */
        private int leaves;

        Schema(List<Element> elements) {
            this.elements = elements;
        }

        Footer footer(List<RowGroup> groups) {
            int tops = next().children();
            List<FileColumn> columns = new ArrayList<>();
            Map<String, String> unread = new LinkedHashMap<>();
            for (int i = 0; i < tops; i++) {
                Element top = next();
                if (top.physical().isEmpty() || top.repetition() > 1) {
                    skip(top, 0);
                    unread.put(top.name(), kind(top));
                    continue;
                }
                int index = leaves++;
                top.column(index)
                        .ifPresentOrElse(
                                columns::add,
                                () -> unread.put(top.name(), "its values are bytes that are neither text nor numbers"));
            }
            for (RowGroup group : groups) {
                if (group.parts().size() != leaves) {
                    throw new Damage("a row group has " + group.parts().size() + " columns instead of " + leaves);
                }
            }
            return new Footer(columns, unread, groups);
        }

        private static String kind(Element top) {
            boolean isList = top.physical().isPresent() || top.logical() == 3 || top.converted() == 3;
            boolean isMap = top.logical() == 2 || top.converted() == 1 || top.converted() == 2;
            return "it is a " + (isList ? "list" : isMap ? "map" : "struct of other columns");
        }

        private Element next() {
            if (next == elements.size()) {
                throw new Damage("its description lacks a column");
            }
            return elements.get(next++);
        }

        private void skip(Element element, int depth) {
            if (depth > MOST_LEVELS) {
                throw new Damage("columns are nested too deeply");
            }
            if (element.physical().isPresent()) {
                leaves++;
            }
            for (int i = 0; i < element.children(); i++) {
                skip(next(), depth + 1);
            }
        }
    }
}
