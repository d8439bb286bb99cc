package org.accrete.api.data;

import java.util.Arrays;
import java.util.Optional;

/** What the texts of a column mean, as long as they are there. */
final class TextValues {
    /** The value of each text. */
    int[] values = {};

    private Optional<CellTexts> texts = Optional.empty();
    private long generation;
    private int count;

    /** {@return whether all texts are known} */
    boolean isOf(CellTexts other) {
        return count == other.count() && generation == other.generation() && texts.isPresent() && texts.get() == other;
    }

    /** Makes room for all texts; returns how many of them were known before. */
    int begin(CellTexts other, int unknown) {
        boolean isSame = generation == other.generation() && texts.isPresent() && texts.get() == other;
        int known = isSame ? count : 0;
        if (values.length < other.count()) {
            values = Arrays.copyOf(values, Math.max(other.count(), 2 * values.length));
        }
        texts = Optional.of(other);
        generation = other.generation();
        count = other.count();
        Arrays.fill(values, known, count, unknown);
        return known;
    }
}
