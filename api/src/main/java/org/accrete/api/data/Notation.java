package org.accrete.api.data;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.accrete.api.AccreteException;

/**
 * A way to write a number or a date that is not read as one, recognized so that a message can say what to do. A cell is
 * of at most one notation; nothing is read by it.
 */
enum Notation {
    /** {@code 0.5}, where a column has another decimal separator. */
    DECIMAL_POINT("numbers with a decimal point", ""),
    /** {@code 1,234} or {@code 1.234,5}, {@code 1'234}, {@code 1 234}. */
    THOUSANDS("numbers with thousands separators", "remove the separators"),
    /** {@code 0,5}. */
    DECIMAL_COMMA("numbers with a decimal comma", ""),
    /** {@code 12%}. */
    PERCENT("percentages", "remove the percent sign"),
    /** {@code $1.50}, {@code 3 EUR}. */
    CURRENCY("amounts with a currency", "remove the currency"),
    /** {@code (5)}. */
    PARENTHESES("negative numbers in parentheses", "write -5 for (5)"),
    /** A minus sign that is not U+002D, or one behind the number. */
    MINUS("numbers with another minus sign than '-'", "write a '-' (U+002D) before the number"),
    /** A no-break space or another space beyond ASCII. */
    SPACE("numbers with no-break spaces", "remove the no-break spaces"),
    /** Digits of another script. */
    DIGITS("numbers in other digits than 0 to 9", "write them with the digits 0 to 9"),
    /** {@code 0x1F}. */
    HEXADECIMAL("hexadecimal numbers", "write them as decimal numbers"),
    /** {@code 13/01/2024}. */
    DATE(
            "dates or times",
            "dates are read as yyyy-MM-dd, or as a format of the column says, such as datetime(format=dd/MM/yyyy), alone or"
                    + " with HH:mm[:ss], and times only behind a date; rewrite them so");

    private static final String GROUPS = "\\d{1,3}(?:[,'’_ ]\\d{3})+(?:\\.\\d+)?|\\d{1,3}(?:\\.\\d{3})+,\\d+"
            + "|\\d{1,3}(?:\\.\\d{3}){2,}|\\d{1,3}(?: \\d{3})+,\\d+|\\d{1,2}(?:,\\d{2})+,\\d{3}(?:\\.\\d+)?";
    private static final String ONE = "[-+]?(?:\\d+[.,]?\\d*|[.,]\\d+|" + GROUPS + ")(?:[eE][-+]?\\d+)?";
    private static final Pattern NUMBER = Pattern.compile(ONE);
    private static final Pattern GROUPED = Pattern.compile("[-+]?(?:" + GROUPS + ")");
    private static final Pattern COMMA = Pattern.compile("[-+]?(?:\\d+,\\d*|,\\d+)(?:[eE][-+]?\\d+)?");
    private static final Pattern HEX = Pattern.compile("[-+]?0[xX][0-9a-fA-F]+");
    private static final Pattern CURRENCY_WORD =
            Pattern.compile("(?:US|C|A|R)?\\p{Sc}|(?i:USD|EUR|GBP|CHF|INR|JPY|CNY|Rs\\.?|kr\\.?)");
    private static final Pattern MINUS_SIGN = Pattern.compile("[\\u2010-\\u2015\\u2212\\uFE58\\uFE63\\uFF0D]");
    private static final Pattern WIDE_SPACE =
            Pattern.compile("[\\u0085\\u00A0\\u1680\\u2000-\\u200B\\u2028\\u2029\\u202F\\u205F\\u2060\\u3000\\uFEFF]");
    private static final String TIME = "\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?(?: ?[aApP]\\.?[mM]\\.?)?";
    private static final Pattern DATES = Pattern.compile("(?:" + TIME
            + "|(?:\\d{1,2}[/.-]\\d{1,2}[/.-]\\d{2,4}|\\d{4}[/.]\\d{1,2}[/.]\\d{1,2}|\\d{4}-\\d{1,2}-\\d{1,2}"
            + "|\\d{1,2}[- ./]?\\p{L}{3,9}\\.?[- ./,]*\\d{2,4}|\\p{L}{3,9}\\.?[ -]\\d{1,2}(?:st|nd|rd|th)?,? \\d{4})"
            + "(?:[T ,]+" + TIME + " ?(?:Z|UTC|GMT|[-+]\\d{2}:?\\d{2})?)?)");

