package org.accrete.io;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.SourceRequest;

/** ARFF files: a header that declares attributes, and one row on each line, dense or sparse. */
final class ArffFormat implements TextFormat {
    /** Endings of files. */
    static final Set<String> ENDINGS = Packing.endings("arff");

    private static final int MOST_ATTRIBUTES = 1 << 20;

    private final Map<TextHeader, List<ArffAttribute>> attributes = new ConcurrentHashMap<>();

    @Override
    public Set<String> endings() {
        return ENDINGS;
    }

    @Override
    public Splitter splitter() {
        return new ArffSplitter();
    }

    @Override
    public String noRows() {
        return "it has no rows to learn from; expected lines of @attribute, then @data and at least one row";
    }

    @Override
    public List<Column> declared(TextHeader header, SourceRequest request) {
        List<ArffAttribute> all = attributes.getOrDefault(header, List.of());
        List<Column> columns = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            String name = header.names().get(i);
            all.get(i).column(name, request.target().equals(Optional.of(name))).ifPresent(columns::add);
        }
        return columns;
    }

    /** Reads the header once per file, on one thread, and rows on any. */
    private final class ArffSplitter extends LineSplitter {
        private final List<ArffAttribute> found = new ArrayList<>();
        private int file = -1;
        private List<ArffAttribute> known = List.of();
        private List<Set<String>> values = List.of();
        private String[] cells = {};

        @Override
        public TextHeader readHeader(TextBlock block) {
            if (block.file != file) {
                found.clear();
                file = block.file;
            }
            block.clearRecords();
            block.isSplit = true;
            int at = block.from;
            int line = 0;
            try {
                while (at < block.length) {
                    int lineEnd = lineEnd(block.bytes, at, block.length);
                    String text = new String(block.bytes, at, lineEnd - at, StandardCharsets.UTF_8).strip();
                    at = next(block.bytes, lineEnd, block.length);
                    line++;
                    if (declare(text)) {
                        block.from = at;
                        block.headerLine = line - 1;
                        block.linesBefore += line;
                        block.isSplit = false;
                        return header();
                    }
                }
            } catch (AccreteException e) {
                block.failure = Optional.of(new BrokenException("not ARFF: " + oneLine(e.getMessage()), at));
                block.failureLine = Math.max(0, line - 1);
            }
            block.lineCount = line;
            return TextHeader.UNKNOWN;
        }

        /** Reads a line of the header; returns whether the rows follow. */
        private boolean declare(String text) {
            if (text.isEmpty() || text.startsWith("%")) {
                return false;
            }
            String word = text.split("\\s", 2)[0].toLowerCase(Locale.ROOT);
            switch (word) {
                case "@relation" -> {
                    return false;
                }
                case "@attribute" -> {
                    if (found.size() == MOST_ATTRIBUTES) {
                        throw AccreteException.badData("there are more than " + MOST_ATTRIBUTES + " attributes");
                    }
                    found.add(ArffAttribute.parse(text.substring(word.length())));
                    return false;
                }
                case "@data" -> {
                    if (found.isEmpty()) {
                        throw AccreteException.badData("there is no @attribute before @data");
                    }
                    return true;
                }
                default ->
                    throw AccreteException.badData("a line of the header must begin with @relation, @attribute or @data"
                            + " but begins with '" + word.substring(0, Math.min(40, word.length())) + "'");
            }
        }

        private TextHeader header() {
            TextHeader.requireRoom(found.size());
            TextHeader header =
                    TextHeader.of(found.stream().map(ArffAttribute::name).toList());
            attributes.put(header, List.copyOf(found));
            return header;
        }

        @Override
        boolean isComment(byte first) {
            return first == '%';
        }

        @Override
        void begin(TextHeader header) {
            List<ArffAttribute> all = attributes.getOrDefault(header, List.of());
            if (all != known) {
                known = all;
                values = all.stream()
                        .map(attribute -> (Set<String>) new HashSet<>(attribute.values()))
                        .toList();
                cells = new String[all.size()];
            }
        }

        @Override
        void splitLine(byte[] bytes, int from, int to, TextHeader header) {
            ArffTokens tokens = new ArffTokens(new String(bytes, from, to - from, StandardCharsets.UTF_8));
            if (tokens.startsWith('{')) {
                readSparse(tokens);
            } else {
                readDense(tokens);
            }
            for (String cell : cells) {
                byte[] text = cell.getBytes(StandardCharsets.UTF_8);
                put(text, 0, text.length);
                endCell();
            }
        }

        private void readDense(ArffTokens tokens) {
            int count = 0;
            boolean more = true;
            while (more) {
                if (count >= cells.length && tokens.startsWith('{')) {
                    throw AccreteException.badData(
                            "the weight of a row, in braces behind it, is not read; make it an attribute");
                }
                String cell = tokens.next(",");
                if (count < cells.length) {
                    cells[count] = cell(count, cell, tokens.wasQuoted());
                }
                count++;
                more = tokens.startsWith(',');
                if (more) {
                    tokens.skip();
                } else if (!tokens.isEnd()) {
                    throw AccreteException.badData(
                            "values must be separated by commas; something follows value " + count);
                }
            }
            if (count != cells.length) {
                throw AccreteException.badData(
                        "a row must have " + cells.length + " values, as there are attributes, but has " + count);
            }
        }

        private void readSparse(ArffTokens tokens) {
            for (int i = 0; i < cells.length; i++) {
                cells[i] = known.get(i).absent();
            }
            tokens.skip();
            int last = -1;
            while (!tokens.startsWith('}')) {
                String word = tokens.next(" \t");
                int index = index(word);
                if (index <= last || index >= cells.length) {
                    throw AccreteException.badData("a sparse row must be {index value, ...} with ascending indices from"
                            + " 0 to " + (cells.length - 1) + " but has '" + word + "'");
                }
                last = index;
                String cell = tokens.next(",}");
                cells[index] = cell(index, cell, tokens.wasQuoted());
                if (tokens.startsWith(',')) {
                    tokens.skip();
                } else if (!tokens.startsWith('}')) {
                    throw AccreteException.badData("a sparse row must end with }");
                }
            }
            tokens.skip();
            if (!tokens.isEnd()) {
                throw AccreteException.badData("something follows a sparse row behind its }");
            }
        }

        private static int index(String word) {
            return word.matches("[0-9]{1,9}") ? Integer.parseInt(word) : -1;
        }

        private String cell(int index, String text, boolean isQuoted) {
            if (!isQuoted && (text.equals("?") || text.isEmpty())) {
                return "";
            }
            ArffAttribute attribute = known.get(index);
            if (attribute.kind() == ArffAttribute.Kind.NOMINAL
                    && !values.get(index).contains(text)) {
                throw AccreteException.badData("attribute '" + attribute.name() + "' must be one of its "
                        + attribute.values().size() + " declared values or ? but was '"
                        + text.substring(0, Math.min(40, text.length())) + "'");
            }
            return attribute.pattern().isPresent() ? attribute.date(text) : text;
        }
    }
}
