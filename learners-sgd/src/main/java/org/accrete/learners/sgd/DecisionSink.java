package org.accrete.learners.sgd;

/**
 * Where the decision values go that rows had before they were learned: one row after the other, or nowhere when nobody
 * asked.
 */
final class DecisionSink {
    private static final double[] NOWHERE = {};

    private double[] out = NOWHERE;
    private int taken;
    private boolean wanted;
    private boolean asked;

    /** From now on values go to an array. */
    void into(double[] array) {
        go(array, true);
    }

    /** From now on they go nowhere. */
    void nowhere() {
        go(NOWHERE, false);
    }

    private void go(double[] array, boolean somewhere) {
        // A write of a reference costs more than a look at it.
        if (out != array) {
            out = array;
        }
        taken = 0;
        wanted = somewhere;
        asked = somewhere;
    }

    /** From now on they are dropped, or no longer. */
    void drop(boolean now) {
        asked = wanted && !now;
    }

    /** {@return whether they go anywhere} */
    boolean isAsked() {
        return asked;
    }

    /** {@return how many were taken} */
    int taken() {
        return taken;
    }

    /** Takes the value of one function. */
    void take(double value) {
        if (asked) {
            out[taken++] = value;
        }
    }

    /** Takes the values of one function for some rows. */
    void takeRows(double[] values, int rows) {
        if (asked) {
            System.arraycopy(values, 0, out, taken, rows);
            taken += rows;
        }
    }

    /** Takes the values of all functions. */
    void take(double[] values, int count) {
        if (count == 1) {
            take(values[0]);
        } else if (asked) {
            System.arraycopy(values, 0, out, taken, count);
            taken += count;
        }
    }
}
