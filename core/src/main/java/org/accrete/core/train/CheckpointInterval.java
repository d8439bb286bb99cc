package org.accrete.core.train;

import java.util.concurrent.TimeUnit;
import org.accrete.api.AccreteException;

/**
 * How often a run appends a version. When both are given, whichever comes first. It never changes what is learned.
 *
 * @param chunks after so many chunks; 0 for never by chunks
 * @param seconds after so many seconds, at the next chunk's end or while the source waits for rows; 0 for never by time
 */
public record CheckpointInterval(long chunks, long seconds) {
    // Checks the numbers.
    public CheckpointInterval {
        if (chunks < 0 || seconds < 0 || (chunks == 0 && seconds == 0)) {
            throw AccreteException.badArgument("checkpoint-every must be > 0 but was "
                    + (chunks < 0 || seconds == 0 ? Long.toString(chunks) : seconds + "s"));
        }
    }

    /**
     * {@return the interval that a text describes}
     *
     * @param text a number of chunks such as {@code 5}, or of seconds such as {@code 300s}
     * @throws AccreteException bad argument: neither
     */
    public static CheckpointInterval parse(String text) {
        boolean seconds = text.endsWith("s");
        long number;
        try {
            number = Long.parseLong(seconds ? text.substring(0, text.length() - 1) : text);
        } catch (NumberFormatException e) {
            throw AccreteException.badArgument(
                    "checkpoint-every must be a number of chunks such as 5, or of seconds such as" + " 300s, but was '"
                            + text + "'");
        }
        if (number < 1) {
            throw AccreteException.badArgument("checkpoint-every must be > 0 but was " + text);
        }
        return seconds ? new CheckpointInterval(0, number) : new CheckpointInterval(number, 0);
    }

    /** {@return whether a version is due} */
    boolean isDue(long chunksSince, double secondsSince) {
        return (chunks > 0 && chunksSince >= chunks) || (seconds > 0 && secondsSince >= seconds);
    }

    /** {@return how long until a version is due by time; for ever where that is never} */
    long nanosUntilDue(long nanosSince) {
        return seconds == 0 ? Long.MAX_VALUE : Math.max(0, TimeUnit.SECONDS.toNanos(seconds) - nanosSince);
    }

    /** {@return when a version is due that was due just now, in words} */
    String inWords() {
        String byChunks = "after " + (chunks == 1 ? "the next chunk" : chunks + " chunks");
        return seconds == 0 ? byChunks : (chunks == 0 ? "" : byChunks + " or ") + "in " + seconds + " s";
    }

    /** {@return the text that {@link #parse} reads; both numbers when both are given, which it cannot read} */
    @Override
    public String toString() {
        return seconds == 0 ? Long.toString(chunks) : chunks == 0 ? seconds + "s" : chunks + " or " + seconds + "s";
    }
}