    /** Symbols that usually stand for a missing value. */
    private static final Set<String> MISSING_SYMBOLS = Set.of(
            "?", "??", "-", "--", "---", ".", "..", "...", "*", "**", "_", "/", "–", "—", "\\N", "#N/A", "#NA",
            "#NULL!", "#VALUE!", "#DIV/0!", "#REF!", "#NUM!", "#NAME?", "N/A", "n/a", "N.A.", "n.a.", "<NA>", "<null>",
            "(null)");

    /** Words that often do. */
    private static final Set<String> MISSING_WORDS = Set.of(
            "None",
            "none",
            "NONE",
            "Nil",
            "nil",
            "Null",
            "Na",
            "NaT",
            "missing",
            "Missing",
            "MISSING",
            "unknown",
            "Unknown",
            "UNKNOWN",
            "undefined",
            "nd",
            "ND",
            "n.d.",
            "void",
            "blank",
            "Blank");

    private final String words;
    private final String advice;

    Notation(String words, String advice) {
        this.words = words;
        this.advice = advice;
    }

    /** {@return what the cells are, for a message} */
    String words() {
        return words;
    }

    /** {@return whether it is a way to write numbers} */
    boolean isNumber() {
        return this != DATE;
    }

    /**
     * {@return what to do with a column of this notation}
     *
     * @param name name of the column
     * @param kind kind that it is to have
     */
    String remedy(String name, String kind) {
        return switch (this) {
            case DECIMAL_COMMA ->
                "add decimal=%2C to the source, as in csv:FILE?decimal=%2C, or say "
                        + option(name, kind + "(decimal=%2C)");
            case DECIMAL_POINT ->
                "leave out decimal= where the source or the column has it, or add decimal=. to the source";
            case THOUSANDS ->
                advice + ", or say " + option(name, kind + "(thousands=comma)")
                        + ", or point, space or apostrophe for comma; or, if it is a decimal comma, add decimal=%2C to the"
                        + " source";
            case PERCENT -> advice + ", or say " + option(name, kind + "(unit=%25)");
            case CURRENCY ->
                advice + ", or say " + option(name, kind + "(unit=$)") + ", with the currency as it is written for $";
            default -> advice;
        };
    }

    /**
     * {@return the notation of a cell that is not read as a number or a date}
     *
     * @param cell trimmed text
     */
    static Optional<Notation> of(String cell) {
        if (cell.isEmpty() || cell.length() > 40) {
            return Optional.empty();
        }
        if (Double.isFinite(Cells.number(cell))) {
            return Optional.of(DECIMAL_POINT);
        }
        if (GROUPED.matcher(cell).matches()) {
            return Optional.of(THOUSANDS);
        }
        if (COMMA.matcher(cell).matches()) {
            return Optional.of(DECIMAL_COMMA);
        }
        if (HEX.matcher(cell).matches()) {
            return Optional.of(HEXADECIMAL);
        }
        if (DATES.matcher(cell).matches()) {
            return Optional.of(DATE);
        }
        return Arrays.stream(values()).filter(one -> one.marks(cell)).findFirst();
    }

