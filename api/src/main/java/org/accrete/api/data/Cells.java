package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What the text of one raw cell means, in any column. Blanks around it never count. */
final class Cells {
    private static final int SHOWN = 40;
    private static final double WHOLE_LIMIT = 0x1p53;

    private Cells() {}

    /**
     * {@return whether a trimmed cell means that the value is missing: it is empty, or {@code NA}, {@code NaN} or
     * {@code null}, written so or in upper or lower case} Other spellings, such as {@code Na} or {@code Null}, are
     * text.
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     */
    static boolean isMissing(byte[] text, int from, int to) {
        return switch (to - from) {
            case 0 -> true;
            case 2 -> is(text, from, "NA") || is(text, from, "na");
            case 3 -> is(text, from, "NaN") || is(text, from, "nan") || is(text, from, "NAN");
            case 4 -> is(text, from, "null") || is(text, from, "NULL");
            default -> false;
        };
    }

    private static boolean is(byte[] text, int from, String word) {
        for (int i = 0; i < word.length(); i++) {
            if (text[from + i] != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return whether the text is exactly the given one}
     *
     * @param text UTF-8
     * @param from first
     * @param to after the last
     * @param other the given text, UTF-8
     */
    static boolean equals(byte[] text, int from, int to, byte[] other) {
        return Arrays.equals(text, from, to, other, 0, other.length);
    }

    /** {@return whether a byte of UTF-8 is a blank or a control character, which do not count around a cell} */
    static boolean isBlank(byte character) {
        return character >= 0 && character <= ' ';
    }

    /**
     * {@return whether the text is a word, in upper or lower case}
     *
     * @param text UTF-8
     * @param from first
     * @param to after the last
     * @param word lower-case ASCII letters
     */
    static boolean isWord(byte[] text, int from, int to, String word) {
        if (to - from != word.length()) {
            return false;
        }
        for (int i = 0; i < word.length(); i++) {
            if ((text[from + i] | 0x20) != word.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /**
     * {@return 1 for {@code true} or {@code yes}, 0 for {@code false} or {@code no}, in upper or lower case; NaN
     * otherwise}
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     */
    static double parseBoolean(byte[] text, int from, int to) {
        if (isWord(text, from, to, "true") || isWord(text, from, to, "yes")) {
            return 1.0;
        }
        return isWord(text, from, to, "false") || isWord(text, from, to, "no") ? 0.0 : Double.NaN;
    }

    /**
     * {@return the class label that a trimmed cell stands for: its text, where a whole number up to 2^53 is written
     * without plus sign, leading zeros, point or exponent}
     *
     * @param cell trimmed text
     */
    static String label(String cell) {
        return label(cell, number(cell));
    }

    /**
     * {@return the class label that a trimmed cell stands for}
     *
     * @param cell trimmed text
     * @param value the number that it is, or NaN
     */
    static String label(String cell, double value) {
        return value == Math.rint(value) && Math.abs(value) <= WHOLE_LIMIT ? Long.toString((long) value) : cell;
    }

    /**
     * {@return whether a canonical label is a whole number}
     *
     * @param label a result of {@link #label}
     */
    static boolean isWhole(String label) {
        double value = number(label);
        return value == Math.rint(value) && !Double.isInfinite(value);
    }

    /**
     * {@return the number that a trimmed cell stands for, or NaN}
     *
     * @param cell trimmed text
     */
    static double number(String cell) {
        byte[] text = cell.getBytes(StandardCharsets.UTF_8);
        return Numbers.parse(text, 0, text.length);
    }

    /**
     * {@return a cell as a message shows it: quoted, on one line, not too long}
     *
     * @param cell the text
     */
    static String quote(String cell) {
        int length = Math.min(cell.length(), SHOWN);
        return "'" + oneLine(cell.substring(0, length)) + (cell.length() > SHOWN ? "…'" : "'");
    }

    /** {@return a text with a blank for each control character} */
    static String oneLine(String text) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            shown.append(Character.isISOControl(c) ? ' ' : c);
        }
        return shown.toString();
    }
}
