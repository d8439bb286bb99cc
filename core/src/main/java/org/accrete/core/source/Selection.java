package org.accrete.core.source;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.accrete.api.AccreteException;
import org.accrete.api.SeededRandom;
import org.accrete.api.data.Chunk;
import org.accrete.api.data.ChunkBuffer;
import org.accrete.api.data.ChunkSource;
import org.accrete.api.data.DroppedRows;
import org.accrete.api.data.Target;

/** Some of the rows of a source, in its order. Rows are copied in runs; a chunk that is kept whole is not copied. */
abstract class Selection extends OneSource {
    /** Rows of the present chunk that were not kept, by source; not counted where there is one source. */
    private final long[] filtered;

    Selection(String step, ChunkSource source) {
        super(step, source);
        int sources = source.sources().size();
        filtered = new long[sources > 1 ? sources : 0];
    }

    /** {@return whether a row is kept; asked once for each row, in order} */
    abstract boolean keeps(Chunk rows, int row);

    /**
     * {@return how many rows to look at: at most as many as are needed, so that none is left over; 0 for no more}
     *
     * @param room how many rows are asked for, at least 1
     */
    int wanted(int room) {
        return room;
    }

    @Override
    final void fill(ChunkBuffer buffer) {
        while (buffer.room() > 0) {
            int wanted = wanted(buffer.room());
            if (wanted == 0) {
                return;
            }
            if (feed.left() == 0) {
                if (!feed.read(wanted, buffer)) {
                    // The position is before them, so a resumed run counts them.
                    atEnd(feed.takeDropped());
                    return;
                }
                if (buffer.rows() > 0
                        && Mark.pass(feed.position().mark())
                                != Mark.pass(feed.before().mark())) {
                    // A chunk has rows of one pass only: these rows wait for the next one.
                    return;
                }
            }
            int rows = Math.min(wanted, feed.left());
            int kept = copy(rows, buffer);
            if (kept < rows) {
                buffer.dropped(filtered(rows - kept));
            }
        }
    }

    private DroppedRows filtered(long rows) {
        List<DroppedRows> sources = Arrays.stream(filtered)
                .mapToObj(count -> new DroppedRows(0, 0, count))
                .toList();
        Arrays.fill(filtered, 0);
        return new DroppedRows(0, 0, rows, sources);
    }

    private void count(ChunkBuffer rows, int row) {
        if (filtered.length > 0) {
            filtered[sourceOf(rows.place(row))]++;
        }
    }

    /** Copies those of the next rows that are kept. Returns how many they are. */
    private int copy(int rows, ChunkBuffer to) {
        ChunkBuffer from = feed.rows();
        Chunk chunk = from.chunk();
        int first = feed.used();
        int end = first + rows;
        feed.use(rows);
        int row = first;
        while (row < end && keeps(chunk, row)) {
            row++;
        }
        if (row == chunk.rows() && first == 0 && to.rows() == 0 && Prefetch.canSwap(to, from)) {
            DroppedRows before = to.dropped();
            to.swap(from);
            to.dropped(before);
            feed.swapped();
            return rows;
        }
        to.dropped(feed.takeDropped());
        int had = to.rows();
        to.append(from, first, row);
        if (row < end) {
            count(from, row);
        }
        first = row + 1;
        for (row = first; row < end; row++) {
            if (!keeps(chunk, row)) {
                count(from, row);
                to.append(from, first, row);
                first = row + 1;
            }
        }
        if (first < end) {
            to.append(from, first, end);
        }
        return to.rows() - had;
    }

    @Override
    final boolean isClean() {
        return feed.left() == 0 || feed.used() == 0;
    }

    @Override
    final String inner() {
        return (feed.left() == 0 ? feed.position() : feed.before()).toText();
    }

    /** The rows for which a predicate holds. */
    static final class Filter extends Selection {
        private final Rows.RowPredicate predicate;

        Filter(ChunkSource source, Rows.RowPredicate predicate) {
            super("filter(", source);
            this.predicate = predicate;
        }

        @Override
        boolean keeps(Chunk rows, int row) {
            return predicate.test(rows, row);
        }
    }

    /** The first rows. How many they are may change between two runs. */
    static final class Take extends Selection {
        private final long most;
        private long taken;

        Take(ChunkSource source, long most) {
            super("take(", source);
            if (most < 0) {
                throw AccreteException.badArgument("rows to take must be >= 0 but was " + most);
            }
            this.most = most;
        }

        @Override
        int wanted(int room) {
            return (int) Math.max(0, Math.min(room, most - taken));
        }

        @Override
        boolean keeps(Chunk rows, int row) {
            taken++;
            return true;
        }

        @Override
        public OptionalDouble share() {
            double ofRows = taken >= most ? 1 : (double) taken / most;
            return OptionalDouble.of(Math.max(ofRows, super.share().orElse(0)));
        }

        @Override
        String state() {
            return Long.toString(taken);
        }

