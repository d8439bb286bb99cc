package org.accrete.learners.pca;

import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;

/**
 * The number of components to keep.
 *
 * @param max upper bound
 * @param varianceFraction the fraction of the variance to explain, between 0 and 1; 1 keeps {@code max} components
 */
record Rank(int max, double varianceFraction) {
    /**
     * {@return the value of {@code n-components}}
     *
     * @param text the value as text
     * @param width number of columns
     */
    static Rank parse(String text, int width) {
        String word = ParamSpec.word(text);
        if (width == 0) {
            throw AccreteException.badArgument("principal components need at least one column but there is none");
        }
        if (word.equals("all")) {
            return new Rank(width, 1);
        }
        try {
            double value = Double.parseDouble(word);
            if (value > 0 && value < 1) {
                return new Rank(width, value);
            }
            if (value >= 1 && value <= width && value == Math.rint(value)) {
                return new Rank((int) value, 1);
            }
        } catch (NumberFormatException e) {
            // Refused below, like a number out of range.
        }
        throw AccreteException.badArgument(PcaParams.N_COMPONENTS.name() + " must be a whole number from 1 to " + width
                + " (the columns), a fraction of the variance between 0 and 1, or all, but was '" + text + "'");
    }

    /** {@return whether the number of components does not depend on the data} */
    boolean isFixed() {
        return varianceFraction == 1;
    }
}
