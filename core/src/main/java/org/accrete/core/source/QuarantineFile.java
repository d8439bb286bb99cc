package org.accrete.core.source;

import com.google.common.hash.Hashing;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import org.accrete.api.AccreteException;
import org.accrete.api.data.BadRow;
import org.accrete.api.data.BadRows;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * A file of bad rows: JSON lines, one object per row, appended.
 *
 * <pre>{@code
 * {"source":"in.csv","line":17,"column":"distance","reason":"column 'distance' must be …","row":{"distance":"oops"}}
 * }</pre>
 *
 * <p>{@code line} is {@code row_number} where a source has no lines. {@code row} is an object of the raw cells by name,
 * an array if the row has another number of cells than there are names, the text of a row that has no cells, and absent
 * for a row that a learner refused; {@code column} is absent if no column is to blame.
 *
 * <p>A line is written at once when its row is refused, so before any row behind it is learned, and no line is written
 * twice: a run that continues another one is not told again what that one had read ahead of its last version.
 */
public final class QuarantineFile implements BadRows.Keeper, AutoCloseable {
    private static final byte[] BEGIN = "{\"source\":".getBytes(StandardCharsets.US_ASCII);
    private static final JsonFactory JSON = new JsonFactory();

    private final Path file;
    private final FileChannel channel;
    private final boolean isNew;
    private final LongSet known = new LongSet();

    private QuarantineFile(Path file, FileChannel channel, boolean isNew) {
        this.file = file;
        this.channel = channel;
        this.isNew = isNew;
    }

    /**
     * Opens a file, which is made if there is none. Until it is closed nobody else can open it.
     *
     * @param file its folder must exist
     * @param continues whether rows that are in it already are not to be written again, because the run continues one
     *     that wrote to it
     * @return the file; the caller closes it
     * @throws AccreteException bad argument: it cannot be written, or holds something else; bad state: another run
     *     writes to it
     */
    public static QuarantineFile open(Path file, boolean continues) {
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            throw unusable(file, "it is not a regular file");
        }
        boolean isNew = !Files.exists(file);
        try {
            QuarantineFile opened = new QuarantineFile(
                    file,
                    FileChannel.open(
                            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
                    isNew);
            boolean whole = false;
            try {
                opened.prepare(continues);
                whole = true;
            } finally {
                if (!whole) {
                    opened.close();
                }
            }
            return opened;
        } catch (IOException e) {
            Path folder = file.toAbsolutePath().getParent();
            throw unusable(
                    file,
                    folder != null && !Files.isDirectory(folder)
                            ? "there is no directory '" + folder + "'"
                            : "it cannot be written: " + e.getMessage());
        }
    }

    private static AccreteException unusable(Path file, String why) {
        return AccreteException.badArgument(
                "bad rows cannot be kept in '" + file + "': " + why + "; name another file for quarantine=FILE");
    }

    private void prepare(boolean continues) throws IOException {
        try {
            if (channel.tryLock() == null) {
                throw taken();
            }
        } catch (OverlappingFileLockException e) {
            throw taken();
        }
        ByteBuffer begin = ByteBuffer.allocate(BEGIN.length);
        channel.read(begin, 0);
        int length = begin.position();
        if (!Arrays.equals(begin.array(), 0, length, BEGIN, 0, length)) {
            throw unusable(file, "it exists and does not hold bad rows");
        }
        channel.position(0);
        // Not closed, because that would close the channel.
        InputStream in = new BufferedInputStream(Channels.newInputStream(channel), 1 << 16);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        long end = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            line.write(next);
            if (next == '\n') {
                end += line.size();
                if (continues) {
                    known.add(hash(line.toByteArray()));
                }
                line.reset();
            }
        }
        // A last line without its end is what a killed run left.
        channel.truncate(end);
        channel.position(end);
    }

    private AccreteException taken() {
        return AccreteException.badState(
                "another run writes bad rows to '" + file + "'; wait for its end, or name another file");
    }

    private static long hash(byte[] line) {
        return Hashing.sipHash24().hashBytes(line).asLong();
    }

    /** {@return where the rows are kept} */
    public Path file() {
        return file;
    }

    @Override
    public synchronized void keep(BadRow row) {
        byte[] line = (json(row) + "\n").getBytes(StandardCharsets.UTF_8);
        if (!known.add(hash(line))) {
            return;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(line);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private AccreteException failed(IOException e) {
        return new AccreteException(
                AccreteException.Kind.IO, "a bad row cannot be written to '" + file + "': " + e.getMessage(), e);
    }

    private static String json(BadRow row) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("source", row.place().source());
            if (row.place().number() > 0) {
                String unit = switch (row.place().unit()) {
                    case LINE -> "line";
                    case ROW -> "row_number";
                };
                json.writeNumberProperty(unit, row.place().number());
            }
            row.column().ifPresent(column -> json.writeStringProperty("column", column));
            json.writeStringProperty("reason", row.reason());
            writeCells(json, row.names(), row.cells());
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void writeCells(JsonGenerator json, List<String> names, List<String> cells) {
        if (cells.isEmpty()) {
            return;
        }
        json.writeName("row");
        if (names.isEmpty() && cells.size() == 1) {
            json.writeString(cells.get(0));
        } else if (names.size() == cells.size()) {
            json.writeStartObject();
            for (int i = 0; i < names.size(); i++) {
                json.writeStringProperty(names.get(i), cells.get(i));
            }
            json.writeEndObject();
        } else {
            json.writeStartArray();
            cells.forEach(json::writeString);
            json.writeEndArray();
        }
    }

    @Override
    public synchronized void force() {
        try {
            channel.force(false);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Closes the file; removes it if it was made by {@link #open} and no row was kept. */
    @Override
    public synchronized void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            boolean isEmpty = isNew && channel.size() == 0;
            channel.close();
            if (isEmpty) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Numbers that were added: open addressing in a table that is at most half full. */
    private static final class LongSet {
        private long[] table = new long[64];
        private int count;
        private boolean hasZero;

        /** Adds a number. Returns whether it was not there before. */
        boolean add(long number) {
            if (number == 0) {
                boolean isNew = !hasZero;
                hasZero = true;
                return isNew;
            }
            if (2 * count >= table.length) {
                long[] before = table;
                table = new long[2 * before.length];
                count = 0;
                for (long one : before) {
                    if (one != 0) {
                        add(one);
                    }
                }
            }
            int slot = (int) number & (table.length - 1);
            while (table[slot] != 0) {
                if (table[slot] == number) {
                    return false;
                }
                slot = (slot + 1) & (table.length - 1);
            }
            table[slot] = number;
            count++;
            return true;
        }
    }
}
