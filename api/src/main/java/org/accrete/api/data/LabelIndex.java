package org.accrete.api.data;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.RandomAccess;
import org.accrete.api.AccreteException;

/**
 * Numbers the labels of a categorical target: the known ones from 0, new ones behind them in the order in which they
 * come up. Looking up a known label allocates nothing. Not thread-safe.
 *
 * <p>A label is trimmed text, and a whole number is written canonically: {@code 1.0} is {@code 1}.
 */
public final class LabelIndex {
    private static final Comparator<String> ORDER = Comparator.<String>comparingDouble(Cells::number)
            .thenComparing(label -> label.codePoints().toArray(), Arrays::compare);

    /** Spellings that are compared by identity before the map is asked; a power of two. */
    private static final int RECENT = 4;

    /** Whole numbers from 0 whose index is kept in a table. */
    private static final int SMALL_NUMBERS = 256;

    private final Map<String, Integer> indexes = new HashMap<>();
    private final Map<String, Integer> spellings = new HashMap<>();
    private final Object[] recent = new Object[RECENT];
    private final int[] recentIndexes = new int[RECENT];
    private final int[] numbers = new int[SMALL_NUMBERS];
    private int nextRecent;
    private String[] store = {};
    private List<String> labels = List.of();

    /**
     * Makes an index of some labels.
     *
     * @param known labels in class order, all different
     */
    public LabelIndex(List<String> known) {
        reset(known);
    }

    /** {@return the labels in class order; an immutable list, replaced when a label is added} */
    public List<String> labels() {
        return labels;
    }

    /**
     * Goes back to some labels and forgets the others, as after a refused chunk. O(labels).
     *
     * @param known labels in class order, all different
     */
    public void reset(List<String> known) {
        if (known.size() == labels.size() && known.equals(labels)) {
            labels = List.copyOf(known);
            return;
        }
        indexes.clear();
        spellings.clear();
        Arrays.fill(recent, null);
        Arrays.fill(numbers, -1);
        // A new array: lists handed out before still read the old one.
        store = known.toArray(String[]::new);
        for (int i = 0; i < store.length; i++) {
            indexes.put(store[i], i);
        }
        labels = List.copyOf(known);
    }

    /**
     * {@return the index of a label, which is added when it is new}
     *
     * @param spelling the label; blanks around it do not count
     * @throws AccreteException bad data: an empty label
     */
    public int index(String spelling) {
        for (int i = 0; i < RECENT; i++) {
            if (recent[i] == spelling) {
                return recentIndexes[i];
            }
        }
        Integer known = spellings.get(spelling);
        int index;
        if (known == null) {
            String label = canonical(spelling);
            if (label.isEmpty()) {
                throw AccreteException.badData("a label must not be empty");
            }
            index = add(label);
            spellings.put(spelling, index);
        } else {
            index = known;
        }
        recent[nextRecent] = spelling;
        recentIndexes[nextRecent] = index;
        nextRecent = (nextRecent + 1) & (RECENT - 1);
        return index;
    }

    /**
     * {@return the index of a label that is not written canonically, which is added when it is new}
     *
     * @param spelling the label; blanks around it do not count
     * @throws AccreteException bad data: an empty label
     */
    int indexAsWritten(String spelling) {
        String label = spelling.strip();
        if (label.isEmpty()) {
            throw AccreteException.badData("a label must not be empty");
        }
        return add(label);
    }

    /**
     * {@return the index of a whole number as a label, which is added when it is new}
     *
     * @param label the number
     */
    public int index(int label) {
        if (label < 0 || label >= SMALL_NUMBERS) {
            return add(Integer.toString(label));
        }
        if (numbers[label] < 0) {
            numbers[label] = add(Integer.toString(label));
        }
        return numbers[label];
    }

    /**
     * {@return the label that a text stands for: without blanks around it, a whole number written canonically, so that
     * {@code 1.0} is {@code 1}}
     *
     * @param spelling the text
     */
    public static String canonical(String spelling) {
        return Cells.label(spelling.strip());
    }

    /**
     * {@return the index of a canonical label, which is added when it is new}
     *
     * @param label trimmed text, whole numbers written canonically
     */
    public int add(String label) {
        int next = labels.size();
        Integer known = indexes.putIfAbsent(label, next);
        if (known != null) {
            return known;
        }
        if (next == store.length) {
            store = Arrays.copyOf(store, Math.max(16, 2 * next));
        }
        store[next] = label;
        labels = new Prefix(store, next + 1);
        return next;
    }

    /**
     * {@return the distinct labels of some rows, sorted as known classes are: numbers first, by value, then text by
     * code point}
     *
     * @param spellings one per row
     */
    public static List<String> sorted(Collection<String> spellings) {
        return sortedAsWritten(spellings.stream().map(LabelIndex::canonical).toList());
    }

    /**
     * {@return distinct labels in the same order, as they are written}
     *
     * @param labels one per row
     */
    static List<String> sortedAsWritten(Collection<String> labels) {
        return labels.stream().distinct().sorted(ORDER).toList();
    }

    /** The first labels of an array that only ever grows behind them, so that each new label costs O(1). */
    private static final class Prefix extends AbstractList<String> implements RandomAccess {
        private final String[] store;
        private final int size;

        Prefix(String[] store, int size) {
            this.store = store;
            this.size = size;
        }

        @Override
        public String get(int index) {
            if (index >= size) {
                throw new IndexOutOfBoundsException(index);
            }
            return store[index];
        }

        @Override
        public int size() {
            return size;
        }
    }
}
