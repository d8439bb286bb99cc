package org.accrete.api.data;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.accrete.api.AccreteException;

/**
 * How the cells of a column are written: which texts are missing values and what becomes of these, and the decimal
 * separator of numbers. Immutable.
 *
 * <p>An empty cell, {@code NA}, {@code NaN} and {@code null} are missing in any format. Further texts are compared with
 * the cell as they are written, without the blanks around it. Where a number is read, one that is listed, such as
 * {@code -999}, is missing however it is written.
 */
public final class CellFormat {
    /** A missing value makes its row a bad row. */
    static final String REJECT = "reject";

    /** The row of a missing value is left out. */
    static final String SKIP = "skip";

    /** A missing value stays missing: steps and learners take the mean for it. The same as saying nothing. */
    static final String MEAN = "mean";

    private static final CellFormat STANDARD = new CellFormat(List.of(), '.');

    private final String[] missing;
    private final byte[][] missingBytes;
    private final char decimal;
    /** Those of the missing texts that are numbers. */
    private final double[] missingNumbers;

    private final NumberMarks marks;
    private final String dates;
    private final Optional<String> ifMissing;
    private final boolean hasIndicator;
    private final byte[] fill;

    /**
     * Makes a format.
     *
     * @param missing texts that are missing values, beside those that always are
     * @param decimal the character before the fraction of a number: no digit, letter, sign, blank or control character
     * @throws AccreteException bad argument: another decimal separator
     */
    public CellFormat(List<String> missing, char decimal) {
        this(missing, decimal, NumberMarks.NONE, "", Optional.empty(), false);
    }

    private CellFormat(
            List<String> missing,
            char decimal,
            NumberMarks marks,
            String dates,
            Optional<String> ifMissing,
            boolean hasIndicator) {
        if (Character.isLetterOrDigit(decimal) || decimal <= ' ' || decimal == '-' || decimal == '+') {
            throw AccreteException.badArgument(
                    "decimal must be one character, no letter, digit, sign or blank, but was '" + decimal + "'");
        }
        this.missing = missing.stream()
                .map(String::trim)
                .filter(text -> !text.isEmpty())
                .distinct()
                .toArray(String[]::new);
        this.decimal = decimal;
        this.missingBytes = Arrays.stream(this.missing)
                .map(text -> text.getBytes(StandardCharsets.UTF_8))
                .toArray(byte[][]::new);
        this.missingNumbers = Arrays.stream(missingBytes)
                .mapToDouble(text -> Numbers.parse(text, 0, text.length, decimal))
                .filter(number -> !Double.isNaN(number))
                .toArray();
        this.marks = marks;
        this.dates = dates;
        this.ifMissing = ifMissing;
        this.hasIndicator = hasIndicator;
        this.fill = ifMissing.orElse("").getBytes(StandardCharsets.UTF_8);
    }

    /** {@return the format of columns that say nothing else: no further missing values, a decimal point} */
    public static CellFormat standard() {
        return STANDARD;
    }

    /**
     * {@return the format that the values of options describe}
     *
     * @param missing texts that are missing values, joined by {@code |}, in which {@code %XX} is a byte of UTF-8; empty
     *     for none
     * @param decimal the decimal separator, or {@code comma} or {@code point}
     * @throws AccreteException bad argument: a decimal separator that cannot be one
     */
    public static CellFormat parse(String missing, String decimal) {
        if (decimal.equals("comma") || decimal.equals("point")) {
            return parse(missing, decimal.equals("comma") ? "," : ".");
        }
        if (decimal.length() != 1) {
            throw AccreteException.badArgument("decimal must be one character but was '" + decimal + "'");
        }
        List<String> texts = new ArrayList<>();
        for (String text : missing.split("\\|", -1)) {
            texts.add(Escapes.unescapeOrKeep(text));
        }
        return new CellFormat(texts, decimal.charAt(0));
    }