    /** {@return whether the cell is a number once the mark of this notation is removed} */
    private boolean marks(String cell) {
        String plain = switch (this) {
            case PERCENT -> cell.replaceFirst("[ \\u00A0\\u202F]?[%‰％]$", "");
            case CURRENCY -> CURRENCY_WORD.matcher(cell).replaceFirst("");
            case PARENTHESES ->
                cell.startsWith("(") && cell.endsWith(")") ? cell.substring(1, cell.length() - 1) : cell;
            case MINUS ->
                MINUS_SIGN
                        .matcher(cell.endsWith("-") ? cell.substring(0, cell.length() - 1) : cell)
                        .replaceFirst("-");
            case SPACE -> WIDE_SPACE.matcher(cell).replaceAll("");
            case DIGITS -> digits(cell);
            default -> cell;
        };
        String number = this == CURRENCY || this == PARENTHESES ? stripped(plain) : plain.trim();
        return !plain.equals(cell) && NUMBER.matcher(number).matches();
    }

    /** An amount without what else may stand beside it: {@code -$5}, {@code ($5)}. */
    private static String stripped(String text) {
        String inner = text.strip();
        if (inner.startsWith("(") && inner.endsWith(")")) {
            inner = inner.substring(1, inner.length() - 1).strip();
        }
        return inner.replaceFirst("^([-+]) +", "$1");
    }

    private static String digits(String cell) {
        StringBuilder ascii = new StringBuilder();
        cell.codePoints().forEach(c -> {
            int digit = Character.digit(c, 10);
            ascii.appendCodePoint(digit < 0 ? c : '0' + digit);
        });
        return ascii.toString();
    }

    /**
     * {@return whether a cell is a symbol or a word that usually stands for a missing value}
     *
     * @param cell trimmed text
     */
    static boolean isLikeMissing(String cell) {
        return MISSING_SYMBOLS.contains(cell) || MISSING_WORDS.contains(cell);
    }

    /**
     * {@return whether a cell is a symbol that stands for a missing value, as no label of a class does}
     *
     * @param cell trimmed text
     */
    static boolean isMissingSymbol(String cell) {
        return MISSING_SYMBOLS.contains(cell);
    }

    /**
     * {@return how to say that a text is a missing value}
     *
     * @param name name of the column
     * @param kind kind of the column
     * @param cell the text
     */
    static String missingRemedy(String name, String kind, String cell) {
        String escaped = "missing=" + Escapes.escape(cell);
        return "if " + Cells.quote(cell) + " stands for a missing value, add " + escaped
                + " to the source, as in csv:FILE?" + escaped + ", or say "
                + option(name, kind + "(missing=" + plain(cell) + ")");
    }

    /** {@return a text as a setting of a column: as it is where that is read back} */
    private static String plain(String cell) {
        return cell.matches("[^()|,%\\s]+") ? cell : Escapes.escape(cell);
    }

    /**
     * {@return what a message about a refused cell adds: a semicolon and what to do; empty when that is not known}
     *
     * @param name name of the column
     * @param kind kind of the column
     * @param cell trimmed text
     */
    static String hint(String name, String kind, String cell) {
        if (isLikeMissing(cell)) {
            return "; " + missingRemedy(name, kind, cell);
        }
        return of(cell).filter(notation -> notation.isNumber() && (kind.equals("numeric") || kind.equals("weight")))
                .map(notation -> "; if these are " + notation.words + ", " + notation.remedy(name, kind))
                .orElse("");
    }

    /**
     * {@return the refusal of a cell, with what to do where that is known}
     *
     * @param refusal what is wrong with the cell
     * @param name name of the column
     * @param kind kind of the column
     * @param cell trimmed text
     */
    static AccreteException advise(AccreteException refusal, String name, String kind, String cell) {
        String hint = hint(name, kind, cell);
        return hint.isEmpty() ? refusal : refusal.withAdvice(hint.substring(2));
    }

    /**
     * {@return the option that gives a column a kind, quoted for a shell where needed}
     *
     * @param name name of the column
     * @param kind kind and settings
     */
    static String option(String name, String kind) {
        String value = Cells.oneLine(name) + "=" + kind;
        return "--column " + (value.matches("[\\p{L}\\p{N}_.%=:/+-]+") ? value : "'" + value + "'");
    }
}