        @Override
        void restore(Mark to) {
            taken = Long.parseLong(to.state());
            super.restore(to);
        }
    }

    /** The rows after the first ones. A mark is behind those, which are never read again. */
    static final class Skip extends Selection {
        private static final int CHUNK_ROWS = 1_000;

        private final long first;
        private long skipped;

        Skip(ChunkSource source, long first) {
            super("skip(" + first, source);
            if (first < 0) {
                throw AccreteException.badArgument("rows to skip must be >= 0 but was " + first);
            }
            this.first = first;
        }

        @Override
        int wanted(int room) {
            // Large chunks, even if a caller reads row by row.
            return skipped < first ? (int) Math.min(Math.max(room, CHUNK_ROWS), first - skipped) : room;
        }

        @Override
        boolean keeps(Chunk rows, int row) {
            if (skipped < first) {
                skipped++;
                return false;
            }
            return true;
        }

        @Override
        void restore(Mark to) {
            skipped = first;
            super.restore(to);
        }
    }

    /** Every so many rows one. */
    static final class Shard extends Selection {
        private final int index;
        private final int count;
        private int next;

        Shard(ChunkSource source, int index, int count) {
            super("shard(" + index + "/" + count, source);
            if (count < 1) {
                throw AccreteException.badArgument("shards must be >= 1 but was " + count);
            }
            if (index < 0 || index >= count) {
                throw AccreteException.badArgument("a shard must be >= 0 and < " + count + " but was " + index);
            }
            this.index = index;
            this.count = count;
        }

        @Override
        int wanted(int room) {
            long before = Math.floorMod(index - next, count);
            return (int) Math.min(Math.max(room, 1_000), before + 1 + (room - 1L) * count);
        }

        @Override
        boolean keeps(Chunk rows, int row) {
            boolean keeps = next == index;
            next = next + 1 == count ? 0 : next + 1;
            return keeps;
        }

        @Override
        String state() {
            return Integer.toString(next);
        }

        @Override
        void restore(Mark to) {
            next = Integer.parseInt(to.state());
            super.restore(to);
        }
    }

    /**
     * About as many rows of each class. A row is kept with probability m / n, where n counts the rows of its class so
     * far, itself included, and m those of the rarest class.
     */
    static final class Balance extends Selection {
        private final SeededRandom seeded;
        private SeededRandom random;
        private long[] counts = new long[8];
        private int classes;
        private long rarest;
        /** Counts of a mark whose labels did not come up since; a source opened anew may number them otherwise. */
        private final Map<String, Long> waiting = new LinkedHashMap<>();

        private List<String> labels = List.of();

        Balance(ChunkSource source, long seed) {
            super("balance(" + seed, source);
            if (source.schema().target().kind() != Target.Kind.CATEGORICAL) {
                throw AccreteException.badArgument("rows can be balanced only by the classes of a categorical target,"
                        + " but the target of " + source.name() + " is not one");
            }
            seeded = new SeededRandom(seed);
            random = seeded;
        }

        @Override
        boolean keeps(Chunk rows, int row) {
            double draw = random.nextDouble();
            if (!rows.hasTargets() || Double.isNaN(rows.target(row))) {
                return true;
            }
            int label = (int) rows.target(row);
            if (label >= counts.length) {
                counts = Arrays.copyOf(counts, Math.max(label + 1, 2 * counts.length));
            }
            classes = Math.max(classes, label + 1);
            labels = rows.classes();
            if (counts[label] == 0 && !waiting.isEmpty()) {
                counts[label] =
                        Optional.ofNullable(waiting.remove(labels.get(label))).orElse(0L);
            }
            counts[label]++;
            if (counts[label] == 1 || counts[label] == rarest + 1) {
                findRarest();
            }
            return draw * counts[label] < rarest;
        }

        /** Classes that are known but did not come up yet do not count. */
        private void findRarest() {
            rarest = Long.MAX_VALUE;
            for (int i = 0; i < classes; i++) {
                rarest = counts[i] > 0 ? Math.min(rarest, counts[i]) : rarest;
            }
            for (long count : waiting.values()) {
                rarest = Math.min(rarest, count);
            }
        }

        @Override
        String state() {
            StringBuilder state = new StringBuilder().append(random.counter());
            for (int i = 0; i < classes; i++) {
                if (counts[i] > 0) {
                    state.append(',')
                            .append(Mark.escape(labels.get(i)))
                            .append(',')
                            .append(counts[i]);
                }
            }
            waiting.forEach((label, count) ->
                    state.append(',').append(Mark.escape(label)).append(',').append(count));
            return state.toString();
        }

        @Override
        void restore(Mark to) {
            List<String> parts = to.parts();
            random = new SeededRandom(seeded.seed(), Long.parseLong(parts.get(0)));
            for (int i = 1; i < parts.size(); i += 2) {
                waiting.put(Mark.unescape(parts.get(i)), Long.parseLong(parts.get(i + 1)));
            }
            findRarest();
            super.restore(to);
        }
    }
}
