package org.accrete.core.train;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;

/**
 * How long after its features the label of a row comes: a number of rows, or a time by what a column says.
 *
 * <p>After {@code n} rows means just before the n-th row after it is predicted; so 1 means that each label comes before
 * the next row does.
 *
 * @param amount rows, at least 1, or milliseconds, at least 0
 * @param column the column that says when a row happened; empty where rows are counted
 */
public record LabelDelay(long amount, Optional<String> column) {
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");
    private static final Pattern ROWS = Pattern.compile("\\d{1,15}");

    // Checks the amount.
    public LabelDelay {
        long least = column.isPresent() ? 0 : 1;
        if (amount < least) {
            throw AccreteException.badArgument("a label delay must be >= " + least + " "
                    + (column.isPresent() ? "ms" : "rows") + " but was " + amount);
        }
    }

    /**
     * {@return the delay that a text describes}
     *
     * @param text a number of rows such as {@code 1000}, or a time such as {@code 90s}, {@code 15m}, {@code 12h} or
     *     {@code 7d}
     * @param column the column that says when a row happened; needed for a time, and for nothing else
     * @throws AccreteException bad argument: neither, or a column too few or too many
     */
    public static LabelDelay parse(String text, Optional<String> column) {
        Matcher time = TIME.matcher(text);
        if (time.matches()) {
            if (column.isEmpty()) {
                throw AccreteException.badArgument("a label delay of " + text
                        + " needs the column that says when a row happened; add --time COLUMN, or give a number of"
                        + " rows");
            }
            return new LabelDelay(Long.parseLong(time.group(1)) * millis(time.group(2)), column);
        }
        if (!ROWS.matcher(text).matches()) {
            throw AccreteException.badArgument(
                    "label-delay must be a number of rows such as 1000, or a time such as 90s, 15m, 12h or 7d, but was '"
                            + text + "'");
        }
        if (column.isPresent()) {
            throw AccreteException.badArgument("a label delay of " + text
                    + " rows has no use for a column of times; leave out --time, or give a time such as 7d");
        }
        return new LabelDelay(Long.parseLong(text), column);
    }

    private static long millis(String unit) {
        return switch (unit) {
            case "ms" -> 1;
            case "s" -> 1_000;
            case "m" -> 60_000;
            case "h" -> 3_600_000;
            default -> 86_400_000;
        };
    }

    /** {@return the text that {@link #parse} reads} */
    public String toText() {
        return column.isEmpty() ? Long.toString(amount) : amount % 1_000 == 0 ? amount / 1_000 + "s" : amount + "ms";
    }
}
