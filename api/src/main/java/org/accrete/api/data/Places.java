package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** The place of each text in the one-hot block of a categorical column. Thread-safe; allocates nothing per text. */
final class Places implements BlockCell {
    private final int width;
    /** Kept values by hash, in a table that is at most half full; empty where texts are hashed. */
    private final byte[][] values;

    private final int[] places;

    Places(Column.Categorical column) {
        width = column.width();
        List<String> kept = column.values();
        int size = column.keepsValues() ? Integer.highestOneBit(4 * kept.size() + 1) * 2 : 0;
        values = new byte[size][];
        places = new int[size];
        for (int i = 0; i < kept.size(); i++) {
            byte[] text = kept.get(i).getBytes(StandardCharsets.UTF_8);
            int slot = slot(text, 0, text.length);
            values[slot] = text;
            places[slot] = i;
        }
    }

    /** {@return where a text is in the table, or would be} */
    private int slot(byte[] text, int from, int to) {
        int mask = values.length - 1;
        int slot = Murmur3.hash(text, from, to) & mask;
        while (values[slot] != null && !Cells.equals(text, from, to, values[slot])) {
            slot = (slot + 1) & mask;
        }
        return slot;
    }

    @Override
    public void put(byte[] text, int from, int to, int column, ChunkBuffer out) {
        out.put(column + place(text, from, to), 1.0);
    }

    /**
     * {@return the place of a text, from 0 to the width of the block - 1}
     *
     * @param text UTF-8
     * @param from first
     * @param to after the last
     */
    int place(byte[] text, int from, int to) {
        if (values.length == 0) {
            return Integer.remainderUnsigned(Murmur3.hash(text, from, to), width);
        }
        int slot = slot(text, from, to);
        return values[slot] == null ? width - 1 : places[slot];
    }

    /** {@return whether a text is one of those that share the last place} */
    boolean isRare(byte[] text, int from, int to) {
        return values.length > 0 && values[slot(text, from, to)] == null;
    }
}
