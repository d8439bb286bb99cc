package org.accrete.io;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.accrete.api.AccreteException;

/**
 * The columns of a file.
 *
 * @param names their names, all different
 * @param doubled names that occur more than once in the file, before the later ones got a number
 */
record TextHeader(List<String> names, List<String> doubled) {
    /** The columns of a file whose first record was not found yet. */
    static final TextHeader UNKNOWN = new TextHeader(List.of(), List.of());

    /** What a column needs at least, from its name to its place in a model. */
    private static final long BYTES_PER_COLUMN = 1_000;

    /** Refuses so many columns that their names, kinds and cells of a sample would fill the heap. */
    static void requireRoom(int columns) {
        long room = Runtime.getRuntime().maxMemory();
        if (columns * BYTES_PER_COLUMN > room) {
            throw AccreteException.badData("it has " + columns + " columns, which need a heap of about "
                    + (columns * BYTES_PER_COLUMN >> 20) + " MB but it has " + (room >> 20)
                    + " MB; allow more with -Xmx");
        }
    }

    /**
     * {@return the columns that a header names} Names are trimmed. A column without one, such as an index, is named by
     * its number.
     *
     * @param cells the cells of the header
     */
    static TextHeader of(List<String> cells) {
        List<String> names = new ArrayList<>();
        for (String cell : cells) {
            String name = cell.strip();
            names.add(name.isEmpty() ? "column-" + (names.size() + 1) : name);
        }
        Set<String> once = new HashSet<>();
        return new TextHeader(
                distinct(names),
                names.stream().filter(name -> !once.add(name)).distinct().toList());
    }

    /** {@return the columns of a file without a header: 1, 2, …} */
    static TextHeader numbered(int columns) {
        return new TextHeader(
                IntStream.rangeClosed(1, columns).mapToObj(Integer::toString).toList(), List.of());
    }

    /** {@return the names, where one that occurred before gets a number: id, id.1, id.2} */
    private static List<String> distinct(List<String> names) {
        Set<String> all = new HashSet<>(names);
        Map<String, Integer> counts = new HashMap<>();
        List<String> distinct = new ArrayList<>();
        for (String name : names) {
            int count = counts.merge(name, 1, Integer::sum) - 1;
            String changed = count == 0 ? name : name + "." + count;
            while (count > 0 && !all.add(changed)) {
                count = counts.merge(name, 1, Integer::sum) - 1;
                changed = name + "." + count;
            }
            distinct.add(changed);
        }
        return List.copyOf(distinct);
    }
}
