package org.accrete.api.data;

import java.util.regex.Pattern;

/**
 * A date, or a date and time, read from text. Reusable, so that reading a cell allocates nothing.
 *
 * <p>Read are {@code yyyy-MM-dd}, alone or followed by a blank or {@code T}, {@code HH:mm}, at most {@code :ss} (whose
 * fraction is dropped), at most {@code Z}; and dates of one other format, if one is given. All is UTC in the proleptic
 * Gregorian calendar.
 */
final class DateCell {
    private static final int SECONDS_PER_DAY = 86_400;
    private static final int DAYS_BEFORE_1970 = 719_528;
    private static final int DAYS_IN_400_YEARS = 146_097;
    private static final int DAYS_BEFORE_10000 = 25 * DAYS_IN_400_YEARS;
    private static final int[] BEFORE_MONTH = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365};

    private static final double[] HOUR = circle(1_440);
    private static final double[] WEEK = circle(7);
    private static final double[] YEAR = circle(365);
    private static final double[] LEAP_YEAR = circle(366);

    private static final Pattern FORMAT = Pattern.compile("(dd|MM|yyyy)([/.-])(dd|MM|yyyy)\\2(dd|MM|yyyy)");

    /** Whether dates with another separator or in another order are read too, and which. */
    private final boolean hasFormat;

    private final byte separator;
    /** The first letter of what is first, second and third: d, M or y. */
    private final char[] order;

    private int epochDay;
    private int dayOfYear;
    private boolean leap;
    private int second;

    /** Makes one that reads {@code yyyy-MM-dd} only. */
    DateCell() {
        this("");
    }

    /**
     * Makes one that also reads dates of a format.
     *
     * @param format a {@linkplain #isFormat format}, or empty
     */
    DateCell(String format) {
        hasFormat = !format.isEmpty();
        order = hasFormat ? format.replaceAll("[/.-]|(.)(?=\\1)", "").toCharArray() : new char[3];
        separator = (byte) (hasFormat ? format.charAt(format.startsWith("yyyy") ? 4 : 2) : '-');
    }

    /**
     * {@return whether a text is a format of dates: {@code dd}, {@code MM} and {@code yyyy}, the year first or last,
     * joined by one of {@code / . -}} Days and months may be written with one digit.
     */
    static boolean isFormat(String text) {
        return FORMAT.matcher(text).matches()
                && text.contains("dd")
                && text.contains("MM")
                && (text.startsWith("yyyy") || text.endsWith("yyyy"));
    }

    /** Sine and cosine of equal steps around a circle, by StrictMath for the same bits everywhere. */
    private static double[] circle(int steps) {
        double[] points = new double[2 * steps];
        for (int i = 0; i < steps; i++) {
            double angle = 2.0 * Math.PI * i / steps;
            points[2 * i] = StrictMath.sin(angle);
            points[2 * i + 1] = StrictMath.cos(angle);
        }
        return points;
    }

    /**
     * Reads a cell.
     *
     * @param text UTF-8
     * @param from first, not a blank
     * @param to after the last, not a blank
     * @return whether it is a date; if not, the other methods must not be called
     */
    boolean read(byte[] text, int from, int to) {
        if (to - from >= 10 && text[from + 4] == '-' && text[from + 7] == '-') {
            int high = two(text, from);
            int low = two(text, from + 2);
            return low >= 0
                    && setDay(100 * high + low, two(text, from + 5), two(text, from + 8))
                    && readTime(text, from + 10, to);
        }
        return hasFormat && readFormat(text, from, to);
    }

    private boolean readFormat(byte[] text, int from, int to) {
        int year = 0;
        int month = 0;
        int day = 0;
        int at = from;
        for (int part = 0; part < order.length; part++) {
            int begin = at;
            int number = 0;
            while (at < to && at - begin < 4 && isDigit(text[at])) {
                number = 10 * number + text[at++] - '0';
            }
            boolean isYear = order[part] == 'y';
            if (isYear ? at - begin != 4 : at == begin || at - begin > 2) {
                return false;
            }
            if (part < 2 && (at == to || text[at++] != separator)) {
                return false;
            }
            switch (order[part]) {
                case 'd' -> day = number;
                case 'M' -> month = number;
                default -> year = number;
            }
        }
        return setDay(year, month, day) && readTime(text, at, to);
    }

    /** Sets the day, if there is such a one. */
    private boolean setDay(int year, int month, int day) {
        if (year < 0 || month < 1 || month > 12 || day < 1) {
            return false;
        }
        leap = isLeap(year);
        int length = BEFORE_MONTH[month] - BEFORE_MONTH[month - 1] + (leap && month == 2 ? 1 : 0);
        if (day > length) {
            return false;
        }
        dayOfYear = BEFORE_MONTH[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1;
        epochDay = daysBefore(year) - DAYS_BEFORE_1970 + dayOfYear;
        return true;
    }

    /**
     * Takes a time as if it had been read.
     *
     * @param seconds since 1970-01-01, UTC
     * @return whether its year is from 0 to 9999, as in text
     */
    boolean set(long seconds) {
        long days = Math.floorDiv(seconds, SECONDS_PER_DAY) + DAYS_BEFORE_1970;
        if (days < 0 || days >= DAYS_BEFORE_10000) {
            return false;
        }
        int year = (int) (days * 400 / DAYS_IN_400_YEARS);
        while (daysBefore(year) > days) {
            year--;
        }
        while (daysBefore(year + 1) <= days) {
            year++;
        }
        leap = isLeap(year);
        dayOfYear = (int) days - daysBefore(year);
        epochDay = (int) days - DAYS_BEFORE_1970;
        second = Math.floorMod(seconds, SECONDS_PER_DAY);
        return true;
    }

    private static boolean isLeap(int year) {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    }

    /** {@return days from the beginning of year 0 to that of another} */
    private static int daysBefore(int year) {
        return 365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400;
    }

    private boolean readTime(byte[] text, int from, int to) {
        second = 0;
        if (from == to) {
            return true;
        }
        if (to - from < 6 || (text[from] != ' ' && text[from] != 'T') || text[from + 3] != ':') {
            return false;
        }
        int hour = two(text, from + 1);
        int minute = two(text, from + 4);
        if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
            return false;
        }
        second = hour * 3_600 + minute * 60;
        int at = from + 6;
        if (at + 3 <= to && text[at] == ':') {
            int seconds = two(text, at + 1);
            if (seconds < 0 || seconds > 59) {
                return false;
            }
            second += seconds;
            at += 3;
            if (at + 1 < to && text[at] == '.' && isDigit(text[at + 1])) {
                do {
                    at++;
                } while (at < to && isDigit(text[at]));
            }
        }
        return at == to || (at + 1 == to && text[at] == 'Z');
    }

    private static boolean isDigit(byte c) {
        return c >= '0' && c <= '9';
    }

    /** {@return the number that two digits make; negative when they are not digits} */
    private static int two(byte[] text, int at) {
        return isDigit(text[at]) && isDigit(text[at + 1]) ? (text[at] - '0') * 10 + text[at + 1] - '0' : -100;
    }

    /** {@return days since 1970-01-01} */
    int epochDay() {
        return epochDay;
    }

    /** {@return seconds since 1970-01-01} */
    long epochSecond() {
        return (long) epochDay * SECONDS_PER_DAY + second;
    }

    /**
     * {@return days and the part of a day since the beginning of a day}
     *
     * @param firstDay that day, in days since 1970-01-01
     */
    double daysSince(long firstDay) {
        return epochDay - firstDay + (double) second / SECONDS_PER_DAY;
    }

    /**
     * Puts sine and cosine of hour of day (to the minute), day of week (Monday first) and day of year.
     *
     * @param out where to put them
     * @param column the first of six
     */
    void putCycles(ChunkBuffer out, int column) {
        put(out, column, HOUR, second / 60);
        put(out, column + 2, WEEK, Math.floorMod(epochDay + 3, 7));
        put(out, column + 4, leap ? LEAP_YEAR : YEAR, dayOfYear);
    }

    private static void put(ChunkBuffer out, int column, double[] circle, int step) {
        if (circle[2 * step] != 0.0) {
            out.put(column, circle[2 * step]);
        }
        if (circle[2 * step + 1] != 0.0) {
            out.put(column + 1, circle[2 * step + 1]);
        }
    }
}
