package org.accrete.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/**
 * Where a command writes: results go to standard output, as lines or as one JSON document, and everything else goes to
 * standard error.
 */
final class Console {
    private static final Pattern LINE_BREAKS = Pattern.compile("\\s*\\R\\s*");

    /** No lines are wrapped. */
    static final int NO_TERMINAL = Integer.MAX_VALUE;

    private static final int HELP_COLUMNS = 100;

    /** The least that the help is laid out for. */
    private static final int MIN_COLUMNS = 55;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private final boolean debug;
    private final int outColumns;
    private final int errColumns;
    private final boolean rewrites;
    private final boolean coloured;

    /**
     * Makes a console.
     *
     * @param out standard output
     * @param err standard error
     * @param json whether results are one JSON document
     * @param debug whether a failure also prints its stack trace
     * @param outColumns width of the terminal that is standard output, at which lines are wrapped; {@link #NO_TERMINAL}
     *     if it is not one
     * @param errColumns the same of standard error, where a terminal also lets a line be rewritten
     * @param environment variables, of which {@code NO_COLOR} forbids colours, and a {@code TERM} that is dumb says
     *     that the terminal can neither rewrite nor colour
     */
    Console(
            PrintStream out,
            PrintStream err,
            boolean json,
            boolean debug,
            int outColumns,
            int errColumns,
            Map<String, String> environment) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.debug = debug;
        this.outColumns = outColumns;
        this.errColumns = errColumns;
        this.rewrites = errColumns != NO_TERMINAL
                && !environment.getOrDefault("TERM", "").equals("dumb");
        this.coloured = rewrites && environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    boolean isJson() {
        return json;
    }

    /** {@return whether the last line on standard error can be replaced} */
    boolean rewrites() {
        return rewrites;
    }

    /** {@return the width that help is wrapped at} */
    int helpColumns() {
        return Math.max(MIN_COLUMNS, Math.min(HELP_COLUMNS, outColumns));
    }

    PrintStream out() {
        return out;
    }

    /** {@return a writer of the result; on a terminal it shows characters that would steer it} */
    Writer writer() {
        Writer all = new OutputStreamWriter(out, StandardCharsets.UTF_8);
        if (outColumns == NO_TERMINAL) {
            return all;
        }
        return new FilterWriter(all) {
            @Override
            public void write(int c) throws IOException {
                out.write(visible(String.valueOf((char) c)));
            }

            @Override
            public void write(char[] text, int start, int length) throws IOException {
                out.write(visible(new String(text, start, length)));
            }

            @Override
            public void write(String text, int start, int length) throws IOException {
                out.write(visible(text.substring(start, start + length)));
            }
        };
    }

    /**
     * {@return a text with characters that would steer a terminal, or turn its text around, written as their codes}
     * Labels, names of files and what plug-ins say of themselves can have any.
     */
    static String visible(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean steers = Character.isISOControl(c) && c != '\n' && c != '\r' && c != '\t';
            boolean turns = (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069');
            if (steers || turns) {
                visible.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
            } else {
                visible.append(c);
            }
        }
        return visible.toString();
    }

    /** Prints a line of the result, wrapped on a terminal. */
    void print(String line) {
        Table.wrapped(visible(line), outColumns).forEach(out::println);
    }

    /** Prints a table of the result, not wider than the terminal. */
    void print(Table table) {
        table.lines(outColumns).forEach(line -> out.println(visible(line)));
    }

    /** Prints the result as the one JSON document. */
    void json(Map<String, ?> document) {
        try (JsonGenerator generator = JsonOutput.generator(out)) {
            JsonOutput.write(generator, document);
        }
        out.println();
    }

    /** Prints a line that is not part of the result, wrapped on a terminal. */
    void note(String line) {
        Table.wrapped(visible(oneLine(line)), errColumns).forEach(err::println);
    }

    /** Prints a question; the answer is to stand in the same line. */
    void ask(String question) {
        err.print(visible(question));
        err.flush();
    }

    /** Replaces the last line on a terminal; only one line can be, so what does not fit is left out. */
    void rewrite(ProgressLine line) {
        err.print("\r" + line.text(Math.max(1, errColumns - 1), coloured) + "\u001b[K");
        err.flush();
    }

    /** Moves on from a line that was rewritten. */
    void endRewriting() {
        err.println();
    }

    /** Prints a failure, as a line or as JSON. */
    void failure(Failure failure) {
        if (json) {
            json(Map.of("error", failure.toMap()));
        } else {
            note("accrete: " + failure.line());
        }
        trace(failure);
    }

    /** Prints the stack trace of a failure, with {@code --debug}. */
    void trace(Failure failure) {
        if (debug) {
            StringWriter trace = new StringWriter();
            failure.cause().printStackTrace(new PrintWriter(trace));
            err.print(visible(trace.toString()));
        }
    }

    static String oneLine(String text) {
        return LINE_BREAKS.matcher(text).replaceAll(" ");
    }

    /** {@return a whole number with separated thousands} */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@return a count and its noun, with an s unless the count is 1} */
    static String count(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@return a number of bytes, rounded to a unit that a person reads} */
    static String bytes(long bytes) {
        if (bytes < 10_000) {
            return count(bytes, "byte");
        }
        return bytes < 10_000_000
                ? String.format(Locale.ROOT, "%,.0f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }
}
