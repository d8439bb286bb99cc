package org.accrete.api.data;

import java.util.ArrayList;
import java.util.List;

/**
 * How many rows a source dropped.
 *
 * @param refused bad rows, which {@link BadRows} counts
 * @param leftOut rows that the column plan leaves out, because a value is missing
 * @param filtered rows that do not pass the {@linkplain RowFilter condition} of the request, or another filter
 * @param sources the same counts for each of several {@linkplain ChunkSource#sources sources}; empty where there is one
 *     or nothing was dropped
 */
public record DroppedRows(long refused, long leftOut, long filtered, List<DroppedRows> sources) {
    /** No rows. */
    public static final DroppedRows NONE = new DroppedRows(0, 0, 0);

    // Copies the list.
    public DroppedRows {
        sources = List.copyOf(sources);
    }

    /**
     * Rows of one source.
     *
     * @param refused as above
     * @param leftOut as above
     * @param filtered as above
     */
    public DroppedRows(long refused, long leftOut, long filtered) {
        this(refused, leftOut, filtered, List.of());
    }

    /**
     * {@return the sums of both}
     *
     * @param other further rows
     */
    public DroppedRows plus(DroppedRows other) {
        return new DroppedRows(
                refused + other.refused,
                leftOut + other.leftOut,
                filtered + other.filtered,
                plus(sources, other.sources));
    }

    static List<DroppedRows> plus(List<DroppedRows> some, List<DroppedRows> others) {
        if (some.isEmpty() || others.isEmpty()) {
            return some.isEmpty() ? others : some;
        }
        List<DroppedRows> sums = new ArrayList<>();
        for (int i = 0; i < some.size(); i++) {
            sums.add(some.get(i).plus(others.get(i)));
        }
        return sums;
    }

    /**
     * {@return the same rows as those of one, or some, of several sources}
     *
     * @param first the number of the source, or of the first of those that {@link #sources} counts
     * @param count how many sources there are in all
     */
    public DroppedRows among(int first, int count) {
        if (equals(NONE)) {
            return NONE;
        }
        List<DroppedRows> mine = sources.isEmpty() ? List.of(this) : sources;
        List<DroppedRows> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(i >= first && i < first + mine.size() ? mine.get(i - first) : NONE);
        }
        return new DroppedRows(refused, leftOut, filtered, all);
    }
}
