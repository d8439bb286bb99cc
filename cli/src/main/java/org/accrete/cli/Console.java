package org.accrete.cli;

import java.io.PrintStream;
import java.util.List;
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

    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private final boolean debug;
    private final boolean terminal;

    /**
     * Makes a console.
     *
     * @param out standard output
     * @param err standard error
     * @param json whether results are one JSON document
     * @param debug whether a failure also prints its stack trace
     * @param terminal whether standard error is a terminal, so that a line can be rewritten
     */
    Console(PrintStream out, PrintStream err, boolean json, boolean debug, boolean terminal) {
        this.out = out;
        this.err = err;
        this.json = json;
        this.debug = debug;
        this.terminal = terminal;
    }

    boolean isJson() {
        return json;
    }

    boolean isTerminal() {
        return terminal;
    }

    PrintStream out() {
        return out;
    }

    /** Prints a line of the result. */
    void print(String line) {
        out.println(line);
    }

    /** Prints lines of the result. */
    void print(List<String> lines) {
        lines.forEach(out::println);
    }

    /** Prints the result as the one JSON document. */
    void json(Map<String, ?> document) {
        try (JsonGenerator generator = JsonOutput.generator(out)) {
            JsonOutput.write(generator, document);
        }
        out.println();
    }

    /** Prints a line that is not part of the result. */
    void note(String line) {
        err.println(oneLine(line));
    }

    /** Prints a question; the answer is to stand in the same line. */
    void ask(String question) {
        err.print(question);
        err.flush();
    }

    /** Replaces the last line on a terminal. */
    void rewrite(String line) {
        err.print("\r" + line + "\u001b[K");
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
            err.println("accrete: " + failure.line());
        }
        trace(failure);
    }

    /** Prints the stack trace of a failure, with {@code --debug}. */
    void trace(Failure failure) {
        if (debug) {
            failure.cause().printStackTrace(err);
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
