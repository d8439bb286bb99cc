package org.accrete.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.accrete.api.AccreteException;
import picocli.CommandLine;

/**
 * Why a command failed, in the words that the user reads.
 *
 * @param kind one of {@link AccreteException.Kind}'s texts, {@code out-of-memory} or {@code internal}
 * @param message one line
 * @param where file and line, if known
 * @param status {@link #USER_CAN_FIX} or {@link #OTHER}
 * @param cause what was thrown
 */
record Failure(String kind, String message, Optional<String> where, int status, Throwable cause) {
    /** The user can fix it by changing the command, the data or the store. */
    static final int USER_CAN_FIX = 2;

    /** Anything else: damage that was found, a lost race, I/O that failed midway. */
    static final int OTHER = 1;

    /**
     * {@return the failure that a throwable stands for}
     *
     * @param thrown what was thrown
     * @param underway whether some rows had been processed
     */
    static Failure of(Throwable thrown, boolean underway) {
        if (thrown instanceof AccreteException known) {
            boolean other = known.kind() == AccreteException.Kind.PLUG_IN_FAILED
                    || known.kind() == AccreteException.Kind.IO && underway;
            return new Failure(
                    known.kind().text(),
                    String.valueOf(known.getMessage()),
                    known.where(),
                    other ? OTHER : USER_CAN_FIX,
                    known);
        }
        if (thrown instanceof CommandLine.ParameterException wrong) {
            return new Failure("bad-argument", usage(wrong), Optional.empty(), USER_CAN_FIX, wrong);
        }
        if (thrown instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            return of(wrapped.getCause(), underway);
        }
        if (thrown instanceof IOException io) {
            return new Failure("io", words(io), Optional.empty(), underway ? OTHER : USER_CAN_FIX, io);
        }
        if (thrown instanceof OutOfMemoryError full) {
            return new Failure(
                    "out-of-memory",
                    "the heap of " + (Runtime.getRuntime().maxMemory() >> 20)
                            + " MB is full" + (full.getCause() == null ? "" : " (" + full.getMessage() + ")")
                            + "; allow more with ACCRETE_OPTS=-Xmx2g, or ask for fewer --chunk-rows",
                    Optional.empty(),
                    USER_CAN_FIX,
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

    /** {@return its JSON} */
    Map<String, Object> toMap() {
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("kind", kind);
        error.put("message", message);
        error.put("where", where);
        return error;
    }

    private static String usage(CommandLine.ParameterException wrong) {
        if (wrong instanceof CommandLine.UnmatchedArgumentException unmatched) {
            return unmatched(unmatched) + "; see " + help(wrong);
        }
        return wrong.getMessage() + "; see " + help(wrong);
    }

    private static String unmatched(CommandLine.UnmatchedArgumentException wrong) {
        CommandLine command = wrong.getCommandLine();
        List<String> words = wrong.getUnmatched();
        Optional<String> option =
                words.stream().filter(word -> word.startsWith("-")).findFirst();
        if (option.isPresent()) {
            String name = option.get().replaceFirst("=.*", "");
            List<String> owners = owners(command, name);
            if (!owners.isEmpty()) {
                return name + " is not an option of " + command.getCommandName() + " but of "
                        + String.join(", ", owners);
            }
        } else if (takesSource(command) && words.stream().anyMatch(word -> Files.exists(Path.of(word)))) {
            Path first = Path.of(words.get(0));
            String file = String.valueOf(first.getFileName());
            String glob = "*" + file.substring(Math.max(0, file.indexOf('.')));
            Path folder = first.getParent();
            return "more than one file was given, '" + first + "' after the first; several are given as one glob, in"
                    + " quotes so that the shell does not expand it: '" + (folder == null ? glob : folder.resolve(glob))
                    + "'";
        }
        boolean isCommand = !command.getSubcommands().isEmpty();
        String word = option.orElse(words.get(0));
        List<String> near = wrong.getSuggestions();
        return (option.isPresent() ? "unknown option '" : isCommand ? "unknown command '" : "unexpected '") + word + "'"
                + (near.isEmpty() ? "" : "; did you mean " + near.get(0) + "?");
    }

    /** {@return the commands that have an option} */
    private static List<String> owners(CommandLine command, String option) {
        CommandLine root = Optional.ofNullable(command.getParent()).orElse(command);
        return root.getSubcommands().entrySet().stream()
                .filter(entry -> entry.getValue().getCommandSpec().findOption(option) != null)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static boolean takesSource(CommandLine command) {
        return command.getCommandSpec().positionalParameters().stream()
                .anyMatch(parameter -> parameter.paramLabel().equals("SOURCE"));
    }

    private static String help(CommandLine.ParameterException wrong) {
        return wrong.getCommandLine().getCommandSpec().qualifiedName(" ") + " --help";
    }

    /** {@return a message for an exception whose own message is often only a path} */
    static String words(IOException io) {
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
