package org.accrete.core.store;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.accrete.api.store.ModelVersion;
import org.accrete.api.store.ModelVersion.Note;

/**
 * The line of a version, exactly as this release writes it, read at its two ends. What stands between them is decoded
 * when it is asked for, since a history has thousands of such lines and a command looks at a few of them.
 *
 * <pre>
 *  {"format":2,"kind":"version","version":7,"created":"…","length":9,"sha256":"…", … ,"live":true,"prev":"…","crc":"…"}
 *  |-------------------------------- head ---------------------------------------|   |----------- tail --------------|
 * </pre>
 *
 * <p>A line that differs by one byte in what is read here is none of these, and is read whole by {@link HistoryFile}.
 */
final class VersionLine {
    private static final byte[] HEAD = ascii("{\"format\":2,\"kind\":\"version\",\"version\":");
    private static final byte[] CREATED = ascii(",\"created\":\"");
    private static final byte[] LENGTH = ascii("\",\"length\":");
    private static final byte[] SHA256 = ascii(",\"sha256\":\"");
    private static final byte[] MORE = ascii("\",\"");
    private static final byte[] IS_LIVE = ascii(",\"live\":true");
    private static final byte[] IS_NOT_LIVE = ascii(",\"live\":false");
    private static final byte[] PREVIOUS = ascii(",\"prev\":\"");
    private static final int DIGITS_OF_SHA256 = 64;
    private static final int MOST_DIGITS = 18;

    private final byte[] bytes;
    private final int stop;
    private int at;

    private VersionLine(byte[] bytes, int start, int stop) {
        this.bytes = bytes;
        this.stop = stop;
        at = start;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * {@return the line, if it is such a one; its note is not decoded yet}
     *
     * @param model name of the model
     * @param start of the line; the bytes are kept and must not change
     * @param stop before its {@code ,"crc":}
     * @param note decodes the note of the line
     */
    static Optional<HistoryLine> read(String model, byte[] bytes, int start, int stop, Supplier<Note> note) {
        return new VersionLine(bytes, start, stop).read(model, note);
    }

    private Optional<HistoryLine> read(String model, Supplier<Note> note) {
        if (!skip(HEAD)) {
            return Optional.empty();
        }
        long number = number();
        if (number < 1 || !skip(CREATED)) {
            return Optional.empty();
        }
        Optional<Instant> created = instant();
        if (created.isEmpty() || !skip(LENGTH)) {
            return Optional.empty();
        }
        long length = number();
        if (length < 1 || !skip(SHA256)) {
            return Optional.empty();
        }
        int digits = at;
        at += DIGITS_OF_SHA256;
        if (!skip(MORE)) {
            return Optional.empty();
        }
        int previousEnd = stop - 1;
        int previous = previousEnd - HistoryFile.CRC_DIGITS;
        int live = previous - PREVIOUS.length;
        if (live < at || bytes[previousEnd] != '"' || !stands(PREVIOUS, live)) {
            return Optional.empty();
        }
        boolean isLive = live - IS_LIVE.length >= at && stands(IS_LIVE, live - IS_LIVE.length);
        if (!isLive && !(live - IS_NOT_LIVE.length >= at && stands(IS_NOT_LIVE, live - IS_NOT_LIVE.length))) {
            return Optional.empty();
        }
        ModelVersion version = new ModelVersion(
                model,
                number,
                created.get(),
                Note.decodedBy(note),
                length,
                new String(bytes, digits, DIGITS_OF_SHA256, StandardCharsets.ISO_8859_1));
        return Optional.of(new HistoryLine.Appended(version, isLive));
    }

    private boolean stands(byte[] text, int place) {
        return Arrays.equals(bytes, place, place + text.length, text, 0, text.length);
    }

    private boolean skip(byte[] text) {
        boolean there = stop - at >= text.length && stands(text, at);
        at += there ? text.length : 0;
        return there;
    }

    /** {@return a whole number without sign; -1 if none stands here} */
    private long number() {
        int first = at;
        long number = 0;
        while (at < stop && bytes[at] >= '0' && bytes[at] <= '9') {
            number = 10 * number + (bytes[at] - '0');
            at++;
        }
        boolean isNumber = at > first && at - first <= MOST_DIGITS && (bytes[first] != '0' || at - first == 1);
        return isNumber ? number : -1;
    }

    /** {@return a time such as {@code 2026-11-20T12:00:00Z} or {@code 2026-11-20T12:00:00.125Z}} */
    private Optional<Instant> instant() {
        int year = digits(4, '-');
        int month = digits(2, '-');
        int day = digits(2, 'T');
        int hour = digits(2, ':');
        int minute = digits(2, ':');
        boolean isWhole = at + 2 < stop && bytes[at + 2] == 'Z';
        int second = digits(2, isWhole ? 'Z' : '.');
        int milli = isWhole ? 0 : digits(3, 'Z');
        if (year < 0 || month < 0 || day < 0 || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
            return Optional.empty();
        }
        // Zero milliseconds are not written.
        if (second < 0 || second > 59 || (!isWhole && milli < 1)) {
            return Optional.empty();
        }
        try {
            long days = LocalDate.of(year, month, day).toEpochDay();
            long seconds = TimeUnit.DAYS.toSeconds(days) + hour * 3600L + minute * 60L + second;
            return Optional.of(Instant.ofEpochSecond(seconds, milli * 1_000_000L));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** {@return a number of some digits, which another byte follows; -1 if none stands here} */
    private int digits(int count, char next) {
        if (stop - at <= count || bytes[at + count] != next) {
            return -1;
        }
        int number = 0;
        for (int i = at; i < at + count; i++) {
            if (bytes[i] < '0' || bytes[i] > '9') {
                return -1;
            }
            number = 10 * number + (bytes[i] - '0');
        }
        at += count + 1;
        return number;
    }
}
