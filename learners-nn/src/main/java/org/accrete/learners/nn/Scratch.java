package org.accrete.learners.nn;

/** Memory for the predictions of one thread. Grows to what is asked for, up to {@link #MOST} rows at a time. */
final class Scratch {
    private static final int MOST = 128;

    private Block block = new Block(0, 0);
    private Pass pass = new Pass(0);

    /** {@return a block for some or all of so many rows} */
    Block block(Network network, int rows) {
        int capacity = Math.min(rows, MOST);
        if (block.capacity < capacity || block.stride != network.in[0]) {
            block = network.block(capacity);
            pass = new Pass(capacity);
        }
        return block;
    }

    /** {@return what {@link Network#forward} writes to} */
    Pass pass() {
        return pass;
    }
}
