package org.accrete.core.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the raw columns of a row contributed to its prediction. The base value and all amounts add up to the value, but
 * for rounding.
 *
 * @param target what a larger value speaks for: a class, or the target where that is a number. Of two classes it is
 *     always the second, of more the predicted one
 * @param value what is explained: the decision value of a classifier, the predicted number of a regressor
 * @param base what the value is without any column's contribution
 * @param contributions those that are not 0, the largest by absolute value first
 */
public record Explanation(String target, double value, double base, List<Contribution> contributions) {
    // Copies the contributions.
    public Explanation {
        contributions = List.copyOf(contributions);
    }

    /**
     * What a raw column contributed.
     *
     * @param column its name
     * @param value its text in the row; empty where there is none to tell, as of a column of words
     * @param amount what it contributed
     */
    public record Contribution(String column, String value, double amount) {
        /** {@return name and value, {@code origin=JFK}} */
        public String name() {
            return value.isEmpty() ? column : column + "=" + value;
        }
    }

    /**
     * {@return what all columns contributed but the first ones}
     *
     * @param most how many are left out
     */
    public double rest(int most) {
        double rest = 0;
        for (int i = Math.max(0, most); i < contributions.size(); i++) {
            rest += contributions.get(i).amount();
        }
        return rest;
    }

    /**
     * {@return the largest contributions, the sum of the others if there are any, and the base value:
     * {@code distance=2475:+0.31; origin=JFK:-0.12; rest:+0.02; base:-1.4}}
     *
     * @param most how many are told by name
     */
    public String toText(int most) {
        List<String> parts = new ArrayList<>();
        for (Contribution one : contributions.subList(0, Math.min(Math.max(0, most), contributions.size()))) {
            parts.add(one.name() + ":" + text(one.amount()));
        }
        if (contributions.size() > most) {
            parts.add("rest:" + text(rest(most)));
        }
        parts.add("base:" + text(base));
        return String.join("; ", parts);
    }

    /** {@return a number with its sign and three digits or more} */
    private static String text(double number) {
        return String.format(Locale.ROOT, Math.abs(number) >= 1_000 ? "%+.0f" : "%+.3g", number);
    }
}
