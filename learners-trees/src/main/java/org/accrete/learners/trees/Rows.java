package org.accrete.learners.trees;

/** Rows as {@link Features} decodes them. */
final class Rows {
    /** Row by row the numbers. */
    final double[] numbers;
    /** Row by row the number of the value of each one-hot block, or {@link Features#MISSING}. */
    final int[] values;
    /** Whether a number of the row is missing. */
    final boolean[] gaps;

    Rows(Features features, int rows) {
        numbers = new double[rows * features.numbers];
        values = new int[rows * features.nominals];
        gaps = new boolean[rows];
    }
}
