package org.accrete.io.jdbc;

import java.math.BigDecimal;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import org.accrete.api.data.ColumnCells;
import org.accrete.api.data.ColumnCells.Form;
import org.accrete.api.file.ShortFloat;

/** What the cells of a column are, and what Java makes of them. */
enum CellType {
    /** Whole numbers up to 64 bits: a {@link Long}. */
    WHOLE('i'),
    /** A {@link BigDecimal}; what the database calls not a number or infinite is a {@link Double}. */
    DECIMAL('n'),
    /** A {@link Double}. */
    FLOATING('f'),
    /** A {@link Double} whose decimal is the shortest of the single number. */
    SINGLE('f'),
    /** A {@link Boolean}. */
    BOOLEAN('b'),
    /** A {@link String}. */
    TEXT('t'),
    /** A {@link java.util.UUID}. */
    UUID('u'),
    /** A {@link LocalDate}. */
    DATE('d'),
    /** A {@link LocalDateTime}. */
    TIMESTAMP('s'),
    /** A date and time with a zone: an {@link OffsetDateTime} in UTC. */
    INSTANT('z');

    /** Whole numbers below it are written without a point, as other programs do. */
    private static final double WHOLE_TEXT = 1e15;

    private static final long SECONDS_PER_DAY = 86_400;
    private static final int LAST_YEAR = 9_999;

    private final char letter;

    CellType(char letter) {
        this.letter = letter;
    }

    /**
     * {@return what the cells of a column are; empty if they are not read}
     *
     * @param columns of a statement
     * @param i its number, from 1
     */
    static Optional<CellType> of(ResultSetMetaData columns, int i) throws SQLException {
        String name = String.valueOf(columns.getColumnTypeName(i));
        return switch (columns.getColumnType(i)) {
            case Types.TINYINT, Types.SMALLINT, Types.INTEGER, Types.BIGINT -> Optional.of(WHOLE);
            case Types.NUMERIC, Types.DECIMAL -> Optional.of(DECIMAL);
            case Types.FLOAT, Types.DOUBLE -> Optional.of(FLOATING);
            case Types.REAL -> Optional.of(SINGLE);
            case Types.BOOLEAN -> Optional.of(BOOLEAN);
            case Types.BIT -> columns.getPrecision(i) <= 1 ? Optional.of(BOOLEAN) : Optional.empty();
            case Types.CHAR,
                    Types.VARCHAR,
                    Types.LONGVARCHAR,
                    Types.NCHAR,
                    Types.NVARCHAR,
                    Types.LONGNVARCHAR,
                    Types.CLOB,
                    Types.NCLOB,
                    Types.TIME -> Optional.of(TEXT);
            case Types.DATE -> Optional.of(DATE);
            // What PostgreSQL's driver says of both.
            case Types.TIMESTAMP -> Optional.of(name.equalsIgnoreCase("timestamptz") ? INSTANT : TIMESTAMP);
            case Types.TIMESTAMP_WITH_TIMEZONE -> Optional.of(INSTANT);
            default ->
                name.equalsIgnoreCase("uuid")
                        ? Optional.of(UUID)
                        : name.toUpperCase(Locale.ROOT).startsWith("ENUM") ? Optional.of(TEXT) : Optional.empty();
        };
    }

    /** {@return the form in which cells are given when one is wanted} */
    Form form(Form wanted) {
        boolean has = switch (wanted) {
            case NUMBERS -> this == WHOLE || this == DECIMAL || this == FLOATING || this == SINGLE;
            case SECONDS -> this == DATE || this == TIMESTAMP || this == INSTANT;
            case TEXTS -> true;
        };
        return has ? wanted : Form.TEXTS;
    }

    /** {@return whether rows can be told apart by such cells} */
    boolean isKey() {
        return this != FLOATING && this != SINGLE && this != BOOLEAN;
    }

    /** {@return a cell as a number; NaN if it is missing} */
    double number(ResultSet row, int i) throws SQLException {
        double value = this == SINGLE ? ShortFloat.toDouble(row.getFloat(i)) : row.getDouble(i);
        return value == 0 && row.wasNull() ? Double.NaN : value;
    }