    /** {@return the texts that are missing values, beside those that always are} */
    public List<String> missing() {
        return List.of(missing);
    }

    /** {@return the character before the fraction of a number} */
    public char decimal() {
        return decimal;
    }

    /**
     * {@return this format with the missing values of both, and with the other's decimal separator where this has a
     * point}
     *
     * @param other another format
     */
    public CellFormat or(CellFormat other) {
        Set<String> both = new LinkedHashSet<>(missing());
        both.addAll(other.missing());
        return new CellFormat(
                List.copyOf(both), decimal == '.' ? other.decimal : decimal, marks, dates, ifMissing, hasIndicator);
    }

    /**
     * {@return the same format with another decimal separator}
     *
     * @param separator the character before the fraction of a number
     */
    public CellFormat withDecimal(char separator) {
        return new CellFormat(missing(), separator, marks, dates, ifMissing, hasIndicator);
    }

    /** {@return the same format with what may stand in a number beside its digits} */
    CellFormat withMarks(NumberMarks others) {
        return new CellFormat(missing(), decimal, others, dates, ifMissing, hasIndicator);
    }

    /**
     * {@return the same format with dates that are also written in another way than {@code yyyy-MM-dd}}
     *
     * @param format as {@link DateCell#isFormat}; empty for no other way
     */
    CellFormat withDates(String format) {
        return new CellFormat(missing(), decimal, marks, format, ifMissing, hasIndicator);
    }

    /** {@return a reader of the dates} */
    DateCell dateCell() {
        return new DateCell(dates);
    }

    /** {@return how dates are written, for messages} */
    String datesInWords() {
        return "a date " + (dates.isEmpty() ? "yyyy-MM-dd" : dates + " or yyyy-MM-dd")
                + ", with or without HH:mm[:ss],";
    }

    /**
     * Refuses a thousands separator that is the decimal separator too.
     *
     * @param column name of the column
     */
    void requireClear(String column) {
        if (marks.separates(decimal)) {
            throw AccreteException.badArgument("thousands of column '" + column
                    + "' must differ from decimal, which is '" + decimal + "'; add decimal=comma or decimal=point");
        }
    }

    /**
     * {@return the same format with what becomes of a missing value}
     *
     * @param policy {@link #REJECT}, {@link #SKIP}, {@link #MEAN}, or the text that the cell is then read as
     * @param indicator whether a column of its own says which values are missing
     */
    CellFormat withIfMissing(String policy, boolean indicator) {
        return new CellFormat(
                missing(), decimal, marks, dates, Optional.of(policy).filter(text -> !text.equals(MEAN)), indicator);
    }

    /** {@return whether a cell that is missing does not simply stay so} */
    boolean replacesMissing() {
        return ifMissing.isPresent();
    }

    /** {@return whether a column of its own says which values are missing} */
    public boolean hasIndicator() {
        return hasIndicator;
    }

    /** {@return the text that a missing cell is read as; empty if it stays missing or makes its row useless} */
    Optional<String> fillText() {
        return ifMissing.filter(text -> !text.equals(REJECT) && !text.equals(SKIP));
    }

    /**
     * {@return {@link #fillText} as UTF-8, not to be changed, for a missing cell of a column that
     * {@linkplain #replacesMissing replaces} it}
     *
     * @param column name of the column
     * @param training whether the row is learned or scored; one that is only predicted cannot be left out
     * @throws AccreteException bad data: there is none; {@link AccreteException.Kind#LEFT_OUT} if its row is left out
     */
    byte[] fill(String column, boolean training) {
        if (ifMissing.equals(Optional.of(SKIP)) && training) {
            throw new AccreteException(
                    AccreteException.Kind.LEFT_OUT,
                    "column " + Cells.quote(column) + " is missing, so its row is left out");
        }
        if (fillText().isEmpty()) {
            throw AccreteException.badCell(
                    column,
                    "column " + Cells.quote(column) + " must not be missing, as if-missing=" + ifMissing.orElse("")
                            + " says");
        }
        return fill;
    }

