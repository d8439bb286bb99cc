package org.accrete.io;

import org.accrete.api.AccreteException;

/** Splits the bytes of blocks into records and cells. Not thread-safe. */
interface Splitter {
    /**
     * Finds the columns at the beginning of a file. The records of the block begin behind what names them.
     *
     * @param block the first block of the file, or the one after a block without them
     * @return the columns; unknown if they are not in this block, which then has no records
     */
    TextHeader readHeader(TextBlock block);

    /**
     * Splits a block.
     *
     * @param block the block, whose records are replaced
     */
    void split(TextBlock block);

    /**
     * {@return what is wrong with a record that cannot be split}
     *
     * @param block a block
     * @param record one of its {@linkplain TextBlock#wrong wrong} records
     */
    default AccreteException refusal(TextBlock block, int record) {
        throw new IllegalStateException("no record is wrong without ending the file");
    }

    /** Why the rest of a block cannot be split. */
    final class BrokenException extends Exception {
        private static final long serialVersionUID = 1;

        /** Offset of the byte that shows it. */
        private final int at;

        BrokenException(String message, int at) {
            super(message);
            this.at = at;
        }

        /** {@return offset of the byte that shows it} */
        int at() {
            return at;
        }
    }
}
