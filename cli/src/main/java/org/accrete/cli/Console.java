package org.accrete.cli;

import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.core.JsonGenerator;

/**
 * Where a command writes to: results to standard output, as lines or as one JSON document; everything else to standard
 * error.
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
     * @param debug whether failures show where in the code they came from
     * @param terminal whether standard error is looked at by a person, so that a line may be rewritten
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

    /** Tells something that is not part of the result. */
    void note(String line) {
        err.println(oneLine(line));
    }

    /** Writes over the last line on a terminal; the text is padded to what stood there. */
    void rewrite(String line) {
        err.print("\r" + line + "\u001b[K");
        err.flush();
    }

    /** Ends a line that was rewritten. */
    void endRewriting() {
        err.println();
    }

    /** Tells a failure in the way that was asked for. */
    void failure(Failure failure) {
        if (json) {
            json(Map.of("error", failure.toMap()));
        } else {
            err.println("accrete: " + failure.line());
        }
        trace(failure);
    }

    /** Shows where in the code a failure came from, when that was asked for. */
    void trace(Failure failure) {
        if (debug) {
            failure.cause().printStackTrace(err);
        }
    }

    static String oneLine(String text) {
        return LINE_BREAKS.matcher(text).replaceAll(" ");
    }

    /** {@return a whole number with its thousands apart} */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@return a count with its noun, which takes an s} */
    static String count(long number, String noun) {
        return count(number) + " " + noun + (number == 1 ? "" : "s");
    }

    /** {@return bytes as a person reads them} */
    static String bytes(long bytes) {
        if (bytes < 10_000) {
            return count(bytes, "byte");
        }
        return bytes < 10_000_000
                ? String.format(Locale.ROOT, "%,.0f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }
}
