package org.accrete.api.learn;

import java.util.Arrays;

/**
 * What the columns of one row contributed to one number: a base value, and amounts for some columns, which together are
 * the number. A buffer that is filled again and again; not thread-safe.
 */
public final class Contributions {
    private double base;
    private int size;
    private int[] columns = new int[16];
    private double[] amounts = new double[16];

    /** Makes contributions of nothing to 0. */
    public Contributions() {}

    /**
     * Forgets all amounts and begins with a base value.
     *
     * @param value what the number is without any column's contribution
     */
    public void clear(double value) {
        base = value;
        size = 0;
    }

    /**
     * Adds to the base value.
     *
     * @param value what no column contributed
     */
    public void addToBase(double value) {
        base += value;
    }

    /**
     * Adds what a column contributed; a column may have several amounts, which add up. An amount of 0 is left out.
     *
     * @param column from 0
     * @param amount what it contributed
     */
    public void add(int column, double amount) {
        if (amount == 0) {
            return;
        }
        if (size == columns.length) {
            columns = Arrays.copyOf(columns, 2 * size);
            amounts = Arrays.copyOf(amounts, 2 * size);
        }
        columns[size] = column;
        amounts[size++] = amount;
    }

    /** {@return what the number is without any column's contribution} */
    public double base() {
        return base;
    }

    /** {@return how many amounts there are} */
    public int size() {
        return size;
    }

    /**
     * {@return the column of an amount}
     *
     * @param i from 0
     */
    public int column(int i) {
        return columns[i];
    }

    /**
     * {@return an amount}
     *
     * @param i from 0
     */
    public double amount(int i) {
        return amounts[i];
    }

    /** {@return the base value and all amounts, added up: the number} */
    public double sum() {
        double sum = base;
        for (int i = 0; i < size; i++) {
            sum += amounts[i];
        }
        return sum;
    }
}
