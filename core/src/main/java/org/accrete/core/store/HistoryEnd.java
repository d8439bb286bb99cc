package org.accrete.core.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.core.store.HistoryFile.End;

/**
 * The file {@code history.end}, which says how much history there is at least, so that it is noticed when the history
 * loses its last lines.
 *
 * <pre>
 *  0                                                                       512                     1024
 *  +-----------------------------------------------------------------+----+-----------------------+
 *  | {"lines":12,"length":5123,"last":"1c291ca3","crc":"77cfa2e1"}   | \n | the same of line 13   |
 *  +-----------------------------------------------------------------+----+-----------------------+
 * </pre>
 *
 * <ol>
 *   <li>A line is forced to the history before it is counted here, so the history is never shorter than this says, and
 *       whatever a crash leaves is true.
 *   <li>A count is written over the one before the last. If a crash tears it, the last one is still there.
 *   <li>The file is forced when it is made, before the first line that it counts; a count is not. After a power failure
 *       an older one may be there, which is true, too.
 * </ol>
 */
final class HistoryEnd {
    static final String FILE = "history.end";

    private static final int SLOT = 512;
    private static final Pattern COUNT = Pattern.compile(
            "(\\{\"lines\":([0-9]{1,18}),\"length\":([0-9]{1,18}),\"last\":\"([0-9a-f]{8})\"),\"crc\":\"[0-9a-f]{8}\"} *");

    private HistoryEnd() {}

    /** {@return what the history holds at least; empty when no such file is there, or none that can be read} */
    static Optional<End> read(Disk disk, Path directory) throws IOException {
        byte[] bytes;
        try {
            bytes = disk.readAll(directory.resolve(FILE));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Optional<End> first = count(bytes, 0);
        Optional<End> second = count(bytes, SLOT);
        return second.isEmpty()
                        || (first.isPresent()
                                && first.get().lines() > second.get().lines())
                ? first
                : second;
    }

    private static Optional<End> count(byte[] bytes, int start) {
        if (bytes.length != 2 * SLOT || bytes[start + SLOT - 1] != '\n') {
            return Optional.empty();
        }
        String text = new String(bytes, start, SLOT - 1, StandardCharsets.US_ASCII);
        Matcher matcher = COUNT.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        End end = new End(
                Long.parseLong(matcher.group(2)),
                Long.parseLong(matcher.group(3)),
                Integer.parseUnsignedInt(matcher.group(4), 16));
        return Arrays.equals(slot(end), Arrays.copyOfRange(bytes, start, start + SLOT))
                ? Optional.of(end)
                : Optional.empty();
    }

    private static byte[] slot(End end) {
        byte[] slot = new byte[SLOT];
        Arrays.fill(slot, (byte) ' ');
        byte[] covered = ("{\"lines\":" + end.lines() + ",\"length\":" + end.length() + ",\"last\":\""
                        + new String(HistoryFile.digits(end.crc()), StandardCharsets.US_ASCII) + '"')
                .getBytes(StandardCharsets.US_ASCII);
        ByteBuffer.wrap(slot)
                .put(covered)
                .put(",\"crc\":\"".getBytes(StandardCharsets.US_ASCII))
                .put(HistoryFile.digits(HistoryFile.crc(covered, 0, covered.length)))
                .put((byte) '"')
                .put((byte) '}');
        slot[SLOT - 1] = '\n';
        return slot;
    }

    /** Makes the file, or makes it anew, and forces it; the lock of the history must be held. */
    static void make(Disk disk, Path directory, End end) throws IOException {
        for (String name : disk.list(directory)) {
            if (name.startsWith("history") && name.endsWith(".tmp")) {
                disk.delete(directory.resolve(name)); // A crash left it.
            }
        }
        Path temporary = directory.resolve(FILE + "-" + UUID.randomUUID() + ".tmp");
        byte[] slot = slot(end);
        boolean made = false;
        try (FileChannel channel = disk.create(temporary)) {
            disk.write(channel, temporary, ByteBuffer.wrap(slot));
            disk.write(channel, temporary, ByteBuffer.wrap(slot));
            disk.force(channel, temporary);
            disk.rename(temporary, directory.resolve(FILE));
            made = true;
        } finally {
            if (!made) {
                disk.delete(temporary);
            }
        }
        disk.forceDirectory(directory);
    }

    /** Counts one more line. */
    static void write(Disk disk, Path directory, End end) throws IOException {
        Path file = directory.resolve(FILE);
        try (FileChannel channel = disk.openToChange(file)) {
            channel.position(end.lines() % 2 * SLOT);
            disk.write(channel, file, ByteBuffer.wrap(slot(end)));
        }
    }
}
