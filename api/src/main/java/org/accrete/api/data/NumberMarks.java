package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.accrete.api.AccreteException;

/**
 * What may stand in a number beside its digits: separators of thousands, and units such as a percent sign or a
 * currency. The value is that of the number without them: {@code 12%} is 12. Immutable.
 *
 * @param thousands {@code comma}, {@code point}, {@code space} or {@code apostrophe}; empty for no separator
 * @param units texts of which one may stand before or behind the number, with or without a blank between
 */
record NumberMarks(String thousands, List<String> units) {
    /** The characters that each separator is written as. */
    private static final Map<String, String> SEPARATORS =
            Map.of("", "", "comma", ",", "point", ".", "space", " \u00A0\u202F", "apostrophe", "'\u2019");

    /** No marks. */
    static final NumberMarks NONE = new NumberMarks("", List.of());

    private static final String[] BLANKS = {" ", "\u00A0", "\u202F"};

    // Copies the list and checks the separator.
    NumberMarks {
        units = List.copyOf(units);
        if (!SEPARATORS.containsKey(thousands)) {
            throw AccreteException.badArgument(
                    "thousands must be comma, point, space or apostrophe but was '" + thousands + "'");
        }
        for (String unit : units) {
            if (!unit.equals(unit.strip()) || unit.isEmpty() || unit.matches(".*[0-9.,+-].*")) {
                throw AccreteException.badArgument(
                        "unit must be texts without digits, signs, points and commas but was '" + unit + "'");
            }
        }
    }

    /** {@return the marks that settings of a column describe; units are joined by {@code |}} */
    static NumberMarks parse(String thousands, String units) {
        return new NumberMarks(
                thousands,
                Stream.of(units.split("\\|"))
                        .filter(unit -> !unit.isEmpty())
                        .map(Escapes::unescapeOrKeep)
                        .toList());
    }

    List<String> settings() {
        List<String> settings = new ArrayList<>();
        if (!thousands.isEmpty()) {
            settings.add("thousands=" + thousands);
        }
        if (!units.isEmpty()) {
            settings.add("unit="
                    + String.join(
                            "|", units.stream().map(Escapes::escapeLegibly).toList()));
        }
        return settings;
    }

    /** {@return whether a character separates thousands} */
    boolean separates(char character) {
        return separators().indexOf(character) >= 0;
    }

    private String separators() {
        return SEPARATORS.getOrDefault(thousands, "");
    }

    /**
     * {@return the number that a trimmed cell is, as {@link Numbers#parse} without the marks; NaN when it is none, or
     * when separators do not divide its whole part into groups of three digits}
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     * @param decimal the character before the fraction
     */
    double number(byte[] text, int from, int to, char decimal) {
        if (thousands.isEmpty() && units.isEmpty()) {
            return Numbers.parse(text, from, to, decimal);
        }
        boolean isPlain = true;
        for (int i = from; i < to && isPlain; i++) {
            isPlain = (text[i] >= '0' && text[i] <= '9') || (text[i] == '-' && i == from) || text[i] == decimal;
        }
        if (isPlain && !separates(decimal)) {
            return Numbers.parse(text, from, to, decimal);
        }
        // Such cells are read as strings: they are longer than others anyway.
        String plain = withoutSeparators(withoutUnit(new String(text, from, to - from, StandardCharsets.UTF_8)));
        byte[] bytes = plain.getBytes(StandardCharsets.UTF_8);
        return Numbers.parse(bytes, 0, bytes.length, decimal);
    }

    private String withoutUnit(String cell) {
        String longest = "";
        for (String unit : units) {
            boolean found = cell.endsWith(unit) || cell.startsWith(unit, signLength(cell));
            longest = found && unit.length() > longest.length() ? unit : longest;
        }
        if (longest.isEmpty()) {
            return cell;
        }
        if (cell.endsWith(longest)) {
            return withoutBlank(cell.substring(0, cell.length() - longest.length()));
        }
        String sign = cell.substring(0, signLength(cell));
        return sign + withoutBlank(cell.substring(sign.length() + longest.length()));
    }

    private static int signLength(String cell) {
        return cell.startsWith("-") || cell.startsWith("+") ? 1 : 0;
    }

    /** {@return a text without the blank that may stand between it and a unit} */
    private static String withoutBlank(String text) {
        for (String blank : BLANKS) {
            if (text.startsWith(blank)) {
                return text.substring(blank.length());
            }
            if (text.endsWith(blank)) {
                return text.substring(0, text.length() - blank.length());
            }
        }
        return text;
    }

    /** {@return a number without separators; a text that is no number where they stand in other places} */
    private String withoutSeparators(String number) {
        int begin = signLength(number);
        int end = begin;
        while (end < number.length() && (isDigit(number.charAt(end)) || separates(number.charAt(end)))) {
            end++;
        }
        StringBuilder plain = new StringBuilder(number.substring(0, begin));
        int group = 0;
        boolean isGrouped = false;
        for (int i = begin; i < end; i++) {
            char c = number.charAt(i);
            if (isDigit(c)) {
                plain.append(c);
                group++;
            } else if (isGrouped ? group != 3 : group < 1 || group > 3) {
                return "";
            } else {
                isGrouped = true;
                group = 0;
            }
        }
        return isGrouped && group != 3 ? "" : plain + number.substring(end);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
