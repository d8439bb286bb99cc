package org.accrete.learners.sgd.optimizer;

/**
 * Receives the decision values that rows had before they were learned, one row after the other, if the caller asked for
 * them.
 */
public final class DecisionSink {
    private static final double[] NOWHERE = {};

    private double[] out = NOWHERE;
    private int taken;
    private boolean asked;

    /** Makes a sink that nobody asks. */
    public DecisionSink() {}

    /** Writes into an array from now on, from its start. */
    public void into(double[] array) {
        // Storing a reference costs more than comparing it.
        if (out != array) {
            out = array;
        }
        taken = 0;
        asked = true;
    }

    /** Drops all values from now on. */
    public void close() {
        into(NOWHERE);
        asked = false;
    }

    /** {@return whether values are asked for} */
    public boolean isAsked() {
        return asked;
    }

    /** {@return how many were taken} */
    public int taken() {
        return taken;
    }

    /** Takes the value of one function. */
    public void take(double value) {
        if (asked) {
            out[taken++] = value;
        }
    }

    /** Takes the values of one function for some rows. */
    public void takeRows(double[] values, int rows) {
        if (asked) {
            System.arraycopy(values, 0, out, taken, rows);
            taken += rows;
        }
    }

    /** Takes the values of all functions for one row. */
    public void take(double[] values, int count) {
        if (count == 1) {
            take(values[0]);
        } else if (asked) {
            System.arraycopy(values, 0, out, taken, count);
            taken += count;
        }
    }
}
