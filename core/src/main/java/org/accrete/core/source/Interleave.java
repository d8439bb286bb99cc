package org.accrete.core.source;

import java.util.List;
import java.util.Objects;
import org.accrete.api.AccreteException;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;

/** Some rows of each source in turn. A source that ends is left out. */
final class Interleave extends ManySources {
    private final int blockRows;
    private int present;
    private int left;

    Interleave(List<? extends ChunkSource> sources, int blockRows) {
        super("interleave(" + sources.size() + "/" + blockRows, sources);
        if (blockRows < 1) {
            throw AccreteException.badArgument("rows of a turn must be >= 1 but was " + blockRows);
        }
        this.blockRows = blockRows;
        this.left = blockRows;
    }

    @Override
    void fill(ChunkBuffer buffer) {
        int ended = 0;
        while (buffer.room() > 0 && ended < feeds.size()) {
            Feed feed = feeds.get(present);
            if (feed.read(Math.min(buffer.room(), left), buffer)) {
                ended = 0;
                buffer.dropped(takeDropped(present));
                left -= feed.left();
                append(present, feed.left(), buffer);
            } else {
                ended++;
                atEnd(takeDropped(present));
                left = 0;
            }
            if (left == 0) {
                present = (present + 1) % feeds.size();
                left = blockRows;
            }
        }
    }

    @Override
    String numbers() {
        return present + "," + left;
    }

    @Override
    int numberCount() {
        return 2;
    }

    @Override
    String inner() {
        return Mark.list(feeds.stream().map(Feed::position).toList());
    }

    @Override
    void restore(List<String> numbers, Mark to) {
        present = Integer.parseInt(numbers.get(0));
        left = Integer.parseInt(numbers.get(1));
        Objects.checkIndex(present, feeds.size());
        List<Position> positions = to.positions(feeds.size(), name());
        for (int i = 0; i < feeds.size(); i++) {
            feeds.get(i).seek(positions.get(i));
        }
    }
}
