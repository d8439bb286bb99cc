package org.accrete.learners.nn;

/** Memory for the predictions of one thread: grows with the chunks, up to {@link #MAX_ROWS} rows. */
final class PredictionBuffers {
    private static final int MAX_ROWS = 128;

    private MiniBatch batch = new MiniBatch(0, 0);
    private ForwardPass pass = new ForwardPass(0);

    /** {@return a batch that holds {@code rows} rows, or the first {@link #MAX_ROWS} of them} */
    MiniBatch batch(Network network, int rows) {
        int capacity = Math.min(rows, MAX_ROWS);
        if (batch.capacity < capacity || batch.stride != network.in[0]) {
            batch = network.newBatch(capacity);
            pass = new ForwardPass(capacity);
        }
        return batch;
    }

    /** {@return what {@link Network#forward} writes to} */
    ForwardPass pass() {
        return pass;
    }
}