    /**
     * {@return settings of a column, {@code missing=%3F|-} and {@code decimal=%2C}, those that differ from standard}
     */
    List<String> settings() {
        List<String> settings = new ArrayList<>();
        if (missing.length > 0) {
            settings.add("missing="
                    + String.join(
                            "|",
                            Arrays.stream(missing).map(Escapes::escapeLegibly).toList()));
        }
        if (decimal != '.') {
            settings.add("decimal=" + Escapes.escapeLegibly(String.valueOf(decimal)));
        }
        settings.addAll(marks.settings());
        if (!dates.isEmpty()) {
            settings.add("format=" + dates);
        }
        ifMissing.ifPresent(policy -> settings.add("if-missing=" + Escapes.escapeLegibly(policy)));
        if (hasIndicator) {
            settings.add("indicator=yes");
        }
        return settings;
    }

    /**
     * {@return whether a cell is missing where it is read as text}
     *
     * @param cell the text; blanks around it do not count
     */
    public boolean isMissing(String cell) {
        byte[] text = cell.trim().getBytes(StandardCharsets.UTF_8);
        return isMissing(text, 0, text.length);
    }

    /**
     * {@return whether a cell is missing where it is read as a number}
     *
     * @param cell the text; blanks around it do not count
     */
    public boolean isMissingNumber(String cell) {
        byte[] text = cell.trim().getBytes(StandardCharsets.UTF_8);
        return isMissingNumber(text, 0, text.length);
    }

    /**
     * {@return the number that a cell is; NaN when it is missing or no number}
     *
     * @param cell the text; blanks around it do not count
     */
    public double number(String cell) {
        byte[] text = cell.trim().getBytes(StandardCharsets.UTF_8);
        return number(text, 0, text.length);
    }

    /**
     * {@return the UTC day of a cell where it is read as a date, with or without a time; empty if it is missing or
     * none}
     *
     * @param cell the text; blanks around it do not count
     */
    public Optional<LocalDate> day(String cell) {
        byte[] text = cell.trim().getBytes(StandardCharsets.UTF_8);
        DateCell date = dateCell();
        return date.read(text, 0, text.length) && !isMissing(text, 0, text.length)
                ? Optional.of(LocalDate.ofEpochDay(date.epochDay()))
                : Optional.empty();
    }

    /**
     * {@return whether a trimmed cell is missing}
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     */
    boolean isMissing(byte[] text, int from, int to) {
        return Cells.isMissing(text, from, to) || isListed(text, from, to);
    }

    private boolean isListed(byte[] text, int from, int to) {
        for (byte[] one : missingBytes) {
            if (Cells.equals(text, from, to, one)) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return the number that a trimmed cell is, as {@link NumberMarks#number}; NaN when it is missing or no number}
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     */
    double number(byte[] text, int from, int to) {
        double value = marks.number(text, from, to, decimal);
        return missingNumbers.length > 0 && isMissing(value) ? Double.NaN : value;
    }

    /**
     * {@return whether a number is one of the missing values}
     *
     * @param number the value of a cell
     */
    boolean isMissing(double number) {
        for (double one : missingNumbers) {
            if (one == number) {
                return true;
            }
        }
        return false;
    }

    /**
     * {@return whether a trimmed cell where a number is read is missing}
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     */
    boolean isMissingNumber(byte[] text, int from, int to) {
        return isMissing(text, from, to)
                || (missingNumbers.length > 0 && isMissing(marks.number(text, from, to, decimal)));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CellFormat format
                && decimal == format.decimal
                && marks.equals(format.marks)
                && dates.equals(format.dates)
                && hasIndicator == format.hasIndicator
                && ifMissing.equals(format.ifMissing)
                && Arrays.equals(missing, format.missing);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(missing) * 31 + decimal;
    }

    @Override
    public String toString() {
        return String.join(",", settings());
    }
}
