package org.accrete.api.data;

/** Reads the text of a cell into a sparse or one-hot block of its own. Not thread-safe. */
interface BlockCell {
    /**
     * Puts the numbers that are not 0 into the begun row.
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     * @param column first column of the block
     * @param out the buffer
     * @throws org.accrete.api.AccreteException bad data: the text cannot be read
     */
    void put(byte[] text, int from, int to, int column, ChunkBuffer out);
}
