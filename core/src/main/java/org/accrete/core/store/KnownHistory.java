package org.accrete.core.store;

import java.lang.ref.SoftReference;
import java.util.Arrays;
import java.util.Optional;
import org.accrete.api.AccreteException;
import org.accrete.core.store.HistoryFile.End;
import org.accrete.core.store.HistoryFile.Reader;

/**
 * The history that a store has read last, so that only what was added to it is decoded the next time. All bytes are
 * compared with those that were decoded, so nothing is taken for sound that has changed since. Thread-safe; memory is
 * given back when it is short.
 */
final class KnownHistory {
    private volatile Optional<SoftReference<Known>> last = Optional.empty();

    /** What was read: whole lines, perhaps more bytes, and the reader of the lines, which is never changed. */
    private static final class Known {
        private final String model;
        private final byte[] bytes;
        private final Reader reader;

        Known(String model, byte[] bytes, Reader reader) {
            this.model = model;
            this.bytes = bytes;
            this.reader = reader;
        }

        boolean isStartOf(String wanted, byte[] now) {
            int length = (int) reader.end().length();
            return model.equals(wanted) && now.length >= length && Arrays.equals(bytes, 0, length, now, 0, length);
        }
    }

    /**
     * Reads a history, as {@link HistoryFile#read} does.
     *
     * @param model name of the model
     * @param bytes the file
     * @param least what it holds at least
     * @return what has read it, and can read on
     * @throws AccreteException corrupt file, too new: of the first such line; its place is {@code line n}
     */
    Reader read(String model, byte[] bytes, End least) {
        Optional<Known> known =
                last.flatMap(some -> Optional.ofNullable(some.get())).filter(some -> some.isStartOf(model, bytes));
        Optional<Reader> before = known.flatMap(some -> some.reader.copy(least));
        Reader reader;
        if (before.isPresent()) {
            reader = before.get();
            // A copy: what is decoded later keeps its bytes.
            reader.lines(Arrays.copyOfRange(bytes, (int) reader.end().length(), bytes.length));
        } else {
            reader = HistoryFile.read(model, bytes, least);
        }
        reader.copy(End.NONE).ifPresent(copy -> last = Optional.of(new SoftReference<>(new Known(model, bytes, copy))));
        return reader;
    }
}
