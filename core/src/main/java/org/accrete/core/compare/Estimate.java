package org.accrete.core.compare;

/**
 * A number computed from rows, and the interval in which it would be with 95 % of such sets of rows.
 *
 * @param value the number
 * @param low lower end of the interval; NaN if there are too few rows for one
 * @param high upper end
 */
public record Estimate(double value, double low, double high) {
    /** {@return the number without an interval} */
    static Estimate of(double value) {
        return new Estimate(value, Double.NaN, Double.NaN);
    }
}