    /** {@return a cell as UTC seconds} */
    long seconds(ResultSet row, int i) throws SQLException {
        Object value = value(row, i);
        if (value instanceof LocalDateTime time) {
            return time.toEpochSecond(ZoneOffset.UTC);
        }
        if (value instanceof OffsetDateTime time) {
            return time.toEpochSecond();
        }
        return value instanceof LocalDate day ? day.toEpochDay() * SECONDS_PER_DAY : ColumnCells.MISSING;
    }

    /** {@return a cell; null if it is missing} */
    Object value(ResultSet row, int i) throws SQLException {
        Object value = switch (this) {
            case WHOLE -> row.getLong(i);
            case FLOATING, SINGLE -> number(row, i);
            case DECIMAL -> row.getObject(i);
            case BOOLEAN -> row.getBoolean(i);
            case TEXT -> row.getString(i);
            case UUID -> row.getObject(i, java.util.UUID.class);
            case DATE -> row.getObject(i, LocalDate.class);
            case TIMESTAMP -> row.getObject(i, LocalDateTime.class);
            case INSTANT -> row.getObject(i, OffsetDateTime.class);
        };
        return row.wasNull() ? null : value;
    }

    /** {@return the text that a value has in a CSV file} */
    static String text(Object value) {
        if (value instanceof Double number) {
            return text((double) number);
        }
        if (value instanceof BigDecimal number) {
            return number.toPlainString();
        }
        if (value instanceof LocalDateTime time) {
            return text(time);
        }
        if (value instanceof OffsetDateTime time) {
            return text(time.toEpochSecond(), time.getNano());
        }
        return value.toString();
    }

    /** {@return the text that UTC seconds since 1970-01-01 have in a CSV file} */
    static String textOfSeconds(long seconds) {
        return text(seconds, 0);
    }

    private static String text(long seconds, int nanos) {
        try {
            return text(LocalDateTime.ofEpochSecond(seconds, nanos, ZoneOffset.UTC));
        } catch (DateTimeException e) {
            // What databases call infinite.
            return seconds < 0 ? "-infinity" : "infinity";
        }
    }

    private static String text(LocalDateTime time) {
        return time.getYear() > LAST_YEAR || time.getYear() < 0
                ? time.toString()
                : time.toLocalDate() + " " + DateTimeFormatter.ISO_LOCAL_TIME.format(time);
    }

    private static String text(double value) {
        if (Double.isNaN(value)) {
            return "";
        }
        boolean isWhole = value == Math.rint(value)
                && Math.abs(value) < WHOLE_TEXT
                && Double.doubleToRawLongBits(value) != Double.doubleToRawLongBits(-0.0);
        return isWhole ? Long.toString((long) value) : Double.toString(value);
    }

    /** {@return a value of a key as text that {@link #parse} reads} */
    String toMark(Object value) {
        return letter + value.toString();
    }

    /**
     * {@return a value of a key}
     *
     * @param mark a result of {@link #toMark}
     * @throws IllegalArgumentException if it is of another type
     */
    Object parse(String mark) {
        if (mark.isEmpty() || mark.charAt(0) != letter) {
            throw new IllegalArgumentException(mark);
        }
        String text = mark.substring(1);
        try {
            return switch (this) {
                case WHOLE -> Long.valueOf(text);
                case DECIMAL -> new BigDecimal(text);
                case UUID -> java.util.UUID.fromString(text);
                case DATE -> LocalDate.parse(text);
                case TIMESTAMP -> LocalDateTime.parse(text);
                case INSTANT -> OffsetDateTime.parse(text);
                default -> text;
            };
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(mark, e);
        }
    }

    /** Gives a statement a value of a key. */
    void bind(PreparedStatement statement, int i, Object value) throws SQLException {
        switch (this) {
            case WHOLE -> statement.setLong(i, (Long) value);
            case DECIMAL -> statement.setBigDecimal(i, (BigDecimal) value);
            case TEXT -> statement.setString(i, (String) value);
            default -> statement.setObject(i, value);
        }
    }

    /** {@return whether two values of a key are the same} */
    static boolean isSame(Object one, Object other) {
        if (one instanceof BigDecimal number && other instanceof BigDecimal second) {
            return number.compareTo(second) == 0;
        }
        return one instanceof OffsetDateTime time && other instanceof OffsetDateTime second
                ? time.isEqual(second)
                : one.equals(other);
    }
}
