package org.accrete.core.train;

import java.util.Locale;
import org.accrete.api.AccreteException;

/**
 * A challenger became the champion, because its loss was lower.
 *
 * @param row after which row, counted from 1 over all rows that the source handed to the run and to those it resumed
 * @param from the champion before
 * @param to the new champion
 * @param loss which loss was compared: {@code log-loss}, {@code error rate} or {@code absolute error}
 * @param gain by how much that of the new champion was lower, per row
 * @param rows of the window whose test decided; it ended with {@code row}
 * @param probability of such a difference if both were equally good
 */
public record ChampionChange(
        long row, String from, String to, String loss, double gain, long rows, double probability) {
    private static final String SEPARATOR = "\t";

    /** {@return such as {@code row 1,400: from a to b, whose log-loss was 0.0312 lower over 400 rows (p = 2.1e-06)}} */
    public String toText() {
        return String.format(
                Locale.ROOT,
                "row %,d: from %s to %s, whose %s was %.4g lower over %,d rows (p = %.1e)",
                row,
                from,
                to,
                loss,
                gain,
                rows,
                probability);
    }

    /** A line of a state. */
    String toLine() {
        return String.join(
                SEPARATOR,
                Long.toString(row),
                Double.toString(gain),
                Long.toString(rows),
                Double.toString(probability),
                loss,
                from,
                to);
    }

    static ChampionChange ofLine(String line) {
        String[] words = line.split(SEPARATOR, 7);
        try {
            return new ChampionChange(
                    Long.parseLong(words[0]),
                    words[5],
                    words[6],
                    words[4],
                    Double.parseDouble(words[1]),
                    Long.parseLong(words[2]),
                    Double.parseDouble(words[3]));
        } catch (IndexOutOfBoundsException | NumberFormatException e) {
            throw new AccreteException(
                    AccreteException.Kind.CORRUPT_FILE,
                    "a stored change of champion cannot be read: '" + line + "'",
                    e);
        }
    }
}
