package org.accrete.learners.pca;

import org.accrete.api.AccreteException;
import org.accrete.api.param.ParamSpec;

/**
 * How many components are kept.
 *
 * @param most the most there can be
 * @param share the share of the variance that has to be explained, between 0 and 1; 1 keeps {@code most}
 */
record Rank(int most, double share) {
    /**
     * {@return what {@code n-components} stands for}
     *
     * @param text its value
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
            // Refused below, like a number that is none of these.
        }
        throw AccreteException.badArgument(PcaParams.N_COMPONENTS.name() + " must be a whole number from 1 to " + width
                + " (the columns), a share of the variance between 0 and 1, or all, but was '" + text + "'");
    }

    /** {@return whether the number of components is known from the start} */
    boolean isFixed() {
        return share == 1;
    }
}
