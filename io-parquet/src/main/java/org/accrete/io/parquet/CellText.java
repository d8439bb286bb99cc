package org.accrete.io.parquet;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.UUID;
import org.accrete.api.data.CellTexts;
import org.accrete.io.parquet.FileColumn.Physical;

/** Writes values as the text that a cell of a CSV file would have, in UTF-8. Whole numbers and text make no garbage. */
final class CellText {
    private static final int DIGITS = 20;
    private static final long SECONDS_PER_DAY = 86_400;
    /** Whole numbers below it are written without a point, as other programs do. */
    private static final double WHOLE = 1e15;

    private static final long LARGEST_DAY = 366L * 100_000_000;

    private final FileColumn column;
    private final byte[] digits = new byte[DIGITS];

    CellText(FileColumn column) {
        this.column = column;
    }

    /**
     * Adds the text of a value.
     *
     * @param values has the value
     * @param i its index
     * @param out gets the text
     */
    void add(RawValues values, int i, CellTexts out) {
        switch (column.meaning()) {
            case TEXT -> out.add(values.bytes, values.begins[i], values.ends[i]);
            case SIGNED -> addWhole(values.longs[i], out);
            case BOOLEAN -> throw new IllegalStateException("the texts of truth values are always the same two");
            case UNSIGNED -> {
                long value = values.longs[i];
                if (value >= 0) {
                    addWhole(value, out);
                } else {
                    add(Long.toUnsignedString(value), out);
                }
            }
            case FLOATING -> addNumber(values.doubles[i], out);
            case HALF -> addNumber(Decimals.half(values, i), out);
            case DECIMAL -> add(decimal(values, i).toPlainString(), out);
            case UUID -> add(uuid(values, i), out);
            case DATE -> add(date(values.longs[i]), out);
            case TIME -> add(time(values.longs[i]), out);
            case TIMESTAMP -> add(timestamp(values.longs[i]), out);
        }
    }

    private static void add(String text, CellTexts out) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        out.add(bytes, 0, bytes.length);
    }

    private void addWhole(long value, CellTexts out) {
        if (value == Long.MIN_VALUE) {
            add(Long.toString(value), out);
            return;
        }
        int at = DIGITS;
        long rest = Math.abs(value);
        do {
            digits[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        if (value < 0) {
            digits[--at] = '-';
        }
        out.add(digits, at, DIGITS);
    }

    private void addNumber(double value, CellTexts out) {
        if (Double.isNaN(value)) {
            out.add(digits, 0, 0);
        } else if (value == Math.rint(value) && Math.abs(value) < WHOLE && (value != 0 || 1 / value > 0)) {
            addWhole((long) value, out);
        } else {
            add(Double.toString(value), out);
        }
    }

    private BigDecimal decimal(RawValues values, int i) {
        return column.physical() == Physical.INT32 || column.physical() == Physical.INT64
                ? BigDecimal.valueOf(values.longs[i], column.scale())
                : new BigDecimal(
                        values.begins[i] == values.ends[i]
                                ? BigInteger.ZERO
                                : new BigInteger(values.bytes, values.begins[i], values.ends[i] - values.begins[i]),
                        column.scale());
    }

    private static String uuid(RawValues values, int i) {
        long high = 0;
        long low = 0;
        for (int k = 0; k < 8; k++) {
            high = high << 8 | values.bytes[values.begins[i] + k] & 0xFF;
            low = low << 8 | values.bytes[values.begins[i] + 8 + k] & 0xFF;
        }
        return new UUID(high, low).toString();
    }

    private static String date(long day) {
        return Math.abs(day) < LARGEST_DAY ? LocalDate.ofEpochDay(day).toString() : day + " days after 1970-01-01";
    }

    private String time(long value) {
        long seconds = Math.floorDiv(value, (long) column.scale());
        if (seconds < 0 || seconds >= SECONDS_PER_DAY) {
            return seconds + " s after 00:00:00";
        }
        return two(seconds / 3_600) + ':' + two(seconds / 60 % 60) + ':' + two(seconds % 60) + fraction(value);
    }

    private String timestamp(long value) {
        long seconds = Math.floorDiv(value, (long) column.scale());
        long second = Math.floorMod(seconds, SECONDS_PER_DAY);
        return date(Math.floorDiv(seconds, SECONDS_PER_DAY))
                + ' '
                + two(second / 3_600)
                + ':'
                + two(second / 60 % 60)
                + ':'
                + two(second % 60)
                + fraction(value);
    }

    private String fraction(long value) {
        long part = Math.floorMod(value, (long) column.scale());
        String text = "." + Long.toString(column.scale() + part).substring(1);
        return part == 0 ? "" : text.replaceFirst("0+$", "");
    }

    private static String two(long number) {
        return number < 10 ? "0" + number : Long.toString(number);
    }
}
