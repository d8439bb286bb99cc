package org.accrete.api.data;

import org.accrete.api.AccreteException;

/**
 * A place between two rows of a source: the source's own mark, and how many accepted rows to drop after it. Immutable.
 *
 * <p>A source must be able to go on from any position made of one of its marks and any number of rows, so that chunks
 * can be cut anywhere.
 *
 * @param mark printable text that only the source understands; empty for the source's beginning
 * @param rows rows to drop after the mark, at least 0
 */
public record Position(String mark, long rows) {
    private static final Position START = new Position("", 0);

    // Checks that the mark is printable and the rows are not negative.
    public Position {
        if (rows < 0) {
            throw AccreteException.badArgument("rows of a position must be >= 0 but was " + rows);
        }
        if (mark.chars().anyMatch(Character::isISOControl)) {
            throw AccreteException.badArgument("the mark of a position must be printable but was '" + mark + "'");
        }
    }

    /** {@return the beginning of any source} */
    public static Position start() {
        return START;
    }

    /**
     * {@return the position some rows later}
     *
     * @param more number of rows, at least 0
     */
    public Position plus(long more) {
        return new Position(mark, Math.addExact(rows, more));
    }

    /** {@return the position as one line of text: {@code mark+rows}} */
    public String toText() {
        return mark + "+" + rows;
    }

    /**
     * {@return the position that {@link #toText} wrote}
     *
     * @param text {@code mark+rows}
     * @throws AccreteException corrupt file: not such a text
     */
    public static Position parse(String text) {
        int plus = text.lastIndexOf('+');
        try {
            return new Position(text.substring(0, plus), Long.parseLong(text.substring(plus + 1)));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE, "a stored position cannot be read: '" + text + "'", e);
        }
    }
}
