package org.accrete.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import picocli.CommandLine;

/**
 * Why a command failed, as it is told.
 *
 * @param kind one of {@link AccreteException.Kind}'s texts, {@code out-of-memory} or {@code internal}
 * @param message one line
 * @param where file and line, when it is known
 * @param status {@link #MENDABLE} or {@link #OTHER}
 * @param cause what was thrown
 */
record Failure(String kind, String message, Optional<String> where, int status, Throwable cause) {
    /** The user can mend it by changing the command, the data or the store. */
    static final int MENDABLE = 2;

    /** Anything else: damage found, a lost race, reading or writing that failed midway. */
    static final int OTHER = 1;

    /**
     * {@return what a throwable means to a person}
     *
     * @param thrown what was thrown
     * @param underway whether rows had been worked on already
     */
    static Failure of(Throwable thrown, boolean underway) {
        if (thrown instanceof AccreteException known) {
            boolean midway = known.kind() == AccreteException.Kind.IO && underway;
            return new Failure(
                    known.kind().text(),
                    String.valueOf(known.getMessage()),
                    known.where(),
                    midway ? OTHER : MENDABLE,
                    known);
        }
        if (thrown instanceof CommandLine.ParameterException wrong) {
            return new Failure("bad-argument", usage(wrong), Optional.empty(), MENDABLE, wrong);
        }
        if (thrown instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            return of(wrapped.getCause(), underway);
        }
        if (thrown instanceof IOException io) {
            return new Failure("io", words(io), Optional.empty(), underway ? OTHER : MENDABLE, io);
        }
        if (thrown instanceof OutOfMemoryError full) {
            return new Failure(
                    "out-of-memory",
                    "the heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MB is full; allow more with ACCRETE_OPTS=-Xmx2g, or ask for fewer --chunk-rows",
                    Optional.empty(),
                    MENDABLE,
                    full);
        }
        return new Failure(
                "internal",
                "internal error, please report it with what --debug shows: " + thrown,
                Optional.empty(),
                OTHER,
                thrown);
    }

    // Makes the message one line.
    Failure {
        message = Console.oneLine(message);
    }

    /** {@return the message with its place} */
    String line() {
        return Console.oneLine(where.map(place -> place + ": " + message).orElse(message));
    }

    /** {@return what stands for it in JSON} */
    Map<String, Object> toMap() {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("kind", kind);
        error.put("message", message);
        error.put("where", where);
        return error;
    }

    private static String usage(CommandLine.ParameterException wrong) {
        String message = String.valueOf(wrong.getMessage());
        if (wrong instanceof CommandLine.UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            boolean isCommand = !wrong.getCommandLine().getSubcommands().isEmpty();
            message = (word.startsWith("-") ? "unknown option '" : isCommand ? "unknown command '" : "unexpected '")
                    + word + "'";
            List<String> near = unmatched.getSuggestions();
            if (!near.isEmpty()) {
                return message + "; did you mean " + near.get(0) + "? See " + help(wrong);
            }
        }
        return message + "; see " + help(wrong);
    }

    private static String help(CommandLine.ParameterException wrong) {
        return wrong.getCommandLine().getCommandSpec().qualifiedName(" ") + " --help";
    }

    /** {@return the message of an exception whose own is often but a path} */
    private static String words(IOException io) {
        String message = String.valueOf(io.getMessage());
        if (io instanceof NoSuchFileException) {
            return "no such file or directory: " + message;
        }
        if (io instanceof AccessDeniedException) {
            return "permission denied: " + message;
        }
        return io.getMessage() == null ? io.getClass().getSimpleName() : message;
    }
}
