package org.accrete.core.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;

/**
 * The rows of a source, which the first complete pass writes to a file and later ones read from there. A mark has the
 * number of the row; that of a pass over the source also has the position there, in case the pass is not completed.
 */
final class Cache extends OneSource {
    private static final int SKIP_ROWS = 1_000;

    private final Path file;
    private final ChunkSource source;
    private final String identity;
    private final Optional<CacheFile.Reader> reader;
    private Optional<CacheFile.Writer> writer = Optional.empty();
    private Optional<ChunkBuffer> chunk = Optional.empty();
    private boolean writes = true;
    private long row;
    private long toSkip;

    Cache(ChunkSource source, Path file, String facts) {
        super("cache(", source);
        this.file = file;
        this.source = source;
        this.identity = CacheFile.identity(source, facts);
        this.reader = Files.exists(file) ? Optional.of(new CacheFile.Reader(file, source, identity)) : Optional.empty();
    }

    @Override
    void fill(ChunkBuffer buffer) {
        if (reader.isPresent()) {
            reader.get().skip(toSkip);
            reader.get().fill(buffer);
        } else {
            skip();
            ChunkBuffer rows = rows(buffer.room());
            if (buffer.room() > 0 && read(rows)) {
                buffer.append(rows, 0, rows.rows());
                buffer.dropped(feed.takeDropped());
            }
        }
        toSkip = 0;
        row += buffer.rows();
    }

    /** Goes to a row of a file that is no longer there, from the beginning of the source. */
    private void skip() {
        if (toSkip == 0) {
            return;
        }
        boolean more = true;
        while (more && toSkip > 0) {
            ChunkBuffer rows = rows((int) Math.min(SKIP_ROWS, toSkip));
            more = read(rows);
            toSkip -= rows.rows();
        }
        feed.takeDropped();
    }

    /** {@return an empty buffer for some rows, with all keys, whether the reader wants them or not} */
    private ChunkBuffer rows(int most) {
        if (chunk.isEmpty() || chunk.get().capacity() < most) {
            chunk = Optional.of(new ChunkBuffer(schema(), Math.max(1, most), CacheFile.keys(source)));
        }
        ChunkBuffer rows = chunk.get();
        rows.clear();
        rows.limit(most);
        return rows;
    }

    /** Reads a chunk, and writes it in a pass from the beginning. */
    private boolean read(ChunkBuffer rows) {
        if (writes && writer.isEmpty() && !feed.isEnded()) {
            writer = Optional.of(new CacheFile.Writer(file, source, identity));
        }
        boolean more = feed.read(rows, rows.room());
        if (more) {
            writer.ifPresent(to -> to.append(rows));
        } else {
            atEnd(feed.takeDropped());
            writer.ifPresent(CacheFile.Writer::finish);
            writer = Optional.empty();
        }
        return more;
    }

    @Override
    String state() {
        return Long.toString(row);
    }

    @Override
    String inner() {
        return reader.isPresent() ? "" : super.inner();
    }

    @Override
    void restore(Mark to) {
        row = Long.parseLong(to.state());
        if (reader.isPresent() || to.inner().isEmpty()) {
            toSkip = row;
        } else {
            feed.seek(Position.parse(to.inner()));
            writes = false;
        }
    }

    @Override
    List<String> classes() {
        return reader.isPresent() ? reader.get().classes() : super.classes();
    }

    @Override
    public OptionalDouble share() {
        return reader.isPresent()
                ? OptionalDouble.of(
                        Math.min(1, (double) row / Math.max(1, reader.get().rows())))
                : super.share();
    }

    @Override
    void closeSources() {
        List<AutoCloseable> all = new ArrayList<>(List.of(feed::close));
        reader.ifPresent(all::add);
        writer.ifPresent(all::add);
        Feed.closeAll(all);
    }
}
