package org.accrete.core.source;

import java.util.List;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.Position;

/** The rows of one source after the other. A mark has the position in the present one only. */
final class Concat extends ManySources {
    private int present;

    Concat(List<? extends ChunkSource> sources) {
        super("concat(" + sources.size(), sources);
    }

    @Override
    void fill(ChunkBuffer buffer) {
        while (buffer.room() > 0) {
            Feed feed = feeds.get(present);
            if (feed.read(buffer.room(), buffer)) {
                buffer.dropped(takeDropped(present));
                append(present, feed.left(), buffer);
            } else if (present + 1 < feeds.size()) {
                buffer.dropped(takeDropped(present));
                feed.close();
                present++;
            } else {
                atEnd(takeDropped(present));
                return;
            }
        }
    }

    @Override
    String numbers() {
        return Integer.toString(present);
    }

    @Override
    int numberCount() {
        return 1;
    }

    @Override
    String inner() {
        return feeds.get(present).position().toText();
    }

    @Override
    void restore(List<String> numbers, Mark to) {
        int found = Integer.parseInt(numbers.get(0));
        feeds.get(found).seek(Position.parse(to.inner()));
        for (; present < found; present++) {
            feeds.get(present).close();
        }
    }
}
