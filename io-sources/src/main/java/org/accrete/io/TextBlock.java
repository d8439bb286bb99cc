package org.accrete.io;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.file.RowHash;

/**
 * A part of a file, from its bytes to the rows of a chunk: {@link TextInput} puts bytes in, a {@link Splitter} makes
 * records of them, {@link BlockEncoder} rows of these. One thread at a time has it. Reused.
 */
final class TextBlock {
    /** How many bytes are read at once. */
    static final int SIZE = 1 << 18;

    /** How many bytes may be read behind the used ones, where words of eight bytes are used. */
    static final int MARGIN = 16;

    /** The most characters of a record: fewer in a small heap, which must hold it several times. */
    static final int MOST_CHARACTERS =
            (int) Math.min(1 << 24, Runtime.getRuntime().maxMemory() / 24);

    // Bytes.

    byte[] bytes = {};
    /** How many bytes there are. */
    int length;
    /** Where the first record begins. */
    int from;
    /** Whether the file ends with them. */
    boolean isEnd;
    /** Whether reading stopped within a record, because that is broken or too long. */
    boolean isCut;
    /** Whether the bytes are known to be text. */
    boolean isChecked;

    // The file.

    int file;
    /** How many stored bytes of the file were read up to its end. */
    long storedBytes;

    TextHeader header = TextHeader.UNKNOWN;
    /** How many lines come before the first record that belong to this block: skipped ones and the header. */
    int linesBefore;
    /** How many lines of this block come before the header; -1 if it is not in this block. */
    int headerLine;
    /** Number of the line where the first record begins. */
    long firstLine;
    /** Whether a last line without its end is not read. */
    boolean leavesUnendedLine;
    /** Whether a last line without its end is told. */
    boolean isUnendedFile;

    // Records.

    /** The cells of all records, one behind the other. */
    byte[] text = {};
    /** Where each cell begins in the text, and where the last one ends. */
    int[] borders = new int[64];
    /** For each record the index of its first cell's border; then that after the last. */
    int[] firsts = new int[16];
    /** For each record how many lines of this block come before it. */
    int[] lines = new int[16];

    int records;
    /** How many lines there are. */
    int lineCount;
    /** As {@link #lines}, of the last record, blank ones included; -1 if there is none. */
    int lastLine;
    /** Whether the last record has no line end. */
    boolean isUnended;
    /** What is wrong behind the last record. */
    Optional<Exception> failure = Optional.empty();
    /** How many lines of this block come before that; -1 if it is somewhere behind the last record. */
    int failureLine;

    /** Where the last record begins in the bytes. */
    int lastBegin;

    boolean isSplit;

    // Rows.

    /** The rows of those records that are not refused. */
    Optional<ChunkBuffer> rows = Optional.empty();

    /** The hash of each record, if a thread made them. */
    long[] hashes = {};

    boolean isHashed;

    final BitSet refused = new BitSet();
    /** Those of the refused records that only do not pass the condition. */
    final BitSet filtered = new BitSet();
    /** Records that are no rows; each has one cell, which is all its text. */
    final BitSet wrong = new BitSet();

    Optional<BlockEncoder.Labels> labels = Optional.empty();
    /** The labels that the targets of the rows are indexes into. */
    List<String> labelNames = List.of();

    private boolean isReady;

    /** Starts over with some bytes, before others of which a number is read at once. */
    void begin(byte[] first, int more) {
        length = first.length;
        if (bytes.length < length + more / 2 + MARGIN) {
            bytes = new byte[Math.max(more, length + more / 2) + 2 * MARGIN];
        }
        System.arraycopy(first, 0, bytes, 0, length);
        from = 0;
        isEnd = false;
        isCut = false;
        isUnendedFile = false;
        linesBefore = 0;
        headerLine = -1;
        clearRecords();
    }

    void clearRecords() {
        records = 0;
        lineCount = 0;
        lastLine = -1;
        isUnended = false;
        isSplit = false;
        isHashed = false;
        failure = Optional.empty();
        failureLine = -1;
        refused.clear();
        filtered.clear();
        wrong.clear();
        labels = Optional.empty();
        isReady = false;
    }

    /** {@return how many bytes can be added, at least one; makes room for them} */
    int room() {
        if (length + MARGIN >= bytes.length) {
            // Not twice as many where that is much: a record that is too long is refused soon after the limit.
            bytes = Arrays.copyOf(bytes, length + Math.min(length, Math.max(length / 4, 1 << 20)) + MARGIN);
        }
        return Math.min(SIZE, bytes.length - MARGIN - length);
    }

    /** Keeps the bytes before an offset and returns a copy of the others. */
    byte[] cut(int end) {
        byte[] rest = Arrays.copyOfRange(bytes, end, length);
        length = end;
        return rest;
    }

    /** {@return whether the bytes are more characters than a record may have} */
    boolean isTooLong() {
        return length > MOST_CHARACTERS && characters(bytes, 0, length) > MOST_CHARACTERS;
    }

    /** {@return how many characters some UTF-8 is, about: a pair of surrogates counts as one} */
    static int characters(byte[] bytes, int from, int to) {
        int count = 0;
        for (int i = from; i < to; i++) {
            count += (bytes[i] & 0xC0) == 0x80 ? 0 : 1;
        }
        return count;
    }

    /** {@return the number of cells of a record} */
    int cells(int record) {
        return firsts[record + 1] - firsts[record];
    }

    /** {@return the cells of a record as text} */
    List<String> fields(int record) {
        List<String> fields = new ArrayList<>(cells(record));
        for (int i = firsts[record]; i < firsts[record + 1]; i++) {
            fields.add(new String(text, borders[i], borders[i + 1] - borders[i], StandardCharsets.UTF_8));
        }
        return fields;
    }

    /** {@return the hash of a record} */
    long hash(int record) {
        return isHashed ? hashes[record] : hashOf(record);
    }

    /** {@return the hash of a record, computed from its cells} */
    long hashOf(int record) {
        int first = firsts[record];
        int cells = cells(record);
        int begin = borders[first];
        long seed = cells;
        for (int i = 1; i <= cells; i++) {
            seed += (borders[first + i] - begin) * (2L * i - 1);
        }
        return RowHash.of(seed, text, begin, borders[first + cells]);
    }

    /** {@return the number of a record's first line, from 1} */
    long line(int record) {
        return firstLine + lines[record];
    }

    /** {@return whether a record is a line without its end} */
    boolean isUnended(int record) {
        return isUnended && record == records - 1;
    }

    /** Says that this block can be used by the thread that waits for it. */
    synchronized void ready() {
        isReady = true;
        notifyAll();
    }

    /** Waits until this block can be used, at most some time; returns whether it can. */
    synchronized boolean await(long millis) throws InterruptedException {
        if (!isReady) {
            wait(millis);
        }
        return isReady;
    }
}
