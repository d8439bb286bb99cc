package org.accrete.io;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;
import org.accrete.api.data.Column;
import org.accrete.api.data.SourceRequest;

/**
 * LibSVM files: on each line a label, perhaps {@code qid:n}, and pairs {@code index:value}; {@code #} begins a comment.
 */
final class LibSvmFormat implements TextFormat {
    /** Endings of files. */
    static final Set<String> ENDINGS = Packing.endings("libsvm", "svm", "svmlight");

    static final String LABEL = "y";
    static final String QUERY = "qid";
    static final String FEATURES = "x";

    private static final TextHeader HEADER = new TextHeader(List.of(LABEL, QUERY, FEATURES), List.of());

    private final Optional<Indices> found;

    /**
     * Makes a format.
     *
     * @param found the indices of all features; empty where a stored plan knows them
     */
    LibSvmFormat(Optional<Indices> found) {
        this.found = found;
    }

    /**
     * The indices of features.
     *
     * @param first index of the first one, 0 or 1
     * @param width how many there are
     * @param note what the user should know about them; empty for nothing
     */
    record Indices(int first, int width, String note) {}

    @Override
    public Set<String> endings() {
        return ENDINGS;
    }

    @Override
    public Splitter splitter() {
        return new LibSvmSplitter();
    }

    @Override
    public String noRows() {
        return "it has no rows to learn from; expected lines such as 1 3:0.5 7:1";
    }

    @Override
    public TextHeader header() {
        return HEADER;
    }

    @Override
    public List<Column> declared(TextHeader header, SourceRequest request) {
        Indices indices = found.orElseThrow();
        return List.of(new Column.Ignore(QUERY), new Column.Sparse(FEATURES, indices.width(), indices.first()));
    }

    @Override
    public List<String> warnings(TextHeader header, String name) {
        return found.map(Indices::note)
                .filter(note -> !note.isEmpty())
                .map(List::of)
                .orElse(List.of());
    }

    /** Splits lines into label, query and features. */
    private static final class LibSvmSplitter extends LineSplitter {
        @Override
        public TextHeader readHeader(TextBlock block) {
            return HEADER;
        }

        @Override
        boolean isComment(byte first) {
            return first == '#';
        }

        @Override
        void splitLine(byte[] bytes, int from, int to, TextHeader header) {
            int end = from;
            while (end < to && bytes[end] != '#') {
                end++;
            }
            while (isBlank(bytes[end - 1])) {
                end--;
            }
            int at = tokenEnd(bytes, from, end);
            if (contains(bytes, from, at, ',')) {
                throw AccreteException.badData("a line must have one label but has several, separated by commas");
            }
            if (contains(bytes, from, at, ':')) {
                // The label is missing.
                at = from;
            }
            put(bytes, from, at);
            endCell();
            at = skipBlanks(bytes, at, end);
            if (end - at > 4
                    && bytes[at] == 'q'
                    && bytes[at + 1] == 'i'
                    && bytes[at + 2] == 'd'
                    && bytes[at + 3] == ':') {
                int begin = at + 4;
                at = tokenEnd(bytes, at, end);
                put(bytes, begin, at);
                at = skipBlanks(bytes, at, end);
            }
            endCell();
            put(bytes, at, end);
            endCell();
        }
    }

    static boolean contains(byte[] bytes, int from, int to, char one) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == one) {
                return true;
            }
        }
        return false;
    }

    static int tokenEnd(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && !LineSplitter.isBlank(bytes[at])) {
            at++;
        }
        return at;
    }

    static int skipBlanks(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to && LineSplitter.isBlank(bytes[at])) {
            at++;
        }
        return at;
    }
}
