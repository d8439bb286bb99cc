package org.accrete.io;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * How CSV files are written.
 *
 * @param delimiter separator of cells
 * @param charset charset of files without a byte order mark
 * @param hasHeader whether the first record of each file names the columns; else they are named 1, 2, …
 * @param skippedLines lines at the beginning of each file that are not read
 * @param comment first character of lines that are not read
 */
record CsvFormat(char delimiter, Charset charset, boolean hasHeader, int skippedLines, Optional<Character> comment)
        implements TextFormat {
    /** Other common delimiters, each with its spelling in a source address. */
    private static final List<List<String>> OTHER_DELIMITERS =
            List.of(List.of(";", "%3B"), List.of("\t", CsvSourceProvider.TAB), List.of("|", "%7C"));

    private static final String HEADER_ADVICE =
            "if the first line is no header, say csv:FILE?header=no, which names the columns 1, 2, ...";
    private static final Pattern NUMBER = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");
    private static final int LISTED = 5;

    /** Endings of files. */
    static final Set<String> ENDINGS = Packing.endings("csv", "tsv");

    @Override
    public Set<String> endings() {
        return ENDINGS;
    }

    @Override
    public TextInput open(InputStream stored, int readSize) throws IOException {
        return new TextInput(stored, this, readSize);
    }

    @Override
    public Splitter splitter() {
        return new CsvSplitter(this);
    }

    @Override
    public String notText() {
        return "soon after this line there is something that is not " + charset
                + " text; say which charset it is, as in csv:FILE?charset=windows-1252";
    }

    @Override
    public String noRows() {
        return "it has no rows to learn from; expected a line of column names, then at least one row";
    }

    /** {@inheritDoc} Something may look as if the format was another. */
    @Override
    public String hint(List<String> names) {
        for (List<String> other : OTHER_DELIMITERS) {
            if (names.size() == 1 && names.get(0).contains(other.get(0))) {
                return "; if something else separates the cells, say so, as in csv:FILE?delimiter=" + other.get(1);
            }
        }
        return isMostlyNumbers(names) ? "; " + HEADER_ADVICE : "";
    }

    private boolean isMostlyNumbers(List<String> names) {
        long numbers =
                names.stream().filter(name -> NUMBER.matcher(name).matches()).count();
        return hasHeader && 2 * numbers > names.size();
    }

    @Override
    public List<String> warnings(TextHeader header, String name) {
        List<String> warnings = new ArrayList<>();
        List<String> names = header.names();
        List<String> doubled = header.doubled();
        if (isMostlyNumbers(names)) {
            warnings.add("the header of '" + name + "' is numbers: " + listed(names) + "; " + HEADER_ADVICE);
        }
        if (!doubled.isEmpty()) {
            warnings.add("column names occur more than once in the header of '" + name + "': " + listed(doubled)
                    + "; the later ones are named " + doubled.get(0) + ".1 and so on"
                    + (isMostlyNumbers(names) ? "" : "; " + HEADER_ADVICE));
        }
        return warnings;
    }

    private static String listed(List<String> names) {
        return names.stream().limit(LISTED).collect(Collectors.joining(", ")) + (names.size() > LISTED ? ", ..." : "");
    }
}
