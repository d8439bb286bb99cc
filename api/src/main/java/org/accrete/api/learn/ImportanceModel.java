package org.accrete.api.learn;

/** A model that says how important each column was for what it learned. */
public interface ImportanceModel extends Model {
    /**
     * {@return how important each column of the schema is: numbers of at least 0 that add up to 1, or all 0 while
     * nothing was learned of any} A one-hot block that is one feature for the model counts by its first column.
     */
    double[] importances();
}
