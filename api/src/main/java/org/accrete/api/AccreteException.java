package org.accrete.api;

import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The one exception that Accrete throws on purpose: a {@link Kind}, one line that says what was expected, what was
 * found and what to do, and where it happened when that is known.
 */
public final class AccreteException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** What went wrong, so that a caller can tell what the user can correct from what is damaged. */
    public enum Kind {
        /** A parameter, a name or an option is outside its domain. */
        BAD_ARGUMENT("bad-argument"),
        /** A row, a cell or a chunk cannot be used. */
        BAD_DATA("bad-data"),
        /** A row is left out, as its column plan says. */
        LEFT_OUT("left-out"),
        /**
         * The call does not fit the present state: another schema, a version that is not the parent, a lock held by
         * others.
         */
        BAD_STATE("bad-state"),
        /** A stored file is damaged. */
        CORRUPT_FILE("corrupt-file"),
        /** A stored file has a format that this release no longer reads. */
        FILE_TOO_OLD("file-too-old"),
        /** A stored file was written by a newer release. */
        FILE_TOO_NEW("file-too-new"),
        /** No plug-in, or no usable one, has the name. */
        UNKNOWN_PLUG_IN("unknown-plug-in"),
        /** A plug-in threw what it must not throw, or returned null; the cause is what it threw. */
        PLUG_IN_FAILED("plug-in-failed"),
        /** Reading or writing failed. */
        IO("io");

        private final String text;

        Kind(String text) {
            this.text = text;
        }

        /** {@return the kind as lower-case words with hyphens, as the command line prints it} */
        public String text() {
            return text;
        }
    }

    private final Kind kind;
    private final String where;
    private final int chunkRow;
    private final String advice;
    private final String column;

    /**
     * Makes an exception without a place.
     *
     * @param kind what went wrong
     * @param message one line, without the place
     */
    public AccreteException(Kind kind, String message) {
        this(kind, message, "", -1, "", "");
    }

    /**
     * Makes an exception that was caused by another.
     *
     * @param kind what went wrong
     * @param message one line, without the place
     * @param cause what caused it
     */
    public AccreteException(Kind kind, String message, Throwable cause) {
        this(kind, message, "", -1, "", "");
        initCause(cause);
    }

    private AccreteException(Kind kind, String message, String where, int chunkRow, String advice, String column) {
        super(message);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.where = where;
        this.chunkRow = chunkRow;
        this.advice = advice;
        this.column = column;
    }

    /**
     * {@return a {@link Kind#BAD_ARGUMENT}}
     *
     * @param message one line
     */
    public static AccreteException badArgument(String message) {
        return new AccreteException(Kind.BAD_ARGUMENT, message);
    }

    /**
     * {@return a {@link Kind#BAD_DATA}}
     *
     * @param message one line
     */
    public static AccreteException badData(String message) {
        return new AccreteException(Kind.BAD_DATA, message);
    }

    /**
     * {@return a {@link Kind#BAD_DATA} about one row of the chunk that was passed}
     *
     * @param chunkRow row within the chunk, from 0
     * @param message one line
     */
    public static AccreteException badRow(int chunkRow, String message) {
        return new AccreteException(Kind.BAD_DATA, message, "", chunkRow, "", "");
    }

    /**
     * {@return a {@link Kind#BAD_DATA} about one cell of a raw row}
     *
     * @param column name of its column
     * @param message one line, which names the column too
     */
    public static AccreteException badCell(String column, String message) {
        return new AccreteException(Kind.BAD_DATA, message, "", -1, "", column);
    }

    /**
     * {@return a {@link Kind#BAD_STATE}}
     *
     * @param message one line
     */
    public static AccreteException badState(String message) {
        return new AccreteException(Kind.BAD_STATE, message);
    }

    /**
     * {@return a {@link Kind#CORRUPT_FILE}}
     *
     * @param message one line
     */
    public static AccreteException corruptFile(String message) {
        return new AccreteException(Kind.CORRUPT_FILE, message);
    }

    /**
     * {@return the same exception with its place}
     *
     * @param place file, line and column, or whatever tells the user where to look
     */
    public AccreteException at(String place) {
        AccreteException placed = new AccreteException(kind, message(), place, chunkRow, advice, column);
        placed.initCause(this);
        return placed;
    }

    /**
     * {@return the same exception with what the user can do at the end of its message}
     *
     * @param advice what the user can do, without a full stop
     */
    public AccreteException withAdvice(String advice) {
        AccreteException advised =
                new AccreteException(kind, message() + "; " + advice, where, chunkRow, advice, column);
        advised.initCause(this);
        return advised;
    }

    /** {@return what went wrong} */
    public Kind kind() {
        return kind;
    }

    /** {@return the place, such as {@code flights.csv.gz line 17, column 'distance'}} */
    public Optional<String> where() {
        return where.isEmpty() ? Optional.empty() : Optional.of(where);
    }

    /** {@return the row within the refused chunk, from 0, when one row is to blame} */
    public OptionalInt chunkRow() {
        return chunkRow < 0 ? OptionalInt.empty() : OptionalInt.of(chunkRow);
    }

    /** {@return the raw column whose cell is to blame, when one is} */
    public Optional<String> column() {
        return column.isEmpty() ? Optional.empty() : Optional.of(column);
    }

    /** {@return what the user can do, as it was given last: the end of the message} */
    public Optional<String> advice() {
        return advice.isEmpty() ? Optional.empty() : Optional.of(advice);
    }

    /** {@return the message with its place, on one line} */
    public String line() {
        return where.isEmpty() ? message() : where + ": " + message();
    }

    private String message() {
        return String.valueOf(getMessage());
    }
}
